"""What files say of their making: EXIF of pictures, the tags of films and sounds, the properties of documents.

For agents only. All of it is hostile text: what does not read as what it should be is left out, never refused.
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from PIL import Image
from PIL.ExifTags import GPS, IFD
from PIL.ExifTags import Base as Tag

from mufakat.evidence.inspection.limits import PHRASE
from mufakat.evidence.inspection.report import Private

OLDEST: Final = 1990
"""Years before it are clocks that were never set."""
NEWEST: Final = 2200

_OFFSET: Final = re.compile(r"([+-])(\d\d):?(\d\d)")
_PLACE: Final = re.compile(r"([+-]\d{1,2}(?:\.\d+)?)([+-]\d{1,3}(?:\.\d+)?)")
_PDF_DATE: Final = re.compile(r"D:(\d{14})(Z|[+-]\d\d'?\d\d)?")

T = TypeVar("T")


def of_picture(picture: Image.Image) -> Private:
    """Its EXIF: time, place, camera and program."""
    exif = _or(picture.getexif, None)
    if exif is None:
        return Private()
    more: Mapping[int, Any] = _or(lambda: exif.get_ifd(IFD.Exif), {})
    gps: Mapping[int, Any] = _or(lambda: exif.get_ifd(IFD.GPSInfo), {})
    local, offset = _taken(more.get(Tag.DateTimeOriginal), more.get(Tag.OffsetTimeOriginal))
    if local is None:
        local, offset = _taken(exif.get(Tag.DateTime), more.get(Tag.OffsetTime))
    return Private(
        taken_at=_aware(local, offset) or _or(lambda: _satellite_time(gps), None),
        taken_local=local,
        latitude=_or(lambda: _degrees(gps[GPS.GPSLatitude], gps[GPS.GPSLatitudeRef], "NS", 90), None),
        longitude=_or(lambda: _degrees(gps[GPS.GPSLongitude], gps[GPS.GPSLongitudeRef], "EW", 180), None),
        make=_phrase(exif.get(Tag.Make)),
        model=_phrase(exif.get(Tag.Model)),
        software=_phrase(exif.get(Tag.Software)),
    )


def of_film(*tags: Mapping[str, str]) -> Private:
    """The tags of a film or sound and of its tracks; the first that says something counts."""
    said: dict[str, str] = {}
    for each in tags:
        for name, value in each.items():
            said.setdefault(name.lower().removeprefix("com.apple.quicktime."), value)
    moment = _or(lambda: _moment(said.get("creationdate") or said["creation_time"]), None)
    place = _PLACE.match(said.get("location.iso6709") or said.get("location", ""))
    latitude, longitude = (float(each) for each in place.groups()) if place else (None, None)
    here = latitude is not None and longitude is not None and abs(latitude) <= 90 and abs(longitude) <= 180  # noqa: PLR2004
    return Private(
        taken_at=moment,
        latitude=latitude if here else None,
        longitude=longitude if here else None,
        make=_phrase(said.get("make") or said.get("com.android.manufacturer")),
        model=_phrase(said.get("model") or said.get("com.android.model")),
        software=_phrase(said.get("software") or said.get("encoder")),
    )


def of_document(properties: Mapping[str, str]) -> Private:
    """When a PDF was made, and by which program."""
    found = _PDF_DATE.match(properties.get("CreationDate", ""))
    local = _or(lambda: _sane(datetime.strptime(found[1], "%Y%m%d%H%M%S")), None) if found else None  # noqa: DTZ007
    offset = (found[2] or "").replace("'", "") if found else ""
    return Private(
        taken_at=_aware(local, "+0000" if offset == "Z" else offset),
        taken_local=local,
        software=_phrase(properties.get("Producer") or properties.get("Creator")),
    )


def _or(read: Callable[[], T], otherwise: T) -> T:
    """What can be read, or the other where it is not what it should be; hostile tags raise anything."""
    try:
        return read()
    except Exception:  # noqa: BLE001 - a tag that does not read is a tag that is not there
        return otherwise


def _phrase(value: object) -> str:
    """A short printable text, or nothing."""
    text = value.decode("utf-8", "ignore") if isinstance(value, bytes) else value
    return "".join(filter(str.isprintable, text)).strip()[:PHRASE].strip() if isinstance(text, str) else ""


def _taken(value: object, offset: object) -> tuple[datetime | None, str]:
    """EXIF's time on the camera's clock, and its offset if it knows one."""
    text = _phrase(value)[:19]
    local = _or(lambda: _sane(datetime.strptime(text, "%Y:%m:%d %H:%M:%S")), None)  # noqa: DTZ007
    return local, _phrase(offset) if local else ""


def _aware(local: datetime | None, offset: str) -> datetime | None:
    found = _OFFSET.fullmatch(offset)
    if local is None or found is None:
        return None
    ahead = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return (local - ahead if found[1] == "+" else local + ahead).replace(tzinfo=UTC)


def _sane(moment: datetime) -> datetime | None:
    return moment if OLDEST <= moment.year <= NEWEST else None


def _moment(text: str) -> datetime | None:
    """ISO 8601 with a zone."""
    moment = datetime.fromisoformat(text)
    return _sane(moment.astimezone(UTC)) if moment.tzinfo else None


def _satellite_time(gps: Mapping[int, Any]) -> datetime | None:
    """The time of the satellites, which is UTC."""
    day = datetime.strptime(_phrase(gps[GPS.GPSDateStamp]), "%Y:%m:%d").replace(tzinfo=UTC)
    hours, minutes, seconds = (float(each) for each in gps[GPS.GPSTimeStamp])
    return _sane(day + timedelta(hours=hours, minutes=minutes, seconds=int(seconds)))


def _degrees(parts: Any, side: Any, sides: str, most: int) -> float | None:
    """Degrees, minutes and seconds with a letter as one signed number."""
    degrees, minutes, seconds = (float(each) for each in parts)
    value = round(degrees + minutes / 60 + seconds / 3600, 6)
    if not math.isfinite(value) or not 0 <= value <= most or _phrase(side) not in sides:
        return None
    return value if _phrase(side) == sides[0] else -value
