"""Content credentials (C2PA) of a file: who says to have made it with what, and whether it was changed since.

For agents only, and no proof: whom a certificate belongs to is not checked against any list of the trusted, and most
photos have none, which says nothing. What they show best is a picture that its own maker marks as generated.

Reading is the matter of c2pa-rs by its Python package, a parser of hostile bytes: `read_credentials` is called in the
isolated inspection only (`inspection/examine.py`), and what it found comes out with the report. It asks no network.
Only a process that called `warm_up` loads the package, which takes a tenth of a second; a file without a mark of
credentials never meets it.
"""

import importlib
import json
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from io import BytesIO
from typing import Annotated, Any, Final

from msgspec import Meta, Struct

MOST: Final = 16
"""Names of each sort that are kept."""
PHRASE: Final = 200
"""Characters of a name that are kept."""
MOST_MANIFESTS: Final = 32
"""Manifests that are looked at: the file's own, and those of what it was made from."""

Phrase = Annotated[str, Meta(max_length=PHRASE, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
Phrases = Annotated[tuple[Phrase, ...], Meta(max_length=MOST)]

_MARKS: Final = (
    b"c2pa",
    b"\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81",
    b"dcterms:provenance",
)
"""The name of the box in which credentials lie in most formats, the UUID of the box in films and HEIC, and where XMP
says at which address they lie."""
_NOT_FETCHED: Final = "Remote:"
"""How the reader's complaint begins that credentials lie at an address."""
_SETTINGS: Final = {
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": False},
}
_SAYS_LITTLE: Final = frozenset({"signingCredential.untrusted", "timeStamp.untrusted"})
"""Faults of a certificate that nobody vouches for: nobody is asked here, so they are no news."""


class Holds(StrEnum):
    """What the check of signature and content gave."""

    INTACT = "INTACT"
    """The signature holds and the content is what was signed."""
    BROKEN = "BROKEN"
    """It does not: the file was changed since, or the credentials are of another file."""
    UNREADABLE = "UNREADABLE"
    """There is something that begins like credentials and cannot be read."""
    ELSEWHERE = "ELSEWHERE"
    """The file only names an address where they lie; it is never asked."""


class Credentials(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What the credentials of a file say. Every word of it is its maker's.

    `generator`: the program or device; `signer`: the organisation in the certificate; `signed_at` where a time stamp
    says so; `sources` and `actions` by the names of the standard, such as trainedAlgorithmicMedia and c2pa.edited, of
    the file and of what it was made from; `faults`: codes of the standard.
    """

    holds: Holds
    generator: Phrase = ""
    signer: Phrase = ""
    signed_at: Annotated[datetime, Meta(tz=True)] | None = None
    sources: Phrases = ()
    actions: Phrases = ()
    faults: Phrases = ()


def warm_up() -> None:
    """Load the reader now, with all that it loads late: for a process that is shut in afterwards."""
    importlib.import_module("c2pa")
    read_credentials(_MARKS[0], "image/jpeg")


def read_credentials(content: bytes, media_type: str) -> Credentials | None:
    """The credentials of a file with that content and media type; None where it has none. Never raises."""
    if not any(mark in content for mark in _MARKS):
        return None
    from c2pa import C2paError, Context, Reader, Settings  # type: ignore[import-untyped]

    try:
        with (
            Settings.from_dict(_SETTINGS) as settings,
            Context(settings) as context,
            Reader(media_type, BytesIO(content), context=context) as reader,
        ):
            return _summary(json.loads(reader.json()))
    except (C2paError.ManifestNotFound, C2paError.NotSupported):
        return None
    except Exception as error:  # noqa: BLE001 - hostile content makes parsers raise anything
        elsewhere = isinstance(error, C2paError) and str(error).startswith(_NOT_FETCHED)
        return Credentials(holds=Holds.ELSEWHERE if elsewhere else Holds.UNREADABLE)


def _summary(told: Any) -> Credentials:
    manifests = _mapping(_mapping(told).get("manifests"))
    active = _mapping(manifests.get(str(_mapping(told).get("active_manifest"))))
    signature = _mapping(active.get("signature_info"))
    faults = [code for each in _listed(_mapping(told).get("validation_status")) if (code := _mapping(each).get("code"))]
    telling = _phrases(code for code in faults if code not in _SAYS_LITTLE)
    actions = [each for manifest in list(manifests.values())[:MOST_MANIFESTS] for each in _actions(_mapping(manifest))]
    return Credentials(
        holds=Holds.BROKEN if telling or _mapping(told).get("validation_state") == "Invalid" else Holds.INTACT,
        generator=_generator(active),
        signer=_phrase(signature.get("issuer") or signature.get("common_name")),
        signed_at=_moment(signature.get("time")),
        sources=_phrases(_last(each.get("digitalSourceType")) for each in actions),
        actions=_phrases(each.get("action") for each in actions),
        faults=telling,
    )


def _generator(manifest: dict[str, Any]) -> str:
    for each in _listed(manifest.get("claim_generator_info")):
        named = _mapping(each)
        if name := _phrase(named.get("name")):
            return _phrase(f"{name} {_phrase(named.get('version'))}".strip())
    return _phrase(manifest.get("claim_generator"))


def _actions(manifest: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for each in _listed(manifest.get("assertions")):
        assertion = _mapping(each)
        if str(assertion.get("label", "")).startswith("c2pa.actions"):
            for action in _listed(_mapping(assertion.get("data")).get("actions")):
                yield _mapping(action)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _phrase(value: object) -> str:
    """A short printable text, or nothing."""
    return "".join(filter(str.isprintable, value)).strip()[:PHRASE].strip() if isinstance(value, str) else ""


def _phrases(values: Any) -> tuple[str, ...]:
    """The first of them, each once."""
    return tuple(dict.fromkeys(filter(None, map(_phrase, values))))[:MOST]


def _last(value: object) -> str:
    """The last part of a name written as an address."""
    return value.rstrip("/").rpartition("/")[2] if isinstance(value, str) else ""


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
