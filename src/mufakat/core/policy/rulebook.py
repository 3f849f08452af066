"""Rulebooks: files of dated, cited values, and the policy that one gives on a day (house principle 7).

`parse` reads a file and refuses it with every fault at once; `resolve` gives the policy of a day; `encode`
writes that policy as the bytes that a case is pinned to, and `policy_hash` names them.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, TypeVar

from mufakat.core import process
from mufakat.core.claim import Cause, Destination, Ground, Level, Reason, RequestType, ReturnIssue
from mufakat.core.parties import Role
from mufakat.core.policy.checks import ClockRow, ProcessTable, check
from mufakat.core.policy.codec import decode, encode, policy_hash
from mufakat.core.policy.faults import Fault, ParseError, Path
from mufakat.core.policy.history import Entry, Grade, History, InForce, in_force
from mufakat.core.policy.lines import locate
from mufakat.core.policy.policy import (
    AcceptanceRule,
    Anchor,
    AutomaticRule,
    ClockName,
    ClockRule,
    CodeRule,
    DataRule,
    DataTest,
    DestinationRule,
    GroundRule,
    LapseOutcome,
    MaterialRule,
    Policy,
    ReturnedRule,
    RiskRule,
    Span,
    Switches,
    WindowRule,
)
from mufakat.core.policy.reader import Reader
from mufakat.core.policy.schema import AGGRAVATION, SCHEMA, ClockAnchor

__all__ = [
    "BeforeRulebookError",
    "ClockAnchor",
    "ClockRow",
    "Entry",
    "Fault",
    "Grade",
    "History",
    "InForce",
    "ParseError",
    "Rulebook",
    "decode",
    "encode",
    "entries_in_force",
    "parse",
    "policy_hash",
    "resolve",
]

T = TypeVar("T")


class BeforeRulebookError(ValueError):
    """A day before the rulebook starts: there is no law for it, unless the caller back-dates on purpose."""


@dataclass(frozen=True, slots=True, eq=False)
class Rulebook:
    """One market's values with their histories.

    `language` is what people speak there (ISO 639); `starts` is the first day on which it is complete; `rows` says how
    each clock stands in the process; `values` holds every dated value by its path in the file.
    """

    name: str
    market: str
    zone: str
    language: str
    starts: date
    rows: dict[ClockName, ClockRow]
    values: dict[Path, History]

    def law_day(self, day: date, *, backdate: bool = False) -> date:
        """The day whose values count for `day`: itself, or the first day for a back-dated one.

        Raises BeforeRulebookError for a day before the rulebook starts without `backdate`.
        """
        if day >= self.starts:
            return day
        if not backdate:
            raise BeforeRulebookError(
                f"the rulebook '{self.name}' starts on {self.starts} and has no values for {day};"
                " back-date on purpose to use those of its first day"
            )
        return self.starts


def parse(text: str, name: str) -> Rulebook:
    """The rulebook written in `text` (TOML); `name` is how errors and lists call it.

    Raises ParseError with every fault: what TOML cannot read, unknown or missing keys, values that are not
    allowed or cite nothing, dates out of order, clocks that the process does not know.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+)", str(error))
        line = int(at[1]) if at else text.count("\n") + 1
        raise ParseError(name, [Fault(line, "file", f"is no TOML: {error}")]) from error
    reader = Reader(locate(text))
    sources = document.get("sources")
    reader.sources = sources if isinstance(sources, dict) else {}
    reader.read(SCHEMA, document, ())
    starts = reader.plain.get(("starts",))
    rows = _rows(reader)
    table = ProcessTable(process.OWNERS, process.LAPSES)
    check(reader, rows, table, starts if isinstance(starts, date) else None)
    if reader.faults:
        raise ParseError(name, reader.faults)
    market, zone, language = (reader.plain[key,] for key in ("market", "zone", "language"))
    assert isinstance(market, str)
    assert isinstance(zone, str)
    assert isinstance(language, str)
    assert isinstance(starts, date)
    return Rulebook(name, market, zone, language, starts, rows, reader.dated)


def resolve(rulebook: Rulebook, day: date, *, backdate: bool = False) -> Policy:
    """Every value in force on a day of the market's calendar.

    `backdate` lets a demonstration run orders from before the rulebook's first day by the values of that
    first day; without it such a day raises BeforeRulebookError.
    """
    return _Resolver(rulebook, rulebook.law_day(day, backdate=backdate)).policy(day)


def entries_in_force(rulebook: Rulebook, day: date, *, backdate: bool = False) -> Iterator[InForce]:
    """Each value in force on a day: path, value, since when, source, grade; in the order of the grammar.

    Raises BeforeRulebookError like `resolve`.
    """
    law_day = rulebook.law_day(day, backdate=backdate)
    found = (in_force(history, law_day) for history in rulebook.values.values())
    return (each for each in found if each is not None)


def _rows(reader: Reader) -> dict[ClockName, ClockRow]:
    """The rows of the clocks that were read whole."""
    rows: dict[ClockName, ClockRow] = {}
    for name in ClockName:
        got: list[Any] = [
            reader.plain.get(("clock", name.value, key)) for key in ("phase", "owner", "anchor", "paused_by", "then")
        ]
        if all(each is not None for each in got):
            rows[name] = ClockRow(*got)
    return rows


