"""Sweeping: uploads that were given up, files that never came into a case, what is left of forgotten ones, stray bytes.

Links that sign in once go, too, some time after their end.
Safe beside live traffic and in any number of processes: a row is removed only if nobody has used it since, and bytes
only when their row is gone or when they are a day old and never had one.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from mufakat.engine.ports import Clock, StoreWithFiles
from mufakat.engine.uploads import sweep_uploads
from mufakat.evidence.vault import Vault
from mufakat.store.files import FileRow

KEPT_UNNAMED: Final = timedelta(days=7)
"""How long a file is kept that no case names, from its last upload or use in a command."""
ENTRY_KEPT: Final = timedelta(days=30)
"""How long a link that signs in once is kept past its end: leads see whether it was used, and visits outlive it."""
STRAY: Final = timedelta(days=1)
"""How old bytes without a row are when they are removed: no upload is under way for so long."""
BATCH: Final = 500
"""Rows taken at once."""
PAUSE: Final = timedelta(minutes=10)
"""Between two sweeps of one process for rows."""
STRAY_PAUSE: Final = timedelta(hours=6)
"""Between two sweeps of one process for stray bytes: those list everything that is kept."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep removed: files with their rows, and bytes without a row."""

    files: int = 0
    strays: int = 0


async def sweep(store: StoreWithFiles, vault: Vault, now: datetime, stop: asyncio.Event | None = None) -> Swept:
    """Remove all that nobody needs at `now` (UTC, the machine's clock), until `stop` is set.

    Raises VaultError, StoreLost.
    """
    await store.drop_entries(now - ENTRY_KEPT)
    await sweep_uploads(store, vault, now, stop)
    files = await sweep_files(store, vault, now, stop)
    return Swept(files, await sweep_strays(store, vault, now, stop))


async def sweep_files(store: StoreWithFiles, vault: Vault, now: datetime, stop: asyncio.Event | None = None) -> int:
    """Remove files that were forgotten, or not used for KEPT_UNNAMED and named by no case; how many."""
    before, removed = now - KEPT_UNNAMED, 0
    while not _stopped(stop) and (rows := await store.files_to_sweep(before, BATCH)):
        for (marketplace, order_id), group in groupby(sorted(rows, key=_order), key=_order):
            named = await store.named_files(marketplace, order_id)
            for row in group:
                if row.key.wrapped is not None and (row.giver.role, row.digest) in named:
                    await store.mark_named(row)
                    continue
                made = await store.derivatives_of(marketplace, order_id, row.giver, row.digest)
                if await store.drop_file(row, before):
                    for place in (row.place, *(each.place for each in made)):
                        await vault.drop(place)
                    removed += 1
    return removed


async def sweep_strays(store: StoreWithFiles, vault: Vault, now: datetime, stop: asyncio.Event | None = None) -> int:
    """Remove bytes that no row points to, or that are unfinished, and that are older than STRAY; how many."""
    removed = await vault.drop_unfinished(now - STRAY)
    for each in await store.marketplaces():
        async for places in vault.places(each.marketplace, now - STRAY):
            if _stopped(stop):
                return removed
            known = await store.places_with_rows(each.marketplace, places)
            for place in places:
                if place not in known:
                    await vault.drop(place)
                    removed += 1
    return removed


class Sweeping:
    """The sweep as one of the worker's loops: `drain` may be called as often as one likes."""

    def __init__(self, store: StoreWithFiles, vault: Vault, clock: Clock) -> None:
        self._store, self._vault, self._clock = store, vault, clock
        self._files_again: datetime | None = None
        self._strays_again: datetime | None = None

    async def drain(self, stop: asyncio.Event | None = None) -> int:
        """Sweep what it is time for again; how much was removed. Raises VaultError, StoreLost."""
        now, removed = self._clock.now(), 0
        if self._files_again is None or now >= self._files_again:
            self._files_again = now + PAUSE  # before the work, so that a store that is away is not asked all the time
            removed += await self._store.drop_entries(now - ENTRY_KEPT)
            removed += await sweep_uploads(self._store, self._vault, now, stop)
            removed += await sweep_files(self._store, self._vault, now, stop)
        if self._strays_again is None or now >= self._strays_again:
            self._strays_again = now + STRAY_PAUSE
            removed += await sweep_strays(self._store, self._vault, now, stop)
        return removed


def _stopped(stop: asyncio.Event | None) -> bool:
    return stop is not None and stop.is_set()


def _order(row: FileRow) -> tuple[str, str]:
    return row.marketplace, row.order_id
