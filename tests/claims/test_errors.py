"""Where errors come from: specifications, links, kinds, and what nobody can help (S12, S13, S17, S19, S23)."""

from __future__ import annotations

import numpy as np

from changeflow.engine import trace as t
from changeflow.engine.trace import Trace
from changeflow.model.schema import Model
from changeflow.study.scenarios.routes import along_route
from tests.claims.claims import fails, shown, trial
from tests.claims.paired import fingerprint, interval, percent, runs, traced
from tests.claims.systems import ERRORS, WORK, system

HAND_OVER = (t.ERRORS.index("misunderstanding"), t.ERRORS.index("omission"))


def _with_quality(kind: str, quality: float, **changes: object) -> Model:
    known = {f"categories__{name}__specification_quality": quality for name in WORK}
    return system(kind, **known, **changes)


def _wrong(trace: Trace) -> float:
    """The share of first deliveries that are wrong."""
    first = trace.visits[(trace.visits["attempt"] == 1) & (trace.visits["outcome"] != t.UNFINISHED)]
    return float((first["error"] > 0).mean())


def _of_hand_over(trace: Trace) -> float:
    """The share of all errors that are of a hand-over."""
    errors = trace.visits["error"][trace.visits["error"] > 0]
    return float(np.isin(errors, HAND_OVER).mean())


@trial("S12")
def test_s12_better_specifications_help_the_vendor_more_than_the_first_person() -> str:
    """Quality 0.8 instead of 0.2 on either route of the open platform; nothing is lost between head and own hand."""
    saved = {}
    for route in ("vendor", "power_users"):
        poor, good = (along_route(_with_quality("open", quality), route) for quality in (0.2, 0.8))
        saved[route] = runs(poor, "rework_cost") - runs(good, "rework_cost")
    low, high = interval(saved["vendor"] - saved["power_users"])
    assert low > 0
    assert not saved["power_users"].any()
    return (
        f"quality 0.8 for 0.2: EUR {shown((low, high))} of rework saved more by the vendor route; in the first person 0"
    )


@trial("S13")
def test_s13_the_mix_of_kinds_shifts_with_the_links() -> str:
    shares = [
        traced(along_route(system("script", stations__vendor__errors={"links": links}), "vendor"), _of_hand_over)
        for links in range(4)
    ]
    assert not shares[0].any()
    for fewer, more in zip(shares, shares[1:], strict=False):
        assert interval(more - fewer)[0] > 0
    means = ", ".join(f"{100 * share.mean():.0f}" for share in shares)
    return f"misunderstandings and omissions are {means} % of all errors with 0, 1, 2, 3 links"


@trial("S17")
def test_s17_hard_changes_go_wrong_with_perfect_specifications_and_nobody_between() -> str:
    """Without slips, too: what is left grows with difficulty."""
    perfect = {"stations__vendor__errors": {"links": 0, "slip": 0.0}, "errors__irreducible": 0.2}
    model = along_route(_with_quality("script", 1.0, **perfect), "vendor")

    def wrong(hard: bool) -> np.ndarray:
        def share(trace: Trace) -> float:
            difficulty = trace.requests["difficulty"][trace.visits["request"]]
            rows = trace.visits[(trace.visits["attempt"] == 1) & ((difficulty > 0.5) == hard)]
            return float((rows["error"] > 0).mean())

        return traced(model, share)

    easy, hard = wrong(False), wrong(True)
    assert interval(easy)[0] > 0
    assert interval(hard - easy)[0] > 0
    means = 100 * easy.mean(), 100 * hard.mean()
    return "with 0.2 x difficulty {:.0f} % of the easy and {:.0f} % of the hard half are wrong".format(*means)


@trial("S19")
def test_s19_checks_before_release_act_like_flexibility() -> str:
    """Whatever the kind, a review finds 0.8 of all errors: it saves as much rework as twice the flexibility."""
    plain = system("turnkey")
    kinds = {kind: {**value, "caught_at_review": 0.8} for kind, value in ERRORS["kinds"].items()}
    checked, flexible = system("turnkey", errors__kinds=kinds), system("turnkey", system__flexibility=0.9)
    by_checks, by_flexibility = (
        percent(runs(plain, "rework_cost"), runs(model, "rework_cost")) for model in (checked, flexible)
    )
    assert by_checks[1] < 0
    assert by_flexibility[1] < 0
    return f"rework cost {shown(by_checks)} %; with twice the flexibility instead {shown(by_flexibility)} %"


@trial("S23")
def test_s23_each_link_adds_errors() -> str:
    wrong = [traced(_linked(links), _wrong) for links in range(4)]
    for fewer, more in zip(wrong, wrong[1:], strict=False):
        assert interval(more - fewer)[0] > 0
    means = ", ".join(f"{100 * share.mean():.0f}" for share in wrong)
    return f"{means} % of first deliveries wrong with 0, 1, 2, 3 links"


def _linked(links: int, **changes: object) -> Model:
    return along_route(system("script", stations__vendor__errors={"links": links}, **changes), "vendor")


@trial("S23", fails("perfect specifications that take away all"))
def test_s23_links_do_nothing_where_specifications_are_perfect() -> str:
    """quality_effect = 1 and q = 1: not one visit differs."""
    none, three = (
        along_route(
            _with_quality("script", 1.0, errors__quality_effect=1.0, stations__vendor__errors={"links": links}),
            "vendor",
        )
        for links in (0, 3)
    )
    one, other = (traced(model, fingerprint, 5).tolist() for model in (none, three))
    assert one == other
    return "0 and 3 links: the same visits, to the bit"


@trial("S23", fails("untrained power users, a good specification"))
def test_s23_untrained_power_users_err_more_than_a_vendor_told_well() -> str:
    """Quality 0.9 through one link against somebody with skill 0.4 who needs no telling."""
    staff = {f"person{number}": {"hours_per_week": 7.5, "trained": False} for number in range(3)}
    untrained = _with_quality(
        "open", 0.9,
        stations__inside__servers=None, stations__inside__staff=staff,
        stations__inside__learning={"rate": 1.0, "start": 0.4, "trained": 0.7},
        stations__inside__errors={"slip": 0.07, "slip_unskilled": 0.153},
        stations__vendor__errors={"links": 1},
    )  # fmt: skip
    inside, vendor = (traced(along_route(untrained, route), _wrong, 60) for route in ("power_users", "vendor"))
    low, high = interval(100 * (inside - vendor))
    assert low > 0
    return f"{shown((low, high), 1)} percentage points more wrong inside than at the vendor"
