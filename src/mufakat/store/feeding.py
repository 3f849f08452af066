"""Orders as they come by the thousand: a batch is read by one statement and written by one, whatever it holds.

The rows are those that `put_order` and `record_fact` leave behind (orders, facts, and a delivered row of the outbox for
each fact); a test holds the two against each other. Only orders that never had a case are written here: where there is
one, its facts are told to it, and that is the engine's way in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from mufakat.core.order import Fact, Order
from mufakat.store import codec
from mufakat.store.database import Database
from mufakat.store.log import NO_USES
from mufakat.store.records import Lane
from mufakat.store.statement import fact_key


@dataclass(frozen=True, slots=True)
class OrderThere:
    """An order in the bytes in which it is stored. `used`: a case was opened on it, so its snapshot stands for good."""

    version: int
    snapshot: bytes
    facts: tuple[bytes, ...]
    used: bool


@dataclass(frozen=True, slots=True)
class OrderWrite:
    """What is written of an order: its snapshot, and facts that follow those `before`.

    `expected`: the version that stands, 0 for an order that is not there yet; `version`: the one that follows.
    """

    order: Order
    snapshot: bytes
    expected: int
    version: int
    facts: tuple[Fact, ...] = ()
    before: int = 0


_THERE: Final = """
SELECT o.order_id, o.version, o.snapshot, o.uses <> $3 AS used,
    (SELECT array_agg(f.body ORDER BY f.number) FROM order_facts f
        WHERE f.marketplace = o.marketplace AND f.order_id = o.order_id) AS facts
FROM orders o WHERE o.marketplace = $1 AND o.order_id = ANY ($2::text[])
"""

_INSERT: Final = """
    INSERT INTO orders (marketplace, order_id, version, customer_id, seller_id, snapshot, uses, purchased_at)
    SELECT $1, order_id, version, customer_id, seller_id, snapshot, $2, purchased_at FROM fed WHERE expected = 0
    ON CONFLICT (marketplace, order_id) DO NOTHING RETURNING order_id
"""
# An order of a case moved its version when the case was opened, so whoever saw none still sees none.
_UPDATE: Final = """
    UPDATE orders o SET version = f.version, customer_id = f.customer_id, seller_id = f.seller_id,
        snapshot = f.snapshot, purchased_at = f.purchased_at
    FROM fed f WHERE o.marketplace = $1 AND o.order_id = f.order_id AND o.version = f.expected AND o.uses = $2
    RETURNING o.order_id
"""
_WRITE: Final = f"""
WITH fed AS (
    SELECT * FROM unnest($3::text[], $4::int8[], $5::int8[], $6::text[], $7::text[], $8::bytea[], $9::timestamptz[])
        AS f (order_id, expected, version, customer_id, seller_id, snapshot, purchased_at)
), made AS ({_INSERT}), moved AS ({_UPDATE}), put AS (
    SELECT order_id FROM made UNION ALL SELECT order_id FROM moved
), told AS (
    SELECT f.* FROM unnest($10::text[], $11::int4[], $12::bytea[], $13::text[]) AS f (order_id, number, body, key)
    JOIN put USING (order_id)
), kept AS (
    INSERT INTO order_facts (marketplace, order_id, number, body) SELECT $1, order_id, number, body FROM told
), delivered AS (
    INSERT INTO outbox (marketplace, order_id, case_id, key, lane, position, body, state, next_try)
    SELECT $1, order_id, '', key, '{Lane.FACT.value}', number, body, 'DONE', $14 FROM told
)
SELECT order_id FROM put
"""


class PostgresFeeding(Database):
    """Orders by the batch."""

    async def orders_there(self, marketplace: str, order_ids: Sequence[str]) -> dict[str, OrderThere]:
        """Those of some orders that are there, by id."""
        rows = await self.fetch(_THERE, marketplace, list(order_ids), NO_USES)
        return {row["order_id"]: _there(row) for row in rows}

    async def write_orders(self, marketplace: str, writes: Sequence[OrderWrite], try_at: datetime) -> set[str]:
        """Write orders that have no case, each whole with its facts; the ids of those that were written.

        An order that moved on meanwhile is left alone. No order may come twice in `writes`; the marketplace is there.
        try_at: when the delivery loop would have told its cases of the facts, had there been any.
        """
        if not writes:
            return set()
        ordered = sorted(writes, key=lambda each: each.order.order_id)  # two imports at once wait, and never deadlock
        orders = [
            (
                each.order.order_id,
                each.expected,
                each.version,
                each.order.customer_id,
                each.order.seller_id,
                each.snapshot,
                each.order.purchased_at,
            )
            for each in ordered
        ]
        facts = [row for each in ordered for row in _fact_rows(each)]
        columns = [list(column) for column in zip(*orders, strict=True)]
        told = [list(column) for column in zip(*facts, strict=True)] if facts else [[], [], [], []]
        rows = await self.fetch(_WRITE, marketplace, NO_USES, *columns, *told, try_at)
        return {row["order_id"] for row in rows}


def _fact_rows(write: OrderWrite) -> list[tuple[str, int, bytes, str]]:
    order_id = write.order.order_id
    return [
        (order_id, number, codec.encode_fact(fact), fact_key(order_id, number))
        for number, fact in enumerate(write.facts, start=write.before + 1)
    ]


def _there(row: Any) -> OrderThere:
    return OrderThere(row["version"], row["snapshot"], tuple(row["facts"] or ()), row["used"])
