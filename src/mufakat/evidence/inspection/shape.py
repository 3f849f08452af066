"""Is a file one thing from its first byte to its last, or two in one, which other programs would open as the other?

Each format is walked by its own structure, without decoding. Where something else begins, inside what may hold
anything (comments, metadata) or behind the end, the file is refused. Phones hang things to their photos that are no
such trick: a small second picture, a short film, their own notes; nobody but an agent ever gets those to see.
"""

import re
import struct
from collections.abc import Callable, Generator, Iterator
from typing import Final

from mufakat.core.refusals import Code
from mufakat.evidence.inspection.making import Unfit
from mufakat.evidence.kinds import HEIC, JPEG, M4A, MATROSKA, MOV, MP3, MP4, OGG, PDF, PNG, WAV, WEBM, WEBP

NOTES: Final = 64 * 1024
"""Bytes of unknown notes that a camera may hang behind a picture."""
PDF_TAIL: Final = 1024
"""Bytes that may follow the end of a document."""
PDF_HEAD: Final = 1024
PARTS: Final = 64
"""Pictures hung behind a picture."""
ZIP_TAIL: Final = 65_557
"""Where readers of archives look for one: its longest last record."""
MARKER_BYTES: Final = 4

# Long enough not to come up by chance in 50 MiB of pixels or sound.
_FOREIGN: Final = re.compile(
    rb"Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|%PDF-\d|<\?php|#!/(?:bin|usr)/|<(?:!doctype\s+html|html|script|iframe|svg)[\s/>]",
    re.IGNORECASE,
)
_MARKUP: Final = re.compile(rb"<(?:!doctype\s+html|html|script|iframe|svg)[\s/>]|<\?php", re.IGNORECASE)
_ZIP_ENTRY: Final = b"PK\x03\x04"
_ZIP_END: Final = b"PK\x05\x06"
_JPEG_MARKER: Final = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_LONE_MARKERS: Final = frozenset({0x01, *range(0xD0, 0xD8)})
_PNG_END: Final = b"IEND"
_SAMSUNG_END: Final = b"SEFT"
_SEGMENT: Final = b"\x18\x53\x80\x67"
_UNKNOWN_SIZE: Final = -1
_ENDLESS: Final = 0xFFFFFFFF
"""What writers of a stream put where they do not know the size yet."""
_BOX: Final = re.compile(rb"[ -~\xa9]{4}")


def check(kind: str, data: bytes) -> None:
    """Raises Unfit: FILE_NOT_ONE_THING, or FILE_DAMAGED where the structure breaks off."""
    if _archive_behind(data):
        raise Unfit(Code.FILE_NOT_ONE_THING, "an archive behind it")
    try:
        for part in _WALKS[kind](data):
            if _FOREIGN.search(part):
                raise Unfit(Code.FILE_NOT_ONE_THING, "another format inside")
    except (IndexError, struct.error) as error:
        raise Unfit(Code.FILE_DAMAGED, "its structure breaks off") from error


def _archive_behind(data: bytes) -> bool:
    """Would a reader of archives take this for one? It looks for a last record near the end that fits."""
    end = data.rfind(_ZIP_END, max(0, len(data) - ZIP_TAIL))
    if end < 0 or len(data) - end < 22:  # noqa: PLR2004 - the length of that record
        return False
    entries, size, _, comment = struct.unpack("<HIIH", data[end + 10 : end + 22])
    return bool(entries) and size <= end and end + 22 + comment <= len(data)


# --- pictures: what is yielded may hold anything, so it is searched


def _jpeg(data: bytes) -> Iterator[bytes]:
    end = yield from _jpeg_once(data, 0)
    yield from _behind(data, end)


def _jpeg_once(data: bytes, at: int) -> Generator[bytes, None, int]:
    """Walk one picture from its start; returns where it ends."""
    at += 2
    while True:
        while data[at] == 0xFF and data[at + 1] == 0xFF:  # noqa: PLR2004 - markers may be padded
            at += 1
        if data[at] != 0xFF:  # noqa: PLR2004 - every marker begins so
            raise Unfit(Code.FILE_DAMAGED, "no marker where one must be")
        marker = data[at + 1]
        if marker == _EOI:
            return at + 2
        if marker in _LONE_MARKERS:
            at += 2
            continue
        (size,) = struct.unpack_from(">H", data, at + 2)
        yield data[at + MARKER_BYTES : at + 2 + size]
        at += 2 + size
        if marker == _SOS:
            found = _JPEG_MARKER.search(data, at)
            if not found:
                raise Unfit(Code.FILE_DAMAGED, "cut off")
            at = found.end() - 2


