"""Laws and arrival processes of the reference schema as ours."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .reasons import Raw, Unsupported, number, only

MAX_PIECES = 50_000
SINUSOID_BOUND = 1e-3
"""Largest error of the expected number of arrivals up to any time."""

LAWS = {
    "exp": ("exponential", {"mean": "mean"}),
    "det": ("deterministic", {"value": "value"}),
    "erlang": ("erlang", {"k": "k", "mean": "mean"}),
    "gamma": ("gamma", {"shape": "scv", "mean": "mean"}),
    "hyperexp": ("hyperexponential", {"p": "shares", "means": "means"}),
    "lognormal": ("lognormal", {"mean": "mean", "scv": "scv"}),
    "uniform": ("uniform", {"low": "low", "high": "high"}),
    "triangular": ("triangular", {"low": "low", "mode": "mode", "high": "high"}),
    "weibull": ("weibull", {"shape": "shape", "scale": "scale"}),
    "discrete": ("discrete", {"values": "values", "probs": "shares"}),
    "empirical": ("empirical", {"values": "values"}),
}
"""A law's name in the cases -> its name with us, and its keys in the cases -> its keys with us."""
TIMES = frozenset({"mean", "means", "value", "values", "low", "mode", "high", "scale"})
"""Keys of laws that are times; the others are numbers without a unit."""


def law(spec: Any, hours: float) -> Raw:
    """A law of times in the case's unit, `hours` of ours each."""
    kind = spec.get("type") if isinstance(spec, dict) else None
    if kind not in LAWS:
        raise Unsupported(f"law {spec!r}")
    name, keys = LAWS[kind]
    only(spec, {"type", *keys}, f"law {kind}")
    missing = keys.keys() - spec.keys()
    if missing:
        raise Unsupported(f"law {kind} without {', '.join(sorted(missing))}")
    if kind == "uniform" and spec["low"] == spec["high"]:
        return {"law": "deterministic", "value": number(spec["low"], "law uniform") * hours}
    built: Raw = {"law": name}
    for theirs, ours in keys.items():
        factor = hours if theirs in TIMES else 1.0
        value = spec[theirs]
        if isinstance(value, list):
            built[ours] = [number(item, f"law {kind}") * factor for item in value]
        else:
            built[ours] = number(value, f"law {kind}") * factor
    if kind == "gamma":
        built["scv"] = 1 / built["scv"]
    if kind == "erlang":
        built["k"] = int(built["k"])
    return built


def law_mean(spec: Raw) -> float:
    """The mean of one of our laws, to plan how long to run."""
    match spec["law"]:
        case "deterministic":
            return float(spec["value"])
        case "hyperexponential":
            return float(np.dot(spec["shares"], spec["means"]))
        case "discrete":
            return float(np.dot(spec["shares"], spec["values"]))
        case "empirical":
            return float(np.mean(spec["values"]))
        case "uniform":
            return float((spec["low"] + spec["high"]) / 2)
        case "triangular":
            return float((spec["low"] + spec["mode"] + spec["high"]) / 3)
        case "weibull":
            return float(spec["scale"] * math.gamma(1 + 1 / spec["shape"]))
        case _:
            return float(spec["mean"])


PROCESS_KEYS = {
    "poisson": {"rate"},
    "batch_poisson": {"rate", "sizes", "probs"},
    "renewal": {"interarrival"},
    "nhpp_piecewise": {"edges", "rates", "period"},
    "nhpp_sinusoid": {"mean", "amplitude", "omega", "phase"},
    "finite_source": {"population", "time_to_request"},
}


def source(process: Raw, hours: float, horizon: float) -> Raw:
    """A source of ours; `horizon` (in the case's unit) bounds what has to be laid out."""
    kind = process.get("type")
    if kind not in PROCESS_KEYS:
        raise Unsupported(f"arrival process {kind}")
    only(process, PROCESS_KEYS[kind] | {"type"}, f"arrival process {kind}")
    match kind:
        case "poisson":
            return {"kind": "poisson", "rate_per_hour": number(process["rate"], "rate") / hours}
        case "batch_poisson":
            sizes = [number(size, "sizes") for size in process["sizes"]]
            shares = [number(share, "probs") for share in process["probs"]]
            batch = {"law": "discrete", "values": sizes, "shares": shares}
            return {"kind": "poisson", "rate_per_hour": number(process["rate"], "rate") / hours, "batch": batch}
        case "renewal":
            return {"kind": "renewal", "interarrival_hours": law(process["interarrival"], hours)}
        case "finite_source":
            return _finite_source(process, hours)
        case "nhpp_piecewise":
            edges, rates = _pieces(process, horizon)
        case _:
            edges, rates = _sinusoid(process, horizon)
    return {
        "kind": "piecewise",
        "edges_days": [float(edge) * hours / 24 for edge in edges],
        "rates_per_day": [float(rate) * 24 / hours for rate in rates],
    }


