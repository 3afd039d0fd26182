"""One engine in a process of its own: tasks come in as lines of JSON, results go out the same way.

Import, preparation and a short first run (which compiles where something is compiled) are off the clock; the clock
is the processor time of this process, or what the engine's own process reports.
"""

from __future__ import annotations

import gc
import json
import sys
import time
import traceback
from importlib import import_module
from typing import Any

WARM_UP_HOURS = 500


def main() -> None:
    """Serve tasks until the input ends."""
    module_name, settings = sys.argv[1], json.loads(sys.argv[2])
    out, sys.stdout = sys.stdout, sys.stderr
    ready: dict[tuple[str, int], Any] = {}
    for line in sys.stdin:
        task = json.loads(line)
        try:
            answer = _serve(import_module(module_name), settings, ready, task)
        except Exception as error:
            kind = "" if isinstance(error, RuntimeError) else f"{type(error).__name__}: "
            answer = {"error": f"{kind}{error}".splitlines()[0][:160]}
            if not isinstance(error, (ImportError, RuntimeError)):
                traceback.print_exc()
        out.write(json.dumps(answer) + "\n")
        out.flush()


def _serve(engine: Any, settings: dict[str, Any], ready: dict[Any, Any], task: dict[str, Any]) -> dict[str, float]:
    key = task["law"], task["hours"]
    if key not in ready:
        first = engine.prepare(task["law"], WARM_UP_HOURS, **settings)
        engine.summary(first, engine.run(first, 1))
        ready[key] = engine.prepare(*key, **settings)
    gc.collect()
    begin = time.process_time()
    done = engine.run(ready[key], task["seed"])
    seconds = time.process_time() - begin
    return {"seconds": seconds} | engine.summary(ready[key], done)


if __name__ == "__main__":
    main()
