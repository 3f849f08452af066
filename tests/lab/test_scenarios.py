"""Every scenario beside a rulebook comes out as it is written, and together they show every rule, reading and row."""

from dataclasses import replace
from pathlib import Path

import pytest

from mufakat.core.parties import Role
from mufakat.core.policy.policy import ClockName, ClockRule, Policy, Span, SpanUnit
from mufakat.core.policy.rulebook import resolve
from mufakat.lab.scenarios import Failure, Scenario, parse, run, shipped, tags
from mufakat.lab.scenarios.expect import EXPECT_KEYS
from mufakat.lab.scenarios.order import LINE_KEYS, ORDER_KEYS
from mufakat.lab.scenarios.parse import PHRASES
from mufakat.rulebooks import load, names

SHIPPED = [(market, each) for market in names() for each in shipped(market)]

BESIDE_THE_CORE = {"switch debit_balance", "switch platform_advance"}
"""Switches of the payment room: no scenario of the core can show them."""

INDONESIA = (
    {
        *tags.RULES,
        *tags.READINGS,
        *tags.ARITHMETIC,
        *tags.REQUESTS,
        *tags.CLOCKS,
        *tags.ACCEPTANCE,
        *tags.MATERIAL,
        *tags.RISK,
        *tags.SWITCHES,
        *tags.ROWS,
    }
    - BESIDE_THE_CORE
    - {"arithmetic 14"}
)
"""What Indonesia's scenarios must show; arithmetic 14 is about Vietnam."""

VIETNAM = {
    "arithmetic 14",
    "vietnam: dispute after a rejected cancellation, return or refund-only request",
    "vietnam: dispute after a parcel rejected at inspection",
    "vietnam: grounds",
    "vietnam: seller's material",
    "vietnam: third parties",
    "vietnam: cancel by agreement",
    "vietnam: decision",
    "vietnam: disagree",
    "vietnam: carry out",
    "vietnam: return of goods",
    "vietnam: request window",
    "vietnam: seller's review",
    "vietnam: ship back, inspection",
}
"""What Vietnam's must show: every row of its table."""


def policy(scenario: Scenario, market: str = "id") -> Policy:
    return resolve(load(market), scenario.day)


def one(steps: str, order: str = "") -> Scenario:
    """A scenario of these steps."""
    text = f'[[scenario]]\nname = "It holds"\nshows = ["S1"]\n{order}\nsteps = [\n{steps}\n]\n'
    return parse(text, "id/try.toml")[0]


def played(steps: str, order: str = "") -> list[Failure]:
    scenario = one(steps, order)
    return run(scenario, policy(scenario))


@pytest.mark.parametrize("market, scenario", SHIPPED, ids=[f"{m}: {each.name}" for m, each in SHIPPED])
def test_it_comes_out_as_written(market: str, scenario: Scenario) -> None:
    failures = run(scenario, policy(scenario, market))
    assert not failures, "\n".join(str(each) for each in failures)


@pytest.mark.parametrize("market, required", [("id", INDONESIA), ("vn", VIETNAM)])
def test_every_rule_reading_and_row_is_shown(market: str, required: set[str]) -> None:
    shown = {tag for each in shipped(market) for tag in each.shows}
    assert required - shown == set()


def test_the_lists_are_whole() -> None:
    assert {f"clock {name}" for name in ClockName} <= INDONESIA
    assert len(tags.RULES) == 27
    assert len(tags.READINGS) == 15
    assert len(tags.ARITHMETIC) == 14
    assert all(tags.is_tag(tag) for tag in INDONESIA | VIETNAM)


def test_names_are_told_apart() -> None:
    told = [f"{market}: {each.name}" for market, each in SHIPPED]
    assert len(told) == len(set(told))


def test_an_unknown_rulebook_has_no_scenarios() -> None:
    assert shipped("xx") == ()


# Running: what comes out otherwise is said, and nothing passes unsaid.


def test_a_difference_names_file_scenario_step_and_both_values() -> None:
    failures = played('{ given = "a request" }, { expect = { phase = "REJECTED", due = "2026-11-04 12:00" } }')
    assert [str(each) for each in failures] == [
        'id/try.toml:1: scenario "It holds", step 2: phase: expected REJECTED, found REVIEW',
        'id/try.toml:1: scenario "It holds", step 2: due: expected 2026-11-04 12:00, found 2026-11-04 11:00',
    ]


def test_another_rulebook_makes_a_difference() -> None:
    scenario = one('{ given = "a request" }, { expect = { due = "2026-11-04 11:00" } }')
    rules = policy(scenario)
    review = replace(rules.clocks[ClockName.SELLER_REVIEW], span=Span(3, SpanUnit.CALENDAR_DAYS))
    longer: dict[ClockName, ClockRule] = {**rules.clocks, ClockName.SELLER_REVIEW: review}
    assert run(scenario, rules) == []
    assert [each.step for each in run(scenario, replace(rules, clocks=longer))] == [2]


def test_a_refusal_that_nobody_expected_ends_the_scenario() -> None:
    failures = played('{ given = "a request" }, { customer = "disputes" }, { expect = { phase = "REVIEW" } }')
    assert len(failures) == 1
    assert failures[0].step == 3
    assert failures[0].problem.startswith("step 2 was refused: WRONG_PHASE")


