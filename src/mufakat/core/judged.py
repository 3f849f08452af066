"""What was judged, line by line, out of a case's log: for counting how judgements fare. Pure, and decides nothing.

A row is one line at one event: judged for a dispute, judged anew after it was sent back, decided on appeal, sent back,
or ordered by a court. Rows are only ever added; whether a judgement stood is read from the rows about the same goods
after it (decision record 0030).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from mufakat.core import events as e
from mufakat.core.case import Case, Matter
from mufakat.core.claim import Basis, Decision, Reason, RemedyKind
from mufakat.core.evolve import evolve
from mufakat.core.order import Order
from mufakat.core.parties import Role

COURT_RULE: Final = "S14"
"""The rule under which what a court ordered stands."""


class Step(StrEnum):
    """What a row tells of: a dispute's judgement, the one made anew after it was sent back or by machine, and so on."""

    JUDGED = "JUDGED"
    AGAIN = "AGAIN"
    APPEAL = "APPEAL"
    SENT_BACK = "SENT_BACK"
    COURT = "COURT"


class By(StrEnum):
    """By what reversals are counted."""

    ALL = "ALL"
    RULE = "RULE"
    AGENT = "AGENT"
    CATEGORY = "CATEGORY"
    REASON = "REASON"


JUDGING: Final = (Step.JUDGED, Step.AGAIN, Step.APPEAL)
"""The steps that are judgements of the platform's own."""


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """One line at one event of its case.

    `dispute`: the how-manieth of these goods; `decision` None where the step decides nothing; `amount` in minor units
    of the order's currency; `by`: who gave the command, or
    drafted what a second person confirmed; `automatic`: no person did; `waited_from`: since when it waited
    for this (the dispute or the appeal was raised, UTC), None where nothing did.
    """

    case_id: str
    order_id: str
    number: int
    line_id: str
    units: tuple[int, ...]
    matter: int
    dispute: int
    step: Step
    decision: Decision | None
    rule: str
    kind: RemedyKind | None
    amount: int
    reason: Reason
    category: str
    by: str
    automatic: bool
    at: datetime
    waited_from: datetime | None


Telling = Callable[[Matter, Any], Iterator[tuple[str, Step, Decision | None, str, RemedyKind | None, int]]]
"""The lines of an event: id, step, decision, rule, remedy and amount of each."""


def judged_lines(before: Case | None, recorded: Iterable[e.Recorded], order: Order) -> tuple[JudgedLine, ...]:
    """The rows of the events of one command or more, from the case as it stood before them (None: no case).

    Folds only as far as something is judged, so it costs nothing where nothing is.
    """
    events = tuple(recorded)
    last = max((n for n, each in enumerate(events) if _tells(each.event)), default=-1)
    case, found, waited_from = before, list[JudgedLine](), None
    for each in events[: last + 1]:
        if case is not None:
            if isinstance(each.event, e.AppealDecided):  # its judgement is the next event; it ends the wait before that
                waited_from = case.matter(each.event.matter).raised_at
            else:
                found += _rows(case, each, order, waited_from)
                waited_from = None
        case = evolve(case, each)
    return tuple(found)


def _tells(event: e.Event) -> bool:
    return type(event) in TOLD and not (isinstance(event, e.RemedyOrdered) and event.basis is not Basis.COURT)


def _rows(case: Case, recorded: e.Recorded, order: Order, waited_from: datetime | None) -> Iterator[JudgedLine]:
    event: Any = recorded.event
    telling = TOLD.get(type(event))
    if telling is None:
        return
    matter = case.matter(event.matter)
    for line_id, step, decision, rule, kind, amount in telling(matter, event):
        claim, sold = case.line(line_id), order.line(line_id)
        yield JudgedLine(
            case_id=case.case_id,
            order_id=case.order_id,
            number=recorded.number,
            line_id=line_id,
            units=claim.units,
            matter=matter.number,
            dispute=matter.dispute,
            step=step,
            decision=decision,
            rule=rule,
            kind=kind,
            amount=amount,
            reason=claim.reason,
            category=sold.category if sold is not None else "",
            by=getattr(event, "drafted_by", "") or recorded.actor.id,
            automatic=recorded.actor.role is not Role.AGENT,
            at=recorded.at,
            waited_from=(waited_from or matter.raised_at) if step in JUDGING else None,
        )


def _judged(matter: Matter, event: e.Judged) -> Iterator[Any]:
    again = matter.sent_back or (matter.person_asked and matter.judgement)
    step = Step.APPEAL if event.appeal else Step.AGAIN if again else Step.JUDGED
    for each in event.lines:
        yield each.line_id, step, each.decision, each.rule, each.kind, each.amount


def _sent_back(matter: Matter, event: e.SentBack) -> Iterator[Any]:
    del event
    for line_id in matter.lines:
        yield line_id, Step.SENT_BACK, None, "", None, 0


def _nothing_ordered(matter: Matter, event: e.OrderRecorded) -> Iterator[Any]:
    """A court that orders nothing to be paid; what one orders is told by the remedy that follows."""
    if event.amount == 0:
        for line_id in matter.lines:
            yield line_id, Step.COURT, Decision.FOR_SELLER, COURT_RULE, None, 0


def _ordered(matter: Matter, event: e.RemedyOrdered) -> Iterator[Any]:
    del matter
    if event.basis is Basis.COURT:
        for share in event.shares:
            yield share.line_id, Step.COURT, Decision.FOR_CUSTOMER, COURT_RULE, event.kind, share.amount


TOLD: Final[dict[type, Telling]] = {
    e.Judged: _judged,
    e.SentBack: _sent_back,
    e.OrderRecorded: _nothing_ordered,
    e.RemedyOrdered: _ordered,
}
"""The events of which rows tell."""
