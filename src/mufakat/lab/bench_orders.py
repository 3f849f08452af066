"""Measurement: a marketplace's orders from CSV into PostgreSQL, beside a bare COPY of the very rows that it leaves.

Each order is two rows of the file and has a payment, a collection and a delivery. Ours reads, maps, checks, looks up
and writes; the yardstick takes the rows of the three tables out of the first database and copies them into a second
one with the same indexes. Both are durable.
"""

import io
import statistics
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import asyncpg
from rich.console import Console
from rich.table import Table

from mufakat.engine.feeding.mapping import read_mapping
from mufakat.engine.feeding.putting import Counts, Feeding
from mufakat.engine.feeding.reading import Reader
from mufakat.engine.feeding.running import Run
from mufakat.engine.handle import Engine
from mufakat.engine.ids import Uuids
from mufakat.engine.policies import Rulebooks
from mufakat.payments.false import FalseProvider
from mufakat.payments.false_tables import TableBooks
from mufakat.store.embedded import EmbeddedPostgres, create_database, drop_database
from mufakat.store.migrate import load, migrate
from mufakat.store.postgres import PostgresStore
from mufakat.store.records import Marketplace
from mufakat.store.seal import Sealer

ORDERS: Final = 100_000
REPEATS: Final = 3
SELLERS: Final = 500
GOAL: Final = 60.0
"""Seconds for a hundred thousand orders."""
TABLES: Final = ("orders", "order_facts", "outbox")
PATIENCE: Final = 600.0  # seconds for one copy
PLACE: Final = "bench"
BOUGHT: Final = datetime(2026, 2, 1, tzinfo=UTC)

HEADER: Final = "order,buyer,shop,bought,line,sku,count,price,discount,collected,arrived\n"
MAPPING: Final = """
[order]
order_id = "order"
customer_id = "buyer"
seller_id = "shop"
currency = { value = "IDR" }
purchased_at = "bought"
[line]
line_id = "line"
product_id = "sku"
quantity = "count"
unit_price = "price"
discount = "discount"
[[fact]]
kind = "paid"
at = "bought"
[[fact]]
kind = "in_transit"
at = "collected"
[[fact]]
kind = "delivered"
at = "arrived"
"""


@dataclass(frozen=True, slots=True)
class Took:
    """Medians of seconds for so many orders: bringing them in, copying their rows, bringing the same in again."""

    orders: int
    ours: float
    copied: float
    again: float
    ratio: float


class _Clock:
    def now(self) -> datetime:
        """The moment in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class _BuiltIn:
    """The built-in payment provider, which is told of every sale: what an import of a trial costs."""

    one: FalseProvider

    def provider(self, marketplace: str) -> FalseProvider:
        """The provider of the only marketplace."""
        assert marketplace == PLACE
        return self.one


async def bench_orders(
    console: Console | None = None, url: str | None = None, orders: int = ORDERS, repeats: int = REPEATS
) -> Took:
    """Measure; prints a table. url: a server for the bench's databases; a trial one, durable too, by default."""
    if url is not None:
        return await _bench(console, url, orders, repeats)
    with (
        tempfile.TemporaryDirectory(prefix="mufakat-bench-") as folder,
        EmbeddedPostgres.start(Path(folder), keep=False) as server,
    ):
        return await _bench(console, server.url(), orders, repeats)


async def _bench(console: Console | None, server: str, orders: int, repeats: int) -> Took:
    file = written(orders)
    rounds = [await _round(server, file, orders) for _ in range(repeats)]
    ours, copied, again = (statistics.median(column) for column in zip(*rounds, strict=True))
    took = Took(orders, ours, copied, again, statistics.median(mine / bare for mine, bare, _ in rounds))
    if console is not None:
        _print(console, took, repeats)
    return took


def written(orders: int) -> bytes:
    """A CSV of so many orders of two lines."""
    rows = [HEADER]
    for n in range(orders):
        bought = BOUGHT + timedelta(seconds=n)
        times = (bought, bought + timedelta(days=1), bought + timedelta(days=3))
        first, collected, arrived = (each.isoformat() for each in times)
        head = f"order-{n:08},customer-{n % 40_000},shop-{n % SELLERS},{first}"
        rows.append(f"{head},1,sku-{n % 9973},{1 + n % 3},125000.50,1000,{collected},{arrived}\n")
        rows.append(f"{head},2,sku-{n % 7919},1,49900,0,{collected},{arrived}\n")
    return "".join(rows).encode()


async def _round(server: str, file: bytes, orders: int) -> tuple[float, float, float]:
    """Seconds for bringing all in, for copying, and for bringing all in again."""
    names = ("mufakat_bench_orders", "mufakat_bench_copied")
    urls = [await create_database(server, name) for name in names]
    try:
        for url in urls:
            await migrate(url, load())
        first = await bring_in(urls[0], file)
        again = await bring_in(urls[0], file)
        if (first.counts.new, again.counts.same) != (orders, orders):
            raise RuntimeError(f"not all came in: {first.counts}, then {again.counts}")
        return first.seconds, await _copied(*urls), again.seconds
    finally:
        for name in names:
            await drop_database(server, name)


@dataclass(frozen=True, slots=True)
class _Brought:
    counts: Counts
    seconds: float


async def bring_in(url: str, file: bytes) -> _Brought:
    """Bring a file of `written` in, as `mufakat orders import` does."""
    store = await PostgresStore.connect(url)
    try:
        await store.put_marketplace(Marketplace(PLACE, "id"))
        clock = _Clock()
        provider = FalseProvider(TableBooks(store.pool, PLACE), clock.now)
        engine = Engine(store, Rulebooks(), clock, Sealer(bytes(32)), Uuids())
        wrong: list[object] = []
        run = Run(Feeding(engine, store), _BuiltIn(provider), PLACE, wrong.extend)
        before = time.perf_counter()
        counts = await run.go(Reader(io.BytesIO(file), "csv", read_mapping(MAPPING)))
        seconds = time.perf_counter() - before
        if wrong:
            raise RuntimeError(f"a row of the bench cannot be used: {wrong[0]}")
        return _Brought(counts, seconds)
    finally:
        await store.close()


async def _copied(source: str, target: str) -> float:
    """Seconds for copying the rows of the three tables into another database."""
    there, here = await asyncpg.connect(source), await asyncpg.connect(target)
    try:
        seconds = 0.0
        for table in TABLES:
            rows = io.BytesIO()
            await there.copy_from_table(table, output=rows, format="binary", timeout=PATIENCE)
            rows.seek(0)
            before = time.perf_counter()
            await here.copy_to_table(table, source=rows, format="binary", timeout=PATIENCE)
            seconds += time.perf_counter() - before
        return seconds
    finally:
        await there.close()
        await here.close()


def _print(console: Console, took: Took, repeats: int) -> None:
    title = f"{took.orders:,} orders of two lines and three facts from CSV (medians of {repeats})"
    table = Table("what", "seconds", "orders a second", "beside COPY", title=title)
    named = (("brought in", took.ours), ("the same again", took.again), ("bare COPY of the rows", took.copied))
    for what, seconds in named:
        ratio = took.ratio if what == "brought in" else seconds / took.copied
        table.add_row(what, f"{seconds:.1f}", f"{took.orders / seconds:,.0f}", f"{ratio:.1f}")
    console.print(table)
    console.print(f"goal: {ORDERS:,} orders in {GOAL:g} seconds on two cores")
