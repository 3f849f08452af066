"""Measures the pages: `mufakat serve` with ten thousand cases, each page asked for by the one whose page it is.

A page's first byte stands beside that of a static file of the same server in the same run, with one client and with
eight. Beside the times: how large a page is, how small a proxy before us can press it, and how many statements it
takes, which an application in this process counts over the same database.
"""

import asyncio
import gzip
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from rich.console import Console
from rich.table import Table

from mufakat.api.rights import Caller
from mufakat.lab.over_http import bare, crowd, servers
from mufakat.lab.over_http.client import Connection, Unit, drive
from mufakat.lab.over_http.counted import Counted
from mufakat.lab.over_http.crowd import Crowd
from mufakat.lab.over_http.servers import Server
from mufakat.store.embedded import EmbeddedPostgres, create_database, drop_database
from mufakat.store.migrate import load, migrate
from mufakat.web import visits
from mufakat.web.assets import asset
from mufakat.web.worklist import Filter

OK: Final = 200
CLIENTS: Final = 8
HOST: Final = "127.0.0.1"
GOAL_BYTES: Final = 100_000
GOAL_MILLISECONDS: Final = 50.0
"""What is promised of every page: its size without pictures, and its first byte with one client."""
STATIC: Final = "a static file"
WARM: Final = 3
"""So often a page is asked for before it counts."""
SLOW: Final = 95
WHAT_IF: Final = {f"value:CUSTOMER:{crowd.ITEM}:a": "VALID", f"exhibit:CUSTOMER:{crowd.ITEM}:a": "1"}
"""Answers that an agent tries out."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured: so many cases, each page asked for so often by one client, and for so long by eight."""

    cases: int = 10_000
    times: int = 60
    seconds: float = 3.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A page: its name, where it is, and the cookie of who asks. `body`: a form that is sent; empty to read."""

    name: str
    path: str
    cookie: str = ""
    body: str = ""

    @property
    def method(self) -> str:
        """How it is asked for."""
        return "POST" if self.body else "GET"

    @property
    def headers(self) -> dict[str, str]:
        """What is said beside it."""
        said = {"host": HOST, "accept": "text/html", "accept-language": "id"}
        if self.cookie:
            said["cookie"] = self.cookie
        if self.body:
            said |= {"content-type": "application/x-www-form-urlencoded", "content-length": str(len(self.body))}
        return said

    @property
    def request(self) -> bytes:
        """The bytes of the request."""
        lines = [f"{self.method} {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in self.headers.items())]
        return "\r\n".join([*lines, "", self.body]).encode()


@dataclass(frozen=True, slots=True)
class Row:
    """A page's figures. Times in milliseconds; `ratio`: the median to a static file's; `rate`: a second, by eight."""

    name: str
    median: float
    slow: float
    ratio: float
    size: int
    pressed: int
    statements: int
    median_of_eight: float
    slow_of_eight: float
    rate: float


async def bench_pages(console: Console | None = None, url: str | None = None, size: Size | None = None) -> list[Row]:
    """Measure every page; prints a table. url: a server for the bench's database; None for a trial one."""
    size = size or Size()
    async with prepared(url, size) as (over, database, folder):
        port = servers.free_port()
        line = servers.serve(database, folder, port, work=False)
        async with (
            servers.running(*line, port, folder / "serve.log") as server,
            Counted.over(database, str(folder / "files")) as counted,
        ):
            pages = await pages_of(server, over, counted)
            rows = await measured(server, pages, counted, size)
    _show(console, rows, over)
    return rows


