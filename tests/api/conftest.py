"""A shop behind the application for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mufakat.store.postgres import PostgresStore
from tests.api.shop import Shop, opened


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    """A fresh shop on a fresh database."""
    store = await PostgresStore.connect(database_url)
    made = await opened(store, tmp_path)
    yield made
    await made.http.aclose()
    await store.close()
