"""What `check` says of each feature, in plain sentences."""

import pytest

from changeflow.present.story.checking import check, check_as_json, warnings_of
from changeflow.present.story.model import story
from tests.unit.small import DESK, model_of
from tests.unit.test_feature_loads import TWO

OFFICE = '[calendars.office]\nhours = ["09:00-17:00"]\n'
CATEGORY = "[categories.data]\nshare = 1.0\npriority = 1\ndue_within_days = 5\nwaiting_cost_per_day = 3\n"


def said(text: str) -> str:
    return " ".join(story(model_of(text)))


def desk(*keys: str, more: str = "") -> str:
    return DESK.replace("service_hours = 1", "service_hours = 1\n" + "\n".join(keys)) + CATEGORY + OFFICE + more


STATION = [
    ('discipline = "lifo"', "last come first served"),
    ('discipline = "random"', "in random order"),
    ('discipline = "due_date"', "the earliest due date first"),
    ('discipline = "cost_of_delay"', "the highest cost of delay per hour of work first"),
    ('discipline = "shortest"', "the shortest work first"),
    ('discipline = { rule = "ageing", days_per_class = 5 }', "waiting lifts a request one class every 5 days"),
    (
        'discipline = { rule = "ageing", days_per_class = 5, urgent_before_due_days = 1 }',
        "first of all those within 1 day of their due date",
    ),
    ('discipline = "priority"\npreemptive = true', "urgent requests interrupt; work goes on where it stopped"),
    (
        'discipline = "priority"\npreemptive = true\ninterrupted_work = "restart"',
        "urgent requests interrupt; interrupted work begins again",
    ),
    ('calendar = "office"', "work in hand pauses at 17:00"),
    ('calendar = "office"\nshift_end = "finish"', "work in hand at 17:00 is finished first, as overtime"),
    ('calendar = "office"\nshift_end = "hand_back"', "work in hand at 17:00 goes back in the queue"),
    ("absence = 0.12", "people are away 12% of the time"),
    ("at_once = 3\nswitching_loss = 0.1", "works on up to 3 requests at once, losing 10% of its speed"),
    ("most_in_hand = 1", "at most 1 request is in hand"),
    (
        "call_off = { beyond = 9, servers = 1, lead_days = 14, for_days = 60 }",
        "when more than 9 wait, 1 more server is called off, there after 14 days for 60 days",
    ),
    ("patience_hours = 240", "who is not started within 10 days withdraws"),
    ("join_probability = [1.0, 0.5]", "100%, 50% join when 0, 1, ... are there"),
    ("capacity = 5", "at most 5 requests are there; who finds it full is refused"),
    ("hold = { size = 4, every_days = 7 }", "held until 4 are there or the next of days 7, 14, ..."),
    ("release = { every_days = 14 }", "deliveries go out every 14 days"),
    ("requester_wait = { probability = 0.3, hours = 48 }", "30% of newcomers first wait 2 days for the requester's"),
    ("acceptance = { rework_probability = 0.2, delay_hours = 24 }", "the verdict takes 24 hours"),
    ("acceptance = { rework_probability = 0.2, rework_priority = 0 }", "at the end of the queue, with priority 0"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "words"), STATION, ids=[key for key, _ in STATION])
def test_a_feature_of_a_station_is_said(key: str, words: str) -> None:
    assert words in said(desk(key))
    assert words not in said(desk())


def test_groups_are_said_with_what_they_may_do_and_when_they_are_there() -> None:
    anna = 'staff.anna = { categories = ["data"], speed = 1.5, from_day = 2, until_day = 9, calendar = "office" }'
    others = "staff.others = { head_count = { days = [0, 5], servers = [2, 1] } }"
    words = said(desk(anna, others).replace("servers = 2\n", "", 1))
    assert "anna (40 hours a week on calendar office; only data; 1.5 times as fast; from day 2; until day 9)" in words
    assert "others (2 from day 0, then 1 from day 5; 168 hours a week each on calendar always)" in words
    assert "work in hand of somebody who leaves goes back in the queue" in words


ROUTES = [
    ('{ rule = "shortest_queue", among = ["one", "two"] }', "the one of one, two with the fewest requests per server"),
    ('{ rule = "soonest", among = ["one", "two"] }', "where it is expected to be done first"),
    ('{ rule = "cheapest", among = ["one", "two"] }', "with the lowest expected money"),
    (
        '{ rule = "by_size", up_to_hours = 8, small = "one", large = "two" }',
        "with up to 8 hours of work goes to one. A new request with more than 8 hours of work goes to two.",
    ),
    (
        '{ rule = "until_day", day = 30, first = "one", then = "two" }',
        "A new request until day 30 goes to one. A new request from day 30 on goes to two.",
    ),
    (
        '{ rule = "budget", per_month = 5000, prefer = "one", otherwise = "wait" }',
        "one while EUR 5,000 a month are not spent; what is beyond waits for the next month.",
    ),
    ('{ rule = "custom", name = "mine" }', "where the rule mine of your own says"),
]


@pytest.mark.parametrize(("rule", "words"), ROUTES)
def test_a_routing_rule_is_said(rule: str, words: str) -> None:
    text = TWO.replace("[stations.one]", "[stations.one]\nprice_per_hour = 10")
    assert words in said(f"{text}entry = {rule}")


SOURCES = [
    (
        "rate_per_day = 3\nseason = { weekdays = [1, 1, 1, 1, 1, 0, 0] }",
        "on average 21 arrivals a week, by day of the week",
    ),
    (
        "rate_per_day = 3\nasks_less = { beyond = [9], share = [0.5] }",
        "only 50% of them ask once 9 are open.",
    ),
    (
        "rate_per_day = 3\nbackground = true",
        "requests of other customers, which load the stations and are not measured",
    ),
]


@pytest.mark.parametrize(("source", "words"), SOURCES)
def test_a_feature_of_demand_is_said(source: str, words: str) -> None:
    assert words in said(DESK.replace("rate_per_day = 3", source))


def test_shocks_are_said() -> None:
    shocks = 'kind = "shocks"\nper_year = 4\nrequests = 30\nspread_days = 10'
    text = said(DESK.replace('kind = "poisson"\nrate_per_day = 3', shocks))
    assert "4 shocks a year of about 30 requests each, spread over some 10 days" in text


# What only one engine knows, and what only bounds the load.


def test_process_only_features_are_named() -> None:
    plain, rare = model_of(desk()), model_of(desk("at_once = 3"))
    assert "ENGINE" not in check(plain)
    assert "ENGINE" in check(rare)
    assert check_as_json(rare)["process_only"] == ["several requests at once per server (at_once)"]
    assert check_as_json(plain)["process_only"] == []


def test_a_load_that_is_lightened_is_said_to_be_an_upper_bound() -> None:
    assert "at most: fewer ask or stay" in " ".join(check(model_of(desk("patience_hours = 9"))).split())
    assert "at most" not in check(model_of(desk())).split("WHAT THE MODEL")[0]


def test_overload_of_a_skill_names_it() -> None:
    staff = 'staff.anna = { hours_per_week = 80 }\nstaff.others = { servers = 9, categories = ["report"] }'
    text = TWO.replace("servers = 1", staff, 1) + 'entry = "one"'
    assert warnings_of(model_of(text)) == [
        "one: OVERLOAD by data: more work than the people with the skill have hours for; its backlog will grow"
    ]
