"""The worksheet: every item with what answers it, every rule with why, and the judgement as it would stand (S7)."""

from dataclasses import replace
from itertools import chain
from typing import Any

import pytest

from mufakat.core import commands as c
from mufakat.core.claim import (
    Answer,
    Assessment,
    ClaimLine,
    Deception,
    Decision,
    FindingValue,
    Ground,
    Level,
    Material,
    Reason,
    RemedyKind,
    RequestType,
    ReturnIssue,
    Severity,
)
from mufakat.core.derived import FactCode
from mufakat.core.order import OrderState
from mufakat.core.parties import PARTIES, Actor, Role
from mufakat.core.phases import Phase
from mufakat.core.policy.policy import JudgedReturn
from mufakat.core.refusals import Code, Refusal
from mufakat.core.words import Language
from mufakat.core.words.worksheet import (
    APPLIES,
    HINDRANCES,
    NAMES,
    RESTING,
    RETURNS,
    SECONDS,
    STATES,
    WHYS,
    name_rule,
    tell_applies,
    tell_bearers,
    tell_resting,
    tell_rule,
    tell_state,
    tell_why,
)
from mufakat.core.worksheet import (
    RETURN_AS_ASKED,
    RETURN_BY_RULE,
    Applies,
    Hindrance,
    Item,
    ItemState,
    Line,
    RestsOn,
    Second,
    Sheet,
    Why,
    Worksheet,
    blinded,
    supposed,
    worksheet,
)
from tests.core.findings import assess, find, with_material
from tests.core.stands import STANDS, appeal_deciding, awarded, deciding, dismissed
from tests.core.story import (
    AGENT,
    CUSTOMER,
    DAY,
    DELIVERED,
    HOUR,
    SECOND_AGENT,
    TEXT,
    Story,
    delivered,
    order,
)

VALID, MISSING, WEAK = FindingValue.VALID, FindingValue.MISSING, FindingValue.INSUFFICIENT
MAJOR = Assessment("a", Ground.QUALITY, Severity.MAJOR, text=TEXT)


def of(story: Story, agent: Actor = AGENT) -> Worksheet:
    return worksheet(story.case, story.order, story.policy, agent, story.now)


def sheet_of(story: Story, agent: Actor = AGENT) -> Sheet:
    (sheet,) = of(story, agent).sheets
    return sheet


def line_of(story: Story) -> Line:
    return sheet_of(story).lines[0]


def item_of(story: Story, party: Role, item: str) -> Item:
    return next(each for each in line_of(story).items if (each.party, each.item) == (party, item))


def rules_of(line: Line) -> dict[tuple[str, bool], tuple[Applies, Why | None]]:
    """Each rule, and whether it is the graver row where it is one of the return-risk table."""
    return {(row.rule, row.aggravated): (row.applies, row.why) for row in line.rules}


def applying(line: Line) -> set[str]:
    return {row.rule for row in line.rules if row.applies is Applies.YES}


# What it lists


def test_every_expected_item_of_both_parties_is_there_with_its_level() -> None:
    story = deciding()
    expected = [
        (party, rule.item, rule.level) for party in PARTIES for rule in story.policy.expected(Reason.DEFECTIVE, party)
    ]
    assert [(x.party, x.item, x.level) for x in line_of(story).items] == expected
    assert all(x.state is ItemState.OPEN for x in line_of(story).items)
    assert line_of(story).unanswered == line_of(story).items
    for each in line_of(story).items:
        assert [story.case.exhibits[n - 1].material.item for n in each.exhibits] == [each.item]


def test_what_nobody_handed_in_the_record_answers_by_itself() -> None:
    story = Story().disputed()
    story.complete()
    item = next(x for x in line_of(story).items if x.level is Level.REQUIRED or x.party is Role.SELLER)
    assert (item.state, item.derived, item.rests_on, item.exhibits) == (
        ItemState.DERIVED,
        MISSING,
        RestsOn.NOTHING_GIVEN,
        (),
    )


def test_the_platforms_data_answers_with_the_facts_behind_it() -> None:
    """S7: that the parcel never came is answered by the record, with its entries and the arithmetic."""
    late = OrderState(order(promised_by=DELIVERED - 2 * DAY), delivered())
    story = Story(state=late).deciding(reason=Reason.ARRIVED_LATE)
    line = line_of(story)
    (data,) = (each for each in line.items if each.party is Role.SYSTEM)
    assert (data.state, data.derived, data.rests_on, data.level) == (ItemState.DERIVED, VALID, RestsOn.DATA, None)
    assert [fact.code for fact in data.facts] == [FactCode.DELIVERED_LATE]
    assert data.facts[0].value == 2
    assert data.entries == data.facts[0].entries
    assert line.judgement is not None, "a delivery needs no assessment: what its reason means is enough"
    assert (line.judgement.rule, line.is_assumed, line.needs_assessment) == ("S15", True, False)


