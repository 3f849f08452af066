"""Which kinds of files are taken, known by their content: pictures, films, sounds, PDF and plain text.

The one list: the door asks it while a file arrives, those who look inside ask it again, and whoever tells people what
may be handed in reads it out. An allow-list of the first bytes, never the name and never what the sender says. It
tells what a file claims to be by itself; that it is sound inside is the matter of whoever decodes it. So a file is
handed out under the type found here, with `X-Content-Type-Options: nosniff` and as an attachment.
"""

import codecs
import re
from typing import Final

HEAD: Final = 4096
"""Bytes that are looked at to tell the kind."""

JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
WEBP: Final = "image/webp"
HEIC: Final = "image/heic"
MP4: Final = "video/mp4"
MOV: Final = "video/quicktime"
WEBM: Final = "video/webm"
MATROSKA: Final = "video/x-matroska"
M4A: Final = "audio/mp4"
MP3: Final = "audio/mpeg"
OGG: Final = "audio/ogg"
WAV: Final = "audio/wav"
PDF: Final = "application/pdf"
TEXT: Final = "text/plain"

TAKEN: Final = {
    JPEG: "JPEG",
    PNG: "PNG",
    WEBP: "WebP",
    HEIC: "HEIC",
    MP4: "MP4",
    MOV: "MOV",
    WEBM: "WebM",
    MATROSKA: "MKV",
    M4A: "M4A",
    MP3: "MP3",
    OGG: "OGG",
    WAV: "WAV",
    PDF: "PDF",
    TEXT: "TXT",
}
"""Every media type that is taken, and what people call it."""
ALLOWED: Final = ", ".join(TAKEN.values())
"""What people are told may be handed in."""

_BRANDS: Final = (
    dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"), HEIC)
    | dict.fromkeys((b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV"), MP4)
    | dict.fromkeys((b"M4A ", b"M4B "), M4A)
    | {b"qt  ": MOV}
)
"""Major brands of ISO base media files (the four bytes after `ftyp`)."""
_RIFF: Final = {b"WEBP": WEBP, b"WAVE": WAV}
_EBML: Final = b"\x1a\x45\xdf\xa3"
# What an EBML file says that it is: an element of a few bytes that stands in its head.
_DOC_TYPE: Final = re.compile(rb"\x42\x82(?:[\x80-\xff]|[\x10-\x7f][\x00-\xff]{1,3})(webm|matroska)")
_EBML_HEAD: Final = 128
# A tag of version 2 to 4, or an MPEG frame: eleven bits set, a version, and layer III.
_MP3: Final = re.compile(rb"ID3[\x02-\x04]|\xff[\xe2\xe3\xf2\xf3\xfa\xfb]")

# Text that a browser or a viewer would run or draw instead of show: HTML, SVG, XML, RTF, PostScript.
_MARKUP_FIRST: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<[!?]|\{\\rtf|%!PS|"
    rb"<(?:a|b|body|br|div|font|h1|head|html|iframe|img|link|math|meta|p|script|style|svg|table|title)[\s/>])",
    re.IGNORECASE,
)
_MARKUP_ANYWHERE: Final = re.compile(rb"<(?:!doctype|html|iframe|script|svg)[\s/>]", re.IGNORECASE)
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


class NotAllowed(Exception):  # noqa: N818 - says what was found; the intake makes a refusal of it
    """The content is of no kind that is taken."""


class Sniffer:
    """Tells the kind of a file while its bytes go by: `feed` it every piece in order, then ask `end`."""

    def __init__(self) -> None:
        self._head = b""
        self._kind = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def feed(self, piece: bytes) -> None:
        """Look at the next bytes; raises NotAllowed as soon as it is certain."""
        if not self._kind:
            self._head += piece
            if len(self._head) < HEAD:
                return
            piece = self._settle()
        if self._kind == TEXT:
            self._read(piece, final=False)

    def end(self) -> str:
        """The media type of the whole file; raises NotAllowed."""
        rest = b"" if self._kind else self._settle()
        if self._kind == TEXT:
            self._read(rest, final=True)
        return self._kind

    def _settle(self) -> bytes:
        """Name the kind by the head, and give the head back."""
        self._kind = by_first_bytes(self._head) or TEXT
        if self._kind == TEXT and (_MARKUP_FIRST.match(self._head) or _MARKUP_ANYWHERE.search(self._head, 0, HEAD)):
            raise NotAllowed
        return self._head

    def _read(self, piece: bytes, *, final: bool) -> None:
        """Plain text is UTF-8 to the end, without control characters."""
        try:
            text = self._decoder.decode(piece, final)
        except UnicodeDecodeError as error:
            raise NotAllowed from error
        if _CONTROLS.search(text):
            raise NotAllowed


def by_first_bytes(head: bytes) -> str:
    """The kind that announces itself, or nothing."""
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"OggS"):
        return OGG
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "")
    if head.startswith(_EBML):
        found = _DOC_TYPE.search(head, 0, _EBML_HEAD)
        return {b"webm": WEBM, b"matroska": MATROSKA}[found[1]] if found else ""
    return MP3 if _MP3.match(head) else ""
