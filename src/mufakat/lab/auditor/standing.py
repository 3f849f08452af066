"""What each event changes in the auditor's picture of a case. Nothing is checked here.

What an event starts is reckoned from the event: also after a late lapse, and from when a scan became known
(decision 0005).
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from mufakat.lab.auditor.moments import instant, maybe_instant
from mufakat.lab.auditor.trial import CLOCK, GOODS, SELLER, Dispute, Event, Matter, Remedy, Trial

Change = Callable[[Trial, Event, Matter], None]
CHANGES: dict[str, Change] = {}


def change(*names: str) -> Callable[[Change], Change]:
    """Enter a function as what the named events change."""

    def entered(function: Change) -> Change:
        CHANGES.update(dict.fromkeys(names, function))
        return function

    return entered


def apply(trial: Trial, event: Event) -> None:
    """Take an event into the picture."""
    if event.name == "request.opened":
        _opened(trial, event)
    elif event.name == "material.given":
        trial.exhibits.append({**event.data["exhibit"], "at": event.at, "event": event.number})
        _waiting_seller(trial, event)
    else:
        matter = trial.matter_of(event)
        made = CHANGES.get(event.name)
        if matter is not None and made is not None:
            made(trial, event, matter)


def _from(matter: Matter, event: Event, *anchors: str) -> None:
    """Clocks of these anchors run from the event on."""
    for anchor in anchors:
        matter.anchors[anchor] = [event.at]


def acceptance(data: list[list[str | None]]) -> dict[str, datetime | None]:
    """The acceptance periods written in an event, by line."""
    return {str(line): maybe_instant(end) for line, end in data}


def _opened(trial: Trial, event: Event) -> None:
    data = event.data
    trial.opened = event
    trial.kind = data["type"]
    trial.claims = {claim["line_id"]: claim for claim in data["lines"]}
    trial.in_time = set(data["in_time"])
    matter = Matter(1, list(trial.claims))
    matter.accept = acceptance(data["accept_until"])
    _from(matter, event, "REQUEST_OPENED")
    _from(matter, event, "GRANT", "SELLERS_TURN")
    trial.matters[1] = matter


def _waiting_seller(trial: Trial, event: Event) -> None:
    """After a hidden counterfeit the seller's window may start with the customer's material."""
    if event.data["exhibit"]["giver"] == "CUSTOMER":
        for matter in trial.matters.values():
            if matter.seller_waits and matter.phase == "EVIDENCE":
                matter.anchors["NOTICE"].append(event.at)


@change("phase.entered")
def _entered(_: Trial, event: Event, matter: Matter) -> None:
    phase = event.data["phase"]
    matter.phase = phase
    matter.due = maybe_instant(event.data["due"])
    matter.clock = event.data["clock"] or ""
    matter.resumed = []
    if phase not in {"EVIDENCE", "APPEAL_EVIDENCE"}:
        matter.windows = {}


@change("matter.split")
def _split(trial: Trial, event: Event, matter: Matter) -> None:
    trial.split(matter, event.data["new"], event.data["lines"])


@change("matter.closed")
def _closed(_: Trial, event: Event, matter: Matter) -> None:
    matter.phase, matter.due, matter.clock = "CLOSED", None, ""
    matter.closed_at, matter.outcome = event.at, event.data["outcome"]


@change("request.approved", "claim.conceded", "offer.accepted", "agreement.made", "process.order_recorded")
def _granted(_: Trial, event: Event, matter: Matter) -> None:
    _from(matter, event, "GRANT", "SELLERS_TURN")
    matter.agreed |= event.name == "agreement.made"
    matter.ordered |= event.name == "process.order_recorded"


@change("request.rejected")
def _rejected(_: Trial, event: Event, matter: Matter) -> None:
    _from(matter, event, "REJECTION")
    matter.accept = acceptance(event.data["accept_until"])


@change("return.rejected")
def _parcel_rejected(_: Trial, event: Event, matter: Matter) -> None:
    _from(matter, event, "PARCEL_REJECTION", "REPORT_CONTESTED")
    matter.accept = acceptance(event.data["accept_until"])


@change("offer.made")
def _offered(_: Trial, event: Event, matter: Matter) -> None:
    _from(matter, event, "OFFER_MADE")
    matter.offers += 1
    matter.offer = event.data["solution"]
    matter.left = matter.due - event.at if matter.due is not None else None


@change("offer.declined")
def _declined(_: Trial, event: Event, matter: Matter) -> None:
    if matter.left is not None:
        matter.resumed = [event.at + matter.left]
    matter.anchors["REQUEST_OPENED"] = []


@change("request.asked_again")
def _asked_again(_: Trial, event: Event, matter: Matter) -> None:
    matter.asked_again += 1
    if matter.phase == "PARCEL_REJECTED":  # the seller looks at the parcel again, from now on
        _from(matter, event, "RETURN_RECEIVED", "TRACKING_UPLOADED")
    _from(matter, event, "REQUEST_OPENED")


@change("dispute.raised")
def _raised(_: Trial, event: Event, matter: Matter) -> None:
    data = event.data
    matter.disputes.append(Dispute(event.at, data["number"], list(data["carried"]), matter.phase, matter.due))
    matter.disputes[-1].deciding_since = event.at
    matter.accept_before = dict(matter.accept)
    matter.seller_waits = data["seller_waits"]
    _from(matter, event, "DISPUTE_RAISED")
    matter.anchors["NOTICE"] = [] if data["seller_waits"] else [event.at]
    matter.findings, matter.assessed, matter.ended = {}, {}, set()


@change("dispute.withdrawn")
def _withdrawn(_: Trial, event: Event, matter: Matter) -> None:
    matter.accept = acceptance(event.data["accept_until"])
    dispute = matter.dispute
    ends = [end for line, end in matter.accept.items() if end is not None and line in matter.lines]
    if dispute is not None and dispute.was_due is not None:
        left = event.at + (dispute.was_due - dispute.raised)
        # "Only what is left" (arithmetic 2) may be read as what is left of the acceptance period or of the window
        # after the rejection, for the line that has most or least: the seed does not say, so all are accepted.
        matter.resumed = [left, *ends]
    else:
        matter.resumed = ends


@change("material.window_opened")
def _window_opened(_: Trial, event: Event, matter: Matter) -> None:
    matter.windows[event.data["party"]] = instant(event.data["until"])
    matter.ended.discard(event.data["party"])


@change("material.window_closed")
def _window_closed(_: Trial, event: Event, matter: Matter) -> None:
    party = event.data["party"]
    matter.windows.pop(party, None)
    matter.ended.add(party)
    _from(matter, event, "MATERIAL_COMPLETE")
    if party != SELLER and matter.seller_waits:
        matter.anchors["NOTICE"].append(event.at)


@change("material.asked")
def _asked(_: Trial, event: Event, matter: Matter) -> None:
    _from(matter, event, "MATERIAL_ASKED")
    matter.windows = {}
    if matter.dispute is not None:
        matter.dispute.asked += 1


@change("finding.recorded")
def _found(_: Trial, event: Event, matter: Matter) -> None:
    finding = event.data["finding"]
    matter.findings[finding["line_id"], finding["party"], finding["item"]] = finding


@change("line.assessed")
def _assessed(_: Trial, event: Event, matter: Matter) -> None:
    assessment = event.data["assessment"]
    matter.assessed[assessment["line_id"]] = assessment


@change("dispute.judged")
def _judged(_: Trial, event: Event, matter: Matter) -> None:
    matter.accept = {**matter.accept, **acceptance(event.data["accept_until"])}
    _from(matter, event, "JUDGEMENT")
    _from(matter, event, "GRANT", "SELLERS_TURN")
    matter.level = 0
    dispute = matter.dispute
    if dispute is not None:
        dispute.lines = {line["line_id"]: line for line in event.data["lines"]}
        dispute.judged_at = event.at
        if dispute.deciding_since is not None:
            dispute.still += event.at - dispute.deciding_since
            dispute.deciding_since = None
        if not event.data["appeal"]:
            dispute.judge = event.by


@change("judgement.accepted")
def _accepted(_: Trial, event: Event, matter: Matter) -> None:
    if matter.dispute is not None:
        matter.dispute.accepted.add(event.data["party"])
    _from(matter, event, "GRANT", "SELLERS_TURN")


@change("appeal.raised")
def _appealed(_: Trial, event: Event, matter: Matter) -> None:
    _from(matter, event, "APPEAL_RAISED")
    if matter.dispute is not None:
        matter.dispute.appeals += 1
        matter.dispute.appealed_at = matter.dispute.deciding_since = event.at
        matter.dispute.late = event.data["late"]


@change("appeal.decided")
def _appeal_decided(_: Trial, __: Event, matter: Matter) -> None:
    if matter.dispute is not None:
        matter.dispute.decided = True


@change("appeal.sent_back")
def _sent_back(_: Trial, event: Event, matter: Matter) -> None:
    _from(matter, event, "MATERIAL_COMPLETE", "DISPUTE_RAISED", "NOTICE", "MATERIAL_ASKED")
    matter.level = 0
    if matter.dispute is not None:
        matter.dispute.send_backs += 1


@change("decision.escalated")
def _escalated(_: Trial, event: Event, matter: Matter) -> None:
    matter.level = event.data["level"]
    _from(matter, event, "MATERIAL_COMPLETE", "REPORT_CONTESTED")


@change("agreement.proposed")
def _proposed(_: Trial, event: Event, matter: Matter) -> None:
    matter.proposal = event.data


@change("agreement.rejected")
def _refused(_: Trial, __: Event, matter: Matter) -> None:
    matter.proposal = None


@change("process.declared")
def _declared(_: Trial, event: Event, matter: Matter) -> None:
    matter.stopped = True
    _from(matter, event, "STOP")


@change("execution.suspended")
def _suspended(_: Trial, event: Event, matter: Matter) -> None:
    if matter.phase != "SUSPENDED":
        matter.left = matter.due - event.at if matter.due is not None else None
    _from(matter, event, "SUSPENSION")


@change("execution.resumed")
def _resumed(_: Trial, event: Event, matter: Matter) -> None:
    if matter.left is not None:
        matter.resumed = [event.at + matter.left]


@change("due.extended")
def _extended(_: Trial, event: Event, matter: Matter) -> None:
    more = timedelta(seconds=event.data["seconds"])
    for name, moments in matter.anchors.items():
        matter.anchors[name] = [*moments, *(moment + more for moment in moments)]
    matter.windows = {party: until + more for party, until in matter.windows.items()}
    if matter.due is not None:
        matter.due += more
        matter.resumed = [matter.due]


@change("remedy.ordered")
def _remedy(_: Trial, event: Event, matter: Matter) -> None:
    data = event.data
    before = matter.remedy
    matter.remedy = Remedy(
        data["kind"], data["basis"], data["shares"], data["shipping"], data["freight_bearer"], event.at
    )
    if matter.uploaded is not None and before is not None:
        matter.remedy.freight = before.freight
    if before is not None:  # one obligation for each matter: what was paid stays paid
        matter.remedy.total, matter.remedy.highest = before.total, before.highest
        matter.remedy.paid, matter.remedy.obligation = before.paid, before.obligation
    if event.role == CLOCK or not matter.anchors["GRANT"]:
        _from(matter, event, "GRANT", "SELLERS_TURN")


@change("return.shipped")
def _shipped_back(_: Trial, event: Event, matter: Matter) -> None:
    matter.method, matter.tracking = event.data["method"], event.data["tracking"]
    matter.uploaded = event.at
    _from(matter, event, "LAST_SCAN", "TRACKING_UPLOADED", "SELLERS_TURN")
    if matter.remedy is not None:
        matter.remedy.freight = event.data["freight"]


@change("return.arrived")
def _arrived(_: Trial, event: Event, matter: Matter) -> None:
    matter.arrived = True
    _from(matter, event, "RETURN_RECEIVED", "SELLERS_TURN")


@change(
    "return.accepted", "return.report_accepted", "return.risk_decided", "remedy.assessed", "remedy.turned_into_refund"
)
def _turn(_: Trial, event: Event, matter: Matter) -> None:
    """The seller's turn starts anew when the customer, an agent or the clock ended a step.

    Not by the seller's own act under a judgement: its 48 hours are for all actions (S19).
    """
    if event.role != SELLER or not matter.judged:
        _from(matter, event, "SELLERS_TURN")
    if event.name == "remedy.turned_into_refund" and matter.remedy is not None:
        matter.remedy.kind = "REFUND" if matter.remedy.kind in {*GOODS, "OTHER"} else matter.remedy.kind
    if event.name == "return.risk_decided" and matter.remedy is not None:
        matter.remedy.lowered = event.data["lowered"]


@change("return.reported")
def _reported(_: Trial, event: Event, matter: Matter) -> None:
    matter.report = event.data
    if not matter.arrived:  # who reports a self-arranged parcel has it, or says when it was to have come
        _from(matter, event, "SELLERS_TURN")
    _from(matter, event, "RETURN_REPORTED")


@change("return.report_contested", "remedy.problem_reported")
def _contested(_: Trial, event: Event, matter: Matter) -> None:
    _from(matter, event, "REPORT_CONTESTED")
    matter.level = 0


@change("goods.shipped", "goods.scanned")
def _goods(_: Trial, event: Event, matter: Matter) -> None:
    matter.goods = event.data.get("tracking", matter.goods)
    matter.anchors["LAST_SCAN"].append(event.at)


@change("goods.delivered")
def _goods_delivered(_: Trial, event: Event, matter: Matter) -> None:
    _from(matter, event, "GOODS_DELIVERED")


@change("remedy.proven")
def _proven(_: Trial, event: Event, matter: Matter) -> None:
    _from(matter, event, "GOODS_DELIVERED")


@change("hold.placed")
def _held(_: Trial, event: Event, matter: Matter) -> None:
    matter.hold = event.data["amount"]


@change("hold.released")
def _released(_: Trial, __: Event, matter: Matter) -> None:
    matter.hold = 0


@change("refund.ordered")
def _refund_ordered(_: Trial, event: Event, matter: Matter) -> None:
    if matter.remedy is None:
        return
    matter.remedy.total = event.data["total"]
    matter.remedy.highest = max(matter.remedy.highest, event.data["total"])
    matter.remedy.obligation = event.data["obligation"]
    if not matter.judged:
        _from(matter, event, "SELLERS_TURN")


@change("deduction.ordered")
def _deducted(_: Trial, event: Event, matter: Matter) -> None:
    _from(matter, event, "DEDUCTION_ORDERED")
    if matter.remedy is not None:
        matter.remedy.deducted_at = event.at


@change("refund.reduced")
def _reduced(_: Trial, event: Event, matter: Matter) -> None:
    if matter.remedy is not None:
        matter.remedy.reduced += event.data["amount"]


@change("refund.paid")
def _paid(_: Trial, event: Event, matter: Matter) -> None:
    _from(matter, event, "REFUND_PAID")
    if matter.remedy is not None:
        matter.remedy.paid += event.data["amount"]
        matter.remedy.last_paid = event.at
