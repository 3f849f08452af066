"""Where a command works: the settings, the database (given, or the trial server), the store and the engine over it."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from mufakat.cli.errors import CliError
from mufakat.cli.logs import set_up
from mufakat.cli.providers import ChosenProviders
from mufakat.engine.handle import Engine
from mufakat.engine.hooks.keeping import Endpoints
from mufakat.engine.hooks.sending import Sender, outside
from mufakat.engine.ids import Uuids
from mufakat.engine.policies import Rulebooks
from mufakat.settings import Settings, master_key, read
from mufakat.store.embedded import EmbeddedPostgres, create_database
from mufakat.store.migrate import migrate, pending
from mufakat.store.postgres import PostgresStore
from mufakat.store.records import Marketplace
from mufakat.store.seal import Sealer

DATABASE: Final = "mufakat"
"""The database on the trial server."""

T = TypeVar("T")


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The moment in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """All that a command works with."""

    settings: Settings
    store: PostgresStore
    engine: Engine
    sealer: Sealer
    providers: ChosenProviders
    sender: Sender

    @property
    def endpoints(self) -> Endpoints:
        """The endpoints of marketplaces for webhooks."""
        return Endpoints(self.store, self.sender, self.engine.clock, private=self.settings.hooks_private)

    async def marketplace(self, name: str) -> Marketplace:
        """The marketplace of that name; the one of the settings, or the only one, when none is named.

        Raises CliError when there is no such marketplace, and when it cannot be told which one is meant.
        """
        known = {each.marketplace: each for each in await self.store.marketplaces()}
        wanted = name or self.settings.marketplace
        if wanted:
            if wanted not in known:
                raise CliError(f"There is no marketplace {wanted}; add it with `mufakat marketplace put`.")
            return known[wanted]
        if len(known) != 1:
            there = f"there are {', '.join(sorted(known))}" if known else "add one with `mufakat marketplace put`"
            raise CliError(f"Say which marketplace, with --marketplace or MUFAKAT_MARKETPLACE; {there}.")
        return next(iter(known.values()))


def settings(level: str = "warning") -> Settings:
    """The settings of this process, with logging set up by them; `level` where they name none."""
    found = read(os.environ)
    set_up(found.log_level or level, found.log_format)
    return found


def run(work: Callable[[Place], Coroutine[Any, Any, T]], level: str = "warning") -> T:
    """What `work` gives, run on the place of the settings."""
    found = settings(level)

    async def inside() -> T:
        async with opened(found) as place:
            return await work(place)

    return asyncio.run(inside())


@asynccontextmanager
async def opened(found: Settings) -> AsyncIterator[Place]:
    """The place of some settings. A trial database is kept up to date; one's own is only looked at.

    Raises SettingError, EmbeddedError, MigrationError, CliError for a database that is behind or cannot be reached.
    """
    key = master_key(found)
    async with _database(found) as url:
        if found.database_url:
            await _check_up_to_date(url)
        else:
            await migrate(url)
        store = await PostgresStore.connect(url, found.connections)
        try:
            clock, sealer = SystemClock(), Sealer(key)
            line = outside(private=found.hooks_private)
            async with line, ChosenProviders.of(found, store, clock) as providers:
                engine, sender = Engine(store, Rulebooks(), clock, sealer, Uuids()), Sender(store, sealer, clock, line)
                yield Place(found, store, engine, sealer, providers, sender)
        finally:
            await store.close()


@asynccontextmanager
async def database(found: Settings) -> AsyncIterator[str]:
    """The URL of the database of some settings, migrated or not."""
    async with _database(found) as url:
        yield url


@asynccontextmanager
async def _database(found: Settings) -> AsyncIterator[str]:
    if found.database_url:
        yield found.database_url
        return
    with trial_server(found.home) as server:
        yield await create_database(server.url(), DATABASE)


@contextmanager
def trial_server(home: Path) -> Any:
    """The trial server of a home; says so while the first start takes its seconds."""
    if not (home / "pg").exists() and sys.stderr.isatty():
        sys.stderr.write(f"Setting up a database for trying in {home} ...\n")
    with EmbeddedPostgres.start(home) as server:
        yield server


async def _check_up_to_date(url: str) -> None:
    try:
        missing = await pending(url)
    except OSError as error:
        why = str(error) or "it does not answer"
        raise CliError(f"The database of MUFAKAT_DATABASE_URL cannot be reached ({why}).") from error
    if missing:
        behind = f"{len(missing)} migration{'s' if len(missing) > 1 else ''}"
        raise CliError(f"The database is {behind} behind this program; run `mufakat migrate` first.")
