"""Measurement: whole settlements a second through the engine, beside bare inserts of the very rows that they put into
the ledger, on the same PostgreSQL in the same run.

A settlement is what moves money in a dispute: the dispute (the hold), the seller's concession (what is owed), and two
reports of the provider (part of it, then all). The yardstick writes the same transfers with one statement and one
durable commit for each of those commands, and nothing else: what is left is the price of having decided them, and of
the log, the case and the outbox, which are written with them.
"""

import asyncio
import statistics
import tempfile
from collections.abc import Awaitable, Callable
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from mufakat.core import commands as c
from mufakat.core.claim import ClaimLine, Reason, RequestType
from mufakat.core.parties import SYSTEM
from mufakat.core.policy.policy import CodeUse
from mufakat.engine.handle import Done, Engine
from mufakat.lab.bench import CUSTOMER, IN_FLIGHT, PLACE, REPEATS, SELLER, Figure, in_database, ready, show, timed
from mufakat.store.embedded import EmbeddedPostgres
from mufakat.store.postgres import PostgresStore
from mufakat.store.statement import table_columns, transfer_row

ORDERS: Final = 150
"""Settlements of one measurement."""
SHORT: Final = 10
"""Settlements of a short one, for trying whether it runs."""

Rows = list[list[tuple[Any, ...]]]
"""A settlement's rows of the ledger, command by command."""


async def bench_money(console: Console | None = None, url: str | None = None, *, short: bool = False) -> list[Figure]:
    """Measure settlements a second, 1, 4 and 16 in flight, beside bare inserts of their rows; medians, as a table.

    url: a server on which databases may be made and dropped; None for the embedded one, with durable commits.
    """
    orders, repeats = (SHORT, 1) if short else (ORDERS, REPEATS)
    if url is not None:
        return await _bench(console, url, orders, repeats)
    with tempfile.TemporaryDirectory(prefix="mufakat-bench-") as folder:
        server = await asyncio.to_thread(EmbeddedPostgres.start, Path(folder) / "server", keep=False)
        try:
            return await _bench(console, server.url(), orders, repeats)
        finally:
            await asyncio.to_thread(server.stop)


async def _bench(console: Console | None, url: str, orders: int, repeats: int) -> list[Figure]:
    rows: list[Rows] = []
    await in_database(url, _engine(orders, 1, rows))  # warms up, too
    figures = []
    for flights in IN_FLIGHT:
        pairs = [
            (await in_database(url, _engine(orders, flights)), await in_database(url, _bare(orders, flights, rows)))
            for _ in range(repeats)
        ]
        ours, bare = (statistics.median(column) for column in zip(*pairs, strict=True))
        figures.append(Figure(f"settlements through the engine, {flights} in flight", ours, bare))
    show(console, "Settling on PostgreSQL, durable", "the same rows by bare inserts", figures)
    return figures


async def _give(engine: Engine, order_id: str, case_id: str | None, actor: Any, command: c.Command, n: int) -> Done:
    done = await engine.handle(PLACE, order_id, case_id, command, actor, f"{order_id}:{n}")
    if not isinstance(done, Done):
        raise TypeError(f"{command} is refused: {done}")
    return done


async def rejected(engine: Engine, order_id: str) -> str:
    """A request that the seller refused: nothing has moved yet."""
    policy = engine.policy_for("id", engine.clock.now()).policy
    code = next(
        r.code for r in policy.codes if r.use is CodeUse.REJECT_REFUND and (not r.statuses or "DELIVERED" in r.statuses)
    )
    asked = c.OpenRequest(RequestType.REFUND, (ClaimLine("a", Reason.DEFECTIVE),), text="It does not turn on")
    done = await _give(engine, order_id, None, CUSTOMER, asked, 0)
    await _give(engine, order_id, done.case_id, SELLER, c.RejectRequest(code), 1)
    return done.case_id


async def settle(engine: Engine, order_id: str, case_id: str) -> None:
    """One settlement, from the hold to the last of the money."""
    await _give(engine, order_id, case_id, CUSTOMER, c.RaiseDispute(text="It never worked"), 2)
    conceded = await _give(engine, order_id, case_id, SELLER, c.Concede(), 3)
    remedy = conceded.case.matter(1).remedy
    assert remedy is not None, "a concession orders a remedy"
    for n, paid in ((4, remedy.ordered // 3), (5, remedy.ordered)):
        await _give(engine, order_id, case_id, SYSTEM, c.ReportPayment(f"{case_id}:1", paid), n)


def _engine(orders: int, flights: int, rows: list[Rows] | None = None) -> Callable[[str], Awaitable[float]]:
    """Settle every order through the engine; what that put into the ledger is kept in `rows`."""

    async def measure(url: str) -> float:
        store = await PostgresStore.connect(url)
        engine = await ready(store, orders)
        cases = [await rejected(engine, f"o{n}") for n in range(orders)]

        async def one(n: int) -> int:
            await settle(engine, f"o{n}", cases[n])
            return 1

        rate = await timed(one, orders, flights)
        if rows is not None:
            rows.extend([await rows_of(store, case_id) for case_id in cases])
        await store.close()
        return rate

    return measure


async def rows_of(store: PostgresStore, case_id: str) -> Rows:
    """What a settlement put into the ledger, by the command that did: events of one moment and number range."""
    order_id = await store.order_of(PLACE, case_id)
    assert order_id is not None
    history = await store.history(PLACE, order_id, case_id)
    batches = {each.recorded.number: each.batch for each in history}
    moved = await store.transfers(PLACE, case_id)
    return [
        [transfer_row(PLACE, order_id, SELLER.id, each) for each in group]
        for _, group in groupby(moved, key=lambda each: batches[each.number])
    ]


def _bare(orders: int, flights: int, rows: list[Rows]) -> Callable[[str], Awaitable[float]]:
    """The same rows again, one durable statement for each command, by the driver alone."""

    async def measure(url: str) -> float:
        store = await PostgresStore.connect(url)
        await ready(store, orders)

        async def one(n: int) -> int:
            for command in rows[n]:
                await store.pool.fetch(_many(len(command)), *(value for row in command for value in row))
            return 1

        rate = await timed(one, orders, flights)
        await store.close()
        return rate

    return measure


def _many(count: int) -> str:
    """The statement that inserts so many rows."""
    width = len(table_columns("transfers"))
    places = (", ".join(f"${row * width + n}" for n in range(1, width + 1)) for row in range(count))
    return f"INSERT INTO transfers ({', '.join(table_columns('transfers'))}) VALUES ({'), ('.join(places)})"
