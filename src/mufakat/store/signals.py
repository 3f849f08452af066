"""What signals are made of, on PostgreSQL: fingerprints, what files say of themselves, tracking numbers, their owners.

All of it is derived from files and logs, and purged with them: the statements are in `DERIVED_FROM_CASE` (run by
`upkeep.forget`) and `forget_prints` (run wherever files go). A file that is forgotten meanwhile and a case that is
forgotten meanwhile are never noted: the row of the file, and the row of the case in `noted`, are the locks.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from mufakat.core.case import Case
from mufakat.core.parties import Role
from mufakat.store import codec
from mufakat.store.database import Connection, Database
from mufakat.store.near import FIRST_OWN, bit_string, changes, near_sql
from mufakat.store.similar import FORGET_SEARCH_TEXT, SearchText

PAGE: Final = 500
NEVER_AGAIN: Final = 2**31 - 1
"""The number to which a forgotten case is noted."""


@dataclass(frozen=True, slots=True)
class Print:
    """The fingerprint of a part of a file (its picture, a key frame, a page, counted from 0): 32 bytes."""

    part: int
    bits: bytes


@dataclass(frozen=True, slots=True)
class FileNote:
    """What was seen in a file. `taken_local` is the camera's clock, without zone; `credentials` as the engine wrote."""

    marketplace: str
    order_id: str
    giver: Role
    digest: str
    prints: tuple[Print, ...] = ()
    taken_at: datetime | None = None
    taken_local: datetime | None = None
    credentials: bytes | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """Something that an event says: its number, the exhibit it came with (0: none), who said it.

    `value` is the fingerprint of a statement, or the keyed hash of a tracking number.
    """

    number: int
    exhibit: int
    giver: Role
    value: bytes


@dataclass(frozen=True, slots=True)
class CaseNote:
    """What was noted of a case's events up to `number`: statements, tracking numbers, and what it is found by.

    `reported`: up to which event reports know of it; not written with a note (`store/reports.py`).
    """

    marketplace: str
    order_id: str
    case_id: str
    number: int
    texts: tuple[Said, ...] = ()
    trackings: tuple[Said, ...] = ()
    search: SearchText | None = None
    reported: int = 0


@dataclass(frozen=True, slots=True)
class NearFile:
    """A part of a file that looks like what was sought; `distance` in bits."""

    order_id: str
    giver: Role
    digest: str
    part: int
    distance: int


@dataclass(frozen=True, slots=True)
class SaidThere:
    """Something that an event of a case says, and by how many bits it differs from what was sought."""

    order_id: str
    case_id: str
    number: int
    exhibit: int
    giver: Role
    distance: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """A remembered case as its index row has it; `case` None where the cached state is of another program."""

    order_id: str
    case_id: str
    customer_id: str
    seller_id: str
    opened_at: datetime
    case: Case | None


@dataclass(frozen=True, slots=True)
class Unnoted:
    """A case with events after what was noted of it, or after what reports know of it."""

    order_id: str
    case_id: str
    number: int
    changed_at: datetime


_NEVER_NOTE: Final = (
    f"INSERT INTO noted (marketplace, case_id, order_id, number) VALUES ($1, $2, $3, {NEVER_AGAIN}) "
    "ON CONFLICT (marketplace, order_id, case_id) DO UPDATE SET number = excluded.number"
)
DERIVED_FROM_CASE: Final = (
    _NEVER_NOTE,
    "DELETE FROM text_prints WHERE marketplace = $1 AND case_id = $2 AND order_id = $3",
    "DELETE FROM trackings WHERE marketplace = $1 AND case_id = $2 AND order_id = $3",
    FORGET_SEARCH_TEXT,
)
"""Purges what was noted of a case, for good: first its row in `noted` is taken, and whoever is noting it waits."""

_OF_FILES: Final = (
    "marketplace = $1 AND order_id = $2 AND (giver_role, digest) IN (SELECT * FROM unnest($3::text[], $4::text[]))"
)

