"""Samples: some first judgements are judged once more by another agent who does not know the first.

Which ones follows from a hash under a key, so nobody can pick or foresee them. The second agent has the case as it
stood when its material was complete, without what was found and judged. What it says is compared and changes nothing.
"""

import asyncio
import hmac
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.case import Case
from mufakat.core.evolve import evolve, replay
from mufakat.core.order import OrderState
from mufakat.core.parties import Actor, Role
from mufakat.core.phases import Phase
from mufakat.core.policy.policy import Policy
from mufakat.core.refusals import Code, Refusal
from mufakat.core.waiting import Waiting, WorkKind
from mufakat.core.worksheet import Line, Sheet, Worksheet, blinded, supposed, worksheet
from mufakat.engine.ports import Clock, Store
from mufakat.engine.stating import is_forgotten, last_of, order_then
from mufakat.store.codec import Stored
from mufakat.store.records import Ask, Loaded
from mufakat.store.samples import FirstJudgement, Pair
from mufakat.store.seal import Sealer

LOOK_BACK: Final = timedelta(days=7)
"""How far back a process begins to draw."""
OVERLAP: Final = timedelta(minutes=10)
"""How far before the last judgement seen a pass begins: a command may commit a little after its moment."""
PAUSE: Final = timedelta(minutes=1)
"""Between two passes of one process."""
DUE: Final = timedelta(days=14)
"""Until when a sample is to be judged; nothing follows when it is not."""
LAST: Final = timedelta(days=36500)
"""By how much later than that its turn comes: after all work that parties wait for."""


class SampleStore(Store, Protocol):
    """A store that also keeps samples: PostgreSQL."""

    async def first_judgements(self, marketplace: str, after: tuple[datetime, str, int]) -> list[FirstJudgement]:
        """A page of first judgements by people, oldest first, after that moment, case and event."""

    async def draw(self, first: FirstJudgement, case: Case, work: Waiting) -> bool:
        """Make a first judgement a sample and put it into the queue; False where it is one already."""

    async def waiting_sample(
        self, marketplace: str, case_id: str, matter: int, agent_id: str, now: datetime
    ) -> FirstJudgement | None:
        """The sample of a matter which an agent has in hand at a moment, or None."""

    async def judge_sample(self, first: FirstJudgement, by: str, at: datetime, pairs: list[Pair]) -> bool:
        """Keep what the second agent said; False where somebody was before."""


@dataclass(frozen=True, slots=True)
class Blind:
    """A case as it stood before anybody judged it, for a second agent: nothing that was found is in it, or came later.

    `now`: the moment of the first judgement, which is not told.
    """

    first: FirstJudgement
    loaded: Loaded
    case: Case
    order: OrderState
    policy: Policy
    log: tuple[e.Recorded, ...]
    agent: Actor
    now: datetime

    def worksheet(self) -> Worksheet:
        """The empty worksheet of the matter."""
        return self._only(worksheet(self.case, self.order, self.policy, self.agent, self.now))

    def supposed(self, given: c.RecordFindings) -> Worksheet | Refusal:
        """The worksheet with the second agent's answers, or the refusal that they meet."""
        given = replace(given, matter=self.first.matter)
        sheet = supposed(self.case, self.order, self.policy, self.agent, self.now, given)
        return sheet if isinstance(sheet, Refusal) else self._only(sheet)

    def _only(self, sheet: Worksheet) -> Worksheet:
        return replace(sheet, sheets=tuple(each for each in sheet.sheets if each.number == self.first.matter))


