"""Importing: a case that was under way elsewhere comes in whole, by the rules, and goes on as if it had been here."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.claim import (
    Assessment,
    FindingValue,
    Ground,
    Material,
    RemedyKind,
    RequestType,
    ReturnMethod,
    Severity,
    Solution,
)
from mufakat.core.decide.imported import Step
from mufakat.core.order import OutsideRefund, Scan, ScanKind
from mufakat.core.parties import SYSTEM, Role
from mufakat.core.phases import Outcome, Phase
from mufakat.core.policy.policy import ClockName
from mufakat.core.refusals import Code
from mufakat.core.settlement import Kind
from mufakat.engine.importing import (
    History,
    Imported,
    import_case,
)
from mufakat.engine.together import together
from mufakat.lab.memory import MemoryStore
from mufakat.payments.false_tables import TableBooks
from mufakat.store.database import StoreLost
from mufakat.store.postgres import PostgresStore
from mufakat.store.records import Ask, Write
from tests.core.story import AGENT, CUSTOMER, DAY, DELIVERED, HOUR, SELLER
from tests.engine.histories import DISPUTE, DISPUTED, OPENED, REJECT, nine_days_on, refused, taken, told
from tests.store.world import ASK, World, orders


@pytest.fixture(params=["memory", "postgres"])
async def world(request: pytest.FixtureRequest, database_url: str) -> AsyncIterator[World]:
    """A world on either store, nine days after the delivery."""
    if request.param == "memory":
        yield await nine_days_on(World(MemoryStore()))
        return
    store = await PostgresStore.connect(database_url)
    yield await nine_days_on(World(store, books=TableBooks(store.pool, "here")))
    await store.close()


@pytest.fixture
async def here() -> World:
    """A world in memory, nine days after the delivery."""
    return await nine_days_on(World(MemoryStore()))


async def inboxes(world: World) -> list[tuple[str, str]]:
    """Who is told what, after everything was delivered."""
    await world.deliveries.drain()
    found = []
    for role, who in ((Role.CUSTOMER, CUSTOMER.id), (Role.SELLER, SELLER.id), (Role.AGENT, "")):
        found += [(role.value, notice.code) for notice in await world.store.inbox("here", role, who)]
    return sorted(found)


def span(world: World, clock: ClockName, start: datetime) -> datetime:
    """The end of a clock's span in hours or calendar days; Jakarta has no summer time."""
    given = world.engine.policy_for("id", OPENED).policy.clocks[clock].span
    return start + timedelta(**{{"HOURS": "hours", "CALENDAR_DAYS": "days"}[given.unit.name]: given.n})


# --- what comes in


async def test_s27_a_request_that_waits_for_the_seller_gets_the_whole_review_anew(world: World) -> None:
    imported = await taken(world, told((HOUR, CUSTOMER, c.SendMessage(text="Please answer"))))
    (matter,) = imported.case.matters
    assert matter.phase is Phase.REVIEW
    assert matter.due == span(world, ClockName.SELLER_REVIEW, world.clock.at)
    assert imported.case.opened_at == OPENED
    names = [e.NAMES[type(each.event)] for each in imported.recorded]
    assert names[0] == "request.opened"
    assert names[-3:] == ["case.imported", "due.extended", "phase.entered"]
    origin = next(each for each in imported.recorded if isinstance(each.event, e.CaseImported))
    assert (origin.at, origin.actor, origin.event) == (
        world.clock.at,
        SYSTEM,
        e.CaseImported("oldshop", "RMA-1", 2, facts=2),
    )
    done = await world.give(SELLER, c.ApproveRequest(), imported.case_id)
    assert done.version > imported.version


async def test_s27_silence_after_the_import_counts_as_anywhere(here: World) -> None:
    imported = await taken(here, told())
    await here.until_quiet()
    loaded = await here.store.load(Ask("here", "o1", imported.case_id))
    assert loaded is not None
    assert loaded.case is not None
    assert loaded.case.matter(1).outcome is Outcome.REFUNDED


