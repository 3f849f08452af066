"""The server's books: one SQLite file of its own, which stands whole after a kill at any moment.

What a call changes and the webhooks that tell of it are one transaction, synced to the disk before the call is
answered. PostgreSQL is the platform's; this is somebody else's books, so it shares nothing with it.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from mufakat.payments.account import Account
from mufakat.payments.false import decode, encode

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS accounts (
    marketplace TEXT, seller_id TEXT, currency TEXT, version INTEGER, body BLOB,
    PRIMARY KEY (marketplace, seller_id, currency)
) STRICT;
CREATE TABLE IF NOT EXISTS names (
    marketplace TEXT, name TEXT, seller_id TEXT, currency TEXT, PRIMARY KEY (marketplace, name)
) STRICT;
CREATE TABLE IF NOT EXISTS hooks (
    id INTEGER PRIMARY KEY, marketplace TEXT, obligation TEXT, tries INTEGER, next_try REAL, sent INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS hooks_to_send ON hooks (next_try) WHERE NOT sent;
CREATE TABLE IF NOT EXISTS clock (id INTEGER PRIMARY KEY CHECK (id = 1), ahead REAL) STRICT;
INSERT INTO clock (id, ahead) VALUES (1, 0) ON CONFLICT DO NOTHING;
"""


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook to send: an obligation of a marketplace stands differently."""

    id: int
    marketplace: str
    obligation: str
    tries: int


class BooksFile:
    """The file. Raises sqlite3.Error where it cannot be opened or is none of ours."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(_TABLES)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def of(self, marketplace: str) -> "FileBooks":
        """The accounts of one marketplace."""
        return FileBooks(self, marketplace)

    @property
    def ahead(self) -> timedelta:
        """How far the server's clock is ahead of the machine's."""
        (seconds,) = self._db.execute("SELECT ahead FROM clock").fetchone()
        return timedelta(seconds=seconds)

    def move_clock(self, by: timedelta) -> None:
        """Move the server's clock on."""
        self._db.execute("UPDATE clock SET ahead = ahead + ?", (by.total_seconds(),))

    def accounts(self) -> list[tuple[str, str, str]]:
        """Marketplace, seller and currency of every account."""
        return self._db.execute("SELECT marketplace, seller_id, currency FROM accounts ORDER BY 1, 2, 3").fetchall()

    def read(self, marketplace: str, seller_id: str, currency: str) -> tuple[int, bytes]:
        """An account's version and bytes; 0 and nothing where there is none."""
        where = "WHERE marketplace = ? AND seller_id = ? AND currency = ?"
        row = self._db.execute(f"SELECT version, body FROM accounts {where}", (marketplace, seller_id, currency))
        found: tuple[int, bytes] | None = row.fetchone()
        return found or (0, b"")

    def write(self, place: tuple[str, str, str], body: bytes, names: tuple[str, ...], changed: list[str]) -> None:
        """Write an account, its names, and a webhook for each obligation that changed; all of it or nothing."""
        marketplace, seller_id, currency = place
        with self._transaction():
            self._db.execute(
                "INSERT INTO accounts VALUES (?, ?, ?, 1, ?) ON CONFLICT DO UPDATE "
                "SET version = version + 1, body = excluded.body",
                (*place, body),
            )
            for name in names:
                self._db.execute(
                    "INSERT INTO names VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    (marketplace, name, seller_id, currency),
                )
            for obligation in changed:
                self._db.execute(
                    "INSERT INTO hooks (marketplace, obligation, tries, next_try, sent) VALUES (?, ?, 0, 0, 0)",
                    (marketplace, obligation),
                )

    def whose(self, marketplace: str, name: str) -> tuple[str, str] | None:
        """Seller and currency of the account that has a name."""
        found: tuple[str, str] | None = self._db.execute(
            "SELECT seller_id, currency FROM names WHERE marketplace = ? AND name = ?", (marketplace, name)
        ).fetchone()
        return found

    def hooks(self, now: float, limit: int = 100) -> list[Hook]:
        """Webhooks to send now (`now`: seconds since 1970)."""
        rows = self._db.execute(
            "SELECT id, marketplace, obligation, tries FROM hooks WHERE NOT sent AND next_try <= ? "
            "ORDER BY next_try, id LIMIT ?",
            (now, limit),
        )
        return [Hook(*row) for row in rows.fetchall()]

    def sent(self, hook: Hook) -> None:
        """A webhook has arrived, or is given up."""
        self._db.execute("UPDATE hooks SET sent = 1 WHERE id = ?", (hook.id,))

    def again(self, hook: Hook, at: float) -> None:
        """Send a webhook again then."""
        self._db.execute("UPDATE hooks SET tries = tries + 1, next_try = ? WHERE id = ?", (at, hook.id))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


class FileBooks:
    """The accounts of one marketplace in the file. There is one server on a file, so nobody writes meanwhile."""

    def __init__(self, file: BooksFile, marketplace: str) -> None:
        self._file, self._marketplace = file, marketplace

    async def account(self, seller_id: str, currency: str) -> tuple[int, Account]:
        """An account and its version; a fresh one with version 0 when there is none."""
        version, body = self._file.read(self._marketplace, seller_id, currency)
        return (version, decode(body)) if version else (0, Account())

    async def save(self, seller_id: str, currency: str, version: int, account: Account, names: tuple[str, ...]) -> bool:
        """Write an account and which names are in it; False when it is no longer at that version."""
        there, before = self._file.read(self._marketplace, seller_id, currency)
        if there != version:
            return False
        body = encode(account)
        if body != before or names:
            was = decode(before) if before else Account()
            changed = [name for name in account.debts if account.standing(name) != was.standing(name)]
            self._file.write((self._marketplace, seller_id, currency), body, names, changed)
        return True

    async def whose(self, name: str) -> tuple[str, str] | None:
        """Seller and currency of the account that has an obligation or a call of that name."""
        return self._file.whose(self._marketplace, name)
