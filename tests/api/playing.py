"""Plays the examples of the reference against a shop. `python -m tests.api.playing` writes their answers anew."""

import asyncio
import itertools
import json
import re
import sys
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import pyotp

from mufakat.api import principals
from mufakat.api.describing import examples
from mufakat.api.describing.examples import Call, filled
from mufakat.api.rights import SCOPES
from mufakat.core.notices import Telling
from mufakat.core.parties import Role
from mufakat.core.waiting import BackReason
from mufakat.engine.queue import Queue
from mufakat.engine.sampling import Sampling
from mufakat.engine.signals.noting import Noting
from mufakat.store.embedded import EmbeddedPostgres, create_database
from mufakat.store.migrate import load, migrate
from mufakat.store.postgres import PostgresStore
from mufakat.store.queue import Worker
from mufakat.store.records import CredentialKind, Marketplace, Notice
from tests.api.shop import SHOP, Shop, opened
from tests.homes import open_folder

BEGIN: Final = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
SANDBOX: Final = "toko-try"
CUSTOMER, SELLER = "ani", "toko-budi"
MOST_SHOWN: Final = 3
"""Entries of a list that are written down."""
MOST_NAMES: Final = 40
"""Names of an object that are written down whole."""
SECRET: Final = {
    "secret": "mk_019cabd31f407000800000000000000a_<64 hexadecimal digits>_toko",
    "token": "<header>.<claims>.<signature>",
    "device": "Mozilla/5.0 (X11; Linux x86_64)",
    "request_id": "0197f3a2-6c1e-7bd4-8a55-2f0c9e4b7d10",
    "hash": "b1946ac92492d2347c6235b4d2611184f0a2b1c3d4e5f60718293a4b5c6d7e8f",
    "previous": "591785b794601e212b260e25925636fd0f1e2d3c4b5a69788796a5b4c3d2e1f0",
}
"""What differs each time, by the name under which it stands, and what is written down instead."""
SESSION: Final = re.compile(r"(m[is])_([0-9a-f]{32})_[0-9a-f]{64}_(\w+)")
ENTRY: Final = re.compile(r"(?<=/come-in/)[0-9a-f]{32}_[0-9a-f]{64}")
RECOVERY: Final = re.compile(r"([0-9a-f]{5}-){3}[0-9a-f]{5}")
HOOK_SECRET: Final = re.compile(r"whsec_[A-Za-z0-9+/=]{44}")
TOOK: Final = 38
"""Milliseconds, as they are written down."""
PLACE: Final = "019cabd31f407000800000000000000a"
"""An id of 32 digits, as it is written down."""
FACTOR: Final = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""The secret of a second factor, as it is written down."""
MADE_UP: Final = re.compile(r"\b[0-9a-f]{32}\b")
MADE: Final = re.compile(r"(?<=sandbox-)[0-9a-f-]{36}")
LINK: Final = re.compile(r"(?<=/links/)[\w-]{40,}")
SALTED: Final = re.compile("(?<=sha256:)[0-9a-f]{64}")


HASHED: Final = re.compile(r'"[0-9a-f]{64}"')
"""An ETag that is the hash of bytes, in which an id of a sandbox may stand."""
TELLING: Final = ("ETag", "Location", "Upload-Offset")
"""Headers that are written down."""


class Ids:
    """Ids of cases, one after the other."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def case_id(self, _now: datetime) -> str:
        """The next one."""
        return f"{examples.CASE[:-12]}{next(self._numbers):012d}"


