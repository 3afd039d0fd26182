"""What each configuration costs: one stacked bar, success first, then ownership, then waiting and undone."""

from __future__ import annotations

import math
from typing import Literal

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from changeflow.present.charts.accounts import GROUPS, Account, account_key, accounts_for
from changeflow.present.drawing.canvas import house_style, new_sheet, settled
from changeflow.present.drawing.palette import INK, PAPER, colour_of, names_in
from changeflow.present.drawing.rows import bare_rows, name_row
from changeflow.present.drawing.scales import in_units, number_axis, scale_word
from changeflow.present.words.plain import plus_minus

Place = Literal["outside lower left", "outside lower center", "outside lower right"]

ROW_INCHES = 0.56
FRAME_INCHES = 1.4  # axis and legend
FEW_ACCOUNTS = 4  # of a group: more make the legend longer
ACCOUNT_INCHES = 0.17
BAR_HEIGHT = 0.42
NAME_ABOVE_BAR = 0.4
LEGEND_PLACES: tuple[Place, ...] = ("outside lower left", "outside lower center", "outside lower right")


def cost_chart(costs: pd.DataFrame, totals: pd.DataFrame, title: str, currency: str) -> Figure:
    """Draw the cost of each configuration by account, and its total with error.

    `costs`: scenario, account, cost. `totals`: scenario, mean, half_width. All in `currency`.
    """
    names = [name for name in names_in(totals["scenario"]) if (totals["scenario"] == name).any()]
    table = costs.assign(account=costs["account"].map(account_key)).set_index(["scenario", "account"])["cost"]
    accounts = accounts_for({str(account) for _, account in table.index})
    divisor, word = scale_word(float((totals["mean"] + totals["half_width"].fillna(0)).max()))
    with house_style():
        longest = max(sum(account.group == group for account in accounts) for group in GROUPS)
        legend = ACCOUNT_INCHES * max(longest - FEW_ACCOUNTS, 0)
        figure, axes = new_sheet(FRAME_INCHES + ROW_INCHES * len(names) + legend, title)
        colours = colour_of(names_in(totals["scenario"]))
        for row, name in enumerate(names):
            _stack(axes, -row, [(account, float(table.get((name, account.name), 0.0))) for account in accounts])
            total = totals[totals["scenario"] == name].iloc[0]
            mean, half_width = float(total["mean"]), float(total["half_width"])
            _error_bar(axes, -row, mean, half_width)
            remark = f"{currency} {plus_minus(mean / divisor, half_width / divisor)} {word}".rstrip()
            name_row(axes, -row + NAME_ABOVE_BAR, name, colours[name], remark)
        bare_rows(axes, -len(names) + 0.7, 0.65)
        axes.set_xlim(left=0)
        number_axis(axes.xaxis, divisor)
        axes.set_xlabel(f"cost over the run ({in_units(currency, word)}); black: total ± error")
        _legends(figure, accounts)
        return settled(figure)


def _stack(axes: Axes, y: float, parts: list[tuple[Account, float]]) -> None:
    """One bar, its parts from left to right."""
    left = 0.0
    for account, cost in parts:
        axes.barh(
            y,
            cost,
            height=BAR_HEIGHT,
            left=left,
            facecolor=account.fill,
            hatch=account.hatch,
            edgecolor=account.ink,
            linewidth=0.7,
        )
        left += cost


def _error_bar(axes: Axes, y: float, mean: float, half_width: float) -> None:
    if math.isfinite(half_width):
        for colour, extra in ((PAPER, 2.0), (INK, 0.0)):  # a white edge keeps it apart from the hatches
            axes.errorbar(
                mean,
                y,
                xerr=half_width,
                color=colour,
                lw=1.6 + extra,
                capsize=4,
                capthick=1.4 + extra,
                zorder=4,
            )


def _legends(figure: Figure, accounts: list[Account]) -> None:
    """One small legend per group, side by side, so that what belongs together is read together."""
    members = {group: [account for account in accounts if account.group == group] for group in GROUPS}
    longest = max(len(group) for group in members.values())
    for (group, inside), place in zip(members.items(), LEGEND_PLACES):
        handles = [
            Patch(facecolor=a.fill, hatch=a.hatch, edgecolor=a.ink, linewidth=0.7, label=a.label) for a in inside
        ]
        if handles:
            handles += [Patch(alpha=0, label=" ")] * (longest - len(handles))  # so that the titles stand level
            legend = figure.legend(handles=handles, loc=place, title=group, alignment="left", labelspacing=0.35)
            legend.get_title().set_fontweight("bold")
