"""Two-level fractional factorials: some factors are set to the product of others, and who is mixed up with whom.

A factor's column is the product of basic columns, coded as the bits of a number; a product of factors is then the
exclusive or of their codes, and a word of the defining relation is a set of factors whose codes cancel
(Box, Hunter and Hunter 2005, chapter 6). The codes are chosen greedily, the smallest number that keeps the resolution:
a lexicographic code (Conway and Sloane 1986), which for these sizes is as short as the tables have it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from changeflow.errors import PlanError

LETTERS = "ABCDEFGHJKLMNOPQRSTUVWXYZ"  # without I, the identity
MOST = len(LETTERS)


@dataclass(frozen=True, slots=True)
class Fraction:
    """A 2^(k-p) design: `codes` has a factor's basic columns as bits."""

    codes: tuple[int, ...]

    @property
    def basic(self) -> int:
        """Number of basic columns: there are 2^basic points."""
        return max(self.codes).bit_length()

    @property
    def signs(self) -> list[tuple[int, ...]]:
        """A row a point: 0 for a factor's low level, 1 for its high one; the first basic factor changes fastest."""
        return [tuple(_level(code, point) for code in self.codes) for point in range(2**self.basic)]

    @property
    def resolution(self) -> int | None:
        """The length of the shortest word of factors that cancel; None for a full factorial."""
        return next((size for size in range(1, len(self.codes) + 1) if _cancels(self.codes, size)), None)

    @property
    def aliases(self) -> list[tuple[str, ...]]:
        """Main effects and pairs, in letters, that no such design can tell apart."""
        chains: dict[int, list[str]] = {}
        places = range(len(self.codes))
        for effect in (*((i,) for i in places), *itertools.combinations(places, 2)):
            chains.setdefault(_product(self.codes[i] for i in effect), []).append("".join(LETTERS[i] for i in effect))
        return [tuple(chain) for chain in chains.values() if len(chain) > 1]


def fraction_of(factors: int, resolution: int, generators: Sequence[str] = ()) -> Fraction:
    """The smallest fraction of a resolution, or the one that generators such as "D=ABC" give.

    Raises PlanError for no or too many factors, and for generators that make no sense.
    """
    if not 1 <= factors <= MOST:
        raise PlanError(f"a fractional design: expected 1 to {MOST} factors, found {factors}")
    return _generated(factors, generators) if generators else Fraction(_lexicode(factors, resolution))


def _lexicode(factors: int, resolution: int) -> tuple[int, ...]:
    """Codes of which no fewer than `resolution` cancel; `taken` has all products of up to resolution - 2 of them."""
    codes: list[int] = []
    products: list[set[int]] = [{0}, *(set() for _ in range(resolution - 2))]
    code = 1
    while len(codes) < factors:
        if not any(code in some for some in products):
            for size in range(resolution - 2, 0, -1):
                products[size] |= {product ^ code for product in products[size - 1]}
            codes.append(code)
        code += 1
    return tuple(codes)


def _generated(factors: int, generators: Sequence[str]) -> Fraction:
    made: dict[int, str] = {}
    for generator in generators:
        name, _, product = generator.replace(" ", "").upper().partition("=")
        if len(name) != 1 or not product or any(letter not in LETTERS[:factors] for letter in name + product):
            raise PlanError(
                f"design.generators: expected a text such as 'D=ABC' of the letters {LETTERS[:factors]}, "
                f"found '{generator}'"
            )
        if LETTERS.index(name) in made:
            raise PlanError(f"design.generators: expected one generator for {name}, found '{generator}' too")
        made[LETTERS.index(name)] = product
    basic = [place for place in range(factors) if place not in made]
    codes = {place: 1 << bit for bit, place in enumerate(basic)}
    for place, product in made.items():
        strange = [letter for letter in product if LETTERS.index(letter) in made]
        if strange:
            raise PlanError(f"design.generators: expected products of basic factors, found {strange[0]} in '{product}'")
        codes[place] = _product(codes[LETTERS.index(letter)] for letter in product)
    fraction = Fraction(tuple(codes[place] for place in range(factors)))
    if (fraction.resolution or factors) < 3:
        raise PlanError("design.generators: expected factors that can be told apart (resolution 3), found two alike")
    return fraction


def _level(code: int, point: int) -> int:
    """The product of the basic columns: high where an even number of them is low."""
    return (1 + (code & ~point).bit_count()) % 2


def _cancels(codes: Sequence[int], size: int) -> bool:
    return any(_product(word) == 0 for word in itertools.combinations(codes, size))


def _product(codes: Iterable[int]) -> int:
    found = 0
    for code in codes:
        found ^= code
    return found
