"""The list of expected material: by reason, party and stage, what is there, what need not be, until when (S4 to S6)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.claim import ClaimLine, Given, Level, Material, MaterialKind, Reason, RequestType, Stage
from mufakat.core.expected import NEXT, STAGES, Expected, expected_material
from mufakat.core.order import OUTBOUND, Amendment, OrderState, Scan, ScanKind
from mufakat.core.parties import PARTIES, Role
from mufakat.core.phases import Phase
from mufakat.core.policy.policy import ClockName, LapseOutcome
from mufakat.core.process import MOVES
from mufakat.core.refusals import Code
from mufakat.core.view import visible_exhibits
from mufakat.store import codec
from tests.core.stands import STANDS, awarded, deciding, dismissed, inspecting, parcel_rejected, reported
from tests.core.story import AGENT, CUSTOMER, DAY, DELIVERED, HOUR, SELLER, TEXT, Story, order

WROTE = "sha256:asked"


def listed(story: Story, party: Role) -> list[Expected]:
    """A party's list as it stands."""
    return expected_material(story.case, story.order, story.policy, party, story.now)


def states(story: Story, party: Role) -> dict[str, Given]:
    return {each.item: each.state for each in listed(story, party)}


# --- stages


@pytest.mark.parametrize("phase", Phase)
def test_s6_each_phase_has_the_list_of_its_stage_or_none(phase: Phase) -> None:
    story = STANDS[phase]()
    for party in PARTIES:
        found = listed(story, party)
        assert {each.party for each in found} <= {party}
        stages = {each.stage for each in found}
        ahead = NEXT.get((phase, party))
        assert stages == ({ahead} if ahead else {STAGES[phase]} if phase in STAGES else set()) or (
            phase is Phase.ASSESSING and stages == {Stage.RETURN}
        )
        assert {each.ahead for each in found} <= {ahead is not None}
        for each in found:
            if each.until is not None:
                assert story.m.due is not None
                assert each.until >= story.now


def test_what_can_be_opened_next_can_be_opened_in_the_table() -> None:
    opens = {Stage.DISPUTE: c.RaiseDispute, Stage.APPEAL: c.Appeal}
    assert {
        (phase, role): stage
        for stage, command in opens.items()
        for phase in Phase
        for role in PARTIES
        if (move := MOVES.get((phase, command))) is not None and role in move.roles
    } == NEXT


def test_s6_before_a_dispute_is_raised_its_list_is_shown_with_the_moment_until_which_it_can_be() -> None:
    story = Story().rejected()
    mine = listed(story, Role.CUSTOMER)
    assert [(each.stage, each.ahead, each.until) for each in mine] == [(Stage.DISPUTE, True, story.m.due)] * 3
    assert {(each.stage, each.ahead) for each in listed(story, Role.SELLER)} == {(Stage.REQUEST, False)}


def test_what_cannot_be_disputed_has_no_list_of_a_dispute() -> None:
    """S26: after the acceptance period there is nothing to raise, only to ask once more."""
    story = Story().rejected()
    over: dict[str, datetime | None] = dict.fromkeys(story.case.accept_until, story.now)
    story._case = replace(story.case, accept_until=over)
    assert {(each.stage, each.ahead) for each in listed(story, Role.CUSTOMER)} == {(Stage.REQUEST, False)}
    agreed = Story().rejected()
    agreed._case = replace(agreed.case, matters=(replace(agreed.m, agreed=True),))
    assert {each.stage for each in listed(agreed, Role.CUSTOMER)} == {Stage.REQUEST}


def test_s6_before_an_appeal_its_list_is_shown_to_the_seller_once() -> None:
    story = awarded()
    assert {(each.stage, each.ahead, each.until) for each in listed(story, Role.SELLER)} == {
        (Stage.APPEAL, True, story.m.due)
    }
    assert {each.stage for each in listed(story, Role.CUSTOMER)} == {Stage.DISPUTE}
    used = replace(story.m, appeal_used=True)
    story._case = replace(story.case, matters=(used,))
    assert {each.stage for each in listed(story, Role.SELLER)} == {Stage.DISPUTE}
    assert {(each.stage, each.ahead) for each in listed(dismissed(), Role.CUSTOMER)} == {(Stage.DISPUTE, True)}


def test_s6_goods_that_go_back_have_a_list_of_their_own() -> None:
    story = inspecting()
    mine = listed(story, Role.SELLER)
    assert {each.item: each.level for each in mine} == {
        "PROOF_OF_DAMAGE": Level.ONE_OR_MORE,
        "PROOF_OF_EMPTY_PACKAGE_OR_DIFFERENT_ITEM": Level.ONE_OR_MORE,
        "MERCHANT_RESPONSE": Level.OPTIONAL,
    }
    assert {(each.stage, each.line_id, each.until) for each in mine} == {(Stage.RETURN, "", story.m.due)}
    story.give(SELLER, c.HandIn(Material("PROOF_OF_DAMAGE", digest="x")))
    assert states(story, Role.SELLER)["PROOF_OF_EMPTY_PACKAGE_OR_DIFFERENT_ITEM"] is Given.COVERED
    assert listed(reported(), Role.CUSTOMER)[0].until is not None
    assert {each.stage for each in listed(parcel_rejected(), Role.SELLER)} == {Stage.RETURN}


