"""What parties are told outside of the pages, on PostgreSQL: one row for one cause and recipient, claimed with a lease.

A row holds ids, states and moments: no address, and nothing of what a letter says.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from mufakat.core.notices import Telling, WhatWasDone
from mufakat.core.parties import Role
from mufakat.store.database import Database


@dataclass(frozen=True, slots=True)
class ToTell:
    """What one command tells one recipient in one case. `attempts` counts this one where it is claimed."""

    marketplace: str
    role: Role
    party_id: str
    order_id: str
    case_id: str
    cause: int
    state: Telling
    is_result: bool
    began_at: datetime
    attempts: int
    why: str
    settled_at: datetime | None
    done: WhatWasDone | None
    done_by: str
    done_at: datetime | None


GATHER: Final = timedelta(hours=1)
"""How long a telling waits for the rest of its cause; then what is there is told."""

_COLUMNS: Final = (
    "marketplace, to_role, to_id, order_id, case_id, cause, state, is_result, began_at, attempts, why, settled_at, "
    "done, done_by, done_at"
)
_THIS: Final = "marketplace = $1 AND case_id = $2 AND cause = $3 AND to_role = $4 AND to_id = $5"

# Joined with the statement that places a notice, of which it sees what was really placed. What somebody has in hand
# keeps its lease: a notice that comes so late stays in the inbox alone.
NOTE: Final = """
INSERT INTO tellings AS t (marketplace, to_role, to_id, order_id, case_id, cause, is_result, began_at, next_try)
SELECT p.marketplace, p.to_role, p.to_id, p.order_id, p.case_id, p.cause, $14, $15::timestamptz,
    CASE WHEN p.among > 1 THEN $15::timestamptz + $16::interval ELSE $15::timestamptz END
FROM placed p WHERE p.to_role IN ('CUSTOMER', 'SELLER')
ON CONFLICT (marketplace, case_id, cause, to_role, to_id) DO UPDATE
SET here = t.here + 1, is_result = t.is_result OR excluded.is_result,
    next_try = CASE WHEN t.here + 1 >= $13::integer AND t.attempts = 0
        THEN least(t.next_try, $15::timestamptz) ELSE t.next_try END
"""

_CLAIM: Final = f"""
UPDATE tellings SET next_try = $2, attempts = attempts + 1
WHERE (marketplace, case_id, cause, to_role, to_id) IN (
    SELECT marketplace, case_id, cause, to_role, to_id FROM tellings WHERE state = 'WAITING' AND next_try <= $1
    ORDER BY next_try LIMIT $3 FOR UPDATE SKIP LOCKED)
RETURNING {_COLUMNS}
"""


class PostgresTellings(Database):
    """What parties are told outside of the pages."""

    async def claim_tellings(self, now: datetime, lease: timedelta, limit: int) -> list[ToTell]:
        """Take what is to be told; nobody else gets it until the lease ends."""
        return [_telling(row) for row in await self.fetch(_CLAIM, now, now + lease, limit)]

    async def telling_settled(self, telling: ToTell, state: Telling, now: datetime, why: str = "") -> None:
        """It ended so. Does nothing where the lease was lost."""
        await self.fetch(
            f"UPDATE tellings SET state = $7, settled_at = $8, why = $9 WHERE {_THIS} AND attempts = $6 "
            "AND state = 'WAITING'",
            *_this(telling),
            *(telling.attempts, state.value, now, why),
        )

    async def telling_again(self, telling: ToTell, at: datetime, why: str) -> None:
        """Try it again then. Does nothing where the lease was lost."""
        await self.fetch(
            f"UPDATE tellings SET next_try = $7, why = $8 WHERE {_THIS} AND attempts = $6 AND state = 'WAITING'",
            *_this(telling),
            *(telling.attempts, at, why),
        )

    async def tellings_of(self, marketplace: str, case_id: str) -> list[ToTell]:
        """What the parties of a case were told, oldest first."""
        rows = await self.fetch(
            f"SELECT {_COLUMNS} FROM tellings WHERE marketplace = $1 AND case_id = $2 ORDER BY cause, to_role",
            *(marketplace, case_id),
        )
        return [_telling(row) for row in rows]

    async def undelivered(self, marketplace: str, limit: int, tied: Collection[str] = ()) -> list[ToTell]:
        """Results that did not reach whom they are for, and about which nobody did anything yet; oldest first.

        tied: nothing of cases with one of these as a party.
        """
        rows = await self.fetch(
            f"SELECT {_COLUMNS} FROM tellings t WHERE marketplace = $1 AND is_result AND done = '' "
            "AND state IN ('FAILED', 'BOUNCED', 'NO_CONTACT') AND NOT EXISTS (SELECT 1 FROM cases c "
            "WHERE c.marketplace = t.marketplace AND c.order_id = t.order_id AND c.case_id = t.case_id "
            "AND (c.customer_id = ANY($3) OR c.seller_id = ANY($3))) ORDER BY settled_at LIMIT $2",
            *(marketplace, limit, list(tied)),
        )
        return [_telling(row) for row in rows]

    async def note_done(self, telling: ToTell, done: WhatWasDone, by: str, at: datetime) -> bool:
        """Note what was done where a result was not delivered; False where somebody did before."""
        rows = await self.fetch(
            f"UPDATE tellings SET done = $6, done_by = $7, done_at = $8 WHERE {_THIS} AND done = '' "
            "AND state IN ('FAILED', 'BOUNCED', 'NO_CONTACT') RETURNING 1",
            *_this(telling),
            *(done.value, by, at),
        )
        return bool(rows)


def _this(telling: ToTell) -> tuple[Any, ...]:
    return (telling.marketplace, telling.case_id, telling.cause, telling.role.value, telling.party_id)


def _telling(row: Any) -> ToTell:
    return ToTell(
        marketplace=row["marketplace"],
        role=Role(row["to_role"]),
        party_id=row["to_id"],
        order_id=row["order_id"],
        case_id=row["case_id"],
        cause=row["cause"],
        state=Telling(row["state"]),
        is_result=row["is_result"],
        began_at=row["began_at"],
        attempts=row["attempts"],
        why=row["why"],
        settled_at=row["settled_at"],
        done=WhatWasDone(row["done"]) if row["done"] else None,
        done_by=row["done_by"],
        done_at=row["done_at"],
    )
