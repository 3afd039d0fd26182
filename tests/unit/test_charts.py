"""Charts: the same bytes each time, nothing cut or overlapping, the same look for the same configuration."""

from __future__ import annotations

import io
import itertools
import math
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date

import matplotlib as mpl
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text
from PIL import Image

from changeflow.present.charts.backlog import backlog_chart
from changeflow.present.charts.cost import cost_chart
from changeflow.present.charts.network.arrows import along, place_arrows
from changeflow.present.charts.network.boxes import place_boxes
from changeflow.present.charts.network.chart import network_chart
from changeflow.present.charts.runs import runs_chart
from changeflow.present.charts.time_to_done import time_to_done_chart
from changeflow.present.drawing.date_axis import labels_of, round_dates
from changeflow.present.drawing.drawn import Drawing
from changeflow.present.drawing.figures import Picture, save
from changeflow.present.drawing.palette import ROUTES, colour_of, looks_of

ONE = ("mmc",)
ROUTE_NAMES = ("vendor", "power_users", "both")
SIX = tuple(f"{stem}/{route}" for stem in ("partly_open", "closed_turnkey") for route in ROUTE_NAMES)
TITLE = "Power users alone never catch up: the backlog still grows after three years of work"
ACCOUNTS = ("adaptation", "cost_of_error", "in_house_labour", "vendor_invoices", "licence", "waiting")
UNDONE = ("unmet_need", "open_liability")
EVERY_ACCOUNT = (*ACCOUNTS, "hosting", "day_job", "training", "enforcement", *UNDONE)


def backlog_frame(names: tuple[str, ...]) -> pd.DataFrame:
    dates = pd.date_range("2026-03-02", periods=157, freq="7D")
    parts = []
    for level, name in enumerate(names, start=1):
        mean = level * (5 + 30 * np.exp(-np.arange(157) / 12))
        parts.append(pd.DataFrame({"date": dates, "scenario": name, "mean": mean}))
    frame = pd.concat(parts, ignore_index=True)
    return frame.assign(low=frame["mean"] * 0.7, high=frame["mean"] * 1.4)


def backlog_marks(names: tuple[str, ...]) -> list[tuple[date, str, str | None]]:
    clear = [(date(2026, 5, 1 + 2 * n), f"{name} clear", name) for n, name in enumerate(names)]
    return [(date(2026, 3, 2), "go-live", None), (date(2029, 2, 20), "today, a long label", None), *clear]


def time_frame(names: tuple[str, ...]) -> pd.DataFrame:
    days = np.concatenate([[0.0], np.geomspace(0.02, 900, 80)])
    parts = []
    for level, name in enumerate(names, start=1):
        share = 1 - np.exp(-days / (2.0 * level**3))
        parts.append(pd.DataFrame({"scenario": name, "days": days, "share": share}))
    frame = pd.concat(parts, ignore_index=True)
    return frame.assign(low=(frame["share"] - 0.02).clip(0), high=(frame["share"] + 0.02).clip(upper=1))


def cost_frames(
    names: tuple[str, ...], accounts: tuple[str, ...] = (*ACCOUNTS, *UNDONE)
) -> tuple[pd.DataFrame, pd.DataFrame]:
    costs = pd.DataFrame(
        [
            {"scenario": name, "account": account, "cost": 8e4 * (n + 1) * (a + 1) / len(accounts)}
            for n, name in enumerate(names)
            for a, account in enumerate(accounts)
        ]
    )
    totals = costs.groupby("scenario", sort=False)["cost"].sum().rename("mean").reset_index()
    return costs, totals.assign(half_width=totals["mean"] * 0.03)


def runs_frames(names: tuple[str, ...]) -> tuple[pd.DataFrame, pd.DataFrame]:
    spread = np.random.default_rng(5).normal(0, 1, 60)
    runs = pd.concat(
        [pd.DataFrame({"scenario": name, "value": 8e5 + 1e5 * n + 5e4 * spread}) for n, name in enumerate(names)],
        ignore_index=True,
    )
    rows = []
    for name in names:
        values = runs.loc[runs["scenario"] == name, "value"]
        row = {"scenario": name, "mean": values.mean(), "low": values.mean() - 9e3, "high": values.mean() + 9e3}
        for quantile, at in (("q10", 0.1), ("q90", 0.9)):
            middle = values.quantile(at)
            row |= {quantile: middle, f"{quantile}_low": middle - 2e4, f"{quantile}_high": middle + 2e4}
        rows.append(row)
    return runs, pd.DataFrame(rows)


