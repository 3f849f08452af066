"""What all tests share: one embedded PostgreSQL server for the whole run, a fresh database for each test."""

import hashlib
import os
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import pytest

from mufakat.store.embedded import EmbeddedPostgres, create_database, drop_database
from mufakat.store.migrate import load, migrate

# A slow moment of the machine is no failure; speed is measured by benchmarks.
hypothesis.settings.register_profile("steady", deadline=None)
hypothesis.settings.load_profile("steady")


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """The server of this test run, without durability. All workers share it; the last one removes it."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)
    folder = Path(tempfile.gettempdir()) / f"mufakat-tests-{run}"
    with EmbeddedPostgres.start(folder, fast=True, keep=False) as server:
        yield server


@pytest.fixture(scope="session")
def known_templates() -> set[str]:
    """The template databases that this process knows to be up to date."""
    return set()


@pytest.fixture
async def empty_database_url(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    """The URL of a fresh database without any table; removed after the test."""
    name = f"test_{uuid.uuid4().hex}"
    yield await create_database(postgres.url(), name)
    await drop_database(postgres.url(), name)


@pytest.fixture
async def database_url(postgres: EmbeddedPostgres, known_templates: set[str]) -> AsyncIterator[str]:
    """The URL of a fresh database with all migrations applied; removed after the test."""
    migrations = load()
    template = "template_" + hashlib.sha256("".join(m.sha256 for m in migrations).encode()).hexdigest()[:16]
    if template not in known_templates:
        await migrate(await create_database(postgres.url(), template), migrations)
        known_templates.add(template)
    name = f"test_{uuid.uuid4().hex}"
    yield await create_database(postgres.url(), name, template=template)
    await drop_database(postgres.url(), name)
