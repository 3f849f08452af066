"""The line to a finance service: signed both ways, bounded, pinned to the address that was checked."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from mufakat.payments import protocol, signing
from mufakat.payments.line import Line, NoReplyError
from mufakat.payments.marketplace import MarketplaceProvider
from mufakat.payments.provider import Outcome, Owed, Reason, Verb
from mufakat.payments.server.books import BooksFile
from tests.payments.stands import SECRET, TIMEOUT, OverHttp, over_http

OWED = Owed("c1:1", "toko", "ani", "IDR", 5_000, 1)


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[OverHttp]:
    """A finance service on this machine."""
    async with over_http(tmp_path) as made:
        yield made


@pytest.mark.parametrize(
    "url, why",
    [
        ("https://127.0.0.1:9/x", "inside a network of one's own"),
        ("https://localhost:9/x", "inside a network of one's own"),
        ("https://10.1.2.3/x", "inside a network of one's own"),
        ("https://169.254.169.254/x", "inside a network of one's own"),
        ("https://[::1]:9/x", "inside a network of one's own"),
        ("https://[::ffff:127.0.0.1]:9/x", "inside a network of one's own"),
        ("https://[fd00::1]/x", "inside a network of one's own"),
    ],
)
async def test_an_address_inside_our_network_is_not_spoken_to_unless_it_is_said(url: str, why: str) -> None:
    async with Line(url, SECRET, timeout=TIMEOUT) as line:
        with pytest.raises(NoReplyError, match=why):
            await line.ask("toko", "GET", "/capabilities")


async def test_the_connection_goes_to_the_address_that_was_checked(
    stand: OverHttp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that leads elsewhere the second time it is asked for is asked for once."""
    asked: list[str] = []
    loop = asyncio.get_running_loop()
    real = loop.getaddrinfo

    async def getaddrinfo(host: str, *more: object, **named: object) -> object:
        asked.append(host)
        return await real("127.0.0.1" if host == "finance.example" else host, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(loop, "getaddrinfo", getaddrinfo)
    port = stand.url.rpartition(":")[2]
    async with Line(f"http://finance.example:{port}/v1", SECRET, private=True, timeout=5) as line:
        reply = await line.ask("toko", "GET", "/capabilities")
    assert reply.status == 200
    assert asked.count("finance.example") == 1


@pytest.mark.parametrize(
    "mishap", ["garbled", "unsigned", "endless", "elsewhere", "drops_after", "error_after", "slow"]
)
async def test_what_cannot_be_believed_says_nothing_and_a_look_up_tells(stand: OverHttp, mishap: str) -> None:
    await stand.sold("toko", 100_000)
    await stand.goes_wrong(mishap)
    answer = await stand.provider.call(Verb.REFUND, "k", OWED)
    assert (answer.outcome, answer.paid) == (Outcome.UNKNOWN, 0)
    seen = None
    for _ in range(20):
        seen = await stand.provider.lookup("k", OWED)
        if seen is not None:
            break
        await asyncio.sleep(0.1)  # a slow one is still acting
    assert seen is not None
    assert (seen.outcome, seen.paid) == (Outcome.DONE, 5_000)


async def test_with_another_secret_nothing_is_done_and_nothing_believed(stand: OverHttp) -> None:
    async with Line(f"{stand.url}/v1", SECRET[::-1], private=True, timeout=TIMEOUT) as line:
        stranger = MarketplaceProvider(line, "toko")
        answer = await stranger.call(Verb.REFUND, "k", OWED)
        assert (answer.outcome, answer.reason) == (Outcome.REJECTED, Reason.OUT_OF_ORDER)
        assert (await stranger.lookup("k", OWED)) is not None  # it does not say that the call never came
    assert await stand.provider.lookup("k", OWED) is None


async def test_while_it_is_away_nothing_is_known(stand: OverHttp) -> None:
    await stand.provider.capabilities()
    stand.office.mishaps.away = True
    for answer in (await stand.provider.call(Verb.REFUND, "k", OWED), await stand.provider.lookup("k", OWED)):
        assert answer is not None
        assert answer.outcome is Outcome.UNKNOWN
    assert await stand.provider.status(OWED) is None


def signed_by_hand(**changed: Any) -> dict[str, str]:
    """The headers of a look-up, signed as they should be, then changed."""
    signed = signing.Signed("GET", "/v1/calls/k", "toko", int(time.time()), "n1", b"")
    return {
        protocol.MARKETPLACE: signed.marketplace,
        protocol.AT: str(signed.at),
        protocol.NONCE: signed.nonce,
        protocol.SIGNATURE: signing.of_request(SECRET, replace(signed, **changed)),
    }


async def test_a_request_that_is_sent_again_is_refused(stand: OverHttp) -> None:
    async with httpx.AsyncClient(base_url=stand.url, trust_env=False) as http:
        headers = signed_by_hand()
        assert (await http.get("/v1/calls/k", headers=headers)).status_code == 404
        again = await http.get("/v1/calls/k", headers=headers)
    assert (again.status_code, again.json()["why"]) == (401, "this request was sent before")


@pytest.mark.parametrize(
    "changed",
    [{"method": "PUT"}, {"target": "/v1/calls/other"}, {"marketplace": "cho"}, {"nonce": "n2"}, {"body": b"x"}],
    ids=lambda changed: next(iter(changed)),
)
async def test_everything_that_is_signed_is_checked(stand: OverHttp, changed: dict[str, Any]) -> None:
    async with httpx.AsyncClient(base_url=stand.url, trust_env=False) as http:
        reply = await http.get("/v1/calls/k", headers=signed_by_hand(**changed))
    assert (reply.status_code, reply.json()["why"]) == (401, "the signature is not right")


@pytest.mark.parametrize("by", [-signing.TOLERANCE - 5, signing.TOLERANCE + 5])
async def test_a_request_of_another_time_is_refused(stand: OverHttp, by: int, monkeypatch: pytest.MonkeyPatch) -> None:
    real = time.time
    headers = {}
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: real() + by)
        headers = signed_by_hand()
    async with httpx.AsyncClient(base_url=stand.url, trust_env=False) as http:
        reply = await http.get("/v1/calls/k", headers=headers)
    assert "is not within" in reply.json()["why"]


