"""Sealed texts and the statements of maintenance on PostgreSQL. None of these is on the hot path."""

from collections.abc import AsyncIterator
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from mufakat.core.case import Case
from mufakat.core.waiting import Waiting, WorkKind
from mufakat.store import codec
from mufakat.store.contacts import FORGET_CONTACTS, FORGET_REVEALS
from mufakat.store.database import Connection, Database
from mufakat.store.derivatives import FORGET_OPENINGS
from mufakat.store.entries import FORGET_ENTRIES, FORGET_SUPPORT
from mufakat.store.files import forget_files
from mufakat.store.hooks import FORGET_ANSWERS
from mufakat.store.index import COLUMNS, case_row
from mufakat.store.judgements import COLUMNS as JUDGED
from mufakat.store.judgements import judged_line
from mufakat.store.queue import FORGET_NOTES, put_work, split
from mufakat.store.records import Answered, Caches, CaseKey, CaseRow, Forgotten, Sealed
from mufakat.store.reports import read_reported, replace_reported
from mufakat.store.samples import FORGET_SAMPLES
from mufakat.store.signals import DERIVED_FROM_CASE
from mufakat.store.statement import judged_row, table_columns, transfer_row, work_row
from mufakat.store.transfers import COLUMNS as TRANSFER
from mufakat.store.transfers import transfer

PAGE: Final = 1000

DERIVED_FROM_TEXT: Final = (
    "UPDATE case_keys SET wrapped = NULL WHERE marketplace = $1 AND case_id = $2 AND order_id = $3",
    "DELETE FROM sealed WHERE marketplace = $1 AND case_id = $2 AND order_id = $3",
    "UPDATE idempotency SET input_hash = '' WHERE marketplace = $1 AND case_id = $2 AND order_id = $3",
    *DERIVED_FROM_CASE,
    *FORGET_SAMPLES,
    FORGET_OPENINGS,
    FORGET_CONTACTS,
    FORGET_REVEALS,
    FORGET_NOTES,
    FORGET_ANSWERS,
    FORGET_ENTRIES,
    FORGET_SUPPORT,
)
"""Everything that comes from sealed text, in one place: what forgetting purges. Notices, effects and the index hold
ids, codes and amounts only. What is added later and holds text (mail, webhooks, documents, search) is purged here.
The files that only this case names go with it, and what was seen in them: `forget_files`. The contacts of its order go
with the last case of the order."""


class PostgresUpkeep(Database):
    """What maintenance reads and mends."""

    async def key_of(self, marketplace: str, order_id: str, case_id: str) -> CaseKey | None:
        """The wrapped key of a case."""
        row = await self.fetch_one(
            "SELECT wrapped, wrapped_by FROM case_keys WHERE marketplace = $1 AND order_id = $2 AND case_id = $3",
            marketplace,
            order_id,
            case_id,
        )
        return None if row is None else CaseKey(row["wrapped"], row["wrapped_by"])

    async def sealed_of(self, marketplace: str, order_id: str, case_id: str) -> dict[str, Sealed]:
        """The sealed texts of a case by hash."""
        rows = await self.fetch(
            "SELECT hash, ciphertext FROM sealed WHERE marketplace = $1 AND order_id = $2 AND case_id = $3",
            marketplace,
            order_id,
            case_id,
        )
        return {row["hash"]: Sealed(row["hash"], row["ciphertext"]) for row in rows}

    async def answered(self, marketplace: str, key: str) -> Answered | None:
        """The first answer to a key."""
        row = await self.fetch_one(
            "SELECT input_hash, order_id, case_id, first, last FROM idempotency WHERE marketplace = $1 AND key = $2",
            marketplace,
            key,
        )
        return None if row is None else Answered(*row.values())

    async def every_order(self) -> AsyncIterator[tuple[str, str]]:
        """Marketplace and id of every order."""
        last = ("", "")
        while rows := await self.fetch(
            "SELECT marketplace, order_id FROM orders WHERE (marketplace, order_id) > ($1, $2) "
            "ORDER BY marketplace, order_id LIMIT $3",
            *last,
            PAGE,
        ):
            for row in rows:
                last = (row["marketplace"], row["order_id"])
                yield last

    async def logged_cases(self, marketplace: str, order_id: str) -> list[str]:
        """The cases of an order that have a log."""
        rows = await self.fetch(
            "SELECT DISTINCT case_id FROM events WHERE marketplace = $1 AND order_id = $2 ORDER BY case_id",
            marketplace,
            order_id,
        )
        return [row["case_id"] for row in rows]

    async def caches(self, marketplace: str, order_id: str) -> Caches | None:
        """Everything of an order that can be made again."""

        async def read(connection: Connection) -> Caches | None:
            at = (marketplace, order_id)
            where = "WHERE marketplace = $1 AND order_id = $2"
            order = await connection.fetchrow(f"SELECT version, uses, snapshot FROM orders {where} FOR UPDATE", *at)
            if order is None:
                return None
            cases = await connection.fetch(f"SELECT {COLUMNS}, head, shape, state FROM cases {where}", *at)
            moved = await connection.fetch(
                f"SELECT {TRANSFER} FROM transfers {where} ORDER BY case_id, number, leg", *at
            )
            work = await connection.fetch(f"SELECT * FROM work {where} AND {_DERIVED} ORDER BY case_id, matter", *at)
            judged = await connection.fetch(f"SELECT {JUDGED} FROM judgements {where} ORDER BY case_id, number", *at)
            reported = await read_reported(connection, *at)
            return Caches(
                version=order["version"],
                order=codec.decode_order(order["snapshot"]),
                uses=codec.decode_uses(order["uses"]),
                rows={row["case_id"]: _row(row) for row in cases},
                states={row["case_id"]: _state(row) for row in cases},
                heads={row["case_id"]: row["head"] for row in cases},
                transfers=tuple(transfer(row) for row in moved),
                work={case_id: tuple(map(_waiting, rows)) for case_id, rows in groupby(work, itemgetter("case_id"))},
                judged=tuple(judged_line(row) for row in judged),
                reported=reported,
            )

        return await self.transact(read)

    async def replace_caches(self, marketplace: str, order_id: str, fresh: Caches) -> bool:
        """Put them in place; False when the order has moved on since `fresh.version`."""

        async def put(connection: Connection) -> bool:
            at = (marketplace, order_id)
            moved = await connection.fetch(
                "UPDATE orders SET version = version + 1, uses = $4 "
                "WHERE marketplace = $1 AND order_id = $2 AND version = $3 RETURNING version",
                *at,
                fresh.version,
                codec.encode_uses(fresh.uses),
            )
            if not moved:
                return False
            where = "WHERE marketplace = $1 AND order_id = $2"
            await connection.execute(f"DELETE FROM transfers {where}", *at)
            await connection.execute(f"DELETE FROM judgements {where}", *at)
            await connection.execute(f"DELETE FROM cases {where}", *at)
            await connection.executemany(_INSERT_TRANSFER, _transfer_values(marketplace, fresh))
            await connection.executemany(_INSERT_JUDGED, [judged_row(marketplace, each) for each in fresh.judged])
            await connection.executemany(_INSERT_CASE, [_case_values(fresh, case_id) for case_id in fresh.rows])
            await _replace_work(connection, marketplace, order_id, fresh)
            await replace_reported(connection, marketplace, order_id, fresh.reported.values())
            return True

        return await self.transact(put)

    async def forget(self, case: Forgotten) -> None:
        """Destroy the keys of the case and its files, purge what is derived from text, list the case as forgotten."""

        async def purge(connection: Connection) -> None:
            for statement in DERIVED_FROM_TEXT:
                await connection.execute(statement, case.marketplace, case.case_id, case.order_id)
            await connection.execute(
                "INSERT INTO forgotten (marketplace, case_id, order_id, forgotten_at) VALUES ($1, $2, $3, $4) "
                "ON CONFLICT DO NOTHING",
                case.marketplace,
                case.case_id,
                case.order_id,
                case.forgotten_at,
            )
            await forget_files(connection, case)

        await self.transact(purge)

    async def forgotten(self) -> list[Forgotten]:
        """The list of the forgotten, for keeping beside backups."""
        rows = await self.fetch("SELECT marketplace, order_id, case_id, forgotten_at FROM forgotten ORDER BY 1, 2, 3")
        return [Forgotten(*row.values()) for row in rows]


