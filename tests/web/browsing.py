"""A browser without eyes: it keeps cookies, follows nothing by itself, and fills forms as they are drawn."""

import html
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx

from mufakat.api import principals
from mufakat.api.app import application
from mufakat.api.principals import LONGEST_TOKEN
from mufakat.core.parties import Role
from mufakat.web.front import front
from tests.api.shop import CUSTOMER, SELLER, Shop

HTML = {"accept": "text/html,*/*;q=0.8"}


@dataclass
class Drawn(HTMLParser):
    """A page taken apart: its forms with their fields, its links, and its text."""

    source: str
    forms: list[dict[str, Any]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        if tag == "a" and found.get("href"):
            self.links.append(str(found["href"]))
        if tag == "form":
            self.forms.append({"action": found.get("action", ""), "fields": {}, "buttons": [], "select": ""})
        if self.forms and tag == "button" and found.get("name"):
            self.forms[-1]["buttons"].append((found["name"], found.get("value")))
        if self.forms and tag == "select":
            self.forms[-1]["select"] = found.get("name")
        if self.forms and tag == "option":
            chosen, name = self.forms[-1]["fields"], str(self.forms[-1]["select"])
            if name not in chosen or "selected" in found:
                chosen[name] = [found.get("value") or ""]
        if self.forms and tag in ("input", "textarea") and found.get("name"):
            unticked = found.get("type") in ("checkbox", "radio") and "checked" not in found
            if found.get("type") != "file" and not unticked and "disabled" not in found:
                self.forms[-1]["fields"].setdefault(found["name"], []).append(found.get("value") or "")

    @property
    def text(self) -> str:
        """What a reader reads."""
        bare = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", self.source, flags=re.DOTALL)
        return re.sub(r"\s+", " ", html.unescape(bare))

    def form(self, action: str) -> dict[str, Any]:
        """The one form that is sent there."""
        return next(each for each in self.forms if each["action"].startswith(action))


@dataclass
class Browser:
    """Somebody at the pages of a shop."""

    shop: Shop
    http: httpx.AsyncClient

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """A page."""
        return await self.http.get(path, headers=HTML | headers)

    async def page(self, path: str, **headers: str) -> Drawn:
        """A page that must be there."""
        got = await self.get(path, **headers)
        assert got.status_code == 200, got.text
        return Drawn(got.text)

    async def enter(self, role: Role = Role.CUSTOMER, who: str = "") -> httpx.Response:
        """Come in as a party, as the marketplace sends it."""
        who = who or {Role.CUSTOMER: CUSTOMER, Role.SELLER: SELLER}[role]
        shop = self.shop
        now = shop.clock.now()
        token, _ = principals.party_token(shop.site.own_key, shop.key.credential, role, who, now, LONGEST_TOKEN)
        return await self.get(f"/enter?token={token}")

    async def send(
        self,
        form: dict[str, Any],
        files: Any = None,
        headers: dict[str, str] | None = None,
        fields: dict[str, Any] | None = None,
        **changed: Any,
    ) -> httpx.Response:
        """A form as it was drawn, with some fields changed (`fields`: by names of any shape); None leaves one out."""
        changed |= fields or {}
        values = {name: each[0] if len(each) == 1 else each for name, each in form["fields"].items()} | changed
        kept = {name: value for name, value in values.items() if value is not None}
        said = HTML | {"sec-fetch-site": "same-origin"} | (headers or {})
        return await self.http.post(form["action"], data=kept, files=files, headers=said)

    async def step(self, case_id: str, command: str, files: Any = None, **fields: Any) -> httpx.Response:
        """A step of a case through its form, and through the last look where there is one."""
        drawn = await self.page(f"/cases/{case_id}/steps/{command}")
        form = drawn.form(f"/cases/{case_id}/steps/")
        stages = [value for name, value in form["buttons"] if name == "stage"]
        sent = await self.send(form, files, **fields, stage=stages[0])
        if stages[0] == "check" and sent.status_code == 200:
            again = Drawn(sent.text).form(f"/cases/{case_id}/steps/")
            return await self.send(again, stage="give")
        return sent


def browser(shop: Shop, base: str = "https://mufakat.test") -> Browser:
    """A browser at the pages over a shop's site."""
    transport = httpx.ASGITransport(app=application(shop.site, front()))
    return Browser(shop, httpx.AsyncClient(transport=transport, base_url=base))
