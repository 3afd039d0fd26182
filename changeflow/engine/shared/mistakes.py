"""Errors with a cause, and the keys of what follows from them, as compiled functions of numbers for both engines."""

from __future__ import annotations

import math

import numpy as np

from changeflow.engine.chance.draws import philox
from changeflow.engine.jit import compiled

NO_ERROR, MISUNDERSTANDING, OMISSION, PROMISE, SLIP, DEVIATION = range(6)
ESCAPED, AT_REVIEW, AT_ACCEPTANCE = range(3)

_MASK = np.uint64(0xFFFFFFFF)
_S32 = np.uint64(32)
_CHILD = np.uint64(1 << 63)
_CHILD_TAG = np.uint64(0x6368696C)
_KEY_TAG = np.uint64(0x646B6579)


@compiled
def slip_at(slip, slip_unskilled, skill):  # type: ignore[no-untyped-def]
    """Chance of a slip at a skill from 0 to 1."""
    return slip + (slip_unskilled - slip) * (1.0 - skill)


@compiled
def quality_after(quality, gain, failures):  # type: ignore[no-untyped-def]
    """Specification quality after so many failed deliveries, each of which explains something."""
    return min(quality + gain * failures, 1.0)


@compiled
def error_kind(  # type: ignore[no-untyped-def]
    luck, quality, difficulty, links, per_link, quality_effect, omission_share, promise, slip, irreducible
):
    """What is wrong with a delivery, or NO_ERROR: the first cause in the order of the codes whose luck it has.

    P(error) = 1 - (1 - e)^links (1 - promise) (1 - slip) (1 - irreducible difficulty), e = per_link (1 -
    quality_effect quality); a quality that is not known does not count.
    """
    one_link = per_link if math.isnan(quality) else per_link * (1.0 - quality_effect * quality)
    right = 1.0
    for _ in range(links):
        right *= 1.0 - one_link
    if luck < 1.0 - right:
        return OMISSION if luck < omission_share * (1.0 - right) else MISUNDERSTANDING
    right *= 1.0 - promise
    if luck < 1.0 - right:
        return PROMISE
    right *= 1.0 - slip
    if luck < 1.0 - right:
        return SLIP
    right *= 1.0 - irreducible * difficulty
    return DEVIATION if luck < 1.0 - right else NO_ERROR


@compiled
def caught(luck, at_review, at_acceptance):  # type: ignore[no-untyped-def]
    """Who notices an error: the review, the acceptance of what the review let pass, or nobody yet."""
    if luck < at_review:
        return AT_REVIEW
    return AT_ACCEPTANCE if luck < at_review + (1.0 - at_review) * at_acceptance else ESCAPED


@compiled
def discovery_hours(luck, mean):  # type: ignore[no-untyped-def]
    """Clock hours from a delivery to the discovery of its defect: exponential."""
    return -mean * math.log1p(-luck)


@compiled
def in_use(hours, production, built_on, built_on_after):  # type: ignore[no-untyped-def]
    """Work of a repair by how long the defect was in use: others may have built on it."""
    return built_on if hours > built_on_after else production


@compiled
def child_key(parent, cause, ordinal, entry):  # type: ignore[no-untyped-def]
    """Key of a request that follows from another: a hash of (parent's key, cause, ordinal, pass), apart from roots."""
    what = (np.uint64(cause) << _S32) | np.uint64(ordinal)
    w0, w1, _, _ = philox(parent & _MASK, parent >> _S32, what & _MASK, what >> _S32, np.uint64(entry) ^ _CHILD_TAG,
                          _KEY_TAG)  # fmt: skip
    return ((w0 << _S32) | w1) | _CHILD
