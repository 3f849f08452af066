"""One webhook on its way: signed under every secret that is good, sent to where its endpoint is, and how that went."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from mufakat.core.events import NAMES, Recorded
from mufakat.engine.hooks import told
from mufakat.engine.hooks.ports import HookStore
from mufakat.engine.ids import uuid7
from mufakat.engine.ports import Clock
from mufakat.outside import Outside, OutsideError, checked_url
from mufakat.standard_webhooks import ID, SECRET_BYTES, SIGNATURE, TIMESTAMP, Kind, new_secret, public_key, signature
from mufakat.store.hooks import Hook, HookSecret, Outcome, Try
from mufakat.store.seal import Sealer, SealError

TIMEOUT: Final = 15.0
"""Seconds that an endpoint has for its answer."""
MOST_ANSWER: Final = 500
"""Bytes of an answer that are read and kept; what counts is the status."""
MOST_AT_ONCE: Final = 256
"""Webhooks under way at once in one process, to all endpoints."""
GONE: Final = 410
"""The status by which an endpoint says that it wants nothing any more."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent. `id`: the same however often it is sent to this endpoint."""

    id: str
    name: str
    body: bytes
    order_id: str = ""
    case_id: str = ""
    number: int = 0


def message_of(hook: Hook, order_id: str, case_id: str, recorded: Recorded, previous: int | None) -> Message:
    """What an endpoint is told of an event. previous: the number of the event that it was told of before."""
    body = told.body(hook.marketplace, order_id, case_id, recorded, previous)
    name = f"msg_{hook.id}_{case_id}_{recorded.number}"
    return Message(name, NAMES[type(recorded.event)], body, order_id, case_id, recorded.number)


def outside(*, private: bool) -> Outside:
    """The line to endpoints. private: they may be inside this network and speak plain HTTP."""
    return Outside(private=private, timeout=TIMEOUT, most=MOST_ANSWER, at_once=MOST_AT_ONCE, cut=True)


class Sender:
    """Signs and sends. `line`: how it reaches the outside; whoever made it closes it."""

    def __init__(
        self, store: HookStore, sealer: Sealer, clock: Clock, line: Outside, chance: Callable[[int], bytes] = os.urandom
    ) -> None:
        self._store, self._sealer, self._clock, self._line, self._chance = store, sealer, clock, line, chance

    def fresh_secret(self, hook: Hook) -> tuple[HookSecret, str]:
        """A new secret of an endpoint, sealed, and what its receiver checks with."""
        now = self._clock.now()
        id_ = uuid7(now, self._chance).replace("-", "")
        text = new_secret(hook.kind, self._chance(SECRET_BYTES))
        sealed, key = self._sealer.seal_alone(hook.marketplace, _about(hook, id_), text)
        return HookSecret(id_, sealed, key, now), public_key(text)

    async def public_keys(self, hook: Hook) -> list[str]:
        """The public halves of the keys under which it is signed now, the newest first; none where it is a secret."""
        return [] if hook.kind is Kind.HMAC else [public_key(each) for each in await self._secrets(hook)]

    async def send(self, hook: Hook, message: Message) -> Try:
        """Send it, and tell how it went. Any answer of 2xx within 15 seconds counts."""
        now = self._clock.now()
        begun, status, answer, why = time.monotonic(), None, "", ""
        try:
            secrets, at = await self._secrets(hook), int(now.timestamp())
            signatures = [signature(each, message.id, at, message.body) for each in secrets]
            headers = {
                "content-type": "application/json",
                "user-agent": "mufakat",
                ID: message.id,
                TIMESTAMP: str(at),
                SIGNATURE: " ".join(signatures),
            }
            url = checked_url(hook.url, private=True)
            reply = await self._line.send("POST", url, headers, message.body)
            status, answer = reply.status, reply.body.decode(errors="replace").replace("\0", "")
            why = "" if _counts(status) else f"answered {status}"
        except (OutsideError, SealError, ValueError) as error:
            why = str(error)[:MOST_ANSWER]
        return Try(
            marketplace=hook.marketplace,
            hook_id=hook.id,
            id=uuid7(now, self._chance).replace("-", ""),
            order_id=message.order_id,
            case_id=message.case_id,
            number=message.number,
            name=message.name,
            at=now,
            outcome=Outcome.FAILED if why else Outcome.DELIVERED,
            status=status,
            took_ms=round(1000 * (time.monotonic() - begun)),
            answer=answer,
            why=why,
        )

    async def _secrets(self, hook: Hook) -> list[str]:
        """The secrets that are good now. Raises SealError."""
        return [
            self._sealer.open_alone(hook.marketplace, _about(hook, each.id), each.sealed, each.key)
            for each in await self._store.hook_secrets(hook.marketplace, hook.id, self._clock.now())
        ]


def _counts(status: int) -> bool:
    return 200 <= status < 300  # noqa: PLR2004 - as HTTP has it


def _about(hook: Hook, secret_id: str) -> str:
    return f"hook\0{hook.id}\0{secret_id}"
