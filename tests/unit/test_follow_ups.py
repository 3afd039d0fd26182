"""Requests that requests draw after them: by hand, with and without defects, with and without a limit."""

from __future__ import annotations

import math

import pytest

from changeflow.engine.simulate import simulate
from changeflow.errors import ModelError
from changeflow.model.checks.follow_ups import endless_follow_ups
from changeflow.model.expected.follow_ups import FollowUps, expected_defects, follow_ups
from changeflow.model.file.faults import Places
from changeflow.model.schema import Model
from changeflow.present.story.checking import check, check_as_json, warnings_of
from tests.unit.small import DESK, model_of
from tests.unit.test_components import TWO

LOOP = """\
[components]
names = ["a", "b", "c"]
impact = 0.5
edges = [
    { from = "a", to = "b", likelihood = 0.3 }, { from = "a", to = "c", likelihood = 0.1 },
    { from = "b", to = "c", likelihood = 0.4 }, { from = "c", to = "a", likelihood = 0.2 },
]
"""
UNLIMITED = "unlimited = true\n"
FROM_A = "[components.weights]\na = 1\ndefault = 0\n"
FAST = LOOP.replace("0.3", "1").replace("0.4", "1").replace("0.2", "1")


def found(model: Model, defects: dict[tuple[str, str], float] | None = None) -> FollowUps:
    result = follow_ups(model, defects)
    assert result is not None
    return result


def test_nothing_draws_anything_in_a_plain_model() -> None:
    assert follow_ups(model_of(DESK)) is None
    assert follow_ups(model_of(DESK + LOOP + 'mode = "off"\n')) is None
    assert follow_ups(model_of(DESK + LOOP + 'mode = "clarkson"\n')) is None
    assert "FOLLOW-UPS" not in check(model_of(DESK))


def test_a_cascade_is_counted_once_and_has_no_radius() -> None:
    once = found(model_of(DESK + LOOP + FROM_A))
    assert once.per_request == pytest.approx((0.508, 0.508))
    assert once.radius == (0, 0)


def test_without_limit_it_is_the_sum_of_the_series() -> None:
    endless = found(model_of(DESK + LOOP + UNLIMITED + FROM_A))
    assert endless.per_request == pytest.approx((0.589958, 0.589958), abs=5e-7)
    assert endless.radius == pytest.approx((0.311516, 0.311516), abs=5e-7)


def test_requests_begin_where_the_weights_say() -> None:
    alike = found(model_of(DESK + LOOP + UNLIMITED))
    assert alike.per_request[0] == pytest.approx((1.589958 + 1.527197 + 1.317992) / 3 - 1, abs=1e-6)


def test_defects_alone_come_back_as_a_geometric_series() -> None:
    """0.25 of the deliveries escape wrong: 1 / 3 more requests; 0.5 at the worse station: 1 more."""
    one = found(model_of(DESK), {("desk", "change"): 0.25})
    assert one.per_request == pytest.approx((1 / 3, 1 / 3))
    two = found(model_of(DESK), {("desk", "change"): 0.25, ("other", "change"): 0.5})
    assert two.per_request == pytest.approx((1 / 3, 1))
    assert two.radius == pytest.approx((0.25, 0.5))


def test_defects_of_one_category_leave_the_other_alone() -> None:
    both = found(model_of(DESK + TWO), {("desk", "data"): 0.5})
    assert both.by_category() == {"data": pytest.approx((1, 1)), "report": pytest.approx((0, 0))}
    assert both.per_request == pytest.approx((0.5, 0.5))


def test_each_component_of_a_cascade_has_the_defects_of_its_own_delivery() -> None:
    with_defects = found(model_of(DESK + LOOP + FROM_A), {("desk", "change"): 0.2})
    assert with_defects.per_request[0] == pytest.approx(1.508 / 0.8 - 1)
    assert with_defects.radius[0] == pytest.approx(0.2)


def test_follow_ups_of_follow_ups_have_the_sum_of_both() -> None:
    """Without a limit every change, a repair too, draws others: the radius is that of M + 0.2 I."""
    both = found(model_of(DESK + LOOP + UNLIMITED), {("desk", "change"): 0.2})
    assert both.radius[0] == pytest.approx(0.511516, abs=5e-7)


def test_a_category_without_a_component_draws_nothing() -> None:
    text = LOOP + '[components.categories]\ndefault = "data"\n'
    by_category = found(model_of(DESK + TWO + text)).by_category()
    assert by_category["report"] == (0, 0)
    assert by_category["data"][0] > 0.3


