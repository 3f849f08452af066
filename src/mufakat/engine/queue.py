"""The queue: agents take the next work and do not pick; leads assign, watch and say who gets what nobody else may take.

Order, ties, skills and leases are the store's (`store/queue.py`). Here are the real clock, the market's language, and
the sealing of what an agent writes when it hands work back: like any text it goes when the case is forgotten.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from mufakat.core.refusals import Refusal
from mufakat.core.waiting import BackReason, What, WorkKind
from mufakat.engine.ids import uuid7
from mufakat.engine.ports import Clock
from mufakat.rulebooks import load
from mufakat.store.queue import LogRow, Rules, Standing, Work, Worker, WorkKey
from mufakat.store.seal import Sealer


class QueueStore(Protocol):
    """Where the queue is kept: PostgreSQL, or the simulator's memory."""

    async def take_work(self, worker: Worker, rules: Rules, now: datetime, ids: tuple[str, str, str]) -> Work | None:
        """What a worker does next: what it has already, its lease renewed, else the next that it may take; or None."""

    async def held_work(self, marketplace: str, agent_id: str, now: datetime) -> list[Work]:
        """What an agent has: its lease first, then what was assigned to it."""

    async def renew_work(
        self, marketplace: str, case_id: str, agent_id: str, now: datetime, until: datetime
    ) -> list[Work]:
        """What an agent has in a case, its lease renewed."""

    async def hand_back(self, row: LogRow) -> bool:
        """Put work back into the queue, past whoever had it; False where they do not have it."""

    async def assign_work(
        self, marketplace: str, key: WorkKey, to: str, by: str, now: datetime, ids: tuple[str, str]
    ) -> Work | Refusal | None:
        """Give work to an account without end, or with an empty `to` back to the queue; None where there is no such."""

    async def list_work(
        self,
        rules: Rules,
        after: tuple[Any, ...],
        limit: int,
        *,
        stuck_only: bool = False,
        kind: WorkKind | None = None,
    ) -> list[Work]:
        """A page of all that waits, of one kind or of any, in the queue's order, after the place of the last before."""

    async def standing(self, rules: Rules, now: datetime) -> list[Standing]:
        """How the queue stands, kind by kind."""

    async def work_log(self, marketplace: str, order_id: str, case_id: str) -> list[LogRow]:
        """What befell the work of a case, oldest first."""

    async def queue_rules(self, marketplace: str) -> Rules:
        """How a marketplace's queue is run; raises KeyError where there is no such marketplace."""


@dataclass(frozen=True, slots=True)
class Befell:
    """What befell some work; `note` is None where nothing was written, and once the case is forgotten."""

    key: WorkKey
    what: What
    agent_id: str
    by_id: str
    at: datetime
    reason: str
    note: str | None


class Queue:
    """Who does what next. Leases run by the real clock, whatever clock the marketplace has."""

    def __init__(self, store: QueueStore, sealer: Sealer, clock: Clock) -> None:
        self._store, self._sealer, self._clock = store, sealer, clock

    async def rules(self, marketplace: str) -> Rules:
        """How a marketplace's queue is run."""
        rules = await self._store.queue_rules(marketplace)
        return replace(rules, language=load(rules.place.market).language)

    async def take(self, marketplace: str, worker: Worker) -> Work | None:
        """What a worker does next: what it has already, its lease renewed, else the next that it may take; or None."""
        now = self._clock.now()
        first, second, third = _ids(now, 3)
        return await self._store.take_work(worker, await self.rules(marketplace), now, (first, second, third))

    async def held(self, marketplace: str, agent_id: str) -> list[Work]:
        """What an agent has: its lease first, then what was assigned to it."""
        return await self._store.held_work(marketplace, agent_id, self._clock.now())

    async def work_on(self, marketplace: str, case_id: str, agent_id: str) -> list[Work]:
        """What an agent has in a case that it is about to work on: its lease begins anew."""
        now, lease = self._clock.now(), (await self._store.queue_rules(marketplace)).lease
        return await self._store.renew_work(marketplace, case_id, agent_id, now, now + lease)

    async def hand_back(self, marketplace: str, key: WorkKey, agent_id: str, why: BackReason, note: str = "") -> bool:
        """Give work back, for another to take; False where the agent does not have it. The note is sealed."""
        now = self._clock.now()
        (entry_id,) = _ids(now, 1)
        row = LogRow(marketplace, key, entry_id, What.HANDED_BACK, agent_id, agent_id, now, why.value)
        if note:
            sealed, note_key = self._sealer.seal_alone(marketplace, _about(key.case_id, entry_id), note)
            row = replace(row, note=sealed, note_key=note_key)
        return await self._store.hand_back(row)

    async def assign(self, marketplace: str, key: WorkKey, to: str, by: str) -> Work | Refusal | None:
        """Give work to an account, or with an empty `to` back to the queue; None where there is no such work.

        Refusals: CONFLICT_OF_INTEREST, SAME_AGENT.
        """
        now = self._clock.now()
        first, second = _ids(now, 2)
        return await self._store.assign_work(marketplace, key, to, by, now, (first, second))

    async def page(
        self,
        marketplace: str,
        after: tuple[Any, ...] = (),
        limit: int = 50,
        *,
        stuck_only: bool = False,
        kind: WorkKind | None = None,
    ) -> list[Work]:
        """A page of all that waits, of one kind or of any, in the queue's order, after the place of the last before."""
        rules = await self.rules(marketplace)
        return await self._store.list_work(rules, after, limit, stuck_only=stuck_only, kind=kind)

    async def standing(self, marketplace: str) -> list[Standing]:
        """How the queue stands, kind by kind; nothing of a kind of which nothing waits."""
        return await self._store.standing(await self.rules(marketplace), self._clock.now())

    async def log(self, marketplace: str, order_id: str, case_id: str) -> list[Befell]:
        """What befell the work of a case, oldest first."""
        return [self._befell(row) for row in await self._store.work_log(marketplace, order_id, case_id)]

    def _befell(self, row: LogRow) -> Befell:
        note = None
        if row.note is not None and row.note_key is not None:
            about = _about(row.key.case_id, row.entry_id)
            note = self._sealer.open_alone(row.marketplace, about, row.note, row.note_key)
        return Befell(row.key, row.what, row.agent_id, row.by_id, row.at, row.reason, note)


def _ids(now: datetime, count: int) -> list[str]:
    """Ids of entries that may be made at one moment, in their order."""
    return sorted(uuid7(now).replace("-", "") for _ in range(count))


def _about(case_id: str, entry_id: str) -> str:
    return f"work\0{case_id}\0{entry_id}"
