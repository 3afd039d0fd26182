"""changeflow size."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from changeflow.cli.model_options import model_options, read_with_options
from changeflow.cli.run_options import Shared, run_options
from changeflow.cli.simulating import drawing, folder_for, hiring, planned
from changeflow.errors import PlanError

if TYPE_CHECKING:
    from changeflow.present.drawing.studio import Draw
    from changeflow.study.sizing.answer import Sizing

_RANGE = re.compile(r"^\s*(?P<path>[^=\s]+)\s*=\s*(?P<low>\d+)(?:\s*\.\.\s*(?P<high>\d+))?\s*$")


@click.command(
    "size", epilog="Example: changeflow size mmc --target '90 % started within 0.5 hours' --set horizon_days=30"
)
@click.argument("model")
@click.option(
    "--range",
    "ranges",
    multiple=True,
    metavar="PATH=LOW..HIGH",
    help="What may be chosen for people, hours a week or the overflow; one number fixes it. Repeatable.",
)
@click.option(
    "--tolerance", type=float, metavar="SHARE",
    help="Nearer to the target than this is too close to call (default 0.01, one request in a hundred).",
)  # fmt: skip
@model_options
@run_options
def command(
    model: str,
    ranges: tuple[str, ...],
    tolerance: float | None,
    horizon_days: float | None,
    warm_up_days: float | None,
    **shared: Any,
) -> int:
    """The cheapest people x hours that meet the targets of the model, or --target.

    Today's staffing first, then the next cheaper, the answer, the next dearer, and the vendor alone. MODEL is a file or
    the id of a model that comes along. Exit 3 when nothing reaches the target.
    """
    from changeflow.present.drawing.studio import OF_SIZING
    from changeflow.study.sizing.answer import TODAY
    from changeflow.study.sizing.size import check_sizing, most_runs, size
    from changeflow.study.sizing.targets import TOLERANCE

    options = Shared(**shared)
    read = read_with_options(model, options.sets, horizon_days, warm_up_days, options.target)
    spans, near = _spans(ranges), TOLERANCE if tolerance is None else tolerance
    space = check_sizing(read, spans, near)
    plan, folder = planned({TODAY: read}, options), folder_for(options)
    with drawing(OF_SIZING, options, helpers=1) as draw:
        with hiring(plan, options, "sizing", most_runs(plan, space)) as (plan, crew, progress):
            found = size(plan, ranges=spans, tolerance=near, space=space, crew=crew, progress=progress)
        return _finish(found, folder, options, draw)


def _spans(ranges: Sequence[str]) -> dict[str, tuple[float, float]]:
    """'PATH=LOW..HIGH' or 'PATH=VALUE' -> path and its two ends; raises PlanError for other words."""
    spans = {}
    for text in ranges:
        match = _RANGE.match(text)
        if not match:
            raise PlanError(f"--range {text}: expected PATH=LOW..HIGH, such as stations.desk.servers=1..6")
        spans[match["path"]] = float(match["low"]), float(match["high"] or match["low"])
    return spans


def _finish(found: Sizing, folder: Path, options: Shared, draw: Draw) -> int:
    """Write the folder, print text or JSON, return the exit code."""
    from changeflow.present.sizing.files import staircase_json, write_staircase

    write_staircase(found, folder, command_line=["changeflow", *sys.argv[1:]], draw=draw)
    if options.json:
        click.echo(json.dumps(staircase_json(found, str(folder)), allow_nan=False))
    else:
        from changeflow.present.sizing.terminal import staircase_text

        click.echo(staircase_text(found, str(folder), options.sets))
    if found.family.kind == "unreachable":
        print("changeflow: nothing that was tried reaches the target", file=sys.stderr)
        return 3
    if options.strict and found.results.scenarios["answer"].growing:
        print("changeflow: --strict: the backlog grows with the answer", file=sys.stderr)
        return 1
    return 0
