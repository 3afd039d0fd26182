"""The table (Markdown, CSV), the chart of ratios, and the bars with pass or miss."""

from __future__ import annotations

import csv
import os
import statistics
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contest import ENGINES, LONG_YEARS, RICHEST, Check, Engine, Outcome

Outcomes = dict[tuple[str, str], Outcome]


@dataclass(frozen=True)
class Bar:
    """A ratio that must be reached: the first engine's rate over the second's, in the same round."""

    what: str
    one: str
    other: str
    at_least: float
    law: str = "exponential"


PROCESS = "compiled against process engine, open_platform --who both"
BARS = (
    Bar("compiled against idiomatic SimPy, records on", "compiled", "simpy", 100),
    Bar(f"{PROCESS}, 3 years as shipped", "rich_compiled", "rich_process", 100, "richest"),
    Bar(f"{PROCESS}, {LONG_YEARS} years", "rich_compiled_long", "rich_process_long", 100, "richest"),
    Bar("compiled against Cimba", "compiled", "cimba", 2.5),
    Bar("compiled against C of the same law, records", "compiled", "c_law", 0.55),
    Bar("compiled against C of the same law, streaming", "compiled_stream", "c_law_stream", 0.75),
    Bar("process engine against idiomatic SimPy", "process", "simpy", 0.5),
)


def ratios(outcomes: Outcomes, one: str, other: str, law: str) -> list[float]:
    """Round by round; empty where one of them did not run."""
    a, b = outcomes.get((one, law)), outcomes.get((other, law))
    return [x / y for x, y in zip(a.rates, b.rates)] if a and b else []


def bars(outcomes: Outcomes) -> list[str]:
    """One line a bar: pass, miss or not run."""
    lines = []
    for bar in BARS:
        for law in (bar.law,) if bar.law == "richest" else ("exponential", "lognormal"):
            found = ratios(outcomes, bar.one, bar.other, law)
            where = "" if law == "richest" else f" ({law})"
            if not found:
                lines.append(f"not run  {bar.what}{where}: bar {bar.at_least:g}")
                continue
            middle = statistics.median(found)
            word = "pass   " if middle >= bar.at_least else "MISS   "
            spread = f"{min(found):.3g}..{max(found):.3g}"
            lines.append(f"{word}  {bar.what}{where}: {middle:.3g} ({spread}), bar {bar.at_least:g}")
    return lines


def rows(outcomes: Outcomes) -> list[list[str]]:
    """The table: an engine and a law a row, those that did not run with their reason."""
    found = []
    for outcome in outcomes.values():
        engine, law = outcome.engine, outcome.law
        if not outcome.rows:
            found.append([engine.title, law, "", "", "", "", "", f"not run: {outcome.reason}"])
            continue
        base, limit = ("rich_process", "") if law == "richest" else ("simpy", "c_law")
        rates = outcome.rates
        over = ratios(outcomes, engine.name, base, law)
        part = ratios(outcomes, engine.name, limit, law)
        found.append(
            [
                engine.title,
                law,
                f"{statistics.mean(row['requests'] for row in outcome.rows):,.0f}",
                f"{statistics.median(rates):,.0f}",
                f"{min(rates):,.0f}..{max(rates):,.0f}",
                f"{statistics.median(over):.3g}" if over else "",
                f"{statistics.median(part):.2%}" if part else "",
                "" if not outcome.reason else f"stopped: {outcome.reason}",
            ]
        )
    return found


PLAIN = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"}
COLUMNS = ("requests", "seconds", "wait_a", "wait_b", "backlog", "p95")
HEAD = ["engine", "service", "requests a run", "requests/s", "min..max", "x SimPy", "of C, same law", "note"]
NOTE = "In the rows `richest` the column `x SimPy` is against changeflow's process engine over 3 years.\n"


