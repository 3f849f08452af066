"""The index of uploaded files on PostgreSQL. Their bytes are elsewhere; here is whose they are, and their keys.

Every statement touches one order of one marketplace, but for the sweep's own list.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from mufakat.core.claim import MaterialKind
from mufakat.core.events import MaterialGiven
from mufakat.core.parties import Actor, Role
from mufakat.store import codec
from mufakat.store.database import Connection, Database
from mufakat.store.derivatives import DerivativeRow, drop_derivatives, forget_derivatives, put_derivatives
from mufakat.store.records import CaseKey, Forgotten
from mufakat.store.signals import forget_prints

NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""`used_at` of a forgotten file: the next sweep takes it."""

FileName = tuple[Role, str]
"""A file as a case names it: the giver's role and the digest."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """An uploaded file. `size` in bytes; `place` is where its bytes are; `key` has no bytes once forgotten."""

    marketplace: str
    order_id: str
    giver: Actor
    digest: str
    size: int
    claimed_type: str
    type: str
    place: str
    key: CaseKey
    put_at: datetime


_COLUMNS: Final = (
    "marketplace, order_id, giver_role, giver_id, digest, size, claimed_type, type, place, wrapped, wrapped_by, put_at"
)
_OF_GIVER: Final = "marketplace = $1 AND order_id = $2 AND giver_role = $3 AND giver_id = $4"

# A forgotten file that is uploaded anew gets a new place and key; its old bytes have no row then and are swept.
_INSERT: Final = f"""
INSERT INTO files ({_COLUMNS}, used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)
ON CONFLICT (marketplace, order_id, giver_role, giver_id, digest) DO UPDATE SET size = excluded.size,
    claimed_type = excluded.claimed_type, type = excluded.type, place = excluded.place, wrapped = excluded.wrapped,
    wrapped_by = excluded.wrapped_by, put_at = excluded.put_at, used_at = excluded.used_at, named = false
"""

_USE: Final = f"""
UPDATE files SET used_at = greatest(used_at, $6) WHERE {_OF_GIVER} AND digest = ANY ($5) AND wrapped IS NOT NULL
RETURNING {_COLUMNS}
"""

_EXHIBIT: Final = f"""
SELECT {_COLUMNS} FROM files WHERE marketplace = $1 AND order_id = $2 AND giver_role = $3 AND digest = $4
    AND wrapped IS NOT NULL ORDER BY put_at DESC LIMIT 1
"""

_FORGET: Final = """
UPDATE files SET wrapped = NULL, named = false, used_at = $5
FROM unnest($3::text[], $4::text[]) AS gone (giver_role, digest)
WHERE files.marketplace = $1 AND files.order_id = $2 AND files.giver_role = gone.giver_role
    AND files.digest = gone.digest
