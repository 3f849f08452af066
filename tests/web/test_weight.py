"""No page is heavy: each one that a visitor can come to by links stays under its limit, as do its style and scripts.

With a busy shop behind it: a seller with forty open requests, a case with sixty messages, the longest of texts.
"""

import re
from collections import Counter, deque

import pytest

from mufakat.core.claim import RequestType
from mufakat.core.parties import Role
from tests.accounts.people import person
from tests.api.shop import Shop
from tests.api.test_queue import disputed, take
from tests.core.story import Story
from tests.web.browsing import Browser, Drawn, browser
from tests.web.signing import sign_in
from tests.web.test_steps import ENGLISH

HEAVIEST = 100_000
"""Bytes of a page, uncompressed and without pictures."""
HEAVIEST_PARTS = 50_000
"""Bytes of all its style and scripts, which a browser keeps for ever."""
OF_A_KIND = 3
"""Pages of one kind that are opened at most; the first of a list are as heavy as the others."""
OF_PROGRAMS = ("/developers", "/docs", "/problems", "/v1")
"""Where the API's own documents are, which are for engineers."""
OPEN, MESSAGES = 40, 60
LONG = ("Panjangsekalitanpaspasi" * 20 + "\n\n" + "Sebuah kalimat <biasa> & panjang. " * 200)[:4000]


def kind_of(path: str) -> str:
    """A page's address without what names one case, order or file."""
    return re.sub(r"(/cases/|/orders/|/files/|/samples/)[^/?]+|=[^&]*|/[0-9]+(?=[/?]|$)", r"\1*", path)


async def walked(visitor: Browser, *starts: str) -> dict[str, int]:
    """Bytes of the heaviest page of each kind that is come to from these by links."""
    waiting, seen, found = deque(starts), Counter[str](), dict[str, int]()
    parts: dict[str, int] = {}
    while waiting:
        path = waiting.popleft()
        kind = kind_of(path)
        if seen[kind] >= OF_A_KIND:
            continue
        seen[kind] += 1
        got = await visitor.get(path)
        assert got.status_code in (200, 303), f"{path}: {got.status_code}"
        if not got.headers.get("content-type", "").startswith("text/html") or "content-disposition" in got.headers:
            continue
        page = Drawn(got.text)
        for tag, each in page.tags:
            place = each.get("src") if tag == "script" else each.get("href") if tag == "link" else None
            if place and place not in parts:
                parts[place] = len((await visitor.get(place)).content)
        own = sum(parts.get(str(each.get("src") or each.get("href")), 0) for tag, each in page.tags if tag != "a")
        assert own < HEAVIEST_PARTS, f"{path}: {own} bytes of style and scripts"
        found[kind] = max(found.get(kind, 0), len(got.content))
        waiting += [
            link.partition("#")[0] for link in page.links if link.startswith("/") and not link.startswith(OF_PROGRAMS)
        ]
    return found


async def busy(shop: Shop) -> str:
    """A shop in which much is open; the case with the many messages, which an agent can judge."""
    cases = [await shop.case(f"o-{n}", text=LONG) for n in range(1, OPEN + 1)]
    case_id = cases[0]
    for n in range(MESSAGES):
        who = shop.customer() if n % 2 else shop.seller()
        text = LONG if n < 2 else f"Pesan {n}: " + "sebuah kalimat seperti yang ditulis orang. " * 4
        assert (await shop.give(case_id, who, "SendMessage", text=text)).status_code == 200
    code = Story().reject_code(RequestType.RETURN_AND_REFUND)
    await shop.give(case_id, shop.seller(), "RejectRequest", code=code, text=LONG)
    await shop.give(case_id, shop.customer(), "RaiseDispute", text=LONG)
    for side in (shop.customer(), shop.seller()):
        assert (await shop.give(case_id, side, "CompleteMaterial")).status_code == 200
    return case_id


@pytest.fixture
async def case_id(shop: Shop) -> str:
    """The heavy case of a busy shop."""
    return await busy(shop)


async def test_every_page_of_the_parties_is_light(visitor: Browser, case_id: str) -> None:
    strangers = await walked(visitor, "/", "/sign-in", "/invitation")
    await visitor.enter(Role.CUSTOMER)
    customers = await walked(visitor, "/orders", "/cases", f"/cases/{case_id}")
    await visitor.enter(Role.SELLER)
    sellers = await walked(visitor, "/cases", f"/cases/{case_id}", "/account")
    assert len(customers) >= 6
    for found in (strangers, customers, sellers):
        assert {kind: size for kind, size in found.items() if size >= HEAVIEST} == {}


async def test_every_page_of_agents_and_leads_is_light(visitor: Browser, case_id: str) -> None:
    shop = visitor.shop
    rina, lia = await person(shop, "rina"), await person(shop, "lia", role="LEAD")
    assert (await take(rina))["case_id"] == case_id
    for who, starts in (
        (rina, ("/desk", f"/cases/{case_id}")),
        (lia, ("/desk", "/queue", "/openings", "/people", "/me")),
    ):
        desk = browser(shop)
        assert (await sign_in(desk, who)).status_code == 303
        found = await walked(desk, *starts)
        assert {kind: size for kind, size in found.items() if size >= HEAVIEST} == {}
        await desk.http.aclose()


async def test_what_a_message_says_is_read_once_and_by_its_number_as_an_exhibit(visitor: Browser) -> None:
    """S4: it counts as material without being handed in again, and without being shown again."""
    shop = visitor.shop
    case_id = await disputed(shop, handed_in=True)
    rina = await person(shop, "rina")
    assert (await take(rina))["case_id"] == case_id
    desk = browser(shop)
    assert (await sign_in(desk, rina)).status_code == 303
    await visitor.enter(Role.CUSTOMER)
    for who in (visitor, desk):
        page = await who.page(f"/cases/{case_id}", **ENGLISH)
        assert page.text.count("The blender does not start.") == 1
        assert page.text.count("It smells of smoke.") == 1, "handed in by itself"
        assert re.search("exhibit [0-9]", page.text)
    ids = {found.get("id") for _, found in (await desk.page(f"/cases/{case_id}")).tags}
    exhibits = (await shop.http.get(f"/v1/cases/{case_id}", headers=shop.customer())).json()["exhibits"]
    assert {f"x-{each['number']}" for each in exhibits} <= ids, "what a worksheet leads to"
    await desk.http.aclose()
