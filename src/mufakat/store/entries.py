"""Links that sign in once, and what was done for parties who could not get in: rows, never a secret in the clear."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from mufakat.core.parties import Role
from mufakat.store.database import Connection, Database
from mufakat.store.records import CaseKey


@dataclass(frozen=True, slots=True)
class Entry:
    """A link that lets one party into one case, once, until `until` (UTC). `secret`: the SHA-256 of its secret."""

    marketplace: str
    entry_id: str
    secret: bytes
    role: Role
    party_id: str
    order_id: str
    case_id: str
    made_by: str
    made_at: datetime
    until: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether it can still be used at a moment."""
        return self.used_at is None and self.revoked_at is None and now < self.until


class Helped(StrEnum):
    """What was done for a party: SEEN_AS, a lead saw the case as the party sees it; LET_IN, a link was made for it."""

    SEEN_AS = "SEEN_AS"
    LET_IN = "LET_IN"


@dataclass(frozen=True, slots=True)
class SupportRow:
    """Something that was done for a party; `reason` is sealed under a key of its own, which goes with the case."""

    marketplace: str
    order_id: str
    case_id: str
    support_id: str
    what: Helped
    role: Role
    by_id: str
    at: datetime
    reason: bytes
    key: CaseKey


_HERE: Final = "WHERE marketplace = $1 AND entry_id = $2"
_ENTRY: Final = (
    "marketplace, entry_id, secret, role, party_id, order_id, case_id, made_by, made_at, until, used_at, revoked_at"
)
_SUPPORT: Final = "marketplace, order_id, case_id, support_id, what, role, by_id, at, reason, wrapped, wrapped_by"
_PUT_SUPPORT: Final = f"INSERT INTO support ({_SUPPORT}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"

FORGET_ENTRIES: Final = "DELETE FROM entries WHERE marketplace = $1 AND case_id = $2 AND order_id = $3"
"""What forgetting a case does to links into it, which name its people: they go, and the visits that came of them."""
FORGET_SUPPORT: Final = (
    "UPDATE support SET wrapped = NULL, reason = '' WHERE marketplace = $1 AND case_id = $2 AND order_id = $3"
)
"""What forgetting a case does to the reasons for which its parties were helped; that they were stays."""


class PostgresEntries(Database):
    """Links that sign in once, and the record of support."""

    async def put_entry(self, made: Entry, support: SupportRow) -> None:
        """Keep a new link, and that it was made and why, together."""

        async def put(connection: Connection) -> None:
            values = (
                *(made.marketplace, made.entry_id, made.secret, made.role.value, made.party_id, made.order_id),
                *(made.case_id, made.made_by, made.made_at, made.until, made.used_at, made.revoked_at),
            )
            places = ", ".join(f"${number}" for number in range(1, len(values) + 1))
            await connection.execute(f"INSERT INTO entries ({_ENTRY}) VALUES ({places})", *values)
            await connection.execute(_PUT_SUPPORT, *_support_values(support))

        await self.transact(put)

    async def entry(self, marketplace: str, entry_id: str) -> Entry | None:
        """The link of that id."""
        row = await self.fetch_one(f"SELECT {_ENTRY} FROM entries {_HERE}", marketplace, entry_id)
        return None if row is None else _entry(row)

    async def entries_of(self, marketplace: str, case_id: str) -> list[Entry]:
        """The links into a case, oldest first."""
        rows = await self.fetch(
            f"SELECT {_ENTRY} FROM entries WHERE marketplace = $1 AND case_id = $2 ORDER BY entry_id",
            *(marketplace, case_id),
        )
        return [_entry(row) for row in rows]

    async def use_entry(self, marketplace: str, entry_id: str, secret: bytes, now: datetime) -> Entry | None:
        """Use a link up; None where it was used, revoked, has ended or never was. Of two at once, one gets it."""
        row = await self.fetch_one(
            f"UPDATE entries SET used_at = $4 {_HERE} AND secret = $3 AND used_at IS NULL AND revoked_at IS NULL "
            f"AND until > $4 RETURNING {_ENTRY}",
            *(marketplace, entry_id, secret, now),
        )
        return None if row is None else _entry(row)

    async def revoke_entry(self, marketplace: str, case_id: str, entry_id: str, now: datetime) -> Entry | None:
        """Let a link into a case be of no use any more, nor the visit that came of it; None where there is none."""
        row = await self.fetch_one(
            f"UPDATE entries SET revoked_at = coalesce(revoked_at, $4) {_HERE} AND case_id = $3 RETURNING {_ENTRY}",
            *(marketplace, entry_id, case_id, now),
        )
        return None if row is None else _entry(row)

    async def drop_entries(self, before: datetime) -> int:
        """Remove links that ended before then; how many."""
        return len(await self.fetch("DELETE FROM entries WHERE until < $1 RETURNING 1", before))

    async def put_support(self, row: SupportRow) -> None:
        """Record that a party was helped."""
        await self.fetch(_PUT_SUPPORT, *_support_values(row))

    async def support_of(self, marketplace: str, order_id: str, case_id: str) -> list[SupportRow]:
        """What was done for the parties of a case, oldest first."""
        rows = await self.fetch(
            f"SELECT {_SUPPORT} FROM support WHERE marketplace = $1 AND order_id = $2 AND case_id = $3 "
            "ORDER BY support_id",
            *(marketplace, order_id, case_id),
        )
        return [_support(row) for row in rows]


def _entry(row: Any) -> Entry:
    return Entry(**{**dict(row.items()), "role": Role(row["role"])})


def _support_values(row: SupportRow) -> tuple[Any, ...]:
    return (
        *(row.marketplace, row.order_id, row.case_id, row.support_id, row.what.value, row.role.value, row.by_id),
        *(row.at, row.reason, row.key.wrapped, row.key.wrapped_by),
    )


def _support(row: Any) -> SupportRow:
    return SupportRow(
        marketplace=row["marketplace"],
        order_id=row["order_id"],
        case_id=row["case_id"],
        support_id=row["support_id"],
        what=Helped(row["what"]),
        role=Role(row["role"]),
        by_id=row["by_id"],
        at=row["at"],
        reason=row["reason"],
        key=CaseKey(row["wrapped"], row["wrapped_by"]),
    )
