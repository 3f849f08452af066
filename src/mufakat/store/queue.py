"""The queue on PostgreSQL: which work an agent gets next, who has what, and what became of it.

What waits is in `work`, written with each command (`store/statement.py`); here is who does it. One agent has one lease
at most, beside what was assigned to it. Nothing here can give work to somebody who is tied to a party, or whose own
judgement it is about: the one fragment `_FREE_OF` stands in every statement that gives work to anybody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg

from mufakat.core.refusals import Code, Refusal
from mufakat.core.waiting import What, WorkKind
from mufakat.store.database import Connection, Database
from mufakat.store.records import CaseKey, Marketplace
from mufakat.store.statement import UNIT_SEPARATOR, upsert

DEFAULT_LEASE: Final = timedelta(minutes=60)
"""How long an agent has work that nothing is done about, where the marketplace says nothing else."""


@dataclass(frozen=True, slots=True)
class WorkKey:
    """Names a piece of work."""

    order_id: str
    case_id: str
    matter: int
    kind: WorkKind


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work in the queue. Amount in minor units of `currency`, instants in UTC.

    holder: who has it or, past `until`, had it last; `until` None where it was assigned. stuck: nobody may take it,
    the fallback neither; told in lists only.
    """

    key: WorkKey
    due: datetime
    turn: datetime
    since: datetime
    amount: int
    currency: str
    escalations: int
    language: str
    categories: tuple[str, ...]
    customer_id: str
    seller_id: str
    barred: tuple[str, ...]
    passed: tuple[str, ...] = ()
    holder: str = ""
    until: datetime | None = None
    stuck: bool = False

    def is_held(self, now: datetime) -> bool:
        """Whether somebody has it at a moment."""
        return bool(self.holder) and (self.until is None or self.until > now)

    @property
    def place(self) -> tuple[Any, ...]:
        """Where it stands in the queue: what a list goes on after."""
        key = self.key
        return self.turn, -self.amount, self.since, key.case_id, key.matter, key.kind.value


@dataclass(frozen=True, slots=True)
class Worker:
    """Who asks for work: ties and skills as the account has them; without an account none of them."""

    agent_id: str
    ties: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """How a marketplace's queue is run. fallback: the account that gets what nobody else may take.

    language: the market's own, which the database does not know (`engine/queue.py`).
    """

    place: Marketplace
    lease: timedelta = DEFAULT_LEASE
    fallback: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class LogRow:
    """An entry about some work: whom it befell, by whom (empty: the clock). `note` is sealed under a key of its own."""

    marketplace: str
    key: WorkKey
    entry_id: str
    what: What
    agent_id: str
    by_id: str
    at: datetime
    reason: str = ""
    note: bytes | None = None
    note_key: CaseKey | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How the queue stands, of one kind: pieces of work, and since when the oldest waits.

    What falls due within 24 hours holds what does within 4; what is overdue is in neither.
    """

    kind: WorkKind
    waiting: int
    overdue: int
    within_4_hours: int
    within_24_hours: int
    held: int
    lapsed: int
    stuck: int
    oldest: datetime


_KEY: Final = "order_id, case_id, matter, kind"
_HERE: Final = "marketplace = $1 AND order_id = $2 AND case_id = $3 AND matter = $4 AND kind = $5"
_ORDER: Final = "w.turn, (-w.amount), w.since, w.case_id, w.matter, w.kind"

# Of some account or worker `a` and some work `w`.
_FREE_OF: Final = """(a.account_id <> ALL (string_to_array(w.barred, chr(31)))
    AND a.account_id <> w.customer_id AND a.account_id <> w.seller_id
    AND w.customer_id <> ALL (a.ties) AND w.seller_id <> ALL (a.ties)
    AND NOT EXISTS (SELECT 1 FROM work_log l WHERE l.marketplace = w.marketplace AND l.agent_id = a.account_id
        AND l.case_id = w.case_id AND l.reason = 'KNOWS_A_PARTY'))"""
"""Nobody gets what they may not decide, nor anything of a case that they handed back because they know a party."""
_SKILLED: Final = """((a.languages = '{{}}' OR coalesce(nullif(w.language, ''), {language}) = ANY (a.languages))
    AND (a.categories = '{{}}' OR string_to_array(w.categories, chr(31)) <@ a.categories))"""
_ABLE: Final = f"""a.marketplace = w.marketplace AND a.disabled_at IS NULL AND (a.password <> '' OR a.subject <> '')
    AND {_FREE_OF} AND a.account_id <> ALL (w.passed)"""
"""Accounts that are in use and may do it, and have not handed it back."""
_KEPT: Final = f"""(w.until IS NULL AND EXISTS (SELECT 1 FROM accounts a
    WHERE a.marketplace = w.marketplace AND a.account_id = w.holder AND a.disabled_at IS NULL AND {_FREE_OF}))"""
"""Whether what was assigned still waits for somebody who can do it."""
_STUCK: Final = f"""NOT EXISTS (SELECT 1 FROM accounts a
    WHERE {_ABLE} AND ({_SKILLED} OR a.account_id = {{fallback}}))"""

# $1 marketplace, $2 agent, $3 ties, $4 languages, $5 categories, $6 now, $7 until, $8 language, $9 fallback, then ids.
_TAKE: Final = f"""
WITH chosen AS (
    SELECT w.marketplace, w.order_id, w.case_id, w.matter, w.kind, w.holder, w.until
    FROM work w CROSS JOIN (SELECT $2::text AS account_id, $3::text[] AS ties, $4::text[] AS languages,
        $5::text[] AS categories) me CROSS JOIN LATERAL (SELECT me.*) a
    WHERE w.marketplace = $1 AND (w.holder IS NULL OR w.until <= $6 OR (w.until IS NULL AND NOT {_KEPT}))
        AND {_FREE_OF} AND a.account_id <> ALL (w.passed)
        AND ({_SKILLED.format(language="$8")} OR (a.account_id = $9 AND NOT EXISTS (
            SELECT 1 FROM accounts a WHERE {_ABLE} AND {_SKILLED.format(language="$8")})))
    ORDER BY {_ORDER} LIMIT 1 FOR UPDATE OF w SKIP LOCKED),