async def test_a_promise_of_the_other_system_is_kept_even_where_it_is_shorter(here: World) -> None:
    until = here.clock.at + 5 * HOUR
    imported = await taken(here, told(due={1: until}))
    assert imported.case.due == until


async def test_a_promise_never_shortens_what_our_own_rules_still_give(here: World) -> None:
    here.clock.at = OPENED + HOUR
    imported = await taken(here, told(due={1: here.clock.at + HOUR}))
    assert imported.case.due == span(here, ClockName.SELLER_REVIEW, OPENED)


async def test_s11_s26_a_rejected_request_can_be_disputed_in_the_whole_window(world: World) -> None:
    imported = await taken(world, told((3 * HOUR, SELLER, REJECT)))
    due = span(world, ClockName.DISPUTE_WINDOW, world.clock.at)
    assert imported.case.matter(1).phase is Phase.REJECTED
    assert imported.case.due == due
    world.clock.at = due - timedelta(seconds=1)
    done = await world.give(CUSTOMER, DISPUTE, imported.case_id)
    assert done.case.matter(1).phase is Phase.EVIDENCE


async def test_s3_to_s20_a_dispute_with_material_is_judged_here_and_paid(world: World) -> None:
    policy = world.engine.policy_for("id", OPENED).policy
    items = [rule.item for rule in policy.expected(ASK.lines[0].reason, Role.CUSTOMER)]
    given = [
        (DAY + n * HOUR, CUSTOMER, c.HandIn(Material(item, digest=f"d-{item}", text="see")))
        for n, item in enumerate(items, start=1)
    ]
    history = told((3 * HOUR, SELLER, REJECT), (DAY, CUSTOMER, DISPUTE), *given)
    imported = await taken(world, history)
    (matter,) = imported.case.matters
    assert (matter.phase, matter.dispute, matter.carried) == (Phase.EVIDENCE, 1, (1,))
    assert {window.party for window in matter.windows} == {Role.CUSTOMER, Role.SELLER}
    assert all(window.until > world.clock.at for window in matter.windows)
    world.clock.at = max(window.until for window in matter.windows)
    assert await world.deadlines.drain() == 1
    loaded = await world.store.load(Ask("here", "o1", imported.case_id))
    assert loaded is not None
    assert loaded.case is not None
    for exhibit in loaded.case.exhibits:
        if exhibit.material.item in items:
            found = c.RecordFinding(
                "a", Role.CUSTOMER, exhibit.material.item, FindingValue.VALID, exhibit.number, text="x"
            )
            await world.give(AGENT, found, imported.case_id)
    assessed = c.AssessLine(Assessment("a", Ground.QUALITY, Severity.MAJOR, text="dead"))
    await world.give(AGENT, assessed, imported.case_id)
    await world.give(AGENT, c.Judge(), imported.case_id)
    await world.until_quiet()
    loaded = await world.store.load(Ask("here", "o1", imported.case_id))
    assert loaded is not None
    assert loaded.case is not None
    assert loaded.case.matter(1).outcome is Outcome.REFUNDED
    assert await world.nothing_owed()
    standing = await world.provider.standing(f"{imported.case_id}:1")
    assert standing is not None
    assert standing.paid == 100_000


async def test_s12_a_third_dispute_is_refused_at_its_step(here: World) -> None:
    twice = (
        (3 * HOUR, SELLER, REJECT),
        (4 * HOUR, CUSTOMER, DISPUTE),
        (5 * HOUR, CUSTOMER, c.WithdrawDispute()),
        (6 * HOUR, CUSTOMER, DISPUTE),
    )
    history = told(*twice, (7 * HOUR, CUSTOMER, c.WithdrawDispute()), (8 * HOUR, CUSTOMER, DISPUTE))
    code, step = await refused(here, history)
    assert step == 7
    assert code in (Code.CASE_CLOSED, Code.TWO_DISPUTES)
    imported = await taken(here, told(*twice))
    assert imported.case.matter(1).dispute == 2


