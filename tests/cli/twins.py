"""Two stations alike but for their price: what studies of them must answer is known exactly."""

from __future__ import annotations

from pathlib import Path

TWINS = """\
title = "Twins: the same work inside and outside, at two prices"
horizon_days = 10
replications = 3

[demand]
kind = "poisson"
rate_per_day = 4

[stations.house]
stage = "change"
service_hours = { law = "exponential", mean = 4 }
price_per_hour = 40

[stations.firm]
kind = "vendor"
stage = "change"
service_hours = { law = "exponential", mean = 4 }
price_per_hour = 120

[routing]
entry = { rule = "open_first", prefer = ["house", "firm"] }

[assumptions]
"stations.house.price_per_hour" = { low = 20, high = 60 }
"stations.firm.price_per_hour" = { low = 80, high = 140 }
"demand.rate_per_day" = { low = 3.0, high = 5.0 }
"demand.kind" = { low = "poisson", high = "no such kind" }
"horizon_days" = { unit = "days" }
"stations.house.service_hours" = { low = { law = "exponential", mean = 3 }, high = { law = "exponential", mean = 5 } }
"""
HEAD = """\
models = ["twins.toml"]
who = ["vendor", "power_users"]
replications = 8
"""
HOUSE = "stations.house.price_per_hour"
FIRM = "stations.firm.price_per_hour"


def write_twins(folder: Path, text: str, name: str = "study", head: str = HEAD) -> Path:
    """twins.toml and a study of it."""
    (folder / "twins.toml").write_text(TWINS, encoding="utf-8")
    file = folder / f"{name}.toml"
    file.write_text(head + text, encoding="utf-8")
    return file


def factor(path: str, rest: str) -> str:
    """[[factors]] of a path."""
    return f'[[factors]]\npath = "{path}"\n{rest}\n'