taken AS (
    UPDATE work SET holder = $2, until = $7 FROM chosen c
    WHERE work.marketplace = c.marketplace AND work.order_id = c.order_id AND work.case_id = c.case_id
        AND work.matter = c.matter AND work.kind = c.kind
    RETURNING work.*),
told AS (
    INSERT INTO work_log (marketplace, {_KEY}, entry_id, what, agent_id, by_id, at)
    SELECT marketplace, {_KEY}, $10, 'LAPSED', holder, '', coalesce(until, $6) FROM chosen WHERE holder IS NOT NULL
    UNION ALL SELECT marketplace, {_KEY}, $11, 'TAKEN', $2, $2, $6 FROM chosen)
SELECT * FROM taken
"""

# What an agent had and has no more: its lease is over, or it is tied to a party by now.
_LET_GO: Final = f"""
WITH gone AS (
    SELECT w.* FROM work w CROSS JOIN (SELECT $2::text AS account_id, $4::text[] AS ties) a
    WHERE w.marketplace = $1 AND w.holder = $2 AND (w.until <= $3 OR NOT {_FREE_OF}) FOR UPDATE OF w),
freed AS (
    UPDATE work SET holder = NULL, until = NULL FROM gone g
    WHERE work.marketplace = g.marketplace AND work.order_id = g.order_id AND work.case_id = g.case_id
        AND work.matter = g.matter AND work.kind = g.kind)
