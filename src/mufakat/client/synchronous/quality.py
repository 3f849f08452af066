"""Quality of judging: what leads read of how judgements fare, and past cases that are like one."""

# Made by `python -m tools.client` from the file of this name in asynchronous/: change that one.

from datetime import datetime
from typing import Literal

from mufakat.api.wire import quality as w
from mufakat.client.calls import Call, path
from mufakat.client.synchronous.connection import Connection

By = Literal["ALL", "RULE", "AGENT", "CATEGORY", "REASON"]


class Quality(Connection):
    """How judgements fare. Counts are of lines, instants in UTC."""

    def similar(self, case_id: str) -> w.SimilarOut:
        """Closed cases that are like a case, and how they ended; for agents and leads."""
        return self._ask(Call(method="GET", path=path("cases", case_id, "similar"), answer=w.SimilarOut))

    def reversals(
        self, *, by: By = "ALL", since: datetime | None = None, until: datetime | None = None
    ) -> w.ReversalsOut:
        """How many judgements of a period stood, and what fell by what; the last 31 days by default."""
        query = {"by": by, "since": since, "until": until}
        return self._ask(Call(method="GET", path=path("quality", "reversals"), answer=w.ReversalsOut, query=query))

    def times(self, *, since: datetime | None = None, until: datetime | None = None) -> w.TimesOut:
        """How long the judgements of a period took; the last 31 days by default."""
        query = {"since": since, "until": until}
        return self._ask(Call(method="GET", path=path("quality", "times"), answer=w.TimesOut, query=query))
