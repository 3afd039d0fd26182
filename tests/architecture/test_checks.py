"""Every check of the sources, as tests: so one command, pytest, runs them all."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.cli.program import TINY, changeflow
from tests.cli.study_files import QUIET, write_study

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "changeflow"
SOURCES = sorted(PACKAGE.rglob("*.py"))
MAX_LINES = 400


def run(*command: str) -> None:
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_ruff_finds_nothing() -> None:
    run("ruff", "check", "changeflow", "tests", "experiments")


def test_the_code_is_formatted() -> None:
    run("ruff", "format", "--check", "changeflow", "tests", "experiments")


@pytest.mark.timeout(280)
def test_types_hold_strictly() -> None:
    run("mypy")


def test_every_folder_imports_only_from_floors_below() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from importlinter.cli import lint_imports_command as c; sys.exit(c())"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("folder", [PACKAGE, ROOT / "tests", ROOT / "experiments"], ids=lambda path: path.name)
def test_no_file_is_longer_than_a_reader_can_hold(folder: Path) -> None:
    files = [path for path in folder.rglob("*.*") if path.suffix in {".py", ".c", ".h"} and ".venv" not in path.parts]
    assert files
    assert not {path.name: n for path in files if (n := len(path.read_text().splitlines())) > MAX_LINES}


@pytest.mark.parametrize(("module", "package"), [("simpy", "engine/process/clock.py"), ("numba", "engine/jit.py")])
def test_simpy_and_numba_are_each_imported_in_one_module(module: str, package: str) -> None:
    users = [path for path in SOURCES if module in imported_by(path)]
    assert users == [PACKAGE / package]


def imported_by(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_the_face_is_what_it_lists() -> None:
    import changeflow

    assert set(changeflow.__all__) == set(changeflow._FACE)
    for name in changeflow.__all__:
        assert getattr(changeflow, name) is not None


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = "import sys, changeflow; print(','.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split(",")
    assert not {"numpy", "pandas", "numba", "pydantic"} & set(loaded)


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['changeflow', '--help']\n"
        "from changeflow.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print('LOADED', ','.join(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split("LOADED ")[1].strip().split(","))
    heavy = {"numpy", "pandas", "scipy", "seaborn", "matplotlib", "numba", "networkx", "pydantic", "simpy", "rich"}
    assert not heavy & loaded


def test_a_small_comparison_starts_without_what_it_does_not_need(tmp_path: Path) -> None:
    """Machine code and tables are in the cache when it runs again."""
    code = (
        "import sys; sys.argv = ['changeflow', 'compare', 'open_platform', '--who', 'vendor,power_users', '--force',"
        f" '--replications', '2', '--no-charts', '--engine', 'compiled', '--out', {str(tmp_path / 'out')!r}]\n"
        "from changeflow.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print('LOADED', ','.join(sys.modules))"
    )
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split("LOADED ")[1].strip().split(","))
    slow = {"pandas", "scipy.special", "scipy.linalg", "scipy.optimize", "matplotlib", "seaborn", "networkx", "loky"}
    assert not {*slow, "numba.np.arraymath", "rich", "holidays", "changeflow.engine.process.story"} & loaded


def test_a_finished_study_answers_without_an_engine(tmp_path: Path) -> None:
    """100,000 runs are there: it reads the file, counts them and says again what it said."""
    (tmp_path / "tiny.toml").write_text(TINY, encoding="utf-8")
    write_study(tmp_path)
    code = (
        "import sys; sys.argv = ['changeflow', 'study', 'study.toml', '--engine', 'process', '--no-charts']\n"
        "from changeflow.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print('LOADED', ','.join(sys.modules))"
    )
    assert changeflow("study", "study.toml", *QUIET, folder=tmp_path).code == 0
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    loaded = set(done.stdout.split("LOADED ")[1].strip().split(","))
    assert "ANSWER" in done.stdout
    engines = {"changeflow.engine.simulate", "changeflow.engine.tables.model", "changeflow.measure.run"}
    assert not {*engines, "numba", "scipy", "simpy", "networkx", "loky", "pandas", "concurrent.futures"} & loaded


def test_no_module_keeps_global_chance_or_a_wall_clock() -> None:
    for path in SOURCES:
        text = path.read_text()
        assert "np.random." not in text, path
        assert "import random" not in text, path
        assert "datetime.now" not in text, path


def test_nothing_below_the_command_line_prints() -> None:
    for path in SOURCES:
        if PACKAGE / "cli" in path.parents:
            continue
        calls = [
            node
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
        ]
        assert not calls, path


def test_no_file_names_a_machine_path_or_a_registry() -> None:
    for path in [*SOURCES, *(ROOT / "models").rglob("*.toml"), ROOT / "README.md", ROOT / "pyproject.toml"]:
        text = path.read_text()
        for word in ("/home/", "/root/", "/work/", "pypi.org", "index-url"):
            assert word not in text, (path, word)


def test_the_versions_agree() -> None:
    import changeflow

    citation = (ROOT / "CITATION.cff").read_text()
    assert f"version: {changeflow.__version__}" in citation
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert set(project["optional-dependencies"]) == {"ui", "parquet", "dask", "doe", "test", "dev"}
