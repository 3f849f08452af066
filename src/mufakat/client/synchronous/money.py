"""Money to look at: the movements of a case, and a seller's statement."""

# Made by `python -m tools.client` from the file of this name in asynchronous/: change that one.

from collections.abc import Iterator
from datetime import datetime

from mufakat.api.wire import money as w
from mufakat.client.calls import Call, path
from mufakat.client.synchronous.connection import Connection


class Money(Connection):
    """What moved, why, and where it stands. Amounts in minor units, instants in UTC."""

    def money(self, case_id: str) -> w.MoneyOut:
        """Every movement of money of a case, as the caller may see it."""
        return self._ask(Call(method="GET", path=path("cases", case_id, "money"), answer=w.MoneyOut))

    def statement(
        self,
        seller_id: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        page_size: int | None = None,
    ) -> Iterator[w.StatementLineOut]:
        """Every movement on a seller's accounts in a period, page by page; the last 31 days by default."""
        cursor: str | None = ""
        while cursor is not None:
            page = self.statement_page(seller_id, cursor, since=since, until=until, page_size=page_size)
            yield from page.lines
            cursor = page.next

    def statement_page(
        self,
        seller_id: str,
        cursor: str = "",
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        page_size: int | None = None,
    ) -> w.StatementOut:
        """One page of a seller's statement; the first says what the accounts stood at before and after it.

        `next` of the answer is the cursor of the page after it, which knows its period; None at the end.
        """
        query = {"since": since, "until": until, "limit": page_size, "cursor": cursor}
        where = path("sellers", seller_id, "statement")
        return self._ask(Call(method="GET", path=where, answer=w.StatementOut, query=query))
