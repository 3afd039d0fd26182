"""The order of one instant: rounds, kinds within a round, numbers within a kind; dispatch ends the round."""

import pytest

from changeflow.engine.process.clock import Clock
from changeflow.engine.shared.turns import ARRIVAL, COMPLETION, DISPATCH, END_OF_DELAY, RE_ENTRY, SHIFT
from changeflow.errors import RunError


def told(clock: Clock, told_to: list[str], name: str, time: float, kind: int, number: int = 0) -> None:
    clock.at(time, kind, number).callbacks.append(lambda _: told_to.append(name))


def test_kinds_come_in_their_order_whatever_the_order_of_scheduling() -> None:
    clock, order = Clock(0.0), list[str]()
    for name, kind in [
        ("dispatch", DISPATCH), ("arrival", ARRIVAL), ("re-entry", RE_ENTRY), ("shift", SHIFT),
        ("end of delay", END_OF_DELAY), ("completion", COMPLETION),
    ]:  # fmt: skip
        told(clock, order, name, 5.0, kind)
    clock.run(until=6)
    assert order == ["completion", "end of delay", "shift", "re-entry", "arrival", "dispatch"]


def test_ties_within_a_kind_go_by_number() -> None:
    clock, order = Clock(0.0), list[str]()
    for number in (3, 1, 2):
        told(clock, order, f"completion {number}", 5.0, COMPLETION, number)
        told(clock, order, f"arrival {number}", 5.0, ARRIVAL, number)
    clock.run(until=6)
    assert order == [f"{kind} {number}" for kind in ("completion", "arrival") for number in (1, 2, 3)]


def test_what_is_caused_at_the_same_instant_joins_the_round_if_its_turn_is_to_come() -> None:
    """An end of delay causes an arrival (still to come: this round) and a completion (over: the next round)."""
    clock, order = Clock(0.0), list[str]()

    def cause(_: object) -> None:
        order.append("delay")
        told(clock, order, "arrival of this round", 5.0, ARRIVAL)
        told(clock, order, "completion of the next round", 5.0, COMPLETION)

    clock.at(5.0, END_OF_DELAY, 0).callbacks.append(cause)
    told(clock, order, "dispatch", 5.0, DISPATCH)
    clock.run(until=6)
    assert order == ["delay", "arrival of this round", "dispatch", "completion of the next round"]


def test_a_later_instant_begins_with_a_first_round_again() -> None:
    """A second round at 5 does not push what was planned for 6, in whatever order it is planned."""
    clock, order = Clock(0.0), list[str]()

    def cause(_: object) -> None:
        told(clock, order, "next round", 5.0, COMPLETION)
        told(clock, order, "6 arrival", 6.0, ARRIVAL)
        told(clock, order, "6 completion", 6.0, COMPLETION)

    clock.at(5.0, DISPATCH, 0).callbacks.append(cause)
    clock.run(until=7)
    assert order == ["next round", "6 completion", "6 arrival"]


def test_the_horizon_is_half_open() -> None:
    clock, order = Clock(0.0), list[str]()
    told(clock, order, "before", 5.999, COMPLETION)
    told(clock, order, "at the end", 6.0, COMPLETION)
    clock.run(until=6)
    assert order == ["before"]


@pytest.mark.parametrize("kinds", [(COMPLETION, DISPATCH), pytest.param((COMPLETION,))])
def test_events_of_no_length_without_end_are_an_error(kinds: tuple[int, ...]) -> None:
    """After 1,000 rounds; the test itself gives up after 5,000 events."""
    clock, count = Clock(0.0), list[int]()

    def again(_: object) -> None:
        count.append(1)
        if len(count) < 5000:
            clock.at(clock.now, kinds[len(count) % len(kinds)], 0).callbacks.append(again)

    clock.at(1.0, kinds[0], 0).callbacks.append(again)
    with pytest.raises(RunError, match="zero-time events at clock hour 1"):
        clock.run(until=2)


def test_nine_hundred_rounds_at_one_instant_are_no_error() -> None:
    clock, count = Clock(0.0), list[int]()

    def again(_: object) -> None:
        count.append(1)
        if len(count) < 1800:  # two events a round
            clock.at(clock.now, (COMPLETION, DISPATCH)[len(count) % 2], 0).callbacks.append(again)

    clock.at(1.0, COMPLETION, 0).callbacks.append(again)
    clock.run(until=2)
    assert len(count) == 1800
