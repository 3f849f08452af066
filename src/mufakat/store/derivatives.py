"""What was made of uploaded files for others to see, and who opened an original: rows and keys, never the bytes."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from mufakat.core.parties import Actor, Role
from mufakat.store.database import Connection, Database
from mufakat.store.records import CaseKey

FACTS: Final = "FACTS"
"""`made` of what only agents may know of a file; everything else may be seen by who may see the file."""


@dataclass(frozen=True, slots=True)
class DerivativeRow:
    """One thing made of a file. size in bytes, sides in pixels.

    at_ms: of a still its moment in the film; length_ms: of the copy of a film or sound how long it plays.
    fingerprint: 32 bytes, or empty where there is none; quality from 0 to 100.
    """

    marketplace: str
    order_id: str
    giver: Actor
    digest: str
    number: int
    made: str
    type: str
    size: int
    width: int
    height: int
    at_ms: int
    place: str
    key: CaseKey
    fingerprint: bytes = b""
    quality: int = 0
    length_ms: int = 0


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """An agent opened an original; `reason` is sealed under a key of its own, which has no bytes once forgotten."""

    marketplace: str
    order_id: str
    case_id: str
    opening_id: str
    exhibit: int
    digest: str
    agent_id: str
    at: datetime
    reason: bytes
    key: CaseKey


_COLUMNS: Final = (
    "marketplace, order_id, giver_role, giver_id, digest, number, made, type, size, width, height, at_ms, place, "
    "wrapped, wrapped_by, fingerprint, quality, length_ms"
)
_OF_FILE: Final = "marketplace = $1 AND order_id = $2 AND giver_role = $3 AND giver_id = $4 AND digest = $5"
_OPENING: Final = (
    "marketplace, order_id, case_id, opening_id, exhibit, digest, agent_id, at, reason, wrapped, wrapped_by"
)

_FORGET: Final = """
UPDATE derivatives SET wrapped = NULL, fingerprint = NULL, quality = 0
FROM unnest($3::text[], $4::text[]) AS gone (giver_role, digest)
WHERE derivatives.marketplace = $1 AND derivatives.order_id = $2 AND derivatives.giver_role = gone.giver_role
    AND derivatives.digest = gone.digest
"""

FORGET_OPENINGS: Final = (
    "UPDATE openings SET wrapped = NULL, reason = '' WHERE marketplace = $1 AND case_id = $2 AND order_id = $3"
)
"""What forgetting a case does to the reasons for which originals were opened in it; that they were opened stays."""


class PostgresDerivatives(Database):
    """What was made of files, and openings of originals, in PostgreSQL."""

    async def derivatives_of(self, marketplace: str, order_id: str, giver: Actor, digest: str) -> list[DerivativeRow]:
        """All that was made of a giver's file, in its order; also of a forgotten one, whose keys are gone."""
        rows = await self.fetch(
            f"SELECT {_COLUMNS} FROM derivatives WHERE {_OF_FILE} ORDER BY number",
            *(marketplace, order_id, giver.role.value, giver.id, digest),
        )
        return [_row(row) for row in rows]

    async def put_opening(self, row: OpeningRow) -> None:
        """Record that an original is opened."""
        await self.fetch(
            f"INSERT INTO openings ({_OPENING}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            *(row.marketplace, row.order_id, row.case_id, row.opening_id, row.exhibit, row.digest, row.agent_id),
            *(row.at, row.reason, row.key.wrapped, row.key.wrapped_by),
        )

    async def openings_of(self, marketplace: str, order_id: str, case_id: str) -> list[OpeningRow]:
        """Who opened originals in a case, oldest first."""
        rows = await self.fetch(
            f"SELECT {_OPENING} FROM openings WHERE marketplace = $1 AND order_id = $2 AND case_id = $3 "
            "ORDER BY opening_id",
            *(marketplace, order_id, case_id),
        )
        return [_opening(row) for row in rows]


async def put_derivatives(
    connection: Connection, file: tuple[str, str, str, str, str], rows: Iterable[DerivativeRow]
) -> None:
    """Note what was made of a file (marketplace, order, giver's role and id, digest) in place of what was before."""
    await drop_derivatives(connection, file)
    values = [
        (
            *(*file, row.number, row.made, row.type, row.size, row.width, row.height, row.at_ms, row.place),
            *(row.key.wrapped, row.key.wrapped_by, row.fingerprint or None, row.quality, row.length_ms),
        )
        for row in rows
    ]
    if values:
        places = ", ".join(f"${number}" for number in range(1, len(values[0]) + 1))
        await connection.executemany(f"INSERT INTO derivatives ({_COLUMNS}) VALUES ({places})", values)


async def drop_derivatives(connection: Connection, file: tuple[str, str, str, str, str]) -> None:
    """Remove the rows of all that was made of a file."""
    await connection.execute(f"DELETE FROM derivatives WHERE {_OF_FILE}", *file)


async def forget_derivatives(
    connection: Connection, marketplace: str, order_id: str, roles: Collection[str], digests: Collection[str]
) -> None:
    """Destroy the keys of all that was made of those files, each named by its giver's role and its digest."""
    await connection.execute(_FORGET, marketplace, order_id, list(roles), list(digests))


def _row(row: Any) -> DerivativeRow:
    return DerivativeRow(
        marketplace=row["marketplace"],
        order_id=row["order_id"],
        giver=Actor(Role(row["giver_role"]), row["giver_id"]),
        digest=row["digest"],
        number=row["number"],
        made=row["made"],
        type=row["type"],
        size=row["size"],
        width=row["width"],
        height=row["height"],
        at_ms=row["at_ms"],
        place=row["place"],
        key=CaseKey(row["wrapped"], row["wrapped_by"]),
        fingerprint=row["fingerprint"] or b"",
        quality=row["quality"],
        length_ms=row["length_ms"],
    )


def _opening(row: Any) -> OpeningRow:
    return OpeningRow(
        marketplace=row["marketplace"],
        order_id=row["order_id"],
        case_id=row["case_id"],
        opening_id=row["opening_id"],
        exhibit=row["exhibit"],
        digest=row["digest"],
        agent_id=row["agent_id"],
        at=row["at"],
        reason=row["reason"],
        key=CaseKey(row["wrapped"], row["wrapped_by"]),
    )
