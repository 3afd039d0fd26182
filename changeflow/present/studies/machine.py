"""A study as one JSON object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from changeflow.present.files.json_numbers import json_number
from changeflow.present.sections.section import Section, as_json
from changeflow.present.studies.runs_chosen import runs_sentence
from changeflow.present.studies.text import answer_sentence, expectation, target_line
from changeflow.study.outcome.results import StudyResults


def study_as_json(results: StudyResults, sections: Mapping[str, Section], folder: str) -> dict[str, Any]:
    """Points, estimates, gates, main effects, analyses, answer."""
    plan = results.plan
    cells = [
        {
            "point": cell.point + 1,
            "scenario": cell.scenario,
            "replications": cell.columns.count,
            "growing": cell.growing,
            "measures": {
                name: {
                    "mean": json_number(one.mean), "half_width": json_number(one.half_width), "level": one.level,
                    "unit": one.unit, **({"bound": one.bound} if one.bound else {}),
                }
                for name, one in cell.estimates.items()
            },
        }
        for cell in results.cells
    ]  # fmt: skip
    gates = [{"expect": expectation(one.expect), "verdict": one.verdict, "counts": one.counts} for one in results.gates]
    effects = [
        {"factor": one.path, "scenario": one.scenario, "value": one.label, "mean": json_number(one.mean)}
        for one in results.effects
    ]
    return {
        "schema_version": 1,
        "command": "study",
        "study": plan.name,
        "digest": plan.digest,
        "kind": plan.study.kind,
        "seed": plan.study.seed,
        "quick": plan.quick,
        "folder": folder,
        "primary": plan.comparison.primary,
        "points": [dict(zip(plan.paths, setting)) for setting in plan.points],
        "cells": cells,
        "expect": gates,
        "effects": effects,
        "gaps": [
            {
                "factor": one.low.path,
                "scenario": one.low.scenario,
                "lowest": one.low.label,
                "highest": one.high.label,
                "mean": json_number(one.mean),
                "half_width": json_number(one.half_width),
                "level": one.level,
            }
            for one in results.gaps
        ],
        "analyses": {name: as_json(one) for name, one in sections.items()},
        **({"variance_kept": [asdict(one) for one in results.gains]} if results.gains else {}),
        "answer": {
            "sentence": answer_sentence(results, sections),
            "target": target_line(results),
            "runs": runs_sentence(results),
        },
    }
