"""Every due moment, recomputed: which clock runs in a phase, from when, for how long, and what its silence means."""

from datetime import datetime, timedelta

from mufakat.lab.auditor.moments import SECOND, instant, maybe_instant
from mufakat.lab.auditor.trial import CUSTOMER, SELLER, Event, Matter, Trial

PLAIN = {
    "OFFERED": {"offer"},
    "REJECTED": {"dispute_window"},
    "PARCEL_REJECTED": {"parcel_dispute_window"},
    "DECIDING": {"decision"},
    "DISMISSED": {"second_dispute"},
    "AWARDED": {"seller_appeal"},
    "APPEAL_EVIDENCE": {"appeal_material"},
    "APPEAL_DECIDING": {"appeal_decision"},
    "AWAITING_RETURN": {"ship_back"},
    "RETURNING": {"no_scan"},
    "REPORTED": {"report"},
    "ASSESSING": {"execution_decision"},
    "DELIVERING": {"no_scan"},
    "CONFIRMING": {"confirm"},
    "PAYING": {"compliance"},
    "DEDUCTING": {"collection"},
    "LATE_APPEAL": {"late_appeal"},
    "SUSPENDED": {"suspension"},
    "STOPPED": {"stop"},
}
"""Phases whose clock is always the same one; the others are in `_clocks`."""


def check_phase(trial: Trial, event: Event) -> None:
    """A phase entered: its clock, its due moment and the meaning of silence are the rulebook's."""
    matter = trial.matter_of(event)
    if event.name != "phase.entered" or matter is None:
        return
    data = event.data
    phase, clock, due = data["phase"], data["clock"], maybe_instant(data["due"])
    if phase == "CLOSED":
        if due is not None:
            trial.fault("reading 15", event, f"a closed matter waits until {due}")
        return
    if due is None or clock is None:
        trial.fault("reading 13", event, f"{phase} has no due moment")
        return
    law = trial.law
    if clock not in _clocks(trial, matter, phase):
        trial.fault(f"row: {phase}", event, f"the clock {clock} does not run in {phase} here")
        return
    if data["lapse"] != law.silence(clock):
        trial.fault(f"row: {clock}", event, f"silence means {law.silence(clock)}, not {data['lapse']}")
    expected = _expected(trial, matter, phase, clock)
    if not any(abs(due - each) < SECOND for each in expected):
        wanted = ", ".join(sorted({each.isoformat() for each in expected})) or "no moment known"
        trial.fault(f"row: {clock}", event, f"{phase} is due {due.isoformat()}, by the rulebook {wanted}")


def _clocks(trial: Trial, matter: Matter, phase: str) -> set[str]:
    """The clocks that may run in a phase of this matter."""
    if phase in PLAIN:
        return PLAIN[phase]
    if phase == "REVIEW":
        return {"cancel_review" if trial.kind == "CANCEL" else "seller_review"}
    if phase == "EVIDENCE":
        return _evidence_clocks(trial, matter)
    if phase == "INSPECTING":
        return _inspection(trial, matter)
    if phase == "PERFORMING":
        if matter.judged:
            return {"compliance"}
        # Goods owed by agreement, concession in a dispute or a court: the seed gives them no clock of their own.
        plain = matter.remedy is not None and matter.remedy.basis in {"APPROVAL", "LAPSE", "RULE", "OFFER"}
        return {"ship_out"} if plain and not matter.disputes else {"ship_out", "compliance"}
    return set()


def _inspection(trial: Trial, matter: Matter) -> set[str]:
    """The clocks that may run while the seller inspects."""
    if trial.in_batch("request.asked_again", matter=matter.number):
        return {"inspection_self", "inspection_platform"}  # the rows do not speak of a second inspection
    if matter.phase == "INSPECTING" and trial.in_batch("due.extended", matter=matter.number):
        return {matter.clock}
    # What a suspension interrupted goes on; what happened meanwhile may have begun another.
    inspections = {"inspection_self", "inspection_platform"}
    goes_on = inspections & {matter.interrupted} if matter.phase == "SUSPENDED" else set()
    if matter.method == "SELF_ARRANGED" and not matter.arrived:
        return goes_on | {"inspection_self"}
    if matter.judged:
        return goes_on | {"compliance"}
    return goes_on | {"inspection_self" if matter.method == "SELF_ARRANGED" else "inspection_platform"}


def _evidence_clocks(trial: Trial, matter: Matter) -> set[str]:
    """The clock of the window that ends next."""
    if trial.in_batch("material.asked", matter=matter.number) or _asked_runs(matter):
        return {"material_asked"}
    soonest = min(matter.windows.values(), default=None)
    found = set()
    for party, until in matter.windows.items():
        if until == soonest:
            hidden = party == CUSTOMER and _hidden(trial, matter)
            found.add(
                "material_seller" if party == SELLER else "material_customer_hidden" if hidden else "material_customer"
            )
    return found


def _asked_runs(matter: Matter) -> bool:
    return matter.clock == "material_asked" and matter.phase == "EVIDENCE"


def _hidden(trial: Trial, matter: Matter) -> bool:
    """Whether a line is a counterfeit that was not visible on arrival."""
    return any(trial.claims[line]["hidden"] for line in matter.lines)