class Sampling:
    """Draws samples, shows them blind, and keeps what the second agent says. share: of first judgements, 0 to 1."""

    def __init__(self, store: SampleStore, sealer: Sealer, clock: Clock, share: float = 0.0) -> None:
        self._store, self._sealer, self._clock, self._share = store, sealer, clock, share
        self._last: datetime | None = None
        self._seen: dict[str, datetime] = {}

    async def drain(self, stop: asyncio.Event | None = None) -> int:
        """Draw from what was judged since the last pass, if it is time for that again; how many. Raises StoreLost."""
        now, drawn = self._clock.now(), 0
        if not self._share or (self._last is not None and self._last <= now < self._last + PAUSE):
            return 0
        self._last = now
        for place in await self._store.marketplaces():
            name, moment = place.marketplace, place.at(now)
            seen = min(self._seen.get(name, moment - LOOK_BACK), moment)
            after = (seen - OVERLAP, "", 0)
            while not (stop and stop.is_set()) and (page := await self._store.first_judgements(name, after)):
                for first in page:
                    drawn += self.is_chosen(first) and await self._draw(first, moment)
                after = (page[-1].first_at, page[-1].case_id, page[-1].number)
                self._seen[name] = page[-1].first_at
        return drawn

    def is_chosen(self, first: FirstJudgement) -> bool:
        """Whether a first judgement is a sample: by its matter's name under the marketplace's key."""
        name = f"sample\0{first.case_id}\0{first.matter}".encode()
        number = int.from_bytes(hmac.digest(self._sealer.print_key(first.marketplace), name, "sha256")[:8])
        return number < self._share * 2**64

    async def stand(self, marketplace: str, case_id: str, matter: int, agent: Actor) -> Blind | Refusal | None:
        """A sample as the agent who has it in hand sees it; None where it has none, or its people were forgotten.

        Refusal: SAME_AGENT for one who has acted in the case meanwhile. Raises StoreLost.
        """
        first = await self._store.waiting_sample(marketplace, case_id, matter, agent.id, self._clock.now())
        if first is None:
            return None
        loaded = await self._store.load(Ask(marketplace, first.order_id, case_id))
        if loaded is None or is_forgotten(loaded):
            return None
        stored = await self._store.history(marketplace, first.order_id, case_id)
        if agent.id in agents_of(stored):
            return Refusal(Code.SAME_AGENT)
        return await self._blind(first, loaded, stored, agent)

    async def judge(self, blind: Blind, given: c.RecordFindings) -> Refusal | None:
        """Keep what the second agent says of all of it. Refusals: of `RecordFindings`, and what is still missing."""
        sheet = blind.supposed(given)
        if isinstance(sheet, Refusal):
            return sheet
        if missing := _missing(sheet.sheets[0]):
            return missing
        stored = await self._store.history(blind.first.marketplace, blind.first.order_id, blind.first.case_id)
        pairs = list(_pairs(replay(_until(stored, blind.first.number)), blind.first, sheet.sheets[0]))
        kept = await self._store.judge_sample(blind.first, blind.agent.id, self._clock.now(), pairs)
        return None if kept else Refusal(Code.SAME_AGENT)

    async def _draw(self, first: FirstJudgement, now: datetime) -> bool:
        loaded = await self._store.load(Ask(first.marketplace, first.order_id, first.case_id))
        if loaded is None or loaded.case is None or is_forgotten(loaded):
            return False
        stored = await self._store.history(first.marketplace, first.order_id, first.case_id)
        lines = loaded.case.matter(first.matter).lines
        sold = [line for line_id in lines if (line := loaded.order.order.line(line_id)) is not None]
        work = Waiting(
            matter=first.matter,
            kind=WorkKind.SAMPLE,
            due=now + DUE,
            turn=now + DUE + LAST,
            since=now,
            amount=0,
            escalations=0,
            language=loaded.order.order.language,
            categories=tuple(sorted({line.category for line in sold if line.category})),
            barred=agents_of(stored),
        )
        return await self._store.draw(first, loaded.case, work)

    async def _blind(self, first: FirstJudgement, loaded: Loaded, stored: list[Stored], agent: Actor) -> Blind:
        place, log = loaded.marketplace.marketplace, tuple(each.recorded for each in stored)
        others = {
            other: [each.recorded for each in await self._store.history(place, first.order_id, other)]
            for other in await self._store.logged_cases(place, first.order_id)
            if other != first.case_id
        }
        order = order_then(loaded.order, log, first.number, others)
        before = tuple(_until(stored, complete_at(stored, first)))
        assert loaded.policy is not None, "a case without its policy"
        case = blinded(replay(before), agent)
        return Blind(first, loaded, case, order, loaded.policy, before, agent, first.first_at)


def agents_of(stored: list[Stored]) -> tuple[str, ...]:
    """The agents who have done something in a case."""
    return tuple(sorted({x.recorded.actor.id for x in stored if x.recorded.actor.role is Role.AGENT}))


def complete_at(stored: list[Stored], first: FirstJudgement) -> int:
    """The last event that a second agent may know of: when the material was complete, before anybody judged.

    Material is handed in only while it is collected; so this is all of it that the first agent had.
    """
    case: Case | None = None
    found = 0
    for each in stored:
        recorded = each.recorded
        if recorded.number >= first.number:
            break
        event = recorded.event
        if case is not None and isinstance(event, e.PhaseEntered) and event.matter == first.matter:
            before = case.matter(first.matter).phase
            if event.phase is Phase.DECIDING and (not found or before is Phase.EVIDENCE):
                found = recorded.number
        case = evolve(case, recorded)
    return last_of(stored, found)


def _until(stored: list[Stored], number: int) -> Iterator[e.Recorded]:
    return (each.recorded for each in stored if each.recorded.number <= number)


def _missing(sheet: Sheet) -> Refusal | None:
    """What still has to be said before a line can be judged."""
    open_ = [f"{line.claim.line_id} {each.party} {each.item}" for line in sheet.lines for each in line.unanswered]
    if open_:
        return Refusal(Code.FINDINGS_MISSING, (("items", "; ".join(open_)),))
    unassessed = next((line for line in sheet.lines if line.judgement is None), None)
    return Refusal(Code.ASSESSMENT_MISSING, (("line", unassessed.claim.line_id),)) if unassessed is not None else None


def _pairs(judged: Case, first: FirstJudgement, sheet: Sheet) -> Iterator[Pair]:
    """What both said: of each line its decision, and each finding that at least one of them made by hand."""
    matter = judged.matter(first.matter)
    for line in sheet.lines:
        line_id, reason = line.claim.line_id, line.claim.reason.value
        was = matter.judged(line_id)
        if was is None or line.judgement is None:
            continue
        yield Pair(line_id, "", "", reason, was.decision.value, line.judgement.decision.value)
        for party, item, second, by_hand in _said(line):
            finding = matter.finding(line_id, party, item)
            if finding is not None and (by_hand or not finding.is_derived):
                yield Pair(line_id, party.value, item, reason, finding.value.value, second)


def _said(line: Line) -> Iterator[tuple[Role, str, str, bool]]:
    """Party and item of each answer on a sheet, its value, and whether a person gave it."""
    for each in line.items:
        if each.finding is not None:
            yield each.party, each.item, each.finding.value.value, True
        elif each.derived is not None:
            yield each.party, each.item, each.derived.value, False
