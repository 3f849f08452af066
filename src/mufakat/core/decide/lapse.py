"""Lapses: what the clock does at a due moment. What silence means is the rulebook's; how it is done is here."""

from collections.abc import Callable

from mufakat.core import events as e
from mufakat.core.case import obligation
from mufakat.core.claim import Basis
from mufakat.core.decide.bank import stand_still
from mufakat.core.decide.court import suspension_over
from mufakat.core.decide.dispute import go_on
from mufakat.core.decide.draft import Draft
from mufakat.core.decide.execute import confirmed, report_binds
from mufakat.core.decide.negotiate import at_least, reopen_review
from mufakat.core.decide.remedies import (
    deduct,
    deduct_instead,
    enforce,
    grant_asked,
    next_step,
    pay_instead,
    remedy_of,
)
from mufakat.core.decide.risk import all_lost, settle_risk
from mufakat.core.parties import CLOCK, Role
from mufakat.core.phases import Outcome, Phase
from mufakat.core.policy.policy import ClockName, LapseOutcome
from mufakat.core.process import LAPSES

MAX_LAPSES = 100
"""Lapses settled in one step: a guard against a rulebook whose spans are empty."""


def settle_due(d: Draft) -> int:
    """Fire every lapse that is due, earliest first, as the clock; gives how many."""
    actor, d.actor = d.actor, CLOCK
    fired = 0
    try:
        while True:
            matter = d.case.due_matter()
            if matter is None or matter.due is None or d.now < matter.due:
                return fired
            if fired >= MAX_LAPSES:
                message = f"more than {MAX_LAPSES} lapses in one step"
                raise RuntimeError(message)
            _fire(d, matter.number)
            fired += 1
    finally:
        d.actor = actor


def remind_waiting(d: Draft) -> int:
    """Record every reminder whose moment has come, as the clock: one for each matter, however late it is."""
    actor, d.actor = d.actor, CLOCK
    waiting = [m for m in d.case.matters if m.remind and m.remind[0] <= d.now and m.due is not None]
    for matter in waiting:
        assert matter.due is not None
        d.add(e.Reminded(matter.number, matter.due))
    d.actor = actor
    return len(waiting)


def _fire(d: Draft, number: int) -> None:
    """What silence means happens; where a chargeback is open it is not the silence that counts (reading 8)."""
    matter = d.matter(number)
    if matter.lapse is None:
        message = f"{matter.phase} is due without a lapse"
        raise RuntimeError(message)
    if stand_still(d, number):
        return
    d.allowed = LAPSES[matter.phase][matter.lapse]
    _LAPSES[matter.phase, matter.lapse](d, number)


def _approve(d: Draft, number: int) -> None:
    d.add(e.RequestApproved(number, Basis.LAPSE))
    grant_asked(d, number, Basis.LAPSE)


def _reject(d: Draft, number: int) -> None:
    window = d.after(ClockName.DISPUTE_WINDOW)
    d.add(e.RequestRejected(number, "SILENCE", at_least(d, number, window)))
    d.enter(number, Phase.REJECTED, ClockName.DISPUTE_WINDOW, window)


def _reopen(d: Draft, number: int) -> None:
    reopen_review(d, number, lapsed=True)


def _not_pursued(d: Draft, number: int) -> None:
    d.close(number, Outcome.NOT_PURSUED)


def _not_returned(d: Draft, number: int) -> None:
    d.close(number, Outcome.NOT_RETURNED)


def _windows_over(d: Draft, number: int) -> None:
    for window in d.matter(number).windows:
        if window.until <= d.now:
            d.add(e.WindowClosed(number, window.party, lapsed=True))
    go_on(d, number)


def _escalate(d: Draft, number: int) -> None:
    matter = d.matter(number)
    if matter.clock is None:
        return
    d.add(e.DecisionEscalated(number, matter.escalations + 1))
    d.enter(number, matter.phase, matter.clock)


def _dismissal_final(d: Draft, number: int) -> None:
    d.close(number, Outcome.DISMISSED)


def _award_final(d: Draft, number: int) -> None:
    enforce(d, number)


def _lost(d: Draft, number: int) -> None:
    settle_risk(d, number, all_lost(d, number), Role.SYSTEM)


