"""The engines that stories and laws are run on; a new engine needs one more word here."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from changeflow.engine.trace import Trace

ENGINES = ["process", "compiled"]


def by_request(trace: Trace) -> Trace:
    """The same trace with its visits in order of request and visit (engines write them in order of their end)."""
    order = np.lexsort((trace.visits["visit"], trace.visits["request"]))
    return replace(trace, visits=trace.visits[order])
