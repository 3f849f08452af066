"""The log as such: numbers, times, batches, the first event, splits, and matters that stay closed."""

from mufakat.lab.auditor.trial import EXECUTION, Event, Matter, Trial

EARLY = {"REVIEW", "OFFERED", "REJECTED", "PARCEL_REJECTED", "DISMISSED", "AWARDED"}
GRANTING = {"claim.conceded", "agreement.made", "process.order_recorded", "judgement.accepted"}
"""What leads to a remedy from wherever the matter stands (readings 5, 7 and 8); accepting also ends an appeal."""

STEPS: dict[str, set[str]] = {
    "": {"REVIEW", *EXECUTION, "CLOSED"},
    "REVIEW": {"REVIEW", "OFFERED", "REJECTED", "STOPPED", *EXECUTION},
    "OFFERED": {"REVIEW", "OFFERED", "STOPPED", *EXECUTION},
    "REJECTED": {"REVIEW", "EVIDENCE", "REJECTED", "STOPPED"},
    "PARCEL_REJECTED": {"EVIDENCE", "REVIEW", "INSPECTING", "PARCEL_REJECTED", "STOPPED"},
    "EVIDENCE": {"EVIDENCE", "DECIDING", "REJECTED", "PARCEL_REJECTED", "DISMISSED", "STOPPED"},
    "DECIDING": {"DECIDING", "EVIDENCE", "REJECTED", "PARCEL_REJECTED", "DISMISSED", "AWARDED", "STOPPED", *EXECUTION},
    "DISMISSED": {"EVIDENCE", "DECIDING", "STOPPED"},
    "AWARDED": {"APPEAL_EVIDENCE", "DECIDING", "STOPPED", *EXECUTION},
    "APPEAL_EVIDENCE": {"APPEAL_EVIDENCE", "APPEAL_DECIDING", "STOPPED"},
    "APPEAL_DECIDING": {
        "APPEAL_DECIDING",
        "APPEAL_EVIDENCE",
        "DISMISSED",
        "EVIDENCE",
        "DECIDING",
        "STOPPED",
        *EXECUTION,
    },
    "AWAITING_RETURN": {"RETURNING", "INSPECTING", "SUSPENDED"},
    "RETURNING": {"RETURNING", "INSPECTING", "REPORTED", "ASSESSING", "PERFORMING", "PAYING", "SUSPENDED"},
    "INSPECTING": {
        "INSPECTING",
        "PARCEL_REJECTED",
        "REPORTED",
        "ASSESSING",
        "PERFORMING",
        "PAYING",
        "DEDUCTING",
        "SUSPENDED",
    },
    "REPORTED": {"ASSESSING", "PERFORMING", "PAYING", "SUSPENDED"},
    "ASSESSING": {"ASSESSING", "INSPECTING", "PERFORMING", "PAYING", "CONFIRMING", "SUSPENDED"},
    "PERFORMING": {"PERFORMING", "DELIVERING", "CONFIRMING", "PAYING", "DEDUCTING", "SUSPENDED"},
    "DELIVERING": {"DELIVERING", "CONFIRMING", "PERFORMING", "PAYING", "ASSESSING", "SUSPENDED"},
    "CONFIRMING": {"CONFIRMING", "ASSESSING", "SUSPENDED"},
    "PAYING": {"PAYING", "DEDUCTING", "LATE_APPEAL", "SUSPENDED"},
    "DEDUCTING": {"DEDUCTING", "LATE_APPEAL", "PAYING", "SUSPENDED"},
    "LATE_APPEAL": {"APPEAL_EVIDENCE"},
    "SUSPENDED": {"SUSPENDED", *EXECUTION},  # a second order may come while the first one holds
    "STOPPED": {"STOPPED"},
}
"""Phase to the phases that the rows of the market's tables can lead to; a matter may close from any."""

