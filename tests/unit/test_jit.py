"""Machine code is kept in a folder that belongs to exactly these sources, and to this user."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import numpy as np
import pytest

from changeflow.engine import jit
from changeflow.engine.tables.records import INT

ADDRESSES = np.dtype([("other", "i8"), ("numbers", "i8"), ("numbers_size", "i8")])


@jit.compiled
def _write(address, size, place, value):  # type: ignore[no-untyped-def]
    """Only writes: nothing here reads what it has written."""
    array = jit.array_at(address, size, INT)
    array[place] = value


@jit.compiled
def _write_borrowed(array, place, value):  # type: ignore[no-untyped-def]
    """The same."""
    lent = jit.borrowed(array)
    lent[place] = value


_numbers_of = jit.part("numbers", INT)


@jit.compiled
def _write_part(addresses_at, place, value):  # type: ignore[no-untyped-def]
    """The same by way of a record of addresses."""
    numbers = _numbers_of(jit.array_at(addresses_at, 1, ADDRESSES)[0])
    numbers[place] = value


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A copy of the engine's sources."""
    copy = tmp_path / "engine"
    shutil.copytree(Path(jit.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def test_a_copy_of_the_sources_has_the_same_digest(sources: Path) -> None:
    assert jit.source_digest(sources) == jit.source_digest()


@pytest.mark.parametrize("file", ["shared/rules.py", "chance/draws.py", "chance/quantiles.py", "shared/worktime.py"])
def test_a_changed_callee_gets_another_folder(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    """Numba looks only at the caller's own file; one more blank in a callee must not find the old machine code."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))  # the real folder keeps its machine code
    before = jit.source_digest(sources)
    (sources / file).write_text((sources / file).read_text(encoding="utf-8") + " \n", encoding="utf-8")
    after = jit.source_digest(sources)
    assert after != before
    assert jit.cache_folder(after) != jit.cache_folder(before)


def test_a_new_or_renamed_source_counts_too(sources: Path) -> None:
    before = jit.source_digest(sources)
    (sources / "shared/rules.py").rename(sources / "shared/rulez.py")
    renamed = jit.source_digest(sources)
    (sources / "one_more.py").write_text("", encoding="utf-8")
    assert len({before, renamed, jit.source_digest(sources)}) == 3


def test_the_folder_is_the_users_cache_and_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = jit.cache_folder("abc")
    assert folder == tmp_path / "cache" / "changeflow" / "machine-code-abc"
    assert not folder.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    assert jit.cache_folder("abc") == folder


def test_without_a_cache_setting_it_lies_under_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert jit.cache_folder("abc") == tmp_path / ".cache" / "changeflow" / "machine-code-abc"


def below_a_file(folder: Path) -> Path:
    """A path that nobody can make, root neither."""
    (folder / "file").write_text("no folder", encoding="utf-8")
    return folder / "file" / "home"


@pytest.mark.parametrize("variable", ["XDG_CACHE_HOME", "HOME"])
def test_a_home_that_cannot_be_written_falls_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """To a folder of our own under the temporary one."""
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv(variable, str(below_a_file(tmp_path)))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    folder = jit.cache_folder("abc")
    assert folder == tmp_path / "tmp" / f"changeflow-{os.getuid()}" / "machine-code-abc"
    assert folder.is_dir()


def test_a_folder_that_others_may_write_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Machine code is run unread: a folder open to others could hold anybody's."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    jit.cache_folder("abc").chmod(0o777)
    assert jit.cache_folder("abc").parent == tmp_path / f"changeflow-{os.getuid()}"


def test_an_unknown_home_does_not_leave_a_folder_named_tilde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """expanduser returns '~/.cache' as it is when there is neither HOME nor a passwd entry (some containers)."""
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    monkeypatch.chdir(tmp_path)
    jit.cache_folder("abc")
    assert not (tmp_path / "~").exists()


def test_the_program_runs_with_an_unwritable_home(tmp_path: Path) -> None:
    """In a process of its own: compiled functions work, and their code lies in the fallback folder."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA")}
    environment |= {
        "HOME": str(below_a_file(tmp_path)), "XDG_CACHE_HOME": str(tmp_path / "file" / "cache"),
        "TMPDIR": str(tmp_path),
    }  # fmt: skip
    script = """
from changeflow.engine import jit
from changeflow.engine.shared import rules
print(rules.overflows(1, 0, 1), jit.FOLDER)
"""
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    answer, folder = done.stdout.split(maxsplit=1)
    assert answer == "True"
    assert folder.strip().startswith(str(tmp_path / f"changeflow-{os.getuid()}"))
    assert list(Path(folder.strip()).rglob("*.nbi"))


def test_what_is_written_to_a_borrowed_array_is_there_after_the_call() -> None:
    """Numba's dead-code pass once dropped the writes of a function that did not read the array again."""
    array = np.zeros(3, INT)
    _write(array.ctypes.data, 3, 1, 7)
    _write_borrowed(array, 2, 8)
    addresses = np.array([(0, array.ctypes.data, 3)], ADDRESSES)
    _write_part(addresses.ctypes.data, 0, 6)
    assert array.tolist() == [6, 7, 8]


def test_an_address_that_has_changed_between_two_calls_is_looked_up_again() -> None:
    """Within a call the optimizer may keep it."""
    old, new = np.zeros(3, INT), np.zeros(4, INT)
    addresses = np.array([(0, old.ctypes.data, 3)], ADDRESSES)
    _write_part(addresses.ctypes.data, 1, 7)
    addresses["numbers"], addresses["numbers_size"] = new.ctypes.data, 4
    _write_part(addresses.ctypes.data, -1, 8)
    assert (old.tolist(), new.tolist()) == ([0, 7, 0], [0, 0, 0, 8])


SHARED = """
import sys
sys.path.insert(0, sys.argv[1])
import {module} as found
print(found.twice(21.0), "found" if found.twice.stats.cache_hits else "made")
"""


@pytest.mark.parametrize(("caller", "callee"), [("made", "made"), ("made.floor.one", "made.floor.two")])
def test_a_copy_elsewhere_finds_the_machine_code_and_a_changed_callee_does_not(
    tmp_path: Path, caller: str, callee: str
) -> None:
    """An installed program and a checkout of it have one machine code; the time of writing does not count.

    A floor of the program has folders, and functions of one call those of another.
    """
    environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    head = "from changeflow.engine.jit import compiled\n"
    told = []
    for place, sum_ in (("one", "x + x"), ("two", "x + x"), ("two", "2.0 * x + 1.0")):
        for package in ("made", "made.floor", caller, callee):
            folder = tmp_path / place / package.replace(".", "/")
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "__init__.py").touch()
        (tmp_path / place / callee.replace(".", "/") / "callee.py").write_text(
            f"{head}\n@compiled\ndef added(x):\n    return {sum_}\n", encoding="utf-8"
        )
        (tmp_path / place / caller.replace(".", "/") / "caller.py").write_text(
            f"{head}from {callee}.callee import added\n\n@compiled\ndef twice(x):\n    return added(x)\n",
            encoding="utf-8",
        )
        done = subprocess.run(
            [sys.executable, "-B", "-c", SHARED.format(module=f"{caller}.caller"), str(tmp_path / place)],
            env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        told.append(done.stdout.split())
    assert told == [["42.0", "made"], ["42.0", "found"], ["43.0", "made"]]


def test_while_one_compiles_the_others_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each holds a lock of its own, as processes do; the second finds it made."""
    monkeypatch.setattr(jit, "FOLDER", tmp_path)
    found = []

    def second() -> None:
        with jit.one_compiles("some"):
            found.append(jit.kernel_is_warm("some"))

    other = threading.Thread(target=second)
    with jit.one_compiles("some"):
        other.start()
        other.join(0.2)
        assert other.is_alive()
        assert not jit.kernel_is_warm("some")
    other.join(10)
    assert found == [True]


def test_a_loop_that_failed_to_compile_is_not_taken_for_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jit, "FOLDER", tmp_path)
    with pytest.raises(RuntimeError, match="stopped"), jit.one_compiles("some"):
        raise RuntimeError("stopped")
    assert not jit.kernel_is_warm("some")


def test_where_nothing_can_be_locked_each_compiles_for_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jit, "FOLDER", tmp_path / "missing")
    with jit.one_compiles("some"):
        assert not jit.kernel_is_warm("some")
    assert not jit.kernel_is_warm("some")
