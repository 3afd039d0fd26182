"""What `verify` found, in words and for --json."""

from __future__ import annotations

import sys
from typing import Any

from changeflow import __version__
from changeflow.present.files.json_numbers import json_number
from changeflow.present.files.surroundings import installed, machine
from changeflow.present.words.margins import labelled
from changeflow.study.recorded import Recorded
from changeflow.study.store.key import program_digest
from changeflow.study.verify import Verified

MOST_SHOWN = 10


def surroundings(manifest: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """What may explain a drift: of each thing the manifest's and ours, where they differ."""
    ours = {"changeflow": __version__, "python": sys.version.split()[0], "platform": machine()}
    theirs = {"changeflow": manifest.get("version"), "python": manifest.get("python"), "platform": manifest["platform"]}
    if "program_digest" in manifest:
        ours["program"], theirs["program"] = program_digest(), manifest["program_digest"]
    for name, version in manifest.get("libraries", {}).items():
        ours[name], theirs[name] = installed(name), version
    return {name: (str(theirs[name]), ours[name]) for name in ours if theirs[name] != ours[name]}


def drift_found(kept: Recorded, found: Verified) -> bool:
    """Did anything come out otherwise?"""
    return bool(found.drifted or found.missing or kept.strangers)


def verified_text(kept: Recorded, found: Verified, folder: str) -> str:
    """Who made the results, how many runs came out the same, what differs and what may explain it."""
    manifest = kept.manifest
    by = f"{manifest['command']} by changeflow {manifest.get('version')}, {manifest['platform']}"
    lines = labelled("RESULTS", f"{folder}: {by}")
    same = found.again - len(found.drifted)
    lines += labelled("RUNS", f"{found.again} of {found.there} made again, {same} the same to the last bit.")
    if kept.strangers:
        lines += labelled("MODELS", f"read differently now: {', '.join(kept.strangers)}")
    if found.missing:
        shown = ", ".join(found.missing[:MOST_SHOWN])
        lines += labelled("MISSING", f"no runs are kept of {len(found.missing)} cells as they are read now: {shown}")
    for one in found.drifted[:MOST_SHOWN]:
        lines.append(f"  {one.cell}, run {one.replication}, {one.measure}: {one.before!r} -> {one.after!r}")
    if drift_found(kept, found):
        for name, (theirs, ours) in surroundings(manifest).items():
            lines += labelled("DIFFERS", f"{name}: {theirs} made them, {ours} is here")
    lines += labelled("ANSWER", "Drift." if drift_found(kept, found) else "No drift.")
    what = "all runs" if found.again == found.there else f"these {found.again} runs" if found.again > 1 else "this run"
    lines += labelled("DIGEST", f"{found.kept_digest} of {what}: keys and every number")
    if found.digest != found.kept_digest:
        lines += labelled("", f"{found.digest} of what has come out now")
    return "\n".join(lines)


def verified_as_json(kept: Recorded, found: Verified, folder: str) -> dict[str, Any]:
    """The same for --json."""
    return {
        "schema_version": 1,
        "command": "verify",
        "folder": folder,
        "drift": drift_found(kept, found),
        "runs": found.there,
        "again": found.again,
        "changed": len(found.drifted),
        "worst": [
            {
                "cell": one.cell, "replication": one.replication, "old_digest": one.old, "new_digest": one.new,
                "measure": one.measure, "old": json_number(one.before), "new": json_number(one.after),
            }
            for one in found.drifted[:MOST_SHOWN]
        ],
        "models_read_differently": list(kept.strangers),
        "missing": list(found.missing),
        "digest": found.digest,
        "kept_digest": found.kept_digest,
        "made_by": {"version": kept.manifest.get("version"), "platform": kept.manifest["platform"]},
        "differs": {
            name: {"made": theirs, "here": ours} for name, (theirs, ours) in surroundings(kept.manifest).items()
        },
    }  # fmt: skip
