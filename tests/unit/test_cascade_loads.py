"""Loads of changes that draw others after them and of defects that come back: by hand, and against runs."""

from __future__ import annotations

import numpy as np
import pytest

from changeflow.engine.simulate import simulate
from changeflow.engine.tables.model import compile_tables
from changeflow.measure.run import measure_run
from changeflow.measure.trace.window import Window
from changeflow.model.components.cascade_work import cascade_work, exact_work, wave_work
from changeflow.model.components.propagation import reach
from changeflow.model.expected.propagated import propagated
from changeflow.model.load.topology import Load, offered_loads
from tests.unit.small import model_of
from tests.unit.test_follow_ups import FROM_A, LOOP, UNLIMITED

DESK = """\
title = "a desk"
horizon_days = 700
follow_up_days = 0
{categories}
[demand]
kind = "poisson"
rate_per_day = 6
[stations.desk]
servers = 1
service_hours = {{ law = "exponential", mean = 1 }}
{errors}
"""
PLAIN = DESK.format(categories="", errors="")
"""42 requests and 42 hours of work a week."""
CHAIN = np.array([[0, 0.5, 0.0], [0, 0, 0.4], [0, 0, 0]])


def load_of(text: str, station: str = "desk") -> Load:
    return next(load for load in offered_loads(model_of(text)) if load.station == station)


def test_impacts_multiply_along_the_way() -> None:
    """a -> b .5 (half the work), b -> c .4 (a tenth of that): 0.25 and 0.5 x 0.4 x 0.05 = 0.01."""
    impact = np.array([[0, 0.5, 0], [0, 0, 0.1], [0, 0, 0]])
    assert cascade_work(CHAIN, impact)[0] == pytest.approx([1, 0.25, 0.01])
    assert cascade_work(CHAIN, (CHAIN > 0).astype(float)) == pytest.approx(reach(CHAIN).chance)


def test_a_component_is_reached_from_the_first_that_comes_to_it() -> None:
    """a -> b .5 and c .5, both -> d for sure, with impacts 1 from b, 0.2 from c; b is looked at first: with b d takes
    1, with c alone 0.2, so 0.5 + 0.25 x 0.2."""
    likelihood, impact = np.zeros((2, 4, 4))
    likelihood[0, 1:3], likelihood[1:3, 3] = 0.5, 1.0
    impact[0, 1:3], impact[1, 3], impact[2, 3] = 1.0, 1.0, 0.2
    assert cascade_work(likelihood, impact)[0, 3] == pytest.approx(0.55)


def test_without_the_tree_the_work_is_nearly_the_same() -> None:
    """Eight components with a fifth of all links: each row's work within 3 % of the exact one."""
    rng = np.random.default_rng(2)
    likelihood = np.where(rng.random((8, 8)) < 0.3, 0.25, 0.0) * (1 - np.eye(8))
    impact = rng.choice([0.3, 0.6, 0.9], (8, 8)) * (likelihood > 0)
    exact = exact_work(likelihood, impact)
    assert exact is not None
    assert exact_work(likelihood, impact, most_branches=20) is None
    assert wave_work(likelihood, impact).sum(axis=1) == pytest.approx(exact.sum(axis=1), rel=0.03)
    assert np.count_nonzero(likelihood) > 10


def test_a_cascade_is_in_the_load() -> None:
    """From a: b .3, c .1 directly, else .9 x .3 x .4 by b: 0.508 requests, and half the work each, a quarter by b."""
    found = load_of(PLAIN + LOOP + FROM_A)
    assert found.visits_per_week == pytest.approx((42 * 1.508,) * 2)
    assert found.work_per_week == pytest.approx((42 * (1 + 0.15 + 0.05 + 0.027),) * 2)


def test_without_limit_the_load_is_that_of_the_series() -> None:
    """Visits by (I - M)^-1, work by (I - M / 2)^-1: every impact is a half."""
    found = load_of(PLAIN + LOOP + UNLIMITED + FROM_A)
    m = np.array([[0, 0.3, 0.1], [0, 0, 0.4], [0.2, 0, 0]])
    total, work = (np.linalg.inv(np.eye(3) - part).sum(axis=1)[0] for part in (m, m / 2))
    assert found.visits_per_week == pytest.approx((42 * total,) * 2)
    assert found.work_per_week == pytest.approx((42 * work,) * 2)


def test_clarkson_adds_work_and_no_visits() -> None:
    """From a: 0.15 on b and 0.107 on c by the method, as `check` says."""
    found = load_of(PLAIN + LOOP + FROM_A).visits_per_week
    clarkson = load_of(PLAIN + LOOP + 'mode = "clarkson"\n' + FROM_A)
    assert clarkson.visits_per_week == pytest.approx((42, 42))
    assert clarkson.work_per_week == pytest.approx((42 * 1.257,) * 2, rel=1e-3)
    assert found[0] > 42


def test_what_is_refused_draws_nothing() -> None:
    """The desk is open to half of the difficulties: half of the requests, and half of their changes again."""
    text = PLAIN.replace("servers = 1", "servers = 1\nopenness = 0.5")
    text += '[routing]\nentry = { rule = "open_first", prefer = ["desk"] }\n'
    assert load_of(text).visits_per_week[0] == pytest.approx(21)
    assert load_of(text + LOOP + FROM_A).visits_per_week[1] == pytest.approx(21 + 21 * 0.508 * 0.5)