def network() -> nx.DiGraph:
    graph = nx.DiGraph()
    graph.add_node("requests", layer=0, label="change requests", kind="source", load=None)
    graph.add_node(
        "users", layer=1, label="power users\n3 people", kind="in_house", load=1.24, work="124%", overloaded=True
    )
    graph.add_node(
        "vendor", layer=1, label="vendor\n2 engineers", kind="vendor", load=1.1, work="71% to 110%", overloaded=False
    )
    graph.add_node("done", layer=2, label="done", kind="outcome", load=None)
    graph.add_node("refused", layer=2, label="refused", kind="outcome", load=None)
    flows = [("requests", "users", 6.2), ("requests", "vendor", 3.1), ("users", "vendor", 1.4)]
    flows += [("users", "users", 0.9), ("vendor", "vendor", 0.35), ("users", "done", 4.8)]
    flows += [("vendor", "done", 4.5), ("requests", "refused", 0.3), ("vendor", "requests", 1234.0)]
    for start, end, per_week in flows:
        graph.add_edge(start, end, per_week=per_week)
    return graph


def all_charts(names: tuple[str, ...]) -> dict[str, Callable[[], Figure]]:
    return {
        "backlog": lambda: backlog_chart(backlog_frame(names), backlog_marks(names), TITLE),
        "time": lambda: time_to_done_chart(time_frame(names), 5.0, TITLE),
        "cost": lambda: cost_chart(*cost_frames(names), TITLE, "EUR"),
        "cost, every account": lambda: cost_chart(*cost_frames(names, EVERY_ACCOUNT), TITLE, "EUR"),
        "runs": lambda: runs_chart(*runs_frames(names), TITLE, "total cost (EUR)"),
        "network": lambda: network_chart(network(), TITLE),
    }


CHARTS = tuple(all_charts(ONE))


def drawn(figure: Figure) -> Drawing:
    return Picture("chart", "heading", "caption", lambda: figure).drawn()


def visible_texts(figure: Figure) -> list[Text]:
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]


@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_drawn_twice_is_the_same_to_the_byte(chart, tmp_path):
    draw = all_charts(ROUTE_NAMES)[chart]
    first, second = draw(), draw()
    once, again, anew = drawn(first), drawn(first), drawn(second)
    assert once == again == anew
    assert once.element() == anew.element()
    once.save(tmp_path / "charts")
    svg, png = (tmp_path / "charts" / f"chart.{kind}" for kind in ("svg", "png"))
    assert sorted((tmp_path / "charts").iterdir()) == [png, svg]
    assert (svg.read_bytes(), png.read_bytes()) == (once.svg, once.png)


def test_files_carry_neither_date_nor_version(tmp_path):
    svg, png = save(network_chart(network(), TITLE), tmp_path, "network")
    assert "<dc:date>" not in svg.read_text()
    assert "matplotlib.org" not in svg.read_text().lower()
    assert "Software" not in Image.open(io.BytesIO(png.read_bytes())).info


def test_boxes_stand_in_the_order_of_the_nodes_in_every_process():
    # networkx keeps layers given by attribute as sets, whose order depends on the hash seed of the process
    program = """
import networkx as nx
from changeflow.present.charts.network.boxes import place_boxes
graph = nx.DiGraph()
graph.add_nodes_from(["users", "vendor", "partner", "desk"], layer=1)
boxes = place_boxes(graph, dict.fromkeys(graph, 0.5), 4.8)
print(" ".join(sorted(boxes, key=lambda node: boxes[node].x)))
"""
    for seed in ("1", "2", "3"):
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.split() == ["users", "vendor", "partner", "desk"]


@pytest.mark.parametrize("names", [ONE, ROUTE_NAMES, SIX], ids=["one", "three", "six"])
@pytest.mark.parametrize("chart", CHARTS)
def test_nothing_is_cut_by_the_edge_of_the_sheet(chart, names):
    figure = all_charts(names)[chart]()
    figure.draw_without_rendering()
    drawn = figure.get_tightbbox()  # inches
    width, height = figure.get_size_inches()
    assert drawn.x0 >= -0.01
    assert drawn.y0 >= -0.01
    assert drawn.x1 <= width + 0.01
    assert drawn.y1 <= height + 0.01


@pytest.mark.parametrize("names", [ONE, ROUTE_NAMES, SIX], ids=["one", "three", "six"])
def test_labels_of_marks_never_overlap(names):
    figure = backlog_chart(backlog_frame(names), backlog_marks(names), TITLE)
    labels = [artist for artist in figure.findobj(Annotation) if artist.get_text()]
    assert len(labels) == len(names) + 2
    extents = [Text.get_window_extent(label) for label in labels]
    for one, other in itertools.combinations(extents, 2):
        assert not one.overlaps(other)


