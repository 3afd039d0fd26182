"""Component graphs that make no sense: one clear message each, exit 2, nothing written."""

from __future__ import annotations

from pathlib import Path

import pytest

from .program import QUICKLY, TINY, changeflow, refused

DSM = ",a,b,c\na,,0.3,0.1\nb,,,0.4\nc,0.2,,\n"
GRAPHML = """\
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="l" for="edge" attr.name="likelihood" attr.type="double"/>
<key id="c" for="node" attr.name="category" attr.type="string"/>
<graph edgedefault="directed"><node id="a"/><node id="b"/>
<edge source="a" target="b"><data key="l">0.3</data></edge></graph></graphml>
"""
WITH_FILE = '\n[components]\nimpact = 0.5\ndsm = "dsm.csv"\n'
WITH_GRAPHML = WITH_FILE.replace("dsm", "graphml").replace("csv", "xml")
LINKED = """
[components]
impact = 0.5
names = ["orders", "reports"]
edges = [{ from = "orders", to = "reports", likelihood = 0.3 }]
"""
MADE = """
[components]
impact = 0.5
generator = { kind = "modular", components = 12, links = 2, likelihood = 0.2, seed = 1, modules = 3, modularity = 0.8 }
"""

MATRICES: dict[str, tuple[str, tuple[str, ...]]] = {
    "not square: a row too few": (",a,b,c\na,,0.3,0.1\nb,,,0.4\n", ("a square matrix", "2 rows and 3 columns")),
    "not square: a cell too few": (DSM.replace("b,,,0.4", "b,,"), ("dsm.csv:3: b", "3 cells after the name", "2")),
    "without cells": ("a\n", ("a square matrix", "0 rows and 0 columns")),
    "empty": ("", ("a square matrix", "an empty file")),
    "separated by semicolons": (DSM.replace(",", ";"), ("a square matrix", "separated by ';'")),
    "with an unknown name": (DSM.replace("\nb,", "\nbb,"), ("dsm.csv:3: bb", "a name of the first row")),
    "in another order": (
        ",a,b\nb,,0.1\na,0.2,\n",
        ("the same order in the first row and column",),
    ),
    "with a name twice": (",a,a\na,,0.1\na,0.2,\n", ("each component once", "'a' more than once")),
    "with an empty name": (",a,\na,,0.1\n,0.2,\n", ("a name for each row and column",)),
    "with a negative likelihood": (
        DSM.replace("0.3", "-0.3"),
        ("dsm.csv:2: row a, column b", "a likelihood from 0 to 1", "'-0.3'"),
    ),
    "with a likelihood above one": (DSM.replace("0.4", "1.4"), ("dsm.csv:3: row b, column c", "'1.4'")),
    "with a word in a cell": (DSM.replace("0.4", "often"), ("row b, column c", "'often'")),
    "with NaN in a cell": (DSM.replace("0.4", "nan"), ("row b, column c", "'nan'")),
    "with its diagonal filled": (DSM.replace("a,,", "a,0.9,"), ("an empty diagonal", "'0.9'")),
    "with an open quote": (DSM.replace("0.4", '"0.4'), ("dsm.csv: ", "a CSV file in UTF-8")),
}  # fmt: skip

GRAPHS: dict[str, tuple[str, tuple[str, ...]]] = {
    "no XML": ("graph { a -> b }", ("graphml.xml", "a graph in GraphML")),
    "another XML": ("<html><body/></html>", ("a graph in GraphML", "<html>")),
    "without a graph": ("<graphml/>", ("a graph in GraphML",)),
    "cut short": (GRAPHML[:200], ("a graph in GraphML",)),
    "undirected": (GRAPHML.replace('"directed"', '"undirected"'), ("a directed graph", "an undirected one")),
    "with an edge to nowhere": (GRAPHML.replace('target="b"', 'target="bb"'), ("a -> bb", "a node of the graph")),
    "with an edge without likelihood": (
        GRAPHML.replace('<data key="l">0.3</data>', ""),
        ("a -> b", "a likelihood from 0 to 1", "none (no attribute likelihood)"),
    ),
    "with a likelihood above one": (GRAPHML.replace("0.3", "1.3"), ("a -> b", "a likelihood from 0 to 1", "1.3")),
    "with a negative likelihood": (GRAPHML.replace("0.3", "-1"), ("a -> b", "a likelihood from 0 to 1", "-1.0")),
    "with a word as likelihood": (GRAPHML.replace("0.3", "often"), ("a graph in GraphML", "often")),
    "with an edge to itself": (GRAPHML.replace('target="b"', 'target="a"'), ("an edge to itself",)),
    "with a node twice": (GRAPHML.replace('<node id="b"/>', '<node id="b"/><node id="a"/>'), ("each component once",)),
    "with one node": (
        '<graphml><graph edgedefault="directed"><node id="a"/></graph></graphml>', ("at least two nodes",),
    ),
    "with two edges one way": (
        GRAPHML.replace("</graph>", '<edge source="a" target="b"><data key="l">0.1</data></edge></graph>'),
        ("one edge each way",),
    ),
    "with an unknown category": (
        GRAPHML.replace('<node id="a"/>', '<node id="a"><data key="c">dta</data></node>').replace(
            '<node id="b"/>', '<node id="b"><data key="c">data</data></node>'
        ),
        ("graphml.xml: a: expected a category", "'dta'"),
    ),
}  # fmt: skip

SECTIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "none of the forms": ("\n[components]\nimpact = 0.5\n", ("exactly one of dsm, graphml, generator, edges",)),
    "two of the forms": (MADE + 'dsm = "dsm.csv"\n', ("exactly one of dsm, graphml, generator, edges (there are 2)",)),
    "an unknown key": (LINKED + "impct = 1\n", ("components.impct", "did you mean 'impact'?")),
    "an unknown mode": (LINKED + 'mode = "cascad"\n', ("components.mode", "did you mean 'cascade'?")),
    "a link to an unknown name": (
        LINKED.replace('to = "reports"', 'to = "report"'),
        ("model.toml:", "components.edges.0.to", "'report'", "did you mean 'reports'?"),
    ),
    "a link without its end": (LINKED.replace('to = "reports", ', ""), ("components.edges.0.to", "the key is missing")),
    "a link with a misspelt key": (
        LINKED.replace("likelihood", "likelihod"),
        ("components.edges.0.likelihod", "did you mean 'likelihood'?"),
    ),
    "a negative likelihood": (LINKED.replace("0.3", "-0.3"), ("components.edges.0.likelihood", "of at least 0")),
    "a likelihood above one": (LINKED.replace("0.3", "1.3"), ("components.edges.0.likelihood", "of at most 1")),
    "a link to itself": (LINKED.replace('to = "reports"', 'to = "orders"'), ("another component",)),
    "a link twice": (
        LINKED.replace("0.3 }]", '0.3 }, { from = "orders", to = "reports", likelihood = 0.1 }]'),
        ("components.edges.1", "each link once"),
    ),
    "a name twice": (LINKED.replace('"reports"]', '"reports", "orders"]'), ("components.names", "each component once")),
    "links without names": (LINKED.replace('names = ["orders", "reports"]', ""), ("components.names",)),
    "no impact": (LINKED.replace("impact = 0.5", ""), ("components.impact", "an impact for orders -> reports")),
    "a weight of an unknown component": (
        LINKED + "[components.weights]\norder = 1\n",
        ("components.weights.order", "did you mean 'orders'?"),
    ),
    "weights that are all zero": (LINKED + "[components.weights]\ndefault = 0\n", ("a weight above 0",)),
    "a weight for some only": (LINKED + "[components.weights]\norders = 1\n", ("a weight for reports too",)),
    "an unknown category": (
        LINKED + '[components.categories]\ndefault = "dta"\n',
        ("components.categories.orders", "'dta'"),
    ),
    "a category for some only": (
        "\n[categories.orders]\nshare = 1.0\n" + LINKED,
        ("components.categories", "a category for reports too"),
    ),
    "too few components": (MADE.replace("components = 12", "components = 1"), ("components.generator.components",)),
    "too many components": (MADE.replace("components = 12", "components = 999"), ("of at most 200",)),
    "too many modules": (MADE.replace("modules = 3", "modules = 7"), ("at least two components per module",)),
    "modularity above one": (MADE.replace("0.8", "1.8"), ("components.generator.modularity", "of at most 1")),
    "no link at all": (MADE.replace("links = 2", "links = 0"), ("components.generator.links", "of at least 1")),
    "an unknown generator": (MADE.replace('"modular"', '"moduler"'), ("did you mean 'modular'?",)),
    "a knob of another generator": (
        MADE.replace('"modular"', '"hub"'),
        ("components.generator.modules", "a known key"),
    ),
    "follow-ups without end": (
        LINKED.replace("0.3 }]", '1.0 }, { from = "reports", to = "orders", likelihood = 1.0 }]') + "unlimited = true",
        ("components.unlimited", "a spectral radius below 1", "each change draws 1 more after it"),
    ),
    "no limit in another mode": (LINKED + 'unlimited = true\nmode = "clarkson"\n', ("unlimited only in mode cascade",)),
}


def model(folder: Path, text: str) -> None:
    (folder / "model.toml").write_text(TINY + text, encoding="utf-8")


@pytest.mark.parametrize("sentence", MATRICES)
def test_a_matrix_is_refused(sentence: str, tmp_path: Path) -> None:
    content, says = MATRICES[sentence]
    model(tmp_path, WITH_FILE)
    (tmp_path / "dsm.csv").write_text(content, encoding="utf-8")
    refused("run", "model.toml", *QUICKLY, folder=tmp_path, says=("dsm.csv", *says), faults=None)


