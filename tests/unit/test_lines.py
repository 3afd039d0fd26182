"""The line of a key in a model file."""

import pytest

from changeflow.model.file.lines import line_of

TEXT = """\
title = "x"
"quoted key" = 1
go.dotted = 3

[stations.desk]
servers = 2
service_hours = { law = "exponential", mean = 1 }
calendars = [
    "a", # a comment between
    "b",
]

[stations.desk.acceptance]
rework_probability = 0.2

[[steps]]
name = "one"
[[steps]]
name = "two"

[assumptions]
"stations.desk.servers" = { low = 1, high = 4 }
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 1),
        (("quoted key",), 2),
        (("go", "dotted"), 3),
        (("stations", "desk"), 5),
        (("stations",), 5),
        (("stations", "desk", "servers"), 6),
        (("stations", "desk", "service_hours", "mean"), 7),
        (("stations", "desk", "calendars"), 8),
        (("stations", "desk", "calendars", 0), 9),
        (("stations", "desk", "calendars", 1), 10),
        (("stations", "desk", "acceptance"), 13),
        (("stations", "desk", "acceptance", "rework_probability"), 14),
        (("steps", 0, "name"), 17),
        (("steps", 1, "name"), 19),
        (("assumptions", "stations.desk.servers", "high"), 22),
    ],
)
def test_a_key_is_found_on_its_line(path: tuple[str | int, ...], line: int) -> None:
    assert line_of(TEXT, path) == line


def test_a_key_that_does_not_stand_there_is_where_its_parent_is() -> None:
    assert line_of(TEXT, ("stations", "desk", "speed")) == 5
    assert line_of(TEXT, ("stations", "vendor", "speed")) == 5
    assert line_of(TEXT, ("routing",)) is None
