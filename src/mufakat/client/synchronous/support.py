"""Helping parties who cannot get in: links that sign in once, and cases seen as a party sees them."""

# Made by `python -m tools.client` from the file of this name in asynchronous/: change that one.

from typing import Literal

from mufakat.api.wire import support as w
from mufakat.client.calls import Call, json, path
from mufakat.client.synchronous.connection import Connection


class Support(Connection):
    """Links that sign in once for servers and leads, and what parties see for leads. Instants in UTC."""

    def let_in(self, case_id: str, party: Literal["CUSTOMER", "SELLER"], reason: str, hours: int = 24) -> w.NewOnceOut:
        """Make a link that lets a party of a case in once; it is told this once, and why is recorded."""
        sent = json(party=party, reason=reason, hours=hours)
        where = path("cases", case_id, "entries")
        return self._ask(Call(method="POST", path=where, answer=w.NewOnceOut, body=sent, repeatable=False))

    def support(self, case_id: str) -> w.SupportOut:
        """The links into a case that are still kept, and all that was done for its parties."""
        return self._ask(Call(method="GET", path=path("cases", case_id, "entries"), answer=w.SupportOut))

    def revoke_entry(self, case_id: str, entry_id: str) -> w.OnceOut:
        """Revoke a link: it is of no use any more, and a visit that came of it has ended."""
        where = path("cases", case_id, "entries", entry_id)
        return self._ask(Call(method="DELETE", path=where, answer=w.OnceOut))

    def see_as(self, case_id: str, party: Literal["CUSTOMER", "SELLER"], reason: str) -> w.SeenAsOut:
        """For leads: a case as one of its parties sees it; that it was looked at, and why, is recorded."""
        where = path("cases", case_id, "seen-as")
        sent = json(party=party, reason=reason)
        return self._ask(Call(method="POST", path=where, answer=w.SeenAsOut, body=sent, repeatable=False))

    def seen_as(self, case_id: str, support_id: str) -> w.SeenAsOut:
        """The same again for half an hour."""
        where = path("cases", case_id, "seen-as", support_id)
        return self._ask(Call(method="GET", path=where, answer=w.SeenAsOut))
