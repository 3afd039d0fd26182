"""Scenarios and how often they are run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from changeflow.errors import PlanError
from changeflow.model.schema import Model
from changeflow.study.scenarios.routes import ROUTES, along_route

QUICK_REPLICATIONS = 20
DEFAULT_SEED = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be run: named models, replications and the seed they share."""

    scenarios: tuple[tuple[str, Model], ...]
    replications: int
    seed: int = DEFAULT_SEED
    engine: str = "auto"
    workers: int | None = 1
    """None: as many as the runs pay for."""
    baseline: str | None = None
    quick: bool = False

    @classmethod
    def of(
        cls,
        models: Model | Mapping[str, Model],
        *,
        replications: int | None = None,
        seed: int = DEFAULT_SEED,
        engine: str = "auto",
        workers: int | None = 1,
        baseline: str | None = None,
        quick: bool = False,
    ) -> Plan:
        """A plan over one model or several named ones; replications default to the first model's own.

        Raises PlanError for fewer than 2 replications (no interval), an unknown baseline or no scenario.
        """
        named = {"model": models} if isinstance(models, Model) else dict(models)
        if not named:
            raise PlanError("expected at least one scenario, found none")
        if replications is None:
            own = next(iter(named.values())).replications
            replications = min(QUICK_REPLICATIONS, own) if quick else own
        if replications < 2:
            raise PlanError(f"replications: expected at least 2, for an interval, found {replications}")
        together = math.lcm(*(model.organisation.runs_together for model in named.values()))
        if together > 1 and replications < 2 * together:
            raise PlanError(
                f"replications: expected at least {2 * together}, two organisations of {together} runs each "
                f"(organisation.variation.replications_per_organisation), for an interval, found {replications}"
            )
        if baseline is not None and baseline not in named:
            raise PlanError(f"--baseline: expected one of {', '.join(named)}, found '{baseline}'")
        if workers is not None and workers < 1:
            raise PlanError(f"--workers: expected at least 1, found {workers}")
        currencies = {model.currency for model in named.values()}
        if len(currencies) > 1:
            raise PlanError(f"expected models in one currency, found {', '.join(sorted(currencies))}")
        first = next(iter(named))
        return cls(tuple(named.items()), replications, seed, engine, workers, baseline or first, quick)


def name_scenarios(models: Sequence[Model], who: Sequence[str]) -> dict[str, Model]:
    """Scenario names: routes for one model, STEM/ROUTE for several, STEM without routes (a repeat gets -2)."""
    stems = model_names(models)
    if not who:
        return dict(zip(stems, models, strict=True))
    unknown = [route for route in who if route not in ROUTES]
    if unknown:
        raise PlanError(f"--who: expected some of {', '.join(ROUTES)}, found '{unknown[0]}'")
    if len(set(who)) < len(who):
        raise PlanError("--who: expected each route once")
    several = len(models) > 1
    return {
        (f"{stem}/{route}" if several else route): along_route(model, route)
        for stem, model in zip(stems, models, strict=True)
        for route in who
    }


def routes(model: Model, *who: str) -> dict[str, Model]:
    """The model along each named route (vendor, power_users, both), ready for a Plan."""
    return name_scenarios([model], who or ROUTES)


def model_names(models: Sequence[Model]) -> list[str]:
    """The stem of each model's file; a repeat gets -2."""
    stems: list[str] = []
    for model in models:
        stem = Path(model.place).stem
        number = 1 + sum(1 for other in models[: len(stems)] if Path(other.place).stem == stem)
        stems.append(stem if number == 1 else f"{stem}-{number}")
    return stems
