"""Uploads under way on PostgreSQL: what has arrived of each, part by part."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from mufakat.core.parties import Actor, Role
from mufakat.store.database import Connection, Database
from mufakat.store.records import CaseKey


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way in. `received` of `length` bytes in `parts` parts; `digest` once it is a kept file."""

    marketplace: str
    upload_id: str
    order_id: str
    giver: Actor
    length: int
    received: int
    parts: int
    claimed_type: str
    claimed_digest: str
    digest: str
    until: datetime

    @property
    def is_whole(self) -> bool:
        """Whether every byte has arrived."""
        return self.received == self.length


@dataclass(frozen=True, slots=True)
class Part:
    """Some bytes of an upload, encrypted, under a key of their own. `number` from 0; `size` in plain bytes."""

    number: int
    place: str
    size: int
    key: CaseKey


_COLUMNS: Final = (
    "marketplace, upload_id, order_id, giver_role, giver_id, length, received, parts, claimed_type, claimed_digest, "
    "digest, until"
)
_OPEN: Final = (
    "SELECT count(*) FROM uploads WHERE marketplace = $1 AND order_id = $2 AND giver_role = $3 AND giver_id = $4 "
    "AND digest = ''"
)


class PostgresUploads(Database):
    """What is on its way in, in PostgreSQL."""

    async def begin_upload(self, upload: Upload, most: int) -> bool:
        """Note a new one; False, and nothing noted, when the giver would have more than `most` open in the order."""

        async def begin(connection: Connection) -> bool:
            who = (upload.marketplace, upload.order_id, upload.giver.role.value, upload.giver.id)
            order = "SELECT 1 FROM orders WHERE marketplace = $1 AND order_id = $2 FOR UPDATE"
            if await connection.fetchval(order, *who[:2]) is None or await connection.fetchval(_OPEN, *who) >= most:
                return False
            await connection.execute(
                f"INSERT INTO uploads ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, 0, 0, $7, $8, '', $9)",
                upload.marketplace,
                upload.upload_id,
                *who[1:],
                upload.length,
                upload.claimed_type,
                upload.claimed_digest,
                upload.until,
            )
            return True

        return await self.transact(begin)

    async def upload(self, marketplace: str, upload_id: str) -> Upload | None:
        """The upload of that id."""
        row = await self.fetch_one(
            f"SELECT {_COLUMNS} FROM uploads WHERE marketplace = $1 AND upload_id = $2", marketplace, upload_id
        )
        return None if row is None else _upload(row)

    async def add_part(self, upload: Upload, part: Part, until: datetime) -> Upload | None:
        """Note bytes that are there, after those that `upload` has; None when it has moved on or is gone."""

        async def add(connection: Connection) -> Upload | None:
            row = await connection.fetchrow(
                "UPDATE uploads SET received = received + $4, parts = parts + 1, until = $5 "
                f"WHERE marketplace = $1 AND upload_id = $2 AND parts = $3 AND digest = '' RETURNING {_COLUMNS}",
                *(upload.marketplace, upload.upload_id, part.number, part.size, until),
            )
            if row is None:
                return None
            await connection.execute(
                "INSERT INTO upload_parts (marketplace, upload_id, number, place, size, wrapped, wrapped_by) "
                "VALUES ($1, $2, $3, $4, $5, $6, $7)",
                *(upload.marketplace, upload.upload_id, part.number, part.place, part.size),
                *(part.key.wrapped, part.key.wrapped_by),
            )
            return _upload(row)

        return await self.transact(add)

    async def parts(self, marketplace: str, upload_id: str) -> list[Part]:
        """The parts of an upload in order."""
        rows = await self.fetch(
            "SELECT number, place, size, wrapped, wrapped_by FROM upload_parts "
            "WHERE marketplace = $1 AND upload_id = $2 ORDER BY number",
            marketplace,
            upload_id,
        )
        return [
            Part(row["number"], row["place"], row["size"], CaseKey(row["wrapped"], row["wrapped_by"])) for row in rows
        ]

    async def finish_upload(self, marketplace: str, upload_id: str, digest: str) -> list[Part]:
        """Note that it is a kept file now, and give up its parts, whose bytes may then be dropped."""

        async def finish(connection: Connection) -> list[Part]:
            await connection.execute(
                "UPDATE uploads SET digest = $3 WHERE marketplace = $1 AND upload_id = $2",
                *(marketplace, upload_id, digest),
            )
            return await _give_up(connection, marketplace, upload_id)

        return await self.transact(finish)

    async def drop_upload(self, marketplace: str, upload_id: str, over_at: datetime | None = None) -> list[Part]:
        """Remove an upload, or only if its time is over at `over_at`; its parts, whose bytes may then be dropped."""

        async def drop(connection: Connection) -> list[Part]:
            dropped = await connection.fetchval(
                "DELETE FROM uploads WHERE marketplace = $1 AND upload_id = $2 "
                "AND ($3::timestamptz IS NULL OR until <= $3) RETURNING true",
                *(marketplace, upload_id, over_at),
            )
            return await _give_up(connection, marketplace, upload_id) if dropped else []

        return await self.transact(drop)

    async def uploads_to_sweep(self, before: datetime, limit: int) -> list[Upload]:
        """Uploads whose time is over, oldest first."""
        rows = await self.fetch(
            f"SELECT {_COLUMNS} FROM uploads WHERE until <= $1 ORDER BY until LIMIT $2", before, limit
        )
        return [_upload(row) for row in rows]


async def _give_up(connection: Connection, marketplace: str, upload_id: str) -> list[Part]:
    rows = await connection.fetch(
        "DELETE FROM upload_parts WHERE marketplace = $1 AND upload_id = $2 "
        "RETURNING number, place, size, wrapped, wrapped_by",
        marketplace,
        upload_id,
    )
    return [_part(row) for row in rows]


def _part(row: Any) -> Part:
    return Part(row["number"], row["place"], row["size"], CaseKey(row["wrapped"], row["wrapped_by"]))


def _upload(row: Any) -> Upload:
    return Upload(
        marketplace=row["marketplace"],
        upload_id=row["upload_id"],
        order_id=row["order_id"],
        giver=Actor(Role(row["giver_role"]), row["giver_id"]),
        length=row["length"],
        received=row["received"],
        parts=row["parts"],
        claimed_type=row["claimed_type"],
        claimed_digest=row["claimed_digest"],
        digest=row["digest"],
        until=row["until"],
    )
