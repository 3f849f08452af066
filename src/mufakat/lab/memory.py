"""The store in plain dictionaries, for the simulator: the same answers as PostgreSQL, without bytes on the way.

Values are kept as they are (they are frozen); events become bytes only for who asks for the stored log.
"""

from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from mufakat.core.case import Case
from mufakat.core.events import Recorded
from mufakat.core.judged import JudgedLine
from mufakat.core.order import CaseUse, Fact, Order, OrderState
from mufakat.core.policy.codec import decode as decode_policy
from mufakat.core.policy.policy import Policy
from mufakat.core.settlement import Transfer
from mufakat.lab.agenda import Agenda
from mufakat.lab.memory_hooks import MemoryHooks
from mufakat.lab.memory_outbox import MemoryOutbox
from mufakat.lab.memory_queue import MemoryQueue
from mufakat.store import codec
from mufakat.store.codec import Stored
from mufakat.store.records import (
    Ahead,
    Answered,
    Ask,
    Caches,
    CaseKey,
    CaseRow,
    DueCase,
    Forgotten,
    Loaded,
    LoggedEvent,
    Marketplace,
    OrderPut,
    Sealed,
    Write,
    other_kind,
    row_of,
)
from mufakat.store.statement import answer_range, fact_key

Place = tuple[str, str]


@dataclass(slots=True)
class OrderRow:
    """The guarded row of an order, with its cases."""

    order: Order
    version: int = 1
    facts: tuple[Fact, ...] = ()
    uses: dict[str, CaseUse] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)


@dataclass(slots=True)
class CaseLog:
    """What is kept of a case beside its fold."""

    order_id: str
    recorded: list[tuple[Recorded, int]] = field(default_factory=list)
    key: CaseKey | None = None
    sealed: dict[str, Sealed] = field(default_factory=dict)
    transfers: list[Transfer] = field(default_factory=list)
    judged: list[JudgedLine] = field(default_factory=list)
    failures: int = 0


