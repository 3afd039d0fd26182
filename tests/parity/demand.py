"""Strategies for sources of requests, with the logs that they replay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from hypothesis import strategies as st

from changeflow.model.requests.demand import RATES
from tests.parity.laws import Raw, laws, one_in
from tests.strategies import sampled

batches = sampled(
    [
        {"law": "discrete", "values": [1, 3], "shares": [0.5, 0.5]},
        {"law": "discrete", "values": [4], "shares": [1.0]},
        {"law": "discrete", "values": [1, 2, 9], "shares": [0.6, 0.3, 0.1], "at_most": 5},
    ]
)


seasons = sampled(
    [
        {"hours": [0] * 8 + [1] * 4 + [0] + [2] * 5 + [0] * 6},
        {"weekdays": [3, 1, 1, 1, 1, 0, 0], "months": [1, 2, 1, 1, 1, 1, 0, 0, 1, 1, 1, 0.5]},
        {"hours": [1.0] * 24, "weekdays": [1, 0, 1, 0, 1, 0, 1]},
    ]
)
asks_less = sampled(
    [
        {"beyond": [2], "share": [0.5]},
        {"beyond": [0, 5, 20], "share": [0.9, 0.5, 0.0]},
        {"beyond": [10, 11], "share": [0.3, 0.3]},
    ]
)


@st.composite
def sources(
    draw: st.DrawFn, number: int, first: date, days: float, start_day: float, categories: Sequence[str], users: int,
    ties: bool,
) -> tuple[Raw, str]:  # fmt: skip
    """A source of some requests in `days` days from `start_day` on, and the text of its log if it replays one."""
    kinds = (
        ["renewal", "replay"]
        if ties and draw(st.booleans())
        else ["poisson", "poisson", "piecewise", "go_live", "renewal", "shocks", "replay"]
    )
    kind = draw(sampled(kinds))
    count = draw(sampled([150, 60, 20, 3]))
    if kind == "replay":
        return draw(_replays(number, first, days, start_day, categories))
    source: Raw = {"kind": kind, "background": draw(one_in(6))}
    if kind not in {"shocks", "go_live"} and draw(one_in(3)):
        source["batch"] = draw(batches)
        count /= 2.5
    if categories and draw(one_in(4)):
        source["category"] = draw(sampled(categories))
    if kind == "poisson":
        name = draw(sampled(list(RATES)))
        source[name] = count / (days * 24) * RATES[name] / (users / 100 if "users" in name else 1)
        if draw(one_in(3)):
            source["season"] = draw(seasons)
    elif kind == "renewal":
        gap = float(max(1, round(days * 24 / count)))
        source["interarrival_hours"] = draw(laws(gap, on_the_hour=ties).filter(lambda law: law != 0))
    elif kind == "piecewise":
        edges = draw(st.lists(sampled([0.0, 0.1, 0.25, 0.5, 1.0, 1.5]), min_size=2, unique=True))
        source["edges_days"] = [start_day * draw(sampled([0.0, 1.0])) + days * edge for edge in sorted(edges)]
        rates = sampled([0.0, count / days, 2.0 * count / days])
        source["rates_per_day"] = [draw(rates) for _ in edges[1:]]
        if not _rise(source["edges_days"]):
            source["edges_days"] = [float(edge) for edge in range(len(edges))]
    elif kind == "shocks":
        source["per_year"] = count / 8 / (start_day + days) * 365.25
        source["requests"] = draw(laws(4.0, on_the_hour=ties))
        source["spread_days"] = draw(sampled([0.01, 0.5, 5.0]))
    else:
        source["misfits_per_100_users"] = 2.0 * count * 100 / users
        source["fit"] = draw(sampled([0.0, 0.4, 1.0]))
        source["shape"] = draw(sampled(["decay", "rise_then_decay"]))
        source["time_days"] = draw(sampled([0.5, 1.0])) * (start_day + days)
    if kind in {"poisson", "piecewise"} and not source["background"] and draw(one_in(3)):
        source["asks_less"] = draw(asks_less)
    return source, ""


def _rise(edges: list[float]) -> bool:
    return all(a < b for a, b in zip(edges, edges[1:], strict=False))


@st.composite
def _replays(
    draw: st.DrawFn, number: int, first: date, days: float, start_day: float, categories: Sequence[str]
) -> tuple[Raw, str]:
    begin, end = int(start_day * 24), int((start_day + days) * 24)
    anywhere, together = st.integers(max(begin - 4, 0), end + 4), st.integers(begin, begin + 12)
    whole = [0, begin + 1, *draw(st.lists(st.one_of(anywhere, together), min_size=1, max_size=40))]
    odd = timedelta(minutes=draw(sampled([0, 0, 20])))
    iso, sign = draw(st.booleans()), draw(sampled([",", ";"]))
    lines = [sign.join(["id", "at", "kind"])]
    for row, hour in enumerate(whole):
        at = datetime.combine(first, time()) + timedelta(hours=hour) + odd * (row % 2)
        text = at.isoformat() if iso else at.strftime("%d/%m/%Y %H:%M")
        lines.append(sign.join([f"k{row - (row % 7 == 6)}", text, "xyz"[row % 3]]))
    source: Raw = {"kind": "replay", "file": f"log-{number}.csv", "request": "id", "arrived": "at", "delimiter": sign}
    if not iso:
        source["date_format"] = "%d/%m/%Y %H:%M"
    if categories:
        source["category"] = "kind"
        source["default_category"] = draw(sampled(categories))
        source["category_map"] = {"x": categories[0], "y": categories[-1]}
    return source, "\n".join(lines) + "\n"
