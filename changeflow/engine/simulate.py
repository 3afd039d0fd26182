"""One replication of one model: from a seed to a trace."""

from __future__ import annotations

from collections.abc import Iterable

from changeflow.engine.chance.draws import antithetic_key, run_key
from changeflow.engine.compiled.driver import Fold, run_compiled, stream_compiled
from changeflow.engine.jit import kernel_is_warm
from changeflow.engine.tables.model import Tables, compile_tables, in_organisation
from changeflow.engine.trace import Trace
from changeflow.engine.workload import draw_workload
from changeflow.errors import PlanError
from changeflow.model.process_only import custom_rules, process_only
from changeflow.model.schema import Model

ENGINES = ("auto", "process", "compiled")


WORTH_COMPILING = 300_000
"""Visits from which on machine code pays for being made first."""


def choose_engine(
    engine: str, visits: float = 0.0, models: Iterable[Model] = (), tables: Iterable[Tables] | None = None
) -> str:
    """The engine that will run: `auto` is compiled when machine code is there or the work pays for making it.

    `tables` are those of the models where somebody has compiled them already.
    Raises PlanError for an unknown engine, and for the compiled one with a model that only the other can run.
    """
    if engine not in ENGINES:
        raise PlanError(f"--engine {engine}: expected one of {', '.join(ENGINES)}")
    models = tuple(models)
    for model in models:
        if missing := [name for name in custom_rules(model) if name not in model.rules]:
            raise PlanError(
                f"routing rule {missing[0]}: expected a function of this name, given in Python by model.with_rules "
                "(the command line cannot)"
            )
    only = dict.fromkeys(feature for model in models for feature in process_only(model))
    if only and engine == "compiled":
        raise PlanError(f"--engine compiled: only the process engine knows {', '.join(only)}")
    if only:
        return "process"
    if engine == "auto":
        tables = map(compile_tables, models) if tables is None else tables
        return "compiled" if visits > WORTH_COMPILING or all(map(_can_start, tables)) else "process"
    return engine


def machine_code_is_there(models: Iterable[Model]) -> bool:
    """True when the compiled engine can start at once on all these models."""
    return all(map(_can_start, map(compile_tables, models)))


def _can_start(tables: Tables) -> bool:
    return kernel_is_warm(tables.layout.code)


def simulate(
    model: Model | Tables,
    *,
    seed: int,
    replication: int,
    engine: str = "auto",
    decisions: bool = False,
    antithetic: bool = False,
) -> Trace:
    """Run one replication; a model that is run often is better compiled once by compile_tables.

    `antithetic`: replications 2 i and 2 i + 1 are twins with opposite luck, in the same organisation.
    """
    organisation = replication // 2 if antithetic else replication
    tables = in_organisation(model if isinstance(model, Tables) else compile_tables(model), seed, organisation)
    if tables.process_only or engine != "compiled":
        engine = choose_engine(engine, models=(tables.model,), tables=(tables,))
    key = antithetic_key(seed, replication) if antithetic else run_key(seed, replication)
    if engine == "compiled":
        return run_compiled(tables, key, decisions=decisions)
    from changeflow.engine.process.replication import run_process  # noqa: PLC0415  SimPy, which the other engine does without

    return run_process(tables, draw_workload(tables, key), key, decisions=decisions)


def stream(model: Model | Tables, fold: Fold, *, seed: int, replication: int) -> None:
    """Run one replication with the compiled engine, folding rows as they come: for runs too long to keep."""
    tables = in_organisation(model if isinstance(model, Tables) else compile_tables(model), seed, replication)
    stream_compiled(tables, run_key(seed, replication), fold)
