"""The queue in memory, for the simulator: the same answers as PostgreSQL's (`store/queue.py`), one by one."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from mufakat.core.case import Case
from mufakat.core.refusals import Code, Refusal
from mufakat.core.waiting import BackReason, Waiting, What, WorkKind
from mufakat.store.accounts import Account
from mufakat.store.queue import LogRow, Rules, Standing, Work, Worker, WorkKey, refused
from mufakat.store.records import Marketplace, Write


class MemoryQueue:
    """Who has what, in one process and gone with it."""

    def __init__(self, places: Mapping[str, Marketplace]) -> None:
        self._places = places
        self._work: dict[tuple[str, WorkKey], Work] = {}
        self._work_log: list[LogRow] = []
        self._accounts: dict[tuple[str, str], Account] = {}
        self._rules: dict[str, tuple[str, int]] = {}

    async def put_account(self, made: Account) -> bool:
        """Keep a new account; False when its id is taken."""
        return self._accounts.setdefault((made.marketplace, made.account_id), made) is made

    async def take_work(self, worker: Worker, rules: Rules, now: datetime, ids: tuple[str, str, str]) -> Work | None:
        """What a worker does next: what it has already, its lease renewed, else the next that it may take; or None."""
        marketplace = rules.place.marketplace
        self._let_go(marketplace, worker, now, ids[0])
        if held := await self.held_work(marketplace, worker.agent_id, now):
            await self.renew_work(marketplace, held[0].key.case_id, worker.agent_id, now, now + rules.lease)
            return self._work[marketplace, held[0].key]
        free = [work for work in self._of(marketplace) if self._may_take(marketplace, work, worker, rules, now)]
        if not free:
            return None
        chosen = min(free, key=lambda work: work.place)
        if chosen.holder:
            over = chosen.until or now
            self._work_log.append(LogRow(marketplace, chosen.key, ids[1], What.LAPSED, chosen.holder, "", over))
        taken = replace(chosen, holder=worker.agent_id, until=now + rules.lease)
        self._work[marketplace, chosen.key] = taken
        agent = worker.agent_id
        self._work_log.append(LogRow(marketplace, chosen.key, ids[2], What.TAKEN, agent, agent, now))
        return taken

    async def held_work(self, marketplace: str, agent_id: str, now: datetime) -> list[Work]:
        """What an agent has: its lease first, then what was assigned to it."""
        held = [work for work in self._of(marketplace) if work.holder == agent_id and work.is_held(now)]
        return sorted(held, key=lambda work: (work.until is None, work.place))

    async def renew_work(
        self, marketplace: str, case_id: str, agent_id: str, now: datetime, until: datetime
    ) -> list[Work]:
        """What an agent has in a case, its lease renewed."""
        held = [work for work in await self.held_work(marketplace, agent_id, now) if work.key.case_id == case_id]
        for work in held:
            if work.until is not None:
                self._work[marketplace, work.key] = replace(work, until=max(work.until, until))
        return [self._work[marketplace, work.key] for work in held]

    async def hand_back(self, row: LogRow) -> bool:
        """Put work back into the queue, past whoever had it; False where they do not have it."""
        work = self._work.get((row.marketplace, row.key))
        if work is None or work.holder != row.agent_id or not work.is_held(row.at):
            return False
        passed = (*work.passed, row.agent_id)
        self._work[row.marketplace, row.key] = replace(work, holder="", until=None, passed=passed)
        self._work_log.append(row)
        return True

    async def assign_work(
        self, marketplace: str, key: WorkKey, to: str, by: str, now: datetime, ids: tuple[str, str]
    ) -> Work | Refusal | None:
        """Give work to an account without end, or with an empty `to` back to the queue; None where there is no such."""
        work, account = self._work.get((marketplace, key)), self._accounts.get((marketplace, to))
        if work is None:
            return None
        if (refusal := self._refused(marketplace, work, to, () if account is None else account.ties)) is not None:
            return refusal
        passed = tuple(each for each in work.passed if each != to)
        self._work[marketplace, key] = replace(work, holder=to, until=None, passed=passed)
        if work.holder and work.holder != to:
            self._work_log.append(LogRow(marketplace, key, ids[0], What.RELEASED, work.holder, by, now))
        if to:
            self._work_log.append(LogRow(marketplace, key, ids[1], What.ASSIGNED, to, by, now))
        return self._work[marketplace, key]

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
        marketplace = rules.place.marketplace
        every = sorted(self._of(marketplace), key=lambda work: work.place)
        fitting = [work for work in every if kind in (None, work.key.kind)]
        found = [replace(work, stuck=self._stuck(marketplace, work, rules)) for work in fitting]
        wanted = [work for work in found if (not after or work.place > after) and (work.stuck or not stuck_only)]
        return wanted[:limit]

    async def standing(self, rules: Rules, now: datetime) -> list[Standing]:
        """How the queue stands, kind by kind."""
        marketplace, there = rules.place.marketplace, rules.place.at(now)
        by_kind: dict[WorkKind, list[Work]] = {}
        for work in self._of(marketplace):
            by_kind.setdefault(work.key.kind, []).append(work)
        return [
            Standing(
                kind=kind,
                waiting=len(found),
                overdue=sum(work.due <= there or work.escalations > 0 for work in found),
                within_4_hours=sum(_falls_due(work, there, timedelta(hours=4)) for work in found),
                within_24_hours=sum(_falls_due(work, there, timedelta(hours=24)) for work in found),
                held=sum(work.is_held(now) for work in found),
                lapsed=sum(bool(work.holder) and not work.is_held(now) for work in found),
                stuck=sum(self._stuck(marketplace, work, rules) for work in found),
                oldest=min(work.since for work in found),
            )
            for kind, found in sorted(by_kind.items())
        ]

    async def knows_case(self, marketplace: str, case_id: str, agent_id: str) -> bool:
        """Whether an agent has or had work in a case that was not handed back because it knows a party."""
        return case_id in self._known(marketplace, agent_id)

    async def knows_order(self, marketplace: str, order_id: str, agent_id: str) -> bool:
        """The same of any case of an order."""
        return order_id in self._known(marketplace, agent_id).values()

    async def work_log(self, marketplace: str, order_id: str, case_id: str) -> list[LogRow]:
        """What befell the work of a case, oldest first."""
        where = (marketplace, order_id, case_id)
        found = [row for row in self._work_log if (row.marketplace, row.key.order_id, row.key.case_id) == where]
        return sorted(found, key=lambda row: (row.at, row.entry_id))

    async def queue_rules(self, marketplace: str) -> Rules:
        """How a marketplace's queue is run; raises KeyError where there is no such marketplace."""
        place = self._places[marketplace]
        if marketplace not in self._rules:
            return Rules(place)
        fallback, minutes = self._rules[marketplace]
        return Rules(place, timedelta(minutes=minutes), fallback)

    async def put_queue_rules(self, marketplace: str, fallback: str, lease_minutes: int) -> None:
        """Say how a marketplace's queue is run."""
        self._rules[marketplace] = (fallback, lease_minutes)

    def _write_work(self, write: Write, case: Case) -> None:
        """What a command changed about what waits."""
        for matter, kind in write.over:
            self._work.pop((write.marketplace, _key(case, matter, WorkKind(kind))), None)
        for each in write.work:
            self._put_work(write.marketplace, case, each)

    def _put_work(self, marketplace: str, case: Case, each: Waiting) -> None:
        """Put work in, or anew: whoever has it keeps it, unless it went and came back."""
        key = _key(case, each.matter, each.kind)
        fresh = _work(key, case, each)
        old = self._work.get((marketplace, key))
        if old is not None and old.since == each.since:
            fresh = replace(fresh, holder=old.holder, until=old.until, passed=old.passed)
        self._work[marketplace, key] = fresh

    def _work_of_order(self, marketplace: str, order_id: str) -> dict[str, tuple[Waiting, ...]]:
        """What is kept of the work of an order's cases, as it follows from them."""
        found: dict[str, tuple[Waiting, ...]] = {}
        for work in sorted(self._of(marketplace), key=lambda work: (work.key.case_id, work.key.matter)):
            if work.key.order_id == order_id and work.key.kind is not WorkKind.SAMPLE:
                found[work.key.case_id] = (*found.get(work.key.case_id, ()), _waiting(work))
        return found

    def _replace_work(self, marketplace: str, cases: Iterable[tuple[Case, tuple[Waiting, ...]]]) -> None:
        """Put the work of these cases right."""
        for case, wanted in cases:
            names = {_key(case, each.matter, each.kind) for each in wanted}
            for place, key in list(self._work):
                derived = key.case_id == case.case_id and key.kind is not WorkKind.SAMPLE
                if place == marketplace and derived and key not in names:
                    del self._work[place, key]
            for each in wanted:
                self._put_work(marketplace, case, each)

    def _forget_notes(self, marketplace: str, case_id: str) -> None:
        """What forgetting a case does to what agents wrote when they handed work back."""
        for n, row in enumerate(self._work_log):
            if (row.marketplace, row.key.case_id) == (marketplace, case_id):
                self._work_log[n] = replace(row, note=None, note_key=None)

    def _of(self, marketplace: str) -> list[Work]:
        return [work for (place, _), work in self._work.items() if place == marketplace]

    def _refused(self, marketplace: str, work: Work, agent_id: str, ties: tuple[str, ...]) -> Refusal | None:
        """Why somebody may not have work: also what they handed back, of the same case, because they know a party."""
        about = (marketplace, agent_id, work.key.case_id, BackReason.KNOWS_A_PARTY)
        if any((row.marketplace, row.agent_id, row.key.case_id, row.reason) == about for row in self._work_log):
            return Refusal(Code.CONFLICT_OF_INTEREST)
        return refused(work, agent_id, ties)

    def _known(self, marketplace: str, agent_id: str) -> dict[str, str]:
        """The cases that are open to an agent, to their orders. A sample is blind."""
        rows = [row for row in self._work_log if (row.marketplace, row.agent_id) == (marketplace, agent_id)]
        closed = {row.key.case_id for row in rows if row.reason == BackReason.KNOWS_A_PARTY}
        opened = [row.key for row in rows if row.key.kind is not WorkKind.SAMPLE]
        return {key.case_id: key.order_id for key in opened if key.case_id not in closed}

    def _let_go(self, marketplace: str, worker: Worker, now: datetime, entry_id: str) -> None:
        for n, work in enumerate(self._of(marketplace)):
            tied = self._refused(marketplace, work, worker.agent_id, worker.ties) is not None
            if work.holder == worker.agent_id and (tied or not work.is_held(now)):
                over = min(work.until or now, now)
                row = LogRow(marketplace, work.key, f"{entry_id}-{n}", What.LAPSED, work.holder, "", over)
                self._work_log.append(row)
                self._work[marketplace, work.key] = replace(work, holder="", until=None)

    def _may_take(self, marketplace: str, work: Work, worker: Worker, rules: Rules, now: datetime) -> bool:
        if work.is_held(now) and (work.until is not None or self._kept(marketplace, work)):
            return False
        if self._refused(marketplace, work, worker.agent_id, worker.ties) is not None or worker.agent_id in work.passed:
            return False
        if _skilled(work, worker, rules):
            return True
        others = self._able(marketplace, work)
        return worker.agent_id == rules.fallback and not any(_skilled(work, each, rules) for each in others)

    def _kept(self, marketplace: str, work: Work) -> bool:
        """Whether what was assigned still waits for somebody who can do it."""
        account = self._accounts.get((marketplace, work.holder))
        return (
            account is not None
            and account.disabled_at is None
            and self._refused(marketplace, work, work.holder, account.ties) is None
        )

    def _able(self, marketplace: str, work: Work) -> list[Worker]:
        """Accounts that are in use and may do it, and have not handed it back."""
        return [
            Worker(each.account_id, each.ties, each.languages, each.categories)
            for (place, _), each in self._accounts.items()
            if place == marketplace
            and each.disabled_at is None
            and (each.password or each.subject)
            and self._refused(marketplace, work, each.account_id, each.ties) is None
            and each.account_id not in work.passed
        ]

    def _stuck(self, marketplace: str, work: Work, rules: Rules) -> bool:
        able = self._able(marketplace, work)
        return not any(_skilled(work, each, rules) or each.agent_id == rules.fallback for each in able)


