"""Many at once on PostgreSQL: first commit wins, nothing half done, and whoever lost is told what stands."""

import asyncio
import itertools
from collections.abc import AsyncIterator

import asyncpg
import pytest

from mufakat.core import commands as c
from mufakat.core.claim import RemedyKind, Solution
from mufakat.core.order import OutsideRefund
from mufakat.core.refusals import Code, Refusal
from mufakat.engine.handle import ATTEMPTS, Done
from mufakat.store.database import StoreLost
from mufakat.store.postgres import PostgresStore
from mufakat.store.records import Ask, Loaded, Write
from tests.core.story import CUSTOMER, HOUR, SELLER
from tests.store.world import ASK, World, orders


@pytest.fixture
async def worlds(database_url: str) -> AsyncIterator[tuple[World, World]]:
    """Two engines with pools of their own, as two processes have them, on one clock."""
    first, second = await PostgresStore.connect(database_url), await PostgresStore.connect(database_url)
    one = World(first)
    yield one, World(second, one.clock, one.books)
    await first.close()
    await second.close()


class Barrier:
    """A store whose first loads wait for each other, so that everybody decides on the same state."""

    def __init__(self, world: World, meeting: asyncio.Barrier) -> None:
        self._load, self._meeting, self._met = world.store.load, meeting, False
        world.store.load = self.load  # type: ignore[method-assign]

    async def load(self, ask: Ask) -> Loaded | None:
        """What is loaded, after everybody has loaded for the first time."""
        loaded = await self._load(ask)
        if not self._met:
            self._met = True
            await self._meeting.wait()
        return loaded


async def race(worlds: tuple[World, World], case_id: str, *sides: tuple[object, object]) -> list[Done | Refusal]:
    """Two commands on the same state, decided at once by two engines."""
    meeting = asyncio.Barrier(2)
    for world in worlds:
        Barrier(world, meeting)
    return await asyncio.gather(
        *(
            world.say(actor, command, case_id)  # type: ignore[arg-type]
            for world, (actor, command) in zip(worlds, sides, strict=True)
        )
    )


CONFLICTS = [
    ((SELLER, c.ApproveRequest()), (CUSTOMER, c.WithdrawRequest())),
    ((SELLER, c.ApproveRequest()), (SELLER, c.MakeOffer(Solution(RemedyKind.REFUND, 1)))),
    ((CUSTOMER, c.WithdrawRequest()), (CUSTOMER, c.WithdrawRequest())),
]


@pytest.mark.parametrize("sides", [*CONFLICTS, *(tuple(reversed(each)) for each in CONFLICTS)])
async def test_one_of_two_conflicting_commands_wins(
    worlds: tuple[World, World], sides: tuple[tuple[object, object], ...]
) -> None:
    await worlds[0].ready()
    case_id = await worlds[0].opened()
    answers = await race(worlds, case_id, *sides)
    (won,) = [each for each in answers if isinstance(each, Done)]
    (lost,) = [each for each in answers if isinstance(each, Refusal)]
    assert lost.code in (Code.CASE_CLOSED, Code.WRONG_PHASE)
    history = await worlds[0].store.history("here", "o1", case_id)
    assert len(history) == won.version
    assert not await worlds[0].broken()
    assert not await worlds[0].differences()


async def test_commands_that_do_not_conflict_both_land(worlds: tuple[World, World]) -> None:
    await worlds[0].ready()
    case_id = await worlds[0].opened()
    answers = await race(worlds, case_id, (CUSTOMER, c.SendMessage(text="hi")), (SELLER, c.SendMessage(text="hello")))
    assert sorted(each.version for each in answers if isinstance(each, Done)) == sorted(
        {each.version for each in answers if isinstance(each, Done)}
    )
    assert all(isinstance(each, Done) for each in answers)
    assert not await worlds[0].broken()


async def test_of_two_who_decided_on_the_same_version_one_is_told_that_it_changed(worlds: tuple[World, World]) -> None:
    """A version that is expected holds at the commit, not only when the case was loaded."""
    await worlds[0].ready()
    done = await worlds[0].give(CUSTOMER, ASK)
    meeting = asyncio.Barrier(2)
    for world in worlds:
        Barrier(world, meeting)
    answers = await asyncio.gather(
        *(
            world.say(actor, c.SendMessage(text="hi"), done.case_id, expected=done.version)
            for world, actor in zip(worlds, (CUSTOMER, SELLER), strict=True)
        )
    )
    assert [each.recorded[0].number for each in answers if isinstance(each, Done)] == [done.version + 1]
    assert [each.code for each in answers if isinstance(each, Refusal)] == [Code.VERSION_CHANGED]


async def test_the_same_units_are_asked_for_once(worlds: tuple[World, World]) -> None:
    await worlds[0].ready()
    single = c.OpenRequest(ASK.type, (ASK.lines[0].__class__("b", ASK.lines[0].reason),))
    meeting = asyncio.Barrier(2)
    for world in worlds:
        Barrier(world, meeting)
    answers = await asyncio.gather(*(world.say(CUSTOMER, single) for world in worlds))
    refused = [each.code for each in answers if isinstance(each, Refusal)]
    assert refused == [Code.UNITS_NOT_AVAILABLE]