@pytest.mark.parametrize(
    "value, text, state",
    [(MISSING, "", ItemState.CONFIRMED), (WEAK, TEXT, ItemState.CHANGED)],
)
def test_an_agent_confirms_what_is_derived_or_says_otherwise(value: FindingValue, text: str, state: ItemState) -> None:
    story = Story().disputed()
    story.complete()
    item = story.policy.expected(Reason.DEFECTIVE, Role.SELLER)[0].item
    story.give(AGENT, c.RecordFindings((Answer("a", Role.SELLER, item, value, text=text),)))
    found = item_of(story, Role.SELLER, item)
    assert (found.state, found.derived) == (state, MISSING)
    assert found.finding is not None
    assert (found.finding.by, found.finding.value) == (AGENT.id, value)


def test_material_that_comes_after_an_answer_leaves_the_answer_and_shows_the_exhibit() -> None:
    story = appeal_deciding()
    item = next(x for x in sheet_of(story, SECOND_AGENT).lines[0].items if x.finding is not None)
    assert item.state is ItemState.FOUND
    assert item.exhibits


# The judgement as it would stand


def test_without_answers_there_is_no_judgement_and_it_is_said_what_is_missing() -> None:
    story = deciding()
    sheet = sheet_of(story)
    assert (sheet.command, sheet.after, sheet.total) == ("Judge", (), 0)
    assert sheet.not_now is not None
    assert sheet.not_now.code is Code.FINDINGS_MISSING
    (line,) = sheet.lines
    assert line.judgement is None
    assert {row.applies for row in line.rules} == {Applies.OPEN}
    assert {row.why for row in line.rules} == {Why.FINDINGS_MISSING}


def test_without_an_assessment_the_rule_of_deception_stays_open() -> None:
    story = deciding()
    find(story, VALID, WEAK)
    line = line_of(story)
    assert line.needs_assessment
    assert line.is_assumed
    assert line.judgement is None
    rules = rules_of(line)
    assert rules["S15", False] == rules["S16", False] == (Applies.OPEN, Why.ASSESSMENT_MISSING)
    assert rules["S17", False] == (Applies.NO, None)
    refusal = sheet_of(story).not_now
    assert refusal is not None
    assert refusal.code is Code.ASSESSMENT_MISSING


def test_the_judgement_stands_with_its_remedy_its_money_and_what_follows() -> None:
    story = deciding()
    find(story, VALID, WEAK)
    assess(story, severity=Severity.MAJOR)
    sheet, line = sheet_of(story), line_of(story)
    assert line.judgement is not None
    assert (line.judgement.rule, line.judgement.kind) == ("S15", RemedyKind.REFUND)
    assert sheet.total == line.judgement.amount == line.asked
    assert sheet.held == story.m.hold
    (change,) = sheet.after
    assert (change.after.phase, change.after.held) == (Phase.AWARDED, sheet.total)
    assert change.after.due is not None
    assert sheet.not_now is None
    story.give(AGENT, c.Judge())
    assert story.m.judgement == (line.judgement,)
    assert (story.m.phase, story.m.due, story.m.lapse) == (change.after.phase, change.after.due, change.after.lapse)


def test_who_may_not_judge_reads_why() -> None:
    """Reading 4: the appeal is for another agent, and the sheet says so before anybody tries."""
    story = appeal_deciding()
    own, other = sheet_of(story, AGENT), sheet_of(story, SECOND_AGENT)
    assert (own.command, other.command) == ("DecideAppeal", "DecideAppeal")
    assert own.not_now is not None
    assert own.not_now.code is Code.SAME_AGENT
    assert other.not_now is None
    assert other.after
    assert not other.is_judged


def test_a_judgement_in_force_is_shown_as_it_is() -> None:
    for story, rule in ((awarded(), "S15"), (dismissed(), "S16")):
        sheet = sheet_of(story)
        assert sheet.is_judged
        assert (sheet.command, sheet.not_now, sheet.after) == ("", None, ())
        (line,) = sheet.lines
        assert line.judgement == story.m.judgement[0]
        assert rule in applying(line)


