"""Bulky tables as Parquet, which needs an extra; without the option they are CSV."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from changeflow.errors import PlanError
from changeflow.present.studies.text import label
from changeflow.study.outcome.results import StudyResults


def check_parquet() -> None:
    """Raise PlanError, before anything is run, where the library is not installed."""
    if find_spec("pyarrow") is None:
        raise PlanError("--parquet: expected the extra 'parquet' (pip install 'changeflow[parquet]'), found none")


def write_runs(results: StudyResults, file: Path) -> None:
    """The rows of runs.csv, a scenario at a point after the other, so that no more than these are in memory at once."""
    import numpy as np  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415  an extra
    from pyarrow import parquet  # noqa: PLC0415

    names = pa.dictionary(pa.int32(), pa.string())
    columns: list[tuple[str, Any]] = [
        ("scenario", names), ("replication", pa.int32()), ("measure", names), ("value", pa.float64()),
        ("at_least", pa.bool_()),
    ]  # fmt: skip
    schema = pa.schema(columns)
    draft = file.with_name(f".{file.name}.draft")
    with parquet.ParquetWriter(draft, schema, compression="zstd") as out:
        for cell in results.cells:
            count, measures = cell.columns.count, list(cell.estimates)
            values = np.column_stack([cell.columns.values[measure] for measure in measures]).ravel()
            bounds = [cell.columns.at_least.get(measure, np.zeros(count)) > 0 for measure in measures]
            number = np.tile(np.arange(len(measures), dtype=np.int32), count)
            out.write_table(
                pa.Table.from_arrays(
                    [
                        pa.DictionaryArray.from_arrays(np.zeros(len(values), np.int32), [label(cell)]),
                        pa.array(np.repeat(np.arange(count, dtype=np.int32), len(measures))),
                        pa.DictionaryArray.from_arrays(number, measures),
                        pa.array(values, mask=np.isnan(values)),
                        pa.array(np.column_stack(bounds).ravel()),
                    ],
                    schema=schema,
                )
            )
    draft.replace(file)
