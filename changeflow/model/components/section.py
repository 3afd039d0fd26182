"""The parts of the system that changes pass between, as a model file gives them: a file, a generator, or links."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, model_validator

from changeflow.model.values.frozen import ListOf, NamedOf, NonNegative, Share, Value

MOST_COMPONENTS = 200
FORMS = ("dsm", "graphml", "generator", "edges")
FILES = ("dsm", "impact_dsm", "graphml")
"""Keys that name a file beside the model."""

Mode = Literal["cascade", "clarkson", "off"]


class Link(Value):
    """A change of one component may make a change of another one necessary."""

    source: str = Field(alias="from")
    to: str
    likelihood: Share
    """Chance that a change of `from` draws a change of `to` after it."""
    impact: Share | None = None
    """Work of the change that follows, as a share of the work of the one before; else the impact of all."""


class _Generator(Value):
    components: Annotated[int, Field(ge=2, le=MOST_COMPONENTS)]
    links: Annotated[int, Field(ge=1, le=MOST_COMPONENTS)]
    """Links per component; fewer where there are not as many others to link to."""
    likelihood: Share
    """Of every link."""
    seed: int


class Layered(_Generator):
    """Data, process, event, algorithm, report, analytics: each component may reach some of the next layer."""

    kind: Literal["layered"]
    components: Annotated[int, Field(ge=6, le=MOST_COMPONENTS)]


class Hub(_Generator):
    """Each component depends on some that were there before, rather on those that many depend on already.

    Preferential attachment (Barabasi, Albert 1999): few hubs whose changes reach many.
    """

    kind: Literal["hub"]


class Modular(_Generator):
    """Modules; of the links of a component the share `modularity` stays within its own, on average."""

    kind: Literal["modular"]
    modules: Annotated[int, Field(ge=2, le=MOST_COMPONENTS // 2)]
    modularity: Share

    @model_validator(mode="after")
    def _room(self) -> Modular:
        if 2 * self.modules > self.components:
            raise ValueError(f"at least two components per module ({2 * self.modules} or more)")
        return self


Generator = Annotated[Layered | Hub | Modular, Discriminator("kind")]
GENERATORS: dict[str, type[_Generator]] = {"layered": Layered, "hub": Hub, "modular": Modular}


class Components(Value):
    """A component graph, and what is done with it."""

    mode: Mode = "cascade"
    """cascade: a change draws simulated changes of other components after it; clarkson: no further requests, but each
    change takes as much more work as its combined risk says (`clarkson.py`); off: analysis only."""
    unlimited: bool = False
    """In a cascade a component may be changed again and again; else at most once per change that began it."""
    dsm: str | None = None
    """CSV file, square: names in the first row and column, likelihoods in the cells, empty for none."""
    initiators: Literal["rows", "columns"] = "rows"
    """Whose change may reach the other: row -> column, or column -> row (as Clarkson and others draw it)."""
    impact_dsm: str | None = None
    """CSV file of the same shape, with impacts."""
    graphml: str | None = None
    """GraphML file, directed: edges with likelihood and impact, nodes with category and weight."""
    generator: Generator | None = None
    names: ListOf[str] = ()
    """The components that `edges` link."""
    edges: ListOf[Link] = ()
    impact: Share | None = None
    """Impact of every link that has none of its own."""
    categories: NamedOf[str] = {}
    """Category of each component (or `default`); else the one of the same name. None: as the change before."""
    weights: NamedOf[NonNegative] = {}
    """How often requests begin at each component (or `default`), relative to the others of its category; else alike."""

    @model_validator(mode="after")
    def _one_form(self) -> Components:
        given = [name for name in FORMS if getattr(self, name)]
        if len(given) != 1:
            raise ValueError("exactly one of " + ", ".join(FORMS) + (f" (there are {len(given)})" if given else ""))
        if self.names and not self.edges:
            raise ValueError("names only with edges")
        if self.impact_dsm and (not self.dsm or self.impact is not None):
            raise ValueError("impact_dsm only with dsm, and without impact")
        if self.unlimited and self.mode != "cascade":
            raise ValueError("unlimited only in mode cascade")
        return self
