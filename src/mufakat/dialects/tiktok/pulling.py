"""Pulls a shop's orders by the moment of their last change, window after window, and keeps how far it has come.

Each window is read until a reading was whole: the count that their pages tell stayed the same, and as many orders came.
An order that changes while pages are read leaves the window and moves others up, so a page could miss one; it is then
read again. A pull begins a little before where the last one ended; what is there already changes nothing.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

from mufakat.dialects.tiktok.calls import CallError, Calls, Shop, Tokens
from mufakat.dialects.tiktok.orders import AmountsDifferError, given_of, is_wanted
from mufakat.engine.feeding.putting import Counts
from mufakat.engine.feeding.records import BadRow, Given
from mufakat.engine.feeding.running import Run
from mufakat.engine.ports import Clock
from mufakat.outside import Outside
from mufakat.store.pulls import PullRow
from mufakat.store.seal import Sealer

WINDOW: Final = timedelta(days=1)
OVERLAP: Final = timedelta(minutes=15)
"""How far before the last pull's end the next one begins: their moments may come late to their own lists."""
SETTLED: Final = timedelta(seconds=60)
"""The youngest changes are left to the next pull."""
PAGE: Final = 100
READINGS: Final = 5
"""How often a window is read that changes while it is read."""
_ABOUT: Final = "pull\0"


class PullStore(Protocol):
    """A store that keeps how far sources are read (`store/pulls.py`)."""

    async def pull(self, marketplace: str, source: str) -> PullRow | None:
        """How far a source is read; None before the first time."""

    async def put_pull(self, row: PullRow) -> None:
        """Keep how far a source is read, and its tokens."""


@dataclass(slots=True)
class Pulled:
    """What a pull came to."""

    counts: Counts
    left_out: int = 0
    until: datetime | None = None


class Pulling:
    """Pulls one shop into one marketplace, as orders of the seller `seller_id`."""

    def __init__(self, store: PullStore, sealer: Sealer, clock: Clock, run: Run, shop: Shop, seller_id: str) -> None:
        self._store, self._sealer, self._clock, self._run = store, sealer, clock, run
        self._shop, self._seller = shop, seller_id
        self._source = f"tiktok:{shop.cipher}"
        self._until = datetime.fromtimestamp(0, UTC)

    async def pull(self, outside: Outside, given: Tokens, since: datetime, *, first_pause: float = 1.0) -> Pulled:
        """Read every change from where the last pull ended, or from `since` at first, and put it in.

        Raises CallError where the shop does not answer or refuses; what was read until then stays, and the next pull
        goes on from there. Raises StoreLost.
        """
        kept = await self._store.pull(self._run.marketplace, self._source)
        self._until = since if kept is None else kept.read_until
        tokens = given if kept is None else self._opened(kept)
        calls = Calls(outside, self._shop, tokens, self._clock.now, self._keep, first_pause=first_pause)
        done = Pulled(self._run.counts)
        end = self._clock.now() - SETTLED
        start = self._until if kept is None else self._until - OVERLAP
        while start < end:
            until = min(start + WINDOW, end)
            await self._window(calls, start, until, done)
            self._until = max(self._until, until)
            await self._keep(calls.tokens)
            start = until
        done.until = self._until
        return done

    async def _window(self, calls: Calls, start: datetime, until: datetime, done: Pulled) -> None:
        """Read one window whole, and put its orders in."""
        told = await self._read(calls, start, until)
        wanted = [each for each in told if is_wanted(each)]
        done.left_out += len(told) - len(wanted)
        orders: list[Given | BadRow] = []
        for row, each in enumerate(wanted, start=1):
            try:
                orders.append(given_of(each, self._seller, row))
            except AmountsDifferError:
                orders.append(given_of(each, self._seller, row, await calls.price_detail(str(each.get("id")))))
        await self._run.go(orders)

    async def _read(self, calls: Calls, start: datetime, until: datetime) -> Sequence[dict[str, Any]]:
        """All orders of a window. Raises CallError where it never stood still."""
        body = {"update_time_ge": int(start.timestamp()), "update_time_lt": int(until.timestamp()) + 1}
        for _ in range(READINGS):
            found: dict[str, dict[str, Any]] = {}
            counts: set[Any] = set()
            page, more = "", True
            while more and len(counts) < 2:  # noqa: PLR2004 - a second count: the list has changed, begin anew
                data = await calls.search(body, page, PAGE)
                counts.add(data.get("total_count"))
                found |= {str(each.get("id")): each for each in data.get("orders") or ()}
                before, page = page, str(data.get("next_page_token") or "")
                more = page not in ("", before)
            if counts == {len(found)}:
                return list(found.values())
        raise CallError(f"orders of {start.isoformat()} changed in each of {READINGS} readings; pull again later")

    async def _keep(self, tokens: Tokens) -> None:
        """Keep how far it is and the tokens of now: the ones before may be void."""
        plain = json.dumps({"access": tokens.access, "refresh": tokens.refresh})
        about = _ABOUT + self._source
        sealed, key = self._sealer.seal_alone(self._run.marketplace, about, plain)
        await self._store.put_pull(PullRow(self._run.marketplace, self._source, self._until, sealed, key))

    def _opened(self, row: PullRow) -> Tokens:
        plain = self._sealer.open_alone(row.marketplace, _ABOUT + self._source, row.sealed, row.key)
        return Tokens(**json.loads(plain))
