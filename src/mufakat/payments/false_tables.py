"""The false provider's books in PostgreSQL, in tables of its own (migration 0002)."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

import asyncpg

from mufakat.payments.account import Account
from mufakat.payments.false import decode, encode

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

# An account is made by whoever writes it first (version 0); after that only under its version.
_SAVE: Final = """
WITH saved AS (
    INSERT INTO false_sellers AS a (marketplace, seller_id, currency, version, body) VALUES ($1, $2, $3, 1, $5)
    ON CONFLICT (marketplace, seller_id, currency) DO UPDATE SET version = a.version + 1, body = excluded.body
    WHERE a.version = $4 RETURNING version
), named AS (
    INSERT INTO false_names (marketplace, name, seller_id, currency)
    SELECT $1, n.name, $2, $3 FROM unnest($6::text[]) AS n (name), saved WHERE saved.version = $4 + 1
    ON CONFLICT DO NOTHING
)
SELECT version FROM saved
"""


class TableBooks:
    """The accounts of one marketplace. `before` is called before one is read: its clock may have been moved."""

    def __init__(self, pool: Pool, marketplace: str, before: Callable[[], Awaitable[object]] | None = None) -> None:
        self._pool, self._marketplace, self._before = pool, marketplace, before

    async def account(self, seller_id: str, currency: str) -> tuple[int, Account]:
        """An account and its version; a fresh one with version 0 when there is none."""
        if self._before is not None:
            await self._before()
        row = await self._pool.fetchrow(
            "SELECT version, body FROM false_sellers WHERE marketplace = $1 AND seller_id = $2 AND currency = $3",
            self._marketplace,
            seller_id,
            currency,
        )
        return (0, Account()) if row is None else (row["version"], decode(row["body"]))

    async def save(self, seller_id: str, currency: str, version: int, account: Account, names: tuple[str, ...]) -> bool:
        """Write an account and which names are in it; False when it is no longer at that version."""
        saved = await self._pool.fetchval(
            _SAVE, self._marketplace, seller_id, currency, version, encode(account), list(names)
        )
        return saved is not None

    async def whose(self, name: str) -> tuple[str, str] | None:
        """Seller and currency of the account that has an obligation or a call of that name."""
        row = await self._pool.fetchrow(
            "SELECT seller_id, currency FROM false_names WHERE marketplace = $1 AND name = $2", self._marketplace, name
        )
        return None if row is None else (row["seller_id"], row["currency"])
