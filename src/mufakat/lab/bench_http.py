"""Measurements over HTTP: `mufakat serve` beside a bare ASGI application that makes the same statements.

Both run in processes of their own, each on a copy of the same database of one durable server, and take turns: every
figure of ours has its yardstick within seconds. What is left between them is the price of knowing who calls, checking
what was sent, deciding, sealing, and showing the case. Beside the rates stands the processor's time that the server
used for a request: it says the same, and moves less with what else the machine does.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

import msgspec
from rich.console import Console
from rich.table import Table

from mufakat.lab.over_http import bare, ground, servers
from mufakat.lab.over_http.client import Connection, Unit, drive, request
from mufakat.lab.over_http.ground import Ground
from mufakat.lab.over_http.servers import Server
from mufakat.store import codec
from mufakat.store.embedded import EmbeddedPostgres, create_database, drop_database
from mufakat.store.migrate import load, migrate

OK: Final = 200
CREATED: Final = 201
MESSAGE: Final = codec.encode_command(ground.message())


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured: `seconds` for each figure, `most` pieces at most, the data, and how many clients."""

    seconds: float = 3.0
    repeats: int = 3
    clients: tuple[int, ...] = (1, 16, 64)
    cases: int = 2_000
    orders: int = 30_000
    most: int = 10**9


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure: requests a second, milliseconds of the median and of the slowest of a hundred, and microseconds of
    the server's processor for a request.
    """

    per_second: float
    median: float
    slow: float
    processor: float


@dataclass(frozen=True, slots=True)
class Row:
    """A workload with so many clients: the figures of the same run by server, one of which is the yardstick."""

    workload: str
    clients: int
    figures: dict[str, Measured]
    yardstick: str

    def ratio(self, server: str) -> float:
        """How a server's rate stands to the yardstick's."""
        return self.figures[server].per_second / self.figures[self.yardstick].per_second


class Workloads:
    """What clients do. Each piece goes to a case, or an order, of its own, so that no two meet."""

    def __init__(self, over: Ground) -> None:
        self._over = over
        self._fresh = count(len(over.cases))

    @property
    def units(self) -> dict[str, Unit]:
        """Every workload by its name."""
        return {
            "commands: a message": self.say,
            "commands: open a case, then a message": self.open_and_say,
            "reads: a case": self.read,
            "reads: a page of 50 cases": self.page,
        }

    async def say(self, line: Connection, n: int) -> None:
        """The customer says something in a case."""
        at = n % len(self._over.cases)
        path = f"/v1/cases/{self._over.cases[at]}/commands"
        await line.ask(request("POST", path, self._over.token(at), MESSAGE, ground.new_key()), OK)

    async def open_and_say(self, line: Connection, n: int) -> None:
        """The customer opens a case about an order, and says something in it."""
        del n  # both servers go through the same orders, each in its own database
        order = next(self._fresh)
        token = self._over.token(order)
        body = opening_body(ground.order_id(order))
        opened = await line.ask(request("POST", "/v1/cases", token, body, ground.new_key()), CREATED)
        path = f"{opened.header(b'location').decode()}/commands"
        await line.ask(request("POST", path, token, MESSAGE, ground.new_key()), OK)

    async def read(self, line: Connection, n: int) -> None:
        """The customer reads a case."""
        at = n % len(self._over.cases)
        await line.ask(request("GET", f"/v1/cases/{self._over.cases[at]}", self._over.token(at)), OK)

    async def page(self, line: Connection, n: int) -> None:
        """The platform reads the first page of the open cases that are due next."""
        del n
        await line.ask(request("GET", "/v1/cases?sort=DUE&open=true&limit=50", self._over.server_key.text), OK)


def opening_body(order: str) -> bytes:
    """The body that opens a case about an order."""
    fields = {name: value for name, value in codec.command_data(ground.opening()).items() if name != "command"}
    return msgspec.json.encode({"order_id": order, **fields})


async def bench_http(console: Console | None = None, url: str | None = None, size: Size | None = None) -> list[Row]:
    """Measure `serve` beside the bare application, 1, 16 and 64 clients; prints a table.

    url: a server on which databases may be made and dropped; None for the embedded one, with durable commits.
    """
    size = size or Size()
    async with prepared(url, size) as (over, databases, folder), AsyncExitStack() as stack:
        port, other = servers.free_port(), servers.free_port()
        ours = servers.serve(databases[0], folder, port, work=False)
        plain = servers.bare_app(databases[1], over.server_key.credential.id, other)
        pair = {
            "mufakat": await stack.enter_async_context(servers.running(*ours, port, folder / "serve.log")),
            "bare": await stack.enter_async_context(servers.running(*plain, other, folder / "bare.log")),
        }
        rows = await compare(pair, over, size, "bare")
    show(console, "`mufakat serve` beside a bare ASGI application, durable", rows, size)
    return rows


async def bench_servers(console: Console | None = None, url: str | None = None, size: Size | None = None) -> list[Row]:
    """Measure the bare application under uvicorn with uvloop, uvicorn with asyncio's own loop, and granian."""
    size = size or Size()
    async with prepared(url, size, 3) as (over, databases, folder), AsyncExitStack() as stack:
        id_ = over.server_key.credential.id
        ports = [servers.free_port() for _ in databases]
        lines = {
            "uvicorn, uvloop": servers.bare_app(databases[0], id_, ports[0]),
            "uvicorn, asyncio": servers.bare_app(databases[1], id_, ports[1], "asyncio"),
            "granian, uvloop": servers.bare_under_granian(databases[2], id_, ports[2]),
        }
        found = {
            name: await stack.enter_async_context(servers.running(*line, port, folder / f"{port}.log"))
            for (name, line), port in zip(lines.items(), ports, strict=True)
        }
        rows = await compare(found, over, size, "uvicorn, uvloop")
    show(console, "The bare ASGI application under different servers, durable", rows, size)
    return rows


