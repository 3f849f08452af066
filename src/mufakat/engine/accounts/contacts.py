"""How the parties of an order can be reached: kept sealed, shown masked, and in full only to an agent who says why.

A contact is sealed under a key of its own, destroyed when the last case of its order is forgotten. Who had one shown,
when, in which case and why is recorded before it is shown; the reason goes with the case, that it was shown stays (S8).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from mufakat.core.parties import Actor, Role
from mufakat.engine.accounts.ports import ContactStore
from mufakat.engine.ids import uuid7
from mufakat.engine.ports import Clock
from mufakat.store.contacts import ContactRow, RevealRow
from mufakat.store.records import CaseKey
from mufakat.store.seal import Sealer

HIDDEN: Final = "***"
DIGITS_SHOWN: Final = 2
"""Last digits of a telephone number that stay to be seen."""


class Contact(msgspec.Struct, frozen=True):
    """How a person can be reached. What is not known is empty."""

    name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Reveal:
    """An agent had a contact shown in full; `reason` is None once the case is forgotten."""

    reveal_id: str
    party: Role
    agent_id: str
    at: datetime
    reason: str | None


class Contacts:
    """Keeps contacts, and records who had them shown."""

    def __init__(self, store: ContactStore, sealer: Sealer, clock: Clock) -> None:
        self._store, self._sealer, self._clock = store, sealer, clock

    async def put(self, marketplace: str, order_id: str, contacts: Mapping[Role, Contact]) -> bool:
        """Keep these in place of all contacts of an order; False where there is no such order.

        Raises Forgotten (`store/contacts.py`) where every case of the order is forgotten.
        """
        now = self._clock.now()
        rows = {}
        for role, contact in contacts.items():
            plain = msgspec.json.encode(contact).decode()
            sealed, key = self._sealer.seal_alone(marketplace, _contact_about(order_id, role), plain)
            rows[role] = ContactRow(marketplace, order_id, role, sealed, key, now)
        return await self._store.put_contacts(marketplace, order_id, rows)

    async def of(self, marketplace: str, order_id: str) -> dict[Role, Contact]:
        """The contacts of an order in full, by whose they are. Who shows them masks them."""
        rows = await self._store.contacts(marketplace, order_id)
        return {role: self._opened(row) for role, row in rows.items()}

    async def reveal(
        self, marketplace: str, order_id: str, case_id: str, party: Role, agent: Actor, reason: str
    ) -> Contact | None:
        """A contact in full; that it is shown, and why, is recorded before. None where there is none."""
        row = (await self._store.contacts(marketplace, order_id)).get(party)
        if row is None:
            return None
        now = self._clock.now()
        reveal_id = uuid7(now).replace("-", "")
        sealed, key = self._sealer.seal_alone(marketplace, reveal_about(case_id, reveal_id), reason)
        told = RevealRow(marketplace, order_id, case_id, reveal_id, party, agent.id, now, sealed, key)
        await self._store.put_reveal(told)
        return self._opened(row)

    async def reveals(self, marketplace: str, order_id: str, case_id: str) -> list[Reveal]:
        """Every time a contact was shown in a case, oldest first."""
        rows = await self._store.reveals_of(marketplace, order_id, case_id)
        return [Reveal(row.reveal_id, row.party, row.agent_id, row.at, self._reason(row)) for row in rows]

    def _opened(self, row: ContactRow) -> Contact:
        about = _contact_about(row.order_id, row.role)
        return msgspec.json.decode(self._sealer.open_alone(row.marketplace, about, row.sealed, row.key), type=Contact)

    def _reason(self, row: RevealRow) -> str | None:
        if row.key == CaseKey(None, row.key.wrapped_by):
            return None
        return self._sealer.open_alone(row.marketplace, reveal_about(row.case_id, row.reveal_id), row.reason, row.key)


def masked(contact: Contact) -> Contact:
    """A contact of which somebody who knows it sees that it is that one, and nobody else can reach the person by it."""
    return Contact(
        name=" ".join(f"{word[0]}{HIDDEN}" for word in contact.name.split()),
        email=_masked_email(contact.email),
        phone=f"{HIDDEN}{_last_digits(contact.phone)}" if contact.phone else "",
        address=HIDDEN if contact.address else "",
    )


def _masked_email(email: str) -> str:
    name, at, domain = email.partition("@")
    if not at:
        return HIDDEN if email else ""
    return f"{name[:1]}{HIDDEN}@{domain[:1]}{HIDDEN}"


def _last_digits(phone: str) -> str:
    digits = "".join(each for each in phone if each.isdigit())
    return digits[-DIGITS_SHOWN:] if len(digits) > 2 * DIGITS_SHOWN else ""


def _contact_about(order_id: str, role: Role) -> str:
    return f"contact\0{order_id}\0{role}"


def reveal_about(case_id: str, reveal_id: str) -> str:
    """What a reason's key is bound to beside its marketplace. No id of a case can look like it: ids have no NUL."""
    return f"reveal\0{case_id}\0{reveal_id}"
