"""Which kinds of files are looked into, known by their content; and what they may claim to be.

The allow-list of the vault's intake (`evidence/kinds.py`), and the films and sounds that can be taken once they are
looked into.
"""

from typing import Final

from mufakat.evidence.inspection.report import Kind
from mufakat.evidence.kinds import HEAD, HEIC, JPEG, MOV, MP4, PDF, PNG, TEXT, WEBP, by_first_bytes

WEBM: Final = "video/webm"
MATROSKA: Final = "video/x-matroska"
M4A: Final = "audio/mp4"
WEBM_SOUND: Final = "audio/webm"
MP3: Final = "audio/mpeg"
OGG: Final = "audio/ogg"
WAV: Final = "audio/wav"

KINDS: Final = {
    **dict.fromkeys((JPEG, PNG, WEBP, HEIC), Kind.PICTURE),
    **dict.fromkeys((MP4, MOV, WEBM, MATROSKA), Kind.FILM),
    **dict.fromkeys((M4A, WEBM_SOUND, MP3, OGG, WAV), Kind.SOUND),
    PDF: Kind.DOCUMENT,
    TEXT: Kind.TEXT,
}
"""What each media type is. A film without pictures turns out to be a sound."""
ALLOWED: Final = "JPEG, PNG, WebP, HEIC, MP4, MOV, WebM, M4A, MP3, OGG, WAV, PDF, TXT"
"""What people are told may be handed in."""

MADE: Final = frozenset({JPEG, PNG, MP4, WEBM, M4A, WEBM_SOUND, MP3, OGG, WAV, TEXT})
"""What is ever made for others to see."""

_EBML: Final = b"\x1a\x45\xdf\xa3"
_MP3_SYNC: Final = 0xE0
_FAMILIES: Final = {"image": "picture", "video": "film", "audio": "film", PDF: "document", TEXT: "text"}
"""Claims that cannot be mistaken for one another. A sound may come in the container of a film."""


def found(head: bytes) -> str:
    """The media type that the first bytes announce, or TEXT where they announce nothing."""
    if kind := by_first_bytes(head):
        return kind
    if head[4:12] in {b"ftypM4A ", b"ftypM4B "}:
        return M4A
    if head.startswith(_EBML):
        return WEBM if b"webm" in head[:HEAD] else MATROSKA
    if head.startswith(b"OggS"):
        return OGG
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return WAV
    # An MPEG frame: eleven bits set, a version, and layer III.
    if head.startswith(b"ID3") or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == _MP3_SYNC | 2):  # noqa: PLR2004
        return MP3
    return TEXT


def fits(claimed: str, is_type: str) -> bool:
    """May a file that was sent as one type be of another? Phones misname pictures among pictures, so that may be.

    A claim that says nothing (application/octet-stream, none, a type that nobody here knows) fits everything.
    """
    claim, truth = _family(claimed), _family(is_type)
    return not claim or claim == truth


def _family(media_type: str) -> str:
    plain = media_type.partition(";")[0].strip().lower()
    return _FAMILIES.get(plain) or _FAMILIES.get(plain.partition("/")[0], "")
