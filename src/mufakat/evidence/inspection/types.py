"""What the files are that are taken (`evidence/kinds.py` lists their types), and what they may claim to be."""

from typing import Final

from mufakat.evidence.inspection.report import Kind
from mufakat.evidence.kinds import (
    ALLOWED,
    HEIC,
    JPEG,
    M4A,
    MATROSKA,
    MOV,
    MP3,
    MP4,
    OGG,
    PDF,
    PNG,
    TEXT,
    WAV,
    WEBM,
    WEBP,
    by_first_bytes,
)

__all__ = ["ALLOWED", "KINDS", "MADE", "MATROSKA_SOUND", "WEBM_SOUND", "fits", "found"]

WEBM_SOUND: Final = "audio/webm"
MATROSKA_SOUND: Final = "audio/x-matroska"

KINDS: Final = {
    **dict.fromkeys((JPEG, PNG, WEBP, HEIC), Kind.PICTURE),
    **dict.fromkeys((MP4, MOV, WEBM, MATROSKA), Kind.FILM),
    **dict.fromkeys((M4A, WEBM_SOUND, MATROSKA_SOUND, MP3, OGG, WAV), Kind.SOUND),
    PDF: Kind.DOCUMENT,
    TEXT: Kind.TEXT,
}
"""What each media type is. A film without pictures turns out to be a sound, under a name that no first bytes have."""

MADE: Final = frozenset({JPEG, PNG, MP4, WEBM, M4A, MP3, OGG, WAV, TEXT})
"""What is ever made for others to see."""

_FAMILIES: Final = {"image": "picture", "video": "film", "audio": "film", PDF: "document", TEXT: "text"}
"""Claims that cannot be mistaken for one another. A sound may come in the container of a film."""


def found(head: bytes) -> str:
    """The media type that the first bytes announce, or TEXT where they announce nothing."""
    return by_first_bytes(head) or TEXT


def fits(claimed: str, is_type: str) -> bool:
    """May a file that was sent as one type be of another? Phones misname pictures among pictures, so that may be.

    A claim that says nothing (application/octet-stream, none, a type that nobody here knows) fits everything.
    """
    claim, truth = _family(claimed), _family(is_type)
    return not claim or claim == truth


def _family(media_type: str) -> str:
    plain = media_type.partition(";")[0].strip().lower()
    return _FAMILIES.get(plain) or _FAMILIES.get(plain.partition("/")[0], "")
