"""Who draws the charts: further processes or this one, to the same bytes, whatever becomes of them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from changeflow.present.drawing import studio
from changeflow.present.drawing.drawn import Drawing
from changeflow.present.drawing.studio import Draw, draw_here

MODULE = "tests.unit.sketches"


@contextmanager
def helped(monkeypatch: pytest.MonkeyPatch, helpers: int) -> Iterator[Draw]:
    """With so many helpers, though the library is here already."""
    monkeypatch.setattr(studio, "_worth", lambda wanted: wanted)
    with studio.studio(MODULE, helpers) as draw:
        yield draw


def looks(drawings: list[Drawing]) -> list[tuple[str, str, bytes, bytes]]:
    return [(one.name, one.title, one.svg, one.png) for one in drawings]


def sketches(count: int, **fate: int) -> dict[str, Any]:
    return {"sketches": count, "pid": os.getpid(), **fate}


@pytest.mark.parametrize(("helpers", "count"), [(1, 0), (1, 3), (2, 5)])
def test_others_draw_what_this_process_would(helpers: int, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with helped(monkeypatch, helpers) as draw:
        drawn = draw(sketches(count))
    assert looks(drawn) == looks(draw_here(MODULE, sketches(count)))
    artists = {one.caption for one in drawn}
    assert str(os.getpid()) not in artists
    assert len(artists) <= helpers


@pytest.mark.parametrize(("helpers", "fatal"), [(1, 2), (2, 0), (2, 4)])
def test_a_helper_that_dies_costs_only_its_help(helpers: int, fatal: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with helped(monkeypatch, helpers) as draw:
        drawn = draw(sketches(5, fatal=fatal))
    assert looks(drawn) == looks(draw_here(MODULE, sketches(5)))
    assert drawn[fatal].caption == str(os.getpid())


def test_the_fault_of_a_chart_is_told_by_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    with helped(monkeypatch, 1) as draw, pytest.raises(ValueError, match="sketch 1 cannot be drawn"):
        draw(sketches(3, impossible=1))


def test_what_cannot_be_sent_is_drawn_here(monkeypatch: pytest.MonkeyPatch) -> None:
    with helped(monkeypatch, 1) as draw:
        drawn = draw(sketches(2) | {"rule": lambda: 0})
    assert [one.caption for one in drawn] == [str(os.getpid())] * 2


def no_room(*_: Any) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("lacks", ["a program", "room"])
def test_without_a_second_process_this_one_draws(lacks: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if lacks == "room":
        monkeypatch.setattr(studio.tempfile, "TemporaryFile", no_room)
    else:
        monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with helped(monkeypatch, 2) as draw:
        drawn = draw(sketches(2))
    assert [one.caption for one in drawn] == [str(os.getpid())] * 2


def test_helpers_pay_on_further_cores_and_before_the_library_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "matplotlib.figure", raising=False)
    for cores, helpers in ((1, 0), (2, 2), (8, 3)):
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        assert studio._worth(3) == helpers
    monkeypatch.setitem(sys.modules, "matplotlib.figure", sys)
    assert studio._worth(3) == 0


def test_helpers_end_with_the_studio(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studio, "_worth", lambda wanted: wanted)
    begun = []
    begin = studio.subprocess.Popen

    def noted(*words: Any, **named: Any) -> Any:
        begun.append(begin(*words, **named))
        return begun[-1]

    monkeypatch.setattr(studio.subprocess, "Popen", noted)
    with studio.studio(MODULE, 2):
        assert len(begun) == 2
    assert all(process.poll() is not None for process in begun)
