"""What is lost on the way is sent again, and nothing is done twice."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from mufakat.client import NEVER, AsyncClient, Refused, Retries, Unreachable, retries
from mufakat.client.calls import retry_after
from mufakat.core.claim import ClaimLine, Reason, RequestType
from mufakat.core.commands import RaiseDispute, RejectRequest
from mufakat.core.order import OUTBOUND, Scan, ScanKind
from tests.api.shop import CUSTOMER, SELLER
from tests.client.both import QUICK, connect
from tests.client.conftest import Served
from tests.client.luck import CUT, DEAF, LOST, PASS, Fate, Luck, page, problem

REJECT = RejectRequest("reverse_reject_request_reason_1")
LINE = ClaimLine("1", Reason.DEFECTIVE)
NOBODY = "http://127.0.0.1:1"


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses of both clients, which then take no time."""
    found: list[float] = []

    async def nap(seconds: float) -> None:
        found.append(seconds)

    monkeypatch.setattr("mufakat.client.asynchronous.connection.sleep", nap)
    monkeypatch.setattr("mufakat.client.synchronous.connection.sleep", found.append)
    return found


def keys(luck: Luck) -> set[str]:
    """The idempotency keys that were sent."""
    return {each.headers["idempotency-key"] for each in luck.seen}


async def test_a_request_whose_answer_is_lost_opens_one_case(served: Served, kind: str) -> None:
    await served.shop.order()
    token = served.shop.customer()["authorization"].removeprefix("Bearer ")
    luck = Luck([LOST, CUT, problem(503, "DATABASE_AWAY"), page(502), DEAF])
    async with connect(kind, served.url, token, luck=luck) as customer:
        done = await customer.open_case("o-1", RequestType.REFUND, [LINE])
        assert [each.case_id async for each in customer.cases()] == [done.case.case_id]
    assert len(keys(Luck(seen=luck.seen[:6]))) == 1


async def test_a_command_whose_answer_is_lost_is_done_once(served: Served, kind: str) -> None:
    case_id = await served.shop.case()
    token = served.shop.seller()["authorization"].removeprefix("Bearer ")
    luck = Luck([PASS, LOST, LOST])
    async with connect(kind, served.url, token, luck=luck) as seller:
        seen = await seller.case(case_id)
        done = await seller.command(case_id, REJECT, if_match=seen.version)
        assert done.recorded[0].number == seen.version + 1
        assert (await seller.case(case_id)).version == done.version
        await seller.say(case_id, "I am sorry.", key="mine")
    assert len(keys(Luck(seen=luck.seen[1:4]))) == 1
    assert luck.seen[-1].headers["idempotency-key"] == "mine"


async def test_every_command_has_a_key_of_its_own(served: Served, kind: str) -> None:
    case_id = await served.shop.case()
    luck = Luck()
    token = served.shop.customer()["authorization"].removeprefix("Bearer ")
    async with connect(kind, served.url, token, luck=luck) as customer:
        for _ in range(3):
            await customer.say(case_id, "Hello?")
        assert len((await customer.messages(case_id)).messages) == 4
    assert len(keys(Luck(seen=luck.seen[:3]))) == 3


async def test_who_gives_up_can_go_on_under_the_same_key(served: Served, kind: str) -> None:
    case_id = await served.shop.case()
    token = served.shop.customer()["authorization"].removeprefix("Bearer ")
    async with connect(kind, served.url, token, luck=Luck([LOST]), retries=NEVER) as customer:
        with pytest.raises(Unreachable) as lost:
            await customer.say(case_id, "Hello?")
        assert lost.value.attempts == 1
        assert isinstance(lost.value.__cause__, httpx.ReadTimeout)
        assert lost.value.key in str(lost.value)
        await customer.say(case_id, "Hello?", key=lost.value.key)
        assert [each.text for each in (await customer.messages(case_id)).messages][1:] == ["Hello?"]


async def test_facts_and_files_come_twice_and_are_one(served: Served, kind: str) -> None:
    """They are told apart by their content."""
    await served.shop.order()
    at = served.shop.clock.now() - timedelta(hours=30)
    luck = Luck([LOST, PASS, PASS, LOST, PASS])
    async with connect(kind, served.url, served.key, luck=luck) as server:
        await server.record_fact("o-1", Scan(OUTBOUND, ScanKind.IN_TRANSIT, at))
        customer = await server.as_customer(CUSTOMER)
        file = await customer.put_file("o-1", b"It does not start.", type="text/plain")
        assert await customer.own_file("o-1", file.digest) == b"It does not start."
        assert [each.at for each in (await server.order("o-1")).scans].count(at) == 1
    assert [each.method for each in luck.seen].count("POST") == 5


