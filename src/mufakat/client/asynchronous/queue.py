"""The queue: agents take the next work and hand back what they cannot do; leads assign and watch."""

import msgspec

from mufakat.api.wire import queue as w
from mufakat.client.asynchronous.connection import AsyncConnection
from mufakat.client.calls import Call, json, path
from mufakat.core.waiting import BackReason, WorkKind


class AsyncQueue(AsyncConnection):
    """Work for agents. Amounts are in minor units, instants in UTC."""

    async def next_work(self) -> w.NextOut:
        """Take the next work; what the caller has already comes again, its lease begun anew."""
        return await self._ask(Call(method="POST", path=path("queue", "next"), answer=w.NextOut))

    async def hand_back(
        self, case_id: str, matter: int, kind: WorkKind, reason: BackReason, note: str = ""
    ) -> w.QueueOut:
        """Give work back for another to take; what the caller has left. A note is needed with OTHER."""
        sent = json(case_id=case_id, matter=matter, kind=kind, reason=reason, note=note)
        where = path("queue", "hand-back")
        return await self._ask(Call(method="POST", path=where, answer=w.QueueOut, body=sent, repeatable=False))

    async def assign_work(self, case_id: str, matter: int, kind: WorkKind, account_id: str | None) -> w.WorkOut:
        """For leads: give work to an account, or with None put it back into the queue."""
        where = path("queue", "assign")
        sent = msgspec.json.encode(w.AssignIn(case_id=case_id, matter=matter, kind=kind, account_id=account_id))
        return await self._ask(Call(method="POST", path=where, answer=w.WorkOut, body=sent))

    async def queue_page(
        self, *, stuck: bool = False, kind: WorkKind | None = None, limit: int | None = None, cursor: str = ""
    ) -> w.QueueOut:
        """A page of all that waits, of one kind or of any, for leads; for agents what they have themselves."""
        query = {"stuck": stuck or None, "kind": kind, "limit": limit, "cursor": cursor}
        return await self._ask(Call(method="GET", path=path("queue"), answer=w.QueueOut, query=query))

    async def drafts_page(self, *, limit: int | None = None, cursor: str = "") -> w.DraftsOut:
        """For leads: a page of judgements that wait for a second person, with who drafted them, when and why."""
        query = {"limit": limit, "cursor": cursor}
        return await self._ask(Call(method="GET", path=path("queue", "drafts"), answer=w.DraftsOut, query=query))

    async def queue_standing(self) -> w.QueueStandingsOut:
        """For leads: how much waits, is overdue, held, lapsed and stuck, kind by kind."""
        return await self._ask(Call(method="GET", path=path("queue", "standing"), answer=w.QueueStandingsOut))

    async def queue_health(self) -> w.QueueHealthOut:
        """For leads: how the queue stands, what came and was done in the last 14 days, and who does what today."""
        return await self._ask(Call(method="GET", path=path("queue", "health"), answer=w.QueueHealthOut))

    async def queue_rules(self) -> w.QueueRulesOut:
        """For leads: who gets what nobody else may take, and how long a lease is."""
        return await self._ask(Call(method="GET", path=path("queue", "rules"), answer=w.QueueRulesOut))

    async def put_queue_rules(self, fallback: str | None, lease_minutes: int) -> w.QueueRulesOut:
        """For leads: say who gets what nobody else may take, and how long a lease is."""
        sent = msgspec.json.encode(w.QueueRulesIn(fallback=fallback, lease_minutes=lease_minutes))
        return await self._ask(Call(method="PUT", path=path("queue", "rules"), answer=w.QueueRulesOut, body=sent))

    async def work_log(self, case_id: str) -> w.WorkLogOut:
        """For leads: who had the work of a case, when, and why it was handed back."""
        return await self._ask(Call(method="GET", path=path("cases", case_id, "work"), answer=w.WorkLogOut))
