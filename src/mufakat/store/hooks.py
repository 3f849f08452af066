"""Endpoints of marketplaces for webhooks, on PostgreSQL: how far each is in each case, and a log of tries.

A case has one row for each endpoint, with the number of the last event that is done with (`sent`) and of the last one
that there is (`known`). The statement that writes events raises `known` (`KNOWN`), so nothing is lost that was
committed, and who has no endpoints pays nothing; order within a case is inherent; a replay sets `sent` back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from mufakat.standard_webhooks import Kind
from mufakat.store import codec
from mufakat.store.codec import Stored
from mufakat.store.database import Database
from mufakat.store.records import CaseKey

RESTING: Final = 10
"""From so many failures on without a success an endpoint rests between tries."""
AT_ONCE: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""When what need not wait is tried; in statements `epoch`."""


class Paused(StrEnum):
    """Why nothing is sent: somebody said so; the endpoint said that it is gone (410); it failed for three days."""

    BY_HAND = "BY_HAND"
    GONE = "GONE"
    FAILING = "FAILING"


class Outcome(StrEnum):
    """What came of a try. GIVEN_UP: it failed, and the case goes on without it."""

    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    GIVEN_UP = "GIVEN_UP"


@dataclass(frozen=True, slots=True)
class Hook:
    """An endpoint. `events`: stored names of what it wants, none for all. `failures`: tries since the last success."""

    marketplace: str
    id: str
    url: str
    events: tuple[str, ...]
    kind: Kind
    created_at: datetime
    paused: Paused | None = None
    failures: int = 0
    failing_since: datetime | None = None

    def wants(self, name: str) -> bool:
        """Whether events of a stored name are for it."""
        return not self.events or name in self.events


@dataclass(frozen=True, slots=True)
class HookSecret:
    """A secret of an endpoint, sealed under a key of its own. `until`: when it ends, where another took its place."""

    id: str
    sealed: bytes
    key: CaseKey
    made_at: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class HookCase:
    """How far an endpoint is in a case, as it was claimed. `previous`: the event that it got or missed before."""

    marketplace: str
    hook_id: str
    order_id: str
    case_id: str
    sent: int
    known: int
    previous: int | None = None
    attempts: int = 0
    failed_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt at telling an endpoint of an event. `status` None: no answer came. `number` 0: a test."""

    marketplace: str
    hook_id: str
    id: str
    order_id: str
    case_id: str
    number: int
    name: str
    at: datetime
    outcome: Outcome
    status: int | None
    took_ms: int
    answer: str = ""
    why: str = ""


KNOWN: Final = """to_hook_cases AS (
    INSERT INTO hook_cases (marketplace, hook_id, order_id, case_id, sent, known)
    SELECT h.marketplace, h.hook_id, e.order_id, e.case_id, min(e.number) - 1, max(e.number)
    FROM to_events e JOIN hooks h ON h.marketplace = e.marketplace
    GROUP BY h.marketplace, h.hook_id, e.order_id, e.case_id
    ON CONFLICT (marketplace, hook_id, order_id, case_id) DO UPDATE SET known = excluded.known,
        since = CASE WHEN hook_cases.sent = hook_cases.known THEN now() ELSE hook_cases.since END)"""
"""The part of the writing statement that tells endpoints what there is, after `to_events`."""

FORGET_ANSWERS: Final = (
    "UPDATE hook_tries SET answer = '', why = '' WHERE marketplace = $1 AND case_id = $2 AND order_id = $3"
)
"""What forgetting a case purges: what an endpoint answered, which may quote what it had read of the case."""

_HOOK: Final = "marketplace, hook_id, url, events, kind, created_at, paused, failures, failing_since"
_ONE: Final = "marketplace = $1 AND hook_id = $2"
_CASE: Final = "marketplace, hook_id, order_id, case_id, sent, known, previous, attempts, failed_since"
_TRY: Final = "marketplace, hook_id, try_id, order_id, case_id, number, name, at, outcome, status, took_ms, answer, why"

_PUT: Final = f"""
WITH made AS (
    INSERT INTO hooks (marketplace, hook_id, url, events, kind, created_at, paused)
    SELECT $1, $2, $3, $4, $5, $6, '' WHERE (SELECT count(*) FROM hooks WHERE marketplace = $1) < $7
    RETURNING {_HOOK}
), sealed AS (
    INSERT INTO hook_secrets (marketplace, hook_id, secret_id, sealed, wrapped, wrapped_by, made_at)
    SELECT $1, $2, $8, $9, $10, $11, $6 FROM made
)
SELECT * FROM made
"""
# Who goes on begins anew: what failed before the pause has three days again.
_CHANGE: Final = f"""
WITH anew AS (
    UPDATE hook_cases SET attempts = 0, failed_since = NULL, next_try = 'epoch'
    WHERE {_ONE} AND sent < known AND $5 = ''
)
UPDATE hooks SET url = coalesce($3, url), events = coalesce($4, events), paused = coalesce($5, paused),
    failures = CASE WHEN $5 = '' THEN 0 ELSE failures END,
    failing_since = CASE WHEN $5 = '' THEN NULL ELSE failing_since END,
    rests_until = CASE WHEN $5 = '' THEN 'epoch' ELSE rests_until END