_DERIVED: Final = "kind <> 'SAMPLE'"
"""The work that follows from a case; a sample is drawn by others, and stays."""

_INSERT_CASE: Final = (
    f"INSERT INTO cases ({COLUMNS}, wake, head, shape, state) VALUES "
    f"({', '.join(f'${n}' for n in range(1, len(COLUMNS.split(', ')) + 5))})"
)


def _insert(table: str) -> str:
    columns = table_columns(table)
    places = (f"${n}" for n, _ in enumerate(columns, start=1))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(places)})"


_INSERT_TRANSFER: Final = _insert("transfers")
_INSERT_JUDGED: Final = _insert("judgements")


def _transfer_values(marketplace: str, fresh: Caches) -> list[tuple[Any, ...]]:
    """Rows for the transfers of cases that have a state; there is none without one."""
    cases = fresh.states
    return [
        transfer_row(marketplace, case.order_id, case.seller_id, t)
        for t in fresh.transfers
        if (case := cases[t.case_id]) is not None
    ]


async def _replace_work(connection: Connection, marketplace: str, order_id: str, fresh: Caches) -> None:
    """Put the work of an order's cases right; whoever has some of it keeps it."""
    found = [(case, each) for case_id, case in fresh.states.items() if case is not None for each in fresh.work[case_id]]
    names = [f"{case.case_id}:{each.matter}:{each.kind}" for case, each in found]
    await connection.execute(
        f"DELETE FROM work WHERE marketplace = $1 AND order_id = $2 AND {_DERIVED} "
        "AND case_id || ':' || matter || ':' || kind <> ALL ($3)",
        *(marketplace, order_id, names),
    )
    await put_work(connection, (work_row(marketplace, case, each) for case, each in found))


def _waiting(row: Any) -> Waiting:
    return Waiting(
        matter=row["matter"],
        kind=WorkKind(row["kind"]),
        due=row["due"],
        turn=row["turn"],
        since=row["since"],
        amount=row["amount"],
        escalations=row["escalations"],
        language=row["language"],
        categories=split(row["categories"]),
        barred=split(row["barred"]),
    )


def _row(row: Any) -> CaseRow:
    return case_row([row[name] for name in COLUMNS.split(", ")])


def _state(row: Any) -> Case | None:
    """The cached state, or None when it is of another shape or cannot be read."""
    if row["shape"] != codec.shape():
        return None
    try:
        return codec.decode_case(row["state"])
    except codec.CodecError:
        return None


def _case_values(fresh: Caches, case_id: str) -> tuple[Any, ...]:
    row, case = fresh.rows[case_id], fresh.states[case_id]
    assert case is not None
    values = [getattr(row, name) for name in COLUMNS.split(", ")]
    values[COLUMNS.split(", ").index("phases")] = " ".join(row.phases)
    return (*values, case.wake, fresh.heads[case_id], codec.shape(), codec.encode_case(case))
