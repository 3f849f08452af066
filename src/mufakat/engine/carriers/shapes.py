"""The shape of a carrier's webhooks, as data: how one is signed, where in it the scans are, what its statuses mean.

A path names a value of the message by the names that lead to it, with dots between (`msg.tracking_number`); where
`each` names a list, a path that begins with a dot is of its entries (`.tag`). A shape of one's own is a file like those
beside this one. What cannot be read of a message is passed over and told; the rest is taken.
"""

import base64
import binascii
import hmac
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from mufakat import standard_webhooks
from mufakat.core.order import PLACE_CODE, TRACKING_NUMBER, ScanKind
from mufakat.standard_webhooks import NotSignedError

OWN: Final = ("mufakat", "aftership")
"""The shapes that come with the program."""
MOST_SCANS: Final = 500
"""Scans of one message."""
AHEAD: Final = timedelta(minutes=10)
"""By how much a carrier's clock may be ahead of ours."""
LAST_SECOND: Final = 10**11
"""A number of seconds since 1970 is below this (the year 5138); one above counts milliseconds."""


class ShapeError(ValueError):
    """A shape that cannot be used; the text is a sentence for people."""


class NotReadError(ValueError):
    """A message that is signed and of which nothing can be read; the text is a sentence for people."""


class Signing(StrEnum):
    """What is signed: as Standard Webhooks has it, or the body alone under HMAC-SHA256."""

    STANDARD = "standard-webhooks"
    BODY = "body"


class Encoding(StrEnum):
    """How the signature of a body is written."""

    HEX = "hex"
    BASE64 = "base64"


class _Signature(msgspec.Struct, forbid_unknown_fields=True):
    kind: Signing
    header: str = ""
    encoding: Encoding = Encoding.HEX


class _Reads(msgspec.Struct, forbid_unknown_fields=True):
    tracking: str
    status: str
    at: str
    each: str = ""
    only: dict[str, str] = {}
    grams: str = ""
    place: str = ""
    zone: str = "UTC"


class _Shape(msgspec.Struct, forbid_unknown_fields=True):
    signature: _Signature
    reads: _Reads
    statuses: dict[str, str]


@dataclass(frozen=True, slots=True)
class Reported:
    """One scan as a carrier reported it. `tracking` as it was written, `at` in UTC, `place` a short code or empty."""

    tracking: str
    kind: ScanKind
    at: datetime
    grams: int | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """What a message told: scans, and a sentence for each entry that could not be read."""

    scans: tuple[Reported, ...] = ()
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """How a carrier's webhooks are checked and read. `statuses`: None for one of which nothing follows."""

    signature: _Signature
    reads: _Reads
    statuses: Mapping[str, ScanKind | None]
    zone: tzinfo

    def check(self, secret: bytes, headers: Mapping[str, str], body: bytes) -> None:
        """Nothing for a message that whoever has the secret sent; headers by lower-case name. Raises NotSignedError."""
        if self.signature.kind is Signing.STANDARD:
            message_id, at = headers.get(standard_webhooks.ID, ""), headers.get(standard_webhooks.TIMESTAMP, "")
            signatures = headers.get(standard_webhooks.SIGNATURE, "")
            standard_webhooks.check_webhook(secret, message_id, at, signatures, body)
            return
        given_mac = _decoded(headers.get(self.signature.header, ""), self.signature.encoding)
        if not hmac.compare_digest(given_mac, hmac.digest(secret, body, "sha256")):
            raise NotSignedError(f"the signature in the header {self.signature.header} is missing or not right")

    def read(self, body: bytes, now: datetime) -> Message:
        """The scans of a message; what it is about otherwise is nothing. Raises NotReadError."""
        try:
            told = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise NotReadError("the body is no JSON") from error
        if any(str(_value(told, path)) != wanted for path, wanted in self.reads.only.items()):
            return Message()
        entries = _value(told, self.reads.each) if self.reads.each else [told]
        if not isinstance(entries, list):
            raise NotReadError(f"{self.reads.each} is no list")
        if len(entries) > MOST_SCANS:
            raise NotReadError(f"{len(entries)} scans came at once; at most {MOST_SCANS} are taken")
        scans, faults = [], []
        for number, entry in enumerate(entries, 1):
            try:
                scan = self._scan(told, entry, now)
            except NotReadError as error:
                faults.append(f"entry {number}: {error}")
                continue
            if scan is not None:
                scans.append(scan)
        return Message(tuple(dict.fromkeys(scans)), tuple(faults))

    def _scan(self, told: Any, entry: Any, now: datetime) -> Reported | None:
        """One scan; None where nothing follows of its status. Raises NotReadError."""

        def named(path: str) -> Any:
            return _value(entry, path[1:]) if path.startswith(".") else _value(told, path)

        status = named(self.reads.status)
        if not isinstance(status, str) or status not in self.statuses:
            raise NotReadError(f"the shape says nothing of the status {_quoted(status)}")
        kind = self.statuses[status]
        if kind is None:
            return None
        tracking = named(self.reads.tracking)
        if not isinstance(tracking, str) or not TRACKING_NUMBER.fullmatch(tracking.strip()):
            raise NotReadError(f"{_quoted(tracking)} is no tracking number")
        at = _moment(named(self.reads.at), self.zone)
        if at > now + AHEAD:
            raise NotReadError(f"{at.isoformat()} is still to come")
        return Reported(tracking.strip(), kind, at, _grams(named(self.reads.grams)), _place(named(self.reads.place)))


