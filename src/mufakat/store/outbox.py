"""The outbox on PostgreSQL: claims with a lease, and obligations to look up."""

from datetime import datetime, timedelta
from typing import Any, Final

from mufakat.store import codec
from mufakat.store.database import Database
from mufakat.store.records import Claim, GivenUp, Lane, Watched

# SKIP LOCKED lets several processes claim at once without waiting for each other. A money row waits for every earlier
# one of its case, whoever has it, so a release never overtakes its hold. `unknown` stays true when the claimer dies in
# the middle, so the next one looks the call up instead of repeating it.
# `only` narrows a statement to one marketplace.
_CLAIM: Final = """
UPDATE outbox SET next_try = $2, attempts = outbox.attempts + 1, unknown = true FROM (
    SELECT o.marketplace, o.key, o.unknown FROM outbox o
    WHERE o.state = 'PENDING' AND o.next_try <= $1 {only} AND (o.lane <> 'MONEY' OR NOT EXISTS (
        SELECT 1 FROM outbox b WHERE b.state = 'PENDING' AND b.marketplace = o.marketplace AND b.case_id = o.case_id
            AND b.lane = o.lane AND b.position < o.position))
    ORDER BY o.next_try, o.position LIMIT $3 FOR UPDATE OF o SKIP LOCKED) old
WHERE outbox.marketplace = old.marketplace AND outbox.key = old.key
RETURNING outbox.marketplace, outbox.key, order_id, case_id, lane, attempts, old.unknown, body, position
"""

_MINE: Final = "marketplace = $1 AND key = $2 AND state = 'PENDING' AND attempts = $3"

_TO_LOOK: Final = """
UPDATE obligations SET next_look = $2 WHERE (marketplace, obligation) IN (
    SELECT marketplace, obligation FROM obligations WHERE next_look IS NOT NULL AND next_look <= $1 {only}
    ORDER BY next_look LIMIT $3 FOR UPDATE SKIP LOCKED)
RETURNING marketplace, obligation, order_id, case_id, total, looks
"""


LONG_PAUSE: Final = timedelta(minutes=5)
"""A row that is tried again later than this is in nobody's hands: no lease is as long."""
REMEMBERED: Final = timedelta(days=1)
"""How long a provider's webhook is remembered."""

# The obligation is looked up now, and money of its case that waits for the provider is tried now. Rows that somebody
# has in hand are left alone: their lease ends sooner than a long pause.
_HEAR: Final = """
WITH heard AS (
    INSERT INTO provider_messages (marketplace, message_id, heard_at) VALUES ($1, $2, $5)
    ON CONFLICT DO NOTHING RETURNING marketplace
), gone AS (
    DELETE FROM provider_messages WHERE marketplace = $1 AND heard_at < $6
), looks AS (
    UPDATE obligations SET next_look = $5
    WHERE marketplace = $1 AND obligation = $3 AND EXISTS (SELECT 1 FROM heard)
), tries AS (
    UPDATE outbox SET next_try = $5
    WHERE marketplace = $1 AND case_id = $4 AND lane = 'MONEY' AND state = 'PENDING' AND next_try > $7
        AND EXISTS (SELECT 1 FROM heard)
)
SELECT count(*) FROM heard
"""


