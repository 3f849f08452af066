"""Measurements of beginnings: `mufakat --help`, and `mufakat serve` until its first page, on a fresh home and later."""

import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from mufakat.lab.over_http import servers

HELPS: Final = 11
STARTS: Final = 3
HELP_GOAL: Final = 0.3
PAGE_GOAL: Final = 10.0


@dataclass(frozen=True, slots=True)
class Took:
    """The seconds of one beginning, the median of several, beside its goal."""

    what: str
    seconds: float
    goal: float


async def bench_start(console: Console | None = None, helps: int = HELPS, starts: int = STARTS) -> list[Took]:
    """Measure how long a first look takes; prints a table."""
    pairs = [await _two_starts() for _ in range(starts)]
    fresh, again = (statistics.median(column) for column in zip(*pairs, strict=True))
    found = [
        Took("mufakat --help", statistics.median(_help() for _ in range(helps)), HELP_GOAL),
        Took("mufakat serve on a fresh home, until the first page", fresh, PAGE_GOAL),
        Took("mufakat serve the next time, until the first page", again, PAGE_GOAL),
    ]
    if console is not None:
        table = Table("what", "seconds", "goal", title=f"Beginnings (medians of {helps} and of {starts})")
        for each in found:
            table.add_row(each.what, f"{each.seconds:.2f}", f"{each.goal:g}")
        console.print(table)
    return found


def _help() -> float:
    """Seconds of one `mufakat --help`, from the command to its end."""
    began = time.perf_counter()
    line = [sys.executable, "-m", "mufakat.cli", "--help"]
    subprocess.run(line, check=True, stdout=subprocess.DEVNULL, env=servers.environment())
    return time.perf_counter() - began


async def _two_starts() -> tuple[float, float]:
    """Seconds until the first page: of the first start in a home, which sets everything up, and of the second."""
    with tempfile.TemporaryDirectory(prefix="mufakat-bench-") as name:
        home = Path(name) / "home"
        first = await _start(home, Path(name) / "log")
        return first, await _start(home, Path(name) / "log")


async def _start(home: Path, log: Path) -> float:
    port = servers.free_port()
    line, given = servers.trial(home, port)
    began = time.perf_counter()
    async with servers.running(line, given, port, log, "/"):
        return time.perf_counter() - began
