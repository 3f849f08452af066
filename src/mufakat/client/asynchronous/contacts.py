"""How the parties of an order can be reached: put by the marketplace's server, shown in full for a reason."""

from typing import Literal

import msgspec

from mufakat.api.wire import contacts as w
from mufakat.client.asynchronous.connection import AsyncConnection
from mufakat.client.calls import Call, json, path


class AsyncContacts(AsyncConnection):
    """Contacts of an order, and who had them shown."""

    async def put_contacts(
        self, order_id: str, *, customer: w.ContactIn | None = None, seller: w.ContactIn | None = None
    ) -> w.ContactsOut:
        """Put the contacts of an order's parties in place of those before; a party left out has none any more."""
        sent = msgspec.json.encode(w.ContactsIn(customer=customer, seller=seller))
        where = path("orders", order_id, "contacts")
        return await self._ask(Call(method="PUT", path=where, answer=w.ContactsOut, body=sent))

    async def contacts(self, order_id: str) -> w.ContactsOut:
        """The contacts of an order: one's own in full, all others masked."""
        return await self._ask(Call(method="GET", path=path("orders", order_id, "contacts"), answer=w.ContactsOut))

    async def reveal_contact(self, case_id: str, party: Literal["CUSTOMER", "SELLER"], reason: str) -> w.RevealedOut:
        """A party's contact in full; that it was shown, and why, is recorded."""
        where = path("cases", case_id, "contacts", "reveal")
        sent = json(party=party, reason=reason)
        return await self._ask(Call(method="POST", path=where, answer=w.RevealedOut, body=sent, repeatable=False))

    async def reveals(self, case_id: str) -> w.RevealsOut:
        """Who had contacts shown in full in a case, when and why."""
        where = path("cases", case_id, "contacts", "reveals")
        return await self._ask(Call(method="GET", path=where, answer=w.RevealsOut))
