"""Every door of the application: its routes as the application itself lists them, with a sample request for each.

A route without a sample here fails the tests of rights, of foreign cases and of bad input, so that none is forgotten.
"""

import re
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, cast

import httpx
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from mufakat.api import principals
from mufakat.api.app import build
from mufakat.api.knocking import RIGHT, guard
from mufakat.api.rights import SCOPES, Right
from mufakat.api.site import Site
from mufakat.core.parties import Role
from mufakat.standard_webhooks import Kind
from mufakat.store.accounts import Account
from mufakat.store.postgres import PostgresStore
from mufakat.store.records import CredentialKind, Marketplace
from tests.api.shop import SHOP, Shop

OTHER: Final = "toko lain"
"""Another marketplace in the same database."""
PNG: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8ffff3f0005fe02fea7a6a14b0000000049454e44ae426082"
)


@dataclass(frozen=True)
class Door:
    """A method of a route. `path` with its parameters in braces."""

    method: str
    path: str
    handler: HTTPRouteHandler

    @property
    def name(self) -> str:
        """How it is called in tables of tests."""
        return f"{self.method} {self.path}"

    @property
    def right(self) -> Right | None:
        """The right that it names."""
        return self.handler.opt.get(RIGHT)

    @property
    def guarded(self) -> bool:
        """Whether the guard stands before it."""
        return guard in self.handler.resolve_guards()


@dataclass(frozen=True)
class Sample:
    """A request that fits a door. `{case_id}`, `{order_id}`, `{key_id}` and the like are filled in."""

    json: Any = None
    query: str = ""
    content: bytes | None = None
    type: str = ""
    headers: dict[str, str] = field(default_factory=dict)


TUS: Final = {"tus-resumable": "1.0.0"}
PIECES: Final = "application/offset+octet-stream"
SCAN: Final = {"fact": "scan", "parcel": "OUTBOUND", "kind": "DELIVERED", "at": "2026-01-02T03:04:05Z"}
ORDER: Final = {
    "customer_id": "c-1",
    "seller_id": "s-1",
    "currency": "IDR",
    "lines": [{"line_id": "1", "product_id": "blender", "quantity": 2, "unit_price": 45_000_000}],
    "purchased_at": "2026-01-01T00:00:00Z",
}
REQUEST: Final = {"type": "REFUND", "lines": [{"line_id": "1", "reason": "DAMAGED"}], "text": "It is broken."}
MESSAGE: Final = {"command": "SendMessage", "text": "Hello."}
WORK: Final = {"case_id": "{case_id}", "matter": 1, "kind": "JUDGE"}
FINDING: Final = {"decision": "FOR_CUSTOMER"}

