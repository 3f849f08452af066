"""What each role sees: whose turn it is, and what may still be done once a due moment has come."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mufakat.core import commands as c
from mufakat.core.claim import ClaimLine, Reason, RemedyKind, RequestType, Solution
from mufakat.core.decide import Decided
from mufakat.core.parties import PARTIES, Role
from mufakat.core.phases import Phase
from mufakat.core.preview import as_of
from mufakat.core.process import OWNERS
from mufakat.core.refusals import Code
from mufakat.core.view import ViewerState, available_actions, matter_state, viewer_state
from tests.core.stands import STANDS, deciding, paying, review, sample
from tests.core.story import AGENT, CUSTOMER, DAY, HOUR, SELLER, Story

V = ViewerState
SECOND = timedelta(seconds=1)

SEEN = {
    Phase.REVIEW: (V.WAITING_FOR_SELLER, V.YOUR_TURN, V.WAITING_FOR_SELLER),
    Phase.OFFERED: (V.YOUR_TURN, V.WAITING_FOR_CUSTOMER, V.WAITING_FOR_CUSTOMER),
    Phase.EVIDENCE: (V.YOUR_TURN, V.YOUR_TURN, V.WAITING_FOR_BOTH),
    Phase.DECIDING: (V.WITH_PLATFORM, V.WITH_PLATFORM, V.YOUR_TURN),
    Phase.AWARDED: (V.WAITING_FOR_SELLER, V.YOUR_TURN, V.WAITING_FOR_SELLER),
    Phase.AWAITING_RETURN: (V.YOUR_TURN, V.WAITING_FOR_CUSTOMER, V.WAITING_FOR_CUSTOMER),
    Phase.RETURNING: (V.UNDER_WAY, V.UNDER_WAY, V.UNDER_WAY),
    Phase.DELIVERING: (V.UNDER_WAY, V.UNDER_WAY, V.UNDER_WAY),
    Phase.DEDUCTING: (V.PAYMENT, V.PAYMENT, V.PAYMENT),
    Phase.STOPPED: (V.WITH_PLATFORM, V.WITH_PLATFORM, V.YOUR_TURN),
    Phase.CLOSED: (V.CLOSED, V.CLOSED, V.CLOSED),
}
"""What customer, seller and agent see in some phases."""


@pytest.mark.parametrize("phase", SEEN)
def test_each_sees_whose_turn_it_is(phase: Phase) -> None:
    case = STANDS[phase]().case
    assert tuple(viewer_state(case, role) for role in (Role.CUSTOMER, Role.SELLER, Role.AGENT)) == SEEN[phase]


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.CLOSED])
def test_a_turn_is_somebodys_and_nobody_waits_for_himself(phase: Phase) -> None:
    case = STANDS[phase]().case
    own = {Role.CUSTOMER: V.WAITING_FOR_CUSTOMER, Role.SELLER: V.WAITING_FOR_SELLER, Role.AGENT: V.WITH_PLATFORM}
    for role in Role:
        state = viewer_state(case, role)
        assert state is not V.CLOSED
        assert state is not own.get(role)
        assert state is not V.YOUR_TURN or role in OWNERS[phase]
    assert viewer_state(case, Role.CLOCK) is not V.YOUR_TURN
    assert viewer_state(case, Role.SYSTEM) is not V.YOUR_TURN


def test_whose_material_is_complete_waits_for_the_other() -> None:
    """S5: each is responsible for its own material."""
    story = Story().disputed()
    story.give(CUSTOMER, c.CompleteMaterial())
    assert viewer_state(story.case, Role.CUSTOMER) is V.WAITING_FOR_SELLER
    assert viewer_state(story.case, Role.SELLER) is V.YOUR_TURN
    assert viewer_state(story.case, Role.AGENT) is V.WAITING_FOR_SELLER


def test_a_refund_on_its_way_is_nobodys_turn() -> None:
    """S20: the provider pays; a seller who has let it pay has nothing left to do."""
    story = paying()
    assert viewer_state(story.case, Role.SELLER) is V.YOUR_TURN
    story.give(SELLER, c.PayRefund())
    assert {viewer_state(story.case, role) for role in PARTIES} == {V.PAYMENT}


def test_ones_own_turn_presses_first_then_what_is_due_first() -> None:
    lines = (ClaimLine("a", Reason.DEFECTIVE), ClaimLine("b", Reason.DEFECTIVE))
    story = Story().rejected(RequestType.REFUND, *lines)
    story.give(CUSTOMER, c.RaiseDispute(lines=("a",)))
    story.give(CUSTOMER, c.CompleteMaterial(next(m.number for m in story.case.matters if m.phase is Phase.EVIDENCE)))
    states = {m.phase: matter_state(m, Role.CUSTOMER) for m in story.case.matters}
    assert states == {Phase.REJECTED: V.YOUR_TURN, Phase.EVIDENCE: V.WAITING_FOR_SELLER}
    assert viewer_state(story.case, Role.CUSTOMER) is V.YOUR_TURN
    by_due = sorted(story.case.matters, key=lambda m: (m.due is None, m.due))
    assert viewer_state(story.case, Role.AGENT) is matter_state(by_due[0], Role.AGENT)
    first, last = (replace(m, due=m.due and m.due + n * DAY * 99) for n, m in enumerate(by_due))
    for due_first, due_last in ((first, last), (replace(first, due=last.due), replace(last, due=first.due))):
        case = replace(story.case, matters=tuple(sorted((due_first, due_last), key=lambda m: m.number)))
        sooner = min(case.matters, key=lambda m: (m.due is None, m.due))
        assert viewer_state(case, Role.AGENT) is matter_state(sooner, Role.AGENT)


@pytest.mark.parametrize("late", [timedelta(0), 400 * DAY])
@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.CLOSED])
def test_at_the_due_moment_only_what_is_open_after_the_lapse_is_offered(phase: Phase, late: timedelta) -> None:
    """Reading 13: nothing is offered that the lapse, fired or not, has taken away."""
    story = STANDS[phase]()
    due = story.m.due
    assert due is not None
    for role in Role:
        before = available_actions(story.case, role, due - SECOND)
        assert before == available_actions(story.case, role)
        settled = as_of(story.case, story.order, story.policy, due + late)
        exact = {each.command: each.mandatory for each in available_actions(settled, role, due + late)}
        for action in available_actions(story.case, role, due + late):
            assert action.due is None
            assert action.command in exact, (phase, action)
            assert exact[action.command] or not action.mandatory


def test_what_is_offered_after_a_lapse_that_has_not_fired_is_allowed() -> None:
    """Reading 13: a silent seller has refused (Indonesia: approved) already; an overdue decision is still taken."""
    story = deciding()
    assert story.m.due is not None
    story.now = story.m.due
    offered = available_actions(story.case, Role.AGENT, story.now)
    assert "Judge" in {each.command for each in offered if each.mandatory}
    assert isinstance(story.answer(AGENT, sample(story, c.Judge, Role.AGENT)), Decided)


def test_an_overdue_review_offers_the_seller_nothing() -> None:
    """Reading 13, S27."""
    story = review()
    assert story.m.due is not None
    story.now = story.m.due
    assert available_actions(story.case, Role.SELLER, story.now) == []
    assert story.refused(SELLER, c.RejectRequest(story.reject_code(story.case.type))) in (
        Code.WRONG_PHASE,
        Code.CASE_CLOSED,
    )


def test_terms_that_have_expired_are_not_offered() -> None:
    story = review()
    story.give(SELLER, c.ProposeAgreement(Solution(RemedyKind.REFUND, 20_000)))
    proposal = story.m.proposal
    assert proposal is not None

    def can_accept(moment: timedelta) -> bool:
        actions = available_actions(story.case, Role.CUSTOMER, proposal.until + moment)
        return any(each.command == "AcceptAgreement" for each in actions)

    story._case = replace(story.case, matters=(replace(story.m, due=proposal.until + HOUR),))
    assert can_accept(-SECOND)
    assert not can_accept(timedelta(0))
