"""Where change requests come from: sources of arrivals, superposed and keyed apart."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Discriminator, Field, model_validator

from changeflow.model.requests.routing import Route
from changeflow.model.requests.season import Season
from changeflow.model.values.frozen import ListOf, NamedOf, NonNegative, Positive, Share, Value
from changeflow.model.values.laws import Discrete, Erlang, Exponential, Law
from changeflow.model.values.spans import HOURS_PER_MONTH, HOURS_PER_YEAR

RATES = {
    "rate_per_hour": 1.0,
    "rate_per_day": 24.0,
    "rate_per_week": 168.0,
    "rate_per_month": HOURS_PER_MONTH,
    "rate_per_year": HOURS_PER_YEAR,
    "rate_per_100_users_month": HOURS_PER_MONTH,
}
"""Key of a rate -> hours in its unit of time. Rates are per calendar time."""


class _Source(Value):
    entry: Route | None = None
    """Where the requests of this source enter; else `routing.entry`."""
    background: bool = False
    """Requests of other customers: they load stations, but are outside cohort, backlog and cost."""


class _Drawn(_Source):
    category: str | None = None
    """All requests of this source are of this category; else drawn by the categories' shares."""


class _Process(_Drawn):
    batch: Discrete | None = None
    """Requests per arrival (whole numbers); else one."""


class AsksLess(Value):
    """Users stop asking when much is open: `share[i]` of the candidates ask once `beyond[i]` requests are open."""

    beyond: ListOf[Annotated[int, Field(ge=0)]]
    """Open requests, rising."""
    share: ListOf[Share]
    """Shares of the candidates that still ask, falling."""

    @model_validator(mode="after")
    def _shape(self) -> AsksLess:
        if not self.beyond or len(self.beyond) != len(self.share):
            raise ValueError("as many shares as numbers beyond, at least one")
        if any(b <= a for a, b in pairwise(self.beyond)) or any(b > a for a, b in pairwise(self.share)):
            raise ValueError("numbers beyond that rise and shares that fall")
        return self


class Poisson(_Process):
    """A Poisson process; its rate is constant, or follows a season."""

    kind: Literal["poisson"]
    season: Season | None = None
    asks_less: AsksLess | None = None
    rate_per_hour: Positive | None = None
    rate_per_day: Positive | None = None
    rate_per_week: Positive | None = None
    rate_per_month: Positive | None = None
    rate_per_year: Positive | None = None
    rate_per_100_users_month: Positive | None = None

    @model_validator(mode="after")
    def _one_rate(self) -> Poisson:
        if sum(getattr(self, name) is not None for name in RATES) != 1:
            raise ValueError("exactly one of " + ", ".join(RATES))
        return self

    def per_hour(self, users: int) -> float:
        """Arrivals (not requests: a batch is one arrival) per clock hour."""
        name = next(name for name in RATES if getattr(self, name) is not None)
        factor = users / 100 if name == "rate_per_100_users_month" else 1.0
        return float(getattr(self, name)) * factor / RATES[name]


class Piecewise(_Process):
    """A Poisson process whose rate is constant between edges; after the last edge it is zero."""

    kind: Literal["piecewise"]
    asks_less: AsksLess | None = None
    edges_days: ListOf[NonNegative]
    rates_per_day: ListOf[NonNegative]

    @model_validator(mode="after")
    def _shape(self) -> Piecewise:
        if len(self.edges_days) != len(self.rates_per_day) + 1 or not self.rates_per_day:
            raise ValueError("one more edge than rates, at least one rate")
        if any(b <= a for a, b in zip(self.edges_days, self.edges_days[1:], strict=False)):
            raise ValueError("edges_days that rise")
        return self


class GoLive(_Drawn):
    """Latent misfits of a new system, each found once: the burst after go-live.

    Their number is Poisson with mean misfits_per_100_users x users / 100 at zero fit; a misfit has a
    threshold, uniform in [0, 1), and shows only if that exceeds `fit`, so a better fit leaves a subset.
    """

    kind: Literal["go_live"]
    misfits_per_100_users: Positive
    fit: Share
    shape: Literal["decay", "rise_then_decay"] = "decay"
    time_days: Positive
    """decay: mean days to discovery; rise_then_decay: days to the peak of discoveries."""

    @property
    def discovery(self) -> Exponential | Erlang:
        """The law of the clock hours from go-live to the discovery of a misfit; rising, t exp(-t / peak)."""
        hours = self.time_days * 24
        if self.shape == "decay":
            return Exponential(law="exponential", mean=hours)
        return Erlang(law="erlang", k=2, mean=2 * hours)


class Renewal(_Process):
    """Independent interarrival times; the first is drawn from the same law."""

    kind: Literal["renewal"]
    interarrival_hours: Law


class Shocks(_Drawn):
    """Business shocks at random: each brings many requests, spread over the days after it."""

    kind: Literal["shocks"]
    per_year: Positive
    """Shocks per year of 365.25 days, a Poisson process."""
    requests: Law
    """Requests of a shock, rounded to whole numbers."""
    spread_days: Positive
    """Mean calendar days from the shock to each of its requests, exponential."""


class Replay(_Source):
    """The arrivals of a real log, one row or several a request; the first usable row counts."""

    kind: Literal["replay"]
    file: str
    request: str
    """Column with the request's key."""
    arrived: str
    """Column with the date of arrival."""
    category: str | None = None
    """Column whose values `category_map` turns into categories."""
    date_format: str = "iso"
    """`iso`, or a strptime format such as `%d/%m/%Y %H:%M`."""
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    category_map: NamedOf[str] = {}
    default_category: str | None = None


Source = Annotated[Poisson | Piecewise | GoLive | Renewal | Shocks | Replay, Discriminator("kind")]
SOURCES: dict[str, type[_Source]] = {
    "poisson": Poisson, "piecewise": Piecewise, "go_live": GoLive, "renewal": Renewal, "shocks": Shocks,
    "replay": Replay,
}  # fmt: skip


def batch_of(source: Source | None) -> Discrete | None:
    """The requests per arrival of a process; None for one each, and for what has no batches."""
    return source.batch if isinstance(source, _Process) else None
