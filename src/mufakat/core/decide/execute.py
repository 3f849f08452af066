"""Carrying out: the return and its inspection, shipping and confirming, paying (S18 to S25; readings 10 and 11)."""

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.claim import Basis, RemedyKind, ReturnMethod
from mufakat.core.decide.charged import settle
from mufakat.core.decide.draft import Draft
from mufakat.core.decide.negotiate import at_least, check_code
from mufakat.core.decide.remedies import (
    is_judged,
    next_step,
    order_total,
    paid_by_itself,
    paid_whole,
    pay_instead,
    remedy_of,
)
from mufakat.core.decide.risk import all_lost, parts_said, risk_of, settle_risk
from mufakat.core.liability import whole_parcel
from mufakat.core.order import OUTBOUND, ScanKind
from mufakat.core.parties import Role
from mufakat.core.phases import Phase
from mufakat.core.policy.policy import ClockName, CodeUse
from mufakat.core.refusals import Code, refuse


def ship_back(d: Draft, command: c.ShipBack, number: int) -> None:
    """The goods are on their way and the shipping information is uploaded: from here S22 to S25 apply."""
    check_tracking(d, command.tracking)
    if command.freight < 0:
        raise refuse(Code.AMOUNT_NOT_POSITIVE)
    own = command.method is ReturnMethod.SELF_ARRANGED
    freight = min(command.freight, d.order.order.shipping_fee) if own else 0
    d.add(e.ReturnShipped(number, command.method, command.tracking, freight))
    if own:
        d.enter(number, Phase.INSPECTING, ClockName.INSPECTION_SELF)
    else:
        d.enter(number, Phase.RETURNING, ClockName.NO_SCAN)
        look_at_scans(d, number)


def check_tracking(d: Draft, tracking: str) -> None:
    """A parcel needs a number of its own: not one that was scanned before this case, nor one used in it."""
    if not tracking:
        raise refuse(Code.TRACKING_NEEDED)
    used = {number for m in d.case.matters if m.remedy for number in (m.remedy.tracking, m.remedy.out_tracking)}
    before = any(scan.at < d.case.opened_at for scan in d.order.scans(tracking))
    if tracking == OUTBOUND or tracking in used or before:
        raise refuse(Code.TRACKING_USED, tracking=tracking)


def confirm_receipt(d: Draft, _command: c.ConfirmReceipt, number: int) -> None:
    """The seller takes the returned goods as in order."""
    if not remedy_of(d, number).arrived:
        d.add(e.ReturnArrived(number))
    d.add(e.ReturnAccepted(number))
    next_step(d, number)


def reject_parcel(d: Draft, command: c.RejectParcel, number: int) -> None:
    """Refuse the parcel. Under a judgement or an agreement that is a matter of its execution: report it instead."""
    remedy = remedy_of(d, number)
    if remedy.basis in (Basis.JUDGEMENT, Basis.AGREEMENT, Basis.COURT):
        raise refuse(Code.PARCEL_NOT_REJECTABLE, basis=remedy.basis)
    check_code(d, command.code, CodeUse.REJECT_PARCEL)
    d.material(command.materials, Role.SELLER, "PARCEL_REJECTION")
    window = d.after(ClockName.PARCEL_DISPUTE_WINDOW)
    d.add(e.ParcelRejected(number, command.code, at_least(d, number, window), command.text))
    d.enter(number, Phase.PARCEL_REJECTED, ClockName.PARCEL_DISPUTE_WINDOW, window)


def report_return(d: Draft, command: c.ReportReturn, number: int) -> None:
    """Report breakage, damage or loss. What the seller bears anyway is settled; else the customer is heard."""
    parts = parts_said(d, number, command)
    lost = sum(part.value_lost for part in parts)
    if not parts:
        raise refuse(Code.RETURN_PARTS_NOT_FITTING)
    if not lost:
        raise refuse(Code.LOSS_TOO_HIGH, most=remedy_of(d, number).goods)
    d.material(command.materials, Role.SELLER, "RETURN_REPORT")
    d.add(e.ReturnReported(number, parts[0].issue, lost, command.text, parts))
    if any(part.lowered for part in risk_of(d, number, parts)):
        d.enter(number, Phase.REPORTED, ClockName.REPORT)
    else:
        settle_risk(d, number, parts, Role.SELLER)


def report_binds(d: Draft, number: int, *, lapsed: bool) -> None:
    """The seller's report binds: the customer agrees, or stayed silent (market.md, arithmetic 7)."""
    remedy = remedy_of(d, number)
    report = remedy.report
    if report is None:
        message = "REPORTED without a report"
        raise RuntimeError(message)
    d.add(e.ReportAccepted(number, lapsed))
    settle_risk(d, number, report.parts or whole_parcel(remedy, report.issue, report.value_lost), Role.SELLER)


def accept_report(d: Draft, _command: c.AcceptReport, number: int) -> None:
    """The customer agrees with the report."""
    report_binds(d, number, lapsed=False)