def test_another_refusal_than_expected_and_none_at_all_are_said() -> None:
    other = played('{ given = "a request" }, { customer = "disputes" }, { expect = { refused = "TWO_DISPUTES" } }')
    assert other[0].problem.startswith("expected the refusal TWO_DISPUTES, found WRONG_PHASE")
    none = played('{ given = "a request" }, { expect = { refused = "TWO_DISPUTES" } }')
    assert none[0].problem == "expected the refusal TWO_DISPUTES, but it was allowed"


def test_a_refusal_left_at_the_end_is_a_surprise() -> None:
    first = one('{ given = "a request" }, { customer = "disputes" }, { expect = { refused = "WRONG_PHASE" } }')
    cut = replace(first, steps=first.steps[:2])
    assert [(each.step, each.problem[:18]) for each in run(cut, policy(cut))] == [(0, "step 2 was refused")]


def test_a_due_moment_that_passed_unsaid_is_a_surprise() -> None:
    late = '{ given = "a request" }, { at = "2026-11-06 10:00", customer = "writes", says = "Hello?" },'
    failures = played(late + '{ expect = { phase = "PAYING" } }')
    assert [each.step for each in failures] == [2]
    assert "a due moment had passed" in failures[0].problem
    assert played(late + '{ expect = { phase = "PAYING", lapsed = true } }') == []


@pytest.mark.parametrize(
    "steps, problem",
    [
        ('{ given = "a request" }, { at = "2026-11-01 10:00", seller = "approves" }', "goes back in time"),
        ('{ customer = "disputes" }', "case 1 was not opened yet"),
        ('{ given = "a request" }, { about = "sofa", seller = "approves" }', "'sofa' is no line of case 1"),
        ('{ given = "a request" }, { provider = "pays" }', "nothing is owed yet"),
        ('{ given = "a request" }, { carrier = "scans", parcel = "return" }', "no return was shipped yet"),
        ('{ given = "an approved request", at = "2026-12-24 10:00" }', "the beginning was refused"),
    ],
)
def test_a_step_that_makes_no_sense_says_why(steps: str, problem: str) -> None:
    failures = played(steps + ', { expect = { phase = "REVIEW" } }')
    assert problem in failures[0].problem


def test_a_case_that_has_split_asks_which_line_is_meant() -> None:
    lines = '[{ line = "blender", reason = "DEFECTIVE" }, { line = "cup", reason = "DEFECTIVE" }]'
    split = f'{{ given = "a rejected request", lines = {lines} }}, {{ customer = "disputes", lines = ["cup"] }},'
    assert "say which line is meant" in played(split + '{ expect = { phase = "EVIDENCE" } }')[0].problem
    assert played(split + '{ expect = { line = "cup", phase = "EVIDENCE" } }') == []


@pytest.mark.parametrize(
    "expected, problem",
    [
        ("owed = 5", "owed: expected 5, but nothing is owed yet"),
        ('rule = "S15"', "rule: expected S15, but nothing was judged yet"),
        ('bearer = "SELLER"', "bearer: expected SELLER, but there was no return.risk_decided yet"),
        ('outcome = "REFUNDED"', "outcome: expected REFUNDED, found none"),
        ('seller_may = ["appeals"]', "seller_may: expected [appeals] among ["),
        ('seller_may_not = ["approves"]', "seller_may_not: expected [approves] not to be there"),
        ('seller_told = ["dispute.judged"]', "seller_told: expected [dispute.judged] among [request.opened"),
        ("open = false", "open: expected false, found true"),
    ],
)
def test_what_is_not_so_is_said_in_the_words_of_a_scenario(expected: str, problem: str) -> None:
    failures = played(f'{{ given = "a request" }}, {{ expect = {{ {expected} }} }}')
    assert [each.problem[: len(problem)] for each in failures] == [problem]


def test_nothing_expected_can_be_said_of_nothing() -> None:
    assert played('{ given = "a request" }, { expect = { outcome = "none", hold = 0, disputes = 0 } }') == []


def test_the_clock_fires_neither_early_nor_where_nothing_is_due() -> None:
    early = '{ given = "a request" }, { at = "2026-11-03 10:00", clock = "fires" },'
    assert played(early + '{ expect = { refused = "NOT_DUE_YET", phase = "REVIEW" } }') == []
    closed = '{ given = "a request" }, { customer = "withdraws the request" }, { clock = "fires" },'
    assert played(closed + '{ expect = { refused = "NOTHING_DUE" } }') == []


def test_times_left_out_of_an_order_move_with_the_delivery() -> None:
    scenario = one('{ given = "a request" }, { expect = { phase = "REVIEW" } }', 'order.delivered = "2026-12-02 10:00"')
    assert scenario.begins.isoformat() == "2026-12-02T11:00:00"
    assert run(scenario, policy(scenario)) == []


def test_roles_are_read_in_either_case() -> None:
    scenario = one('{ given = "a request" }, { expect = { waits_for = ["seller"] } }')
    assert scenario.steps[1].args["waits_for"] == (Role.SELLER,)


def test_the_reference_tells_every_word_of_the_format() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "scenarios.md").read_text(encoding="utf-8")
    words = {f'"{what}"' for phrases in PHRASES.values() for what in phrases}
    words |= {f"`{key}`" for phrases in PHRASES.values() for keys in phrases.values() for key in keys}
    words |= {f"`{key}`" for key in EXPECT_KEYS}
    words |= {f"`{key}`" for key in LINE_KEYS} | {f"`order.{key}`" for key in ORDER_KEYS}
    assert {word for word in words if word not in page} == set()
