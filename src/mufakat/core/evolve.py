"""Folding: `evolve(case, recorded)` gives the case after one event. Total over the event list, and decides nothing."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from mufakat.core import events as e
from mufakat.core.case import (
    Asked,
    Case,
    Matter,
    Proposal,
    Remedy,
    Report,
    Spoken,
    Window,
    changed,
    is_of_chargebacks,
    with_matter,
)
from mufakat.core.claim import Adjustment, Basis, RemedyKind, ReturnMethod
from mufakat.core.judging_folds import JUDGING
from mufakat.core.parties import Role
from mufakat.core.pending import CHANGES_PENDING, pending_after
from mufakat.core.phases import Phase
from mufakat.core.still import STANDING_STILL, recovered_of_chargebacks

Fold = Callable[[Matter, Any, e.Recorded], Matter]

ANSWERS = (e.MessageSent, e.RequestRejected, e.RequestApproved, e.OfferMade, e.Conceded)
"""Events with which a seller answers a request for the first time."""


def replay(recorded: Iterable[e.Recorded]) -> Case:
    """The case that a whole log adds up to; raises ValueError for an empty log."""
    case: Case | None = None
    for each in recorded:
        case = evolve(case, each)
    if case is None:
        message = "a case needs at least its first event"
        raise ValueError(message)
    return case


def evolve(case: Case | None, recorded: e.Recorded) -> Case:
    """The case after one more event; raises ValueError when a log does not begin with request.opened."""
    event = recorded.event
    if case is None:
        if not isinstance(event, e.RequestOpened):
            message = f"a log begins with request.opened, not {e.NAMES[type(event)]}"
            raise ValueError(message)
        return _opened(event, recorded)
    case_fold = _CASE_FOLDS.get(type(event))
    if case_fold is not None:
        case = case_fold(case, event, recorded)
    if case.answered_at is None and recorded.actor.role is Role.SELLER and isinstance(event, ANSWERS):
        case = changed(case, answered_at=recorded.at)
    fold, pends = _FOLDS.get(type(event)), type(event) in CHANGES_PENDING
    if fold is None and not pends:
        return changed(case, number=recorded.number, last_at=recorded.at)
    matters = list(case.matters)
    number = event.matter - 1  # type: ignore[union-attr]
    before = matters[number]
    matter = before if fold is None else fold(before, event, recorded)
    matters[number] = changed(matter, pending=pending_after(before, recorded)) if pends else matter
    return changed(case, number=recorded.number, last_at=recorded.at, matters=tuple(matters))


def _opened(event: e.RequestOpened, recorded: e.Recorded) -> Case:
    return Case(
        case_id=event.case_id,
        order_id=event.order_id,
        customer_id=event.customer_id,
        seller_id=event.seller_id,
        currency=event.currency,
        policy=event.policy,
        type=event.type,
        lines=event.lines,
        opened_at=recorded.at,
        opened_by=event.by,
        accept_until=dict(event.accept_until),
        in_time=event.in_time,
        generations=event.generations,
        matters=(Matter(1, tuple(line.line_id for line in event.lines)),),
        facts=event.facts,
        said=(Spoken(recorded.number, recorded.at, recorded.actor.role),),
        number=recorded.number,
        last_at=recorded.at,
    )


def _material_given(case: Case, event: e.MaterialGiven, recorded: e.Recorded) -> Case:
    del recorded
    return changed(case, exhibits=(*case.exhibits, event.exhibit))


def _material_asked(case: Case, event: e.MaterialAsked, recorded: e.Recorded) -> Case:
    del recorded
    matter = case.matter(event.matter)
    asked = Asked(event.parties, event.item, event.text, event.until, len(case.exhibits))
    number = matter.material_requests + 1
    return with_matter(case, changed(matter, material_requests=number, asked=(*matter.asked, asked)))


def _spoken(case: Case, recorded: e.Recorded) -> Case:
    if recorded.actor.role is Role.CLOCK:  # silence says nothing
        return case
    return changed(case, said=(*case.said, Spoken(recorded.number, recorded.at, recorded.actor.role)))


def _message_sent(case: Case, event: e.MessageSent, recorded: e.Recorded) -> Case:
    del event
    return _spoken(changed(case, messages=case.messages + 1), recorded)


def _asked_once_more(case: Case, event: e.AskedAgain, recorded: e.Recorded) -> Case:
    del event
    return _spoken(case, recorded)


def _request_rejected(case: Case, event: e.RequestRejected, recorded: e.Recorded) -> Case:
    return _spoken(_accept_until(case, event, recorded), recorded)


def _dispute_raised(case: Case, event: e.DisputeRaised, recorded: e.Recorded) -> Case:
    """What was said up to here is carried into the dispute, as the exhibits that the event names are (S4)."""
    del recorded
    said = tuple(each.number for each in case.said)
    return with_matter(case, changed(case.matter(event.matter), carried_said=said))


def _split(case: Case, event: e.MatterSplit, recorded: e.Recorded) -> Case:
    del recorded
    old = case.matter(event.matter)
    gone = set(event.lines)
    kept = tuple(line for line in old.lines if line not in gone)
    apart: dict[str, object] = {
        "hold": 0,
        "pending": (),
        "charged": (),
        "recovered": 0,
        "most_charged": 0,
        "given_back": 0,
        "carrier_claims": (),
    }
    part = changed(_only(old, event.lines), number=event.new, **apart)
    if part.remedy is not None:  # one parcel, one freight, one shipping fee: they stay with the matter that goes on
        part = changed(part, remedy=changed(part.remedy, freight=0, shipping=0))
    case = with_matter(case, _only(old, kept))
    return changed(case, matters=(*case.matters, part))


def _only(matter: Matter, lines: tuple[str, ...]) -> Matter:
    """The matter about some of its lines: what was found and judged about the others stays with them."""
    held = set(lines)
    remedy = matter.remedy
    if remedy is not None:
        shares = tuple(share for share in remedy.shares if share.line_id in held)
        risk_parts = tuple(part for part in remedy.risk_parts if part.line_id in held)
        remedy = changed(remedy, shares=shares, risk_parts=risk_parts)
    return changed(
        matter,
        lines=lines,
        findings=tuple(each for each in matter.findings if each.line_id in held),
        assessments=tuple(each for each in matter.assessments if each.line_id in held),
        judgement=tuple(each for each in matter.judgement if each.line_id in held),
        remedy=remedy,
        proposal=None,
        draft=None,
    )


def _accept_until(case: Case, event: Any, recorded: e.Recorded) -> Case:
    del recorded
    return changed(case, accept_until=case.accept_until | dict(event.accept_until))


_CASE_FOLDS: dict[type, Callable[[Case, Any, e.Recorded], Case]] = {
    e.MaterialGiven: _material_given,
    e.MaterialAsked: _material_asked,
    e.MessageSent: _message_sent,
    e.AskedAgain: _asked_once_more,
    e.MatterSplit: _split,
    e.RequestRejected: _request_rejected,
    e.DisputeRaised: _dispute_raised,
    e.DisputeWithdrawn: _accept_until,
    e.Judged: _accept_until,
    e.ParcelRejected: _accept_until,
    e.DueExtended: _accept_until,
    e.CaseImported: lambda case, event, _: changed(case, facts=event.facts),
}


def _phase_entered(matter: Matter, event: e.PhaseEntered, recorded: e.Recorded) -> Matter:
    since = recorded.at if matter.since is None or event.phase is not matter.phase else matter.since
    due = {"due": event.due, "clock": event.clock, "lapse": event.lapse, "remind": event.remind}
    draft = matter.draft if event.phase is matter.phase else None
    entered = changed(matter, phase=event.phase, since=since, draft=draft, **due)
    collects = event.phase in (Phase.EVIDENCE, Phase.APPEAL_EVIDENCE)
    return entered if collects else changed(entered, windows=(), waiting_windows=())


def _closed(matter: Matter, event: e.MatterClosed, recorded: e.Recorded) -> Matter:
    del recorded
    return changed(
        matter,
        phase=Phase.CLOSED,
        due=None,
        clock=None,
        lapse=None,
        outcome=event.outcome,
        windows=(),
        waiting_windows=(),
        proposal=None,
        draft=None,
        remind=(),
    )


def _reminded(matter: Matter, event: e.Reminded, recorded: e.Recorded) -> Matter:
    """All moments that have come are answered by the one reminder, also where the clock was late."""
    del event
    return changed(matter, remind=tuple(each for each in matter.remind if each > recorded.at))


def _offer_made(matter: Matter, event: e.OfferMade, recorded: e.Recorded) -> Matter:
    del recorded
    return changed(matter, offers=matter.offers + 1, offer=event.solution, left=event.left)


def _offer_gone(matter: Matter, event: Any, recorded: e.Recorded) -> Matter:
    del event, recorded
    return changed(matter, offer=None)


def _asked_again(matter: Matter, event: e.AskedAgain, recorded: e.Recorded) -> Matter:
    del event, recorded
    return changed(matter, asked_again=matter.asked_again + 1)


def _raised(matter: Matter, event: e.DisputeRaised, recorded: e.Recorded) -> Matter:
    return changed(
        matter,
        disputes=matter.disputes + 1,
        dispute=event.number,
        raised_at=recorded.at,
        raised_from=matter.phase,
        carried=event.carried,
        windows=(),
        waiting_windows=(Role.SELLER,) if event.seller_waits else (),
        material_requests=0,
        asked=(),
        findings=(),
        assessments=(),
        appeal_used=False,
        sent_back=0,
        escalations=0,
        machine=event.machine,
        person_asked=False,
    )


def _dispute_withdrawn(matter: Matter, event: e.DisputeWithdrawn, recorded: e.Recorded) -> Matter:
    del event, recorded
    return changed(matter, raised_at=None, windows=(), waiting_windows=())


def _window_opened(matter: Matter, event: e.WindowOpened, recorded: e.Recorded) -> Matter:
    del recorded
    others = tuple(each for each in matter.windows if each.party is not event.party)
    waiting = tuple(party for party in matter.waiting_windows if party is not event.party)
    return changed(matter, windows=(*others, Window(event.party, event.until, event.clock)), waiting_windows=waiting)


def _window_closed(matter: Matter, event: e.WindowClosed, recorded: e.Recorded) -> Matter:
    del recorded
    return changed(matter, windows=tuple(each for each in matter.windows if each.party is not event.party))


def _proposed(matter: Matter, event: e.AgreementProposed, recorded: e.Recorded) -> Matter:
    del recorded
    return changed(matter, proposal=Proposal(event.solution, event.by, event.until))


def _agreement_over(matter: Matter, event: Any, recorded: e.Recorded) -> Matter:
    del recorded
    return changed(matter, proposal=None, agreed=matter.agreed or isinstance(event, e.AgreementMade))


def _remedy_ordered(matter: Matter, event: e.RemedyOrdered, recorded: e.Recorded) -> Matter:
    del recorded
    before = matter.remedy
    # Goods that the seller has reported on were inspected: new terms do not send them back or look at them again.
    returned = before is not None and (before.returned or before.report is not None)
    return changed(
        matter,
        enforceable=event.basis is Basis.JUDGEMENT,
        paused=None,
        by_court=False,
        forum=None,
        remedy=Remedy(
            kind=event.kind,
            basis=event.basis,
            shares=event.shares,
            shipping=event.shipping,
            freight_bearer=event.freight_bearer,
            method=before.method if before else None,
            shipped_at=before.shipped_at if before else None,
            tracking=before.tracking if before else "",
            freight=before.freight if before else 0,
            arrived=before.arrived if before else False,
            returned=returned,
            in_money=event.kind in (RemedyKind.REFUND, RemedyKind.RETURN_AND_REFUND),
        ),
    )


def _remedy(change: Callable[[Remedy, Any], dict[str, object]]) -> Fold:
    """A fold that changes fields of the remedy."""

    def fold(matter: Matter, event: Any, recorded: e.Recorded) -> Matter:
        del recorded
        remedy = _has_remedy(matter, event)
        return changed(matter, remedy=changed(remedy, **change(remedy, event)))

    return fold


def _has_remedy(matter: Matter, event: Any) -> Remedy:
    """The remedy that an event is about; raises ValueError where there is none."""
    if matter.remedy is None:
        message = f"{e.NAMES[type(event)]} needs a remedy"
        raise ValueError(message)
    return matter.remedy


def _delivered(matter: Matter, event: e.GoodsDelivered, recorded: e.Recorded) -> Matter:
    return changed(matter, remedy=changed(_has_remedy(matter, event), delivered_at=recorded.at))


def _return_shipped(matter: Matter, event: e.ReturnShipped, recorded: e.Recorded) -> Matter:
    remedy, method = _has_remedy(matter, event), ReturnMethod(event.method)
    shipped = changed(remedy, method=method, tracking=event.tracking, freight=event.freight, shipped_at=recorded.at)
    return changed(matter, remedy=shipped)


def _hold(matter: Matter, event: e.HoldPlaced, recorded: e.Recorded) -> Matter:
    del recorded
    return changed(matter, hold=event.amount)


def _hold_released(matter: Matter, event: e.HoldReleased, recorded: e.Recorded) -> Matter:
    del event, recorded
    return changed(matter, hold=0)


def _refund_ordered(matter: Matter, event: e.RefundOrdered, recorded: e.Recorded) -> Matter:
    """What is owed in all; once the provider is to pay it now, the seller is waited for and reminded no more."""
    remedy = _has_remedy(matter, event)
    most = max(remedy.most_ordered, event.total)
    ordered = changed(
        remedy, ordered=event.total, at_once=event.at_once, most_ordered=most, destination=event.destination
    )
    del recorded
    return changed(matter, remedy=ordered, remind=() if event.at_once else matter.remind)


def _collected(matter: Matter, remedy: Remedy, amount: int) -> Matter:
    """The seller's money went to the customer or to the platform: the held part of it first."""
    return changed(matter, remedy=remedy, hold=max(0, matter.hold - amount))