def test_labels_of_flows_never_overlap():
    figure = network_chart(network(), TITLE)
    numbers = [text for text in visible_texts(figure) if text.get_text().replace(",", "").replace(".", "").isdigit()]
    assert len(numbers) == 9
    for one, other in itertools.combinations([text.get_window_extent() for text in numbers], 2):
        assert not one.overlaps(other)


def test_a_flow_is_not_written_where_two_arrows_cross():
    graph = nx.DiGraph()
    for name in ("business", "go live"):
        graph.add_node(name, layer=0, label=name, kind="source", load=None)
    for name in ("users", "vendor"):
        graph.add_node(name, layer=1, label=name, kind="in_house", load=0.5, work="50%")
    graph.add_weighted_edges_from(itertools.product(("business", "go live"), ("users", "vendor"), (2.5,)), "per_week")
    boxes = place_boxes(graph, dict.fromkeys(graph, 0.5), 4.8)
    curves = place_arrows(graph, boxes, 4.8)
    figure = network_chart(graph, TITLE)
    inches = figure.axes[0].transData.inverted()
    rooms = [text.get_window_extent() for text in visible_texts(figure) if text.get_text() == "2.5"]
    assert len(rooms) == 4
    height = rooms[0].height / figure.dpi
    for room in rooms:
        x, y = inches.transform(((room.x0 + room.x1) / 2, (room.y0 + room.y1) / 2))
        near = [
            edge
            for edge, curve in curves.items()
            if any(math.dist(along(curve, step / 200), (x, y)) < height / 2 for step in range(201))
        ]
        assert len(near) == 1, near


def test_overload_is_named_and_only_where_it_is():
    texts = [text.get_text() for text in visible_texts(network_chart(network(), TITLE))]
    assert [text.split("\n")[0] for text in texts if "OVERLOADED" in text] == ["power users"]


def test_marks_outside_the_dates_are_left_out():
    marks = [(date(2020, 1, 1), "long ago", None), (date(2026, 6, 1), "today", None)]
    texts = [text.get_text() for text in visible_texts(backlog_chart(backlog_frame(ONE), marks, TITLE))]
    assert "today" in texts
    assert "long ago" not in texts


def test_a_route_has_the_same_colour_everywhere():
    assert colour_of(["both", "mmc", "vendor"])["vendor"] == colour_of(["vendor"])["vendor"]
    figure = backlog_chart(backlog_frame(("both",)), [], TITLE)
    assert ROUTES["both"].colour in {line.get_color() for line in figure.axes[0].lines}


def test_other_names_take_their_colours_in_order_and_differ():
    colours = colour_of(SIX)
    assert list(colours) == list(SIX)
    assert len(set(colours.values())) == 6
    assert colour_of(SIX[:2])[SIX[1]] == colours[SIX[1]]


def test_a_configuration_without_rows_keeps_its_place_in_the_order():
    frame = backlog_frame(SIX)
    frame["scenario"] = pd.Categorical(frame["scenario"], categories=list(SIX))
    rest = frame[frame["scenario"] != SIX[0]]
    drawn = {line.get_color() for line in backlog_chart(rest, [], TITLE).axes[0].lines}
    assert colour_of(SIX)[SIX[5]] in drawn
    assert colour_of(SIX)[SIX[0]] not in drawn


def test_configurations_differ_without_colour_too():
    assert len({look.dashes for look in looks_of(ROUTE_NAMES).values()}) == 3
    assert len({look.dashes for look in looks_of(SIX).values()}) == 6


def test_accounts_come_in_the_fixed_order_and_under_any_spelling(tmp_path):
    costs, totals = cost_frames(("vendor",))
    spelled = costs.assign(account=[account.replace("_", " ") for account in costs["account"]])
    one, _ = save(cost_chart(costs[::-1], totals, TITLE, "EUR"), tmp_path / "one", "cost")
    other, _ = save(cost_chart(spelled, totals, TITLE, "EUR"), tmp_path / "other", "cost")
    assert one.read_bytes() == other.read_bytes()


