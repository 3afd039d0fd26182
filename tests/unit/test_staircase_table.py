"""The table of `size`: columns that stay apart whatever stands in them."""

from __future__ import annotations

from changeflow.present.comparison.terminal import WIDTH
from changeflow.present.sizing.terminal import _row


def test_columns_do_not_run_into_each_other() -> None:
    row = _row("next dearer", "desk 7 x 168 h", ["1,176", "29.4", "99.995+-0.005%", "1,250+-120"])
    assert row.split()[-4:] == ["1,176", "29.4", "99.995+-0.005%", "1,250+-120"]
    assert len(row) <= WIDTH
