"""Scans as carriers reported them, and the numbers of orders' own parcels, on PostgreSQL."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from mufakat.core.order import ScanKind
from mufakat.store.database import Database

SEPARATOR: Final = "\x1f"
"""Between the ids of the orders that were told."""
SWEPT_AT_ONCE: Final = 1000


class ScanState(StrEnum):
    """How far a scan has come. Public: never rename one."""

    WAITING = "WAITING"
    TOLD = "TOLD"
    GIVEN_UP = "GIVEN_UP"


@dataclass(frozen=True, slots=True)
class HeardScan:
    """A scan that a carrier reported. `number`: the keyed hash of `tracking`; `heard_at` by the machine's clock."""

    marketplace: str
    number: bytes
    carrier: str
    kind: ScanKind
    at: datetime
    tracking: str
    grams: int | None
    place: str
    heard_at: datetime


@dataclass(frozen=True, slots=True)
class ScanStanding:
    """A scan and what became of it: told to `told`, or why not."""

    scan: HeardScan
    state: ScanState
    attempts: int
    told: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class ParcelRow:
    """A number that the marketplace gave an order's own parcel."""

    order_id: str
    tracking: str
    put_at: datetime


_SCAN: Final = "marketplace, number, carrier, kind, at, tracking, grams, place, heard_at"
_KEY: Final = "marketplace = $1 AND number = $2 AND carrier = $3 AND kind = $4 AND at = $5"
# Whoever put it last is whose attempt counts: another process that took it after the lease has a higher count.
_MINE: Final = f"{_KEY} AND state = 'WAITING' AND attempts = $6"
_HEAR: Final = f"""
INSERT INTO carrier_scans ({_SCAN}, next_try)
SELECT $1, number, $2, kind, at, tracking, grams, place, $3, $3
FROM unnest($4::bytea[], $5::text[], $6::timestamptz[], $7::text[], $8::integer[], $9::text[])
    AS scan (number, kind, at, tracking, grams, place)
ON CONFLICT DO NOTHING RETURNING 1
"""
_CLAIM: Final = f"""
UPDATE carrier_scans s SET next_try = $2, attempts = s.attempts + 1 FROM (
    SELECT marketplace, number, carrier, kind, at FROM carrier_scans WHERE state = 'WAITING' AND next_try <= $1
    ORDER BY next_try LIMIT $3 FOR UPDATE SKIP LOCKED) due
WHERE (s.marketplace, s.number, s.carrier, s.kind, s.at) = (due.marketplace, due.number, due.carrier, due.kind, due.at)
RETURNING {", ".join(f"s.{each}" for each in _SCAN.split(", "))}, s.state, s.attempts, s.told, s.why
"""
_PUT_PARCEL: Final = """
WITH there AS (
    SELECT 1 FROM orders WHERE marketplace = $1 AND order_id = $2
), put AS (
    INSERT INTO parcels (marketplace, order_id, number, tracking, put_at)
    SELECT $1, $2, $3, $4, $5 WHERE EXISTS (SELECT FROM there) ON CONFLICT DO NOTHING
), woken AS (
    UPDATE carrier_scans SET next_try = heard_at WHERE marketplace = $1 AND number = $3 AND state = 'WAITING'
)
SELECT 1 FROM there
"""


