"""How things are said to people: the plain-word map, and numbers with only the digits the error supports."""

from __future__ import annotations

import math

PLAIN = {
    # routes
    "vendor": "vendor only",
    "power_users": "power users only",
    "both": "both (vendor overflow)",
    # time and backlog
    "sojourn_time_hours": "time to done",
    "waiting_time_hours": "time spent waiting",
    "first_wait_hours": "wait until first started",
    "visit_wait_hours": "wait at",
    "sojourn_time_working_hours": "time to done, in working time",
    "waiting_time_working_hours": "time spent waiting, in working time",
    "first_wait_working_hours": "wait until first started, in working time",
    "visit_wait_working_hours": "wait in working time at",
    "delay_time_hours": "time outside queues (intake, answers, verdicts)",
    "laid_down_time_hours": "time laid down after work began",
    "backlog_requests": "open requests on average",
    "peak_backlog_requests": "most open at once",
    "backlog_growth_per_week": "growth of the backlog per week",
    "backlog_clear_days": "days until the backlog clears",
    "open_at_horizon_requests": "still open at the end",
    "within_target_share": "share that met the target",
    "refused_share": "share refused",
    "withdrawn_share": "share withdrawn",
    "reneged_share": "share that waited too long and withdrew",
    "balked_share": "share that found too many there and withdrew",
    "turned_away_share": "share that found a station full",
    "error_share": "share of deliveries that are wrong",
    "misunderstanding_share": "share of deliveries with a misunderstanding",
    "omission_share": "share of deliveries with an omission",
    "promise_share": "share of deliveries with a misleading promise",
    "slip_share": "share of deliveries with a slip",
    "deviation_share": "share of deliveries wrong with nobody at fault",
    "defects_per_delivery": "defects per delivery that escape into use",
    "defect_request_share": "share of requests that repair defects",
    "propagated_request_share": "share of requests that other changes draw",
    "given_up_share": "share withdrawn with a system given up (softest part)",
    "unasked_requests": "requests never asked, as much was open or users had left",
    # adoption
    "abandoned": "systems given up (softest part)",
    "days_in_use": "days in use until given up (softest part)",
    "active_share": "share of users who use it (softest part)",
    "data_completeness": "share of the data entered (softest part)",
    "resistance": "resistance of users (softest part)",
    "enforcement_cost": "cost of enforcing use (softest part)",
    "second_project_cost": "cost of a second project (softest part)",
    "write_off_cost": "lost with a system given up (softest part)",
    "cost_if_survived": "cost with undone work, runs not given up (softest part)",
    "cost_if_abandoned": "cost with undone work, runs given up (softest part)",
    "enforcement": "enforcing use",
    "second_project": "second project",
    "write_off": "write-off",
    "arrived_requests": "requests that arrived",
    "control_arrivals": "work that arrived beyond its known mean",
    "control_luck": "luck of the work beyond its known mean",
    "completion_days": "days until complete",
    # work and load
    "utilisation": "share of open hours spent working",
    "offered_load": "work arriving against hours available",
    "offered_erlangs": "work arriving, in people busy all the time",
    "throughput_per_week": "requests closed per week",
    "overtime_hours": "overtime",
    "rework_share": "share of the work that is rework",
    "attempts_per_request": "attempts per request",
    "bus_factor": "people on whom half of the experience rests",
    "departures": "people who left",
    # money
    "cost_of_success": "cost of success",
    "cost_of_error": "cost of error",
    "cost_of_ownership_per_year": "cost of ownership per year",
    "rework_cost": "cost of rework",
    "waiting_cost": "cost of waiting",
    "unmet_need_cost": "cost of unmet need",
    "open_liability_cost": "cost of work still open",
    "adaptation_cost": "cost of adaptation",
    "vendor_cost": "vendor invoices",
    "in_house_cost": "in-house labour",
    "licence_cost": "licences",
    "ownership_vendor_cost": "vendor invoices after completion",
    "ownership_in_house_cost": "in-house labour after completion",
    "total_cost": "total cost",
    "total_cost_with_undone": "total cost with undone work",
    "cost_per_closed_request": "cost per closed request",
    "effective_price_per_reference_hour": "price of a reference hour done right",
    "day_job_cost": "day job displaced",
    "training_cost": "training and recruitment",
    "hosting_cost": "hosting",
    # accounts of the ledger
    "in_house_labour": "in-house labour",
    "open_liability": "work still open",
    "day_job": "day job displaced",
    "training": "training, recruitment",
    # kinds of error
    "promise": "misleading promise",
    "deviation": "deviation with nobody at fault",
    # words of the trade
    "sojourn": "time to done",
    "replications": "simulated runs",
    "replication": "simulated run",
    "archetype": "kind of system",
    "half_width": "±",
    "horizon": "end of the run",
    # quantiles
    "p10": "1 in 10",
    "p50": "5 in 10",
    "p90": "9 in 10",
    "p95": "19 in 20",
}