@pytest.mark.parametrize("sentence", GRAPHS)
def test_graphml_is_refused(sentence: str, tmp_path: Path) -> None:
    content, says = GRAPHS[sentence]
    model(tmp_path, WITH_GRAPHML)
    (tmp_path / "graphml.xml").write_text(content, encoding="utf-8")
    refused("run", "model.toml", *QUICKLY, folder=tmp_path, says=says, faults=None)


@pytest.mark.parametrize("sentence", SECTIONS)
def test_a_section_is_refused(sentence: str, tmp_path: Path) -> None:
    text, says = SECTIONS[sentence]
    model(tmp_path, text)
    refused("run", "model.toml", *QUICKLY, folder=tmp_path, says=("model.toml", *says), faults=None)


@pytest.mark.parametrize("key", ["dsm", "impact_dsm", "graphml"])
def test_a_file_that_is_not_there_is_named_with_its_line(key: str, tmp_path: Path) -> None:
    (tmp_path / "dsm.csv").write_text(DSM)
    text = {
        "dsm": WITH_FILE,
        "graphml": WITH_GRAPHML,
        "impact_dsm": '\n[components]\ndsm = "dsm.csv"\nimpact_dsm = "i.csv"\n',
    }[key]
    model(tmp_path, text.replace("dsm.csv", "other.csv") if key == "dsm" else text)
    done = refused("check", "model.toml", folder=tmp_path, says=(f"components.{key}: expected a file (No such file",))
    assert "model.toml:" in done.err


def test_bytes_are_no_matrix(tmp_path: Path) -> None:
    model(tmp_path, WITH_FILE)
    (tmp_path / "dsm.csv").write_bytes(bytes(range(256)))
    refused("check", "model.toml", folder=tmp_path, says=("dsm.csv", "a CSV file in UTF-8"))


def test_impacts_for_other_components_are_refused(tmp_path: Path) -> None:
    (tmp_path / "dsm.csv").write_text(DSM)
    (tmp_path / "i.csv").write_text(",a,b\na,,1\nb,,\n")
    model(tmp_path, WITH_FILE.replace("impact = 0.5", 'impact_dsm = "i.csv"'))
    refused("check", "model.toml", folder=tmp_path, says=("i.csv: expected the names of dsm.csv in the same order",))


def test_faults_of_a_matrix_and_of_the_model_come_together(tmp_path: Path) -> None:
    model(tmp_path, WITH_FILE)
    text = (tmp_path / "model.toml").read_text().replace("servers = 1", "servers = 0", 1)
    (tmp_path / "model.toml").write_text(text)
    (tmp_path / "dsm.csv").write_text(DSM.replace("0.3", "3").replace("0.4", "4"))
    refused("check", "model.toml", folder=tmp_path, says=("servers", "'3'", "'4'"), faults=3)


def test_a_result_has_the_indices_and_the_pictures(tmp_path: Path) -> None:
    model(tmp_path, WITH_FILE)
    (tmp_path / "dsm.csv").write_text(DSM)
    words = ("--replications", "2", "--workers", "1", "--progress", "none", "--out", "out")
    done = changeflow("compare", "model.toml", "--who", "vendor,power_users", *words, folder=tmp_path)
    assert done.code == 0, done.err
    rows = (tmp_path / "out" / "components.csv").read_text().splitlines()
    assert rows[0].startswith("scenario,component,category,weight,direct_out,direct_in,propagation_index,role,")
    assert [row.split(",")[:2] for row in rows[1:]] == [
        [who, one] for who in ("vendor", "power_users") for one in "abc"
    ]
    assert [row.split(",")[7] for row in rows[1:4]] == ["multiplier", "multiplier", "absorber"]
    pictures = {path.name for path in (tmp_path / "out" / "charts").iterdir()}
    assert {"components.png", "components.svg", "components_risk.png", "components_risk.svg"} <= pictures
    assert not any(name.startswith("components_2") for name in pictures)  # both routes have the same components
    assert "Where changes are risky" in (tmp_path / "out" / "report.html").read_text()


def test_without_components_there_is_no_table_of_them(folder: Path) -> None:
    assert changeflow("run", "tiny.toml", *QUICKLY, "--out", "out", folder=folder).code == 0
    assert not (folder / "out" / "components.csv").exists()


def test_a_copy_brings_its_matrix_along(tmp_path: Path) -> None:
    done = changeflow("new", "mine", "--from", "components", folder=tmp_path)
    assert done.code == 0, done.err
    assert changeflow("check", "mine.toml", folder=tmp_path).code == 0
    refused("new", "yours", "--from", "components", folder=tmp_path, says=("components_dsm.csv", "--force replaces"))
