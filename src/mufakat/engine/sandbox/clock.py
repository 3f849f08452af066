"""Moving a sandbox's clock forward: everything that is due on the way happens in order, each at its own moment.

Theory of operation. From where the clock stands: deliver what left, let canned people and the canned carrier act, until
nothing more happens; then move the clock to the next moment at which something is due (a deadline or its reminder,
somebody's act, a parcel's scan, a look at the payment provider), fire what is due there, and begin again, until the
target. Every move is a compare-and-set on the clock's offset, so of two calls at once one goes on and the other is
refused. Workers may run beside it: they give the same commands, and the second of two is refused by the core.
"""

import asyncio
import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from mufakat.core.refusals import Code, Refusal
from mufakat.engine.deadlines import Deadlines
from mufakat.engine.deliveries import Deliveries
from mufakat.engine.handle import Engine
from mufakat.engine.sandbox import carrier, people
from mufakat.store.records import Ahead, Ask, Marketplace

MOST_DAYS: Final = 400
"""How far one call moves the clock at most."""
MOST_STEPS: Final = 5000
"""Moments at which one call stops at most; then it ends where it is and says so."""
PATIENCE: Final = 10.0
"""Seconds that one call waits, in all, for deliveries that somebody else has in hand."""
PAGE: Final = 500
_WAIT: Final = 0.02  # seconds between two looks at such deliveries

