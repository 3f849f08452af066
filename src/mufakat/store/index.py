"""Lists over cases on PostgreSQL: each read by an index and paged by key."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from mufakat.store.batching import Batcher
from mufakat.store.database import Database, Pool
from mufakat.store.queue import KNOWN_CASES
from mufakat.store.records import CaseRow, CaseSort, CasesWanted, DueCase, OpenCases

COLUMNS: Final = (
    "marketplace, order_id, case_id, number, policy, type, phases, is_open, due, customer_id, seller_id, currency, "
    "asked, held, ordered, paid, opened_at, changed_at"
)

_PHASES: Final = COLUMNS.split(", ").index("phases")

# Each tenant by its own clock, and each at most the limit, so that no tenant's backlog hides another's.
_DUE: Final = """
SELECT m.marketplace, c.order_id, c.case_id, c.due, c.failures, c.wake FROM marketplaces m CROSS JOIN LATERAL (
    SELECT order_id, case_id, due, failures, wake FROM cases
    WHERE cases.marketplace = m.marketplace AND wake IS NOT NULL
        AND wake <= coalesce(m.clock_frozen, $1::timestamptz + m.clock_offset)
    ORDER BY wake LIMIT $2) c
ORDER BY c.wake
"""

_NEXT: Final = """
SELECT min(at) AS at FROM (
    SELECT c.wake - m.clock_offset AS at FROM marketplaces m CROSS JOIN LATERAL (
        SELECT wake FROM cases WHERE cases.marketplace = m.marketplace AND wake IS NOT NULL ORDER BY wake LIMIT 1) c
    UNION ALL SELECT min(next_try) FROM outbox o WHERE state = 'PENDING' AND (lane <> 'MONEY' OR NOT EXISTS (
        SELECT 1 FROM outbox b WHERE b.state = 'PENDING' AND b.marketplace = o.marketplace AND b.case_id = o.case_id
            AND b.lane = o.lane AND b.position < o.position))
    UNION ALL SELECT min(next_look) FROM obligations WHERE next_look IS NOT NULL) moments
"""


_ORDERS_OF: Final = """
SELECT q.n, c.order_id FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS q (marketplace, case_id, n)
JOIN cases c ON c.marketplace = q.marketplace AND c.case_id = q.case_id
"""

_OPEN_OF_SELLER: Final = """
SELECT phases, coalesce(due < $3, false) AS soon, count(*) AS cases FROM cases
WHERE marketplace = $1 AND seller_id = $2 AND is_open GROUP BY 1, 2
"""

_SORTS: Final = {
    CaseSort.OLDEST: ("case_id > ${}", ("case_id",), "case_id"),
    CaseSort.NEWEST: ("case_id < ${}", ("case_id",), "case_id DESC"),
    CaseSort.DUE: ("(due, case_id) > (${}, ${})", ("due", "case_id"), "due, case_id"),
    CaseSort.CHANGED: ("(changed_at, case_id) > (${}, ${})", ("changed_at", "case_id"), "changed_at, case_id"),
}
"""How a list is ordered: what comes after a row, that row's columns, the order. Each has an index."""


