"""Servers in processes of their own, on loopback ports: started, waited for, watched and ended."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from mufakat.lab.over_http import bare

PATIENCE: Final = 60.0
"""Seconds that a server may take to answer, or to end."""
GLANCE: Final = 0.01
"""Seconds between two looks at whether a server answers."""
PLENTY: Final = "1000000"


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs: its port, and its process."""

    port: int
    process: psutil.Process

    def seconds(self) -> float:
        """The processor's time that it has used, with its children's."""
        return sum(sum(each.cpu_times()[:2]) for each in self._all())

    def resident(self) -> int:
        """Bytes of memory that it holds, with its children's."""
        return sum(each.memory_info().rss for each in self._all())

    def _all(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]


def free_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def environment(**more: str) -> dict[str, str]:
    """The environment of a server: this one, without settings of ours."""
    return {name: value for name, value in os.environ.items() if not name.startswith("MUFAKAT_")} | more


def serve(url: str, home: Path, port: int, *, work: bool) -> tuple[list[str], dict[str, str]]:
    """The command line and environment of `mufakat serve` on a database, with the settings that a test needs."""
    line = [sys.executable, "-m", "mufakat.cli", "serve", *([] if work else ["--no-work"])]
    given = environment(
        MUFAKAT_DATABASE_URL=url,
        MUFAKAT_HOME=str(home),
        MUFAKAT_MASTER_KEY=bare.MASTER.hex(),
        MUFAKAT_LISTEN=f"127.0.0.1:{port}",
        MUFAKAT_METRICS="none",
        MUFAKAT_REQUESTS_A_SECOND=PLENTY,
        MUFAKAT_LOG_FORMAT="json",
    )
    return line, given


def bare_app(url: str, credential: str, port: int, loop: str = "uvloop") -> tuple[list[str], dict[str, str]]:
    """The command line and environment of the bare application under uvicorn."""
    line = [sys.executable, "-m", bare.__name__, str(port), loop]
    return line, environment(**{bare.URL: url, bare.CREDENTIAL: credential})


def bare_under_granian(url: str, credential: str, port: int) -> tuple[list[str], dict[str, str]]:
    """The same under granian, with one worker and uvloop."""
    line = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "--loop", "uvloop"]
    line += ["--no-ws", "--http", "1", "--port", str(port), "--log-level", "error", f"{bare.__name__}:from_environment"]
    return line, environment(**{bare.URL: url, bare.CREDENTIAL: credential})


def trial(home: Path, port: int) -> tuple[list[str], dict[str, str]]:
    """The command line and environment of `mufakat serve` as a newcomer starts it, in a home of its own."""
    line = [sys.executable, "-m", "mufakat.cli", "serve"]
    return line, environment(MUFAKAT_HOME=str(home), MUFAKAT_LISTEN=f"127.0.0.1:{port}", MUFAKAT_METRICS="none")


@asynccontextmanager
async def running(
    line: list[str], given: dict[str, str], port: int, log: Path, path: str = "/health/live"
) -> AsyncIterator[Server]:
    """A server while it is wanted, once it answers at a path; what it says goes to a file.

    Raises RuntimeError when it does not come to answer.
    """
    with log.open("wb") as file:
        process = await asyncio.create_subprocess_exec(*line, env=given, stdout=file, stderr=file)
    try:
        await answers(port, process, log, path)
        yield Server(port, psutil.Process(process.pid))
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), PATIENCE)
        except TimeoutError:
            process.kill()
            await process.wait()


async def answers(port: int, process: asyncio.subprocess.Process, log: Path, path: str = "/health/live") -> None:
    """Wait until a server answers there. Raises RuntimeError when it ends or takes too long."""
    give_up = time.monotonic() + PATIENCE
    while not await _answers(port, path):
        if process.returncode is not None or time.monotonic() > give_up:
            raise RuntimeError(f"a server did not start: {log.read_text()[-1000:]}")
        await asyncio.sleep(GLANCE)


async def _answers(port: int, path: str) -> bool:
    """Whether there is an answer; a server may listen a while before it gives any."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nhost: bench\r\n\r\n".encode())
        return b" 200 " in await asyncio.wait_for(reader.readline(), PATIENCE)
    except (OSError, TimeoutError):
        return False
    finally:
        writer.close()
