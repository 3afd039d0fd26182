"""What a command that simulates does after its runs: the folder, the text, the exit code."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from changeflow.cli.run_options import Shared
from changeflow.study.estimates.results import Results

if TYPE_CHECKING:
    from changeflow.present.drawing.studio import Draw


def finish(results: Results, folder: Path, options: Shared, draw: Draw) -> int:
    """Write the folder, print text or JSON, return the exit code."""
    from changeflow.present.comparison.results_folder import write_results

    command_line = ["changeflow", *sys.argv[1:]]
    write_results(results, folder, command_line=command_line, draw=draw)
    if options.json:
        from changeflow.present.comparison.machine import as_json

        click.echo(json.dumps(as_json(results, str(folder)), allow_nan=False))
    else:
        from changeflow.present.comparison.terminal import comparison_text

        click.echo(comparison_text(results, str(folder), options.sets, charts=options.charts))
    return exit_code(results, options)


def exit_code(results: Results, options: Shared) -> int:
    """3 when a target asked for on the command line is surely missed by all, 1 for warnings under --strict."""
    from changeflow.present.words.sentences import target_met

    if options.target is not None and all(target_met(result) is False for result in results.scenarios.values()):
        print(f"changeflow: the target is surely missed: {options.target}", file=sys.stderr)
        return 3
    growing = [name for name, result in results.scenarios.items() if result.growing]
    if options.strict and growing:
        print(f"changeflow: --strict: the backlog grows: {', '.join(growing)}", file=sys.stderr)
        return 1
    return 0
