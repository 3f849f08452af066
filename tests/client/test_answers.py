"""What a client makes of refusals, of later servers' answers, and of answers that are none of ours."""

import pickle
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from mufakat.api.troubles import Trouble
from mufakat.client import MufakatError, Refused, Unreachable, Unreadable
from mufakat.core.claim import Reason
from mufakat.core.commands import ApproveRequest, WithdrawRequest
from mufakat.core.parties import Role
from mufakat.core.refusals import Code
from tests.client.both import connect
from tests.client.conftest import Served
from tests.client.luck import Luck, page, problem

NOBODY = "http://127.0.0.1:1"


async def test_a_refusal_says_what_happened_instead(served: Served, kind: str) -> None:
    case_id = await served.shop.case()
    async with connect(kind, served.url, served.shop.customer()["authorization"].removeprefix("Bearer ")) as customer:
        await customer.command(case_id, WithdrawRequest())
    async with connect(kind, served.url, served.shop.seller()["authorization"].removeprefix("Bearer ")) as seller:
        with pytest.raises(Refused) as late:
            await seller.command(case_id, ApproveRequest(), key="approve")
    refused = late.value
    assert refused.code is Code.CASE_CLOSED
    assert (refused.status, refused.key) == (409, "approve")
    assert refused.happened is not None
    assert refused.happened.event == "matter.closed"
    assert refused.request_id
    assert str(refused) == f"CASE_CLOSED: {refused.detail}"


async def test_a_refusal_speaks_the_language_of_the_caller(served: Served, kind: str) -> None:
    token = served.shop.customer()["authorization"].removeprefix("Bearer ")
    said = []
    for language in ("en", "id"):
        async with connect(kind, served.url, token, language=language) as customer:
            with pytest.raises(Refused) as none:
                await customer.case("no-such")
            said.append(none.value.detail)
    assert said[0] != said[1]


@pytest.mark.parametrize(
    "code, known",
    [
        ("TWO_DISPUTES", Code.TWO_DISPUTES),
        ("SLOW_DOWN", Trouble.SLOW_DOWN),
        ("OF_A_LATER_SERVER", "OF_A_LATER_SERVER"),
    ],
)
async def test_codes_are_names_where_we_know_them(kind: str, code: str, known: str) -> None:
    async with connect(kind, NOBODY, luck=Luck([problem(409, code)])) as client:
        with pytest.raises(Refused) as refused:
            await client.case("c")
    assert refused.value.code == code == known
    assert type(refused.value.code) is type(known)


def test_no_code_means_two_things() -> None:
    assert not Code.__members__.keys() & Trouble.__members__.keys()


async def test_what_a_later_server_says_beside_is_not_minded(served: Served, kind: str) -> None:
    case_id = await served.shop.case()

    def later(found: Any) -> Any:
        if isinstance(found, dict):
            return {"a_new_field": "new", **{name: later(value) for name, value in found.items()}}
        return [later(each) for each in found] if isinstance(found, list) else found

    async with connect(kind, served.url, served.key, luck=Luck(change=later)) as server:
        assert (await server.case(case_id)).case_id == case_id
        assert len((await server.timeline(case_id)).entries) > 0
        assert [each.case_id async for each in server.cases()] == [case_id]
        with pytest.raises(Refused) as refused:
            await server.case("no-such")
        assert refused.value.code is Code.NO_SUCH_CASE


async def test_words_of_a_later_server_come_as_plain_text(served: Served, kind: str) -> None:
    case_id = await served.shop.case()

    def later(found: Any) -> Any:
        found["state"] = found["matters"][0]["phase"] = "OF_A_LATER_SERVER"
        found["matters"][0]["waiting_for"] = ["SELLER", "ORACLE"]
        return found

    async with connect(kind, served.url, served.key, luck=Luck(change=later)) as server:
        case = await server.case(case_id)
    (matter,) = case.matters
    assert {str(case.state), str(matter.phase)} == {"OF_A_LATER_SERVER"}
    assert matter.waiting_for == [Role.SELLER, "ORACLE"]
    assert isinstance(matter.waiting_for[0], Role)
    assert case.opened_at == served.shop.clock.now()
    assert case.lines[0].reason is Reason.DEFECTIVE