SAMPLES: Final[dict[str, Sample]] = {
    "PUT /v1/orders/{order_id}": Sample(ORDER),
    "GET /v1/orders/{order_id}": Sample(),
    "POST /v1/orders/{order_id}/facts": Sample(SCAN),
    "PUT /v1/orders/{order_id}/parcels/{tracking}": Sample(),
    "GET /v1/orders/{order_id}/parcels": Sample(),
    "GET /v1/scans": Sample(),
    "GET /v1/orders/{order_id}/eligibility": Sample(query="?line=1"),
    "POST /v1/orders/{order_id}/preview": Sample(REQUEST),
    "POST /v1/orders/{order_id}/files": Sample(content=PNG, type="image/png"),
    "GET /v1/orders/{order_id}/files": Sample(),
    "GET /v1/orders/{order_id}/files/{digest}": Sample(),
    "POST /v1/orders/{order_id}/uploads": Sample(headers=TUS | {"upload-length": "50"}),
    "HEAD /v1/uploads/{upload_id}": Sample(headers=TUS),
    "GET /v1/uploads/{upload_id}": Sample(),
    "PATCH /v1/uploads/{upload_id}": Sample(content=b"x", type=PIECES, headers=TUS | {"upload-offset": "0"}),
    "DELETE /v1/uploads/{upload_id}": Sample(headers=TUS),
    "POST /v1/cases": Sample({"order_id": "{order_id}", **REQUEST}),
    "GET /v1/cases": Sample(query="?order_id={order_id}"),
    "GET /v1/cases/{case_id}": Sample(),
    "POST /v1/cases/{case_id}/commands": Sample(MESSAGE),
    "POST /v1/cases/{case_id}/preview": Sample(MESSAGE),
    "GET /v1/cases/{case_id}/timeline": Sample(),
    "GET /v1/cases/{case_id}/messages": Sample(),
    "GET /v1/cases/{case_id}/events": Sample(),
    "GET /v1/cases/{case_id}/files/{digest}": Sample(),
    "GET /v1/cases/{case_id}/files/{digest}/views": Sample(),
    "GET /v1/cases/{case_id}/files/{digest}/views/{number}": Sample(),
    "POST /v1/cases/{case_id}/files/{digest}/links": Sample({"number": 1}),
    "GET /v1/cases/{case_id}/files/{digest}/facts": Sample(),
    "POST /v1/cases/{case_id}/files/{digest}/original": Sample({"reason": "The date in it is in doubt."}),
    "GET /v1/cases/{case_id}/openings": Sample(),
    "GET /v1/openings": Sample(),
    "GET /v1/cases/{case_id}/policy": Sample(),
    "GET /v1/cases/{case_id}/record": Sample(),
    "GET /v1/cases/{case_id}/signals": Sample(),
    "GET /v1/cases/{case_id}/worksheet": Sample(),
    "POST /v1/cases/{case_id}/worksheet": Sample({}),
    "POST /v1/cases/{case_id}/worksheet/statement": Sample({}, query="?for=CUSTOMER"),
    "GET /v1/cases/{case_id}/similar": Sample(),
    "GET /v1/cases/{case_id}/money": Sample(),
    "GET /v1/sellers/{seller_id}/statement": Sample(),
    "GET /v1/cases/{case_id}/statements": Sample(),
    "GET /v1/cases/{case_id}/statements/{number}": Sample(query="?for=CUSTOMER&format=JSON"),
    "GET /v1/rulebooks": Sample(),
    "GET /v1/rulebooks/{name}": Sample(),
    "GET /v1/keys": Sample(),
    "GET /v1/reconciliations": Sample(),
    "POST /v1/keys": Sample({"name": "another", "scopes": ["{scope}"]}),
    "POST /v1/keys/{key_id}/rotate": Sample({"hours": 1}),
    "DELETE /v1/keys/{key_id}": Sample(),
    "GET /v1/notices": Sample(),
    "POST /v1/notices/read": Sample({"until": "2026-01-02T03:04:05Z"}),
    "GET /v1/cases/{case_id}/tellings": Sample(),
    "GET /v1/tellings/undelivered": Sample(),
    "POST /v1/cases/{case_id}/tellings/done": Sample({"cause": 9, "party": "CUSTOMER", "done": "CALLED"}),
    "GET /v1/hooks": Sample(),
    "POST /v1/hooks": Sample({"url": "https://shop.example/hooks"}),
    "PATCH /v1/hooks/{hook_id}": Sample({"events": ["message.sent"]}),
    "DELETE /v1/hooks/{hook_id}": Sample(),
    "POST /v1/hooks/{hook_id}/secret": Sample({"hours": 0}),
    "POST /v1/hooks/{hook_id}/test": Sample(),
    "GET /v1/hooks/{hook_id}/deliveries": Sample(),
    "POST /v1/hooks/{hook_id}/deliveries/{delivery_id}/resend": Sample(),
    "POST /v1/hooks/{hook_id}/replay": Sample({"case_id": "{case_id}"}),
    "POST /v1/signing-keys": Sample({"name": "ours", "public_key": "no key"}),
    "POST /v1/tokens": Sample({"role": "CUSTOMER", "id": "c-1"}),
    "POST /v1/accounts": Sample({"login": "{login}", "name": "Rina"}),
    "GET /v1/accounts": Sample(),
    "GET /v1/accounts/{account_id}": Sample(),
    "PATCH /v1/accounts/{account_id}": Sample({"languages": ["id", "en"], "ties": ["s-77"]}),
    "POST /v1/accounts/{account_id}/disable": Sample(),
    "POST /v1/accounts/{account_id}/enable": Sample(),
    "POST /v1/accounts/{account_id}/invite": Sample(),
    "POST /v1/accounts/{account_id}/reset-second-factor": Sample(),
    "GET /v1/sessions": Sample(),
    "DELETE /v1/sessions": Sample(),
    "DELETE /v1/sessions/{session_id}": Sample(),
    "POST /v1/sessions/reauthenticate": Sample({"password": "the wrong password"}),
    "POST /v1/password": Sample({"password": "the wrong password", "new_password": "a password, new and long"}),
    "POST /v1/second-factor": Sample(),
    "POST /v1/second-factor/confirm": Sample({"code": "000000"}),
    "POST /v1/second-factor/remove": Sample({"code": "000000"}),
    "PUT /v1/orders/{order_id}/contacts": Sample({"customer": {"name": "Ani", "phone": "0811 222 333"}}),
    "GET /v1/orders/{order_id}/contacts": Sample(),
    "POST /v1/cases/{case_id}/contacts/reveal": Sample({"party": "CUSTOMER", "reason": "The courier asks."}),
    "GET /v1/cases/{case_id}/contacts/reveals": Sample(),
    "POST /v1/cases/{case_id}/entries": Sample({"party": "CUSTOMER", "reason": "Her phone was stolen."}),
    "GET /v1/cases/{case_id}/entries": Sample(),
    "DELETE /v1/cases/{case_id}/entries/{support_id}": Sample(),
    "POST /v1/cases/{case_id}/seen-as": Sample({"party": "CUSTOMER", "reason": "She cannot get in."}),
    "GET /v1/cases/{case_id}/seen-as/{support_id}": Sample(),
    "GET /v1/quality/reversals": Sample(query="?by=REASON"),
    "GET /v1/quality/times": Sample(),
    "GET /v1/quality/agreement": Sample(),
    "GET /v1/reports": Sample(query="?figure=OUTCOMES&by=REASON"),
    "GET /v1/reports/summary": Sample(),
    "GET /v1/sellers/{seller_id}/reports": Sample(query="?figure=MONEY&by=PRODUCT"),
    "GET /v1/sellers/{seller_id}/reports/summary": Sample(),
    "GET /v1/quality/samples/{case_id}/{matter}": Sample(),
    "POST /v1/quality/samples/{case_id}/{matter}": Sample({"answers": [], "assessments": []}),
    "GET /v1/quality/samples/{case_id}/{matter}/files/{digest}": Sample(),
    "POST /v1/queue/next": Sample(),
    "POST /v1/queue/hand-back": Sample(WORK | {"reason": "NO_TIME"}),
    "POST /v1/queue/assign": Sample(WORK | {"account_id": "{account_id}"}),
    "GET /v1/queue": Sample(),
    "GET /v1/queue/drafts": Sample(),
    "GET /v1/queue/standing": Sample(),
    "GET /v1/queue/health": Sample(),
    "GET /v1/queue/rules": Sample(),
    "PUT /v1/queue/rules": Sample({"fallback": None, "lease_minutes": 60}),
    "GET /v1/cases/{case_id}/work": Sample(),
    "GET /v1/sandbox": Sample(),
    "POST /v1/sandbox/forward": Sample({"days": 1}),
    "POST /v1/sandbox/cases/{case_id}/judge": Sample(FINDING),
    "POST /v1/sandbox/orders": Sample({"kind": "DELIVERED_YESTERDAY", "customer_id": "c-9", "seller_id": "s-9"}),
    "POST /v1/imports": Sample(
        {
            "order_id": "{order_id}",
            "source": "another system",
            "external_id": "7",
            "steps": [
                {
                    "at": "{now}",
                    "actor": {"role": "CUSTOMER", "id": "c-1"},
                    "command": {"command": "OpenRequest", **REQUEST},
                }
            ],
        }
    ),
}
"""A request for every door under /v1 that gets past it; what the rules say to it then is of no matter here."""


