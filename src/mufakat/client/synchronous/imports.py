"""Requests and disputes that are under way in another system become cases here."""

# Made by `python -m tools.client` from the file of this name in asynchronous/: change that one.

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from mufakat.api.wire import imports as w
from mufakat.client.calls import Call, json, path, plain
from mufakat.client.synchronous.connection import Connection
from mufakat.core.decide.imported import Step

SLOW: Final = 60.0
"""Seconds that a long history may take."""


class Imports(Connection):
    """How a marketplace's server brings in what another system began."""

    def import_case(
        self,
        order_id: str,
        source: str,
        external_id: str,
        steps: Sequence[Step],
        *,
        due: Mapping[int, datetime] | None = None,
        dry_run: bool = False,
    ) -> w.ImportedOut:
        """Take over a case with its history, whole or not at all. The same history again is the same case.

        source, external_id: the other system, and the case there. steps: oldest first, the first an OpenRequest; the
        order must be here with its facts. due: by the number of a matter, until when its present step still runs.
        dry_run: decide, answer, and write nothing. A refusal about a step names its number (`facts["step"]`).
        """
        done = [
            {
                "at": each.at,
                "actor": plain(each.actor),
                "command": {"command": type(each.command).__name__, **plain(each.command)},
            }
            for each in steps
        ]
        sent = json(
            order_id=order_id,
            source=source,
            external_id=external_id,
            steps=done,
            due={str(number): until for number, until in due.items()} if due else None,
        )
        query = {"dry_run": dry_run or None}
        return self._ask(
            Call(method="POST", path=path("imports"), answer=w.ImportedOut, query=query, body=sent, slow=SLOW)
        )
