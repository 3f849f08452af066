"""The contract of a store, on PostgreSQL and on the simulator's memory."""

from collections.abc import AsyncIterator

import pytest

from mufakat.engine.ports import Store
from mufakat.lab.memory import MemoryStore
from mufakat.store.postgres import PostgresStore
from tests.store.contract import Contract
from tests.store.world import World


class TestMemory(Contract):
    """The simulator's store."""

    @pytest.fixture
    def world(self) -> World:
        store: Store = MemoryStore()
        return World(store)


class TestPostgres(Contract):
    """The store of production."""

    @pytest.fixture
    async def world(self, database_url: str) -> AsyncIterator[World]:
        store = await PostgresStore.connect(database_url)
        yield World(store)
        await store.close()
