"""Reminders: before the due moment, to whom it waits for, once each, moved and stopped with the clock."""

from datetime import datetime, timedelta

import pytest

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.decide.draft import Draft
from mufakat.core.effects import EffectKind, effects
from mufakat.core.evolve import replay
from mufakat.core.parties import CLOCK, Role
from mufakat.core.phases import Phase
from mufakat.core.policy.history import Grade
from mufakat.core.policy.policy import ClockName
from mufakat.core.refusals import Code
from mufakat.rulebooks import load
from tests.core.stands import STANDS, awaiting_return, closed, paying, review
from tests.core.story import AGENT, CUSTOMER, DAY, HOUR, SELLER, TEXT, Story


def told(story: Story, count: int) -> list[tuple[str, str, str]]:
    """Role, code and due moment of the notices of the last so many events."""
    made = [effect for each in story.log[-count:] for effect in effects(each, story.case)]
    return [(x.to_role, x.code, x.due) for x in made if x.kind is EffectKind.NOTICE]


def remind(story: Story) -> list[e.Event]:
    """Let the moment of the next reminder come; a second before, it must not."""
    moment = story.case.wake
    assert moment is not None
    story.now = moment - timedelta(seconds=1)
    assert story.refused(CLOCK, c.Remind()) is Code.NOT_DUE_YET
    story.now = moment
    return story.give(CLOCK, c.Remind())


def awaited(story: Story) -> tuple[datetime, ...]:
    return story.m.remind


def due_of(story: Story) -> datetime:
    assert story.m.due is not None
    return story.m.due


def test_s19_the_seller_is_reminded_24_and_6_hours_before_its_48_hours_end() -> None:
    story = paying()
    due = story.m.due
    assert due is not None
    assert story.m.remind == (due - 24 * HOUR, due - 6 * HOUR)
    for left in (24, 6):
        assert remind(story) == [e.Reminded(1, due)]
        assert story.now == due - left * HOUR
        assert told(story, 1) == [("SELLER", "reminder.paying", due.isoformat())]
    assert story.case.wake == due
    assert replay(story.log) == story.case


def test_a_late_clock_gives_one_reminder_and_none_after_the_due_moment() -> None:
    story = paying()
    due = story.m.due
    assert due is not None
    story.now = due - HOUR
    assert story.give(CLOCK, c.Remind()) == [e.Reminded(1, due)]
    assert story.refused(CLOCK, c.Remind()) is Code.NOT_DUE_YET
    late = paying()
    late.now = due + HOUR
    events = late.give(CLOCK, c.Remind())  # what is due has happened: the lapse, and no reminder of it
    assert not any(isinstance(each, e.Reminded) for each in events)
    assert late.m.phase is Phase.DEDUCTING


def test_only_the_clock_reminds_and_a_closed_case_nobody() -> None:
    story = paying()
    assert story.refused(AGENT, c.Remind()) is Code.WRONG_ROLE
    assert story.refused(SELLER, c.Remind()) is Code.WRONG_ROLE
    assert closed().refused(CLOCK, c.Remind()) is Code.NOTHING_DUE


def test_a_reminder_moves_with_its_due_moment() -> None:
    story = paying()
    remind(story)
    story.give(AGENT, c.ExtendDue(24 * 3600, text=TEXT))
    due = story.m.due
    assert due is not None
    assert story.m.remind == (due - 24 * HOUR, due - 6 * HOUR)


def test_a_reminder_stands_still_while_execution_is_suspended() -> None:
    story = paying()
    assert story.m.due is not None
    left = story.m.due - story.now
    story.give(AGENT, c.SuspendExecution(reference=TEXT))
    assert not story.m.remind
    story.wait(30 * DAY)
    assert story.refused(CLOCK, c.Remind()) is Code.NOT_DUE_YET
    story.give(AGENT, c.ResumeExecution(reference=TEXT))
    due = story.now + left
    resumed = story.m
    assert (resumed.due, resumed.remind) == (due, (due - 24 * HOUR, due - 6 * HOUR))


def test_a_seller_that_lets_the_provider_pay_is_reminded_no_more() -> None:
    story = paying()
    story.give(SELLER, c.PayRefund())
    assert story.m.remind == ()
    approved = Story().open().wait(HOUR)
    approved.give(SELLER, c.ApproveRequest())
    assert (approved.m.phase, approved.m.remind) == (Phase.PAYING, ())


def test_whoever_acts_is_reminded_of_what_comes_next_alone() -> None:
    story = review()
    assert story.m.remind == (due_of(story) - 12 * HOUR,)
    story.give(SELLER, c.ApproveRequest())
    assert not awaited(story)
    story = awaiting_return()
    remind(story)
    assert told(story, 1) == [("CUSTOMER", "reminder.awaiting_return", due_of(story).isoformat())]


def test_of_two_who_hand_in_material_only_whose_time_ends_is_reminded() -> None:
    story = Story().disputed().wait(HOUR)
    story.give(SELLER, c.CompleteMaterial())
    remind(story)
    assert [role for role, _, _ in told(story, 1)] == ["CUSTOMER"]


def test_a_reminder_never_comes_at_or_after_the_due_moment_in_any_phase() -> None:
    for phase, make in STANDS.items():
        matter = make().m
        assert all(matter.due is not None and at < matter.due for at in matter.remind), phase
        assert list(matter.remind) == sorted(set(matter.remind))


@pytest.mark.parametrize("phase", [phase for phase in Phase if STANDS[phase]().m.remind])
def test_every_reminder_reaches_a_person(phase: Phase) -> None:
    story = STANDS[phase]()
    remind(story)
    roles = [role for role, code, _ in told(story, 1) if code == f"reminder.{phase.lower()}"]
    assert roles
    assert set(roles) <= {Role.CUSTOMER, Role.SELLER}


@pytest.mark.parametrize("market", ["id", "vn"])
def test_the_rulebooks_reminders_are_the_platforms_own_defaults(market: str) -> None:
    book = load(market)
    reminders = {path: history for path, history in book.values.items() if path[-1] == "remind"}
    assert ("clock", ClockName.COMPLIANCE.value, "remind") in reminders
    for history in reminders.values():
        assert all(entry.grade is Grade.DEFAULT for entry in history.entries)


def test_reminding_reckons_no_calendar(monkeypatch: pytest.MonkeyPatch) -> None:
    """The moments are reckoned on entering a phase, and absolute from then on."""
    story = paying()

    def never(*_: object) -> object:
        raise AssertionError("the calendar was asked")

    monkeypatch.setattr(Draft, "after", never)
    remind(story)


def test_a_customer_can_act_after_the_moment_of_a_reminder_that_nobody_gave() -> None:
    story = awaiting_return()
    story.now = story.m.remind[0] + HOUR
    story.give(CUSTOMER, c.WithdrawRequest())
    assert not story.case.is_open