def _expected(trial: Trial, matter: Matter, phase: str, clock: str) -> list[datetime]:
    """The moments at which the phase may be due."""
    law = trial.law
    if phase in {"EVIDENCE", "APPEAL_EVIDENCE"}:
        return [min(matter.windows.values())] if matter.windows else []
    anchors = matter.anchors[law.row(clock)["anchor"]]
    if clock == "no_scan":
        anchors = _last_scans(trial, matter, anchors)
    found = [*(law.end(clock, each) for each in anchors), *matter.resumed]
    if phase == matter.phase == "SUSPENDED":  # it renews itself while a bank has not decided
        found.append(law.end(clock, trial.batch[0].at))
    if clock == "second_dispute" and law.switch("second_dispute_in_acceptance"):
        found = _second_dispute(matter, found)
    if phase == matter.phase == "AWAITING_RETURN" and matter.due is not None:
        found.append(matter.due)  # new terms for goods that were to go back anyway: from when is not told
    if phase == "INSPECTING" and trial.in_batch("agreement.made", matter=matter.number):
        found.append(law.end(clock, trial.batch[0].at))  # new terms for goods on their way: the same doubt
    if clock == "compliance" and matter.clock == "compliance" and matter.due is not None and matter.judged:
        found.append(matter.due)  # the 48 hours go on through all of the seller's steps
    return found


def _last_scans(trial: Trial, matter: Matter, anchors: list[datetime]) -> list[datetime]:
    """The latest of upload and scans, by when that became known (decision 0005)."""
    parcel = matter.goods or matter.tracking
    at = trial.batch[0].at
    return [max([*anchors, *trial.known.learnt(parcel, at)], default=at), at]


def _second_dispute(matter: Matter, floors: list[datetime]) -> list[datetime]:
    """What remains of the acceptance period, and at least the market's window.

    Where lines dismissed together have different periods the seed does not say which counts: each is accepted.
    """
    ends = [end for line, end in matter.accept.items() if line in matter.lines and end is not None]
    return [max(floor, end) for floor in floors for end in ends] or floors


def check_window(trial: Trial, event: Event) -> None:
    """A window for material: as long as the rulebook says, from the moment it says (S3, S5)."""
    matter = trial.matter_of(event)
    if event.name != "material.window_opened" or matter is None:
        return
    until, party, law = instant(event.data["until"]), event.data["party"], trial.law
    number = matter.number
    if trial.in_batch("due.extended", matter=number):
        if until != matter.windows.get(party):
            trial.fault("reading 13", event, f"{party}'s window was extended to {until.isoformat()}")
        return
    sent_back = bool(trial.in_batch("appeal.sent_back", matter=number))
    if trial.in_batch("appeal.raised", matter=number):
        clocks = ["appeal_material"]
    elif trial.in_batch("material.asked", matter=number):
        clocks = ["material_asked"]
    elif party == SELLER:
        clocks = ["material_seller"]
    else:
        clocks = ["material_customer_hidden" if _hidden(trial, matter) else "material_customer"]
    starts = {at for clock in clocks for at in matter.anchors[law.row(clock)["anchor"]]}
    if sent_back:
        starts.add(event.at)
    expected = [law.end(clock, start) for clock in clocks for start in starts]
    if clocks == ["material_asked"]:
        expected += _asked_for(trial, number, expected)
    if until not in expected:
        wanted = ", ".join(each.isoformat() for each in expected) or "no window now"
        trial.fault(f"row: {clocks[0]}", event, f"{party}'s window ends {until.isoformat()}, by the rulebook {wanted}")


def _asked_for(trial: Trial, number: int, ends: list[datetime]) -> list[datetime]:
    """The moment that an agent named, where it lies between the market's fewest hours and the clock's own end (S5)."""
    found = []
    for asked in trial.in_batch("material.asked", matter=number):
        named = maybe_instant(asked.data.get("until"))
        least = asked.at + timedelta(hours=trial.law.switch("least_hours_for_material"))
        if named is not None and any(least <= named <= end for end in ends):
            found.append(named)
    return found


def check_moment(trial: Trial, event: Event) -> None:
    """No lapse early, and at the due moment only the lapse's outcome is possible (reading 13)."""
    matter = trial.matter_of(event)
    if matter is None or matter.due is None or matter.closed:
        return
    if event.role == "SYSTEM" and trial.in_batch("chargeback.frozen", matter=matter.number):
        return  # not the silence counts then, but what the bank was asked
    if event.role == "CLOCK":
        expiry = event.name in {"agreement.rejected", "matter.reminded"}
        fresh = any(e.role == "CLOCK" and e.number < event.number for e in trial.in_batch_of(matter.number))
        if event.at < matter.due and not expiry and not fresh:
            trial.fault(
                "reading 13", event, f"the clock acted before {matter.phase} was due ({matter.due.isoformat()})"
            )
    elif event.at >= matter.due and event.name != "phase.entered":
        trial.fault(
            "reading 13", event, f"{matter.phase} was due {matter.due.isoformat()}; only its lapse was possible"
        )


def check_batch(trial: Trial) -> None:
    """After each command every open matter has a due moment that lies ahead: whatever was due has lapsed."""
    last = trial.batch[-1]
    for matter in trial.matters.values():
        if matter.closed:
            continue
        if matter.due is None:
            trial.fault(
                "reading 13",
                last,
                f"matter {matter.number} is open in {matter.phase or 'no phase'} without a due moment",
            )
        elif matter.due <= last.at:
            trial.fault(
                "reading 13",
                last,
                f"{matter.phase} of matter {matter.number} was due {matter.due.isoformat()} and did not lapse",
            )
