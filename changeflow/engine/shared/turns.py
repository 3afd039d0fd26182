"""The instant rule in numbers: one fixed order of what happens at one instant.

At one instant there are rounds. Within a round the kinds of events follow one another as listed here, ties
within a kind by request number; a dispatch of free servers ends the round. What an event causes at the same
instant joins the current round if its turn is still to come, else the next.
"""

COMPLETION, END_OF_DELAY, RENEGE, SHIFT, RELEASE, RE_ENTRY, FOLLOW_UP, ARRIVAL, DISPATCH = range(9)
MAX_ROUNDS = 1_000

KIND = 1 << 40
"""Request numbers stay below this; a turn is round x ROUND + kind x KIND + number."""
ROUND = 16 * KIND
HELD = 1 << 39
"""Numbers of the events at which held requests are let in, beside those of requests."""
