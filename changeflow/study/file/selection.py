"""The `[selection]` of a study file: by which procedure the best of its scenarios and points is chosen."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from changeflow.model.values.frozen import Positive, Value

PAIRED = ("screen", "mcb", "kim_nelson", "nelson_matejcik")
"""Procedures on the same requests for all systems."""
INDEPENDENT = ("rinott", "gupta", "ocba")
"""Procedures whose systems must share no chance: a system's own name enters the random key."""
OF_A_SIZE = ("screen", "mcb", "gupta")
"""Procedures that judge as many runs of each system as `replications` says; the others ask for what they need."""


class Selecting(Value):
    """How the best system (a scenario at a point) by the primary measure is chosen."""

    procedure: Literal["screen", "mcb", "kim_nelson", "nelson_matejcik", "rinott", "gupta", "ocba"]
    zone: Positive | None = None
    """Differences below this, in the primary measure's unit, do not matter; default: the comparison's smallest
    difference of interest, a share of the baseline's mean over the first stage."""
    first: Annotated[int, Field(ge=3)] | None = None
    """Observations of each system in the first stage (default 20); of two no expected loss can be told."""
    most: Annotated[int, Field(ge=3)] | None = None
    """Observations of a system at most (default 1000); a procedure that asks for more ends without its guarantee."""
    budget: Annotated[int, Field(ge=4)] | None = None
    """Observations of all systems together: what ocba spends."""
    runs_per_observation: Annotated[int, Field(ge=1)] | None = None
    """Runs whose mean is one observation, for normal theory on skewed costs (default 1, or an organisation's runs)."""

    @model_validator(mode="after")
    def _own_keys(self) -> Selecting:
        if (self.procedure == "ocba") != (self.budget is not None):
            raise ValueError("budget, the observations of all systems together, with ocba and only there")
        if self.procedure in OF_A_SIZE:
            strange = [name for name in ("first", "most") if getattr(self, name) is not None]
            if strange:
                raise ValueError(f"no '{strange[0]}' with {self.procedure}, which judges the study's `replications`")
        if self.procedure == "ocba" and self.most is not None:
            raise ValueError("no 'most' with ocba, which spends its budget")
        if self.procedure == "gupta" and self.zone is not None:
            raise ValueError("no 'zone' with gupta, whose subset holds the best whatever its lead")
        if self.most is not None and self.most < self.first_stage:
            raise ValueError(f"most of at least first ({self.first_stage}), found {self.most}")
        return self

    @property
    def independent(self) -> bool:
        """Must the systems share no chance?"""
        return self.procedure in INDEPENDENT

    @property
    def of_a_size(self) -> bool:
        """Is the number of runs the study's own?"""
        return self.procedure in OF_A_SIZE

    @property
    def first_stage(self) -> int:
        """Observations of each system in the first stage."""
        return 20 if self.first is None else self.first

    @property
    def cap(self) -> int:
        """Observations of a system at most."""
        return self.budget or (1000 if self.most is None else self.most)