INSERT INTO work_log (marketplace, {_KEY}, entry_id, what, agent_id, by_id, at)
SELECT marketplace, {_KEY}, $5 || '-' || row_number() OVER (), 'LAPSED', $2, '', least(until, $3) FROM gone
"""

_HELD: Final = """
SELECT w.* FROM work w WHERE w.marketplace = $1 AND w.holder = $2 AND (w.until IS NULL OR w.until > $3)
ORDER BY w.until IS NULL, w.turn, (-w.amount), w.since, w.case_id, w.matter, w.kind
"""

_RENEW: Final = """
UPDATE work SET until = CASE WHEN until IS NOT NULL THEN greatest(until, $5) END
WHERE marketplace = $1 AND case_id = $2 AND holder = $3 AND (until IS NULL OR until > $4) RETURNING *
"""

_HAND_BACK: Final = f"""
UPDATE work SET holder = NULL, until = NULL, passed = array_append(passed, $6)
WHERE {_HERE} AND holder = $6 AND (until IS NULL OR until > $7) RETURNING *
"""

_ASSIGN: Final = f"""
UPDATE work SET holder = nullif($6, ''), until = NULL, passed = array_remove(passed, $6) WHERE {_HERE} RETURNING *
"""

_LOG: Final = (
    f"INSERT INTO work_log (marketplace, {_KEY}, entry_id, what, agent_id, by_id, at, reason, note, wrapped, "
    "wrapped_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
)

# A case stays open to who had work in it, unless they handed it back because they know a party. A sample is blind.
_OPENED: Final = "kind <> 'SAMPLE' GROUP BY case_id HAVING bool_and(reason <> 'KNOWS_A_PARTY')"
_KNOWS: Final = f"SELECT case_id FROM work_log WHERE marketplace = $1 AND agent_id = $2 AND {{}} AND {_OPENED}"
KNOWN_CASES: Final = f"SELECT case_id FROM work_log WHERE marketplace = $1 AND agent_id = ${{}} AND {_OPENED}"
"""The cases that are open to an agent; what is in braces is the number of its argument."""

_SAID_TIED: Final = """
SELECT 1 FROM work_log WHERE marketplace = $1 AND agent_id = $2 AND case_id = $3 AND reason = 'KNOWS_A_PARTY' LIMIT 1
"""

_STANDING: Final = f"""
SELECT w.kind, count(*) AS waiting, min(w.since) AS oldest,
    count(*) FILTER (WHERE w.due <= $2 OR w.escalations > 0) AS overdue,
    count(*) FILTER (WHERE w.due > $2 AND w.due <= $2 + interval '4 hours' AND w.escalations = 0) AS within_4_hours,
    count(*) FILTER (WHERE w.due > $2 AND w.due <= $2 + interval '24 hours' AND w.escalations = 0) AS within_24_hours,
    count(*) FILTER (WHERE w.holder IS NOT NULL AND (w.until IS NULL OR w.until > $3)) AS held,
    count(*) FILTER (WHERE w.until <= $3) AS lapsed,
    count(*) FILTER (WHERE {_STUCK.format(language="$4", fallback="$5")}) AS stuck