def test_what_was_shown_of_the_goods_before_says_nothing_about_the_return() -> None:
    story = Story().open(RequestType.RETURN_AND_REFUND)
    story.give(SELLER, c.HandIn(Material("PROOF_OF_DAMAGE", digest="before")))
    story.give(SELLER, c.ApproveRequest())
    assert states(story, Role.SELLER)["PROOF_OF_DAMAGE"] is Given.MISSING


# --- groups, and what the platform knows


def test_s6_one_of_a_group_is_enough() -> None:
    story = Story().disputed(reason=Reason.WRONG_ITEM)
    groups = {each.item: each.group for each in listed(story, Role.SELLER)}
    assert groups["LISTING_URL"] == groups["ORDER_DETAILS"] != ""
    assert groups["MERCHANT_RESPONSE"] == ""
    story.give(SELLER, c.HandIn(Material("LISTING_URL", digest="x")))
    assert states(story, Role.SELLER) == {
        "LISTING_URL": Given.GIVEN,
        "ORDER_DETAILS": Given.COVERED,
        "PHOTOS_OF_SHIPPED_ITEM": Given.MISSING,
        "MERCHANT_RESPONSE": Given.MISSING,
    }


def test_groups_of_two_lines_are_two() -> None:
    lines = (ClaimLine("a", Reason.DEFECTIVE), ClaimLine("b", Reason.DEFECTIVE))
    story = Story().disputed(RequestType.REFUND, *lines)
    story.give(CUSTOMER, c.HandIn(Material("STATUS_OF_MERCHANDISE", digest="x", lines=("b",))))
    found = {(each.line_id, each.item): each.state for each in listed(story, Role.CUSTOMER)}
    other = "THIRDPARTY_PROOF_FOR_DAMAGE_OR_SIGNIFICANT_DIFFERENCE"
    assert (found["a", other], found["b", other]) == (Given.MISSING, Given.COVERED)
    assert len({each.group for each in listed(story, Role.CUSTOMER) if each.group}) == 2


def late(*facts: Scan | Amendment) -> Story:
    story = Story(state=OrderState(order(), facts))
    story.now = DELIVERED + 4 * DAY
    return story.disputed(reason=Reason.ARRIVED_LATE)


def test_s7_what_the_platforms_data_settles_nobody_need_prove() -> None:
    story = late(Scan(OUTBOUND, ScanKind.DELIVERED, DELIVERED + 3 * DAY))
    (mine,) = listed(story, Role.CUSTOMER)
    assert (mine.state, mine.known) == (Given.KNOWN, ("R3", "R6"))
    story.give(CUSTOMER, c.HandIn(Material("PROOF_OF_ITEM_NOT_RECEIVED", digest="x")))
    assert listed(story, Role.CUSTOMER)[0].state is Given.GIVEN


def test_s7_data_that_speaks_against_a_claim_settles_nothing_for_its_maker() -> None:
    story = late(Scan(OUTBOUND, ScanKind.DELIVERED, DELIVERED + 3 * DAY), Amendment(DELIVERED + 9 * DAY, DELIVERED))
    assert listed(story, Role.CUSTOMER)[0].state is Given.MISSING
    assert Given.KNOWN not in states(story, Role.SELLER).values()


def test_who_is_asked_for_what_the_platform_has_may_refer_to_it() -> None:
    story = Story(state=OrderState(order(), (Scan(OUTBOUND, ScanKind.DELIVERED, DELIVERED, signed=True),)))
    story.disputed(reason=Reason.DAMAGED)
    known = {each.item: each.known for each in listed(story, Role.SELLER)}
    assert known["PROOF_OF_DELIVERY_SIGNATURE"] == ("R6",)
    assert known["PHOTOS_OF_SHIPPED_ITEM"] == ()
    reference = known["PROOF_OF_DELIVERY_SIGNATURE"][0]
    named = Material("PROOF_OF_DELIVERY_SIGNATURE", MaterialKind.RECORD, refers_to=reference)
    story.give(SELLER, c.HandIn(named))
    assert states(story, Role.SELLER)["PROOF_OF_DELIVERY_SIGNATURE"] is Given.GIVEN


# --- what an agent asked for


def asks(*parties: Role, item: str = "ITEM_DESCRIPTION", hours: int = 0) -> c.AskMaterial:
    return c.AskMaterial(parties, item, text=WROTE, hours=hours)


def test_s5_what_an_agent_asked_for_stands_first_in_the_list_of_whom_was_asked() -> None:
    story = deciding()
    story.give(AGENT, asks(Role.SELLER))
    first = listed(story, Role.SELLER)[0]
    assert (first.item, first.asked_by, first.text, first.level) == (
        "ITEM_DESCRIPTION",
        Role.AGENT,
        WROTE,
        Level.REQUIRED,
    )
    assert (first.state, first.until) == (Given.MISSING, story.now + 24 * HOUR)
    assert all(each.asked_by is None for each in listed(story, Role.CUSTOMER))
    story.give(SELLER, c.HandIn(Material("ITEM_DESCRIPTION", digest="new")))
    assert listed(story, Role.SELLER)[0].exhibits == (story.case.exhibits[-1].number,)


