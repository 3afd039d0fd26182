"""The main job: the same requests through every scenario, under the model's prior set and the other one."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

from changeflow.engine.simulate import choose_engine
from changeflow.errors import ChangeflowError, InputError
from changeflow.model.file.shipped import shipped_priors
from changeflow.model.load.topology import offered_loads
from changeflow.model.reading import vary
from changeflow.model.schema import Model
from changeflow.study.crews.crew import Crew, Hired, cores_worth, crew_here
from changeflow.study.crews.runner import Progress, no_progress, run_all
from changeflow.study.estimates.evaluate import evaluate, paired_differences
from changeflow.study.estimates.results import PriorCheck, Results, ScenarioResult, Swing, Verdict
from changeflow.study.scenarios.plan import Plan
from changeflow.study.scenarios.screening import screen
from changeflow.study.scenarios.verdict import judge

COMMON_MEASURES = ("total_cost_with_undone", "sojourn_time_hours", "sojourn_time_hours.p90", "backlog_requests")


def run(plan: Plan, *, command: str = "run", crew: Crew | None = None, progress: Progress = no_progress) -> Results:
    """Run every scenario of a plan; differences against the baseline, no prior check.

    `crew`: who makes the runs instead of the plan's workers. Raises CrewLost when they are killed.
    """
    began = time.monotonic()
    plan = with_engine(plan)
    with hired(plan, crew) as hands:
        scenarios = _run_scenarios(dict(plan.scenarios), plan, hands, progress)
    return _results(plan, command, scenarios, began)


def compare(
    plan: Plan,
    *,
    routes: Mapping[str, str | None] | None = None,
    screening: bool = True,
    crew: Crew | None = None,
    progress: Progress = no_progress,
) -> Results:
    """Run a plan, repeat it under the other prior set, and screen which assumptions decide.

    `routes` names the route of each scenario when all of them are routes of one model (else no screening).
    `crew`: who makes the runs instead of the plan's workers. Raises CrewLost when they are killed.
    """
    began = time.monotonic()
    plan = with_engine(plan)
    swings: tuple[Swing, ...] = ()
    with hired(plan, crew) as hands:
        scenarios = _run_scenarios(dict(plan.scenarios), plan, hands, progress)
        verdict = judge(scenarios, plan.baseline or next(iter(scenarios)))
        check = _prior_check(plan, verdict, hands, progress)
        if screening and routes:
            base = next(iter(dict(plan.scenarios).values()))
            swings = screen(
                _unrouted(plan, routes, base), routes, verdict.winner or verdict.leader,
                seed=plan.seed, engine=plan.engine, crew=hands,
                most_runs=plan.replications * len(routes), progress=progress,
            )  # fmt: skip
    return _results(plan, "compare", scenarios, began, check, swings)


def with_engine(plan: Plan, runs: int | None = None) -> Plan:
    """The plan with its engine decided: `auto` becomes the engine that the work of all runs calls for.

    `runs`: how many of each scenario there will be, where there are more than the plan's replications.
    """
    visits = _visits(plan) * (plan.replications if runs is None else runs)
    return replace(plan, engine=choose_engine(plan.engine, visits, dict(plan.scenarios).values()))


def hired(plan: Plan, crew: Crew | None, runs: int | None = None) -> Hired:
    """The crew that is there, else the plan's workers on this machine, for the whole of a command.

    `runs`: how many there will be, where the plan does not tell.
    """
    if runs is None:
        runs = plan.replications * len(plan.scenarios)
    workers = plan.workers
    if workers is None:
        workers = cores_worth(plan.engine, runs, _visits(plan) / len(plan.scenarios))
    return crew_here(plan.engine, workers, runs, crew)


def _visits(plan: Plan) -> float:
    """Expected in one run of each scenario, together."""
    return sum(
        load.visits_per_week[1] * model.horizon_days / 7 for _, model in plan.scenarios for load in offered_loads(model)
    )


def _unrouted(plan: Plan, routes: Mapping[str, str | None], base: Model) -> Model:
    """The model before any route was applied: `both` leaves it alone, else the raw tables still hold it."""
    both = [name for name, route in routes.items() if route in {"both", None}]
    return dict(plan.scenarios)[both[0]] if both else base


def _run_scenarios(
    models: Mapping[str, Model], plan: Plan, crew: Crew, progress: Progress
) -> dict[str, ScenarioResult]:
    runs = run_all(
        list(models.values()),
        plan.replications,
        plan.seed,
        engine=plan.engine,
        crew=crew,
        progress=progress,
    )
    return {name: evaluate(name, model, found) for (name, model), found in zip(models.items(), runs, strict=True)}


def _prior_check(plan: Plan, verdict: Verdict, crew: Crew, progress: Progress) -> PriorCheck | None:
    """The verdict under the other prior set; None when the models name none or it does not fit them."""
    named = {model.priors for _, model in plan.scenarios}
    if len(named) != 1 or None in named:
        return None
    others = [name for name in shipped_priors() if name not in named]
    if not others:
        return None
    try:
        models = {name: vary(model, {}, priors=others[0]) for name, model in plan.scenarios}
    except InputError:
        return None
    baseline = plan.baseline or next(iter(models))
    scenarios = _run_scenarios(models, plan, crew, progress)
    other = judge(scenarios, baseline)
    first = scenarios[baseline]
    rest = [result for name, result in scenarios.items() if name != baseline]
    comparison = first.model.comparison
    found = paired_differences(first, rest, comparison.level, comparison.primary)
    kept = tuple(one for one in found if one.measure in {comparison.primary, *COMMON_MEASURES})
    agrees = other.winner == verdict.winner and other.kind == verdict.kind
    return PriorCheck(others[0], other.winner, agrees, kept)


def _results(
    plan: Plan,
    command: str,
    scenarios: dict[str, ScenarioResult],
    began: float,
    check: PriorCheck | None = None,
    swings: tuple[Swing, ...] = (),
) -> Results:
    baseline = plan.baseline or next(iter(scenarios))
    first = scenarios[baseline]
    comparison = first.model.comparison
    if comparison.primary not in first.estimates:
        known = ", ".join(sorted(first.estimates))
        raise ChangeflowError(f"comparison.primary: expected a measure of this model ({known})")
    rest = [result for name, result in scenarios.items() if name != baseline]
    return Results(
        command=command,
        seed=plan.seed,
        engine=plan.engine,
        replications=plan.replications,
        quick=plan.quick,
        scenarios=scenarios,
        verdict=judge(scenarios, baseline),
        baseline=baseline if rest else None,
        differences=paired_differences(first, rest, comparison.level, comparison.primary),
        prior_check=check,
        swings=swings,
        seconds=time.monotonic() - began,
    )