async def test_a_file_is_read_anew_for_each_attempt(served: Served, kind: str, tmp_path: Path) -> None:
    await served.shop.order()
    video = tmp_path / "long.txt"
    video.write_bytes(b"It does not start.\n" * 50_000)
    luck = Luck([LOST])
    token = served.shop.customer()["authorization"].removeprefix("Bearer ")
    async with connect(kind, served.url, token, luck=luck) as customer:
        file = await customer.put_file("o-1", str(video))
        assert (file.size, file.type) == (video.stat().st_size, "text/plain")
        assert await customer.own_file("o-1", file.digest) == video.read_bytes()
    assert {each.headers["content-length"] for each in luck.seen[:2]} == {str(file.size)}


@pytest.mark.parametrize("fate", [LOST, CUT, page(502), problem(503, "DATABASE_AWAY"), page(504)])
async def test_what_has_no_key_is_not_sent_again_where_nobody_knows(served: Served, kind: str, fate: Fate) -> None:
    luck = Luck([fate])
    async with connect(kind, served.url, served.key, luck=luck) as server:
        with pytest.raises((Unreachable, Refused)):
            await server.make_key("reports", ["cases:read"])
    assert len(luck.seen) == 1


@pytest.mark.parametrize("fate", [DEAF, problem(429, "SLOW_DOWN"), httpx.PoolTimeout("full")])
async def test_what_has_no_key_is_sent_again_where_nothing_was_done(served: Served, kind: str, fate: Fate) -> None:
    luck = Luck([fate])
    async with connect(kind, served.url, served.key, luck=luck) as server:
        made = await server.make_key("reports", ["cases:read"])
        assert [each.name for each in (await server.keys()).keys if each.id == made.key.id] == ["reports"]
    assert len(luck.seen) == 3


async def test_the_time_that_the_server_names_is_waited_for(kind: str, pauses: list[float]) -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=9))
    fates = [
        problem(429, "SLOW_DOWN", retry_after="7"),
        page(503, **{"retry-after": soon}),
        problem(503, "TOO_BUSY", retry_after="0"),
        httpx.Response(200, json={"status": "live", "version": "9"}),
    ]
    async with connect(kind, NOBODY, luck=Luck(fates)) as client:
        assert (await client.live()).version == "9"
    assert pauses[0] == 7
    assert 7 < pauses[1] <= 9
    assert pauses[2] < 0.1


async def test_pauses_grow_and_end(kind: str, pauses: list[float]) -> None:
    patience = Retries(attempts=5, within=60, first=1, longest=3)
    luck = Luck([DEAF] * 9)
    async with connect(kind, NOBODY, luck=luck, retries=patience) as client:
        with pytest.raises(Unreachable, match="nobody listens") as gone:
            await client.live()
    assert (gone.value.attempts, len(luck.seen)) == (5, 5)
    for pause, longest in zip(pauses, [1, 2, 3, 3], strict=True):
        assert longest / 2 <= pause <= longest


async def test_no_attempt_begins_after_the_time_in_all(kind: str, pauses: list[float]) -> None:
    fates = [problem(429, "SLOW_DOWN", retry_after="31")]
    async with connect(kind, NOBODY, luck=Luck(fates), retries=Retries(within=30)) as client:
        with pytest.raises(Refused) as slow:
            await client.live()
    assert (slow.value.code, slow.value.retry_after, pauses) == ("SLOW_DOWN", 31.0, [])


def test_time_that_went_by_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    call: Any = type("Call", (), {"repeatable": True, "also": frozenset()})
    attempts = retries.Attempts(Retries(within=10, first=1, longest=1), call)
    assert attempts.after_error(httpx.ReadTimeout("slow")) is not None
    now[0] += 9.8
    assert attempts.after_error(httpx.ReadTimeout("slow")) is None


@pytest.mark.parametrize("error", [httpx.UnsupportedProtocol("ftp"), httpx.DecodingError("no gzip")])
async def test_what_cannot_get_better_is_not_tried_again(kind: str, error: Exception) -> None:
    luck = Luck([error])
    async with connect(kind, NOBODY, luck=luck) as client:
        with pytest.raises(Unreachable):
            await client.live()
    assert len(luck.seen) == 1


