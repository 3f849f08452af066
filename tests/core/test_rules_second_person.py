"""Overrides, the second person, the machine and the right to a person (decision 0028; reading 4, house principle 8)."""

from dataclasses import replace

import pytest

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.claim import (
    ClaimLine,
    Decision,
    FindingValue,
    Forum,
    Material,
    Override,
    Reason,
    RemedyKind,
    RequestType,
    Solution,
)
from mufakat.core.decide.automatic import Hindrance
from mufakat.core.effects import JUDGED_BY_MACHINE, EffectKind, effects
from mufakat.core.evolve import replay
from mufakat.core.order import ScanKind
from mufakat.core.parties import SYSTEM, Role
from mufakat.core.phases import Outcome, Phase
from mufakat.core.policy.policy import AutomaticRule
from mufakat.core.refusals import Code, Refusal
from mufakat.core.sight import sees
from mufakat.core.view import available_actions
from tests.core.findings import assess, find, judged_for_customer, judged_for_seller, with_material
from tests.core.second_person import (
    CLASS,
    TO_CUSTOMER,
    TO_SELLER,
    answered,
    appeal_drafted,
    by_machine,
    drafted,
    for_machine,
    judged_event,
    rules,
    to_machine,
)
from tests.core.stands import deciding, dismissed
from tests.core.story import (
    AGENT,
    CUSTOMER,
    DELIVERED,
    HOUR,
    SECOND_AGENT,
    SELLER,
    TEXT,
    THIRD_AGENT,
    Story,
)

VALID, WEAK = FindingValue.VALID, FindingValue.INSUFFICIENT


# --- overrides


def test_an_override_binds_once_a_second_person_confirms_it() -> None:
    story = answered(Story().disputed())
    events = story.give(AGENT, c.Judge(paragraph=TEXT, overrides=TO_SELLER))
    assert [type(each) for each in events][-1] is e.JudgementDrafted
    assert (story.m.phase, story.m.judgement) == (Phase.DECIDING, ())
    assert story.refused(AGENT, c.ConfirmJudgement()) is Code.OWN_DRAFT
    judged = judged_event(story.give(SECOND_AGENT, c.ConfirmJudgement()))
    line = judged.lines[0]
    assert (line.decision, line.rule, line.set_aside) == (Decision.FOR_SELLER, "OVERRIDE", "S15")
    assert (judged.drafted_by, judged.overrides, judged.paragraph) == (AGENT.id, TO_SELLER, TEXT)
    assert (story.m.phase, story.m.judges, story.m.draft) == (Phase.DISMISSED, (AGENT.id, SECOND_AGENT.id), None)
    assert replay(story.log) == story.case


def test_an_override_for_the_customer_is_carried_out_as_given() -> None:
    story = with_material(Story().disputed())
    find(story, VALID, VALID)
    assess(story)
    story.give(AGENT, c.Judge(overrides=TO_CUSTOMER))
    story.give(SECOND_AGENT, c.ConfirmJudgement())
    line = story.m.judgement[0]
    assert (line.decision, line.kind, line.amount, line.set_aside) == (
        Decision.FOR_CUSTOMER,
        RemedyKind.REFUND,
        40_000,
        "S16",
    )
    assert (story.m.phase, story.m.hold) == (Phase.AWARDED, 40_000)
    story.give(SELLER, c.AcceptJudgement())
    assert story.m.remedy is not None
    assert story.m.remedy.total == 40_000


@pytest.mark.parametrize(
    "override, code",
    [
        (Override("a", Decision.FOR_SELLER), Code.OVERRIDE_NEEDS_REASON),
        (Override("b", Decision.FOR_SELLER, text=TEXT), Code.NO_SUCH_LINE),
        (Override("a", Decision.FOR_SELLER, RemedyKind.REFUND, text=TEXT), Code.OVERRIDE_NOT_FITTING),
        (Override("a", Decision.FOR_SELLER, amount=1, text=TEXT), Code.OVERRIDE_NOT_FITTING),
        (Override("a", Decision.FOR_CUSTOMER, text=TEXT), Code.OVERRIDE_NOT_FITTING),
        (Override("a", Decision.FOR_CUSTOMER, RemedyKind.NOTHING, 5, TEXT), Code.OVERRIDE_NOT_FITTING),
        (Override("a", Decision.FOR_CUSTOMER, RemedyKind.REFUND, 100_000, TEXT), Code.OVERRIDE_NOT_FITTING),
        (Override("a", Decision.FOR_CUSTOMER, RemedyKind.REFUND, 0, TEXT), Code.AMOUNT_NOT_POSITIVE),
        (Override("a", Decision.FOR_CUSTOMER, RemedyKind.REFUND, 100_001, TEXT), Code.ASKED_TOO_MUCH),
    ],
)
def test_an_override_must_fit(override: Override, code: Code) -> None:
    story = answered(Story().disputed())
    assert story.refused(AGENT, c.Judge(overrides=(override,))) is code


