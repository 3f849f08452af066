"""Helping a party that cannot get in: seeing the case as the party sees it, and a link that signs it in once.

Both are recorded with who and why, before anything is shown or made; nothing is ever done in the party's name (decision
0034). A reason is sealed under a key of its own, which is destroyed when the case is forgotten; that it was done stays.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from mufakat.core.parties import Role
from mufakat.engine.ids import uuid7
from mufakat.engine.ports import Clock
from mufakat.store.entries import Entry, Helped, SupportRow
from mufakat.store.seal import Sealer

LOOK: Final = timedelta(minutes=30)
"""How long a lead sees a case as a party does for one reason."""
SECRET_BYTES: Final = 32
MOST_TOKEN: Final = 500
"""Characters of a link's token."""


class SupportStore(Protocol):
    """Where links that sign in once are kept, and the record of support."""

    async def put_entry(self, made: Entry, support: SupportRow) -> None:
        """Keep a new link, and that it was made and why, together."""

    async def entry(self, marketplace: str, entry_id: str) -> Entry | None:
        """The link of that id."""

    async def entries_of(self, marketplace: str, case_id: str) -> list[Entry]:
        """The links into a case, oldest first."""

    async def use_entry(self, marketplace: str, entry_id: str, secret: bytes, now: datetime) -> Entry | None:
        """Use a link up; None where it was used, revoked, has ended or never was. Of two at once, one gets it."""

    async def revoke_entry(self, marketplace: str, case_id: str, entry_id: str, now: datetime) -> Entry | None:
        """Let a link into a case be of no use any more, nor the visit that came of it; None where there is none."""

    async def put_support(self, row: SupportRow) -> None:
        """Record that a party was helped."""

    async def support_of(self, marketplace: str, order_id: str, case_id: str) -> list[SupportRow]:
        """What was done for the parties of a case, oldest first."""


@dataclass(frozen=True, slots=True)
class Party:
    """A party of a case: its role, its id, and the order and the case."""

    role: Role
    id: str
    order_id: str
    case_id: str


@dataclass(frozen=True, slots=True)
class Help:
    """Something that was done for a party; `reason` is None once the case is forgotten."""

    support_id: str
    what: Helped
    role: Role
    by_id: str
    at: datetime
    reason: str | None


class Support:
    """Lets leads look, and lets parties in. Lives and ends are measured by the real clock."""

    def __init__(self, store: SupportStore, sealer: Sealer, clock: Clock) -> None:
        self._store, self._sealer, self._clock = store, sealer, clock

    async def let_in(self, marketplace: str, party: Party, by: str, reason: str, life: timedelta) -> tuple[Entry, str]:
        """A link for a party, and its token, which is told this once and kept nowhere. Raises StoreLost."""
        now, secret = self._clock.now(), secrets.token_hex(SECRET_BYTES)
        row = self._row(marketplace, party, Helped.LET_IN, by, reason, now)
        made = Entry(
            *(marketplace, row.support_id, _digest(secret), party.role, party.id, party.order_id, party.case_id, by),
            *(now, now + life),
        )
        await self._store.put_entry(made, row)
        return made, f"{made.entry_id}_{secret}_{marketplace}"

    async def waiting(self, token: str) -> Entry | None:
        """What a link leads to while it can be used; looking does not use it up. None for any other."""
        named = _named(token)
        found = None if named is None else await self._store.entry(named[2], named[0])
        known = named is not None and hmac.compare_digest(_digest(named[1]), found.secret if found else b"")
        return found if found is not None and known and found.is_open(self._clock.now()) else None

    async def use(self, token: str) -> Entry | None:
        """Use a link up: whom it lets in where. None where it was used, revoked, has ended or never was."""
        named = _named(token)
        if named is None:
            return None
        entry_id, secret, marketplace = named
        return await self._store.use_entry(marketplace, entry_id, _digest(secret), self._clock.now())

    async def revoke(self, marketplace: str, case_id: str, entry_id: str) -> Entry | None:
        """End a link, and the visit that came of it; None where there is none into that case."""
        return await self._store.revoke_entry(marketplace, case_id, entry_id, self._clock.now())

    async def entries(self, marketplace: str, case_id: str) -> list[Entry]:
        """The links into a case that are still kept, oldest first."""
        return await self._store.entries_of(marketplace, case_id)

    async def look(self, marketplace: str, party: Party, by: str, reason: str) -> Help:
        """Record that a lead sees a case as a party does; when this returns, it survives the loss of power."""
        row = self._row(marketplace, party, Helped.SEEN_AS, by, reason, self._clock.now())
        await self._store.put_support(row)
        return self._help(row)

    async def looked(self, marketplace: str, order_id: str, case_id: str, support_id: str, by: str) -> Help | None:
        """A look of that lead that still goes on; None where there is none."""
        rows = await self._store.support_of(marketplace, order_id, case_id)
        since = self._clock.now() - LOOK
        found = (row for row in rows if row.support_id == support_id and row.by_id == by and row.at > since)
        return next((self._help(row) for row in found if row.what is Helped.SEEN_AS), None)

    async def of(self, marketplace: str, order_id: str, case_id: str) -> list[Help]:
        """What was done for the parties of a case, oldest first."""
        return [self._help(row) for row in await self._store.support_of(marketplace, order_id, case_id)]

    def _row(self, marketplace: str, party: Party, what: Helped, by: str, reason: str, now: datetime) -> SupportRow:
        support_id = uuid7(now).replace("-", "")
        sealed, key = self._sealer.seal_alone(marketplace, about(party.case_id, support_id), reason)
        return SupportRow(
            marketplace, party.order_id, party.case_id, support_id, what, party.role, by, now, sealed, key
        )

    def _help(self, row: SupportRow) -> Help:
        reason = None
        if row.key.wrapped is not None:
            reason = self._sealer.open_alone(row.marketplace, about(row.case_id, row.support_id), row.reason, row.key)
        return Help(row.support_id, row.what, row.role, row.by_id, row.at, reason)


def about(case_id: str, support_id: str) -> str:
    """What a reason's key is bound to beside its marketplace. No id of a case can look like it: ids have no NUL."""
    return f"support\0{case_id}\0{support_id}"


def _named(token: str) -> tuple[str, str, str] | None:
    """The id, the secret and the marketplace in a token; None for what cannot be one."""
    parts = token.split("_", 2)
    if len(token) > MOST_TOKEN or len(parts) != 3 or not all(parts) or "\0" in token:  # noqa: PLR2004 - as many as it has
        return None
    return parts[0], parts[1], parts[2]


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
