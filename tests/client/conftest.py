"""A shop behind a server on a loopback port, for clients of both kinds."""

import asyncio
import socket
from collections.abc import AsyncIterator
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


@pytest.fixture
async def served(database_url: str, tmp_path: Path) -> AsyncIterator[Served]:
    """A fresh shop on a fresh database, served."""
    store = await PostgresStore.connect(database_url)
    shop = await opened(store, tmp_path / "files")
    config = uvicorn.Config(application(shop.site), lifespan="off", log_config=None, timeout_graceful_shutdown=2)
    server = Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        await server.listens.wait()
        yield Served(shop, f"http://127.0.0.1:{listening.getsockname()[1]}")
        server.should_exit = True
        await serving
    await shop.http.aclose()
    await store.close()
