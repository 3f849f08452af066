"""Endpoints for webhooks in the simulator's store, in plain dictionaries."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mufakat.store.codec import Stored
from mufakat.store.hooks import AT_ONCE, RESTING, Hook, HookCase, HookSecret, Paused, Try
from mufakat.store.records import Forgotten

Place = tuple[str, str]


@dataclass(slots=True)
class Endpoint:
    """An endpoint with all that is kept of it. `waits`: each case with when it is tried, by its id."""

    hook: Hook
    secrets: dict[str, HookSecret]
    waits: dict[str, tuple[HookCase, datetime]]
    tries: dict[str, Try]
    rests_until: datetime = AT_ONCE


class MemoryHooks:
    """Endpoints, how far they are, and what was tried."""

    def __init__(self) -> None:
        self._hooks: dict[Place, Endpoint] = {}

    async def history(self, marketplace: str, order_id: str, case_id: str) -> list[Stored]:
        """A case's log, oldest first; empty when there is none."""
        raise NotImplementedError

    def _cases_of(self, marketplace: str) -> list[tuple[str, str]]:
        """Order and id of every case of a marketplace."""
        raise NotImplementedError

    async def put_hook(self, hook: Hook, secret: HookSecret, most: int) -> Hook | None:
        """Keep a new endpoint with its first secret; None where the marketplace has `most` already."""
        if len(await self.hooks(hook.marketplace)) >= most:
            return None
        self._hooks[hook.marketplace, hook.id] = Endpoint(hook, {secret.id: secret}, {}, {})
        return hook

    async def hooks(self, marketplace: str) -> list[Hook]:
        """A marketplace's endpoints, oldest first."""
        found = [each.hook for place, each in self._hooks.items() if place[0] == marketplace]
        return sorted(found, key=lambda hook: (hook.created_at, hook.id))

    async def hook(self, marketplace: str, hook_id: str) -> Hook | None:
        """One endpoint."""
        found = self._hooks.get((marketplace, hook_id))
        return found.hook if found else None

    async def change_hook(
        self,
        marketplace: str,
        hook_id: str,
        *,
        url: str | None = None,
        events: Sequence[str] | None = None,
        paused: Paused | str | None = None,
    ) -> Hook | None:
        """Change what is given; None where there is no such endpoint. paused: empty to go on, as if it were well."""
        found = self._hooks.get((marketplace, hook_id))
        if found is None:
            return None
        hook = replace(found.hook, url=url or found.hook.url)
        if events is not None:
            hook = replace(hook, events=tuple(events))
        if paused == "":
            found.waits = {
                key: (replace(each, attempts=0, failed_since=None), AT_ONCE) if each.sent < each.known else (each, at)
                for key, (each, at) in found.waits.items()
            }
            hook, found.rests_until = replace(hook, paused=None, failures=0, failing_since=None), AT_ONCE
        elif paused is not None:
            hook = replace(hook, paused=Paused(paused))
        found.hook = hook
        return hook

    async def drop_hook(self, marketplace: str, hook_id: str) -> bool:
        """Remove an endpoint with all that is kept of it; False where there is none."""
        return self._hooks.pop((marketplace, hook_id), None) is not None

    async def hook_secrets(self, marketplace: str, hook_id: str, now: datetime) -> list[HookSecret]:
        """The secrets that are good at a moment, the newest first."""
        found = self._hooks.get((marketplace, hook_id))
        good = [each for each in found.secrets.values() if each.until is None or each.until > now] if found else []
        return sorted(good, key=lambda each: (each.until is None, each.made_at), reverse=True)

    async def rotate_secret(self, marketplace: str, hook_id: str, secret: HookSecret, old_until: datetime) -> bool:
        """Put a new secret in force; those before it end then at the latest. False where there is no such endpoint."""
        found = self._hooks.get((marketplace, hook_id))
        if found is None:
            return False
        good = await self.hook_secrets(marketplace, hook_id, secret.made_at)
        found.secrets = {each.id: replace(each, until=min(each.until or old_until, old_until)) for each in good}
        found.secrets[secret.id] = secret
        return True

    # --- delivering

    def _to_tell(self, marketplace: str, order_id: str, case_id: str, first: int, last: int) -> None:
        """Events were written: every endpoint of the marketplace is to be told."""
        for place, each in self._hooks.items():
            if place[0] == marketplace:
                fresh = HookCase(*place, order_id, case_id, first - 1, last)
                there, at = each.waits.get(case_id, (fresh, AT_ONCE))
                each.waits[case_id] = (replace(there, known=last), at)

    async def due_hooks(self, now: datetime) -> list[Hook]:
        """Endpoints of all marketplaces that have something to be told now."""
        return [
            each.hook
            for each in self._hooks.values()
            if each.hook.paused is None
            and each.rests_until <= now
            and any(case.sent < case.known and at <= now for case, at in each.waits.values())
        ]

    async def claim_hook(self, hook: Hook, now: datetime, lease: timedelta, limit: int) -> list[HookCase]:
        """Take cases of which an endpoint is to be told now; nobody else gets them until the lease ends."""
        found = self._hooks.get((hook.marketplace, hook.id))
        if found is None:
            return []
        due = [(at, each) for each, at in found.waits.values() if each.sent < each.known and at <= now]
        claimed = [each for _, each in sorted(due, key=lambda pair: pair[0])[:limit]]
        claimed = [replace(each, attempts=each.attempts + 1) for each in claimed]
        found.waits |= {each.case_id: (each, now + lease) for each in claimed}
        return claimed

    async def events_after(self, held: HookCase, limit: int) -> list[Stored]:
        """The next events of a claimed case."""
        logged = await self.history(held.marketplace, held.order_id, held.case_id)
        return logged[held.sent : held.sent + limit]

    async def hook_moved(self, held: HookCase, now: HookCase, next_try: datetime | None) -> bool:
        """A claimed case stands so now, and is tried again then (None: at once); False where the lease was lost."""
        found = self._hooks.get((held.marketplace, held.hook_id))
        there = found.waits.get(held.case_id) if found else None
        if found is None or there is None or (there[0].sent, there[0].attempts) != (held.sent, held.attempts):
            return False
        found.waits[held.case_id] = (replace(now, known=there[0].known), next_try or AT_ONCE)
        return True

    async def hook_told(
        self, held: HookCase, now: HookCase, done: Try, next_try: datetime | None, end: datetime
    ) -> bool:
        """The same after a try that went well. end: of leases of now; what is tried later is tried at once."""
        await self.note_try(done)
        found = self._hooks.get((held.marketplace, held.hook_id))
        if found is not None and found.hook.failing_since is not None:
            if found.hook.failures >= RESTING:
                found.waits = {key: (case, AT_ONCE if at > end else at) for key, (case, at) in found.waits.items()}
            found.hook, found.rests_until = replace(found.hook, failures=0, failing_since=None), AT_ONCE
        return await self.hook_moved(held, now, next_try)

    async def hook_failed(self, held: HookCase, now: HookCase, failed: Try, next_try: datetime | None) -> int:
        """The same after a try that failed; how many have failed in a row."""
        await self.note_try(failed)
        await self.hook_moved(held, now, next_try)
        found = self._hooks.get((held.marketplace, held.hook_id))
        if found is None:
            return 0
        since = found.hook.failing_since or failed.at
        found.hook = replace(found.hook, failures=found.hook.failures + 1, failing_since=since)
        return found.hook.failures

    async def rest_hook(self, marketplace: str, hook_id: str, until: datetime) -> None:
        """Try nothing at an endpoint before then."""
        if (found := self._hooks.get((marketplace, hook_id))) is not None:
            found.rests_until = until

    # --- looking back

    async def note_try(self, tried: Try) -> None:
        """Keep a try."""
        if (found := self._hooks.get((tried.marketplace, tried.hook_id))) is not None:
            found.tries[tried.id] = tried

    async def hook_tries(
        self, marketplace: str, hook_id: str, before: str = "", limit: int = 100, case_id: str = ""
    ) -> list[Try]:
        """A page of the log, the newest first, from the try of that id on back; of one case where it is named."""
        found = self._hooks.get((marketplace, hook_id))
        ids = sorted(found.tries, reverse=True) if found else []
        tries = [found.tries[each] for each in ids if not before or each < before] if found else []
        return [each for each in tries if case_id in ("", each.case_id)][:limit]

    async def hook_try(self, marketplace: str, hook_id: str, try_id: str) -> Try | None:
        """One entry of the log."""
        found = self._hooks.get((marketplace, hook_id))
        return found.tries.get(try_id) if found else None

    async def replay_case(self, marketplace: str, hook_id: str, case_id: str, number: int) -> None:
        """Tell an endpoint of a case again from the event of that number on; what it has yet to get stays."""
        for order_id, each in self._cases_of(marketplace):
            if each == case_id:
                await self._set_back(marketplace, hook_id, order_id, case_id, number - 1)

    async def replay_since(self, marketplace: str, hook_id: str, since: datetime) -> int:
        """Tell an endpoint again of what happened from a moment on (the marketplace's time); of how many cases."""
        total = 0
        for order_id, case_id in self._cases_of(marketplace):
            moments = [each.recorded.at for each in await self.history(marketplace, order_id, case_id)]
            if moments[-1] >= since:
                total += 1
                before = sum(each < since for each in moments)
                await self._set_back(marketplace, hook_id, order_id, case_id, before)
        return total

    async def _set_back(self, marketplace: str, hook_id: str, order_id: str, case_id: str, sent: int) -> None:
        found = self._hooks.get((marketplace, hook_id))
        if found is None:
            return
        last = len(await self.history(marketplace, order_id, case_id))
        there, at = found.waits.get(case_id, (None, AT_ONCE))
        if there is None or sent < there.sent:
            fresh = HookCase(marketplace, hook_id, order_id, case_id, min(sent, last), last)
            found.waits[case_id] = (fresh, AT_ONCE)
        else:
            found.waits[case_id] = (replace(there, known=last), at)

    async def sweep_tries(self, marketplace: str, before: datetime) -> int:
        """Remove the log from before a moment; how much."""
        total = 0
        for place, each in self._hooks.items():
            old = [id_ for id_, tried in each.tries.items() if tried.at < before and place[0] == marketplace]
            total += len(old)
            for id_ in old:
                del each.tries[id_]
        return total

    def _forget_answers(self, case: Forgotten) -> None:
        for place, each in self._hooks.items():
            for id_, tried in each.tries.items():
                if (place[0], tried.case_id) == (case.marketplace, case.case_id):
                    each.tries[id_] = replace(tried, answer="", why="")
