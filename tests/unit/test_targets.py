"""Targets in words."""

import pytest

from changeflow.errors import ModelError
from changeflow.model.targets import Targets, Within, targets_from_words


@pytest.mark.parametrize(
    ("words", "targets"),
    [
        ("90 % closed within 5 working days", Targets(closed_within=Within(working_days=5.0, share=0.9))),
        ("90% started within 0.5 hours", Targets(started_within=Within(hours=0.5, share=0.9))),
        ("95 % done within 2 days", Targets(closed_within=Within(days=2.0, share=0.95))),
        ("80 % STARTED within 1 h", Targets(started_within=Within(hours=1.0, share=0.8))),
        ("12.5 % closed within 1 working day", Targets(closed_within=Within(working_days=1.0, share=0.125))),
        ("backlog not growing", Targets(backlog_not_growing=True)),
        (
            "90 % closed within 5 working days and backlog not growing",
            Targets(closed_within=Within(working_days=5.0, share=0.9), backlog_not_growing=True),
        ),
        (
            "80 % started within 4 hours, 90 % closed within 5 days; the backlog not growing",
            Targets(
                started_within=Within(hours=4.0, share=0.8), closed_within=Within(days=5.0, share=0.9),
                backlog_not_growing=True,
            ),
        ),
    ],
)  # fmt: skip
def test_words_become_targets(words: str, targets: Targets) -> None:
    assert targets_from_words(words) == targets


def test_targets_are_said_in_the_words_that_they_are_read_from() -> None:
    targets = targets_from_words("80 % started within 4 hours and 90 % closed within 5 working days")
    assert targets.in_words() == "started: 80% within 4 hours; closed: 90% within 5 working days"


def test_no_share_is_rounded_up_to_all() -> None:
    assert targets_from_words("99.99 % started within 1 hour").in_words() == "started: 99.99% within 1 hour"
    assert targets_from_words("12.5 % closed within 1 working day").in_words() == "closed: 12.5% within 1 working day"


@pytest.mark.parametrize(
    "words",
    [
        "", "soon", "90 percent closed within 5 days", "90 % closed within 5 weeks", "0 % closed within 5 days",
        "100 % closed within 5 days", "90 % opened within 5 days", "90 % closed within -5 days",
        "90 % closed within 5 days and quickly", "backlog growing",
    ],
)  # fmt: skip
def test_words_that_are_not_understood_are_refused(words: str) -> None:
    with pytest.raises(ModelError, match="--target: expected words such as '90 % closed within"):
        targets_from_words(words)


def test_a_time_of_zero_is_refused_as_wrong_input() -> None:
    with pytest.raises(ModelError):
        targets_from_words("90 % closed within 0 days")


def test_two_targets_of_one_kind_are_not_merged_in_silence() -> None:
    with pytest.raises(ModelError):
        targets_from_words("90 % started within 1 h and 80 % started within 2 h")
