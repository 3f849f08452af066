"""Orders put in by the batch, by the same rules as one by one, and with the same rows.

What is new, what changed before any case, and facts of orders without a case are written a batch at a time. An order
that has a case goes the engine's way, fact by fact, so that its cases are told. The same again changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Final, Protocol

from mufakat.core.order import Fact, Order, fact_fault, order_fault
from mufakat.core.parties import Role
from mufakat.core.refusal_texts import sentence
from mufakat.core.refusals import Code, Refusal
from mufakat.engine.feeding.records import BadRow, Given
from mufakat.engine.handle import FACT_LEASE, MAX_FACTS, Engine
from mufakat.store import codec
from mufakat.store.feeding import OrderThere, OrderWrite
from mufakat.store.records import OrderPut

BATCH: Final = 1000
"""Orders of one statement."""


class BulkStore(Protocol):
    """A store that takes orders by the batch: PostgreSQL (`store/feeding.py` says what each does)."""

    async def orders_there(self, marketplace: str, order_ids: Sequence[str]) -> dict[str, OrderThere]:
        """Those of some orders that are there, by id."""

    async def write_orders(self, marketplace: str, writes: Sequence[OrderWrite], try_at: datetime) -> set[str]:
        """Write orders that have no case; the ids of those that were written."""


@dataclass(slots=True)
class Counts:
    """What became of the orders of a batch, or of all. `facts`: recorded; `refused`: orders or facts of them."""

    new: int = 0
    same: int = 0
    changed: int = 0
    facts: int = 0
    refused: int = 0

    def add(self, other: "Counts") -> None:
        """Add what became of another batch."""
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))


@dataclass(slots=True)
class Put:
    """What became of a batch: counts, what was refused, and the orders that stand in the store as they were given."""

    counts: Counts = field(default_factory=Counts)
    bad: list[BadRow] = field(default_factory=list)
    standing: list[Order] = field(default_factory=list)


@dataclass(slots=True)
class _Plan:
    """What is to be done about an order: `put` of its snapshot (None: refused), and the facts that are not there."""

    given: Given
    put: OrderPut | None
    facts: tuple[Fact, ...]
    there: OrderThere | None
    bad: list[BadRow]


class Feeding:
    """Puts batches of orders into a store."""

    def __init__(self, engine: Engine, store: BulkStore) -> None:
        self._engine, self._store = engine, store

    async def put(self, marketplace: str, batch: Sequence[Given], *, dry_run: bool = False) -> Put:
        """Put orders in, none of them twice; dry_run: only say what would become of them. Raises StoreLost."""
        there = await self._store.orders_there(marketplace, [each.order.order_id for each in batch])
        plans = [_plan(each, there.get(each.order.order_id)) for each in batch]
        written: set[str] = set()
        if not dry_run:
            writes = [write for plan in plans if (write := _write(plan)) is not None]
            written = await self._store.write_orders(marketplace, writes, self._engine.clock.now() + FACT_LEASE)
        done = Put()
        for plan in plans:
            if dry_run or plan.given.order.order_id in written or not _changes(plan):
                _count(done, plan)
            else:  # it has a case, or somebody wrote it meanwhile
                _count(done, await self._singly(marketplace, plan))
        return done

    async def _singly(self, marketplace: str, plan: _Plan) -> _Plan:
        """The engine's way for one order; what came of it."""
        given, put, bad = plan.given, plan.put, list(plan.bad)
        if put is not None:
            answer = await self._engine.put_order(marketplace, given.order)
            if isinstance(answer, Refusal):
                put, bad = None, [*bad, _bad(given, answer)]
            else:
                put = answer
        recorded = []
        for fact in plan.facts:
            told = await self._engine.record_fact(marketplace, given.order.order_id, fact)
            if isinstance(told, Refusal):
                bad.append(_bad(given, told))
            else:
                recorded.append(fact)
        return _Plan(given, put, tuple(recorded), plan.there, bad)


def _plan(given: Given, there: OrderThere | None) -> _Plan:
    """What is to be done about an order."""
    order, bad = given.order, list[BadRow]()
    if fault := order_fault(order):
        return _Plan(given, None, (), there, [_bad(given, Refusal(Code.ORDER_NOT_SOUND, (("fault", fault),)))])
    put: OrderPut | None = OrderPut.NEW
    stands, known = order, frozenset[Fact]()
    if there is not None:
        if _is_there(given, there):
            return _Plan(given, OrderPut.SAME, (), there, [])
        known = frozenset(codec.decode_fact(body) for body in there.facts)
        was = codec.decode_order(there.snapshot)
        put = OrderPut.SAME if was == order else OrderPut.CHANGED
        if put is OrderPut.CHANGED and there.used:
            put, stands = None, was
            bad.append(BadRow(given.row, order.order_id, Code.ALREADY_OPEN, _differing(was, order)))
    facts: list[Fact] = []
    for fact in dict.fromkeys(given.facts):
        if fact in known:
            continue
        fault = fact_fault(stands, fact) if len(known) + len(facts) < MAX_FACTS else f"it has {MAX_FACTS} facts already"
        if fault:
            bad.append(_bad(given, Refusal(Code.FACT_NOT_FITTING, (("fault", fault),))))
        else:
            facts.append(fact)
    return _Plan(given, put, tuple(facts), there, bad)


def _is_there(given: Given, there: OrderThere) -> bool:
    """Whether all of it stands there, byte for byte: what most orders of most files are, and quickly seen."""
    if codec.encode_order(given.order) != there.snapshot:
        return False
    return {codec.encode_fact(fact) for fact in given.facts} <= set(there.facts)


def _changes(plan: _Plan) -> bool:
    """Whether there is anything to write."""
    return bool(plan.facts) or plan.put in (OrderPut.NEW, OrderPut.CHANGED)


def _write(plan: _Plan) -> OrderWrite | None:
    """What is written with the batch; None where nothing is, or where cases are to be told."""
    order, there = plan.given.order, plan.there
    if not _changes(plan) or (there is not None and there.used):
        return None
    if there is None:
        return OrderWrite(order, codec.encode_order(order), 0, 1 + len(plan.facts), plan.facts)
    snapshot = codec.encode_order(order) if plan.put is OrderPut.CHANGED else there.snapshot
    version = there.version + (plan.put is OrderPut.CHANGED) + len(plan.facts)
    return OrderWrite(order, snapshot, there.version, version, plan.facts, len(there.facts))


def _count(done: Put, plan: _Plan) -> None:
    counts = done.counts
    counts.new += plan.put is OrderPut.NEW
    counts.same += plan.put is OrderPut.SAME
    counts.changed += plan.put is OrderPut.CHANGED
    counts.facts += len(plan.facts)
    counts.refused += bool(plan.bad)
    done.bad += plan.bad
    if plan.put is not None:
        done.standing.append(plan.given.order)


def _bad(given: Given, refusal: Refusal) -> BadRow:
    return BadRow(given.row, given.order.order_id, refusal.code, sentence(refusal, Role.SYSTEM))


def _differing(was: Order, order: Order) -> str:
    """Which terms differ from those that a case stands on."""
    names = [each.name for each in fields(Order) if getattr(was, each.name) != getattr(order, each.name)]
    return f"a case was opened on this order, and {', '.join(names)} differ from its terms"