def _paid(matter: Matter, event: e.RefundPaid, recorded: e.Recorded) -> Matter:
    del recorded
    remedy = _has_remedy(matter, event)
    paid = remedy.paid + event.amount
    if event.advanced:
        return changed(matter, remedy=changed(remedy, paid=paid, advanced=remedy.advanced + event.amount))
    return _collected(matter, changed(remedy, paid=paid), min(event.amount, max(0, remedy.ordered - remedy.paid)))


def _recovered(matter: Matter, event: e.AdvanceRecovered, recorded: e.Recorded) -> Matter:
    if is_of_chargebacks(event.obligation):
        return recovered_of_chargebacks(matter, event.amount)
    del recorded
    remedy = _has_remedy(matter, event)
    return _collected(matter, changed(remedy, recovered=remedy.recovered + event.amount), event.amount)


def _reduced(remedy: Remedy, event: e.RefundReduced) -> dict[str, object]:
    lowered = min(event.amount, remedy.goods)
    shipping = remedy.shipping - (event.amount - lowered)
    return {"lowered": remedy.lowered + lowered, "shipping": shipping, "off": (*remedy.off, *event.parts)}


_FOLDS: dict[type, Fold] = {
    **STANDING_STILL,
    **JUDGING,
    e.PhaseEntered: _phase_entered,
    e.MatterClosed: _closed,
    e.Reminded: _reminded,
    e.OfferMade: _offer_made,
    e.OfferAccepted: _offer_gone,
    e.OfferDeclined: _offer_gone,
    e.AskedAgain: _asked_again,
    e.DisputeRaised: _raised,
    e.DisputeWithdrawn: _dispute_withdrawn,
    e.WindowOpened: _window_opened,
    e.WindowClosed: _window_closed,
    e.AgreementProposed: _proposed,
    e.AgreementRejected: _agreement_over,
    e.AgreementMade: _agreement_over,
    e.RemedyOrdered: _remedy_ordered,
    e.ReturnShipped: _return_shipped,
    e.ReturnArrived: _remedy(lambda _, ev: {"arrived": not ev.inferred}),
    e.ReturnAccepted: _remedy(lambda _r, _e: {"returned": True}),
    e.ParcelRejected: _remedy(lambda _r, _e: {"returned": True}),
    e.ReturnReported: _remedy(lambda _, ev: {"report": Report(ev.issue, ev.value_lost, parts=ev.parts)}),
    e.ReportContested: _remedy(lambda r, _: {"report": replace(r.report, contested=True) if r.report else None}),
    e.RiskDecided: _remedy(
        lambda _, ev: {
            "risk": ev.issue,
            "risk_parts": ev.parts,
            "lowered": ev.lowered,
            "off": tuple((part.line_id, part.lowered) for part in ev.parts if part.lowered),
            "returned": True,
        }
    ),
    e.GoodsShipped: _remedy(lambda _, ev: {"out_tracking": ev.tracking}),
    e.GoodsScanned: _remedy(lambda _r, _e: {"scanned": True}),
    e.GoodsDelivered: _delivered,
    e.RemedyProven: _remedy(lambda _r, _e: {"scanned": True}),
    e.ProblemReported: _remedy(lambda _r, _e: {"problem": True}),
    e.DeliveryAssessed: _remedy(lambda _, ev: {"problem": ev.upheld}),
    e.RemedyConfirmed: _remedy(lambda _r, _e: {"performed": True}),
    e.TurnedIntoRefund: _remedy(lambda _r, _e: {"in_money": True}),
    e.HoldPlaced: _hold,
    e.HoldReleased: _hold_released,
    e.RefundOrdered: _refund_ordered,
    e.DeductionOrdered: _remedy(lambda _r, _e: {"deducting": True}),
    e.AdvanceOrdered: _remedy(lambda r, ev: {"most_advance": max(r.most_advance, r.advanced + ev.amount)}),
    e.RefundPaid: _paid,
    e.AdvanceRecovered: _recovered,
    e.OwnPaymentClaimed: _remedy(lambda _, ev: {"claimed": ev.amount}),
    e.OwnPaymentConfirmed: _remedy(lambda r, ev: {"claimed": 0, "outside": (*r.outside, *ev.parts)}),
    e.OwnPaymentDenied: _remedy(lambda _r, _e: {"claimed": 0}),
    e.RefundReduced: _remedy(_reduced),
    e.AdjustmentBooked: _remedy(
        lambda r, ev: {"adjusted": r.adjusted + Adjustment(ev.commission, ev.fees, ev.subsidy, ev.tax)}
    ),
}
