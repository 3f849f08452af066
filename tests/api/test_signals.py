"""Signals over HTTP: agents read of each kind what was seen, where and by which numbers; nobody else hears of any."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from PIL import Image

from tests.api.shop import AGENT, Shop
from tests.evidence.inspected import exif, photo
from tests.evidence.signed import GENERATOR, SIGNER, signed

PICTURE = Image.effect_mandelbrot((640, 480), (-2, -1.5, 1, 1.5), 100)
LONG = (
    "The blender that came was broken at the bottom and did not start at all, though I had only just taken it out of "
    "its box. Please give me my money back."
)


def saved(picture: Image.Image, quality: int = 90) -> bytes:
    """A JPEG that says nothing of its making."""
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


async def asked(shop: Shop, order_id: str, who: str, content: bytes = b"", **changed: Any) -> str:
    """A case of a customer about an order of its own, with a file; its id."""
    there = await shop.order(quote(order_id, safe=""), customer_id=who, seller_id=f"shop-of-{who}")
    if content:
        sent = await shop.http.post(
            f"/v1/orders/{there}/files",
            content=content,
            headers=shop.customer(who, **{"content-type": "image/jpeg"}),
        )
        assert sent.status_code == 201, sent.text
        changed |= {"materials": [{"item": "PROOF_OF_DAMAGE", "digest": sent.json()["digest"]}]}
    body = {
        "order_id": order_id,
        "type": "REFUND",
        "lines": [{"line_id": "1", "reason": "DEFECTIVE"}],
        "text": "Broken.",
    }
    opened = await shop.http.post("/v1/cases", json=body | changed, headers=shop.customer(who))
    assert opened.status_code == 201, opened.text
    case_id: str = opened.json()["case"]["case_id"]
    return case_id


async def answer(shop: Shop, case_id: str, who: str = AGENT, **headers: str) -> dict[str, Any]:
    """All that an agent is answered."""
    said = await shop.http.get(f"/v1/cases/{case_id}/signals", headers=await shop.agent(who) | headers)
    assert said.status_code == 200, said.text
    whole: dict[str, Any] = said.json()
    assert (whole["case_id"], whole["left_out"]) == (case_id, 0)
    return whole


async def one(shop: Shop, case_id: str) -> dict[str, Any]:
    """The only signal of a case."""
    (signal,) = (await answer(shop, case_id))["signals"]
    assert isinstance(signal, dict)
    return signal


async def leads_there(shop: Shop, signal: dict[str, Any]) -> None:
    """Every address in a signal is one that an agent can read."""
    hrefs = [signal["href"]]
    hrefs += [place[name] for place in signal["places"] for name in ("href", "case_href", "order_href")]
    for href in hrefs:
        said = await shop.http.get(href, headers=await shop.agent())
        assert said.status_code == 200, f"{href}: {said.text}"


async def test_the_same_file_in_another_case_is_told_with_where_it_stands(shop: Shop) -> None:
    """S7."""
    content = saved(PICTURE)
    theirs = await asked(shop, "o-2", "c-2", content)
    ours = await asked(shop, "INV/1", "c-1", content)
    signal = await one(shop, ours)
    assert (signal["kind"], signal["by"], signal["exhibit"], signal["event"]) == ("SAME_FILE", "CUSTOMER", 1, 0)
    assert (signal["found"], signal["at_least"]) == (1, False)
    (place,) = signal["places"]
    assert (place["tie"], place["case_id"], place["order_id"]) == ("OTHER_ACCOUNT", theirs, "o-2")
    assert (place["by"], place["account"], place["exhibit"]) == ("CUSTOMER", "c-2", 1)
    assert (place["differing_bits"], place["same_percent"]) == (None, None)
    assert signal["text"] == (
        f"The very same file as exhibit 1 is also on record: by another customer (c-2), in case {theirs} (exhibit 1)."
    )
    nothing = ("taken_at", "taken_local", "delivered_at", "zone", "credentials")
    assert [signal[name] for name in nothing] == [None] * 5
    await leads_there(shop, signal)
    back = await one(shop, theirs)
    assert back["places"][0]["order_href"] == "/v1/orders/INV%2F1"
    await leads_there(shop, back)


async def test_a_picture_that_looks_alike_is_told_with_how_far_it_is(shop: Shop) -> None:
    """S7."""
    theirs = await asked(shop, "o-2", "c-2", saved(PICTURE.resize((320, 240)), 40))
    signal = await one(shop, await asked(shop, "o-1", "c-1", saved(PICTURE)))
    assert (signal["kind"], signal["exhibit"]) == ("NEAR_PICTURE", 1)
    (place,) = signal["places"]
    assert (place["case_id"], place["exhibit"], place["same_percent"]) == (theirs, 1, None)
    assert 0 <= place["differing_bits"] <= 31
    assert place["href"].startswith(f"/v1/cases/{theirs}/files/")
    assert "fingerprint" in signal["text"]
    await leads_there(shop, signal)


async def test_nearly_the_same_text_is_told_with_how_much_of_it(shop: Shop) -> None:
    """S7."""
    theirs = await asked(shop, "o-2", "c-2", text=LONG.replace("box", "carton"))
    await shop.site.signals.drain()
    signal = await one(shop, await asked(shop, "o-1", "c-1", text=LONG))
    assert (signal["kind"], signal["exhibit"], signal["event"]) == ("NEAR_TEXT", 0, 1)
    assert signal["href"].endswith("/events?after=0")
    (place,) = signal["places"]
    assert (place["case_id"], place["event"], place["differing_bits"]) == (theirs, 1, None)
    assert 75 <= place["same_percent"] < 100
    assert f"about {place['same_percent']} % of its pairs of words" in signal["text"]
    assert LONG not in signal["text"]
    await leads_there(shop, signal)


async def test_a_tracking_number_that_is_named_twice_is_told(shop: Shop) -> None:
    """S7."""
    cases = {}
    for order_id, who, number in (("o-1", "c-1", "jp-123.456"), ("o-2", "c-2", "JP123456")):
        cases[who] = await asked(shop, order_id, who)
        proof = {"item": "PROOF_OF_RETURN", "kind": "TRACKING", "refers_to": number}
        given = await shop.give(cases[who], shop.customer(who), "HandIn", material=proof)
        assert given.status_code == 200, given.text
    await shop.site.signals.drain()
    signal = await one(shop, cases["c-1"])
    assert (signal["kind"], signal["exhibit"]) == ("TRACKING_USED_TWICE", 1)
    (place,) = signal["places"]
    assert (place["case_id"], place["exhibit"], place["href"]) == (cases["c-2"], 1, f"/v1/cases/{cases['c-2']}")
    assert "123" not in signal["text"]
    await leads_there(shop, signal)


@pytest.mark.parametrize("offset", ["+07:00", ""])
async def test_a_picture_taken_before_the_delivery_is_told_with_both_moments(shop: Shop, offset: str) -> None:
    """S7."""
    taken = (shop.clock.now() - timedelta(days=10)).replace(microsecond=0, tzinfo=None)
    tags = exif(offset=offset)
    tags.get_ifd(0x8769)[0x9003] = f"{taken:%Y:%m:%d %H:%M:%S}"
    case_id = await asked(shop, "o-1", "c-1", photo(picture=PICTURE, tags=tags))
    signal = await one(shop, case_id)
    assert (signal["kind"], signal["exhibit"], signal["places"]) == ("TAKEN_BEFORE_DELIVERY", 1, [])
    if offset:
        at = f"{taken - timedelta(hours=7):%Y-%m-%dT%H:%M:%SZ}"
        assert (signal["taken_at"], signal["taken_local"], signal["zone"]) == (at, None, "KNOWN")
    else:
        assert (signal["taken_at"], signal["taken_local"], signal["zone"]) == (None, taken.isoformat(), "ANY")
        assert "holds in every zone" in signal["text"]
    assert datetime.fromisoformat(signal["delivered_at"]) == shop.clock.now() - timedelta(days=1)
    await leads_there(shop, signal)


async def test_content_credentials_are_told_as_they_are(shop: Shop) -> None:
    """S7."""
    signal = await one(shop, await asked(shop, "o-1", "c-1", signed(saved(PICTURE), "image/jpeg")))
    assert (signal["kind"], signal["exhibit"], signal["places"]) == ("CONTENT_CREDENTIALS", 1, [])
    assert signal["credentials"] == {
        "holds": "INTACT",
        "generator": GENERATOR,
        "signer": SIGNER,
        "sources": "trainedAlgorithmicMedia",
        "actions": "c2pa.created",
    }
    assert signal["text"].endswith("Who stands behind the signature was not checked.")
    await leads_there(shop, signal)


async def test_signals_speak_the_agents_language(shop: Shop) -> None:
    content = saved(PICTURE)
    await asked(shop, "o-2", "c-2", content)
    ours = await asked(shop, "o-1", "c-1", content)
    told = await answer(shop, ours, **{"accept-language": "id"})
    assert told["language"] == "id"
    assert told["signals"][0]["text"].startswith(
        "File yang persis sama dengan bukti 1 juga tercatat: oleh pembeli lain"
    )


async def test_a_case_about_which_nothing_was_seen_has_none(shop: Shop) -> None:
    case_id = await asked(shop, "o-1", "c-1", saved(PICTURE))
    assert (await answer(shop, case_id))["signals"] == []


async def test_an_agent_who_bought_there_hears_nothing_of_its_own_case(shop: Shop) -> None:
    content = saved(PICTURE)
    theirs = await asked(shop, "o-2", "c-2", content)
    ours = await asked(shop, "o-1", "c-1", content)
    for who in ("c-2", "shop-of-c-2"):
        told = await answer(shop, ours, who)
        assert told["signals"] == []
        refused = await shop.http.get(f"/v1/cases/{theirs}/signals", headers=await shop.agent(who))
        assert (refused.status_code, refused.json()["code"]) == (403, "CONFLICT_OF_INTEREST")


# --- nobody else

WRITTEN = {"noted", "noted_until", "reported", "search_texts", "text_prints", "trackings"}
"""What noting writes."""


def pages(order_id: str, case_id: str, digest: str) -> list[str]:
    """Every page about a case that somebody else than an agent may read."""
    case, order = f"/v1/cases/{case_id}", f"/v1/orders/{order_id}"
    file = f"{case}/files/{digest}"
    return [
        *(case, f"{case}/timeline", f"{case}/messages", f"{case}/events", f"{case}/record", f"{case}/policy"),
        *(file, f"{file}/views", f"{file}/facts", f"{case}/openings"),
        *(order, f"{order}/files", f"{order}/files/{digest}", f"{order}/eligibility?line=1"),
        *(f"/v1/cases?order_id={order_id}", "/v1/cases?sort=CHANGED"),
    ]


def without_moment(said: httpx.Response) -> tuple[int, Any]:
    """An answer but for what differs each time."""
    if "json" not in said.headers["content-type"]:
        return said.status_code, said.content
    body = said.json()
    return said.status_code, {name: each for name, each in body.items() if name != "request_id"}


async def test_no_party_and_no_server_ever_sees_a_signal_or_that_there_is_one(shop: Shop) -> None:
    content = signed(photo(picture=PICTURE), "image/jpeg")
    case_id = await asked(shop, "o-1", "c-1", content, text=LONG)
    (exhibit,) = (await shop.http.get(f"/v1/cases/{case_id}", headers=shop.customer())).json()["exhibits"]
    callers = {"customer": shop.customer(), "seller": shop.seller("shop-of-c-1"), "server": shop.server}
    addresses = [
        (name, page)
        for name in callers
        for page in pages("o-1", case_id, exhibit["digest"])
        if not (name == "server" and page.endswith("CHANGED"))
    ]

    async def seen() -> dict[tuple[str, str], tuple[int, Any]]:
        answers = {(n, page): await shop.http.get(page, headers=callers[n]) for n, page in addresses}
        for where, each in answers.items():
            assert b"signal" not in each.content.lower(), where
        return {where: without_moment(each) for where, each in answers.items()}

    before = await seen()
    assert sum(status == 200 for status, _ in before.values()) > 25
    await asked(shop, "o-2", "c-2", content, text=LONG)
    rows = await all_rows(shop)
    await shop.site.signals.drain()
    kinds = {each["kind"] for each in (await answer(shop, case_id))["signals"]}
    assert kinds == {"SAME_FILE", "NEAR_TEXT", "TAKEN_BEFORE_DELIVERY", "CONTENT_CREDENTIALS"}
    after = await all_rows(shop)
    assert {table for table in rows if rows[table] != after[table]} <= WRITTEN | {"credentials"}
    assert await seen() == before
    for name, headers in callers.items():
        refused = await shop.http.get(f"/v1/cases/{case_id}/signals", headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "NOT_ALLOWED"), name


async def all_rows(shop: Shop) -> dict[str, list[str]]:
    """Everything that the database holds, by table."""
    store = shop.site.store
    tables = await store.fetch("SELECT table_name AS t FROM information_schema.tables WHERE table_schema = 'public'")
    return {
        row["t"]: sorted(each["whole"] for each in await store.fetch(f"SELECT t::text AS whole FROM {row['t']} t"))
        for row in tables
    }


async def test_only_an_agents_case_says_where_its_signals_are(shop: Shop) -> None:
    case_id = await asked(shop, "o-1", "c-1")
    href = f"/v1/cases/{case_id}"
    case = (await shop.http.get(href, headers=await shop.agent())).json()
    assert case["links"]["signals"] == f"{href}/signals"
    for headers in (shop.customer(), shop.seller("shop-of-c-1"), shop.server):
        assert "signals" not in (await shop.http.get(href, headers=headers)).json()["links"]
