"""Starting `mufakat serve` as a newcomer does: a process of its own, an empty home, free ports."""

import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

COMPILED = Path(__file__).parents[2] / ".pytest_cache" / "compiled"
PATIENCE = 60.0  # seconds; a start takes a few of them, more on a machine that does much else


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


def environment(home: Path, **more: str) -> dict[str, str]:
    """The variables of a process whose settings are only these, and which buffers and compiles as most do."""
    unusual = ("MUFAKAT_", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE")
    ours = {name: value for name, value in os.environ.items() if not name.startswith(unusual)}
    return ours | {"MUFAKAT_HOME": str(home), "PYTHONPYCACHEPREFIX": str(COMPILED)} | more


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs."""

    process: subprocess.Popen[bytes]
    port: int
    metrics: int
    home: Path
    log_file: Path
    first_line: str

    @property
    def url(self) -> str:
        """Where the API is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> list[str]:
        """The lines of its log."""
        return self.log_file.read_text().splitlines()

    def get(self, path: str, **headers: str) -> httpx.Response:
        """The answer to a GET."""
        return httpx.get(self.url + path, headers=headers, trust_env=False)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Its exit code after a signal."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


def begin(home: Path, *words: str, **more: str) -> Served:
    """Start one in its home; it may not listen yet, so its first line is empty."""
    port, metrics = free_port(), free_port()
    log_file = home.with_name(f"{home.name}-{port}.log")
    settings = environment(home, MUFAKAT_LISTEN=f"127.0.0.1:{port}", MUFAKAT_METRICS=f"127.0.0.1:{metrics}", **more)
    command = [sys.executable, "-m", "mufakat.cli", "serve", *words]
    with log_file.open("wb") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env=settings)
    return Served(process, port, metrics, home, log_file, "")


def listening(begun: Served) -> Served:
    """The same, once it has said that it listens."""
    assert begun.process.stdout is not None
    ready, _, _ = select.select([begun.process.stdout], [], [], PATIENCE)
    assert ready, f"it said nothing on standard output: {begun.log}"
    line = begun.process.stdout.readline().decode()
    assert line, f"it ended: {begun.log}"
    return Served(begun.process, begun.port, begun.metrics, begun.home, begun.log_file, line)


@contextmanager
def served(home: Path, *words: str, **more: str) -> Iterator[Served]:
    """One that listens, ended after the block."""
    begun = begin(home, *words, **more)
    try:
        yield listening(begun)
    finally:
        put_away(begun)


def put_away(begun: Served) -> None:
    """End one that may have ended."""
    if begun.process.poll() is None:
        begun.process.terminate()
        begun.process.wait(PATIENCE)
    if begun.process.stdout is not None:
        begun.process.stdout.close()


def database_process(home: Path) -> psutil.Process:
    """The embedded server of a home."""
    return psutil.Process(int((home / "pg" / "data" / "postmaster.pid").read_text().splitlines()[0]))


def soon(what: str, condition: Callable[[], bool]) -> None:
    """Wait until a condition holds; fails when it does not in time."""
    give_up = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < give_up, what
        time.sleep(0.05)
