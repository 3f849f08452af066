"""The queue: who gets what next, for how long, and who never does; on PostgreSQL and on the simulator's memory."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from mufakat.core import commands as c
from mufakat.core.parties import Actor, Role
from mufakat.core.refusals import Code, Refusal
from mufakat.core.waiting import BackReason, What, WorkKind
from mufakat.lab.memory import MemoryStore
from mufakat.store.postgres import PostgresStore
from mufakat.store.queue import DEFAULT_LEASE
from mufakat.store.records import Marketplace
from tests.core.story import CUSTOMER, DAY, HOUR, SELLER
from tests.store.queue_wandering import Wandering
from tests.store.queue_world import SOON, Desk, bought, key, many
from tests.store.world import World

REASON = BackReason.OTHER


class QueueContract:
    """What a queue must do; the class of a store gives the fixture `desk`."""

    async def test_work_comes_and_goes_with_the_phase(self, desk: Desk) -> None:
        await desk.world.ready()
        assert await desk.queue.page("here") == []
        case_id = await desk.waits()
        (work,) = await desk.queue.page("here")
        assert (work.key, work.holder, work.currency) == (key(case_id), "", "IDR")
        row = await desk.world.store.find_case("here", case_id)
        assert row is not None
        assert (work.due, work.amount, work.since) == (row.due, row.held, desk.now)
        await desk.world.give(CUSTOMER, c.WithdrawDispute(), case_id)
        assert await desk.queue.page("here") == []
        assert not await desk.world.differences()

    async def test_the_order_is_due_time_then_amount_then_age(self, desk: Desk) -> None:
        await desk.world.ready(*(bought(n, price) for n, price in ((1, 90_000), (2, 500_000), (3, 90_000), (4, 10**6))))
        first = [await desk.waits(order_id) for order_id in ("o1", "o2")]
        desk.world.clock.at += timedelta(minutes=5)  # the same hour, so the amount counts, then the age
        first.append(await desk.waits("o3"))
        desk.world.clock.at += 2 * HOUR
        first.append(await desk.waits("o4"))
        assert [work.key.case_id for work in await desk.queue.page("here")] == [first[n] for n in (1, 0, 2, 3)]
        for number, who in enumerate(("rina", "budi", "sari", "tono")):
            await desk.hire(who)
            taken = await desk.take(who)
            assert taken is not None
            assert taken.key.case_id == first[(1, 0, 2, 3)[number]]

    async def test_what_is_overdue_comes_first_whatever_is_due_sooner(self, desk: Desk) -> None:
        await desk.world.ready(*many(2))
        late = await desk.waits("o1")
        (work,) = await desk.queue.page("here")
        desk.world.clock.at = work.due - HOUR
        await desk.waits("o2")
        desk.world.clock.at = work.due
        await desk.world.deadlines.drain()
        first, second = await desk.queue.page("here")
        assert (first.key.case_id, first.escalations, first.since) == (late, 1, work.since)
        assert first.due > second.due

    async def test_two_agents_never_have_the_same(self, desk: Desk) -> None:
        await desk.world.ready(*many(2))
        for order_id in ("o1", "o2"):
            await desk.waits(order_id)
        await desk.hire("rina")
        await desk.hire("budi")
        await desk.hire("sari")
        one, other = await desk.take("rina"), await desk.take("budi")
        assert one is not None
        assert other is not None
        assert one.key != other.key
        assert await desk.take("sari") is None

    async def test_asking_again_gives_the_same_again_and_renews_it(self, desk: Desk) -> None:
        await desk.world.ready(*many(2))
        for order_id in ("o1", "o2"):
            await desk.waits(order_id)
        await desk.hire("rina")
        first = await desk.take("rina")
        assert first is not None
        assert first.until == desk.now + DEFAULT_LEASE
        desk.world.clock.at += SOON
        again = await desk.take("rina")
        assert again == replace(first, until=desk.now + DEFAULT_LEASE)

    async def test_a_lease_ends_and_another_gets_the_work(self, desk: Desk) -> None:
        await desk.world.ready()
        case_id = await desk.waits()
        await desk.hire("rina")
        await desk.hire("budi")
        taken = await desk.take("rina")
        assert taken is not None
        desk.world.clock.at += DEFAULT_LEASE - timedelta(seconds=1)
        assert await desk.take("budi") is None
        desk.world.clock.at += timedelta(seconds=1)
        assert await desk.queue.held("here", "rina") == []
        got = await desk.take("budi")
        assert got is not None
        assert (got.key, got.holder) == (taken.key, "budi")
        told = await desk.queue.log("here", "o1", case_id)
        assert [(each.what, each.agent_id, each.by_id) for each in told] == [
            (What.TAKEN, "rina", "rina"),
            (What.LAPSED, "rina", ""),
            (What.TAKEN, "budi", "budi"),
        ]
        assert told[1].at == taken.until

    async def test_work_on_the_case_renews_the_lease(self, desk: Desk) -> None:
        await desk.world.ready()
        case_id = await desk.waits()
        await desk.hire("rina")
        await desk.hire("budi")
        await desk.take("rina")
        for _ in range(5):
            desk.world.clock.at += SOON
            (work,) = await desk.queue.work_on("here", case_id, "rina")
            assert work.until == desk.now + DEFAULT_LEASE
            assert await desk.take("budi") is None
        desk.world.clock.at += DEFAULT_LEASE
        assert await desk.queue.work_on("here", case_id, "rina") == []
        assert await desk.queue.work_on("here", case_id, "budi") == []

    async def test_who_has_it_keeps_it_while_others_act(self, desk: Desk) -> None:
        await desk.world.ready()
        case_id = await desk.waits()
        await desk.hire("rina")
        taken = await desk.take("rina")
        assert taken is not None
        await desk.world.give(Actor(Role.AGENT, "lead"), c.ExtendDue(48, text="more time"), case_id)
        (work,) = await desk.queue.page("here")
        assert (work.holder, work.until) == ("rina", taken.until)
        assert work.due > taken.due

    async def test_what_went_and_came_back_is_nobodys(self, desk: Desk) -> None:
        await desk.world.ready()
        case_id = await desk.waits()
        await desk.hire("rina")
        await desk.take("rina")
        desk.world.clock.at += timedelta(minutes=1)
        asked = c.AskMaterial((Role.SELLER,), "OTHER", text="the invoice")
        await desk.world.give(Actor(Role.AGENT, "rina"), asked, case_id)
        assert await desk.queue.page("here") == []
        await desk.world.give(SELLER, c.CompleteMaterial(), case_id)
        (work,) = await desk.queue.page("here")
        assert (work.holder, work.until) == ("", None)

    async def test_handing_back_gives_it_to_another_and_says_why(self, desk: Desk) -> None:
        await desk.world.ready()
        case_id = await desk.waits()
        await desk.hire("rina")
        await desk.hire("budi")
        await desk.take("rina")
        desk.world.clock.at += timedelta(minutes=1)
        assert not await desk.queue.hand_back("here", key(case_id), "budi", REASON)
        assert await desk.queue.hand_back("here", key(case_id), "rina", REASON, "Ani wrote to me at home")
        assert not await desk.queue.hand_back("here", key(case_id), "rina", REASON)
        desk.world.clock.at += timedelta(minutes=1)
        assert await desk.take("rina") is None
        assert await desk.take("budi") is not None
        told = await desk.queue.log("here", "o1", case_id)
        assert [(each.what, each.reason, each.note) for each in told[1:2]] == [
            (What.HANDED_BACK, "OTHER", "Ani wrote to me at home")
        ]

    async def test_forgetting_a_case_takes_what_was_written_and_leaves_that_it_was(self, desk: Desk) -> None:
        await desk.world.ready()
        case_id = await desk.waits()
        await desk.hire("rina")
        await desk.take("rina")
        desk.world.clock.at += timedelta(minutes=1)
        await desk.queue.hand_back("here", key(case_id), "rina", REASON, "Ani wrote to me at home")
        await desk.world.give(CUSTOMER, c.WithdrawDispute(), case_id)
        await desk.world.give(CUSTOMER, c.WithdrawRequest(), case_id)
        await desk.world.until_quiet()
        forgotten = await desk.world.maintenance.forget("here", case_id)
        assert not isinstance(forgotten, Refusal)
        told = await desk.queue.log("here", "o1", case_id)
        assert [(each.what, each.note) for each in told] == [(What.TAKEN, None), (What.HANDED_BACK, None)]

    async def test_nobody_gets_work_of_somebody_they_are_tied_to(self, desk: Desk) -> None:
        await desk.world.ready()
        case_id = await desk.waits()
        for who, ties in (("rina", (CUSTOMER.id,)), ("budi", ("x", SELLER.id)), (CUSTOMER.id, ()), (SELLER.id, ())):
            await desk.hire(who, ties=ties)
            assert await desk.take(who) is None
            (work,) = await desk.queue.page("here")
            assert work.stuck
            assert await desk.assign(work, who) == Refusal(Code.CONFLICT_OF_INTEREST)
        assert await desk.queue.log("here", "o1", case_id) == []

    async def test_who_becomes_tied_loses_what_it_has(self, desk: Desk) -> None:
        await desk.world.ready()
        await desk.waits()
        await desk.hire("rina")
        await desk.hire("budi")
        assert await desk.take("rina") is not None
        desk.people["rina"] = replace(desk.people["rina"], ties=(CUSTOMER.id,))
        assert await desk.take("rina") is None
        assert await desk.take("budi") is not None

    async def test_nobody_gets_an_appeal_against_its_own_judgement(self, desk: Desk) -> None:
        await desk.world.ready()
        case_id = await desk.waits()
        await desk.hire("rina")
        await desk.hire("budi")
        await desk.take("rina")
        await desk.judge(case_id, "rina")
        assert await desk.queue.page("here") == []
        await desk.appealed(case_id)
        assert await desk.take("rina") is None
        (work,) = await desk.queue.page("here")
        assert (work.key.kind, work.barred, work.stuck) == (WorkKind.APPEAL, ("rina",), False)
        assert await desk.assign(work, "rina") == Refusal(Code.SAME_AGENT)
        taken = await desk.take("budi")
        assert taken is not None
        await desk.world.give(Actor(Role.AGENT, "budi"), c.SendBack(text="look again"), case_id)
        assert await desk.take("rina") is None
        (work,) = await desk.queue.page("here")
        assert (work.key.kind, work.barred) == (WorkKind.JUDGE, ("rina",))
        assert await desk.take("budi") is not None

    async def test_skills_decide_what_one_gets(self, desk: Desk) -> None:
        await desk.world.ready(
            bought(1, 900_000, "phones", "en"), bought(2, 500_000, "phones"), bought(3, 100_000, "shoes")
        )
        cases = {order_id: await desk.waits(order_id) for order_id in ("o1", "o2", "o3")}
        await desk.hire("rina", languages=("id",), categories=("shoes", "toys"))
        await desk.hire("budi", languages=("id",), categories=("phones",))
        await desk.hire("sari", languages=("en", "id"))
        await desk.hire("tono", categories=("toys",))
        expected = {"rina": "o3", "budi": "o2", "sari": "o1", "tono": None}
        for who, order_id in expected.items():
            taken = await desk.take(who)
            assert (None if taken is None else taken.key.case_id) == (cases[order_id] if order_id else None)

    async def test_a_lead_assigns_and_the_work_waits_for_that_agent(self, desk: Desk) -> None:
        await desk.world.ready(*many(2))
        await desk.waits("o1")
        await desk.waits("o2")
        await desk.hire("rina", categories=("toys",))
        await desk.hire("budi")
        dear, cheap = await desk.queue.page("here")
        held = await desk.take("budi")
        assert held is not None
        assert held.key == dear.key
        desk.world.clock.at += timedelta(minutes=1)
        assigned = await desk.assign(dear, "rina")
        assert not isinstance(assigned, Refusal)
        assert assigned is not None
        assert (assigned.holder, assigned.until) == ("rina", None)
        desk.world.clock.at += 10 * DAY
        got = await desk.take("budi")
        assert got is not None
        assert got.key == cheap.key
        mine = await desk.take("rina")
        assert mine is not None
        assert (mine.key, mine.until) == (dear.key, None)
        told = await desk.queue.log("here", dear.key.order_id, dear.key.case_id)
        assert [(each.what, each.agent_id, each.by_id) for each in told] == [
            (What.TAKEN, "budi", "budi"),
            (What.RELEASED, "budi", "lead"),
            (What.ASSIGNED, "rina", "lead"),
        ]

    async def test_what_is_assigned_can_be_put_back_into_the_queue(self, desk: Desk) -> None:
        await desk.world.ready()
        await desk.waits()
        await desk.hire("rina")
        await desk.hire("budi")
        (work,) = await desk.queue.page("here")
        await desk.assign(work, "rina")
        assert await desk.take("budi") is None
        await desk.assign(work, "")
        assert await desk.take("budi") is not None
        assert await desk.assign(replace(work, key=replace(work.key, matter=2)), "rina") is None

    async def test_work_assigned_to_somebody_who_left_is_free(self, desk: Desk) -> None:
        await desk.world.ready()
        await desk.waits()
        await desk.hire("rina")
        await desk.hire("budi")
        (work,) = await desk.queue.page("here")
        await desk.assign(work, "rina")
        await desk.disable("rina")
        assert await desk.take("budi") is not None

    async def test_the_fallback_gets_what_nobody_else_may_take(self, desk: Desk) -> None:
        await desk.world.ready(bought(1, 100_000, "phones"), bought(2, 900_000, "shoes"))
        phones, shoes = await desk.waits("o1"), await desk.waits("o2")
        await desk.hire("rina", categories=("phones",))
        await desk.hire("lia", categories=("toys",))
        assert [work.stuck for work in await desk.queue.page("here")] == [True, False]
        assert await desk.take("lia") is None
        await desk.world.store.put_queue_rules("here", "lia", 30)  # type: ignore[attr-defined]
        assert [work.stuck for work in await desk.queue.page("here")] == [False, False]
        taken = await desk.take("lia")
        assert taken is not None
        assert (taken.key.case_id, taken.until) == (shoes, desk.now + timedelta(minutes=30))
        assert await desk.queue.hand_back("here", taken.key, "lia", REASON)
        assert await desk.take("lia") is None  # rina can judge phones
        stuck = await desk.queue.page("here", stuck_only=True)
        assert [work.key.case_id for work in stuck] == [shoes]
        assert await desk.take("rina") is not None
        assert await desk.queue.hand_back("here", key(phones), "rina", REASON)
        taken = await desk.take("lia")
        assert taken is not None
        assert taken.key.case_id == phones

    async def test_the_fallback_gets_no_tie_and_no_judgement_of_its_own(self, desk: Desk) -> None:
        await desk.world.ready()
        case_id = await desk.waits()
        await desk.world.store.put_queue_rules("here", "lia", 60)  # type: ignore[attr-defined]
        await desk.hire("lia", ties=(SELLER.id,))
        assert await desk.take("lia") is None
        (work,) = await desk.queue.page("here", stuck_only=True)
        assert work.key.case_id == case_id
        await desk.hire("rina")
        await desk.world.store.put_queue_rules("here", "rina", 60)  # type: ignore[attr-defined]
        await desk.judge(case_id, "rina")
        await desk.appealed(case_id)
        assert await desk.take("rina") is None
        (work,) = await desk.queue.page("here", stuck_only=True)
        assert work.key.kind is WorkKind.APPEAL

    async def test_a_list_goes_on_where_the_page_ended(self, desk: Desk) -> None:
        await desk.world.ready(*(bought(n, 100_000 + 5_000 * (n % 3)) for n in range(1, 8)))
        for n in range(1, 8):
            await desk.waits(f"o{n}")
            desk.world.clock.at += HOUR / 3
        whole = await desk.queue.page("here", limit=50)
        assert len(whole) == 7
        paged, after = [], ()
        while page := await desk.queue.page("here", after, 2):
            paged += page
            after = page[-1].place
        assert paged == whole

    async def test_how_it_stands_is_told_by_kind(self, desk: Desk) -> None:
        await desk.world.ready(*many(3))
        began = desk.now
        for n in range(1, 4):
            await desk.waits(f"o{n}")
        await desk.hire("rina")
        await desk.hire("budi")
        await desk.take("rina")
        desk.world.clock.at += DEFAULT_LEASE
        await desk.take("budi")
        (standing,) = await desk.queue.standing("here")
        # Of three, rina's lapsed; budi took that one, as the first in the queue.
        assert (standing.kind, standing.waiting, standing.overdue) == (WorkKind.JUDGE, 3, 0)
        assert (standing.held, standing.lapsed, standing.stuck, standing.oldest) == (1, 0, 0, began)
        desk.world.clock.at += DEFAULT_LEASE
        (standing,) = await desk.queue.standing("here")
        assert (standing.held, standing.lapsed) == (0, 1)
        desk.world.clock.at = (await desk.queue.page("here"))[-1].due
        (standing,) = await desk.queue.standing("here")
        assert standing.overdue == 3
        assert await desk.queue.standing("there") == []

    async def test_a_case_stays_open_to_who_worked_on_it(self, desk: Desk) -> None:
        await desk.world.ready()
        case_id = await desk.waits()
        await desk.hire("rina")
        store = desk.world.store
        assert not await store.knows_case("here", case_id, "rina")  # type: ignore[attr-defined]
        await desk.take("rina")
        assert await store.knows_case("here", case_id, "rina")  # type: ignore[attr-defined]
        assert await store.knows_order("here", "o1", "rina")  # type: ignore[attr-defined]
        assert not await store.knows_case("there", case_id, "rina")  # type: ignore[attr-defined]
        await desk.queue.hand_back("here", key(case_id), "rina", BackReason.NO_TIME)
        assert await store.knows_case("here", case_id, "rina")  # type: ignore[attr-defined]
        (work,) = await desk.queue.page("here")
        await desk.assign(work, "rina")
        await desk.queue.hand_back("here", key(case_id), "rina", BackReason.KNOWS_A_PARTY)
        assert not await store.knows_case("here", case_id, "rina")  # type: ignore[attr-defined]
        assert not await store.knows_order("here", "o1", "rina")  # type: ignore[attr-defined]
        refused = await desk.queue.assign("here", key(case_id), "rina", "lia")
        assert isinstance(refused, Refusal)
        assert refused.code is Code.CONFLICT_OF_INTEREST
        await desk.queue.assign("here", key(case_id), "", "lia")  # as another kind of work it would be new to rina
        assert await desk.take("rina") is None

    async def test_leases_run_by_the_real_clock(self, desk: Desk) -> None:
        await desk.world.ready()
        await desk.waits()
        await desk.hire("rina")
        await desk.world.store.put_marketplace(Marketplace("here", "id", offset=30 * DAY))
        taken = await desk.take("rina")
        assert taken is not None
        assert taken.until == desk.now + DEFAULT_LEASE
        (standing,) = await desk.queue.standing("here")
        assert standing.overdue == 1

    @pytest.mark.parametrize("seed", range(4))
    async def test_whatever_happens_nothing_is_lost_or_given_twice_or_wrongly(self, desk: Desk, seed: int) -> None:
        await Wandering(desk, Random(seed)).wander(120)


class TestMemory(QueueContract):
    """The simulator's store."""

    @pytest.fixture
    def desk(self) -> Desk:
        return Desk(World(MemoryStore()))

    @pytest.mark.parametrize("seed", range(100, 130))
    async def test_more_of_whatever_happens(self, desk: Desk, seed: int) -> None:
        await Wandering(desk, Random(seed)).wander(200)


