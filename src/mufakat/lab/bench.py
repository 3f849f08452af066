"""Measurements: what the core decides in a second, and what the engine commits, beside the bare driver in the same run.

A figure alone says little on another machine, so each is printed beside a yardstick of the same run and as a ratio to
it; all are medians. The engine's yardstick replays the very statements of the engine, prepared arguments and all, by
bare asyncpg: what is left is the price of deciding, sealing, hashing and encoding.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import asyncpg
from rich.console import Console
from rich.table import Table

from mufakat.core import commands as c
from mufakat.core.case import Case
from mufakat.core.claim import ClaimLine, Material, Reason, RemedyKind, RequestType, Solution
from mufakat.core.decide import Decided, step
from mufakat.core.events import Recorded
from mufakat.core.evolve import evolve, replay
from mufakat.core.order import OUTBOUND, Order, OrderLine, OrderState, Scan, ScanKind
from mufakat.core.parties import Actor, Role
from mufakat.core.policy.policy import CodeUse, Policy
from mufakat.core.usage import usage
from mufakat.engine.handle import Engine
from mufakat.engine.ids import Uuids
from mufakat.engine.policies import Rulebooks
from mufakat.store.embedded import EmbeddedPostgres, create_database, drop_database
from mufakat.store.migrate import load, migrate
from mufakat.store.postgres import PostgresStore
from mufakat.store.records import Marketplace
from mufakat.store.seal import Sealer

REPEATS: Final = 3
IN_FLIGHT: Final = (1, 4, 16)
ORDERS: Final = 150
"""Orders of one measurement; each has one whole story."""
CORE_ROUNDS: Final = 2000
GOAL_MICROSECONDS: Final = 25.0
"""What quality.md allows for deciding and folding one command."""

PLACE: Final = "bench"
NOW: Final = datetime(2026, 11, 2, 4, tzinfo=UTC)
CUSTOMER: Final = Actor(Role.CUSTOMER, "customer")
SELLER: Final = Actor(Role.SELLER, "seller")

Said = tuple[Actor, c.Command]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement: how often a second, and the yardstick of the same run."""

    name: str
    per_second: float
    yardstick: float

    @property
    def ratio(self) -> float:
        """How it stands to its yardstick."""
        return self.per_second / self.yardstick


def order(name: str) -> Order:
    """The order of the story."""
    lines = (OrderLine("a", "blender", 2, 100_000), OrderLine("b", "cup", 1, 50_000))
    return Order(name, CUSTOMER.id, SELLER.id, "IDR", lines, NOW - timedelta(days=3), 9_000)


def delivery() -> tuple[Scan, Scan]:
    """The order's own parcel, picked up and delivered."""
    return Scan(OUTBOUND, ScanKind.IN_TRANSIT, NOW - timedelta(days=1)), Scan(OUTBOUND, ScanKind.DELIVERED, NOW)


def story(policy: Policy) -> list[Said]:
    """The fixed story: a request, an offer, a message, a rejection, a dispute with material."""
    code = next(
        r.code for r in policy.codes if r.use is CodeUse.REJECT_REFUND and (not r.statuses or "DELIVERED" in r.statuses)
    )
    material = (Material("PHOTOS_OF_RECEIVED_ITEM", digest="d" * 64, text="Seen from below"),)
    asked = c.OpenRequest(RequestType.REFUND, (ClaimLine("a", Reason.DEFECTIVE),), material, "It does not turn on")
    return [
        (CUSTOMER, asked),
        (SELLER, c.MakeOffer(Solution(RemedyKind.REFUND, 20_000, "A fifth of the price"))),
        (CUSTOMER, c.SendMessage(text="That is far too little for a thing that never worked")),
        (CUSTOMER, c.DeclineOffer()),
        (SELLER, c.RejectRequest(code, text="It worked when it left us")),
        (CUSTOMER, c.RaiseDispute(text="It never worked")),
        (CUSTOMER, c.HandIn(Material("PROOF_OF_DEFECT", digest="e" * 64))),
        (SELLER, c.CompleteMaterial()),
    ]


