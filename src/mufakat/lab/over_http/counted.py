"""The application once more, in this process over the same database, to count the statements that a page takes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import httpx

from mufakat.api.allowances import Allowances
from mufakat.api.app import application
from mufakat.api.cursors import Cursors
from mufakat.api.principals import Principal
from mufakat.api.rights import Caller
from mufakat.api.site import Site, derived
from mufakat.engine.hooks.keeping import Endpoints
from mufakat.engine.hooks.sending import Sender, outside
from mufakat.engine.materials import Materials
from mufakat.evidence.vault import Vault
from mufakat.lab.over_http import bare
from mufakat.lab.over_http.ground import PLACE, RealClock, engine_over
from mufakat.payments.provider import Provider
from mufakat.store.postgres import PostgresStore
from mufakat.store.seal import Sealer
from mufakat.web import visits
from mufakat.web.front import front

PLENTY: Final = Allowances(1e9, 10**9)


class _NoProviders:
    """No page asks a payment provider."""

    def provider(self, marketplace: str) -> Provider:
        """Raises KeyError."""
        raise KeyError(marketplace)


@dataclass(slots=True)
class Counted:
    """The application, and how many statements it has sent; those of transactions count with how they begin and end."""

    http: httpx.AsyncClient
    site: Site
    statements: int = 0

    @classmethod
    @asynccontextmanager
    async def over(cls, url: str, folder: str) -> AsyncIterator["Counted"]:
        """The application over the database of the bench, with the keys of `serve` there. folder: where files lie."""

        def note(_: Any) -> None:
            made.statements += 1

        store = await PostgresStore.connect(url, connections=1)
        async with store.pool.acquire() as connection:
            connection.add_query_logger(note)
        site = _site(store, folder)
        transport = httpx.ASGITransport(app=application(site, front()))
        made = cls(httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1"), site)
        try:
            yield made
        finally:
            await made.http.aclose()
            await store.close()

    def come_in(self, caller: Caller, who: str, credential: str) -> str:
        """The cookie of a party of the bench whom its marketplace sent, under that credential of the marketplace."""
        value, _ = visits.begun(self.site, Principal(caller, PLACE, who, credential=credential))
        return f"{visits.COOKIE}={value}"

    async def of(self, method: str, path: str, headers: dict[str, str], body: str) -> int:
        """How many statements a request takes, once what is read once has been read. Raises httpx.HTTPStatusError."""
        found = 0
        for _ in range(2):
            before = self.statements
            (await self.http.request(method, path, headers=headers, content=body or None)).raise_for_status()
            found = self.statements - before
        return found


def _site(store: PostgresStore, folder: str) -> Site:
    sealer, clock = Sealer(bare.MASTER), RealClock()
    sender = Sender(store, sealer, clock, outside(private=False))  # nothing is sent, so nothing is opened
    return Site(
        engine=engine_over(store, bare.MASTER),
        store=store,
        sealer=sealer,
        materials=Materials(store, Vault.at(folder), sealer, clock),
        providers=_NoProviders(),
        endpoints=Endpoints(store, sender, clock, private=False),
        own_key=derived(bare.MASTER, b"tokens"),
        cursors=Cursors(derived(bare.MASTER, b"cursors")),
        allowances=PLENTY,
        strangers=PLENTY,
    )
