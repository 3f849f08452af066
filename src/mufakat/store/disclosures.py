"""Who looked where only a reason lets them, of a whole marketplace: one list of openings, reveals and support.

Each stays in its own table. Ids begin with the moment at which they were made, so an index of each has them by time.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from mufakat.core.disclosed import Disclosed
from mufakat.core.parties import Role
from mufakat.store.database import Database
from mufakat.store.records import CaseKey


@dataclass(frozen=True, slots=True)
class DisclosuresWanted:
    """Which to list, of a marketplace from `since`, before `until` (UTC): by one person, in one case, of one kind.

    `case`: order and case; what is empty or None narrows nothing. `after`: the id of the last one before, empty for the
    newest.
    """

    marketplace: str
    since: datetime
    until: datetime
    by_id: str = ""
    case: tuple[str, str] | None = None
    what: Disclosed | None = None
    after: str = ""
    limit: int = 50


@dataclass(frozen=True, slots=True)
class DisclosureRow:
    """One of them. `exhibit` of ORIGINAL, `party` of all others. `reason` is sealed; a forgotten one has no key."""

    marketplace: str
    what: Disclosed
    id: str
    order_id: str
    case_id: str
    exhibit: int | None
    party: Role | None
    by_id: str
    at: datetime
    reason: bytes
    key: CaseKey
    customer_id: str
    seller_id: str


_COLUMNS: Final = "order_id, case_id, {exhibit} AS exhibit, {party} AS party, at, reason, wrapped, wrapped_by"
_OPENINGS: Final = (
    f"SELECT 'ORIGINAL' AS what, opening_id AS id, agent_id AS by_id, "
    f"{_COLUMNS.format(exhibit='exhibit', party='NULL')} FROM openings"
)
_REVEALS: Final = (
    f"SELECT 'CONTACT' AS what, reveal_id AS id, agent_id AS by_id, "
    f"{_COLUMNS.format(exhibit='NULL::integer', party='party')} FROM reveals"
)
_SUPPORT: Final = (
    f"SELECT what, support_id AS id, by_id, {_COLUMNS.format(exhibit='NULL::integer', party='role')} FROM support"
)
_PARTS: Final = (
    (_OPENINGS, "opening_id", "agent_id", (Disclosed.ORIGINAL,)),
    (_REVEALS, "reveal_id", "agent_id", (Disclosed.CONTACT,)),
    (_SUPPORT, "support_id", "by_id", (Disclosed.SEEN_AS, Disclosed.LET_IN)),
)
"""Each table with its columns as one list has them, the names of its id and of who did it, and what it tells of."""


class PostgresDisclosures(Database):
    """The record of what was disclosed."""

    async def disclosures(self, wanted: DisclosuresWanted) -> list[DisclosureRow]:
        """A page of them, the newest first."""
        before = wanted.after or _first_id(wanted.until, 1)
        values: list[Any] = [
            *(wanted.marketplace, _first_id(wanted.since, 0), before, wanted.since, wanted.until, wanted.limit)
        ]
        tests = ["marketplace = $1", "{id} >= $2", "{id} < $3", "at >= $4", "at < $5"]
        if wanted.by_id:
            values.append(wanted.by_id)
            tests.append(f"{{by}} = ${len(values)}")
        if wanted.case is not None:
            values += wanted.case
            tests.append(f"order_id = ${len(values) - 1} AND case_id = ${len(values)}")
        parts = []
        for columns, name, by, told in _PARTS:
            if wanted.what in (None, *told):
                narrowed = [*tests, *([f"what = '{wanted.what}'"] if wanted.what and len(told) > 1 else [])]
                where = " AND ".join(narrowed).format(id=name, by=by)
                parts.append(f"({columns} WHERE {where} ORDER BY {name} DESC LIMIT $6)")
        found = f"SELECT * FROM ({' UNION ALL '.join(parts)}) every ORDER BY id DESC LIMIT $6"
        rows = await self.fetch(
            f"SELECT d.*, c.customer_id, c.seller_id FROM ({found}) d "
            "JOIN cases c ON c.marketplace = $1 AND c.case_id = d.case_id ORDER BY d.id DESC",
            *values,
        )
        return [_row(wanted.marketplace, row) for row in rows]


def _first_id(moment: datetime, later: int) -> str:
    """What no id of that millisecond, or so many later, comes before: how the hexadecimal digits of a UUIDv7 begin."""
    return f"{int(moment.timestamp() * 1000) + later:012x}"


def _row(marketplace: str, row: Any) -> DisclosureRow:
    return DisclosureRow(
        marketplace=marketplace,
        what=Disclosed(row["what"]),
        id=row["id"],
        order_id=row["order_id"],
        case_id=row["case_id"],
        exhibit=row["exhibit"],
        party=None if row["party"] is None else Role(row["party"]),
        by_id=row["by_id"],
        at=row["at"],
        reason=row["reason"],
        key=CaseKey(row["wrapped"], row["wrapped_by"]),
        customer_id=row["customer_id"],
        seller_id=row["seller_id"],
    )