def shape_of(name: str) -> Shape:
    """The shape of that name that comes with the program, else of the file of that name. Raises ShapeError."""
    try:
        text = (files(__package__) / f"{name}.toml").read_text() if name in OWN else Path(name).expanduser().read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise ShapeError(f"there is no shape {name}: the program has {' and '.join(OWN)}, and no such file") from error
    try:
        written = msgspec.convert(tomllib.loads(text), type=_Shape)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ShapeError(f"the shape {name} cannot be read: {error}") from error
    try:
        return _checked(written)
    except ShapeError as error:
        raise ShapeError(f"the shape {name} cannot be used: {error}") from error


def _checked(written: _Shape) -> Shape:
    if written.signature.kind is Signing.BODY and not written.signature.header:
        raise ShapeError("a signature of the body needs the `header` that it stands in")
    relative = [path for path in _paths(written.reads) if path.startswith(".")]
    if relative and not written.reads.each:
        raise ShapeError(f"{relative[0]} is of an entry, and `each` names no list")
    statuses: dict[str, ScanKind | None] = {}
    for status, means in written.statuses.items():
        if means and means not in ScanKind.__members__:
            raise ShapeError(f"{status} cannot mean {means}: {', '.join(ScanKind)}, or nothing")
        statuses[status] = ScanKind(means) if means else None
    try:
        zone = ZoneInfo(written.reads.zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ShapeError(f"there is no zone {written.reads.zone}") from error
    signature = msgspec.structs.replace(written.signature, header=written.signature.header.lower())
    return Shape(signature, written.reads, statuses, zone)


def _paths(reads: _Reads) -> Iterator[str]:
    yield from (reads.tracking, reads.status, reads.at, reads.grams, reads.place)


def _value(told: Any, path: str) -> Any:
    """What stands at a path; None where nothing does."""
    for name in path.split(".") if path else ():
        told = told.get(name) if isinstance(told, dict) else None
    return told if path else None


def _moment(value: Any, zone: tzinfo) -> datetime:
    """An instant written as ISO 8601 or as seconds or milliseconds since 1970. Raises NotReadError."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value if value < LAST_SECOND else value / 1000, UTC)
        if isinstance(value, str):
            at = datetime.fromisoformat(value)
            return (at if at.tzinfo is not None else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise NotReadError(f"{_quoted(value)} is no moment") from error
    raise NotReadError(f"{_quoted(value)} is no moment")


def _grams(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _place(value: Any) -> str:
    """A short code; whatever else stands there may be an address, and is left out."""
    return value if isinstance(value, str) and PLACE_CODE.fullmatch(value) else ""


def _quoted(value: Any) -> str:
    """A value in a sentence, cut short: it came from outside."""
    return repr(value)[:60]


def _decoded(text: str, encoding: Encoding) -> bytes:
    """The bytes of a signature; none where it is not written as it should be."""
    try:
        return bytes.fromhex(text) if encoding is Encoding.HEX else base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return b""
