"""People of a made-up marketplace: invited, signed in, with a phone for their codes."""

import uuid
from dataclasses import dataclass
from typing import Any

import httpx
import pyotp

from tests.api.doors import bearer
from tests.api.shop import SHOP, Shop

PASSWORD = "sepuluh kerbau biru"


@dataclass
class Person:
    """Somebody with an account, who may be signed in."""

    shop: Shop
    account_id: str
    login: str
    password: str = PASSWORD
    token: str = ""
    secret: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """The header of whoever comes with the session."""
        return bearer(self.token)

    def code(self, steps: int = 0) -> str:
        """What the phone shows, so many steps from now."""
        return pyotp.TOTP(self.secret).at(self.shop.clock.now(), counter_offset=steps)

    async def sign_in(self, **changed: Any) -> httpx.Response:
        """Try to sign in; keeps the token of whoever gets in."""
        asked = {"marketplace": SHOP, "login": self.login, "password": self.password} | changed
        said = await self.shop.http.post("/v1/sessions", json=asked)
        if said.status_code == 201:
            self.token = said.json()["token"]
        return said

    async def ask(self, method: str, path: str, **json: Any) -> httpx.Response:
        """Send something in the session."""
        return await self.shop.http.request(method, f"/v1/{path}", json=json or None, headers=self.headers)

    async def had_work_in(self, case_id: str, order_id: str = "o-1") -> None:
        """As if this person had had the work of a case, which is open to them from then on."""
        await self.shop.site.store.fetch(
            "INSERT INTO work_log (marketplace, order_id, case_id, entry_id, matter, kind, what, agent_id, by_id, at) "
            "VALUES ($1, $2, $3, $4, 1, 'JUDGE', 'TAKEN', $5, $5, $6)",
            *(SHOP, order_id, case_id, uuid.uuid4().hex, self.account_id, self.shop.clock.now()),
        )

    async def enrol(self) -> list[str]:
        """Set up and confirm a second factor; the recovery codes."""
        offered = await self.ask("POST", "second-factor")
        assert offered.status_code == 201, offered.text
        self.secret = offered.json()["secret"]
        confirmed = await self.ask("POST", "second-factor/confirm", code=self.code())
        assert confirmed.status_code == 200, confirmed.text
        codes: list[str] = confirmed.json()["recovery_codes"]
        return codes


async def invited(shop: Shop, name: str, role: str = "AGENT", **changed: Any) -> tuple[Person, str]:
    """Somebody with an account and an invitation, made by the marketplace's server."""
    asked = {"login": f"{name}@toko.example", "name": name.capitalize(), "role": role} | changed
    made = await shop.http.post("/v1/accounts", json=asked, headers=shop.server)
    assert made.status_code == 201, made.text
    account = made.json()["account"]
    return Person(shop, account["account_id"], account["login"]), made.json()["invitation"]


async def accept(shop: Shop, invitation: str, password: str = PASSWORD) -> httpx.Response:
    """Accept an invitation."""
    sent = {"invitation": invitation, "password": password}
    return await shop.http.post("/v1/invitations/accept", json=sent)


async def person(shop: Shop, name: str, role: str = "AGENT", **changed: Any) -> Person:
    """Somebody who is signed in."""
    made, invitation = await invited(shop, name, role, **changed)
    said = await accept(shop, invitation)
    assert said.status_code == 200, said.text
    assert (await made.sign_in()).status_code == 201
    return made


def refused(said: httpx.Response) -> tuple[int, str]:
    """The status and the code of a refusal."""
    return said.status_code, said.json()["code"]
