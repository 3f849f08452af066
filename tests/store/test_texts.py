"""Sealed texts are read by name, those of several cases together, and what is not there is left out."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from mufakat.core import commands as c
from mufakat.store.postgres import PostgresStore
from mufakat.store.records import TextsWanted
from tests.core.story import CUSTOMER
from tests.store.world import ASK, World, orders


class Counting(PostgresStore):
    """A store that counts its statements."""

    statements = 0

    async def fetch(self, sql: str, *arguments: Any) -> list[Any]:
        self.statements += 1
        return await super().fetch(sql, *arguments)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Counting]:
    made = await Counting.connect(database_url)
    yield made
    await made.close()


def wanted(order_id: str, case_id: str, *hashes: str) -> TextsWanted:
    return TextsWanted("here", order_id, case_id, frozenset(hashes))


async def test_the_texts_of_several_cases_are_read_together_each_its_own(store: Counting) -> None:
    world = await World(store).ready(*orders(2))
    first = await world.give(CUSTOMER, ASK)
    message = await world.give(CUSTOMER, c.SendMessage(text="hello"), first.case_id)
    other = await world.give(CUSTOMER, ASK, order_id="o2")
    asked, said = [each.hash for each in first.sealed], message.sealed[0].hash
    before = store.statements
    found = await asyncio.gather(
        store.sealed_texts(wanted("o1", first.case_id, asked[0], said)),
        store.sealed_texts(wanted("o2", other.case_id, other.sealed[0].hash, said, "sha256:none")),
        store.sealed_texts(wanted("o1", first.case_id)),
    )
    assert store.statements == before + 1
    assert {each.hash for each in found[0]} == {asked[0], said}
    assert found[1] == [other.sealed[0]], "a text of another case is not there"
    assert found[2] == []
    texts = world.sealer.open_all("here", first.case_id, await key(store, first.case_id), found[0])
    assert texts[said] == "hello"


async def key(store: PostgresStore, case_id: str) -> Any:
    """The key of a case of the first order."""
    return await store.key_of("here", "o1", case_id)
