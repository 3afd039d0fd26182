"""How each configuration looks in every chart: colour, and dashes and marker for paper without colour."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.colors import to_hex, to_rgb

if TYPE_CHECKING:
    import pandas as pd

Dashes = tuple[float, ...]
"""Lengths of dash and gap in line widths; empty is a full line."""


@dataclass(frozen=True, slots=True)
class Look:
    """One configuration's colour and what replaces colour on grey paper."""

    colour: str
    dashes: Dashes
    marker: str


# The lightness of the three routes differs by 12 and more (CIELAB), and every pair stays far apart (colour
# difference above 25) under simulated protanopia, deuteranopia and tritanopia.
ROUTES = {
    "vendor": Look("#C8501E", (), "o"),
    "power_users": Look("#0B4F94", (5, 1.6), "s"),
    "both": Look("#2AA88F", (5, 1.4, 1.2, 1.4), "^"),
}
OTHERS = (
    Look("#A67C00", (), "o"),
    Look("#6A3FD0", (5, 1.6), "s"),
    Look("#730B0B", (5, 1.4, 1.2, 1.4), "^"),
    Look("#4DA3BF", (1.3, 1.3), "D"),
    Look("#D9579A", (8, 2), "v"),
    Look("#2B1740", (3, 1.2, 1.2, 1.2, 1.2, 1.2), "P"),
)

INK = "#222222"
QUIET = "#6B6B6B"
FAINT = "#D9D9D9"
PAPER = "#FFFFFF"


def looks_of(names: Iterable[str]) -> dict[str, Look]:
    """The look of each configuration: routes have fixed ones, others take theirs in the order given."""
    looks: dict[str, Look] = {}
    others = 0
    for name in names:
        if name in ROUTES:
            looks[name] = ROUTES[name]
        elif name not in looks:
            looks[name] = OTHERS[others % len(OTHERS)]
            others += 1
    return looks


def text_colour(colour: str) -> str:
    """A darker shade of a configuration's colour: small type needs more contrast than a line does."""
    red, green, blue = to_rgb(colour)
    return to_hex((0.7 * red, 0.7 * green, 0.7 * blue))


def colour_of(names: Iterable[str]) -> dict[str, str]:
    """The colour of each configuration, the same in every chart that is given the same names."""
    return {name: look.colour for name, look in looks_of(names).items()}


def names_in(column: pd.Series) -> list[str]:
    """The configurations in order; a categorical column also keeps those without rows, so colours stay."""
    import pandas as pd  # noqa: PLC0415  a slow import: there already where there is a column

    if isinstance(column.dtype, pd.CategoricalDtype):
        return [str(name) for name in column.cat.categories]
    return [str(name) for name in column.unique()]
