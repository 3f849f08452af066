"""Walks a rulebook file along its grammar: what it holds, and every fault with its line."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from itertools import pairwise

from mufakat.core.calendar import write_span
from mufakat.core.policy.faults import Fault, Path, dotted
from mufakat.core.policy.history import TOGETHER, Entry, Grade, History
from mufakat.core.policy.lines import nearest
from mufakat.core.policy.policy import CodeRule, Span
from mufakat.core.policy.schema import Dated, Node, Open, Plain, Table, one_of, read_date

NONE = "none"
"""What an entry says from whose day on the market has no such value."""

DEFAULT = "default"
ENTRY_KEYS = ("from", "value", "cites", "grade")


def shown(value: object) -> str:
    """A value as a person reads it."""
    if isinstance(value, Span):
        return write_span(value)
    if isinstance(value, CodeRule):
        where = f" in {', '.join(value.statuses)}" if value.statuses else ""
        return f"{value.reason.value if value.reason else 'any reason'}{where}: {value.text}"
    if isinstance(value, tuple):
        return ", ".join(shown(each) for each in value)
    if isinstance(value, frozenset):
        return ", ".join(sorted(str(day) for day in value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.value if isinstance(value, StrEnum) else str(value)


class Reader:
    """What was read so far: `plain` and `dated` values by path, and the faults."""

    def __init__(self, lines: Mapping[Path, int]) -> None:
        self.lines = dict(lines)
        self.plain: dict[Path, object] = {}
        self.dated: dict[Path, History] = {}
        self.required: set[Path] = set()
        self.faults: list[Fault] = []
        self.sources: Mapping[str, object] = {}
        self.cited: set[str] = set()

    def fault(self, path: Path, problem: str) -> None:
        """Note a fault at a path."""
        self.faults.append(Fault(nearest(self.lines, path), dotted(path), problem))

    def read(self, node: Node, raw: object, path: Path, *, required: bool = True) -> None:
        """Read one value along its node; `required` is false inside anything that may be left out."""
        required = required and node.required
        if isinstance(node, Plain):
            try:
                self.plain[path] = node.read(raw)
            except ValueError as error:
                self.fault(path, str(error))
        elif isinstance(node, Dated):
            self._history(node, raw, path, required=required)
        elif not isinstance(raw, dict):
            self.fault(path, f"must be a table; is {raw!r}")
        elif isinstance(node, Table):
            self._table(node, raw, path, required=required)
        else:
            self._open(node, raw, path, required=required)

    def _table(self, node: Table, raw: dict[str, object], path: Path, *, required: bool) -> None:
        for key in raw:
            if key not in node.keys:
                self.fault((*path, key), f"unknown key; allowed are {', '.join(node.keys)}")
        for key, child in node.keys.items():
            if key in raw:
                self.read(child, raw[key], (*path, key), required=required)
            elif child.required:
                self.fault((*path, key), "is missing")

    def _open(self, node: Open, raw: dict[str, object], path: Path, *, required: bool) -> None:
        for key, value in raw.items():
            try:
                node.check(key)
            except ValueError as error:
                self.fault((*path, key), str(error))
            else:
                self.read(node.node, value, (*path, key), required=required and not isinstance(node.node, Dated))

    def _history(self, node: Dated, raw: object, path: Path, *, required: bool) -> None:
        if not isinstance(raw, list) or not raw or not all(isinstance(each, dict) for each in raw):
            self.fault(path, "must be a list of entries { from = ..., value = ..., cites = ..., grade = ... }")
            return
        entries = [self._entry(node, each, (*path, number)) for number, each in enumerate(raw)]
        known = [entry for entry in entries if entry is not None]
        for number, (earlier, later) in enumerate(pairwise(known), start=1):
            if later.start <= earlier.start:
                self.fault((*path, number, "from"), f"dates go up: must be after {earlier.start}; is {later.start}")
        if known and known[0].value is None:
            self.fault((*path, 0, "value"), f"'{NONE}' takes a value away; the first entry must give one")
        if len(known) == len(entries):
            self.dated[path] = History(path, tuple(known))
            if required:
                self.required.add(path)

    def _entry(self, node: Dated, raw: dict[str, object], path: Path) -> Entry | None:
        before = len(self.faults)
        allowed = (*ENTRY_KEYS, *node.extras)
        for key in raw:
            if key not in allowed:
                self.fault((*path, key), f"unknown key; allowed are {', '.join(allowed)}")
        for key in ENTRY_KEYS:
            if key not in raw:
                self.fault((*path, key), "is missing: every value says since when, on whose word and how good")
        start = self._start(raw, path)
        value = self._value(node, raw, path)
        cites, grade = self._cites(raw, path), self._grade(raw, path)
        if cites and grade and (cites == DEFAULT) is not (grade is Grade.DEFAULT):
            self.fault((*path, "grade"), "the grade is default where cites says default, and only there")
        if start is None or cites is None or grade is None or len(self.faults) > before:
            return None
        text = NONE if value is None else shown(value)
        return Entry(start, value, text, cites, grade, nearest(self.lines, path))

    def _start(self, raw: dict[str, object], path: Path) -> date | None:
        try:
            return read_date(raw["from"]) if "from" in raw else None
        except ValueError as error:
            self.fault((*path, "from"), str(error))
            return None

    def _value(self, node: Dated, raw: dict[str, object], path: Path) -> object:
        if "value" not in raw or (node.removable and raw["value"] == NONE):
            return None
        try:
            return node.read(raw["value"], raw)
        except ValueError as error:
            self.fault((*path, "value"), str(error))
            return None

    def _cites(self, raw: dict[str, object], path: Path) -> str | None:
        """The addresses that an entry cites, one text; names stand for the addresses under `sources`."""
        if "cites" not in raw:
            return None
        cites = raw["cites"]
        names = cites if isinstance(cites, list) else [cites]
        found: list[str] = []
        for name in names:
            if name == DEFAULT and names == [DEFAULT]:
                found.append(DEFAULT)
            elif isinstance(name, str) and name.startswith("https://"):
                found.append(name)
            elif isinstance(name, str) and name in self.sources:
                self.cited.add(name)
                found.append(str(self.sources[name]))
            else:
                self.fault((*path, "cites"), f"must be a name under sources, an address, or default; is {name!r}")
        return TOGETHER.join(found) if found else None

    def _grade(self, raw: dict[str, object], path: Path) -> Grade | None:
        try:
            return Grade(one_of([grade.value for grade in Grade], raw["grade"])) if "grade" in raw else None
        except ValueError as error:
            self.fault((*path, "grade"), str(error))
            return None