WHERE {_ONE} RETURNING {_HOOK}
"""
# By the page, so that no statement takes longer than one may. A command that was under way when an endpoint was removed
# can leave a place of it behind, which nobody ever reads.
_DROP_SECRETS: Final = f"DELETE FROM hook_secrets WHERE {_ONE}"
_DROP_CASES: Final = f"""
DELETE FROM hook_cases WHERE (marketplace, hook_id, order_id, case_id) IN (
    SELECT marketplace, hook_id, order_id, case_id FROM hook_cases WHERE {_ONE} LIMIT $3) RETURNING 1
"""
_DROP_TRIES: Final = f"""
DELETE FROM hook_tries WHERE (marketplace, hook_id, try_id) IN (
    SELECT marketplace, hook_id, try_id FROM hook_tries WHERE {_ONE} LIMIT $3) RETURNING 1
"""
_SWEEP: Final = """
DELETE FROM hook_tries WHERE (marketplace, hook_id, try_id) IN (
    SELECT marketplace, hook_id, try_id FROM hook_tries WHERE marketplace = $1 AND at < $2 LIMIT $3) RETURNING 1
"""
_ROTATE: Final = f"""
WITH there AS (SELECT FROM hooks WHERE {_ONE} FOR UPDATE),
ended AS (
    UPDATE hook_secrets SET until = least(coalesce(until, $8), $8)
    WHERE {_ONE} AND (until IS NULL OR until > $7) AND EXISTS (SELECT FROM there)
), gone AS (
    DELETE FROM hook_secrets WHERE {_ONE} AND until <= $7
)
INSERT INTO hook_secrets (marketplace, hook_id, secret_id, sealed, wrapped, wrapped_by, made_at)
SELECT $1, $2, $3, $4, $5, $6, $7 FROM there RETURNING secret_id
"""
_DUE: Final = f"""
SELECT {_HOOK} FROM hooks h WHERE h.paused = '' AND h.rests_until <= $1 AND EXISTS (
    SELECT FROM hook_cases c WHERE c.marketplace = h.marketplace AND c.hook_id = h.hook_id AND c.sent < c.known
        AND c.next_try <= $1)
"""
# SKIP LOCKED lets several processes claim at once without waiting for each other, or for a command that writes.
_CLAIM: Final = f"""
UPDATE hook_cases SET next_try = $4, attempts = attempts + 1 WHERE (marketplace, hook_id, order_id, case_id) IN (
    SELECT marketplace, hook_id, order_id, case_id FROM hook_cases
    WHERE {_ONE} AND sent < known AND next_try <= $3
    ORDER BY next_try, since LIMIT $5 FOR UPDATE SKIP LOCKED)
