"""A world from one seed: two marketplaces, their people, the bank, the mail and bad luck, on a virtual clock.

Three phases. In the first everything goes wrong that can: replies get lost, tickers come twice or late, processes
die in the act, the bank times out after acting, two act at once, anybody tries anything. Then bad luck stops. Then
nothing new begins, and everything must close in a bounded number of rounds. What was recorded is judged by the
auditor, who knows the rules and not the code; what it cannot see is checked in `checks.py`.
"""

import hashlib
import logging
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any, Final
from unittest import mock

from mufakat import rulebooks
from mufakat.core.claim import Reason, RequestType
from mufakat.core.order import OrderState
from mufakat.core.parties import Actor, Role
from mufakat.core.phases import Phase
from mufakat.core.policy.codec import decode, encode
from mufakat.core.policy.policy import AutomaticRule, Policy
from mufakat.core.policy.rulebook import Rulebook
from mufakat.core.refusals import Refusal
from mufakat.engine import asking, handle, importing
from mufakat.engine.deliveries import Deliveries
from mufakat.engine.handle import Done, Engine
from mufakat.engine.ids import Uuids
from mufakat.engine.ports import Store
from mufakat.lab import banks, checks, customers, elsewhere, memory, nonsense, sellers
from mufakat.lab.loop import run_virtually
from mufakat.lab.memory import MemoryStore
from mufakat.lab.people import Asking, Traits, rolls
from mufakat.lab.record import world_record
from mufakat.lab.rewriting import with_class, with_value
from mufakat.lab.shop import Sale, Shop
from mufakat.lab.stage import (
    KEPT_POLICIES,
    Cast,
    KilledInTheAct,
    LabPolicies,
    Luck,
    Stage,
    Stumbled,
    Told,
    VirtualClock,
)
from mufakat.lab.unlucky import UnluckyStore
from mufakat.payments.false import Books, FalseProvider, Faults, MemoryBooks
from mufakat.store.records import Ask, Loaded, Marketplace
from mufakat.store.seal import Sealer

MARKETS: Final = {"toko": "id", "cho": "vn"}
"""Marketplace to rulebook."""
FIRST_DAY: Final = datetime(2025, 9, 1, tzinfo=UTC)
DAYS: Final = 600
"""Worlds begin on one of so many days from the first."""
UNLUCKY_DAYS: Final = 35
CALM_DAYS: Final = 15
FOUR_EYES: Final = ("four_eyes_above", 60_000)
SWITCHES: Final[dict[int, tuple[tuple[str, bool | int], ...]]] = {
    1: (("platform_advance", True),),
    3: (("platform_advance", True), ("debit_balance", True)),
    4: (FOUR_EYES,),
    5: (("debit_balance", True),),
    6: (FOUR_EYES,),
}
"""Of eight worlds, which switches the markets of some have otherwise: of deduction, of how many people judge."""
WITH_MACHINES: Final = (2, 6)
"""Of eight worlds, those in whose markets a machine judges what data settle."""
MACHINE: Final = AutomaticRule("SETTLED_BY_DATA", tuple(Reason), tuple(RequestType), 500_000)
"""What it may judge: all that it can."""
SWITCHED_OF: Final = 8
LAZY: Final = {"hands_in": 0.04, "silent": 0.02}
"""What people are like there: they dispute and hand in little, so that there is something for data to settle."""
MOVING_IN: Final = 3
"""One world in so many takes over cases that were under way in another system."""
MOVED: Final = 2
"""Cases that such a world takes over in each marketplace."""
MOST_ROUNDS: Final = 12_000
"""Rounds that a world may take to close everything, far above what any does."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much happens in a world. `bent`: traits that everybody has in that strength, to make something frequent.

    `probe`: somebody tries this command whenever a matter is in that phase, allowed or not.
    """

    orders: int = 9
    nonsense: int = 140
    complaints: int = 2
    bent: tuple[tuple[str, float], ...] = ()
    probe: tuple[Phase, type, Role] | None = None


@dataclass(slots=True)
class Ended:
    """A world that came to its end: its faults, its story, what it recorded by marketplace."""

    seed: int
    faults: list[str]
    story: list[Told]
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    rounds: int = 0

    @property
    def commands(self) -> int:
        """How many commands were given."""
        return len(self.story)


@dataclass(slots=True)
class Bank:
    """The false providers by marketplace, with one set of faults."""

    providers: dict[str, FalseProvider]
    faults: Faults

    def provider(self, marketplace: str) -> FalseProvider:
        """Its provider."""
        return self.providers[marketplace]


