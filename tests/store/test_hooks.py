"""The contract of a store for webhooks, on PostgreSQL and on the simulator's memory."""

from collections.abc import AsyncIterator

import pytest

from mufakat.lab.memory import MemoryStore
from mufakat.store.postgres import PostgresStore
from tests.store.hooks_contract import HooksContract, Stand
from tests.store.world import World


class TestMemory(HooksContract):
    """The simulator's store."""

    @pytest.fixture
    def stand(self) -> Stand:
        store = MemoryStore()
        return Stand(World(store), store)


class TestPostgres(HooksContract):
    """The store of production."""

    @pytest.fixture
    async def stand(self, database_url: str) -> AsyncIterator[Stand]:
        store = await PostgresStore.connect(database_url)
        yield Stand(World(store), store)
        await store.close()
