"""Credentials of the HTTP API on PostgreSQL: read with every request, so that a revoked one is of no use at once."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import asyncpg

from mufakat.store.batching import Batcher
from mufakat.store.database import Database, Pool
from mufakat.store.records import Credential, CredentialKind

_READ: Final = """
SELECT q.n, c.* FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS q (marketplace, id, n)
JOIN credentials c ON c.marketplace = q.marketplace AND c.id = q.id
"""
_PUT: Final = """
INSERT INTO credentials (marketplace, id, kind, subject, secret, scopes, created_at, expires_at, revoked_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""


class PostgresCredentials(Database):
    """Keys of servers, tokens of agents, public keys of marketplaces."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self._reads: Batcher[tuple[str, str], Credential | None] = Batcher(self._read)

    async def credential(self, marketplace: str, id_: str) -> Credential | None:
        """The credential of that id; requests that come together share a statement."""
        return await self._reads((marketplace, id_))

    async def credentials(self, marketplace: str) -> list[Credential]:
        """Every credential of a marketplace, oldest first."""
        rows = await self.fetch("SELECT * FROM credentials WHERE marketplace = $1 ORDER BY created_at, id", marketplace)
        return [_credential(row) for row in rows]

    async def put_credential(self, made: Credential) -> bool:
        """Keep a new one; False when the marketplace does not exist or the id is taken."""
        there = await self.fetch_one("SELECT 1 FROM marketplaces WHERE marketplace = $1", made.marketplace)
        if there is None:
            return False
        try:
            await self.fetch(
                _PUT,
                made.marketplace,
                made.id,
                made.kind.value,
                made.subject,
                made.secret,
                " ".join(sorted(made.scopes)),
                made.created_at,
                made.expires_at,
                made.revoked_at,
            )
        except asyncpg.UniqueViolationError:
            return False
        return True

    async def end_credential(self, marketplace: str, id_: str, at: datetime, *, revoke: bool) -> Credential | None:
        """Let a credential end then: revoked, or expired where it would have lived on. None when there is none."""
        column = "revoked_at" if revoke else "expires_at"
        row = await self.fetch_one(
            f"UPDATE credentials SET {column} = least($3, coalesce({column}, $3)) "
            "WHERE marketplace = $1 AND id = $2 RETURNING *",
            marketplace,
            id_,
            at,
        )
        return None if row is None else _credential(row)

    async def _read(self, asked: list[tuple[str, str]]) -> list[Credential | None]:
        rows = await self.fetch(_READ, [each[0] for each in asked], [each[1] for each in asked])
        found: list[Credential | None] = [None] * len(asked)
        for row in rows:
            found[row["n"] - 1] = _credential(row)
        return found


def _credential(row: Any) -> Credential:
    values = {name: value for name, value in row.items() if name != "n"}
    made = Credential(**values)
    return replace(made, kind=CredentialKind(row["kind"]), scopes=frozenset(row["scopes"].split()))
