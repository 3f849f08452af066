"""Measures the queue among ten thousand, a million and ten million cases, of which one in a hundred waits.

Rows of `cases` and of `work` are generated in the database, most cases closed. Measured is how long the statements of
the store take in the database (EXPLAIN ANALYZE): a lead's page of fifty in the middle of the queue, taking the next
work, and the same for an agent whose skills are so rare that most of what waits is read past.
"""

import json
import statistics
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import asyncpg
from rich.console import Console
from rich.table import Table

from mufakat.store.embedded import EmbeddedPostgres, create_database, drop_database
from mufakat.store.migrate import load, migrate
from mufakat.store.queue import PostgresQueue, Rules, Worker
from mufakat.store.records import Marketplace

SIZES: Final = (10_000, 1_000_000, 10_000_000)
"""How many cases there are."""
WAITING_ONE_IN: Final = 100
"""Of so many cases one waits for an agent."""
ROUNDS: Final = 200
RARE_ROUNDS: Final = 20
PAGE: Final = 50
AGENTS: Final = 200
"""Accounts of the marketplace."""
PATIENCE: Final = 3600.0  # seconds for making the rows
BEGAN: Final = datetime(2026, 3, 2, tzinfo=UTC)
PLACE: Final = Marketplace("bench", "id")
GOAL_MILLISECONDS: Final = 1.0
GOAL_RATIO: Final = 1.5
"""What quality.md allows for a page among ten million, and beside ten thousand."""

_CASES: Final = """
INSERT INTO cases (marketplace, order_id, case_id, number, head, shape, state, policy, type, phases, is_open, due, wake,
    customer_id, seller_id, currency, asked, held, ordered, paid, opened_at, changed_at)
SELECT 'bench', 'o' || n, lpad(n::text, 12, '0'), 9, '\\x00', 'bench', '\\x00', 'p', 'REFUND',
    CASE WHEN n % $2 = 0 THEN 'DECIDING' ELSE 'CLOSED' END, n % $2 = 0,
    CASE WHEN n % $2 = 0 THEN $3::timestamptz + n * interval '1 second' END, NULL,
    'c' || n % 100000, 's' || n % 5000, 'IDR', 100000, 0, 0, 0, $3, $3 FROM generate_series($4::int, $1::int) n
"""
_WORK: Final = """
INSERT INTO work (marketplace, order_id, case_id, matter, kind, due, turn, since, amount, currency, escalations,
    language, categories, customer_id, seller_id, barred)
SELECT 'bench', 'o' || n, lpad(n::text, 12, '0'), 1, 'JUDGE', due, date_trunc('hour', due), opened_at,
    100000 + (n::bigint * 7919) % 900000, 'IDR', 0, '', 'category-' || (n / $1) % 50, customer_id, seller_id, ''
FROM cases CROSS JOIN LATERAL (SELECT case_id::int AS n) numbered WHERE is_open
"""
_MIDDLE: Final = "SELECT * FROM work ORDER BY turn OFFSET (SELECT count(*) / 2 FROM work) LIMIT 1"
_ACCOUNTS: Final = """
INSERT INTO accounts (marketplace, account_id, login, name, role, languages, categories, ties, subject, issuer,
    created_at)
SELECT 'bench', 'agent-' || n, 'a' || n, 'A', 'AGENT', '{id}', '{}', '{}', 'a' || n, 'bench', $1
FROM generate_series(1, $2::int) n
"""


@dataclass(frozen=True, slots=True)
class Row:
    """Medians among so many cases, in milliseconds in the database; bytes of both tables with their indexes."""

    cases: int
    waiting: int
    page: float
    planning: float
    take: float
    rare: float
    disk: int


