"""What the workshop says of a file. It comes from a process that may have been taken over, so every value is bounded.

`Report` decodes only within these bounds; that it also fits what was made is checked by the inspector.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final

from msgspec import Meta, Struct

from mufakat.evidence.credentials import Credentials
from mufakat.evidence.inspection.limits import MADE_BYTES, PAGES, PHRASE, PIECES, SIDE

_MOST_MILLISECONDS: Final = 24 * 3600 * 1000

Size = Annotated[int, Meta(ge=0, le=MADE_BYTES)]
Side = Annotated[int, Meta(ge=0, le=SIDE)]
Milliseconds = Annotated[int, Meta(ge=0, le=_MOST_MILLISECONDS)]
Phrase = Annotated[str, Meta(max_length=PHRASE, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]


class Kind(StrEnum):
    """What a file is."""

    PICTURE = "PICTURE"
    FILM = "FILM"
    SOUND = "SOUND"
    DOCUMENT = "DOCUMENT"
    TEXT = "TEXT"


class Made(StrEnum):
    """What a thing that was made of a file is for."""

    COPY = "COPY"
    """The whole, without metadata: what others see, hear or play."""
    THUMBNAIL = "THUMBNAIL"
    """The small picture of it in lists."""
    KEY_FRAME = "KEY_FRAME"
    """A still of a film."""
    PAGE = "PAGE"
    """A page of a document as a picture."""


class Private(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a file says of its making, for agents only. Anybody can write it, so it proves nothing by itself."""

    taken_at: Annotated[datetime, Meta(tz=True)] | None = None
    """When it was taken, made or last saved, where the zone is known."""
    taken_local: Annotated[datetime, Meta(tz=False)] | None = None
    """The same on the clock of the device, in a zone that need not be known."""
    latitude: Annotated[float, Meta(ge=-90, le=90)] | None = None
    """Degrees north."""
    longitude: Annotated[float, Meta(ge=-180, le=180)] | None = None
    """Degrees east."""
    make: Phrase = ""
    model: Phrase = ""
    software: Phrase = ""


class Fingerprint(Struct, frozen=True, forbid_unknown_fields=True):
    """PDQ of a picture: 256 bits in hex, and how much there is to go by (0 to 100; below 50 it says little)."""

    hash: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    quality: Annotated[int, Meta(ge=0, le=100)]


class Piece(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One thing that was made: what for, its media type, and where it lies among what was made (bytes)."""

    made: Made
    type: Phrase
    start: Size
    size: Annotated[int, Meta(ge=1, le=MADE_BYTES)]
    width: Side = 0
    height: Side = 0
    at: Milliseconds = 0
    """Of a still: its moment in the film."""
    fingerprint: Fingerprint | None = None


class Report(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Either `refused` with a refusal's code, or what the file is and what was made of it."""

    refused: Phrase = ""
    why: Phrase = ""
    """For the log: what kind of trouble, never a word of the file."""
    kind: Kind | None = None
    type: Phrase = ""
    width: Side = 0
    height: Side = 0
    pages: Annotated[int, Meta(ge=0, le=PAGES)] = 0
    length: Milliseconds = 0
    private: Private = Private()
    credentials: Credentials | None = None
    """What its content credentials say, for agents only; None where it has none."""
    pieces: Annotated[tuple[Piece, ...], Meta(max_length=PIECES)] = ()
