"""Scans that carriers report are kept as they come and told as facts of the orders that their parcels belong to.

Whose parcel it is says the marketplace (`put_parcel`) or the party that named the number in a case. A scan of which
nobody knows yet waits: the number may be named later. Nothing happens twice, however often a carrier repeats itself.
"""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import SystemRandom
from typing import Final, Protocol

from mufakat.core import events as e
from mufakat.core.order import OUTBOUND, Scan
from mufakat.core.parties import Role
from mufakat.core.refusal_texts import sentence
from mufakat.core.refusals import Code, Refusal
from mufakat.core.words import Language
from mufakat.engine.carriers.shapes import Message, Reported
from mufakat.engine.handle import Engine
from mufakat.engine.ports import Store
from mufakat.engine.signals.noting import tracking_hash
from mufakat.store.carriers import HeardScan, ScanStanding
from mufakat.store.database import StoreLost
from mufakat.store.records import Ask, Marketplace
from mufakat.store.seal import Sealer
from mufakat.store.signals import SaidThere

KEPT: Final = timedelta(days=30)
"""How long a scan waits for somebody who names its number."""
REMEMBERED: Final = timedelta(days=45)
"""How long a scan is remembered after it was heard: what a carrier repeats until then is known."""
LEASE: Final = timedelta(seconds=60)
FIRST_PAUSE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(hours=6)
SWEEP_PAUSE: Final = timedelta(hours=1)
"""Between two sweeps of one process."""
BATCH: Final = 200
MOST_PLACES: Final = 50
"""Cases and orders of one number that are told."""
_MOST_DOUBLED: Final = 12

log: Final = logging.getLogger(__name__)

UNKNOWN: Final = "no order and no case has this number"


class CarrierStore(Store, Protocol):
    """A store that also keeps what carriers report: PostgreSQL (`store/carriers.py` says what each does)."""

    async def hear_scans(self, scans: Sequence[HeardScan]) -> int:
        """Keep scans of one carrier and marketplace, heard at one moment, each once; how many were new."""

    async def claim_scans(self, now: datetime, lease: timedelta, limit: int) -> list[ScanStanding]:
        """Take scans that are to be tried now; nobody else gets them until the lease ends."""

    async def scan_told(self, had: ScanStanding, orders: Iterable[str]) -> None:
        """It stands in these orders."""

    async def scan_again(self, had: ScanStanding, at: datetime, why: str) -> None:
        """Try again then."""

    async def give_scan_up(self, had: ScanStanding, why: str) -> None:
        """Never try again by itself."""

    async def sweep_scans(self, before: datetime) -> int:
        """Remove some scans that were heard before a moment; how many."""

    async def put_parcel(self, marketplace: str, order_id: str, number: bytes, tracking: str, now: datetime) -> bool:
        """Note the number of an order's own parcel; False where there is no such order."""

    async def orders_of_parcel(self, marketplace: str, number: bytes, most: int) -> list[str]:
        """The orders whose own parcel has that number, at most so many."""

    async def tracking_places(self, marketplace: str, tracking: bytes, most: int) -> list[SaidThere]:
        """Where a tracking number was named in cases, at most so many."""


@dataclass(frozen=True, slots=True)
class _Parcel:
    """A parcel of an order: OUTBOUND, or the number of a return or of goods sent out."""

    order_id: str
    name: str


