"""Loads where large requests are difficult ones: the easy work of the power users is small work."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from changeflow.engine.simulate import simulate
from changeflow.model.load.topology import offered_loads
from changeflow.model.schema import Model
from changeflow.model.values import moments
from changeflow.model.values.going_together import CUTS, mean_of_ranks, open_given_size
from tests.unit.small import EVERY_LAW, model_of

SPLIT = """
title = "who may"
horizon_days = 700
demand = { kind = "poisson", rate_per_day = 12 }
routing.entry = { rule = "open_first", prefer = ["inside", "vendor"] }
[categories.a]
share = 1.0
work_hours = { law = "lognormal", mean = 4, scv = 2 }
difficulty_size_correlation = CORRELATION
[stations.inside]
servers = 4
stage = "change"
openness = 0.5
[stations.vendor]
kind = "vendor"
servers = 4
stage = "change"
"""


def model_with(correlation: float) -> Model:
    return model_of(SPLIT.replace("CORRELATION", str(correlation)))


EDGES = np.array([*CUTS, 1.0])
PIECES = list(pairwise(EDGES.tolist()))


@pytest.mark.parametrize("name", ["exponential", "lognormal by mean", "gamma 3", "discrete", "empirical", "beta 2 3"])
def test_parts_by_rank_make_the_mean_again_and_rise(name: str) -> None:
    law = EVERY_LAW[name]
    parts = [mean_of_ranks(law, *piece) for piece in PIECES]
    assert np.diff(EDGES) @ parts == pytest.approx(moments.mean(law), rel=1e-9)
    assert np.all(np.diff(parts) >= -1e-9)


def test_the_smallest_quarter_of_an_exponential_law() -> None:
    """E[X; X <= q] with q = ln(4/3): 1 - (1 + q) 3/4, four times that for the mean."""
    q = np.log(4 / 3)
    assert mean_of_ranks(EVERY_LAW["exponential"], 0.0, 0.25) == pytest.approx(3 * 4 * (1 - (1 + q) * 0.75), rel=1e-9)


@pytest.mark.parametrize("correlation", [-1.0, -0.6, 0.3, 0.95, 1.0])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.97, 1.0])
def test_the_easiest_are_as_many_over_all_sizes(correlation: float, share: float) -> None:
    """The mean over the parts is the share; half of both by the bivariate normal law (Sheppard 1899)."""
    parts = [open_given_size(share, correlation, *piece) for piece in PIECES]
    assert np.diff(EDGES) @ parts == pytest.approx(share, abs=2e-4)
    assert all(0 <= part <= 1 for part in parts)
    if share == 0.5:
        both = np.diff(EDGES)[:8] @ parts[:8]
        assert both == pytest.approx(0.25 + np.arcsin(correlation) / (2 * np.pi), abs=2e-4)


@pytest.mark.parametrize("correlation", [-0.7, 0.7])
def test_the_load_is_the_one_that_is_simulated(correlation: float) -> None:
    """E[work; open] = mean Phi(-rho sigma) for a lognormal size and openness one half; and so in a run of 8,400.

    Within a kind size and openness are taken for independent, which costs half a percent of a long tail.
    """
    model = model_with(correlation)
    weekly = [load.work_per_week[1] for load in offered_loads(model)]
    inside = stats.norm.cdf(-correlation * np.sqrt(np.log(3)))
    assert weekly == pytest.approx([84 * 4 * inside, 84 * 4 * (1 - inside)], rel=6e-3)
    trace = simulate(model, seed=1, replication=0)
    worked = np.bincount(trace.visits["station"], trace.visits["work_hours"], minlength=2)
    assert worked / 100 == pytest.approx(weekly, rel=0.08)


def test_without_correlation_the_load_is_the_product() -> None:
    assert [load.work_per_week[1] for load in offered_loads(model_with(0.0))] == pytest.approx([168, 168], rel=1e-12)
