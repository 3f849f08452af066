"""Deciding: `step(case, order, command, ...)` gives the events a command leads to, or a refusal. Pure.

Theory of operation. What is due has happened: every lapse whose moment has come is settled first, as the clock's own
events in front of the command's, so at a due moment only the lapse's outcome is possible whether the clock has fired
yet or not (reading 13). In the same way a chargeback that is open stops or freezes what it is about. Then the command
is held against the process table and against its own guards. A refused command leads to nothing at all, the lapses
included: they fire by the clock.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mufakat.core import commands as c
from mufakat.core.case import Case, Matter, is_of_chargebacks
from mufakat.core.decide import automatic, court, dispute, execute, intake, judging, negotiate
from mufakat.core.decide.bank import stand_still
from mufakat.core.decide.charged import report_recovered
from mufakat.core.decide.draft import Draft
from mufakat.core.decide.facts import ALSO_CLOSED, note_fact
from mufakat.core.decide.lapse import remind_waiting, settle_due
from mufakat.core.events import Recorded
from mufakat.core.order import OrderState
from mufakat.core.parties import Actor, Role
from mufakat.core.policy.policy import Policy
from mufakat.core.process import DISPUTE, MOVES, OPENERS, OPENS
from mufakat.core.refusals import Code, Refusal, Refused, refuse

MAX_EVENTS = 1000
"""Events of one case after which only the clock and the system may add more."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What a command led to: events in order (none where it changed nothing) and the case after them."""

    recorded: tuple[Recorded, ...]
    case: Case


def step(
    case: Case | None,
    order: OrderState,
    command: c.Command,
    actor: Actor,
    policy: Policy,
    now: datetime,
    case_id: str,
    policy_ref: str = "",
) -> Decided | Refusal:
    """Decide one command at `now` (UTC). `case` is None for OpenRequest; `policy_ref` is the pinned policy's hash."""
    d = Draft(case, order, policy, actor, now)
    try:
        if case is None:
            _open(d, command, case_id, policy_ref)
        else:
            _decide(d, case, command)
    except Refused as refused:
        return refused.refusal
    return Decided(tuple(d.recorded), d.case)


def _open(d: Draft, command: c.Command, case_id: str, policy_ref: str) -> None:
    if not isinstance(command, c.OpenRequest):
        raise refuse(Code.NO_SUCH_CASE)
    order = d.order.order
    check_actor(d.actor, order.customer_id, order.seller_id)
    if d.actor.role not in OPENERS:
        raise refuse(Code.WRONG_ROLE, role=d.actor.role)
    d.allowed = OPENS
    intake.open_request(d, command, case_id, policy_ref)


def _decide(d: Draft, case: Case, command: c.Command) -> None:
    if isinstance(command, c.OpenRequest):
        raise refuse(Code.ALREADY_OPEN)
    if case.last_at is not None and d.now < case.last_at:
        raise refuse(Code.TIME_WENT_BACK, now=d.now.isoformat(), last=case.last_at.isoformat())
    check_actor(d.actor, case.customer_id, case.seller_id)
    if isinstance(command, c.Lapse | c.Remind):
        _by_clock(d, command)
        return
    settle_due(d)
    _check_limit(d)
    if isinstance(command, c.RecordFact):
        _check_system(d)
        if not isinstance(command.fact, ALSO_CLOSED) and not any(matter.debt for matter in d.case.matters):
            _check_open(d)
        note_fact(d, command)
        return
    if isinstance(command, c.ReportPayment) and is_of_chargebacks(command.obligation):
        _check_system(d)
        report_recovered(d, command)
        return
    _await_banks(d)
    number = _which(d, command)
    matter = d.matter(number)
    d.allowed = MOVES[matter.phase, type(command)].to
    HANDLERS[type(command)](d, command, number)


def _await_banks(d: Draft) -> None:
    """A chargeback that the order knows of counts before the case was told of it, in front of the command's events."""
    for matter in d.case.matters:
        stand_still(d, matter.number)


def _by_clock(d: Draft, command: c.Lapse | c.Remind) -> None:
    """Fire what is due; with Remind also the reminders whose moment has come. Refused where nothing is."""
    if d.actor.role is not Role.CLOCK:
        raise refuse(Code.WRONG_ROLE, role=d.actor.role)
    if d.case.due is None:
        raise refuse(Code.NOTHING_DUE)
    next_ = d.case.due if isinstance(command, c.Lapse) else d.case.wake
    done = settle_due(d)
    if isinstance(command, c.Remind):
        done += remind_waiting(d)
    if done == 0:
        raise refuse(Code.NOT_DUE_YET, due=(next_ or d.case.due).isoformat())


def check_actor(actor: Actor, customer_id: str, seller_id: str) -> None:
    """A party acts only in its own case, and an agent never in one of its own."""
    own = {Role.CUSTOMER: customer_id, Role.SELLER: seller_id}.get(actor.role)
    if own is not None and actor.id != own:
        raise refuse(Code.NOT_YOURS)
    if actor.role is Role.AGENT and actor.id in (customer_id, seller_id):
        raise refuse(Code.CONFLICT_OF_INTEREST)


def _check_system(d: Draft) -> None:
    if d.actor.role is not Role.SYSTEM:
        raise refuse(Code.WRONG_ROLE, role=d.actor.role)


def _check_open(d: Draft) -> None:
    if not d.case.is_open:
        raise refuse(Code.CASE_CLOSED, outcome=", ".join(str(m.outcome) for m in d.case.matters))


