"""How many people, in sentences: the staff, the answer, what is promised."""

from __future__ import annotations

from changeflow.model.schema import Model
from changeflow.present.words.plain import QUICK, digits, money, percent, plain, plain_name
from changeflow.study.sizing.answer import ANSWER, TODAY, VENDOR, Candidate, Family, Sizing
from changeflow.study.sizing.levers import FULL_TIME_HOURS, Staff
from changeflow.study.sizing.targets import Service, Slack

LABELS = {
    TODAY: "today", "cheaper": "next cheaper", ANSWER: "ANSWER", "dearer": "next dearer", VENDOR: "vendor alone",
}  # fmt: skip
_MOST_CLOSE = 2


def staff_in_words(staff: Staff, overflow: float | None = None) -> str:
    """'power users 3 x 16 h, vendor 4 x 20 h; overflow beyond 6'."""
    groups = [f"{plain_name(name)} {people:g} x {digits(round(each, 1))} h" for name, _, people, each in staff.groups]
    return ", ".join(groups) + ("" if overflow is None else f"; overflow beyond {overflow:g}")


def overflow_of(model: Model) -> float | None:
    """Where work overflows at arrival, if the rule says so."""
    beyond = getattr(model.entry, "overflow_beyond", None)
    return beyond if len(getattr(model.entry, "prefer", ())) > 1 else None


def hours_in_words(staff: Staff) -> str:
    """'128 hours a week (3.2 full-time)'."""
    return f"{staff.hours_per_week:,.0f} hours a week ({staff.full_time:,.1f} full-time)"


def reaches(service: Service) -> str:
    """'90.1% +- 0.2%'; where only the backlog counts, its growth per 100 requests that arrive."""
    slack = service.share or service.slacks[0]
    if slack.name == "share":
        return f"{_percent(slack)} of requests in time"
    return f"a backlog that grows by {_percent(slack)} of what arrives"


def answer_of(sizing: Sizing) -> str:
    """What to do, how surely, and what stands beside it."""
    return f"{headline_of(sizing)} {beside_it(sizing)}"


def headline_of(sizing: Sizing) -> str:
    """What to do, how surely."""
    family, words = sizing.family, sizing.family.space.model.targets.in_words()
    chosen = family.chosen
    staff = staff_in_words(chosen.staff, overflow_of(chosen.model))
    found = reaches(sizing.services[ANSWER])
    if family.kind == "found":
        parts = [f"The cheapest staff that surely meets the target ({words}): {staff}, {hours_in_words(chosen.staff)}."]
        parts += [f"It reaches {found}."]
    elif family.kind == "too_close":
        parts = [f"Too close to call: no staff surely meets the target ({words})."]
        unsure = "" if chosen.service.worst.name == "share" else "; whether its backlog grows these runs do not tell"
        parts += [f"The nearest, {staff}, reaches {found}{unsure}.", "More runs (--replications) may tell."]
    else:
        parts = [f"Nothing that was tried meets the target ({words})."]
        parts += [f"The nearest, {staff}, reaches {found}: {_short_of(chosen.service.worst)}."]
    return " ".join(parts)


def beside_it(sizing: Sizing) -> str:
    """What cheaper ones, today's staff and the vendor alone reach."""
    parts = [*_too_close(sizing, sizing.family.chosen), _today(sizing), *_vendor(sizing)]
    if sizing.results.quick:
        parts.append(QUICK)
    return " ".join(parts)


def _short_of(slack: Slack) -> str:
    if slack.name == "growth":
        return "its backlog grows"
    return f"{-100 * slack.mean:.1f} points short of {_wanted(slack)}"


def _too_close(sizing: Sizing, chosen: Candidate) -> list[str]:
    """Cheaper ones of which the verification cannot tell."""
    if sizing.family.kind != "found":
        return []
    verified = sizing.family.verified
    cheaper = [one for one in verified[: verified.index(chosen)] if one.state == "close"]
    return [
        f"Too close to call at a tolerance of {_points(sizing.tolerance)}: "
        f"{staff_in_words(one.staff, overflow_of(one.model))}, {hours_in_words(one.staff)}, reaches "
        f"{_percent(one.service.worst)} against {_wanted(one.service.worst)}."
        for one in cheaper[-_MOST_CLOSE:]
    ]


def _points(share: float) -> str:
    return f"{100 * share:g} point{'s' * (share != 0.01)}"


def _wanted(slack: Slack) -> str:
    return f"{slack.wanted:.4g}" if slack.name == "growth" else f"{100 * slack.wanted:.6g}%"


def _today(sizing: Sizing) -> str:
    service, staff = sizing.services[TODAY], sizing.staffs[TODAY]
    state = {"met": "met", "missed": "missed", "close": "too close to call"}[sizing.today]
    return f"Today, {hours_in_words(staff)}: {reaches(service)}, {state}."


def _vendor(sizing: Sizing) -> list[str]:
    family = sizing.vendor
    if family is None:
        return []
    staff, service = sizing.staffs[VENDOR], sizing.services[VENDOR]
    said = f"{staff_in_words(staff)}, {hours_in_words(staff)}: {reaches(service)}"
    how = {
        "found": "meets it with",
        "too_close": "is too close to call with",
        "unreachable": "does not reach it within the LIMITS; nearest:",
    }
    return [f"The vendor alone {how[family.kind]} {said}."]


def guarantee_of(sizing: Sizing) -> str:
    """What is promised and what is not."""
    number, family = sizing.verified, sizing.family
    over = "organisations" if family.space.model.organisation.runs_together > 1 else "runs"
    many = f"{number} staffings, today's among them," if number > 1 else "one staffing"
    text = (
        f"with {sizing.level:.0%}, what is said to meet the target does so in this model: {many} verified on "
        f"{sizing.runs} fresh runs each, the level split over them (Student intervals over {over}); the figures are "
        f"from {sizing.runs} further runs. Not promised: that nothing cheaper exists. "
        f"{_searched(family)} on {sizing.search_runs} runs each"
    )
    return text + f". Cheapest: {_cheapest(sizing)}."


def _searched(family: Family) -> str:
    tried, size = len(family.tried), family.space.size
    if family.monotone:
        return f"{tried:,} of {size:,} staffings were tried (more people are never worse here)"
    near = "the search stopped at its limit" if family.exhausted else "the neighbours of the answer among them"
    return f"{tried:,} of {size:,} staffings were tried ({near})"


def _cheapest(sizing: Sizing) -> str:
    matters, model = sizing.results.verdict.matters, sizing.family.space.model
    if not matters:
        return "fewest hours, as nothing has a price"
    bound = money(matters, model.currency, matters / 5)
    return f"{plain('total_cost_with_undone')} where it differs by {bound}, else the price of the hours kept ready"


def limits_of(sizing: Sizing) -> str:
    """What could be chosen."""
    said = []
    for lever in sizing.family.space.levers:
        name = plain_name(lever.path.split(".")[-2] if lever.kind != "overflow" else "")
        what = {
            "people": "people",
            "hours": "hours a week",
            "overflow": "overflow (to the vendor) beyond so many waiting:",
        }[lever.kind]
        span = f"{lever.ladder[0]:g} to {lever.ladder[-1]:g}" if len(lever.ladder) > 1 else f"{lever.ladder[0]:g}"
        said.append(f"{name} {what} {span}".strip())
    return "; ".join(said) + f" (--range changes it). Full-time: {FULL_TIME_HOURS:g} hours a week."


def _percent(slack: Slack) -> str:
    return percent(slack.found, slack.half_width) if slack.half_width > 0 else f"{digits(100 * slack.found)}%"
