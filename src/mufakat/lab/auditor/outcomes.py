"""How matters end: each outcome has its reason in the log, an agreement ends the dispute, a hold has its end."""

from mufakat.lab.auditor.money import elsewhere
from mufakat.lab.auditor.trial import CLOCK, CUSTOMER, LOCKED, Event, Matter, Trial
from mufakat.lab.auditor.worth import worth

ENDS_A_HOLD = (
    "matter.closed",
    "dispute.withdrawn",
    "agreement.made",
    "claim.conceded",
    "process.order_recorded",
    "refund.reduced",
)


def check_outcome(trial: Trial, event: Event) -> None:
    """A matter closes for a reason that stands in the log (reading 15)."""
    matter = trial.matter_of(event)
    if event.name != "matter.closed" or matter is None:
        return
    outcome = event.data["outcome"]
    if not _has_reason(trial, event, matter, outcome):
        trial.fault("reading 15", event, f"closed as {outcome} from {matter.phase} without the reason for it")
    if outcome == "DEBT_LEFT" and matter.remedy is not None and not matter.remedy.open:
        trial.fault("row: collection", event, "a debt is left although all is paid")


def _has_reason(trial: Trial, event: Event, matter: Matter, outcome: str) -> bool:
    remedy, number = matter.remedy, matter.number
    if outcome == "REFUNDED":
        return remedy is not None and remedy.total is not None and not remedy.open
    if outcome == "NOT_PURSUED":
        return event.role == CLOCK
    if outcome == "NOT_RETURNED":
        return event.role == CLOCK and matter.phase == "AWAITING_RETURN"
    if outcome == "RISK_BORNE_BY_CUSTOMER":
        decided = trial.in_batch("return.risk_decided", matter=number)
        return any(each.data["bearer"] == CUSTOMER for each in decided)
    if outcome == "SETTLED_BY_PARTIES":
        return matter.agreed or bool(trial.in_batch("claim.conceded", matter=number))
    if outcome == "STOPPED_EXTERNAL_PROCESS":
        return matter.stopped
    if outcome == "PAID_ELSEWHERE" and remedy is not None and not remedy.base:
        return True
    if outcome == "PAID_ELSEWHERE" and matter.stopped and not _left(trial, event, matter):
        return True  # the bank gave all of it back
    names = {
        "WITHDRAWN": ("request.withdrawn", "dispute.withdrawn"),
        "DEBT_LEFT": ("debt.left",),
        "PAID_ELSEWHERE": ("refund.reduced",),
        "REVERSED_ON_APPEAL": ("appeal.decided", "appeal.reversal_booked"),
    }.get(outcome)
    return names is None or bool(trial.in_batch(*names, matter=number))


def _left(trial: Trial, event: Event, matter: Matter) -> int:
    """What could still go back for a matter's units."""
    pairs = [(line, trial.units(line)) for line in matter.lines]
    return sum(
        max(0, worth(trial.known, line, units, event.at) - elsewhere(trial, line, units, event.at))
        for line, units in pairs
    )


def check_right_left(trial: Trial, event: Event) -> None:
    """What was withdrawn or dismissed stays open while it may be raised again (S11)."""
    matter = trial.matter_of(event)
    if event.name != "matter.closed" or matter is None or matter.dispute is None:
        return
    ended = trial.in_batch("dispute.withdrawn", "dispute.judged", matter=matter.number)
    other = trial.in_batch("agreement.made", "claim.conceded", "judgement.accepted", matter=matter.number)
    if not ended or other or matter.dispute.late or matter.dispute.number >= trial.law.switch("max_disputes"):
        return
    judged = [line for each in ended for line in each.data.get("lines", [])]
    won = {each["line_id"] for each in judged if each["decision"] == "FOR_CUSTOMER"}  # nothing to raise again
    ends = {line: matter.accept.get(line) for line in matter.lines if line not in won}
    left = [line for line, end in ends.items() if end is not None and end > event.at]
    if left:
        trial.fault(
            "S11", event, f"closed at once, but {', '.join(left)} could still be disputed until the period's end"
        )


def check_agreed(trial: Trial) -> None:
    """An agreement ends the dispute: the platform decides no more (S9, S13)."""
    for event in trial.in_batch("agreement.made"):
        matter = trial.matter_of(event)
        if matter is not None and not matter.closed and matter.phase in {*LOCKED, "REJECTED", "DISMISSED", "AWARDED"}:
            trial.fault("S13", event, f"the parties agreed, but the matter stays in {matter.phase}")


def check_release(trial: Trial, event: Event) -> None:
    """A hold lasts until the matter is paid, lost, settled or closed (reading 9)."""
    matter = trial.matter_of(event)
    if event.name != "hold.released" or matter is None:
        return
    judged = trial.in_batch("dispute.judged", matter=matter.number)
    lost = any(all(line["decision"] == "FOR_SELLER" for line in each.data["lines"]) for each in judged)
    paid = matter.remedy is not None and matter.remedy.total is not None and matter.remedy.paid >= matter.remedy.total
    if not (lost or paid or matter.phase == "STOPPED" or trial.in_batch(*ENDS_A_HOLD, matter=matter.number)):
        trial.fault("reading 9", event, f"a hold ended in {matter.phase} without an outcome")