_NOTE_FILE: Final = """
WITH there AS MATERIALIZED (
    SELECT 1 FROM files WHERE marketplace = $1 AND order_id = $2 AND giver_role = $3 AND digest = $4
        AND wrapped IS NOT NULL FOR SHARE
), facts AS (
    INSERT INTO file_facts (marketplace, order_id, giver_role, digest, taken_at, taken_local, credentials)
    SELECT $1, $2, $3, $4, $7, $8, $9 WHERE EXISTS (SELECT FROM there)
        AND ($7::timestamptz IS NOT NULL OR $8::timestamp IS NOT NULL OR $9::bytea IS NOT NULL)
    ON CONFLICT (marketplace, order_id, giver_role, digest) DO UPDATE SET taken_at = excluded.taken_at,
        taken_local = excluded.taken_local, credentials = excluded.credentials
), gone AS (
    DELETE FROM file_prints WHERE marketplace = $1 AND order_id = $2 AND giver_role = $3 AND digest = $4
        AND part <> ALL ($5::integer[]) AND EXISTS (SELECT FROM there)
), prints AS (
    INSERT INTO file_prints (marketplace, order_id, giver_role, digest, part, bits)
    SELECT $1, $2, $3, $4, part, bits FROM unnest($5::integer[], $6::bit(256)[]) AS print (part, bits)
    WHERE EXISTS (SELECT FROM there)
    ON CONFLICT (marketplace, order_id, giver_role, digest, part) DO UPDATE SET bits = excluded.bits
)
SELECT 1 AS kept FROM there LIMIT 1
"""

_NOTE_CASE: Final = """
WITH moved AS (
    INSERT INTO noted (marketplace, order_id, case_id, number) VALUES ($1, $2, $3, $4)
    ON CONFLICT (marketplace, order_id, case_id) DO UPDATE SET number = excluded.number
        WHERE noted.number < excluded.number
    RETURNING 1
), texts AS (
    INSERT INTO text_prints (marketplace, order_id, case_id, number, exhibit, giver_role, bits)
    SELECT $1, $2, $3, number, exhibit, giver_role, bits
    FROM unnest($5::integer[], $6::integer[], $7::text[], $8::bit(256)[]) AS print (number, exhibit, giver_role, bits)
    WHERE EXISTS (SELECT FROM moved)
    ON CONFLICT DO NOTHING
), numbers AS (
    INSERT INTO trackings (marketplace, order_id, case_id, number, exhibit, giver_role, tracking)
    SELECT $1, $2, $3, number, exhibit, giver_role, tracking
    FROM unnest($9::integer[], $10::integer[], $11::text[], $12::bytea[])
        AS named (number, exhibit, giver_role, tracking)
    WHERE EXISTS (SELECT FROM moved)
    ON CONFLICT DO NOTHING
), woken AS (
    UPDATE carrier_scans SET next_try = heard_at WHERE marketplace = $1 AND number = ANY ($12::bytea[])
        AND state = 'WAITING'
), found AS (
    INSERT INTO search_texts (marketplace, order_id, case_id, reason, category, opened_at, body, words)
    SELECT $1, $2, $3, reason, category, $15, $16, to_tsvector($17::regconfig, $16)
    FROM unnest($13::text[], $14::text[]) AS kind (reason, category) WHERE EXISTS (SELECT FROM moved)
    ON CONFLICT (marketplace, order_id, case_id, reason, category) DO UPDATE SET body = excluded.body,
        words = excluded.words
)
SELECT 1 AS kept FROM moved
"""

_NEAR_FILES: Final = near_sql("file_prints", "order_id, giver_role, digest, part", f"order_id <> ${FIRST_OWN}")
_NEAR_TEXTS: Final = near_sql(
    "text_prints",
    "order_id, case_id, number, exhibit, giver_role",
    f"NOT (order_id = ${FIRST_OWN} AND case_id = ${FIRST_OWN + 1})",
)

_UNNOTED: Final = """
SELECT order_id, case_id, number, changed_at FROM cases WHERE marketplace = $1 AND (changed_at, case_id) > ($2, $3)
    AND NOT EXISTS (SELECT FROM noted WHERE noted.marketplace = cases.marketplace AND noted.order_id = cases.order_id
        AND noted.case_id = cases.case_id AND noted.number >= cases.number AND noted.reported >= cases.number)
ORDER BY changed_at, case_id LIMIT $4
"""


