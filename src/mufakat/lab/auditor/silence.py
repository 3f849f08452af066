"""What silence led to: each lapse has the outcome that the rulebook gives its clock, and leads where the row says."""

from datetime import datetime

from mufakat.lab.auditor.banks import awaited
from mufakat.lab.auditor.moments import maybe_instant
from mufakat.lab.auditor.trial import CLOCK, Event, Trial

Stood = tuple[str, str, datetime | None]
"""Where a matter stood: phase, clock, due moment."""

MUST = {
    "APPROVE": {"request.approved"},
    "REJECT": {"request.rejected"},
    "CLOSE": {"matter.closed"},
    "REOPEN_REVIEW": {"offer.declined"},
    "JUDGE_ON_FILE": {"material.window_closed"},
    "ESCALATE": {"decision.escalated"},
    "REFUND": {"return.accepted", "remedy.turned_into_refund"},
    "LOST": {"return.risk_decided", "remedy.turned_into_refund"},
    "BINDS": {"return.report_accepted"},
    "DONE": {"remedy.confirmed"},
    "DEDUCT": {"deduction.ordered"},
    "LEAVE_DEBT": {"debt.left"},
    "RELEASE": {"matter.closed"},
    "RESUME": {"execution.resumed"},
}
"""Outcome to the events of which one must stand in the log."""

FLAGGED = {
    "offer.declined",
    "material.window_closed",
    "execution.resumed",
    "return.accepted",
    "return.report_accepted",
    "remedy.confirmed",
}
"""Events that say whether they came by silence."""


def check_lapses(trial: Trial, before: dict[int, Stood]) -> None:
    """The lapses of one batch; `before` holds phase, clock and due moment of each matter when the batch began."""
    standing = dict(before)
    names: dict[int, list[Event]] = {}
    for event in trial.batch:
        number = event.data.get("matter")
        if number is None:
            continue
        if event.role == CLOCK and event.name not in {"agreement.rejected", "matter.reminded"}:
            names.setdefault(number, []).append(event)
        if event.name in {"phase.entered", "matter.closed"}:
            after = event.data.get("phase", "CLOSED")
            if event.role == CLOCK and number in standing:
                renewed = standing[number][0] == after == "SUSPENDED" and awaited(
                    trial, trial.matters[number], event.at
                )
                if not renewed:
                    _judge(trial, standing[number], names.pop(number, []), after)
            standing[number] = (after, event.data.get("clock") or "", maybe_instant(event.data.get("due")))


def _judge(trial: Trial, stood: Stood, events: list[Event], after: str) -> None:
    phase, clock, due = stood
    if not clock or not events or (due is not None and due > events[0].at):
        return  # not due: what was learnt while execution stood still is caught up with
    law = trial.law
    outcome = law.silence(clock)
    found = {event.name for event in events}
    last = events[-1]
    must = MUST.get(outcome or "", set())
    # A refund that is nothing or was paid in full leaves nothing to deduct: the matter may then simply close.
    spared = outcome == "DEDUCT" and after != "DEDUCTING"
    if must and not must & found and not spared:
        trial.fault(f"row: {clock}", last, f"silence in {phase} means {outcome}, but led to {', '.join(sorted(found))}")
    allowed = {*law.row(clock).get("then", []), "CLOSED"}
    if after not in allowed:
        trial.fault(f"row: {clock}", last, f"silence in {phase} leads to {', '.join(sorted(allowed))}, not to {after}")
    if outcome == "FINAL" and phase == "DISMISSED" and after != "CLOSED":
        trial.fault("row: second_dispute", last, f"a dismissal that became final leads to {after}")


def check_flag(trial: Trial, event: Event) -> None:
    """What says that it came by silence came from the clock, and the other way round."""
    if event.name in FLAGGED and bool(event.data["lapsed"]) != (event.role == CLOCK):
        told = "by silence" if event.data["lapsed"] else "by an act"
        trial.fault("reading 13", event, f"{event.name} says that it came {told}, but {event.role} did it")