def test_a_line_is_overridden_once() -> None:
    story = answered(Story().disputed())
    assert story.refused(AGENT, c.Judge(overrides=(*TO_SELLER, *TO_CUSTOMER))) is Code.LINE_TWICE


def test_goods_that_stay_are_not_sent_back_by_an_override() -> None:
    """Reading 10: nothing goes back that cannot."""
    story = with_material(Story().disputed())
    find(story, VALID, WEAK)
    assess(story, returnable=False)
    back = Override("a", Decision.FOR_CUSTOMER, RemedyKind.RETURN_AND_REFUND, 100_000, TEXT)
    assert story.refused(AGENT, c.Judge(overrides=(back,))) is Code.OVERRIDE_NOT_FITTING


def test_an_override_for_the_customer_needs_an_assessment() -> None:
    story = with_material(Story().disputed())
    find(story, WEAK, WEAK)
    assert story.refused(AGENT, c.Judge(overrides=TO_CUSTOMER)) is Code.ASSESSMENT_MISSING


def test_answers_come_before_overrides() -> None:
    assert deciding().refused(AGENT, c.Judge(overrides=TO_SELLER)) is Code.FINDINGS_MISSING


# --- the draft


def test_while_a_draft_waits_nothing_else_is_done_about_it() -> None:
    story = drafted()
    item = story.policy.expected(Reason.DEFECTIVE, Role.CUSTOMER)[0].item
    for command in (
        c.Judge(),
        c.RecordFinding("a", Role.CUSTOMER, item, WEAK, 1, text=TEXT),
        c.RecordFindings(assessments=(story.m.assessments[0],)),
        c.AssessLine(story.m.assessments[0]),
        c.AskMaterial((Role.CUSTOMER,), item),
    ):
        assert story.refused(SECOND_AGENT, command) is Code.DRAFT_STANDS
    appealed = appeal_drafted(THIRD_AGENT)
    assert appealed.refused(SECOND_AGENT, c.DecideAppeal()) is Code.DRAFT_STANDS
    assert appealed.refused(SECOND_AGENT, c.SendBack(text=TEXT)) is Code.DRAFT_STANDS
    offered = {action.command for action in available_actions(story.case, Role.AGENT)}
    assert {"ConfirmJudgement", "ReturnDraft"} <= offered
    assert not offered & {"Judge", "RecordFinding", "RecordFindings", "AssessLine", "AskMaterial"}


def test_a_returned_draft_leaves_the_findings_and_is_judged_anew() -> None:
    story = drafted()
    findings = story.m.findings
    assert story.refused(SECOND_AGENT, c.ReturnDraft()) is Code.REASON_NEEDED
    story.give(AGENT, c.ReturnDraft(text=TEXT))  # its own drafter may think better of it
    assert (story.m.draft, story.m.findings) == (None, findings)
    assert story.refused(SECOND_AGENT, c.ConfirmJudgement()) is Code.NO_DRAFT
    story.give(SECOND_AGENT, c.Judge())
    assert story.m.judgement[0].rule == "S15"


