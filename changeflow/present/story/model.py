"""What a model will do, in words."""

from __future__ import annotations

from collections.abc import Iterator

from changeflow.model.expected.requests import expected_arrivals, least_share
from changeflow.model.requests.demand import GoLive, Piecewise, Poisson, Renewal, Replay, Shocks, batch_of
from changeflow.model.requests.season import Season
from changeflow.model.schema import Model
from changeflow.model.stations.station import Station
from changeflow.model.values import moments
from changeflow.present.story.money import money_sentences, price_of_work
from changeflow.present.story.people import people, working_time
from changeflow.present.story.queues import after_the_work, before_the_queue, discipline, in_the_queue
from changeflow.present.story.routes import route_sentences
from changeflow.present.words.adoption import adoption_story
from changeflow.present.words.plain import digits, plain_name, years_in_words
from changeflow.present.words.spread import variation_story


def story(model: Model) -> Iterator[str]:
    """What the model will do, sentence by sentence."""
    begin, end = model.start_hours, model.start_hours + model.horizon_days * 24
    span = years_in_words(model.horizon_days)
    for name, counts in expected_arrivals(model, begin, end).items():
        total = sum(counts.values())
        number = digits(total, max(total, 1) / 20)
        yield f"{plain_name(name)}: {_demand(model, name)}; {_about(model, name)} {number} requests in {span}."
        yield from _reactions(model, name)
    yield from variation_story(model)
    yield from _difficult_and_large(model)
    if model.open_today:
        yield f"{model.open_today} requests are open at the start."
    if model.stations:
        yield from route_sentences("A new request", model.entry, model.currency)
    for name, station in model.stations.items():
        yield f"{plain_name(name)}: {_station(model, name, station)}."
        route = model.routing.next.get(name)
        if route is not None:
            yield from route_sentences(f"After {plain_name(name)} a request", route, model.currency)
    yield from money_sentences(model)
    yield from adoption_story(model)
    follow = model.follow_up
    yield (
        f"Measured are requests that arrive from day {model.warm_up_days:g} to {follow:g} days before the end; "
        "those still open count as at least their age."
    )
    if model.targets.in_words():
        yield f"Target: {model.targets.in_words()}."


def _difficult_and_large(model: Model) -> Iterator[str]:
    """Where the difficulty of a request goes with its size."""
    found = [
        f"{plain_name(name)} {category.difficulty_size_correlation:+g}"
        for name, category in model.categories.items()
        if category.difficulty_size_correlation
    ]
    if found:
        yield f"Difficulty correlates with the size of the work at stage {model.work_stage}: {', '.join(found)}."


def _demand(model: Model, name: str) -> str:
    source = model.demand.sources[name]
    batch = batch_of(source)
    batches = " in batches" if batch and len(batch.values) > 1 else ""
    match source:
        case Poisson(season=None):
            return f"steadily {_weekly(model, source)}{batches}"
        case Poisson():
            return f"on average {_weekly(model, source)}{batches}, by {_season(source.season)}"
        case Piecewise():
            return f"rates that change on given days{batches}"
        case Renewal():
            return f"independent times between arrivals{batches}"
        case GoLive():
            rising = f"rising until day {source.time_days:g}, then fewer"
            shape = "most at once, then fewer" if source.shape == "decay" else rising
            return f"misfits found after go-live, {shape} (fit {source.fit:g})"
        case Shocks():
            size, days = digits(moments.rounded_mean(source.requests)), digits(source.spread_days)
            return f"{source.per_year:g} shocks a year of about {size} requests each, spread over some {days} days"
        case Replay():
            return f"replayed from {model.logs[name].file}"
    raise AssertionError(source)


def _weekly(model: Model, source: Poisson) -> str:
    number = digits(source.per_hour(model.organisation.users) * 168)
    return f"{number} arrival{'s' if number != '1' else ''} a week"


def _about(model: Model, name: str) -> str:
    return "about" if least_share(model, model.demand.sources[name]) == 1 else "at most about"


def _season(season: Season | None) -> str:
    given = {"hour of the day": "hours", "day of the week": "weekdays", "month": "months"}
    return ", ".join(words for words, key in given.items() if getattr(season, key) is not None)


def _reactions(model: Model, name: str) -> Iterator[str]:
    source = model.demand.sources[name]
    asks_less = getattr(source, "asks_less", None)
    if asks_less is not None:
        steps = ", ".join(
            f"only {share:.0%} of them ask once {beyond} are open"
            for beyond, share in zip(asks_less.beyond, asks_less.share, strict=True)
        )
        yield f"{plain_name(name)}: {steps}."
    if source.background:
        yield f"{plain_name(name)}: requests of other customers, which load the stations and are not measured."
    if source.entry is not None:
        yield from route_sentences(f"A request of {plain_name(name)}", source.entry, model.currency)


def _station(model: Model, name: str, station: Station) -> str:
    parts = [f"{people(model, name, station)}, {discipline(station)}"]
    if station.speed != 1:
        parts.append(f"{station.speed:g} times the reference speed")
    parts += before_the_queue(station)
    parts += in_the_queue(station)
    parts += working_time(model, name, station)
    parts += after_the_work(station)
    parts += price_of_work(model, station)
    if station.access < 1:
        parts.append(f"its people reach {station.access:.0%} of what the system opens to them")
    return "; ".join(parts)
