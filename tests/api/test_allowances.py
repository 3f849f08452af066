"""How often each caller may come: bursts, refilling, headers, strangers by address, memory that does not grow."""

import re
from dataclasses import replace

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mufakat.api import knocking
from mufakat.api.allowances import Allowances
from mufakat.api.app import application
from mufakat.core.parties import Role
from tests.api.doors import OTHER, Place, bearer, furnished
from tests.api.shop import Shop


def test_a_burst_is_taken_at_once_and_no_more() -> None:
    allowances = Allowances(2, 5)
    assert [allowances.take("a", 100)[0] for _ in range(7)] == [True] * 5 + [False] * 2


def test_what_was_taken_comes_back_steadily() -> None:
    allowances = Allowances(2, 5)
    for _ in range(5):
        allowances.take("a", 100)
    assert [allowances.take("a", 100 + n / 4)[0] for n in range(1, 9)] == [False, True] * 4
    assert [allowances.take("a", 1000)[0] for _ in range(6)] == [True] * 5 + [False]


def test_who_is_refused_loses_nothing_by_trying() -> None:
    allowances = Allowances(1, 1)
    allowances.take("a", 0)
    for n in range(100):
        assert not allowances.take("a", n / 101)[0]
    assert allowances.take("a", 1)[0]


def test_the_headers_tell_what_is_left_and_when_it_is_full_again() -> None:
    allowances = Allowances(2, 5)
    _, headers = allowances.take("a", 0)
    assert headers == {"RateLimit-Policy": '"caller";q=5;w=3', "RateLimit": '"caller";r=4;t=1'}
    for _ in range(4):
        _, headers = allowances.take("a", 0)
    assert headers["RateLimit"] == '"caller";r=0;t=3'
    allowed, headers = allowances.take("a", 0)
    assert (allowed, headers["Retry-After"]) == (False, "1")


def test_waiting_as_long_as_told_is_enough() -> None:
    for rate in (0.01, 0.3, 1, 7, 1000):
        allowances = Allowances(rate, 1)
        allowances.take("a", 0)
        wait = int(allowances.take("a", 0)[1]["Retry-After"])
        assert wait >= 1
        assert allowances.take("a", wait)[0]


@given(
    st.floats(0.01, 1000), st.integers(1, 50), st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 5)), max_size=80)
)
def test_nobody_ever_takes_more_than_burst_and_rate_allow(
    rate: float, burst: int, visits: list[tuple[str, float]]
) -> None:
    """And each has its own, whoever else comes."""
    allowances, alone = Allowances(rate, burst), {name: Allowances(rate, burst) for name in "abc"}
    now, taken = 0.0, dict.fromkeys("abc", 0)
    for name, pause in visits:
        now += pause
        allowed, headers = allowances.take(name, now)
        assert (allowed, headers) == alone[name].take(name, now)
        taken[name] += allowed
        assert taken[name] <= burst + rate * now + 1e-6
        left = re.fullmatch(r'"caller";r=(\d+);t=(\d+)', headers["RateLimit"])
        assert left is not None
        assert 0 <= int(left[1]) <= burst
        assert ("Retry-After" in headers) is not allowed


@given(st.lists(st.text(max_size=3), max_size=300), st.integers(1, 10))
def test_no_number_of_callers_fills_the_memory(callers: list[str], most: int) -> None:
    allowances = Allowances(1, 1, most)
    for n, caller in enumerate(callers):
        allowances.take(caller, n / 1000)
        assert len(allowances._buckets) <= most
    assert set(allowances._buckets) <= set(callers)


def test_who_came_last_is_remembered() -> None:
    allowances = Allowances(1, 1, 2)
    for caller in ("a", "b", "a", "c"):
        allowances.take(caller, 0)
    assert set(allowances._buckets) == {"a", "c"}


# Over HTTP


class Steady:
    """A clock that stands until it is moved, in place of the machine's steady one."""

    def __init__(self) -> None:
        self.at = 1000.0

    def monotonic(self) -> float:
        return self.at


@pytest.fixture
def steady(monkeypatch: pytest.MonkeyPatch) -> Steady:
    """The door's clock."""
    clock = Steady()
    monkeypatch.setattr(knocking, "time", clock)
    return clock