def test_a_draft_that_would_not_be_judged_so_any_more_does_not_bind() -> None:
    story = Story(rules=rules(four_eyes_above=1), state=for_machine().order)
    story.now = for_machine().now
    story.deciding(RequestType.REFUND, ClaimLine("a", Reason.ITEM_NOT_RECEIVED))
    story.give(AGENT, c.Judge())
    assert story.m.draft is not None
    assert story.m.draft.lines[0].rule == "S15"
    story.scan("OUTBOUND", ScanKind.DELIVERED)  # it comes after all
    assert story.refused(SECOND_AGENT, c.ConfirmJudgement()) is Code.DRAFT_OUTDATED
    story.give(SECOND_AGENT, c.ReturnDraft(text=TEXT))
    story.give(SECOND_AGENT, c.Judge())
    assert story.m.draft.lines[0].rule == "S17"
    story.give(AGENT, c.ConfirmJudgement())


def test_whatever_moves_the_matter_ends_the_draft() -> None:
    moves = (
        (CUSTOMER, c.WithdrawDispute()),
        (SELLER, c.Concede()),
        (CUSTOMER, c.DeclareProcess(Forum.COURT, DELIVERED.date(), reference=TEXT)),
    )
    for actor, command in moves:
        story = drafted()
        story.give(actor, command)
        assert story.m.draft is None
    agreed = drafted()
    agreed.give(SELLER, c.ProposeAgreement(Solution(RemedyKind.REFUND, 20_000)))
    agreed.give(CUSTOMER, c.AcceptAgreement())
    assert agreed.m.draft is None


def test_a_draft_outlives_an_escalation_and_an_extension() -> None:
    story = drafted()
    story.give(SECOND_AGENT, c.ExtendDue(3_600, text=TEXT))
    story.lapse()
    assert story.m.escalations == 1
    story.give(SECOND_AGENT, c.ConfirmJudgement())
    assert story.m.phase is Phase.DISMISSED


def test_parties_learn_of_a_judgement_when_it_binds_and_never_of_a_draft() -> None:
    story = drafted()
    draft = story.log[-1]
    assert isinstance(draft.event, e.JudgementDrafted)
    assert not any(sees(draft.event, role) for role in (Role.CUSTOMER, Role.SELLER))
    assert {each.to_role for each in effects(draft, story.case)} == {Role.AGENT}


# --- four eyes by amount


@pytest.mark.parametrize("above, drafts", [(0, False), (100_000, False), (99_999, True)])
def test_above_the_rulebooks_amount_every_judgement_needs_a_second_person(above: int, *, drafts: bool) -> None:
    story = answered(Story(rules=rules(four_eyes_above=above)).disputed())
    story.give(AGENT, c.Judge())
    assert (story.m.draft is not None) is drafts
    if drafts:
        story.give(SECOND_AGENT, c.ConfirmJudgement())
    assert story.m.phase is Phase.AWARDED
    refused = Story(rules=rules(four_eyes_above=above)).disputed()
    refused.complete()
    find(refused, WEAK, WEAK)
    refused.give(AGENT, c.Judge())  # nothing awarded; what was asked is as much at stake
    assert (refused.m.draft is not None) is drafts


def test_reading_4_whoever_judged_or_confirmed_has_no_part_in_the_appeal() -> None:
    story = answered(Story(rules=rules(four_eyes_above=1)).disputed())
    story.give(AGENT, c.Judge())
    story.give(SECOND_AGENT, c.ConfirmJudgement())
    story.give(SELLER, c.Appeal(text=TEXT))
    story.complete()
    for agent in (AGENT, SECOND_AGENT):
        assert story.refused(agent, c.DecideAppeal()) is Code.SAME_AGENT
    story.give(THIRD_AGENT, c.DecideAppeal())
    for agent in (AGENT, SECOND_AGENT):
        assert story.refused(agent, c.ConfirmJudgement()) is Code.SAME_AGENT
    story.give(replace(THIRD_AGENT, id="eka"), c.ConfirmJudgement())
    assert story.m.enforceable


# --- appeals and second disputes name an error or bring new material


def test_an_appeal_names_an_error_or_brings_new_material() -> None:
    story = judged_for_customer(deciding())
    assert story.refused(SELLER, c.Appeal()) is Code.GROUNDS_NEEDED
    story.give(SELLER, c.Appeal(materials=(Material("MERCHANT_RESPONSE", digest="new"),)))
    assert story.m.phase is Phase.APPEAL_EVIDENCE


