"""Raising, material and ending of a dispute: S1 to S6, S9 to S14, and the counts of offers and questions."""

from datetime import UTC, datetime

from mufakat.lab.auditor.banks import awaited
from mufakat.lab.auditor.trial import AGENT, CUSTOMER, EXECUTION, LOCKED, PARTIES, SELLER, Event, Matter, Trial

LATER = datetime.max.replace(tzinfo=UTC)
ALWAYS_THERE = 5
"""Entries of the platform's record before the order's later facts: order, payment, promise, messages, other cases."""
MAY_RAISE = {"REJECTED", "PARCEL_REJECTED", "DISMISSED"}
UNDECIDED = {"EVIDENCE", "DECIDING"}
STOPPED_STILL = {
    "agreement.proposed",
    "agreement.rejected",
    "agreement.made",
    "claim.conceded",
    "process.order_recorded",
    "due.extended",
    "chargeback.frozen",
    "chargeback.settled",
    "advance.recovered",
    "hold.released",
    "hold.placed",
    "matter.closed",
    "phase.entered",
    "refund.paid",
    "refund.reduced",
    "remedy.ordered",
    "refund.ordered",
}
"""What may still happen to a matter after the platform stopped (S14): the parties' own end of it, and an order's."""


def check_raising(trial: Trial, event: Event) -> None:
    """A dispute is raised about something the seller refused, in time, at most twice for the same goods."""
    matter = trial.matter_of(event)
    if event.name != "dispute.raised" or matter is None:
        return
    law = trial.law
    if matter.phase not in MAY_RAISE:
        trial.fault("S1", event, f"a dispute in {matter.phase}: nothing was rejected")
    if trial.kind == "CANCEL" and not law.switch("cancel_disputable"):
        trial.fault("row: cancel_disputable", event, "a rejected cancellation cannot be disputed in this market")
    if matter.phase == "PARCEL_REJECTED" and matter.judged:
        trial.fault("arithmetic 6", event, "a parcel sent back under a judgement is a matter of its execution")
    if matter.agreed:
        trial.fault("S13", event, "the parties had agreed; that is not raised again")
    late = [line for line in matter.lines if line not in trial.in_time]
    if late:
        trial.fault("S26", event, f"{', '.join(late)}: the request was opened after the acceptance period")
    count = max((_raised_before(trial, event, pair) for pair in trial.pairs(matter)), default=0)
    if count >= law.switch("max_disputes"):
        trial.fault("S12", event, f"dispute {count + 1} about the same goods")
    if event.data["number"] != count + 1:
        trial.fault("S12", event, f"counted as dispute {event.data['number']}, but it is number {count + 1}")
    _check_waiting(trial, event, matter)
    _check_carried(trial, event)


def _raised_before(trial: Trial, event: Event, pair: tuple[str, int]) -> int:
    """Disputes about the same delivery of a unit, in this case and in others, before this one."""
    generation = (
        {(line, unit): number for line, unit, number in trial.opened.data["generations"]} if trial.opened else {}
    )
    now = generation.get(pair, 0)
    own = sum(len(other.disputes) for other in trial.matters.values() if pair in trial.pairs(other))
    others = sum(
        at < event.at and (line, unit, number) == (*pair, now) for at, line, unit, number in trial.raised_elsewhere
    )
    return own + others


def _check_waiting(trial: Trial, event: Event, matter: Matter) -> None:
    hidden = any(
        trial.claims[line]["hidden"] and trial.claims[line]["reason"] == "COUNTERFEIT" for line in matter.lines
    )
    if event.data["seller_waits"] != hidden:
        trial.fault("row: material_seller", event, "the seller's window waits only after a hidden counterfeit")


def _check_carried(trial: Trial, event: Event) -> None:
    """All that the customer gave before is carried over, first in order (S4)."""
    opened_now = {each["event"] for each in trial.exhibits if each["event"] >= event.batch}
    given = [each for each in trial.exhibits if each["giver"] == CUSTOMER and each["event"] not in opened_now]
    matter = trial.matter_of(event)
    lines = set(matter.lines) if matter else set()
    # Material about other lines only need not be carried into this matter's dispute.
    must = [e["number"] for e in given if not e["material"]["lines"] or lines & set(e["material"]["lines"])]
    carried = list(event.data["carried"])
    missing = [number for number in must if number not in carried]
    if missing:
        trial.fault("S4", event, f"exhibits {missing} of the customer are not carried over")
    givers = {each["number"]: each["giver"] for each in trial.exhibits}
    own = [number for number in carried if givers.get(number) == CUSTOMER]
    # What others said before may be carried too, but after what the customer submitted: "looks first at".
    if carried[: len(own)] != own or own != sorted(set(own)) or len(set(carried)) != len(carried):
        trial.fault("S4", event, f"what the customer submitted does not come first, in order: {carried}")
    if not set(carried) <= set(givers):
        trial.fault("S4", event, f"carried exhibits that nobody gave: {sorted(set(carried) - set(givers))}")