class PostgresSignals(Database):
    """What signals are made of, in PostgreSQL."""

    async def note_file(self, note: FileNote) -> bool:
        """Keep what was seen in a file, in place of what was before; False when the file is gone or forgotten."""
        rows = await self.fetch(
            _NOTE_FILE,
            *(note.marketplace, note.order_id, note.giver.value, note.digest),
            [each.part for each in note.prints],
            [bit_string(each.bits) for each in note.prints],
            *(note.taken_at, note.taken_local, note.credentials),
        )
        return bool(rows)

    async def note_case(self, note: CaseNote) -> bool:
        """Keep what was noted of a case; False when it was noted as far already, or is forgotten."""
        rows = await self.fetch(
            _NOTE_CASE,
            *(note.marketplace, note.order_id, note.case_id, note.number),
            *_columns(note.texts),
            [bit_string(each.value) for each in note.texts],
            *_columns(note.trackings),
            [each.value for each in note.trackings],
            *_search_columns(note.search),
        )
        return bool(rows)

    async def unnoted(self, marketplace: str, after: tuple[datetime, str]) -> list[Unnoted]:
        """A page of cases with events to note, in the order of their change, after that change and case."""
        return [Unnoted(*row.values()) for row in await self.fetch(_UNNOTED, marketplace, *after, PAGE)]

    async def noted_until(self, marketplace: str) -> datetime | None:
        """Where noting goes on, by the marketplace's clock; None at the beginning."""
        row = await self.fetch_one("SELECT changed_at FROM noted_until WHERE marketplace = $1", marketplace)
        return None if row is None else row["changed_at"]

    async def set_noted_until(self, marketplace: str, changed_at: datetime) -> None:
        """Go on from there."""
        await self.fetch(
            "INSERT INTO noted_until (marketplace, changed_at) VALUES ($1, $2) "
            "ON CONFLICT (marketplace) DO UPDATE SET changed_at = excluded.changed_at",
            *(marketplace, changed_at),
        )

    async def file_notes(self, marketplace: str, order_id: str) -> list[FileNote]:
        """All that was seen in the files of an order."""
        prints: dict[tuple[str, str], list[Print]] = {}
        for row in await self.fetch(
            "SELECT giver_role, digest, part, bits FROM file_prints WHERE marketplace = $1 AND order_id = $2 "
            "ORDER BY giver_role, digest, part",
            *(marketplace, order_id),
        ):
            prints.setdefault((row["giver_role"], row["digest"]), []).append(Print(row["part"], row["bits"].bytes))
        facts = {
            (row["giver_role"], row["digest"]): (row["taken_at"], row["taken_local"], row["credentials"])
            for row in await self.fetch(
                "SELECT giver_role, digest, taken_at, taken_local, credentials FROM file_facts "
                "WHERE marketplace = $1 AND order_id = $2",
                *(marketplace, order_id),
            )
        }
        return [
            FileNote(
                marketplace,
                order_id,
                Role(key[0]),
                key[1],
                tuple(prints.get(key, ())),
                *facts.get(key, (None, None, None)),
            )
            for key in sorted({*prints, *facts})
        ]

    async def same_files(
        self, marketplace: str, digests: list[str], order_id: str, most: int
    ) -> list[tuple[str, Role, str]]:
        """Order, giver and digest of files with these bytes in other orders than this; at most so many of each."""
        rows = await self.fetch(
            "SELECT found.order_id, found.giver_role, found.digest FROM unnest($2::text[]) AS sought (digest) "
            "CROSS JOIN LATERAL (SELECT order_id, giver_role, digest FROM files WHERE marketplace = $1 "
            "AND digest = sought.digest AND order_id <> $3 AND wrapped IS NOT NULL LIMIT $4) AS found",
            *(marketplace, digests, order_id, most),
        )
        return [(row["order_id"], Role(row["giver_role"]), row["digest"]) for row in rows]

    async def near_files(self, marketplace: str, bits: bytes, order_id: str, most: int) -> list[NearFile]:
        """Parts of files of other orders within NEAR bits of a fingerprint, the nearest first.

        All there are, while no band has `most` of them.
        """
        rows = await self.fetch(_NEAR_FILES, marketplace, bit_string(bits), most, *changes(), order_id)
        found = [
            NearFile(row["order_id"], Role(row["giver_role"]), row["digest"], row["part"], row["distance"])
            for row in rows
        ]
        return sorted(found, key=lambda each: (each.distance, each.order_id, each.giver, each.digest, each.part))

    async def near_texts(self, marketplace: str, bits: bytes, case: tuple[str, str], most: int) -> list[SaidThere]:
        """Statements in other cases than this (order, case) within NEAR bits of a fingerprint, the nearest first.

        All there are, while no band has `most` of them.
        """
        rows = await self.fetch(_NEAR_TEXTS, marketplace, bit_string(bits), most, *changes(), *case)
        found = [_said_there(row, row["distance"]) for row in rows]
        return sorted(found, key=lambda each: (each.distance, each.order_id, each.case_id, each.number))

    async def tracking_places(self, marketplace: str, tracking: bytes, most: int) -> list[SaidThere]:
        """Where a tracking number was named, at most so many; `tracking` is its keyed hash."""
        rows = await self.fetch(
            "SELECT order_id, case_id, number, exhibit, giver_role FROM trackings WHERE marketplace = $1 "
            "AND tracking = $2 ORDER BY order_id, case_id, number LIMIT $3",
            *(marketplace, tracking, most),
        )
        return [_said_there(row) for row in rows]

    async def case_note(self, marketplace: str, order_id: str, case_id: str) -> CaseNote:
        """What was noted of a case; `number` 0 for nothing, NEVER_AGAIN where it is forgotten."""
        at = (marketplace, order_id, case_id)
        where = "WHERE marketplace = $1 AND order_id = $2 AND case_id = $3"
        noted = await self.fetch_one(f"SELECT number, reported FROM noted {where}", *at)
        columns = "number, exhibit, giver_role"
        texts = await self.fetch(f"SELECT {columns}, bits FROM text_prints {where} ORDER BY number", *at)
        trackings = await self.fetch(
            f"SELECT {columns}, tracking FROM trackings {where} ORDER BY number, tracking", *at
        )
        return CaseNote(
            *at,
            0 if noted is None else noted["number"],
            tuple(_said(row, row["bits"].bytes) for row in texts),
            tuple(_said(row, row["tracking"]) for row in trackings),
            reported=0 if noted is None else noted["reported"],
        )

    async def standings(self, marketplace: str, order_ids: list[str]) -> list[Standing]:
        """The cases of these orders, without those that are forgotten."""
        rows = await self.fetch(
            "SELECT order_id, case_id, customer_id, seller_id, opened_at, shape, state FROM cases "
            "WHERE marketplace = $1 AND order_id = ANY ($2) AND NOT EXISTS (SELECT FROM forgotten "
            "WHERE forgotten.marketplace = cases.marketplace AND forgotten.case_id = cases.case_id) "
            "ORDER BY order_id, case_id",
            *(marketplace, order_ids),
        )
        return [
            Standing(
                row["order_id"], row["case_id"], row["customer_id"], row["seller_id"], row["opened_at"], _state(row)
            )
            for row in rows
        ]


