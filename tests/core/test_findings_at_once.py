"""Answering about everything in one command: the same as one by one, or nothing at all (S7)."""

from dataclasses import replace

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.claim import Answer, Assessment, FindingValue, Ground, Reason, Severity
from mufakat.core.parties import Role
from mufakat.core.refusals import Code
from tests.core.stands import appeal_deciding, deciding
from tests.core.story import AGENT, SECOND_AGENT, TEXT, Story

VALID, MISSING, WEAK = FindingValue.VALID, FindingValue.MISSING, FindingValue.INSUFFICIENT
FOUND = Assessment("a", Ground.QUALITY, Severity.MAJOR, text=TEXT)


def all_answers(story: Story) -> tuple[Answer, ...]:
    """The customer's material is valid, the seller's is not enough."""
    value = {Role.CUSTOMER: VALID, Role.SELLER: WEAK}
    return tuple(
        Answer("a", party, rule.item, value[party], x.number, TEXT)
        for party in (Role.CUSTOMER, Role.SELLER)
        for rule in story.policy.expected(Reason.DEFECTIVE, party)
        for x in story.case.exhibits
        if x.giver is party and x.material.item == rule.item
    )


def test_all_at_once_is_what_one_by_one_is() -> None:
    together, apart = deciding(), deciding()
    answers = all_answers(together)
    assert len(answers) > 2
    together.give(AGENT, c.RecordFindings(answers, (FOUND,)))
    for x in answers:
        apart.give(AGENT, c.RecordFinding(x.line_id, x.party, x.item, x.value, x.exhibit, text=x.text))
    apart.give(AGENT, c.AssessLine(FOUND))
    assert together.m.findings == apart.m.findings
    assert together.m.assessments == apart.m.assessments
    assert [x.event for x in together.log] == [x.event for x in apart.log]
    for story in (together, apart):
        story.give(AGENT, c.Judge())
    assert together.m.judgement == apart.m.judgement


def test_one_that_cannot_be_recorded_holds_all_back() -> None:
    story = deciding()
    good = all_answers(story)
    wrong = {
        Code.NOT_EXPECTED: replace(good[0], item="HOROSCOPE"),
        Code.NO_SUCH_EXHIBIT: replace(good[0], exhibit=99),
        Code.NO_SUCH_LINE: replace(good[0], line_id="z"),
    }
    before = story.case
    for code, answer in wrong.items():
        assert story.refused(AGENT, c.RecordFindings((*good[1:], answer), (FOUND,))) is code
    assert story.refused(AGENT, c.RecordFindings(good, (replace(FOUND, line_id="z"),))) is Code.NO_SUCH_LINE
    assert story.refused(AGENT, c.RecordFindings(good, (replace(FOUND, other_worth=10**9),))) is Code.ASKED_TOO_MUCH
    assert story.case == before


def test_nothing_is_said_twice() -> None:
    story = deciding()
    first = all_answers(story)[0]
    again = replace(first, value=WEAK)
    assert story.refused(AGENT, c.RecordFindings((first, again))) is Code.ANSWERED_TWICE
    assert story.refused(AGENT, c.RecordFindings((), (FOUND, FOUND))) is Code.ANSWERED_TWICE
    assert story.refused(AGENT, c.RecordFindings((), (FOUND, replace(FOUND, text="")))) is Code.ANSWERED_TWICE


def test_what_stands_already_is_not_recorded_again() -> None:
    story = deciding()
    whole = c.RecordFindings(all_answers(story), (FOUND,))
    assert len(story.give(AGENT, whole)) == len(whole.answers) + 1
    assert story.give(AGENT, whole) == []
    changed = replace(whole.answers[0], value=WEAK)
    (one,) = story.give(AGENT, c.RecordFindings((changed, *whole.answers[1:]), (FOUND,)))
    assert isinstance(one, e.FindingRecorded)
    assert one.finding.value is WEAK


def test_a_derived_finding_is_confirmed_by_saying_the_same() -> None:
    """What nobody handed in the record answers as missing; an agent who says so too makes the finding its own."""
    story = Story().disputed()
    story.complete()
    items = [rule.item for rule in story.policy.expected(Reason.DEFECTIVE, Role.SELLER)]
    story.give(AGENT, c.RecordFindings(tuple(Answer("a", Role.SELLER, item, MISSING) for item in items)))
    found = [f for f in story.m.findings if f.party is Role.SELLER]
    assert {(f.item, f.value, f.derived, f.by) for f in found} == {(x, MISSING, MISSING, AGENT.id) for x in items}
    bare = Answer("a", Role.SELLER, items[0], WEAK)
    assert story.refused(AGENT, c.RecordFindings((bare,))) is Code.OVERRIDE_NEEDS_REASON


def test_an_appeal_is_marked_by_another_agent() -> None:
    """Reading 4."""
    story = appeal_deciding()
    whole = c.RecordFindings((), (FOUND,))
    assert story.refused(AGENT, whole) is Code.SAME_AGENT
    assert story.give(SECOND_AGENT, whole)
