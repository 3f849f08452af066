"""A line to a server of this machine that breaks when it is told to, and can be mended."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

READ = 16_384


class Line:
    """A line to a server. `whole`: bytes upwards after which it breaks, until it is mended; `broke`: that it did."""

    def __init__(self, port: int) -> None:
        self._port, self._passed = port, 0
        self._near: set[asyncio.StreamWriter] = set()
        self._far: set[asyncio.StreamWriter] = set()
        self.whole: int | None = None
        self.broke = asyncio.Event()

    def breaks(self) -> None:
        """Let nothing through from now on, in either direction. What is beyond this end arrives, and then no more."""
        self.broke.set()
        for each in self._near:
            each.transport.abort()
        for each in self._far:
            each.close()

    def mend(self) -> None:
        """Let everything through from now on."""
        self.whole = None
        self.broke.clear()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        if self.broke.is_set():
            writer.transport.abort()
            return
        up, out = await asyncio.open_connection("127.0.0.1", self._port)
        self._near.add(writer)
        self._far.add(out)
        down = asyncio.create_task(_pass(up, writer))
        with suppress(ConnectionError):
            while data := await reader.read(READ):
                self._passed += len(data)
                if self.whole is not None and self._passed > self.whole:
                    self.breaks()
                    break
                out.write(data)
                await out.drain()
        out.close()
        await down
        self._near.discard(writer)
        self._far.discard(out)


async def _pass(up: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await up.read(READ):
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def line_to(url: str) -> AsyncIterator[tuple[Line, str]]:
    """A line to the server at that address, and the address of this end of it."""
    line = Line(int(url.rpartition(":")[2]))
    listening = await asyncio.start_server(line.carry, "127.0.0.1", 0)
    async with listening:
        yield line, f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
