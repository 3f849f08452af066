"""Measurement: uploads over HTTP beside the same bytes encrypted and kept, and beside the same bytes merely written.

`mufakat serve` runs in a process of its own on a durable database, files in a folder of the same disk. Each upload goes
to an order of its own, so that the same bytes are kept anew each time. The nearer ceiling is what the vault itself does
with them (encrypting, one file, its name and folder synced); the farther one is writing them with fsync. All three take
turns. What is between: reading from a socket, knowing who calls, looking inside, making what others see, two rows.
"""

import asyncio
import base64
import os
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from rich.console import Console
from rich.table import Table

from mufakat.evidence.inspection.measuring import SIDES, made_photo
from mufakat.evidence.intake import MIB, arriving, take
from mufakat.evidence.stream import Sealing
from mufakat.evidence.vault import Vault
from mufakat.lab.bench_http import Size, prepared
from mufakat.lab.over_http import ground, servers
from mufakat.lab.over_http.client import Connection, drive
from mufakat.lab.over_http.ground import Ground

CREATED: Final = 201
NO_CONTENT: Final = 204
TEXT_BYTES: Final = 64 * 1024
PIECE: Final = 1 * MIB
"""Bytes of a piece where a file comes in pieces."""
READ: Final = 64 * 1024
"""Bytes that come from a socket at once."""
ORDERS: Final = 20_000
SECONDS: Final = 2.0
REPEATS: Final = 3
CLIENTS: Final = (1, 4)
WRITTEN, KEPT, UPLOADED = "written", "encrypted and kept", "uploaded"


@dataclass(frozen=True, slots=True)
class Content:
    """What is uploaded: its name for people, its bytes and media type, and whether it comes in pieces by tus."""

    name: str
    content: bytes
    type: str
    pieces: bool = False


@dataclass(frozen=True, slots=True)
class Uploads:
    """Of one content with so many clients at once: how many a second, by what was done with it."""

    name: str
    size: int
    clients: int
    per_second: dict[str, float]

    def megabytes(self, done: str) -> float:
        """Millions of bytes a second."""
        return self.per_second[done] * self.size / 1e6

    def ratio(self, done: str) -> float:
        """How the uploads stand to what else was done with the same bytes."""
        return self.per_second[UPLOADED] / self.per_second[done]