"""


class PostgresFiles(Database):
    """What was uploaded, in PostgreSQL."""

    async def put_file(
        self, row: FileRow, most_files: int, most_bytes: int, made: Sequence[DerivativeRow] = ()
    ) -> FileRow | None:
        """Keep a row whose bytes are there, with the rows of what was made of them.

        The same bytes of the same giver are one: then the earlier row is given.

        None, and nothing kept, when the giver would have more than `most_files` or `most_bytes` in this order, or the
        order is not there. The order's row is locked meanwhile, so that two uploads at once cannot both be the last.
        """
        giver = (row.marketplace, row.order_id, row.giver.role.value, row.giver.id)

        async def put(connection: Connection) -> FileRow | None:
            order = "SELECT 1 FROM orders WHERE marketplace = $1 AND order_id = $2 FOR UPDATE"
            if await connection.fetchval(order, row.marketplace, row.order_id) is None:
                return None
            there = await connection.fetchrow(_USE, *giver, [row.digest], row.put_at)
            if there is not None:
                return _row(there)
            used = await connection.fetchrow(
                f"SELECT count(*) AS files, coalesce(sum(size), 0)::bigint AS bytes FROM files "
                f"WHERE {_OF_GIVER} AND wrapped IS NOT NULL",
                *giver,
            )
            if used["files"] + 1 > most_files or used["bytes"] + row.size > most_bytes:
                return None
            values = (row.digest, row.size, row.claimed_type, row.type, row.place, row.key.wrapped, row.key.wrapped_by)
            await connection.execute(_INSERT, *giver, *values, row.put_at)
            await put_derivatives(connection, _key(row), made)
            return row

        return await self.transact(put)

    async def use_files(
        self, marketplace: str, order_id: str, giver: Actor, digests: Collection[str], now: datetime
    ) -> dict[str, FileRow]:
        """Those of the giver's files that are there and not forgotten, by digest; the sweep's clock starts anew."""
        rows = await self.fetch(_USE, marketplace, order_id, giver.role.value, giver.id, list(digests), now)
        return {row["digest"]: _row(row) for row in rows}

    async def file_of(self, marketplace: str, order_id: str, giver: Actor, digest: str) -> FileRow | None:
        """A giver's own file, unless it is forgotten."""
        row = await self.fetch_one(
            f"SELECT {_COLUMNS} FROM files WHERE {_OF_GIVER} AND digest = $5 AND wrapped IS NOT NULL",
            *(marketplace, order_id, giver.role.value, giver.id, digest),
        )
        return None if row is None else _row(row)

    async def files_of(self, marketplace: str, order_id: str, giver: Actor) -> list[FileRow]:
        """A giver's own files of an order that are not forgotten, oldest first."""
        rows = await self.fetch(
            f"SELECT {_COLUMNS} FROM files WHERE {_OF_GIVER} AND wrapped IS NOT NULL ORDER BY put_at, digest",
            *(marketplace, order_id, giver.role.value, giver.id),
        )
        return [_row(row) for row in rows]

    async def file_by_role(self, marketplace: str, order_id: str, role: Role, digest: str) -> FileRow | None:
        """A file that whoever has that role in the order gave, unless it is forgotten."""
        row = await self.fetch_one(_EXHIBIT, marketplace, order_id, role.value, digest)
        return None if row is None else _row(row)

    async def files_to_sweep(self, before: datetime, limit: int) -> list[FileRow]:
        """Files that nobody has used since then and that are not known to be in a case, oldest first."""
        rows = await self.fetch(
            f"SELECT {_COLUMNS} FROM files WHERE NOT named AND used_at <= $1 ORDER BY used_at LIMIT $2", before, limit
        )
        return [_row(row) for row in rows]

    async def mark_named(self, row: FileRow) -> None:
        """A case names it: the sweep need not look again."""
        await self.fetch(
            f"UPDATE files SET named = true WHERE {_OF_GIVER} AND digest = $5 AND wrapped IS NOT NULL", *_key(row)
        )

    async def drop_file(self, row: FileRow, before: datetime) -> bool:
        """Remove a row that nobody has used since then; False when somebody has meanwhile."""

        async def drop(connection: Connection) -> bool:
            dropped = await connection.fetch(
                f"DELETE FROM files WHERE {_OF_GIVER} AND digest = $5 AND place = $6 AND NOT named AND used_at <= $7 "
                "RETURNING place",
                *_key(row),
                row.place,
                before,
            )
            if dropped:
                roles, digests = [row.giver.role.value], [row.digest]
                await forget_prints(connection, row.marketplace, row.order_id, roles, digests)
                await drop_derivatives(connection, _key(row))
            return bool(dropped)

        return await self.transact(drop)

    async def places_with_rows(self, marketplace: str, places: list[str]) -> set[str]:
        """Those of the places to which a row points."""
        rows = await self.fetch(
            "SELECT place FROM files WHERE marketplace = $1 AND place = ANY ($2) "
            "UNION ALL SELECT place FROM upload_parts WHERE marketplace = $1 AND place = ANY ($2) "
            "UNION ALL SELECT place FROM derivatives WHERE marketplace = $1 AND place = ANY ($2)",
            marketplace,
            places,
        )
        return {row["place"] for row in rows}

    async def named_files(self, marketplace: str, order_id: str) -> set[FileName]:
        """The files that cases of the order name which are not forgotten."""

        async def read(connection: Connection) -> set[FileName]:
            named = await _named(connection, marketplace, order_id)
            forgotten = await _forgotten_among(connection, marketplace, list(named))
            return {file for case_id, files in named.items() if case_id not in forgotten for file in files}

        return await self.transact(read)


async def forget_files(connection: Connection, case: Forgotten) -> None:
    """Destroy the keys of the files that a case names and no other case of its order that is still remembered."""
    named = await _named(connection, case.marketplace, case.order_id)
    forgotten = {case.case_id, *await _forgotten_among(connection, case.marketplace, list(named))}
    kept = {file for case_id, files in named.items() if case_id not in forgotten for file in files}
    gone = sorted(named.get(case.case_id, set()) - kept)
    roles, digests = [role.value for role, _ in gone], [digest for _, digest in gone]
    await connection.execute(_FORGET, case.marketplace, case.order_id, roles, digests, NEVER)
    await forget_prints(connection, case.marketplace, case.order_id, roles, digests)
    await forget_derivatives(connection, case.marketplace, case.order_id, roles, digests)


async def _named(connection: Connection, marketplace: str, order_id: str) -> dict[str, set[FileName]]:
    """Case id to the files that it names, by the log."""
    named: dict[str, set[FileName]] = {}
    for row in await connection.fetch(
        "SELECT case_id, body FROM events WHERE marketplace = $1 AND order_id = $2", marketplace, order_id
    ):
        files = named.setdefault(row["case_id"], set())
        event = codec.decode_event(row["body"]).recorded.event
        if isinstance(event, MaterialGiven) and event.exhibit.material.kind is MaterialKind.FILE:
            files.add((event.exhibit.giver, event.exhibit.material.digest))
    return named


async def _forgotten_among(connection: Connection, marketplace: str, case_ids: list[str]) -> set[str]:
    statement = "SELECT case_id FROM forgotten WHERE marketplace = $1 AND case_id = ANY ($2)"
    return {row["case_id"] for row in await connection.fetch(statement, marketplace, case_ids)}


def _key(row: FileRow) -> tuple[str, str, str, str, str]:
    return row.marketplace, row.order_id, row.giver.role.value, row.giver.id, row.digest


def _row(row: Any) -> FileRow:
    return FileRow(
        marketplace=row["marketplace"],
        order_id=row["order_id"],
        giver=Actor(Role(row["giver_role"]), row["giver_id"]),
        digest=row["digest"],
        size=row["size"],
        claimed_type=row["claimed_type"],
        type=row["type"],
        place=row["place"],
        key=CaseKey(row["wrapped"], row["wrapped_by"]),
        put_at=row["put_at"],
    )