async def test_s12_disputes_of_an_ended_case_count_for_the_next(here: World) -> None:
    ended = told(
        (3 * HOUR, SELLER, REJECT),
        (4 * HOUR, CUSTOMER, DISPUTE),
        (5 * HOUR, CUSTOMER, c.WithdrawDispute()),
        (6 * HOUR, CUSTOMER, c.WithdrawRequest()),
    )
    first = await taken(here, ended)
    assert not first.case.is_open
    again = (Step(OPENED + DAY, CUSTOMER, ASK), *(replace(s, at=s.at + DAY) for s in DISPUTED.steps[1:]))
    second = await taken(here, replace(ended, external_id="RMA-2", steps=again))
    assert second.case.matter(1).dispute == 2


async def test_s1_a_dispute_without_a_rejection_is_refused_at_its_step(here: World) -> None:
    assert await refused(here, told((HOUR, CUSTOMER, DISPUTE))) == (Code.WRONG_PHASE, 2)


async def test_reading_14_an_older_case_of_the_same_units_is_imported_first(here: World) -> None:
    unit = replace(ASK, lines=(replace(ASK.lines[0], units=(1,)),))

    def asked(number: int, after: timedelta, *, ends: bool) -> History:
        opening = Step(OPENED + after, CUSTOMER, unit)
        end = (Step(OPENED + after + HOUR, CUSTOMER, c.WithdrawRequest()),) if ends else ()
        return told(steps=(opening, *end), external_id=f"RMA-{number}")

    await taken(here, asked(1, DAY, ends=True))
    assert await refused(here, asked(2, timedelta(), ends=True)) == (Code.HISTORY_NOT_SOUND, 1)
    await taken(here, asked(3, 3 * DAY, ends=False))
    assert await refused(here, asked(4, timedelta(), ends=False)) == (Code.UNITS_NOT_AVAILABLE, 1)


async def test_reading_13_no_deadline_of_ours_lapses_on_people_who_were_elsewhere(here: World) -> None:
    """The seller answered after eight days, far beyond our review: it was not silent by the clocks it was under."""
    imported = await taken(here, told((8 * DAY, SELLER, REJECT)))
    roles = {each.actor.role for each in imported.recorded}
    assert Role.CLOCK not in roles
    moved = next(each for each in imported.recorded if isinstance(each.event, e.DueExtended))
    assert (moved.at, moved.actor) == (OPENED, SYSTEM)
    rejected = next(each for each in imported.recorded if isinstance(each.event, e.RequestRejected))
    assert rejected.at == OPENED + 8 * DAY


async def test_a_dispute_after_a_longer_window_elsewhere_is_taken(here: World) -> None:
    """Reading 6: the market's window after a rejection was another one there, so it is extended as any due moment."""
    here.clock.at = DELIVERED + 60 * DAY
    imported = await taken(here, told((3 * HOUR, SELLER, REJECT), (40 * DAY, CUSTOMER, DISPUTE)))
    assert imported.case.matter(1).phase is Phase.EVIDENCE


async def test_each_step_sees_the_order_as_it_was_known_then(here: World) -> None:
    """A cancellation from before the parcel left, in an order that has long been delivered since."""
    ask = c.OpenRequest(RequestType.CANCEL, ASK.lines, (), "Too late for me")
    early = Step(DELIVERED - 2 * DAY, CUSTOMER, ask)
    code, step = await refused(here, told(steps=(early,)))
    assert (code, step) == (Code.MONEY_MOVED, 1)  # free before shipment, so its refund was due there at once
    late = replace(early, at=OPENED)
    assert await refused(here, told(steps=(late,))) == (Code.ALREADY_IN_TRANSIT, 1)