def test_a_total_without_error_and_a_quantile_without_interval_are_drawn_without():
    costs, totals = cost_frames(("vendor",))
    cost_chart(costs, totals.assign(half_width=np.nan), TITLE, "EUR")
    runs, summary = runs_frames(("vendor",))
    quantiles = [column for column in summary if column.startswith("q")]
    with_all = len(runs_chart(runs, summary, TITLE, "EUR").axes[0].lines)
    without = len(runs_chart(runs, summary.assign(**dict.fromkeys(quantiles, np.nan)), TITLE, "EUR").axes[0].lines)
    assert with_all - without == 4
    unknown = runs_chart(runs, summary.assign(**dict.fromkeys(quantiles, np.nan)), TITLE, "EUR")
    assert not any("1 run in 10" in text.get_text() for text in visible_texts(unknown))


@pytest.mark.parametrize("runs_of_each", [1, 2])
def test_few_or_equal_runs_are_drawn(runs_of_each):
    runs, summary = runs_frames(("vendor",))
    runs_chart(runs.head(runs_of_each), summary, TITLE, "days")
    runs_chart(runs.assign(value=7.0), summary.assign(mean=7.0, low=7.0, high=7.0), TITLE, "days")


def test_requests_done_at_once_are_drawn():
    frame = pd.DataFrame({"scenario": "vendor", "days": [0.0, 1.0], "share": 1.0, "low": 1.0, "high": 1.0})
    time_to_done_chart(frame, None, TITLE)


def test_a_target_beyond_the_slowest_request_is_still_on_the_chart():
    axes = time_to_done_chart(time_frame(ONE), 5000.0, TITLE).axes[0]
    assert axes.get_xlim()[1] > 5000


def test_times_below_two_days_are_told_in_hours():
    quick = time_frame(ONE).assign(days=lambda frame: frame["days"] / 500)
    axes = time_to_done_chart(quick, 0.5, TITLE).axes[0]
    assert "hours" in axes.get_xlabel()
    assert "days" not in axes.get_xlabel()
    assert axes.get_xlim()[1] == pytest.approx(18)  # half as far again as the target of 12 hours
    assert "target: 12 hours" in [text.get_text() for text in axes.texts]
    assert "days" in time_to_done_chart(time_frame(ONE), None, TITLE).axes[0].get_xlabel()


def test_a_curve_that_leaves_out_refused_requests_says_so():
    figure = time_to_done_chart(time_frame(ROUTE_NAMES), None, TITLE, {"power_users": "59% refused"})
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == ["vendor only", "power users only (59% refused)", "both (vendor overflow)"]


def test_the_clouds_stand_where_their_runs_are():
    """A column that knows all names once pushed the clouds out of their rows."""
    runs, summary = runs_frames(ROUTE_NAMES)
    known = [frame.assign(scenario=pd.Categorical(frame["scenario"], ROUTE_NAMES)) for frame in (runs, summary)]
    axes = runs_chart(*known, TITLE, "EUR").axes[0]
    clouds = [cloud.get_paths()[0].get_extents() for cloud in axes.collections if cloud.get_paths()]
    assert [round((cloud.y0 + cloud.y1) / 2, 6) for cloud in clouds] == [0, 1, 2]
    assert all(cloud.height == pytest.approx(0.5, rel=0.05) for cloud in clouds)


def test_drawing_leaves_the_settings_of_matplotlib_alone(tmp_path):
    before = dict(mpl.rcParams)
    save(all_charts(ONE)["backlog"](), tmp_path, "backlog")
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize(
    ("first", "last", "labels"),
    [
        ("2026-03-02", "2026-03-24", ["2 Mar\n2026", "9 Mar", "16 Mar", "24 Mar"]),
        ("2026-03-02", "2026-09-01", ["Apr\n2026", "May", "Jun", "Jul", "Aug", "Sep"]),
        ("2026-03-02", "2029-03-01", ["Jul\n2026", "Jan\n2027", "Jul", "Jan\n2028", "Jul", "Jan\n2029"]),
        ("2020-06-01", "2033-01-01", ["Jan\n2022", "Jan\n2024", "Jan\n2026", "Jan\n2028", "Jan\n2030", "Jan\n2032"]),
    ],
)
def test_dates_on_the_axis_are_few_and_round(first, last, labels):
    assert labels_of(round_dates(pd.Timestamp(first), pd.Timestamp(last))) == labels


def test_charts_in_one_page_share_no_id():
    first, second = (drawn(draw()).element() for draw in list(all_charts(ROUTE_NAMES).values())[:2])
    ids = [{part.split('"')[0] for part in svg.split(' id="')[1:]} for svg in (first, second)]
    assert ids[0]
    assert not ids[0] & ids[1]
    for svg in (first, second):
        assert svg.startswith("<svg")
        assert 'role="img"' in svg
        assert "{stroke-linejoin" in svg
        assert ">*{" not in svg  # an unscoped rule would style the whole page
