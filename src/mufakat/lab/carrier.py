"""The carrier: when parcels are scanned, which are late, which are lost, and when the platform hears of it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from mufakat.core.order import Scan, ScanKind
from mufakat.lab.people import rolls


@dataclass(frozen=True, slots=True)
class Planned:
    """A scan that will happen, and when the marketplace learns of it."""

    scan: Scan
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Reliability:
    """How a carrier works: each a probability, and how late reports may come."""

    loses: float = 0.08
    is_slow: float = 0.15
    never_scans: float = 0.07
    reports_late: float = 0.15
    repeats: float = 0.1


def journey(parcel: str, start: datetime, chance: Random, how: Reliability) -> list[Planned]:
    """The scans of one parcel from its handover on, in the order in which they become known."""
    if rolls(chance, how.never_scans):
        return []
    tells = Random(f"{parcel} {start.isoformat()}")  # what it tells beside changes nothing about when it comes
    at = start + timedelta(minutes=chance.randint(30, 30 * 60))
    scans = [Scan(parcel, ScanKind.AWAITING_COLLECTION, at)] if rolls(chance, 0.6) else []
    for _ in range(chance.randint(1, 3)):
        slow = rolls(chance, how.is_slow)
        at += timedelta(minutes=chance.randint(3 * 60, (9 if slow else 2) * 24 * 60))
        scans.append(Scan(parcel, ScanKind.IN_TRANSIT, at))
    at += timedelta(minutes=chance.randint(60, 3 * 24 * 60))
    lost = rolls(chance, how.loses)
    if not (lost and rolls(chance, 0.4)):  # some lost parcels are simply never heard of again
        scans.append(Scan(parcel, ScanKind.LOST if lost else ScanKind.DELIVERED, at))
    told = _told(scans, tells)
    return sorted((planned for scan in told for planned in _heard(scan, chance, how)), key=lambda each: each.known_at)


def _told(scans: list[Scan], tells: Random) -> list[Scan]:
    """The scans with what a carrier tells beside: weights, places, address and signature of a delivery, or nothing."""
    if rolls(tells, 0.4):
        return scans
    grams, source = tells.randint(50, 30_000), tells.choice(("JNE", "J&T", "GHN"))
    number = f"{source.replace('&', '')}{tells.randrange(10**9):09d}" if rolls(tells, 0.5) else ""
    told = []
    for scan in scans:
        delivered = scan.kind is ScanKind.DELIVERED
        told.append(
            replace(
                scan,
                grams=grams + tells.randint(-5, 5) if rolls(tells, 0.5) else None,
                address_matched=tells.choice((None, True, True, False)) if delivered else None,
                signed=tells.choice((None, True, False)) if delivered else None,
                place=f"HUB-{tells.randint(1, 9)}" if rolls(tells, 0.5) else "",
                source=source,
                tracking=number,
            )
        )
    return told


def _heard(scan: Scan, chance: Random, how: Reliability) -> list[Planned]:
    """A report may come late, so that reports come out of order, and may come twice."""
    late = timedelta(hours=chance.randint(1, 40)) if rolls(chance, how.reports_late) else timedelta()
    first = Planned(scan, scan.at + late + timedelta(seconds=chance.randint(0, 600)))
    if rolls(chance, how.repeats):
        return [first, Planned(scan, first.known_at + timedelta(minutes=chance.randint(1, 3000)))]
    return [first]
