"""A sandbox for tests: an engine over a store, the built-in provider on the sandbox's clock, short words for calls."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.case import Case, Matter
from mufakat.core.claim import ClaimLine, Reason, RequestType
from mufakat.core.order import Order
from mufakat.core.parties import Actor, Role
from mufakat.core.phases import Phase
from mufakat.core.refusals import Code, Refusal
from mufakat.engine.deadlines import Deadlines
from mufakat.engine.deliveries import Deliveries
from mufakat.engine.handle import Done, Engine
from mufakat.engine.ids import Uuids
from mufakat.engine.policies import Rulebooks
from mufakat.engine.ports import Store
from mufakat.engine.sandbox import Moved, OrderKind, Wanted, forward, judge, make_order, react
from mufakat.lab.auditor import audit_world
from mufakat.lab.record import world_record
from mufakat.lab.stage import Known
from mufakat.payments.false import FalseProvider, MemoryBooks
from mufakat.payments.false_tables import TableBooks
from mufakat.store.postgres import PostgresStore
from mufakat.store.records import Ask, Marketplace
from mufakat.store.seal import Sealer
from tests.core.story import DELIVERED
from tests.store.world import MASTER, HandClock

SAND = "sand"
DAY = timedelta(days=1)


@dataclass
class Tills:
    """The built-in provider of each marketplace, on that marketplace's clock."""

    store: Store
    clock: HandClock
    places: dict[str, Marketplace] = field(default_factory=dict)
    books: dict[str, MemoryBooks] = field(default_factory=dict)

    async def refresh(self) -> None:
        """Look at the clocks anew."""
        self.places = {each.marketplace: each for each in await self.store.marketplaces()}

    def provider(self, marketplace: str) -> FalseProvider:
        """Its provider, with books where the store keeps everything else."""
        if isinstance(self.store, PostgresStore):
            books = TableBooks(self.store.pool, marketplace, self.refresh)
            return FalseProvider(books, lambda: self.places[marketplace].at(self.clock.now()))
        kept = self.books.setdefault(marketplace, MemoryBooks())
        return FalseProvider(kept, lambda: self.store._places[marketplace].at(self.clock.now()))  # type: ignore[attr-defined]


class Sandbox:
    """The sandbox `sand` beside the live marketplace `live`, over one store; the real clock stands."""

    def __init__(self, store: Store) -> None:
        self.store, self.clock = store, HandClock(DELIVERED)
        self.engine = Engine(store, Rulebooks(), self.clock, Sealer(MASTER), Uuids())
        self.tills = Tills(store, self.clock)
        self.deadlines = Deadlines(self.engine)
        self.deliveries = Deliveries(self.engine, self.tills, Random(1))

    async def ready(self, market: str = "id") -> "Sandbox":
        """Both marketplaces."""
        await self.store.put_marketplace(Marketplace(SAND, market, sandbox=True))
        await self.store.put_marketplace(Marketplace("live", market))
        await self.tills.refresh()
        return self

    async def place(self, name: str = SAND) -> Marketplace:
        """A marketplace as it stands."""
        return next(each for each in await self.store.marketplaces() if each.marketplace == name)

    async def now(self) -> datetime:
        """What the sandbox's clock shows."""
        return (await self.place()).at(self.clock.now())

    async def order(self, customer: str, seller: str, kind: OrderKind = OrderKind.DELIVERED_YESTERDAY) -> Order:
        """An order to try with."""
        order = await make_order(self.engine, self.tills, SAND, kind, customer, seller)
        assert isinstance(order, Order), order
        return order

    async def ask(
        self, order: Order, type_: RequestType = RequestType.REFUND, reason: Reason = Reason.DEFECTIVE
    ) -> str:
        """The customer asks for something about every line; its case."""
        lines = tuple(ClaimLine(line.line_id, reason, quantity=line.quantity) for line in order.lines)
        done = await self.give(order.order_id, None, Role.CUSTOMER, order.customer_id, c.OpenRequest(type_, lines))
        return done.case_id

    async def give(self, order_id: str, case_id: str | None, role: Role, who: str, command: c.Command) -> Done:
        """A command that must be allowed, after which canned people react."""
        done = await self.engine.handle(SAND, order_id, case_id, command, Actor(role, who))
        assert isinstance(done, Done), done
        await react(self.engine, SAND, order_id, done.case_id)
        return done

    async def forward(self, by: timedelta) -> Moved:
        """Move the clock; must go."""
        moved = await forward(self.engine, self.deadlines, self.deliveries, SAND, by=by)
        assert isinstance(moved, Moved), moved
        return moved

    async def judge(self, case_id: str, wanted: Wanted, matter: int = 0) -> Done:
        """Judge; must go."""
        done = await judge(self.engine, SAND, case_id, wanted, matter)
        assert isinstance(done, Done), done
        row = await self.store.find_case(SAND, case_id)
        assert row is not None
        await react(self.engine, SAND, row.order_id, case_id)
        return done

    async def not_judged(self, case_id: str, wanted: Wanted, matter: int = 0) -> Refusal:
        """Judge; must be refused."""
        refusal = await judge(self.engine, SAND, case_id, wanted, matter)
        assert isinstance(refusal, Refusal), refusal
        return refusal

    async def case(self, case_id: str) -> Case:
        """A case as it stands."""
        row = await self.store.find_case(SAND, case_id)
        assert row is not None
        loaded = await self.store.load(Ask(SAND, row.order_id, case_id))
        assert loaded is not None
        assert loaded.case is not None
        return loaded.case

    async def matter(self, case_id: str) -> Matter:
        """Its first matter."""
        return (await self.case(case_id)).matter(1)

    async def phase(self, case_id: str) -> Phase:
        """Where its first matter stands."""
        return (await self.matter(case_id)).phase

    async def log(self, case_id: str) -> list[e.Recorded]:
        """Its events."""
        case = await self.case(case_id)
        return [each.recorded for each in await self.store.history(SAND, case.order_id, case_id)]

    async def names(self, case_id: str) -> list[str]:
        """The names of its events, without those of phases."""
        return [type(x.event).__name__ for x in await self.log(case_id) if not isinstance(x.event, e.PhaseEntered)]


def code(refusal: Moved | Done | Order | Refusal) -> Code:
    """The code of what must be a refusal."""
    assert isinstance(refusal, Refusal), refusal
    return refusal.code


async def audited(sand: Sandbox, *, settled: bool = True) -> list[Any]:
    """The faults that the auditor finds in all that the sandbox has recorded; `settled`: all must be closed."""
    orders, facts = {}, {}
    async for place, order_id in sand.store.every_order():
        if place == SAND:
            loaded = await sand.store.load(Ask(SAND, order_id))
            assert loaded is not None
            orders[place, order_id] = loaded.order.order
            facts[place, order_id] = [Known(fact, fact.at) for fact in loaded.order.facts]
    market = (await sand.place()).market
    now = await sand.now()
    stage: Any = Stand(orders, facts, sand.store, now)
    record = await world_record(stage, SAND, market, sand.tills.provider(SAND))
    return audit_world({**record, "settled": settled})


class Stand:
    """What the auditor's record is made of."""

    def __init__(self, orders: Any, facts: Any, store: Any, now: datetime) -> None:
        self.orders, self.facts, self.store, self.clock = orders, facts, store, self
        self._now = now

    def now(self) -> datetime:
        """The end of the story."""
        return self._now
