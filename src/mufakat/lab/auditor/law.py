"""The rulebook on one day, read straight from its TOML."""

from datetime import date, datetime
from typing import Any

from mufakat.lab.auditor.faults import Json
from mufakat.lab.auditor.moments import after


class Law:
    """Every value of a rulebook that counts on the day a request was opened (house principle 7)."""

    def __init__(self, rulebook: Json, day: date) -> None:
        self.book = rulebook
        # A demonstration may run orders from before the first day by the values of that day (note in the rulebook).
        self.day = max(day, rulebook["starts"])
        self.zone: str = rulebook["zone"]
        self.holidays = frozenset(
            each for year in rulebook.get("holidays", {}) for each in self.value("holidays", year) or ()
        )
        self._ends: dict[tuple[datetime, str], datetime] = {}

    def entry(self, *path: str) -> Json | None:
        """The dated entry in force at a path, or None."""
        node: Any = self.book
        for key in path:
            node = node.get(key) if isinstance(node, dict) else None
            if node is None:
                return None
        found: Json | None = None
        for each in node:
            if each["from"] <= self.day and (found is None or each["from"] >= found["from"]):
                found = each
        return None if found is None or found["value"] == "none" else found

    def value(self, *path: str) -> Any:
        """The value in force at a path, or None."""
        found = self.entry(*path)
        return None if found is None else found["value"]

    def under(self, *path: str) -> Json:
        """The values in force right below a path, by name."""
        node: Any = self.book
        for key in path:
            node = node.get(key, {})
        return {name: value for name in node if (value := self.value(*path, name)) is not None}

    def switch(self, name: str) -> Any:
        """A yes/no or counted parameter."""
        return self.value("switch", name)

    def row(self, clock: str) -> Json:
        """How a clock stands in the process: phase, owner, anchor, paused_by, then."""
        found: Json = self.book.get("clock", {}).get(clock, {})
        return found

    def has_clock(self, clock: str) -> bool:
        """Whether this market has the clock (a rulebook without it leaves the right out)."""
        return self.value("clock", clock, "span") is not None

    def end(self, clock: str, start: datetime) -> datetime:
        """When a clock that starts at an instant is due."""
        return self.add(start, self.value("clock", clock, "span"))

    def add(self, start: datetime, span: str) -> datetime:
        """The end of a period from an instant, by this market's calendar."""
        key = (start, span)
        if key not in self._ends:
            self._ends[key] = after(start, span, self.zone, self.holidays)
        return self._ends[key]

    def silence(self, clock: str) -> str | None:
        """What the lapse of a clock means here."""
        found: str | None = self.value("clock", clock, "lapse")
        return found

    def risk(self, ground: str, *, aggravated: bool) -> Json | None:
        """The row of the return-risk table, or None where the ground has none."""
        node = self.book.get("risk", {}).get(ground, {}).get("aggravated" if aggravated else "plain")
        return None if node is None else {name: self._last(node[name]) for name in node}

    def _last(self, history: list[Json]) -> Any:
        return max((each for each in history if each["from"] <= self.day), key=lambda each: each["from"])["value"]

    def fault_of(self, reason: str) -> str:
        """Whose fault a reason counts as where nobody judged it."""
        found: str = self.value("ground", reason, "cause")
        return found

    def expected(self, reason: str, party: str) -> dict[str, str]:
        """The material expected of a party for a reason: item to level (S6)."""
        return self.under("material", reason, party)