class Player:
    """A shop at a fixed moment, the people of the examples, and what is known so far."""

    def __init__(self, shop: Shop, sandbox: principals.Made) -> None:
        self.shop = shop
        self.known = {name: examples.KNOWN[name] for name in ("digest", "note")}
        self._sandbox = sandbox
        self._agents: dict[str, dict[str, str]] = {}

    async def headers(self, by: str) -> dict[str, str]:
        """How somebody comes."""
        if by == "lead":
            return {"authorization": f"Bearer {self.known['lead_token']}"}
        if by in ("agent", "second", "third"):
            if by not in self._agents:
                self._agents[by] = await self.shop.agent({"agent": "rina", "second": "dewi", "third": "lia"}[by])
            return self._agents[by] | {"idempotency-key": uuid.uuid4().hex}
        if by in ("customer", "seller"):
            role = Role(by.upper())
            return self.shop.party(role, {"customer": CUSTOMER, "seller": SELLER}[by])
        if by == "stranger":
            return self.shop.customer("citra")
        if by.startswith("sandbox"):
            there = replace(self.shop, key=self._sandbox)
            who = {"customer": CUSTOMER, "seller": SELLER}.get(by.removeprefix("sandbox "))
            return there.server if who is None else there.party(Role(by.removeprefix("sandbox ").upper()), who)
        return {} if by == "anybody" else self.shop.server | {"idempotency-key": uuid.uuid4().hex}

    async def call(self, call: Call) -> httpx.Response:
        """Make one call of the examples, and keep what later ones need."""
        self.shop.clock.forward(**call.wait)
        if "factor" in self.known:
            self.known["code"] = pyotp.TOTP(self.known["factor"]).at(self.shop.clock.now())
        if call.operation == "readSample":
            await self._draw()
        if call.operation == "noteDone":
            await self._come_back()
        if call.operation == "readReport":
            await Noting(self.shop.site.store, self.shop.site.sealer, self.shop.clock).drain()
        method, path = place(call.operation)
        sent: dict[str, Any] = {"params": filled(call.query, self.known)}
        body = examples.commands()[call.command] if call.command else call.body
        if body is not None:
            sent["json"] = filled(body, self.known)
        if call.content:
            sent["content"] = filled(call.content, self.known).encode()
        headers = await self.headers(call.by) | filled(call.headers, self.known)
        if call.type:
            headers["content-type"] = call.type
        address = path.format_map(filled(call.path, self.known))
        answer = await self.shop.http.request(method, address, headers=headers, **sent)
        for name, where in call.keep.items():
            self.known[name] = _found(answer, where)
        return answer

    async def _come_back(self) -> None:
        """A letter to the sandbox's seller comes back."""
        store, now, case_id = self.shop.site.store, self.shop.clock.now(), self.known["sandbox_case"]
        order_id, there = self.known["sandbox_order"], self._sandbox.credential.marketplace
        key = f"{case_id}:900:0"
        paid = Notice("SELLER", SELLER, key, order_id, case_id, 1, "refund.paid", "", now, cause=900)
        await store.put_notice(there, paid, now)
        for each in await store.claim_tellings(now, timedelta(minutes=1), 500):
            await store.telling_settled(each, Telling.BOUNCED, now, "the mail server answered 550")

    async def _draw(self) -> None:
        """A case is judged, drawn, and in the second agent's hand."""
        before, site = self.known["case"], self.shop.site
        await self.story("sampled")
        self.known |= {"sampled": self.known["case"], "case": before}
        assert await Sampling(site.store, site.sealer, site.engine.clock, 1.0).drain()
        worker = Worker("dewi")
        while (work := await Queue(site.store, site.sealer, site.engine.clock).take(SHOP, worker)) is not None:
            if work.key.case_id == self.known["sampled"]:
                return
            await Queue(site.store, site.sealer, site.engine.clock).hand_back(
                SHOP, work.key, worker.agent_id, BackReason.NO_TIME
            )

    async def order(self, order_id: str) -> None:
        """An order of one blender that arrived yesterday."""
        await self.shop.order(
            order_id,
            customer_id=CUSTOMER,
            seller_id=SELLER,
            lines=[{"line_id": "1", "product_id": "blender", "quantity": 1, "unit_price": 45_000_000}],
        )

    async def story(self, name: str) -> list[tuple[str, httpx.Response]]:
        """Play one story; each step with its answer."""
        story = examples.stories()[name]
        await self.order(name)
        asked = {"order_id": name, "type": story["asks"], "lines": [{"line_id": "1", "reason": "DEFECTIVE"}]}
        headers = await self.headers("customer")
        answers = [("open", await self.shop.http.post("/v1/cases", json=asked, headers=headers))]
        self.known["case"] = answers[0][1].json()["case"]["case_id"]
        for step in story["steps"]:
            self.shop.clock.forward(minutes=10)
            answers.append((step, await self._step(name, story, step)))
        return answers

    async def _step(self, order_id: str, story: dict[str, Any], step: str) -> httpx.Response:
        by, _, rest = step.partition(" ")
        http, case = self.shop.http, self.known["case"]
        if by == "delivered":
            at = self.shop.clock.now().isoformat()
            scan = {"fact": "scan", "parcel": rest, "kind": "DELIVERED", "at": at}
            return await http.post(f"/v1/orders/{order_id}/facts", json=scan, headers=self.shop.server)
        if by == "upload":
            headers = await self.headers("customer") | {"content-type": "text/plain"}
            return await http.post(f"/v1/orders/{order_id}/files", content=examples.NOTE.encode(), headers=headers)
        body = filled(examples.commands()[rest], self.known)
        if rest == "MakeOffer" and "offer" in story:
            body = body | {"solution": story["offer"]}
        return await http.post(f"/v1/cases/{case}/commands", json=body, headers=await self.headers(by))


