"""Skill by experience, as compiled functions of numbers for both engines."""

from __future__ import annotations

import math

from changeflow.engine.jit import compiled


@compiled
def faded(passes, hours, forgetting_hours):  # type: ignore[no-untyped-def]
    """Passes that still count so many clock hours after the last one: n exp(-hours / forgetting_hours).

    Argote, Beckman and Epple 1990: knowledge depreciates by a constant share in a time. Infinite hours: never.
    """
    return passes * math.exp(-hours / forgetting_hours)


@compiled
def skill_after(passes, first, exponent):  # type: ignore[no-untyped-def]
    """min(1, s0 (1 + n)^exponent), with exponent = -log2(rate): the learning curve of Wright 1936."""
    return min(1.0, first * math.pow(1.0 + passes, exponent))
