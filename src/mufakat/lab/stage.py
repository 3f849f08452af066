"""The stage of a simulation: the real engine on a virtual clock, an agenda of what happens when, and people who act.

Theory of operation. `plan` puts work on the agenda; `run` goes from moment to moment: the next work, the next due
moment, the next delivery. Whoever has something to do in a case gets one pending turn (`notice`), some time after
the case changed; at a turn a person looks at the case anew and acts, or stays silent. What everybody did and what
came of it is kept as the story. Bad luck is in `Luck`; without it the stage is a quiet marketplace, as in the demo.
"""

import asyncio
import heapq
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any, Final, TypeVar

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.case import Case, Matter
from mufakat.core.claim import ReturnMethod
from mufakat.core.order import Fact, Order
from mufakat.core.parties import SYSTEM, Actor, Role
from mufakat.core.phases import Phase
from mufakat.core.policy.policy import Policy
from mufakat.core.policy.rulebook import Rulebook, resolve
from mufakat.core.process import OWNERS
from mufakat.core.refusals import Refusal
from mufakat.engine.deadlines import Deadlines
from mufakat.engine.deliveries import Deliveries
from mufakat.engine.handle import Done, Engine
from mufakat.engine.importing import History, Imported
from mufakat.engine.ports import Store
from mufakat.lab import agents, customers, nonsense, sellers
from mufakat.lab.carrier import Reliability, journey
from mufakat.lab.people import Hidden, Traits, View
from mufakat.store.database import StoreLost
from mufakat.store.records import Ask, CaseRow, Loaded

T = TypeVar("T")

MOST_TRIES: Final = 20
"""How often the same is tried again at one moment."""
MOST_ERRORS: Final = 5
"""Errors in the engine's log after which a stage gives up."""
KEPT_POLICIES: Final = 600
"""Policies that a process keeps for its next worlds."""
BURST: Final = 14
"""Most acts of one person in one turn."""
BOLDNESS: Final = 0.25
"""How often somebody looks at a case although it is not their turn."""

ACTS: Final[dict[Role, Callable[[View, Matter], c.Command | None]]] = {
    Role.CUSTOMER: customers.act,
    Role.SELLER: sellers.act,
    Role.AGENT: agents.act,
}


class VirtualClock:
    """A clock that stands until it is moved."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """The moment in UTC."""
        return self._now

    def to(self, moment: datetime) -> None:
        """Move on to a moment; never back."""
        self._now = max(self._now, moment)


class LabPolicies:
    """Policies of rulebooks by name, kept by day. `backdate`: days before a rulebook use its first day's values."""

    def __init__(self, rulebooks: dict[str, Rulebook], *, backdate: bool = False) -> None:
        self._rulebooks, self._backdate = rulebooks, backdate

    def policy_for(self, market: str, day: date) -> Policy:
        """Every value of a market in force on a day; raises LookupError for a market without a rulebook."""
        return resolved(self._rulebooks[market], day, backdate=self._backdate)


@lru_cache(maxsize=KEPT_POLICIES)
def resolved(rulebook: Rulebook, day: date, *, backdate: bool) -> Policy:
    """A policy, kept: worlds of one process share their days."""
    return resolve(rulebook, day, backdate=backdate)


