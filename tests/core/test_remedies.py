"""Remedies step by step: the table fits the process; every case says what is due, from whom, until when (S18, S19)."""

from datetime import timedelta

import pytest

from mufakat.core import commands as c
from mufakat.core.claim import RemedyKind, RequestType
from mufakat.core.order import OutsideRefund
from mufakat.core.parties import Role
from mufakat.core.phases import Phase
from mufakat.core.process import EXECUTION, MOVES, OWNERS
from mufakat.core.remedies import REMEDIES, STEPS, StepCode, duties, progress
from tests.core.stands import (
    PROOF,
    STANDS,
    assessing_delivery,
    awaiting_return,
    confirming,
    deducting,
    delivering,
    inspecting,
    paying,
    performing,
    performing_other,
)
from tests.core.story import AGENT, CUSTOMER, HOUR, SELLER, TEXT, Story


def under_way(story: Story) -> list[StepCode]:
    return [each.step for each in progress(story.m) if each.under_way]


def done(story: Story) -> list[StepCode]:
    return [each.step for each in progress(story.m) if each.done]


def test_s21_every_remedy_has_its_steps_and_every_step_its_remedy() -> None:
    assert set(REMEDIES) == set(RemedyKind)
    assert {code for codes in REMEDIES.values() for code in codes} == set(StepCode) == set(STEPS)
    for step in STEPS.values():
        assert all((step.needs, step.proof, step.confirmed_by, step.silence))


def test_every_step_stands_in_the_process_as_the_table_says() -> None:
    for code, step in STEPS.items():
        for command in step.commands:
            cells = [MOVES[phase, command] for phase in step.phases if (phase, command) in MOVES]
            assert any(step.by in cell.roles for cell in cells), (code, command)
        assert any(step.by in OWNERS[phase] for phase in step.phases), code
    assert {phase for step in STEPS.values() for phase in step.phases} >= set(EXECUTION)


@pytest.mark.parametrize(
    "story,step,waits",
    [
        (awaiting_return, StepCode.SEND_BACK, Role.CUSTOMER),
        (inspecting, StepCode.TAKE_BACK, Role.SELLER),
        (performing, StepCode.SHIP, Role.SELLER),
        (performing_other, StepCode.PERFORM, Role.SELLER),
        (delivering, StepCode.RECEIVE, Role.CLOCK),
        (confirming, StepCode.RECEIVE, Role.CUSTOMER),
        (assessing_delivery, StepCode.RECEIVE, Role.AGENT),
        (paying, StepCode.PAY, Role.SELLER),
        (deducting, StepCode.PAY, Role.SYSTEM),
    ],
)
def test_a_case_says_what_is_due_from_whom_until_when(story: object, step: StepCode, waits: Role) -> None:
    told: Story = story()  # type: ignore[operator]
    (duty,) = duties(told.case, told.now)
    assert (duty.step, duty.waits_for, duty.due) == (step, frozenset({waits}), told.m.due)
    assert duty.seconds_left == int((duty.due - told.now).total_seconds())


def test_s19_the_48_hours_are_counted_to_the_second_and_with_what_is_left_to_pay() -> None:
    story = paying()
    assert story.m.due is not None
    (duty,) = duties(story.case, story.m.due - timedelta(seconds=90))
    assert (duty.seconds_left, duty.amount) == (90, 100_000)
    story.fact(OutsideRefund("a", (1,), 40_000, story.now))
    assert [each.amount for each in duties(story.case, story.now)] == [60_000]
    assert [each.seconds_left for each in duties(story.case, story.m.due + HOUR)] == [0]


def test_nothing_is_due_while_a_court_suspends_it_or_nothing_is_carried_out() -> None:
    story = paying()
    story.give(AGENT, c.SuspendExecution(reference=TEXT))
    assert duties(story.case, story.now) == ()
    assert under_way(story) == [StepCode.PAY]
    for phase in (Phase.REVIEW, Phase.DECIDING, Phase.AWARDED, Phase.CLOSED, Phase.STOPPED):
        assert duties(STANDS[phase]().case, story.now) == ()


def test_an_exchange_goes_step_by_step() -> None:
    story = awaiting_return(RequestType.EXCHANGE)
    assert [each.step for each in progress(story.m)] == list(REMEDIES[RemedyKind.EXCHANGE])
    story.give(CUSTOMER, c.ShipBack(method="PLATFORM_CARRIER", tracking="R1"))  # type: ignore[arg-type]
    assert (done(story), under_way(story)) == ([StepCode.SEND_BACK], [StepCode.TAKE_BACK])
    story.give(SELLER, c.ConfirmReceipt())
    assert under_way(story) == [StepCode.SHIP]
    story.give(SELLER, c.RefundInstead())
    assert [each.step for each in progress(story.m)] == [StepCode.SEND_BACK, StepCode.TAKE_BACK, StepCode.PAY]
    assert under_way(story) == [StepCode.PAY]


def test_another_remedy_is_proved_by_the_seller_and_confirmed_by_the_customer() -> None:
    story = performing_other()
    story.give(SELLER, c.CompleteRemedy(PROOF))
    assert (done(story), under_way(story)) == ([StepCode.PERFORM], [StepCode.CONFIRM])
    story.give(CUSTOMER, c.ConfirmDelivery())
    assert done(story) == [StepCode.PERFORM, StepCode.CONFIRM]