def test_what_is_drawn_is_told_by_its_own_category() -> None:
    """A request for data begins at a: 0.3 of b, a report; 0.208 of c, data. One for a report begins at b."""
    text = LOOP + '[components.categories]\nb = "report"\ndefault = "data"\n[components.weights]\nc = 0\ndefault = 1\n'
    of = found(model_of(DESK + TWO + text)).of_categories()
    assert of["data"] == {"data": pytest.approx((1.208, 1.208)), "report": pytest.approx((0.3, 0.3))}
    assert of["report"] == {"data": pytest.approx((0.48, 0.48)), "report": pytest.approx((1, 1))}


def test_follow_ups_without_end_are_refused_with_their_sum() -> None:
    """a -> b -> c -> a for sure, and 0.1 of a shortcut: the root of x^3 = 1 + 0.1 x."""
    with pytest.raises(ModelError) as caught:
        model_of(DESK + FAST + UNLIMITED)
    (fault,) = caught.value.faults
    assert fault.path == "components.unlimited"
    assert "each change draws 1.03 more after it" in str(fault)
    assert model_of(DESK + FAST).component_graph is not None  # a cascade ends by itself


def test_defects_may_take_the_sum_above_one() -> None:
    """Refused if it is so whichever station delivers, else a warning."""
    model = model_of(DESK + LOOP + UNLIMITED)
    where = Places("model.toml", "", {})
    assert not list(endless_follow_ups(model, where, {("desk", "change"): 0.6}))
    assert list(endless_follow_ups(model, where, {("desk", "change"): 0.7}))
    unsure = {("desk", "change"): 0.1, ("other", "change"): 0.7}
    assert not list(endless_follow_ups(model, where, unsure))
    assert found(model, unsure).per_request[1] == math.inf


ERRORS = """\
[errors]
[errors.kinds.slip]
caught_at_acceptance = 0
discovery_days = 1
"""


def test_defects_are_those_that_the_models_errors_let_escape() -> None:
    """A quarter of the deliveries slip, nobody notices: 1 / 3 more requests, and as many on the run."""
    model = model_of(DESK.replace("service_hours = 1", "service_hours = 0.1\nerrors = { slip = 0.25 }") + ERRORS)
    assert expected_defects(model) == {("desk", "change"): pytest.approx(0.25)}
    assert found(model).per_request == pytest.approx((1 / 3, 1 / 3))


@pytest.mark.parametrize(("more", "expected"), [("", 0.508), (UNLIMITED, 0.589958)])
def test_runs_have_as_many_follow_ups_as_are_expected(more: str, expected: float) -> None:
    """Some 7,200 root requests, each begins at a; the standard error of their follow-ups' mean is below 0.01."""
    quick = DESK.replace("servers = 2", 'servers = "infinite"').replace("service_hours = 1", "service_hours = 0.01")
    model = model_of(quick.replace("rate_per_day = 3", "rate_per_day = 720") + LOOP + more + FROM_A)
    rows = simulate(model, seed=3, replication=0).requests
    roots = int((rows["cause"] == 0).sum())
    assert (len(rows) - roots) / roots == pytest.approx(expected, abs=0.04)


def test_check_says_it_in_words() -> None:
    text = " ".join(check(model_of(DESK + LOOP + UNLIMITED + FROM_A)).split())
    assert "A request draws 0.59 others after it on average." in text
    assert "spectral radius 0.31, below 1: they end" in text
    assert "3 components, 4 links: a change draws changes of others after it, without limit." in text
    assert "Multipliers, which send out more changes than come in: a (+0.33), b (+0.14)." in text
    assert "Absorbers, which send out fewer: c (-0.43)." in text
    assert not warnings_of(model_of(DESK + LOOP + UNLIMITED))


def test_check_says_what_clarkson_adds_to_the_work() -> None:
    """From a: 0.3 x 0.5 on b, 1 - (1 - 0.05)(1 - 0.3 x 0.2) = 0.107 on c."""
    text = " ".join(check(model_of(DESK + LOOP + 'mode = "clarkson"\n')).split())
    assert "A request takes 1.13 to 1.26 times its work, most at a." in text
    assert "FOLLOW-UPS" not in text


def test_machines_get_the_same_sentences() -> None:
    said = check_as_json(model_of(DESK + LOOP))
    assert said["follow_ups"][0].startswith("A request draws ")
    assert said["components"][0].startswith("3 components")
    assert check_as_json(model_of(DESK))["components"] == []