def test_s11_a_second_dispute_names_an_error_or_brings_new_material_and_another_agent_judges() -> None:
    story = dismissed()
    assert story.refused(CUSTOMER, c.RaiseDispute()) is Code.GROUNDS_NEEDED
    story.give(CUSTOMER, c.RaiseDispute(materials=(Material("PHOTOS_OF_RECEIVED_ITEM", digest="new"),)))
    story.complete()
    assert story.refused(AGENT, c.Judge()) is Code.SAME_AGENT
    judged_for_seller(story, actor=SECOND_AGENT)
    assert story.m.outcome is Outcome.DISMISSED


def test_a_dispute_withdrawn_without_a_judgement_asks_for_no_ground() -> None:
    story = Story().disputed()
    story.give(CUSTOMER, c.WithdrawDispute())
    story.give(CUSTOMER, c.RaiseDispute())
    assert story.m.phase is Phase.EVIDENCE


# --- the machine


def hindered(story: Story) -> str:
    answer = story.answer(SYSTEM, c.JudgeAutomatically())
    assert isinstance(answer, Refusal)
    assert answer.code is Code.NOT_AUTOMATIC
    return dict(answer.facts)["why"]


def test_a_machine_judges_what_the_rulebook_names_and_data_settle() -> None:
    for arrived, phase, rule in ((False, Phase.AWARDED, "S15"), (True, Phase.DISMISSED, "S17")):
        story = to_machine(arrived=arrived)
        judged = judged_event(story.give(SYSTEM, c.JudgeAutomatically()))
        assert (judged.automatic, judged.lines[0].rule) == (True, rule)
        assert (story.m.phase, story.m.automatic, story.m.judges) == (phase, True, ())
        assert all(each.by == "derivation" for each in story.m.findings)


def test_the_engine_is_asked_for_a_machine_only_where_a_class_fits() -> None:
    story = to_machine()
    asked = [x for each in story.log for x in effects(each, story.case) if x.kind is EffectKind.JUDGE]
    assert [each.matter for each in asked] == [1]
    for other in (to_machine(classes=()), deciding()):
        assert not any(x.kind is EffectKind.JUDGE for each in other.log for x in effects(each, other.case))


@pytest.mark.parametrize(
    "other",
    [
        replace(CLASS, reasons=(Reason.ARRIVED_LATE,)),
        replace(CLASS, types=(RequestType.CANCEL,)),
    ],
)
def test_no_machine_judges_outside_the_class(other: AutomaticRule) -> None:
    assert hindered(to_machine(classes=(other,))) == Hindrance.NO_CLASS
    assert to_machine(classes=(other, CLASS)).m.machine == CLASS.name


def test_no_machine_judges_more_than_its_class_is_for_and_the_sheet_says_that_it_is_the_amount() -> None:
    small = replace(CLASS, up_to=99_999)
    story = to_machine(classes=(small,))
    assert story.m.machine == ""
    assert hindered(story) == Hindrance.ABOVE_AMOUNT
    assert to_machine(classes=(small, CLASS)).m.machine == CLASS.name


def test_no_machine_judges_what_a_person_must_look_at() -> None:
    story = for_machine()
    story.give(CUSTOMER, c.HandIn(Material("SOMETHING_ELSE", digest="x")))
    story.complete()
    assert hindered(story) == Hindrance.MATERIAL_TO_SEE
    begun = to_machine()
    item = "ONLINE_TRACKING_INFORMATION"
    begun.give(AGENT, c.RecordFinding("a", Role.SYSTEM, item, VALID))
    assert hindered(begun) == Hindrance.PERSON_JUDGES


def test_no_machine_judges_where_somebody_must_say_what_was_found() -> None:
    story = to_machine()
    meant = story.policy.grounds[Reason.DEFECTIVE]
    story.policy = replace(story.policy, grounds=story.policy.grounds | {Reason.ITEM_NOT_RECEIVED: meant})
    assert hindered(story) == Hindrance.NOT_SETTLED_BY_DATA


def test_no_machine_judges_above_the_amount_that_needs_two_people() -> None:
    story = to_machine()
    story.policy = replace(story.policy, switches=replace(story.policy.switches, four_eyes_above=1))
    assert hindered(story) == Hindrance.ABOVE_AMOUNT


