"""News for an open page: only what is for its visitor's eyes, bounded, and over when the visit is."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

import pytest

from mufakat.api.principals import Principal
from mufakat.api.problems import Troubled
from mufakat.api.rights import Caller
from mufakat.web.routes import live
from mufakat.web.visits import begun
from tests.api.shop import CUSTOMER, SHOP, Shop
from tests.web.browsing import browser

ANI = Principal(Caller.CUSTOMER, SHOP, CUSTOMER)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks come quickly, and signs of life with each."""
    monkeypatch.setattr(live, "LOOK_EVERY", 0.01)
    monkeypatch.setattr(live, "SAY_EVERY", 0.05)


async def stream(shop: Shop, case_id: str, streams: live.Streams, since: int = 1) -> AsyncGenerator[str]:
    """What an open page of the customer's hears."""
    who = Principal(Caller.CUSTOMER, SHOP, CUSTOMER, credential=shop.key.credential.id)
    cookie, _ = begun(shop.site, who)
    streams.enter(who)
    async with aclosing(live._news(shop.site, who, "o-1", case_id, since, cookie, streams)) as heard:
        async for piece in heard:
            yield piece


async def until(heard: AsyncIterator[str], word: str) -> str:
    """The first piece with a word in it."""
    async with asyncio.timeout(30):
        async for piece in heard:
            if word in piece:
                return piece
    raise AssertionError(f"it ended without {word}")


async def test_a_page_hears_of_what_is_new_and_nothing_else(shop: Shop) -> None:
    case_id = await shop.case()
    streams = live.Streams(asyncio.Event())
    version = (await shop.http.get(f"/v1/cases/{case_id}", headers=shop.customer())).json()["version"]
    heard = stream(shop, case_id, streams, version)
    assert "retry" in await until(heard, "here")
    assert "changed" not in await until(heard, "here"), "a sign of life while nothing happens"
    await shop.give(case_id, shop.seller(), "SendMessage", text="Which socket did you use?")
    news = await until(heard, "changed")
    assert f"id: {version + 1}" in news or f"id: {version + 2}" in news
    assert "socket" not in news, "the stream carries no text of the case"
    await heard.aclose()
    assert streams.open == 0


async def test_what_is_not_for_its_eyes_is_not_announced(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = await shop.case()
    monkeypatch.setattr(live, "sees", lambda *_: False)
    heard = stream(shop, case_id, live.Streams(asyncio.Event()), 0)
    await until(heard, "retry")
    for _ in range(3):
        assert "changed" not in await until(heard, "here")


async def test_a_stream_ends_with_its_visit_and_with_the_process(shop: Shop) -> None:
    case_id, ending = await shop.case(), asyncio.Event()
    key, store = shop.key.credential, shop.site.store
    first, second = (stream(shop, case_id, live.Streams(ending), 10**6) for _ in range(2))
    await until(first, "retry")
    await until(second, "retry")
    ending.set()
    async with asyncio.timeout(30):
        assert not [piece async for piece in first if "changed" in piece]
    ending.clear()
    await store.end_credential(key.marketplace, key.id, shop.clock.now(), revoke=True)
    async with asyncio.timeout(30):
        assert not [piece async for piece in second if "changed" in piece]


def test_there_are_only_so_many_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    streams = live.Streams(asyncio.Event())
    for _ in range(live.MOST_OF_ONE):
        streams.enter(ANI)
    with pytest.raises(Troubled):
        streams.enter(ANI)
    monkeypatch.setattr(live, "MOST_STREAMS", live.MOST_OF_ONE)
    with pytest.raises(Troubled):
        streams.enter(Principal(Caller.CUSTOMER, SHOP, "c-2"))
    for _ in range(live.MOST_OF_ONE):
        streams.leave(ANI)
    assert streams.open == 0


async def test_the_stream_is_behind_the_visit(shop: Shop) -> None:
    case_id = await shop.case()
    stranger = browser(shop)
    assert (await stranger.get(f"/cases/{case_id}/live")).status_code == 401
    await stranger.enter(who="c-2")
    assert (await stranger.get(f"/cases/{case_id}/live")).status_code == 404
    await stranger.http.aclose()
