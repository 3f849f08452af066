"""Parcels of orders and what carriers reported, as they travel."""

from datetime import datetime

import msgspec


class HeardOut(msgspec.Struct, frozen=True, kw_only=True):
    """What was taken of a carrier's webhook: so many scans, so many of them new; and what could not be read."""

    scans: int
    new: int
    not_read: list[str]


class ParcelOut(msgspec.Struct, frozen=True, kw_only=True):
    """The number that a carrier gave an order's own parcel."""

    order_id: str
    tracking: str
    put_at: datetime


class ParcelsOut(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of an order's own parcels. Those of returns stand in their cases."""

    parcels: list[ParcelOut]


class CarrierScanOut(msgspec.Struct, frozen=True, kw_only=True):
    """A scan that no order was told of: WAITING until somebody names its number, or GIVEN_UP; `why` is a sentence."""

    carrier: str
    tracking: str
    kind: str
    at: datetime
    heard_at: datetime
    state: str
    attempts: int
    why: str


class CarrierScansOut(msgspec.Struct, frozen=True, kw_only=True):
    """Such scans, the last heard first, at most 200."""

    scans: list[CarrierScanOut]
