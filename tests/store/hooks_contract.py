"""What every store must do for webhooks. `test_hooks.py` runs it against PostgreSQL and the simulator's memory."""

from dataclasses import replace
from datetime import timedelta

from mufakat.core import commands as c
from mufakat.engine.hooks.ports import HookStore
from mufakat.standard_webhooks import Kind
from mufakat.store.hooks import RESTING, Hook, HookCase, HookSecret, Outcome, Paused, Try
from mufakat.store.records import CaseKey, Forgotten
from tests.core.story import CUSTOMER, DAY, HOUR
from tests.store.world import ASK, World, orders

LEASE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


class Stand:
    """A world, and its store as webhooks see it."""

    def __init__(self, world: World, store: HookStore) -> None:
        self.world, self.store = world, store

    def hook(self, id_: str = "h1", **more: object) -> Hook:
        """An endpoint."""
        made = Hook("here", id_, f"https://shop.example/{id_}", (), Kind.HMAC, self.world.clock.at)
        return replace(made, **more)  # type: ignore[arg-type]

    def secret(self, id_: str = "s1") -> HookSecret:
        """A secret, sealed as if."""
        return HookSecret(id_, b"sealed " + id_.encode(), CaseKey(b"wrapped", "master"), self.world.clock.at)

    async def ready(self, *ids: str) -> None:
        """A marketplace with an order and endpoints."""
        await self.world.ready()
        for id_ in ids:
            assert await self.store.put_hook(self.hook(id_), self.secret(), 20) == self.hook(id_)

    async def claim(self, id_: str = "h1", limit: int = 10) -> list[HookCase]:
        """What is to be told now."""
        return await self.store.claim_hook(self.hook(id_), self.world.clock.at, LEASE, limit)

    async def due(self) -> list[str]:
        """Endpoints that have something to be told now."""
        return sorted(each.id for each in await self.store.due_hooks(self.world.clock.at))

    def tried(self, held: HookCase, id_: str, outcome: Outcome, **more: object) -> Try:
        """A try at the next event of a claimed case."""
        at = self.world.clock.at
        made = Try(
            "here", held.hook_id, id_, held.order_id, held.case_id, held.sent + 1, "x", at, outcome, 200, 3, "ok"
        )
        return replace(made, **more)  # type: ignore[arg-type]

    async def told(self, held: HookCase, id_: str, number: int) -> bool:
        """A try that went well, up to that number, after which the case is given back."""
        after = replace(held, sent=number, previous=number, attempts=0, failed_since=None)
        now = self.world.clock.at
        return await self.store.hook_told(held, after, self.tried(held, id_, Outcome.DELIVERED), None, now + LEASE)

    async def fail(self, held: HookCase, id_: str, again: timedelta) -> int:
        """A try that failed, to be made again then."""
        now = self.world.clock.at
        after = replace(held, failed_since=held.failed_since or now)
        return await self.store.hook_failed(held, after, self.tried(held, id_, Outcome.FAILED), now + again)


