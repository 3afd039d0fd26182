"""From process start to charts on disk: six models, 100 replications, three years, through the command line.

The command runs in a process of its own, with time stamps around what a replication does (draw and simulate,
measure) and around writing; what is left is start, reading, evaluation and text. The parts are processor time.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

MODELS = ("boxed", "closed_turnkey", "partly_open", "plugin_platform", "open_platform", "script_platform")
HORIZON_DAYS = 1095
STAMPED = {
    "simulate": ("changeflow.study.crews.one_run", "simulate"),
    "measure": ("changeflow.study.crews.one_run", "measure_run"),
    "charts": ("changeflow.present.drawing.studio", "draw_here"),
    "write": ("changeflow.present.comparison.results_folder", "write_results"),
}
"""What is timed: the names as their callers know them; `write` contains `charts`."""
AT_MOST = 0.50


def main(out: Path, *, quick: bool, tell: Callable[[str], None]) -> int:
    """Run the study and open_platform alone, once what they need is compiled; print and write the parts."""
    replications = 10 if quick else 100
    alone = 5 * replications  # so that the page, written once, counts for little beside what every run costs
    lines = ["# End to end", "", f"{replications} replications, open_platform alone {alone}; 3 years, one core.", ""]
    lines += ["| study | runs | by the clock | processor | draw, simulate | measure | store | charts | rest |"]
    lines += ["| --- | --- | --- | --- | --- | --- | --- | --- | --- |"]
    _timed(MODELS, 2, charts=False)  # compiles what is not compiled yet
    studies = {
        "six models, charts": _timed(MODELS, replications, charts=True),
        "open_platform --who both, no charts": _timed(("open_platform", "--who", "both"), alone, charts=False),
    }
    for name, parts in studies.items():
        lines.append(_row(name, parts))
        tell(name)
    one = studies["open_platform --who both, no charts"]
    loop = one["simulate"] + one["measure"] + one["write"]
    share = (one["measure"] + one["write"]) / loop
    inner = one["measure"] / (one["simulate"] + one["measure"])
    word = "pass" if share <= AT_MOST else "MISS"
    lines += [
        "",
        f"{word}  measure and store on open_platform: {share:.0%} of draw, simulate, measure, store; bar {AT_MOST:.0%}",
        f"      measure alone: {inner:.0%} of draw, simulate, measure; {one['runs'] / loop:,.0f} runs a second",
    ]
    out.mkdir(parents=True, exist_ok=True)
    text = "\n".join(lines) + "\n"
    (out / "end_to_end.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 0


def _row(name: str, parts: dict[str, float]) -> str:
    store = parts["write"] - parts["charts"]
    rest = parts["inside"] - parts["simulate"] - parts["measure"] - parts["write"]
    cells = [name, f"{parts['runs']:.0f}", f"{parts['wall']:.2f} s", f"{parts['inside']:.2f} s"]
    cells += [f"{seconds:.2f} s" for seconds in (parts["simulate"], parts["measure"], store, parts["charts"], rest)]
    return "| " + " | ".join(cells) + " |"


def _timed(models: tuple[str, ...], replications: int, *, charts: bool) -> dict[str, float]:
    """One run of the command in a fresh process; wall time from outside, parts from inside."""
    with tempfile.TemporaryDirectory() as folder:
        stamps = Path(folder) / "stamps.json"
        arguments = ["compare", *models, "--engine", "compiled", "--workers", "1", "--progress", "none"]
        arguments += ["--replications", str(replications), "--horizon-days", str(HORIZON_DAYS)]
        arguments += ["--out", str(Path(folder) / "out"), *([] if charts else ["--no-charts"])]
        begin = time.perf_counter()
        done = subprocess.run(
            [sys.executable, __file__, str(stamps), *arguments], capture_output=True, text=True, check=False
        )
        wall = time.perf_counter() - begin
        if done.returncode or not stamps.exists():
            sys.exit(f"changeflow {' '.join(arguments)}: {done.stderr.strip()[-400:]}")
        return dict(json.loads(stamps.read_text(encoding="utf-8"))) | {"wall": wall}


def _command(stamps: Path, arguments: list[str]) -> int:
    """The command itself with a clock around the parts."""
    parts = dict.fromkeys(STAMPED, 0.0)
    counts = dict.fromkeys(STAMPED, 0)
    for name, (module, function) in STAMPED.items():
        _stamp(import_module(module), function, name, parts, counts)
    sys.argv = ["changeflow", *arguments]
    try:
        code = import_module("changeflow.cli.main").main()
    except SystemExit as end:
        code = end.code
    parts |= {"inside": time.process_time(), "runs": counts["simulate"]}
    stamps.write_text(json.dumps(parts), encoding="utf-8")
    return int(code or 0)


def _stamp(module: Any, function: str, name: str, parts: dict[str, float], counts: dict[str, int]) -> None:
    inner = getattr(module, function)

    def timed(*arguments: Any, **named: Any) -> Any:
        begin = time.process_time()
        try:
            return inner(*arguments, **named)
        finally:
            parts[name] += time.process_time() - begin
            counts[name] += 1

    setattr(module, function, timed)


if __name__ == "__main__":
    os.environ.setdefault("MPLBACKEND", "Agg")
    sys.exit(_command(Path(sys.argv[1]), sys.argv[2:]))
