"""How the parties of an order can be reached: put by the marketplace's server, shown in full for a reason."""

# Made by `python -m tools.client` from the file of this name in asynchronous/: change that one.

from typing import Literal

import msgspec

from mufakat.api.wire import contacts as w
from mufakat.client.calls import Call, json, path
from mufakat.client.synchronous.connection import Connection


class Contacts(Connection):
    """Contacts of an order, and who had them shown."""

    def put_contacts(
        self, order_id: str, *, customer: w.ContactIn | None = None, seller: w.ContactIn | None = None
    ) -> w.ContactsOut:
        """Put the contacts of an order's parties in place of those before; a party left out has none any more."""
        sent = msgspec.json.encode(w.ContactsIn(customer=customer, seller=seller))
        where = path("orders", order_id, "contacts")
        return self._ask(Call(method="PUT", path=where, answer=w.ContactsOut, body=sent))

    def contacts(self, order_id: str) -> w.ContactsOut:
        """The contacts of an order: one's own in full, all others masked."""
        return self._ask(Call(method="GET", path=path("orders", order_id, "contacts"), answer=w.ContactsOut))

    def reveal_contact(self, case_id: str, party: Literal["CUSTOMER", "SELLER"], reason: str) -> w.RevealedOut:
        """A party's contact in full; that it was shown, and why, is recorded."""
        where = path("cases", case_id, "contacts", "reveal")
        sent = json(party=party, reason=reason)
        return self._ask(Call(method="POST", path=where, answer=w.RevealedOut, body=sent, repeatable=False))

    def reveals(self, case_id: str) -> w.RevealsOut:
        """Who had contacts shown in full in a case, when and why."""
        where = path("cases", case_id, "contacts", "reveals")
        return self._ask(Call(method="GET", path=where, answer=w.RevealsOut))
