"""Opening a request: who may ask for what until when (S27), what is granted at once, and codes that fit."""

from datetime import timedelta

from mufakat.lab.auditor.acceptance import period_ends, same
from mufakat.lab.auditor.faults import Json
from mufakat.lab.auditor.moments import maybe_instant
from mufakat.lab.auditor.parcel import View
from mufakat.lab.auditor.trial import SELLER, Event, Trial

USES = {
    "REFUND": ("REFUND",),
    "RETURN_AND_REFUND": ("RETURN",),
    "CANCEL": ("CANCEL",),
    # The market has no codes of its own for goods instead of money; both lists are taken.
    "REPLACEMENT": ("REFUND", "RETURN"),
    "EXCHANGE": ("REFUND", "RETURN"),
    "RESEND_MISSING": ("REFUND", "RETURN"),
}
REJECTS = {"REFUND": "REJECT_REFUND", "CANCEL": "REJECT_CANCEL"}


def check_opening(trial: Trial, event: Event) -> None:
    """The request as it was opened; stands before the event is taken in, so claims come from its data."""
    if event.name != "request.opened":
        return
    data = event.data
    _check_names(trial, event)
    views = trial.known.views(event.at)
    if data["type"] == "CANCEL":
        if all(view.status in {"IN_TRANSIT", "DELIVERED"} for view in views):
            trial.fault("S27", event, f"a cancellation was taken when the order was {views[0].status}")
        again = [c["line_id"] for c in data["lines"] if trial.deliveries(event.at, c, None)[0] is not None]
        if again:
            trial.fault("S27", event, f"a cancellation was taken of {again}, which a replacement had delivered")
    elif event.role != SELLER:
        for claim in data["lines"]:
            _check_window(trial, event, claim, views)
    for claim in data["lines"]:
        _check_code(trial, event, claim, views)


def _check_names(trial: Trial, event: Event) -> None:
    data, order = event.data, trial.known.order
    for name in ("order_id", "customer_id", "seller_id", "currency"):
        if data[name] != order[name]:
            trial.fault("reading 14", event, f"{name} is {data[name]}, of the order {order[name]}")
    lines = [claim["line_id"] for claim in data["lines"]]
    if not lines or len(set(lines)) != len(lines):
        trial.fault("arithmetic 13", event, f"one reason for each line: {lines}")
    for claim in data["lines"]:
        line = trial.known.lines.get(claim["line_id"])
        units = claim["units"]
        if line is None or not units or not set(units) <= set(range(1, line["quantity"] + 1)):
            trial.fault("arithmetic 13", event, f"units {units} of {claim['line_id']} were not bought")
        elif len(set(units)) != len(units):
            trial.fault("arithmetic 13", event, f"a unit of {claim['line_id']} is named twice")


def _spans(trial: Trial, kind: str, line: Json) -> list[str]:
    """The periods that the window of a type may have for a line: of the category, else of the shop, else of all."""
    law = trial.law
    of_category = law.value("window", kind, "category", line.get("category") or "-")
    if of_category:
        return [of_category]
    if trial.known.order.get("mall") and law.value("window", kind, "mall"):
        return [law.value("window", kind, "mall")]
    return [law.value("window", kind, "all")]


def _check_window(trial: Trial, event: Event, claim: Json, views: list[View]) -> None:
    """Until the later of the type's window and the reason's period (reading 6)."""
    line = trial.known.lines.get(claim["line_id"])
    if line is None:
        return
    late = []
    for view in views:
        ends = [end for end in period_ends(trial, event, claim, view) if end is not None]
        deliveries = trial.deliveries(event.at, claim, view.delivered())
        delivered = max((each for each in deliveries if each is not None), default=None)
        if delivered is not None:
            ends += [trial.law.add(delivered, span) for span in _spans(trial, event.data["type"], line)]
        elif claim["reason"] == "ITEM_NOT_RECEIVED":
            early = view.promised is not None and event.at < view.promised and "LOST" not in view.kinds()
            late.append(early)
            if early:
                continue
        # Goods that have not arrived have no window to be late for: the seed gives it from delivery only.
        late.append(bool(ends) and delivered is not None and event.at >= max(ends))
    if late and all(late):
        trial.fault(
            "S27", event, f"{claim['line_id']}: {event.data['type']} for {claim['reason']} is not open at {event.at}"
        )


