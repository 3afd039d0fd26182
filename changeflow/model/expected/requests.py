"""How many requests are expected: sources integrated over a window, before any run."""

from __future__ import annotations

import numpy as np

from changeflow.model.requests.demand import GoLive, Piecewise, Poisson, Renewal, Replay, Shocks, Source, batch_of
from changeflow.model.requests.season import hourly_rates
from changeflow.model.schema import Model
from changeflow.model.values import moments
from changeflow.model.values.spans import HOURS_PER_YEAR

NO_CATEGORY = "change"


def categories_of(model: Model) -> tuple[str, ...]:
    """The categories, one unnamed when the file has none."""
    return tuple(model.categories) or (NO_CATEGORY,)


def expected_arrivals(model: Model, begin: float, end: float) -> dict[str, dict[str, float]]:
    """Expected root requests in [begin, end) clock hours, by source and category.

    Where users stop asking (`asks_less`, coupled adoption) all candidates are counted: an upper bound.
    """
    return {name: _of_source(model, name, source, begin, end) for name, source in model.demand.sources.items()}


def least_share(model: Model, source: Source) -> float:
    """The share of a source's candidates that ask even when very much is open, and when hardly any user is left."""
    if model.adoption.is_coupled and not source.background:
        return 0.0
    asks_less = source.asks_less if isinstance(source, Poisson | Piecewise) else None
    return asks_less.share[-1] if asks_less else 1.0


def _of_source(model: Model, name: str, source: Source, begin: float, end: float) -> dict[str, float]:
    categories = categories_of(model)
    if isinstance(source, Replay):
        log = model.logs[name]
        offset = (log.first_day - model.first_day).days * 24.0
        counts = dict.fromkeys(categories, 0.0)
        for hours, value in zip(log.arrived_hours, log.values, strict=True):
            if begin <= hours + offset < end:
                counts[source.category_map.get(value, source.default_category or categories[0])] += 1
        return counts
    number = _count(model, source, begin, end) * _mean_pace(model, source)
    batch = batch_of(source)
    if batch:
        number *= moments.mean(batch)
    if source.category:
        return {source.category: number}
    shares = {name: category.share for name, category in model.categories.items()} or {NO_CATEGORY: 1.0}
    return {category: number * share for category, share in shares.items()}


def _mean_pace(model: Model, source: Source) -> float:
    """Mean over organisations of the factor on a source's rate."""
    variation = model.organisation.variation
    if source.background or variation is None or variation.request_rate is None:
        return 1.0
    return moments.mean(variation.request_rate)


def _share_shown(model: Model, source: GoLive) -> float:
    """Mean over organisations of the share of misfits that show: min(1, (1 - fit) 2 (1 - readiness))."""
    variation, unmet = model.organisation.variation, 1 - source.fit
    if source.background or variation is None or variation.readiness is None:
        return unmet
    law, most = variation.readiness, 2 * unmet
    if most <= 1:
        return most * (1 - moments.mean(law))
    below = 1 - 1 / most  # up to this readiness all misfits show
    share = moments.cdf(law, below)
    return share + most * ((1 - share) - (moments.mean(law) - moments.mean_below(law, below)))


def _count(model: Model, source: Source, begin: float, end: float) -> float:
    users = model.organisation.users
    match source:
        case Poisson(season=None):
            return source.per_hour(users) * (end - begin)
        case Poisson():
            assert source.season is not None
            edges, rates = hourly_rates(source.season, source.per_hour(users), model.first_day, begin, end)
            return float(np.sum(rates * np.diff(edges)))
        case Piecewise():
            edges = np.array(source.edges_days) * 24
            mass = np.concatenate([[0.0], np.cumsum(np.array(source.rates_per_day) / 24 * np.diff(edges))])
            return float(np.interp(end, edges, mass) - np.interp(begin, edges, mass))
        case GoLive():
            law = source.discovery
            found = moments.cdf(law, end) - moments.cdf(law, begin)
            return source.misfits_per_100_users * users / 100 * _share_shown(model, source) * found
        case Renewal():
            return (end - begin) / moments.mean(source.interarrival_hours)
        case Shocks():
            # Shocks come from clock zero on; a request follows its shock after an exponential time.
            spread = source.spread_days * 24
            late = spread * (np.exp(-begin / spread) - np.exp(-end / spread))
            return float(
                source.per_year / HOURS_PER_YEAR * moments.rounded_mean(source.requests) * (end - begin - late)
            )
    raise AssertionError(source)
