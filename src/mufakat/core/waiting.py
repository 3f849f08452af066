"""What waits for an agent: each open matter in a phase of the agents' as a piece of work, derived from the case.

The queue (`store/queue.py`) keeps these beside who has which; here is only what follows from the case and its order.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from mufakat.core.case import Case, Matter
from mufakat.core.order import Order
from mufakat.core.parties import Role
from mufakat.core.phases import Phase
from mufakat.core.process import PROCESS


class WorkKind(StrEnum):
    """What is to be done. CONFIRM: agree or not with a colleague's judgement. SAMPLE: judge once more, blind."""

    JUDGE = "JUDGE"
    APPEAL = "APPEAL"
    ASSESS = "ASSESS"
    CONFIRM = "CONFIRM"
    SAMPLE = "SAMPLE"


class What(StrEnum):
    """What befell somebody's work."""

    TAKEN = "TAKEN"
    HANDED_BACK = "HANDED_BACK"
    LAPSED = "LAPSED"
    ASSIGNED = "ASSIGNED"
    RELEASED = "RELEASED"


class BackReason(StrEnum):
    """Why work is handed back. KNOWS_A_PARTY: the case is closed to that agent from then on."""

    KNOWS_A_PARTY = "KNOWS_A_PARTY"
    LACKS_SKILL = "LACKS_SKILL"
    NO_TIME = "NO_TIME"
    OTHER = "OTHER"


KINDS: Final[dict[Phase, WorkKind]] = {
    Phase.DECIDING: WorkKind.JUDGE,
    Phase.APPEAL_DECIDING: WorkKind.APPEAL,
    Phase.ASSESSING: WorkKind.ASSESS,
}
"""The phases in which an agent is waited for. SUSPENDED and STOPPED wait for courts: nobody can work on them."""

DECIDING: Final = frozenset(
    move.command
    for move in PROCESS
    if Role.AGENT in move.roles and all(each.phase in KINDS for each in PROCESS if each.command is move.command)
)
"""The commands with which the work is done: those that an agent gives in these phases and nowhere else."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A piece of work. `amount`: what is at stake, in minor units of the order's currency; instants in UTC.

    turn: what the queue is ordered by. since: when the matter entered its phase. language: the customer's, empty for
    the market's own. barred: ids of agents who may not do it, because it is about a judgement of theirs.
    """

    matter: int
    kind: WorkKind
    due: datetime
    turn: datetime
    since: datetime
    amount: int
    escalations: int
    language: str
    categories: tuple[str, ...]
    barred: tuple[str, ...]


def waiting(case: Case, order: Order) -> tuple[Waiting, ...]:
    """The work that a case has for agents, matter by matter."""
    return tuple(_work(matter, kind, order) for matter in case.matters if (kind := kind_of(matter)) is not None)


def kind_of(matter: Matter) -> WorkKind | None:
    """What an agent is waited for to do about a matter, or None; where a judgement is drafted, to confirm it."""
    return KINDS.get(matter.phase) if matter.draft is None else WorkKind.CONFIRM


def barred(matter: Matter) -> tuple[str, ...]:
    """Who may not decide a matter: who judged what is at issue, and who drafted what is to be confirmed (reading 4)."""
    if KINDS.get(matter.phase) is WorkKind.ASSESS:
        return ()
    return matter.judges if matter.draft is None else (*matter.judges, matter.draft.by)


def _work(matter: Matter, kind: WorkKind, order: Order) -> Waiting:
    assert matter.due is not None, "a phase of the agents' has a due moment"
    since = matter.since or matter.due
    lines = [line for line_id in matter.lines if (line := order.line(line_id)) is not None]
    return Waiting(
        matter=matter.number,
        kind=kind,
        due=matter.due,
        turn=since if matter.escalations else _hour(matter.due),
        since=since,
        amount=max(matter.hold, matter.remedy.total if matter.remedy is not None else 0),
        escalations=matter.escalations,
        language=order.language,
        categories=tuple(sorted({line.category for line in lines if line.category})),
        barred=barred(matter),
    )


def _hour(due: datetime) -> datetime:
    """The hour in which something is due: what is due to a second would leave nothing for the amount to order.

    What is overdue is escalated, and with it due anew; it keeps its place by when it began to wait, before all others.
    """
    return due.replace(minute=0, second=0, microsecond=0)
