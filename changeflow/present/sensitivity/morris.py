"""Morris' effects in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from changeflow.present.sensitivity.labels import response_words
from changeflow.present.sensitivity.section import Section, amount, interval, number, tail
from changeflow.present.words import plain
from changeflow.study.sensitivity.morris import Morris

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEADER = ("factor", "mu_star", "mu_star_low", "mu_star_high", "mu", "sigma", "noise", "visible", "level", "unit")


def morris_section(found: Morris) -> Section:
    """Which assumptions move the response, and how many are no more than noise."""
    effects, unit = found.effects, found.response.unit
    first, visible = effects[0], sum(one.visible for one in effects)
    words = (
        f"{response_words(found.response)}: most moved by {first.path}, by {amount(first.mu_star, first.error)} "
        f"{unit} over its range ({interval(first.low, first.high)}); {visible} of {len(effects)} assumptions move it "
        f"surely more than the noise of the runs does."
    )
    shown: list[tuple[str, ...]] = [("effect over the range", "mu*", "interval", "mu", "sigma", "noise")]
    for one in effects:
        size, *rest = (amount(value, one.error) for value in (one.mu_star, one.mu, one.sigma, one.noise))
        shown.append((one.path, size, interval(one.low, one.high), *rest))
    rows = tuple(
        (o.path, *map(number, (o.mu_star, o.low, o.high, o.mu, o.sigma, o.noise)), o.visible, found.level, unit)
        for o in effects
    )
    facts = {"response": found.response.name, "unit": unit, "trajectories": found.walks}
    title = f"{tail(first.path)} moves the {plain(found.response.measure)} most"
    return Section("morris", words, HEADER, rows, tuple(shown), lambda: _draw(found, title), facts)


def _draw(found: Morris, title: str) -> Figure:
    from changeflow.present.sensitivity.chart_effects import morris_chart  # noqa: PLC0415  matplotlib is slow to import

    return morris_chart(found, title)
