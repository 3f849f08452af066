"""Statements of reasons out of what is stored: the order as it was known at a judgement, and its case's log cut there.

A statement is written anew each time it is asked for and kept nowhere: the log is the truth, and what is forgotten is
not quoted. A case whose key was destroyed has no statements any more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, Self

from mufakat.core import events as e
from mufakat.core.evolve import replay
from mufakat.core.order import Fact, OrderState
from mufakat.core.parties import Role
from mufakat.core.policy.policy import Policy
from mufakat.core.statement import Statement, cited, judgements, own_hashes, statement
from mufakat.core.usage import usage
from mufakat.core.words import Language
from mufakat.rulebooks import load
from mufakat.store.codec import Stored
from mufakat.store.records import Loaded, Sealed, TextsWanted
from mufakat.store.seal import Sealer


class Logs(Protocol):
    """What is read for a statement."""

    async def history(self, marketplace: str, order_id: str, case_id: str) -> list[Stored]:
        """A case's log read back, oldest first."""

    async def logged_cases(self, marketplace: str, order_id: str) -> list[str]:
        """The cases of an order that have a log."""

    async def sealed_texts(self, wanted: TextsWanted) -> list[Sealed]:
        """Those of some sealed texts of a case that are there."""


class NoSuchStatementError(LookupError):
    """The case has no judgement of that number."""


class StatementForgottenError(Exception):
    """The case's people were forgotten, so nothing is written about them any more."""


@dataclass(frozen=True, slots=True)
class Given:
    """A judgement of a case, as a list names it. `judged_at` in UTC."""

    number: int
    event: int
    judged_at: datetime
    matter: int
    dispute: int
    appeal: bool
    lines: tuple[str, ...]


def given(log: Iterable[Stored]) -> list[Given]:
    """The judgements of a case, oldest first."""
    found = []
    for number, each in enumerate(judgements(tuple(stored.recorded for stored in log)), start=1):
        event = each.event
        assert isinstance(event, e.Judged)
        lines = tuple(line.line_id for line in event.lines)
        found.append(Given(number, each.number, each.at, event.matter, event.number, event.appeal, lines))
    return found


async def write(store: Logs, sealer: Sealer, loaded: Loaded, number: int, role: Role, language: Language) -> Statement:
    """The statement of judgement `number` of a loaded case, for a party, as it stood when that was judged.

    Raises NoSuchStatementError, StatementForgottenError, and SealError when the case's key cannot be used.
    """
    stored = await _history(store, loaded)
    found = given(stored)
    if not 1 <= number <= len(found):
        raise NoSuchStatementError(f"the case has {len(found)} judgements, and none has the number {number}")
    event = found[number - 1].event
    log = tuple(each.recorded for each in stored)
    stood = await _Stood.read(store, sealer, loaded, log, event, role)
    return stood.written(log, last_of(stored, event), number, role, language, stood.texts)


async def foresee(
    store: Logs,
    sealer: Sealer,
    loaded: Loaded,
    supposed: tuple[e.Recorded, ...],
    texts: Mapping[str, str],
    role: Role,
    language: Language,
) -> Statement:
    """The statement of the judgement that `supposed` ends in, as a party would read it if that were recorded now.

    supposed: events that would follow on the case as it was loaded; nothing of them is written. texts: what would be
    sealed with them, by what stands for it there. Raises StatementForgottenError, and SealError as `write` does.
    """
    assert loaded.case is not None
    log = tuple(each.recorded for each in await _history(store, loaded))[: loaded.case.number] + supposed
    found = judgements(log)
    stood = await _Stood.read(store, sealer, loaded, log, found[-1].number, role)
    return stood.written(log, log[-1].number, len(found), role, language, {**stood.texts, **texts})