async def test_a_gateway_that_never_gets_through_is_told(kind: str) -> None:
    luck = Luck([page(502)] * 9)
    async with connect(kind, NOBODY, luck=luck, retries=QUICK) as client:
        with pytest.raises(Unreachable, match="a gateway answers 502") as gone:
            await client.command("c", RaiseDispute())
    assert gone.value.attempts == QUICK.attempts == len(luck.seen)
    assert keys(luck) == {gone.value.key}


async def test_a_server_that_is_not_ready_says_so_at_once(kind: str) -> None:
    away = {"status": "database away", "database": False, "oldest_due_seconds": None}
    shut_in = {"files_shut_in": "NOT_STARTED", "files": "No file was looked into yet."}
    luck = Luck([httpx.Response(503, json=away | shut_in)])
    async with connect(kind, NOBODY, luck=luck) as client:
        assert not (await client.ready()).database
    assert len(luck.seen) == 1


async def test_nobody_at_the_address_is_told_in_a_sentence() -> None:
    async with AsyncClient(NOBODY, retries=NEVER) as client:
        with pytest.raises(Unreachable, match=rf"{NOBODY} cannot be reached: .+ \(tried once\)"):
            await client.live()


@pytest.mark.parametrize("header, seconds", [("3", 3.0), ("", None), ("soon", None), ("-1", None), ("²", None)])
def test_what_the_server_asks_to_wait(header: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": header}) == seconds


def test_a_date_that_is_over_asks_for_no_wait() -> None:
    assert retry_after({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0.0


@pytest.mark.parametrize("wrong", [{"attempts": 0}, {"within": -1.0}, {"first": -1.0}, {"longest": -1.0}])
def test_retries_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="at least 1 attempt"):
        Retries(**wrong)


async def test_both_sides_of_a_case_keep_their_keys_apart(served: Served, kind: str) -> None:
    """The same key of two callers is two keys."""
    case_id = await served.shop.case()
    async with connect(kind, served.url, served.key) as server:
        for party in (await server.as_customer(CUSTOMER), await server.as_seller(SELLER)):
            await party.say(case_id, "Hello?", key="hello")
        assert len((await server.messages(case_id)).messages) == 3


async def test_a_file_in_pieces_goes_on_where_it_was_cut(
    served: Served, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lost answer, a piece that came in part, and a server that was away meanwhile."""
    monkeypatch.setattr("mufakat.client.asynchronous.uploads.PIECE", 100_000)
    monkeypatch.setattr("mufakat.client.synchronous.uploads.PIECE", 100_000)
    await served.shop.order()
    video = tmp_path / "long.txt"
    video.write_bytes(b"It does not start.\n" * 16_000)
    token = served.shop.customer()["authorization"].removeprefix("Bearer ")
    luck = Luck([PASS, PASS, LOST, PASS, PASS, CUT, page(502)])
    async with connect(kind, served.url, token, luck=luck) as customer:
        file = await customer.put_in_pieces("o-1", video)
        assert file.digest is not None
        assert await customer.own_file("o-1", file.digest) == video.read_bytes()
        pieces = [each for each in luck.seen if each.method == "PATCH"]
        assert {int(each.headers["upload-offset"]) for each in pieces} == {0, 100_000, 200_000, 300_000}
        left = await customer.begin_upload("o-1", 10, digest="0" * 64)
        await customer.append(left, 0, b"12345")
        assert (await customer.upload(left)).received == 5
        await customer.drop_upload(left)
        with pytest.raises(Refused) as gone:
            await customer.upload(left)
        assert gone.value.status == 404


async def test_a_file_that_shrinks_meanwhile_is_told(kind: str, tmp_path: Path) -> None:
    upload = {"upload_id": "u", "order_id": "o", "length": 5, "received": 4, "digest": None, "href": None}
    told = httpx.Response(200, json=upload | {"until": "2026-03-02T00:00:00Z"})
    luck = Luck([httpx.Response(201, headers={"location": "/v1/uploads/u"}), told])
    short = tmp_path / "short.txt"
    short.write_bytes(b"1234")
    async with connect(kind, NOBODY, luck=luck) as customer:
        with pytest.raises(ValueError, match="became shorter"):
            await customer.put_in_pieces("o", short)
