"""THE process: one table of phase by command, with who may, and where it may lead. Everything else is derived from it.

Theory of operation. A matter stands in exactly one phase. A row of `PROCESS` says: in this phase, these roles may
give this command, and it leads to one of these phases (its own phase among them where it may stay). `LAPSES` says
what silence can mean in a phase; which of those it does mean, and after how long, is the rulebook's. Guards that
need the case (a period that is over, a second dispute) live in `decide/`, but no guard can lead anywhere that is
not in a row here: `Draft.enter` checks each step against the table.

The same rows draw the buttons, list `available_actions`, draw the diagram in the docs and feed the simulator.
"""

from dataclasses import dataclass

from mufakat.core import commands as c
from mufakat.core.parties import Role
from mufakat.core.phases import Phase
from mufakat.core.policy.policy import LapseOutcome

P = Phase  # the table reads better with one letter
CUSTOMER, SELLER, AGENT, CLOCK, SYSTEM = Role.CUSTOMER, Role.SELLER, Role.AGENT, Role.CLOCK, Role.SYSTEM


@dataclass(frozen=True, slots=True)
class Move:
    """One cell: in `phase`, `roles` may give `command`, which leads to one of `to`."""

    phase: Phase
    command: type
    roles: frozenset[Role]
    to: frozenset[Phase]


REMEDY_STARTS = (P.AWAITING_RETURN, P.PERFORMING, P.PAYING, P.CLOSED)
"""Where a remedy that was just granted can begin; CLOSED where nothing is left to do."""
AFTER_RETURN = (P.PERFORMING, P.PAYING, P.CLOSED)
PAID = (P.LATE_APPEAL, P.CLOSED)

SHIPPED = (P.PERFORMING, P.DELIVERING, P.CONFIRMING, P.PAYING, P.CLOSED)

NEGOTIATION = (P.REVIEW, P.OFFERED, P.REJECTED, P.PARCEL_REJECTED)
DISPUTE = (P.EVIDENCE, P.DECIDING)
APPEAL = (P.APPEAL_EVIDENCE, P.APPEAL_DECIDING)
JUDGED = (P.DISMISSED, P.AWARDED, *APPEAL)
GOODS = (
    P.AWAITING_RETURN,
    P.RETURNING,
    P.INSPECTING,
    P.REPORTED,
    P.ASSESSING,
    P.PERFORMING,
    P.DELIVERING,
    P.CONFIRMING,
)
EXECUTION = (*GOODS, P.PAYING, P.DEDUCTING)
WITHOUT_PARTIES = (P.RETURNING, P.PERFORMING, P.DELIVERING, P.PAYING, P.DEDUCTING)
"""Where carriers and banks bring things on by what they report."""
WITH_PARTIES = tuple(p for p in EXECUTION if p not in WITHOUT_PARTIES)
AGREEING = (*NEGOTIATION, *DISPUTE, *JUDGED, *EXECUTION, P.SUSPENDED, P.STOPPED)
RESUMED = (*EXECUTION, P.LATE_APPEAL, P.CLOSED)
OPEN = (*NEGOTIATION, *DISPUTE, *JUDGED, *EXECUTION, P.LATE_APPEAL, P.SUSPENDED, P.STOPPED)


def _row(phases: Phase | tuple[Phase, ...], command: type, roles: Role | tuple[Role, ...], *to: Phase) -> list[Move]:
    """One row of the table for one or several phases; no `to` means that it stays."""
    where = phases if isinstance(phases, tuple) else (phases,)
    who = frozenset(roles if isinstance(roles, tuple) else (roles,))
    return [Move(phase, command, who, frozenset(to or (phase,))) for phase in where]