async def forget_prints(
    connection: Connection, marketplace: str, order_id: str, roles: list[str], digests: list[str]
) -> None:
    """Purge what was seen in files of an order, named by giver and digest."""
    for table in ("file_prints", "file_facts"):
        await connection.execute(f"DELETE FROM {table} WHERE {_OF_FILES}", marketplace, order_id, roles, digests)


def _columns(said: tuple[Said, ...]) -> tuple[list[int], list[int], list[str]]:
    return [each.number for each in said], [each.exhibit for each in said], [each.giver.value for each in said]


def _search_columns(search: SearchText | None) -> tuple[list[str], list[str], datetime | None, str, str]:
    if search is None:
        return [], [], None, "", "simple"
    reasons, categories = [reason for reason, _ in search.kinds], [category for _, category in search.kinds]
    return reasons, categories, search.opened_at, search.body, search.config


def _said(row: Any, value: bytes) -> Said:
    return Said(row["number"], row["exhibit"], Role(row["giver_role"]), value)


def _said_there(row: Any, distance: int = 0) -> SaidThere:
    role = Role(row["giver_role"])
    return SaidThere(row["order_id"], row["case_id"], row["number"], row["exhibit"], role, distance)


def _state(row: Any) -> Case | None:
    """The cached state, or None when it is of another shape or cannot be read."""
    if row["shape"] != codec.shape():
        return None
    try:
        return codec.decode_case(row["state"])
    except codec.CodecError:
        return None
