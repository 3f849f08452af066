"""Accounts of agents and leads on PostgreSQL: who they are, what they can do, and how they prove that it is they."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import asyncpg

from mufakat.store.database import Connection, Database
from mufakat.store.records import CaseKey

AGENT: Final = "AGENT"
LEAD: Final = "LEAD"


@dataclass(frozen=True, slots=True)
class Account:
    """An agent or lead of a marketplace. `account_id` is the pseudonym under which the log of a case knows them.

    languages and categories: what they are skilled in. ties: ids of parties in whose cases they have no part.
    password: argon2's text, empty for none. `totp`: the sealed secret, asked for since `totp_at`.
    """

    marketplace: str
    account_id: str
    login: str
    name: str
    role: str
    created_at: datetime
    languages: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    ties: tuple[str, ...] = ()
    password: str = ""
    totp: bytes = b""
    totp_key: CaseKey | None = None
    totp_at: datetime | None = None
    totp_step: int = 0
    recovery_left: int = 0
    invitation: bytes = b""
    invited_until: datetime | None = None
    issuer: str = ""
    subject: str = ""
    disabled_at: datetime | None = None

    def is_invited(self, now: datetime) -> bool:
        """Whether an invitation stands open at a moment."""
        return bool(self.invitation) and self.invited_until is not None and now < self.invited_until


class LastLead(Exception):  # noqa: N818 - says what stands in the way
    """The account is the last lead of its marketplace, and would be none any more."""


_PUT: Final = """
INSERT INTO accounts (marketplace, account_id, login, name, role, languages, categories, ties, created_at)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9 WHERE EXISTS (SELECT 1 FROM marketplaces WHERE marketplace = $1)
RETURNING account_id
"""
_CHANGEABLE: Final = ("name", "role", "languages", "categories", "ties")
_HERE: Final = "WHERE marketplace = $1 AND account_id = $2"
_END_SESSIONS: Final = f"UPDATE sessions SET ended_at = $3 {_HERE} AND ended_at IS NULL"
_LEADS: Final = "SELECT account_id FROM accounts WHERE marketplace = $1 AND role = 'LEAD' AND disabled_at IS NULL"


class PostgresAccounts(Database):
    """Accounts, and what lets their people in."""

    async def put_account(self, made: Account) -> bool:
        """Keep a new one; False when the marketplace does not exist, or the login or the id is taken."""
        try:
            rows = await self.fetch(
                _PUT,
                *(made.marketplace, made.account_id, made.login, made.name, made.role),
                *(list(made.languages), list(made.categories), list(made.ties), made.created_at),
            )
        except asyncpg.UniqueViolationError:
            return False
        return bool(rows)

    async def account(self, marketplace: str, account_id: str) -> Account | None:
        """The account of that id."""
        row = await self.fetch_one(f"SELECT * FROM accounts {_HERE}", marketplace, account_id)
        return None if row is None else account_of(row)

    async def account_by_login(self, marketplace: str, login: str) -> Account | None:
        """The account of that login, written as it is kept."""
        row = await self.fetch_one("SELECT * FROM accounts WHERE marketplace = $1 AND login = $2", marketplace, login)
        return None if row is None else account_of(row)

    async def account_by_subject(self, marketplace: str, issuer: str, subject: str) -> Account | None:
        """The account of somebody at an OpenID Connect provider."""
        row = await self.fetch_one(
            "SELECT * FROM accounts WHERE marketplace = $1 AND issuer = $2 AND subject = $3 AND subject <> ''",
            *(marketplace, issuer, subject),
        )
        return None if row is None else account_of(row)

    async def accounts(self, marketplace: str) -> list[Account]:
        """Every account of a marketplace, by login."""
        rows = await self.fetch("SELECT * FROM accounts WHERE marketplace = $1 ORDER BY login", marketplace)
        return [account_of(row) for row in rows]

    async def change_account(self, marketplace: str, account_id: str, changed: Mapping[str, Any]) -> Account | None:
        """Change name, role, languages, categories or ties; None when there is no such account.

        Raises LastLead where no lead would be left.
        """
        names = [name for name in _CHANGEABLE if name in changed]
        sets = ", ".join(f"{name} = ${n}" for n, name in enumerate(names, start=3)) or "name = name"
        values = [list(changed[name]) if isinstance(changed[name], tuple) else changed[name] for name in names]

        async def change(connection: Connection) -> Any:
            if changed.get("role", LEAD) != LEAD:
                await _check_lead_left(connection, marketplace, account_id)
            sql = f"UPDATE accounts SET {sets} {_HERE} RETURNING *"
            return await connection.fetchrow(sql, marketplace, account_id, *values)

        row = await self.transact(change)
        return None if row is None else account_of(row)

    async def disable_account(
        self, marketplace: str, account_id: str, at: datetime, *, even_last: bool = False
    ) -> Account | None:
        """Let nobody in by it any more, and end its sessions; None when there is none. Raises LastLead."""

        async def disable(connection: Connection) -> Any:
            if not even_last:
                await _check_lead_left(connection, marketplace, account_id)
            await connection.execute(_END_SESSIONS, marketplace, account_id, at)
            return await connection.fetchrow(
                "UPDATE accounts SET disabled_at = coalesce(disabled_at, $3), invitation = NULL, invited_until = NULL "
                f"{_HERE} RETURNING *",
                *(marketplace, account_id, at),
            )

        row = await self.transact(disable)
        return None if row is None else account_of(row)

    async def enable_account(self, marketplace: str, account_id: str) -> Account | None:
        """Let it be used again; its sessions stay ended. None when there is none."""
        row = await self.fetch_one(
            f"UPDATE accounts SET disabled_at = NULL {_HERE} RETURNING *", marketplace, account_id
        )
        return None if row is None else account_of(row)

    async def invite_account(self, marketplace: str, account_id: str, secret: bytes, until: datetime) -> Account | None:
        """Put an invitation in place of the one before; None when there is no such account that is not disabled."""
        row = await self.fetch_one(
            f"UPDATE accounts SET invitation = $3, invited_until = $4 {_HERE} AND disabled_at IS NULL RETURNING *",
            *(marketplace, account_id, secret, until),
        )
        return None if row is None else account_of(row)

    async def accept_invitation(
        self, marketplace: str, account_id: str, secret: bytes, password: str, now: datetime
    ) -> Account | None:
        """Set the password by an invitation, which is used up, and end all sessions; None when it is not good."""

        async def accept(connection: Connection) -> Any:
            row = await connection.fetchrow(
                "UPDATE accounts SET password = $4, invitation = NULL, invited_until = NULL "
                f"{_HERE} AND invitation = $3 AND invited_until > $5 AND disabled_at IS NULL RETURNING *",
                *(marketplace, account_id, secret, password, now),
            )
            if row is not None:
                await connection.execute(_END_SESSIONS, marketplace, account_id, now)
            return row

        row = await self.transact(accept)
        return None if row is None else account_of(row)

    async def accept_subject(
        self, marketplace: str, account_id: str, issuer: str, subject: str, now: datetime
    ) -> Account | None:
        """Tie an invited account to somebody at a provider, which uses up the invitation; None when it is not open."""
        try:
            row = await self.fetch_one(
                "UPDATE accounts SET issuer = $3, subject = $4, invitation = NULL, invited_until = NULL "
                f"{_HERE} AND invitation IS NOT NULL AND invited_until > $5 AND disabled_at IS NULL RETURNING *",
                *(marketplace, account_id, issuer, subject, now),
            )
        except asyncpg.UniqueViolationError:
            return None
        return None if row is None else account_of(row)

    async def set_password(
        self, marketplace: str, account_id: str, old: str, new: str, *, end_others: str = "", at: datetime | None = None
    ) -> bool:
        """Put a password's hash in place of the one that was read; False when somebody else was first.

        end_others: the session that goes on, all others of the account end then; empty leaves them all.
        """

        async def put(connection: Connection) -> bool:
            sql = f"UPDATE accounts SET password = $4 {_HERE} AND password = $3 RETURNING 1"
            if await connection.fetchrow(sql, marketplace, account_id, old, new) is None:
                return False
            if end_others:
                await connection.execute(
                    f"{_END_SESSIONS} AND session_id <> $4", marketplace, account_id, at, end_others
                )
            return True

        return await self.transact(put)

    async def offer_factor(self, marketplace: str, account_id: str, totp: bytes, key: CaseKey) -> None:
        """Keep the sealed secret of a second factor that is not yet confirmed, in place of any other."""
        await self.fetch(
            "UPDATE accounts SET totp = $3, totp_wrapped = $4, totp_wrapped_by = $5, totp_at = NULL, totp_step = 0, "
            f"recovery = '{{}}' {_HERE}",
            *(marketplace, account_id, totp, key.wrapped, key.wrapped_by),
        )

    async def confirm_factor(
        self, marketplace: str, account_id: str, totp: bytes, step: int, recovery: list[bytes], at: datetime
    ) -> bool:
        """Ask for the second factor from now on; False when it is another one by now, or confirmed already."""
        rows = await self.fetch(
            f"UPDATE accounts SET totp_at = $4, totp_step = $5, recovery = $6 {_HERE} AND totp = $3 "
            "AND totp_at IS NULL RETURNING 1",
            *(marketplace, account_id, totp, at, step, recovery),
        )
        return bool(rows)

    async def drop_factor(
        self, marketplace: str, account_id: str, at: datetime, *, but_session: str = ""
    ) -> Account | None:
        """Ask for no second factor any more, and end all sessions but one; None when there is no such account."""

        async def drop(connection: Connection) -> Any:
            await connection.execute(f"{_END_SESSIONS} AND session_id <> $4", marketplace, account_id, at, but_session)
            return await connection.fetchrow(
                "UPDATE accounts SET totp = NULL, totp_wrapped = NULL, totp_wrapped_by = '', totp_at = NULL, "
                f"totp_step = 0, recovery = '{{}}' {_HERE} RETURNING *",
                *(marketplace, account_id),
            )

        row = await self.transact(drop)
        return None if row is None else account_of(row)

    async def use_step(self, marketplace: str, account_id: str, step: int) -> bool:
        """Use up the code of a step of time; False when it, or a later one, was used before."""
        rows = await self.fetch(
            f"UPDATE accounts SET totp_step = $3 {_HERE} AND totp_step < $3 AND totp_at IS NOT NULL RETURNING 1",
            *(marketplace, account_id, step),
        )
        return bool(rows)

    async def use_recovery(self, marketplace: str, account_id: str, code: bytes) -> bool:
        """Use up a recovery code; False when there is no such one, or not any more."""
        rows = await self.fetch(
            f"UPDATE accounts SET recovery = array_remove(recovery, $3) {_HERE} AND $3 = ANY (recovery) RETURNING 1",
            *(marketplace, account_id, code),
        )
        return bool(rows)


async def _check_lead_left(connection: Connection, marketplace: str, account_id: str) -> None:
    """Raise LastLead when the account is the only lead. The rows are locked: of two leads who go at once, one stays."""
    leads = {
        row["account_id"] for row in await connection.fetch(f"{_LEADS} ORDER BY account_id FOR UPDATE", marketplace)
    }
    if leads == {account_id}:
        raise LastLead(account_id)


def account_of(row: Any) -> Account:
    """The account in a row with the columns of the table."""
    wrapped = row["totp_wrapped"]
    return Account(
        marketplace=row["marketplace"],
        account_id=row["account_id"],
        login=row["login"],
        name=row["name"],
        role=row["role"],
        created_at=row["created_at"],
        languages=tuple(row["languages"]),
        categories=tuple(row["categories"]),
        ties=tuple(row["ties"]),
        password=row["password"],
        totp=row["totp"] or b"",
        totp_key=None if wrapped is None else CaseKey(wrapped, row["totp_wrapped_by"]),
        totp_at=row["totp_at"],
        totp_step=row["totp_step"],
        recovery_left=len(row["recovery"]),
        invitation=row["invitation"] or b"",
        invited_until=row["invited_until"],
        issuer=row["issuer"],
        subject=row["subject"],
        disabled_at=row["disabled_at"],
    )
