"""The ledger on PostgreSQL: a case's transfers, a seller's statement, everything for an export, and what is amiss.

None of these is on the hot path: transfers are written with the events that cause them (`store/statement.py`).
"""

from collections.abc import AsyncIterator
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from mufakat.core.settlement import Account, Kind, Transfer
from mufakat.store import codec
from mufakat.store.database import Database
from mufakat.store.records import Amiss, Balance, Stated, StatementWanted, Told

COLUMNS: Final = ", ".join(each.name for each in fields(Transfer))
"""A transfer's columns, in the order of its fields."""
PAGE: Final = 1000

AMISS: Final[dict[str, str]] = {
    "sum": """
SELECT marketplace, case_id, currency || ' sums to ' || sum(amount) AS what FROM ledger_legs
WHERE marketplace = $1 GROUP BY marketplace, case_id, currency HAVING sum(amount) <> 0
""",
    "resolved": """
SELECT p.marketplace, p.case_id, p.number || ':' || p.leg || ' is resolved ' || count(*) || ' times' AS what
FROM transfers p JOIN transfers r ON r.marketplace = p.marketplace AND r.order_id = p.order_id AND r.case_id = p.case_id
    AND r.resolves = p.case_id || ':' || p.number || ':' || p.leg
WHERE p.marketplace = $1 GROUP BY p.marketplace, p.case_id, p.number, p.leg HAVING count(*) > 1
""",
    "resolves": """
SELECT r.marketplace, r.case_id, r.number || ':' || r.leg || CASE
    WHEN p.kind IS NULL THEN ' resolves what is not there'
    WHEN p.kind <> 'PENDING' THEN ' resolves what is not pending'
    ELSE ' resolves ' || p.number || ':' || p.leg || ' with another amount or between other accounts' END AS what
FROM transfers r LEFT JOIN transfers p ON p.marketplace = r.marketplace AND p.order_id = r.order_id
    AND p.case_id = r.case_id AND r.resolves = p.case_id || ':' || p.number || ':' || p.leg
WHERE r.marketplace = $1 AND r.resolves <> '' AND (p.kind IS DISTINCT FROM 'PENDING' OR p.debit <> r.debit
    OR p.credit <> r.credit OR p.currency <> r.currency OR r.amount > p.amount
    OR (r.kind <> 'POST' AND r.amount <> p.amount))
""",
    "closed": """
SELECT l.marketplace, l.case_id, 'closed with ' || sum(l.amount) || ' ' || l.currency || ' in ' || l.account
    || CASE WHEN l.state = 'PENDING' THEN ' held' ELSE '' END AS what
FROM ledger_legs l JOIN cases c ON c.marketplace = l.marketplace AND c.order_id = l.order_id AND c.case_id = l.case_id
WHERE l.marketplace = $1 AND NOT c.is_open AND (
    (l.state = 'POSTED' AND l.account IN ('customer/claim', 'seller/debt'))
    OR (l.state = 'PENDING' AND l.account = 'seller/payable'))
GROUP BY l.marketplace, l.case_id, l.currency, l.account, l.state HAVING sum(l.amount) <> 0
""",
    "unmade": """
SELECT c.marketplace, c.case_id, 'no transfers, but money: run mufakat rebuild' AS what FROM cases c
WHERE c.marketplace = $1 AND (c.held > 0 OR c.ordered > 0 OR c.paid > 0) AND NOT EXISTS (SELECT 1 FROM transfers t
    WHERE t.marketplace = c.marketplace AND t.order_id = c.order_id AND t.case_id = c.case_id)
""",
}
"""Queries that find nothing in a sound ledger, one marketplace each: docs/guides/ledger.md prints them for psql."""


