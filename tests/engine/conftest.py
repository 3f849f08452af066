"""What tests of the engine share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.engine.desk import Desk, furnished


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    """Four orders with their files, and the signals over them."""
    async with furnished(database_url, tmp_path / "files") as made:
        yield made
