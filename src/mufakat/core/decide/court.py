"""Courts and outages: the stop, suspension and resuming of execution, extending a due moment (S14; readings 8, 13)."""

from datetime import datetime, timedelta

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.calendar import market_day
from mufakat.core.case import Paused, obligation
from mufakat.core.claim import Basis, RemedyKind
from mufakat.core.decide.bank import awaited
from mufakat.core.decide.draft import Draft
from mufakat.core.decide.execute import look_at_scans
from mufakat.core.decide.remedies import after_outside, causes, collect, next_step, order_refund, remedy_of, start
from mufakat.core.decide.worth import full_shares
from mufakat.core.phases import Outcome, Phase
from mufakat.core.policy.policy import ClockName
from mufakat.core.process import MOVES
from mufakat.core.refusals import Code, refuse

MAX_EXTENSION = 30 * 24 * 3600
"""Seconds by which one extension may move a due moment."""


def declare_process(d: Draft, command: c.DeclareProcess, number: int) -> None:
    """A judicial process was started: the platform stops; holds on money stay."""
    if d.matter(number).enforceable:
        raise refuse(Code.ONLY_A_COURT_SUSPENDS)
    if command.started > market_day(d.now, d.policy.zone):
        raise refuse(Code.STARTED_IN_THE_FUTURE, started=command.started.isoformat())
    if not command.reference:
        raise refuse(Code.REASON_NEEDED)
    d.add(e.ProcessDeclared(number, command.forum, command.started, command.reference))
    d.enter(number, Phase.STOPPED, ClockName.STOP)


def record_order(d: Draft, command: c.RecordOrder, number: int) -> None:
    """What the court ordered ends the stop: an amount is paid, or the hold is released."""
    if not command.reference:
        raise refuse(Code.REASON_NEEDED)
    lines = d.matter(number).lines
    most = sum(share.amount for share in full_shares(d, lines))
    if not 0 <= command.amount <= most:
        raise refuse(Code.ASKED_TOO_MUCH, asked=command.amount, most=most)
    d.add(e.OrderRecorded(number, command.amount, command.reference))
    if command.amount == 0:
        d.close(number, Outcome.STOPPED_EXTERNAL_PROCESS)
        return
    shares = full_shares(d, lines, command.amount)
    start(d, number, RemedyKind.REFUND, Basis.COURT, shares, causes(d, lines))


def suspend(d: Draft, command: c.SuspendExecution, number: int) -> None:
    """A court's order suspends execution: the running clock stands still. Entered again, it is renewed."""
    if not command.reference:
        raise refuse(Code.REASON_NEEDED)
    matter = d.matter(number)
    left = matter.paused.left if matter.paused else _seconds_left(d, number)
    d.add(e.ExecutionSuspended(number, left, command.reference))
    remedy = matter.remedy
    if matter.phase in (Phase.PAYING, Phase.DEDUCTING) and remedy is not None and (remedy.at_once or remedy.deducting):
        d.add(e.CollectionStopped(number, obligation(d.case.case_id, number)))
    d.enter(number, Phase.SUSPENDED, ClockName.SUSPENSION)


def _seconds_left(d: Draft, number: int) -> int:
    due = d.matter(number).due
    return 0 if due is None else max(1, int((due - d.now).total_seconds()))


def resume(d: Draft, command: c.ResumeExecution, number: int) -> None:
    """Let execution go on where it stood; not while a chargeback about it is open."""
    if not command.reference:
        raise refuse(Code.REASON_NEEDED)
    if waiting := awaited(d, number):
        raise refuse(Code.CHARGEBACK_OPEN, reference=waiting[0].reference)
    go_on_executing(d, number, lapsed=False, reference=command.reference)


def suspension_over(d: Draft, number: int) -> None:
    """Nobody renewed a suspension: execution goes on, but where a chargeback is open it is renewed by itself."""
    if awaited(d, number):
        d.enter(number, Phase.SUSPENDED, ClockName.SUSPENSION)
    else:
        go_on_executing(d, number, lapsed=True)


def go_on_executing(d: Draft, number: int, *, lapsed: bool, reference: str = "") -> None:
    """Back to the phase that was suspended with what was left of its clock, then see what happened meanwhile."""
    matter = d.matter(number)
    paused, remedy = matter.paused, matter.remedy
    if paused is None or paused.clock is None or remedy is None:
        message = "SUSPENDED without what was suspended"
        raise RuntimeError(message)
    d.add(e.ExecutionResumed(number, lapsed, reference))
    if not paused.left:
        next_step(d, number)
    elif paused.phase in (Phase.PAYING, Phase.DEDUCTING):
        _collect_again(d, number, paused)
    elif not after_outside(d, number):
        d.enter(number, paused.phase, paused.clock, d.now + timedelta(seconds=paused.left))
        look_at_scans(d, number)


def _collect_again(d: Draft, number: int, paused: Paused) -> None:
    """Tell the provider to go on with what is owed now: it was told to stop, and money may have gone back meanwhile."""
    at_once, pays = remedy_of(d, number).at_once, paused.phase is Phase.PAYING
    if paused.clock is None or not order_refund(d, number, at_once=at_once, again=at_once and pays):
        return
    if not pays:
        collect(d, number)
    d.enter(number, paused.phase, paused.clock, d.now + timedelta(seconds=paused.left))


def extend_due(d: Draft, command: c.ExtendDue, number: int) -> None:
    """Move a due moment on, with a reason."""
    matter = d.matter(number)
    if not 0 < command.seconds <= MAX_EXTENSION or matter.due is None or matter.clock is None:
        raise refuse(Code.EXTENSION_NOT_FITTING, limit=MAX_EXTENSION)
    if not command.text:
        raise refuse(Code.REASON_NEEDED)
    extend(d, number, command.seconds, command.text)


def extend(d: Draft, number: int, seconds: int, text: str = "") -> None:
    """Move a matter's due moment on, and with it open material windows and the right to dispute a rejection."""
    matter = d.matter(number)
    if matter.due is None or matter.clock is None:
        message = f"matter {number} has no due moment"
        raise RuntimeError(message)
    more = timedelta(seconds=seconds)
    d.add(e.DueExtended(number, seconds, text, _periods(d, number, more)))
    for window in matter.windows:
        d.add(e.WindowOpened(number, window.party, window.until + more, window.clock))
    d.enter(number, matter.phase, matter.clock, matter.due + more)


def _periods(d: Draft, number: int, more: timedelta) -> tuple[tuple[str, datetime | None], ...]:
    """The acceptance periods while a dispute can be raised: those that still run go on with the extended window."""
    matter = d.matter(number)
    if (matter.phase, c.RaiseDispute) not in MOVES or matter.due is None:
        return ()
    due = matter.due + more
    return tuple(
        (line, until if until is None or until <= d.now else max(until, min(until + more, due)))
        for line in matter.lines
        for until in (d.case.accept_until[line],)
    )
