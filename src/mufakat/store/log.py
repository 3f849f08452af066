"""The hot path on PostgreSQL: one reading statement and one writing statement for a command, each over a batch."""

from typing import Any, Final

import asyncpg

from mufakat.core.case import Case
from mufakat.core.evolve import replay
from mufakat.core.order import Order, OrderState
from mufakat.core.policy.codec import decode as decode_policy
from mufakat.core.policy.policy import Policy
from mufakat.store import codec
from mufakat.store.batching import Batcher
from mufakat.store.codec import Stored
from mufakat.store.database import Database, Pool
from mufakat.store.records import (
    Answered,
    Ask,
    CaseKey,
    Loaded,
    LoggedEvent,
    Marketplace,
    OrderPut,
    Sealed,
    TextsWanted,
    Write,
    other_kind,
)
from mufakat.store.statement import prepare

LANES: Final = 2
"""Statements of a kind under way at once; the third command joins a batch. One to four showed no clear winner."""

NO_USES: Final = b"{}"
"""`orders.uses` before the first case; the snapshot may be replaced only while it stands so."""

_LOAD: Final = """
SELECT q.n, m.market, m.clock_offset, m.clock_frozen, m.sandbox, o.version, o.snapshot, o.uses,
    (SELECT array_agg(f.body ORDER BY f.number) FROM order_facts f
        WHERE f.marketplace = o.marketplace AND f.order_id = o.order_id) AS facts,
    c.case_id, c.head, c.policy,
    CASE WHEN c.shape = $5 THEN c.state END AS state,
    CASE WHEN c.shape <> $5 THEN (SELECT array_agg(e.body ORDER BY e.number) FROM events e
        WHERE e.marketplace = c.marketplace AND e.order_id = c.order_id AND e.case_id = c.case_id) END AS bodies,
    CASE WHEN c.policy <> ALL ($6::text[]) THEN (SELECT p.body FROM policies p
        WHERE p.marketplace = c.marketplace AND p.hash = c.policy) END AS policy_body,
    k.wrapped, k.wrapped_by,
    i.input_hash, i.order_id AS answered_order, i.case_id AS answered_case, i.first, i.last
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])
    WITH ORDINALITY AS q (marketplace, order_id, case_id, key, n)
JOIN marketplaces m ON m.marketplace = q.marketplace
JOIN orders o ON o.marketplace = q.marketplace AND o.order_id = q.order_id
LEFT JOIN cases c ON c.marketplace = q.marketplace AND c.order_id = q.order_id AND c.case_id = q.case_id
LEFT JOIN case_keys k ON k.marketplace = q.marketplace AND k.order_id = q.order_id AND k.case_id = q.case_id
LEFT JOIN idempotency i ON i.marketplace = q.marketplace AND i.key = q.key
"""

# A sandbox's clock is not put back by whoever read it before it was moved on.
_PUT_MARKETPLACE: Final = """
INSERT INTO marketplaces AS m (marketplace, market, clock_offset, clock_frozen, sandbox) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (marketplace) DO UPDATE SET market = excluded.market, clock_frozen = excluded.clock_frozen,
    clock_offset = CASE WHEN m.sandbox THEN greatest(m.clock_offset, excluded.clock_offset)
        ELSE excluded.clock_offset END
    WHERE m.sandbox = excluded.sandbox
RETURNING marketplace
"""

_PUT_ORDER: Final = """
INSERT INTO orders (marketplace, order_id, version, customer_id, seller_id, snapshot, uses, purchased_at)
SELECT m.marketplace, $2, 1, $3, $4, $5, $6, $7 FROM marketplaces m WHERE m.marketplace = $1
ON CONFLICT (marketplace, order_id) DO UPDATE SET version = orders.version + 1, customer_id = excluded.customer_id,
    seller_id = excluded.seller_id, snapshot = excluded.snapshot, purchased_at = excluded.purchased_at
    WHERE orders.uses = excluded.uses AND orders.snapshot <> excluded.snapshot
RETURNING version
"""

_EVENTS: Final = """
SELECT number, body, hash, previous FROM events
WHERE marketplace = $1 AND order_id = $2 AND case_id = $3 ORDER BY number
"""


_TEXTS: Final = """
SELECT q.n, s.hash, s.ciphertext FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int4[])
    AS q (marketplace, order_id, case_id, hash, n)
JOIN sealed s ON s.marketplace = q.marketplace AND s.order_id = q.order_id AND s.case_id = q.case_id
    AND s.hash = q.hash
"""


