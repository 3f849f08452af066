"""Sandboxes on PostgreSQL: the clock that is moved forward, and what one marketplace has due, whatever others have."""

from datetime import datetime, timedelta
from typing import Final

from mufakat.store.database import Database
from mufakat.store.records import DueCase, Marketplace

# The offset as it was read is the lock: of two who move the clock at once one comes first, and the other moves nothing.
# Looks are planned by the real clock, so they come nearer by as much as the sandbox's clock moves on.
_MOVE: Final = """
WITH moved AS (
    UPDATE marketplaces SET clock_offset = $3
    WHERE marketplace = $1 AND sandbox AND clock_offset = $2 AND clock_offset <= $3 RETURNING marketplace
), nearer AS (
    UPDATE obligations SET next_look = next_look - ($3::interval - $2::interval)
    FROM moved WHERE obligations.marketplace = moved.marketplace AND next_look IS NOT NULL
)
SELECT marketplace FROM moved
"""


class PostgresSandboxes(Database):
    """What moving a sandbox's clock needs."""

    async def move_clock(self, place: Marketplace, offset: timedelta) -> bool:
        """Move a sandbox's clock on from `place.offset`; False when somebody else moved it meanwhile."""
        return await self.fetch_one(_MOVE, place.marketplace, place.offset, offset) is not None

    async def due_by(self, marketplace: str, moment: datetime, limit: int) -> list[DueCase]:
        """Cases of one marketplace whose due moment has come by then (its time), oldest first."""
        rows = await self.fetch(
            "SELECT marketplace, order_id, case_id, due, failures FROM cases "
            "WHERE marketplace = $1 AND wake IS NOT NULL AND wake <= $2 ORDER BY wake LIMIT $3",
            marketplace,
            moment,
            limit,
        )
        return [DueCase(*row.values()) for row in rows]

    async def next_wake(self, marketplace: str) -> datetime | None:
        """When the next case of one marketplace is due (its time)."""
        row = await self.fetch_one(
            "SELECT min(wake) AS at FROM cases WHERE marketplace = $1 AND wake IS NOT NULL", marketplace
        )
        return None if row is None else row["at"]

    async def next_look(self, marketplace: str) -> datetime | None:
        """When the next obligation of one marketplace is looked up, by the real clock."""
        row = await self.fetch_one(
            "SELECT min(next_look) AS at FROM obligations WHERE marketplace = $1 AND next_look IS NOT NULL", marketplace
        )
        return None if row is None else row["at"]

    async def on_their_way(self, marketplace: str) -> int:
        """Effects of one marketplace that wait or are being delivered."""
        row = await self.fetch_one(
            "SELECT count(*) AS waiting FROM outbox WHERE marketplace = $1 AND state = 'PENDING' AND lane <> 'FACT'",
            marketplace,
        )
        return 0 if row is None else int(row["waiting"])
