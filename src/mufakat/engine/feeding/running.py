"""A run through orders, read or pulled: batch after batch is put in, and the next is read while one is on its way."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Protocol

from mufakat.core.order import Order
from mufakat.engine.feeding.putting import BATCH, Counts, Feeding
from mufakat.engine.feeding.records import BadRow, Given
from mufakat.engine.payouts import tell_of_sales
from mufakat.engine.ports import Providers

SALES_AT_ONCE: Final = 20_000
"""Orders of which the built-in payment provider is told together."""
READ_AT_ONCE: Final = 100
"""Orders that are read before the batch on its way may go on."""


PARCELS_AT_ONCE: Final = 8


class Parcels(Protocol):
    """Who is told the numbers of parcels, so that what carriers report finds its order (`engine/carriers`)."""

    async def put_parcel(self, marketplace: str, order_id: str, tracking: str) -> bool:
        """Note the number of an order's own parcel; False where there is no such order."""


@dataclass(slots=True)
class Run:
    """One run. bad: is given what could not be used; progress: is called after every batch with what came so far.

    parcels: is told the numbers of parcels that orders name.

    A run that is cut short is made whole by running it again: what is there already changes nothing.
    """

    feeding: Feeding
    providers: Providers
    marketplace: str
    bad: Callable[[Sequence[BadRow]], None]
    progress: Callable[[Counts], None] = lambda _: None
    parcels: Parcels | None = None
    dry_run: bool = False
    batch: int = BATCH
    counts: Counts = field(default_factory=Counts)
    _sales: list[Order] = field(default_factory=list)

    async def go(self, orders: Iterable[Given | BadRow]) -> Counts:
        """Put all in; what came of them. Raises StoreLost, and whatever reading raises."""
        batch: dict[str, Given] = {}
        under_way: asyncio.Task[None] | None = None
        try:
            for n, each in enumerate(orders):
                if n % READ_AT_ONCE == 0:
                    await asyncio.sleep(0)
                if isinstance(each, BadRow):
                    self.bad([each])
                    continue
                if len(batch) >= self.batch or each.order.order_id in batch:
                    if under_way is not None:
                        await under_way
                    under_way = asyncio.create_task(self._put(list(batch.values())))
                    batch = {}
                batch[each.order.order_id] = each
            if under_way is not None:
                await under_way
            await self._put(list(batch.values()))
            await self._tell_of_sales()
        finally:
            if under_way is not None and not under_way.done():
                under_way.cancel()
                with suppress(asyncio.CancelledError):
                    await under_way
        return self.counts

    async def _put(self, batch: list[Given]) -> None:
        done = await self.feeding.put(self.marketplace, batch, dry_run=self.dry_run)
        self.counts.add(done.counts)
        self.bad(done.bad)
        self.progress(self.counts)
        if not self.dry_run:
            await self._tell_of_parcels(batch)
            self._sales += done.standing
            if len(self._sales) >= SALES_AT_ONCE:
                await self._tell_of_sales()

    async def _tell_of_parcels(self, batch: Sequence[Given]) -> None:
        """Tell of every parcel that is named; of an order that was refused there is none to tell of."""
        if self.parcels is None:
            return
        named = [(each.order.order_id, number) for each in batch for number in each.tracking_numbers()]
        for n in range(0, len(named), PARCELS_AT_ONCE):
            told = named[n : n + PARCELS_AT_ONCE]
            await asyncio.gather(*(self.parcels.put_parcel(self.marketplace, *each) for each in told))

    async def _tell_of_sales(self) -> None:
        told, self._sales = self._sales, []
        await tell_of_sales(self.providers, self.marketplace, told)
