"""Which kinds of files are taken, known by their content: a few pictures, films, PDF and plain text.

An allow-list of the first bytes, never the name and never what the sender says. It tells what a file claims to be by
itself; that it is sound inside is the matter of whoever decodes it. So a file is handed out under the type found here,
with `X-Content-Type-Options: nosniff` and as an attachment.
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
PDF: Final = "application/pdf"
TEXT: Final = "text/plain"

ALLOWED: Final = "JPEG, PNG, WebP, HEIC, MP4, MOV, PDF, TXT"
"""What people are told may be handed in."""

_BRANDS: Final = (
    dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"), HEIC)
    | dict.fromkeys((b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV"), MP4)
    | {b"qt  ": MOV}
)
"""Major brands of ISO base media files (the four bytes after `ftyp`)."""

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
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    return _BRANDS.get(head[8:12], "") if head[4:8] == b"ftyp" else ""
