"""Samples: drawn so that nobody can pick them, judged by somebody who knows nothing of the first judgement."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.claim import Answer, Assessment, FindingValue, Ground, Severity
from mufakat.core.parties import Actor, Role
from mufakat.core.refusals import Code, Refusal
from mufakat.core.waiting import WorkKind
from mufakat.engine.comparing import compared
from mufakat.engine.queue import Queue
from mufakat.engine.sampling import PAUSE, Blind, Sampling
from mufakat.store.judgements import Period
from mufakat.store.postgres import PostgresStore
from mufakat.store.queue import Work, Worker
from mufakat.store.samples import Drawn, FirstJudgement, Pair
from tests.core.story import AGENT, CUSTOMER, DELIVERED, SECOND_AGENT, SELLER
from tests.store import quarrels
from tests.store.world import World

VALID, WORTHLESS = FindingValue.VALID, FindingValue.INSUFFICIENT
EVER = Period("here", DELIVERED - timedelta(days=9), DELIVERED + timedelta(days=900))
DEAD = Assessment(quarrels.LINE, Ground.QUALITY, Severity.MAJOR)
THIRD = Actor(Role.AGENT, "citra")


class Bench:
    """A marketplace of which every first judgement is a sample."""

    def __init__(self, world: World, store: PostgresStore, hand: "asyncpg.Connection[asyncpg.Record]") -> None:
        self.world, self.store, self.hand = world, store, hand
        self.sampling = Sampling(store, world.sealer, world.clock, 1.0)
        self.queue = Queue(store, world.sealer, world.clock)

    async def judged(self, value: FindingValue = VALID, order_id: str = "o1") -> str:
        """A case that the first agent judged; its id."""
        case_id = await quarrels.disputed(self.world, order_id)
        await quarrels.judged(self.world, case_id, value, order_id=order_id)
        return case_id

    async def draw(self) -> int:
        """Draw, when it is time for that again."""
        self.world.clock.at += PAUSE
        return await self.sampling.drain()

    async def take(self, who: Actor = SECOND_AGENT) -> Work | None:
        """What somebody gets from the queue."""
        return await self.queue.take("here", Worker(who.id))

    async def blind(self, case_id: str, who: Actor = SECOND_AGENT) -> Blind:
        """What somebody who has the sample sees."""
        found = await self.sampling.stand("here", case_id, 1, who)
        assert isinstance(found, Blind)
        return found

    async def again(self, case_id: str, value: FindingValue, who: Actor = SECOND_AGENT) -> Refusal | None:
        """The second agent says that everything of the customer is worth that."""
        blind = await self.blind(case_id, who)
        exhibits = {each.material.item: each.number for each in blind.case.exhibits}
        (sheet,) = blind.worksheet().sheets
        (line,) = sheet.lines
        answers = tuple(
            Answer(quarrels.LINE, each.party, each.item, value, exhibits[each.item], "so")
            for each in line.items
            if each.party is Role.CUSTOMER and each.item in exhibits
        )
        return await self.sampling.judge(blind, c.RecordFindings(answers, (DEAD,)))

    async def pairs(self) -> list[Pair]:
        """All that was said twice."""
        columns = "line_id, party, item, reason, first, second"
        rows = await self.hand.fetch(f"SELECT {columns} FROM sample_values ORDER BY item, line_id")
        return [Pair(*row.values()) for row in rows]


@pytest.fixture
async def bench(database_url: str) -> AsyncIterator[Bench]:
    """Two orders in a marketplace."""
    store = await PostgresStore.connect(database_url)
    hand = await asyncpg.connect(database_url)
    yield Bench(await World(store).ready(quarrels.sold(), quarrels.sold("o2"), sold=900_000), store, hand)
    await hand.close()
    await store.close()


# --- drawing


async def test_a_first_judgement_by_a_person_is_drawn_once(bench: Bench) -> None:
    case_id = await bench.judged()
    assert await bench.draw() == 1
    assert await bench.draw() == 0
    fresh = Sampling(bench.store, bench.world.sealer, bench.world.clock, 1.0)
    assert await fresh.drain() == 0  # another process finds it drawn
    work = await bench.take()
    assert work is not None
    assert (work.key.case_id, work.key.matter, work.key.kind) == (case_id, 1, WorkKind.SAMPLE)


async def test_a_case_cannot_be_drawn_on_purpose_and_shares_hold(bench: Bench) -> None:
    cases = [FirstJudgement("here", "o", f"case-{n}", 1, 9, "dewi", DELIVERED) for n in range(4000)]
    for share in (0.0, 0.1, 0.5, 1.0):
        chosen = [
            each
            for each in cases
            if Sampling(bench.store, bench.world.sealer, bench.world.clock, share).is_chosen(each)
        ]
        assert abs(len(chosen) / len(cases) - share) < 0.03
    half = Sampling(bench.store, bench.world.sealer, bench.world.clock, 0.5)
    there = [FirstJudgement("there", *list_of(each)[1:]) for each in cases]
    assert [half.is_chosen(each) for each in cases] != [half.is_chosen(each) for each in there]


def list_of(first: FirstJudgement) -> list[Any]:
    return [getattr(first, name) for name in FirstJudgement.__slots__]


async def test_by_default_nothing_is_drawn(bench: Bench) -> None:
    await bench.judged()
    assert await Sampling(bench.store, bench.world.sealer, bench.world.clock).drain() == 0


async def test_who_acted_in_the_case_never_gets_the_sample(bench: Bench) -> None:
    case_id = await bench.judged()
    await bench.draw()
    assert await bench.take(AGENT) is None
    assert await bench.take(SELLER) is None  # an agent of the party's id
    await bench.take(SECOND_AGENT)
    await bench.world.give(SELLER, c.Appeal(text="it was used"), case_id)
    await quarrels.complete(bench.world, case_id)
    await bench.world.give(SECOND_AGENT, c.DecideAppeal(), case_id)
    await bench.hand.execute("UPDATE work SET until = NULL, holder = $1 WHERE kind = 'SAMPLE'", SECOND_AGENT.id)
    refused = await bench.sampling.stand("here", case_id, 1, SECOND_AGENT)
    assert isinstance(refused, Refusal)
    assert refused.code is Code.SAME_AGENT


async def test_samples_come_after_all_work_that_parties_wait_for(bench: Bench) -> None:
    await bench.judged()
    await bench.draw()
    waits = await quarrels.disputed(bench.world, "o2")
    work = await bench.take()
    assert work is not None
    assert (work.key.case_id, work.key.kind) == (waits, WorkKind.JUDGE)


# --- blind


async def test_nothing_of_the_first_judgement_or_later_is_seen(bench: Bench) -> None:
    case_id = await bench.judged()
    await bench.world.give(SELLER, c.Appeal(text="a secret of later"), case_id)
    await bench.draw()
    await bench.take()
    blind = await bench.blind(case_id)
    (matter,) = blind.case.matters
    assert (matter.findings, matter.assessments, matter.judgement, matter.judges) == ((), (), (), ())
    told = {type(each.event) for each in blind.log}
    assert told.isdisjoint({e.FindingRecorded, e.LineAssessed, e.Judged, e.Appealed, e.HoldPlaced} - {e.HoldPlaced})
    assert e.DisputeRaised in told
    history = await bench.world.store.history("here", "o1", case_id)
    given = [each.recorded.event.exhibit for each in history if isinstance(each.recorded.event, e.MaterialGiven)]
    assert list(blind.case.exhibits) == [each for each in given if each.stage != "APPEAL"]
    (sheet,) = blind.worksheet().sheets
    (line,) = sheet.lines
    assert line.judgement is None
    assert {each.finding for each in line.items} == {None}
    assert AGENT.id not in repr(blind.log)
    assert AGENT.id not in repr(blind.worksheet())


async def test_only_who_has_the_sample_in_hand_sees_it(bench: Bench) -> None:
    case_id = await bench.judged()
    await bench.draw()
    assert await bench.sampling.stand("here", case_id, 1, SECOND_AGENT) is None
    await bench.take()
    assert await bench.sampling.stand("here", case_id, 1, THIRD) is None
    assert await bench.sampling.stand("there", case_id, 1, SECOND_AGENT) is None
    bench.world.clock.at += timedelta(hours=2)  # the lease is over
    assert await bench.sampling.stand("here", case_id, 1, SECOND_AGENT) is None


# --- judging again


async def test_what_the_second_says_is_compared_and_changes_nothing(bench: Bench) -> None:
    case_id = await bench.judged()
    before = await bench.world.store.history("here", "o1", case_id)
    await bench.draw()
    await bench.take()
    assert await bench.again(case_id, WORTHLESS) is None
    decision, *findings = await bench.pairs()
    assert decision == Pair(quarrels.LINE, "", "", "DEFECTIVE", "FOR_CUSTOMER", "FOR_SELLER")
    assert findings
    assert {(each.party, each.first, each.second) for each in findings} == {("CUSTOMER", "VALID", "INSUFFICIENT")}
    assert await bench.world.store.history("here", "o1", case_id) == before
    assert await bench.take() is None
    assert await bench.sampling.stand("here", case_id, 1, SECOND_AGENT) is None
    assert await bench.world.differences() == []


async def test_nothing_may_be_left_open(bench: Bench) -> None:
    case_id = await bench.judged()
    await bench.draw()
    await bench.take()
    blind = await bench.blind(case_id)
    refused = await bench.sampling.judge(blind, c.RecordFindings())
    assert isinstance(refused, Refusal)
    assert refused.code is Code.FINDINGS_MISSING
    wrong = c.RecordFindings((Answer(quarrels.LINE, Role.CUSTOMER, "NO_SUCH_ITEM", VALID, 1),))
    refused = await bench.sampling.judge(blind, wrong)
    assert isinstance(refused, Refusal)
    assert refused.code is Code.NOT_EXPECTED
    assert await bench.pairs() == []


async def test_agreement_of_two_samples(bench: Bench) -> None:
    """One line alike, one not; by chance they agree half the time, so kappa is 0."""
    for order_id, first, second in (("o1", VALID, VALID), ("o2", VALID, WORTHLESS)):
        case_id = await bench.judged(first, order_id)
        await bench.draw()
        assert await bench.store.drawn(EVER) == Drawn(1 if order_id == "o1" else 2, 0 if order_id == "o1" else 1)
        await bench.take()
        assert await bench.again(case_id, second) is None
    found = compared(await bench.store.rated(EVER))
    assert (found.decisions.n, found.decisions.agreed, found.decisions.kappa) == (2, 1, 0.0)
    assert found.by_pair.keys() == {(AGENT.id, SECOND_AGENT.id)}
    assert found.by_reason["DEFECTIVE"] == found.decisions
    assert found.findings.n == 2 * found.findings.agreed
    assert found.by_value["NOT_GENUINE"].kappa is None
    assert compared(await bench.store.rated(Period("there", EVER.since, EVER.until))).decisions.n == 0


async def test_a_forgotten_case_is_no_sample_any_more(bench: Bench) -> None:
    case_id = await bench.judged(WORTHLESS)
    await bench.world.give(CUSTOMER, c.AcceptJudgement(), case_id)
    await bench.world.until_quiet()
    bench.sampling = Sampling(bench.store, bench.world.sealer, bench.world.clock, 1.0)
    assert await bench.draw() == 1
    await bench.take()
    assert not isinstance(await bench.world.maintenance.forget("here", case_id), Refusal)
    assert await bench.sampling.stand("here", case_id, 1, SECOND_AGENT) is None
    assert await bench.take(THIRD) is None
    assert await bench.store.drawn(EVER) == Drawn(0, 0)
    assert await bench.draw() == 0
