"""Sessions of agents and leads on PostgreSQL, read with every request, and the count of tries at signing in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from mufakat.store.accounts import Account, account_of
from mufakat.store.batching import Batcher
from mufakat.store.database import Database, Pool


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in. `secret`: the SHA-256 of the token's secret. how: PASSWORD or OIDC.

    `account` as it stands now. expires_at: when it ends however busy; seen_at: to a minute, when it was last used.
    """

    session_id: str
    account: Account
    secret: bytes
    how: str
    device: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    reauthenticated_at: datetime | None = None
    ended_at: datetime | None = None

    def is_good(self, now: datetime, idle: timedelta) -> bool:
        """Whether it lets anybody in at a moment, when it ends after so long without use."""
        whole = self.ended_at is None and self.account.disabled_at is None
        return whole and now < self.expires_at and now - self.seen_at < idle


@dataclass(frozen=True, slots=True)
class Patience:
    """How long tries are apart: `free` of them at once, then twice as long each time, up to `longest` seconds.

    forget: after so long without a try the count begins anew.
    """

    free: int
    longest: int
    forget: timedelta


_COLUMNS: Final = (
    "s.session_id, s.secret, s.how, s.device, s.created_at AS signed_in_at, s.seen_at, s.expires_at, "
    "s.reauthenticated_at, s.ended_at, a.*"
)
_JOINED: Final = "sessions s JOIN accounts a ON a.marketplace = s.marketplace AND a.account_id = s.account_id"
_READ: Final = f"""
SELECT q.n, {_COLUMNS} FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS q (marketplace, id, n)
JOIN sessions s ON s.marketplace = q.marketplace AND s.session_id = q.id
JOIN accounts a ON a.marketplace = s.marketplace AND a.account_id = s.account_id
"""
_BEGIN: Final = """
INSERT INTO sessions (marketplace, session_id, account_id, secret, how, device, created_at, seen_at, expires_at,
    reauthenticated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9)
"""
_TRY: Final = """
INSERT INTO sign_in_tries AS t (marketplace, who, tries, at) VALUES ($1, $2, 1, $3)
ON CONFLICT (marketplace, who) DO UPDATE
SET tries = CASE WHEN t.at < $3 - $4::interval THEN 1 ELSE t.tries + 1 END, at = $3
WHERE t.tries < $5 OR t.at + least($6, power(2, least(t.tries - $5, 20))) * interval '1 second' <= $3
RETURNING tries
"""


class PostgresSessions(Database):
    """Who is signed in, and who tries to."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self._session_reads: Batcher[tuple[str, str], Session | None] = Batcher(self._read_sessions)

    async def session(self, marketplace: str, session_id: str) -> Session | None:
        """The session of that id with its account; requests that come together share a statement."""
        return await self._session_reads((marketplace, session_id))

    async def begin_session(self, made: Session) -> None:
        """Keep a new one."""
        await self.fetch(
            _BEGIN,
            *(made.account.marketplace, made.session_id, made.account.account_id, made.secret, made.how, made.device),
            *(made.created_at, made.expires_at, made.reauthenticated_at),
        )

    async def sessions(self, marketplace: str, account_id: str, now: datetime, idle: timedelta) -> list[Session]:
        """The sessions of an account that are good at a moment, oldest first."""
        rows = await self.fetch(
            f"SELECT {_COLUMNS} FROM {_JOINED} WHERE s.marketplace = $1 AND s.account_id = $2 AND s.ended_at IS NULL "
            "ORDER BY s.created_at, s.session_id",
            *(marketplace, account_id),
        )
        return [each for each in map(_session, rows) if each.is_good(now, idle)]

    async def see_session(self, marketplace: str, session_id: str, now: datetime) -> None:
        """Note that a session is in use."""
        await self.fetch(
            "UPDATE sessions SET seen_at = $3 WHERE marketplace = $1 AND session_id = $2 AND seen_at < $3",
            *(marketplace, session_id, now),
        )

    async def stamp_session(self, marketplace: str, session_id: str, now: datetime) -> None:
        """Note that the person behind a session proved anew who they are."""
        await self.fetch(
            "UPDATE sessions SET reauthenticated_at = $3, seen_at = greatest(seen_at, $3) "
            "WHERE marketplace = $1 AND session_id = $2 AND ended_at IS NULL",
            *(marketplace, session_id, now),
        )

    async def end_session(self, marketplace: str, session_id: str, at: datetime) -> bool:
        """Let a session end; False when there is none that goes on."""
        rows = await self.fetch(
            "UPDATE sessions SET ended_at = $3 WHERE marketplace = $1 AND session_id = $2 AND ended_at IS NULL "
            "RETURNING 1",
            *(marketplace, session_id, at),
        )
        return bool(rows)

    async def end_sessions(self, marketplace: str, account_id: str, at: datetime) -> int:
        """Let all sessions of an account end; how many went on until now."""
        rows = await self.fetch(
            "UPDATE sessions SET ended_at = $3 WHERE marketplace = $1 AND account_id = $2 AND ended_at IS NULL "
            "RETURNING 1",
            *(marketplace, account_id, at),
        )
        return len(rows)

    async def count_try(self, marketplace: str, who: bytes, now: datetime, patience: Patience) -> int:
        """Count a try before it is made; the seconds to wait where it comes too early, and is not counted.

        Counted first and in one statement: of many at once no more pass than one after the other would.
        """
        arguments = (marketplace, who, now, patience.forget, patience.free, patience.longest)
        if await self.fetch_one(_TRY, *arguments) is not None:
            return 0
        row = await self.fetch_one(
            "SELECT tries, at FROM sign_in_tries WHERE marketplace = $1 AND who = $2", marketplace, who
        )
        if row is None:
            return 1
        apart = min(patience.longest, 2 ** min(row["tries"] - patience.free, 20))
        return max(1, -int((now - row["at"] - timedelta(seconds=apart)).total_seconds() // 1))

    async def pardon_try(self, marketplace: str, who: bytes) -> None:
        """Take back one try that was counted, because it succeeded."""
        await self.fetch(
            "UPDATE sign_in_tries SET tries = greatest(tries - 1, 0) WHERE marketplace = $1 AND who = $2",
            *(marketplace, who),
        )

    async def forget_tries(self, marketplace: str, who: bytes, before: datetime) -> None:
        """Begin the count of somebody anew, and drop counts that nobody went on with since `before`."""
        await self.fetch(
            "DELETE FROM sign_in_tries WHERE (marketplace = $1 AND who = $2) OR at < $3", marketplace, who, before
        )

    async def _read_sessions(self, asked: list[tuple[str, str]]) -> list[Session | None]:
        rows = await self.fetch(_READ, [each[0] for each in asked], [each[1] for each in asked])
        found: list[Session | None] = [None] * len(asked)
        for row in rows:
            found[row["n"] - 1] = _session(row)
        return found


def _session(row: Any) -> Session:
    return Session(
        session_id=row["session_id"],
        account=account_of(row),
        secret=row["secret"],
        how=row["how"],
        device=row["device"],
        created_at=row["signed_in_at"],
        seen_at=row["seen_at"],
        expires_at=row["expires_at"],
        reauthenticated_at=row["reauthenticated_at"],
        ended_at=row["ended_at"],
    )
