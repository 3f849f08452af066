"""Sandboxes on PostgreSQL: the clock that is moved forward, and what one marketplace has due, whatever others have."""

from datetime import datetime, timedelta
from typing import Final

from mufakat.store.database import Database
from mufakat.store.records import Ahead, DueCase, Marketplace

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

_AHEAD: Final = """
SELECT (SELECT min(wake) FROM cases WHERE marketplace = $1 AND wake IS NOT NULL) AS wake,
    (SELECT min(next_look) FROM obligations WHERE marketplace = $1 AND next_look IS NOT NULL) AS look,
    (SELECT count(*) FROM outbox WHERE marketplace = $1 AND state = 'PENDING' AND lane <> 'FACT') AS waiting
"""


class PostgresSandboxes(Database):
    """What moving a sandbox's clock needs."""

    async def move_clock(self, place: Marketplace, offset: timedelta) -> bool:
        """Move a sandbox's clock on from `place.offset`; False when somebody else moved it meanwhile."""
        return await self.fetch_one(_MOVE, place.marketplace, place.offset, offset) is not None

    async def due_by(self, marketplace: str, moment: datetime, limit: int) -> list[DueCase]:
        """Cases of one marketplace to be woken by then (its time), oldest first."""
        rows = await self.fetch(
            "SELECT marketplace, order_id, case_id, due, failures, wake FROM cases "
            "WHERE marketplace = $1 AND wake IS NOT NULL AND wake <= $2 ORDER BY wake LIMIT $3",
            marketplace,
            moment,
            limit,
        )
        return [DueCase(*row.values()) for row in rows]

    async def ahead(self, marketplace: str) -> Ahead:
        """What one marketplace has before it."""
        row = await self.fetch_one(_AHEAD, marketplace)
        assert row is not None
        return Ahead(*row.values())

    async def open_versions(self, marketplace: str) -> dict[tuple[str, str], int]:
        """Order and case to the number of the last event, for every open case of one marketplace."""
        rows = await self.fetch(
            "SELECT order_id, case_id, number FROM cases WHERE marketplace = $1 AND is_open", marketplace
        )
        return {(row["order_id"], row["case_id"]): row["number"] for row in rows}
