"""The record of openings: who opened originals, saw contacts in full or helped a party in, when and why."""

# Made by `python -m tools.client` from the file of this name in asynchronous/: change that one.

from datetime import datetime
from typing import Literal

from mufakat.api.wire import disclosures as w
from mufakat.client.calls import Call, path
from mufakat.client.synchronous.connection import Connection

Disclosed = Literal["ORIGINAL", "CONTACT", "SEEN_AS", "LET_IN"]


class Disclosures(Connection):
    """What was disclosed for a reason, for leads; the last 31 days where no period is named. Instants in UTC."""

    def disclosures_page(
        self,
        *,
        by_id: str = "",
        case_id: str = "",
        what: Disclosed | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        cursor: str = "",
    ) -> w.DisclosuresOut:
        """A page of it, the newest first: by one person, in one case, of one kind, or all."""
        query = {"by_id": by_id, "case_id": case_id, "what": what, "since": since, "until": until, "cursor": cursor}
        query |= {} if limit is None else {"limit": str(limit)}
        return self._ask(Call(method="GET", path=path("openings"), answer=w.DisclosuresOut, query=query))

    def disclosures_csv(
        self,
        *,
        by_id: str = "",
        case_id: str = "",
        what: Disclosed | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> bytes:
        """All of a period as comma-separated values (UTF-8)."""
        query = {"by_id": by_id, "case_id": case_id, "what": what, "since": since, "until": until, "format": "CSV"}
        return self._ask(Call(method="GET", path=path("openings"), answer=bytes, query=query))