class Sometimes:
    """Doubts about a case now and then: what signals would say, which are not kept in memory."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    async def any_about(self, loaded: Loaded) -> bool:
        """Whether there is one this time."""
        return loaded.case is not None and rolls(self._chance, 0.2)


def false_bank(clock: VirtualClock, chance: Random, books: dict[str, Books] | None = None) -> Bank:
    """A bank for every marketplace of a world, where much goes wrong at first."""
    faults = Faults(chance, 0.08, 0.08, 0.05, 0.05, 0.08, 0.03)
    kept: dict[str, Books] = books or {name: MemoryBooks() for name in MARKETS}
    return Bank({name: FalseProvider(kept[name], clock.now, faults) for name in MARKETS}, faults)


class World:
    """One world in the making."""

    def __init__(
        self,
        seed: int,
        store: Store | None = None,
        scale: Scale | None = None,
        books: dict[str, Books] | None = None,
        law: dict[str, Rulebook] | None = None,
    ) -> None:
        self.seed, self.scale = seed, scale or Scale()
        self.chance = Random(f"mufakat world {seed}")
        start = FIRST_DAY + timedelta(days=self.chance.randrange(DAYS), minutes=self.chance.randrange(1440))
        self.clock = VirtualClock(start)
        self.bank = false_bank(self.clock, self.chance, books)
        self.store = UnluckyStore(store or MemoryStore(), self.chance)
        on = () if law else SWITCHES.get(seed % SWITCHED_OF, ())
        self.machine = MACHINE if not law and seed % SWITCHED_OF in WITH_MACHINES else None
        self.switches = dict(on)
        self.law = law or {name: with_switches(name, on, self.machine) for name in MARKETS.values()}
        bytes_ = self.chance.randbytes
        sealer = Sealer(hashlib.sha256(str(seed).encode()).digest(), bytes_)
        self.policies = LabPolicies(self.law)
        engine = Engine(self.store, self.policies, self.clock, sealer, Uuids(bytes_))
        self.killing = 0.02
        posts = [Deliveries(engine, self.bank, self.chance, self._between, Sometimes(self.chance)) for _ in range(2)]
        luck = Luck(repeats=0.15, at_once=0.05, on_the_dot=0.06, double_ticks=0.15, oversleeps=0.05)
        self.stage = Stage(engine, self.clock, posts, {}, self.chance, luck)
        self.stage.probe = self.scale.probe
        self.shops: dict[str, Shop] = {}

    async def _between(self, step: str) -> None:
        if self.killing and rolls(self.chance, self.killing):
            raise KilledInTheAct(step)

    async def live(self) -> Ended:
        """Let the world run through its three phases and judge it."""
        closed = True
        start = self.clock.now()
        try:
            await self._found(start)
            await self.stage.run(start + timedelta(days=UNLUCKY_DAYS), MOST_ROUNDS)
            self._luck_stops()
            await self.stage.run(start + timedelta(days=UNLUCKY_DAYS + CALM_DAYS), MOST_ROUNDS)
            self.stage.grain = timedelta(hours=12)
            self.stage.patient = False
            closed = await self.stage.run(most_rounds=MOST_ROUNDS)
        except Stumbled:
            return Ended(self.seed, self.stage.faults, self.stage.story, rounds=self.stage.rounds)
        if not closed:
            self.stage.faults.append(f"does not end: not closed after {MOST_ROUNDS} rounds")
        records = {
            name: await world_record(self.stage, name, market, self.bank.provider(name), self.switches, self.machine)
            for name, market in MARKETS.items()
        }
        self.stage.faults += await checks.of_world(self.stage, records)
        self.stage.faults += [f"logged as an error: {each}" for each in self.stage.errors.seen]
        return Ended(self.seed, self.stage.faults, self.stage.story, records, self.stage.rounds)

    def _luck_stops(self) -> None:
        self.stage.luck.stop()
        self.bank.faults.stop()
        self.store.stop()
        self.killing = 0.0

    async def _found(self, start: datetime) -> None:
        """Set up the marketplaces and put on the agenda what will happen in them."""
        for name, rulebook in MARKETS.items():
            await self.store.put_marketplace(Marketplace(name, rulebook))
            shop = self.shops[name] = Shop(name, rulebook, self.chance, self.stage.hidden)
            everybody = {**shop.customers, **shop.sellers, **shop.agents}
            self.stage.on_return = banks.answer_claims
            bent = {**(LAZY if self.machine is not None else {}), **dict(self.scale.bent)}
            people = {who: replace(traits, **bent) for who, traits in everybody.items()}
            self.stage.casts[name] = Cast(people, list(shop.agents))
            for number in range(self.scale.orders):
                at = start + timedelta(minutes=self.chance.randint(0, 15 * 1440))
                sale = shop.sale(number, at, self.stage.carrier)
                self.stage.plan(at, lambda m=name, s=sale: self._sell(m, s))  # type: ignore[misc]
            for number in range(MOVED if self.seed % MOVING_IN == 1 else 0):
                at = start + timedelta(minutes=self.chance.randint(1440, 15 * 1440))
                self.stage.plan(at, lambda m=name, n=number: self._move_in(m, n))  # type: ignore[misc]
            for _ in range(self.scale.nonsense // len(MARKETS)):
                at = start + timedelta(minutes=self.chance.randint(1440, UNLUCKY_DAYS * 1440))
                self.stage.plan(at, lambda m=name: self._nonsense(m))  # type: ignore[misc]

    async def _sell(self, marketplace: str, sale: Sale) -> None:
        """An order is placed; its facts, its complaints and the seller's payouts follow."""
        order, chance, stage = sale.order, self.chance, self.stage
        await stage.sell(marketplace, order)
        for known_at, fact in (*sale.facts, *banks.chargebacks(order)):
            stage.plan(known_at, lambda f=fact: stage.tell(marketplace, order.order_id, f))  # type: ignore[misc]
        provider = self.bank.provider(marketplace)
        await provider.expect(order.seller_id, order.currency, order.order_id, sale.payout, sale.payout_at)
        delivered = [known_at for known_at, fact in sale.facts if getattr(fact, "kind", "") == "DELIVERED"]
        for _ in range(chance.randint(1, self.scale.complaints + 1)):
            base = delivered[0] if delivered and rolls(chance, 0.92) else order.purchased_at
            at = base + timedelta(minutes=chance.randint(10, chance.choice((3, 6, 20)) * 1440))
            stage.plan(at, lambda: self._complain(marketplace, order.order_id))
        if chance.random() < self.shops[marketplace].sellers[order.seller_id].starts * 2:
            at = order.purchased_at + timedelta(minutes=chance.randint(60, 12 * 1440))
            stage.plan(at, lambda: self._seller_starts(marketplace, order.order_id))

    async def _move_in(self, marketplace: str, number: int) -> None:
        """An order comes with all that is known of it, and with a case that was under way in another system."""
        now, stage, chance = self.clock.now(), self.stage, Random(f"elsewhere {self.seed} {marketplace} {number}")
        sale = self.shops[marketplace].sale(1000 + number, now - timedelta(days=chance.randint(8, 20)), stage.carrier)
        order = sale.order
        await stage.sell(marketplace, order)
        provider = self.bank.provider(marketplace)
        await provider.expect(order.seller_id, order.currency, order.order_id, sale.payout, now + timedelta(days=60))
        for known_at, fact in sale.facts:
            if known_at <= now:
                await stage.tell(marketplace, order.order_id, fact)
            else:
                stage.plan(known_at, lambda f=fact: stage.tell(marketplace, order.order_id, f))  # type: ignore[misc]
        opened = now - timedelta(minutes=chance.randint(60, 9 * 1440))
        policy = self.policies.policy_for(MARKETS[marketplace], opened.date())
        known = OrderState(order, tuple(fact for _, fact in sale.facts if fact.at <= opened))
        opening = customers.complaint(Asking(known, policy, Traits(lies=0.95), stage.hidden, chance))
        if opening is not None:
            told = elsewhere.history(chance, f"RMA-{number}", order, opening, policy, opened, now)
            await elsewhere.move_in(stage, marketplace, told, chance)

    async def _asking(self, marketplace: str, order_id: str, person: str) -> Asking | None:
        loaded = await self.store.load(Ask(marketplace, order_id))
        if loaded is None:
            return None
        policy = self.policies.policy_for(loaded.marketplace.market, self.clock.now().date())
        traits = self.stage.casts[marketplace].people.get(person, Traits())
        return Asking(loaded.order, policy, traits, self.stage.hidden, self.chance)

    async def _complain(self, marketplace: str, order_id: str) -> None:
        order = self.stage.orders[marketplace, order_id]
        asking = await self._asking(marketplace, order_id, order.customer_id)
        command = customers.complaint(asking) if asking is not None else None
        if command is not None:
            by_agent = rolls(self.chance, 0.05)
            agent = self.stage.casts[marketplace].agents[0]
            who = Actor(Role.AGENT, agent) if by_agent else Actor(Role.CUSTOMER, order.customer_id)
            await self.stage.do(marketplace, order_id, None, command, who)

    async def _seller_starts(self, marketplace: str, order_id: str) -> None:
        order = self.stage.orders[marketplace, order_id]
        asking = await self._asking(marketplace, order_id, order.seller_id)
        if asking is not None:
            who = Actor(Role.SELLER, order.seller_id)
            await self.stage.do(marketplace, order_id, None, sellers.own_request(asking), who)

    async def _nonsense(self, marketplace: str) -> None:
        """Somebody tries something about some case."""
        rows = await self.store.cases(marketplace, limit=1000)
        if not rows:
            return
        open_rows = [row for row in rows if row.is_open]
        row = self.chance.choice(open_rows if open_rows and rolls(self.chance, 0.85) else rows)
        loaded = await self.store.load(Ask(marketplace, row.order_id, row.case_id))
        if loaded is None or loaded.case is None:
            return
        cast, shop = self.stage.casts[marketplace], self.shops[marketplace]
        by = nonsense.actor(self.chance, loaded.case, cast.agents, [*shop.customers, *shop.sellers])
        view = self.stage.view(marketplace, loaded, by)
        command = nonsense.command(view, by)
        if nonsense.makes_sense(loaded.case, by, command) and rolls(self.chance, 0.7):
            return
        case_id = None if type(command).__name__ == "OpenRequest" else row.case_id
        answer = await self.stage.do(marketplace, row.order_id, case_id, command, by)
        self.stage.faults += checks.of_nonsense(loaded.case, by, command, answer)
        if isinstance(answer, Done) and rolls(self.chance, 0.1):
            await self._reuse_a_key(marketplace, row.order_id, row.case_id, by)

    async def _reuse_a_key(self, marketplace: str, order_id: str, case_id: str, by: Actor) -> None:
        key = f"reused-{len(self.stage.story)}"
        first = await self.stage.do(marketplace, order_id, case_id, nonsense.something("nonsense told twice"), by, key)
        again = await self.stage.do(marketplace, order_id, case_id, nonsense.something("again"), by, key)
        if isinstance(first, Done) and not isinstance(again, Refusal):
            self.stage.faults.append("a key was used again with another input, and was accepted")