PROCESS: tuple[Move, ...] = tuple(
    move
    for rows in (
        # The two between themselves (S1, S27).
        _row(P.REVIEW, c.ApproveRequest, SELLER, *REMEDY_STARTS),
        _row(P.REVIEW, c.RejectRequest, SELLER, P.REJECTED),
        _row(P.REVIEW, c.MakeOffer, SELLER, P.OFFERED),
        _row(P.OFFERED, c.AcceptOffer, CUSTOMER, *REMEDY_STARTS),
        _row(P.OFFERED, c.DeclineOffer, CUSTOMER, P.REVIEW),
        _row(NEGOTIATION, c.WithdrawRequest, CUSTOMER, P.CLOSED),
        _row(P.AWAITING_RETURN, c.WithdrawRequest, CUSTOMER, P.CLOSED),
        _row(P.REJECTED, c.AskAgain, CUSTOMER, P.REVIEW),
        _row(P.PARCEL_REJECTED, c.AskAgain, CUSTOMER, P.INSPECTING),
        # The dispute (S2 to S12).
        _row((P.REJECTED, P.PARCEL_REJECTED, P.DISMISSED), c.RaiseDispute, CUSTOMER, P.EVIDENCE),
        _row(DISPUTE, c.WithdrawDispute, CUSTOMER, P.REJECTED, P.PARCEL_REJECTED, P.DISMISSED, P.CLOSED),
        _row((*NEGOTIATION, P.INSPECTING, P.REPORTED, P.ASSESSING, P.CONFIRMING), c.HandIn, (CUSTOMER, SELLER)),
        _row((P.EVIDENCE, P.APPEAL_EVIDENCE), c.HandIn, (CUSTOMER, SELLER)),
        _row(P.EVIDENCE, c.CompleteMaterial, (CUSTOMER, SELLER), P.EVIDENCE, P.DECIDING),
        _row(P.APPEAL_EVIDENCE, c.CompleteMaterial, (CUSTOMER, SELLER), P.APPEAL_EVIDENCE, P.APPEAL_DECIDING),
        _row(P.DECIDING, c.AskMaterial, AGENT, P.EVIDENCE),
        _row((P.DECIDING, P.APPEAL_DECIDING), c.RecordFinding, AGENT),
        _row((P.DECIDING, P.APPEAL_DECIDING), c.RecordFindings, AGENT),
        _row((P.DECIDING, P.APPEAL_DECIDING), c.AssessLine, AGENT),
        # The judgement (S15 to S18) and the one appeal.
        _row(P.DECIDING, c.Judge, AGENT, P.DECIDING, P.DISMISSED, P.AWARDED, P.CLOSED),
        _row(P.DECIDING, c.ConfirmJudgement, AGENT, P.DISMISSED, P.AWARDED, P.CLOSED),
        _row((P.DECIDING, P.APPEAL_DECIDING), c.ReturnDraft, AGENT),
        _row(P.DECIDING, c.JudgeAutomatically, SYSTEM, P.DISMISSED, P.AWARDED),
        _row(DISPUTE, c.AskForPerson, (CUSTOMER, SELLER)),
        _row(P.DISMISSED, c.AskForPerson, CUSTOMER, P.DECIDING),
        _row(P.AWARDED, c.AskForPerson, SELLER, P.DECIDING),
        _row(P.DISMISSED, c.AcceptJudgement, CUSTOMER, P.CLOSED),
        _row(P.AWARDED, c.AcceptJudgement, SELLER, *REMEDY_STARTS),
        _row(P.AWARDED, c.Appeal, SELLER, P.APPEAL_EVIDENCE),
        _row(APPEAL, c.AcceptJudgement, SELLER, *REMEDY_STARTS),
        _row(P.APPEAL_DECIDING, c.DecideAppeal, AGENT, P.APPEAL_DECIDING, *REMEDY_STARTS, P.DISMISSED),
        _row(P.APPEAL_DECIDING, c.ConfirmJudgement, AGENT, *REMEDY_STARTS, P.DISMISSED),
        _row(P.APPEAL_DECIDING, c.SendBack, AGENT, P.DECIDING),
        _row(P.LATE_APPEAL, c.Appeal, SELLER, P.APPEAL_EVIDENCE),
        _row(P.LATE_APPEAL, c.AcceptJudgement, SELLER, P.CLOSED),
        # Conceding, agreeing, going to court (S9, S13, S14).
        _row((*NEGOTIATION, *DISPUTE, P.DISMISSED), c.Concede, SELLER, *REMEDY_STARTS),
        _row(OPEN, c.SendMessage, (CUSTOMER, SELLER)),
        _row(AGREEING, c.ProposeAgreement, (CUSTOMER, SELLER)),
        _row(AGREEING, c.RejectAgreement, (CUSTOMER, SELLER)),
        _row(
            AGREEING,
            c.AcceptAgreement,
            (CUSTOMER, SELLER),
            *REMEDY_STARTS,
            P.RETURNING,
            P.INSPECTING,
            P.SUSPENDED,
        ),
        _row((*NEGOTIATION, *DISPUTE, *JUDGED, *GOODS), c.DeclareProcess, (CUSTOMER, SELLER, SYSTEM), P.STOPPED),
        _row(P.STOPPED, c.RecordOrder, AGENT, P.PAYING, P.SUSPENDED, P.CLOSED),
        _row(EXECUTION, c.SuspendExecution, AGENT, P.SUSPENDED),
        _row(P.SUSPENDED, c.SuspendExecution, AGENT),
        _row(P.SUSPENDED, c.ResumeExecution, AGENT, *RESUMED),
        _row(OPEN, c.ExtendDue, (AGENT, SYSTEM)),
        # Carrying it out, step by step (S18 to S25).
        _row(P.AWAITING_RETURN, c.ShipBack, CUSTOMER, P.RETURNING, P.INSPECTING, *AFTER_RETURN),
        _row(P.AWAITING_RETURN, c.Concede, SELLER, *AFTER_RETURN),
        _row((P.RETURNING, P.INSPECTING), c.ConfirmReceipt, SELLER, *AFTER_RETURN),
        _row(P.INSPECTING, c.RejectParcel, SELLER, P.PARCEL_REJECTED),
        _row(P.INSPECTING, c.ReportReturn, SELLER, P.REPORTED, *AFTER_RETURN),
        _row(P.REPORTED, c.AcceptReport, CUSTOMER, *AFTER_RETURN),
        _row(P.REPORTED, c.ContestReport, CUSTOMER, P.ASSESSING),
        _row(P.ASSESSING, c.AssessReturn, AGENT, *AFTER_RETURN),
        _row(P.PERFORMING, c.ShipOut, SELLER, *SHIPPED),
        _row(P.PERFORMING, c.RefundInstead, SELLER, P.PAYING, P.CLOSED),
        _row(P.PERFORMING, c.CompleteRemedy, SELLER, P.CONFIRMING),
        _row(P.CONFIRMING, c.ConfirmDelivery, CUSTOMER, P.CLOSED),
        _row((P.DELIVERING, P.CONFIRMING), c.ReportProblem, CUSTOMER, P.ASSESSING),
        _row(P.ASSESSING, c.AssessDelivery, AGENT, P.PAYING, P.CLOSED),
        _row(P.PAYING, c.PayRefund, SELLER),
        _row(P.PAYING, c.ReportPayment, SYSTEM, P.PAYING, *PAID),
        _row(P.DEDUCTING, c.ReportPayment, SYSTEM, P.DEDUCTING, *PAID),
        _row(P.SUSPENDED, c.ReportPayment, SYSTEM, P.SUSPENDED, *PAID),
        _row(P.CLOSED, c.ReportPayment, SYSTEM),
        # What the seller paid by itself counts when the customer says so; the clock goes on meanwhile.
        _row((P.PAYING, P.DEDUCTING), c.ReportOwnPayment, SELLER),
        _row(P.PAYING, c.ConfirmOwnPayment, CUSTOMER, P.PAYING, P.CLOSED),
        _row(P.DEDUCTING, c.ConfirmOwnPayment, CUSTOMER, P.DEDUCTING, P.CLOSED),
        _row((P.PAYING, P.DEDUCTING), c.DenyOwnPayment, CUSTOMER),
        # What the world reports.
        _row(P.RETURNING, c.RecordFact, SYSTEM, P.RETURNING, P.INSPECTING, *AFTER_RETURN, P.SUSPENDED),
        _row(P.PERFORMING, c.RecordFact, SYSTEM, *SHIPPED, P.SUSPENDED),
        _row(P.DELIVERING, c.RecordFact, SYSTEM, P.DELIVERING, P.CONFIRMING, P.PAYING, P.CLOSED, P.SUSPENDED),
        _row(P.PAYING, c.RecordFact, SYSTEM, P.PAYING, P.CLOSED, P.SUSPENDED),
        _row(P.DEDUCTING, c.RecordFact, SYSTEM, P.DEDUCTING, P.CLOSED, P.SUSPENDED),
        *(_row(p, c.RecordFact, SYSTEM, p, P.SUSPENDED, P.PAYING, P.CLOSED) for p in WITH_PARTIES),
        *(_row(p, c.RecordFact, SYSTEM, p, P.STOPPED, P.CLOSED) for p in (*NEGOTIATION, *DISPUTE, *JUDGED)),
        _row(P.LATE_APPEAL, c.RecordFact, SYSTEM),
        _row(P.SUSPENDED, c.RecordFact, SYSTEM, P.SUSPENDED, *RESUMED),
        _row(P.STOPPED, c.RecordFact, SYSTEM, P.STOPPED, P.CLOSED),
        _row(P.CLOSED, c.RecordFact, SYSTEM),
    )
    for move in rows
)