def contest_report(d: Draft, command: c.ContestReport, number: int) -> None:
    """The customer disagrees: an agent decides."""
    d.material(command.materials, Role.CUSTOMER, "RETURN_REPORT")
    d.add(e.ReportContested(number, command.text))
    d.enter(number, Phase.ASSESSING, ClockName.EXECUTION_DECISION)


def assess_return(d: Draft, command: c.AssessReturn, number: int) -> None:
    """An agent finds what befell the return; nothing means that the goods are taken as in order."""
    remedy = remedy_of(d, number)
    if remedy.report is None or not remedy.report.contested or remedy.problem:
        raise refuse(Code.NOT_A_RETURN_MATTER)
    if command.issue is None and command.value_lost and not command.parts:
        raise refuse(Code.LOSS_TOO_HIGH, most=remedy.goods)
    settle_risk(d, number, parts_said(d, number, command), Role.AGENT, text=command.text)


def ship_out(d: Draft, command: c.ShipOut, number: int) -> None:
    """The seller ships; the step is done when a carrier has scanned it."""
    remedy = remedy_of(d, number)
    if remedy.kind is RemedyKind.OTHER:
        raise refuse(Code.NOTHING_TO_SHIP)
    if remedy.out_tracking:
        raise refuse(Code.ALREADY_SHIPPED, tracking=remedy.out_tracking)
    check_tracking(d, command.tracking)
    d.add(e.GoodsShipped(number, command.tracking))
    look_at_scans(d, number)


def refund_instead(d: Draft, _command: c.RefundInstead, number: int) -> None:
    """Pay the price instead of shipping."""
    pay_instead(d, number)


def complete_remedy(d: Draft, command: c.CompleteRemedy, number: int) -> None:
    """Prove that another remedy is done; the customer may say that it is not."""
    if remedy_of(d, number).kind is not RemedyKind.OTHER:
        raise refuse(Code.NOT_A_DELIVERY_MATTER)
    d.material((command.proof,), Role.SELLER, "PROOF")
    d.add(e.RemedyProven(number, len(d.case.exhibits)))
    d.enter(number, Phase.CONFIRMING, ClockName.CONFIRM)


def confirm_delivery(d: Draft, _command: c.ConfirmDelivery, number: int) -> None:
    """The customer has what was owed."""
    confirmed(d, number, lapsed=False)


def confirmed(d: Draft, number: int, *, lapsed: bool) -> None:
    """What was owed is done, by the customer's word or silence."""
    d.add(e.RemedyConfirmed(number, lapsed))
    next_step(d, number)


def report_problem(d: Draft, command: c.ReportProblem, number: int) -> None:
    """What was shipped did not arrive or is wrong: an agent decides."""
    if not command.text and not command.materials:
        raise refuse(Code.REASON_NEEDED)
    d.material(command.materials, Role.CUSTOMER, "PROBLEM")
    d.add(e.ProblemReported(number, command.text))
    d.enter(number, Phase.ASSESSING, ClockName.EXECUTION_DECISION)


def assess_delivery(d: Draft, command: c.AssessDelivery, number: int) -> None:
    """Upheld, the price is paid instead; else the remedy stands as done."""
    if not remedy_of(d, number).problem:
        raise refuse(Code.NOT_A_DELIVERY_MATTER)
    d.add(e.DeliveryAssessed(number, command.upheld, command.text))
    if command.upheld:
        pay_instead(d, number)
    else:
        confirmed(d, number, lapsed=False)


def pay_refund(d: Draft, _command: c.PayRefund, number: int) -> None:
    """The seller lets the provider pay now."""
    remedy = remedy_of(d, number)
    if remedy.at_once:
        raise refuse(Code.PAYMENT_UNDER_WAY)
    order_total(d, number, remedy.ordered, at_once=True)


def report_payment(d: Draft, command: c.ReportPayment, number: int) -> None:
    """What the provider has paid and collected in all. A repeated or older report changes nothing.

    All that is owed may be paid and collected: then the matter ends. A debt that was left is lowered.
    """
    remedy = remedy_of(d, number)
    if not 0 <= command.recovered <= command.advanced <= min(command.paid, remedy.most_advance):
        raise refuse(
            Code.ADVANCE_NOT_FITTING,
            paid=command.paid,
            advanced=command.advanced,
            recovered=command.recovered,
            most=remedy.most_advance,
        )
    from_seller = max(0, command.paid - command.advanced - (remedy.paid - remedy.advanced))
    from_platform = max(0, command.advanced - remedy.advanced)
    if remedy.paid + from_seller + from_platform > remedy.most_ordered:
        raise refuse(Code.OVERPAID, owed=remedy.most_ordered, paid=command.paid)
    if from_seller:
        d.add(e.RefundPaid(number, command.obligation, from_seller, reference=command.reference))
    if from_platform:
        d.add(e.RefundPaid(number, command.obligation, from_platform, advanced=True, reference=command.reference))
    if command.recovered > remedy.recovered:
        d.add(e.AdvanceRecovered(number, command.obligation, command.recovered - remedy.recovered))
    if from_seller or from_platform:
        _settle_banks(d, number)
    after = remedy_of(d, number)
    if after != remedy and after.paid >= after.ordered and not after.uncollected and d.matter(number).is_open:
        paid_whole(d, number)


