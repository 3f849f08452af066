"""Measurement: the memory that `mufakat serve` holds while a hundred thousand cases go through it.

The server runs with its loops, as it does for a marketplace; its database is apart and not counted. What is measured is
the memory resident in the machine, before the first request and after each quarter of the cases, so that what grows
with every case would show.
"""

import asyncio
import tempfile
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from mufakat.lab.bench_http import Workloads
from mufakat.lab.over_http import bare, ground, servers
from mufakat.lab.over_http.client import Connection, drive
from mufakat.store.embedded import EmbeddedPostgres, create_database
from mufakat.store.migrate import load, migrate
from mufakat.store.postgres import PostgresStore

CASES: Final = 100_000
CUSTOMERS: Final = 60_000
"""More callers than `serve` keeps the allowances of, so that their number has no part in what grows."""
CLIENTS: Final = 16
PARTS: Final = 4
A_COMMAND_IN: Final = 5
"""Each case is read, and every so manieth is given a command and listed with others."""
GOAL_BYTES: Final = 300_000_000
LONGEST: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Held:
    """How many bytes the server held after so many cases and requests."""

    cases: int
    requests: int
    resident: int


async def bench_memory(
    console: Console | None = None, cases: int = CASES, customers: int = CUSTOMERS, parts: int = PARTS
) -> list[Held]:
    """Measure the memory of `serve` over so many cases, each read, some commanded and listed; prints a table."""
    with tempfile.TemporaryDirectory(prefix="mufakat-bench-") as name:
        folder = Path(name)
        # Without durability: it decides about the speed of the database alone.
        server = await asyncio.to_thread(EmbeddedPostgres.start, folder / "server", fast=True, keep=False)
        try:
            url = await create_database(server.url(), "bench")
            await migrate(url, load())
            over = await ground.lay(url, bare.MASTER, orders=cases, cases=cases, customers=min(cases, customers))
            await _deliver(url)
            found = await _measure(url, folder, Workloads(over), cases, parts)
        finally:
            await asyncio.to_thread(server.stop)
    _print(console, found)
    return found


async def _deliver(url: str) -> None:
    """Take what opening the cases leaves to do for done: here it is about requests."""
    store = await PostgresStore.connect(url)
    await store.fetch("UPDATE outbox SET state = 'DONE'")
    await store.close()


async def _measure(url: str, folder: Path, works: Workloads, cases: int, parts: int) -> list[Held]:
    port = servers.free_port()
    line, given = servers.serve(url, folder, port, work=True)
    numbers, asked = count(), 0

    async def look(line: Connection, n: int) -> None:
        await works.read(line, n)
        if n % A_COMMAND_IN == 0:
            await works.say(line, n)
            await works.page(line, n)

    async with servers.running(line, given, port, folder / "serve.log") as serving:
        found = [Held(0, 0, serving.resident())]
        for part in range(1, parts + 1):
            ran = await drive(port, CLIENTS, look, numbers, seconds=LONGEST, most=cases // parts)
            asked += len(ran.seconds)
            found.append(Held(part * (cases // parts), asked, serving.resident()))
    return found


def _print(console: Console | None, found: list[Held]) -> None:
    if console is None:
        return
    table = Table("cases gone through", "requests", "MB resident", title="The memory of `mufakat serve`")
    for each in found:
        table.add_row(f"{each.cases:,}", f"{each.requests:,}", f"{each.resident / 1e6:,.0f}")
    console.print(table)
    most = max(each.resident for each in found)
    console.print(f"goal: under {GOAL_BYTES / 1e6:.0f} MB; here {most / 1e6:.0f}")
