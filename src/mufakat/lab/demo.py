"""`mufakat demo`: real orders and complaints through the real engine, on a virtual clock, to the last case.

Orders and complaints come from files, or from a small marketplace of our own. Seeded customers, sellers, agents and
a carrier act; every deadline fires; the false payment provider pays and deducts. Nothing is bent: what the rules
refuse is refused and counted. At the end the auditor judges every case.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from mufakat.core import commands as c
from mufakat.core.claim import Deception
from mufakat.core.order import Order
from mufakat.core.parties import Actor, Role
from mufakat.core.refusals import Refusal
from mufakat.engine.deliveries import Deliveries
from mufakat.engine.handle import Engine
from mufakat.engine.ids import Uuids
from mufakat.engine.policies import Rulebooks
from mufakat.engine.together import together
from mufakat.lab import checks
from mufakat.lab.bazaar import bazaar
from mufakat.lab.demo_report import report
from mufakat.lab.importing import Complaint, Imported, Source, read
from mufakat.lab.keywords import Understood, claims, understand
from mufakat.lab.people import REASONS, Traits, Truth, What, rolls
from mufakat.lab.record import world_record
from mufakat.lab.stage import Cast, Known, Stage, VirtualClock
from mufakat.payments.false import FalseProvider
from mufakat.payments.false_tables import TableBooks
from mufakat.payments.payouts import worth
from mufakat.settings import Settings, master_key
from mufakat.store.embedded import EmbeddedPostgres, create_database, drop_database
from mufakat.store.migrate import migrate
from mufakat.store.postgres import PostgresStore
from mufakat.store.records import Marketplace
from mufakat.store.seal import Sealer

MARKETPLACE: Final = "demo"
DATABASE: Final = "mufakat"
HOME: Final = Path(".mufakat/demo")
AGENTS: Final = 5
AT_ONCE: Final = 48
GRAIN: Final = timedelta(hours=2)
"""The least time between two delivery passes; deadlines keep to the second."""
MOST_ROUNDS: Final = 2_000_000
HONEST: Final = 0.75
"""How often what a complaint says is what happened."""
PAID_OUT_AFTER: Final = timedelta(days=10)
"""Days from delivery to the payout to the seller."""


@dataclass(slots=True)
class Run:
    """What a demo did: what came in, what was refused, what was recorded, what is wrong."""

    source: Source
    rulebook: str
    seed: int
    home: Path
    understood: dict[str, Understood] = field(default_factory=dict)
    refused: list[tuple[Complaint, Refusal]] = field(default_factory=list)
    cases: dict[str, str] = field(default_factory=dict)
    record: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    commands: int = 0
    backdated: bool = False
    seconds: float = 0.0

    @property
    def keyworded(self) -> Counter[str]:
        """How many reasons came from the table and how many from the seed."""
        return Counter("table" if each.keyword else "seed" for each in self.understood.values())


@dataclass(frozen=True, slots=True)
class OneProvider:
    """The provider of the only marketplace."""

    one: FalseProvider

    def provider(self, marketplace: str) -> FalseProvider:
        """Its provider."""
        del marketplace
        return self.one


class Demo:
    """A run in the making."""

    def __init__(self, run: Run, store: PostgresStore, sealer: Sealer) -> None:
        self.run, self.store = run, store
        self.chance = Random(f"mufakat demo {run.seed}")
        orders = run.source.orders.values()
        self.clock = VirtualClock(min(each.order.purchased_at for each in orders))
        self.provider = FalseProvider(TableBooks(store.pool, MARKETPLACE), self.clock.now)
        engine = Engine(store, Rulebooks(backdate=True), self.clock, sealer, Uuids(self.chance.randbytes))
        post = Deliveries(engine, OneProvider(self.provider), self.chance)
        cast = Cast({}, [f"agent-{n}" for n in range(1, AGENTS + 1)])
        self.stage = Stage(engine, self.clock, [post], {MARKETPLACE: cast}, self.chance)
        self.stage.grain = GRAIN
        self.stage.patient = False

    async def play(self, show: Callable[[str, int, int], None]) -> None:
        """Everything from the import to the last closed case, then the judgement of the auditor."""
        run, stage = self.run, self.stage
        await self.store.put_marketplace(Marketplace(MARKETPLACE, run.rulebook))
        await self._import(show)
        for complaint in run.source.complaints:
            stage.plan(complaint.created_at, lambda each=complaint: self._complain(each))  # type: ignore[misc]
        total = len(run.source.complaints)
        stage.on_round = lambda: show("complaints", len(run.cases) + len(run.refused), total)
        if not await stage.run(most_rounds=MOST_ROUNDS):
            run.faults.append(f"does not end: cases are open after {MOST_ROUNDS} rounds")
        show("auditing", 0, 1)
        run.record = await world_record(stage, MARKETPLACE, run.rulebook, self.provider)
        run.faults += stage.faults + await checks.of_world(stage, {MARKETPLACE: run.record})
        run.commands = len(stage.story)
        await self.store.put_marketplace(Marketplace(MARKETPLACE, run.rulebook, frozen=self.clock.now()))

    async def _import(self, show: Callable[[str, int, int], None]) -> None:
        """Hand over the orders with what was known by the first complaint; later facts come at their times."""
        run = self.run
        first = {}
        for complaint in reversed(run.source.complaints):
            first[complaint.order_id] = complaint.created_at
        sellers: dict[str, list[Imported]] = {}
        for made in run.source.orders.values():
            sellers.setdefault(made.order.seller_id, []).append(made)
        done = 0

        async def one(made: Imported) -> None:
            nonlocal done
            until = first.get(made.order.order_id)
            await self._hand_over(made, until)
            done += 1
            show("orders", done, len(run.source.orders))

        await together([one(made) for made in run.source.orders.values()], AT_ONCE)
        await together([self._payouts(each) for each in sellers.values()], AT_ONCE)

    async def _hand_over(self, made: Imported, until: Any) -> None:
        order, place = made.order, (MARKETPLACE, made.order.order_id)
        await self.stage.sell(MARKETPLACE, order)
        for scan in made.scans:
            if until is not None and scan.at >= until:
                self.stage.plan(scan.at, lambda s=scan: self.stage.tell(MARKETPLACE, order.order_id, s))  # type: ignore[misc]
                continue
            self.stage.facts[place].append(Known(scan, scan.at))
            told = await self.stage.engine.record_fact(MARKETPLACE, order.order_id, scan)
            if isinstance(told, Refusal):
                self.run.faults.append(f"a scan of order {order.order_id} was refused: {told}")

    async def _payouts(self, made: list[Imported]) -> None:
        """What is due to one seller, sale by sale."""
        for each in made:
            order = each.order
            at = (each.scans[-1].at if each.scans else order.purchased_at) + PAID_OUT_AFTER
            await self.provider.expect(order.seller_id, order.currency, order.order_id, worth(order), at)

    async def _complain(self, complaint: Complaint) -> None:
        """A customer opens a request; a refusal is recorded and nothing more is tried."""
        run, order = self.run, self.run.source.orders[complaint.order_id].order
        chance = Random(f"{run.seed} {complaint.complaint_id}")
        meant = run.understood[complaint.complaint_id] = understand(complaint.text, chance)
        lines = claims(order, meant, chance)
        self._decide_truth(order, meant, chance)
        people = self.stage.casts[MARKETPLACE].people
        for person in (order.customer_id, order.seller_id):
            if person not in people:
                people[person] = Traits.drawn(Random(f"{run.seed} {person}"))
        command = c.OpenRequest(meant.type, lines, (), complaint.text)
        who = Actor(Role.CUSTOMER, order.customer_id)
        answer = await self.stage.do(MARKETPLACE, order.order_id, None, command, who, complaint.complaint_id)
        if isinstance(answer, Refusal):
            run.refused.append((complaint, answer))
        else:
            run.cases[complaint.complaint_id] = answer.case_id

    def _decide_truth(self, order: Order, meant: Understood, chance: Random) -> None:
        """Mostly what the complaint says; else nothing happened, and perhaps the customer knows."""
        said = [what for what, reason in REASONS.items() if reason is meant.reason] or [What.UNLIKE]
        for line in order.lines:
            if rolls(chance, HONEST):
                truth = Truth(chance.choice(said), Deception.SELLER if rolls(chance, 0.1) else Deception.NONE)
            else:
                truth = Truth(What.FINE, Deception.CUSTOMER if rolls(chance, 0.4) else Deception.NONE)
            self.stage.hidden.truths[order.order_id, line.line_id] = truth


def run_demo(
    orders: Path | None = None,
    complaints: Path | None = None,
    *,
    seed: int = 1,
    rulebook: str = "id",
    home: Path = HOME,
    console: Console | None = None,
) -> int:
    """Run the demo and print what came of it; 1 where the auditor or the run's own checks found a fault, else 0.

    Both files or neither; raises OSError for a file that cannot be read, ValueError for a home that is in use.
    """
    console = console or Console()
    if (orders is None) is not (complaints is None):
        raise ValueError("give both --orders and --complaints, or neither")
    source = bazaar(seed) if orders is None or complaints is None else read(orders, complaints)
    if not source.orders:
        raise ValueError(f"there is no usable order; {len(source.bad)} bad lines, the first: {source.bad[:1]}")
    run = Run(source, rulebook, seed, home)
    started = time.monotonic()
    columns = (TextColumn("{task.description:>10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        bars: dict[str, Any] = {}

        def show(what: str, done: int, total: int) -> None:
            if what not in bars:
                bars[what] = progress.add_task(what, total=total)
            progress.update(bars[what], completed=done, total=total)

        asyncio.run(_play(run, show))
        show("auditing", 1, 1)
    run.seconds = time.monotonic() - started
    report(run, console)
    return 1 if run.faults else 0


async def _play(run: Run, show: Callable[[str, int, int], None]) -> None:
    async with _fresh(run.home) as (store, sealer):
        await Demo(run, store, sealer).play(show)


@asynccontextmanager
async def _fresh(home: Path) -> AsyncIterator[tuple[PostgresStore, Sealer]]:
    """An empty database in the demo's folder; raises ValueError when it holds anything but an earlier demo."""
    home.mkdir(parents=True, exist_ok=True)
    sealer = Sealer(master_key(replace(Settings(), home=home)))
    with EmbeddedPostgres.start(home) as server:
        url = await create_database(server.url(), DATABASE)
        await migrate(url)
        store = await PostgresStore.connect(url)
        try:
            strange = [each.marketplace for each in await store.marketplaces() if each.marketplace != MARKETPLACE]
        finally:
            await store.close()
        if strange:
            raise ValueError(f"{home} holds the marketplace {strange[0]}; name another folder for the demo")
        await drop_database(server.url(), DATABASE)
        url = await create_database(server.url(), DATABASE)
        await migrate(url)
        store = await PostgresStore.connect(url)
        try:
            yield store, sealer
        finally:
            await store.close()