@lru_cache
def with_switches(name: str, on: tuple[tuple[str, bool | int], ...], machine: AutomaticRule | None) -> Rulebook:
    """A rulebook with some of its switches otherwise, and with a class that a machine may judge."""
    book = rulebooks.load(name)
    for switch, value in on:
        book = with_value(book, ("switch", switch), value)
    return book if machine is None else with_class(book, machine)


def live(seed: int, scale: Scale | None = None, law: dict[str, Rulebook] | None = None) -> Ended:
    """One world in memory, from its seed to its end."""
    world = World(seed, scale=scale, law=law)
    with seeded(world):
        return run_virtually(world.live())


@lru_cache(maxsize=KEPT_POLICIES)
def decoded(body: bytes) -> Policy:
    """A policy from its bytes, kept."""
    return decode(body)


_encoded: dict[int, tuple[Policy, bytes]] = {}


def encoded(policy: Policy) -> bytes:
    """The bytes of a policy, kept with it; policies cannot be keys, because they hold dictionaries."""
    if id(policy) not in _encoded:
        if len(_encoded) >= KEPT_POLICIES:
            _encoded.clear()
        _encoded[id(policy)] = (policy, encode(policy))
    return _encoded[id(policy)][1]


def seeded(world: World) -> ExitStack:
    """The engine draws the world's chance, policies are kept for the next world, and errors in the log are seen."""
    stack = ExitStack()
    stack.enter_context(mock.patch.object(handle, "_chance", Random(world.seed)))
    stack.enter_context(mock.patch.object(importing, "_chance", Random(world.seed)))
    stack.enter_context(mock.patch.object(asking, "encode_policy", encoded))
    stack.enter_context(mock.patch.object(memory, "decode_policy", decoded))
    logger = logging.getLogger("mufakat")
    level, propagate = logger.level, logger.propagate
    logger.addHandler(world.stage.errors)
    logger.setLevel(logging.ERROR)
    logger.propagate = False
    stack.callback(logger.setLevel, level)
    stack.callback(setattr, logger, "propagate", propagate)
    stack.callback(logger.removeHandler, world.stage.errors)
    return stack