def _inspection_over(d: Draft, number: int) -> None:
    if not remedy_of(d, number).arrived:
        d.add(e.ReturnArrived(number, inferred=True))
    d.add(e.ReturnAccepted(number, lapsed=True))
    next_step(d, number)


def _inspection_deducted(d: Draft, number: int) -> None:
    d.add(e.ReturnAccepted(number, lapsed=True))
    if remedy_of(d, number).in_money:
        deduct(d, number)
    else:
        deduct_instead(d, number)


def _binds(d: Draft, number: int) -> None:
    report_binds(d, number, lapsed=True)


def _goods_refunded(d: Draft, number: int) -> None:
    pay_instead(d, number, LapseOutcome.REFUND)


def _goods_deducted(d: Draft, number: int) -> None:
    deduct_instead(d, number)


def _goods_lost(d: Draft, number: int) -> None:
    pay_instead(d, number, LapseOutcome.LOST)


def _done(d: Draft, number: int) -> None:
    confirmed(d, number, lapsed=True)


def _leave_debt(d: Draft, number: int) -> None:
    """What is unpaid stays a debt: the matter is over, the collecting goes on."""
    d.add(e.DebtLeft(number, obligation(d.case.case_id, number), remedy_of(d, number).uncollected))
    d.close(number, Outcome.DEBT_LEFT)


def _refund_final(d: Draft, number: int) -> None:
    d.close(number, Outcome.REFUNDED)


def _resume(d: Draft, number: int) -> None:
    suspension_over(d, number)


def _released(d: Draft, number: int) -> None:
    d.close(number, Outcome.STOPPED_EXTERNAL_PROCESS)


_LAPSES: dict[tuple[Phase, LapseOutcome], Callable[[Draft, int], None]] = {
    (Phase.REVIEW, LapseOutcome.APPROVE): _approve,
    (Phase.REVIEW, LapseOutcome.REJECT): _reject,
    (Phase.OFFERED, LapseOutcome.REOPEN_REVIEW): _reopen,
    (Phase.REJECTED, LapseOutcome.CLOSE): _not_pursued,
    (Phase.PARCEL_REJECTED, LapseOutcome.CLOSE): _not_pursued,
    (Phase.EVIDENCE, LapseOutcome.JUDGE_ON_FILE): _windows_over,
    (Phase.DECIDING, LapseOutcome.ESCALATE): _escalate,
    (Phase.DISMISSED, LapseOutcome.FINAL): _dismissal_final,
    (Phase.AWARDED, LapseOutcome.FINAL): _award_final,
    (Phase.APPEAL_EVIDENCE, LapseOutcome.JUDGE_ON_FILE): _windows_over,
    (Phase.APPEAL_DECIDING, LapseOutcome.ESCALATE): _escalate,
    (Phase.AWAITING_RETURN, LapseOutcome.CLOSE): _not_returned,
    (Phase.RETURNING, LapseOutcome.LOST): _lost,
    (Phase.INSPECTING, LapseOutcome.REFUND): _inspection_over,
    (Phase.INSPECTING, LapseOutcome.DEDUCT): _inspection_deducted,
    (Phase.REPORTED, LapseOutcome.BINDS): _binds,
    (Phase.ASSESSING, LapseOutcome.ESCALATE): _escalate,
    (Phase.PERFORMING, LapseOutcome.REFUND): _goods_refunded,
    (Phase.PERFORMING, LapseOutcome.DEDUCT): _goods_deducted,
    (Phase.DELIVERING, LapseOutcome.LOST): _goods_lost,
    (Phase.CONFIRMING, LapseOutcome.DONE): _done,
    (Phase.PAYING, LapseOutcome.DEDUCT): deduct,
    (Phase.DEDUCTING, LapseOutcome.LEAVE_DEBT): _leave_debt,
    (Phase.LATE_APPEAL, LapseOutcome.FINAL): _refund_final,
    (Phase.SUSPENDED, LapseOutcome.RESUME): _resume,
    (Phase.STOPPED, LapseOutcome.RELEASE): _released,
}
"""How each meaning of silence is done; `tests/core/test_process.py` holds it against `process.LAPSES`."""
