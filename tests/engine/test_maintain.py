"""Maintenance on PostgreSQL: what was tampered with is noticed, what was lost is made again."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from mufakat.core import commands as c
from mufakat.core.refusals import Refusal
from mufakat.store import codec
from mufakat.store.postgres import PostgresStore
from mufakat.store.records import Ask
from tests.core.story import CUSTOMER, SELLER
from tests.store.world import ASK, World, orders


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """PostgreSQL with one dispute that ran to its end and was paid."""
    store = await PostgresStore.connect(database_url)
    world = await World(store).ready(*orders(2), sold=500_000)
    case_id = await world.disputed()
    await world.give(SELLER, c.Concede(), case_id)
    await world.until_quiet()
    yield world
    await store.close()


@pytest.fixture
async def hand(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """Somebody with a hand in the database."""
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


TAMPERING = {
    "UPDATE events SET body = overlay(body placing 'X'::bytea from 60) WHERE number = 3": (
        3,
        "its bytes are not what was hashed",
    ),
    "UPDATE events SET hash = sha256(body) WHERE number = 2": (2, "its bytes are not what was hashed"),
    "UPDATE events SET previous = hash WHERE number = 4": (4, "it does not follow the event before it"),
    "DELETE FROM events WHERE number = 3": (3, "an event is missing"),
    "DELETE FROM events WHERE number = 1": (1, "an event is missing"),
    "DELETE FROM events WHERE number > 5": (5, "the log does not reach the case's last event"),
    "DELETE FROM events": (0, "the log does not reach the case's last event"),
    "UPDATE events SET case_id = 'other'": (1, "it does not follow the event before it"),
}


@pytest.mark.parametrize("statement", TAMPERING)
async def test_every_kind_of_tampering_is_noticed(
    world: World, hand: "asyncpg.Connection[asyncpg.Record]", statement: str
) -> None:
    assert await world.broken() == []
    await hand.execute(statement)
    broken = await world.broken()
    assert TAMPERING[statement] in [(each.number, each.why) for each in broken]


LOSSES = {
    "UPDATE cases SET state = ''": "state",
    "UPDATE cases SET paid = paid + 1": "case",
    "UPDATE cases SET is_open = true, due = now(), wake = now()": "case",
    "UPDATE cases SET head = ''": "head",
    "UPDATE orders SET uses = '{}'": "uses",
    "DELETE FROM cases": "case",
    "DELETE FROM transfers": "ledger",
    "UPDATE transfers SET amount = amount + 1": "ledger",
}


@pytest.mark.parametrize("statement", LOSSES)
async def test_every_lost_cache_is_found_and_made_again(
    world: World, hand: "asyncpg.Connection[asyncpg.Record]", statement: str
) -> None:
    before = await world.store.cases("here")
    ledger = await world.store.transfers("here")
    await hand.execute(statement)
    assert LOSSES[statement] in {each.what for each in await world.differences()}
    assert await world.differences() == []
    assert await world.store.cases("here") == before
    assert await world.store.transfers("here") == ledger


async def test_a_state_of_another_shape_is_folded_again(
    world: World, hand: "asyncpg.Connection[asyncpg.Record]", monkeypatch: pytest.MonkeyPatch
) -> None:
    (row,) = await world.store.cases("here")
    before = await world.store.load(Ask("here", "o1", row.case_id))
    monkeypatch.setattr(codec, "shape", lambda: "another")
    await hand.execute("UPDATE cases SET state = 'rubbish'")
    assert await world.store.load(Ask("here", "o1", row.case_id)) == before


async def test_a_restored_backup_forgets_again(world: World, hand: "asyncpg.Connection[asyncpg.Record]") -> None:
    (row,) = await world.store.cases("here")
    await hand.execute("CREATE TABLE key_backup AS SELECT * FROM case_keys; CREATE TABLE text_backup AS TABLE sealed")
    assert not isinstance(await world.maintenance.forget("here", row.case_id), Refusal)
    kept = await world.store.forgotten()
    await hand.execute("DELETE FROM forgotten; DELETE FROM case_keys")
    await hand.execute("INSERT INTO case_keys TABLE key_backup; INSERT INTO sealed TABLE text_backup")
    key = await world.store.key_of("here", "o1", row.case_id)
    assert key is not None
    assert key.wrapped is not None
    assert await world.maintenance.apply_forgotten(kept) == 1
    key = await world.store.key_of("here", "o1", row.case_id)
    assert key is not None
    assert key.wrapped is None
    assert await world.store.sealed_of("here", "o1", row.case_id) == {}
    assert [(each.case_id, each.forgotten_at) for each in await world.store.forgotten()] == [
        (each.case_id, each.forgotten_at) for each in kept
    ]


async def test_no_text_stands_anywhere_in_the_database(
    world: World, hand: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await world.give(CUSTOMER, ASK, order_id="o2", key="k")
    tables = await hand.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    for (table,) in tables:
        for row in await hand.fetch(f"SELECT * FROM {table}"):
            for value in row.values():
                shown = value.decode("latin-1") if isinstance(value, bytes) else str(value)
                assert "turn on" not in shown, table
                assert "never worked" not in shown, table