def test_no_machine_judges_twice_or_a_second_dispute() -> None:
    story = by_machine(arrived=True)
    story.give(CUSTOMER, c.RaiseDispute(text=TEXT))
    story.complete()
    assert story.m.machine == ""
    assert hindered(story) == Hindrance.NO_CLASS
    again = by_machine(arrived=True)
    again.give(CUSTOMER, c.AskForPerson())
    assert hindered(again) == Hindrance.PERSON_ASKED


# --- the right to a person


def test_who_asks_for_a_person_before_gets_one() -> None:
    for actor in (CUSTOMER, SELLER):
        story = for_machine()
        story.give(actor, c.AskForPerson())
        assert story.refused(actor, c.AskForPerson()) is Code.PERSON_ALREADY
        story.complete()
        assert not any(x.kind is EffectKind.JUDGE for each in story.log[-1:] for x in effects(each, story.case))
        assert hindered(story) == Hindrance.PERSON_ASKED
        story.give(AGENT, c.Judge())
        assert story.m.automatic is False


def test_where_people_judge_anyway_there_is_nothing_to_ask_for() -> None:
    assert deciding().refused(CUSTOMER, c.AskForPerson()) is Code.PERSON_ALREADY
    assert dismissed().refused(CUSTOMER, c.AskForPerson()) is Code.PERSON_ALREADY
    for story in (deciding(), dismissed()):
        assert "AskForPerson" not in {each.command for each in available_actions(story.case, Role.CUSTOMER)}


def test_whom_a_machine_judged_against_can_have_a_person_judge_and_keeps_everything_else() -> None:
    lost = by_machine(arrived=True)
    assert lost.refused(SELLER, c.AskForPerson()) is Code.WRONG_ROLE
    lost.give(CUSTOMER, c.AskForPerson(text=TEXT))
    assert (lost.m.phase, lost.m.hold, lost.m.disputes) == (Phase.DECIDING, 100_000, 1)
    lost.give(AGENT, c.Judge())
    assert (lost.m.phase, lost.m.automatic) == (Phase.DISMISSED, False)
    assert lost.refused(CUSTOMER, c.AskForPerson()) is Code.PERSON_ALREADY
    lost.give(CUSTOMER, c.RaiseDispute(text=TEXT))  # S12: it is the second
    won = by_machine()
    won.give(SELLER, c.AskForPerson())
    won.give(AGENT, c.Judge())
    won.give(SELLER, c.Appeal(text=TEXT))  # reading 4: its one appeal is still there
    assert won.m.phase is Phase.APPEAL_EVIDENCE


def test_the_acceptance_period_stands_still_while_a_person_judges_anew() -> None:
    story = by_machine(arrived=True)
    before = story.case.accept_until["a"]
    assert before is not None
    story.give(CUSTOMER, c.AskForPerson())
    story.wait(30 * HOUR)
    story.give(AGENT, c.Judge())
    after = story.case.accept_until["a"]
    assert after is not None
    assert after >= before + 30 * HOUR


def test_after_a_machine_there_is_always_time_to_ask_for_a_person() -> None:
    story = to_machine(arrived=True)
    story.policy = replace(story.policy, switches=replace(story.policy.switches, max_disputes=1))
    story.give(SYSTEM, c.JudgeAutomatically())
    assert story.m.phase is Phase.DISMISSED
    assert story.refused(CUSTOMER, c.RaiseDispute(text=TEXT)) is Code.TWO_DISPUTES
    story.give(CUSTOMER, c.AskForPerson())
    story.give(AGENT, c.Judge())
    assert story.m.outcome is Outcome.DISMISSED


def test_notices_say_that_a_machine_judged_and_until_when_a_person_can_be_asked() -> None:
    for arrived, loser in ((False, Role.SELLER), (True, Role.CUSTOMER)):
        story = to_machine(arrived=arrived)
        story.give(SYSTEM, c.JudgeAutomatically())
        judged = next(each for each in story.log if isinstance(each.event, e.Judged))
        told = {x.to_role: (x.code, x.due) for x in effects(judged, story.case)}
        assert story.m.due is not None
        until = story.m.due.isoformat()
        assert told == {
            role: (JUDGED_BY_MACHINE, until if role is loser else "") for role in (Role.CUSTOMER, Role.SELLER)
        }
