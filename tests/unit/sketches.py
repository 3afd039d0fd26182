"""Pictures for the tests of who draws them: results say how many there are, and what befalls whom."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from typing import Any

from matplotlib.figure import Figure

from changeflow.present.drawing.figures import Picture


def pictures(results: dict[str, Any]) -> Iterator[Picture]:
    """So many sketches; a helper dies of one of them, and one cannot be drawn by anybody."""
    for number in range(results["sketches"]):
        yield Picture(f"sketch{number}", f"Sketch {number}", str(os.getpid()), partial(_sketch, number, results))


def _sketch(number: int, results: dict[str, Any]) -> Figure:
    if number == results.get("fatal") and os.getpid() != results["pid"]:
        os._exit(9)
    if number == results.get("impossible"):
        raise ValueError(f"sketch {number} cannot be drawn")
    figure = Figure(figsize=(1, 1))
    figure.suptitle(f"{number}")
    figure.add_subplot().plot(range(number + 2))
    return figure