def _png(data: bytes) -> Iterator[bytes]:
    at, name = 8, b""
    while name != _PNG_END:
        size, name = struct.unpack_from(">I4s", data, at)
        if name != b"IDAT":
            yield data[at + 8 : at + 8 + size]
        at += 12 + size
    if at > len(data):
        raise Unfit(Code.FILE_DAMAGED, "cut off")
    yield from _behind(data, at)


def _riff(data: bytes) -> Iterator[bytes]:
    """WebP and WAV: chunks with sizes inside one that says the size of all."""
    (size,) = struct.unpack_from("<I", data, 4)
    end = len(data) if size == _ENDLESS else 8 + size
    if end > len(data) + 1:
        raise Unfit(Code.FILE_DAMAGED, "cut off")
    at = 12
    while at + 8 <= end:
        name, size = struct.unpack_from("<4sI", data, at)
        if name not in {b"VP8 ", b"VP8L", b"ALPH", b"ANMF", b"data"}:
            yield data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    yield from _behind(data, end)


def _behind(data: bytes, end: int) -> Iterator[bytes]:
    """What follows the end of a picture or sound: nothing, padding, or what phones hang to their photos."""
    for _ in range(PARTS):
        rest = data[end:].lstrip(b"\x00")
        if not rest:
            return
        end = len(data) - len(rest)
        if rest.startswith(b"\xff\xd8\xff"):
            end = yield from _jpeg_once(data, end)
        else:
            break
    else:
        raise Unfit(Code.FILE_NOT_ONE_THING, "too many parts")
    yield rest
    known = rest[4:8] == b"ftyp" or rest.endswith(_SAMSUNG_END)
    if not known and (len(rest) > NOTES or rest.startswith((b"MZ", b"\x7fELF", b"GIF8", _ZIP_ENTRY))):
        raise Unfit(Code.FILE_NOT_ONE_THING, "something behind it")


# --- films, sounds, documents


def _boxes(data: bytes) -> Iterator[bytes]:
    """MP4, MOV, M4A and HEIC: boxes with sizes, end to end."""
    at, end = 0, len(data.rstrip(b"\x00"))
    while at < end:
        size, name = struct.unpack_from(">I4s", data, at)
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, at + 8)
        elif size == 0:
            size = len(data) - at
        if size < 8 or not _BOX.fullmatch(name):  # noqa: PLR2004 - a box's own head
            raise Unfit(Code.FILE_NOT_ONE_THING if at else Code.FILE_DAMAGED, "no box where one must be")
        if name != b"mdat":
            yield data[at : at + size]
        if at + size > len(data):
            raise Unfit(Code.FILE_DAMAGED, "cut off")
        at += size


def _ebml(data: bytes) -> Iterator[bytes]:
    """WebM and Matroska: a head, then a segment that may say its size."""
    head = _ebml_size(data, 4)
    at = head[1] + head[0]
    if data[at : at + 4] != _SEGMENT:
        raise Unfit(Code.FILE_DAMAGED, "no segment")
    size, begins = _ebml_size(data, at + 4)
    if size != _UNKNOWN_SIZE and begins + size > len(data):
        raise Unfit(Code.FILE_DAMAGED, "cut off")
    yield data


def _ebml_size(data: bytes, at: int) -> tuple[int, int]:
    """A size of one to eight bytes, and where what it measures begins."""
    length = 9 - data[at].bit_length()
    value = int.from_bytes(data[at : at + length]) & ((1 << 7 * length) - 1)
    return (_UNKNOWN_SIZE if value == (1 << 7 * length) - 1 else value), at + length


def _whole(data: bytes) -> Iterator[bytes]:
    yield data


def _pdf(data: bytes) -> Iterator[bytes]:
    """A document may hold anything within; what counts is what stands before it and behind it."""
    if _MARKUP.search(data, 0, PDF_HEAD):
        raise Unfit(Code.FILE_NOT_ONE_THING, "markup at its head")
    end = data.rfind(b"%%EOF")
    if end < 0:
        raise Unfit(Code.FILE_DAMAGED, "cut off")
    rest = data[end + 5 :].strip(b"\x00\r\n\t ")
    if len(rest) > PDF_TAIL:
        raise Unfit(Code.FILE_NOT_ONE_THING, "something behind it")
    yield rest


_WALKS: Final[dict[str, Callable[[bytes], Iterator[bytes]]]] = {
    JPEG: _jpeg,
    PNG: _png,
    WEBP: _riff,
    HEIC: _boxes,
    MP4: _boxes,
    MOV: _boxes,
    M4A: _boxes,
    WEBM: _ebml,
    MATROSKA: _ebml,
    OGG: _whole,
    MP3: _whole,
    WAV: _riff,
    PDF: _pdf,
}