class _Timed(PostgresQueue):
    """The store's own statements, each explained and rolled back instead of carried out."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self.milliseconds: list[float] = []
        self.planning: list[float] = []

    async def fetch(self, sql: str, *arguments: Any) -> list[Any]:
        """How long it takes in the database; gives no rows."""
        await self._explained(sql, arguments)
        return []

    async def transact(self, work: Callable[[Any], Any]) -> Any:
        """A transaction whose statements are timed and then undone."""
        transaction = self._connection.transaction()
        await transaction.start()
        before = len(self.milliseconds)
        try:
            await work(self)
        finally:
            await transaction.rollback()
        self.milliseconds[before:] = [sum(self.milliseconds[before:])]

    async def fetchrow(self, sql: str, *arguments: Any) -> Any:
        """How long it takes; gives no row."""
        await self._explained(sql, arguments)

    async def execute(self, sql: str, *arguments: Any) -> None:
        """How long it takes."""
        await self._explained(sql, arguments)

    async def _explained(self, sql: str, arguments: tuple[Any, ...]) -> None:
        told = await self._connection.fetchval(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", *arguments)
        (plan,) = json.loads(told)
        self.milliseconds.append(plan["Execution Time"])
        self.planning.append(plan["Planning Time"])


async def bench_queue(
    console: Console | None = None, url: str | None = None, most: int = SIZES[1], rounds: int = ROUNDS
) -> list[Row]:
    """Measure at growing numbers of cases, at most `most`; prints a table. url: a server for the bench's database."""
    if url is not None:
        return await _bench(console, url, most, rounds)
    with (
        tempfile.TemporaryDirectory(prefix="mufakat-bench-") as folder,
        EmbeddedPostgres.start(Path(folder), keep=False) as server,
    ):
        return await _bench(console, server.url(), most, rounds)


async def _bench(console: Console | None, server: str, most: int, rounds: int) -> list[Row]:
    url = await create_database(server, "mufakat_bench_queue")
    try:
        await migrate(url, load())
        connection = await asyncpg.connect(url, command_timeout=PATIENCE, server_settings={"jit": "off"})
        try:
            rows = await _rows(connection, [size for size in SIZES if size <= most] or [most], rounds)
        finally:
            await connection.close()
    finally:
        await drop_database(server, "mufakat_bench_queue")
    if console is not None:
        _print(console, rows)
    return rows


async def _rows(connection: Any, sizes: list[int], rounds: int) -> list[Row]:
    await connection.execute("INSERT INTO marketplaces (marketplace, market, clock_offset) VALUES ('bench', 'id', '0')")
    await connection.execute(_ACCOUNTS, BEGAN, AGENTS)
    found, there = [], 1
    for size in sizes:
        await connection.execute(_CASES, size, WAITING_ONE_IN, BEGAN, there)
        await connection.execute("DELETE FROM work")
        await connection.execute(_WORK, WAITING_ONE_IN)
        await connection.execute("VACUUM (ANALYZE) cases")
        await connection.execute("VACUUM (ANALYZE) work")
        there = size + 1
        found.append(await _measured(connection, size, rounds))
    return found


async def _measured(connection: Any, size: int, rounds: int) -> Row:
    rules = Rules(PLACE, language="id")
    middle = await connection.fetchrow(_MIDDLE)
    place = (middle["turn"], -middle["amount"], middle["since"], middle["case_id"], 1, "JUDGE")
    now = BEGAN + timedelta(days=1)
    ids = ("a", "b", "c")

    async def timed(times: int, ask: Callable[[_Timed], Any]) -> _Timed:
        store = _Timed(connection)
        for _ in range(times):
            await ask(store)
        return store

    usual, rare = Worker("agent-1", languages=("id",)), Worker("agent-2", categories=("nothing of the kind",))
    disk = await connection.fetchval("SELECT pg_total_relation_size('cases') + pg_total_relation_size('work')")
    page = await timed(rounds, lambda store: store.list_work(rules, place, PAGE))
    take = await timed(rounds, lambda store: store.take_work(usual, rules, now, ids))
    none = await timed(min(rounds, RARE_ROUNDS), lambda store: store.take_work(rare, rules, now, ids))
    return Row(
        cases=size,
        waiting=await connection.fetchval("SELECT count(*) FROM work"),
        page=statistics.median(page.milliseconds),
        planning=statistics.median(page.planning),
        take=statistics.median(take.milliseconds),
        rare=statistics.median(none.milliseconds),
        disk=disk,
    )


def _print(console: Console, rows: list[Row]) -> None:
    table = Table(title="The queue, in the database (medians)")
    headings = ("cases", "of which wait", "a page of 50, ms", "beside the first", "planning it, ms", "take, ms")
    for heading in (*headings, "skills too rare, ms", "disk"):
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(
            *(f"{row.cases:,}", f"{row.waiting:,}", f"{row.page:.2f}", f"{row.page / rows[0].page:.2f}"),
            *(f"{row.planning:.2f}", f"{row.take:.2f}", f"{row.rare:.1f}", f"{row.disk / 2**20:,.0f} MB"),
        )
    console.print(table)
    console.print(f"goal: a page under {GOAL_MILLISECONDS:g} ms, and at most {GOAL_RATIO:g} times the first row's")
