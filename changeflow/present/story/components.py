"""The component graph and the follow-ups of a request in words."""

from __future__ import annotations

import math
from collections.abc import Iterator

from changeflow.model.expected.component_roles import Analysis, Component, analysed
from changeflow.model.expected.follow_ups import FollowUps, follow_ups
from changeflow.model.schema import Model
from changeflow.present.words.plain import digits, plain_name

MODES = {
    "cascade": "a change draws changes of others after it, each component at most once",
    "clarkson": "a change draws no others after it, its work is greater by what they would cost (combined risk)",
    "off": "not simulated (mode off), analysis only",
}
UNLIMITED = "a change draws changes of others after it, without limit"
NAMED = 4
_PLURAL = {"multiplier": "Multipliers, which send out more changes than come in",
           "absorber": "Absorbers, which send out fewer", "carrier": "Carriers, which send out as many",
           "apart": "Apart, without links"}  # fmt: skip


def component_lines(model: Model) -> list[str]:
    """What happens to changes among the components; [] where the model has none."""
    found = analysed(model)
    return [] if found is None else list(_lines(found))


def _lines(found: Analysis) -> Iterator[str]:
    graph = found.graph
    what = UNLIMITED if graph.unlimited else MODES[graph.mode]
    yield f"{len(graph.names)} components, {graph.links} links: {what}."
    for role, heading in _PLURAL.items():
        ones = found.with_role(role)
        if ones:
            more = f" and {len(ones) - NAMED} more" if len(ones) > NAMED else ""
            yield f"{heading}: {', '.join(_with_index(one) for one in ones[:NAMED])}{more}."
    if not graph.links:
        return
    start, end = found.riskiest
    chance, error = found.reach.chance[start, end], found.reach.standard_error[start, end]
    exactly = "exactly" if found.reach.is_exact else f"+-{2 * error:.2g}, sampled"
    steps = found.combined.steps
    paths = "" if steps == len(graph.names) - 1 else f", paths of at most {steps} links"
    yield (
        f"The riskiest pair: a change of {plain_name(graph.names[start])} comes to {plain_name(graph.names[end])} with "
        f"chance {chance:.3f} ({exactly}), {found.combined.likelihood[start, end]:.3f} by the change prediction method "
        f"(Clarkson and others 2004{paths}); combined risk {found.combined.risk[start, end]:.3f}."
    )
    if graph.mode == "clarkson":
        factors = found.combined.work_factors
        top = int(factors.argmax())
        yield (
            f"A request takes {digits(factors.min())} to {digits(factors.max())} times its work, most at "
            f"{plain_name(graph.names[top])}."
        )


def _with_index(one: Component) -> str:
    return plain_name(one.name) if math.isnan(one.index) else f"{plain_name(one.name)} ({one.index:+.2f})"


def follow_up_lines(model: Model) -> list[str]:
    """How many requests a request draws after it; [] where none does."""
    found = follow_ups(model)
    return [] if found is None else list(_follow_up_lines(found))


def _follow_up_lines(found: FollowUps) -> Iterator[str]:
    by_category = found.by_category()
    each = ", ".join(f"{plain_name(category)} {_span(span)}" for category, span in by_category.items())
    yield f"A request draws {_span(found.per_request)} others after it on average" + (
        f": {each}." if len(by_category) > 1 else "."
    )
    if max(found.radius):
        ends = "below 1: they end" if found.radius[1] < 1 else "1 or more: they need not end"
        yield f"Follow-ups of follow-ups: spectral radius {_span(found.radius)}, {ends}."


def follow_up_warnings(model: Model) -> list[str]:
    """Follow-ups that may go on without end."""
    found = follow_ups(model)
    if found is None or found.radius[1] < 1:
        return []
    more = _span(found.radius)
    return [f"each change draws {more} more after it (spectral radius): the follow-ups and the backlog need not end"]


def _span(span: tuple[float, float]) -> str:
    low, high = (f"{value:.2f}" if math.isfinite(value) else "without end" for value in span)
    return low if low == high else f"{low} to {high}"