class HooksContract:
    """Tests of a store; the class of a store gives the fixture `stand`."""

    async def test_endpoints_are_kept_changed_and_removed(self, stand: Stand) -> None:
        await stand.ready("h1", "h2")
        assert await stand.store.put_hook(stand.hook("h3"), stand.secret(), 2) is None
        assert await stand.store.hooks("there") == []
        changed = await stand.store.change_hook("here", "h1", url="https://x.example/", events=("message.sent",))
        assert changed is not None
        assert (changed.url, changed.events, changed.paused) == ("https://x.example/", ("message.sent",), None)
        paused = await stand.store.change_hook("here", "h1", paused=Paused.BY_HAND)
        assert paused == replace(changed, paused=Paused.BY_HAND)
        assert await stand.store.hook("here", "h1") == paused
        assert await stand.store.change_hook("here", "h1", paused="", events=()) == replace(changed, events=())
        assert await stand.store.change_hook("here", "h9", url="https://x.example/") is None
        assert await stand.store.drop_hook("here", "h1")
        assert not await stand.store.drop_hook("here", "h1")
        assert [each.id for each in await stand.store.hooks("here")] == ["h2"]

    async def test_secrets_overlap_while_they_are_rotated(self, stand: Stand) -> None:
        await stand.ready("h1")
        stand.world.clock.at += HOUR
        now = stand.world.clock.at
        assert await stand.store.rotate_secret("here", "h1", stand.secret("s2"), now + DAY)
        good = await stand.store.hook_secrets("here", "h1", now)
        assert [(each.id, each.until) for each in good] == [("s2", None), ("s1", now + DAY)]
        assert good[0] == stand.secret("s2")
        assert len(await stand.store.hook_secrets("here", "h1", now + DAY - SECOND)) == 2
        assert [each.id for each in await stand.store.hook_secrets("here", "h1", now + DAY)] == ["s2"]
        stand.world.clock.at += HOUR
        again = stand.world.clock.at
        assert await stand.store.rotate_secret("here", "h1", stand.secret("s3"), again + 3 * DAY)
        good = await stand.store.hook_secrets("here", "h1", again)
        assert {each.id: each.until for each in good} == {"s3": None, "s2": again + 3 * DAY, "s1": now + DAY}
        assert not await stand.store.rotate_secret("here", "h9", stand.secret("s4"), again)

    async def test_events_are_known_with_the_command_that_wrote_them(self, stand: Stand) -> None:
        await stand.world.ready()
        before = await stand.world.opened()
        await stand.ready("h1", "h2")
        assert await stand.due() == []
        await stand.world.give(CUSTOMER, c.SendMessage(text="more"), before)
        assert await stand.due() == ["h1", "h2"]
        (held,) = await stand.claim()
        row = await stand.world.store.find_case("here", before)
        assert row is not None
        assert (held.case_id, held.order_id, held.known, held.previous) == (before, "o1", row.number, None)
        events = await stand.store.events_after(held, 10)
        assert [each.recorded.number for each in events] == list(range(held.sent + 1, held.known + 1))
        assert await stand.store.events_after(held, 1) == events[:1]

    async def test_what_is_claimed_is_nobody_elses_until_the_lease_ends(self, stand: Stand) -> None:
        await stand.ready("h1", "h2")
        await stand.world.opened()
        (held,) = await stand.claim()
        assert await stand.claim() == []
        assert await stand.due() == ["h2"]
        (others,) = await stand.claim("h2")
        assert others.hook_id == "h2"
        stand.world.clock.at += LEASE
        (again,) = await stand.claim()
        assert (again.sent, again.attempts) == (held.sent, 2)
        assert not await stand.told(held, "t1", 1), "its lease was lost"
        assert await stand.told(again, "t2", 1)
        tries = await stand.store.hook_tries("here", "h1")
        assert [each.id for each in tries] == ["t2", "t1"], "both were made"

    async def test_a_case_goes_on_from_where_it_is_and_new_events_join_while_it_is_held(self, stand: Stand) -> None:
        await stand.ready("h1")
        case_id = await stand.world.opened()
        (held,) = await stand.claim()
        assert held.sent == 0
        await stand.world.give(CUSTOMER, c.SendMessage(text="more"), case_id)
        assert await stand.told(held, "t1", held.known)
        (again,) = await stand.claim()
        assert (again.sent, again.previous, again.attempts) == (held.known, held.known, 1)
        assert await stand.told(again, "t2", again.known)
        assert await stand.due() == []

    async def test_what_failed_waits_and_an_endpoint_that_is_well_again_is_told_of_all(self, stand: Stand) -> None:
        await stand.world.ready(*orders(3))
        await stand.ready("h1")
        for n in (1, 2, 3):
            await stand.world.give(CUSTOMER, ASK, order_id=f"o{n}")
        first, second, third = sorted(await stand.claim(), key=lambda each: each.order_id)
        begun = stand.world.clock.at
        failures = [await stand.fail(first, "t0", 5 * HOUR), await stand.fail(second, "t1", 5 * HOUR)]
        assert failures == [1, 2]
        there = await stand.store.hook("here", "h1")
        assert there is not None
        assert (there.failures, there.failing_since) == (2, begun)
        assert await stand.told(third, "t2", third.known)
        there = await stand.store.hook("here", "h1")
        assert there is not None
        assert (there.failures, there.failing_since) == (0, None)
        assert await stand.claim() == [], "a few failures wake nobody"
        stand.world.clock.at += 5 * HOUR
        first, second = sorted(await stand.claim(), key=lambda each: each.order_id)
        assert (first.attempts, first.failed_since) == (2, begun)
        for n in range(RESTING):
            await stand.fail(first if n else second, f"u{n}", 5 * HOUR)
            if n:
                stand.world.clock.at += 5 * HOUR
                claimed = {each.order_id: each for each in await stand.claim()}
                first, second = claimed["o1"], claimed["o2"]
        await stand.fail(first, "v", 5 * HOUR)
        assert await stand.told(second, "w", second.known - 1)
        assert {each.order_id for each in await stand.claim()} == {"o1", "o2"}, "it is well again"

    async def test_an_endpoint_rests_and_a_paused_one_is_left_alone(self, stand: Stand) -> None:
        await stand.ready("h1")
        await stand.world.opened()
        await stand.store.rest_hook("here", "h1", stand.world.clock.at + HOUR)
        assert await stand.due() == []
        stand.world.clock.at += HOUR
        assert await stand.due() == ["h1"]
        await stand.store.change_hook("here", "h1", paused=Paused.FAILING)
        assert await stand.due() == []
        await stand.store.rest_hook("here", "h1", stand.world.clock.at + HOUR)
        (held,) = await stand.claim()
        await stand.fail(held, "t", DAY)
        await stand.store.change_hook("here", "h1", paused="")
        assert await stand.due() == ["h1"]
        (held,) = await stand.claim()
        assert (held.attempts, held.failed_since) == (1, None), "it has three days again"

    async def test_a_replay_sets_back_and_never_forward(self, stand: Stand) -> None:
        await stand.ready("h1")
        case_id = await stand.world.opened()
        moment = stand.world.clock.at = stand.world.clock.at + HOUR
        await stand.world.give(CUSTOMER, c.SendMessage(text="more"), case_id)
        (held,) = await stand.claim()
        await stand.store.replay_case("here", "h1", case_id, held.known)
        (same,) = await stand.store.claim_hook(stand.hook(), moment + LEASE, LEASE, 1)
        assert same.sent == 0, "what it has yet to get stays"
        assert await stand.told(same, "t1", same.known)
        assert await stand.store.replay_since("here", "h1", moment) == 1
        (again,) = await stand.claim()
        assert (again.sent, again.known, again.previous) == (held.known - 2, held.known, None)
        assert await stand.store.replay_since("here", "h1", moment + SECOND) == 0
        await stand.store.replay_case("here", "h1", case_id, 1)
        assert not await stand.told(again, "t2", again.known), "it was set back meanwhile"
        (whole,) = await stand.claim()
        assert whole.sent == 0
        assert await stand.told(whole, "t3", whole.known)
        await stand.store.replay_case("here", "h1", case_id, 999)
        assert await stand.claim() == []

    async def test_the_log_is_paged_swept_and_forgets(self, stand: Stand) -> None:
        await stand.ready("h1")
        case_id = await stand.world.opened()
        (held,) = await stand.claim()
        tries = [stand.tried(held, f"t{n}", Outcome.FAILED, status=None, why="no way") for n in range(5)]
        other = replace(tries[0], id="t9", case_id="", order_id="", number=0, name="hook.test")
        for each in (*tries, other):
            await stand.store.note_try(each)
        assert await stand.store.hook_tries("here", "h1") == [other, *reversed(tries)]
        assert await stand.store.hook_tries("here", "h1", "t3", 2) == [tries[2], tries[1]]
        assert await stand.store.hook_tries("here", "h1", case_id=case_id) == tries[::-1]
        assert await stand.store.hook_try("here", "h1", "t3") == tries[3]
        assert await stand.store.hook_try("here", "h1", "t8") is None
        now = stand.world.clock.at
        await stand.world.store.forget(Forgotten("here", "o1", case_id, now))
        assert await stand.store.hook_try("here", "h1", "t3") == replace(tries[3], answer="", why="")
        assert await stand.store.hook_try("here", "h1", "t9") == other
        assert await stand.store.sweep_tries("here", now) == 0
        assert await stand.store.sweep_tries("here", now + SECOND) == 6
        assert await stand.store.hook_tries("here", "h1") == []