async def test_amounts_of_other_decimal_places_than_agreed_are_refused(stand: OverHttp) -> None:
    await stand.provider.capabilities()
    body = b'{"verb":"REFUND","obligation":"c1:1","seller_id":"s","customer_id":"c","currency":"IDR","exponent":0,'
    body += b'"total":50,"sequence":1}'
    reply = await stand.line.ask("toko", "PUT", protocol.call_path("k"), body)
    assert reply.status == 400
    assert b"do not have 0 decimal places" in reply.body


async def test_the_books_of_the_server_outlive_it(tmp_path: Path) -> None:
    async with over_http(tmp_path) as stand:
        await stand.sold("toko", 100_000)
        assert (await stand.provider.call(Verb.REFUND, "k", OWED)).paid == 5_000
    async with over_http(tmp_path) as stand:
        seen = await stand.provider.lookup("k", OWED)
        assert seen is not None
        assert seen.paid == 5_000
        async with httpx.AsyncClient(base_url=stand.url, trust_env=False) as http:
            (account,) = (await http.get("/admin/accounts")).json()
            assert (account["balanced"], account["account"]["debts"]["c1:1"]["paid"]) == (True, 5_000)
            sale = {"marketplace": "toko", "seller_id": "toko", "currency": "IDR", "amount": 7}
            assert (await http.put("/admin/sales/s1", json={**sale, "at": "2026-11-02T00:00:00Z"})).status_code == 204
            assert (await http.put("/admin/faults", json={"next": ["no such"]})).status_code == 400
            assert (await http.post("/admin/clock", json={"seconds": 60})).status_code == 200
    books = BooksFile(tmp_path / "books.db")
    assert books.accounts() == [("toko", "toko", "IDR")]
    assert [hook.obligation for hook in books.hooks(time.time())] == ["c1:1"]
    books.close()
