"""Acceptance periods (S26): from order, scans and rulebook, standing still while the platform decides."""

from datetime import datetime, timedelta

from mufakat.lab.auditor.faults import Json
from mufakat.lab.auditor.moments import SECOND
from mufakat.lab.auditor.parcel import View
from mufakat.lab.auditor.standing import acceptance
from mufakat.lab.auditor.trial import Event, Matter, Trial

MAY_DISPUTE = {"REJECTED", "PARCEL_REJECTED", "DISMISSED"}
"""Where a dispute can be raised, so that more time to do so is more time in the acceptance period (reading 6)."""
UNDELIVERED = {"ITEM_NOT_RECEIVED", "ARRIVED_LATE"}


def same(a: datetime | None, b: datetime | None) -> bool:
    """Whether two ends are the same; both may be None."""
    return a is b is None or (a is not None and b is not None and abs(a - b) < SECOND)


def period_ends(trial: Trial, event: Event, claim: Json, view: View) -> list[datetime | None]:
    """The ends that the acceptance period of a line may have when the request is opened."""
    law, reason, line = trial.law, claim["reason"], trial.known.lines.get(claim["line_id"], {})
    deliveries = trial.deliveries(event.at, claim, view.delivered())
    period = law.value("acceptance", reason, "period")
    if period is None:
        return [end for delivered in deliveries for end in _window_ends(trial, event, line, delivered)]
    if line.get("durable"):
        period = law.value("acceptance", reason, "durable") or period
    starts = deliveries
    if law.value("acceptance", reason, "anchor") != "DELIVERY":
        starts = [start for each in deliveries for start in _last_trackings(view, reason, each)]
    return [None if start is None else law.add(start, period) for start in starts]


def _last_trackings(view: View, reason: str, delivered: datetime | None) -> list[datetime | None]:
    """From when a period runs that starts at the last tracking update."""
    last = view.last_tracking()
    if delivered is not None and delivered != view.delivered():
        return [delivered, last]  # of a replacement: its own dates (reading 14), its last scan or its delivery
    undelivered = delivered is None and reason in UNDELIVERED and view.promised is not None
    promised = view.promised if undelivered else None  # decision 0003
    return [max((each for each in (last, promised) if each is not None), default=None)]


def _window_ends(trial: Trial, event: Event, line: Json, delivered: datetime | None) -> list[datetime | None]:
    """Vietnam: a reason without a period of its own uses the request window; the log may say so or say none."""
    kind = event.data["type"]
    law = trial.law
    span = law.value("window", kind, "category", line.get("category") or "-") or law.value("window", kind, "all")
    return [None] if delivered is None or span is None else [None, law.add(delivered, span)]


def check_pauses(trial: Trial, event: Event) -> None:
    """How the periods move: still while the platform decides, at least the market's window after a rejection."""
    matter = trial.matter_of(event)
    if matter is None or "accept_until" not in event.data or event.name == "request.opened":
        return
    if event.name == "due.extended" and matter.phase not in MAY_DISPUTE:
        if event.data["accept_until"]:
            trial.fault("arithmetic 2", event, f"acceptance periods were moved on in {matter.phase}")
        return
    told = acceptance(event.data["accept_until"])
    won = {each["line_id"] for each in event.data.get("lines", []) if each["decision"] == "FOR_CUSTOMER"}
    for line in matter.lines:
        if line in won and told.get(line) is None:
            continue  # nothing to raise again: its period need not be told
        before = matter.accept.get(line)
        expected = _moved(trial, event, matter, line, before)
        if line not in told or not any(same(told[line], each) for each in expected):
            wanted = ", ".join(str(each) for each in expected)
            trial.fault(
                "arithmetic 2", event, f"{line}: the acceptance period ends {told.get(line)}, reckoned {wanted}"
            )


def _moved(trial: Trial, event: Event, matter: Matter, line: str, before: datetime | None) -> list[datetime | None]:
    law, dispute = trial.law, matter.dispute
    if event.name == "due.extended":
        return [_extended(event, matter, before)]
    window = {"request.rejected": "dispute_window", "return.rejected": "parcel_dispute_window"}.get(event.name)
    if window is not None:
        floors = [law.end(window, moment) for moment in [event.at]]
        # A line opened too late can never be disputed; whether its period is written on is all the same.
        free = [before] if before is None or line not in trial.in_time else []
        return [*(floor if before is None else max(before, floor) for floor in floors), *free]
    if dispute is None:
        return [before]
    original = matter.accept_before.get(line)
    ends: list[datetime | None] = [None]
    if original is not None:
        # Between judgement and appeal the period may run or stand: the seed names both ends, not the gap.
        deciding = event.at - (dispute.deciding_since or event.at)
        gap = [] if dispute.person_asked else [original + (event.at - dispute.raised)]
        ends = [*gap, original + dispute.still + deciding]
    if event.name != "dispute.judged":
        return ends
    floor, moved = law.end("second_dispute", event.at), ends
    if not law.switch("second_dispute_in_acceptance"):
        ends = [floor]  # Vietnam: within 48 hours of the notice, whatever the period
    # Who was awarded a line has nothing to raise again: the floor after a rejection need not be written for it.
    won = {each["line_id"]: each["decision"] == "FOR_CUSTOMER" for each in event.data["lines"]}
    free = moved if won.get(line) or before is None else []
    return [*(floor if end is None else max(end, floor) for end in ends), *free]


def _extended(event: Event, matter: Matter, before: datetime | None) -> datetime | None:
    """A period that still runs goes on with the window that was extended, and ends no later than that."""
    if before is None or before <= event.at or matter.due is None:
        return before
    more = timedelta(seconds=event.data["seconds"])
    return max(before, min(before, matter.due) + more)