@asynccontextmanager
async def prepared(url: str | None, size: Size, copies: int = 2) -> AsyncIterator[tuple[Ground, list[str], Path]]:
    """The data, copies of its database, and a folder for what else is needed; all gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="mufakat-bench-") as name:
        folder = Path(name)
        server = None if url else await asyncio.to_thread(EmbeddedPostgres.start, folder / "server", keep=False)
        at = url or (server.url() if server else "")
        first = f"mufakat_bench_{time.time_ns()}"
        names = [first, *(f"{first}_{n}" for n in range(1, copies))]
        try:
            made = await create_database(at, first)
            await migrate(made, load())
            over = await ground.lay(made, bare.MASTER, orders=size.orders, cases=size.cases, customers=size.cases)
            databases = [made, *[await create_database(at, each, template=first) for each in names[1:]]]
            yield over, databases, folder
        finally:
            for each in names:
                await drop_database(at, each)
            if server is not None:
                await asyncio.to_thread(server.stop)


async def compare(found: dict[str, Server], over: Ground, size: Size, yardstick: str) -> list[Row]:
    """Let every server do every workload with every number of clients, in turns."""
    rows = []
    works = {name: Workloads(over) for name in found}
    for workload in Workloads(over).units:
        counts = {name: count() for name in found}
        for name, server in found.items():  # what is done for the first time takes longer
            await _measure(server, 4, works[name].units[workload], counts[name], size, size.seconds / 3)
        for clients in size.clients:
            figures: dict[str, list[Measured]] = {name: [] for name in found}
            for _ in range(size.repeats):
                for name, server in found.items():
                    unit = works[name].units[workload]
                    figures[name].append(await _measure(server, clients, unit, counts[name], size, size.seconds))
            rows.append(Row(workload, clients, {name: _median(each) for name, each in figures.items()}, yardstick))
    return rows


async def _measure(
    server: Server, clients: int, unit: Unit, numbers: Iterator[int], size: Size, seconds: float
) -> Measured:
    before = server.seconds()
    ran = await drive(server.port, clients, unit, numbers, seconds=seconds, most=size.most)
    used = server.seconds() - before
    return Measured(ran.per_second, ran.percentile(50), ran.percentile(99), 1e6 * used / len(ran.seconds))


def _median(figures: list[Measured]) -> Measured:
    columns = zip(*((x.per_second, x.median, x.slow, x.processor) for x in figures), strict=True)
    return Measured(*(statistics.median(column) for column in columns))


def show(console: Console | None, title: str, rows: list[Row], size: Size) -> None:
    """The rows as a table."""
    if console is None:
        return
    table = Table(title=f"{title} (medians of {size.repeats} runs of {size.seconds:g} s)")
    for heading in ("what", "clients", "server", "a second", "ratio", "p50 ms", "p99 ms", "processor us"):
        table.add_column(heading, justify="left" if heading in ("what", "server") else "right")
    for row in rows:
        for server, figure in row.figures.items():
            table.add_row(
                row.workload,
                str(row.clients),
                server,
                f"{figure.per_second:,.0f}",
                f"{row.ratio(server):.2f}",
                f"{figure.median:.1f}",
                f"{figure.slow:.1f}",
                f"{figure.processor:,.0f}",
            )
    console.print(table)
