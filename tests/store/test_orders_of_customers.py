"""A customer's orders, the newest first: as they are put, and as the migration finds those of before."""

from dataclasses import replace
from datetime import timedelta

import asyncpg

from mufakat.store.migrate import load
from mufakat.store.postgres import PostgresStore
from mufakat.store.records import Marketplace
from tests.core.story import order


async def test_orders_are_found_newest_first_also_those_of_before_the_migration(database_url: str) -> None:
    store = await PostgresStore.connect(database_url)
    await store.put_marketplace(Marketplace("toko", "id"))
    first = order()
    for n in range(3):
        at = first.purchased_at + timedelta(days=n)
        await store.put_order("toko", replace(first, order_id=f"o{n}", purchased_at=at))
    await store.put_order("toko", replace(first, order_id="o9", customer_id="somebody else"))
    assert await store.orders_of("toko", first.customer_id, 10) == ["o2", "o1", "o0"]
    assert await store.orders_of("toko", first.customer_id, 1, skip=1) == ["o1"]
    assert await store.orders_of("elsewhere", first.customer_id, 10) == []

    connection = await asyncpg.connect(database_url)
    await connection.execute("ALTER TABLE orders DROP COLUMN purchased_at")
    migration = next(each for each in load() if each.name == "orders_of_customers")
    await connection.execute(migration.sql)
    await connection.close()
    assert await store.orders_of("toko", first.customer_id, 10) == ["o2", "o1", "o0"]

    earlier = replace(first, order_id="o2", purchased_at=first.purchased_at - timedelta(days=1))
    await store.put_order("toko", earlier)
    assert await store.orders_of("toko", first.customer_id, 10) == ["o1", "o0", "o2"], "a snapshot that was replaced"
    await store.close()
