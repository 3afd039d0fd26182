"""Users' mood as compiled functions of numbers, called by both engines; the softest part of a model.

At the end of each week since go-live discomfort is read from the state at that instant. The week that ends is taken
to have been lived with it, in steps of a day; the share of active users found is that of the week to come.
"""

from __future__ import annotations

import math

import numpy as np

from changeflow.engine.chance.draws import ADOPTION as PURPOSE
from changeflow.engine.chance.draws import MISFIT, NO_STAGE, uniform_pair
from changeflow.engine.jit import compiled
from changeflow.model.requests.adoption import PARAMETERS, Adoption

WEEK_HOURS = 168.0
MOST_BACKLOG = 2.0
"""Whole backlogs beyond which more open requests do not annoy more."""
LAST_ATTEMPT = 2
NO_MISFIT = 2.0
"""The fit of a source that brings no misfits."""
_FARTHEST = 700.0  # the exponential of more is no number
OFF, PASSIVE, COUPLED = range(3)

MOOD = np.dtype(
    [
        *((name, "f8") for name in PARAMETERS),
        ("mode", "i8"),
        ("users", "f8"),
        # state
        ("since", "f8"),  # clock time of the last update
        ("weeks", "i8"),  # rows written
        ("attempt", "i8"),  # 1 the first system, 2 the second
        ("in_use", "i8"),
        ("restart_at", "f8"),  # clock time from which a second attempt begins; infinite: there is none
        ("resistance", "f8"),
        ("active_share", "f8"),
        ("low_days", "f8"),  # days in a row with too few active users
        ("unserved", "i8"),  # requests not asked so far because users have left
        ("asked", "i8"),  # our requests so far, without misfits
        ("asked_before", "i8"),  # of them before this attempt
        ("lost_before", "i8"),  # refused and withdrawn before this attempt
    ]
)
"""Parameters and state of one run, a single record."""


def mood_of(adoption: Adoption, users: int, start: float) -> np.ndarray:
    """The record as a run begins; where adoption is off its parameters are zero, and nobody reads it."""
    mood = np.zeros(1, MOOD)
    mood["mode"] = ("off", "passive", "coupled").index(adoption.mode)
    if adoption.is_on:
        for name in PARAMETERS:
            mood[name] = getattr(adoption, name)
    mood["users"], mood["since"], mood["attempt"], mood["in_use"] = users, start, 1, 1
    mood["active_share"], mood["restart_at"] = mood["active_share_at_start"], math.inf
    return mood