OPENS = frozenset({P.REVIEW, *REMEDY_STARTS})
"""Where a new request can begin: granted at once where the rulebook says so."""

OPENERS = frozenset({CUSTOMER, SELLER, AGENT})
"""Who may open a request; an agent does so for a customer."""

LAPSES: dict[Phase, dict[LapseOutcome, frozenset[Phase]]] = {
    P.REVIEW: {
        LapseOutcome.APPROVE: frozenset(REMEDY_STARTS),
        LapseOutcome.REJECT: frozenset({P.REJECTED}),
    },
    P.OFFERED: {LapseOutcome.REOPEN_REVIEW: frozenset({P.REVIEW})},
    P.REJECTED: {LapseOutcome.CLOSE: frozenset({P.CLOSED})},
    P.PARCEL_REJECTED: {LapseOutcome.CLOSE: frozenset({P.CLOSED})},
    P.EVIDENCE: {LapseOutcome.JUDGE_ON_FILE: frozenset({P.EVIDENCE, P.DECIDING})},
    P.DECIDING: {LapseOutcome.ESCALATE: frozenset({P.DECIDING})},
    P.DISMISSED: {LapseOutcome.FINAL: frozenset({P.CLOSED})},
    P.AWARDED: {LapseOutcome.FINAL: frozenset(REMEDY_STARTS)},
    P.APPEAL_EVIDENCE: {LapseOutcome.JUDGE_ON_FILE: frozenset({P.APPEAL_EVIDENCE, P.APPEAL_DECIDING})},
    P.APPEAL_DECIDING: {LapseOutcome.ESCALATE: frozenset({P.APPEAL_DECIDING})},
    P.AWAITING_RETURN: {LapseOutcome.CLOSE: frozenset({P.CLOSED})},
    P.RETURNING: {LapseOutcome.LOST: frozenset(AFTER_RETURN)},
    P.INSPECTING: {
        LapseOutcome.REFUND: frozenset(AFTER_RETURN),
        LapseOutcome.DEDUCT: frozenset({P.DEDUCTING, P.CLOSED}),
    },
    P.REPORTED: {LapseOutcome.BINDS: frozenset(AFTER_RETURN)},
    P.ASSESSING: {LapseOutcome.ESCALATE: frozenset({P.ASSESSING})},
    P.PERFORMING: {
        LapseOutcome.REFUND: frozenset({P.PAYING, P.CLOSED}),
        LapseOutcome.DEDUCT: frozenset({P.DEDUCTING, P.CLOSED}),
    },
    P.DELIVERING: {LapseOutcome.LOST: frozenset({P.PAYING, P.CLOSED})},
    P.CONFIRMING: {LapseOutcome.DONE: frozenset({P.CLOSED})},
    P.PAYING: {LapseOutcome.DEDUCT: frozenset({P.DEDUCTING, P.CLOSED})},
    P.DEDUCTING: {LapseOutcome.LEAVE_DEBT: frozenset({P.CLOSED})},
    P.LATE_APPEAL: {LapseOutcome.FINAL: frozenset({P.CLOSED})},
    P.SUSPENDED: {LapseOutcome.RESUME: frozenset({*RESUMED, P.SUSPENDED})},
    P.STOPPED: {LapseOutcome.RELEASE: frozenset({P.CLOSED})},
}
"""What silence can mean in each phase, and where each meaning may lead."""

