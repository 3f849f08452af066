"""Reminders: at the rulebook's hours before the due moment, by the clock, once for all whose moment has come."""

from datetime import timedelta

from mufakat.lab.auditor.moments import SECOND, instant, maybe_instant
from mufakat.lab.auditor.trial import CLOCK, Event, Trial


def check_planned(trial: Trial, event: Event) -> None:
    """A phase entered: when whoever it waits for is to be reminded, as its clock says and only of what lies ahead."""
    matter = trial.matter_of(event)
    data = event.data
    if event.name != "phase.entered" or matter is None or "remind" not in data:
        return  # logs of earlier versions know no reminders
    due, clock = maybe_instant(data["due"]), data["clock"]
    if due is None or clock is None:
        return
    hours = [int(str(each).partition(" ")[0]) for each in trial.law.value("clock", clock, "remind") or ()]
    if data["phase"] == "PAYING" and matter.remedy is not None and matter.remedy.at_once:
        hours = []  # the provider pays: nobody is waited for
    wanted = sorted(at for each in hours if (at := due - timedelta(hours=each)) > event.at)
    planned = [instant(each) for each in data["remind"]]
    same = len(planned) == len(wanted)
    if not same or any(abs(a - b) >= SECOND for a, b in zip(planned, wanted, strict=True)):
        told = ", ".join(each.isoformat() for each in wanted) or "nobody"
        trial.fault(f"row: {clock}", event, f"{data['phase']} reminds {data['remind']}, by the rulebook {told}")


def check_given(trial: Trial, event: Event) -> None:
    """A reminder comes from the clock, not before its moment, not twice, not at or after the due moment (S19)."""
    matter = trial.matter_of(event)
    if event.name != "matter.reminded" or matter is None:
        return
    if event.role != CLOCK:
        trial.fault("S19", event, f"{event.role} reminded")
    if matter.closed or matter.due is None or instant(event.data["due"]) != matter.due:
        trial.fault("S19", event, f"reminded of {event.data['due']}, {matter.phase} is due {matter.due}")
    elif event.at >= matter.due:
        trial.fault("S19", event, f"reminded after {matter.due.isoformat()} had come")
    elif not any(moment <= event.at for moment in matter.remind):
        trial.fault("S19", event, f"reminded in {matter.phase} before the moment of a reminder, or once more")
