"""The rarer keys of a model file, as they may stand in it: one line each, with unit and example."""

from __future__ import annotations

Hint = tuple[str, str]
"""A line of TOML and what it means, with its unit."""

QUEUE: tuple[Hint, ...] = (
    ("absence = 0.12", "share of working time that people are away; assumption, 0.08 to 0.18"),
    ('shift_end = "pause"', "work in hand when the calendar closes: pause, finish (overtime) or hand_back"),
    (
        'discipline = "priority"',
        "who is next: fifo, lifo, random, priority, shortest, shortest_remaining, due_date, cost_of_delay, ageing",
    ),
    ("preemptive = true", "urgent requests interrupt; interrupted_work: resume, restart or resample"),
    ("most_in_hand = 5", "requests in hand at most, paused ones included"),
    ("patience_hours = 720", "clock hours in the queue after which a request is withdrawn; a law, or by category"),
    ("join_probability = [1.0, 0.9, 0.5]", "chance that a newcomer joins when 0, 1, 2 or more requests are there"),
    ("access = 0.5", "share of its openness that the people here can use; assumption, 0.15 to 1"),
    ("capacity = 50", "requests in the station at most"),
    ('when_full = "refused"', "where a request goes that finds it full: a station or refused"),
    (
        "requester_wait = { probability = 0.25, hours = 96 }",
        "share of newcomers who first wait for their requester, clock hours; logs: 0.20 to 0.33, 48 to 240",
    ),
)  # fmt: skip
IN_HOUSE: tuple[Hint, ...] = (
    (
        "at_once = 2",
        "requests one server works on at once (process engine only; without preemptive, shift_end, patience_hours)",
    ),
    ("switching_loss = 0.1", "share of speed lost for each further request in hand"),
)
VENDOR: tuple[Hint, ...] = (
    ("hold = { size = 5, every_days = 7 }", "newcomers are held until 5 are there or the next 7th calendar day"),
    ("release = { every_days = 14 }", "deliveries go out only every 14 calendar days"),
    (
        "call_off = { beyond = 20, servers = 1, lead_days = 14, for_days = 60 }",
        "one more engineer when more than 20 wait; calendar days (process engine only)",
    ),
)
STAFF: tuple[Hint, ...] = (
    (
        "staff.anna = { speed = 1.2, hours_per_week = 10, until_day = 365 }",
        "instead of servers: people by name; also categories, calendar, absence, from_day, head_count",
    ),
    (
        "learning = { rate = 0.85, start = 0.4, trained = 0.7 }",
        "skill by category, grows with passes; only for people by name; assumption, rate 0.75 to 0.95",
    ),
    (
        "staff.ben = { authority = 0.6, trained = false, training = { day = 20, hours = 16 } }",
        "largest difficulty that ben may change; a course on a calendar day, in hours of his calendar",
    ),
    (
        "staff.eva = { attrition = { tenure_days = 600, replacement_days = 40 } }",
        "mean calendar days until she leaves, until a successor begins; assumption, 300 to 1500 and 20 to 120",
    ),
)
ACCEPTANCE: tuple[Hint, ...] = (
    ("acceptance.delay_hours = 24", "clock hours between a delivery and its verdict; assumption, 4 to 120"),
    ("acceptance.rework_priority = 0", "class of repeated passes, 0 the most urgent"),
)
SOURCE: tuple[Hint, ...] = (
    (
        "season = { weekdays = [1, 1, 1, 1, 1, 0, 0] }",
        "relative weights; also hours (24) and months (12)",
    ),
    (
        "asks_less = { beyond = [50, 100], share = [0.8, 0.5] }",
        "users stop asking: with 50 requests open only 0.8 of them ask",
    ),
)
COSTS: tuple[Hint, ...] = (
    (
        'waiting = { shape = "convex", per_day = 8, doubles_after_days = 30 }',
        "an open request costs more a day the older it is; or linear, step (at its due date)",
    ),
    ("day_job_value_per_hour = 90", "what an in-house hour is worth elsewhere; assumption, 45 to 150"),
    ("day_job_agreed_hours_per_week = 6", "hours a week and person; beyond them an hour costs ever more"),
    ("hosting_per_month = 500", "money a month"),
    ("discount_rate_per_year = 0.05", "share a year; assumption, 0 to 0.1"),
)
SECTIONS = """\
# [categories.data]             # one for each category
# priority = 1                  # class 0 to 9, 0 the most urgent
# due_within_days = 10          # calendar days from arrival to the due date
# waiting_cost_per_day = 20     # cost of an open request and calendar day; else costs.waiting_per_day
# difficulty_size_correlation = 0.5 # -1 to 1: large requests are difficult ones; assumption, 0 to 0.7

# [organisation.variation]      # organisations differ; the prior set has laws of rate, readiness and quality
# replications_per_organisation = 10 # runs of one organisation; intervals then count organisations
# request_rate = { law = "lognormal", mean = 1, scv = 0.25 } # factor on the rates; assumption, scv 0.04 to 0.9

# [contracts.time]              # how a vendor bills; a station names it: contract = "time"
# price_per_hour = 130          # money an hour; or tiers by hours a month, as in the model contracts
# minimum_hours = 2             # billed for a pass at least; assumption, 0 to 8
# increment_hours = 0.25        # a pass is billed in whole steps of it; 8 is by the day; assumption, 0.25 to 8
# urgency = { data = 1.5 }      # factor on the price, by category or priority class
# retainer = { per_month = 2000, hours = 20, unused = "lost" } # money a month, hours in it; or carried
# sla = { within_hours = 240, fee_per_month = 300, credit = 200 } # clock hours to delivery, money

# [demand.sources.shocks]       # a reorganisation, a new law: many requests at once
# kind = "shocks"
# per_year = 2                  # shocks a year
# requests = 30                 # requests of a shock; a number or a law
# spread_days = 10              # mean calendar days from the shock to a request

# [adoption]                    # whether users go on using the system: the softest part, no forecast
# mode = "coupled"              # off; passive: only computed; coupled: who has left no longer asks

# [demand.sources.others]       # other customers of the same vendor
# kind = "poisson"
# rate_per_week = 2             # arrivals a week
# background = true             # they load stations and are not measured
# entry = "VENDOR"
"""
ERRORS = """\
# [errors]                      # errors with a cause, in place of acceptance.rework_probability; the set says the rest
# per_link = 0.1                # chance that a hand-over of meaning goes wrong, at worst; assumption, 0.03 to 0.3
# irreducible = 0.05            # chance that the hardest change misses with nobody at fault; assumption, 0 to 0.15
# kinds.slip = { caught_at_review = 0.4, caught_at_acceptance = 0.5, discovery_days = 28 } # or another kind; in use
# repair = { acceptance = 0.5, production = 1.5 } # work of a repair at flexibility 1, share of the work that was wrong
# repairs_go = "same_station"   # where an escaped defect goes: where it was made, or entry
# [stations.VENDOR.errors]
# links = 3                     # hand-overs of meaning; 0 in person, 2 through an account manager, 3 a subcontractor
# slip = 0.1                    # chance of a slip at full skill; assumption, 0.01 to 0.2
"""
SYSTEM = """\
# [system]
# flexibility = 0.6             # how easily it is changed again, 1 as at first; or by category; assumption, 0.2 to 1
"""
COMPONENTS = """\
# [components]                  # a change draws changes of other components after it
# generator = { kind = "layered", components = 12, links = 2, likelihood = 0.2, seed = 1 } # or hub, modular
# # instead of generator your own: dsm = "FILE.csv", names in its first row and column, likelihoods in its cells
# impact = 0.4                  # work of a change that follows, share of the one before; assumption, 0.1 to 0.8
# mode = "cascade"              # or clarkson: no further requests, more work each; or off: analysis only
"""
