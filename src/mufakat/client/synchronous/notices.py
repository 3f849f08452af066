"""The inbox of a party: what it is told, and how far it has read."""

# Made by `python -m tools.client` from the file of this name in asynchronous/: change that one.

from collections.abc import Iterable
from datetime import datetime

from mufakat.api.wire import notices as w
from mufakat.client.calls import Call, json, path
from mufakat.client.synchronous.connection import Connection
from mufakat.core.notices import NoticeKind


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