async def test_a_return_under_way_knows_what_the_carrier_has_reported(world: World) -> None:
    ask = c.OpenRequest(RequestType.RETURN_AND_REFUND, ASK.lines, ASK.materials, ASK.text)
    steps = (
        Step(OPENED, CUSTOMER, ask),
        Step(OPENED + HOUR, SELLER, c.ApproveRequest()),
        Step(OPENED + DAY, CUSTOMER, c.ShipBack(ReturnMethod.PLATFORM_CARRIER, "JX1")),
    )
    for days, kind in ((2, ScanKind.IN_TRANSIT), (4, ScanKind.DELIVERED)):
        await world.engine.record_fact("here", "o1", Scan("JX1", kind, OPENED + days * DAY))
    imported = await taken(world, told(steps=steps))
    (matter,) = imported.case.matters
    assert matter.phase is Phase.INSPECTING
    arrived = next(each for each in imported.recorded if isinstance(each.event, e.ReturnArrived))
    assert arrived.at == OPENED + 4 * DAY
    await world.give(SELLER, c.ConfirmReceipt(), imported.case_id)
    await world.until_quiet()
    standing = await world.provider.standing(f"{imported.case_id}:1")
    assert standing is not None
    assert standing.paid == 100_000


async def test_an_offer_and_a_split_come_over(here: World) -> None:
    lines = (ASK.lines[0], replace(ASK.lines[0], line_id="b"))
    history = told(
        (HOUR, SELLER, c.MakeOffer(Solution(RemedyKind.REFUND, 40_000, "half now"))),
        (3 * DAY, CUSTOMER, c.DeclineOffer()),
        (5 * DAY, SELLER, REJECT),
        (6 * DAY, CUSTOMER, c.RaiseDispute(lines=("a",))),
    )
    opening = Step(OPENED, CUSTOMER, replace(ASK, lines=lines))
    until = here.clock.at + 2 * DAY
    split = replace(history, steps=(opening, *history.steps[1:]), due={2: until + 30 * DAY})
    imported = await taken(here, split)
    assert [matter.phase for matter in imported.case.matters] == [Phase.EVIDENCE, Phase.REJECTED]
    assert imported.case.matter(2).due == until + 30 * DAY


async def test_a_dispute_judged_elsewhere_for_the_seller_can_be_raised_once_more(here: World) -> None:
    """S17, S11: what was found there is told as findings, and the judgement is derived here as any."""
    history = told(
        (3 * HOUR, SELLER, REJECT),
        (4 * HOUR, CUSTOMER, DISPUTE),
        (5 * HOUR, CUSTOMER, c.CompleteMaterial()),
        (6 * HOUR, SELLER, c.CompleteMaterial()),
        (7 * HOUR, AGENT, c.AssessLine(Assessment("a", Ground.QUALITY, Severity.MINOR, text="nothing to see"))),
        (8 * HOUR, AGENT, c.Judge()),
    )
    imported = await taken(here, history)
    (matter,) = imported.case.matters
    assert (matter.phase, matter.hold, matter.judgement[0].rule) == (Phase.DISMISSED, 0, "S17")
    assert await inboxes(here) == [("CUSTOMER", "your_turn.dismissed")]
    done = await here.give(CUSTOMER, DISPUTE, imported.case_id)
    assert done.case.matter(1).dispute == 2


# --- what leaves, and what stays sealed


async def test_reading_9_what_is_in_dispute_is_held_and_only_whose_turn_it_is_is_told(world: World) -> None:
    imported = await taken(world, DISPUTED)
    states = await world.store.outbox_of("here", imported.case_id)
    assert len(states) == 3
    assert await inboxes(world) == [("CUSTOMER", "your_turn.evidence"), ("SELLER", "your_turn.evidence")]
    standing = await world.provider.standing(f"{imported.case_id}:1")
    assert standing is not None
    assert standing.held == imported.case.matter(1).hold == 100_000
    assert [(each.kind, each.amount) for each in await world.store.transfers("here")] == [(Kind.PENDING, 100_000)]


async def test_a_withdrawn_dispute_holds_nothing(here: World) -> None:
    history = replace(DISPUTED, steps=(*DISPUTED.steps, Step(OPENED + 2 * DAY, CUSTOMER, c.WithdrawDispute())))
    imported = await taken(here, history)
    assert imported.case.matter(1).hold == 0
    assert await inboxes(here) == [("CUSTOMER", "your_turn.rejected")]


