"""Remedies step by step (S18, S19, S21): who does what, what must come first, what proves it and who confirms it.

`REMEDIES` is the table from which docs/reference/remedies.md is made; `duties` says of an open case what is due from
whom until when. Where a step leads is in `process.py`, how long it has in the rulebook.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mufakat.core import commands as c
from mufakat.core.case import Case, Matter, Remedy
from mufakat.core.claim import RemedyKind
from mufakat.core.parties import Role
from mufakat.core.phases import Phase
from mufakat.core.policy.policy import ClockName
from mufakat.core.view import waited_for


class StepCode(StrEnum):
    """A step of carrying a remedy out."""

    SEND_BACK = "SEND_BACK"
    TAKE_BACK = "TAKE_BACK"
    SHIP = "SHIP"
    RECEIVE = "RECEIVE"
    PERFORM = "PERFORM"
    CONFIRM = "CONFIRM"
    PAY = "PAY"


@dataclass(frozen=True, slots=True)
class RemedyStep:
    """One step: by whom, in which phases, with which commands, by which clocks; and in words what counts."""

    by: Role
    phases: tuple[Phase, ...]
    commands: tuple[type, ...]
    clocks: tuple[ClockName, ...]
    needs: str
    proof: str
    confirmed_by: str
    silence: str
    is_done: Callable[[Remedy], bool]


STEPS: dict[StepCode, RemedyStep] = {
    StepCode.SEND_BACK: RemedyStep(
        Role.CUSTOMER,
        (Phase.AWAITING_RETURN,),
        (c.ShipBack,),
        (ClockName.SHIP_BACK,),
        "the remedy is granted or the judgement enforceable",
        "a tracking number of its own, uploaded",
        "the carrier's scans, or the seller",
        "the step lapses and nothing is owed (reading 11)",
        lambda remedy: bool(remedy.tracking) or remedy.returned,
    ),
    StepCode.TAKE_BACK: RemedyStep(
        Role.SELLER,
        (Phase.RETURNING, Phase.INSPECTING, Phase.REPORTED, Phase.ASSESSING, Phase.PARCEL_REJECTED),
        (c.ConfirmReceipt, c.RejectParcel, c.ReportReturn),
        (ClockName.NO_SCAN, ClockName.INSPECTION_PLATFORM, ClockName.INSPECTION_SELF, ClockName.COMPLIANCE),
        "the goods were shipped and the shipping information uploaded",
        "the carrier's delivery; of breakage, damage or loss the seller's report with material",
        "the seller; a report by the customer, or an agent where it is contested (S22 to S25)",
        "the goods count as in order; a parcel without a scan as lost",
        lambda remedy: remedy.returned,
    ),
    StepCode.SHIP: RemedyStep(
        Role.SELLER,
        (Phase.PERFORMING,),
        (c.ShipOut, c.RefundInstead),
        (ClockName.SHIP_OUT, ClockName.COMPLIANCE),
        "what the customer must send back was taken back",
        "a tracking number of its own that a carrier has scanned",
        "the carrier's scans",
        "the price is paid instead, after a judgement deducted",
        lambda remedy: remedy.scanned,
    ),
    StepCode.RECEIVE: RemedyStep(
        Role.CUSTOMER,
        (Phase.DELIVERING, Phase.CONFIRMING, Phase.ASSESSING),
        (c.ConfirmDelivery, c.ReportProblem),
        (ClockName.NO_SCAN, ClockName.CONFIRM, ClockName.EXECUTION_DECISION),
        "a carrier has the goods",
        "the carrier's delivery",
        "the customer; an agent where it reports a problem",
        "it counts as received; a parcel that is lost is paid instead",
        lambda remedy: remedy.performed,
    ),
    StepCode.PERFORM: RemedyStep(
        Role.SELLER,
        (Phase.PERFORMING,),
        (c.CompleteRemedy, c.RefundInstead),
        (ClockName.SHIP_OUT, ClockName.COMPLIANCE),
        "the remedy is granted or the judgement enforceable",
        "a piece of material that shows it",
        "the customer",
        "what it is worth is paid instead, after a judgement deducted",
        lambda remedy: remedy.scanned,
    ),
    StepCode.CONFIRM: RemedyStep(
        Role.CUSTOMER,
        (Phase.CONFIRMING, Phase.ASSESSING),
        (c.ConfirmDelivery, c.ReportProblem),
        (ClockName.CONFIRM, ClockName.EXECUTION_DECISION),
        "the seller has proved that it is done",
        "the seller's proof",
        "the customer; an agent where it reports a problem",
        "it counts as done",
        lambda remedy: remedy.performed,
    ),
    StepCode.PAY: RemedyStep(
        Role.SELLER,
        (Phase.PAYING, Phase.DEDUCTING),
        (c.PayRefund, c.ReportOwnPayment),
        (ClockName.COMPLIANCE, ClockName.COLLECTION),
        "every step before it is done",
        "the payment provider's report; of what the seller paid by itself its proof",
        "the payment provider; the customer or the marketplace's data where the seller paid by itself",
        "what is unpaid is deducted (S20); what cannot be collected in time stays a debt and is collected on",
        lambda remedy: remedy.ordered > 0 and not remedy.uncollected,
    ),
}
"""Every step."""

BACK = (StepCode.SEND_BACK, StepCode.TAKE_BACK)

REMEDIES: dict[RemedyKind, tuple[StepCode, ...]] = {
    RemedyKind.REFUND: (StepCode.PAY,),
    RemedyKind.RETURN_AND_REFUND: (*BACK, StepCode.PAY),
    RemedyKind.REPLACEMENT: (StepCode.SHIP, StepCode.RECEIVE),
    RemedyKind.EXCHANGE: (*BACK, StepCode.SHIP, StepCode.RECEIVE),
    RemedyKind.RESEND_MISSING: (StepCode.SHIP, StepCode.RECEIVE),
    RemedyKind.OTHER: (StepCode.PERFORM, StepCode.CONFIRM),
    RemedyKind.NOTHING: (),
}
"""The steps of each remedy, in order (S21). A refund of a part is a refund of the amount named."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A step of a matter's remedy: whether it is done, or is the one under way."""

    step: StepCode
    by: Role
    done: bool
    under_way: bool


