"""Webhooks: at least once, in order within a case, signed; whatever fails, whoever dies, nothing is missing."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mufakat.core import commands as c
from mufakat.engine.hooks import delivering
from mufakat.engine.hooks.delivering import LEASE, PATIENCE, PER_HOOK, HookDeliveries
from mufakat.engine.hooks.keeping import Endpoints
from mufakat.engine.hooks.sending import Sender, outside
from mufakat.lab.memory import MemoryStore
from mufakat.outside import Outside
from mufakat.standard_webhooks import Kind
from mufakat.store.hooks import Outcome, Paused
from mufakat.store.postgres import PostgresStore
from mufakat.store.records import Forgotten
from tests.core.story import CUSTOMER, HOUR
from tests.engine.receiver import Came, Plan, Receiver, receiving
from tests.store.world import ASK, World, orders

URL = "https://shop.example/hooks"


class Killed(BaseException):
    """The process died here."""


class Stand:
    """A world with endpoints, on either store."""

    def __init__(self, store: Any, line: Outside) -> None:
        self.world, self.store, self.line = World(store), store, line
        self.sender = Sender(store, self.world.sealer, self.world.clock, line)
        self.hooks = Endpoints(store, self.sender, self.world.clock, private=True)

    def loop(self, between: Any = delivering._nothing) -> HookDeliveries:
        """One more delivery loop, as in another process."""
        return HookDeliveries(self.store, self.sender, self.world.clock, Random(1), between)

    async def until_quiet(self, days: int = 10) -> None:
        """Let all be tried that is tried by itself."""
        end = self.world.clock.at + timedelta(days=days)
        loop = self.loop()
        while self.world.clock.at < end:
            await loop.drain()
            self.world.clock.at += timedelta(minutes=7)

    async def talk(self, case_id: str, count: int, order_id: str = "o1") -> None:
        """Messages in a case."""
        for n in range(count):
            await self.world.give(CUSTOMER, c.SendMessage(text=f"message {n}"), case_id, order_id=order_id)


async def seen(what: Callable[[], bool]) -> None:
    """Wait until it is so."""
    for _ in range(500):
        if what():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never came")


def in_order(came: list[Came], logs: dict[str, int], first: int = 1) -> None:
    """Every event of every case came, the first time in order; what came twice had the same id and body."""
    firsts: dict[str, list[int]] = defaultdict(list)
    bodies: dict[str, bytes] = {}
    for each in came:
        data = each.data
        known = bodies.setdefault(each.id, each.body)
        assert known == each.body
        if data["number"] not in firsts[data["case_id"]]:
            firsts[data["case_id"]].append(data["number"])
            before = firsts[data["case_id"]][-2:-1]
            assert data["previous"] == (before[0] if before else None)
    assert dict(firsts) == {case: list(range(first, last + 1)) for case, last in logs.items()}


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made


@pytest.fixture
async def stand(database_url: str) -> AsyncIterator[Stand]:
    """PostgreSQL and a real line."""
    store = await PostgresStore.connect(database_url)
    async with outside(private=True) as line:
        yield Stand(store, line)
    await store.close()


async def played(plan: list[bool | str | int], deaths: dict[int, str]) -> None:
    """Two cases grow while webhooks fail as planned and loops die at the steps of a plan; in the end all is there."""
    line = Plan(plan)
    stand = Stand(MemoryStore(), line)
    await stand.world.ready()
    await stand.hooks.make("here", URL, (), Kind.HMAC)
    case_id = await stand.world.opened()
    steps = 0

    async def die(step: str) -> None:
        nonlocal steps
        steps += 1
        if deaths.get(steps) == step:
            raise Killed(step)

    for round_ in range(12):
        await stand.talk(case_id, round_ % 3)
        try:
            await stand.loop(die).drain()
        except Killed:
            stand.world.clock.at += LEASE
        stand.world.clock.at += timedelta(minutes=1)
    await stand.until_quiet(2)
    row = await stand.store.find_case("here", case_id)
    assert row is not None
    in_order(line.came, {case_id: row.number})
    await line.close()


@settings(max_examples=60, deadline=None)
@given(
    plan=st.lists(st.sampled_from([True, False, "lost", 503, 404, 302]), max_size=25),
    deaths=st.dictionaries(st.integers(1, 40), st.sampled_from(["claimed", "sent", "moved"]), max_size=12),
)
def test_whatever_fails_and_whoever_dies_each_case_comes_whole_and_in_order(
    plan: list[bool | str | int], deaths: dict[int, str]
) -> None:
    asyncio.run(played(plan, deaths))


@pytest.mark.parametrize("step", ["claimed", "sent", "moved"])
async def test_on_postgresql_whoever_dies_leaves_it_to_the_next(stand: Stand, receiver: Receiver, step: str) -> None:
    await stand.world.ready()
    await stand.hooks.make("here", receiver.url, (), Kind.HMAC)
    case_id = await stand.world.opened()
    await stand.talk(case_id, 3)
    died = 0

    async def die(at: str) -> None:
        nonlocal died
        died += 1
        if at == step:
            raise Killed(at)

    for _ in range(2):
        with pytest.raises(Killed):
            await stand.loop(die).drain()
        assert await stand.loop().drain() == 0, "nobody else has it before the lease ends"
        stand.world.clock.at += LEASE
    await stand.loop().drain()
    row = await stand.store.find_case("here", case_id)
    assert row is not None
    in_order(receiver.came, {case_id: row.number})
    assert died >= 2


async def test_two_loops_at_once_send_nothing_twice(stand: Stand, receiver: Receiver) -> None:
    await stand.world.ready(*orders(6))
    await stand.hooks.make("here", receiver.url, (), Kind.HMAC)
    logs = {}
    for n in range(1, 7):
        done = await stand.world.give(CUSTOMER, ASK, order_id=f"o{n}")
        await stand.talk(done.case_id, 2, f"o{n}")
        row = await stand.store.find_case("here", done.case_id)
        assert row is not None
        logs[done.case_id] = row.number
    await asyncio.gather(stand.loop().drain(), stand.loop().drain())
    in_order(receiver.came, logs)
    assert len(receiver.came) == sum(logs.values())


@pytest.mark.parametrize("answer", [500, 404, 302, "redirect", "reset", "stall"])
async def test_what_is_not_taken_is_tried_again(
    stand: Stand, receiver: Receiver, answer: int | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stand.line, "_timeout", 0.3)
    await stand.world.ready()
    hook = (await stand.hooks.make("here", receiver.url, (), Kind.HMAC)).hook
    case_id = await stand.world.opened()
    receiver.answers = [answer]
    assert await stand.loop().drain() == 0
    (tried,) = await stand.hooks.tries("here", hook.id)
    assert (tried.outcome, tried.number, tried.case_id) == (Outcome.FAILED, 1, case_id)
    assert tried.status == (answer if isinstance(answer, int) else 307 if answer == "redirect" else None)
    assert await stand.loop().drain() == 0, "it is not tried again at once"
    stand.world.clock.at += timedelta(seconds=8)
    assert await stand.loop().drain() > 1
    assert receiver.came[0].id == receiver.came[1].id
    assert all(each.path == "/" for each in receiver.came), "no redirect is followed"


@pytest.mark.parametrize("answer", ["trickle", "endless"])
async def test_a_status_counts_however_the_body_goes_on(
    stand: Stand, receiver: Receiver, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stand.line, "_timeout", 0.5)
    await stand.world.ready()
    hook = (await stand.hooks.make("here", receiver.url, (), Kind.HMAC)).hook
    receiver.answers = [answer]
    tried = await stand.hooks.test("here", hook.id)
    assert tried is not None
    assert tried.outcome is Outcome.DELIVERED
    assert 0 < len(tried.answer) <= 500


async def test_a_stalled_endpoint_and_a_stuck_case_hold_up_nobody(
    stand: Stand, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stand.line, "_timeout", 3.0)
    await stand.world.ready(*orders(20))
    async with receiving() as slow:
        slow.answers = ["stall"] * 50
        await stand.hooks.make("here", slow.url, (), Kind.HMAC)
        await stand.hooks.make("here", receiver.url, (), Kind.HMAC)
        for n in range(2, 21):
            await stand.world.give(CUSTOMER, ASK, order_id=f"o{n}")
        case_id = await stand.world.opened()
        loop = stand.loop()
        draining = asyncio.create_task(loop.drain())
        await seen(lambda: len({each.data["case_id"] for each in receiver.came}) == 20)
        await stand.talk(case_id, 1)
        row = await stand.store.find_case("here", case_id)
        assert row is not None
        await seen(lambda: sum(each.data["case_id"] == case_id for each in receiver.came) == row.number)
        assert 0 < len(slow.came) <= PER_HOOK
        assert not draining.done(), "the slow one is still being waited for"
        await draining


async def test_an_endpoint_that_is_gone_is_paused_and_goes_on_where_it_was(stand: Stand, receiver: Receiver) -> None:
    await stand.world.ready()
    hook = (await stand.hooks.make("here", receiver.url, (), Kind.HMAC)).hook
    case_id = await stand.world.opened()
    receiver.answers = [200, 410]
    await stand.loop().drain()
    there = await stand.hooks.one("here", hook.id)
    assert there is not None
    assert there.paused is Paused.GONE
    stand.world.clock.at += timedelta(days=1)
    assert await stand.loop().drain() == 0
    changed = await stand.hooks.change("here", hook.id, paused=False)
    assert changed is not None
    assert (changed.paused, changed.failures) == (None, 0)
    await stand.loop().drain()
    row = await stand.store.find_case("here", case_id)
    assert row is not None
    in_order(receiver.came, {case_id: row.number})


async def test_an_endpoint_that_takes_nothing_for_three_days_is_paused_and_nothing_is_given_up() -> None:
    line = Plan([False] * 10_000)
    stand = Stand(MemoryStore(), line)
    await stand.world.ready()
    hook = (await stand.hooks.make("here", URL, (), Kind.HMAC)).hook
    case_id = await stand.world.opened()
    begun = stand.world.clock.at
    loop = stand.loop()
    while (there := await stand.hooks.one("here", hook.id)) is not None and there.paused is None:
        await loop.drain()
        stand.world.clock.at += timedelta(minutes=7)
        assert stand.world.clock.at < begun + timedelta(days=4)
    assert there is not None
    assert there.paused is Paused.FAILING
    assert stand.world.clock.at >= begun + PATIENCE
    outcomes = {each.outcome for each in await stand.hooks.tries("here", hook.id, limit=1000)}
    assert outcomes == {Outcome.FAILED}
    await stand.hooks.change("here", hook.id, paused=False)
    await stand.loop().drain()  # fails once more, and has three days again
    there = await stand.hooks.one("here", hook.id)
    assert there is not None
    assert there.paused is None
    line.plan = []
    await stand.until_quiet(1)
    row = await stand.store.find_case("here", case_id)
    assert row is not None
    in_order(line.came, {case_id: row.number})
    await line.close()


class Poisoned(Plan):
    """An endpoint that never takes one event of one case."""

    async def send(self, method: str, url: Any, headers: Any, body: bytes) -> Any:
        """Take all the others."""
        self.plan = [500] if headers["webhook-id"].endswith("_2") and self.case in headers["webhook-id"] else []
        return await super().send(method, url, headers, body)

    case = ""


async def test_an_event_that_is_never_taken_is_given_up_and_the_next_one_tells_of_the_gap() -> None:
    line = Poisoned([])
    stand = Stand(MemoryStore(), line)
    await stand.world.ready(*orders(2))
    hook = (await stand.hooks.make("here", URL, (), Kind.HMAC)).hook
    line.case = case_id = await stand.world.opened()
    other = (await stand.world.give(CUSTOMER, ASK, order_id="o2")).case_id
    for _ in range(5):
        await stand.talk(other, 1, "o2")
        await stand.until_quiet(1)
    there = await stand.hooks.one("here", hook.id)
    assert there is not None
    assert there.paused is None
    mine = [each.data for each in line.came if each.data["case_id"] == case_id]
    assert [each["number"] for each in mine] == [1, *range(3, len(mine) + 2)]
    assert mine[1]["previous"] == 2, "so who has not seen 2 knows that it is missing"
    (given_up,) = [each for each in await stand.hooks.tries("here", hook.id, limit=1000) if each.outcome == "GIVEN_UP"]
    assert (given_up.number, given_up.status) == (2, 500)
    line.case = "none"
    again = await stand.hooks.resend("here", hook.id, given_up.id)
    assert again is not None
    assert again.outcome is Outcome.DELIVERED
    assert line.came[-1].data["number"] == 2
    assert line.came[-1].id == f"msg_{hook.id}_{case_id}_2"
    await line.close()


async def test_an_endpoint_that_was_down_is_told_at_once_when_it_is_up_again() -> None:
    line = Plan([False] * 10_000)
    stand = Stand(MemoryStore(), line)
    places = list(orders(30))
    await stand.world.ready(*places)
    await stand.hooks.make("here", URL, (), Kind.HMAC)
    for each in places:
        await stand.world.give(CUSTOMER, ASK, order_id=each.order_id)
    loop = stand.loop()
    for _ in range(300):
        await loop.drain()
        stand.world.clock.at += timedelta(minutes=2)
    line.plan = []
    before = stand.world.clock.at
    while len({each.data["case_id"] for each in line.came}) < len(places):
        await loop.drain()
        stand.world.clock.at += timedelta(seconds=30)
    assert stand.world.clock.at - before < timedelta(minutes=10), "though each waited for hours"
    await line.close()


async def test_only_what_is_wanted_is_sent(stand: Stand, receiver: Receiver) -> None:
    await stand.world.ready()
    hook = (await stand.hooks.make("here", receiver.url, ("message.sent",), Kind.HMAC)).hook
    case_id = await stand.world.opened()
    await stand.loop().drain()
    assert not receiver.came
    await stand.talk(case_id, 2)
    await stand.loop().drain()
    first, second = (each.data for each in receiver.came)
    assert (first["previous"], second["previous"]) == (None, first["number"])
    await stand.hooks.change("here", hook.id, events=())
    await stand.talk(case_id, 1)
    assert await stand.loop().drain() > 0


async def test_a_new_endpoint_is_told_of_what_comes_and_by_replay_of_what_was(stand: Stand, receiver: Receiver) -> None:
    await stand.world.ready()
    case_id = await stand.world.opened()
    middle = stand.world.clock.at = stand.world.clock.at + HOUR
    await stand.talk(case_id, 1)
    hook = (await stand.hooks.make("here", receiver.url, (), Kind.HMAC)).hook
    await stand.loop().drain()
    assert not receiver.came
    await stand.talk(case_id, 1)
    await stand.loop().drain()
    row = await stand.store.find_case("here", case_id)
    assert row is not None
    last = row.number
    assert [each.data["number"] for each in receiver.came] == [last - 1, last], "a message is two events"
    assert await stand.hooks.replay_since("here", hook.id, middle) == 1
    await stand.loop().drain()
    assert [each.data["number"] for each in receiver.came[2:]] == [last - 3, last - 2, last - 1, last]
    assert receiver.came[0].id == receiver.came[4].id
    receiver.came.clear()
    assert await stand.hooks.replay_case("here", hook.id, case_id, 1)
    await stand.loop().drain()
    in_order(receiver.came, {case_id: last})
    assert await stand.hooks.replay_since("here", hook.id, stand.world.clock.at + HOUR) == 0
    assert not await stand.hooks.replay_case("here", hook.id, "no such case", 1)
    assert not await stand.hooks.replay_case("here", "no such hook", case_id, 1)


async def test_nothing_that_a_person_wrote_leaves(stand: Stand, receiver: Receiver) -> None:
    await stand.world.ready()
    hook = (await stand.hooks.make("here", receiver.url, (), Kind.HMAC)).hook
    case_id = await stand.world.disputed()
    row = await stand.store.find_case("here", case_id)
    assert row is not None
    await stand.loop().drain()
    in_order(receiver.came, {case_id: row.number})
    sent = b"".join(each.body for each in receiver.came)
    assert b"sha256:" not in sent, "not even the hash of a text"
    for wrote in (b"It does not turn on", b"crack", b"It worked when it left us", b"d1", b"PHOTOS_OF"):
        assert wrote not in sent
    tries = await stand.hooks.tries("here", hook.id)
    assert {each.answer for each in tries} == {"thanks"}
    await stand.store.forget(Forgotten("here", "o1", case_id, stand.world.clock.at))
    assert {each.answer for each in await stand.hooks.tries("here", hook.id)} == {""}


async def test_the_log_is_kept_for_thirty_days(stand: Stand, receiver: Receiver) -> None:
    await stand.world.ready()
    hook = (await stand.hooks.make("here", receiver.url, (), Kind.HMAC)).hook
    await stand.hooks.test("here", hook.id)
    stand.world.clock.at += timedelta(days=30)
    await stand.loop().drain()
    (tried,) = await stand.hooks.tries("here", hook.id)
    assert (tried.name, tried.number, tried.status) == ("hook.test", 0, 200)
    stand.world.clock.at += timedelta(seconds=1)
    await stand.loop().drain()
    assert await stand.hooks.tries("here", hook.id) == []


async def test_who_lost_a_case_to_a_replay_goes_no_further_with_it() -> None:
    line = Plan([])
    stand = Stand(MemoryStore(), line)
    await stand.world.ready()
    hook = (await stand.hooks.make("here", URL, (), Kind.HMAC)).hook
    case_id = await stand.world.opened()
    sent = 0

    async def set_back(step: str) -> None:
        nonlocal sent
        sent += step == "sent"
        if sent == 2:
            sent += 1
            assert await stand.hooks.replay_case("here", hook.id, case_id, 1)

    await stand.loop(set_back).drain()
    row = await stand.store.find_case("here", case_id)
    assert row is not None
    assert [each.data["number"] for each in line.came] == [1, 2, *range(1, row.number + 1)]
    await line.close()


async def test_a_loop_that_is_told_to_stop_ends_after_the_event_in_hand(stand: Stand, receiver: Receiver) -> None:
    await stand.world.ready()
    await stand.hooks.make("here", receiver.url, (), Kind.HMAC)
    case_id = await stand.world.opened()
    stop = asyncio.Event()

    async def told_to_stop(step: str) -> None:
        if step == "sent":
            stop.set()

    assert await stand.loop(told_to_stop).drain(stop) == 1
    assert len(receiver.came) == 1
    await stand.loop().drain()
    row = await stand.store.find_case("here", case_id)
    assert row is not None
    assert [each.data["number"] for each in receiver.came] == list(range(1, row.number + 1)), "at once, without a lease"
