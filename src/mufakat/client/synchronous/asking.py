"""What may be asked of an order, and what a command would do: answers that change nothing."""

# Made by `python -m tools.client` from the file of this name in asynchronous/: change that one.

from collections.abc import Sequence

from mufakat.api.wire import asking as w
from mufakat.client.calls import Call, body, path
from mufakat.client.synchronous.connection import Connection
from mufakat.core.commands import Command, OpenRequest
from mufakat.core.parties import Role


class Asking(Connection):
    """What a caller may ask before it commits itself to anything."""

    def eligibility(
        self, order_id: str, *, lines: Sequence[str] = (), for_role: Role | None = None
    ) -> w.EligibilityOut:
        """What may be asked for the lines of an order now (all, or those named), until when, with what material.

        for_role: the party for whom a server or an agent asks, CUSTOMER or SELLER.
        """
        query = {"line": list(lines), "for": for_role}
        return self._ask(
            Call(method="GET", path=path("orders", order_id, "eligibility"), answer=w.EligibilityOut, query=query)
        )

    def preview_request(self, order_id: str, request: OpenRequest) -> w.PreviewOut:
        """What opening a request would do, in money and deadlines. Nothing is written."""
        where = path("orders", order_id, "preview")
        return self._ask(Call(method="POST", path=where, answer=w.PreviewOut, body=body(request)))

    def preview(self, case_id: str, command: Command) -> w.PreviewOut:
        """What a command would do, in money and deadlines; Refused as the command would be. Nothing is written."""
        sent = body(command, command=type(command).__name__)
        return self._ask(Call(method="POST", path=path("cases", case_id, "preview"), answer=w.PreviewOut, body=sent))