OWNERS: dict[Phase, frozenset[Role]] = {
    P.REVIEW: frozenset({SELLER}),
    P.OFFERED: frozenset({CUSTOMER}),
    P.REJECTED: frozenset({CUSTOMER}),
    P.PARCEL_REJECTED: frozenset({CUSTOMER}),
    P.EVIDENCE: frozenset({CUSTOMER, SELLER}),
    P.DECIDING: frozenset({AGENT}),
    P.DISMISSED: frozenset({CUSTOMER}),
    P.AWARDED: frozenset({SELLER}),
    P.APPEAL_EVIDENCE: frozenset({CUSTOMER, SELLER}),
    P.APPEAL_DECIDING: frozenset({AGENT}),
    P.AWAITING_RETURN: frozenset({CUSTOMER}),
    P.RETURNING: frozenset({CLOCK}),
    P.INSPECTING: frozenset({SELLER}),
    P.REPORTED: frozenset({CUSTOMER}),
    P.ASSESSING: frozenset({AGENT}),
    P.PERFORMING: frozenset({SELLER}),
    P.DELIVERING: frozenset({CLOCK}),
    P.CONFIRMING: frozenset({CUSTOMER}),
    P.PAYING: frozenset({SELLER}),
    P.DEDUCTING: frozenset({SYSTEM}),
    P.LATE_APPEAL: frozenset({SELLER}),
    P.SUSPENDED: frozenset({AGENT}),
    P.STOPPED: frozenset({AGENT}),
}
"""Whose turn it is: the role that a phase waits for."""