@dataclass(slots=True)
class Luck:
    """What goes wrong, each a probability; all 0 for a quiet world."""

    repeats: float = 0.0
    at_once: float = 0.0
    on_the_dot: float = 0.0
    double_ticks: float = 0.0
    oversleeps: float = 0.0

    def stop(self) -> None:
        """Nothing goes wrong from here on."""
        self.repeats = self.at_once = self.on_the_dot = self.double_ticks = self.oversleeps = 0.0


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the story: who asked what, and what came of it."""

    at: datetime
    marketplace: str
    case_id: str
    actor: Actor
    command: Any
    answer: Done | Refusal | str


@dataclass(slots=True)
class Cast:
    """Who plays: traits by id of each party, and the agents of a marketplace."""

    people: dict[str, Traits] = field(default_factory=dict)
    agents: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Known:
    """A fact of an order, and when the platform came to know it."""

    fact: Fact
    known_at: datetime


Work = Callable[[], Awaitable[None]]


class Stage:
    """One or more marketplaces on one engine, with everybody who acts in them."""

    def __init__(
        self,
        engine: Engine,
        clock: VirtualClock,
        deliveries: list[Deliveries],
        casts: dict[str, Cast],
        chance: Random,
        luck: Luck | None = None,
    ) -> None:
        self.engine, self.clock, self.chance, self.casts = engine, clock, chance, casts
        self.store: Store = engine.store
        self.luck = luck or Luck()
        self.hidden = Hidden()
        self.carrier = Reliability()
        self.story: list[Told] = []
        self.faults: list[str] = []
        self.orders: dict[tuple[str, str], Order] = {}
        self.facts: dict[tuple[str, str], list[Known]] = {}
        self.grain = timedelta(hours=1)
        self.patient = True
        self.rounds = 0
        self.errors = ErrorsSeen()
        self.probe: tuple[Phase, type, Role] | None = None
        self.on_round: Callable[[], None] | None = None
        self.on_return: Callable[[Stage, str, str, str], Awaitable[None]] | None = None
        self._deadlines = [Deadlines(engine), Deadlines(engine)]
        self._deliveries = deliveries
        self._agenda: list[tuple[datetime, int, Work]] = []
        self._count = 0
        self._turns: set[tuple[str, Role]] = set()
        self._seen: dict[str, int] = {}
        self._next_due: datetime | None = None
        self._ticked = clock.now()
        self._awake_at = clock.now()

    # --- orders and facts

    async def sell(self, marketplace: str, order: Order) -> None:
        """Put an order."""
        put = await self.engine.put_order(marketplace, order)
        if isinstance(put, Refusal):
            self.faults.append(f"order {order.order_id} was refused: {put}")
        self.orders[marketplace, order.order_id] = order
        self.facts.setdefault((marketplace, order.order_id), [])

    async def tell(self, marketplace: str, order_id: str, fact: Fact) -> None:
        """Let the platform know a fact of an order, now."""
        known = self.facts[marketplace, order_id]
        if all(each.fact != fact for each in known):
            known.append(Known(fact, self.clock.now()))
        for _ in range(MOST_TRIES):
            try:
                told = await self.engine.record_fact(marketplace, order_id, fact)
            except StoreLost:
                continue  # whoever reports a fact repeats it until it is taken
            except Exception as error:
                self.faults.append(f"a fact raised {type(error).__name__}: {error}: {fact}")
                raise Stumbled(str(error)) from error
            if isinstance(told, Refusal):
                self.faults.append(f"a fact of order {order_id} was refused: {told}")
            return

    # --- the agenda

    def plan(self, at: datetime, work: Work) -> None:
        """Put work on the agenda, at the earliest now."""
        self._count += 1
        heapq.heappush(self._agenda, (max(at, self.clock.now()), self._count, work))

    async def run(self, until: datetime | None = None, most_rounds: int = 10**9) -> bool:
        """Go on until that moment, or until nothing is left to happen; False when it takes too many rounds."""
        for _ in range(most_rounds):
            moment = await self._next()
            if moment is None or (until is not None and moment > until):
                self.clock.to(until or self.clock.now())
                return True
            self.rounds += 1
            if len(self.errors.seen) > MOST_ERRORS:
                self.faults.append("given up: the engine logs one error after the other")
                return True
            if self.on_round is not None:
                self.on_round()
            self.clock.to(moment)
            if self._agenda and self._agenda[0][0] <= moment:
                await heapq.heappop(self._agenda)[2]()
            else:
                await self.tick()
        return False

    async def _next(self) -> datetime | None:
        """The next moment at which something happens."""
        tick = await self.store.next_moment()
        if tick is not None:
            due = self._next_due
            coarse = max(tick, self._ticked + self.grain)
            on_time = due is not None and due > self._ticked  # else it was put off, and comes when its time comes
            tick = max(min(coarse, due) if due is not None and on_time else coarse, self._awake_at, self.clock.now())
        planned = self._agenda[0][0] if self._agenda else None
        moments = [each for each in (tick, planned) if each is not None]
        return min(moments, default=None)

    async def tick(self) -> None:
        """The deadline pass and the delivery pass; by bad luck twice at once, or late next time."""
        self._ticked = self.clock.now()
        if self._roll(self.luck.oversleeps):
            self._awake_at = self.clock.now() + timedelta(minutes=self.chance.randint(1, 3000))
        workers = 2 if self._roll(self.luck.double_ticks) else 1
        for _ in range(MOST_TRIES):
            passes = await _all_of([each.once() for each in self._deadlines[:workers]])
            if not any(done.lapsed for done in passes):
                break
        await _all_of([each.once() for each in self._deliveries[:workers]])
        await self.look_around()

    async def look_around(self) -> None:
        """See which open cases have changed, and let people notice."""
        dues: list[datetime] = []
        for marketplace in self.casts:
            after = ""
            while page := await self.store.cases(marketplace, after, 500, open_only=True):
                after = page[-1].case_id
                for row in page:
                    self._notice_row(row)
                    if row.due is not None:
                        dues.append(row.due)
        self._next_due = min(dues, default=None)

    def _notice_row(self, row: CaseRow) -> None:
        if self._seen.get(row.case_id) != row.number:
            self._seen[row.case_id] = row.number
            phases = [Phase(each) for each in row.phases]
            self._notice(row.marketplace, row.order_id, row.case_id, phases, row.due)

    # --- people

    def notice(self, marketplace: str, case: Case) -> None:
        """Let the people of a case know that it changed."""
        self._seen[case.case_id] = case.number
        if case.due is not None and (self._next_due is None or case.due < self._next_due):
            self._next_due = case.due
        self._notice(marketplace, case.order_id, case.case_id, [m.phase for m in case.matters], case.due)

    def _notice(self, marketplace: str, order_id: str, case_id: str, phases: list[Phase], due: datetime | None) -> None:
        for role in ACTS:
            turn = any(role in OWNERS.get(phase, ()) for phase in phases)
            bold = BOLDNESS if self.patient else BOLDNESS / 5
            if (turn or self._roll(bold)) and (case_id, role) not in self._turns and due is not None:
                self._turns.add((case_id, role))
                self.plan(self._when(due), lambda r=role: self._turn(marketplace, order_id, case_id, r))  # type: ignore[misc]
        if self.probe is not None and self.probe[0] in phases and self._roll(0.7):
            at = self.clock.now() + timedelta(seconds=self.chance.randint(0, 20_000))
            self.plan(at, lambda: self._try_out(marketplace, order_id, case_id))

    def _when(self, due: datetime) -> datetime:
        """When somebody finds the time: soon, days later, or by bad luck on the very second of the due moment."""
        if self._roll(self.luck.on_the_dot):
            return due + timedelta(seconds=self.chance.choice((-1, 0, 0, 1)))
        if self._roll(0.12):
            return self.clock.now() + timedelta(minutes=self.chance.randint(1000, 6000))
        return self.clock.now() + timedelta(seconds=self.chance.randint(30, 50_000))

    async def _turn(self, marketplace: str, order_id: str, case_id: str, role: Role) -> None:
        """One person looks at a case and acts until there is nothing more to do for now."""
        self._turns.discard((case_id, role))
        agent = self.chance.choice(self.casts[marketplace].agents)
        acted = 0
        for _ in range(BURST):
            chosen = await self._choose(marketplace, order_id, case_id, role, agent)
            if chosen is None:
                break
            actor, command = chosen
            if self._roll(self.luck.at_once):
                await self._race(marketplace, order_id, case_id, actor, command)
                break
            answer = await self.do(marketplace, order_id, case_id, command, actor)
            if isinstance(answer, Refusal) or (role is not Role.AGENT and self._roll(0.35)):
                break
            acted += 1
        row = await self.store.find_case(marketplace, case_id)
        if acted and row is not None and row.is_open:
            phases = [Phase(each) for each in row.phases]
            self._notice(marketplace, order_id, case_id, phases, row.due)

    async def _try_out(self, marketplace: str, order_id: str, case_id: str) -> None:
        """Somebody tries the probe's command, filled in as somebody would who may."""
        loaded = await self.store.load(Ask(marketplace, order_id, case_id))
        if loaded is None or loaded.case is None or self.probe is None:
            return
        phase, kind, role = self.probe
        matter = next((m for m in loaded.case.matters if m.phase is phase), None)
        if matter is not None:
            ids = {Role.CUSTOMER: loaded.case.customer_id, Role.SELLER: loaded.case.seller_id}
            agent = self.chance.choice(self.casts[marketplace].agents)
            actor = Actor(role, ids.get(role, agent if role is Role.AGENT else role.lower()))
            command = nonsense.filled_in(self.view(marketplace, loaded, actor), matter, kind)
            await self.do(marketplace, order_id, case_id, command, actor)

    async def _race(self, marketplace: str, order_id: str, case_id: str, actor: Actor, command: Any) -> None:
        """Two act at the same instant, each having seen the same case."""
        others = [role for role in ACTS if role is not actor.role]
        agent = self.chance.choice(self.casts[marketplace].agents)
        other = await self._choose(marketplace, order_id, case_id, self.chance.choice(others), agent)
        works = [self.do(marketplace, order_id, case_id, command, actor)]
        if other is not None:
            works.append(self.do(marketplace, order_id, case_id, other[1], other[0]))
        await asyncio.gather(*works)

    async def _choose(
        self, marketplace: str, order_id: str, case_id: str, role: Role, agent: str
    ) -> tuple[Actor, c.Command] | None:
        """What a role does about a case now, and who does it; None for silence."""
        loaded = await self.store.load(Ask(marketplace, order_id, case_id))
        if loaded is None or loaded.case is None or loaded.policy is None:
            return None
        matters = [m for m in loaded.case.matters if m.is_open]
        own = [m for m in matters if role in OWNERS[m.phase]]
        if not matters:
            return None
        matter = self.chance.choice(own or matters)
        actor = Actor(role, self._who(marketplace, loaded.case, matter, role, agent))
        command = ACTS[role](self.view(marketplace, loaded, actor), matter)
        return None if command is None else (actor, command)

    def _who(self, marketplace: str, case: Case, matter: Matter, role: Role, agent: str) -> str:
        """The id of who acts; agents mostly remember what a colleague must decide or confirm."""
        if role is not Role.AGENT:
            return case.customer_id if role is Role.CUSTOMER else case.seller_id
        taken = {*matter.judges, matter.draft.by if matter.draft is not None else ""}
        if agent in taken and not self._roll(0.3):
            return next(each for each in self.casts[marketplace].agents if each not in taken)
        return agent

    def view(self, marketplace: str, loaded: Loaded, actor: Actor) -> View:
        """A case as somebody sees it."""
        assert loaded.case is not None
        assert loaded.policy is not None
        traits = self.casts[marketplace].people.get(actor.id, Traits())
        return View(
            marketplace,
            loaded.case,
            loaded.order,
            loaded.policy,
            actor,
            loaded.marketplace.at(self.clock.now()),
            traits,
            self.hidden,
            self.chance,
        )

    async def do(
        self, marketplace: str, order_id: str, case_id: str | None, command: Any, actor: Actor, key: str | None = None
    ) -> Done | Refusal:
        """Give one command, tell it, and let everybody concerned notice. An error of the engine is a fault."""
        key = key or (f"key-{self._count}-{len(self.story)}" if self._roll(0.5) else None)
        try:
            answer = await self.engine.handle(marketplace, order_id, case_id, command, actor, key)
        except Exception as error:
            self.faults.append(f"{type(command).__name__} by {actor.role} raised {type(error).__name__}: {error}")
            self._tell(marketplace, case_id or "", actor, command, f"raised {error!r}")
            raise Stumbled(str(error)) from error
        self._tell(marketplace, case_id or "", actor, command, answer)
        if isinstance(answer, Done):
            if key is not None and self._roll(self.luck.repeats):
                await self._repeat(marketplace, order_id, case_id, command, actor, key, answer)
            self._after(marketplace, answer)
        return answer

    async def _repeat(
        self,
        marketplace: str,
        order_id: str,
        case_id: str | None,
        command: Any,
        actor: Actor,
        key: str,
        first: Done,
    ) -> None:
        """The reply got lost, so the caller asks again under the same key, and must get the first answer."""
        again = await self.engine.handle(marketplace, order_id, case_id, command, actor, key)
        same = isinstance(again, Done) and (again.case_id, again.version) == (first.case_id, first.version)
        if not same or again.recorded != first.recorded:  # type: ignore[union-attr]
            self.faults.append(f"{type(command).__name__} repeated under its key got another answer: {again}")

    def _after(self, marketplace: str, done: Done) -> None:
        for recorded in done.recorded:
            event = recorded.event
            by_carrier = isinstance(event, e.ReturnShipped) and event.method == ReturnMethod.PLATFORM_CARRIER
            if by_carrier or isinstance(event, e.GoodsShipped):
                self.ship(marketplace, done.case.order_id, event.tracking)  # type: ignore[union-attr]
        if done.recorded and done.case.is_open:
            self.notice(marketplace, done.case)

    def came_in(self, marketplace: str, told: History, answer: Imported | Refusal) -> None:
        """Tell of an import, and let everybody concerned notice the case."""
        if isinstance(answer, Refusal):
            self._tell(marketplace, "", SYSTEM, told, answer)
            return
        done = Done(answer.case_id, answer.version, answer.case, answer.recorded)
        self._tell(marketplace, answer.case_id, SYSTEM, told, f"came in as {len(answer.recorded)} events")
        self._after(marketplace, done)

    def ship(self, marketplace: str, order_id: str, parcel: str) -> None:
        """Hand a parcel to the carrier; some weeks later it answers what is claimed of it."""
        if self.on_return is not None and self._roll(0.8):
            at, told = self.clock.now() + timedelta(days=self.chance.randint(9, 70)), self.on_return
            self.plan(at, lambda: told(self, marketplace, order_id, parcel))
        for planned in journey(parcel, self.clock.now(), self.chance, self.carrier):
            scan = planned.scan
            self.plan(planned.known_at, lambda s=scan: self.tell(marketplace, order_id, s))  # type: ignore[misc]

    def _tell(self, marketplace: str, case_id: str, actor: Actor, command: Any, answer: Done | Refusal | str) -> None:
        case_id = answer.case_id if isinstance(answer, Done) else case_id
        self.story.append(Told(self.clock.now(), marketplace, case_id, actor, command, answer))

    def _roll(self, probability: float) -> bool:
        return probability > 0 and self.chance.random() < probability


async def _all_of(works: list[Coroutine[Any, Any, T]]) -> list[T]:
    """What several workers bring; one that died in the act or lost the store brings nothing and starts again later."""
    ends = await asyncio.gather(*works, return_exceptions=True)
    for end in ends:
        if isinstance(end, BaseException) and not isinstance(end, (KilledInTheAct, StoreLost)):
            raise end
    return [end for end in ends if not isinstance(end, BaseException)]


class Stumbled(Exception):  # noqa: N818 - says what happened
    """The engine raised: the world ends here with its story."""


class KilledInTheAct(BaseException):
    """A process was killed in the middle of a delivery."""


class ErrorsSeen(logging.Handler):
    """Keeps what the engine logs as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line, with the exception's if there is one."""
        error = record.exc_info[1] if record.exc_info else None
        self.seen.append(record.getMessage() + (f": {error!r}" if error is not None else ""))