def request_rate(process: Raw) -> float:
    """Requests per unit of time in the long run (a closed population: at most), to plan how long to run."""
    match process["type"]:
        case "poisson":
            return float(process["rate"])
        case "batch_poisson":
            return float(process["rate"] * np.dot(process["sizes"], process["probs"]))
        case "renewal":
            return 1 / law_mean(law(process["interarrival"], 1.0))
        case "finite_source":
            return float(process["population"] / process["time_to_request"]["mean"])
        case "nhpp_piecewise":
            edges = np.asarray(process["edges"], float)
            return float(np.dot(np.diff(edges), process["rates"]) / (edges[-1] - edges[0]))
        case _:
            return float(process["mean"])


def part_of(process: Raw, share: float) -> Raw:
    """A share of a Poisson process, each arrival by a toss of its own."""
    match process.get("type"):
        case "poisson":
            return process | {"rate": process["rate"] * share}
        case "nhpp_piecewise":
            return process | {"rates": [rate * share for rate in process["rates"]]}
        case "nhpp_sinusoid":
            return process | {"mean": process["mean"] * share, "amplitude": process["amplitude"] * share}
    raise Unsupported(f"a coin tossed for each arrival of type {process.get('type')}")


def _finite_source(process: Raw, hours: float) -> Raw:
    """A closed population: candidates come at the rate of all, and with n in the system only a share (M - n)/M asks.

    Exact for exponential times alone, since who is thinned out does not remember.
    """
    population, away = process["population"], process["time_to_request"]
    if away.get("type") != "exp":
        raise Unsupported(f"a finite source with times of type {away.get('type')}")
    return {
        "kind": "poisson",
        "rate_per_hour": population / (number(away["mean"], "time_to_request") * hours),
        "asks_less": {
            "beyond": list(range(1, population + 1)),
            "share": [(population - here) / population for here in range(1, population + 1)],
        },
    }


def _pieces(process: Raw, horizon: float) -> tuple[np.ndarray, np.ndarray]:
    """Edges and rates, repeated up to the horizon when the process has a period."""
    edges, rates = np.asarray(process["edges"], float), np.asarray(process["rates"], float)
    if "period" not in process:
        return edges, rates
    period = number(process["period"], "period")
    if edges[0] != 0 or edges[-1] > period:
        raise Unsupported("a periodic rate whose edges are not within one period from 0")
    if edges[-1] < period:
        edges, rates = np.append(edges, period), np.append(rates, 0.0)
    times = math.ceil(horizon / period)
    if times * len(rates) > MAX_PIECES:
        raise Unsupported(f"a periodic rate over {times} periods")
    starts = period * np.arange(times)
    return np.append((starts[:, None] + edges[:-1]).ravel(), period * times), np.tile(rates, times)


def _sinusoid(process: Raw, horizon: float) -> tuple[np.ndarray, np.ndarray]:
    """rate = mean + amplitude sin(omega t + phase) as steps that carry the exact integral of the rate.

    Within a step of length d the cumulated rate is off by at most amplitude omega d^2 / 8, at its ends by
    nothing. That bounds the error of the expected number of arrivals up to any time, and twice that the
    error of the mean number in an infinite-server station. The steps are chosen to keep it below SINUSOID_BOUND.
    """
    mean, amplitude = number(process["mean"], "mean"), number(process["amplitude"], "amplitude")
    omega, phase = number(process["omega"], "omega"), number(process.get("phase", 0.0), "phase")
    if abs(amplitude) > mean:
        raise Unsupported("a sinusoidal rate below zero")
    curvature = max(abs(amplitude * omega), 1e-12)
    steps = max(math.ceil(horizon / math.sqrt(8 * SINUSOID_BOUND / curvature)), 1)
    if steps > MAX_PIECES:
        raise Unsupported(f"a sinusoidal rate that needs {steps} steps")
    edges = np.linspace(0.0, horizon, steps + 1)
    primitive = mean * edges - amplitude / omega * np.cos(omega * edges + phase)
    return edges, np.maximum(np.diff(primitive) / np.diff(edges), 0.0)