@dataclass(frozen=True, slots=True)
class Duty:
    """What is due in a matter: the step, from whom, until when (UTC) and in how many seconds.

    `amount` what is still to be paid, minor units; 0 where the step is none of money.
    """

    matter: int
    step: StepCode
    waits_for: frozenset[Role]
    due: datetime
    seconds_left: int
    amount: int


def progress(matter: Matter) -> tuple[Progress, ...]:
    """The steps of a matter's remedy in order: those of goods, and paying where they turned into money."""
    remedy = matter.remedy
    if remedy is None:
        return ()
    codes = REMEDIES[remedy.kind]
    if remedy.in_money and StepCode.PAY not in codes:
        codes = (*(code for code in codes if code in BACK), StepCode.PAY)
    phase = matter.paused.phase if matter.paused is not None else matter.phase
    found = []
    for code in codes:
        step = STEPS[code]
        done = step.is_done(remedy)
        found.append(Progress(code, step.by, done, phase in step.phases and not done))
    return tuple(found)


def duties(case: Case, now: datetime) -> tuple[Duty, ...]:
    """What is due from whom until when in every open matter that is being carried out, at `now` (UTC).

    Nothing of what a court has suspended: its clock stands still.
    """
    found = []
    for matter in case.matters:
        step = next((each for each in progress(matter) if each.under_way), None)
        if step is None or matter.due is None or matter.paused is not None or matter.remedy is None:
            continue
        left = max(0, int((matter.due - now).total_seconds()))
        amount = matter.remedy.uncollected if step.step is StepCode.PAY else 0
        found.append(Duty(matter.number, step.step, waited_for(matter), matter.due, left, amount))
    return tuple(found)
