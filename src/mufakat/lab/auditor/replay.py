"""One case, event by event: every check sees the picture before the event, then the event is taken in."""

from collections.abc import Callable
from datetime import date, datetime
from itertools import groupby

from mufakat.lab.auditor import (
    acceptance,
    adjusting,
    banks,
    collecting,
    disputing,
    dues,
    finality,
    holding,
    imported,
    judging,
    money,
    opening,
    outcomes,
    people,
    privacy,
    reminding,
    returning,
    roles,
    silence,
    structure,
)
from mufakat.lab.auditor.faults import Json
from mufakat.lab.auditor.law import Law
from mufakat.lab.auditor.moments import instant, local_day
from mufakat.lab.auditor.parcel import Known
from mufakat.lab.auditor.picture import apply
from mufakat.lab.auditor.trial import Event, Trial, read

CHECKS: tuple[Callable[[Trial, Event], None], ...] = (
    structure.check_order,
    structure.check_matter,
    imported.check_import,
    privacy.check_privacy,
    roles.check_role,
    roles.check_lock,
    dues.check_moment,
    silence.check_flag,
    opening.check_opening,
    opening.check_accept_until,
    opening.check_rejection,
    acceptance.check_pauses,
    reminding.check_given,
    dues.check_window,
    dues.check_phase,
    reminding.check_planned,
    disputing.check_raising,
    disputing.check_material,
    disputing.check_request_counts,
    disputing.check_agreement,
    disputing.check_process,
    disputing.check_suspension,
    disputing.check_agents,
    disputing.check_seller_material,
    judging.check_finding,
    judging.check_judgement,
    people.check_draft,
    people.check_people,
    people.check_right_to_a_person,
    people.check_grounds,
    finality.check_appeal,
    finality.check_enforceable,
    collecting.check_deduction,
    collecting.check_advance,
    collecting.check_own_payment,
    collecting.check_after_debt,
    finality.check_last_chance,
    finality.check_execution_roles,
    returning.check_risk,
    returning.check_report,
    returning.check_claim,
    banks.check_asked,
    banks.check_open,
    banks.check_frozen,
    money.check_remedy,
    money.check_refund,
    adjusting.check_adjustment,
    adjusting.check_destination,
    outcomes.check_outcome,
    outcomes.check_right_left,
    outcomes.check_release,
)
BATCH_CHECKS: tuple[Callable[[Trial], None], ...] = (
    dues.check_batch,
    banks.check_stands,
    returning.check_carrier,
    imported.check_arrival,
    opening.check_grant_at_once,
    money.check_owed,
    holding.check_hold,
    holding.check_held_on,
    outcomes.check_agreed,
    people.check_rest,
)


def prepare(order: Json, facts: list[Json], events: list[Json], rulebook: Json, day: date | None = None) -> Trial:
    """A case ready to be replayed; `day` is the policy's, else the day on which the request was opened."""
    facts = imported.facts_as_told(facts, events)
    first = events[0]
    opened = instant(first["at"])
    law = Law(rulebook, day or local_day(opened, rulebook["zone"]))
    return Trial(first["data"].get("case_id", "?"), law, Known(order, facts))


def replay(trial: Trial, events: list[Json], end: datetime | None = None, *, settled: bool = False) -> None:
    """Audit a whole log. `end`: until when its clocks ran; `settled`: everything must be closed by then."""
    try:
        _replay(trial, events)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        last = trial.past[-1] if trial.past else None
        trial.fault("structure", last, f"the log cannot be read on: {type(error).__name__} {error}")
    _check_end(trial, end, settled=settled)


def _replay(trial: Trial, events: list[Json]) -> None:
    for _, group in groupby((read(each, instant) for each in events), key=lambda event: event.batch):
        trial.batch = list(group)
        before = {number: (m.phase, m.clock, m.due) for number, m in trial.matters.items()}
        for event in trial.batch:
            for check in CHECKS:
                check(trial, event)
            apply(trial, event)
            trial.past.append(event)
        for batch_check in BATCH_CHECKS:
            batch_check(trial)
        silence.check_lapses(trial, before)


def _check_end(trial: Trial, end: datetime | None, *, settled: bool) -> None:
    for matter in trial.matters.values():
        if matter.closed:
            continue
        if end is not None and matter.due is not None and matter.due <= end:
            text = f"matter {matter.number} was due {matter.due.isoformat()} in {matter.phase} and nobody came"
            trial.fault("reading 13", trial.past[-1], text)
        if settled:
            trial.fault("reading 15", trial.past[-1], f"matter {matter.number} is still open in {matter.phase}")
