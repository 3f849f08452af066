"""Reading scenario files: every fault at once, each with file, line, scenario, step and what is allowed."""

import re
import tomllib
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from mufakat.core.claim import Reason, RequestType
from mufakat.core.order import OrderStatus
from mufakat.core.policy.faults import Fault, ParseError, Path
from mufakat.core.policy.lines import locate, nearest
from mufakat.core.policy.policy import AutomaticRule, Switches
from mufakat.lab.scenarios.expect import EXPECT_KEYS
from mufakat.lab.scenarios.keys import (
    FLAG,
    MOMENT,
    NUMBER,
    SPAN,
    TEXT,
    WORDS,
    Key,
    UnreadableError,
    choices,
    listed,
    needed,
    read_table,
    tables,
)
from mufakat.lab.scenarios.order import ORDER_KEYS, with_times
from mufakat.lab.scenarios.shape import Scenario, Step
from mufakat.lab.scenarios.tags import ALLOWED, is_tag
from mufakat.lab.scenarios.together import BEGINNINGS, GIVEN_KEYS, TOGETHER
from mufakat.lab.scenarios.verbs import SINGLE

STEP_KEYS: dict[str, Key] = {"at": MOMENT, "after": SPAN, "case": NUMBER, "about": TEXT, "by": TEXT}
"""What every step may say beside who does what."""

SCENARIO_KEYS = ("name", "shows", "order", "switches", "automatic", "steps")

SWITCH_KEYS: dict[str, Key] = {
    each.name: FLAG if isinstance(each.default, bool) else NUMBER
    for each in fields(Switches)
    if isinstance(each.default, bool | int)
}
"""Switches that a scenario can set otherwise than its market: those that are true, false or a number."""

CLASS_KEYS: dict[str, Key] = {
    "name": needed(TEXT),
    "reasons": needed(choices(Reason)),
    "types": needed(choices(RequestType)),
    "up_to": needed(NUMBER),
}
"""A class of disputes that a machine may judge in a scenario."""

FIRST_REQUEST = timedelta(hours=1)
"""How long after the delivery a scenario begins that says no time of its own."""


def phrases() -> dict[str, dict[str, dict[str, Key]]]:
    """Who can do what, and the keys that it takes."""
    found: dict[str, dict[str, dict[str, Key]]] = {"given": dict.fromkeys(BEGINNINGS, GIVEN_KEYS)}
    for who, deeds in TOGETHER.items():
        found.setdefault(who, {}).update({what: deed.keys for what, deed in deeds.items()})
    for who, (_, verbs) in SINGLE.items():
        found.setdefault(who, {}).update({what: verb.keys for what, verb in verbs.items()})
    return found


PHRASES = phrases()


