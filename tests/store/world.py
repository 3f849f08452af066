"""A small world for tests: one store, an engine over it, a clock that tests move, and the false provider."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from mufakat.core import commands as c
from mufakat.core.claim import ClaimLine, Material, Reason, RequestType
from mufakat.core.order import Order
from mufakat.core.parties import Actor
from mufakat.core.refusals import Code, Refusal
from mufakat.core.settlement import ZERO_WHEN_CLOSED, Account, balances, still_pending
from mufakat.engine.deadlines import Deadlines
from mufakat.engine.deliveries import Deliveries
from mufakat.engine.handle import Done, Engine
from mufakat.engine.ids import Uuids
from mufakat.engine.maintain import Broken, Difference, Maintenance
from mufakat.engine.paying import Step
from mufakat.engine.policies import Rulebooks
from mufakat.engine.ports import Store
from mufakat.payments.false import Books, FalseProvider, Faults, MemoryBooks
from mufakat.store.records import Marketplace
from mufakat.store.seal import Sealer
from tests.core.story import CUSTOMER, DAY, DELIVERED, HOUR, SELLER, delivered, order

MASTER = bytes(range(32))
HERE = Marketplace("here", "id")
THERE = Marketplace("there", "vn")

ASK = c.OpenRequest(
    RequestType.REFUND,
    (ClaimLine("a", Reason.DEFECTIVE),),
    (Material("PHOTOS_OF_RECEIVED_ITEM", digest="d1", text="the crack at the bottom"),),
    "It does not turn on",
)


@dataclass
class HandClock:
    """A clock that stands until a test moves it."""

    at: datetime = DELIVERED + HOUR

    def now(self) -> datetime:
        return self.at


@dataclass
class OneProvider:
    """The same provider for every marketplace."""

    one: FalseProvider

    def provider(self, marketplace: str) -> FalseProvider:
        assert marketplace
        return self.one


@dataclass
class World:
    """Everything around a store. `faults` and `between` go wrong on demand."""

    store: Store
    clock: HandClock = field(default_factory=HandClock)
    books: Books = field(default_factory=MemoryBooks)
    faults: Faults = field(default_factory=lambda: Faults(Random(7)))

    def __post_init__(self) -> None:
        self.sealer = Sealer(MASTER)
        self.engine = self.another()
        self.provider = FalseProvider(self.books, self.clock.now, self.faults)
        self.deadlines = Deadlines(self.engine)
        self.deliveries = self.deliver()
        self.maintenance = Maintenance(self.store, self.clock)

    def another(self) -> Engine:
        """One more engine over the same store, as in another process."""
        return Engine(self.store, Rulebooks(), self.clock, self.sealer, Uuids())

    def deliver(self, between: Step | None = None) -> Deliveries:
        """One more delivery loop."""
        providers = OneProvider(self.provider)
        if between is None:
            return Deliveries(self.engine, providers, Random(1))
        return Deliveries(self.engine, providers, Random(1), between)

    async def ready(self, *orders: Order, sold: int = 0) -> "World":
        """Both marketplaces, and delivered orders in `here`; `sold` is due to the seller in five days."""
        for place in (HERE, THERE):
            await self.store.put_marketplace(place)
        for each in orders or (order(),):
            await self.put(each)
        if sold:
            await self.provider.expect(SELLER.id, "IDR", "sale", sold, DELIVERED + 5 * DAY)
        return self

    async def put(self, snapshot: Order, marketplace: str = "here") -> None:
        """An order with its delivery."""
        assert not isinstance(await self.engine.put_order(marketplace, snapshot), Refusal)
        for fact in delivered():
            assert not isinstance(await self.engine.record_fact(marketplace, snapshot.order_id, fact), Refusal)

    async def give(
        self, actor: Actor, command: c.Command, case_id: str | None = None, key: str | None = None, **where: Any
    ) -> Done:
        """A command that must be allowed."""
        answer = await self.say(actor, command, case_id, key, **where)
        assert isinstance(answer, Done), answer
        return answer

    async def refused(
        self, actor: Actor, command: c.Command, case_id: str | None = None, key: str | None = None, **where: Any
    ) -> Code:
        """A command that must be refused."""
        answer = await self.say(actor, command, case_id, key, **where)
        assert isinstance(answer, Refusal), answer
        return answer.code

    async def say(
        self,
        actor: Actor,
        command: c.Command,
        case_id: str | None = None,
        key: str | None = None,
        marketplace: str = "here",
        order_id: str = "o1",
        expected: int | None = None,
    ) -> Done | Refusal:
        """A command, whatever comes of it."""
        return await self.engine.handle(marketplace, order_id, case_id, command, actor, key, expected)

    async def opened(self) -> str:
        """A request for a refund of one unit; its case."""
        return (await self.give(CUSTOMER, ASK)).case_id

    async def disputed(self) -> str:
        """A request that was rejected and disputed, with a text of each side; its case."""
        case_id = await self.opened()
        self.clock.at += HOUR
        code = await self.reject_code()
        await self.give(SELLER, c.RejectRequest(code, text="It worked when it left us"), case_id)
        self.clock.at += HOUR
        await self.give(CUSTOMER, c.RaiseDispute(text="It never worked"), case_id)
        return case_id

    async def reject_code(self) -> str:
        """A code of the market with which a refund can be rejected."""
        policy = self.engine.policy_for("id", self.clock.at).policy
        return next(
            r.code for r in policy.codes if r.use == "REJECT_REFUND" and (not r.statuses or "DELIVERED" in r.statuses)
        )

    async def until_quiet(self, most: int = 1000) -> None:
        """Let everything happen that happens by itself, moving the clock to whatever comes next."""
        for _ in range(most):
            await self.deadlines.drain()
            await self.deliveries.drain()
            moment = await self.store.next_moment()
            if moment is None:
                return
            self.clock.at = max(self.clock.at + timedelta(microseconds=1), moment)
        raise AssertionError("it never becomes quiet")

    async def nothing_owed(self, marketplace: str = "here") -> bool:
        """Whether the ledger owes nothing but what is in the arrears, and holds nothing."""
        moved = await self.store.transfers(marketplace)
        standing = balances(moved)
        held = [each for each in still_pending(moved).values() if each.debit is Account.SELLER_PAYABLE]
        return not held and not any(standing.get(account, 0) for account in ZERO_WHEN_CLOSED)

    async def differences(self) -> list[Difference]:
        """What `rebuild` finds."""
        return [each async for each in self.maintenance.rebuild()]

    async def broken(self) -> list[Broken]:
        """What `verify` finds."""
        return [each async for each in self.maintenance.verify()]


def orders(count: int) -> Iterable[Order]:
    """Several orders: o1, o2, ..."""
    return (replace(order(), order_id=f"o{n}") for n in range(1, count + 1))