log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Moved:
    """What came of moving a clock: from when to when, how many deadlines fired, and which cases changed on the way.

    `whole`: the clock shows the target; False when the most steps of one call were reached before.
    """

    marketplace: str
    before: datetime
    now: datetime
    lapses: int
    cases: tuple[str, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class Deed:
    """An act or a scan of a case that comes by itself, and the state of the case in which it was planned."""

    at: datetime
    order_id: str
    case_id: str
    version: int
    what: people.Act | carrier.Due


class MovedMeanwhile(Exception):  # noqa: N818 - says what happened; `forward` hands it back as a refusal
    """Somebody else moved the clock."""


async def find(engine: Engine, marketplace: str) -> Marketplace | Refusal:
    """The sandbox of that name. Refusal: NOT_A_SANDBOX."""
    for place in await engine.store.marketplaces():
        if place.marketplace == marketplace and place.sandbox:
            return place
    return Refusal(Code.NOT_A_SANDBOX, (("marketplace", marketplace),))


async def forward(
    engine: Engine,
    deadlines: Deadlines,
    deliveries: Deliveries,
    marketplace: str,
    *,
    to: datetime | None = None,
    by: timedelta | None = None,
) -> Moved | Refusal:
    """Move a sandbox's clock on: `to` a moment of it (UTC) or `by` a span; one of the two.

    Refusals: NOT_A_SANDBOX; MOVE_NOT_FITTING for a target before now or more than MOST_DAYS away; MOVED_MEANWHILE when
    another call moves the clock at the same time: what this one did until then stands. Raises StoreLost.
    """
    place = await find(engine, marketplace)
    if isinstance(place, Refusal):
        return place
    now = place.at(engine.clock.now())
    target = to if to is not None else now + (by or timedelta())
    if not now <= target <= now + timedelta(days=MOST_DAYS):
        return Refusal(Code.MOVE_NOT_FITTING, (("now", now.isoformat()), ("limit", str(MOST_DAYS))))
    try:
        return await Forward(engine, deadlines, deliveries, place).to(target)
    except MovedMeanwhile:
        return Refusal(Code.MOVED_MEANWHILE, (("marketplace", marketplace),))


async def react(engine: Engine, marketplace: str, order_id: str, case_id: str) -> int:
    """Let the canned people of one case act, now, until they have nothing more to do; how often they acted.

    Called after a command. Does nothing in a marketplace that is no sandbox. Raises StoreLost.
    """
    place = await find(engine, marketplace)
    if isinstance(place, Refusal):
        return 0
    return await Cast(engine, marketplace).play(place.at(engine.clock.now()), order_id, case_id)


class Cast:
    """The canned people and the canned carrier of a sandbox: what they plan, and letting them do it."""

    def __init__(self, engine: Engine, marketplace: str) -> None:
        self._engine, self._store, self._name = engine, engine.store, marketplace
        self._plans: dict[str, list[Deed]] = {}
        self._versions: dict[str, int] = {}
        self._tried: set[tuple[str, int, object]] = set()

    async def plan(self, now: datetime) -> list[Deed]:
        """All that will be done in open cases, earliest first."""
        versions = await self._store.open_versions(self._name)
        open_cases = {case_id for _, case_id in versions}
        self._plans = {case_id: plans for case_id, plans in self._plans.items() if case_id in open_cases}
        for (order_id, case_id), number in versions.items():
            if self._versions.get(case_id) != number:
                await self._look(order_id, case_id, now)
        every = [deed for deeds in self._plans.values() for deed in deeds]
        return sorted(every, key=lambda deed: (deed.at, deed.case_id))

    async def play(self, now: datetime, order_id: str, case_id: str) -> int:
        """Let what comes by itself in one case happen until nothing more does; how often something was done."""
        done = 0
        for _ in range(MOST_STEPS):
            await self._look(order_id, case_id, now)
            ready = [deed for deed in self._plans[case_id] if deed.at <= now]
            if not ready:
                break
            done += await self.do(min(ready, key=lambda deed: deed.at))
        return done

    async def _look(self, order_id: str, case_id: str, now: datetime) -> None:
        """Plan for a case as it stands."""
        self._plans[case_id] = []
        loaded = await self._store.load(Ask(self._name, order_id, case_id))
        if loaded is None or loaded.case is None or loaded.policy is None or not loaded.case.is_open:
            return
        case = loaded.case
        self._versions[case_id] = case.number
        planned: list[people.Act | carrier.Due] = [*people.acts(case, loaded.order, loaded.policy, now)]
        if carrier.parcels(case):
            history = await self._store.history(self._name, order_id, case_id)
            planned += carrier.scans(case, loaded.order, history)
        deeds = [Deed(each.at, order_id, case_id, case.number, each) for each in planned]
        self._plans[case_id] = [deed for deed in deeds if _attempt(deed) not in self._tried]

    async def do(self, deed: Deed) -> bool:
        """Do one thing; False where it was refused, after which it is not tried again on the same state."""
        self._tried.add(_attempt(deed))
        self._versions.pop(deed.case_id, None)
        if isinstance(deed.what, carrier.Due):
            told = await self._engine.record_fact(self._name, deed.order_id, deed.what.scan)
            answer = told if isinstance(told, Refusal) else None
        else:
            where, act = (self._name, deed.order_id, deed.case_id), deed.what
            given = await self._engine.handle(*where, act.command, act.actor, _key(deed, act))
            answer = given if isinstance(given, Refusal) else None
        if answer is not None:
            log.info("in the sandbox %s case %s refuses what comes by itself: %s", self._name, deed.case_id, answer)
        return answer is None


def _key(deed: Deed, act: people.Act) -> str:
    """Two who let the same person act on the same state make one act of it."""
    return f"canned:{deed.case_id}:{deed.version}:{act.actor.role}:{type(act.command).__name__}:{act.matter}"


def _attempt(deed: Deed) -> tuple[str, int, object]:
    return deed.case_id, deed.version, deed.what.scan if isinstance(deed.what, carrier.Due) else deed.what.command


class Forward:
    """One call under way."""

    def __init__(self, engine: Engine, deadlines: Deadlines, deliveries: Deliveries, place: Marketplace) -> None:
        self._engine, self._store = engine, engine.store
        self._deadlines, self._deliveries = deadlines, deliveries
        self._place, self._name = place, place.marketplace
        self._cast = Cast(engine, place.marketplace)
        self._steps, self._lapses, self._patience = 0, 0, PATIENCE

    async def to(self, target: datetime) -> Moved:
        """Go on until the target. Raises MovedMeanwhile, StoreLost."""
        before = self._now()
        versions = await self._store.open_versions(self._name)
        whole = await self._go(target)
        if whole:
            await self._move(target)
        after = await self._store.open_versions(self._name)
        changed = tuple(sorted(place[1] for place, number in versions.items() if after.get(place) != number))
        return Moved(self._name, before, self._now(), self._lapses, changed, whole)

    def _now(self) -> datetime:
        return self._place.at(self._engine.clock.now())

    async def _go(self, target: datetime) -> bool:
        """Everything up to the target; False when it takes too many steps."""
        while self._steps < MOST_STEPS:
            self._steps += 1
            deeds = await self._cast.plan(self._now())
            if await self._act(deeds):
                continue
            ahead = await self._store.ahead(self._name)
            if await self._deliver(ahead):
                continue
            look = None if ahead.look is None else self._place.at(ahead.look)
            moments = [each for each in (ahead.wake, look, deeds[0].at if deeds else None) if each is not None]
            if not moments or min(moments) > target:
                return True
            await self._fire(min(moments))
        return False

    async def _act(self, deeds: list[Deed]) -> bool:
        """Do what comes by itself now, one thing in each case; False when there is nothing."""
        now, done = self._now(), set[str]()
        for deed in deeds:
            if deed.at <= now and deed.case_id not in done:
                done.add(deed.case_id)
                await self._cast.do(deed)
        return bool(done)

    async def _deliver(self, ahead: Ahead) -> bool:
        """Deliver and look up what is to be delivered and looked up now; False when there is nothing."""
        if not ahead.waiting and (ahead.look is None or ahead.look > self._engine.clock.now()):
            return False
        delivered = await self._deliveries.once(marketplace=self._name)
        if delivered.done or delivered.looked:
            return True
        if not ahead.waiting or self._patience <= 0:
            return False
        # Somebody else delivers it, or it is to be tried again: let it arrive at its own moment.
        self._patience -= _WAIT
        self._steps -= 1
        await asyncio.sleep(_WAIT)
        return True

    async def _fire(self, moment: datetime) -> None:
        """Let the clock show the moment and every deadline fire that has come by then, oldest first."""
        await self._move(moment)
        for case in await self._store.due_by(self._name, moment, PAGE):
            settled = await self._deadlines.settle(case, self._place)
            row = None if settled else await self._store.find_case(self._name, case.case_id)
            # A worker may have been first: the deadline fired all the same. A reminder is none.
            if case.due <= moment and (settled or (row is not None and row.due != case.due)):
                self._lapses += 1

    async def _move(self, moment: datetime) -> None:
        """Let the clock show a moment, or what it shows already when that is later. Raises MovedMeanwhile."""
        offset = max(moment - self._engine.clock.now(), self._place.offset)
        if not await self._store.move_clock(self._place, offset):
            raise MovedMeanwhile
        self._place = replace(self._place, offset=offset)
