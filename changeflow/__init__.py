"""changeflow: who should make the changes that a system asks for after go-live?

import changeflow as cf

model = cf.read_model("partly_open")
plan = cf.Plan.of(cf.routes(model, "vendor", "both"), replications=50, seed=7)
results = cf.compare(plan)
cf.write_report(results, "out")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_FACE = {
    "Model": "changeflow.model.schema",
    "Plan": "changeflow.study.scenarios.plan",
    "Results": "changeflow.study.estimates.results",
    "check": "changeflow.present.story.checking",
    "compare": "changeflow.study.scenarios.compare",
    "read_model": "changeflow.model.reading",
    "routes": "changeflow.study.scenarios.plan",
    "routing_rule": "changeflow.model.requests.routing_rule",
    "run": "changeflow.study.scenarios.compare",
    "simulate": "changeflow.engine.simulate",
    "write_report": "changeflow.present.comparison.results_folder",
}
__all__ = [
    "Model", "Plan", "Results", "check", "compare", "read_model", "routes", "routing_rule", "run",
    "simulate", "write_report",
]  # fmt: skip

if TYPE_CHECKING:
    from changeflow.engine.simulate import simulate
    from changeflow.model.reading import read_model
    from changeflow.model.requests.routing_rule import routing_rule
    from changeflow.model.schema import Model
    from changeflow.present.comparison.results_folder import write_report
    from changeflow.present.story.checking import check
    from changeflow.study.estimates.results import Results
    from changeflow.study.scenarios.compare import compare, run
    from changeflow.study.scenarios.plan import Plan, routes


def __getattr__(name: str) -> Any:
    """Load a name of the face when it is first used, so that `import changeflow` is quick."""
    if name in _FACE:
        return getattr(import_module(_FACE[name]), name)
    raise AttributeError(f"module 'changeflow' has no attribute '{name}'")
