"""What each role may see and do: whose turn it is, actions with due moments, exhibits in their order.

What material is expected is in `expected.py`. All of it comes from the process table and the folded case; nothing here
is stored.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache

from mufakat.core import commands as c
from mufakat.core.case import Case, Matter, Remedy
from mufakat.core.claim import Exhibit, RemedyKind
from mufakat.core.parties import PARTIES, Role
from mufakat.core.phases import Phase
from mufakat.core.process import DISPUTE, LAPSES, MOVES, OWNERS, Move, moves_from

AUXILIARY = (
    c.SendMessage,
    c.HandIn,
    c.ProposeAgreement,
    c.AcceptAgreement,
    c.RejectAgreement,
    c.DeclareProcess,
    c.Concede,
    c.ExtendDue,
    c.SuspendExecution,
    c.WithdrawRequest,
    c.WithdrawDispute,
    c.MakeOffer,
    c.AskAgain,
    c.AskMaterial,
    c.RefundInstead,
    c.ReportReturn,
    c.RejectParcel,
    c.ReportProblem,
    c.SendBack,
    c.ReturnDraft,
    c.AskForPerson,
    c.ReportOwnPayment,
    c.ConfirmOwnPayment,
    c.DenyOwnPayment,
)
"""Commands that a phase allows but does not wait for."""


class ViewerState(StrEnum):
    """Whose turn it is, as one viewer sees it. UNDER_WAY: a parcel travels. PAYMENT: the payment provider pays."""

    YOUR_TURN = "YOUR_TURN"
    WAITING_FOR_CUSTOMER = "WAITING_FOR_CUSTOMER"
    WAITING_FOR_SELLER = "WAITING_FOR_SELLER"
    WAITING_FOR_BOTH = "WAITING_FOR_BOTH"
    WITH_PLATFORM = "WITH_PLATFORM"
    UNDER_WAY = "UNDER_WAY"
    PAYMENT = "PAYMENT"
    CLOSED = "CLOSED"


WAITING: dict[frozenset[Role], ViewerState] = {
    frozenset({Role.CUSTOMER}): ViewerState.WAITING_FOR_CUSTOMER,
    frozenset({Role.SELLER}): ViewerState.WAITING_FOR_SELLER,
    frozenset(PARTIES): ViewerState.WAITING_FOR_BOTH,
    frozenset({Role.AGENT}): ViewerState.WITH_PLATFORM,
    frozenset({Role.CLOCK}): ViewerState.UNDER_WAY,
    frozenset({Role.SYSTEM}): ViewerState.PAYMENT,
}
"""Whom a matter waits for, to what others see."""

JUDGING = (c.RecordFinding, c.RecordFindings, c.AssessLine, c.Judge, c.AskMaterial, c.DecideAppeal, c.SendBack)
"""Commands that rest while a draft waits for a second person."""

COLLECTING = (Phase.EVIDENCE, Phase.APPEAL_EVIDENCE)
"""Phases that wait for each party's own window of material."""

NEVER = datetime.max.replace(tzinfo=UTC)

PEOPLE = (*PARTIES, Role.AGENT)
"""Roles that can have a turn; a clock or a system only watches."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something a role can do now. `mandatory`: the phase waits for this role, and `due` is when silence counts.

    `due` is None where the moment has come and the next one is not known before the lapse is recorded.
    """

    command: str
    matter: int
    due: datetime | None
    mandatory: bool


def waited_for(matter: Matter) -> frozenset[Role]:
    """Whom an open matter waits for: its phase's owners, but nobody whose part is done; empty when it is closed.

    A party whose material is complete is waited for no more, and a refund that the provider was told to pay waits
    for the provider.
    """
    owners = OWNERS.get(matter.phase, frozenset())
    if matter.phase in COLLECTING:
        return frozenset(window.party for window in matter.windows) or owners
    if matter.phase is Phase.PAYING and matter.remedy is not None and matter.remedy.at_once:
        return frozenset({Role.SYSTEM})
    return owners


def whose_end(matter: Matter, due: datetime) -> frozenset[Role]:
    """Whom an open matter waits for until that moment; while it collects material, those whose window ends then."""
    waited = waited_for(matter)
    ending = frozenset(window.party for window in matter.windows if window.until == due)
    return waited & ending if matter.phase in COLLECTING and ending else waited


def matter_state(matter: Matter, role: Role) -> ViewerState:
    """Whose turn it is in one matter, as that role sees it."""
    waited = waited_for(matter)
    if not waited:
        return ViewerState.CLOSED
    return ViewerState.YOUR_TURN if role in waited and role in PEOPLE else WAITING[waited]


def viewer_state(case: Case, role: Role) -> ViewerState:
    """Whose turn it is in a case: of several open matters the one that presses that role most.

    Its own turn comes first, then whatever is due first.
    """
    waiting = [matter for matter in case.matters if matter.is_open]
    if not waiting:
        return ViewerState.CLOSED
    states = {matter.number: matter_state(matter, role) for matter in waiting}
    first = min(waiting, key=lambda m: (states[m.number] is not ViewerState.YOUR_TURN, m.due or NEVER, m.number))
    return states[first.number]