class Scans:
    """Keeps what carriers report, and tells the orders; `drain` may be called as often as one likes."""

    def __init__(self, engine: Engine, store: CarrierStore, sealer: Sealer) -> None:
        self._engine, self._store, self._sealer = engine, store, sealer
        self._chance = SystemRandom()
        self._swept: datetime | None = None

    async def hear(self, carrier: str, marketplace: str, message: Message) -> int:
        """Keep what a message of a carrier told; how many of its scans are new. Raises StoreLost."""
        now = self._engine.clock.now()
        return await self._store.hear_scans([self._heard(carrier, marketplace, each, now) for each in message.scans])

    def _heard(self, carrier: str, marketplace: str, scan: Reported, now: datetime) -> HeardScan:
        number = self._number(marketplace, scan.tracking)
        told = (scan.kind, scan.at, scan.tracking, scan.grams, scan.place)
        return HeardScan(marketplace, number, carrier, *told, now)

    async def put_parcel(self, marketplace: str, order_id: str, tracking: str) -> bool:
        """Note the number of an order's own parcel; False where there is no such order. Raises StoreLost."""
        number = self._number(marketplace, tracking)
        return await self._store.put_parcel(marketplace, order_id, number, tracking, self._engine.clock.now())

    async def drain(self, stop: asyncio.Event | None = None) -> int:
        """Tell what can be told now, until `stop`; how many scans were looked at. Raises StoreLost."""
        total, places = 0, {each.marketplace: each for each in await self._store.marketplaces()}
        while not (stop and stop.is_set()):
            now = self._engine.clock.now()
            taken = await self._store.claim_scans(now, LEASE, BATCH)
            for had in taken:
                await self._tell(had, places.get(had.scan.marketplace))
            total += len(taken)
            if len(taken) < BATCH:
                break
        await self._sweep()
        return total

    async def _tell(self, had: ScanStanding, place: Marketplace | None) -> None:
        try:
            parcels = await self._parcels(had.scan, place) if place is not None else []
            answers = [(each.order_id, await self._record(had.scan, each, place)) for each in parcels]
        except StoreLost:
            raise
        except Exception as error:  # one bad row must not stop the loop; it is tried again and logged
            log.exception("scan %s of %s cannot be told", had.scan.tracking, had.scan.marketplace)
            await self._again(had, type(error).__name__)
            return
        refused = [each for _, each in answers if isinstance(each, Refusal)]
        told = [order_id for order_id, each in answers if not isinstance(each, Refusal)]
        if any(each.code is Code.TOO_BUSY for each in refused):
            await self._again(had, sentence(refused[0], Role.SYSTEM, Language.EN))
        elif told:
            await self._store.scan_told(had, told)
        elif refused:
            await self._store.give_scan_up(had, sentence(refused[0], Role.SYSTEM, Language.EN))
        else:
            await self._again(had, UNKNOWN)

    async def _record(self, scan: HeardScan, parcel: _Parcel, place: Marketplace | None) -> int | Refusal:
        assert place is not None, "a parcel was found in it"
        own = scan.tracking if parcel.name == OUTBOUND else ""
        at = scan.at + place.offset
        fact = Scan(parcel.name, scan.kind, at, scan.grams, place=scan.place, source=scan.carrier, tracking=own)
        return await self._engine.record_fact(place.marketplace, parcel.order_id, fact)

    async def _parcels(self, scan: HeardScan, place: Marketplace) -> list[_Parcel]:
        """Whose parcel it is. What was scanned before there was an order or a case of it is another one's: numbers are
        used again after some time, and a party may name any.
        """
        found, at = [], scan.at + place.offset
        for order_id in await self._store.orders_of_parcel(place.marketplace, scan.number, MOST_PLACES):
            loaded = await self._store.load(Ask(place.marketplace, order_id, None))
            if loaded is not None and loaded.order.order.purchased_at <= at:
                found.append(_Parcel(order_id, OUTBOUND))
        for said in await self._store.tracking_places(place.marketplace, scan.number, MOST_PLACES):
            found += [_Parcel(said.order_id, name) for name in await self._named(place.marketplace, said, at)]
        return list(dict.fromkeys(found))

    async def _named(self, marketplace: str, said: SaidThere, at: datetime) -> list[str]:
        """How a parcel is called in the case in which its number was named; nothing where it is not the one scanned."""
        if not said.number or said.exhibit:  # shown as material, or told by a scan
            return []
        history = [each.recorded for each in await self._store.history(marketplace, said.order_id, said.case_id)]
        if not history or history[0].at > at:
            return []
        shipped = [each.event for each in history if each.number == said.number]
        return [each.tracking for each in shipped if isinstance(each, e.ReturnShipped | e.GoodsShipped)]

    async def _again(self, had: ScanStanding, why: str) -> None:
        now = self._engine.clock.now()
        if now - had.scan.heard_at > KEPT:
            await self._store.give_scan_up(had, why)
            return
        doubled = min(had.attempts - 1, _MOST_DOUBLED)
        pause = min(FIRST_PAUSE * 2**doubled, LONGEST_PAUSE) * (0.5 + self._chance.random())
        await self._store.scan_again(had, now + pause, why)

    async def _sweep(self) -> None:
        now = self._engine.clock.now()
        if self._swept is not None and self._swept <= now < self._swept + SWEEP_PAUSE:
            return
        self._swept = now
        while await self._store.sweep_scans(now - REMEMBERED):
            pass

    def _number(self, marketplace: str, tracking: str) -> bytes:
        return tracking_hash(tracking, self._sealer.print_key(marketplace))
