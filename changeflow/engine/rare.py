"""Events of the compiled engine that few models have, by kind."""

from __future__ import annotations

import numpy as np

from changeflow.engine.clock import END_OF_DELAY, RENEGE, SHIFT
from changeflow.engine.doors import after_the_work, approach, let_in
from changeflow.engine.hands import change_staff, renege
from changeflow.engine.jit import compiled
from changeflow.engine.records import HELD, KIND, TO_QUEUE
from changeflow.engine.views import slots_of


@compiled
def rare_event(state, arrays, slot, stamp, kind, turn):  # type: ignore[no-untyped-def]
    """Impatience, a change of staff, held requests let in, the end of a delay; True when a verdict is known by it."""
    slots = slots_of(arrays)
    if kind == RENEGE:
        if slots[slot]["stamp"] == stamp:
            renege(state, arrays, slot)
    elif kind == SHIFT:
        change_staff(state, arrays, slot)
    elif turn % KIND >= HELD:
        let_in(state, arrays, slot)
    elif kind == END_OF_DELAY and slots[slot]["after_delay"] == TO_QUEUE:
        approach(state, arrays, slot, np.int64(TO_QUEUE))
    else:
        return after_the_work(state, arrays, slot, np.int64(slots[slot]["after_delay"]))
    return False
