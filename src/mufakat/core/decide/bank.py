"""Standing still for the customer's bank: while a chargeback is open nothing is decided or paid (S14, reading 8).

A matter that nothing enforceable was judged about stops, as for any judicial process; what is being carried out is
frozen, with what is left of its clock. Both rest on what the order's facts say now, not on when a case was told of
them, so a command that comes between the two finds the matter standing still as well (docs/decisions/0025).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.calendar import market_day
from mufakat.core.case import Matter, obligation
from mufakat.core.chargebacks import chargebacks
from mufakat.core.claim import Forum
from mufakat.core.decide.draft import Draft
from mufakat.core.order import ChargebackNotice, ChargebackStage
from mufakat.core.parties import SYSTEM
from mufakat.core.phases import Phase
from mufakat.core.policy.policy import ClockName
from mufakat.core.process import DISPUTE, EXECUTION, JUDGED, MOVES, NEGOTIATION

UNDECIDED = (*NEGOTIATION, *DISPUTE, *JUDGED)


def concerns(d: Draft, notice: ChargebackNotice, matter: Matter) -> bool:
    """Whether a chargeback is about any unit of a matter."""
    return any(notice.covers(line, unit) for line in matter.lines for unit in d.case.line(line).units)


def news(d: Draft, notice: ChargebackNotice) -> bool:
    """Whether the latest notice of a chargeback became known after the case began: else it is the order's alone."""
    return notice in d.order.facts[d.case.facts :]


def awaited(d: Draft, number: int) -> tuple[ChargebackNotice, ...]:
    """The open chargebacks about the units of a matter."""
    matter = d.matter(number)
    waiting = (x for x in chargebacks(d.order) if x.stage is ChargebackStage.OPENED)
    return tuple(x for x in waiting if concerns(d, x, matter))


def stand_still(d: Draft, number: int) -> bool:
    """Stop or freeze a matter while a chargeback about it is open, as the system; whether it stopped or froze now."""
    waiting = awaited(d, number)
    if not waiting:
        return False
    with _as_system(d):
        return _stand_still(d, number, waiting)


@contextmanager
def _as_system(d: Draft) -> Iterator[None]:
    """What the bank brings about is nobody's act."""
    actor, d.actor = d.actor, SYSTEM
    try:
        yield
    finally:
        d.actor = actor


def _stand_still(d: Draft, number: int, waiting: tuple[ChargebackNotice, ...]) -> bool:
    matter = d.matter(number)
    if matter.phase in EXECUTION:
        d.allowed = MOVES[matter.phase, c.RecordFact].to
        left = 1 if matter.due is None else max(1, int((matter.due - d.now).total_seconds()))
        freeze(d, number, left)
        return True
    if can_stop(matter):
        d.allowed = MOVES[matter.phase, c.RecordFact].to
        declare(d, number, waiting[0])
        _note_frozen(d, number, waiting, 0)
        d.enter(number, Phase.STOPPED, ClockName.STOP)
        return True
    if matter.debt and not matter.frozen:
        _note_frozen(d, number, waiting, 0)
        d.add(e.CollectionStopped(number, obligation(d.case.case_id, number)))
    elif matter.phase in (Phase.SUSPENDED, Phase.STOPPED) or matter.debt:
        _note_frozen(d, number, waiting, matter.paused.left if matter.paused else 0)
    return False


def can_stop(matter: Matter) -> bool:
    """Whether a process before another forum ends the platform's part in it: before an enforceable judgement."""
    return matter.phase in UNDECIDED and not matter.enforceable


def declare(d: Draft, number: int, notice: ChargebackNotice) -> None:
    """A chargeback is such a process (reading 8)."""
    zone = d.policy.zone
    started = min(market_day(notice.at, zone), market_day(d.now, zone))
    d.add(e.ProcessDeclared(number, Forum.CHARGEBACK, started))


def freeze(d: Draft, number: int, left: int = 0) -> None:
    """Let execution stand still until the bank has decided; `left` seconds of the clock, 0: the next step, anew."""
    with _as_system(d):
        _freeze(d, number, left)


def _freeze(d: Draft, number: int, left: int) -> None:
    matter = d.matter(number)
    waiting = awaited(d, number)
    fresh = [x for x in waiting if x.reference not in matter.frozen]
    _note_frozen(d, number, waiting if fresh else waiting[:1], left, again=not fresh)
    remedy = matter.remedy
    if matter.phase in (Phase.PAYING, Phase.DEDUCTING) and remedy is not None and (remedy.at_once or remedy.deducting):
        d.add(e.CollectionStopped(number, obligation(d.case.case_id, number)))
    d.enter(number, Phase.SUSPENDED, ClockName.SUSPENSION)


def _note_frozen(
    d: Draft, number: int, waiting: tuple[ChargebackNotice, ...], left: int, *, again: bool = False
) -> None:
    known = d.matter(number).frozen
    for notice in waiting:
        if again or notice.reference not in known:
            d.add(e.ChargebackFrozen(number, notice.reference, notice.amount, left))