NOT_AVAILABLE = "not available"
QUICK = "Quick run: few replications, only a first look."
DUST = 1e-12  # what is below it is rounding of sums, no quantity
HOURS_PER_DAY = 24.0
HOURS_SHOWN_AS_HOURS = 48.0  # two days: below it people speak of hours


def plain(word: str) -> str:
    """A formal measure, scenario or word as a team lead would say it; unknown words only lose underscores."""
    if word in PLAIN:
        return PLAIN[word]
    if "/" in word:
        stem, route = word.rsplit("/", 1)
        return f"{plain_name(stem)}: {plain(route)}"
    if "@" in word:
        measure, category = word.split("@", 1)
        return f"{plain(measure)} ({plain_name(category)})"
    measure, dot, part = word.partition(".")
    if dot and measure in PLAIN:
        return f"{PLAIN[measure]}, {PLAIN.get(part, plain_name(part))}"
    return plain_name(word)


def plain_name(name: str) -> str:
    """A name out of a model file (station, category, file stem), readable but not translated."""
    return name.replace("_", " ")


def capitalised(text: str) -> str:
    """The first letter large, the rest as it is."""
    return text[:1].upper() + text[1:]


def load_in_words(low: float, high: float) -> str:
    """Work over hours: '40%', '40% to 60%', or '40% or more' where a loop may hold requests for ever."""
    if math.isinf(high):
        return "endless" if math.isinf(low) else f"{low:.0%} or more"
    return f"{high:.0%}" if high - low < 0.005 * max(high, 1) else f"{low:.0%} to {high:.0%}"


def digits(mean: float, half_width: float = 0.0) -> str:
    """The mean cut at the first digit of its half-width: 12.3456 ± 0.2 is '12.3', 12345 ± 300 '12,300'."""
    if not math.isfinite(mean):
        return NOT_AVAILABLE
    if not _is_error(half_width):
        return _as_it_is(0.0 if abs(mean) < DUST else mean)
    return _fixed(mean, _first_place(half_width))


def plus_minus(mean: float, half_width: float) -> str:
    """Mean and half-width cut at the same digit: 12.3456 and 0.21 are '12.3 ± 0.2'."""
    if not math.isfinite(mean) or not _is_error(half_width):
        return digits(mean, half_width)
    return f"{digits(mean, half_width)} ± {digits(half_width, half_width)}"


def percent(share: float, half_width: float) -> str:
    """'62% +- 3%', '90.2% +- 0.6%'."""
    mean, half = 100 * share, 100 * half_width
    return f"{digits(mean, half)}% +- {digits(half, half)}%"


def money(amount: float, currency: str, half_width: float = 0.0) -> str:
    """'EUR 1,230,000': cut at the error if there is one, else in whole units."""
    if not math.isfinite(amount):
        return NOT_AVAILABLE
    place = _first_place(half_width) if _is_error(half_width) else 0
    return f"{currency} {_fixed(amount, min(place, 2))}"


def time_unit(hours: float) -> tuple[float, str]:
    """The unit in which people speak of so long a time, and its hours."""
    return (HOURS_PER_DAY, "day") if abs(hours) >= HOURS_SHOWN_AS_HOURS else (1.0, "hour")


def human_time(hours: float, half_width_hours: float = 0.0) -> str:
    """Clock hours in the unit people use for them: '7.5 hours', '5.7 days' (of 24 hours)."""
    if not math.isfinite(hours):
        return NOT_AVAILABLE
    per_unit, unit = time_unit(hours)
    number = digits(hours / per_unit, half_width_hours / per_unit)
    return f"{number} {unit}" if number == "1" else f"{number} {unit}s"


def counted(number: int, word: str) -> str:
    """'1 run', '5 runs'."""
    return f"{number} {word}{'' if number == 1 else 's'}"


def years_in_words(days: float) -> str:
    """'3 years', '60 days'."""
    years = days / 365
    if years >= 1 and abs(years - round(years)) < 0.01:
        return f"{round(years)} years" if round(years) > 1 else "1 year"
    return f"{days:g} days"


def days(number: float) -> str:
    """'1 day', '2.5 days'."""
    return f"{number:g} day{'s' if number != 1 else ''}"


def _is_error(half_width: float) -> bool:
    return math.isfinite(half_width) and half_width > DUST


def _first_place(half_width: float) -> int:
    """Decimals up to the first digit of the half-width; negative for tens, hundreds."""
    return -math.floor(math.log10(half_width))


def _fixed(value: float, place: int) -> str:
    rounded = round(value, place) + 0.0  # adding zero turns -0.0 into 0.0
    return f"{rounded:,.{max(place, 0)}f}"


def _as_it_is(value: float) -> str:
    """A number without error: two decimals at most, more only where they are all there is."""
    if value != 0 and abs(value) < 0.1:
        return f"{value:.2g}"
    return f"{value:,.2f}".rstrip("0").rstrip(".")