FROM work w WHERE w.marketplace = $1 GROUP BY w.kind ORDER BY w.kind
"""

FORGET_NOTES: Final = (
    "UPDATE work_log SET wrapped = NULL, note = NULL WHERE marketplace = $1 AND case_id = $2 AND order_id = $3"
)
"""What forgetting a case does to what agents wrote when they handed work back; that they did stays."""


class PostgresQueue(Database):
    """The queue of each marketplace."""

    async def take_work(self, worker: Worker, rules: Rules, now: datetime, ids: tuple[str, str, str]) -> Work | None:
        """What a worker does next: what it has already, its lease renewed, else the next that it may take; or None.

        ids: of log entries, should any be made. now: by the real clock, as all leases.
        """
        marketplace, until = rules.place.marketplace, now + rules.lease

        async def take(connection: Connection) -> Any:
            await connection.execute(_LET_GO, marketplace, worker.agent_id, now, list(worker.ties), ids[0])
            held = await connection.fetchrow(_HELD, marketplace, worker.agent_id, now)
            if held is not None:
                await connection.execute(_RENEW, marketplace, held["case_id"], worker.agent_id, now, until)
                return await connection.fetchrow(_HELD, marketplace, worker.agent_id, now)
            return await connection.fetchrow(
                _TAKE,
                *(marketplace, worker.agent_id, list(worker.ties), list(worker.languages), list(worker.categories)),
                *(now, until, rules.language, rules.fallback, *ids[1:]),
            )

        try:
            row = await self.transact(take)
        except asyncpg.UniqueViolationError:  # the same agent asked twice at once, and the other request was first
            row = await self.transact(take)
        return None if row is None else work_of(row)

    async def held_work(self, marketplace: str, agent_id: str, now: datetime) -> list[Work]:
        """What an agent has: its lease first, then what was assigned to it."""
        return [work_of(row) for row in await self.fetch(_HELD, marketplace, agent_id, now)]

    async def renew_work(
        self, marketplace: str, case_id: str, agent_id: str, now: datetime, until: datetime
    ) -> list[Work]:
        """What an agent has in a case, its lease renewed."""
        rows = await self.fetch(_RENEW, marketplace, case_id, agent_id, now, until)
        return [work_of(row) for row in rows]

    async def hand_back(self, row: LogRow) -> bool:
        """Put work back into the queue, past whoever had it; False where they do not have it."""

        async def put(connection: Connection) -> bool:
            found = await connection.fetchrow(_HAND_BACK, *_at(row.marketplace, row.key), row.agent_id, row.at)
            if found is not None:
                await connection.execute(_LOG, *_log_values(row))
            return found is not None

        return await self.transact(put)

    async def assign_work(
        self, marketplace: str, key: WorkKey, to: str, by: str, now: datetime, ids: tuple[str, str]
    ) -> Work | Refusal | None:
        """Give work to an account without end, or with an empty `to` back to the queue; None where there is no such.

        Refusals: CONFLICT_OF_INTEREST, SAME_AGENT. Skills, and whoever has it now, do not stand in the way.
        """

        async def assign(connection: Connection) -> Any:
            old = await connection.fetchrow(f"SELECT * FROM work WHERE {_HERE} FOR UPDATE", *_at(marketplace, key))
            if old is None:
                return None
            work = work_of(old)
            account = await connection.fetchrow(
                "SELECT ties FROM accounts WHERE marketplace = $1 AND account_id = $2", marketplace, to
            )
            refusal = refused(work, to, () if account is None else account["ties"])
            if refusal is not None:
                return refusal
            if await connection.fetchval(_SAID_TIED, marketplace, to, key.case_id):
                return Refusal(Code.CONFLICT_OF_INTEREST)
            row = await connection.fetchrow(_ASSIGN, *_at(marketplace, key), to)
            if work.holder and work.holder != to:
                entry = LogRow(marketplace, key, ids[0], What.RELEASED, work.holder, by, now)
                await connection.execute(_LOG, *_log_values(entry))
            if to:
                entry = LogRow(marketplace, key, ids[1], What.ASSIGNED, to, by, now)
                await connection.execute(_LOG, *_log_values(entry))
            return work_of(row)

        found: Work | Refusal | None = await self.transact(assign)
        return found

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
        values: list[Any] = [rules.place.marketplace, rules.language, rules.fallback, limit]
        stuck = _STUCK.format(language="$2", fallback="$3")
        tests = ["w.marketplace = $1", *([stuck] if stuck_only else [])]
        if kind is not None:  # written out: the index of what is to be confirmed is of that kind alone
            tests.append(f"w.kind = '{kind.value}'")
        if after:
            places = ", ".join(f"${number}" for number in range(5, 11))
            tests.append(f"({_ORDER}) > ({places})")
            values += after
        page = f"SELECT w.* FROM work w WHERE {' AND '.join(tests)} ORDER BY {_ORDER} LIMIT $4"
        rows = await self.fetch(f"SELECT w.*, {stuck} AS stuck FROM ({page}) w ORDER BY {_ORDER}", *values)
        return [work_of(row, stuck=row["stuck"]) for row in rows]

    async def standing(self, rules: Rules, now: datetime) -> list[Standing]:
        """How the queue stands, kind by kind."""
        place = rules.place
        rows = await self.fetch(_STANDING, place.marketplace, place.at(now), now, rules.language, rules.fallback)
        return [
            Standing(
                *(WorkKind(row["kind"]), row["waiting"], row["overdue"], row["within_4_hours"], row["within_24_hours"]),
                *(row["held"], row["lapsed"], row["stuck"], row["oldest"]),
            )
            for row in rows
        ]

    async def knows_case(self, marketplace: str, case_id: str, agent_id: str) -> bool:
        """Whether an agent has or had work in a case that was not handed back because it knows a party."""
        return await self._knows("case_id = $3", marketplace, agent_id, case_id)

    async def knows_order(self, marketplace: str, order_id: str, agent_id: str) -> bool:
        """The same of any case of an order."""
        return await self._knows("order_id = $3", marketplace, agent_id, order_id)

    async def said_tied(self, marketplace: str, case_id: str, agent_id: str) -> bool:
        """Whether an agent handed work in a case back because it knows a party."""
        return bool(await self.fetch(_SAID_TIED, marketplace, agent_id, case_id))

    async def work_log(self, marketplace: str, order_id: str, case_id: str) -> list[LogRow]:
        """What befell the work of a case, oldest first."""
        rows = await self.fetch(
            "SELECT * FROM work_log WHERE marketplace = $1 AND order_id = $2 AND case_id = $3 ORDER BY at, entry_id",
            *(marketplace, order_id, case_id),
        )
        return [_log_row(row) for row in rows]

    async def queue_rules(self, marketplace: str) -> Rules:
        """How a marketplace's queue is run; raises KeyError where there is no such marketplace."""
        row = await self.fetch_one(
            "SELECT * FROM marketplaces m LEFT JOIN queues q ON q.marketplace = m.marketplace WHERE m.marketplace = $1",
            marketplace,
        )
        if row is None:
            raise KeyError(marketplace)
        place = Marketplace(marketplace, row["market"], row["clock_offset"], row["clock_frozen"], row["sandbox"])
        if row["lease_minutes"] is None:
            return Rules(place)
        return Rules(place, timedelta(minutes=row["lease_minutes"]), row["fallback"])

    async def put_queue_rules(self, marketplace: str, fallback: str, lease_minutes: int) -> None:
        """Say how a marketplace's queue is run."""
        await self.fetch(
            "INSERT INTO queues (marketplace, fallback, lease_minutes) VALUES ($1, $2, $3) ON CONFLICT (marketplace) "
            "DO UPDATE SET fallback = excluded.fallback, lease_minutes = excluded.lease_minutes",
            *(marketplace, fallback, lease_minutes),
        )

    async def _knows(self, where: str, *values: str) -> bool:
        return bool(await self.fetch(_KNOWS.format(where), *values))