def _check_limit(d: Draft) -> None:
    if d.case.number >= MAX_EVENTS and d.actor.role not in (Role.CLOCK, Role.SYSTEM):
        raise refuse(Code.TOO_MANY_EVENTS, limit=MAX_EVENTS)


def _which(d: Draft, command: c.Command) -> int:
    """The matter a command is about: the one it names, or the only one that it fits."""
    if isinstance(command, c.ReportPayment):
        return _of_obligation(d, command)
    wanted: int = getattr(command, "matter", 0)
    if wanted:
        if not 1 <= wanted <= len(d.case.matters):
            raise refuse(Code.NO_SUCH_MATTER, matter=wanted)
        _check_cell(d, [d.matter(wanted)], command)
        return wanted
    fitting = [m for m in d.case.matters if (m.phase, type(command)) in MOVES]
    _check_cell(d, fitting or list(d.case.matters), command)
    if len(fitting) > 1 and not isinstance(command, c.SendMessage):
        raise refuse(Code.WHICH_MATTER, matters=", ".join(str(m.number) for m in fitting))
    return fitting[0].number


def _of_obligation(d: Draft, command: c.ReportPayment) -> int:
    case_id, _, number = command.obligation.rpartition(":")
    if case_id != d.case.case_id or not number.isdigit() or not 1 <= int(number) <= len(d.case.matters):
        raise refuse(Code.NOTHING_OWED, obligation=command.obligation)
    matter = d.matter(int(number))
    _check_system(d)
    if (matter.phase, c.ReportPayment) not in MOVES or matter.remedy is None:
        raise refuse(Code.NOTHING_OWED, obligation=command.obligation)
    return matter.number


def _check_cell(d: Draft, matters: list[Matter], command: c.Command) -> None:
    """Refuse, with what stands instead, where no matter's phase has the command for this role."""
    _check_open(d)
    cells = [MOVES.get((m.phase, type(command))) for m in matters]
    if any(cell is not None and d.actor.role in cell.roles for cell in cells):
        return
    if any(cell is not None for cell in cells):
        raise refuse(Code.WRONG_ROLE, role=d.actor.role)
    locked = (c.ApproveRequest, c.RejectRequest, c.MakeOffer)
    phase = ", ".join(str(m.phase) for m in matters)
    if isinstance(command, locked) and any(m.phase in DISPUTE for m in matters):
        raise refuse(Code.LOCKED_WHILE_DECIDING, phase=phase)
    raise refuse(Code.WRONG_PHASE, phase=phase, command=type(command).__name__)


HANDLERS: dict[type, Callable[[Draft, Any, int], None]] = {
    c.SendMessage: negotiate.send_message,
    c.ApproveRequest: negotiate.approve,
    c.RejectRequest: negotiate.reject,
    c.MakeOffer: negotiate.make_offer,
    c.AcceptOffer: negotiate.accept_offer,
    c.DeclineOffer: negotiate.decline_offer,
    c.WithdrawRequest: negotiate.withdraw_request,
    c.AskAgain: negotiate.ask_again,
    c.Concede: negotiate.concede,
    c.ProposeAgreement: negotiate.propose,
    c.AcceptAgreement: negotiate.accept_agreement,
    c.RejectAgreement: negotiate.reject_agreement,
    c.RaiseDispute: dispute.raise_dispute,
    c.WithdrawDispute: dispute.withdraw_dispute,
    c.HandIn: dispute.hand_in,
    c.CompleteMaterial: dispute.complete,
    c.AskMaterial: dispute.ask_material,
    c.RecordFinding: judging.record_finding,
    c.RecordFindings: judging.record_findings,
    c.AssessLine: judging.assess_line,
    c.Judge: judging.judge,
    c.AcceptJudgement: judging.accept_judgement,
    c.Appeal: judging.appeal,
    c.DecideAppeal: judging.decide_appeal,
    c.SendBack: judging.send_back,
    c.ConfirmJudgement: judging.confirm,
    c.ReturnDraft: judging.return_draft,
    c.JudgeAutomatically: judging.judge_automatically,
    c.AskForPerson: automatic.ask_for_person,
    c.DeclareProcess: court.declare_process,
    c.RecordOrder: court.record_order,
    c.SuspendExecution: court.suspend,
    c.ResumeExecution: court.resume,
    c.ExtendDue: court.extend_due,
    c.ShipBack: execute.ship_back,
    c.ConfirmReceipt: execute.confirm_receipt,
    c.RejectParcel: execute.reject_parcel,
    c.ReportReturn: execute.report_return,
    c.AcceptReport: execute.accept_report,
    c.ContestReport: execute.contest_report,
    c.AssessReturn: execute.assess_return,
    c.ShipOut: execute.ship_out,
    c.RefundInstead: execute.refund_instead,
    c.CompleteRemedy: execute.complete_remedy,
    c.ConfirmDelivery: execute.confirm_delivery,
    c.ReportProblem: execute.report_problem,
    c.AssessDelivery: execute.assess_delivery,
    c.PayRefund: execute.pay_refund,
    c.ReportPayment: execute.report_payment,
    c.ReportOwnPayment: execute.report_own_payment,
    c.ConfirmOwnPayment: execute.confirm_own_payment,
    c.DenyOwnPayment: execute.deny_own_payment,
}
"""Every command of the table to what it does."""
