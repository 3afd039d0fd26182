"""How many replications are enough: against hand-made courses, exact theory, and another program."""

import math

import numpy as np
import pytest

from changeflow.errors import PlanError
from changeflow.measure.estimates.precision import (
    Course,
    Precision,
    look_ahead,
    mean_course,
    ratio_course,
    replications_needed,
    replications_planned,
)
from changeflow.measure.estimates.replications import jackknife_ratio, jackknife_share, t_interval


def test_a_course_is_the_interval_after_every_replication() -> None:
    values = 1e6 + np.random.default_rng(1).gamma(2.0, 3.0, 30)
    values[[0, 7]] = np.nan
    course = mean_course(values, 0.9)
    for n in range(2, 31):
        assert (course.means[n - 1], course.half_widths[n - 1]) == pytest.approx(t_interval(values[:n], 0.9), rel=1e-6)
    assert math.isnan(course.means[0])
    assert course.half_widths[0] == course.half_widths[1] == math.inf


def test_equal_values_are_precise_at_once() -> None:
    assert replications_needed([mean_course([0.1] * 20)], [Precision(absolute=1e-12)]) == 3


@pytest.mark.parametrize("without", [[], [0, 1, 2], [1, 5, 70]], ids=["all", "none at first", "some"])
def test_the_course_of_a_ratio_is_the_jackknife_after_every_replication(without: list[int]) -> None:
    """Beyond the rows that are made at once; also where replications have nothing to divide by."""
    rng = np.random.default_rng(2)
    bottoms = rng.uniform(1, 2, 140)
    tops = 0.3 * bottoms + rng.normal(0, 0.1, 140)
    tops[without] = bottoms[without] = 0.0
    course = ratio_course(tops, bottoms, 0.9)
    one_by_one = np.array([jackknife_ratio(tops[:n], bottoms[:n], 0.9) for n in range(1, 141)])
    np.testing.assert_allclose(course.means, one_by_one[:, 0], rtol=1e-11)
    np.testing.assert_allclose(course.half_widths, one_by_one[:, 1], rtol=1e-9)


@pytest.mark.parametrize("seen", [0.0, 1.0])
def test_the_course_of_a_share_that_never_varies_has_a_width(seen: float) -> None:
    bottoms = np.array([0.0, 10.0, 30.0, 20.0, 0.0, 40.0, 5.0])
    tops = seen * bottoms
    tops[-1] = 2.0
    course = ratio_course(tops, bottoms, 0.9, counted=True)
    one_by_one = np.array([jackknife_share(tops[:n], bottoms[:n], 0.9) for n in range(1, 8)])
    np.testing.assert_allclose(course.means, one_by_one[:, 0], rtol=1e-11)
    np.testing.assert_allclose(course.half_widths, one_by_one[:, 1], rtol=1e-9)
    assert (course.half_widths[2:] > 0).all()


def test_the_published_look_ahead() -> None:
    assert [look_ahead(n) for n in (10, 100, 200, 400)] == [5, 5, 10, 20]


def course_of(*half_widths: float) -> Course:
    return Course(np.full(len(half_widths), 10.0), np.array(half_widths))


LUCKY = (9.0, 9.0, 0.9, 2.0, 2.0, 1.0, 1.0, 0.9, 0.8, 0.8, 0.7)
"""Precise (10 %) at 3 replications by luck, for good from 6 on."""


def test_looking_ahead_guards_against_early_luck() -> None:
    course, wanted = course_of(*LUCKY), Precision(relative=0.1)
    assert replications_needed([course], [wanted], ahead=False) == 3
    assert replications_needed([course], [wanted]) == 6
    assert replications_needed([course], [wanted], first=8, ahead=False) == 8


def test_not_enough_yet_is_none() -> None:
    assert replications_needed([course_of(*LUCKY[:-1])], [Precision(relative=0.1)]) is None
    assert replications_needed([course_of(9.0, 9.0, 9.0)], [Precision(relative=0.1)], ahead=False) is None
    assert replications_needed([course_of(0.1, 0.1)], [Precision(relative=0.1)], ahead=False) is None