async def put_work(connection: Connection, rows: Iterable[tuple[Any, ...]]) -> None:
    """Put work into the queue, or anew what is there: rows as `statement.work_row` makes them."""
    await connection.executemany(upsert("work"), list(rows))


def refused(work: Work, agent_id: str, ties: Iterable[str]) -> Refusal | None:
    """Why somebody may not have some work, whoever gives it to them; None where nothing speaks against it."""
    if not {agent_id, *ties}.isdisjoint({work.customer_id, work.seller_id}):
        return Refusal(Code.CONFLICT_OF_INTEREST)
    return Refusal(Code.SAME_AGENT) if agent_id in work.barred else None


def work_of(row: Any, *, stuck: bool = False) -> Work:
    """The work in a row with the columns of the table."""
    return Work(
        key=WorkKey(row["order_id"], row["case_id"], row["matter"], WorkKind(row["kind"])),
        due=row["due"],
        turn=row["turn"],
        since=row["since"],
        amount=row["amount"],
        currency=row["currency"],
        escalations=row["escalations"],
        language=row["language"],
        categories=split(row["categories"]),
        customer_id=row["customer_id"],
        seller_id=row["seller_id"],
        barred=split(row["barred"]),
        passed=tuple(row["passed"]),
        holder=row["holder"] or "",
        until=row["until"],
        stuck=stuck,
    )


def split(text: str) -> tuple[str, ...]:
    """The items of a list that is kept as one text."""
    return tuple(text.split(UNIT_SEPARATOR)) if text else ()


def _at(marketplace: str, key: WorkKey) -> tuple[Any, ...]:
    return marketplace, key.order_id, key.case_id, key.matter, key.kind.value


def _log_values(row: LogRow) -> tuple[Any, ...]:
    key = row.note_key or CaseKey(None, "")
    return (
        *(*_at(row.marketplace, row.key), row.entry_id, row.what.value, row.agent_id, row.by_id, row.at, row.reason),
        *(row.note, key.wrapped, key.wrapped_by),
    )


def _log_row(row: Any) -> LogRow:
    return LogRow(
        marketplace=row["marketplace"],
        key=WorkKey(row["order_id"], row["case_id"], row["matter"], WorkKind(row["kind"])),
        entry_id=row["entry_id"],
        what=What(row["what"]),
        agent_id=row["agent_id"],
        by_id=row["by_id"],
        at=row["at"],
        reason=row["reason"],
        note=row["note"],
        note_key=None if row["wrapped"] is None else CaseKey(row["wrapped"], row["wrapped_by"]),
    )
