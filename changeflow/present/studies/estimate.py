"""What a study will cost in time, memory and disk, by the pilot's runs."""

from __future__ import annotations

from changeflow.present.words.margins import labelled
from changeflow.study.experiment.cells import Cells
from changeflow.study.experiment.pilot import Pilot
from changeflow.study.experiment.plan import StudyPlan

COLUMN_BYTES = 8 * 15
"""Of a run while the tables are made: some fifteen measures."""


def estimate_lines(plan: StudyPlan, cells: Cells, pilot: Pilot, workers: int) -> list[str]:
    """Runs, time, memory, disk; with [precision] from the least to the most."""
    different = len(set(cells.keys.values()))
    least, most = different * plan.least_replications, different * plan.replications
    runs = f"{least:,}" if least == most else f"{least:,} to {most:,}"
    models = different * pilot.seconds_a_cell  # once to look at all of them, once where they run
    low, high = (models + (models + count * pilot.seconds_a_run) / workers for count in (least, most))
    time = in_words(low) if least == most else f"{in_words(low)} to {in_words(high)}"
    crew = f"{workers} workers" if workers > 1 else "1 worker"
    how = f"{1000 * pilot.seconds_a_run:.3g} ms a run, {pilot.engine} engine, measured now"
    memory = pilot.memory_bytes + most * COLUMN_BYTES
    said = {
        "RUNS": runs,
        "TIME": f"about {time} on {crew} ({how}); tables and charts some seconds more",
        "MEMORY": f"about {memory / 1e6:,.0f} MB",
        "DISK": f"about {max(most * pilot.bytes_a_run / 1e6, 0.1):,.1f} MB for the runs",
        "STUDY": f"{plan.name}, digest {plan.digest[:8]}",
    }
    return [line for label, text in said.items() for line in labelled(label, text)]


def in_words(seconds: float) -> str:
    """'40 s', '12 min', '3.5 h'."""
    if seconds < 120:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