def _check_code(trial: Trial, event: Event, claim: Json, views: list[View]) -> None:
    """A code that does not fit type, reason or the order's status is refused."""
    code = claim["reason_code"]
    if not code:
        return
    prefix = "SELLER_" if event.role == SELLER else ""
    entries = [trial.law.entry("code", prefix + use, code) for use in USES[event.data["type"]]]
    known = [entry for entry in entries if entry is not None]
    if not known:
        trial.fault("row: code", event, f"{code} is no code for {event.data['type']} by {event.role}")
        return
    statuses = {view.status for view in views}
    fits = any(
        entry["value"] in {"ANY", claim["reason"]} and (not entry.get("statuses") or statuses & set(entry["statuses"]))
        for entry in known
    )
    if not fits:
        trial.fault(
            "row: code", event, f"{code} fits neither {claim['reason']} nor an order that is {sorted(statuses)}"
        )


def check_rejection(trial: Trial, event: Event) -> None:
    """The seller rejects with a reason code of the market."""
    if event.name == "request.rejected" and event.role == SELLER:
        use = REJECTS.get(trial.kind, "REJECT_RETURN")
        uses = [use] if trial.kind not in {"REPLACEMENT", "EXCHANGE", "RESEND_MISSING"} else ["REJECT_REFUND", use]
    elif event.name == "return.rejected":
        uses = ["REJECT_PARCEL"]
    else:
        return
    if not any(trial.law.entry("code", use, event.data["code"]) for use in uses):
        trial.fault("row: code", event, f"{event.data['code']!r} is no code to reject with ({', '.join(uses)})")


def check_grant_at_once(trial: Trial) -> None:
    """A cancellation is granted at once or reviewed, as the table says (S27)."""
    opened = trial.opened
    if trial.kind != "CANCEL" or opened is None or trial.batch[0].number != 1 or opened.role == SELLER:
        return
    granted = bool(trial.in_batch("request.approved"))
    expected = {each for view in trial.known.views(opened.at) for each in _at_once(trial, opened, view)}
    if granted not in expected:
        trial.fault("S27", opened, f"the cancellation was {'granted' if granted else 'not granted'} at once")


def _at_once(trial: Trial, opened: Event, view: View) -> frozenset[bool]:
    order = trial.known.order
    if order.get("shipped_by_seller"):
        free = trial.known.bought + timedelta(minutes=trial.law.switch("cancel_free_minutes_seller_shipped"))
        return frozenset({True, False} if opened.at == free else {opened.at < free})
    if view.status == "AWAITING_SHIPMENT":
        return frozenset({True})
    odd = [
        any(trial.known.lines[claim["line_id"]].get(flag) for flag in ("preorder", "perishable", "virtual"))
        for claim in opened.data["lines"]
    ]
    # Where only some lines are exceptions the seed does not say whether the whole is reviewed.
    return frozenset({True, False} if any(odd) and not all(odd) else {not any(odd)})


def check_accept_until(trial: Trial, event: Event) -> None:
    """The acceptance periods of an opened request, recomputed (S26), and which lines were opened in them."""
    if event.name != "request.opened":
        return
    data = event.data
    told = {line: maybe_instant(end) for line, end in data["accept_until"]}
    views = trial.known.views(event.at)
    for claim in data["lines"]:
        line = claim["line_id"]
        ends = [end for view in views for end in period_ends(trial, event, claim, view)]
        if not any(same(told.get(line), end) for end in ends):
            wanted = ", ".join(str(end) for end in ends)
            trial.fault("S26", event, f"{line}: the acceptance period ends {told.get(line)}, by the rulebook {wanted}")
        end = told.get(line)
        if end is not None and (line in data["in_time"]) != (event.at < end):
            trial.fault(
                "S26", event, f"{line} is {'in' if line in data['in_time'] else 'not in'} time, its period ends {end}"
            )