AFTER_CLOSE = {"refund.paid", "advance.recovered", "adjustment.booked", "hold.released", "matter.split"} | {
    "chargeback.settled",
    "carrier.claim_answered",
}
"""Late reports of the provider are facts, not steps; all else finds the matter closed."""
WITH_A_DEBT = {"refund.reduced", "refund.ordered", "deduction.ordered", "deduction.stopped"}
"""What may still happen to a debt that was left: it is lowered where the money went back elsewhere."""


def check_order(trial: Trial, event: Event) -> None:
    """Numbers without gaps, times that never go back, batches that hold together."""
    before = trial.past[-1] if trial.past else None
    wanted = before.number + 1 if before else 1
    if event.number != wanted:
        trial.fault("structure", event, f"event {event.number} stands where {wanted} is due")
    if before is None and event.name != "request.opened":
        trial.fault("structure", event, f"a case begins with request.opened, not {event.name}")
    if before is not None and event.name == "request.opened":
        trial.fault("structure", event, "a case is opened twice")
    if before is not None and event.at < before.at:
        trial.fault("structure", event, f"time goes back from {before.at} to {event.at}")
    if event.batch != trial.batch[0].number:
        trial.fault("structure", event, f"batch {event.batch} stands in the batch of {trial.batch[0].number}")
    if event.at != trial.batch[0].at:
        trial.fault("structure", event, "the events of one command have two times")


def check_matter(trial: Trial, event: Event) -> None:
    """The matter exists and is open; splits keep lines and numbers."""
    if "matter" not in event.data:
        return
    matter = trial.matter_of(event)
    if matter is None:
        trial.fault("structure", event, f"{event.name} speaks of matter {event.data['matter']}, which does not exist")
        return
    debt = matter.outcome == "DEBT_LEFT" and event.name in {*WITH_A_DEBT, "chargeback.frozen"}
    # A payment that overtook a chargeback stands as owed: the customer has the chargeback's money twice instead.
    debt |= event.name == "refund.ordered" and bool(trial.in_batch("chargeback.settled", matter=matter.number))
    if matter.closed and event.name not in AFTER_CLOSE and not debt:
        trial.fault("reading 15", event, f"{event.name} after matter {matter.number} was closed")
    if event.name == "matter.split":
        _check_split(trial, event, matter)
    elif event.name == "phase.entered":
        _check_step(trial, event, matter)


def _check_split(trial: Trial, event: Event, matter: Matter) -> None:
    new, lines = event.data["new"], list(event.data["lines"])
    if new in trial.matters:
        trial.fault("structure", event, f"matter {new} exists already")
    if not lines or not set(lines) < set(matter.lines) or len(set(lines)) != len(lines):
        trial.fault("structure", event, f"lines {lines} cannot leave a matter of {matter.lines}")


def _check_step(trial: Trial, event: Event, matter: Matter) -> None:
    phase = event.data["phase"]
    if phase == "DECIDING" and matter.phase in {"DISMISSED", "AWARDED"}:  # only for whom a machine judged against
        if not trial.in_batch("person.asked", matter=matter.number):
            trial.fault("machine", event, f"{matter.phase} leads to DECIDING only where a person is asked for")
        return
    if phase in STEPS.get(matter.phase, set()) or phase == "CLOSED":
        return
    if phase in EXECUTION and trial.in_batch(*GRANTING, matter=matter.number):
        return
    if phase == matter.phase and trial.in_batch("due.extended", matter=matter.number):
        return
    if phase in {"SUSPENDED", "STOPPED"} and trial.in_batch("chargeback.frozen", matter=matter.number):
        return
    # Before an enforceable judgement a judicial process stops the platform wherever it is, also after an approval.
    if phase == "STOPPED" and matter.phase in EXECUTION and not matter.judged:
        return
    rule = (
        "S14"
        if matter.phase == "STOPPED"
        else "reading 11"
        if phase in EXECUTION
        else "row: " + (matter.phase or phase)
    )
    trial.fault(rule, event, f"{matter.phase or 'the start'} does not lead to {phase}")