def doors() -> list[Door]:
    """Every method of every route, but for the OPTIONS that the framework answers."""
    found = []
    for route in build(cast("Site", None)).routes:
        if not isinstance(route, HTTPRoute):
            continue
        for handler in route.route_handlers:
            methods = sorted(str(each) for each in handler.http_methods if each != "OPTIONS")
            found += [Door(method, route.path_format, handler) for method in methods]
    return found


OUTER: Final = frozenset(
    {
        "POST /v1/sessions",
        "POST /v1/invitations/accept",
        "GET /v1/oidc/{marketplace}/start",
        "GET /v1/oidc/{marketplace}/callback",
    }
)
"""Doors under /v1 by which somebody comes whom we do not know yet."""


def inner_doors() -> list[Door]:
    """Those under /v1 which need a caller whom we know."""
    return [door for door in doors() if door.path.startswith("/v1") and door.name not in OUTER]


@dataclass
class Place:
    """A shop with a case, an uploaded file, and another marketplace beside it."""

    shop: Shop
    ids: dict[str, str]
    other: principals.Made

    async def knock(self, door: Door, headers: dict[str, str], **ids: str) -> httpx.Response:
        """Send a door its sample; `ids` in place of those that exist."""
        sample, known = SAMPLES[door.name], self.ids | {"login": f"{uuid.uuid4().hex}@toko.example"} | ids
        headers = {"idempotency-key": uuid.uuid4().hex, **sample.headers, **headers}
        if sample.type:
            headers["content-type"] = sample.type
        path = filled(door.path + sample.query, known)
        body = filled(sample.json, known)
        if sample.content is not None:
            return await self.shop.http.request(door.method, path, headers=headers, content=sample.content)
        return await self.shop.http.request(door.method, path, headers=headers, json=body)

    def key(self, *scopes: str, marketplace: str = SHOP, days: float | None = None) -> principals.Made:
        """A server's key with these scopes."""
        now = self.shop.clock.now()
        until = None if days is None else now + timedelta(days=days)
        return principals.make(CredentialKind.SERVER, marketplace, "a server", frozenset(scopes), now, until)

    async def kept(self, made: principals.Made) -> dict[str, str]:
        """Keep a key or an agent's token; the headers of whoever comes with it."""
        assert await self.store.put_credential(made.credential)
        return bearer(made.text)

    async def agent(
        self, who: str, marketplace: str = SHOP, kind: CredentialKind = CredentialKind.AGENT
    ) -> dict[str, str]:
        """An agent of a marketplace, or a lead."""
        now = self.shop.clock.now()
        return await self.kept(principals.make(kind, marketplace, who, frozenset(), now, None))

    async def signed_in(self, who: str, role: str = "AGENT", marketplace: str = SHOP, **changed: Any) -> dict[str, str]:
        """An agent or lead with an account who has just signed in; the account is made where there is none."""
        now, store = self.shop.clock.now(), self.store
        made = Account(marketplace, who, f"{who}@{marketplace.replace(' ', '')}.example", who, role, now, **changed)
        await store.put_account(made)
        account = await store.account(marketplace, who)
        assert account is not None
        begun = await self.shop.site.people.begin(account, "PASSWORD", "a test", now)
        return bearer(begun.token)

    def party(self, role: Role, who: str, by: principals.Made | None = None) -> dict[str, str]:
        """A customer or seller with a token by a server's key."""
        life = timedelta(minutes=15)
        key = (by or self.shop.key).credential
        return bearer(principals.party_token(self.shop.site.own_key, key, role, who, self.shop.clock.now(), life)[0])

    @property
    def store(self) -> PostgresStore:
        """The database."""
        return self.shop.site.store

    async def all_rows(self, marketplace: str = SHOP) -> dict[str, list[str]]:
        """Everything that the database holds of a marketplace, but for when files were last asked for."""
        tables = await self.store.fetch(
            "SELECT table_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND column_name = 'marketplace' ORDER BY 1"
        )
        return {
            table: sorted(
                row["whole"]
                for row in await self.store.fetch(
                    f"SELECT t::text AS whole FROM {table} t WHERE marketplace = $1", marketplace
                )
            )
            for (table,) in tables
        }