def weeks_in(start: float, end: float) -> int:
    """Room for the ends of weeks in a run."""
    return int(end // WEEK_HOURS - start // WEEK_HOURS) + 1


@compiled
def adoption_step(m, discomfort, enforcement, days):  # type: ignore[no-untyped-def]
    """Some days (about one) with given discomfort: resistance follows it, users leave or come back.

    dR/dt = (D - R) / lag; dA/dt = -h A + r (1 - A) [R < tolerance], h = h0 (exp(kappa (R - E - tolerance)^+) - 1),
    each by the exact solution with the other held, so that no choice of parameters makes it unstable.
    """
    resistance = discomfort + (m["resistance"] - discomfort) * math.exp(-days / m["lag_days"])
    beyond = max(0.0, resistance - enforcement - m["tolerance"])
    leave = m["hazard_per_day"] * (math.exp(min(m["hazard_steepness"] * beyond, _FARTHEST)) - 1.0)
    come_back = m["return_per_day"] if resistance < m["tolerance"] else 0.0
    if leave + come_back > 0.0:
        level = come_back / (leave + come_back)
        m["active_share"] = level + (m["active_share"] - level) * math.exp(-(leave + come_back) * days)
    m["resistance"] = resistance
    m["low_days"] = m["low_days"] + days if m["active_share"] < m["abandoned_below_share"] else 0.0


@compiled
def compromise_of(m, lost, misfits):  # type: ignore[no-untyped-def]
    """Unmet over all needs: refused, withdrawn and open misfits, over the needs at go-live and the requests since."""
    needs = m["needs_per_100_users"] * m["users"] / 100.0 + (m["asked"] - m["asked_before"])
    return min(1.0, (lost - m["lost_before"] + misfits) / needs)


@compiled
def discomfort_of(m, compromise, open_requests, overdue, defects):  # type: ignore[no-untyped-def]
    """The weighted sum of compromise, backlog, defects and delay."""
    backlog = min(MOST_BACKLOG, open_requests / (m["backlog_per_user"] * m["users"]))
    late = overdue / open_requests if open_requests > 0 else 0.0
    return (
        m["unmet_weight"] * compromise
        + m["backlog_weight"] * backlog
        + m["defect_weight"] * (defects / m["users"])
        + m["overdue_weight"] * late
    )


@compiled
def review_stops(m, run_key, week):  # type: ignore[no-untyped-def]
    """Does management stop the project in this week? Only in weeks of a review; logistic in lost users, resistance."""
    if week % m["review_every_weeks"] != 0.0:
        return False
    odds = m["review_intercept"] + m["review_per_lost_share"] * (1.0 - m["active_share"])
    odds += m["review_per_resistance"] * m["resistance"]
    luck, _ = uniform_pair(run_key, np.uint64(week), NO_STAGE, PURPOSE, 0)
    return luck < 1.0 / (1.0 + math.exp(min(-odds, _FARTHEST)))


@compiled
def pass_week(mood, rows, run_key, now, open_requests, overdue, misfits, defects, lost):  # type: ignore[no-untyped-def]
    """The week that ends now, written as the next row; True when the system is given up now.

    open_requests, overdue, misfits, defects: ours that are open at this instant; lost: refused and withdrawn so far.
    """
    m = mood[0]
    compromise = discomfort = enforcement = 0.0
    gives_up = False
    if m["in_use"] == 0:
        if now >= m["restart_at"]:
            begin_again(m, lost)
    else:
        compromise = compromise_of(m, lost, misfits)
        discomfort = discomfort_of(m, compromise, open_requests, overdue, defects)
        enforcement = min(m["most_enforcement"], m["enforcement_per_discomfort"] * discomfort)
        days = (now - m["since"]) / 24.0
        steps = math.ceil(days)
        for _ in range(steps):
            adoption_step(m, discomfort, enforcement, days / steps)
        too_few = m["low_days"] >= m["abandoned_after_days"]
        gives_up = too_few or review_stops(m, run_key, int(now / WEEK_HOURS))
    if gives_up:
        give_up(m, run_key, now)
    row = rows[m["weeks"]]
    row["time"], row["attempt"], row["in_use"] = now, m["attempt"], m["in_use"]
    row["compromise"], row["discomfort"], row["enforcement"] = compromise, discomfort, enforcement
    row["unserved"] = m["unserved"]
    row["resistance"], row["active_share"] = m["resistance"], m["active_share"]
    row["completeness"] = m["active_share"] * max(0.0, 1.0 - m["completeness_loss"] * m["resistance"])
    m["weeks"] += 1
    m["since"] = now
    return gives_up


@compiled
def give_up(m, run_key, now):  # type: ignore[no-untyped-def]
    """Nobody uses it any more; luck says whether there will be a second attempt, which is the last."""
    m["in_use"], m["active_share"], m["resistance"], m["restart_at"] = 0, 0.0, 0.0, math.inf
    luck, _ = uniform_pair(run_key, np.uint64(m["attempt"]), NO_STAGE, PURPOSE, 1)
    if m["attempt"] < LAST_ATTEMPT and luck < m["restart_probability"]:
        m["restart_at"] = now + m["restart_delay_days"] * 24.0


@compiled
def begin_again(m, lost):  # type: ignore[no-untyped-def]
    """The second system: its users start as those of the first did; its project meets what was not met before."""
    m["in_use"], m["attempt"], m["restart_at"] = 1, LAST_ATTEMPT, math.inf
    m["active_share"], m["resistance"], m["low_days"] = m["active_share_at_start"], 0.0, 0.0
    m["asked_before"], m["lost_before"] = m["asked"], lost


@compiled
def asking_share(m):  # type: ignore[no-untyped-def]
    """The share of the users' candidate requests that adoption leaves."""
    return m["active_share"] if m["mode"] == COUPLED else 1.0


@compiled
def is_given_up(m):  # type: ignore[no-untyped-def]
    """Is nobody using the system now, where that has consequences?"""
    return m["mode"] == COUPLED and m["in_use"] == 0


@compiled
def is_mended(m, run_key, key, fit):  # type: ignore[no-untyped-def]
    """Does the second system lack this misfit, since its threshold lies below the better fit?"""
    if m["mode"] != COUPLED or m["attempt"] < LAST_ATTEMPT or fit == NO_MISFIT:
        return False
    _, threshold = uniform_pair(run_key, key, NO_STAGE, MISFIT, 0)
    return threshold <= fit + m["restart_fit_gain"]


@compiled
def learned_quality(m, quality):  # type: ignore[no-untyped-def]
    """Specification quality of a request now: better in a second attempt; NaN where the model has none."""
    if m["mode"] != COUPLED or m["attempt"] < LAST_ATTEMPT:
        return quality
    return quality if math.isnan(quality) else min(1.0, quality + m["restart_quality_gain"])
