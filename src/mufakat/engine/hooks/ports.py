"""What webhooks need of a store: PostgreSQL, or the simulator's memory."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from mufakat.store.codec import Stored
from mufakat.store.hooks import Hook, HookCase, HookSecret, Paused, Try
from mufakat.store.records import CaseRow, Marketplace


class HookStore(Protocol):
    """Endpoints, how far they are in each case, and what was tried."""

    async def marketplaces(self) -> list[Marketplace]:
        """Every tenant."""

    async def find_case(self, marketplace: str, case_id: str) -> CaseRow | None:
        """The index row of a case."""

    async def put_hook(self, hook: Hook, secret: HookSecret, most: int) -> Hook | None:
        """Keep a new endpoint with its first secret; None where the marketplace has `most` already."""

    async def hooks(self, marketplace: str) -> list[Hook]:
        """A marketplace's endpoints, oldest first."""

    async def hook(self, marketplace: str, hook_id: str) -> Hook | None:
        """One endpoint."""

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

    async def drop_hook(self, marketplace: str, hook_id: str) -> bool:
        """Remove an endpoint with all that is kept of it; False where there is none."""

    async def hook_secrets(self, marketplace: str, hook_id: str, now: datetime) -> list[HookSecret]:
        """The secrets that are good at a moment, the newest first."""

    async def rotate_secret(self, marketplace: str, hook_id: str, secret: HookSecret, old_until: datetime) -> bool:
        """Put a new secret in force; those before it end then at the latest. False where there is no such endpoint."""

    async def due_hooks(self, now: datetime) -> list[Hook]:
        """Endpoints of all marketplaces that have something to be told now."""

    async def claim_hook(self, hook: Hook, now: datetime, lease: timedelta, limit: int) -> list[HookCase]:
        """Take cases of which an endpoint is to be told now; nobody else gets them until the lease ends."""

    async def events_after(self, held: HookCase, limit: int) -> list[Stored]:
        """The next events of a claimed case."""

    async def hook_moved(self, held: HookCase, now: HookCase, next_try: datetime | None) -> bool:
        """A claimed case stands so now, and is tried again then (None: at once); False where the lease was lost."""

    async def hook_told(
        self, held: HookCase, now: HookCase, done: Try, next_try: datetime | None, end: datetime
    ) -> bool:
        """The same after a try that went well. end: of leases of now; what is tried later is tried at once."""

    async def hook_failed(self, held: HookCase, now: HookCase, failed: Try, next_try: datetime | None) -> int:
        """The same after a try that failed; how many have failed in a row."""

    async def rest_hook(self, marketplace: str, hook_id: str, until: datetime) -> None:
        """Try nothing at an endpoint before then."""

    async def note_try(self, tried: Try) -> None:
        """Keep a try that moves nothing: a test, or an event that is sent once more."""

    async def hook_tries(
        self, marketplace: str, hook_id: str, before: str = "", limit: int = 100, case_id: str = ""
    ) -> list[Try]:
        """A page of the log, the newest first, from the try of that id on back; of one case where it is named."""

    async def hook_try(self, marketplace: str, hook_id: str, try_id: str) -> Try | None:
        """One entry of the log."""

    async def replay_case(self, marketplace: str, hook_id: str, case_id: str, number: int) -> None:
        """Tell an endpoint of a case again from the event of that number on; what it has yet to get stays."""

    async def replay_since(self, marketplace: str, hook_id: str, since: datetime) -> int:
        """Tell an endpoint again of what happened from a moment on (the marketplace's time); of how many cases."""

    async def sweep_tries(self, marketplace: str, before: datetime) -> int:
        """Remove the log from before a moment; how much."""