RETURNING {_CASE}
"""
# Whose lease was lost changes nothing: somebody else has claimed the row meanwhile, or it was set back.
_MINE: Final = f"{_ONE} AND order_id = $3 AND case_id = $4 AND sent = $5 AND attempts = $6"
_MOVE: Final = f"""mine AS (
    UPDATE hook_cases SET sent = $7, previous = $8, attempts = $9, failed_since = $10, next_try = $11 WHERE {_MINE}
    RETURNING sent
)"""
_TRIED: Final = f"""tried AS (
    INSERT INTO hook_tries ({_TRY}) VALUES ($1, $2, $12, $3, $4, $13, $14, $15, $16, $17, $18, $19, $20)
)"""
# An endpoint that is well again after a rest is told at once what waited; who has a case in hand keeps it, and one to
# which a command is just adding waits for its own time, so that no command ever waits for this.
_WELL: Final = f"""well AS (
    UPDATE hooks SET failures = 0, failing_since = NULL, rests_until = 'epoch'
    WHERE {_ONE} AND failing_since IS NOT NULL
), woken AS (
    UPDATE hook_cases SET next_try = 'epoch' WHERE (marketplace, hook_id, order_id, case_id) IN (
        SELECT marketplace, hook_id, order_id, case_id FROM hook_cases
        WHERE {_ONE} AND sent < known AND next_try > $21 AND case_id <> $4
            AND EXISTS (SELECT FROM hooks WHERE {_ONE} AND failures >= {RESTING}) FOR UPDATE SKIP LOCKED)
)"""
_ILL: Final = f"""ill AS (
    UPDATE hooks SET failures = failures + 1, failing_since = coalesce(failing_since, $15) WHERE {_ONE}
    RETURNING failures, failing_since
)"""
_REPLAY: Final = """
INSERT INTO hook_cases (marketplace, hook_id, order_id, case_id, sent, known)
SELECT c.marketplace, $2, c.order_id, c.case_id, CASE WHEN $5::int4 IS NOT NULL THEN least($5, c.number) ELSE (
        SELECT coalesce(max(e.number), 0) FROM events e WHERE e.marketplace = c.marketplace
            AND e.order_id = c.order_id AND e.case_id = c.case_id
            AND (convert_from(e.body, 'UTF8')::json ->> 'at')::timestamptz < $4) END, c.number
FROM cases c WHERE c.marketplace = $1 AND c.case_id = ANY ($3::text[])
ON CONFLICT (marketplace, hook_id, order_id, case_id) DO UPDATE SET
    sent = least(hook_cases.sent, excluded.sent), known = greatest(hook_cases.known, excluded.known),
    previous = CASE WHEN excluded.sent < hook_cases.sent THEN NULL ELSE hook_cases.previous END,
    attempts = CASE WHEN excluded.sent < hook_cases.sent THEN 0 ELSE hook_cases.attempts END,
    failed_since = CASE WHEN excluded.sent < hook_cases.sent THEN NULL ELSE hook_cases.failed_since END,
    next_try = CASE WHEN excluded.sent < hook_cases.sent THEN 'epoch' ELSE hook_cases.next_try END
