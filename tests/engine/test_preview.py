"""A preview is what then happens, and leaves no trace; what may be asked is told to whom it concerns."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from mufakat.core import commands as c
from mufakat.core.claim import Assessment, ClaimLine, Ground, Reason, RemedyKind, RequestType, Solution
from mufakat.core.eligibility import Eligibility
from mufakat.core.parties import CLOCK, SYSTEM, Actor, Role
from mufakat.core.phases import Phase
from mufakat.core.policy.codec import encode as encode_policy
from mufakat.core.policy.policy import LapseOutcome
from mufakat.core.preview import Preview, Standing, standing
from mufakat.core.process import PROCESS, Move
from mufakat.core.refusals import Code, Refusal
from mufakat.core.usage import usage
from mufakat.engine.asking import NEW
from mufakat.engine.handle import Done
from mufakat.engine.ports import Store
from mufakat.lab.memory import MemoryStore
from mufakat.store.postgres import PostgresStore
from mufakat.store.records import Ask, Write
from mufakat.store.seal import MAX_TEXT, NO_TEXT
from tests.core.stands import STANDS, actor_in, awarded, inspecting, performing, review, sample, stand
from tests.core.story import AGENT, CUSTOMER, DAY, HOUR, SELLER, Story
from tests.store.world import ASK, World

SECRET = "only between the two of us"


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """A world on PostgreSQL."""
    store = await PostgresStore.connect(database_url)
    yield World(store)
    await store.close()


async def planted(story: Story) -> World:
    """A world in memory in which a story has come as far as it has."""
    store: Store = MemoryStore()
    world = World(store)
    await world.ready(story.order.order)
    for fact in story.order.facts:
        assert not isinstance(await world.engine.record_fact("here", "o1", fact), Refusal)
    loaded = await store.load(Ask("here", "o1"))
    assert loaded is not None
    write = Write(
        "here",
        "o1",
        loaded.version,
        story.now,
        uses={story.case_id: usage(story.case)},
        case=story.case,
        recorded=tuple(story.log),
        policy=("policy", encode_policy(story.policy)),
    )
    assert await store.write(write)
    world.clock.at = story.now
    return world


async def traces(world: World, case_id: str) -> list[object]:
    """Everything that a command could leave behind."""
    return [
        await world.store.load(Ask("here", "o1", case_id)),
        await world.store.events("here", "o1", case_id),
        await world.store.outbox_of("here", case_id),
        await world.store.sealed_of("here", "o1", case_id),
        await world.store.key_of("here", "o1", case_id),
        await world.store.transfers("here"),
        await world.store.cases("here"),
        await world.store.next_moment(),
    ]


def plain(what: object) -> str:
    """A value written out, every text of it alike."""
    return re.sub(r"sha256:(?:[0-9a-f]{64}|text)", "text", repr(what))


async def previewed(world: World, actor: Actor, command: c.Command, case_id: str | None) -> Preview | Refusal:
    """A preview, which must leave nothing behind."""
    before = await traces(world, case_id or NEW)
    found = await world.engine.preview("here", "o1", case_id, command, actor)
    assert await traces(world, case_id or NEW) == before
    return found


async def as_previewed(world: World, actor: Actor, command: c.Command, case_id: str | None) -> Done | Refusal:
    """Preview a command, give it at the same moment, and hold one against the other."""
    found = await previewed(world, actor, command, case_id)
    answer = await world.say(actor, command, case_id)
    if isinstance(found, Refusal):
        assert answer == found
        return answer
    assert isinstance(answer, Done), answer
    made = answer.case_id if case_id is None else NEW
    assert plain(found.recorded).replace(NEW, made) == plain(answer.recorded).replace(NEW, made)
    assert plain(found.case).replace(NEW, made) == plain(answer.case).replace(NEW, made)
    assert found.case.number == answer.version
    return answer


@pytest.mark.parametrize("move", PROCESS, ids=lambda move: f"{move.phase}-{move.command.__name__}")
async def test_a_preview_is_what_then_happens_in_every_cell(move: Move) -> None:
    for role in sorted(move.roles):
        story = stand(move.phase, move.command)
        command = sample(story, move.command, role)
        await as_previewed(await planted(story), actor_in(role, move.phase), command, story.case_id)


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.CLOSED])
@pytest.mark.parametrize("late", [timedelta(0), 30 * DAY])
async def test_a_preview_settles_what_is_due_as_the_command_would(phase: Phase, late: timedelta) -> None:
    """Reading 13."""
    for actor, command in ((CLOCK, c.Lapse()), (CUSTOMER, c.SendMessage(text=SECRET)), (SELLER, c.ApproveRequest())):
        story = STANDS[phase]()
        assert story.m.due is not None
        story.now = story.m.due + late
        await as_previewed(await planted(story), actor, command, story.case_id)


async def test_a_request_is_previewed_before_there_is_a_case(world: World) -> None:
    await world.ready()
    found = await previewed(world, CUSTOMER, ASK, None)
    assert isinstance(found, Preview)
    (change,) = found.matters
    assert (change.came_from, change.before) == (None, None)
    assert (change.after.phase, change.after.lapse) == (Phase.REVIEW, LapseOutcome.APPROVE)
    assert change.after.due == world.clock.at + 2 * DAY
    assert isinstance(await as_previewed(world, CUSTOMER, ASK, None), Done)
    again = c.OpenRequest(RequestType.REFUND, (ClaimLine("a", Reason.DEFECTIVE, (1,)),))
    taken = await as_previewed(world, CUSTOMER, again, None)
    assert isinstance(taken, Refusal)
    assert taken.code is Code.UNITS_NOT_AVAILABLE


async def test_what_a_party_writes_into_a_preview_is_kept_nowhere(world: World) -> None:
    await world.ready()
    case_id = await world.opened()
    found = await previewed(world, SELLER, c.SendMessage(text=SECRET), case_id)
    assert isinstance(found, Preview)
    assert SECRET not in repr(found)
    assert NO_TEXT in repr(found.recorded)
    long = c.SendMessage(text="x" * (MAX_TEXT + 1))
    for answer in (await previewed(world, SELLER, long, case_id), await world.say(SELLER, long, case_id)):
        assert isinstance(answer, Refusal)
        assert answer.code is Code.TEXT_TOO_LONG
    assert isinstance(await previewed(world, SELLER, c.SendMessage(text="x" * MAX_TEXT), case_id), Preview)


async def test_a_preview_is_refused_as_the_command_would_be(world: World) -> None:
    await world.ready()
    case_id = await world.opened()
    for actor, command, code in (
        (CUSTOMER, c.ApproveRequest(), Code.WRONG_ROLE),
        (SELLER, c.Appeal(), Code.WRONG_PHASE),
        (Actor(Role.CUSTOMER, "eve"), c.WithdrawRequest(), Code.NO_SUCH_CASE),
        (Actor(Role.SELLER, "eve"), c.ApproveRequest(), Code.NO_SUCH_CASE),
    ):
        answer = await as_previewed(world, actor, command, case_id)
        assert isinstance(answer, Refusal)
        assert answer.code is code
    unknown = await previewed(world, Actor(Role.CUSTOMER, "eve"), ASK, None)
    assert isinstance(unknown, Refusal)
    assert unknown.code is Code.NO_SUCH_ORDER


async def test_texts_for_a_forgotten_case_are_refused_in_a_preview_too(world: World) -> None:
    await world.ready()
    case_id = await world.opened()
    await world.give(CUSTOMER, c.WithdrawRequest(), case_id)
    await world.until_quiet()
    assert not isinstance(await world.maintenance.forget("here", case_id), Refusal)
    command = c.SendMessage(text=SECRET)
    assert await previewed(world, CUSTOMER, command, case_id) == Refusal(Code.CASE_CLOSED)
    assert await world.say(CUSTOMER, command, case_id) == Refusal(Code.CASE_CLOSED)


async def test_a_seller_sees_what_accepting_a_judgement_costs_and_by_when() -> None:
    """S18 to S20: the money, the 48 hours, and the deduction that silence means."""
    story = awarded()
    found = await previewed(await planted(story), SELLER, c.AcceptJudgement(), "c1")
    assert isinstance(found, Preview)
    (change,) = found.matters
    assert change.before == Standing(Phase.AWARDED, story.m.due, LapseOutcome.FINAL, None, held=100_000)
    assert (change.after.phase, change.after.due) == (Phase.PAYING, story.now + 48 * HOUR)
    assert change.after.lapse is LapseOutcome.DEDUCT
    assert (change.after.kind, change.after.owed, change.after.ordered) == (RemedyKind.REFUND, 100_000, 100_000)
    assert change.after.paid == 0


async def test_goods_that_are_owed_are_no_money_until_they_become_it() -> None:
    """S21."""
    found = await previewed(await planted(performing()), SELLER, c.RefundInstead(), "c1")
    assert isinstance(found, Preview)
    (change,) = found.matters
    assert change.before is not None
    assert (change.before.kind, change.before.owed) == (RemedyKind.REPLACEMENT, 0)
    assert change.after.owed == change.after.ordered > 0


async def test_a_part_that_goes_its_own_way_tells_where_it_came_from() -> None:
    lines = (ClaimLine("a", Reason.DEFECTIVE), ClaimLine("b", Reason.DEFECTIVE))
    story = Story().rejected(RequestType.REFUND, *lines)
    found = await previewed(await planted(story), CUSTOMER, c.RaiseDispute(lines=("a",)), "c1")
    assert isinstance(found, Preview)
    assert {each.after.phase: each.lines for each in found.matters} == {Phase.EVIDENCE: ("a",), Phase.REJECTED: ("b",)}
    assert [(each.matter, each.came_from) for each in found.matters] == [(1, 1), (2, 1)]
    assert {each.before for each in found.matters} == {standing(story.m)}


async def test_eligibility_is_told_to_the_parties_and_for_them(world: World) -> None:
    """S6, S27."""
    await world.ready()
    await world.opened()
    before = await traces(world, NEW)
    mine = await world.engine.eligibility("here", "o1", CUSTOMER)
    assert isinstance(mine, Eligibility)
    assert [(line.line_id, line.free) for line in mine.lines] == [("a", (2,)), ("b", (1,))]
    assert (mine.role, mine.now) == (Role.CUSTOMER, world.clock.at)
    assert await world.engine.eligibility("here", "o1", SYSTEM) == mine
    assert await world.engine.eligibility("here", "o1", AGENT, for_role=Role.CUSTOMER) == mine
    sellers = await world.engine.eligibility("here", "o1", SELLER, ("b",))
    assert isinstance(sellers, Eligibility)
    assert sellers == await world.engine.eligibility("here", "o1", AGENT, ("b",), Role.SELLER)
    assert (sellers.role, [line.line_id for line in sellers.lines]) == (Role.SELLER, ["b"])
    assert await traces(world, NEW) == before


async def test_eligibility_is_refused_to_whom_it_does_not_concern(world: World) -> None:
    await world.ready()

    async def refusal(actor: Actor, *lines: str, order_id: str = "o1", role: Role | None = None) -> Code:
        answer = await world.engine.eligibility("here", order_id, actor, lines, role)
        assert isinstance(answer, Refusal)
        return answer.code

    assert await refusal(Actor(Role.CUSTOMER, "eve")) is Code.NO_SUCH_ORDER
    assert await refusal(Actor(Role.SELLER, CUSTOMER.id)) is Code.NO_SUCH_ORDER
    assert await refusal(CUSTOMER, order_id="o9") is Code.NO_SUCH_ORDER
    assert await refusal(CUSTOMER, role=Role.SELLER) is Code.WRONG_ROLE
    assert await refusal(AGENT, role=Role.AGENT) is Code.WRONG_ROLE
    assert await refusal(Actor(Role.AGENT, SELLER.id)) is Code.CONFLICT_OF_INTEREST
    assert await refusal(CUSTOMER, "z") is Code.NO_SUCH_LINE


async def test_texts_within_what_a_command_wraps_are_left_out_too() -> None:
    """House principle 11."""
    story = Story().deciding()
    command = c.AssessLine(Assessment("a", Ground.QUALITY, text=SECRET))
    found = await previewed(await planted(story), AGENT, command, "c1")
    assert isinstance(found, Preview)
    assert SECRET not in repr(found)
    offered = await previewed(
        await planted(review()), SELLER, c.MakeOffer(Solution(RemedyKind.REFUND, 1, SECRET)), "c1"
    )
    assert isinstance(offered, Preview)
    assert SECRET not in repr(offered)


async def test_freight_of_a_return_stands_with_who_bears_it() -> None:
    """S22 to S25."""
    story = inspecting()
    found = await previewed(await planted(story), SELLER, c.ConfirmReceipt(), "c1")
    assert isinstance(found, Preview)
    after = found.matters[0].after
    assert story.m.remedy is not None
    assert (after.freight, after.freight_bearer) == (story.m.remedy.freight, story.m.remedy.freight_bearer)