def test_several_measures_must_be_precise_at_the_same_time() -> None:
    """The one loses at 7 what it had at 4; the other gains it at 6: together from 8."""
    one = course_of(9, 9, 9, 1, 1, 1, 3, 1, 1, 1, 1, 1, 1)
    other = course_of(9, 9, 9, 9, 9, 1, 1, 1, 1, 1, 1, 1, 1)
    wanted = Precision(relative=0.1)
    assert replications_needed([one, other], [wanted, wanted]) == 8
    assert replications_needed([one, other], [wanted, wanted], ahead=False) == 6
    assert replications_needed([one, other], [Precision(absolute=3), Precision(absolute=9)], ahead=False) == 4


def test_either_precision_is_enough_near_a_mean_of_nothing() -> None:
    course = Course(np.array([0.0, 0.0, 0.001]), np.array([1.0, 1.0, 0.05]))
    assert replications_needed([course], [Precision(relative=0.1)], ahead=False) is None
    assert replications_needed([course], [Precision(relative=0.1, absolute=0.05)], ahead=False) == 3


@pytest.mark.parametrize(("relative", "absolute"), [(0.0, 0.0), (-0.1, 1.0), (0.1, -1.0)])
def test_a_precision_of_nothing_is_refused(relative: float, absolute: float) -> None:
    with pytest.raises(PlanError, match="precision: expected a relative or an absolute half-width above 0"):
        Precision(relative, absolute)


def test_the_plan_grows_with_the_square_of_the_width() -> None:
    wide, narrow = course_of(4.0, 3.0, 2.0, 2.0), course_of(1.0, 1.0, 1.0, 0.5)
    wanted = Precision(relative=0.1)
    assert replications_planned([narrow], [wanted]) == 4
    assert replications_planned([narrow, wide], [wanted, wanted]) == 16
    assert replications_planned([course_of(math.inf)], [wanted]) == 2


def test_another_programs_replications_algorithm_finds_the_same_number() -> None:
    """sim-tools (MIT) follows Hoad, Robinson and Davies with one stop a measure."""
    from sim_tools import output_analysis

    class Runs:
        def __init__(self, values: np.ndarray) -> None:
            self.values = values

        def single_run(self, replication: int) -> dict[str, float]:
            return {"x": float(self.values[replication])}

    found = []
    for seed in range(12):
        values = np.random.default_rng(seed).gamma(4.0, 2.5, 900)
        algorithm = output_analysis.ReplicationsAlgorithm(half_width_precision=0.07, replication_budget=800)
        theirs = algorithm.select(Runs(values), ["x"])[0]["x"]
        ours = replications_needed([mean_course(values)], [Precision(relative=0.07)])
        found.append((ours, theirs))
    assert all(ours == theirs for ours, theirs in found), found
    assert len({ours for ours, _ in found}) > 6
    assert max(ours for ours, _ in found if ours) > 200


@pytest.mark.slow
@pytest.mark.parametrize(("shape", "looking", "blind"), [("normal", 0.951, 0.922), ("lognormal", 0.932, 0.919)])
def test_intervals_at_a_stopping_time(shape: str, looking: float, blind: float) -> None:
    """Coverage of 95 % intervals when they stop at 15 % of the mean: looking ahead mends what stopping costs.

    Normal values (coefficient of variation .5) are back at their level; skewed ones (1) stay below it.
    """
    rng, tries, hits = np.random.default_rng(12), 3000, {True: 0, False: 0}
    for _ in range(tries):
        values = rng.normal(1.0, 0.5, 600)
        if shape == "lognormal":
            values = rng.lognormal(-0.5 * math.log(2), math.sqrt(math.log(2)), 600)
        course = mean_course(values)
        for ahead in hits:
            n = replications_needed([course], [Precision(relative=0.15)], ahead=ahead) or 600
            hits[ahead] += abs(course.means[n - 1] - 1.0) <= course.half_widths[n - 1]
    assert hits[True] > hits[False]
    for ahead, measured in ((True, looking), (False, blind)):  # measured before with another seed: two errors
        assert hits[ahead] / tries == pytest.approx(measured, abs=4 * math.sqrt(2 * 0.95 * 0.05 / tries))