class PostgresTransfers(Database):
    """What the ledger says."""

    async def transfers(self, marketplace: str, case_id: str = "") -> list[Transfer]:
        """The transfers of a case in order, or of the whole marketplace; use `every_transfer` for a large one."""
        rows = await self.fetch(
            f"SELECT {COLUMNS} FROM transfers WHERE marketplace = $1 AND ($2 = '' OR case_id = $2) "
            "ORDER BY case_id, number, leg",
            marketplace,
            case_id,
        )
        return [transfer(row) for row in rows]

    async def every_transfer(self, marketplace: str) -> AsyncIterator[Transfer]:
        """All transfers of a marketplace, by order and case, without holding them all."""
        last: tuple[Any, ...] = ("", "", 0, 0)
        while rows := await self.fetch(
            f"SELECT order_id, {COLUMNS} FROM transfers WHERE marketplace = $1 "
            "AND (order_id, case_id, number, leg) > ($2, $3, $4, $5) ORDER BY order_id, case_id, number, leg LIMIT $6",
            marketplace,
            *last,
            PAGE,
        ):
            for row in rows:
                yield transfer(list(row.values())[1:])
            last = (rows[-1]["order_id"], rows[-1]["case_id"], rows[-1]["number"], rows[-1]["leg"])

    async def statement(self, wanted: StatementWanted) -> list[Stated]:
        """A page of what moved on a seller's accounts, oldest first, in a period, after where the last page ended."""
        after = wanted.after or (wanted.since, "", 0, -1)
        rows = await self.fetch(
            _STATEMENT,
            wanted.marketplace,
            wanted.seller_id,
            wanted.since,
            wanted.until,
            *after,
            wanted.limit,
        )
        found = (list(row.values()) for row in rows)
        return [Stated(transfer(rest), order_id, Kind(ended) if ended else None) for order_id, ended, *rest in found]

    async def balances(self, marketplace: str, seller_id: str, until: datetime) -> list[Balance]:
        """What a seller's accounts stood at just before a moment, posted and held, by currency."""
        rows = await self.fetch(_STOOD, marketplace, seller_id, until)
        return [Balance(*row.values()) for row in rows if row["amount"]]

    async def told(self, marketplace: str, case_id: str) -> list[Told]:
        """What the provider was told for a case, in order, what came of it, and what the provider calls it."""
        rows = await self.fetch(
            "SELECT key, body, state, attempts, last_error, reference FROM outbox "
            "WHERE marketplace = $1 AND case_id = $2 AND lane = 'MONEY' ORDER BY position",
            marketplace,
            case_id,
        )
        return [Told(row["key"], codec.decode_effect(row["body"]), *(row[n] for n in _TOLD)) for row in rows]

    async def amiss(self, marketplace: str) -> list[Amiss]:
        """Everything that is not as it should be in the ledger of a marketplace, by the queries that are published."""
        found = []
        for check, sql in AMISS.items():
            found += [Amiss(check, row["case_id"], row["what"]) for row in await self.fetch(sql, marketplace)]
        return found


_STATEMENT: Final = f"""
SELECT t.order_id, r.kind, {", ".join(f"t.{each.name}" for each in fields(Transfer))}
FROM transfers t LEFT JOIN transfers r ON r.marketplace = t.marketplace AND r.order_id = t.order_id
    AND r.case_id = t.case_id AND r.resolves = t.case_id || ':' || t.number || ':' || t.leg AND r.resolves <> ''
WHERE t.marketplace = $1 AND t.seller_id = $2 AND t.at >= $3 AND t.at < $4
    AND (t.at, t.case_id, t.number, t.leg) > ($5, $6, $7, $8)
    AND (t.debit LIKE 'seller/%' OR t.credit LIKE 'seller/%')
ORDER BY t.at, t.case_id, t.number, t.leg LIMIT $9
"""
# What was held at a moment is what had not been resolved by then, whatever came later.
_STOOD: Final = """
WITH legs AS (
    SELECT debit AS account, currency, 'POSTED' AS state, -amount AS amount, at, marketplace, seller_id FROM transfers
    WHERE kind IN ('POSTED', 'POST')
    UNION ALL
    SELECT credit, currency, 'POSTED', amount, at, marketplace, seller_id FROM transfers
    WHERE kind IN ('POSTED', 'POST')
    UNION ALL
    SELECT CASE t.debit WHEN 'seller/payable' THEN t.debit ELSE t.credit END, t.currency, 'PENDING',
        CASE t.debit WHEN 'seller/payable' THEN -t.amount ELSE t.amount END, t.at, t.marketplace, t.seller_id
    FROM transfers t WHERE t.kind = 'PENDING' AND NOT EXISTS (SELECT 1 FROM transfers r
        WHERE r.marketplace = t.marketplace AND r.order_id = t.order_id AND r.case_id = t.case_id AND r.at < $3
        AND r.resolves = t.case_id || ':' || t.number || ':' || t.leg AND r.resolves <> '')
)
SELECT account, currency, state, sum(amount)::int8 AS amount FROM legs
WHERE marketplace = $1 AND seller_id = $2 AND at < $3 AND account LIKE 'seller/%'
GROUP BY account, currency, state ORDER BY account, currency, state
"""
_TOLD: Final = ("state", "attempts", "last_error", "reference")


def transfer(row: Any) -> Transfer:
    """A transfer from its columns."""
    case_id, number, leg, matter, kind, debit, debit_party, credit, *rest = list(row)
    accounts = (Account(debit), debit_party, Account(credit))
    return Transfer(case_id, number, leg, matter, Kind(kind), *accounts, *rest)
