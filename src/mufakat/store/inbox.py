"""Inboxes on PostgreSQL: what a party is told, a page at a time, and how far it has read.

"Notice" in the rules is what stands here. Rows hold codes and ids, never text, so that nothing in them is forgotten.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from mufakat.core.notices import RESULTS
from mufakat.store.database import Database
from mufakat.store.records import Notice
from mufakat.store.tellings import GATHER, NOTE

MOST_COUNTED: Final = 100
"""Unread notices are counted up to here: a number beside a bell need not be larger."""

_COLUMNS: Final = "to_role, to_id, key, order_id, case_id, matter, code, due, placed_at, lapse, cause, among"
_OWN: Final = "marketplace = $1 AND to_role = $2 AND to_id = $3"


@dataclass(frozen=True, slots=True)
class NoticesWanted:
    """A page of an inbox, newest first. `codes`: only these, none for all. `before`: where the page before ended."""

    marketplace: str
    to_role: str
    to_id: str
    limit: int
    codes: Collection[str] = ()
    since: datetime | None = None
    before: tuple[datetime, str] | None = None


class PostgresInbox(Database):
    """What stands in inboxes."""

    async def put_notice(self, marketplace: str, notice: Notice, now: datetime) -> None:
        """Place a notice once, however often it is delivered, and have its recipient told of its cause. now: UTC."""
        await self.fetch(
            f"WITH placed AS (INSERT INTO inbox (marketplace, {_COLUMNS}) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING "
            f"RETURNING marketplace, to_role, to_id, order_id, case_id, cause, among) {NOTE}",
            *(marketplace, notice.to_role, notice.to_id, notice.key, notice.order_id, notice.case_id, notice.matter),
            *(notice.code, notice.due, notice.placed_at, notice.lapse, notice.cause, notice.among),
            *(notice.code in RESULTS, now, GATHER),
        )

    async def notices_of(self, marketplace: str, to_role: str, to_id: str, case_id: str, cause: int) -> list[Notice]:
        """The notices of one cause to one recipient, in the order of what happened."""
        rows = await self.fetch(
            f"SELECT {_COLUMNS} FROM inbox WHERE {_OWN} AND case_id = $4 AND cause = $5",
            *(marketplace, to_role, to_id, case_id, cause),
        )
        return sorted((_notice(row) for row in rows), key=lambda each: [int(x) for x in each.key.split(":")[-2:]])

    async def inbox(self, marketplace: str, to_role: str, to_id: str, limit: int = 100) -> list[Notice]:
        """What stands in an inbox, newest first."""
        return await self.inbox_page(NoticesWanted(marketplace, to_role, to_id, limit))

    async def inbox_page(self, wanted: NoticesWanted) -> list[Notice]:
        """A page of an inbox, newest first. `since`: only what was placed after that moment."""
        at, key = wanted.before or (None, "")
        rows = await self.fetch(
            f"SELECT {_COLUMNS} FROM inbox WHERE {_OWN} AND (cardinality($5::text[]) = 0 OR code = ANY($5)) "
            "AND ($6::timestamptz IS NULL OR placed_at > $6) "
            "AND ($7::timestamptz IS NULL OR (placed_at, key) < ($7, $8)) ORDER BY placed_at DESC, key DESC LIMIT $4",
            *(wanted.marketplace, wanted.to_role, wanted.to_id, wanted.limit),
            *(list(wanted.codes), wanted.since, at, key),
        )
        return [_notice(row) for row in rows]

    async def unread(self, marketplace: str, to_role: str, to_id: str) -> int:
        """How many notices were placed since the party last read, up to MOST_COUNTED."""
        rows = await self.fetch(
            f"SELECT count(*) FROM (SELECT 1 FROM inbox WHERE {_OWN} AND placed_at > coalesce("
            f"(SELECT read_until FROM inbox_reads WHERE {_OWN}), '-infinity') LIMIT $4) found",
            *(marketplace, to_role, to_id, MOST_COUNTED),
        )
        return int(rows[0]["count"])

    async def read_until(self, marketplace: str, to_role: str, to_id: str) -> datetime | None:
        """Up to when the party has read; None where it never has."""
        rows = await self.fetch(f"SELECT read_until FROM inbox_reads WHERE {_OWN}", marketplace, to_role, to_id)
        return rows[0]["read_until"] if rows else None

    async def mark_read(self, marketplace: str, to_role: str, to_id: str, until: datetime) -> None:
        """Note that a party has read what was placed up to a moment; never back."""
        await self.fetch(
            "INSERT INTO inbox_reads (marketplace, to_role, to_id, read_until) VALUES ($1, $2, $3, $4) "
            "ON CONFLICT (marketplace, to_role, to_id) DO UPDATE "
            "SET read_until = greatest(inbox_reads.read_until, excluded.read_until)",
            *(marketplace, to_role, to_id, until),
        )


def _notice(row: Any) -> Notice:
    return Notice(*(row[name] for name in _COLUMNS.split(", ")))
