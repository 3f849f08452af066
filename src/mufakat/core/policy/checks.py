"""What must hold across a whole rulebook: clocks fit the process, lists suffice, nothing comes too late."""

from dataclasses import dataclass
from datetime import date

from mufakat.core.claim import Level, Reason, ReturnIssue
from mufakat.core.parties import PARTIES, Role
from mufakat.core.phases import Phase
from mufakat.core.policy.faults import Path
from mufakat.core.policy.history import Entry, History
from mufakat.core.policy.items import NEVER_DEMANDED
from mufakat.core.policy.policy import ClockName, LapseOutcome, Span, SpanUnit
from mufakat.core.policy.reader import Reader, shown
from mufakat.core.policy.schema import AGGRAVATION, OPTIONAL_CLOCKS, RISKLESS, ClockAnchor

PROPOSAL_OUTCOMES = {LapseOutcome.EXPIRE: frozenset[Phase]()}
"""A proposal waits beside any phase; its lapse leads nowhere."""

DEMANDED = (Level.REQUIRED, Level.ONE_OR_MORE)


@dataclass(frozen=True, slots=True)
class ClockRow:
    """How a clock stands in the process: where it runs, who acts, from when, what stops it, what follows."""

    phases: tuple[Phase, ...]
    owners: tuple[Role, ...]
    anchor: ClockAnchor
    paused_by: tuple[Phase, ...]
    then: tuple[Phase, ...]


@dataclass(frozen=True, slots=True)
class ProcessTable:
    """What the process allows: whose turn a phase is, and what silence can mean there and lead to."""

    owners: dict[Phase, frozenset[Role]]
    lapses: dict[Phase, dict[LapseOutcome, frozenset[Phase]]]


def check(reader: Reader, rows: dict[ClockName, ClockRow], table: ProcessTable, starts: date | None) -> None:
    """Note every fault that only shows when the whole file is known."""
    if starts is not None:
        _starts(reader, starts)
        _material(reader, starts)
    _holidays(reader)
    _unboxing(reader)
    for reason in Reason:
        _together(reader, ("acceptance", reason.value), "anchor", "period")
    for name in OPTIONAL_CLOCKS:
        _together(reader, ("clock", name.value), "span", "lapse")
    for ground in RISKLESS:
        for word in AGGRAVATION:
            _together(reader, ("risk", ground.value, word), "rule", *ReturnIssue)
    check_rows(reader, rows, table)
    for name, row in rows.items():
        _reminders(reader, name, row)
    for source in reader.sources:
        if source not in reader.cited:
            reader.fault(("sources", source), "is cited by no value")


def check_rows(reader: Reader, rows: dict[ClockName, ClockRow], table: ProcessTable) -> None:
    """Clocks against the process: no phase without a clock, no clock that the phase does not know."""
    for name, row in rows.items():
        path: Path = ("clock", name.value)
        if name is ClockName.PROPOSAL:
            if row.phases:
                reader.fault((*path, "phase"), "must be []: a proposal waits beside any phase")
            _outcomes(reader, path, [PROPOSAL_OUTCOMES], row.then)
            continue
        if not row.phases:
            reader.fault((*path, "phase"), "must name the phases in which the clock runs")
        if not row.owners:
            reader.fault((*path, "owner"), "must name who acts: no phase waits without an owner")
        for phase in row.phases:
            strangers = [role.value for role in row.owners if role not in table.owners.get(phase, frozenset())]
            if strangers:
                owners = ", ".join(sorted(table.owners.get(phase, frozenset()))) or "nobody"
                reader.fault((*path, "owner"), f"in {phase.value} it is the turn of {owners}")
        _outcomes(reader, path, [table.lapses.get(phase, {}) for phase in row.phases], row.then)
    waited_in = {phase for row in rows.values() for phase in row.phases}
    optional = {Phase(name.name) for name in OPTIONAL_CLOCKS if name not in rows}
    for phase in table.lapses:
        if phase not in waited_in | optional:
            reader.fault(("clock",), f"no clock runs in {phase.value}: every phase needs a due moment")


REMINDED = (*PARTIES, Role.AGENT)
"""Who can be reminded; neither the clock nor a system needs it."""

HOURS_AT_LEAST = {SpanUnit.HOURS: 1, SpanUnit.CALENDAR_DAYS: 24, SpanUnit.WORKING_DAYS: 24, SpanUnit.MONTHS: 28 * 24}
"""How many hours each unit of a span has at the least, days on which clocks change aside."""