def test_s5_what_was_there_before_is_no_answer_to_what_an_agent_asks() -> None:
    story = deciding()
    there = [each.material.item for each in story.case.exhibits if each.giver is Role.SELLER]
    assert "ITEM_DESCRIPTION" in there
    story.give(AGENT, asks(Role.SELLER))
    assert listed(story, Role.SELLER)[0].state is Given.MISSING


def test_s5_what_was_not_handed_in_in_time_stays_missing_and_can_come_no_more() -> None:
    story = deciding()
    story.give(AGENT, asks(*PARTIES))
    story.lapse()
    for party in PARTIES:
        first = listed(story, party)[0]
        assert (first.state, first.until) == (Given.MISSING, None)


def test_a_second_dispute_begins_without_what_was_asked_in_the_first() -> None:
    story = deciding()
    story.give(AGENT, asks(Role.CUSTOMER))
    story.give(CUSTOMER, c.WithdrawDispute())
    story.give(CUSTOMER, c.RaiseDispute())
    assert all(each.asked_by is None for each in listed(story, Role.CUSTOMER))


@pytest.mark.parametrize("hours", [6, 23, 24])
def test_s5_an_agent_may_give_fewer_hours_than_the_rulebook(hours: int) -> None:
    story = deciding()
    events = story.give(AGENT, asks(*PARTIES, hours=hours))
    until = story.now + timedelta(hours=hours)
    assert {each.until for each in events if isinstance(each, e.WindowOpened)} == {until}
    assert next(each for each in events if isinstance(each, e.MaterialAsked)).until == until
    assert story.m.due == until
    assert {each.until for each in listed(story, Role.SELLER) if each.asked_by} == {until}
    story.lapse()
    assert story.m.phase is Phase.DECIDING


@pytest.mark.parametrize("hours", [-1, 1, 5, 25, 10**9])
def test_s5_nobody_is_asked_in_less_time_than_the_market_gives_nor_in_more(hours: int) -> None:
    assert deciding().refused(AGENT, asks(Role.SELLER, hours=hours)) is Code.TIME_NOT_FITTING


def test_an_extended_due_moment_is_that_of_what_was_asked() -> None:
    story = deciding()
    story.give(AGENT, asks(Role.SELLER))
    before = story.m.due
    assert before is not None
    story.give(AGENT, c.ExtendDue(3600, text=TEXT))
    assert listed(story, Role.SELLER)[0].until == before + HOUR


def test_what_was_asked_before_it_had_a_time_of_its_own_is_read_back() -> None:
    old = (
        b'{"name":"material.asked","version":1,"number":9,"batch":9,"at":"2026-11-02T03:00:00Z","role":"AGENT",'
        b'"by":"dewi","data":{"matter":1,"parties":["SELLER"],"item":"X","text":""}}'
    )
    event = codec.decode_event(old).recorded.event
    assert event == e.MaterialAsked(1, (Role.SELLER,), "X")


# --- carried over


def test_s4_the_dispute_says_what_was_carried_over_and_puts_it_first() -> None:
    story = Story().open()
    story.give(SELLER, c.HandIn(Material("ITEM_DESCRIPTION", digest="early")))
    story.give(CUSTOMER, c.SendMessage((Material("PROOF_OF_DAMAGE", digest="photo"),), "sha256:look"))
    story.give(SELLER, c.RejectRequest(story.reject_code(RequestType.REFUND), text="sha256:no"))
    said = tuple(each.number for each in story.case.said)
    assert [each.by for each in story.case.said] == [Role.CUSTOMER, Role.CUSTOMER, Role.SELLER]
    story.give(CUSTOMER, c.RaiseDispute(materials=(Material("STATUS_OF_MERCHANDISE", digest="new"),)))
    assert story.m.carried_said == said
    shown = visible_exhibits(story.case, Role.AGENT)
    assert tuple(each.number for each in shown[: len(story.m.carried)]) == story.m.carried
    assert [each.giver for each in shown] == [Role.CUSTOMER] * 3 + [Role.SELLER, Role.CUSTOMER]
    assert {each.number for each in shown} == {each.number for each in story.case.exhibits}
    assert visible_exhibits(story.case, Role.CLOCK) == ()


def test_silence_says_nothing() -> None:
    """S4: what a lapse rejected was not said by the seller."""
    story = Story()
    clocks = story.policy.clocks
    silent = replace(clocks[ClockName.SELLER_REVIEW], lapse=LapseOutcome.REJECT)
    story.policy = replace(story.policy, clocks=clocks | {ClockName.SELLER_REVIEW: silent})
    story.open()
    story.lapse()
    assert story.m.phase is Phase.REJECTED
    assert [each.by for each in story.case.said] == [Role.CUSTOMER]
    assert story.case.answered_at is None
