"""The people of a station in words: how many, what they may do, when they are there, when work stops."""

from __future__ import annotations

from collections.abc import Iterator

from changeflow.model.schema import Model
from changeflow.model.stations.learning import Learning
from changeflow.model.stations.staff import Group
from changeflow.model.stations.station import Station
from changeflow.present.words.plain import counted, days, digits, plain_name


def people(model: Model, name: str, station: Station) -> str:
    """'3 servers (in-house), 6 hours a week each on calendar office'."""
    kind = "vendor's" if station.kind == "vendor" else "in-house"
    if station.staff:
        return f"{kind} people: " + ", ".join(
            _group(model, name, key, group) for key, group in model.groups(name).items()
        )
    group = model.groups(name)[""]
    count = "unlimited servers" if station.servers == "infinite" else counted(group.servers, "server")
    each = "" if station.servers == 1 else " each"
    return f"{count} ({kind}), {_hours(model, name, '')} hours a week{each} on calendar {station.calendar}"


def _group(model: Model, station: str, name: str, group: Group) -> str:
    each = " each" if group.most_servers > 1 else ""
    parts = [f"{_hours(model, station, name)} hours a week{each} on calendar {group.calendar}"]
    if group.head_count is not None:
        pairs = zip(group.head_count.servers, group.head_count.days, strict=True)
        parts.insert(0, ", then ".join(f"{count} from day {day:g}" for count, day in pairs))
    elif group.servers > 1:
        parts.insert(0, counted(group.servers, "server"))
    if group.categories is not None:
        parts.append("only " + ", ".join(plain_name(category) for category in group.categories))
    if isinstance(group.speed, dict):
        speeds = (f"{'else' if key == 'default' else plain_name(key)} {speed:g}" for key, speed in group.speed.items())
        parts.append(f"times as fast: {', '.join(speeds)}")
    elif group.speed != 1:
        parts.append(f"{group.speed:g} times as fast")
    if isinstance(group.authority, dict):
        limits = (f"{'else' if k == 'default' else plain_name(k)} {v:g}" for k, v in group.authority.items())
        parts.append(f"may change difficulties up to: {', '.join(limits)}")
    elif group.authority < 1:
        parts.append(f"may change difficulties up to {group.authority:g}")
    parts += _person(model, station, group)
    if group.from_day:
        parts.append(f"from day {group.from_day:g}")
    if group.until_day is not None:
        parts.append(f"until day {group.until_day:g}")
    return f"{plain_name(name)} ({'; '.join(parts)})"


def _person(model: Model, station: str, group: Group) -> Iterator[str]:
    """What becomes of somebody with a name."""
    if not group.trained:
        yield "untrained"
    elif model.stations[station].learning is not None:
        yield "trained"
    if group.experience:
        yield "with experience from before"
    if group.training is not None:
        yield f"takes a course of {group.training.hours:g} hours on day {group.training.day:g}"
    if group.attrition is not None:
        stays, gap = days(group.attrition.tenure_days), days(group.attrition.replacement_days)
        yield f"leaves after {stays} on average, {group.attrition.newcomer} successor after {gap}"


def so_many_are(number: int, noun: str) -> str:
    """'1 request is', '3 requests are'."""
    return f"{counted(number, noun)} {'is' if number == 1 else 'are'}"


def _hours(model: Model, station: str, group: str) -> str:
    calendar = str(model.groups(station)[group].calendar)
    return digits(model.capacity_share(station, group) * model.open_hours_per_week(calendar))


def working_time(model: Model, name: str, station: Station) -> Iterator[str]:
    """What becomes of work in hand at the end of a shift and when somebody leaves, who is away, who is called off."""
    groups = model.groups(name).values()
    calendars = dict.fromkeys(str(group.calendar) for group in groups if group.calendar != "always")
    if calendars and station.servers != "infinite":
        at = _closing(model, tuple(calendars))
        yield {
            "pause": f"work in hand pauses {at}",
            "finish": f"work in hand {at} is finished first, as overtime at the same pace",
            "hand_back": f"work in hand {at} goes back in the queue",
        }[station.shift_end]
    if station.learning is not None:
        yield _learning(station.learning)
    leaving = (group.until_day is not None or group.head_count is not None or group.attrition for group in groups)
    if any(leaving) or any(group.training for group in groups):
        drop = {"hand_back": "goes back in the queue", "finish": "is finished first, as overtime"}
        yield f"work in hand of somebody who leaves {drop[station.staff_drop]}"
    if station.absence:
        yield f"people are away {station.absence:.0%} of the time"
    if station.at_once > 1:
        loss = (
            f", losing {station.switching_loss:.0%} of its speed for each further one" if station.switching_loss else ""
        )
        yield f"a server works on up to {station.at_once} requests at once{loss}"
    if station.most_in_hand is not None:
        yield f"at most {so_many_are(station.most_in_hand, 'request')} in hand"
    if station.call_off is not None:
        call = station.call_off
        yield (
            f"when more than {call.beyond} wait, {so_many_are(call.servers, 'more server')} called off, there after "
            f"{days(call.lead_days)} for {days(call.for_days)}"
        )


def _learning(curve: Learning) -> str:
    forgetting = f", fading in {days(curve.forgetting_days)} without practice" if curve.forgetting_days else ""
    return (
        f"people learn by category: skill {curve.start:g} ({curve.trained:g} trained) at first, a pass takes "
        f"{curve.rate:.0%} as long after each doubling of passes, up to full skill{forgetting}; the least load above "
        "is that of full skill, the largest that of the first one"
    )


def _closing(model: Model, calendars: tuple[str, ...]) -> str:
    ends = {end for name in calendars for spans in model.calendars[name].pattern() for _, end in spans}
    if len(ends) > 3:
        return "when the calendar closes"
    return "at " + " and ".join(f"{int(end):02d}:{round(end % 1 * 60):02d}" for end in sorted(ends))