async def _history(store: Logs, loaded: Loaded) -> list[Stored]:
    """The log of a loaded case. Raises StatementForgottenError."""
    assert loaded.case is not None
    if is_forgotten(loaded):
        raise StatementForgottenError(f"what people wrote in the case {loaded.case.case_id} was forgotten")
    return await store.history(loaded.marketplace.marketplace, loaded.case.order_id, loaded.case.case_id)


@dataclass(frozen=True, slots=True)
class _Stood:
    """What a statement is written of beside its log: the order as it was known, the rules, the reader's own texts."""

    order: OrderState
    policy: Policy
    market: str
    texts: dict[str, str]

    @classmethod
    async def read(
        cls, store: Logs, sealer: Sealer, loaded: Loaded, log: tuple[e.Recorded, ...], judged: int, role: Role
    ) -> Self:
        """Of the judgement that is event `judged` of a log of the loaded case."""
        case, place, policy = loaded.case, loaded.marketplace, loaded.policy
        assert case is not None
        assert policy is not None
        others = {
            other: [each.recorded for each in await store.history(place.marketplace, case.order_id, other)]
            for other in await store.logged_cases(place.marketplace, case.order_id)
            if other != case.case_id
        }
        texts = await _texts(store, sealer, loaded, own_hashes(log[:judged], role))
        return cls(order_then(loaded.order, log, judged, others), policy, place.market, texts)

    def written(
        self,
        log: tuple[e.Recorded, ...],
        last: int,
        number: int,
        role: Role,
        language: Language,
        texts: Mapping[str, str],
    ) -> Statement:
        """The statement of judgement `number` of the log, whose command ended with event `last`."""
        cites = cited(load(self.market), self.policy)
        return statement(log, last, number, self.order, self.policy, role, language, texts, cites)


def is_forgotten(loaded: Loaded) -> bool:
    """Whether the case's people were forgotten: then nothing is written about them any more."""
    return loaded.key is not None and loaded.key.wrapped is None


def last_of(stored: Iterable[Stored], number: int) -> int:
    """The number of the last event of the command that recorded event `number`."""
    log = list(stored)
    batch = next(each.batch for each in log if each.recorded.number == number)
    return max(each.recorded.number for each in log if each.batch == batch)


def order_then(
    order: OrderState, log: tuple[e.Recorded, ...], number: int, others: dict[str, list[e.Recorded]]
) -> OrderState:
    """The order as it was known at the judgement that is event `number` of `log`; `others`: logs of its other cases.

    Of the other cases counts what was recorded before that moment.
    """
    judged = log[number - 1]
    used = {}
    for case_id, events in others.items():
        if past := [each for each in events if each.at < judged.at]:
            used[case_id] = usage(replay(past))
    case = replay(log[:number])
    used[case.case_id] = usage(case)
    return replace(order, facts=_facts_then(order.facts, log, judged), uses=used)


def _facts_then(facts: tuple[Fact, ...], log: tuple[e.Recorded, ...], judged: e.Recorded) -> tuple[Fact, ...]:
    event = judged.event
    assert isinstance(event, e.Judged)
    in_time = tuple(fact for fact in facts if fact.at <= judged.at)
    if event.facts is None:  # of before that was kept: all that had happened, but for what the case heard of later
        later = {each.event.fact for each in log[judged.number :] if isinstance(each.event, e.FactNoted)}
        return tuple(fact for fact in in_time if fact not in later)
    if any(isinstance(each.event, e.CaseImported) for each in log[judged.number :]):
        return tuple(sorted(in_time[: event.facts], key=lambda fact: fact.at))  # as the import went through them
    return facts[: event.facts]


async def _texts(store: Logs, sealer: Sealer, loaded: Loaded, hashes: set[str]) -> dict[str, str]:
    case, key, marketplace = loaded.case, loaded.key, loaded.marketplace.marketplace
    if not hashes or case is None or key is None or key.wrapped is None:
        return {}
    rows = await store.sealed_texts(TextsWanted(marketplace, case.order_id, case.case_id, frozenset(hashes)))
    return sealer.open_all(marketplace, case.case_id, key, rows)