@pytest.mark.parametrize("phase", list(Phase))
def test_there_is_a_sheet_for_what_is_disputed_or_judged_and_for_nothing_else(phase: Phase) -> None:
    story = STANDS[phase]()
    disputed = phase in (Phase.EVIDENCE, Phase.DECIDING)
    assert bool(of(story).sheets) is (disputed or bool(story.m.judgement))


# Every rule shows


def judged(
    type_: RequestType = RequestType.RETURN_AND_REFUND,
    rule: JudgedReturn = JudgedReturn.AS_ASKED,
    claims: tuple[ClaimLine, ...] = (),
    **found: object,
) -> Line:
    """A line found for the customer, in a market whose judged refunds send goods back as asked or by rule."""
    story = Story()
    story.policy = replace(story.policy, switches=replace(story.policy.switches, judged_return=rule))
    story.disputed(type_, *claims)
    with_material(story.wait(HOUR)).wait(HOUR)
    find(story, VALID, WEAK)
    assess(story, **found)  # type: ignore[arg-type]
    return line_of(story)


def test_every_row_of_the_return_risk_table_shows_with_who_bears_what() -> None:
    """S22 to S25: the row that fits, and why the others do not."""
    ways: dict[str, dict[str, Any]] = {
        "S22": {"ground": Ground.INCONSISTENT, "deception": Deception.SELLER},
        "S23": {"ground": Ground.INCONSISTENT},
        "S24": {"ground": Ground.QUALITY, "severity": Severity.MAJOR},
        "S25": {"ground": Ground.QUALITY},
    }
    for rule, found in ways.items():
        line = judged(**found)
        rows = {row.rule: row for row in line.rules if row.ground in (Ground.INCONSISTENT, Ground.QUALITY)}
        assert set(ways) <= set(rows)
        assert [name for name in ways if rows[name].applies is Applies.YES] == [rule]
        assert line.judgement is not None
        assert line.judgement.risk_rule == rule
        assert dict(rows[rule].bearers)[ReturnIssue.BREAKAGE] is Role.SELLER
        assert {rows[name].why for name in ways if name != rule} >= {Why.OTHER_GROUND}
        assert {rows[name].why for name in ways if rows[name].ground is rows[rule].ground} == {
            Why.ROW_FITS,
            Why.GRAVER if rows[rule].aggravated else Why.LESS_GRAVE,
        }


def test_whether_goods_go_back_is_said_by_the_rule_that_says_it() -> None:
    asked, by_rule = (RETURN_AS_ASKED, False), (RETURN_BY_RULE, False)
    refund, both = RequestType.REFUND, JudgedReturn.RULE
    cases: list[tuple[Line, tuple[Applies, Why], tuple[Applies, Why]]] = [
        (judged(), (Applies.YES, Why.ASKED), (Applies.NO, Why.NOT_IN_MARKET)),
        (judged(refund), (Applies.NO, Why.NOT_ASKED), (Applies.NO, Why.NOT_IN_MARKET)),
        (judged(refund, both), (Applies.NO, Why.NOT_ASKED), (Applies.YES, Why.BY_RULE)),
        (judged(rule=both), (Applies.YES, Why.ASKED), (Applies.NO, Why.ASKED_ANYWAY)),
        (
            judged(RequestType.REPLACEMENT, both),
            (Applies.NO, Why.NOT_ASKED),
            (Applies.NO, Why.GOODS_ASKED),
        ),
        (judged(returnable=False), (Applies.NO, Why.NOT_RETURNABLE), (Applies.NO, Why.NOT_IN_MARKET)),
        (
            judged(refund, both, ground=Ground.COUNTERFEIT),
            (Applies.NO, Why.NOT_ASKED),
            (Applies.NO, Why.COUNTERFEIT),
        ),
        (judged(other_worth=5_000), (Applies.NO, Why.OTHER_REMEDY), (Applies.NO, Why.OTHER_REMEDY)),
        (
            judged(refund, both, (ClaimLine("a", Reason.DEFECTIVE, amount=7_000),)),
            (Applies.NO, Why.NOT_ASKED),
            (Applies.NO, Why.PART_ASKED),
        ),
    ]
    for line, wanted, by in cases:
        rules = rules_of(line)
        assert (rules[asked], rules[by_rule]) == (wanted, by), line.judgement
        assert line.judgement is not None
        goes_back = line.judgement.kind in (RemedyKind.RETURN_AND_REFUND, RemedyKind.EXCHANGE)
        assert goes_back is (Applies.YES in (wanted[0], by[0]))