# --- the core


def bench_core(console: Console | None = None, rounds: int = CORE_ROUNDS) -> list[Figure]:
    """Measure decide and evolve on the fixed story, beside copying a case once; prints a table."""
    policy = Rulebooks().policy_for("id", date(2026, 11, 2))
    moments, log = _moments(policy)
    case = replay(log)

    def decide() -> None:
        for before, state, actor, command in moments:
            step(before, state, command, actor, policy, NOW, "case", "policy")

    def fold() -> None:
        folded: Case | None = None
        for recorded in log:
            folded = evolve(folded, recorded)

    def copy() -> None:
        replace(case, number=1)

    figures: list[Figure] = []
    copies = _rate(copy, 1, rounds * 10)
    figures.append(Figure("decide a command and fold its events", _rate(decide, len(moments), rounds), copies))
    figures.append(Figure("fold an event", _rate(fold, len(log), rounds), copies))
    show(console, "The core", "copies of a case", figures)
    if console is not None:
        console.print(f"goal: {GOAL_MICROSECONDS:.0f} microseconds a command; here {1e6 / figures[0].per_second:.1f}")
    return figures


def _moments(policy: Policy) -> tuple[list[tuple[Case | None, OrderState, Actor, c.Command]], list[Recorded]]:
    """Each command of the story with what it is decided on, and the log of them all."""
    state, case = OrderState(order("o"), delivery()), None
    moments: list[tuple[Case | None, OrderState, Actor, c.Command]] = []
    log: list[Recorded] = []
    for actor, command in story(policy):
        moments.append((case, state, actor, command))
        decided = step(case, state, command, actor, policy, NOW, "case", "policy")
        if not isinstance(decided, Decided):
            raise TypeError(f"the story does not go through: {command} is refused with {decided.code}")
        case, log = decided.case, [*log, *decided.recorded]
        state = replace(state, uses={"case": usage(case)})
    return moments, log


def _rate(work: Callable[[], object], many: int, rounds: int) -> float:
    """How often a second, the median of several runs."""
    rates = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        for _ in range(rounds):
            work()
        rates.append(many * rounds / (time.perf_counter() - start))
    return statistics.median(rates)


# --- the engine


@dataclass(frozen=True, slots=True)
class _Still:
    """A clock that stands."""

    def now(self) -> datetime:
        return NOW


class _Taped(PostgresStore):
    """A store that keeps each statement it runs, with its arguments."""

    tape: list[tuple[str, tuple[Any, ...]]] | None = None

    async def fetch(self, sql: str, *arguments: Any) -> list[asyncpg.Record]:
        if self.tape is not None:
            self.tape.append((sql, arguments))
        return await super().fetch(sql, *arguments)


Tape = list[list[tuple[str, tuple[Any, ...]]]]


async def bench_engine(console: Console | None = None, url: str | None = None, orders: int = ORDERS) -> list[Figure]:
    """Measure durable commands a second through `Engine.handle`, 1, 4 and 16 in flight, beside the bare driver.

    url: a server on which databases may be made and dropped; None for the embedded one, with durable commits.
    """
    if url is not None:
        return await _bench_engine(console, url, orders)
    with tempfile.TemporaryDirectory(prefix="mufakat-bench-") as folder:
        server = await asyncio.to_thread(EmbeddedPostgres.start, Path(folder) / "server", keep=False)
        try:
            return await _bench_engine(console, server.url(), orders)
        finally:
            await asyncio.to_thread(server.stop)


async def _bench_engine(console: Console | None, url: str, orders: int) -> list[Figure]:
    tape: Tape = []
    await in_database(url, _noted(orders, tape))  # warms up, too
    figures = []
    for flights in IN_FLIGHT:
        pairs = [
            (await in_database(url, _engine(orders, flights)), await in_database(url, _bare(orders, flights, tape)))
            for _ in range(REPEATS)
        ]
        ours, bare = (statistics.median(column) for column in zip(*pairs, strict=True))
        figures.append(Figure(f"commands through the engine, {flights} in flight", ours, bare))
    show(console, "The engine on PostgreSQL, durable", "the same statements by bare asyncpg", figures)
    return figures


