"""Contacts of an order's parties, sealed, and who had one shown in full: rows and keys, never the plain text."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from mufakat.core.parties import Role
from mufakat.store.database import Connection, Database
from mufakat.store.records import CaseKey


@dataclass(frozen=True, slots=True)
class ContactRow:
    """How a party of an order can be reached, sealed under a key of its own."""

    marketplace: str
    order_id: str
    role: Role
    sealed: bytes
    key: CaseKey
    put_at: datetime


@dataclass(frozen=True, slots=True)
class RevealRow:
    """An agent had a contact shown; `reason` is sealed under a key of its own, which has no bytes once forgotten."""

    marketplace: str
    order_id: str
    case_id: str
    reveal_id: str
    party: Role
    agent_id: str
    at: datetime
    reason: bytes
    key: CaseKey


_OTHERS_LEFT: Final = """EXISTS (SELECT 1 FROM cases c WHERE c.marketplace = $1 AND c.order_id = {order}
    AND c.case_id <> {but} AND NOT EXISTS (SELECT 1 FROM forgotten f
        WHERE f.marketplace = c.marketplace AND f.order_id = c.order_id AND f.case_id = c.case_id))"""

FORGET_CONTACTS: Final = (
    "UPDATE contacts SET wrapped = NULL, sealed = '' WHERE marketplace = $1 AND order_id = $3 AND NOT "
    + _OTHERS_LEFT.format(order="$3", but="$2")
)
"""What forgetting a case does to the contacts of its order, unless another case of the order still needs them."""

FORGET_REVEALS: Final = (
    "UPDATE reveals SET wrapped = NULL, reason = '' WHERE marketplace = $1 AND case_id = $2 AND order_id = $3"
)
"""What forgetting a case does to the reasons for which contacts were shown in it; that they were shown stays."""

_MAY_KEEP: Final = (
    "SELECT EXISTS (SELECT 1 FROM orders WHERE marketplace = $1 AND order_id = $2) AS there, "
    "EXISTS (SELECT 1 FROM forgotten WHERE marketplace = $1 AND order_id = $2) "
    f"AND NOT {_OTHERS_LEFT.format(order='$2', but=chr(39) * 2)} AS forgotten"
)
_PUT: Final = "INSERT INTO contacts (marketplace, order_id, role, sealed, wrapped, wrapped_by, put_at) VALUES "


class Forgotten(Exception):  # noqa: N818 - says what stands in the way
    """Every case of the order is forgotten, so nothing of its people is taken in again."""


class PostgresContacts(Database):
    """Contacts and their reveals."""

    async def put_contacts(self, marketplace: str, order_id: str, rows: Mapping[Role, ContactRow]) -> bool:
        """Put these in place of all contacts of an order; False when there is no such order. Raises Forgotten."""

        async def put(connection: Connection) -> bool:
            may = await connection.fetchrow(_MAY_KEEP, marketplace, order_id)
            if not may["there"]:
                return False
            if may["forgotten"]:
                raise Forgotten(order_id)
            await connection.execute(
                "DELETE FROM contacts WHERE marketplace = $1 AND order_id = $2", marketplace, order_id
            )
            for role, row in rows.items():
                values = (
                    marketplace,
                    order_id,
                    role.value,
                    row.sealed,
                    row.key.wrapped,
                    row.key.wrapped_by,
                    row.put_at,
                )
                await connection.execute(f"{_PUT} ($1, $2, $3, $4, $5, $6, $7)", *values)
            return True

        return await self.transact(put)

    async def contacts(self, marketplace: str, order_id: str) -> dict[Role, ContactRow]:
        """The contacts of an order by whose they are; those that were forgotten are left out."""
        rows = await self.fetch(
            "SELECT * FROM contacts WHERE marketplace = $1 AND order_id = $2 AND wrapped IS NOT NULL",
            *(marketplace, order_id),
        )
        return {Role(row["role"]): _contact(row) for row in rows}

    async def put_reveal(self, row: RevealRow) -> None:
        """Record that a contact is shown."""
        await self.fetch(
            "INSERT INTO reveals (marketplace, order_id, case_id, reveal_id, party, agent_id, at, reason, wrapped, "
            "wrapped_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            *(row.marketplace, row.order_id, row.case_id, row.reveal_id, row.party.value, row.agent_id, row.at),
            *(row.reason, row.key.wrapped, row.key.wrapped_by),
        )

    async def reveals_of(self, marketplace: str, order_id: str, case_id: str) -> list[RevealRow]:
        """Who had contacts shown in a case, oldest first."""
        rows = await self.fetch(
            "SELECT * FROM reveals WHERE marketplace = $1 AND order_id = $2 AND case_id = $3 ORDER BY reveal_id",
            *(marketplace, order_id, case_id),
        )
        return [_reveal(row) for row in rows]


def _contact(row: Any) -> ContactRow:
    return ContactRow(
        marketplace=row["marketplace"],
        order_id=row["order_id"],
        role=Role(row["role"]),
        sealed=row["sealed"],
        key=CaseKey(row["wrapped"], row["wrapped_by"]),
        put_at=row["put_at"],
    )


def _reveal(row: Any) -> RevealRow:
    return RevealRow(
        marketplace=row["marketplace"],
        order_id=row["order_id"],
        case_id=row["case_id"],
        reveal_id=row["reveal_id"],
        party=Role(row["party"]),
        agent_id=row["agent_id"],
        at=row["at"],
        reason=row["reason"],
        key=CaseKey(row["wrapped"], row["wrapped_by"]),
    )
