"""The `[variance_reduction]` of a study file."""

from __future__ import annotations

from pydantic import model_validator

from changeflow.model.values.frozen import Value


class VarianceReduction(Value):
    """Beside common random numbers, which every study has; what it gains is measured and printed."""

    controls: bool = False
    """Means are corrected by what is known of arrivals and of the luck of work (control variates)."""
    antithetic: bool = False
    """Runs come in pairs with opposite luck: every uniform u of the one is 1 - u in the other."""

    @model_validator(mode="after")
    def _some(self) -> VarianceReduction:
        if not (self.controls or self.antithetic):
            raise ValueError("controls = true, antithetic = true, or both")
        return self