def test_where_requests_may_be_lost_perhaps_nothing_is_drawn() -> None:
    text = PLAIN.replace("servers = 1", "servers = 1\njoin_probability = [1.0, 0.5]")
    low, high = load_of(text + LOOP + FROM_A).visits_per_week
    assert (low, high) == (pytest.approx(21), pytest.approx(42 * 1.508))


def test_a_plain_model_draws_nothing() -> None:
    assert propagated(model_of(PLAIN)) is None
    assert propagated(model_of(PLAIN + LOOP + 'mode = "off"\n')) is None


CATEGORIES = """
[categories.data]
share = 0.7
work_hours = 1
[categories.report]
share = 0.3
work_hours = 2
"""
BY_CATEGORY = '[components.categories]\na = "data"\nb = "report"\nc = "data"\n'
ERRORS = """
[errors]
[errors.repair]
acceptance = 0.5
production = 1.5
[errors.kinds.slip]
caught_at_acceptance = 0.6
discovery_days = 5
[system]
flexibility = 0.4
"""


@pytest.mark.parametrize("more", ["", UNLIMITED])
def test_runs_are_as_loaded_as_is_expected(more: str) -> None:
    """Defects and changes of other components together; one percent for what the end of a run cuts off."""
    text = DESK.format(categories=CATEGORIES, errors="errors = { slip = 0.2 }").replace(
        'service_hours = { law = "exponential", mean = 1 }\n', ""
    )
    model = model_of(text + ERRORS + LOOP + more + BY_CATEGORY)
    window = Window.of(compile_tables(model))
    runs = [measure_run(window, simulate(window.tables, seed=2, replication=n, engine="compiled")) for n in range(20)]
    low, high = offered_loads(model)[0].load
    assert low == pytest.approx(high)
    found = np.array([run.values["utilisation.desk"] for run in runs])
    error = found.std(ddof=1) / np.sqrt(len(found))
    assert error < 0.01 * high
    assert found.mean() == pytest.approx(high, abs=4 * error + 0.01 * high)
    assert 0.45 < high < 0.9


SIX = "".join(f"[categories.c{n}]\nshare = {1 if n == 0 else 0}\nwork_hours = 1\n" for n in range(6))
ALL_LINKS = '[components]\nnames = ["a", "b", "c", "d", "e", "f"]\nimpact = 0.5\nedges = [{}]\n'.format(
    ", ".join(
        f'{{ from = "{one}", to = "{other}", likelihood = 0.2 }}'
        for one in "abcdef"
        for other in "abcdef"
        if one != other
    )
)


def test_each_category_has_a_graph_of_its_own_however_many_there_are() -> None:
    """A tree that is small enough for one category is small enough for six: no less exact, no matrix of all of them."""
    one, six = (
        propagated(model_of(PLAIN + ALL_LINKS)),
        propagated(model_of(DESK.format(categories=SIX, errors="") + ALL_LINKS)),
    )
    assert one is not None
    assert six is not None
    for few, many in ((one.changes, six.changes), (one.work, six.work)):
        assert np.array_equal(many, few[0, 0, 0] * np.array([np.eye(6)] * 2))


def test_a_tree_that_is_too_big_for_chances_is_not_grown_again_for_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where chances are sampled, work is taken by waves at once."""
    grown: list[int] = []
    monkeypatch.setattr(
        "changeflow.model.components.cascade_work.exact_work", lambda likelihood, _: grown.append(len(likelihood))
    )
    dense = np.full((14, 14), 0.1) - np.diag(np.full(14, 0.1))
    assert cascade_work(dense, (dense > 0) * 0.5)[0, 1] == pytest.approx(
        cascade_work(dense, (dense > 0) * 0.5)[5, 9], rel=0.05
    )
    assert not grown
    cascade_work(CHAIN, (CHAIN > 0) * 0.25)
    assert grown == [3]


OWN_WAY = """\
title = "two ways in"
horizon_days = 700
follow_up_days = 0
[demand.sources.ours]
kind = "poisson"
rate_per_day = 1
entry = "a"
[demand.sources.theirs]
kind = "poisson"
rate_per_day = 1
[stations.a]
service_hours = 2
errors = { slip = 0.5 }
[stations.b]
service_hours = 20
[errors]
repairs_go = "entry"
[errors.kinds.slip]
caught_at_acceptance = 0
discovery_days = 1
[routing]
entry = "b"
"""


def test_repairs_go_where_new_requests_of_their_own_source_go() -> None:
    """Of 7 a week at a half slip and come back to a, once and again: 14 visits; nothing comes to b but its own 7."""
    model = model_of(OWN_WAY)
    a, b = offered_loads(model)
    assert (a.visits_per_week, b.visits_per_week) == (pytest.approx((14, 14)), pytest.approx((7, 7)))
    assert b.work_per_week == pytest.approx((140, 140))
    assert not b.overloaded
    visits = [simulate(model, seed=1, replication=n, engine="compiled").visits for n in range(4)]
    found = np.bincount(np.concatenate([rows["station"] for rows in visits]), minlength=2) / 400
    assert found == pytest.approx([14, 7], abs=0.7)
