"""The canned carrier: parcels whose tracking number begins with SANDBOX are scanned by themselves in a sandbox.

Two days after it was shipped a parcel is scanned as delivered, a day after it as in transit. One that begins with
SANDBOX-LOST is scanned once and never again, so that the rulebook's clock for silent parcels takes it as lost.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from mufakat.core import events as e
from mufakat.core.case import Case, Matter
from mufakat.core.order import OrderState, Scan, ScanKind
from mufakat.store.codec import Stored

PARCEL: Final = "SANDBOX"
LOST_PARCEL: Final = "SANDBOX-LOST"
IN_TRANSIT_AFTER: Final = timedelta(days=1)
DELIVERED_AFTER: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Due:
    """A scan that will be reported, at its own moment (the sandbox's time)."""

    at: datetime
    scan: Scan


def parcels(case: Case) -> list[str]:
    """The canned carrier's parcels of a case that an open matter waits for."""
    found = [number for matter in case.matters if matter.is_open for number in _numbers(matter)]
    return [number for number in found if number.startswith(PARCEL)]


def _numbers(matter: Matter) -> tuple[str, ...]:
    remedy = matter.remedy
    return () if remedy is None else (remedy.tracking, remedy.out_tracking)


def scans(case: Case, order: OrderState, history: list[Stored]) -> list[Due]:
    """What the carrier will still report about a case's parcels."""
    found = []
    for parcel in parcels(case):
        shipped = _shipped_at(parcel, history)
        known = {scan.kind for scan in order.scans(parcel)}
        plan = {ScanKind.IN_TRANSIT: IN_TRANSIT_AFTER, ScanKind.DELIVERED: DELIVERED_AFTER}
        if parcel.startswith(LOST_PARCEL):
            del plan[ScanKind.DELIVERED]
        if shipped is not None and ScanKind.DELIVERED not in known:
            found += [
                Due(shipped + after, Scan(parcel, kind, shipped + after))
                for kind, after in plan.items()
                if kind not in known
            ]
    return found


def _shipped_at(parcel: str, history: list[Stored]) -> datetime | None:
    """When the parcel was handed over, as the log has it."""
    for each in history:
        event = each.recorded.event
        if isinstance(event, e.ReturnShipped | e.GoodsShipped) and event.tracking == parcel:
            return each.recorded.at
    return None