class _Resolver:
    """Puts the values of one day together."""

    def __init__(self, rulebook: Rulebook, law_day: date) -> None:
        self.rulebook = rulebook
        self.day = law_day

    def policy(self, day: date) -> Policy:
        """The policy, said to be of `day`."""
        return Policy(
            market=self.rulebook.market,
            day=day,
            zone=self.rulebook.zone,
            holidays=frozenset(d for _, days in self.under(frozenset, "holidays") for d in days),
            clocks=self.clocks(),
            windows={kind: window for kind in RequestType if (window := self.window(kind))},
            acceptance={reason: rule for reason in Reason if (rule := self.acceptance(reason))},
            material=self.material(),
            data=tuple(
                DataRule(Reason(str(path[1])), str(path[2]), test) for path, test in self.under(DataTest, "data")
            ),
            grounds={reason: self.ground(reason) for reason in Reason},
            risk=tuple(rule for ground in Ground for rule in self.risk(ground)),
            codes=tuple(
                CodeRule(str(path[2]), rule.use, rule.statuses, rule.reason, rule.text)
                for path, rule in self.under(CodeRule, "code")
            ),
            switches=self.switches(),
            returned=tuple(
                ReturnedRule(Role(str(path[1])), str(path[2]), level) for path, level in self.under(Level, "returned")
            ),
            destinations=tuple(
                DestinationRule(str(path[1]), to) for path, to in self.under(Destination, "destination")
            ),
            automatic=self.automatic(),
        )

    def value(self, kind: type[T], *path: str) -> T | None:
        """The value in force, or None."""
        history = self.rulebook.values.get(path)
        entry = history.at(self.day) if history else None
        if entry is None:
            return None
        assert isinstance(entry.value, kind)
        return entry.value

    def must(self, kind: type[T], *path: str) -> T:
        """The value in force where the grammar says that there is one."""
        found = self.value(kind, *path)
        assert found is not None
        return found

    def under(self, kind: type[T], *above: str) -> list[tuple[Path, T]]:
        """Every value in force under a path, in the order of the file's grammar."""
        found: list[tuple[Path, T]] = []
        for path, history in self.rulebook.values.items():
            entry = history.at(self.day) if path[: len(above)] == above else None
            if entry is not None and isinstance(entry.value, kind):
                found.append((path, entry.value))
        return found

    def clocks(self) -> dict[ClockName, ClockRule]:
        clocks: dict[ClockName, ClockRule] = {}
        for name in ClockName:
            span = self.value(Span, "clock", name.value, "span")
            lapse = self.value(LapseOutcome, "clock", name.value, "lapse")
            if span is not None and lapse is not None:
                remind = self.value(tuple, "clock", name.value, "remind") or ()
                clocks[name] = ClockRule(span, lapse, remind)
        return clocks

    def window(self, kind: RequestType) -> WindowRule | None:
        span = self.value(Span, "window", kind.value, "all")
        if span is None:
            return None
        categories = tuple((str(path[3]), each) for path, each in self.under(Span, "window", kind.value, "category"))
        return WindowRule(kind, span, self.value(Span, "window", kind.value, "mall"), categories)

    def acceptance(self, reason: Reason) -> AcceptanceRule | None:
        anchor = self.value(Anchor, "acceptance", reason.value, "anchor")
        period = self.value(Span, "acceptance", reason.value, "period")
        if anchor is None or period is None:
            return None
        return AcceptanceRule(reason, anchor, period, self.value(Span, "acceptance", reason.value, "durable"))

    def material(self) -> tuple[MaterialRule, ...]:
        return tuple(
            MaterialRule(Reason(str(path[1])), Role(str(path[2])), str(path[3]), level)
            for path, level in self.under(Level, "material")
        )

    def ground(self, reason: Reason) -> GroundRule:
        return GroundRule(
            reason,
            self.must(Ground, "ground", reason.value, "ground"),
            self.must(Cause, "ground", reason.value, "cause"),
            self.must(bool, "ground", reason.value, "aggravated"),
        )

    def risk(self, ground: Ground) -> list[RiskRule]:
        rows: list[RiskRule] = []
        for word, aggravated in AGGRAVATION.items():
            above = ("risk", ground.value, word)
            rule = self.value(str, *above, "rule")
            if rule is not None:
                bearers = tuple((issue, self.must(Role, *above, issue.value)) for issue in ReturnIssue)
                rows.append(RiskRule(ground, aggravated, rule, bearers))
        return rows

    def automatic(self) -> tuple[AutomaticRule, ...]:
        """The classes with all that makes one, in the order of the file."""
        names = dict.fromkeys(str(path[1]) for path in self.rulebook.values if path[0] == "automatic")
        return tuple(rule for name in names if (rule := self._automatic(name)))

    def _automatic(self, name: str) -> AutomaticRule | None:
        reasons, types = (self.value(tuple, "automatic", name, key) for key in ("reasons", "types"))
        up_to = self.value(int, "automatic", name, "up_to")
        return None if not (reasons and types and up_to) else AutomaticRule(name, reasons, types, up_to)

    def switches(self) -> Switches:
        got: dict[str, Any] = {each.name: self.must(object, "switch", each.name) for each in fields(Switches)}
        return Switches(**got)