class PostgresOutbox(Database):
    """Effects on their way out."""

    async def claim(self, now: datetime, lease: timedelta, limit: int, marketplace: str = "") -> list[Claim]:
        """Take rows that are due, of one marketplace or of all; nobody else gets them until the lease ends."""
        rows = await self.fetch(*_narrowed(_CLAIM, "AND o.marketplace = $4", marketplace, now, now + lease, limit))
        claims = []
        for row in sorted(rows, key=lambda row: (row["case_id"], row["position"])):
            lane = Lane(row["lane"])
            decode = codec.decode_fact if lane is Lane.FACT else codec.decode_effect
            place = (row["marketplace"], row["key"], row["order_id"], row["case_id"])
            claims.append(Claim(*place, lane, row["attempts"], row["unknown"], decode(row["body"])))
        return claims

    async def done(self, claim: Claim, reference: str = "") -> None:
        """Delivered; `reference` is the provider's own name of what it did. Does nothing when the lease was lost."""
        sql = f"UPDATE outbox SET state = 'DONE', reference = $4 WHERE {_MINE}"
        await self.fetch(sql, *_mine(claim), reference)

    async def again(self, claim: Claim, at: datetime, error: str, *, unknown: bool) -> None:
        """Try again then. Does nothing when the lease was lost."""
        await self.fetch(
            f"UPDATE outbox SET next_try = $4, last_error = $5, unknown = $6 WHERE {_MINE}",
            *_mine(claim),
            at,
            error,
            unknown,
        )

    async def give_up(self, claim: Claim, error: str) -> None:
        """Never try again by itself; the row stays visible."""
        await self.fetch(f"UPDATE outbox SET state = 'GIVEN_UP', last_error = $4 WHERE {_MINE}", *_mine(claim), error)

    async def given_up(self, marketplace: str) -> list[GivenUp]:
        """What was given up and waits for a person."""
        rows = await self.fetch(
            "SELECT marketplace, key, case_id, attempts, last_error FROM outbox "
            "WHERE marketplace = $1 AND state = 'GIVEN_UP' ORDER BY key",
            marketplace,
        )
        return [GivenUp(*row.values()) for row in rows]

    async def revive(self, marketplace: str, key: str, now: datetime) -> bool:
        """Try a given-up row again from now; False when there is none."""
        rows = await self.fetch(
            "UPDATE outbox SET state = 'PENDING', attempts = 0, unknown = true, next_try = $3 "
            "WHERE marketplace = $1 AND key = $2 AND state = 'GIVEN_UP' RETURNING key",
            marketplace,
            key,
            now,
        )
        return bool(rows)

    async def watch(self, watched: Watched, at: datetime) -> None:
        """Look an obligation up from then on, until it is paid in full."""
        await self.fetch(
            "INSERT INTO obligations (marketplace, obligation, order_id, case_id, total, next_look) "
            "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (marketplace, obligation) DO UPDATE "
            "SET total = excluded.total, looks = 0, next_look = excluded.next_look",
            watched.marketplace,
            watched.obligation,
            watched.order_id,
            watched.case_id,
            watched.total,
            at,
        )

    async def to_look(self, now: datetime, lease: timedelta, limit: int, marketplace: str = "") -> list[Watched]:
        """Obligations to look up now, of one marketplace or of all; nobody else gets them until the lease ends."""
        rows = await self.fetch(*_narrowed(_TO_LOOK, "AND marketplace = $4", marketplace, now, now + lease, limit))
        return [Watched(*row.values()) for row in rows]

    async def looked(self, watched: Watched, at: datetime | None) -> None:
        """Look again then, or never (None)."""
        await self.fetch(
            "UPDATE obligations SET looks = looks + 1, next_look = $3 "
            "WHERE marketplace = $1 AND obligation = $2 AND looks = $4 AND total = $5",
            watched.marketplace,
            watched.obligation,
            at,
            watched.looks,
            watched.total,
        )

    async def hear(self, marketplace: str, message_id: str, obligation: str, now: datetime) -> bool:
        """A provider's webhook says that an obligation has moved: look now. False for one that was heard before."""
        case_id = obligation.rpartition(":")[0]
        arguments = (marketplace, message_id, obligation, case_id, now, now - REMEMBERED, now + LONG_PAUSE)
        (row,) = await self.fetch(_HEAR, *arguments)
        return bool(row["count"])

    async def outbox_of(self, marketplace: str, case_id: str) -> dict[str, str]:
        """Key to state of every effect of a case."""
        rows = await self.fetch(
            "SELECT key, state FROM outbox WHERE marketplace = $1 AND case_id = $2", marketplace, case_id
        )
        return {row["key"]: row["state"] for row in rows}


def _narrowed(sql: str, only: str, marketplace: str, *arguments: Any) -> tuple[Any, ...]:
    """A statement with its arguments, for one marketplace where one is named."""
    if marketplace:
        return sql.format(only=only), *arguments, marketplace
    return sql.format(only=""), *arguments


def _mine(claim: Claim) -> tuple[str, str, int]:
    return claim.marketplace, claim.key, claim.attempts