class PostgresCarriers(Database):
    """What carriers reported, and parcels."""

    async def hear_scans(self, scans: Sequence[HeardScan]) -> int:
        """Keep scans of one carrier and marketplace, heard at one moment, each once; how many were new."""
        if not scans:
            return 0
        columns = [[getattr(each, name) for each in scans] for name in ("number", "kind", "at", "tracking")]
        more = [[each.grams for each in scans], [each.place for each in scans]]
        first = scans[0]
        rows = await self.fetch(_HEAR, first.marketplace, first.carrier, first.heard_at, *columns, *more)
        return len(rows)

    async def claim_scans(self, now: datetime, lease: timedelta, limit: int) -> list[ScanStanding]:
        """Take scans that are to be tried now, oldest by their own moment first; nobody else gets them in the lease."""
        rows = [_standing(row) for row in await self.fetch(_CLAIM, now, now + lease, limit)]
        return sorted(rows, key=lambda each: (each.scan.marketplace, each.scan.tracking, each.scan.at))

    async def scan_told(self, had: ScanStanding, orders: Iterable[str]) -> None:
        """It stands in these orders. Does nothing where the lease was lost."""
        await self.fetch(
            f"UPDATE carrier_scans SET state = 'TOLD', told = $7, why = '' WHERE {_MINE}",
            *_mine(had),
            SEPARATOR.join(orders),
        )

    async def scan_again(self, had: ScanStanding, at: datetime, why: str) -> None:
        """Try again then. Does nothing where the lease was lost."""
        await self.fetch(f"UPDATE carrier_scans SET next_try = $7, why = $8 WHERE {_MINE}", *_mine(had), at, why)

    async def give_scan_up(self, had: ScanStanding, why: str) -> None:
        """Never try again by itself. Does nothing where the lease was lost."""
        await self.fetch(f"UPDATE carrier_scans SET state = 'GIVEN_UP', why = $7 WHERE {_MINE}", *_mine(had), why)

    async def sweep_scans(self, before: datetime) -> int:
        """Remove some scans that were heard before a moment (the machine's clock); how many."""
        rows = await self.fetch(
            "DELETE FROM carrier_scans WHERE (marketplace, number, carrier, kind, at) IN (SELECT marketplace, number, "
            f"carrier, kind, at FROM carrier_scans WHERE heard_at < $1 ORDER BY heard_at LIMIT {SWEPT_AT_ONCE}) "
            "RETURNING 1",
            before,
        )
        return len(rows)

    async def scans_left(self, marketplace: str, most: int) -> list[ScanStanding]:
        """Scans that no order was told of yet or at all, the last heard first."""
        rows = await self.fetch(
            f"SELECT {_SCAN}, state, attempts, told, why FROM carrier_scans WHERE marketplace = $1 "
            "AND state <> 'TOLD' ORDER BY heard_at DESC, tracking, at DESC LIMIT $2",
            *(marketplace, most),
        )
        return [_standing(row) for row in rows]

    async def put_parcel(self, marketplace: str, order_id: str, number: bytes, tracking: str, now: datetime) -> bool:
        """Note the number of an order's own parcel; scans of it that wait are tried at once. False: no such order."""
        return bool(await self.fetch(_PUT_PARCEL, marketplace, order_id, number, tracking, now))

    async def parcels_of(self, marketplace: str, order_id: str) -> list[ParcelRow]:
        """The numbers of an order's own parcels, in the order of their coming."""
        rows = await self.fetch(
            "SELECT order_id, tracking, put_at FROM parcels WHERE marketplace = $1 AND order_id = $2 "
            "ORDER BY put_at, tracking",
            *(marketplace, order_id),
        )
        return [ParcelRow(*row.values()) for row in rows]

    async def orders_of_parcel(self, marketplace: str, number: bytes, most: int) -> list[str]:
        """The orders whose own parcel has that number, at most so many."""
        rows = await self.fetch(
            "SELECT order_id FROM parcels WHERE marketplace = $1 AND number = $2 ORDER BY put_at DESC LIMIT $3",
            *(marketplace, number, most),
        )
        return [row["order_id"] for row in rows]


def _mine(had: ScanStanding) -> tuple[Any, ...]:
    scan = had.scan
    return (scan.marketplace, scan.number, scan.carrier, scan.kind.value, scan.at, had.attempts)


def _standing(row: Any) -> ScanStanding:
    told = row["told"].split(SEPARATOR) if row["told"] else ()
    scan = HeardScan(**{each: row[each] for each in _SCAN.split(", ") if each != "kind"}, kind=ScanKind(row["kind"]))
    return ScanStanding(scan, ScanState(row["state"]), row["attempts"], tuple(told), row["why"])