class TestPostgres(QueueContract):
    """The store of production."""

    @pytest.fixture
    async def desk(self, database_url: str) -> AsyncIterator[Desk]:
        store = await PostgresStore.connect(database_url)
        yield Desk(World(store))
        await store.close()

    async def test_many_at_once_get_each_their_own(self, desk: Desk) -> None:
        """Twenty agents ask three times each at once, while other commands change what waits."""
        await desk.world.ready(*many(24))
        cases = [await desk.waits(f"o{n}") for n in range(1, 25)]
        for n in range(20):
            await desk.hire(f"agent-{n}")
        withdrawn = [
            desk.world.say(CUSTOMER, c.WithdrawDispute(), cases[n], order_id=f"o{n + 1}") for n in (3, 9, 15, 21)
        ]
        await asyncio.gather(*(desk.take(f"agent-{n % 20}") for n in range(60)), *withdrawn)
        held = [await desk.queue.held("here", f"agent-{n}") for n in range(20)]
        assert all(len(each) <= 1 for each in held)
        keys = [work.key for each in held for work in each]
        assert len(keys) == len(set(keys))
        left = await desk.queue.page("here")
        assert len(left) == 20
        for n in range(20):  # whoever got nothing, or lost it to a withdrawal, gets one now
            assert await desk.take(f"agent-{n}") is not None
        assert {work.holder for work in await desk.queue.page("here")} == {f"agent-{n}" for n in range(20)}
        assert not await desk.world.differences()

    async def test_rebuild_puts_work_right_and_leaves_who_has_it(self, desk: Desk) -> None:
        await desk.world.ready(*many(3))
        for n in (1, 2, 3):
            await desk.waits(f"o{n}")
        await desk.hire("rina")
        taken = await desk.take("rina")
        assert taken is not None
        whole = await desk.queue.page("here")
        assert isinstance(desk.world.store, PostgresStore)
        fetch = desk.world.store.fetch
        await fetch("DELETE FROM work WHERE order_id = 'o1'")
        await fetch("UPDATE work SET amount = 1, barred = 'x' WHERE order_id = 'o3'")
        await fetch("UPDATE work SET kind = 'ASSESS' WHERE order_id = 'o2'")
        await fetch(
            "INSERT INTO work SELECT marketplace, order_id, case_id, matter, 'SAMPLE', due, turn, since, amount, "
            "currency, escalations, language, categories, customer_id, seller_id, barred FROM work "
            "WHERE order_id = 'o3'"
        )
        found = await desk.world.differences()
        assert [(each.order_id, each.what) for each in found] == [("o1", "work"), ("o2", "work"), ("o3", "work")]
        assert not await desk.world.differences()
        mended = [work for work in await desk.queue.page("here") if work.key.kind is not WorkKind.SAMPLE]
        assert mended == whole
        assert len(await desk.queue.page("here")) == 4
