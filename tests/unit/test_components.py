"""The component graph of a model: whichever form it is given in, the same arrays; generators; flexibility."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from changeflow.model.components.generators import generated
from changeflow.model.components.graph import ComponentGraph
from changeflow.model.components.propagation import effective_likelihood
from changeflow.model.components.section import Hub, Layered, Modular
from changeflow.model.expected.component_roles import analysed
from changeflow.model.expected.flexibility import flexibility_by_category
from changeflow.model.reading import read_model
from changeflow.model.schema import Model
from tests.unit.small import DESK, model_of

TWO = "[categories.data]\nshare = 0.5\n[categories.report]\nshare = 0.5\n"
EDGES = """\
[components]
names = ["data", "orders", "report"]
impact = 0.5
edges = [
    { from = "data", to = "orders", likelihood = 0.3 },
    { from = "orders", to = "report", likelihood = 0.4, impact = 0.2 },
]
"""
MAPPED = '[components.categories]\norders = "data"\n'
LIKELIHOOD = [[0, 0.3, 0], [0, 0, 0.4], [0, 0, 0]]
IMPACT = [[0, 0.5, 0], [0, 0, 0.2], [0, 0, 0]]


def graph_of(model: Model) -> ComponentGraph:
    assert model.component_graph is not None
    return model.component_graph


def same(one: ComponentGraph, other: ComponentGraph) -> bool:
    return one.digest == other.digest


def test_links_in_the_file() -> None:
    graph = graph_of(model_of(DESK + EDGES))
    assert graph.names == ("data", "orders", "report")
    assert graph.likelihood.tolist() == LIKELIHOOD
    assert graph.impact.tolist() == IMPACT
    assert graph.category.tolist() == [-1, -1, -1]
    assert (graph.mode, graph.unlimited, graph.links) == ("cascade", False, 2)


def test_a_model_without_components_has_no_graph() -> None:
    assert model_of(DESK).component_graph is None
    assert analysed(model_of(DESK)) is None


def test_a_matrix_in_a_file_says_the_same(tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text(",data,orders,report\ndata,,0.3,\norders,0,,0.4\nreport,,,\n")
    (tmp_path / "i.csv").write_text("x,data,orders,report\ndata,,0.5,\norders,,,0.2\nreport,,,\n")
    (tmp_path / "t.csv").write_text(",data,orders,report\ndata,,,\norders,0.3,,\nreport,,0.4,\n")
    (tmp_path / "it.csv").write_text(",data,orders,report\ndata,,,\norders,0.5,,\nreport,,0.2,\n")
    expected = graph_of(model_of(DESK + EDGES))
    rows = DESK + '[components]\ndsm = "l.csv"\nimpact_dsm = "i.csv"\n'
    columns = DESK + '[components]\ninitiators = "columns"\ndsm = "t.csv"\nimpact_dsm = "it.csv"\n'
    for text in (rows, columns):
        assert same(graph_of(model_of(text, tmp_path / "model.toml")), expected)


def test_graphml_says_the_same_and_carries_categories_and_weights(tmp_path: Path) -> None:
    graph = nx.DiGraph()
    for name, category, weight in (("data", "data", 1.0), ("orders", "data", 3.0), ("report", "report", 1.0)):
        graph.add_node(name, category=category, weight=weight)
    graph.add_edge("data", "orders", likelihood=0.3, impact=0.5)
    graph.add_edge("orders", "report", likelihood=0.4, impact=0.2)
    nx.write_graphml(graph, tmp_path / "g.graphml")
    model = model_of(DESK + TWO + '[components]\ngraphml = "g.graphml"\n', tmp_path / "model.toml")
    weights = "[components.weights]\norders = 3\ndefault = 1\n"
    assert same(graph_of(model), graph_of(model_of(DESK + TWO + EDGES + MAPPED + weights)))
    assert graph_of(model).start_shares(0).tolist() == [0.25, 0.75, 0]
    assert graph_of(model).start_shares(1).tolist() == [0, 0, 1]


def test_a_component_takes_the_category_of_its_name_and_the_table_says_the_rest() -> None:
    assert graph_of(model_of(DESK + TWO + EDGES + MAPPED)).category.tolist() == [0, 0, 1]


def test_requests_begin_anywhere_where_components_have_no_category() -> None:
    graph = graph_of(model_of(DESK + EDGES))
    assert graph.start_shares(0) == pytest.approx([1 / 3] * 3)


def test_what_is_in_the_files_is_in_the_digest(tmp_path: Path) -> None:
    """And a model that was read keeps its graph whatever becomes of the file."""
    file = tmp_path / "model.toml"
    file.write_text(DESK + '[components]\nimpact = 0.5\ndsm = "l.csv"\n')
    (tmp_path / "l.csv").write_text(",a,b\na,,0.3\nb,,\n")
    first = read_model(file)
    (tmp_path / "l.csv").write_text(",a,b\na,,0.4\nb,,\n")
    assert read_model(file).digest() != first.digest()
    assert same(graph_of(first.with_({"horizon_days": 20})), graph_of(first))
    assert first.with_({"components.impact": 0.6}).digest() != first.digest()


def test_a_path_in_an_option_is_relative_to_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "model.toml").write_text(DESK + '[components]\nimpact = 0.5\ndsm = "none.csv"\n')
    (tmp_path / "here" / "mine.csv").write_text(",a,b\na,,0.3\nb,,\n")
    monkeypatch.chdir(tmp_path / "here")
    assert graph_of(read_model("../model.toml", ["components.dsm=mine.csv"])).names == ("a", "b")


def test_arrays_cannot_be_changed() -> None:
    graph = graph_of(model_of(DESK + EDGES))
    for array in (graph.likelihood, graph.impact, graph.category, graph.weight):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


@pytest.mark.parametrize("seed", range(4))
def test_layers_reach_the_next_one_only(seed: int) -> None:
    names, layers, links = generated(Layered(kind="layered", components=14, links=2, likelihood=0.2, seed=seed))
    order = ("data", "process", "event", "algorithm", "report", "analytics")
    assert len(names) == len(set(names)) == 14
    assert [layers.count(layer) for layer in order] == [3, 3, 2, 2, 2, 2]
    assert links
    for start, end in links:
        assert order.index(layers[end]) == order.index(layers[start]) + 1
    starts = [start for start, _ in links]
    assert all(starts.count(number) == 2 for number, layer in enumerate(layers) if layer != "analytics")


def test_layers_are_categories_where_the_model_has_them() -> None:
    six = ("data", "process", "event", "algorithm", "report", "analytics")
    categories = "".join(f"[categories.{name}]\nshare = {share}\n" for name, share in zip(six, [0.5] + [0.1] * 5))
    generator = 'generator = { kind = "layered", components = 7, links = 1, likelihood = 0.2, seed = 1 }\n'
    text = DESK + categories + "[components]\nimpact = 0.5\n" + generator
    assert graph_of(model_of(text)).category.tolist() == [0, 0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("seed", range(4))
def test_hubs_reach_more_than_chance_would_give_them(seed: int) -> None:
    _, _, links = generated(Hub(kind="hub", components=60, links=2, likelihood=0.2, seed=seed))
    assert len(links) == len(set(links)) == 1 + 2 * 58
    assert all(start < end for start, end in links)
    out = sorted((sum(start == number for start, _ in links) for number in range(60)), reverse=True)
    assert sum(out[:6]) > 0.4 * len(links)


def test_modularity_is_the_share_of_links_that_stay() -> None:
    def stay(modularity: float) -> float:
        knobs = Modular(
            kind="modular", components=60, links=3, likelihood=0.2, seed=5, modules=6, modularity=modularity
        )
        names, _, links = generated(knobs)
        module = [name.partition("-")[0] for name in names]
        assert len(set(links)) == len(links) == 180
        assert not any(start == end for start, end in links)
        return float(np.mean([module[start] == module[end] for start, end in links]))

    assert (stay(0.0), stay(1.0)) == (0, 1)
    assert stay(0.7) == pytest.approx(0.7, abs=0.1)


def test_a_seed_is_a_graph() -> None:
    made = [generated(Hub(kind="hub", components=30, links=2, likelihood=0.2, seed=seed)) for seed in (1, 1, 2)]
    assert made[0] == made[1] != made[2]


def test_flexibility_scales_what_goes_out_of_a_component() -> None:
    graph = graph_of(model_of(DESK + TWO + EDGES + MAPPED))
    found = effective_likelihood(graph, np.array([0.25, 1.0]))
    assert found.tolist() == [[0, 0.3 * 0.75, 0], [0, 0, 0.4 * 0.75], [0, 0, 0]]
    assert not effective_likelihood(graph, np.array([1.0, 0.0])).any()


def test_a_component_without_category_has_the_flexibility_of_what_began_the_change() -> None:
    graph = graph_of(model_of(DESK + EDGES))
    flexibility = np.array([0.5, 0.1])
    assert effective_likelihood(graph, flexibility, root=1)[0, 1] == pytest.approx(0.27)
    assert effective_likelihood(graph, flexibility)[0, 1] == pytest.approx(0.21)


@pytest.mark.parametrize(
    ("given", "expected"),
    [("", [0, 0]), ("flexibility = 0.4", [0.4, 0.4]), ("flexibility = { data = 0.6, default = 0.1 }", [0.6, 0.1])],
)
def test_flexibility_is_that_of_the_system(given: str, expected: list[float]) -> None:
    assert flexibility_by_category(model_of(f"{DESK}{TWO}[system]\n{given}\n")).tolist() == expected


def test_roles_follow_from_the_index() -> None:
    """data sends .3 and gets nothing, orders .4 and .3 (1 / 7), report only gets."""
    found = analysed(model_of(DESK + EDGES))
    assert found is not None
    assert [one.index for one in found.components] == pytest.approx([1, 0.1 / 0.7, -1])
    assert [one.role for one in found.components] == ["multiplier", "multiplier", "absorber"]
    assert found.components[0].reaches == pytest.approx(0.3 + 0.12)
    assert found.components[0].risk == pytest.approx(0.15 + 0.3 * 0.08)


def test_equal_in_and_out_carries_and_no_links_is_apart() -> None:
    text = EDGES.replace('"report"]', '"report", "alone"]').replace("likelihood = 0.4", "likelihood = 0.3")
    found = analysed(model_of(DESK + text))
    assert found is not None
    assert [one.role for one in found.components] == ["multiplier", "carrier", "absorber", "apart"]


def test_generated_graphs_have_one_likelihood_and_one_impact() -> None:
    for kind in ("layered", "hub"):
        generator = f'generator = {{ kind = "{kind}", components = 24, links = 3, likelihood = 0.2, seed = 3 }}\n'
        graph = graph_of(model_of(DESK + "[components]\nimpact = 0.3\n" + generator))
        assert not graph.likelihood.diagonal().any()
        assert set(np.unique(graph.likelihood)) == {0.0, 0.2}
        assert np.array_equal(graph.impact, np.where(graph.likelihood > 0, 0.3, 0.0))