def check_material(trial: Trial, event: Event) -> None:
    """Material comes while its giver's window is open; questions for more are counted (S3, S5)."""
    if event.name == "material.given":
        exhibit = event.data["exhibit"]
        if exhibit["number"] != len(trial.exhibits) + 1:
            trial.fault("structure", event, f"exhibit {exhibit['number']} follows {len(trial.exhibits)}")
        _check_stage(trial, event)
        _check_reference(trial, event)
    matter = trial.matter_of(event)
    if event.name == "material.asked" and matter is not None:
        limit = trial.law.switch("max_material_requests")
        if matter.dispute is None or matter.phase not in LOCKED:
            trial.fault("S5", event, f"material asked for in {matter.phase}")
        elif matter.dispute.asked >= limit:
            trial.fault("S5", event, f"request {matter.dispute.asked + 1} for more material, {limit} are allowed")
        if not event.data["parties"] or not set(event.data["parties"]) <= set(PARTIES):
            trial.fault("S5", event, f"asked of {event.data['parties']}")
    decides = event.name == "phase.entered" and event.data["phase"] in {"DECIDING", "APPEAL_DECIDING"}
    if decides and matter is not None and matter.windows:
        trial.fault("S3", event, f"the decision begins while {', '.join(matter.windows)} may still hand in")


def _check_reference(trial: Trial, event: Event) -> None:
    """A tracking number is a code, an entry of the platform's record is there, and other material refers to nothing."""
    material = event.data["exhibit"]["material"]
    kind, reference = material["kind"], material.get("refers_to", "")
    if kind == "RECORD":
        known = trial.known.facts(event.at) + ALWAYS_THERE
        number = reference.removeprefix("R")
        if not number.isdigit() or not 1 <= int(number) <= known:
            trial.fault("S7", event, f"refers to {reference!r}, but the platform's record has {known} entries")
    elif kind == "TRACKING" and (not reference or " " in reference):
        trial.fault("S7", event, f"{reference!r} is no tracking number")
    elif kind in {"FILE", "TEXT"} and reference:
        trial.fault("S7", event, f"a {kind.lower()} refers to {reference!r}")


def _check_stage(trial: Trial, event: Event) -> None:
    """Handed in for a dispute only in one's own open window."""
    exhibit = event.data["exhibit"]
    stage, giver = exhibit["stage"], exhibit["giver"]
    if stage not in {"EVIDENCE", "APPEAL_EVIDENCE"} or giver not in PARTIES:
        return
    gathering = [m for m in trial.matters.values() if m.phase in {"EVIDENCE", "APPEAL_EVIDENCE"}]
    # Material given before one's window begins (after a hidden counterfeit the seller's waits) is early, not late.
    opened = [m for m in gathering if giver not in m.ended and event.at < m.windows.get(giver, LATER)]
    # Material that comes with raising a dispute or an appeal stands before or after its windows in the same batch;
    # messages and what they carry stay open while the platform decides (reading 12).
    together = trial.in_batch("dispute.raised", "appeal.raised", "message.sent")
    if not opened and not together:
        trial.fault("S5", event, f"{giver} handed in after its window")


def check_request_counts(trial: Trial, event: Event) -> None:
    """Offers, asking once more, withdrawals: as often and where the rows allow."""
    matter = trial.matter_of(event)
    if matter is None:
        return
    if event.name == "offer.made":
        _check_offer(trial, event, matter)
    elif event.name == "request.asked_again":
        if matter.asked_again >= trial.law.switch("max_ask_again") or matter.phase not in {
            "REJECTED",
            "PARCEL_REJECTED",
        }:
            trial.fault("arithmetic 3", event, f"asked again ({matter.asked_again} before) in {matter.phase}")
    elif event.name in {"offer.accepted", "offer.declined"} and matter.phase != "OFFERED":
        trial.fault("S27", event, f"{event.name} in {matter.phase}")
    elif event.name == "request.rejected" and matter.phase != "REVIEW":
        trial.fault("S27", event, f"rejected in {matter.phase}")
    elif event.name == "dispute.withdrawn" and matter.phase not in UNDECIDED:
        trial.fault("reading 7", event, f"only an undecided dispute is withdrawn, not one in {matter.phase}")


def _check_offer(trial: Trial, event: Event, matter: Matter) -> None:
    if matter.offers >= trial.law.switch("max_offers"):
        trial.fault("arithmetic 3", event, f"offer {matter.offers + 1}")
    if matter.phase != "REVIEW":
        trial.fault("S27", event, f"an offer in {matter.phase}")
    if matter.due is not None and abs((matter.due - event.at).total_seconds() - event.data["left"]) >= 1:
        trial.fault("arithmetic 3", event, f"{event.data['left']} seconds left of a review due {matter.due}")


