"""How far orders of other systems are read, and the tokens that those systems gave last, sealed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from mufakat.store.database import Database
from mufakat.store.records import CaseKey


@dataclass(frozen=True, slots=True)
class PullRow:
    """One source of orders of a marketplace: all its changes before `read_until` are read."""

    marketplace: str
    source: str
    read_until: datetime
    sealed: bytes
    key: CaseKey


_PUT: Final = """
INSERT INTO pulls (marketplace, source, read_until, sealed, wrapped, wrapped_by) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (marketplace, source) DO UPDATE SET read_until = excluded.read_until, sealed = excluded.sealed,
    wrapped = excluded.wrapped, wrapped_by = excluded.wrapped_by
"""


class PostgresPulls(Database):
    """Pulls."""

    async def pull(self, marketplace: str, source: str) -> PullRow | None:
        """How far a source is read; None before the first time."""
        row = await self.fetch_one("SELECT * FROM pulls WHERE marketplace = $1 AND source = $2", marketplace, source)
        if row is None:
            return None
        key = CaseKey(row["wrapped"], row["wrapped_by"])
        return PullRow(marketplace, source, row["read_until"], row["sealed"], key)

    async def put_pull(self, row: PullRow) -> None:
        """Keep how far a source is read, and its tokens."""
        key = (row.key.wrapped, row.key.wrapped_by)
        await self.fetch(_PUT, row.marketplace, row.source, row.read_until, row.sealed, *key)
