"""Statements of judgements that scenarios lead to: played through the core, with words that both sides wrote."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from mufakat.core import events as e
from mufakat.core.case import Case
from mufakat.core.evolve import replay
from mufakat.core.order import OrderState
from mufakat.core.parties import PARTIES, Role
from mufakat.core.policy.history import InForce
from mufakat.core.policy.policy import Policy
from mufakat.core.policy.rulebook import resolve
from mufakat.core.statement import BlockKind, Statement, cited, judgements, own_hashes, statement
from mufakat.core.statement.stand import OWN_WORDS
from mufakat.core.words import Language
from mufakat.lab.scenarios import Scenario, shipped
from mufakat.lab.scenarios.run import _Run
from mufakat.rulebooks import load, names


@dataclass(frozen=True, slots=True)
class Judgement:
    """One judgement of a scenario: `last` is the number of its command's last event, `order` as it was right then."""

    market: str
    scenario: Scenario
    log: tuple[e.Recorded, ...]
    last: int
    number: int
    order: OrderState
    policy: Policy
    cites: Mapping[str, InForce]

    @property
    def name(self) -> str:
        """How it is called in tables and files."""
        return f"{self.market}-{_slug(self.scenario.name)}-{self.number}"

    @property
    def judged(self) -> e.Recorded:
        """Its event."""
        return judgements(self.log)[self.number - 1]

    def case(self) -> Case:
        """The case as it left it."""
        return replay(each for each in self.log if each.number <= self.last)

    def written(self, role: Role, language: Language, texts: dict[str, str] | None = None) -> Statement:
        """Its statement."""
        readable = texts_for(self.log, role) if texts is None else texts
        return statement(
            self.log, self.last, self.number, self.order, self.policy, role, language, readable, self.cites
        )


def texts_for(log: tuple[e.Recorded, ...], role: Role) -> dict[str, str]:
    """Texts of a scenario, which seals none, as a store would open them for a side."""
    return {hash_: f"In own words: {hash_}" for hash_ in own_hashes(log, role)}


@cache
def every() -> tuple[Judgement, ...]:
    """Every judgement of every scenario that ships."""
    return tuple(each for market in names() for scenario in shipped(market) for each in _judgements(market, scenario))


def _slug(name: str) -> str:
    words = "".join(each if each.isalnum() else "-" for each in name.lower())
    return "-".join(part for part in words.split("-") if part)


@cache
def named(name: str) -> Judgement:
    """The judgement of that name."""
    for market in names():
        for scenario in shipped(market):
            if name.startswith(f"{market}-{_slug(scenario.name)}-"):
                return next(each for each in _judgements(market, scenario) if each.name == name)
    raise KeyError(name)


def _judgements(market: str, scenario: Scenario) -> Iterator[Judgement]:
    policy = resolve(load(market), scenario.day)
    cites = cited(load(market), policy)
    run = _Run(scenario, policy)
    seen: dict[int, list[tuple[int, OrderState]]] = {}
    for step in scenario.steps:
        run.step(step)
        for number, log in run.world.logs.items():
            known = seen.setdefault(number, [])
            if len(judgements(tuple(log))) > len(known):
                known.append((log[-1].number, run.world.order))
    for number, found in seen.items():
        events = tuple(_worded(each) for each in run.world.logs[number])
        for place, (last, order) in enumerate(found, start=1):
            yield Judgement(market, scenario, events, last, place, order, policy, cites)


def _worded(recorded: e.Recorded) -> e.Recorded:
    """The event with the hash of what its actor wrote, which scenarios leave out."""
    event, hash_ = recorded.event, f"sha256:{recorded.actor.role.lower()}-{recorded.number}"
    if recorded.actor.role not in PARTIES:
        return recorded
    if isinstance(event, e.MaterialGiven):
        exhibit = replace(event.exhibit, material=replace(event.exhibit.material, text=hash_))
        return replace(recorded, event=replace(event, exhibit=exhibit))
    return replace(recorded, event=replace(event, text=hash_)) if isinstance(event, OWN_WORDS) else recorded


def plain(written: Statement) -> str:
    """A statement as a text file that people can read and compare."""
    rows = [written.title, *(f"{term}: {said}" for term, said in written.summary)]
    for section in written.sections:
        rows += ["", f"== {section.heading}"]
        for block in section.blocks:
            rows += [f"[{block.label}]"] if block.label else []
            if block.kind in (BlockKind.TEXT, BlockKind.QUOTE):
                rows.append(block.text)
            else:
                rows += [" | ".join(row) for row in (block.columns, *block.rows) if row]
    return "\n".join(rows) + "\n"
