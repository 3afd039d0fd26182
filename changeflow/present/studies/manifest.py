"""The manifest of a study: what made it, how far it is. Apart from its tables, which a finished study leaves alone."""

from __future__ import annotations

import sys
from pathlib import Path

from changeflow import __version__
from changeflow.present.files.surroundings import made_with
from changeflow.study.experiment.plan import StudyPlan
from changeflow.study.store.folder import COMMAND, MANIFEST, manifest_text, write_file
from changeflow.study.store.key import program_digest
from changeflow.study.store.runs import FILE

_LIBRARIES = ("numpy", "scipy", "simpy", "numba")


def study_manifest(plan: StudyPlan, runs: int, store_bytes: int, *, complete: bool) -> dict[str, object]:
    """What made these results, how far they are, and what is needed to make them again."""
    return {
        "program": "changeflow",
        "version": __version__,
        "command": COMMAND,
        "command_line": ["changeflow", *sys.argv[1:]],
        "study": plan.name,
        "digest": plan.digest,
        "program_digest": program_digest(),
        "complete": complete,
        "runs": runs,
        "store_bytes": store_bytes,
        "points": len(plan.points),
        "scenarios": list(plan.scenarios),
        "baseline": plan.baseline,
        "seed": plan.study.seed,
        "quick": plan.quick,
        "file": plan.study.model_dump(mode="json", exclude_defaults=True, by_alias=True),
        "models": {
            model.place: {"digest": model.digest(), "priors": model.priors, "tables": model.tables}
            for model in plan.bases
        },
        **made_with(*_LIBRARIES),
    }


def save_manifest(plan: StudyPlan, folder: Path, *, runs: int, complete: bool) -> None:
    """Put the manifest in place; it says how large the store is, so that a cut-off one is noticed."""
    store = folder / FILE
    size = store.stat().st_size if store.is_file() else 0
    content = study_manifest(plan, runs, size, complete=complete)
    write_file(folder / MANIFEST, manifest_text(content))