@lru_cache(maxsize=1000)
def row_state(phases: tuple[str, ...], role: Role) -> ViewerState:
    """Whose turn it is in a case of which only the phases are known, as in a list: the first that is the role's own.

    Coarser than `viewer_state`: whose material is complete, and which matter is due first, a list does not know.
    """
    waiting = [owners for phase in phases if (owners := OWNERS.get(Phase(phase)))]
    if any(role in owners and role in PEOPLE for owners in waiting):
        return ViewerState.YOUR_TURN
    return WAITING[waiting[0]] if waiting else ViewerState.CLOSED


def available_actions(case: Case, role: Role, now: datetime | None = None, by: str = "") -> list[Action]:
    """What a role may do now in every open matter, as the process table has it.

    by: who asks, where that is known: nobody is offered to confirm a draft of their own.
    now: the case's moment (UTC). Where a matter's due moment has come, the clock fired or not, only what is open
    whatever its lapse leads to is left (reading 13); `preview.as_of` gives the case as the lapse leaves it. Without
    it nothing counts as due.
    """
    found = []
    for matter in case.matters:
        due = matter.due
        over = now is not None and due is not None and now >= due
        phases = LAPSES[matter.phase][matter.lapse] if over and matter.lapse else frozenset({matter.phase})
        for move in _open_in(phases, role):
            if _applies(matter, move.command, role, now, by):
                mandatory = move.command not in AUXILIARY and all(role in OWNERS.get(phase, ()) for phase in phases)
                found.append(Action(move.command.__name__, matter.number, None if over else due, mandatory))
    return found


def _open_in(phases: frozenset[Phase], role: Role) -> list[Move]:
    """What a role may do in every one of these phases; a matter that may be closed offers nothing."""
    if Phase.CLOSED in phases:
        return []
    first, *others = sorted(phases)
    moves = [move for move in moves_from(first) if role in move.roles]
    return [move for move in moves if all(_has(phase, move.command, role) for phase in others)]


def _has(phase: Phase, command: type, role: Role) -> bool:
    move = MOVES.get((phase, command))
    return move is not None and role in move.roles


def _applies(matter: Matter, command: type, role: Role, now: datetime | None, by: str) -> bool:
    """The guards that are plain to see from the case alone; the rest answer with a refusal."""
    proposal = matter.proposal
    if command is c.AcceptAgreement:
        lapsed = proposal is not None and now is not None and now >= proposal.until
        return proposal is not None and proposal.by is not role and not lapsed
    if command is c.RejectAgreement:
        return proposal is not None
    if command is c.CompleteMaterial:
        return matter.window(role) is not None
    if command is c.HandIn and matter.phase in (Phase.EVIDENCE, Phase.APPEAL_EVIDENCE):
        return matter.window(role) is not None or role in matter.waiting_windows
    if command is c.Appeal:
        return not matter.appeal_used
    if command is c.ConfirmJudgement:
        return matter.draft is not None and matter.draft.by != by
    if command is c.ReturnDraft:
        return matter.draft is not None
    if command in JUDGING:
        return matter.draft is None
    if command is c.AskForPerson:
        return not matter.person_asked and bool(matter.machine if matter.phase in DISPUTE else matter.automatic)
    fits = REMEDY_GUARDS.get(command)
    return fits is None or (matter.remedy is not None and fits(matter.remedy, matter.phase))


REMEDY_GUARDS: dict[type, Callable[[Remedy, Phase], bool]] = {
    c.ReportOwnPayment: lambda remedy, phase: (
        remedy.ordered > remedy.paid and not (phase is Phase.PAYING and remedy.at_once)
    ),
    c.ConfirmOwnPayment: lambda remedy, _: remedy.claimed > 0,
    c.DenyOwnPayment: lambda remedy, _: remedy.claimed > 0,
    c.PayRefund: lambda remedy, _: not remedy.at_once,
    c.AssessDelivery: lambda remedy, _: remedy.problem,
    c.AssessReturn: lambda remedy, _: remedy.report is not None and not remedy.problem,
    c.ShipOut: lambda remedy, _: remedy.kind is not RemedyKind.OTHER and not remedy.out_tracking,
    c.CompleteRemedy: lambda remedy, _: remedy.kind is RemedyKind.OTHER,
}
"""What of a remedy a command about it needs, as far as it is plain to see."""


def visible_exhibits(case: Case, role: Role) -> tuple[Exhibit, ...]:
    """The exhibits a role may see, what was carried into a dispute first and in its order (S4).

    Parties see both sides' material once it is on the record, agents all.
    """
    if role not in (*PARTIES, Role.AGENT):
        return ()
    carried = dict.fromkeys(number for matter in case.matters for number in matter.carried)
    first = [case.exhibits[number - 1] for number in carried]
    return (*first, *(each for each in case.exhibits if each.number not in carried))
