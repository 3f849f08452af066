"""What all tests share: one embedded PostgreSQL server for the whole run, a fresh database for each test.

TEST_POSTGRES names another server to test on, as the URL of a role that may make databases; `python -m tests.servers`
sets it for one version of PostgreSQL after the other.
"""

import hashlib
import os
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import pytest

from mufakat.store.embedded import EmbeddedPostgres, create_database, drop_database
from mufakat.store.migrate import load, migrate
from tests import homes
from tests.evidence import s3

# A slow moment of the machine is no failure; speed is measured by benchmarks.
hypothesis.settings.register_profile("steady", deadline=None)
hypothesis.settings.load_profile("steady")


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """The server of this test run, without durability. All workers share it; the last one removes it."""
    if given := os.environ.get("TEST_POSTGRES", ""):
        yield given
        return
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)
    folder = homes.fastest() / f"mufakat-tests-{run}"
    with EmbeddedPostgres.start(folder, fast=True, keep=False) as server:
        yield server.url()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder for a test that starts a trial server, into which every account may pass."""
    with homes.open_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def known_templates() -> set[str]:
    """The template databases that this process knows to be up to date."""
    return set()


@pytest.fixture
async def empty_database_url(server_url: str) -> AsyncIterator[str]:
    """The URL of a fresh database without any table; removed after the test."""
    name = f"test_{uuid.uuid4().hex}"
    yield await create_database(server_url, name)
    await drop_database(server_url, name)


@pytest.fixture
async def database_url(server_url: str, known_templates: set[str]) -> AsyncIterator[str]:
    """The URL of a fresh database with all migrations applied; removed after the test."""
    migrations = load()
    template = "template_" + hashlib.sha256("".join(m.sha256 for m in migrations).encode()).hexdigest()[:16]
    if template not in known_templates:
        await migrate(await create_database(server_url, template), migrations)
        known_templates.add(template)
    name = f"test_{uuid.uuid4().hex}"
    yield await create_database(server_url, name, template=template)
    await drop_database(server_url, name)


@pytest.fixture(scope="session")
def s3_server() -> Iterator[s3.S3]:
    """An object store of this worker's own."""
    with s3.running() as server:
        yield server


@pytest.fixture
def bucket(s3_server: s3.S3, monkeypatch: pytest.MonkeyPatch) -> s3.Bucket:
    """A fresh bucket of it, with the variables by which the vault finds it."""
    for name, value in s3_server.keys.variables.items():
        monkeypatch.setenv(name, value)
    return s3_server.bucket()
