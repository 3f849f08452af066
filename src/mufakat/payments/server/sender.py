"""The server's webhooks on their way: signed, tried again until they arrive, and badly behaved on demand."""

import asyncio
import time
from dataclasses import dataclass, field
from random import Random
from typing import Final

import httpx
import msgspec

from mufakat.payments import protocol, signing
from mufakat.payments.server.books import BooksFile, Hook

EVERY: Final = 0.2
"""Seconds between two looks at what is to be sent."""
MOST_TRIES: Final = 20
LONGEST_PAUSE: Final = 60.0
TIMEOUT: Final = 5.0
ARRIVED: Final = range(200, 300)


@dataclass(slots=True)
class Sender:
    """Sends to `address`, in which `{marketplace}` stands for the marketplace's name.

    `doubled`: everything is sent twice. `shuffled`: out of order.
    """

    file: BooksFile
    secret: bytes
    address: str
    doubled: bool = False
    shuffled: bool = False
    chance: Random = field(default_factory=Random)

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop`."""
        async with httpx.AsyncClient(trust_env=False, timeout=TIMEOUT) as http:
            while not stop.is_set():
                await self.once(http)
                try:
                    await asyncio.wait_for(stop.wait(), EVERY)
                except TimeoutError:
                    continue

    async def once(self, http: httpx.AsyncClient) -> None:
        """Send what is due now."""
        hooks = self.file.hooks(time.time())
        if self.shuffled:
            self.chance.shuffle(hooks)
        for hook in hooks:
            arrived = [await self._send(http, hook) for _ in range(2 if self.doubled else 1)]
            if all(arrived) or hook.tries >= MOST_TRIES:
                self.file.sent(hook)
            else:
                self.file.again(hook, time.time() + min(2.0**hook.tries, LONGEST_PAUSE))

    async def _send(self, http: httpx.AsyncClient, hook: Hook) -> bool:
        body = msgspec.json.encode(protocol.Told(obligation=hook.obligation))
        at, message_id = int(time.time()), f"evt_{hook.marketplace}_{hook.id}"
        headers = {
            "content-type": "application/json",
            protocol.HOOK_ID: message_id,
            protocol.HOOK_AT: str(at),
            protocol.HOOK_SIGNATURE: signing.of_webhook(self.secret, message_id, at, body),
        }
        try:
            reply = await http.post(
                self.address.replace("{marketplace}", hook.marketplace), content=body, headers=headers
            )
        except httpx.HTTPError:
            return False
        return reply.status_code in ARRIVED