def write(folder: Path, outcomes: Outcomes, checked: list[Check], said: list[str], facts: list[str]) -> str:
    """Write results.md, rates.csv, checks.csv and the chart; returns the Markdown."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["# Peers", "", *facts, "", _line(HEAD), _line(["---"] * len(HEAD)), *map(_line, rows(outcomes)), "", NOTE]
    lines += ["## Bars (median ratio, least..most over rounds)", "", "```", *bars(outcomes), "```", "", "## Checks", ""]
    wrong = [check for check in checked if not check.holds]
    lines += [f"{len(checked) - len(wrong)} of {len(checked)} means lie within 5 standard errors.", "", *said, ""]
    head = ["engine", "service", "mean", "found", "expected", "error", "errors away", "against"]
    lines += [_line(head), _line(["---"] * len(head)), *(_line(_check_row(check)) for check in checked)]
    text = "\n".join(lines) + "\n"
    (folder / "results.md").write_text(text, encoding="utf-8")
    with (folder / "rates.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["engine", "service", "round", *COLUMNS, "reason"])
        for outcome in outcomes.values():
            for number, row in enumerate(outcome.rows):
                numbers = [row[column] for column in COLUMNS]
                out.writerow([outcome.engine.name, outcome.law, number, *numbers, ""])
            if outcome.reason:
                out.writerow([outcome.engine.name, outcome.law, *[""] * (1 + len(COLUMNS)), outcome.reason])
    with (folder / "checks.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head, *map(_check_row, checked)])
    chart(folder / "ratios.png", outcomes)
    return text


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _check_row(check: Check) -> list[str]:
    numbers = (f"{check.found:.3f}", f"{check.expected:.3f}", f"{check.error:.3f}", f"{check.errors_away:+.1f}")
    return [check.engine, check.law, check.measure, *numbers, check.against + ("" if check.holds else "  WRONG")]


def chart(file: Path, outcomes: Outcomes) -> None:
    """Ratios to idiomatic SimPy on a log scale: the median as a dot, a line from the least to the most."""
    import matplotlib as mpl  # noqa: PLC0415  only here

    mpl.use("Agg")
    import seaborn as sns  # noqa: PLC0415
    from matplotlib import pyplot as plt  # noqa: PLC0415

    sns.set_theme(style="whitegrid")
    engines = [e for e in ENGINES if any((e.name, law) in outcomes for law in e.laws)]
    engines.sort(key=lambda e: statistics.median(ratios(outcomes, e.name, "simpy", "exponential") or [0.0]))
    figure, axes = plt.subplots(figsize=(9.5, 0.46 * len(engines) + 1.9), layout="constrained")
    axes.set_xscale("log")
    colours = dict(zip(("exponential", "lognormal"), sns.color_palette("colorblind", 2)))
    for place, engine in enumerate(engines):
        _marks(axes, place, engine, outcomes, colours)
    axes.set_yticks(range(len(engines)), [engine.title for engine in engines])
    for label, engine in zip(axes.get_yticklabels(), engines):
        label.set_fontweight("bold" if engine.module == "engine_changeflow" else "normal")
    axes.axvline(1, color="0.3", linewidth=1)
    axes.grid(visible=False, axis="y")
    low, high = axes.get_xlim()
    axes.set_xlim(low / 1.3, high * 2.6)
    axes.set_ylim(-0.7, len(engines) - 0.3)
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:g}")
    axes.set_xlabel("requests per second, SimPy = 1\n(dot: median, line: least to most over rounds)")
    handles = [plt.Line2D([], [], marker="o", color=c, label=f"{law} service") for law, c in colours.items()]
    axes.legend(handles=handles, loc="lower right", frameon=True)
    figure.suptitle(_finding(outcomes), x=0.01, ha="left", fontsize=13, fontweight="bold")
    figure.savefig(file, dpi=130, metadata={"Software": None})
    plt.close(figure)


def _marks(axes: Any, place: int, engine: Engine, outcomes: Outcomes, colours: dict[str, Any]) -> None:
    reasons = []
    for shift, (law, colour) in zip((0.14, -0.14), colours.items()):
        found = ratios(outcomes, engine.name, "simpy", law)
        if not found:
            outcome = outcomes.get((engine.name, law))
            reasons.append(outcome.reason if outcome else "not asked for")
            continue
        middle = statistics.median(found)
        axes.plot([min(found), max(found)], [place + shift] * 2, color=colour, linewidth=2)
        axes.plot([middle], [place + shift], "o", color=colour, markersize=6)
        end = max(found), place + shift
        axes.annotate(f"{middle:.3g}", end, (6, 0), textcoords="offset points", va="center", fontsize=8, bbox=PLAIN)
    if len(reasons) == len(colours):
        axes.text(1.06, place, f"not run: {reasons[0][:60]}", va="center", fontsize=8, color="0.35", bbox=PLAIN)


def _finding(outcomes: Outcomes) -> str:
    simpy = ratios(outcomes, "compiled", "simpy", "exponential")
    law = ratios(outcomes, "compiled", "c_law", "exponential")
    if not simpy:
        return "Speed on one work item, SimPy = 1"
    said = f"changeflow's compiled engine runs {statistics.median(simpy):.0f} times as fast as SimPy"
    return said + (f",\n{statistics.median(law):.0%} of the speed of C under the same law" if law else "")


def facts(rounds: int, compiler: str, versions: list[str]) -> list[str]:
    """Under which circumstances this was measured."""
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    return [
        f"{rounds} rounds, all engines in turn in each; processor time, simulation and reading of records only.",
        f"{os.cpu_count()} cores, load {load} at the end; {compiler}; {', '.join(versions)}.",
    ]


ALL = (*ENGINES, *RICHEST)