def _settle_banks(d: Draft, number: int) -> None:
    """A customer whom the bank has paid as well has it twice now: by the chargeback, and the payment stands as owed."""
    before = d.matter(number).borne(Role.CUSTOMER)
    settle(d, number)
    twice, remedy = d.matter(number).borne(Role.CUSTOMER) - before, remedy_of(d, number)
    if twice > 0 and remedy.paid > remedy.ordered:
        order_total(d, number, min(remedy.paid, remedy.ordered + twice), at_once=False)


def report_own_payment(d: Draft, command: c.ReportOwnPayment, number: int) -> None:
    """The seller says that it paid the customer by itself: nothing changes before the customer confirms it."""
    remedy = remedy_of(d, number)
    if d.matter(number).phase is Phase.PAYING and remedy.at_once:
        raise refuse(Code.PAYMENT_UNDER_WAY)
    most = remedy.ordered - remedy.paid
    if not 0 < command.amount <= most:
        raise refuse(Code.ASKED_TOO_MUCH, asked=command.amount, most=most)
    d.material((command.proof,), Role.SELLER, "PROOF")
    d.add(e.OwnPaymentClaimed(number, command.amount, len(d.case.exhibits)))


def confirm_own_payment(d: Draft, _command: c.ConfirmOwnPayment, number: int) -> None:
    """The customer has the money that the seller says it paid by itself."""
    paid_by_itself(d, number, _claimed(d, number))


def deny_own_payment(d: Draft, _command: c.DenyOwnPayment, number: int) -> None:
    """The customer does not have it: all stays owed."""
    d.add(e.OwnPaymentDenied(number, _claimed(d, number)))


def _claimed(d: Draft, number: int) -> int:
    """What the seller says that it paid, as far as so much is still unpaid; refused where it says nothing."""
    remedy = remedy_of(d, number)
    claimed = min(remedy.claimed, remedy.ordered - remedy.paid)
    if claimed <= 0:
        raise refuse(Code.NOTHING_CLAIMED)
    return claimed


def look_at_scans(d: Draft, number: int) -> None:
    """Read the carrier's scans of the parcel that a matter waits for. Clocks start when the platform knows."""
    matter = d.matter(number)
    if matter.phase is Phase.RETURNING:
        _return_scans(d, number)
    elif matter.phase is Phase.PERFORMING and remedy_of(d, number).out_tracking:
        scans = d.order.scans(remedy_of(d, number).out_tracking)
        if any(scan.kind is not ScanKind.AWAITING_COLLECTION for scan in scans):
            d.add(e.GoodsScanned(number))
            d.enter(number, Phase.DELIVERING, ClockName.NO_SCAN)
            _delivery_scans(d, number)
    elif matter.phase is Phase.DELIVERING:
        _delivery_scans(d, number)
    elif matter.phase is Phase.INSPECTING:
        _judged_arrival(d, number)


def _return_scans(d: Draft, number: int) -> None:
    remedy = remedy_of(d, number)
    scans = d.order.scans(remedy.tracking)
    if not scans:
        return
    if any(scan.kind is ScanKind.DELIVERED for scan in scans):
        d.add(e.ReturnArrived(number))
        clock = ClockName.COMPLIANCE if is_judged(remedy) else ClockName.INSPECTION_PLATFORM
        d.enter(number, Phase.INSPECTING, clock)
    elif scans[-1].kind is ScanKind.LOST:
        settle_risk(d, number, all_lost(d, number), Role.SYSTEM)
    else:
        d.enter(number, Phase.RETURNING, ClockName.NO_SCAN)


def _judged_arrival(d: Draft, number: int) -> None:
    """A self-arranged parcel under a judgement was seen to arrive: the seller's 48 hours begin (arithmetic 6)."""
    remedy = remedy_of(d, number)
    delivered = any(scan.kind is ScanKind.DELIVERED for scan in d.order.scans(remedy.tracking))
    if is_judged(remedy) and delivered and not remedy.arrived:
        d.add(e.ReturnArrived(number))
        d.enter(number, Phase.INSPECTING, ClockName.COMPLIANCE)


def _delivery_scans(d: Draft, number: int) -> None:
    scans = d.order.scans(remedy_of(d, number).out_tracking)
    if any(scan.kind is ScanKind.DELIVERED for scan in scans):
        d.add(e.GoodsDelivered(number))
        d.enter(number, Phase.CONFIRMING, ClockName.CONFIRM)
    elif scans and scans[-1].kind is ScanKind.LOST:
        pay_instead(d, number)
    elif scans:
        d.enter(number, Phase.DELIVERING, ClockName.NO_SCAN)
