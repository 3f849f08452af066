"""What each event changes in the auditor's picture of a case. Nothing is checked here.

What an event starts is reckoned from the event: also after a late lapse, and from when a scan became known
(decision 0005).
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from mufakat.lab.auditor.moments import instant, maybe_instant
from mufakat.lab.auditor.trial import CLOCK, SELLER, Dispute, Event, Matter, Remedy, Trial

Change = Callable[[Trial, Event, Matter], None]
CHANGES: dict[str, Change] = {}
MOST_READINGS = 32
"""Moments from which a clock may run, kept at most."""


def change(*names: str) -> Callable[[Change], Change]:
    """Enter a function as what the named events change."""

    def entered(function: Change) -> Change:
        CHANGES.update(dict.fromkeys(names, function))
        return function

    return entered


def run_from(matter: Matter, event: Event, *anchors: str) -> None:
    """Clocks of these anchors run from the event on."""
    for anchor in anchors:
        matter.anchors[anchor] = [event.at]


def acceptance(data: list[list[str | None]]) -> dict[str, datetime | None]:
    """The acceptance periods written in an event, by line."""
    return {str(line): maybe_instant(end) for line, end in data}


@change("phase.entered")
def _entered(_: Trial, event: Event, matter: Matter) -> None:
    phase = event.data["phase"]
    if phase != matter.phase:  # whatever moves the matter ends a draft
        matter.draft = None
    matter.phase = phase
    matter.due = maybe_instant(event.data["due"])
    matter.clock = event.data["clock"] or ""
    matter.remind = [instant(each) for each in event.data.get("remind", [])]
    matter.resumed = []
    if phase not in {"EVIDENCE", "APPEAL_EVIDENCE"}:
        matter.windows = {}


@change("matter.split")
def _split(trial: Trial, event: Event, matter: Matter) -> None:
    matter.draft = None
    trial.split(matter, event.data["new"], event.data["lines"])


@change("matter.closed")
def _closed(_: Trial, event: Event, matter: Matter) -> None:
    matter.phase, matter.due, matter.clock, matter.remind = "CLOSED", None, "", []
    matter.closed_at, matter.outcome, matter.draft = event.at, event.data["outcome"], None


@change("matter.reminded")
def _reminded(_: Trial, event: Event, matter: Matter) -> None:
    matter.remind = [moment for moment in matter.remind if moment > event.at]


@change("request.approved", "claim.conceded", "offer.accepted", "agreement.made", "process.order_recorded")
def _granted(_: Trial, event: Event, matter: Matter) -> None:
    run_from(matter, event, "GRANT", "SELLERS_TURN")
    matter.agreed |= event.name == "agreement.made"
    matter.ordered |= event.name == "process.order_recorded"


@change("request.rejected")
def _rejected(_: Trial, event: Event, matter: Matter) -> None:
    run_from(matter, event, "REJECTION")
    matter.accept = acceptance(event.data["accept_until"])


@change("return.rejected")
def _parcel_rejected(_: Trial, event: Event, matter: Matter) -> None:
    run_from(matter, event, "PARCEL_REJECTION", "REPORT_CONTESTED")
    matter.accept = acceptance(event.data["accept_until"])


@change("offer.made")
def _offered(_: Trial, event: Event, matter: Matter) -> None:
    run_from(matter, event, "OFFER_MADE")
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
        run_from(matter, event, "RETURN_RECEIVED", "TRACKING_UPLOADED")
    run_from(matter, event, "REQUEST_OPENED")


@change("dispute.raised")
def _raised(_: Trial, event: Event, matter: Matter) -> None:
    data = event.data
    matter.disputes.append(Dispute(event.at, data["number"], list(data["carried"]), matter.phase, matter.due))
    matter.disputes[-1].deciding_since = event.at
    matter.disputes[-1].machine = data.get("machine", "")
    matter.accept_before = dict(matter.accept)
    matter.seller_waits = data["seller_waits"]
    run_from(matter, event, "DISPUTE_RAISED")
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
    run_from(matter, event, "MATERIAL_COMPLETE")
    if party != SELLER and matter.seller_waits:
        matter.anchors["NOTICE"].append(event.at)


@change("material.asked")
def _asked(_: Trial, event: Event, matter: Matter) -> None:
    run_from(matter, event, "MATERIAL_ASKED")
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
    run_from(matter, event, "JUDGEMENT")
    run_from(matter, event, "GRANT", "SELLERS_TURN")
    matter.level, matter.draft = 0, None
    people = set() if event.data.get("automatic") else {event.by, event.data.get("drafted_by", "")} - {""}
    matter.judges = matter.judges | people if event.data["appeal"] else people
    dispute = matter.dispute
    if dispute is not None:
        dispute.automatic = bool(event.data.get("automatic"))
        dispute.lines = {line["line_id"]: line for line in event.data["lines"]}
        dispute.judged_at = event.at
        if dispute.deciding_since is not None:
            dispute.still += event.at - dispute.deciding_since
            dispute.deciding_since = None


@change("judgement.drafted")
def _drafted(_: Trial, event: Event, matter: Matter) -> None:
    matter.draft = event


@change("judgement.draft_returned")
def _returned(_: Trial, __: Event, matter: Matter) -> None:
    matter.draft = None


@change("person.asked")
def _person_asked(_: Trial, event: Event, matter: Matter) -> None:
    dispute = matter.dispute
    if dispute is None:
        return
    dispute.person_asked = True
    if event.data["automatic"]:
        run_from(matter, event, "MATERIAL_COMPLETE", "DISPUTE_RAISED", "NOTICE", "MATERIAL_ASKED")
        matter.level, dispute.automatic, dispute.deciding_since = 0, False, event.at
        # A window that was extended after the machine had judged is not taken back: the period stands from here on.
        matter.accept_before, dispute.still = dict(matter.accept), timedelta()


@change("judgement.accepted")
def _accepted(_: Trial, event: Event, matter: Matter) -> None:
    if matter.dispute is not None:
        matter.dispute.accepted.add(event.data["party"])
    run_from(matter, event, "GRANT", "SELLERS_TURN")


@change("appeal.raised")
def _appealed(_: Trial, event: Event, matter: Matter) -> None:
    run_from(matter, event, "APPEAL_RAISED")
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
    run_from(matter, event, "MATERIAL_COMPLETE", "DISPUTE_RAISED", "NOTICE", "MATERIAL_ASKED")
    matter.level = 0
    if matter.dispute is not None:
        matter.dispute.send_backs += 1


@change("decision.escalated")
def _escalated(_: Trial, event: Event, matter: Matter) -> None:
    matter.level = event.data["level"]
    run_from(matter, event, "MATERIAL_COMPLETE", "REPORT_CONTESTED")


@change("agreement.proposed")
def _proposed(_: Trial, event: Event, matter: Matter) -> None:
    matter.proposal = event.data


@change("agreement.rejected")
def _refused(_: Trial, __: Event, matter: Matter) -> None:
    matter.proposal = None


@change("process.declared")
def _declared(_: Trial, event: Event, matter: Matter) -> None:
    matter.stopped = True
    run_from(matter, event, "STOP")


@change("execution.suspended")
def _suspended(_: Trial, event: Event, matter: Matter) -> None:
    if matter.phase != "SUSPENDED":
        matter.left = matter.due - event.at if matter.due is not None else None
        matter.interrupted = matter.clock
    run_from(matter, event, "SUSPENSION")


@change("execution.resumed")
def _resumed(_: Trial, event: Event, matter: Matter) -> None:
    if matter.left is not None:
        matter.resumed = [event.at + matter.left]
    else:  # it was frozen before its next step had begun, which begins now
        run_from(matter, event, "GRANT", "SELLERS_TURN")


@change("due.extended")
def _extended(_: Trial, event: Event, matter: Matter) -> None:
    more = timedelta(seconds=event.data["seconds"])
    for name, moments in matter.anchors.items():
        moved = [moment + more for moment in moments]
        # Whether a clock that starts later is moved too is not told; after many extensions only the last reading.
        matter.anchors[name] = [*moments, *moved] if len(moments) < MOST_READINGS else moved
    matter.accept = {**matter.accept, **acceptance(event.data.get("accept_until", []))}
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
        matter.remedy.advance, matter.remedy.advanced = before.advance, before.advanced
        matter.remedy.recovered = before.recovered
    if event.role == CLOCK or not matter.anchors["GRANT"]:
        run_from(matter, event, "GRANT", "SELLERS_TURN")
