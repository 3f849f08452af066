"""What every store must do. `test_contract.py` runs it against PostgreSQL and against the simulator's memory."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from mufakat.core import commands as c
from mufakat.core.evolve import replay
from mufakat.core.order import OutsideRefund
from mufakat.core.parties import CLOCK, SYSTEM, Actor, Role
from mufakat.core.refusals import Code, Refusal
from mufakat.core.usage import usage
from mufakat.engine.handle import Done
from mufakat.store.records import Ask, Lane, Marketplace, OrderPut, Watched
from mufakat.store.seal import SealError
from tests.core.story import CUSTOMER, DAY, DELIVERED, HOUR, SELLER, delivered, order
from tests.store.world import ASK, THERE, World, orders

SPAN = timedelta(minutes=1)
THOUSAND = c.SendMessage(text="x" * 4000)


class Contract:
    """Tests of a store; the class of a store gives the fixture `world`."""

    # --- orders and facts

    async def test_a_snapshot_is_kept_once_and_changes_only_before_the_first_case(self, world: World) -> None:
        await world.ready()
        changed = replace(order(), shipping_fee=1)
        assert await world.engine.put_order("here", order()) is OrderPut.SAME
        assert await world.engine.put_order("here", changed) is OrderPut.CHANGED
        assert await world.engine.put_order("here", order()) is OrderPut.CHANGED
        await world.opened()
        assert await world.engine.put_order("here", order()) is OrderPut.SAME
        answer = await world.engine.put_order("here", changed)
        assert isinstance(answer, Refusal)
        assert answer.code is Code.ALREADY_OPEN

    async def test_an_order_needs_its_marketplace(self, world: World) -> None:
        answer = await world.engine.put_order("nowhere", order())
        assert isinstance(answer, Refusal)
        assert answer.code is Code.NO_SUCH_ORDER

    async def test_the_same_fact_twice_is_one(self, world: World) -> None:
        await world.ready()
        for fact in delivered():
            assert await world.engine.record_fact("here", "o1", fact) == 0
        loaded = await world.store.load(Ask("here", "o1"))
        assert loaded is not None
        assert loaded.order.facts == delivered()

    async def test_a_fact_reaches_every_open_case_once(self, world: World) -> None:
        await world.ready()
        case_id = await world.opened()
        fact = OutsideRefund("b", (1,), 50_000, world.clock.at)
        assert await world.engine.record_fact("here", "o1", fact) == 1
        first = await world.store.history("here", "o1", case_id)
        assert await world.engine.record_fact("here", "o1", fact) == 1
        assert await world.store.history("here", "o1", case_id) == first

    async def test_a_fact_of_an_unknown_order_is_refused(self, world: World) -> None:
        await world.ready()
        answer = await world.engine.record_fact("here", "o9", delivered()[0])
        assert isinstance(answer, Refusal)
        assert answer.code is Code.NO_SUCH_ORDER

    # --- commands

    async def test_what_was_written_is_what_is_loaded(self, world: World) -> None:
        await world.ready()
        case_id = await world.disputed()
        loaded = await world.store.load(Ask("here", "o1", case_id))
        assert loaded is not None
        history = [each.recorded for each in await world.store.history("here", "o1", case_id)]
        assert loaded.case == replay(history)
        assert loaded.order.uses == {case_id: usage(replay(history))}
        assert loaded.policy == world.engine.policy_for("id", DELIVERED).policy
        row = await world.store.find_case("here", case_id)
        assert row is not None
        assert (row.number, row.phases, row.due) == (len(history), ("EVIDENCE",), loaded.case.due)

    async def test_a_refused_command_changes_nothing(self, world: World) -> None:
        await world.ready()
        case_id = await world.opened()
        before = await world.store.load(Ask("here", "o1", case_id))
        assert await world.refused(CUSTOMER, c.ApproveRequest(), case_id, "k") is Code.WRONG_ROLE
        assert await world.store.load(Ask("here", "o1", case_id)) == before
        assert await world.store.answered("here", "k") is None

    async def test_a_stale_write_leaves_nothing(self, world: World) -> None:
        await world.ready()
        case_id = await world.opened()
        loaded = await world.store.load(Ask("here", "o1", case_id))
        await world.give(CUSTOMER, c.SendMessage(text="hello"), case_id)
        kept = world.store.load

        async def stale(ask: Ask) -> object:
            world.store.load = kept  # type: ignore[method-assign]
            return replace(loaded, answered=None) if ask.case_id else loaded  # type: ignore[type-var]

        world.store.load = stale  # type: ignore[method-assign, assignment]
        done = await world.give(CUSTOMER, c.SendMessage(text="again"), case_id)
        assert done.case.messages == 2
        history = await world.store.history("here", "o1", case_id)
        assert [each.recorded.number for each in history] == list(range(1, len(history) + 1))
        assert not await world.broken()
        assert not await world.differences()

    async def test_other_peoples_cases_do_not_exist(self, world: World) -> None:
        await world.ready()
        stranger = Actor(Role.CUSTOMER, "eve")
        assert await world.refused(stranger, ASK) is Code.NO_SUCH_ORDER
        case_id = await world.opened()
        assert await world.refused(stranger, c.SendMessage(text="hi"), case_id) is Code.NO_SUCH_CASE
        assert await world.refused(Actor(Role.SELLER, "eve"), c.ApproveRequest(), case_id) is Code.NO_SUCH_CASE
        assert await world.refused(CUSTOMER, c.SendMessage(text="hi"), "no such") is Code.NO_SUCH_CASE
        assert await world.refused(CUSTOMER, ASK, order_id="o9") is Code.NO_SUCH_ORDER

    async def test_marketplaces_never_see_each_other(self, world: World) -> None:
        await world.ready()
        await world.put(order(), "there")
        case_id = await world.opened()
        hello = c.SendMessage(text="hi")
        assert await world.refused(CUSTOMER, hello, case_id, marketplace="there") is Code.NO_SUCH_CASE
        assert await world.store.find_case("there", case_id) is None
        assert await world.store.cases("there") == []
        assert await world.store.cases_to_tell("there", "o1") == []
        assert await world.store.events("there", "o1", case_id) == []
        assert await world.store.sealed_of("there", "o1", case_id) == {}
        assert await world.store.transfers("there") == []
        await world.deliveries.drain()
        assert await world.store.inbox("there", "SELLER", SELLER.id) == []
        assert len(await world.store.inbox("here", "SELLER", SELLER.id)) > 0
        # The same key in another marketplace is another key, and the same units there are other units.
        await world.give(CUSTOMER, hello, case_id, "k")
        loaded = await world.store.load(Ask("there", "o1", None, "k"))
        assert loaded is not None
        assert (loaded.answered, loaded.order.uses) == (None, {})

    async def test_an_answer_carries_what_would_be_loaded_next(self, world: World) -> None:
        await world.ready()
        opened = await world.give(CUSTOMER, ASK, key="open")
        loaded = await world.store.load(Ask("here", "o1", opened.case_id))
        assert loaded is not None
        assert opened.after == replace(loaded, head=b"")
        said = await world.give(SELLER, c.SendMessage(text="hello"), opened.case_id, "hello")
        loaded = await world.store.load(Ask("here", "o1", opened.case_id))
        assert loaded is not None
        assert said.after == replace(loaded, head=b"")
        sealed = await world.store.sealed_of("here", "o1", opened.case_id)
        assert said.sealed
        assert all(sealed[each.hash] == each for each in said.sealed)
        again = await world.give(CUSTOMER, ASK, key="open")
        assert (again.after, again.sealed) == (None, ()), "the case may have moved on since"

    # --- idempotency

    async def test_the_same_key_and_input_give_the_first_answer_again(self, world: World) -> None:
        await world.ready()
        first = await world.give(CUSTOMER, ASK, key="open")
        await world.give(CUSTOMER, c.SendMessage(text="more"), first.case_id)
        assert await world.give(CUSTOMER, ASK, key="open") == first

    async def test_a_command_decided_on_another_version_is_refused(self, world: World) -> None:
        await world.ready()
        first = await world.give(CUSTOMER, ASK, key="open", expected=0)
        case_id, seen = first.case_id, first.version
        told = await world.give(SELLER, c.SendMessage(text="hello"), case_id, "hello", expected=seen)
        before = await world.store.load(Ask("here", "o1", case_id))
        answer = await world.say(CUSTOMER, c.WithdrawRequest(), case_id, "back", expected=seen)
        facts = (("expected", str(seen)), ("version", str(told.version)), ("phase", "REVIEW"))
        assert answer == Refusal(Code.VERSION_CHANGED, facts)
        assert await world.store.load(Ask("here", "o1", case_id)) == before
        assert await world.refused(CUSTOMER, c.WithdrawRequest(), case_id, expected=told.version + 1) is answer.code
        assert await world.refused(CUSTOMER, ASK, expected=1) is Code.VERSION_CHANGED
        # A repeated key has had its answer, whatever the case has become since.
        assert await world.give(SELLER, c.SendMessage(text="hello"), case_id, "hello", expected=seen) == told
        assert await world.give(SELLER, c.SendMessage(text="hello"), case_id, "hello", expected=99) == told
        await world.give(CUSTOMER, c.WithdrawRequest(), case_id, "back", expected=told.version)

    async def test_the_same_key_with_another_input_is_refused(self, world: World) -> None:
        await world.ready(*orders(2))
        case_id = (await world.give(CUSTOMER, ASK, key="open")).case_id
        assert await world.refused(CUSTOMER, replace(ASK, text="other"), key="open") is Code.KEY_REUSED
        assert await world.refused(CUSTOMER, ASK, key="open", order_id="o2") is Code.KEY_REUSED
        assert await world.refused(SELLER, c.ApproveRequest(), case_id, "open") is Code.KEY_REUSED

    async def test_a_key_is_not_used_up_by_a_refusal(self, world: World) -> None:
        await world.ready()
        case_id = await world.opened()
        assert await world.refused(SELLER, c.AcceptOffer(), case_id, "k") in (Code.WRONG_PHASE, Code.WRONG_ROLE)
        await world.give(SELLER, c.ApproveRequest(), case_id, "k")

    async def test_one_key_at_once_is_one_command(self, world: World) -> None:
        await world.ready()
        answers = await asyncio.gather(*(world.say(CUSTOMER, ASK, key="once") for _ in range(5)))
        assert len({answer.case_id for answer in answers if isinstance(answer, Done)}) == 1
        assert len(await world.store.cases("here")) == 1

    async def test_one_key_at_once_for_two_orders_is_one_of_them(self, world: World) -> None:
        await world.ready(*orders(2))
        answers = await asyncio.gather(
            *(world.another().handle("here", f"o{n}", None, ASK, CUSTOMER, "once") for n in (1, 2))
        )
        done = [answer for answer in answers if isinstance(answer, Done)]
        refused = [answer.code for answer in answers if isinstance(answer, Refusal)]
        assert (len(done), refused) == (1, [Code.KEY_REUSED])

    # --- sealed texts

    async def test_texts_are_sealed_and_can_be_opened(self, world: World) -> None:
        await world.ready()
        case_id = await world.opened()
        sealed = await world.store.sealed_of("here", "o1", case_id)
        key = await world.store.key_of("here", "o1", case_id)
        assert key is not None
        texts = {world.sealer.open("here", case_id, key, row) for row in sealed.values()}
        assert texts == {"It does not turn on", "the crack at the bottom"}
        for event in await world.store.events("here", "o1", case_id):
            assert b"turn on" not in event.body
            assert b"crack" not in event.body

    async def test_a_text_over_the_limit_is_refused(self, world: World) -> None:
        await world.ready()
        case_id = await world.opened()
        assert await world.refused(CUSTOMER, c.SendMessage(text="x" * 4001), case_id) is Code.TEXT_TOO_LONG
        await world.give(CUSTOMER, THOUSAND, case_id)

    # --- deadlines and lists

    async def test_what_is_due_is_found_by_each_marketplaces_own_clock(self, world: World) -> None:
        await world.ready()
        case_id = await world.opened()
        row = await world.store.find_case("here", case_id)
        assert row is not None
        assert row.due is not None
        (found,) = await world.store.due(row.due, 10)
        wake = found.wake
        assert (found.case_id, found.due) == (case_id, row.due)
        assert wake < row.due, "a reminder comes first"
        assert await world.store.due(wake - SPAN, 10) == []
        assert [each.case_id for each in await world.store.due(wake, 10)] == [case_id]
        assert await world.store.next_moment() is not None
        await world.store.put_marketplace(Marketplace("here", "id", offset=SPAN))
        assert [each.case_id for each in await world.store.due(wake - SPAN, 10)] == [case_id]
        await world.store.put_marketplace(Marketplace("here", "id", frozen=wake - SPAN))
        assert await world.store.due(row.due + DAY, 10) == []

    async def test_a_reminder_wakes_the_case_first_and_its_due_moment_after_it(self, world: World) -> None:
        await world.ready()
        case_id = await world.opened()
        row = await world.store.find_case("here", case_id)
        assert row is not None
        assert row.due is not None
        (first,) = await world.store.due(row.due, 10)
        world.clock.at = first.wake
        assert await world.say(CLOCK, c.Remind(), case_id) is not None
        (then,) = await world.store.due(row.due, 10)
        assert (then.wake, then.due) == (row.due, row.due)
        await world.store.postpone(first, row.due + DAY)  # of one that has moved on meanwhile: nothing
        assert await world.store.due(row.due, 10) == [then]

    async def test_a_postponed_case_is_left_alone(self, world: World) -> None:
        await world.ready()
        case_id = await world.opened()
        row = await world.store.find_case("here", case_id)
        assert row is not None
        assert row.due is not None
        (case,) = await world.store.due(row.due, 10)
        await world.store.postpone(case, row.due + HOUR)
        assert await world.store.due(row.due, 10) == []
        (again,) = await world.store.due(row.due + HOUR, 10)
        assert (again.failures, again.due) == (1, row.due)
        await world.store.postpone(replace(case, wake=row.due - HOUR), row.due + DAY)
        assert await world.store.due(row.due + HOUR, 10) == [again]

    async def test_lists_are_paged_by_key(self, world: World) -> None:
        await world.ready(*orders(3))
        made = [(await world.give(CUSTOMER, ASK, order_id=f"o{n}")).case_id for n in (1, 2, 3)]
        first = await world.store.cases("here", limit=2)
        rest = await world.store.cases("here", first[-1].case_id, limit=2)
        assert [row.case_id for row in (*first, *rest)] == sorted(made)
        await world.give(CUSTOMER, c.WithdrawRequest(), made[0])
        assert {row.case_id for row in await world.store.cases("here", open_only=True)} == set(made[1:])
        assert await world.store.cases_to_tell("here", "o1") == []

    # --- the outbox

    async def test_a_claimed_row_is_nobody_elses_until_the_lease_ends(self, world: World) -> None:
        await world.ready()
        await world.opened()
        now = world.clock.at
        claims = await world.store.claim(now, SPAN, 100)
        assert claims
        assert await world.store.claim(now, SPAN, 100) == []
        later = await world.store.claim(now + SPAN, SPAN, 100)
        assert {each.key for each in later} == {each.key for each in claims}
        assert all(each.unknown and each.attempts == 2 for each in later)
        await world.store.done(claims[0])  # the lease was lost: this must not count
        assert await world.store.claim(now + 2 * SPAN, SPAN, 1)

    async def test_done_again_and_given_up(self, world: World) -> None:
        await world.ready()
        case_id = await world.opened()
        now = world.clock.at
        first, second = (await world.store.claim(now, SPAN, 100))[:2]
        await world.store.again(first, now + HOUR, "no answer", unknown=False)
        await world.store.give_up(second, "refused")
        assert await world.store.claim(now + SPAN, SPAN, 100) == []
        (again,) = await world.store.claim(now + HOUR, SPAN, 100)
        assert (again.key, again.attempts, again.unknown) == (first.key, 2, False)
        await world.store.done(again)
        (given_up,) = await world.store.given_up("here")
        assert (given_up.key, given_up.last_error) == (second.key, "refused")
        assert await world.store.revive("here", second.key, now + HOUR)
        assert not await world.store.revive("here", first.key, now + HOUR)
        assert [each.key for each in await world.store.claim(now + HOUR, SPAN, 100)] == [second.key]
        assert (await world.store.outbox_of("here", case_id))[first.key] == "DONE"

    async def test_money_leaves_a_case_in_order(self, world: World) -> None:
        await world.ready()
        case_id = await world.disputed()
        await world.give(SELLER, c.Concede(), case_id)  # releases or pays after the hold
        now = world.clock.at
        first = [each for each in await world.store.claim(now, SPAN, 100) if each.lane is Lane.MONEY]
        assert [each.what.kind for each in first] == ["HOLD"]  # type: ignore[union-attr]
        assert not [e for e in await world.store.claim(now, SPAN, 100) if e.lane is Lane.MONEY]
        await world.store.done(first[0])
        assert len([e for e in await world.store.claim(now, SPAN, 100) if e.lane is Lane.MONEY]) == 1

    async def test_obligations_are_looked_up_until_never(self, world: World) -> None:
        await world.ready()
        case_id = await world.opened()
        now, watched = world.clock.at, Watched("here", f"{case_id}:1", "o1", case_id, 100)
        await world.store.watch(watched, now + HOUR)
        assert await world.store.to_look(now, SPAN, 10) == []
        assert await world.store.to_look(now + HOUR, SPAN, 10) == [watched]
        assert await world.store.to_look(now + HOUR, SPAN, 10) == []
        await world.store.looked(watched, now + DAY)
        (again,) = await world.store.to_look(now + DAY, SPAN, 10)
        assert again == replace(watched, looks=1)
        await world.store.looked(again, None)
        assert await world.store.to_look(now + 9 * DAY, SPAN, 10) == []

    # --- upkeep

    async def test_a_whole_case_verifies_rebuilds_and_sums_to_zero(self, world: World) -> None:
        await world.ready(sold=500_000)
        case_id = await world.disputed()
        await world.give(SELLER, c.Concede(), case_id)
        await world.until_quiet()
        row = await world.store.find_case("here", case_id)
        assert row is not None
        assert (row.is_open, row.paid) == (False, 100_000)
        assert await world.nothing_owed()
        assert len(await world.store.transfers("here", case_id)) > 0
        assert await world.broken() == []
        assert await world.differences() == []

    async def test_unsound_orders_and_facts_change_nothing(self, world: World) -> None:
        await world.ready()
        bad = await world.engine.put_order("here", replace(order(), order_id="o9", shipping_fee=-1))
        assert isinstance(bad, Refusal)
        assert bad.code is Code.ORDER_NOT_SOUND
        wrong = await world.engine.record_fact("here", "o1", OutsideRefund("a", (1,), -5, DELIVERED))
        assert isinstance(wrong, Refusal)
        assert wrong.code is Code.FACT_NOT_FITTING
        loaded = await world.store.load(Ask("here", "o1"))
        assert loaded is not None
        assert all(not isinstance(fact, OutsideRefund) for fact in loaded.order.facts)
        assert await world.store.load(Ask("here", "o9")) is None

    async def test_forgetting_is_refused_while_open_or_money_is(self, world: World) -> None:
        await world.ready()
        case_id = await world.disputed()
        for marketplace, code in (("there", Code.NO_SUCH_CASE), ("here", Code.UNDER_HOLD)):
            answer = await world.maintenance.forget(marketplace, case_id)
            assert isinstance(answer, Refusal)
            assert answer.code is code
        await world.give(CUSTOMER, c.WithdrawDispute(), case_id)
        answer = await world.maintenance.forget("here", case_id)
        assert isinstance(answer, Refusal)
        assert answer.code is Code.STILL_OPEN
        await world.give(SELLER, c.Concede(), case_id)
        await world.until_quiet()  # nothing is due to the seller, so the refund stays unpaid
        answer = await world.maintenance.forget("here", case_id)
        assert isinstance(answer, Refusal)
        assert answer.code is Code.MONEY_OPEN

    async def test_a_forgotten_case_keeps_its_facts_and_loses_its_people(self, world: World) -> None:
        await world.ready(sold=500_000)
        case_id = (await world.give(CUSTOMER, ASK, key="open")).case_id
        await world.give(SELLER, c.ApproveRequest(), case_id)
        await world.until_quiet()
        log = await world.store.events("here", "o1", case_id)
        key = await world.store.key_of("here", "o1", case_id)
        (row, *_) = (await world.store.sealed_of("here", "o1", case_id)).values()
        assert not isinstance(await world.maintenance.forget("here", case_id), Refusal)
        assert await world.store.sealed_of("here", "o1", case_id) == {}
        gone = await world.store.key_of("here", "o1", case_id)
        assert gone is not None
        assert gone.wrapped is None
        answered = await world.store.answered("here", "open")
        assert answered is not None
        assert answered.input_hash == b""
        assert await world.store.events("here", "o1", case_id) == log
        assert await world.broken() == []
        assert await world.differences() == []
        assert key is not None
        try:
            world.sealer.open("here", case_id, gone, row)
        except SealError:
            pass
        else:
            raise AssertionError("a forgotten text was read")
        assert await world.refused(CUSTOMER, c.SendMessage(text="hi"), case_id) is Code.CASE_CLOSED
        assert await world.maintenance.apply_forgotten() == 1

    async def test_the_clock_may_come_twice(self, world: World) -> None:
        await world.ready()
        case_id = await world.opened()
        row = await world.store.find_case("here", case_id)
        assert row is not None
        assert row.due is not None
        world.clock.at = row.due
        answers = await asyncio.gather(*(world.say(CLOCK, c.Lapse(), case_id) for _ in range(4)))
        assert sum(isinstance(answer, Done) for answer in answers) == 1
        world.clock.at = DELIVERED  # a clock that jumps back
        assert await world.say(SYSTEM, c.Lapse(), case_id) is not None
        await world.give(CUSTOMER, c.SendMessage(text="still here"), case_id)

    async def test_every_marketplace_is_listed(self, world: World) -> None:
        await world.ready()
        assert [each.marketplace for each in await world.store.marketplaces()] == ["here", "there"]
        assert THERE in await world.store.marketplaces()
