"""The report: answer first, nothing from elsewhere, text escaped; and how words and numbers are said."""

from __future__ import annotations

import platform
import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib.metadata import PackageNotFoundError, version

import pytest

from changeflow.present.files.report import ReportContent, render_report
from changeflow.present.files.surroundings import installed, machine
from changeflow.present.words.plain import digits, human_time, money, plain, plus_minus

CHART = '<svg xmlns="http://www.w3.org/2000/svg" role="img"><path d="M 0 0"/></svg>'
CONTENT = ReportContent(
    title="changeflow report",
    question="Who should make the changes?",
    answer="Both wins by EUR 155,000 ± 12,000.",
    notes=[("LOAD", "Power users: more work than hours.")],
    headers=["", "average done in", "cost of 3 years"],
    rows=[["vendor only", "5.7 days", "EUR 870,000"], ["both (vendor overflow)", "4.4 days", "EUR 720,000"]],
    charts=[("Backlog", CHART, "Open requests."), ("Cost", CHART, "")],
    assumptions=[("vendor price per hour", "EUR 120", "90 to 160", "assumption")],
    provenance=[("seed", "20261123")],
)


class Elements(HTMLParser):
    """Every start tag, and whether each was closed in order."""

    VOID = frozenset({"meta", "link", "path", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def elements(page: str) -> Elements:
    parser = Elements()
    parser.feed(page)
    parser.close()
    return parser


def test_the_answer_stands_before_table_charts_assumptions_and_provenance():
    page = render_report(CONTENT)
    pieces = [CONTENT.answer, "Power users: more work", "5.7 days", "<svg", "vendor price per hour", "20261123"]
    places = [page.index(piece) for piece in pieces]
    assert places == sorted(places)


def test_the_page_is_well_formed_and_the_same_each_time():
    parsed = elements(render_report(CONTENT))
    assert parsed.open == []
    assert parsed.seen.count("svg") == 2
    assert parsed.seen.count("h1") == 1
    assert render_report(CONTENT) == render_report(CONTENT)


def test_nothing_is_loaded_from_elsewhere_and_no_script_runs():
    page = render_report(CONTENT)
    assert "script" not in elements(page).seen
    assert re.findall(r'(?:src|href)="(?!data:|#)', page) == []
    assert "@import" not in page
    assert "url(" not in page


def test_text_is_escaped_and_only_drawings_are_markup():
    evil = "<script>alert('x')</script> & <b>"
    page = render_report(
        replace(
            CONTENT,
            title=evil,
            question=evil,
            answer=evil,
            notes=[(evil, evil)],
            headers=["", evil],
            rows=[[evil, evil]],
            charts=[(evil, CHART, evil)],
            assumptions=[(evil, evil, evil, evil)],
            provenance=[(evil, evil)],
        )
    )
    assert "<script" not in page
    assert "<b>" not in page
    assert CHART in page


@pytest.mark.parametrize("chart", ["<p>not a drawing</p>", "<svg><SCRIPT>alert(1)</SCRIPT></svg>", ""])
def test_what_is_no_drawing_is_refused(chart):
    with pytest.raises(ValueError, match="SVG"):
        render_report(replace(CONTENT, charts=[("Backlog", chart, "")]))


def test_parts_without_content_leave_no_empty_heading():
    page = render_report(replace(CONTENT, notes=[], rows=[], charts=[], assumptions=[], provenance=[]))
    assert "<h2>" not in page
    assert "<dl>" not in page
    assert CONTENT.answer in page


def test_cells_carry_their_header_for_narrow_screens():
    assert '<td data-label="average done in">5.7 days</td>' in render_report(CONTENT)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("vendor", "vendor only"),
        ("power_users", "power users only"),
        ("both", "both (vendor overflow)"),
        ("partly_open/power_users", "partly open: power users only"),
        ("sojourn_time_hours", "time to done"),
        ("sojourn_time_hours.p90", "time to done, 9 in 10"),
        ("utilisation.key_users", "share of open hours spent working, key users"),
        ("waiting_time_hours@process_change", "time spent waiting (process change)"),
        ("offered_load", "work arriving against hours available"),
        ("replications", "simulated runs"),
        ("archetype", "kind of system"),
        ("never_heard_of", "never heard of"),
        ("model.v2", "model.v2"),
    ],
)
def test_formal_words_are_said_plainly(word, said):
    assert plain(word) == said


@pytest.mark.parametrize(
    ("mean", "half_width", "said"),
    [
        (12.3456, 0.2, "12.3"),
        (12.3456, 0.0012, "12.346"),
        (12345.0, 300.0, "12,300"),
        (1234567.0, 5.0, "1,234,567"),
        (3.0, 40.0, "0"),
        (-0.04, 0.3, "0.0"),
        (-12.34, 1.0, "-12"),
        (12.3456, 0.0, "12.35"),
        (12.0, 0.0, "12"),
        (1200.0, 0.0, "1,200"),
        (0.00123, 0.0, "0.0012"),
        (0.0, 0.0, "0"),
        (5.0, float("nan"), "5"),
        (float("nan"), 1.0, "not available"),
        (float("inf"), 1.0, "not available"),
    ],
)
def test_no_digit_beyond_the_error(mean, half_width, said):
    assert digits(mean, half_width) == said


@pytest.mark.parametrize(
    ("mean", "half_width", "said"),
    [
        (12.3456, 0.21, "12.3 ± 0.2"),
        (12.3456, 0.2, "12.3 ± 0.2"),
        (12345.0, 270.0, "12,300 ± 300"),
        (12.0, 0.96, "12.0 ± 1.0"),
        (12.0, 0.0, "12"),
    ],
)
def test_mean_and_half_width_end_at_the_same_digit(mean, half_width, said):
    assert plus_minus(mean, half_width) == said


@pytest.mark.parametrize(
    ("amount", "half_width", "said"),
    [
        (1234567.8, 0.0, "EUR 1,234,568"),
        (1234567.8, 21000.0, "EUR 1,230,000"),
        (12.345, 0.0001, "EUR 12.35"),
        (float("nan"), 0.0, "not available"),
    ],
)
def test_money_has_thousands_and_no_digit_beyond_the_error(amount, half_width, said):
    assert money(amount, "EUR", half_width) == said


@pytest.mark.parametrize(
    ("hours", "half_width", "said"),
    [
        (7.5, 0.0, "7.5 hours"),
        (1.0, 0.0, "1 hour"),
        (48.0, 0.0, "2 days"),
        (137.25, 3.0, "5.7 days"),
        (24.0 * 400, 24.0 * 20, "400 days"),
        (float("nan"), 1.0, "not available"),
    ],
)
def test_times_come_in_the_unit_people_use(hours, half_width, said):
    assert human_time(hours, half_width) == said


def test_versions_and_machine_are_what_the_slow_ways_say() -> None:
    for name in ("numpy", "scipy", "pandas", "jinja2"):
        assert installed(name) == version(name)
    with pytest.raises(PackageNotFoundError):
        installed("no-such-library")
    assert machine() in platform.platform() or platform.system() != "Linux"
