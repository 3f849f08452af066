"""What each event of carrying out changes in the auditor's picture: returns, goods, holds and money."""

from datetime import timedelta

from mufakat.lab.auditor.standing import CHANGES, change, run_from
from mufakat.lab.auditor.trial import GOODS, SELLER, Event, Matter, Trial

__all__ = ["CHANGES"]


@change("return.shipped")
def _shipped_back(_: Trial, event: Event, matter: Matter) -> None:
    matter.method, matter.tracking = event.data["method"], event.data["tracking"]
    matter.uploaded = event.at
    run_from(matter, event, "LAST_SCAN", "TRACKING_UPLOADED", "SELLERS_TURN")
    if matter.remedy is not None:
        matter.remedy.freight = event.data["freight"]


@change("return.arrived")
def _arrived(_: Trial, event: Event, matter: Matter) -> None:
    matter.arrived = True
    run_from(matter, event, "RETURN_RECEIVED", "SELLERS_TURN")


@change(
    "return.accepted", "return.report_accepted", "return.risk_decided", "remedy.assessed", "remedy.turned_into_refund"
)
def _turn(_: Trial, event: Event, matter: Matter) -> None:
    """The seller's turn starts anew when the customer, an agent or the clock ended a step.

    Not by the seller's own act under a judgement: its 48 hours are for all actions (S19).
    """
    if event.role != SELLER or not matter.judged:
        run_from(matter, event, "SELLERS_TURN")
    if event.name == "remedy.turned_into_refund" and matter.remedy is not None:
        matter.remedy.kind = "REFUND" if matter.remedy.kind in {*GOODS, "OTHER"} else matter.remedy.kind
    if event.name == "return.risk_decided" and matter.remedy is not None:
        matter.remedy.lowered, matter.remedy.off = event.data["lowered"], {}
        for part in event.data.get("parts", ()):
            off = matter.remedy.off
            off[part["line_id"]] = off.get(part["line_id"], 0) + part["lowered"]


@change("return.reported")
def _reported(_: Trial, event: Event, matter: Matter) -> None:
    matter.report = event.data
    if not matter.arrived:  # who reports a self-arranged parcel has it, or says when it was to have come
        run_from(matter, event, "SELLERS_TURN")
    run_from(matter, event, "RETURN_REPORTED")


@change("return.report_contested", "remedy.problem_reported")
def _contested(_: Trial, event: Event, matter: Matter) -> None:
    run_from(matter, event, "REPORT_CONTESTED")
    matter.level = 0


@change("goods.shipped", "goods.scanned")
def _goods(_: Trial, event: Event, matter: Matter) -> None:
    matter.goods = event.data.get("tracking", matter.goods)
    matter.anchors["LAST_SCAN"].append(event.at)


@change("goods.delivered")
def _goods_delivered(_: Trial, event: Event, matter: Matter) -> None:
    run_from(matter, event, "GOODS_DELIVERED")


@change("remedy.proven")
def _proven(_: Trial, event: Event, matter: Matter) -> None:
    run_from(matter, event, "GOODS_DELIVERED")


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
    matter.remedy.destination = event.data.get("destination", "ORIGINAL")
    matter.remedy.at_once = event.data["at_once"]
    if event.data["at_once"]:
        matter.remind = []  # the provider pays now, and the seller is waited for no more
    if not matter.judged:
        run_from(matter, event, "SELLERS_TURN")


@change("deduction.ordered")
def _deducted(_: Trial, event: Event, matter: Matter) -> None:
    run_from(matter, event, "DEDUCTION_ORDERED")
    if matter.remedy is not None:
        matter.remedy.deducted_at = event.at


@change("refund.reduced")
def _reduced(_: Trial, event: Event, matter: Matter) -> None:
    if matter.remedy is not None:
        matter.remedy.reduced += event.data["amount"]
        for line_id, amount in event.data.get("parts", ()):
            matter.remedy.off[line_id] = matter.remedy.off.get(line_id, 0) + amount


@change("adjustment.booked")
def _adjusted(_: Trial, event: Event, matter: Matter) -> None:
    if matter.remedy is not None:
        for name in ("commission", "fees", "subsidy", "tax"):
            matter.remedy.adjusted[name] = matter.remedy.adjusted.get(name, 0) + event.data.get(name, 0)


@change("refund.paid")
def _paid(_: Trial, event: Event, matter: Matter) -> None:
    run_from(matter, event, "REFUND_PAID")
    remedy, amount = matter.remedy, event.data["amount"]
    if remedy is None:
        return
    if event.data.get("advanced"):
        remedy.advanced += amount
    else:  # what is held is used up first
        matter.hold -= min(matter.hold, amount, max(0, (remedy.total or 0) - remedy.paid))
    remedy.paid += amount
    remedy.last_paid = event.at


@change("advance.ordered")
def _advance(_: Trial, event: Event, matter: Matter) -> None:
    if matter.remedy is not None:
        matter.remedy.advance = max(matter.remedy.advance, matter.remedy.advanced + event.data["amount"])


@change("advance.recovered")
def _recovered(_: Trial, event: Event, matter: Matter) -> None:
    if event.data["obligation"].endswith(":chargeback"):
        matter.recovered += event.data["amount"]
        return
    run_from(matter, event, "REFUND_PAID")  # a late appeal is about money that the seller has lost
    if matter.remedy is not None:
        matter.remedy.recovered += event.data["amount"]
        matter.hold -= min(matter.hold, event.data["amount"])


@change("own_payment.claimed", "own_payment.confirmed", "own_payment.denied")
def _own(_: Trial, event: Event, matter: Matter) -> None:
    if matter.remedy is None:
        return
    matter.remedy.own = event.data["amount"] if event.name == "own_payment.claimed" else 0
    if event.name == "own_payment.confirmed":
        matter.remedy.confirmed += event.data["amount"]
        for line_id, amount in event.data["parts"]:
            matter.remedy.by_hand[line_id] = matter.remedy.by_hand.get(line_id, 0) + amount


@change("chargeback.frozen")
def _frozen(_: Trial, event: Event, matter: Matter) -> None:
    if matter.phase != "SUSPENDED" and not matter.closed:
        left = max(timedelta(seconds=1), matter.due - event.at) if matter.due is not None else None
        matter.left = left if event.data["left"] else None
    run_from(matter, event, "SUSPENSION")


@change("chargeback.settled")
def _settled(_: Trial, event: Event, matter: Matter) -> None:
    key = event.data["reference"], event.data["bearer"]
    matter.charged.pop(key, None)
    if event.data["amount"]:
        matter.charged[key] = event.data["amount"]


@change("carrier.claim_noted")
def _claimed(_: Trial, event: Event, matter: Matter) -> None:
    matter.claims[event.data["tracking"], event.data["bearer"]] = dict(event.data)


@change("carrier.claim_answered")
def _answered(_: Trial, event: Event, matter: Matter) -> None:
    claim = matter.claims.get((event.data["tracking"], event.data["bearer"]))
    if claim is not None:
        claim["paid"] = event.data["paid"]
