"""A made-up marketplace behind the HTTP application, with somebody of every kind to call it."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from mufakat.api import principals
from mufakat.api.allowances import Allowances
from mufakat.api.app import application
from mufakat.api.cursors import Cursors
from mufakat.api.rights import SCOPES
from mufakat.api.site import Site
from mufakat.cli.providers import FalseProviders
from mufakat.core.parties import Role
from mufakat.engine.handle import Engine
from mufakat.engine.hooks.keeping import Endpoints
from mufakat.engine.hooks.sending import Sender
from mufakat.engine.ids import Uuids
from mufakat.engine.materials import Materials
from mufakat.engine.policies import Rulebooks
from mufakat.engine.signals.hearing import noted_by
from mufakat.engine.signals.noting import Noting
from mufakat.evidence.vault import Vault
from mufakat.store.postgres import PostgresStore
from mufakat.store.records import CredentialKind, Marketplace
from mufakat.store.seal import Sealer
from tests.api.contract import hold
from tests.engine.receiver import Plan
from tests.evidence.looker import looker

SHOP = "toko"
CUSTOMER, SELLER, AGENT = "c-1", "s-1", "agent-1"


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC)

    def now(self) -> datetime:
        """The moment."""
        return self.at

    def forward(self, **span: float) -> None:
        """Let time go by, as `timedelta` takes it."""
        self.at += timedelta(**span)


@dataclass
class Shop:
    """The application, its parts, and headers with which each kind of caller comes."""

    site: Site
    clock: Clock
    http: httpx.AsyncClient
    key: principals.Made
    headers: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def server(self) -> dict[str, str]:
        """The marketplace's own server, with every scope."""
        return {"authorization": f"Bearer {self.key.text}"}

    def party(self, role: Role, who: str, **more: str) -> dict[str, str]:
        """A customer or seller, with a fresh idempotency key."""
        life = timedelta(minutes=15)
        token, _ = principals.party_token(self.site.own_key, self.key.credential, role, who, self.clock.now(), life)
        return {"authorization": f"Bearer {token}", "idempotency-key": uuid.uuid4().hex, **more}

    def customer(self, who: str = CUSTOMER, **more: str) -> dict[str, str]:
        """A customer."""
        return self.party(Role.CUSTOMER, who, **more)

    def seller(self, who: str = SELLER, **more: str) -> dict[str, str]:
        """A seller."""
        return self.party(Role.SELLER, who, **more)

    async def agent(self, who: str = AGENT, **more: str) -> dict[str, str]:
        """An agent, with a token of its own."""
        made = principals.make(CredentialKind.AGENT, SHOP, who, frozenset(), self.clock.now(), None)
        assert await self.site.store.put_credential(made.credential)
        return {"authorization": f"Bearer {made.text}", "idempotency-key": uuid.uuid4().hex, **more}

    async def order(self, order_id: str = "o-1", **changed: Any) -> str:
        """An order of two units that arrived yesterday."""
        now = self.clock.now()
        body = {
            "customer_id": CUSTOMER,
            "seller_id": SELLER,
            "currency": "IDR",
            "lines": [{"line_id": "1", "product_id": "blender", "quantity": 2, "unit_price": 45_000_000}],
            "purchased_at": (now - timedelta(days=5)).isoformat(),
        } | changed
        put = await self.http.put(f"/v1/orders/{order_id}", json=body, headers=self.server)
        assert put.status_code in (200, 201), put.text
        scan = {"fact": "scan", "parcel": "OUTBOUND", "kind": "DELIVERED", "at": (now - timedelta(days=1)).isoformat()}
        told = await self.http.post(f"/v1/orders/{order_id}/facts", json=scan, headers=self.server)
        assert told.status_code == 200, told.text
        return order_id

    async def case(self, order_id: str = "o-1", **changed: Any) -> str:
        """A request about one unit of that order; its id."""
        await self.order(order_id)
        body = {
            "order_id": order_id,
            "type": "RETURN_AND_REFUND",
            "lines": [{"line_id": "1", "reason": "DEFECTIVE"}],
            "text": "The blender does not start.",
        } | changed
        opened = await self.http.post("/v1/cases", json=body, headers=self.customer())
        assert opened.status_code == 201, opened.text
        case_id: str = opened.json()["case"]["case_id"]
        return case_id

    async def give(self, case_id: str, headers: dict[str, str], command: str, **fields: Any) -> httpx.Response:
        """Give a case a command."""
        body = {"command": command, **fields}
        return await self.http.post(f"/v1/cases/{case_id}/commands", json=body, headers=headers)


async def opened(store: PostgresStore, files: Path | str) -> Shop:
    """The shop over a migrated, empty database, with its files in a folder or at a URL."""
    clock = Clock()
    await store.put_marketplace(Marketplace(SHOP, "id"))
    sealer = Sealer(b"s" * 32)
    engine = Engine(store, Rulebooks(), clock, sealer, Uuids())
    plenty = Allowances(1e6, 10**6)
    hear = noted_by(Noting(store, sealer, clock))
    materials = Materials(store, Vault.at(str(files)), sealer, clock, inspector=looker(), after_kept=hear)
    endpoints = Endpoints(store, Sender(store, sealer, clock, Plan([])), clock, private=False)
    providers, cursors = FalseProviders(store, clock), Cursors(b"c" * 32)
    site = Site(engine, store, sealer, materials, providers, endpoints, b"o" * 32, cursors, plenty, plenty)
    key = principals.make(CredentialKind.SERVER, SHOP, "the shop's server", SCOPES, clock.now(), None)
    assert await store.put_credential(key.credential)
    http = httpx.AsyncClient(
        transport=httpx.ASGITransport(app=application(site)),
        base_url="http://mufakat.test",
        event_hooks={"response": [hold]},
    )
    return Shop(site, clock, http, key)
