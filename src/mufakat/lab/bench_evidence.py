"""Measurements of the evidence vault, each beside a yardstick of the same run.

Uploads are in `bench_uploads.py`. Inspection: how long it takes to look into a photo of twelve megapixels, beside only
decoding it, for a plain one, and for those that cost more, turned or in colours of their own.

Near search: how long it takes to find what looks like a given fingerprint among a hundred thousand, a million and ten
million, by the statement that agents' signals use, beside comparing it with every one of them in memory (numpy, a
column for each quarter). Both must find the same. Fingerprints are of chance, as those of different photos nearly are;
each that is sought is one of them with up to 31 bits changed.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from asyncpg import BitString
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from mufakat.core.parties import Role
from mufakat.evidence.inspection.measuring import ROUNDS, SIDES, Measured, measure
from mufakat.lab.bench_uploads import bench_uploads
from mufakat.store.embedded import EmbeddedPostgres, create_database, drop_database
from mufakat.store.migrate import load, migrate
from mufakat.store.near import BITS, BYTES, NEAR
from mufakat.store.postgres import PostgresStore

SIZES: Final = (100_000, 1_000_000, 10_000_000)
"""How many fingerprints there are."""
USUAL: Final = 1_000_000
"""The most that are measured unless more are asked for: ten million take a quarter of an hour to put in."""
SOUGHT: Final = 200
SCANS: Final = 10
"""How often everything is compared."""
WARMING: Final = 50
"""Searches before the clock runs."""
PHOTOS: Final = {"plain": (False, False), "turned": (True, False), "in colours of its own": (False, True)}
"""What is looked into: whether it is turned, and whether its colours are not sRGB."""
GOAL_RATIO: Final = 2.0
"""What quality.md allows beside bare decoding."""
GOAL_MILLISECONDS: Final = 50.0
"""What quality.md allows among ten million."""

PLACE: Final = "bench"
SEED: Final = 7
CHUNK: Final = 100_000
"""Fingerprints put in at once."""
PATIENCE: Final = 3600.0  # seconds that making an index may take

Column = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Near:
    """The near search among so many: milliseconds of a search and of a full scan, bytes on disk and of the scan."""

    prints: int
    median: float
    slow: float
    """Nineteen of twenty searches are faster."""
    scan: float
    disk: int
    memory: int

    @property
    def ratio(self) -> float:
        """How much faster the search is than the scan."""
        return self.scan / self.median


def bench_evidence(console: Console | None = None, url: str | None = None, most: int = USUAL) -> None:
    """Every measurement of the vault; url: a server for databases of the bench, a trial one by default."""
    asyncio.run(bench_uploads(console, url))
    asyncio.run(bench_inspection(console))
    asyncio.run(bench_near(console, url, tuple(size for size in SIZES if size <= most)))


async def bench_inspection(
    console: Console | None = None, rounds: int = ROUNDS, sides: tuple[int, int] = SIDES
) -> dict[str, Measured]:
    """Measure looking into photos, by what they are like; prints a table."""
    found = {
        name: await measure(rounds, sides, turned=turned, foreign=foreign) for name, (turned, foreign) in PHOTOS.items()
    }
    if console is not None:
        table = Table(title=f"Looking into a photo of {sides[0] * sides[1] / 1e6:.0f} megapixels (medians of {rounds})")
        for heading in ("photo", "looked into, ms", "only decoded, ms", "ratio"):
            table.add_column(heading, justify="left" if heading == "photo" else "right")
        for name, each in found.items():
            table.add_row(name, f"{1000 * each.inspected:.0f}", f"{1000 * each.decoded:.0f}", f"{each.ratio:.2f}")
        console.print(table)
        console.print(f"goal: {GOAL_RATIO:g} for the first. {found['plain'].isolation}")
    return found


async def bench_near(
    console: Console | None = None, url: str | None = None, sizes: Sequence[int] = SIZES[:2]
) -> list[Near]:
    """Measure the near search at growing numbers of fingerprints; prints a table.

    Raises AssertionError where search and scan do not find the same.
    """
    if url is not None:
        return await _bench_near(console, url, sizes)
    with tempfile.TemporaryDirectory(prefix="mufakat-bench-") as folder:
        # Without durability: nothing is written while the clock runs.
        server = await asyncio.to_thread(EmbeddedPostgres.start, Path(folder) / "server", fast=True, keep=False)
        try:
            return await _bench_near(console, server.url(), sizes)
        finally:
            await asyncio.to_thread(server.stop)


async def _bench_near(console: Console | None, url: str, sizes: Sequence[int]) -> list[Near]:
    name = f"mufakat_bench_{time.time_ns()}"
    own = await create_database(url, name)
    chance, found, columns = np.random.default_rng(SEED), [], [np.empty(0, np.uint64) for _ in range(4)]
    try:
        await migrate(own, load())
        store = await PostgresStore.connect(own)
        try:
            for size in sorted(sizes):
                columns = await _grow(store, columns, size, chance, console)
                found.append(await _measure(store, columns, chance))
        finally:
            await store.close()
    finally:
        await drop_database(url, name)
    _print(console, found)
    return found


async def _grow(
    store: PostgresStore, columns: list[Column], size: int, chance: np.random.Generator, console: Console | None
) -> list[Column]:
    """Put fingerprints in until there are so many, without indexes meanwhile, which are then made at once."""
    there = len(columns[0])
    if console is not None:
        console.print(f"putting in {size - there:,} fingerprints ...")
    indexes = [
        row["indexdef"]
        for row in await store.fetch(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'file_prints' AND indexname <> 'file_prints_pkey'"
        )
    ]
    parts = [columns]
    async with store.pool.acquire() as connection:
        for index in indexes:
            await connection.execute(f"DROP INDEX {index.split()[2]}")
        for start in range(there, size, CHUNK):
            raw = chance.bytes(BYTES * min(CHUNK, size - start))
            await connection.copy_records_to_table("file_prints", records=_rows(start, raw), timeout=PATIENCE)
            parts.append(list(np.frombuffer(raw, np.uint64).reshape(-1, 4).T))
        for index in indexes:
            await connection.execute(index, timeout=PATIENCE)
        await connection.execute("VACUUM ANALYZE file_prints", timeout=PATIENCE)
    return [np.ascontiguousarray(np.concatenate(column)) for column in zip(*parts, strict=True)]


def _rows(start: int, raw: bytes) -> Iterator[tuple[Any, ...]]:
    for n in range(len(raw) // BYTES):
        bits = raw[n * BYTES : (n + 1) * BYTES]
        number = start + n
        # As long as ids and digests are; `part` is the place of the fingerprint among all.
        order_id, digest = f"0199e2f5-7c2b-7000-8000-{number:012x}", f"{number:064x}"
        yield PLACE, order_id, Role.CUSTOMER.value, digest, number, BitString.frombytes(bits, BITS)


async def _measure(store: PostgresStore, columns: list[Column], chance: np.random.Generator) -> Near:
    sought = [_changed(columns, chance) for _ in range(WARMING + SOUGHT)]
    times = []
    for bits in sought:
        start = time.perf_counter()
        await store.near_files(PLACE, bits, "", CHUNK)
        times.append(time.perf_counter() - start)
    scans = []
    for bits in sought[:SCANS]:
        start = time.perf_counter()
        near = _scan(columns, bits)
        scans.append(time.perf_counter() - start)
        found = await store.near_files(PLACE, bits, "", CHUNK)
        assert near, "one is near that was made so"
        assert sorted(each.part for each in found) == near, "the search finds what the scan finds"
    disk = await store.fetch_one("SELECT pg_total_relation_size('file_prints') AS bytes")
    assert disk is not None
    timed = sorted(times[WARMING:])
    return Near(
        prints=len(columns[0]),
        median=1000 * statistics.median(timed),
        slow=1000 * timed[len(timed) * 19 // 20],
        scan=1000 * statistics.median(scans),
        disk=disk["bytes"],
        memory=sum(column.nbytes for column in columns),
    )


def _changed(columns: list[Column], chance: np.random.Generator) -> bytes:
    """One of the fingerprints, with 0 to 31 of its bits changed."""
    place = int(chance.integers(len(columns[0])))
    bits = np.unpackbits(np.array([column[place] for column in columns], np.uint64).view(np.uint8))
    bits[chance.permutation(BITS)[: int(chance.integers(NEAR + 1))]] ^= 1
    return np.packbits(bits).tobytes()


def _scan(columns: list[Column], bits: bytes) -> list[int]:
    """The places of all that are near, by comparing each."""
    apart = np.zeros(len(columns[0]), np.uint16)
    for column, part in zip(columns, np.frombuffer(bits, np.uint64), strict=True):
        apart += np.bitwise_count(column ^ part)
    places: list[int] = np.flatnonzero(apart <= NEAR).tolist()
    return places


def _print(console: Console | None, found: list[Near]) -> None:
    if console is None:
        return
    table = Table(
        *("fingerprints", "search, ms", "19 of 20 under", "comparing each, ms", "ratio", "disk, MB", "its memory, MB"),
        title=f"Near search, to {NEAR} of {BITS} bits (medians of {SOUGHT})",
    )
    for each in found:
        figures = (f"{each.median:.1f}", f"{each.slow:.1f}", f"{each.scan:.1f}", f"{each.ratio:.2f}")
        table.add_row(f"{each.prints:,}", *figures, f"{each.disk / 1e6:,.0f}", f"{each.memory / 1e6:,.0f}")
    console.print(table)
    console.print(f"goal: {GOAL_MILLISECONDS:.0f} ms among ten million")