def test_a_line_for_the_seller_says_which_rule_and_which_not() -> None:
    story = deciding()
    find(story, VALID, VALID)
    line = line_of(story)
    assert line.judgement is not None
    assert line.judgement.decision is Decision.FOR_SELLER
    assert applying(line) == {"S16"}
    assert {row.why for row in line.rules if row.rule.startswith(("RETURN", "S2"))} == {Why.FOR_SELLER}
    said = {row.rule: tell_why(row) for row in line.rules}
    assert said["S15"] == "S15: the seller's claims are substantiated and not refuted."


# What if


def test_what_if_is_what_recording_gives() -> None:
    story = deciding()
    answers = tuple(
        Answer("a", each.party, each.item, VALID if each.party is Role.CUSTOMER else WEAK, each.exhibits[-1])
        for each in line_of(story).items
    )
    given = c.RecordFindings(answers, (MAJOR,))
    before = story.case
    tried = supposed(story.case, story.order, story.policy, AGENT, story.now, given)
    assert isinstance(tried, Worksheet)
    assert story.case == before
    assert tried.version == before.number
    story.give(AGENT, given)
    assert replace(tried, version=story.case.number) == of(story)
    assert tried.sheets[0].not_now is None


def test_what_if_meets_the_refusal_that_recording_would_meet() -> None:
    story = deciding()
    bad = c.RecordFindings((Answer("a", Role.CUSTOMER, "HOROSCOPE", VALID, 1),))
    tried = supposed(story.case, story.order, story.policy, AGENT, story.now, bad)
    assert isinstance(tried, Refusal)
    assert tried.code is Code.NOT_EXPECTED
    by_party = supposed(story.case, story.order, story.policy, CUSTOMER, story.now, c.RecordFindings())
    assert isinstance(by_party, Refusal)
    assert by_party.code is Code.WRONG_ROLE


def test_blind_shows_nothing_of_what_others_found() -> None:
    story = deciding()
    fresh = replace(of(story, SECOND_AGENT), version=0, now=story.now)
    find(story, VALID, WEAK)
    assess(story, severity=Severity.MAJOR)
    blind = worksheet(blinded(story.case, SECOND_AGENT), story.order, story.policy, SECOND_AGENT, story.now)
    assert replace(blind, version=0) == fresh
    own = worksheet(blinded(story.case, AGENT), story.order, story.policy, AGENT, story.now)
    assert all(item.finding is not None for item in own.sheets[0].lines[0].items)
    assert own.sheets[0].lines[0].is_assumed
    story.give(AGENT, c.Judge())
    judged_case = blinded(story.case, SECOND_AGENT)
    assert not any(field for field in (judged_case.matter(1).judgement, judged_case.matter(1).judges))


# Words


def test_everything_has_words_in_both_languages() -> None:
    for known, kind in (
        (SECONDS, Second),
        (HINDRANCES, Hindrance),
        (STATES, ItemState),
        (RESTING, RestsOn),
        (APPLIES, Applies),
        (WHYS, Why),
    ):
        assert set(known) == set(kind)
    for said in chain(
        SECONDS.values(),
        HINDRANCES.values(),
        STATES.values(),
        RESTING.values(),
        APPLIES.values(),
        WHYS.values(),
        RETURNS.values(),
    ):
        english, indonesian = said
        assert english
        assert indonesian
        assert english != indonesian
    for language in Language:
        line = judged()
        for row in line.rules:
            assert tell_rule(row, language)
            assert name_rule(row, language).startswith(row.rule) is (row.rule not in NAMES)
            assert tell_why(row, language) or (row.rule, row.applies) == ("S15", Applies.YES)
            assert bool(tell_bearers(row, language)) is bool(row.bearers)
            assert tell_applies(row.applies, language)
        assert all(tell_state(each.state, language) for each in line.items)
        assert tell_resting(RestsOn.DATA, language)


def test_material_about_another_line_is_not_on_offer() -> None:
    story = Story().disputed()
    item = story.policy.expected(Reason.DEFECTIVE, Role.CUSTOMER)[0].item
    story.give(CUSTOMER, c.HandIn(Material(item, digest="other", lines=("b",))))
    story.complete()
    assert item_of(story, Role.CUSTOMER, item).exhibits == ()
