"""The line of a key in a TOML file, for messages; tomllib knows none."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

Path = tuple[str | int, ...]


@cache
def _parser() -> Parser:
    import tree_sitter_toml  # noqa: PLC0415  only a model with faults needs its lines
    from tree_sitter import Language, Parser  # noqa: PLC0415

    return Parser(Language(tree_sitter_toml.language()))


def line_of(text: str, path: Path) -> int | None:
    """The 1-based line of the key at `path`, or of its nearest parent that stands in the file."""
    lines = _lines(text)
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


@lru_cache(maxsize=8)
def _lines(text: str) -> dict[Path, int]:
    """Every key's line; the same file is asked for one after another."""
    lines: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    for node in _parser().parse(text.encode()).root_node.children:
        if node.type == "pair":
            _pair(node, (), lines)
        elif node.type == "table":
            prefix = _key(node.named_children[0])
            _note(lines, prefix, node)
            _pairs(node, prefix, lines)
        elif node.type == "table_array_element":
            name = _key(node.named_children[0])
            number = counts.get(name, 0)
            counts[name] = number + 1
            _note(lines, (*name, number), node)
            _pairs(node, (*name, number), lines)
    return lines


def _note(lines: dict[Path, int], path: Path, node: Node) -> None:
    for length in range(1, len(path) + 1):
        lines.setdefault(path[:length], node.start_point[0] + 1)


def _pairs(node: Node, prefix: Path, lines: dict[Path, int]) -> None:
    for child in node.named_children:
        if child.type == "pair":
            _pair(child, prefix, lines)


def _pair(node: Node, prefix: Path, lines: dict[Path, int]) -> None:
    key, value = node.named_children[0], node.named_children[-1]
    path = (*prefix, *_key(key))
    _note(lines, path, node)
    if value.type == "inline_table":
        _pairs(value, path, lines)
    elif value.type == "array":
        items = [child for child in value.named_children if child.type != "comment"]
        for number, item in enumerate(items):
            _note(lines, (*path, number), item)


def _key(node: Node) -> Path:
    if node.type == "dotted_key":
        return tuple(part for child in node.named_children for part in _key(child))
    text = (node.text or b"").decode()
    return (text.strip("\"'"),)