def contents(sides: tuple[int, int] = SIDES) -> tuple[Content, ...]:
    """A text, of which little is to be looked into; a photo; and the photo in pieces."""
    text = (b"The parcel came on Tuesday; the lid was broken.\n" * (TEXT_BYTES // 48 + 1))[:TEXT_BYTES]
    photo = made_photo(sides)
    return (
        Content("a text of 64 KiB", text, "text/plain"),
        Content("a photo of 12 megapixels", photo, "image/jpeg"),
        Content("the same in pieces of 1 MiB", photo, "image/jpeg", pieces=True),
    )


async def bench_uploads(
    console: Console | None = None,
    url: str | None = None,
    what: tuple[Content, ...] = (),
    size: Size | None = None,
) -> list[Uploads]:
    """Measure uploads with one client and with four; prints a table.

    url: a server on which databases may be made and dropped; None for the embedded one, with durable commits.
    """
    size = size or Size(seconds=SECONDS, repeats=REPEATS, clients=CLIENTS, cases=1, orders=ORDERS)
    rows = []
    async with prepared(url, size, 1) as (over, (database,), folder), AsyncExitStack() as stack:
        port = servers.free_port()
        line = servers.serve(database, folder, port, work=False)
        await stack.enter_async_context(servers.running(*line, port, folder / "serve.log"))
        orders = count(1)
        for each in what or contents():
            ways = {
                UPLOADED: _Uploading(over, each, orders, port).run,
                KEPT: _Keeping(each, folder / "kept").run,
                WRITTEN: _Writing(each, folder / "written").run,
            }
            for way in ways.values():  # what is done for the first time takes longer
                await way(1, size.seconds / 4, size.most)
            for clients in size.clients:
                figures: dict[str, list[float]] = {name: [] for name in ways}
                for _ in range(size.repeats):
                    for name, way in ways.items():
                        figures[name].append(await way(clients, size.seconds, size.most))
                medians = {name: statistics.median(found) for name, found in figures.items()}
                rows.append(Uploads(each.name, len(each.content), clients, medians))
    _print(console, rows, size)
    return rows


class _Uploading:
    """Uploads over HTTP, each to another order."""

    def __init__(self, over: Ground, what: Content, orders: "count[int]", port: int) -> None:
        self._over, self._what, self._orders, self._port = over, what, orders, port

    async def run(self, clients: int, seconds: float, most: int) -> float:
        """So many clients at once for so long; whole files a second."""
        done = 0

        async def unit(line: Connection, order: int) -> None:
            nonlocal done
            await (self._in_pieces if self._what.pieces else self._whole)(line, order)
            done += 1

        ran = await drive(self._port, clients, unit, self._orders, seconds=seconds, most=most)
        return done / ran.took

    async def _whole(self, line: Connection, order: int) -> None:
        path, kind = f"/v1/orders/{ground.order_id(order)}/files", {"content-type": self._what.type}
        await line.ask(_request("POST", path, self._over.token(order), kind, self._what.content), CREATED)

    async def _in_pieces(self, line: Connection, order: int) -> None:
        token, content = self._over.token(order), self._what.content
        kind = base64.b64encode(self._what.type.encode()).decode()
        about = {"upload-length": str(len(content)), "upload-metadata": f"filetype {kind}"}
        path = f"/v1/orders/{ground.order_id(order)}/uploads"
        place = (await line.ask(_request("POST", path, token, about), CREATED)).header(b"location").decode()
        for start in range(0, len(content), PIECE):
            about = {"upload-offset": str(start), "content-type": "application/offset+octet-stream"}
            piece = content[start : start + PIECE]
            await line.ask(_request("PATCH", place, token, about, piece), NO_CONTENT)


class _Keeping:
    """What the vault does with a file, in this process: encrypt it and keep it."""

    def __init__(self, what: Content, folder: Path) -> None:
        self._what, self._vault = what, Vault.at(str(folder))

    async def run(self, clients: int, seconds: float, most: int) -> float:
        """So many at once for so long; files a second."""
        return await _at_once(self._keep, clients, seconds, most)

    async def _keep(self) -> None:
        with arriving() as file:
            await take(_chunks(self._what.content), "", Sealing(AESGCM(os.urandom(32))), file)
            await self._vault.keep(self._vault.new_place(ground.PLACE, datetime.now(UTC)), file)


async def _chunks(content: bytes) -> AsyncIterator[bytes]:
    """The content as a socket gives it."""
    for start in range(0, len(content), READ):
        yield content[start : start + READ]


class _Writing:
    """The bytes written to a file, which is synced."""

    def __init__(self, what: Content, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self._what, self._folder, self._numbers = what, folder, count(time.time_ns())

    async def run(self, clients: int, seconds: float, most: int) -> float:
        """So many at once for so long; files a second."""
        return await _at_once(lambda: asyncio.to_thread(self._write), clients, seconds, most)

    def _write(self) -> None:
        with (self._folder / str(next(self._numbers))).open("wb") as file:
            file.write(self._what.content)
            file.flush()
            os.fsync(file.fileno())


async def _at_once(work: Callable[[], Awaitable[None]], clients: int, seconds: float, most: int) -> float:
    """How often a second the work is done by so many at once."""
    begun, began = count(), time.perf_counter()
    done = 0

    async def one() -> None:
        nonlocal done
        while time.perf_counter() - began < seconds and next(begun) < most:
            await work()
            done += 1

    await asyncio.gather(*(one() for _ in range(clients)))
    return done / (time.perf_counter() - began)


def _request(method: str, path: str, token: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "host: bench", f"authorization: Bearer {token}", "tus-resumable: 1.0.0"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"content-length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def _print(console: Console | None, rows: list[Uploads], size: Size) -> None:
    if console is None:
        return
    table = Table(title=f"Uploads, durable (medians of {size.repeats} runs of {size.seconds:g} s)")
    for heading in ("what", "clients", "done", "a second", "MB/s", "uploads beside it"):
        table.add_column(heading, justify="left" if heading in ("what", "done") else "right")
    for row in rows:
        for done, rate in row.per_second.items():
            ratio = "" if done == UPLOADED else f"{row.ratio(done):.2f}"
            table.add_row(row.name, str(row.clients), done, f"{rate:,.1f}", f"{row.megabytes(done):,.1f}", ratio)
    console.print(table)