class PostgresLog(Database):
    """Orders, events and what a command needs, in PostgreSQL."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self._policies: dict[str, Policy] = {}
        self._texts: Batcher[TextsWanted, list[Sealed]] = Batcher(self._read_texts, lanes=LANES)
        self._loads: Batcher[Ask, Loaded | None] = Batcher(self.load_many, lanes=LANES)
        self._writes: Batcher[Write, bool] = Batcher(self._write_settled, lambda w: (w.marketplace, w.order_id), LANES)

    async def put_marketplace(self, marketplace: Marketplace) -> None:
        """Add a tenant or change its market or clock; raises ValueError where it would become a sandbox or live."""
        put = await self.fetch_one(
            _PUT_MARKETPLACE,
            marketplace.marketplace,
            marketplace.market,
            marketplace.offset,
            marketplace.frozen,
            marketplace.sandbox,
        )
        if put is None:
            raise ValueError(other_kind(marketplace))

    async def marketplaces(self) -> list[Marketplace]:
        """Every tenant."""
        rows = await self.fetch("SELECT * FROM marketplaces ORDER BY marketplace")
        return [_marketplace(row["marketplace"], row) for row in rows]

    async def put_order(self, marketplace: str, order: Order) -> OrderPut:
        """Keep a snapshot. A different one replaces it until the first case of the order."""
        body = codec.encode_order(order)
        key = (marketplace, order.order_id)
        parties = (order.customer_id, order.seller_id)
        put = await self.fetch_one(_PUT_ORDER, *key, *parties, body, NO_USES, order.purchased_at)
        if put is not None:
            return OrderPut.NEW if put["version"] == 1 else OrderPut.CHANGED
        there = await self.fetch_one("SELECT snapshot FROM orders WHERE marketplace = $1 AND order_id = $2", *key)
        if there is None:
            return OrderPut.NO_MARKETPLACE
        return OrderPut.SAME if there["snapshot"] == body else OrderPut.IN_USE

    async def load(self, ask: Ask) -> Loaded | None:
        """All that a command needs, in one round trip; None when the marketplace has no such order."""
        return await self._loads(ask)

    async def load_many(self, batch: list[Ask]) -> list[Loaded | None]:
        """The same for several commands, in one round trip together."""
        found: list[Loaded | None] = [None] * len(batch)
        for row in await self.load_rows(batch):
            found[row["n"] - 1] = self._loaded(batch[row["n"] - 1].marketplace, row)
        return found

    async def load_rows(self, batch: list[Ask]) -> list[asyncpg.Record]:
        """The same as it is stored: a row for each that is there, `n` says for which, counted from 1."""
        return await self.fetch(
            _LOAD,
            [ask.marketplace for ask in batch],
            [ask.order_id for ask in batch],
            [ask.case_id for ask in batch],
            [ask.key for ask in batch],
            codec.shape(),
            list(self._policies),
        )

    async def write(self, write: Write) -> bool:
        """Write one command's changes whole; False when the order has moved on, or the key was used meanwhile."""
        return await self._writes(write)

    async def write_many(self, batch: list[Write]) -> list[bool]:
        """Write several commands of different orders in one statement; False for each that is stale.

        Raises asyncpg.UniqueViolationError, with nothing written, when a key of the batch was used meanwhile.
        """
        sql, arguments = prepare(batch)
        moved = {(row["marketplace"], row["order_id"]) for row in await self.fetch(sql, *arguments)}
        return [(write.marketplace, write.order_id) in moved for write in batch]

    async def events(self, marketplace: str, order_id: str, case_id: str) -> list[LoggedEvent]:
        """A case's log as stored, oldest first; empty when there is none."""
        rows = await self.fetch(_EVENTS, marketplace, order_id, case_id)
        return [LoggedEvent(row["number"], row["body"], row["hash"], row["previous"]) for row in rows]

    async def history(self, marketplace: str, order_id: str, case_id: str) -> list[Stored]:
        """A case's log read back, oldest first; empty when there is none."""
        return [codec.decode_event(each.body) for each in await self.events(marketplace, order_id, case_id)]

    async def sealed_texts(self, wanted: TextsWanted) -> list[Sealed]:
        """Those of some sealed texts of a case that are there; calls that come together share a statement."""
        return await self._texts(wanted)

    async def _read_texts(self, batch: list[TextsWanted]) -> list[list[Sealed]]:
        rows = [
            (each.marketplace, each.order_id, each.case_id, hash_, n)
            for n, each in enumerate(batch)
            for hash_ in each.hashes
        ]
        found: list[list[Sealed]] = [[] for _ in batch]
        for row in await self.fetch(_TEXTS, *(list(column) for column in zip(*rows, strict=True))) if rows else ():
            found[row["n"]].append(Sealed(row["hash"], row["ciphertext"]))
        return found

    async def _write_settled(self, batch: list[Write]) -> list[bool]:
        try:
            return await self.write_many(batch)
        except asyncpg.UniqueViolationError as error:
            # Two commands under one key met. Alone, the later one is stale: it loads again and finds the first answer.
            if len(batch) == 1 and error.constraint_name == "idempotency_pkey":
                return [False]
            raise

    def _loaded(self, marketplace: str, row: asyncpg.Record) -> Loaded:
        facts = tuple(codec.decode_fact(body) for body in row["facts"] or ())
        order = OrderState(codec.decode_order(row["snapshot"]), facts, codec.decode_uses(row["uses"]))
        key = None if row["wrapped_by"] is None else CaseKey(row["wrapped"], row["wrapped_by"])
        return Loaded(
            marketplace=_marketplace(marketplace, row),
            version=row["version"],
            order=order,
            case=_case(row),
            head=row["head"] or b"",
            policy=self._policy(row),
            key=key,
            answered=_answered(row),
        )

    def _policy(self, row: asyncpg.Record) -> Policy | None:
        name = row["policy"]
        if name is None:
            return None
        if row["policy_body"] is not None:
            self._policies[name] = decode_policy(row["policy_body"])
        return self._policies[name]


def _marketplace(name: str, row: asyncpg.Record) -> Marketplace:
    return Marketplace(name, row["market"], row["clock_offset"], row["clock_frozen"], row["sandbox"])


def _case(row: asyncpg.Record) -> Case | None:
    if row["case_id"] is None:
        return None
    if row["state"] is not None:
        return codec.decode_case(row["state"])
    return replay(codec.decode_event(body).recorded for body in row["bodies"])


def _answered(row: Any) -> Answered | None:
    if row["input_hash"] is None:
        return None
    return Answered(row["input_hash"], row["answered_order"], row["answered_case"], row["first"], row["last"])