@pytest.mark.parametrize(
    "damage",
    [
        lambda case: case.pop("version"),
        lambda case: case.update(version="9"),
        lambda case: case.update(matters={}),
        lambda case: case.update(opened_at="yesterday"),
        lambda case: case["links"].update(self=9),
    ],
)
async def test_an_unknown_word_excuses_nothing_else(
    served: Served, kind: str, damage: Callable[[dict[str, Any]], Any]
) -> None:
    case_id = await served.shop.case()

    def torn(found: Any) -> Any:
        found["state"] = "OF_A_LATER_SERVER"
        damage(found)
        return found

    async with connect(kind, served.url, served.key, luck=Luck(change=torn)) as server:
        with pytest.raises(Unreadable):
            await server.case(case_id)


@pytest.mark.parametrize(
    "answer",
    [
        page(200),
        page(404),
        page(302, location="http://elsewhere.test/"),
        httpx.Response(200, json={"case_id": 1}),
        httpx.Response(200, content=b"\xff\xfe"),
        httpx.Response(400, json={"error": "of another kind"}),
        httpx.Response(500, content=b"{", headers={"content-type": "application/problem+json"}),
    ],
)
async def test_an_answer_that_is_none_of_ours_is_told(kind: str, answer: httpx.Response) -> None:
    async with connect(kind, NOBODY, luck=Luck([answer])) as client:
        with pytest.raises(Unreadable, match=f"status {answer.status_code} cannot be read") as strange:
            await client.command("c", WithdrawRequest(), key="mine")
    assert (strange.value.status, strange.value.key) == (answer.status_code, "mine")
    assert strange.value.text == answer.content.decode(errors="replace")


async def test_bytes_that_are_not_what_was_asked_for_are_not_handed_on(kind: str) -> None:
    async with connect(kind, NOBODY, luck=Luck([httpx.Response(200, content=b"another file")])) as client:
        with pytest.raises(Unreadable, match="digest"):
            await client.own_file("o", "0" * 64)


async def test_every_request_says_who_asks_and_how(kind: str) -> None:
    luck = Luck([httpx.Response(200, json={"status": "live", "version": "9"})])
    async with connect(kind, NOBODY, "token-1", luck=luck, language="id") as client:
        await client.live()
    (sent,) = luck.seen
    assert sent.headers["user-agent"].startswith("mufakat-python/")
    assert sent.headers["authorization"] == "Bearer token-1"
    assert sent.headers["accept-language"] == "id"
    assert "application/problem+json" in sent.headers["accept"]
    assert "idempotency-key" not in sent.headers


@pytest.mark.parametrize("seconds", [3.5, 300.0])
async def test_the_timeout_is_the_callers_but_for_what_takes_long(kind: str, seconds: float) -> None:
    moved = {"before": "2026-01-01T00:00:00Z", "now": "2026-01-02T00:00:00Z", "lapses": 0, "cases": [], "whole": True}
    luck = Luck([httpx.Response(200, json={"status": "live", "version": "9"}), httpx.Response(200, json=moved)])
    async with connect(kind, NOBODY, luck=luck, timeout=seconds) as client:
        await client.live()
        await client.forward(days=1)
    assert [each.extensions["timeout"]["read"] for each in luck.seen] == [seconds, max(seconds, 120.0)]


def test_errors_can_be_sent_to_another_process() -> None:
    found: list[MufakatError] = [Unreachable("away", 3, "key"), Unreadable("torn", 200, "text", "key")]
    for each in found:
        copy = pickle.loads(pickle.dumps(each))  # noqa: S301 - our own
        assert (type(copy), str(copy), copy.key) == (type(each), str(each), "key")
