"""Endpoints for webhooks: what a marketplace's server or a lead does with them."""

# Made by `python -m tools.client` from the file of this name in asynchronous/: change that one.

from collections.abc import Sequence
from datetime import datetime
from types import NoneType

import msgspec

from mufakat.api.wire import hooks as w
from mufakat.client.calls import Call, json, path
from mufakat.client.synchronous.connection import Connection


class Hooks(Connection):
    """Endpoints for webhooks. What makes or sends something is not repeated where its answer is lost."""

    def hooks(self) -> w.HooksOut:
        """Every endpoint of the marketplace, and how it is doing."""
        return self._ask(Call(method="GET", path=path("hooks"), answer=w.HooksOut))

    def make_hook(self, url: str, events: Sequence[str] = (), *, kind: w.Kind = "HMAC") -> w.NewHookOut:
        """Have a machine told of events from now on; no names of events: of all. The secret is shown this once."""
        sent = msgspec.json.encode(w.HookIn(url=url, events=list(events), kind=kind))
        return self._ask(Call(method="POST", path=path("hooks"), answer=w.NewHookOut, body=sent, repeatable=False))

    def change_hook(
        self, hook_id: str, *, url: str | None = None, events: Sequence[str] | None = None, paused: bool | None = None
    ) -> w.HookOut:
        """Change where an endpoint is or what it wants, pause it, or let it go on; what is left out stays."""
        sent = json(url=url, events=None if events is None else list(events), paused=paused)
        return self._ask(Call(method="PATCH", path=path("hooks", hook_id), answer=w.HookOut, body=sent))

    def remove_hook(self, hook_id: str) -> None:
        """Remove an endpoint with its log."""
        self._ask(Call(method="DELETE", path=path("hooks", hook_id), answer=NoneType))

    def rotate_hook_secret(self, hook_id: str, *, hours: int = 24) -> w.NewHookOut:
        """Sign under a new secret from now on; for some hours under the old one as well."""
        where = path("hooks", hook_id, "secret")
        return self._ask(Call(method="POST", path=where, answer=w.NewHookOut, body=json(hours=hours), repeatable=False))

    def test_hook(self, hook_id: str) -> w.DeliveryOut:
        """Send an endpoint a `hook.test`, and tell how it went."""
        where = path("hooks", hook_id, "test")
        return self._ask(Call(method="POST", path=where, answer=w.DeliveryOut, repeatable=False))

    def deliveries(
        self, hook_id: str, *, case_id: str = "", limit: int | None = None, cursor: str = ""
    ) -> w.DeliveriesOut:
        """A page of what was tried at an endpoint in the last thirty days, the newest first."""
        query = {"case_id": case_id, "limit": limit, "cursor": cursor}
        where = path("hooks", hook_id, "deliveries")
        return self._ask(Call(method="GET", path=where, answer=w.DeliveriesOut, query=query))

    def resend_delivery(self, hook_id: str, delivery_id: str) -> w.DeliveryOut:
        """Send once more what a try in the log sent, and tell how it went."""
        where = path("hooks", hook_id, "deliveries", delivery_id, "resend")
        return self._ask(Call(method="POST", path=where, answer=w.DeliveryOut, repeatable=False))

    def replay_hook(
        self, hook_id: str, *, since: datetime | None = None, case_id: str | None = None, number: int = 1
    ) -> w.ReplayOut:
        """Tell an endpoint again of every case since a moment, or of one case from the event of that number on."""
        sent = msgspec.json.encode(w.ReplayIn(since=since, case_id=case_id, number=number))
        where = path("hooks", hook_id, "replay")
        return self._ask(Call(method="POST", path=where, answer=w.ReplayOut, body=sent))