def _skilled(work: Work, worker: Worker, rules: Rules) -> bool:
    speaks = not worker.languages or (work.language or rules.language) in worker.languages
    return speaks and (not worker.categories or set(work.categories) <= set(worker.categories))


def _key(case: Case, matter: int, kind: WorkKind) -> WorkKey:
    return WorkKey(case.order_id, case.case_id, matter, kind)


def _falls_due(work: Work, there: datetime, within: timedelta) -> bool:
    """Whether work that is not overdue falls due in that time."""
    return work.escalations == 0 and there < work.due <= there + within


def _work(key: WorkKey, case: Case, each: Waiting) -> Work:
    return Work(
        key=key,
        due=each.due,
        turn=each.turn,
        since=each.since,
        amount=each.amount,
        currency=case.currency,
        escalations=each.escalations,
        language=each.language,
        categories=each.categories,
        customer_id=case.customer_id,
        seller_id=case.seller_id,
        barred=each.barred,
    )


def _waiting(work: Work) -> Waiting:
    return Waiting(
        matter=work.key.matter,
        kind=work.key.kind,
        due=work.due,
        turn=work.turn,
        since=work.since,
        amount=work.amount,
        escalations=work.escalations,
        language=work.language,
        categories=work.categories,
        barred=work.barred,
    )
