"""Resumable uploads by the tus protocol 1.0.0: a file comes in pieces, and after a cut goes on where it stood.

Core protocol with creation, creation-with-upload, expiration, termination and checksum; what is no route of its own is
in `tus.py`. `Upload-Metadata` may name `filetype` (the media type) and `sha256` (of the whole, hexadecimal); a file's
name is not kept. Everything else about a file is as in `files.py`: the last piece is answered when the file is taken
in, or refused with the reason.
"""

import base64
import binascii
import re
from collections.abc import AsyncIterator
from datetime import UTC
from typing import Annotated, Any, Final

from litestar import Request, Response, Router, delete, get, head, patch, post
from litestar.exceptions import InternalServerException
from litestar.params import HeaderParameter, PathParameter

from mufakat.api.addresses import order_href
from mufakat.api.asked import OrderId, caller, site_of
from mufakat.api.knocking import RIGHT
from mufakat.api.problems import Troubled
from mufakat.api.rights import Right
from mufakat.api.site import language_of
from mufakat.api.troubles import Trouble
from mufakat.api.tus import VERSION, Checksum, NotProven
from mufakat.api.wire.asking import UploadOut
from mufakat.core.refusals import Refusal
from mufakat.engine.uploads import MovedOn
from mufakat.store.uploads import Upload

TUS: Final = {"Tus-Resumable": VERSION}
PIECES: Final = "application/offset+octet-stream"
MOST_METADATA: Final = 4000
"""Characters of `Upload-Metadata`."""
KEPT: Final = ("filetype", "sha256")
"""What of the metadata matters here."""
_NUMBER: Final = re.compile(r"[0-9]{1,15}")
_DIGEST: Final = re.compile(r"[0-9a-fA-F]{64}")

UploadId = Annotated[str, PathParameter(pattern="^[0-9a-f]{32}$", description="The upload's id.")]
Version = Annotated[
    str | None,
    HeaderParameter(name="Tus-Resumable", required=False, description="The version of the protocol: `1.0.0`."),
]
Length = Annotated[
    str | None, HeaderParameter(name="Upload-Length", required=False, description="Bytes of the whole file.")
]
Offset = Annotated[
    str | None, HeaderParameter(name="Upload-Offset", required=False, description="Bytes that came before these.")
]
Proof = Annotated[
    str | None,
    HeaderParameter(
        name="Upload-Checksum",
        required=False,
        description="`sha1` or `sha256` and the digest of these bytes in base64; without it they do not count.",
    ),
]
Metadata = Annotated[
    str | None,
    HeaderParameter(
        name="Upload-Metadata",
        required=False,
        description="`filetype` and `sha256`, each with its value in base64, with commas between.",
    ),
]


@post("/orders/{order_id:str}/uploads", opt={RIGHT: Right.FILES_WRITE}, request_max_body_size=None)
async def begin_upload(
    request: Request[Any, Any, Any],
    order_id: OrderId,
    tus_resumable: Version = None,
    upload_length: Length = None,
    upload_metadata: Metadata = None,
    upload_checksum: Proof = None,
) -> Response[UploadOut]:
    """Begin to upload a file for an order; `Location` is where its bytes go, by PATCH. A body is its first bytes."""
    _check_version(tus_resumable)
    site, who = site_of(request), caller(request)
    length, (kind, digest) = _number(upload_length, "Upload-Length"), _metadata(upload_metadata)
    begun = await site.uploads.begin(who.marketplace, order_id, who.actor, length, kind, digest)
    if isinstance(begun, Refusal):
        raise await site.refused(begun, who, language_of(request), order_id)
    place = f"/v1/uploads/{begun.upload_id}"
    if request.headers.get("content-type", "").lower() == PIECES:
        begun = await _append(request, begun, 0, upload_checksum)
    return Response(_out(begun), status_code=201, headers={"Location": place, **_headers(begun)})


@head("/uploads/{upload_id:str}", opt={RIGHT: Right.FILES_WRITE})
async def read_offset(
    request: Request[Any, Any, Any], upload_id: UploadId, tus_resumable: Version = None
) -> Response[None]:
    """How many bytes have arrived: where to go on."""
    _check_version(tus_resumable)
    upload = await _own(request, upload_id)
    headers = _headers(upload) | {"Upload-Length": str(upload.length), "Cache-Control": "no-store"}
    if told := _told(upload):
        headers["Upload-Metadata"] = told
    return Response(None, headers=headers)


@get("/uploads/{upload_id:str}", opt={RIGHT: Right.FILES_WRITE})
async def read_upload(request: Request[Any, Any, Any], upload_id: UploadId) -> UploadOut:
    """How far an upload has come, and the file that it became."""
    upload = await _own(request, upload_id)
    file = f"{order_href(upload.order_id)}/files/{upload.digest}" if upload.digest else None
    return UploadOut(
        upload_id, upload.order_id, upload.length, upload.received, upload.digest or None, upload.until, file
    )