async def test_facts_recorded_at_once_are_each_kept_once(worlds: tuple[World, World]) -> None:
    world = worlds[0]
    await world.ready()
    case_id = await world.opened()
    facts = [OutsideRefund("b", (1,), n, world.clock.at) for n in (1, 2, 3)]
    await asyncio.gather(
        *(each.engine.record_fact("here", "o1", fact) for each, fact in itertools.product(worlds, facts))
    )
    loaded = await world.store.load(Ask("here", "o1", case_id))
    assert loaded is not None
    assert sorted(fact.amount for fact in loaded.order.facts if isinstance(fact, OutsideRefund)) == [1, 2, 3]
    names = [type(each.recorded.event).__name__ for each in await world.store.history("here", "o1", case_id)]
    assert names.count("FactNoted") == 3


async def test_many_messages_at_once_are_all_kept_in_one_chain(worlds: tuple[World, World]) -> None:
    await worlds[0].ready()
    case_id = await worlds[0].opened()
    said = [c.SendMessage(text=f"message {n}") for n in range(8)]
    answers = await asyncio.gather(
        *(worlds[n % 2].say(CUSTOMER, message, case_id, f"k{n}") for n, message in enumerate(said))
    )
    done = [each for each in answers if isinstance(each, Done)]
    busy = [each.code for each in answers if isinstance(each, Refusal)]
    assert set(busy) <= {Code.TOO_BUSY}
    row = await worlds[0].store.load(Ask("here", "o1", case_id))
    assert row is not None
    assert row.case is not None
    assert row.case.messages == len(done)
    assert not await worlds[0].broken()


async def test_commands_of_many_orders_share_statements_and_all_land(worlds: tuple[World, World]) -> None:
    world = worlds[0]
    await world.ready(*orders(40))
    answers = await asyncio.gather(*(world.say(CUSTOMER, ASK, order_id=f"o{n}") for n in range(1, 41)))
    assert all(isinstance(each, Done) for each in answers)
    assert len(await world.store.cases("here")) == 40
    assert not await world.broken()


async def test_who_never_gets_through_is_told_so(worlds: tuple[World, World]) -> None:
    world = worlds[0]
    await world.ready()
    case_id = await world.opened()
    tries = 0

    async def never(write: Write) -> bool:
        nonlocal tries
        tries += 1
        return False

    world.store.write = never  # type: ignore[method-assign]
    assert await world.refused(CUSTOMER, c.SendMessage(text="hi"), case_id) is Code.TOO_BUSY
    assert tries == ATTEMPTS


@pytest.mark.parametrize("written", [True, False])
async def test_a_lost_reply_never_applies_a_command_twice(worlds: tuple[World, World], *, written: bool) -> None:
    world = worlds[0]
    await world.ready()
    case_id = await world.opened()
    write = world.store.write

    async def lost(what: Write) -> bool:
        world.store.write = write  # type: ignore[method-assign]
        if written:
            await write(what)
        raise StoreLost("the connection was closed")

    world.store.write = lost  # type: ignore[method-assign, assignment]
    done = await world.give(CUSTOMER, c.SendMessage(text="hi"), case_id)
    assert done.case.messages == 1
    loaded = await world.store.load(Ask("here", "o1", case_id))
    assert loaded is not None
    assert loaded.case == done.case


async def test_connections_that_are_cut_are_replaced(worlds: tuple[World, World], database_url: str) -> None:
    world = worlds[0]
    await world.ready()
    case_id = await world.opened()
    other = await asyncpg.connect(database_url)
    await other.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await other.close()
    done = await world.give(CUSTOMER, c.SendMessage(text="hi"), case_id)
    assert done.case.messages == 1


async def test_two_deadline_loops_at_once_settle_each_case_once(worlds: tuple[World, World]) -> None:
    world = worlds[0]
    await world.ready(*orders(20))
    made = [(await world.give(CUSTOMER, ASK, order_id=f"o{n}")).case_id for n in range(1, 21)]
    row = await world.store.find_case("here", made[0])
    assert row is not None
    assert row.due is not None
    world.clock.at = row.due + HOUR
    await asyncio.gather(*(each.deadlines.drain() for each in worlds))
    for n, case_id in enumerate(made, start=1):
        history = await world.store.history("here", f"o{n}", case_id)
        names = [type(each.recorded.event).__name__ for each in history]
        assert names.count("RequestApproved") == 1


async def test_a_case_that_cannot_lapse_is_put_off_and_the_others_go_on(
    worlds: tuple[World, World], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world = worlds[0]
    await world.ready(*orders(3))
    made = [(await world.give(CUSTOMER, ASK, order_id=f"o{n}")).case_id for n in (1, 2, 3)]
    handle = world.engine.handle

    async def poisoned(
        marketplace: str, order_id: str, case_id: str | None, *rest: object, **named: object
    ) -> Done | Refusal:
        if case_id == made[0]:
            raise RuntimeError("poison")
        return await handle(marketplace, order_id, case_id, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(world.engine, "handle", poisoned)
    row = await world.store.find_case("here", made[0])
    assert row is not None
    assert row.due is not None
    world.clock.at = row.due
    done = await world.deadlines.once()
    assert (done.lapsed, done.failed) == (2, 1)
    assert "poison" in caplog.text
    assert (await world.deadlines.once()).failed == 0  # left alone for now
    monkeypatch.undo()
    world.clock.at += HOUR
    assert (await world.deadlines.once()).lapsed >= 1
