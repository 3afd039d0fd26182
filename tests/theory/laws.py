"""Laws and arrival processes of the reference schema as ours."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .reasons import Raw, Unsupported, number, only

MAX_PIECES = 50_000
SINUSOID_BOUND = 1e-3
"""Largest error of the expected number of arrivals up to any time."""

LAW_KEYS = {
    "exp": {"mean"}, "det": {"value"}, "erlang": {"k", "mean"}, "gamma": {"shape", "mean"},
    "hyperexp": {"p", "means"}, "lognormal": {"mean", "scv"}, "uniform": {"low", "high"},
    "triangular": {"low", "mode", "high"}, "weibull": {"shape", "scale"},
    "discrete": {"values", "probs"}, "empirical": {"values"},
}  # fmt: skip


def law(spec: Any, hours: float) -> Raw:
    """A law of times in the case's unit, `hours` of ours each."""
    kind = spec.get("type") if isinstance(spec, dict) else None
    if kind not in LAW_KEYS:
        raise Unsupported(f"law {spec!r}")
    only(spec, LAW_KEYS[kind] | {"type"}, f"law {kind}")
    missing = LAW_KEYS[kind] - set(spec)
    if missing:
        raise Unsupported(f"law {kind} without {', '.join(sorted(missing))}")

    def time(key: str) -> float:
        return number(spec[key], f"law {kind}.{key}") * hours

    def times(key: str) -> list[float]:
        return [number(value, f"law {kind}.{key}") * hours for value in spec[key]]

    def shares(key: str) -> list[float]:
        return [number(value, f"law {kind}.{key}") for value in spec[key]]

    match kind:
        case "exp":
            return {"law": "exponential", "mean": time("mean")}
        case "det":
            return {"law": "deterministic", "value": time("value")}
        case "erlang":
            return {"law": "erlang", "k": int(spec["k"]), "mean": time("mean")}
        case "gamma":
            return {"law": "gamma", "mean": time("mean"), "scv": 1 / number(spec["shape"], "shape")}
        case "hyperexp":
            return {"law": "hyperexponential", "shares": shares("p"), "means": times("means")}
        case "lognormal":
            return {"law": "lognormal", "mean": time("mean"), "scv": number(spec["scv"], "scv")}
        case "uniform" if spec["low"] == spec["high"]:
            return {"law": "deterministic", "value": time("low")}
        case "uniform":
            return {"law": "uniform", "low": time("low"), "high": time("high")}
        case "triangular":
            return {"law": "triangular", "low": time("low"), "mode": time("mode"), "high": time("high")}
        case "weibull":
            return {"law": "weibull", "shape": number(spec["shape"], "shape"), "scale": time("scale")}
        case "discrete":
            return {"law": "discrete", "values": times("values"), "shares": shares("probs")}
        case _:
            return {"law": "empirical", "values": times("values")}


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
    """Requests per unit of time in the long run, to plan how long to run."""
    match process["type"]:
        case "poisson":
            return float(process["rate"])
        case "batch_poisson":
            return float(process["rate"] * np.dot(process["sizes"], process["probs"]))
        case "renewal":
            return 1 / law_mean(law(process["interarrival"], 1.0))
        case "nhpp_piecewise":
            edges = np.asarray(process["edges"], float)
            return float(np.dot(np.diff(edges), process["rates"]) / (edges[-1] - edges[0]))
        case _:
            return float(process["mean"])


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