async def test_texts_are_sealed_under_the_key_of_the_case(world: World) -> None:
    imported = await taken(world, DISPUTED)
    events = await world.store.events("here", "o1", imported.case_id)
    texts = [ASK.text, ASK.materials[0].text, REJECT.text, DISPUTE.text]
    assert not any(text.encode() in event.body for text in texts for event in events)
    key = await world.store.key_of("here", "o1", imported.case_id)
    rows = await world.store.sealed_of("here", "o1", imported.case_id)
    assert key is not None
    opened = {world.sealer.open("here", imported.case_id, key, row) for row in rows.values()}
    assert opened == set(texts)


async def test_every_step_stands_as_a_command_of_its_own_in_the_log(world: World) -> None:
    imported = await taken(world, DISPUTED)
    history = await world.store.history("here", "o1", imported.case_id)
    times = {
        batch: {each.recorded.at for each in history if each.batch == batch} for batch in {h.batch for h in history}
    }
    assert all(len(found) == 1 for found in times.values())
    firsts = [e.NAMES[type(next(h for h in history if h.recorded.number == n).recorded.event)] for n in sorted(times)]
    assert firsts == ["request.opened", "request.rejected", "dispute.raised", "due.extended", "case.imported"]


# --- once


async def test_the_same_again_answers_the_first_result_also_when_the_case_went_on(world: World) -> None:
    first = await taken(world, DISPUTED)
    await world.give(SELLER, c.CompleteMaterial(), first.case_id)
    again = await taken(world, DISPUTED)
    assert again == replace(first, again=True)
    assert len(await world.store.logged_cases("here", "o1")) == 1


async def test_other_content_under_the_same_id_is_refused(here: World) -> None:
    await taken(here, DISPUTED)
    other = replace(DISPUTED, steps=DISPUTED.steps[:-1])
    assert await refused(here, other) == (Code.ALREADY_IMPORTED, None)
    assert await refused(here, replace(DISPUTED, due={1: here.clock.at + DAY})) == (Code.ALREADY_IMPORTED, None)


async def test_a_dry_run_decides_and_writes_nothing(here: World) -> None:
    answer = await import_case(here.engine, "here", DISPUTED, dry_run=True)
    assert isinstance(answer, Imported)
    assert answer.case.matter(1).phase is Phase.EVIDENCE
    assert await here.store.logged_cases("here", "o1") == []
    assert (await taken(here, DISPUTED)).again is False


async def test_who_loses_the_race_for_the_order_decides_again(here: World) -> None:
    write = here.store.write
    lost = 0

    async def late(asked: Write) -> bool:
        nonlocal lost
        if not lost:
            lost += 1
            await here.engine.record_fact("here", "o1", OutsideRefund("b", (1,), 1, OPENED))
        return await write(asked)

    here.store.write = late  # type: ignore[assignment,method-assign]
    imported = await taken(here, told())
    assert lost == 1
    assert imported.case.matter(1).phase is Phase.REVIEW


async def test_a_lost_answer_is_found_again(here: World) -> None:
    write = here.store.write
    lost = 0

    async def lose(asked: Write) -> bool:
        nonlocal lost
        written = await write(asked)
        if not lost:
            lost += 1
            raise StoreLost("the connection was lost after the write")
        return written

    here.store.write = lose  # type: ignore[assignment,method-assign]
    answer = await taken(here, DISPUTED)
    assert answer.again
    assert await here.store.logged_cases("here", "o1") == [answer.case_id]


async def test_five_hundred_at_once(database_url: str) -> None:
    store = await PostgresStore.connect(database_url)
    world = World(store)
    await world.ready()
    await together([world.put(each) for each in orders(500)], 16)
    world.clock.at = DELIVERED + 9 * DAY
    histories = [replace(DISPUTED, order_id=f"o{n}", external_id=f"RMA-{n}") for n in range(1, 501)]
    answers = await together([import_case(world.engine, "here", each) for each in histories], 16)
    assert all(isinstance(answer, Imported) and not answer.again for answer in answers)
    rows = await store.cases("here", limit=1000, open_only=True)
    assert len(rows) == 500
    assert {row.held for row in rows} == {100_000}
    assert await world.broken() == []
    await store.close()