def parse(text: str, name: str) -> tuple[Scenario, ...]:
    """The scenarios written in `text` (TOML); `name` is how faults call the file.

    Raises ParseError with every fault.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+)", str(error))
        line = int(at[1]) if at else text.count("\n") + 1
        raise ParseError(name, [Fault(line, "file", f"is no TOML: {error}")]) from error
    reader = _Reader(name, locate(text))
    found = reader.file(document)
    if reader.faults:
        raise ParseError(name, reader.faults)
    return found


@dataclass
class _Reader:
    """Reads one file; `faults` grows as it goes."""

    name: str
    lines: dict[Path, int]
    faults: list[Fault] = field(default_factory=list)

    def fault(self, path: Path, where: str, problem: str) -> None:
        self.faults.append(Fault(nearest(self.lines, path), where, problem))

    def file(self, document: dict[str, Any]) -> tuple[Scenario, ...]:
        for key in document:
            if key not in ("order", "scenario"):
                self.fault((key,), key, "is not known here: write [[scenario]], or [order] for what all of them share")
        shared = self.order(document.get("order", {}), ("order",), "order")
        written = document.get("scenario", [])
        if not isinstance(written, list) or not written:
            self.fault((), "file", "holds no scenario: begin each with [[scenario]]")
            return ()
        found = [self.scenario(each, ("scenario", n), shared) for n, each in enumerate(written)]
        names = [each.name for each in found if each]
        for n, each in enumerate(found):
            if each and names.count(each.name) > 1:
                self.fault(("scenario", n, "name"), f'scenario "{each.name}"', "stands twice in this file")
        return tuple(each for each in found if each)

    def order(self, said: object, path: Path, where: str) -> dict[str, Any]:
        try:
            return read_table(said, ORDER_KEYS)
        except UnreadableError as error:
            self.fault(path, f"{where}, order" if where != "order" else where, str(error))
            return {}

    def scenario(self, said: dict[str, Any], path: Path, shared: dict[str, Any]) -> Scenario | None:
        name = said.get("name")
        where = f'scenario "{name}"' if isinstance(name, str) else f"scenario {int(path[1]) + 1}"
        before = len(self.faults)
        for key in said:
            if key not in SCENARIO_KEYS:
                self.fault((*path, key), where, f"'{key}' is not known here: write {listed(SCENARIO_KEYS)}")
        if not isinstance(name, str) or not name.strip():
            self.fault(path, where, "has no name: write one sentence that says what it shows")
        shows = self.shows(said.get("shows"), (*path, "shows"), where)
        order = shared | self.order(said.get("order", {}), (*path, "order"), where)
        switches = self.switches(said.get("switches", {}), (*path, "switches"), where)
        automatic = self.automatic(said.get("automatic", []), (*path, "automatic"), where)
        steps = self.steps(said.get("steps"), (*path, "steps"), where)
        if len(self.faults) > before or not steps:
            return None
        begins = self.begins(order, steps[0], path, where)
        if begins is None:
            return None
        return Scenario(
            self.name, nearest(self.lines, path), str(name), shows, order, steps, begins, switches, automatic
        )

    def switches(self, said: object, path: Path, where: str) -> dict[str, Any]:
        try:
            return read_table(said, SWITCH_KEYS)
        except UnreadableError as error:
            self.fault(path, f"{where}, switches", str(error))
            return {}

    def automatic(self, said: object, path: Path, where: str) -> tuple[AutomaticRule, ...]:
        try:
            return tuple(AutomaticRule(**each) for each in tables(CLASS_KEYS).read(said))
        except UnreadableError as error:
            self.fault(path, f"{where}, automatic", str(error))
            return ()

    def shows(self, said: object, path: Path, where: str) -> tuple[str, ...]:
        try:
            tags: tuple[str, ...] = WORDS.read(said)
        except UnreadableError:
            tags = ()
        if not tags:
            self.fault(path, where, f"'shows' is a list of what it shows, at least one: {ALLOWED}")
        for tag in tags:
            if not is_tag(tag):
                self.fault(path, where, f"shows '{tag}', which is not known: write {ALLOWED}")
        return tags

    def steps(self, said: object, path: Path, where: str) -> tuple[Step, ...]:
        if not isinstance(said, list) or not said:
            self.fault(path, where, "has no steps: write steps = [ { ... }, { expect = { ... } } ]")
            return ()
        read = [self.step(each, n + 1, (*path, n), f"{where}, step {n + 1}") for n, each in enumerate(said)]
        steps = tuple(each for each in read if each)
        if read[0] is not None and read[0].who == "expect":
            self.fault((*path, 0), where, "begins with an expectation: something has to happen first")
        if read[-1] is not None and read[-1].who != "expect":
            self.fault((*path, len(said) - 1), where, "ends without an expectation: end it with { expect = { ... } }")
        return steps

    def step(self, said: object, number: int, path: Path, where: str) -> Step | None:
        try:
            return _step(said, number)
        except UnreadableError as error:
            self.fault(path, where, str(error))
            return None

    def begins(self, order: dict[str, Any], first: Step, path: Path, where: str) -> datetime | None:
        """When the first step happens: as said, or an hour after the delivery."""
        if first.at is not None:
            return first.at
        if order.get("status", OrderStatus.DELIVERED) is not OrderStatus.DELIVERED:
            self.fault((*path, "steps", 0), f"{where}, step 1", "'at' is missing: nothing was delivered to count from")
            return None
        delivered: datetime = with_times(order)["delivered"]
        return delivered + FIRST_REQUEST


def _step(said: object, number: int) -> Step:
    if not isinstance(said, dict):
        raise UnreadableError(f"{said!r} is no step: write who does what between {{ and }}")
    if "expect" in said:
        if len(said) > 1:
            raise UnreadableError("an expectation is a step of its own: { expect = { ... } } and nothing beside it")
        args = read_table(said["expect"], EXPECT_KEYS)
        if not set(args) - {"case", "line"}:
            raise UnreadableError('expects nothing: say what, such as { expect = { phase = "REVIEW" } }')
        return Step(number, "expect", "", args, case=args.get("case", 1))
    who = [key for key in said if key in PHRASES]
    if len(who) != 1:
        raise UnreadableError(f"says {'nobody' if not who else 'two'} who acts: write one of {listed(sorted(PHRASES))}")
    what = said[who[0]]
    if not isinstance(what, str) or what not in PHRASES[who[0]]:
        raise UnreadableError(f"{who[0]} = {what!r} is not known: write {listed(sorted(PHRASES[who[0]]))}")
    keys = STEP_KEYS | PHRASES[who[0]][what]
    args = read_table(said, {who[0]: needed(TEXT), **keys})
    if "at" in args and "after" in args:
        raise UnreadableError("says both 'at' and 'after': one is enough")
    own = {name: value for name, value in args.items() if name not in (*STEP_KEYS, who[0])}
    common = {name: args[name] for name in STEP_KEYS if name in args}
    return Step(number, who[0], what, own, **common)
