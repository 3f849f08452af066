"""Cases that came from another system (decision 0013): what their history may hold, and how they are from here on.

Before `case.imported` people were under another system's clocks: due moments are moved on by the system, never lapse,
and no money moves. What the order's facts say was known there when it happened, whenever it was recorded here.
"""

from mufakat.lab.auditor.faults import Json
from mufakat.lab.auditor.moments import instant
from mufakat.lab.auditor.trial import CLOCK, SYSTEM, Event, Trial

NAME = "case.imported"
MONEY = {
    "refund.ordered",
    "refund.paid",
    "deduction.ordered",
    "deduction.stopped",
    "debt.left",
    "appeal.reversal_booked",
}
"""What moves money, or orders that it move."""


def arrival(events: list[Json]) -> Json | None:
    """The event with which a case came in, or None for one that began here."""
    return next((event for event in events if event["name"] == NAME), None)


def facts_as_told(facts: list[Json], events: list[Json]) -> list[Json]:
    """The facts, each known when it happened where that was before the case came in."""
    came = arrival(events)
    if came is None:
        return facts
    return [_as_told(each, came["at"]) for each in facts]


def _as_told(each: Json, came: str) -> Json:
    at = each["fact"]["at"]
    known_then = instant(at) <= instant(each["known_at"]) <= instant(came)
    return {**each, "known_at": at} if known_then else each


def check_import(trial: Trial, event: Event) -> None:
    """A case comes in once, told by the system; nothing of ours lapsed and no money moved before."""
    if event.name != NAME:
        return
    if any(each.name == NAME for each in trial.past):
        trial.fault("structure", event, "a case comes in twice")
    if event.number != event.batch:
        trial.fault("structure", event, "a case comes in by a command of its own")
    if not event.data["source"] or not event.data["external_id"]:
        trial.fault("structure", event, "nobody says where the case comes from")
    steps = {each.batch for each in trial.past if each.role != SYSTEM or each.name == "process.declared"}
    if len(steps) > event.data["steps"]:
        trial.fault("structure", event, f"{event.data['steps']} steps were told, but {len(steps)} stand in the log")
    for each in trial.past:
        if each.role == CLOCK:
            trial.fault("reading 13", each, f"{each.name}: a deadline of ours counted while the case was elsewhere")
        if each.name in MONEY:
            trial.fault("reading 9", each, f"{each.name} before the case came in: another system pays it too")


def check_arrival(trial: Trial) -> None:
    """From here on nobody is surprised: each extension of this moment goes forward, and only that happens with it."""
    if not trial.in_batch(NAME):
        return
    for event in trial.batch:
        if event.name not in {NAME, "due.extended", "material.window_opened", "phase.entered"}:
            trial.fault("structure", event, f"{event.name} came in with the case")
        if event.name == "due.extended" and event.data["seconds"] <= 0:
            trial.fault("reading 13", event, "a due moment was brought forward when the case came in")
