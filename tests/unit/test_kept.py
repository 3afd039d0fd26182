"""What is kept: between processes beside the machine code, and of a model as long as it lives."""

import gc
from pathlib import Path

import numpy as np
import pytest

from changeflow.engine import jit
from changeflow.engine.chance.kept import kept
from changeflow.engine.chance.quantiles import LawBook
from changeflow.model.reading import read_model
from changeflow.model.schema import Model
from changeflow.model.values.laws import Erlang
from changeflow.model.values.once import once_a_model


def test_an_array_is_made_once_and_read_back_to_the_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jit, "FOLDER", tmp_path)
    made: list[int] = []

    def make() -> np.ndarray:
        made.append(1)
        return np.array([0.1, 1 / 3, np.pi])

    first, again = kept("thirds", make), kept("thirds", make)
    assert len(made) == 1
    assert first.tobytes() == again.tobytes() == make().tobytes()
    assert [path.name for path in tmp_path.iterdir()] == ["thirds.npy"]


@pytest.mark.parametrize("found", [b"", b"no array"])
def test_a_broken_file_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: bytes) -> None:
    monkeypatch.setattr(jit, "FOLDER", tmp_path)
    (tmp_path / "x.npy").write_bytes(found)
    assert kept("x", lambda: np.ones(2)).tolist() == [1, 1]
    assert np.load(tmp_path / "x.npy").tolist() == [1, 1]


def test_a_folder_that_is_gone_only_costs_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jit, "FOLDER", tmp_path / "none")
    assert kept("x", lambda: np.ones(2)).tolist() == [1, 1]


def test_a_kept_law_is_the_law_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two means of one table in either order, kept and not: the same bits."""

    def table(mean: float) -> bytes:
        book = LawBook()
        book.add(Erlang(law="erlang", k=2, mean=mean))
        return book.arrays()[1].tobytes()

    monkeypatch.setattr(jit, "FOLDER", tmp_path)
    fresh = table(36.0), table(7.0)
    assert fresh == (table(36.0), table(7.0))
    assert fresh[0] != fresh[1]


def test_work_on_a_model_is_done_once_while_it_lives() -> None:
    seen: list[str] = []

    @once_a_model
    def length(model: Model) -> float:
        seen.append(model.place)
        return model.horizon_days

    model = read_model("mmc")
    longer = model.model_copy(update={"horizon_days": 2 * model.horizon_days})
    assert (length(model), length(model), length(longer)) == (
        model.horizon_days, model.horizon_days, 2 * model.horizon_days,
    )  # fmt: skip
    assert len(seen) == 2
    del model, longer
    gc.collect()
    assert length(read_model("mmc"))
    assert len(seen) == 3
