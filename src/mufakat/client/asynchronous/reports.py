"""Reports: what happened in a period, over all sellers or of one."""

from datetime import datetime
from typing import Literal

from mufakat.api.wire import reports as w
from mufakat.client.asynchronous.connection import AsyncConnection
from mufakat.client.calls import Call, path

Figure = Literal["VOLUMES", "OUTCOMES", "TIMES", "LAPSES", "REVERSALS", "MONEY"]
Grouping = Literal["ALL", "REASON", "CATEGORY", "SELLER", "PRODUCT", "WEEK"]


class AsyncReports(AsyncConnection):
    """What happened. Amounts in minor units, times in seconds, instants in UTC.

    `seller_id`: of one seller only; a seller has to name itself. A period is the last 31 days by default.
    """

    async def report(
        self,
        figure: Figure,
        *,
        by: Grouping = "ALL",
        since: datetime | None = None,
        until: datetime | None = None,
        seller_id: str = "",
        most: int | None = None,
    ) -> w.FigureOut:
        """What happened in a period, by group; sellers, categories and products beyond the `most` together."""
        query = {"figure": figure, "by": by, "since": since, "until": until, "most": most}
        return await self._ask(Call(method="GET", path=_where(seller_id), answer=w.FigureOut, query=query))

    async def report_csv(
        self,
        figure: Figure,
        *,
        by: Grouping = "ALL",
        since: datetime | None = None,
        until: datetime | None = None,
        seller_id: str = "",
        most: int | None = None,
    ) -> bytes:
        """The same as comma-separated values (UTF-8)."""
        query = {"figure": figure, "by": by, "since": since, "until": until, "most": most, "format": "CSV"}
        return await self._ask(Call(method="GET", path=_where(seller_id), answer=bytes, query=query))

    async def summary(
        self, *, since: datetime | None = None, until: datetime | None = None, seller_id: str = ""
    ) -> w.SummaryOut:
        """A period at a glance beside the one as long before it, and how many cases are open now."""
        query = {"since": since, "until": until}
        where = f"{_where(seller_id)}/summary"
        return await self._ask(Call(method="GET", path=where, answer=w.SummaryOut, query=query))


def _where(seller_id: str) -> str:
    return path("sellers", seller_id, "reports") if seller_id else path("reports")
