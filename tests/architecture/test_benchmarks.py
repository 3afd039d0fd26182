"""Benchmarks take minutes and run only when asked for: at least the names they take from the program are there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

PEERS = Path(__file__).parents[2] / "experiments" / "peers"
FILES = sorted(PEERS.glob("*.py"))


def imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Module and name of everything that comes from the program."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("changeflow"):
            yield from ((node.module or "", name.name) for name in node.names)


def stamped(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """What a benchmark names as text: a module and a name in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple) and len(node.elts) == 2:
            words = [one.value for one in node.elts if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            if len(words) == 2 and words[0].startswith("changeflow."):
                yield words[0], words[1]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_benchmark_finds_what_it_names(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for module, name in (*imported(tree), *stamped(tree)):
        assert hasattr(import_module(module), name), f"{file.name}: {module}.{name}"


def test_they_do_name_some() -> None:
    found = [name for file in FILES for name in imported(ast.parse(file.read_text(encoding="utf-8")))]
    assert len(found) > 10
    end_to_end = ast.parse((PEERS / "end_to_end.py").read_text(encoding="utf-8"))
    assert {name for _, name in stamped(end_to_end)} == {"simulate", "measure_run", "draw_here", "write_results"}