@pytest.fixture
async def narrow(shop: Shop, steady: Steady) -> Place:
    """A shop that lets each caller in twice, and strangers thrice, a second apart."""
    place = await furnished(shop)
    site = replace(shop.site, allowances=Allowances(1, 2), strangers=Allowances(1, 3))
    await shop.http.aclose()
    shop.site = site
    shop.http = client(shop, "192.0.2.1")
    return place


def client(shop: Shop, address: str) -> httpx.AsyncClient:
    """A caller at an address."""
    transport = httpx.ASGITransport(app=application(shop.site), client=(address, 1))
    return httpx.AsyncClient(transport=transport, base_url="http://mufakat.test")


async def statuses(place: Place, headers: dict[str, str], times: int) -> list[int]:
    return [(await place.shop.http.get("/v1/cases", headers=headers)).status_code for _ in range(times)]


async def test_who_comes_too_often_is_told_how_long_to_wait(narrow: Place, steady: Steady) -> None:
    headers = narrow.party(Role.CUSTOMER, "c-1")
    assert await statuses(narrow, headers, 2) == [200, 200]
    said = await narrow.shop.http.get("/v1/cases", headers=headers)
    assert (said.status_code, said.json()["code"]) == (429, "SLOW_DOWN")
    assert said.headers["retry-after"] == "1"
    assert said.headers["ratelimit"] == '"caller";r=0;t=2'
    assert said.headers["ratelimit-policy"] == '"caller";q=2;w=2'
    steady.at += int(said.headers["retry-after"])
    assert await statuses(narrow, headers, 2) == [200, 429]


async def test_no_caller_takes_from_another(narrow: Place, steady: Steady) -> None:
    second = narrow.key("cases:read")
    callers = [
        narrow.party(Role.CUSTOMER, "c-1"),
        narrow.party(Role.CUSTOMER, "c-2"),
        narrow.party(Role.SELLER, "c-1"),
        narrow.party(Role.CUSTOMER, "c-1", narrow.other),
        narrow.party(Role.CUSTOMER, "lain c-1"),
        await narrow.agent("c-1"),
        await narrow.agent("c-1", OTHER),
        narrow.shop.server,
        await narrow.kept(second),
        bearer(narrow.other.text),
    ]
    for headers in callers:
        assert await statuses(narrow, headers, 3) == [200, 200, 429]


async def test_two_tokens_of_one_party_share_what_it_has(narrow: Place, steady: Steady) -> None:
    assert await statuses(narrow, narrow.party(Role.CUSTOMER, "c-1"), 1) == [200]
    again = narrow.party(Role.CUSTOMER, "c-1")
    assert await statuses(narrow, again, 2) == [200, 429]


async def test_strangers_are_slowed_by_address_and_cost_nobody_else_anything(narrow: Place, steady: Steady) -> None:
    tries = [{}, bearer("mk_x"), bearer("nothing"), {}, bearer("other")]
    said = [(await narrow.shop.http.get("/v1/cases", headers=each)).status_code for each in tries]
    assert said == [401, 401, 401, 429, 429]
    assert await statuses(narrow, narrow.party(Role.CUSTOMER, "c-1"), 1) == [200]
    async with client(narrow.shop, "192.0.2.2") as elsewhere:
        assert (await elsewhere.get("/v1/cases")).status_code == 401
    forged = {"x-forwarded-for": "192.0.2.9", "forwarded": "for=192.0.2.9", "x-real-ip": "192.0.2.9"}
    assert await statuses(narrow, forged, 1) == [429]


async def test_every_answer_to_a_caller_tells_what_is_left(narrow: Place, steady: Steady) -> None:
    headers = narrow.party(Role.CUSTOMER, "c-1")
    found = await narrow.shop.http.get("/v1/cases", headers=headers)
    refused = await narrow.shop.http.get("/v1/keys", headers=headers)
    assert (found.status_code, refused.status_code) == (200, 403)
    assert [each.headers["ratelimit"] for each in (found, refused)] == ['"caller";r=1;t=1', '"caller";r=0;t=2']
    assert "ratelimit" not in (await narrow.shop.http.get("/health/live")).headers


async def test_health_is_never_refused(narrow: Place, steady: Steady) -> None:
    for _ in range(10):
        assert (await narrow.shop.http.get("/health/live")).status_code == 200
