"""What is held back from the seller's payouts: from the raising of a dispute until its outcome (reading 9)."""

from mufakat.lab.auditor.money import claimed
from mufakat.lab.auditor.trial import Event, Matter, Trial

UNDECIDED = {"EVIDENCE", "DECIDING", "AWARDED", "APPEAL_EVIDENCE", "APPEAL_DECIDING"}
"""Where a dispute waits for its outcome, the seller's late appeal aside."""


def check_hold(trial: Trial) -> None:
    """The amount in dispute is held back from the raising on, and no hold outlives its matter (reading 9)."""
    for event in trial.batch:
        matter = trial.matter_of(event)
        if matter is None:
            continue
        if event.name == "dispute.raised" and not matter.closed:
            _check_held(trial, event, matter)
        elif event.name == "matter.closed" and matter.hold:
            trial.fault(
                "reading 9", event, f"{matter.hold} is still held after the matter was closed ({matter.outcome})"
            )


def _check_held(trial: Trial, event: Event, matter: Matter) -> None:
    low = sum(min(claimed(trial, line, event.at, goods=False)) for line in matter.lines)
    fee = trial.known.order.get("shipping_fee", 0)
    # Whether the shipping fee is part of the amount in dispute the seed does not say.
    if not low <= matter.hold <= low + fee:
        trial.fault("reading 9", event, f"{matter.hold} is held, {low} is in dispute")


def check_held_on(trial: Trial) -> None:
    """Money is held as long as the dispute has no outcome, and never more than what may be collected."""
    for matter in trial.matters.values():
        dispute, remedy = matter.dispute, matter.remedy
        if matter.closed or dispute is None:
            continue
        if matter.phase in UNDECIDED and not dispute.late and not matter.hold and _in_dispute(trial, matter):
            trial.fault("reading 9", trial.batch[-1], f"nothing is held in {matter.phase}")
        if remedy is not None and remedy.total and matter.hold > remedy.open:
            trial.fault("reading 9", trial.batch[-1], f"{matter.hold} is held, {remedy.open} is open")


def _in_dispute(trial: Trial, matter: Matter) -> int:
    """What the lines in dispute are worth at the least, or what was awarded for them."""
    lines = matter.dispute.lines if matter.dispute else {}
    if matter.phase != "EVIDENCE" and lines:
        return sum(int(lines[line]["amount"]) for line in matter.lines if line in lines)
    at = trial.batch[-1].at
    return sum(min(claimed(trial, line, at, goods=False)) for line in matter.lines)
