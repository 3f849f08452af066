"""One workshop for all tests of a run that look into files; starting it takes longer than most of them."""

from collections.abc import AsyncIterator

import pytest_asyncio

from mufakat.evidence.inspection.inspector import Inspector


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def inspector() -> AsyncIterator[Inspector]:
    """A running inspector, as it is in production."""
    async with Inspector() as running:
        yield running
