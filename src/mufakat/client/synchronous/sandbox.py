"""Sandboxes: what there is to try with, moving the clock, orders of a kind, judgements by wish."""

# Made by `python -m tools.client` from the file of this name in asynchronous/: change that one.

from datetime import datetime
from typing import Final

import msgspec

from mufakat.api.wire import sandbox as w
from mufakat.client.calls import Call, json, path
from mufakat.client.synchronous.connection import Connection

SLOW: Final = 120.0
"""Seconds that a long move of the clock may take."""


class Sandbox(Connection):
    """What a server does with a marketplace for trying. Nothing here is sent again where an answer is lost."""

    def sandbox(self) -> w.SandboxOut:
        """What the sandbox's clock shows, who acts by itself in it, and which orders can be made."""
        return self._ask(Call(method="GET", path=path("sandbox"), answer=w.SandboxOut))

    def forward(
        self, *, to: datetime | None = None, days: int = 0, hours: int = 0, minutes: int = 0, seconds: int = 0
    ) -> w.ForwardOut:
        """Move the sandbox's clock on, `to` a moment of it or by a span. Every deadline on the way fires in order.

        Where `whole` of the answer is false, so much was due that the call ended early: call again with the same `to`.
        """
        sent = json(to=to, days=days or None, hours=hours or None, minutes=minutes or None, seconds=seconds or None)
        where = path("sandbox", "forward")
        return self._ask(Call(method="POST", path=where, answer=w.ForwardOut, body=sent, repeatable=False, slow=SLOW))

    def judge(self, case_id: str, wanted: w.WantedIn) -> w.JudgedOut:
        """Have canned agents fill in findings that lead to the wanted judgement, and judge; or decide the appeal so."""
        where, sent = path("sandbox", "cases", case_id, "judge"), msgspec.json.encode(wanted)
        return self._ask(Call(method="POST", path=where, answer=w.JudgedOut, body=sent, repeatable=False))

    def make_order(self, kind: w.OrderKind | str, customer_id: str, seller_id: str) -> w.SandboxOrderOut:
        """Make an order to try with, of a kind such as `DELIVERED_YESTERDAY`, with its parcel's scans."""
        sent = json(kind=kind, customer_id=customer_id, seller_id=seller_id)
        where = path("sandbox", "orders")
        return self._ask(Call(method="POST", path=where, answer=w.SandboxOrderOut, body=sent, repeatable=False))
