"""Arrays that take long to make, kept between processes beside the machine code."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from changeflow.engine import jit


def kept(name: str, make: Callable[[], NDArray[Any]]) -> NDArray[Any]:
    """The array of this name from an earlier process, else a new one; the name says all that it depends on.

    Other sources of the engine have another folder; a folder that cannot be written only costs time.
    """
    file = jit.FOLDER / f"{name}.npy"
    with contextlib.suppress(OSError, EOFError, ValueError):
        found: NDArray[Any] = np.load(file)
        return found
    found = make()
    with contextlib.suppress(OSError), tempfile.NamedTemporaryFile(dir=jit.FOLDER, delete=False) as draft:
        np.save(draft, found)
        draft.flush()
        Path(draft.name).replace(file)  # at once, so that nobody reads half of it
    return found
