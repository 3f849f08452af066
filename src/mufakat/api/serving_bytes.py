"""Bytes of files on their way out: headers under which no browser runs or guesses anything, and ranges for players."""

import re
from dataclasses import dataclass
from typing import Annotated, Any, Final

from litestar.params import HeaderParameter
from litestar.response import Stream

from mufakat.api.problems import Troubled
from mufakat.api.troubles import Trouble
from mufakat.engine.looking import Looking
from mufakat.engine.materials import Kept
from mufakat.evidence.kinds import TAKEN
from mufakat.store.derivatives import DerivativeRow

ENDINGS: Final = {
    **{kind: name.lower() for kind, name in TAKEN.items()},
    "image/jpeg": "jpg",
    "audio/webm": "weba",
    "audio/x-matroska": "mka",
}
"""Types of all that is ever sent, and how their names end: what is taken, and what it turns out to be."""
MOST_DIGITS: Final = 15
_RANGE: Final = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")

Range = Annotated[
    str | None,
    HeaderParameter(
        name="Range",
        required=False,
        description="One range of bytes (`bytes=0-999`); anything else is answered with the whole.",
    ),
]
IfRange = Annotated[
    str | None,
    HeaderParameter(
        name="If-Range", required=False, description="The ETag of the view; under another one the whole is answered."
    ),
]


@dataclass(frozen=True, slots=True)
class Part:
    """What a caller asked for of something: its `Range` and `If-Range` as they came."""

    range: str | None = None
    if_range: str | None = None

    def of(self, size: int, tag: str) -> tuple[int, int] | None:
        """The first byte and the one after the last; None for the whole. Raises Troubled (RANGE_NOT_VALID)."""
        found = _RANGE.fullmatch(self.range.strip()) if self.range else None
        if found is None or found[0] == "bytes=-" or (self.if_range is not None and self.if_range != tag):
            return None
        first, last = found[1], found[2]
        if not first:
            start, end = max(0, size - int(last)), size
        else:
            start, end = int(first), min(size, int(last) + 1) if last else size
            if last and int(last) < start:
                return None
        if start >= size or start == end:
            headers = {"Content-Range": f"bytes */{size}"}
            raise Troubled(Trouble.RANGE_NOT_VALID, f"there are {size} bytes", where="Range", headers=headers)
        return start, end


def original(kept: Kept, pieces: Any) -> Stream:
    """A file as its giver sent it: to be kept by who asked, never shown by a browser."""
    return Stream(
        pieces,
        status_code=200,
        media_type=kept.type,
        headers={
            "Content-Length": str(kept.size),
            "Content-Disposition": _named("attachment", kept.digest[:16], kept.type),
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, max-age=3600",
            "ETag": f'"{kept.digest}"',
        },
    )


async def view(looking: Looking, row: DerivativeRow, part: Part) -> Stream:
    """What was made of a file, or a part of it.

    Pictures, films and sounds are shown where they stand, as we encoded them ourselves; a text is kept by who asked.
    Raises Troubled, Damaged, VaultError.
    """
    tag = f'"{row.digest}-{row.number}"'
    asked = part.of(row.size, tag)
    start, end = asked or (0, row.size)
    shown = row.type.startswith(("image/", "video/", "audio/"))
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Length": str(end - start),
        "Content-Disposition": _named("inline" if shown else "attachment", f"{row.digest[:16]}-{row.number}", row.type),
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, max-age=300",
        "ETag": tag,
    }
    if asked is not None:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{row.size}"
    pieces = await looking.give(row, start, end)
    return Stream(pieces, status_code=200 if asked is None else 206, media_type=row.type, headers=headers)


def _named(how: str, name: str, kind: str) -> str:
    return f'{how}; filename="{name}.{ENDINGS.get(kind, "bin")}"'
