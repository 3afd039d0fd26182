"""The component graph and its risk matrix: the same bytes each time, nothing cut, the finding's component shown."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from changeflow.model.expected.component_roles import Analysis, analysed
from changeflow.model.reading import read_model
from changeflow.present.charts.components import MOST_IN_A_PICTURE, ROLE_LOOKS, graph_chart, risk_chart
from changeflow.present.comparison.component_tables import component_graph_of, graph_title, risk_title
from changeflow.present.drawing.figures import save
from tests.unit.small import DESK, model_of

MANY = """\
[components]
impact = 0.5
generator = { kind = "modular", components = 40, links = 3, likelihood = 0.2, seed = 1, modules = 4, modularity = 0.8 }
"""
NONE = '[components]\nimpact = 0.5\nnames = ["a", "b"]\nedges = [{ from = "a", to = "b", likelihood = 0 }]\n'


def analysis(which: str) -> Analysis:
    found = analysed(
        read_model("components") if which == "few" else model_of(DESK + (MANY if which == "many" else NONE))
    )
    assert found is not None
    return found


def both(found: Analysis) -> dict[str, Figure]:
    return {
        "graph": graph_chart(component_graph_of(found), graph_title(found)),
        "risk": risk_chart(found.graph.names, found.combined.risk, risk_title(found)),
    }


def texts(figure: Figure) -> list[Text]:
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]


@pytest.mark.parametrize("which", ["few", "many", "none"])
def test_nothing_is_cut_and_every_drawing_is_the_same(which: str, tmp_path: Path) -> None:
    found = analysis(which)
    for (name, figure), again in zip(both(found).items(), both(found).values(), strict=True):
        first = [file.read_bytes() for file in save(figure, tmp_path / "a", name)]
        assert first == [file.read_bytes() for file in save(again, tmp_path / "b", name)]
        figure.draw_without_rendering()
        drawn, (width, height) = figure.get_tightbbox(), figure.get_size_inches()
        assert min(drawn.x0, drawn.y0) >= -0.01
        assert drawn.x1 <= width + 0.01
        assert drawn.y1 <= height + 0.01


@pytest.mark.parametrize("which", ["few", "many"])
def test_names_on_the_circle_never_overlap(which: str) -> None:
    figure = both(analysis(which))["graph"]
    figure.draw_without_rendering()
    names = [text.get_window_extent() for text in figure.axes[0].texts]
    assert len(names) == (7 if which == "few" else MOST_IN_A_PICTURE)
    for number, one in enumerate(names):
        assert not any(one.overlaps(other) for other in names[number + 1 :])


def test_the_titles_say_the_finding_and_their_components_are_drawn() -> None:
    found = analysis("many")
    figures = both(found)
    top = max(found.components, key=lambda one: one.reaches).name
    assert figures["graph"].get_suptitle().replace("\n", " ").startswith(f"A change of {top} spreads farthest")
    assert top in [text.get_text() for text in figures["graph"].axes[0].texts]
    start, end = (found.graph.names[number] for number in found.riskiest)
    assert f"a change of {start} brings" in figures["risk"].get_suptitle().replace("\n", " ")
    shown = [text.get_text() for text in texts(figures["risk"])]
    assert {start, end} <= set(shown)
    assert any("16 of 40 left out" in text for text in shown)


def test_what_is_drawn_is_what_was_found() -> None:
    found = analysis("few")
    graph = component_graph_of(found)
    assert nx.number_of_edges(graph) == found.graph.links == 22
    assert dict(graph.nodes(data="role")) == {one.name: one.role for one in found.components}
    numbers = [text.get_text() for text in both(found)["risk"].axes[0].texts]
    assert len(numbers) == np.count_nonzero(found.combined.risk >= 0.005)
    assert f"{found.combined.risk.max():.2f}" in numbers


def test_a_graph_without_likelihoods_says_so() -> None:
    found = analysis("none")
    assert graph_title(found) == "No change draws another one after it"
    assert [one.role for one in found.components] == ["apart", "apart"]
    assert ROLE_LOOKS["apart"][2] in [text.get_text() for text in texts(both(found)["graph"])]
