"""Trials that stand in other files: what they find, in the bounds that they assert themselves."""

from __future__ import annotations

from tests.claims.claims import HOLDS, Finding, fails

_ADOPTION = "tests/theory/test_adoption_claims.py"
_ERRORS = "tests/theory/test_delivery_errors.py"
_INVOICES = "tests/laws/test_invoices.py"
_ORGANISATIONS = "tests/laws/test_organisations.py"
_PEOPLE = "tests/claims/test_people.py"

ELSEWHERE = [
    Finding(
        "S1", HOLDS, f"{_ORGANISATIONS}::test_claim_s1_organisations_differ_more_than_the_runs_of_one",
        "surely more than half of the variance of total cost lies between organisations, under both prior sets",
    ),
    Finding(
        "S1", fails("organisations alike"), f"{_ORGANISATIONS}::test_claim_s1_fails_where_organisations_are_alike",
        "without spread the share's interval begins at 0",
    ),
    Finding(
        "S2", HOLDS, f"{_ADOPTION}::test_s2_s5_more_compromise_shortens_the_life_of_a_system",
        "fewer days in use at fit 0.4 than at 0.7, and at 0.7 than at 0.9",
    ),
    Finding(
        "S4", HOLDS, f"{_ADOPTION}::test_s4_a_product_that_fits_lives_only_where_business_stands_still",
        "fit 1 without change: surely under 20 % given up; 16 changes a month, or fit 0.4: surely over 50 %",
    ),
    Finding(
        "S4", fails("'only if': a moderate misfit is borne"),
        f"{_ADOPTION}::test_s4_fails_where_users_bear_a_moderate_misfit",
        "fit 0.7 without change and reviews: surely under 20 % given up",
    ),
    Finding(
        "S5", HOLDS, f"{_ADOPTION}::test_s2_s5_more_compromise_shortens_the_life_of_a_system",
        "days in use fall with the compromise",
    ),
    Finding(
        "S6", HOLDS, f"{_ADOPTION}::test_s6_discomfort_costs_enforcement_and_data",
        "fit 0.8 against 1: more cost of enforcement, less complete data",
    ),
    Finding(
        "S7", HOLDS, f"{_ADOPTION}::test_s7_enforcement_without_limit_keeps_the_system_at_a_cost",
        "more enforcement, longer life; without limit no system is given up, and it costs most",
    ),
    Finding(
        "S8", HOLDS, f"{_ADOPTION}::test_s8_a_system_given_up_is_the_other_hump_of_the_loss",
        "cost of runs given up and of runs in use apart by more than both intervals; the mean lies in neither",
    ),
    Finding(
        "S9", HOLDS, f"{_ADOPTION}::test_s9_second_attempts_find_fewer_misfits_and_know_better_what_they_want",
        "fewer requests than in the same second attempt without knowledge gain",
    ),
    Finding(
        "S16", HOLDS, f"{_INVOICES}::test_by_the_hour_a_tool_three_times_as_fast_costs_a_third",
        "first passes alone, by the hour: a third to 0.2 %",
    ),
    Finding(
        "S16", fails("day blocks"),
        f"{_INVOICES}::test_by_the_day_a_tool_three_times_as_fast_saves_nothing_of_work_within_a_day",
        "changes of at most a day: nothing saved",
    ),
    Finding(
        "S17", HOLDS, f"{_ERRORS}::test_with_perfect_specification_and_no_links_errors_remain",
        "quality 1, no links, no slips: 2.4 % of deliveries are wrong",
    ),
    Finding(
        "S22", fails("attrition"), f"{_PEOPLE}::test_attrition_hurts_power_users",
        "longer time to done and more backlog, with a tenure of 300 days",
    ),
    Finding(
        "S22", fails("untrained users"), f"{_PEOPLE}::test_untrained_power_users_are_slower",
        "longer time to done",
    ),
    Finding(
        "S24", HOLDS, f"{_PEOPLE}::test_with_everything_to_the_vendor_nobodys_authority_or_access_matters",
        "the same cost to the cent whatever authority and access",
    ),
    Finding(
        "S27", HOLDS, f"{_PEOPLE}::test_openness_without_access_gives_little",
        "access 0.15 saves less than a quarter of what full access saves of the vendor's invoices",
    ),
]  # fmt: skip