"""
_CHANGED: Final = """
SELECT changed_at, case_id FROM cases WHERE marketplace = $1 AND (changed_at, case_id) > ($2, $3)
ORDER BY changed_at, case_id LIMIT $4
"""
_PAGE: Final = 500
_REMOVED: Final = 5000


class PostgresHooks(Database):
    """Endpoints, how far they are, and what was tried."""

    async def put_hook(self, hook: Hook, secret: HookSecret, most: int) -> Hook | None:
        """Keep a new endpoint with its first secret; None where the marketplace has `most` already."""
        row = await self.fetch_one(
            _PUT,
            *(hook.marketplace, hook.id, hook.url, list(hook.events), hook.kind.value, hook.created_at, most),
            *(secret.id, secret.sealed, secret.key.wrapped, secret.key.wrapped_by),
        )
        return None if row is None else _hook(row)

    async def hooks(self, marketplace: str) -> list[Hook]:
        """A marketplace's endpoints, oldest first."""
        rows = await self.fetch(
            f"SELECT {_HOOK} FROM hooks WHERE marketplace = $1 ORDER BY created_at, hook_id", marketplace
        )
        return [_hook(row) for row in rows]

    async def hook(self, marketplace: str, hook_id: str) -> Hook | None:
        """One endpoint."""
        row = await self.fetch_one(f"SELECT {_HOOK} FROM hooks WHERE {_ONE}", marketplace, hook_id)
        return None if row is None else _hook(row)

    async def change_hook(
        self,
        marketplace: str,
        hook_id: str,
        *,
        url: str | None = None,
        events: Sequence[str] | None = None,
        paused: Paused | str | None = None,
    ) -> Hook | None:
        """Change what is given; None where there is no such endpoint. paused: empty to go on, as if it were well."""
        wanted = None if events is None else list(events)
        row = await self.fetch_one(_CHANGE, marketplace, hook_id, url, wanted, None if paused is None else str(paused))
        return None if row is None else _hook(row)

    async def drop_hook(self, marketplace: str, hook_id: str) -> bool:
        """Remove an endpoint with all that is kept of it; False where there is none."""
        row = await self.fetch_one(f"DELETE FROM hooks WHERE {_ONE} RETURNING hook_id", marketplace, hook_id)
        await self.fetch(_DROP_SECRETS, marketplace, hook_id)
        for statement in (_DROP_CASES, _DROP_TRIES):
            await self._emptied(statement, marketplace, hook_id)
        return row is not None

    async def hook_secrets(self, marketplace: str, hook_id: str, now: datetime) -> list[HookSecret]:
        """The secrets that are good at a moment, the newest first."""
        rows = await self.fetch(
            f"SELECT * FROM hook_secrets WHERE {_ONE} AND (until IS NULL OR until > $3) "
            "ORDER BY until DESC, made_at DESC",
            *(marketplace, hook_id, now),
        )
        return [
            HookSecret(r["secret_id"], r["sealed"], CaseKey(r["wrapped"], r["wrapped_by"]), r["made_at"], r["until"])
            for r in rows
        ]

    async def rotate_secret(self, marketplace: str, hook_id: str, secret: HookSecret, old_until: datetime) -> bool:
        """Put a new secret in force; those before it end then at the latest. False where there is no such endpoint."""
        row = await self.fetch_one(
            _ROTATE,
            *(marketplace, hook_id, secret.id, secret.sealed, secret.key.wrapped, secret.key.wrapped_by),
            *(secret.made_at, old_until),
        )
        return row is not None

    # --- delivering

    async def due_hooks(self, now: datetime) -> list[Hook]:
        """Endpoints of all marketplaces that have something to be told now."""
        return [_hook(row) for row in await self.fetch(_DUE, now)]

    async def claim_hook(self, hook: Hook, now: datetime, lease: timedelta, limit: int) -> list[HookCase]:
        """Take cases of which an endpoint is to be told now; nobody else gets them until the lease ends."""
        rows = await self.fetch(_CLAIM, hook.marketplace, hook.id, now, now + lease, limit)
        return [HookCase(*row.values()) for row in rows]

    async def events_after(self, held: HookCase, limit: int) -> list[Stored]:
        """The next events of a claimed case."""
        rows = await self.fetch(
            "SELECT body FROM events WHERE marketplace = $1 AND order_id = $2 AND case_id = $3 AND number > $4 "
            "ORDER BY number LIMIT $5",
            *(held.marketplace, held.order_id, held.case_id, held.sent, limit),
        )
        return [codec.decode_event(row["body"]) for row in rows]

    async def hook_moved(self, held: HookCase, now: HookCase, next_try: datetime | None) -> bool:
        """A claimed case stands so now, and is tried again then (None: at once); False where the lease was lost."""
        return bool(await self.fetch(f"WITH {_MOVE} SELECT sent FROM mine", *_moving(held, now, next_try)))

    async def hook_told(
        self, held: HookCase, now: HookCase, done: Try, next_try: datetime | None, end: datetime
    ) -> bool:
        """The same after a try that went well. end: of leases of now; what is tried later is tried at once."""
        sql = f"WITH {_MOVE}, {_TRIED}, {_WELL} SELECT sent FROM mine"
        return bool(await self.fetch(sql, *_moving(held, now, next_try), *_trying(done), end))

    async def hook_failed(self, held: HookCase, now: HookCase, failed: Try, next_try: datetime | None) -> int:
        """The same after a try that failed; how many have failed in a row."""
        sql = f"WITH {_MOVE}, {_TRIED}, {_ILL} SELECT failures FROM ill"
        row = await self.fetch_one(sql, *_moving(held, now, next_try), *_trying(failed))
        return 0 if row is None else int(row["failures"])

    async def rest_hook(self, marketplace: str, hook_id: str, until: datetime) -> None:
        """Try nothing at an endpoint before then."""
        await self.fetch(f"UPDATE hooks SET rests_until = $3 WHERE {_ONE}", marketplace, hook_id, until)

    # --- looking back

    async def note_try(self, tried: Try) -> None:
        """Keep a try that moves nothing: a test, or an event that is sent once more."""
        places = ", ".join(f"${n}" for n in range(1, 14))
        await self.fetch(
            f"INSERT INTO hook_tries ({_TRY}) VALUES ({places})",
            *(tried.marketplace, tried.hook_id, tried.id, tried.order_id, tried.case_id, *_trying(tried)[1:]),
        )

    async def hook_tries(
        self, marketplace: str, hook_id: str, before: str = "", limit: int = 100, case_id: str = ""
    ) -> list[Try]:
        """A page of the log, the newest first, from the try of that id on back; of one case where it is named."""
        rows = await self.fetch(
            f"SELECT {_TRY} FROM hook_tries WHERE {_ONE} AND ($3 = '' OR try_id < $3) AND ($4 = '' OR case_id = $4) "
            "ORDER BY try_id DESC LIMIT $5",
            *(marketplace, hook_id, before, case_id, limit),
        )
        return [_try(row) for row in rows]

    async def hook_try(self, marketplace: str, hook_id: str, try_id: str) -> Try | None:
        """One entry of the log."""
        row = await self.fetch_one(
            f"SELECT {_TRY} FROM hook_tries WHERE {_ONE} AND try_id = $3", marketplace, hook_id, try_id
        )
        return None if row is None else _try(row)

    async def replay_case(self, marketplace: str, hook_id: str, case_id: str, number: int) -> None:
        """Tell an endpoint of a case again from the event of that number on; what it has yet to get stays."""
        await self.fetch(_REPLAY, marketplace, hook_id, [case_id], None, number - 1)

    async def replay_since(self, marketplace: str, hook_id: str, since: datetime) -> int:
        """Tell an endpoint again of what happened from a moment on (the marketplace's time); of how many cases."""
        total = 0
        place: tuple[Any, ...] = (since - timedelta(microseconds=1), "\U0010ffff")
        while rows := await self.fetch(_CHANGED, marketplace, *place, _PAGE):
            total, place = total + len(rows), tuple(rows[-1].values())
            await self.fetch(_REPLAY, marketplace, hook_id, [row["case_id"] for row in rows], since, None)
        return total

    async def sweep_tries(self, marketplace: str, before: datetime) -> int:
        """Remove the log from before a moment; how much."""
        return await self._emptied(_SWEEP, marketplace, before)

    async def _emptied(self, statement: str, *arguments: Any) -> int:
        """Run a statement that removes a page of rows until none is left; how many were removed."""
        total = 0
        while removed := len(await self.fetch(statement, *arguments, _REMOVED)):
            total += removed
        return total


def _hook(row: Any) -> Hook:
    marketplace, id_, url, events, kind, created_at, paused, failures, since = row.values()
    why = Paused(paused) if paused else None
    return Hook(marketplace, id_, url, tuple(events), Kind(kind), created_at, why, failures, since)


def _try(row: Any) -> Try:
    values = {"id" if name == "try_id" else name: value for name, value in row.items()}
    return Try(**values | {"outcome": Outcome(row["outcome"])})


def _moving(held: HookCase, now: HookCase, next_try: datetime | None) -> tuple[Any, ...]:
    where = (held.marketplace, held.hook_id, held.order_id, held.case_id, held.sent, held.attempts)
    return (*where, now.sent, now.previous, now.attempts, now.failed_since, next_try or AT_ONCE)


def _trying(tried: Try) -> tuple[Any, ...]:
    what = (tried.id, tried.number, tried.name, tried.at, tried.outcome.value, tried.status, tried.took_ms)
    return (*what, tried.answer, tried.why)
