"""Refusals that the rules' own tests do not meet, and the proof that every code is met somewhere."""

import re
from dataclasses import replace
from pathlib import Path

from mufakat.core import commands as c
from mufakat.core.claim import ClaimLine, Material, Reason, RemedyKind, RequestType, Solution
from mufakat.core.decide import MAX_EVENTS
from mufakat.core.decide.draft import MAX_MATERIALS
from mufakat.core.decide.negotiate import MAX_MESSAGES
from mufakat.core.parties import CLOCK, SYSTEM
from mufakat.core.phases import Phase
from mufakat.core.policy.policy import WindowRule
from mufakat.core.refusals import Code
from tests.core.stands import PARCEL_CODE, appeal_deciding, closed, inspecting, review
from tests.core.story import AGENT, CUSTOMER, SECOND_AGENT, SELLER, TEXT, Story

TESTS = Path(__file__).resolve().parent.parent


def test_where_several_matters_fit_one_must_be_named() -> None:
    lines = (ClaimLine("a", Reason.DEFECTIVE), ClaimLine("b", Reason.DEFECTIVE))
    story = Story().rejected(RequestType.REFUND, *lines)
    story.give(CUSTOMER, c.RaiseDispute(lines=("a",)))
    story.give(CUSTOMER, c.RaiseDispute(lines=("b",)))
    assert story.refused(CUSTOMER, c.CompleteMaterial()) is Code.WHICH_MATTER
    story.give(CUSTOMER, c.CompleteMaterial(2))


def test_a_type_that_the_market_does_not_have() -> None:
    story = Story()
    windows: dict[RequestType, WindowRule] = {
        k: v for k, v in story.policy.windows.items() if k is not RequestType.EXCHANGE
    }
    story.policy = replace(story.policy, windows=windows)
    asked = c.OpenRequest(RequestType.EXCHANGE, (ClaimLine("a", Reason.DEFECTIVE),))
    assert story.refused(CUSTOMER, asked) is Code.TYPE_NOT_IN_MARKET


def test_a_message_says_something() -> None:
    assert review().refused(CUSTOMER, c.SendMessage()) is Code.EMPTY_MESSAGE


def test_what_was_agreed_on_is_not_disputed() -> None:
    """Reading 7: an agreement counts and is not raised again, also where its return goes wrong."""
    story = inspecting()
    story.give(SELLER, c.RejectParcel(PARCEL_CODE))
    agreed = replace(story.m, agreed=True)
    story._case = replace(story.case, matters=(agreed,))
    assert story.refused(CUSTOMER, c.RaiseDispute()) is Code.SETTLED_BY_AGREEMENT


def test_one_appeal_for_each_dispute() -> None:
    """Reading 4."""
    story = appeal_deciding()
    story.give(SECOND_AGENT, c.DecideAppeal())
    story.lapse()
    story.give(SYSTEM, c.ReportPayment("c1:1", 100_000))
    assert story.refused(SELLER, c.Appeal(text=TEXT)) is Code.CASE_CLOSED
    waived = Story().disputed()
    waived.complete()
    waived._case = replace(waived.case, matters=(replace(appeal_deciding().m, appeal_used=True, phase=Phase.AWARDED),))
    assert waived.refused(SELLER, c.Appeal(text=TEXT)) is Code.APPEAL_USED


def test_a_closed_case_has_nothing_due() -> None:
    assert closed().refused(CLOCK, c.Lapse()) is Code.NOTHING_DUE


def test_limits_hold_at_their_edge() -> None:
    story = review()
    story._case = replace(story.case, messages=MAX_MESSAGES - 1)
    story.give(CUSTOMER, c.SendMessage(text=TEXT))
    assert story.refused(CUSTOMER, c.SendMessage(text=TEXT)) is Code.TOO_MANY_MESSAGES
    full = review()
    for number in range(MAX_MATERIALS - len(full.case.exhibits)):
        full.give(CUSTOMER, c.HandIn(Material("BUYER_RESPONSE", digest=str(number))))
    assert full.refused(CUSTOMER, c.HandIn(Material("BUYER_RESPONSE", digest="x"))) is Code.TOO_MANY_MATERIALS
    long = review()
    long._case = replace(long.case, number=MAX_EVENTS)
    assert long.refused(CUSTOMER, c.SendMessage(text=TEXT)) is Code.TOO_MANY_EVENTS
    assert long.refused(AGENT, c.ExtendDue(60, text=TEXT)) is Code.TOO_MANY_EVENTS
    long.lapse()  # the clock goes on


def test_a_proposal_must_be_possible_too() -> None:
    too_much = c.ProposeAgreement(Solution(RemedyKind.REFUND, 100_001))
    assert review().refused(CUSTOMER, too_much) is Code.ASKED_TOO_MUCH


def test_every_code_is_met_by_a_test() -> None:
    met: set[str] = set()
    for path in TESTS.rglob("*.py"):
        if "refusal_texts" not in path.name:
            met |= set(re.findall(r"Code\.([A-Z_]+)", path.read_text(encoding="utf-8")))
    assert met >= {code.value for code in Code}
