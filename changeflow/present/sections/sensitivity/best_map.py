"""The break-even map in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from changeflow.present.sections.labels import in_order
from changeflow.present.sections.section import Section, number
from changeflow.present.words.paths import Labels, path_words, setting_word
from changeflow.present.words.plain import plain, plus_minus
from changeflow.study.sensitivity.best_map import BestMap, Square

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS = {
    "wins": "surely", "same": "no difference that matters", "too_close": "cannot tell", "all_grow": "all grow",
    "no_number": "no number", "single": "single",
}  # fmt: skip


def best_map_section(found: BestMap, labels: Labels) -> Section:
    """Who wins in how many squares, and at the user's own point."""
    header = (*found.paths, "best", "verdict", "lead", "lead_half_width")
    rows = tuple(
        (
            *square.setting, square.leader or "", square.best.kind, number(square.best.lead),
            number(square.best.half_width),
        )
        for square in found.squares
    )  # fmt: skip
    count = len(found.squares)
    wins = {name: sum(s.leader == name and s.best.kind == "wins" for s in found.squares) for name in found.scenarios}
    said = ", ".join(f"{plain(name)} in {number}" for name, number in wins.items() if number) or "nobody surely"
    axes = " x ".join(map(path_words, found.paths))
    words = f"Of {count} squares of {axes}, surely best in {plain(found.measure)}: {said}"
    alone = sum(square.alone for square in found.squares)
    whys = {why for square in found.squares if square.alone for _, why in square.best.out}
    only = "as the only one with a number" + (": the others' backlogs grow" if whys == {"grows"} else "")
    words += f" ({alone} of them {only})" if alone else ""
    open_ones = sum(square.best.kind in {"too_close", "same"} for square in found.squares)
    words += f"; cannot tell, or no difference that matters, in {open_ones}" if open_ones else ""
    growing = sum(square.best.kind == "all_grow" for square in found.squares)
    words += f"; every backlog grows in {growing}" if growing else ""
    nothing = sum(square.best.kind == "no_number" for square in found.squares)
    words += f"; nobody has a number in {nothing}" if nothing else ""
    words += "."
    here = found.nearest
    if here is not None and found.mark is not None:
        words += f" Near your own point ({found.mark[0]:.4g}, {found.mark[1]:.4g}): {_verdict(here)}."
    elif found.mark is not None:
        words += f" Your own point ({found.mark[0]:.4g}, {found.mark[1]:.4g}) lies outside the map."
    facts = {
        "factors": list(found.paths), "measure": found.measure, "surely_best": wins, "cannot_tell": open_ones,
        "mark": list(found.mark) if found.mark is not None else None,
        "at_mark": None if here is None else {"best": here.leader, "verdict": here.best.kind},
        "level": found.level,
    }  # fmt: skip
    title = words.split(". ")[0].split(": ", 1)[1].rstrip(".")
    title = f"Surely best in {plain(found.measure)}: {title}, of {count} squares"
    shown = _grid(found)
    return Section(words, header, rows, shown, lambda: _draw(found, title, labels), facts, _legend(found, labels))


def _verdict(square: Square) -> str:
    if square.leader is None:
        return "every backlog grows" if square.best.kind == "all_grow" else "nobody has a number"
    word = {"wins": "surely best", "same": "best, by less than matters"}.get(square.best.kind, "best mean, not surely")
    if square.alone:
        word = "best, as the only one with a number"
    lead = f", by {plus_minus(square.best.lead, square.best.half_width)}" if square.best.half_width else ""
    return f"{plain(square.leader)} {word}{lead}"


def _grid(found: BestMap) -> tuple[tuple[str, ...], ...]:
    """The map in letters: who leads, with ? where that is not sure."""
    across, up = (in_order([square.setting[i] for square in found.squares]) for i in (0, 1))
    at = {tuple(map(repr, square.setting)): square for square in found.squares}
    letters = _letters(found.scenarios)
    rows = [
        (setting_word(high), *(_letter(at[repr(one), repr(high)], letters) for one in across)) for high in reversed(up)
    ]
    return (("", *map(setting_word, across)), *rows)


def _legend(found: BestMap, labels: Labels) -> str:
    words = [f"{letter} {plain(name)}" for name, letter in _letters(found.scenarios).items()]
    rest = ["? not surely by more than matters", "grow: every backlog grows", "none: nobody has a number"]
    across, up = (labels[path] for path in found.paths)
    return f"Across: {across}; up: {up}. {'; '.join([*words, *rest])}."


def _letters(scenarios: Sequence[str]) -> dict[str, str]:
    """A letter for each scenario: its first one, or its number where two begin alike."""
    first = [plain(name)[0].upper() for name in scenarios]
    alike = len(set(first)) < len(first)
    return {name: str(i) if alike else letter for i, (name, letter) in enumerate(zip(scenarios, first), start=1)}


def _letter(square: Square, letters: dict[str, str]) -> str:
    if square.leader is None:
        return "grow" if square.best.kind == "all_grow" else "none"
    return letters[square.leader] + ("" if square.best.kind == "wins" else "?")


def _draw(found: BestMap, title: str, labels: Labels) -> Figure:
    from changeflow.present.sections.charts.map import map_chart  # noqa: PLC0415  matplotlib is slow to import

    return map_chart(found, title, labels)