class MemoryStore(MemoryOutbox, MemoryQueue, MemoryHooks):
    """Everything the engine keeps, in one process and gone with it."""

    def __init__(self) -> None:
        MemoryOutbox.__init__(self)
        self._places: dict[str, Marketplace] = {}
        MemoryQueue.__init__(self, self._places)
        MemoryHooks.__init__(self)
        self._orders: dict[Place, OrderRow] = {}
        self._logs: dict[Place, CaseLog] = {}
        self._by_case: dict[Place, Case] = {}
        self._answers: dict[Place, Answered] = {}
        self._policies: dict[str, Policy] = {}
        self._wakes: defaultdict[str, Agenda[str]] = defaultdict(Agenda)
        self._forgotten: dict[Place, Forgotten] = {}

    # --- log

    async def put_marketplace(self, marketplace: Marketplace) -> None:
        """Add a tenant or change its market or clock; raises ValueError where it would become a sandbox or live."""
        there = self._places.get(marketplace.marketplace, marketplace)
        if there.sandbox is not marketplace.sandbox:
            raise ValueError(other_kind(marketplace))
        if there.sandbox:
            marketplace = replace(marketplace, offset=max(there.offset, marketplace.offset))
        self._places[marketplace.marketplace] = marketplace

    async def marketplaces(self) -> list[Marketplace]:
        """Every tenant."""
        return [self._places[name] for name in sorted(self._places)]

    async def put_order(self, marketplace: str, order: Order) -> OrderPut:
        """Keep a snapshot. A different one replaces it until the first case of the order."""
        if marketplace not in self._places:
            return OrderPut.NO_MARKETPLACE
        row = self._orders.get((marketplace, order.order_id))
        if row is None:
            self._orders[marketplace, order.order_id] = OrderRow(order)
            return OrderPut.NEW
        if row.order == order:
            return OrderPut.SAME
        if row.uses:
            return OrderPut.IN_USE
        row.order, row.version = order, row.version + 1
        return OrderPut.CHANGED

    async def load(self, ask: Ask) -> Loaded | None:
        """All that a command needs; None when the marketplace has no such order."""
        row = self._orders.get((ask.marketplace, ask.order_id))
        if row is None:
            return None
        case = row.cases.get(ask.case_id or "")
        log = self._logs.get((ask.marketplace, ask.case_id or "")) if case is not None else None
        return Loaded(
            marketplace=self._places[ask.marketplace],
            version=row.version,
            order=OrderState(row.order, row.facts, row.uses),
            case=case,
            policy=None if case is None else self._policies[case.policy],
            key=None if log is None else log.key,
            answered=self._answers.get((ask.marketplace, ask.key or "")),
        )

    async def write(self, write: Write) -> bool:
        """Write one command's changes whole; False when the order has moved on, or the key was used meanwhile."""
        row = self._orders[write.marketplace, write.order_id]
        if row.version != write.expected or (write.marketplace, write.key or "") in self._answers:
            return False
        row.version += 1
        if write.uses is not None:
            row.uses = write.uses
        if write.fact is not None:
            row.facts = (*row.facts, write.fact)
            self._put_fact(write, fact_key(write.order_id, write.fact_number))
        if write.case is not None:
            self._write_case(write, write.case, row)
        return True

    async def events(self, marketplace: str, order_id: str, case_id: str) -> list[LoggedEvent]:
        """A case's log as PostgreSQL would store it, oldest first; empty when there is none."""
        logged: list[LoggedEvent] = []
        previous = codec.genesis(marketplace, case_id)
        for recorded, batch in self._log(marketplace, order_id, case_id):
            body = codec.encode_event(recorded, batch)
            logged.append(LoggedEvent(recorded.number, body, codec.chain(previous, body), previous))
            previous = logged[-1].hash
        return logged

    async def history(self, marketplace: str, order_id: str, case_id: str) -> list[Stored]:
        """A case's log, oldest first; empty when there is none."""
        return [Stored(recorded, batch) for recorded, batch in self._log(marketplace, order_id, case_id)]

    def _log(self, marketplace: str, order_id: str, case_id: str) -> list[tuple[Recorded, int]]:
        log = self._logs.get((marketplace, case_id))
        return log.recorded if log is not None and log.order_id == order_id else []

    def _write_case(self, write: Write, case: Case, row: OrderRow) -> None:
        place = (write.marketplace, case.case_id)
        if write.policy is not None and write.policy[0] not in self._policies:
            self._policies[write.policy[0]] = decode_policy(write.policy[1])
        if write.recorded:
            log = self._logs.setdefault(place, CaseLog(case.order_id))
            log.recorded += zip(write.recorded, codec.batches(write.recorded, write.firsts), strict=True)
            log.transfers += write.transfers
            log.judged += write.judged
            log.sealed |= {each.hash: each for each in write.sealed}
            log.key, log.failures = write.case_key or log.key, 0
            row.cases[case.case_id] = self._by_case[place] = case
            self._wakes[write.marketplace].put(case.case_id, case.wake)
            self._write_work(write, case)
            self._to_tell(
                write.marketplace, case.order_id, case.case_id, write.recorded[0].number, write.recorded[-1].number
            )
        for effect in write.effects:
            self._put_effect(write, case.case_id, effect)
        if write.key is not None:
            answer = Answered(write.input_hash, write.order_id, case.case_id, *answer_range(write))
            self._answers[write.marketplace, write.key] = answer

    def _cases_of(self, marketplace: str) -> list[tuple[str, str]]:
        return [(case.order_id, case_id) for (place, case_id), case in self._by_case.items() if place == marketplace]

    # --- index

    async def find_case(self, marketplace: str, case_id: str) -> CaseRow | None:
        """The index row of a case."""
        case = self._by_case.get((marketplace, case_id))
        return None if case is None else row_of(marketplace, case)

    async def cases_to_tell(self, marketplace: str, order_id: str) -> list[str]:
        """The cases of an order that are open or have left a debt, oldest first: whom later facts concern."""
        row = self._orders.get((marketplace, order_id))
        cases = [] if row is None else row.cases.values()
        rows = [row_of(marketplace, case) for case in cases]
        return sorted(each.case_id for each in rows if each.is_open or each.ordered > each.paid)

    async def cases(
        self, marketplace: str, after: str = "", limit: int = 100, *, open_only: bool = False
    ) -> list[CaseRow]:
        """A page of a marketplace's cases by id, after the last id of the page before."""
        found = sorted(
            case_id
            for (place, case_id), case in self._by_case.items()
            if place == marketplace and case_id > after and (case.is_open or not open_only)
        )
        return [row_of(marketplace, self._by_case[marketplace, case_id]) for case_id in found[:limit]]

    async def due(self, now: datetime, limit: int) -> list[DueCase]:
        """Cases to be woken by their marketplace's clock, oldest first, at most `limit` a tenant."""
        found: list[DueCase] = []
        for place in self._places.values():
            for wake, case_id in self._wakes[place.marketplace].until(place.at(now), limit):
                case, log = self._by_case[place.marketplace, case_id], self._logs[place.marketplace, case_id]
                assert case.due is not None
                found.append(DueCase(place.marketplace, case.order_id, case_id, case.due, log.failures, wake))
        return sorted(found, key=lambda case: case.wake)

    async def postpone(self, case: DueCase, until: datetime) -> None:
        """Let the deadline loop leave a case alone until then (its marketplace's time) and count the failure."""
        if self._wakes[case.marketplace].moment(case.case_id) == case.wake:
            self._logs[case.marketplace, case.case_id].failures += 1
            self._wakes[case.marketplace].put(case.case_id, until)

    async def next_moment(self) -> datetime | None:
        """The earliest moment at which a deadline, a delivery or a look may be due."""
        wakes = [
            at - place.offset
            for place in self._places.values()
            if (at := self._wakes[place.marketplace].first()) is not None
        ]
        moments = [*wakes, *(at for at in self._out_moments() if at is not None)]
        return min(moments, default=None)

    # --- sandboxes

    async def move_clock(self, place: Marketplace, offset: timedelta) -> bool:
        """Move a sandbox's clock on from `place.offset`; False when somebody else moved it meanwhile."""
        there = self._places.get(place.marketplace)
        if there is None or not there.sandbox or there.offset != place.offset or offset < there.offset:
            return False
        self._places[place.marketplace] = replace(there, offset=offset)
        self._looks_move(place.marketplace, there.offset - offset)
        return True

    async def due_by(self, marketplace: str, moment: datetime, limit: int) -> list[DueCase]:
        """Cases of one marketplace to be woken by then (its time), oldest first."""
        found = []
        for wake, case_id in self._wakes[marketplace].until(moment, limit):
            case, log = self._by_case[marketplace, case_id], self._logs[marketplace, case_id]
            assert case.due is not None
            found.append(DueCase(marketplace, case.order_id, case_id, case.due, log.failures, wake))
        return found

    async def ahead(self, marketplace: str) -> Ahead:
        """What one marketplace has before it."""
        return Ahead(self._wakes[marketplace].first(), *self._out_ahead(marketplace))

    async def open_versions(self, marketplace: str) -> dict[tuple[str, str], int]:
        """Order and case to the number of the last event, for every open case of one marketplace."""
        return {
            (case.order_id, case_id): case.number
            for (place, case_id), case in self._by_case.items()
            if place == marketplace and case.is_open
        }

    # --- upkeep

    async def key_of(self, marketplace: str, order_id: str, case_id: str) -> CaseKey | None:
        """The wrapped key of a case."""
        log = self._logs.get((marketplace, case_id))
        return log.key if log is not None and log.order_id == order_id else None

    async def sealed_of(self, marketplace: str, order_id: str, case_id: str) -> dict[str, Sealed]:
        """The sealed texts of a case by hash."""
        log = self._logs.get((marketplace, case_id))
        return dict(log.sealed) if log is not None and log.order_id == order_id else {}

    async def transfers(self, marketplace: str, case_id: str = "") -> list[Transfer]:
        """The transfers of a case in order, or of the whole marketplace."""
        logs = [(place, log) for place, log in self._logs.items() if place[0] == marketplace]
        found = [each for (_, case), log in logs if case_id in ("", case) for each in log.transfers]
        return sorted(found, key=lambda each: (each.case_id, each.number, each.leg))

    async def answered(self, marketplace: str, key: str) -> Answered | None:
        """The first answer to a key."""
        return self._answers.get((marketplace, key))

    async def every_order(self) -> AsyncIterator[tuple[str, str]]:
        """Marketplace and id of every order."""
        for place in sorted(self._orders):
            yield place

    async def logged_cases(self, marketplace: str, order_id: str) -> list[str]:
        """The cases of an order that have a log."""
        row = self._orders.get((marketplace, order_id))
        return [] if row is None else sorted(row.cases)

    async def caches(self, marketplace: str, order_id: str) -> Caches | None:
        """Everything of an order that can be made again."""
        row = self._orders.get((marketplace, order_id))
        if row is None:
            return None
        heads, moved = {}, list[Transfer]()
        for case_id in sorted(row.cases):
            heads[case_id] = (await self.events(marketplace, order_id, case_id))[-1].hash
            moved += await self.transfers(marketplace, case_id)
        rows = {case_id: row_of(marketplace, case) for case_id, case in row.cases.items()}
        work = self._work_of_order(marketplace, order_id)
        judged = tuple(line for case_id in sorted(row.cases) for line in self._logs[marketplace, case_id].judged)
        caches = Caches(row.version, dict(row.uses), rows, dict(row.cases), heads, tuple(moved), work, row.order)
        return replace(caches, judged=judged)

    async def replace_caches(self, marketplace: str, order_id: str, fresh: Caches) -> bool:
        """Put them in place; False when the order has moved on since `fresh.version`."""
        row = self._orders[marketplace, order_id]
        if row.version != fresh.version:
            return False
        row.version, row.uses = row.version + 1, dict(fresh.uses)
        row.cases = {case_id: case for case_id, case in fresh.states.items() if case is not None}
        for case_id, case in row.cases.items():
            self._by_case[marketplace, case_id] = case
            self._wakes[marketplace].put(case_id, case.wake)
            self._logs[marketplace, case_id].transfers = [t for t in fresh.transfers if t.case_id == case_id]
            self._logs[marketplace, case_id].judged = [j for j in fresh.judged if j.case_id == case_id]
        self._replace_work(marketplace, [(case, fresh.work[case.case_id]) for case in row.cases.values()])
        return True

    async def forget(self, case: Forgotten) -> None:
        """Destroy the key and purge what is derived from sealed text, and list the case as forgotten."""
        log = self._logs.get((case.marketplace, case.case_id))
        if log is not None:
            log.sealed.clear()
            log.key = None if log.key is None else replace(log.key, wrapped=None)
        for place, answer in self._answers.items():
            if (place[0], answer.case_id) == (case.marketplace, case.case_id):
                self._answers[place] = replace(answer, input_hash=b"")
        self._forgotten.setdefault((case.marketplace, case.case_id), case)
        self._forget_notes(case.marketplace, case.case_id)
        self._forget_answers(case)

    async def forgotten(self) -> list[Forgotten]:
        """The list of the forgotten."""
        return [self._forgotten[place] for place in sorted(self._forgotten)]