@patch(
    "/uploads/{upload_id:str}",
    opt={RIGHT: Right.FILES_WRITE},
    status_code=204,
    request_max_body_size=None,
)
async def append_to_upload(
    request: Request[Any, Any, Any],
    upload_id: UploadId,
    tus_resumable: Version = None,
    upload_offset: Offset = None,
    upload_checksum: Proof = None,
) -> Response[None]:
    """Send the next bytes. With the last ones the file is taken in, or refused with the reason; then it is gone."""
    _check_version(tus_resumable)
    if request.headers.get("content-type", "").lower() != PIECES:
        raise Troubled(Trouble.BODY_TYPE_NOT_SUPPORTED, f"bytes of an upload are sent as {PIECES}", headers=TUS)
    upload = await _own(request, upload_id)
    upload = await _append(request, upload, _number(upload_offset, "Upload-Offset"), upload_checksum)
    return Response(None, status_code=204, headers=_headers(upload))


@delete("/uploads/{upload_id:str}", opt={RIGHT: Right.FILES_WRITE}, status_code=204)
async def drop_upload(
    request: Request[Any, Any, Any], upload_id: UploadId, tus_resumable: Version = None
) -> Response[None]:
    """Give an upload up; what has arrived of it is removed. A file that it became stays."""
    _check_version(tus_resumable)
    await site_of(request).uploads.drop(await _own(request, upload_id))
    return Response(None, status_code=204, headers=TUS)


async def _append(request: Request[Any, Any, Any], upload: Upload, offset: int, proof: str | None) -> Upload:
    site, who = site_of(request), caller(request)
    chunks = _stream(request)
    if proof is not None:
        chunks = _checksum(proof).proven(chunks)
    try:
        upload = await site.uploads.append(upload, offset, chunks)
    except NotProven as error:
        raise Troubled(Trouble.PIECE_NOT_AS_CLAIMED, where="Upload-Checksum", headers=TUS) from error
    except MovedOn as moved:
        why = f"{moved.received} bytes have arrived, so go on from there"
        raise Troubled(
            Trouble.UPLOAD_MOVED_ON, why, where="Upload-Offset", headers=TUS | {"Upload-Offset": str(moved.received)}
        ) from moved
    if upload.is_whole:
        kept = await site.uploads.finish(upload)
        if isinstance(kept, Refusal):
            raise await site.refused(kept, who, language_of(request), upload.order_id)
    return upload


async def _stream(request: Request[Any, Any, Any]) -> AsyncIterator[bytes]:
    try:
        async for chunk in request.stream():
            yield chunk
    except InternalServerException as error:  # the framework's word for a caller who went away
        why = "the connection ended before the body did"
        raise Troubled(Trouble.BODY_NOT_VALID, why, headers=TUS) from error


async def _own(request: Request[Any, Any, Any], upload_id: str) -> Upload:
    site, who = site_of(request), caller(request)
    found = await site.uploads.of(who.marketplace, upload_id, who.actor)
    if found is None:
        raise Troubled(Trouble.NOT_FOUND, headers=TUS)
    return found


def _out(upload: Upload) -> UploadOut:
    digest = upload.digest or None
    file = f"{order_href(upload.order_id)}/files/{digest}" if digest else None
    return UploadOut(upload.upload_id, upload.order_id, upload.length, upload.received, digest, upload.until, file)


def _headers(upload: Upload) -> dict[str, str]:
    until = upload.until.astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    return TUS | {"Upload-Offset": str(upload.received), "Upload-Expires": until}


def _check_version(version: str | None) -> None:
    if version is not None and version != TUS["Tus-Resumable"]:
        raise Troubled(
            Trouble.TUS_VERSION_NOT_SPOKEN, f"this server speaks tus {VERSION}", headers={"Tus-Version": VERSION}
        )


def _number(text: str | None, name: str) -> int:
    if text is None or not _NUMBER.fullmatch(text):
        raise Troubled(Trouble.PARAMETER_NOT_VALID, f"`{name}` is a number of bytes", where=name, headers=TUS)
    return int(text)


def _checksum(header: str) -> Checksum:
    try:
        return Checksum.of(header)
    except ValueError as error:
        raise Troubled(Trouble.PARAMETER_NOT_VALID, str(error), where="Upload-Checksum", headers=TUS) from error


def _metadata(header: str | None) -> tuple[str, str]:
    """The media type and the digest that the sender claims; other keys are left aside."""
    if header is None:
        return "", ""
    if len(header) > MOST_METADATA:
        raise _bad_metadata(f"it has at most {MOST_METADATA} characters")
    found: dict[str, str] = {}
    for pair in filter(None, (each.strip() for each in header.split(","))):
        name, _, value = pair.partition(" ")
        if name not in KEPT:  # clients send what they like, such as a file's name in any encoding
            continue
        try:
            found[name] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise _bad_metadata(f"the value of {name!r} is no text in base64") from error
    digest = found.get("sha256", "")
    if digest and not _DIGEST.fullmatch(digest):
        raise _bad_metadata("`sha256` is 64 hexadecimal digits")
    return found.get("filetype", ""), digest


def _told(upload: Upload) -> str:
    """What is known of the metadata that an upload began with, as the protocol writes it."""
    values = zip(KEPT, (upload.claimed_type, upload.claimed_digest), strict=True)
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in values if value)


def _bad_metadata(why: str) -> Troubled:
    return Troubled(Trouble.PARAMETER_NOT_VALID, why, where="Upload-Metadata", headers=TUS)


router = Router(
    "/v1",
    route_handlers=[begin_upload, read_offset, read_upload, append_to_upload, drop_upload],
    tags=["Files"],
)