def check_agreement(trial: Trial, event: Event) -> None:
    """Both sides, recorded terms, in time; it ends the dispute (S9, S13)."""
    matter = trial.matter_of(event)
    if matter is None or not event.name.startswith("agreement."):
        return
    if event.name == "agreement.proposed":
        until = trial.law.end("proposal", event.at).isoformat()
        if event.data["until"].replace("Z", "+00:00") != until:
            trial.fault("row: proposal", event, f"terms wait until {event.data['until']}, by the rulebook {until}")
        return
    proposal = matter.proposal
    if proposal is None:
        trial.fault("S9", event, f"{event.name} without proposed terms")
        return
    over = event.at.isoformat() >= proposal["until"].replace("Z", "+00:00")
    if event.name == "agreement.made":
        if event.role == proposal["by"]:
            trial.fault("S9", event, f"{event.role} agreed with itself")
        if over:
            trial.fault("row: proposal", event, "terms were accepted after they expired")
        if matter.phase in {"PAYING", "DEDUCTING"} and matter.remedy and matter.remedy.paid:
            trial.fault("reading 7", event, "an agreement replaced a judgement that was paid")
    elif event.role == "CLOCK" and not over:
        trial.fault("row: proposal", event, "terms expired early")


def check_process(trial: Trial, event: Event) -> None:
    """After a judicial process was declared the platform does nothing but what the parties or an order end (S14)."""
    matter = trial.matter_of(event)
    if matter is None:
        return
    if event.name == "process.declared":
        if matter.judged and matter.phase in EXECUTION:
            trial.fault("reading 8", event, "after an enforceable judgement only an order suspends, nothing stops")
        ends = [
            e for e in trial.in_batch("phase.entered", "matter.closed", matter=matter.number) if e.role == event.role
        ]
        if not any(e.data.get("phase") == "STOPPED" or e.name == "matter.closed" for e in ends):
            trial.fault("S14", event, "a judicial process was declared, but the platform did not stop")
    if matter.phase == "STOPPED" and event.name not in STOPPED_STILL and not _ending(trial, matter):
        trial.fault("S14", event, f"{event.name} after the platform stopped")
    released = event.name == "hold.released" and (
        matter.phase == "STOPPED" or trial.in_batch("process.declared", matter=matter.number)
    )
    if released and not _ending(trial, matter) and event.role != "CLOCK":
        trial.fault("S14", event, "a hold was released although the process goes on")
    if event.name == "process.order_recorded" and matter.phase != "STOPPED":
        trial.fault("S14", event, f"an order after a stop was recorded in {matter.phase}")


def check_suspension(trial: Trial, event: Event) -> None:
    """Only an order suspends execution, and the clock then stands still (reading 8, arithmetic 11)."""
    matter = trial.matter_of(event)
    if matter is None:
        return
    if event.name == "execution.suspended":
        left = (matter.due - event.at).total_seconds() if matter.due else 0
        if matter.phase == "SUSPENDED":  # a second order while the first one holds: the clock stands still
            left = matter.left.total_seconds() if matter.left is not None else 0
        elif matter.phase not in EXECUTION:
            trial.fault("reading 8", event, f"nothing is carried out in {matter.phase}")
        if abs(left - event.data["left"]) >= 1:
            trial.fault("arithmetic 11", event, f"{event.data['left']} seconds left, reckoned {left}")
    elif event.name == "execution.resumed" and matter.phase != "SUSPENDED":
        trial.fault("reading 8", event, f"execution resumed in {matter.phase}")


def _ending(trial: Trial, matter: Matter) -> bool:
    """Whether the parties or an order end the matter, in this batch or before."""
    names = ("agreement.made", "claim.conceded", "process.order_recorded")
    at, told = trial.batch[0].at, trial.in_batch("order.fact_noted")
    bank = any(e.data["fact"]["fact"] == "chargeback" for e in told)
    if bank and not (awaited(trial, matter, at) and awaited(trial, matter, at, inclusive=False)):
        return True  # the bank has decided
    return matter.agreed or matter.ordered or bool(trial.in_batch(*names, matter=matter.number))


def check_agents(trial: Trial, event: Event) -> None:
    """Findings and judgements only while the platform decides (S3, S7)."""
    matter = trial.matter_of(event)
    if matter is None or event.name not in {"finding.recorded", "line.assessed"} or event.role != AGENT:
        return
    if matter.phase not in LOCKED:
        trial.fault("S7", event, f"{event.name} in {matter.phase}")


def check_seller_material(trial: Trial, event: Event) -> None:
    """A window opened for a party that may still speak; the seller's waits for the customer's where it must."""
    matter = trial.matter_of(event)
    if matter is None or event.name != "material.window_opened" or event.data["party"] != SELLER:
        return
    waits = matter.seller_waits and not matter.anchors["NOTICE"] and matter.phase not in LOCKED - {"EVIDENCE"}
    if waits and not trial.in_batch("material.asked", "appeal.raised", "appeal.sent_back", matter=matter.number):
        trial.fault("row: material_seller", event, "the seller's window began before the customer's material")