async def in_database(url: str, measure: Callable[[str], Awaitable[float]]) -> float:
    """Measure in a database of its own, gone afterwards."""
    name = f"mufakat_bench_{time.time_ns()}"
    own = await create_database(url, name)
    try:
        await migrate(own, load())
        return await measure(own)
    finally:
        await drop_database(url, name)


async def ready(store: PostgresStore, orders: int) -> Engine:
    """An engine over a store with one marketplace and so many delivered orders, `o0` and on."""
    engine = Engine(store, Rulebooks(), _Still(), Sealer(bytes(32)), Uuids())
    await store.put_marketplace(Marketplace(PLACE, "id"))
    for n in range(orders):
        await engine.put_order(PLACE, order(f"o{n}"))
        for scan in delivery():
            await engine.record_fact(PLACE, f"o{n}", scan)
    await store.fetch("ANALYZE")
    return engine


async def _tell(engine: Engine, order_id: str) -> int:
    """One story through the engine; how many commands."""
    case_id = None
    said = story(engine.policy_for("id", NOW).policy)
    for n, (actor, command) in enumerate(said):
        done = await engine.handle(PLACE, order_id, case_id, command, actor, f"{order_id}:{n}")
        if not hasattr(done, "case_id"):
            raise TypeError(f"{command} is refused: {done}")
        case_id = done.case_id
    return len(said)


def _noted(orders: int, tape: Tape) -> Callable[[str], Awaitable[float]]:
    """Tell every story once, one after the other, and keep the statements of each."""

    async def measure(url: str) -> float:
        store = await _Taped.connect(url)
        engine = await ready(store, orders)
        for n in range(orders):
            store.tape = []
            await _tell(engine, f"o{n}")
            tape.append(store.tape)
        await store.close()
        return 0.0

    return measure


def _engine(orders: int, flights: int) -> Callable[[str], Awaitable[float]]:
    async def measure(url: str) -> float:
        store = await PostgresStore.connect(url)
        engine = await ready(store, orders)
        rate = await timed(lambda n: _tell(engine, f"o{n}"), orders, flights)
        await store.close()
        return rate

    return measure


def _bare(orders: int, flights: int, tape: Tape) -> Callable[[str], Awaitable[float]]:
    """The statements of every story again, by the driver alone, each story on whatever connection is free."""

    async def measure(url: str) -> float:
        store = await PostgresStore.connect(url)
        await ready(store, orders)
        commands = len(story(Rulebooks().policy_for("id", NOW.date())))

        async def tell(n: int) -> int:
            for sql, arguments in tape[n]:
                await store.pool.fetch(sql, *arguments)
            return commands

        rate = await timed(tell, orders, flights)
        await store.close()
        return rate

    return measure


async def timed(tell: Callable[[int], Awaitable[int]], orders: int, flights: int) -> float:
    """What `tell` counts a second over so many orders, with so many in flight."""
    left = iter(range(orders))

    async def one() -> int:
        return sum([await tell(n) for n in left])

    start = time.perf_counter()
    total = sum(await asyncio.gather(*(one() for _ in range(flights))))
    return total / (time.perf_counter() - start)


def show(console: Console | None, title: str, yardstick: str, figures: list[Figure]) -> None:
    """Print figures beside their yardstick, as a table."""
    if console is None:
        return
    table = Table("what", "a second", yardstick, "ratio", title=f"{title} (medians of {REPEATS})")
    for figure in figures:
        table.add_row(figure.name, f"{figure.per_second:,.0f}", f"{figure.yardstick:,.0f}", f"{figure.ratio:.2f}")
    console.print(table)


def main() -> None:
    """Both benches, on the terminal."""
    console = Console()
    bench_core(console)
    asyncio.run(bench_engine(console))


if __name__ == "__main__":
    main()
