"""A results folder: written whole beside its place, then moved there, so that none is ever half written."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from changeflow import __version__
from changeflow.errors import PlanError
from changeflow.present.adoption import is_on
from changeflow.present.component_tables import COMPONENTS, component_rows
from changeflow.present.csv_files import RUNS, SUMMARY, runs_rows, summary_rows, write_csv
from changeflow.present.surroundings import made_with
from changeflow.study.results import Results
from changeflow.study.store_folder import MANIFEST, check_writable, manifest_in, manifest_text

RESULTS_ROOT = Path("results")
_LIBRARIES = ("numpy", "scipy", "simpy", "numba", "pandas", "matplotlib", "seaborn")


def choose_folder(out: str | None, *, force: bool) -> Path:
    """The folder to write: --out, else results/NNN. Raises PlanError before anything runs when it cannot be."""
    if out is None:
        folder = _next_numbered()
    else:
        folder = Path(out).resolve() if Path(out).is_symlink() else Path(out)
        if folder.exists() and not folder.is_dir():
            raise PlanError(f"--out {out}: expected a folder, found a file")
        if folder.is_dir() and any(folder.iterdir()):
            ours = bool(manifest_in(folder))
            if force and not ours:
                raise PlanError(f"--out {out}: --force replaces only a results folder of changeflow; this is none")
            if not force:
                raise PlanError(f"--out {out}: expected a new or empty folder, found files (--force replaces results)")
    check_writable(folder.absolute().parent, str(folder))
    return folder


def _next_numbered() -> Path:
    taken = [int(path.name) for path in RESULTS_ROOT.glob("[0-9]*") if path.name.isdigit()]
    return RESULTS_ROOT / f"{max(taken, default=0) + 1:03d}"


def write_whole(folder: Path, fill: Callable[[Path], None]) -> None:
    """Let `fill` write into a hidden folder beside the target, then put it in place at once."""
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".partial", dir=folder.parent))
    old = draft.with_suffix(".old")
    try:
        fill(draft)
        draft.chmod(0o755)
        if folder.exists():
            folder.rename(old)
        draft.rename(folder)
    except BaseException:
        if old.exists() and not folder.exists():
            old.rename(folder)
        shutil.rmtree(draft, ignore_errors=True)
        raise
    shutil.rmtree(old, ignore_errors=True)


def write_results(results: Results, folder: Path, *, command_line: list[str], charts: bool) -> None:
    """Manifest, tables, charts and report of a run or comparison."""

    def fill(draft: Path) -> None:
        write_csv(draft / "runs.csv", RUNS, runs_rows(results))
        write_csv(draft / "summary.csv", SUMMARY, summary_rows(results))
        components = list(component_rows(results))
        if components:
            write_csv(draft / "components.csv", COMPONENTS, components)
        if is_on(results):
            from changeflow.present.adoption_frames import SURVIVAL, survival_rows  # noqa: PLC0415  it needs pandas

            write_csv(draft / "survival.csv", SURVIVAL, survival_rows(results))
        from changeflow.present.summary import markdown  # noqa: PLC0415  it imports this module's neighbours

        (draft / "summary.md").write_text(markdown(results), encoding="utf-8")
        drawn = _charts(results, draft / "charts") if charts else []
        from changeflow.present.content import report_content  # noqa: PLC0415
        from changeflow.present.report import render_report  # noqa: PLC0415

        report = render_report(report_content(results, drawn, command_line))
        (draft / "report.html").write_text(report, encoding="utf-8")
        (draft / MANIFEST).write_text(manifest_text(manifest(results, command_line)), encoding="utf-8")

    write_whole(folder, fill)


def write_report(results: Results, out: str | Path, *, charts: bool = True, force: bool = False) -> Path:
    """Write a results folder with tables, charts and report.html; returns it. For use from Python."""
    folder = choose_folder(str(out), force=force)
    write_results(results, folder, command_line=["python"], charts=charts)
    return folder


def _charts(results: Results, folder: Path) -> list[tuple[str, str, str]]:
    from changeflow.present.figures import save, svg_text  # noqa: PLC0415  matplotlib is slow to import
    from changeflow.present.pictures import pictures  # noqa: PLC0415

    drawn = []
    for name, heading, caption, figure in pictures(results):
        svg, _ = save(figure, folder, name)
        drawn.append((heading, svg_text(svg, figure.get_suptitle()), caption))
    return drawn


def manifest(results: Results, command_line: list[str]) -> dict[str, object]:
    """What made these results, and what is needed to make them again."""
    return {
        "program": "changeflow",
        "version": __version__,
        "command": results.command,
        "command_line": command_line,
        "seed": results.seed,
        "engine": results.engine,
        "replications": results.replications,
        "quick": results.quick,
        "baseline": results.baseline,
        "models": {
            name: {
                "file": result.model.place,
                "digest": result.model.digest(),
                "priors": result.model.priors,
                "logs": {source: log.in_words() for source, log in result.model.logs.items()},
                "tables": result.model.tables,
                "model": result.model.model_dump(mode="json", exclude_none=True, by_alias=True),
            }
            for name, result in results.scenarios.items()
        },
        **made_with(*_LIBRARIES),
    }