def bearer(text: str) -> dict[str, str]:
    """The header of whoever comes with a key or token."""
    return {"authorization": f"Bearer {text}"}


def filled(value: Any, ids: dict[str, str]) -> Any:
    """A sample with its ids in place."""
    if isinstance(value, str):
        return re.sub(r"\{(\w+)\}", lambda found: ids[found[1]], value)
    if isinstance(value, dict):
        return {name: filled(each, ids) for name, each in value.items()}
    return [filled(each, ids) for each in value] if isinstance(value, list) else value


async def furnished(shop: Shop) -> Place:
    """A shop with a case in REVIEW, a file of the customer's, a key to do away with, and another marketplace."""
    await shop.site.store.put_marketplace(Marketplace(OTHER, "id", sandbox=True))
    other = principals.make(CredentialKind.SERVER, OTHER, "a server", SCOPES, shop.clock.now(), None)
    assert await shop.site.store.put_credential(other.credential)
    place = Place(shop, {"name": "id", "scope": "orders:read", "now": shop.clock.now().isoformat()}, other)
    spare = place.key("orders:read")
    assert await place.store.put_credential(spare.credential)
    case_id = await shop.case()
    sent = await shop.http.post(
        "/v1/orders/o-1/files", content=PNG, headers=shop.customer(**{"content-type": "image/png"})
    )
    assert sent.status_code == 201, sent.text
    begun = await shop.http.post(
        "/v1/orders/o-1/uploads", headers=place.party(Role.CUSTOMER, "c-1") | TUS | {"upload-length": "50"}
    )
    assert begun.status_code == 201, begun.text
    place.ids |= {"case_id": case_id, "order_id": "o-1", "key_id": spare.credential.id, "digest": sent.json()["digest"]}
    place.ids |= {"number": "1", "matter": "1", "seller_id": "s-1", "tracking": "JP-1"}
    told = {"customer": {"name": "Ani Wijaya", "email": "ani@mail.example"}, "seller": {"phone": "0812 3456 789"}}
    put = await shop.http.put("/v1/orders/o-1/contacts", json=told, headers=shop.server)
    assert put.status_code == 200, put.text
    token = (await place.signed_in("spare-agent"))["authorization"]
    place.ids |= {"account_id": "spare-agent", "session_id": token.split("_")[1]}
    hook = await shop.site.endpoints.make(SHOP, "https://shop.example/spare", (), Kind.HMAC)
    tried = await shop.site.endpoints.test(SHOP, hook.hook.id)
    assert tried is not None
    place.ids |= {"hook_id": hook.hook.id, "delivery_id": tried.id}
    let_in = {"party": "CUSTOMER", "reason": "Her phone was stolen."}
    entered = await shop.http.post(f"/v1/cases/{case_id}/entries", json=let_in, headers=shop.server)
    assert entered.status_code == 201, entered.text
    place.ids["support_id"] = entered.json()["entry"]["entry_id"]
    place.ids["upload_id"] = begun.json()["upload_id"]
    return place


def no_such_ids(place: Place) -> dict[str, str]:
    """Ids of the same lengths that never existed."""
    case_id = str(uuid.uuid4())
    return {"case_id": case_id, "order_id": "x-9", "key_id": "f" * 32, "digest": "0" * 64, "upload_id": "e" * 32} | {
        "account_id": "no-such-one",
        "session_id": "d" * 32,
        "hook_id": "c" * 32,
        "delivery_id": "b" * 32,
        "support_id": "c" * 32,
    }


def code_of(said: httpx.Response) -> str:
    """The code of a problem; a HEAD is answered without one."""
    is_problem = said.headers.get("content-type", "").startswith("application/problem")
    code: str = said.json()["code"] if is_problem and said.content else ""
    return code