def _reminders(reader: Reader, name: ClockName, row: ClockRow) -> None:
    """Reminders of people who act, each after the clock has begun to run."""
    path: Path = ("clock", name.value, "remind")
    history, spans = reader.dated.get(path), reader.dated.get(("clock", name.value, "span"))
    if history is None:
        return
    if not any(role in REMINDED for role in row.owners) or not row.phases:
        reader.fault(path, "nobody can be reminded: the clock waits for no person in a phase of its own")
    for day in sorted({entry.start for each in (history, spans) if each is not None for entry in each.entries}):
        entry, whole = history.at(day), spans.at(day) if spans is not None else None
        if entry is None or whole is None or not isinstance(whole.value, Span) or not isinstance(entry.value, tuple):
            continue
        longest = entry.value[0]
        if longest.n >= whole.value.n * HOURS_AT_LEAST[whole.value.unit]:
            problem = f"'{shown(longest)}' before the end does not lie within '{whole.shown}', which counts on {day}"
            reader.fault((*path, history.entries.index(entry), "value"), problem)


def _outcomes(
    reader: Reader, path: Path, lapses: list[dict[LapseOutcome, frozenset[Phase]]], then: tuple[Phase, ...]
) -> None:
    history = reader.dated.get((*path, "lapse"))
    reached: set[Phase] = set()
    for number, entry in enumerate(history.entries if history else ()):
        if not isinstance(entry.value, LapseOutcome):
            continue
        for allowed in lapses:
            if entry.value not in allowed:
                can = ", ".join(allowed) or "nothing"
                problem = f"silence there can mean {can}; is {entry.value.value}"
                reader.fault((*path, "lapse", number, "value"), problem)
            reached |= allowed.get(entry.value, frozenset())
    astray = [phase.value for phase in then if phase not in reached]
    if history and (astray or (reached and not then)):
        can = ", ".join(sorted(reached)) or "nowhere"
        reader.fault((*path, "then"), f"the lapse can lead to {can}; is {[phase.value for phase in then]}")


def _starts(reader: Reader, starts: date) -> None:
    for path in sorted(reader.required, key=str):
        history = reader.dated[path]
        if history.entries[0].start > starts:
            reader.fault((*path, 0, "from"), f"must have a value on {starts}, the day the rulebook starts")


def _holidays(reader: Reader) -> None:
    for path, history in reader.dated.items():
        if path[0] != "holidays":
            continue
        for number, entry in enumerate(history.entries):
            days = entry.value if isinstance(entry.value, frozenset) else frozenset()
            if any(str(day.year) != path[1] for day in days):
                reader.fault((*path, number, "value"), f"must be dates of {path[1]}")


def _unboxing(reader: Reader) -> None:
    for path, history in reader.dated.items():
        expected = path[0] in ("material", "returned") and path[-2] == Role.CUSTOMER.value
        if expected and NEVER_DEMANDED in str(path[-1]):
            for number, entry in enumerate(history.entries):
                if entry.value in DEMANDED:
                    problem = "a video of the unboxing may never be demanded of a customer; only OPTIONAL"
                    reader.fault((*path, number, "value"), problem)


def _material(reader: Reader, starts: date) -> None:
    """Lists long enough to judge by, on every day on which one of them changes."""
    changes = {e.start for p, h in reader.dated.items() if p[0] in {"material", "data"} for e in h.entries}
    days = sorted({starts} | {day for day in changes if day > starts})
    doubtful = [fault.key for fault in reader.faults if fault.key.startswith(("material.", "data."))]
    faulty = {key.split(".")[1] for key in doubtful}
    for reason in Reason:
        for party in PARTIES if reason.value not in faulty else ():
            path: Path = ("material", reason.value, party.value)
            wanted = DEMANDED if party is Role.CUSTOMER else (Level.ONE_OR_MORE,)
            for day in days:
                if any(entry.value in wanted for entry in _on(reader, path, day)):
                    continue
                if party is Role.CUSTOMER and _on(reader, ("data", reason.value), day):
                    continue
                unless = ", or platform data under data" if party is Role.CUSTOMER else ""
                reader.fault(path, f"from {day} on nothing to judge by: needs {' or '.join(wanted)}{unless}")
                break


def _on(reader: Reader, above: Path, day: date) -> list[Entry]:
    under = [history for path, history in reader.dated.items() if path[: len(above)] == above]
    return [entry for history in under if (entry := history.at(day)) is not None]


def _together(reader: Reader, above: Path, *keys: str) -> None:
    """Values that make one rule begin and cease on the same days."""
    found = [history for key in keys if (history := reader.dated.get((*above, key)))]
    if any(_given(history) != _given(found[0]) for history in found):
        reader.fault(above, f"{', '.join(keys)} must be given and taken away on the same days")


def _given(history: History) -> list[tuple[date, bool]]:
    """The days on which a value begins to be or ceases to be."""
    turns: list[tuple[date, bool]] = []
    for entry in history.entries:
        there = entry.value is not None
        if not turns or turns[-1][1] is not there:
            turns.append((entry.start, there))
    return turns
