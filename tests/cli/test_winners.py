"""Who is said to win, and why, where some have no number to compare."""

from __future__ import annotations

from pathlib import Path

from .program import GROWING, QUICKLY, changeflow


def test_an_overload_is_named_and_never_wins(folder: Path) -> None:
    """The vendor alone cannot keep up; that it might look cheap does not matter."""
    cheap = ("--set", "stations.firm.price_per_hour=0", "--set", "costs.unmet_need_per_request=0")
    done = changeflow("compare", "tiny.toml", "--who", "vendor,both", *GROWING, *cheap, *QUICKLY, folder=folder)
    text = " ".join(done.out.split())
    assert done.code == 0
    assert "OVERLOAD" in text
    assert "grows" in done.lines[3]
    assert ">=" in done.lines[3]
    assert "Both (vendor overflow) wins: it is the only configuration whose backlog settles" in text
    assert "the backlog grows: vendor only" in text
    assert max(map(len, done.lines)) <= 80


def test_whoever_refuses_everything_is_not_said_to_have_a_growing_backlog(folder: Path) -> None:
    refusing = ("--set", "stations.house.openness=0", "--set", "comparison.primary=sojourn_time_hours")
    done = changeflow("compare", "tiny.toml", "--who", "vendor,power_users", *refusing, *QUICKLY, folder=folder)
    text = " ".join(done.out.split())
    assert done.code == 0
    assert "100% refused with power users only" in text
    assert "Vendor only wins: no other configuration has a time to done and a backlog that settles." in text