def _index() -> dict[tuple[Phase, type], Move]:
    index: dict[tuple[Phase, type], Move] = {}
    for move in PROCESS:
        key = (move.phase, move.command)
        if key in index:
            message = f"{move.phase} by {move.command.__name__} stands twice in the table"
            raise ValueError(message)
        index[key] = move
    return index


MOVES: dict[tuple[Phase, type], Move] = _index()
"""The table by cell."""


def moves_from(phase: Phase) -> list[Move]:
    """Every cell of a phase, in the table's order."""
    return [move for move in PROCESS if move.phase is phase]


def exits(phase: Phase) -> set[Phase]:
    """Every phase that a phase can lead to, by command or by lapse."""
    by_command = {to for move in moves_from(phase) for to in move.to}
    return by_command | {to for targets in LAPSES.get(phase, {}).values() for to in targets}


def faults() -> list[str]:
    """What is wrong with the table: phases that cannot be reached, cannot end, or wait without owner or lapse."""
    found = [f"{phase} has no owner or no lapse" for phase in OPEN if phase not in OWNERS or phase not in LAPSES]
    reached, frontier = set(OPENS), list(OPENS)
    while frontier:
        fresh = exits(frontier.pop()) - reached
        reached |= fresh
        frontier += fresh
    found += [f"{phase} cannot be reached" for phase in Phase if phase not in reached]
    ending = {P.CLOSED}
    while grown := {phase for phase in OPEN if phase not in ending and exits(phase) & ending}:
        ending |= grown
    return found + [f"{phase} cannot end" for phase in OPEN if phase not in ending]
