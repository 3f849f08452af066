"""Files as others see them, links to them, and openings of originals, as they travel. Bytes, pixels, degrees."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from mufakat.api.wire.asking import FileOut
from mufakat.core.parties import Role

SHORTEST: Final = 10
"""The shortest reason to open an original, in characters."""
LONGEST: Final = 1000
"""The longest, in characters."""
MOST_VIEWS: Final = 1000
"""More than are ever made of one file."""


class ViewKind(StrEnum):
    """What a thing that was made of a file is for."""

    COPY = "COPY"
    THUMBNAIL = "THUMBNAIL"
    KEY_FRAME = "KEY_FRAME"
    PAGE = "PAGE"


class OwnFilesOut(msgspec.Struct, kw_only=True):
    """The caller's own files of an order, oldest first, and how much more may come of it."""

    order_id: str
    files: list[FileOut]
    files_used: int
    files_left: int
    bytes_used: int
    bytes_left: int


class FileViewOut(msgspec.Struct, kw_only=True):
    """One thing that was made of a file: a COPY of the whole without metadata, a THUMBNAIL, a KEY_FRAME, a PAGE.

    `at`: of a still its moment in the film, in seconds. `length`: of the copy of a film or sound how long it plays, in
    seconds. Both, and the sides of what is no picture, are 0 where there is nothing to tell. `main`: shows the whole.
    """

    number: int
    made: ViewKind
    type: str
    size: int
    width: int
    height: int
    at: float
    length: float
    main: bool
    href: str


class FileViewsOut(msgspec.Struct, kw_only=True):
    """What there is to see of an exhibit that is a file. Never the file itself."""

    case_id: str
    exhibit: int
    digest: str
    by: Role
    views: list[FileViewOut]


class FileFactsOut(msgspec.Struct, kw_only=True):
    """What a file says of its making. Anybody can write it, so it proves nothing by itself.

    `taken_at`: when it was taken, where the zone is known; `taken_local`: on the clock of the device, in no zone.
    Degrees north and east. What it does not say is None or empty.
    """

    case_id: str
    exhibit: int
    digest: str
    taken_at: datetime | None
    taken_local: str | None
    latitude: float | None
    longitude: float | None
    make: str
    model: str
    software: str


class LinkIn(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which view of a file a link is wanted for; None for the one that stands for the whole."""

    number: Annotated[int, Meta(ge=1, le=MOST_VIEWS)] | None = None


class LinkOut(msgspec.Struct, kw_only=True):
    """An address that shows one view to whoever holds it, without a token, until a moment soon."""

    href: str
    until: datetime


class OpenOriginalIn(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Why an original has to be seen. It is recorded with who asked and when."""

    reason: Annotated[str, Meta(min_length=SHORTEST, max_length=LONGEST, pattern=r"^[^\x00]*$")]


class OpeningOut(msgspec.Struct, kw_only=True):
    """An agent opened an original. `reason` is None once the case is forgotten."""

    opening_id: str
    exhibit: int
    digest: str
    agent_id: str
    at: datetime
    reason: str | None


class OpeningsOut(msgspec.Struct, kw_only=True):
    """Who opened originals of a case, when and why, oldest first."""

    case_id: str
    openings: list[OpeningOut]