class PostgresIndex(Database):
    """The index rows of cases."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self._orders_of: Batcher[tuple[str, str], str | None] = Batcher(self._read_orders)

    async def order_of(self, marketplace: str, case_id: str) -> str | None:
        """The order of a case, or None; look-ups that come together share a statement."""
        return await self._orders_of((marketplace, case_id))

    async def list_cases(self, wanted: CasesWanted) -> list[CaseRow]:
        """A page of a marketplace's cases: filtered, in the order asked for, after the row where the last ended."""
        sql, values = listing(wanted)
        return [case_row(row) for row in await self.fetch(sql, *values)]

    async def open_of_seller(self, marketplace: str, seller_id: str, soon: datetime) -> list[OpenCases]:
        """A seller's open cases, counted by where they stand and whether they are due before `soon` (UTC)."""
        rows = await self.fetch(_OPEN_OF_SELLER, marketplace, seller_id, soon)
        return [OpenCases(tuple(row["phases"].split()), row["soon"], row["cases"]) for row in rows]

    async def orders_of(self, marketplace: str, customer_id: str, limit: int, skip: int = 0) -> list[str]:
        """Ids of a customer's orders, the newest first, after so many that are skipped."""
        rows = await self.fetch(
            "SELECT order_id FROM orders WHERE marketplace = $1 AND customer_id = $2 "
            "ORDER BY purchased_at DESC, order_id LIMIT $3 OFFSET $4",
            *(marketplace, customer_id, limit, skip),
        )
        return [row["order_id"] for row in rows]

    async def _read_orders(self, asked: list[tuple[str, str]]) -> list[str | None]:
        rows = await self.fetch(_ORDERS_OF, [each[0] for each in asked], [each[1] for each in asked])
        found: list[str | None] = [None] * len(asked)
        for row in rows:
            found[row["n"] - 1] = row["order_id"]
        return found

    async def find_case(self, marketplace: str, case_id: str) -> CaseRow | None:
        """The index row of a case."""
        row = await self.fetch_one(
            f"SELECT {COLUMNS} FROM cases WHERE marketplace = $1 AND case_id = $2", marketplace, case_id
        )
        return None if row is None else case_row(row)

    async def cases_to_tell(self, marketplace: str, order_id: str) -> list[str]:
        """The cases of an order that are open or have left a debt, oldest first: whom later facts concern."""
        rows = await self.fetch(
            "SELECT case_id FROM cases WHERE marketplace = $1 AND order_id = $2 AND (is_open OR ordered > paid) "
            "ORDER BY case_id",
            marketplace,
            order_id,
        )
        return [row["case_id"] for row in rows]

    async def cases(
        self, marketplace: str, after: str = "", limit: int = 100, *, open_only: bool = False
    ) -> list[CaseRow]:
        """A page of a marketplace's cases by id, after the last id of the page before."""
        only = "AND is_open" if open_only else ""
        rows = await self.fetch(
            f"SELECT {COLUMNS} FROM cases WHERE marketplace = $1 AND case_id > $2 {only} ORDER BY case_id LIMIT $3",
            marketplace,
            after,
            limit,
        )
        return [case_row(row) for row in rows]

    async def due(self, now: datetime, limit: int) -> list[DueCase]:
        """Cases to be woken by their marketplace's clock, oldest first, at most `limit` a tenant."""
        return [DueCase(*row.values()) for row in await self.fetch(_DUE, now, limit)]

    async def postpone(self, case: DueCase, until: datetime) -> None:
        """Let the deadline loop leave a case alone until then (its marketplace's time) and count the failure."""
        await self.fetch(
            "UPDATE cases SET wake = $4, failures = failures + 1 "
            "WHERE marketplace = $1 AND order_id = $2 AND case_id = $3 AND wake = $5",
            case.marketplace,
            case.order_id,
            case.case_id,
            until,
            case.wake,
        )

    async def next_moment(self) -> datetime | None:
        """The earliest moment at which a deadline, a delivery or a look may be due; for virtual clocks."""
        row = await self.fetch_one(_NEXT)
        return None if row is None else row["at"]


def listing(wanted: CasesWanted) -> tuple[str, list[Any]]:
    """The statement of a list, and its arguments."""
    after, _, order = _SORTS[wanted.sort]
    values: list[Any] = [wanted.marketplace]
    tests = ["marketplace = $1", *_without_values(wanted)]

    def test(sql: str, *given: Any) -> None:
        tests.append(sql.format(*range(len(values) + 1, len(values) + 1 + len(given))))
        values.extend(given)

    for column in ("order_id", "customer_id", "seller_id", "type"):
        if value := getattr(wanted, column):
            test(column + " = ${}", value)
    if wanted.phases:
        test("string_to_array(phases, ' ') && ${}::text[]", list(wanted.phases))
    if wanted.due_before is not None:
        test("due < ${}", wanted.due_before)
    if wanted.changed_since is not None:
        test("changed_at >= ${}", wanted.changed_since)
    if wanted.worker:
        test(f"case_id IN ({KNOWN_CASES})", wanted.worker)
    if wanted.after:
        test(after, *wanted.after)
    values.append(wanted.limit)
    where = " AND ".join(tests)
    sql = f"SELECT {COLUMNS} FROM cases WHERE {where} ORDER BY {order} LIMIT ${len(values)}"
    return sql, values


def _without_values(wanted: CasesWanted) -> list[str]:
    """The tests that need no argument."""
    tests = [] if wanted.is_open is None else ["is_open" if wanted.is_open else "NOT is_open"]
    return [*tests, "is_open AND due IS NOT NULL"] if wanted.sort is CaseSort.DUE else tests


def place_in(sort: CaseSort, row: CaseRow) -> tuple[Any, ...]:
    """Where a row stands in a list of that order: what `CasesWanted.after` takes."""
    return tuple(getattr(row, column) for column in _SORTS[sort][1])


def case_row(row: Iterable[Any]) -> CaseRow:
    """The index row as a value; its columns are the fields of one, in order."""
    values = list(row)
    values[_PHASES] = tuple(values[_PHASES].split())
    return CaseRow(*values)
