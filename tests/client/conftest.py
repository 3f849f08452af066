"""A shop behind a server on a loopback port, for clients of both kinds."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn

from mufakat.api.app import application
from mufakat.cli.serving import Server
from mufakat.store.postgres import PostgresStore
from tests.api.shop import Shop, opened
from tests.client.both import KINDS


@dataclass(frozen=True)
class Served:
    """A shop, and where its server listens."""

    shop: Shop
    url: str

    @property
    def key(self) -> str:
        """The key of the marketplace's own server, with every scope."""
        return self.shop.key.text


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """The kind of client."""
    found: str = request.param
    return found


@asynccontextmanager
async def serving(database_url: str, files: Path | str) -> AsyncIterator[Served]:
    """A fresh shop on a migrated, empty database, served; `files`: where it keeps them, a folder or a URL."""
    store = await PostgresStore.connect(database_url)
    try:
        shop = await opened(store, files)
        config = uvicorn.Config(application(shop.site), lifespan="off", log_config=None, timeout_graceful_shutdown=2)
        server = Server(config)
        with socket.create_server(("127.0.0.1", 0)) as listening:
            running = asyncio.create_task(server.serve(sockets=[listening]))
            try:
                await server.listens.wait()
                yield Served(shop, f"http://127.0.0.1:{listening.getsockname()[1]}")
            finally:
                server.should_exit = True
                await running
        await shop.http.aclose()
    finally:
        await store.close()


@pytest.fixture
async def served(database_url: str, tmp_path: Path) -> AsyncIterator[Served]:
    """A shop with a folder for its files, served."""
    async with serving(database_url, tmp_path / "files") as running:
        yield running
