"""The guide to the ledger: its queries are those that are run, and its tables name every account and every event."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.settlement import ROWS, Account
from mufakat.store.migrate import load
from mufakat.store.postgres import PostgresStore
from mufakat.store.transfers import AMISS
from tests.core.story import SELLER
from tests.store.world import World

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/guides/ledger.md").read_text(encoding="utf-8")
QUERIES = [each.replace(":'marketplace'", "$1") for each in re.findall(r"```sql\n(.*?);\n```", GUIDE, re.DOTALL)]


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """PostgreSQL with one dispute that ran to its end and was paid."""
    store = await PostgresStore.connect(database_url)
    world = await World(store).ready(sold=500_000)
    case_id = await world.disputed()
    await world.give(SELLER, c.Concede(), case_id)
    await world.until_quiet()
    yield world
    await store.close()


def test_the_published_checks_are_those_that_are_run() -> None:
    assert QUERIES[1:] == [sql.strip() for sql in AMISS.values()]


async def test_every_published_query_runs(world: World) -> None:
    store = world.store
    assert isinstance(store, PostgresStore)
    found = [await store.fetch(sql, "here") for sql in QUERIES]
    assert {row["account"]: row["sum"] for row in found[0] if row["state"] == "POSTED"} == {
        "customer/claim": 0,
        "provider/clearing": 100_000,
        "seller/debt": 0,
        "seller/payable": -100_000,
    }
    assert found[1:] == [[]] * len(AMISS)


def test_the_guide_names_every_account_and_every_event_that_moves_money() -> None:
    named = set(re.findall(r"`([a-z]+/[a-z]*)`", GUIDE))
    short = {each.rstrip("/") for each in named if each.endswith("/")}
    missing = {x.value for x in Account} - named
    assert {each.partition("/")[0] for each in missing} <= short | {"platform"}
    assert not [kind for kind in ROWS if f"`{e.NAMES[kind]}`" not in GUIDE]


def test_the_guide_names_the_migration_that_needs_a_rebuild() -> None:
    (number,) = (each.number for each in load() if each.name == "transfers")
    assert f"After {number:04} (transfers" in (ROOT / "docs/guides/postgresql.md").read_text(encoding="utf-8")