@asynccontextmanager
async def prepared(url: str | None, size: Size) -> AsyncIterator[tuple[Crowd, str, Path]]:
    """The data, where it is, and a folder for what else is needed; all gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="mufakat-bench-") as name:
        folder = Path(name)
        server = None if url else await asyncio.to_thread(EmbeddedPostgres.start, folder / "server", keep=False)
        at, database = url or (server.url() if server else ""), f"mufakat_bench_{time.time_ns()}"
        try:
            made = await create_database(at, database)
            await migrate(made, load())
            yield await crowd.lay(made, bare.MASTER, cases=size.cases), made, folder
        finally:
            await drop_database(at, database)
            if server is not None:
                await asyncio.to_thread(server.stop)


async def measured(server: Server, pages: list[Asked], counted: Counted, size: Size) -> list[Row]:
    """The figures of every page; the static file comes before each, so that both meet the same machine."""
    still = next(each for each in pages if each.name == STATIC)
    rows = []
    for page in pages:
        beside, alone = await _by_turns(server, (still, page), size.times)
        crowded = await drive(
            server.port, CLIENTS, _unit(page), count(), seconds=size.seconds, most=CLIENTS * size.times
        )
        content = await _content(server, page)
        rows.append(
            Row(
                name=page.name,
                median=statistics.median(alone),
                slow=_slow(alone),
                ratio=statistics.median(alone) / statistics.median(beside),
                size=len(content),
                pressed=len(gzip.compress(content, 6)),
                statements=await counted.of(page.method, page.path, page.headers, page.body),
                median_of_eight=crowded.percentile(50),
                slow_of_eight=crowded.percentile(95),
                rate=crowded.per_second,
            )
        )
    return rows


async def pages_of(server: Server, over: Crowd, counted: Counted) -> list[Asked]:
    """Every page with who asks for it: parties with their visit, agents with their session."""
    customer = counted.come_in(Caller.CUSTOMER, over.customer, over.credential)
    seller, few, many = [
        counted.come_in(Caller.SELLER, each, over.credential) for each in (over.seller, crowd.FEW, crowd.MANY)
    ]
    agent, lead = f"{visits.COOKIE}={over.agent}", f"{visits.COOKIE}={over.lead}"
    case, ask = f"/cases/{over.talk}", f"/orders/{over.free}/ask"
    chosen = urlencode({"stage": "items", "line": "a", "reason-a": "DEFECTIVE", "quantity-a": "1"})
    sheet = Asked("agent: the page of a case", case, agent)
    what_if = urlencode({"token": await _word(server, sheet), "stage": "try", **WHAT_IF})
    return [
        Asked(STATIC, asset("base.css")),
        Asked("customer: orders", "/orders", customer),
        Asked(f"customer: a case with {crowd.TALK} messages", case, customer),
        Asked("customer: asking, which items", ask, customer),
        Asked("customer: asking, what would help", f"{ask}?{chosen}", customer),
        Asked("customer: the last look before a step", f"{case}/steps/WithdrawDispute", customer),
        *(Asked(f"seller of many: worklist, {each}", f"/cases?show={each}", many) for each in Filter),
        Asked("seller of few: worklist", "/cases", few),
        Asked("seller: the same case", case, seller),
        Asked("seller of many: account", "/account", many),
        Asked("seller of many: report", "/report", many),
        Asked("customer: the rules", "/rules", customer),
        Asked("customer: the rules of the case", f"{case}/rules", customer),
        Asked("agent: desk", "/desk", agent),
        sheet,
        Asked("agent: what if", f"{case}/worksheet", agent, what_if),
        Asked("agent: an exhibit", f"{case}/exhibits/1", agent),
        Asked("agent: similar cases", f"{case}/similar", agent),
        Asked("lead: queue", "/queue", lead),
        Asked("lead: people", "/people", lead),
        Asked("lead: dashboard", "/dashboard", lead),
    ]


async def _by_turns(server: Server, pages: tuple[Asked, ...], times: int) -> tuple[list[float], ...]:
    """Milliseconds to the first byte of pages that are asked for in turns, by one client."""
    found: tuple[list[float], ...] = tuple([] for _ in pages)
    loop = asyncio.get_running_loop()
    _, line = await loop.create_connection(Connection, HOST, server.port)
    try:
        for turn in range(times + WARM):
            for page, each in zip(pages, found, strict=True):
                await line.ask(page.request, OK)
                if turn >= WARM:
                    each.append(1000 * line.firsts[-1])
    finally:
        line.close()
    return found


async def _content(server: Server, page: Asked) -> bytes:
    _, line = await asyncio.get_running_loop().create_connection(Connection, HOST, server.port)
    try:
        return (await line.ask(page.request, OK)).body
    finally:
        line.close()


async def _word(server: Server, page: Asked) -> str:
    """The word that forms of a page's visit carry."""
    _, _, rest = (await _content(server, page)).partition(b'name="token" value="')
    return rest.partition(b'"')[0].decode()


def _unit(page: Asked) -> Unit:
    async def ask(line: Connection, n: int) -> None:
        del n
        await line.ask(page.request, OK)

    return ask


def _slow(milliseconds: list[float]) -> float:
    ranked = sorted(milliseconds)
    return ranked[min(len(ranked) - 1, int(len(ranked) * SLOW / 100))]


def _show(console: Console | None, rows: list[Row], over: Crowd) -> None:
    if console is None:
        return
    table = Table(title=f"Pages of `mufakat serve` with {over.cases:,} cases, {over.waiting:,} pieces of work")
    headings = ("page", "first byte, ms", "95 of 100", "beside a static file", "bytes", "pressed", "statements")
    for heading in (*headings, f"{CLIENTS} clients, ms", "95 of 100", "a second"):
        table.add_column(heading, justify="left" if heading == "page" else "right")
    for row in rows:
        table.add_row(
            *(row.name, f"{row.median:.1f}", f"{row.slow:.1f}", f"{row.ratio:.1f}", f"{row.size:,}"),
            *(f"{row.pressed:,}", str(row.statements), f"{row.median_of_eight:.0f}", f"{row.slow_of_eight:.0f}"),
            f"{row.rate:.0f}",
        )
    console.print(table)
    console.print(f"goal: every page under {GOAL_BYTES:,} bytes, its first byte within {GOAL_MILLISECONDS:g} ms")
