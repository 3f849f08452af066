"""Endpoints as their marketplace keeps them: made, changed, tried out, their secrets rotated, told of things again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from mufakat.core.events import EVENTS
from mufakat.engine.hooks import told
from mufakat.engine.hooks.ports import HookStore
from mufakat.engine.hooks.sending import Message, Sender, message_of
from mufakat.engine.ids import uuid7
from mufakat.engine.ports import Clock
from mufakat.outside import checked_url
from mufakat.standard_webhooks import Kind
from mufakat.store.hooks import Hook, HookCase, Paused, Try

MOST_HOOKS: Final = 20
"""Endpoints of one marketplace."""
MOST_SECRETS: Final = 5
"""Secrets of one endpoint that are good at once."""


class HookError(ValueError):
    """What is wanted of an endpoint cannot be; the text is a sentence for people. `where`: the field, where one is."""

    def __init__(self, text: str, where: str = "") -> None:
        super().__init__(text)
        self.where = where


@dataclass(frozen=True, slots=True)
class Opened:
    """An endpoint, and what its receiver checks signatures with: a secret, shown this once, or a public key."""

    hook: Hook
    secret: str


class Endpoints:
    """The endpoints of marketplaces. private: they may be inside this network and speak plain HTTP."""

    def __init__(self, store: HookStore, sender: Sender, clock: Clock, *, private: bool) -> None:
        self._store, self._sender, self._clock, self._private = store, sender, clock, private

    async def make(self, marketplace: str, url: str, events: Sequence[str], kind: Kind) -> Opened:
        """A new endpoint, told of everything from now on; no events: all of them. Raises HookError."""
        self._check(url, events)
        now = self._clock.now()
        id_ = uuid7(now).replace("-", "")
        hook = Hook(marketplace, id_, url, tuple(dict.fromkeys(events)), kind, now)
        secret, shown = self._sender.fresh_secret(hook)
        made = await self._store.put_hook(hook, secret, MOST_HOOKS)
        if made is None:
            raise HookError(f"A marketplace has at most {MOST_HOOKS} endpoints; remove one.")
        return Opened(made, shown)

    async def all(self, marketplace: str) -> list[Hook]:
        """A marketplace's endpoints, oldest first."""
        return await self._store.hooks(marketplace)

    async def one(self, marketplace: str, hook_id: str) -> Hook | None:
        """An endpoint."""
        return await self._store.hook(marketplace, hook_id)

    async def change(
        self,
        marketplace: str,
        hook_id: str,
        *,
        url: str | None = None,
        events: Sequence[str] | None = None,
        paused: bool | None = None,
    ) -> Hook | None:
        """Change what is given; None where there is no such endpoint. What waited while it was paused is sent then.

        Raises HookError.
        """
        self._check(url, events or ())
        why = None if paused is None else Paused.BY_HAND if paused else ""
        wanted = None if events is None else tuple(dict.fromkeys(events))
        return await self._store.change_hook(marketplace, hook_id, url=url, events=wanted, paused=why)

    async def remove(self, marketplace: str, hook_id: str) -> bool:
        """Remove an endpoint with its log; False where there is none."""
        return await self._store.drop_hook(marketplace, hook_id)

    async def public_keys(self, hook: Hook) -> list[str]:
        """The public keys under which it is signed now, the newest first; none where it is signed under a secret."""
        return await self._sender.public_keys(hook)

    async def rotate(self, marketplace: str, hook_id: str, old_for: timedelta) -> Opened | None:
        """Sign under a new secret from now on, and for so long under the old ones too. Raises HookError."""
        hook, now = await self.one(marketplace, hook_id), self._clock.now()
        if hook is None:
            return None
        if len(await self._store.hook_secrets(marketplace, hook_id, now)) >= MOST_SECRETS and old_for:
            raise HookError(
                f"{MOST_SECRETS} secrets are good now; wait until one has ended, or let the old end at once."
            )
        secret, shown = self._sender.fresh_secret(hook)
        put = await self._store.rotate_secret(marketplace, hook_id, secret, now + old_for)
        return Opened(hook, shown) if put else None

    async def test(self, marketplace: str, hook_id: str) -> Try | None:
        """Send an endpoint a `hook.test`, also while it is paused, and tell how it went."""
        hook, now = await self.one(marketplace, hook_id), self._clock.now()
        if hook is None:
            return None
        body = told.trial_body(marketplace, hook_id, now)
        message = Message(f"msg_{uuid7(now).replace('-', '')}", told.TEST, body)
        return await self._noted(hook, message)

    async def tries(
        self, marketplace: str, hook_id: str, before: str = "", limit: int = 100, case_id: str = ""
    ) -> list[Try]:
        """A page of the log, the newest first."""
        return await self._store.hook_tries(marketplace, hook_id, before, limit, case_id)

    async def resend(self, marketplace: str, hook_id: str, try_id: str) -> Try | None:
        """Send once more what a try in the log sent, under the same id, and tell how it went; order is not kept.

        None where there is no such try. How far the endpoint is in the case stays as it is.
        """
        hook = await self.one(marketplace, hook_id)
        found = await self._store.hook_try(marketplace, hook_id, try_id)
        if hook is None or found is None:
            return None
        if not found.number:
            return await self.test(marketplace, hook_id)
        before = HookCase(marketplace, hook_id, found.order_id, found.case_id, found.number - 1, found.number)
        stored = await self._store.events_after(before, 1)
        assert stored, "events are never removed"
        return await self._noted(hook, message_of(hook, found.order_id, found.case_id, stored[0].recorded, None))

    async def replay_since(self, marketplace: str, hook_id: str, since: datetime) -> int | None:
        """Tell an endpoint again of what happened from a moment on, of every case in order; of how many cases."""
        if await self.one(marketplace, hook_id) is None:
            return None
        return await self._store.replay_since(marketplace, hook_id, since)

    async def replay_case(self, marketplace: str, hook_id: str, case_id: str, number: int) -> bool:
        """Tell an endpoint of one case again from that event on; False where there is no such endpoint or case."""
        row = await self._store.find_case(marketplace, case_id)
        if row is None or await self.one(marketplace, hook_id) is None:
            return False
        await self._store.replay_case(marketplace, hook_id, case_id, number)
        return True

    async def _noted(self, hook: Hook, message: Message) -> Try:
        tried = await self._sender.send(hook, message)
        await self._store.note_try(tried)
        return tried

    def _check(self, url: str | None, events: Sequence[str]) -> None:
        if url is not None:
            try:
                checked_url(url, private=self._private)
            except ValueError as error:
                raise HookError(str(error), "url") from error
        if unknown := sorted(set(events) - set(EVENTS)):
            raise HookError(f"There is no event {', '.join(unknown)}; /asyncapi.json lists them.", "events")
