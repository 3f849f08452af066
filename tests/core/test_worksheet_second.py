"""The worksheet about second persons, overrides and machines (decisions 0028 and 0031)."""

import pytest

from mufakat.core import commands as c
from mufakat.core.claim import Decision, Override
from mufakat.core.parties import SYSTEM
from mufakat.core.phases import Phase
from mufakat.core.refusals import Code
from mufakat.core.words import Language
from mufakat.core.words.worksheet import tell_machine, tell_second
from mufakat.core.worksheet import Hindrance, Second, Sheet, Worksheet, supposed, worksheet
from tests.core.second_person import TO_CUSTOMER, TO_SELLER, answered, drafted, rules, to_machine
from tests.core.story import AGENT, SECOND_AGENT, TEXT, Story


def sheet_of(made: object) -> Sheet:
    assert isinstance(made, Worksheet)
    (sheet,) = made.sheets
    return sheet


def of(story: Story, agent: object = AGENT, overrides: tuple[Override, ...] = ()) -> Sheet:
    return sheet_of(worksheet(story.case, story.order, story.policy, agent, story.now, overrides))  # type: ignore[arg-type]


@pytest.mark.parametrize("above, second", [(0, Second.NOT_NEEDED), (99_999, Second.ABOVE_AMOUNT)])
def test_the_sheet_says_before_whether_a_second_person_is_needed(above: int, second: Second) -> None:
    story = answered(Story(rules=rules(four_eyes_above=above)).disputed())
    sheet = of(story)
    assert (sheet.stake, sheet.second) == (100_000, second)
    (change,) = sheet.after
    waits = second is Second.ABOVE_AMOUNT
    assert change.after.phase is (Phase.DECIDING if waits else Phase.AWARDED)
    assert bool(sheet.drafted) is waits
    assert sheet.drafted_by == ""
    story.give(AGENT, c.Judge())
    assert (story.m.draft is not None) is waits
    if story.m.draft is not None:
        assert story.m.draft.lines == sheet.drafted


def test_a_draft_waits_for_another_agent_and_the_sheet_is_as_whoever_asks_may_confirm() -> None:
    story = drafted()
    own, other = of(story, AGENT), of(story, SECOND_AGENT)
    for sheet in (own, other):
        assert (sheet.command, sheet.second, sheet.drafted_by) == ("ConfirmJudgement", Second.OVERRIDDEN, AGENT.id)
        assert [x.decision for x in sheet.drafted] == [Decision.FOR_SELLER]
        derived = sheet.lines[0].judgement
        assert derived is not None
        assert derived.decision is Decision.FOR_CUSTOMER, "what is derived stays beside what was drafted"
    assert own.not_now is not None
    assert own.not_now.code is Code.OWN_DRAFT
    assert other.not_now is None
    (change,) = other.after
    story.give(SECOND_AGENT, c.ConfirmJudgement())
    assert (story.m.phase, story.m.due) == (change.after.phase, change.after.due)


@pytest.mark.parametrize("overrides", [TO_SELLER, TO_CUSTOMER])
def test_overrides_can_be_tried_out(overrides: tuple[Override, ...]) -> None:
    story = answered(Story().disputed())
    tried = sheet_of(supposed(story.case, story.order, story.policy, AGENT, story.now, c.RecordFindings(), overrides))
    assert (tried.second, tried.drafted_by) == (Second.OVERRIDDEN, "")
    assert [(x.decision, x.amount) for x in tried.drafted] == [(overrides[0].decision, overrides[0].amount)]
    story.give(AGENT, c.Judge(overrides=overrides))
    assert story.m.draft is not None
    assert story.m.draft.lines == tried.drafted
    assert of(story, SECOND_AGENT).drafted == tried.drafted


def test_an_override_that_cannot_be_says_so() -> None:
    story = answered(Story().disputed())
    bare = of(story, overrides=(Override("a", Decision.FOR_SELLER),))
    strange = of(story, overrides=(Override("z", Decision.FOR_SELLER, text=TEXT),))
    assert bare.not_now is not None
    assert bare.not_now.code is Code.OVERRIDE_NEEDS_REASON
    assert strange.not_now is not None
    assert strange.not_now.code is Code.NO_SUCH_LINE


def test_the_sheet_says_whether_a_machine_judges() -> None:
    story = to_machine()
    may = of(story)
    assert (may.machine, may.hindrance) == ("NOT_THERE", None)
    story.give(SYSTEM, c.JudgeAutomatically())
    assert of(story).hindrance is Hindrance.JUDGED_BEFORE
    assert of(answered(Story().disputed())).hindrance is Hindrance.NO_CLASS
    asked = to_machine()
    asked.give(AGENT, c.RecordFindings((), ()))
    assert of(asked).hindrance is None, "nothing was found yet"


def test_all_of_it_has_words() -> None:
    for language in Language:
        said = [tell_second(each, language) for each in Second]
        said += [tell_machine(each, language) for each in (None, *Hindrance)]
        assert all(said)
        assert len(set(said)) == len(said)
