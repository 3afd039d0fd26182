"""The one JSON object of --json: formal words, units, intervals."""

from __future__ import annotations

from typing import Any

from changeflow.measure.estimates.anova import VarianceSplit
from changeflow.measure.records import Difference, Estimate
from changeflow.present.files.json_numbers import json_number
from changeflow.present.words.logs import log_lines
from changeflow.present.words.sentences import answer_sentence, target_met
from changeflow.study.estimates.results import Results, ScenarioResult

SCHEMA_VERSION = 1


def as_json(results: Results, folder: str | None) -> dict[str, Any]:
    """Everything a script needs; no clock times but `seconds`."""
    check = results.prior_check
    verdict = results.verdict
    return {
        "schema_version": SCHEMA_VERSION,
        "command": results.command,
        "seed": results.seed,
        "engine": results.engine,
        "quick": results.quick,
        "currency": results.currency,
        "baseline": results.baseline,
        "scenarios": {name: _scenario(result) for name, result in results.scenarios.items()},
        "differences": [_difference(one) for one in results.differences],
        "answer": {
            "sentence": answer_sentence(results),
            "verdict": verdict.kind,
            "winner": verdict.winner,
            "leader": verdict.leader,
            "lead": None if verdict.lead is None else _difference(verdict.lead),
            "smallest_difference": json_number(verdict.matters),
            "growing": list(verdict.growing),
        },
        "prior_check": None
        if check is None
        else {
            "set": check.prior_set,
            "winner": check.winner,
            "agrees": check.agrees,
            "differences": [_difference(one) for one in check.differences],
        },
        "assumptions_that_decide": [
            {
                "path": one.path,
                "low": one.low,
                "high": one.high,
                "swing": json_number(one.swing),
                "flips_to": one.flips_to,
            }
            for one in results.swings
        ],
        "data": log_lines(results.first.model),
        "folder": folder,
        "seconds": round(results.seconds, 2),
    }


def _scenario(result: ScenarioResult) -> dict[str, Any]:
    splits = {measure: _split(split) for measure, split in result.splits.items()}
    return {
        **({"between_organisations": splits} if splits else {}),
        "replications": len(result.runs),
        "kind": "terminating",
        "growing": result.growing,
        "target_met": target_met(result),
        "model_digest": result.model.digest(),
        "priors": result.model.priors,
        "measures": {name: _estimate(estimate) for name, estimate in result.estimates.items()},
        "load": {
            load.station: {
                "low": json_number(load.load[0]),
                "high": json_number(load.load[1]),
                "overloaded": load.overloaded,
            }
            for load in result.load
        },
    }


def _estimate(estimate: Estimate) -> dict[str, Any]:
    found: dict[str, Any] = {
        "mean": json_number(estimate.mean),
        "half_width": json_number(estimate.half_width),
        "level": estimate.level,
        "unit": estimate.unit,
    }
    if estimate.bound:
        found["bound"] = estimate.bound
    return found


def _split(split: VarianceSplit) -> dict[str, Any]:
    return {
        "organisations": split.organisations,
        "replications_per_organisation": split.runs_each,
        "variance_between": split.between,
        "variance_within": split.within,
        "share_between": split.share,
        "low": split.low,
        "high": split.high,
        "level": split.level,
    }


def _difference(one: Difference) -> dict[str, Any]:
    return {
        "scenario": one.scenario,
        "baseline": one.baseline,
        "measure": one.measure,
        "mean": json_number(one.mean),
        "half_width": json_number(one.half_width),
        "level": one.level,
        "unit": one.unit,
    }
