"""Dated values: what a rulebook said from which day, on whose word.

A value of a rulebook is never changed in place: a new entry with a later `from` takes its place from that day
on, so a case of last year still finds last year's value.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mufakat.core.policy.faults import Path, dotted

TOGETHER = " ; "
"""Between the addresses of a value that stands on more than one."""


class Grade(StrEnum):
    """How good the source of a value is; `default` is a choice of ours where the sources are silent."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Entry:
    """A value from a day on. `value` None: from that day the market has no such value.

    `shown` is the value as a person reads it, `cites` the source's address or `default`, `line` where it
    stands in the file.
    """

    start: date
    value: object
    shown: str
    cites: str
    grade: Grade
    line: int


@dataclass(frozen=True, slots=True)
class History:
    """The entries of one value, oldest first; never empty."""

    path: Path
    entries: tuple[Entry, ...]

    def at(self, day: date) -> Entry | None:
        """The entry in force on a day, or None before the first and where the value was taken away."""
        held = [entry for entry in self.entries if entry.start <= day]
        return held[-1] if held and held[-1].value is not None else None


@dataclass(frozen=True, slots=True)
class InForce:
    """One value in force on a day, for people: `since` is the day from which it holds."""

    path: str
    value: str
    since: date
    cites: str
    grade: Grade


def in_force(history: History, day: date) -> InForce | None:
    """What a person is shown about a value on a day, or None where there is none."""
    entry = history.at(day)
    if entry is None:
        return None
    return InForce(dotted(history.path), entry.shown, entry.start, entry.cites, entry.grade)
