"""Migrations: numbered plain SQL files, applied in order, each in a transaction of its own, under a lock row.

A file is `migrations/NNNN_name.sql`, counted from 0001 without gaps. What was applied is recorded with the
SHA-256 of its file. A file that changed after it was applied, and a database that is ahead of the program,
are refused: both mean that nobody can say what the schema is. Any number of processes may migrate at once;
the lock row orders them.

Plain SQL only: no advisory locks, no PL/pgSQL, so that the same files run on PostgreSQL's distributed kin.
"""

import asyncio
import hashlib
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias, TypeVar

import asyncpg

FOLDER: Final = Path(__file__).with_name("migrations")
TRIES: Final = 10  # attempts at one step when the database asks to try again

_FILE_NAME: Final = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
_AGAIN: Final[tuple[type[Exception], ...]] = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
# What two processes meet that make the same table at the same moment, IF NOT EXISTS notwithstanding.
_MADE_TWICE: Final = (asyncpg.DuplicateTableError, asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError)
_OWN_TABLES: Final = """
CREATE TABLE IF NOT EXISTS schema_migration (
    number integer PRIMARY KEY,
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS schema_lock (id integer PRIMARY KEY);
INSERT INTO schema_lock (id) VALUES (1) ON CONFLICT (id) DO NOTHING;
"""


log: Final = logging.getLogger(__name__)

T = TypeVar("T")
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


class MigrationError(Exception):
    """The migrations and the database do not fit together; the text is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered file: what to run, and the hash that tells whether it is still what was run."""

    number: int
    name: str
    sql: str
    sha256: str

    @property
    def title(self) -> str:
        """The file's name without its ending."""
        return f"{self.number:04}_{self.name}"


def load(folder: Path = FOLDER) -> tuple[Migration, ...]:
    """The migrations of a folder, in order; none when the folder is missing or empty.

    Raises MigrationError for a file with a wrong name, a number that comes twice, or a gap.
    """
    migrations = tuple(_read(path) for path in sorted(folder.glob("*.sql")))
    for expected, migration in enumerate(migrations, start=1):
        if migration.number != expected:
            raise MigrationError(f"Migration {expected:04} should come next, and {migration.title} does.")
    return migrations


async def migrate(url: str, migrations: Sequence[Migration] | None = None) -> tuple[Migration, ...]:
    """Bring the database at `url` up to date and return what was applied; nothing when it was up to date.

    migrations: by default those of the program. Safe to run from many processes at once.
    Raises MigrationError; asyncpg's errors for SQL that fails, after which its migration has left no trace.
    """
    wanted = load() if migrations is None else tuple(migrations)
    connection = await asyncpg.connect(url)
    try:
        await _check_encoding(connection)
        if await connection.fetchval("SELECT to_regclass('schema_lock')") is None:
            await _retrying(lambda: _make_own_tables(connection), *_MADE_TWICE)
        applied: list[Migration] = []
        while step := await _retrying(lambda: _apply_next(connection, wanted)):
            applied.append(step)
        await _add_trigrams(connection)
        return tuple(applied)
    finally:
        await connection.close()


async def pending(url: str, migrations: Sequence[Migration] | None = None) -> tuple[Migration, ...]:
    """What `migrate` would apply; changes nothing. Raises MigrationError as `migrate` does."""
    wanted = load() if migrations is None else tuple(migrations)
    connection = await asyncpg.connect(url)
    try:
        await _check_encoding(connection)
        if await connection.fetchval("SELECT to_regclass('schema_migration')") is None:
            return wanted
        return await _pending(connection, wanted)
    finally:
        await connection.close()


def _read(path: Path) -> Migration:
    """One file. Raises MigrationError when its name is not NNNN_name.sql."""
    match = _FILE_NAME.fullmatch(path.name)
    if match is None:
        raise MigrationError(f"{path.name} is no migration: the name must be like 0007_what_it_does.sql.")
    content = path.read_bytes()
    return Migration(int(match[1]), match[2], content.decode(), hashlib.sha256(content).hexdigest())


async def _check_encoding(connection: Connection) -> None:
    """Raise MigrationError where some letters could not be kept: a person's words would be refused one day."""
    encoding = await connection.fetchval("SHOW server_encoding")
    if encoding != "UTF8":
        raise MigrationError(
            f"The database keeps text as {encoding}, which lacks letters; make one with ENCODING 'UTF8'."
        )


async def _add_trigrams(connection: Connection) -> None:
    """Let texts be compared by trigrams where the server has them; else it is said, and full text alone ranks."""
    try:
        await _retrying(lambda: connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm"), *_MADE_TWICE)
    except asyncpg.PostgresError as error:
        log.warning("Similar cases are ranked by full-text search alone, as pg_trgm cannot be added: %s", error)


async def _make_own_tables(connection: Connection) -> None:
    """Make the tables of this module and the lock row."""
    async with connection.transaction():
        await connection.execute(_OWN_TABLES)


async def _apply_next(connection: Connection, wanted: tuple[Migration, ...]) -> Migration | None:
    """Apply the first migration that is missing, and return it; None when there is none."""
    async with connection.transaction():
        await connection.execute("SELECT id FROM schema_lock WHERE id = 1 FOR UPDATE")
        # Read after the lock is ours: another process may have applied it while we waited.
        missing = await _pending(connection, wanted)
        if not missing:
            return None
        migration = missing[0]
        await connection.execute(migration.sql)
        if not connection.is_in_transaction():
            raise MigrationError(f"{migration.title} ends its own transaction; take COMMIT or ROLLBACK out of it.")
        await connection.execute(
            "INSERT INTO schema_migration (number, name, sha256) VALUES ($1, $2, $3)",
            migration.number,
            migration.name,
            migration.sha256,
        )
        return migration


async def _pending(connection: Connection, wanted: tuple[Migration, ...]) -> tuple[Migration, ...]:
    """What is not applied yet. Raises MigrationError when the database has what the files do not say."""
    rows = await connection.fetch("SELECT number, name, sha256 FROM schema_migration ORDER BY number")
    known = {migration.number: migration for migration in wanted}
    for row in rows:
        title = f"{row['number']:04}_{row['name']}"
        if row["number"] not in known:
            raise MigrationError(
                f"The database is ahead of this program: it has migration {title}, "
                "which the program does not know. Run a newer version of the program."
            )
        if row["sha256"] != known[row["number"]].sha256:
            raise MigrationError(
                f"Migration {title} was changed after it was applied to this database. "
                "Put the file back as it was and write the change as a new migration."
            )
    return wanted[len(rows) :]


async def _retrying(step: Callable[[], Awaitable[T]], *also: type[Exception]) -> T:
    """The step's result, tried again when the database asks for it: its transaction left no trace.

    also: errors of this step that another try gets past.
    """
    for attempt in range(1, TRIES):
        try:
            return await step()
        except _AGAIN + also:
            await asyncio.sleep(0.05 * attempt)
    return await step()