def place(operation: str) -> tuple[str, str]:
    """Method and address of an operation."""
    from mufakat.api.app import describe

    for path, item in describe()["paths"].items():
        for method, each in item.items():
            if each["operationId"] == operation:
                return method.upper(), path
    raise KeyError(operation)


def shown(value: Any, name: str = "") -> Any:
    """An answer as it is written down: what differs each time replaced, what is long cut."""
    if isinstance(value, dict):
        names = list(value)[:MOST_SHOWN] if len(value) > MOST_NAMES else list(value)
        return {each: shown(value[each], each) for each in names}
    if isinstance(value, list):
        return [shown(each) for each in value[:MOST_SHOWN]]
    if name == "took_ms":
        return TOOK
    if not isinstance(value, str):
        return value
    value = HOOK_SECRET.sub("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw3J4s5t6u7v8=", value)
    if value.startswith("whsec_"):
        return value
    if name in SECRET and value and not SESSION.fullmatch(value) and not re.fullmatch("[A-Z2-7]{32}", value):
        return SECRET[name]
    value = re.sub(r"(?<=secret=)[A-Z2-7]{32}|^[A-Z2-7]{32}$", FACTOR, value)
    value = ENTRY.sub(f"{PLACE}_<64 hexadecimal digits>", value)
    value = SESSION.sub(rf"\1_{PLACE}_<64 hexadecimal digits>_\3", RECOVERY.sub("3f1c0-9a7e2-55b18-c04d6", value))
    value = LINK.sub(examples.KNOWN["link"], MADE.sub(examples.CASE, value))
    return SALTED.sub(SECRET["hash"], MADE_UP.sub(PLACE, value))


def _hashed(header: str) -> str:
    """A header's value, a hash in it written down as one that stands for any."""
    return HASHED.sub(f'"{SECRET["hash"]}"', header)


def written(answer: httpx.Response) -> dict[str, Any]:
    """What is written down of an answer: its status, the headers that name something, and its content."""
    kept = {name: _hashed(shown(answer.headers[name])) for name in TELLING if name in answer.headers}
    found: dict[str, Any] = {"status": answer.status_code}
    if kept:
        found["headers"] = kept
    kind = answer.headers.get("content-type", "")
    if answer.content:
        found["content"] = shown(answer.json()) if "json" in kind.partition(";")[0] else answer.text
    return found


def _found(answer: httpx.Response, where: str) -> str:
    if where.startswith("header:"):
        return answer.headers[where.removeprefix("header:")]
    value: Any = answer.json()
    for part in where.split("."):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return str(value).removeprefix("/links/")


async def ready(store: PostgresStore, folder: Path) -> Player:
    """A player over a migrated, empty database."""
    shop = await opened(store, folder)
    shop.clock.at = BEGIN
    shop.site.engine._ids = Ids()
    await store.put_marketplace(Marketplace(SANDBOX, "id", sandbox=True))
    keys = [principals.make(CredentialKind.SERVER, each, "server", SCOPES, BEGIN, None) for each in ("toko", SANDBOX)]
    for key in keys:
        assert await store.put_credential(key.credential)
    return Player(replace(shop, key=keys[0]), keys[1])


async def play(player: Player) -> dict[str, Any]:
    """Every call, in order; what is written down of each."""
    return {call.name: written(await player.call(call)) for call in examples.calls()}


async def _renew() -> None:
    with open_folder() as folder, EmbeddedPostgres.start(folder / "db", fast=True) as server:
        url = await create_database(server.url(), "playing")
        await migrate(url, load())
        store = await PostgresStore.connect(url)
        player = await ready(store, folder)
        found = await play(player)
        await player.shop.http.aclose()
        await store.close()
    path = Path(examples.__file__).parents[1] / "examples" / "answers.json"
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(found)} answers written\n")


if __name__ == "__main__":
    asyncio.run(_renew())
