"""The inbox of a party: what it is told, and how far it has read."""

# Made by `python -m tools.client` from the file of this name in asynchronous/: change that one.

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from mufakat.api.wire import notices as w
from mufakat.api.wire import tellings as told
from mufakat.client.calls import Call, json, path
from mufakat.client.synchronous.connection import Connection
from mufakat.core.notices import NoticeKind, WhatWasDone


class Notices(Connection):
    """Notices to the caller, a customer or seller."""

    def notices_page(
        self, kinds: Iterable[NoticeKind] = (), *, unread: bool = False, limit: int | None = None, cursor: str = ""
    ) -> w.NoticesOut:
        """A page of the inbox, newest first: of some kinds or of all, and with `unread` only what was not read."""
        query = {"kind": list(kinds) or None, "unread": unread or None, "limit": limit, "cursor": cursor}
        return self._ask(Call(method="GET", path=path("notices"), answer=w.NoticesOut, query=query))

    def mark_notices_read(self, until: datetime) -> w.UnreadOut:
        """Note that what was placed up to a moment has been read; how many are unread then."""
        sent = json(until=until.isoformat())
        return self._ask(Call(method="POST", path=path("notices", "read"), answer=w.UnreadOut, body=sent))

    def tellings(self, case_id: str) -> told.TellingsOut:
        """What the parties of a case were told by mail, and what became of it."""
        return self._ask(Call(method="GET", path=path("cases", case_id, "tellings"), answer=told.TellingsOut))

    def undelivered(self) -> told.TellingsOut:
        """For leads and servers: results that did not arrive, about which nobody did anything yet."""
        return self._ask(Call(method="GET", path=path("tellings", "undelivered"), answer=told.TellingsOut))

    def note_done(
        self, case_id: str, cause: int, party: Literal["CUSTOMER", "SELLER"], done: WhatWasDone
    ) -> told.TellingOut:
        """Note what was done where a result did not arrive."""
        where = path("cases", case_id, "tellings", "done")
        sent = json(cause=cause, party=party, done=done)
        return self._ask(Call(method="POST", path=where, answer=told.TellingOut, body=sent, repeatable=False))
