"""Whatever can happen to a queue, at random: after every step it must still be a fair one.

What is expected is worked out here anew, from the cases and the accounts, and not asked of the queue.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from mufakat.core import commands as c
from mufakat.core.refusals import Refusal
from mufakat.core.waiting import BackReason
from mufakat.store.queue import Work
from mufakat.store.records import Ask
from tests.core.story import CUSTOMER, SELLER
from tests.store.queue_world import Desk, bought

PEOPLE: dict[str, dict[str, tuple[str, ...]]] = {
    "rina": {},
    "budi": {"categories": ("phones",)},
    "sari": {"languages": ("en",)},
    "tono": {"ties": ("ani",)},
    "lia": {"categories": ("toys",)},
}
FALLBACK = "lia"
WAITING = {"DECIDING": "JUDGE", "APPEAL_DECIDING": "APPEAL", "ASSESSING": "ASSESS"}


@dataclass
class Wandering:
    """A desk at which anything happens. `cases`: order to case; `judges`: case to who judged it.

    `knows`: who handed back something of a case because they know a party.
    """

    desk: Desk
    chance: Random
    cases: dict[str, str] = field(default_factory=dict)
    judges: dict[str, str] = field(default_factory=dict)
    knows: set[tuple[str, str]] = field(default_factory=set)
    taken: int = 0

    async def wander(self, steps: int) -> None:
        """So many steps, each checked."""
        kinds = [("phones", ""), ("shoes", ""), ("phones", "en"), ("", "")]
        orders = [bought(n, 100_000 + 50_000 * (n % 3), *kinds[n % 4]) for n in range(1, 9)]
        await self.desk.world.ready(*orders)
        for who, skills in PEOPLE.items():
            await self.desk.hire(who, **skills)
        await self.desk.world.store.put_queue_rules("here", FALLBACK, 60)  # type: ignore[attr-defined]
        steps_there_are = (self.open, self.take, self.take, self.take, self.hand_back, self.assign, self.act, self.wait)
        for _ in range(steps):
            await self.chance.choice(steps_there_are)()
            await self.check()
        assert self.taken
        assert not await self.desk.world.differences()

    async def open(self) -> None:
        """One more dispute comes to be judged."""
        fresh = [f"o{n}" for n in range(1, 9) if f"o{n}" not in self.cases]
        if fresh:
            order_id = self.chance.choice(fresh)
            self.cases[order_id] = await self.desk.waits(order_id)

    async def take(self) -> None:
        """Somebody asks: it gets what it has, or the first that it may have, or nothing where there is none."""
        who = self.chance.choice(list(PEOPLE))
        waiting = await self.desk.queue.page("here")
        mine = [work for work in waiting if work.holder == who and work.is_held(self.desk.now)]
        free = [work for work in waiting if not work.is_held(self.desk.now) and self.eligible(who, work)]
        got = await self.desk.take(who)
        if mine:
            assert got is not None
            assert got.key in {work.key for work in mine}
        elif free:
            assert got is not None
            self.taken += 1
            first = min(free, key=lambda work: (work.turn, -work.amount, work.since))
            assert (got.turn, got.amount, got.since) == (first.turn, first.amount, first.since)
            assert got.key in {work.key for work in free}
        else:
            assert got is None

    async def hand_back(self) -> None:
        """Somebody gives back what it has."""
        held = [work for work in await self.desk.queue.page("here") if work.is_held(self.desk.now)]
        if held:
            work = self.chance.choice(held)
            reason = self.chance.choice(list(BackReason))
            assert await self.desk.queue.hand_back("here", work.key, work.holder, reason, "so")
            if reason is BackReason.KNOWS_A_PARTY:
                self.knows.add((work.holder, work.key.case_id))

    async def assign(self) -> None:
        """A lead gives something to somebody, who may be the wrong one."""
        waiting = await self.desk.queue.page("here")
        if waiting and self.chance.random() < 0.5:
            work, to = self.chance.choice(waiting), self.chance.choice([*PEOPLE, ""])
            answer = await self.desk.assign(work, to)
            assert isinstance(answer, Refusal) == (bool(to) and not self.free_of(to, work))

    async def act(self) -> None:
        """A party, or an agent who has it, brings a case on."""
        world = self.desk.world
        if not self.cases:
            return
        order_id, case_id = self.chance.choice(list(self.cases.items()))
        held = [w for w in await self.desk.queue.page("here") if w.key.case_id == case_id and w.is_held(self.desk.now)]
        if held and held[0].key.kind == "JUDGE" and not self.judges.get(case_id):
            await self.desk.judge(case_id, held[0].holder, order_id)
            self.judges[case_id] = held[0].holder
            return
        move = self.chance.choice(("appeal", "withdraw", "say", "concede"))
        if move == "appeal" and self.judges.get(case_id):
            row = await world.store.find_case("here", case_id)
            if row is not None and row.phases == ("AWARDED",):
                await self.desk.appealed(case_id, order_id)
        elif move == "say":
            await world.say(CUSTOMER, c.SendMessage(text="well?"), case_id, order_id=order_id)
        elif move == "withdraw" and self.chance.random() < 0.3:
            await world.say(CUSTOMER, c.WithdrawDispute(), case_id, order_id=order_id)
        elif move == "concede" and self.chance.random() < 0.2:
            await world.say(SELLER, c.Concede(), case_id, order_id=order_id)

    async def wait(self) -> None:
        """Time passes, and what is due happens."""
        self.desk.world.clock.at += timedelta(minutes=self.chance.choice((7, 25, 61, 600)))
        await self.desk.world.deadlines.drain()

    async def check(self) -> None:
        """Nothing lost, nothing twice, nobody who may not."""
        waiting = await self.desk.queue.page("here", limit=100)
        found = {(work.key.case_id, work.key.matter, work.key.kind.value) for work in waiting}
        assert len(found) == len(waiting)
        assert found == await self._expected()
        for who in PEOPLE:
            leases = [work for work in waiting if work.holder == who and work.until is not None]
            assert len(leases) <= 1
        for work in waiting:
            assert not work.is_held(self.desk.now) or self.free_of(work.holder, work)

    async def _expected(self) -> set[tuple[str, int, str]]:
        expected = set()
        for order_id, case_id in self.cases.items():
            loaded = await self.desk.world.store.load(Ask("here", order_id, case_id))
            assert loaded is not None
            assert loaded.case is not None
            for matter in loaded.case.matters:
                if matter.phase in WAITING:
                    expected.add((case_id, matter.number, WAITING[matter.phase]))
        return expected

    def free_of(self, who: str, work: Work) -> bool:
        """Whether somebody neither knows a party nor looks at a judgement of its own."""
        own = work.key.kind == "APPEAL" and self.judges.get(work.key.case_id) == who
        tied = "ani" in PEOPLE[who].get("ties", ()) or (who, work.key.case_id) in self.knows
        return not tied and not own

    def able(self, who: str, work: Work) -> bool:
        """Whether somebody may have some work and has the skills for it."""
        skills = PEOPLE[who]
        speaks = not skills.get("languages") or (work.language or "id") in skills["languages"]
        knows = not skills.get("categories") or set(work.categories) <= set(skills["categories"])
        return self.free_of(who, work) and who not in work.passed and speaks and knows

    def eligible(self, who: str, work: Work) -> bool:
        """The same, or nobody is able and it is the fallback."""
        if self.able(who, work):
            return True
        alone = who == FALLBACK and not any(self.able(each, work) for each in PEOPLE)
        return alone and self.free_of(who, work) and who not in work.passed
