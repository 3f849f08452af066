"""Files of supporting material: upload for an order, read back by their givers. What others see is in `views.py`."""

import base64
import binascii
import re
from typing import Annotated, Any, Final

from litestar import Request, Response, Router, get, post
from litestar.params import HeaderParameter, PathParameter
from litestar.response import Stream

from mufakat.api.addresses import order_href
from mufakat.api.asked import OrderId, caller, site_of
from mufakat.api.knocking import RIGHT
from mufakat.api.problems import Troubled
from mufakat.api.rights import Right
from mufakat.api.serving_bytes import original
from mufakat.api.site import language_of
from mufakat.api.troubles import Trouble
from mufakat.api.wire.asking import FileOut
from mufakat.api.wire.files import OwnFilesOut
from mufakat.core.refusals import Refusal
from mufakat.engine.materials import Kept

Digest = Annotated[
    str, PathParameter(pattern="^[0-9a-f]{64}$", description="The SHA-256 of the file's bytes, hexadecimal.")
]
ContentDigest = Annotated[
    str | None,
    HeaderParameter(
        name="Content-Digest",
        required=False,
        description="The SHA-256 of the bytes (RFC 9530: `sha-256=:base64:`). What arrives otherwise is refused.",
    ),
]
_DIGEST: Final = re.compile(r"sha-256=:([A-Za-z0-9+/=]{44}):")


@post("/orders/{order_id:str}/files", opt={RIGHT: Right.FILES_WRITE}, request_max_body_size=None)
async def put_file(
    request: Request[Any, Any, Any], order_id: OrderId, content_digest: ContentDigest = None
) -> Response[FileOut]:
    """Upload a file for an order: the body is the file, `Content-Type` its type.

    The answer's `digest` is how a material names it. The same bytes again are the same file.
    """
    site, who = site_of(request), caller(request)
    claimed = _claimed(content_digest)
    kind = request.headers.get("content-type", "")
    kept = await site.materials.put(who.marketplace, order_id, who.actor, request.stream(), kind, claimed)
    if isinstance(kept, Refusal):
        raise await site.refused(kept, who, language_of(request), order_id)
    out = _out(kept)
    return Response(out, headers={"Location": out.href})


@get("/orders/{order_id:str}/files", opt={RIGHT: Right.FILES_WRITE})
async def list_own_files(request: Request[Any, Any, Any], order_id: OrderId) -> OwnFilesOut:
    """The files that the caller uploaded for an order, and how much more may come of it."""
    site, who = site_of(request), caller(request)
    await site.loaded_order(who, order_id)
    files = await site.materials.own(who.marketplace, order_id, who.actor)
    room = site.materials.limits.room(len(files), sum(each.size for each in files))
    return OwnFilesOut(
        order_id=order_id,
        files=[_out(each) for each in files],
        files_used=room.files_used,
        files_left=room.files_left,
        bytes_used=room.bytes_used,
        bytes_left=room.bytes_left,
    )


@get("/orders/{order_id:str}/files/{digest:str}", opt={RIGHT: Right.FILES_READ})
async def read_own_file(request: Request[Any, Any, Any], order_id: OrderId, digest: Digest) -> Stream:
    """A file that the caller uploaded."""
    site, who = site_of(request), caller(request)
    await site.loaded_order(who, order_id)
    opened = await site.materials.open(who.marketplace, order_id, digest, who.actor)
    if isinstance(opened, Refusal):
        raise Troubled(Trouble.NOT_FOUND)
    return original(*opened)


def _out(kept: Kept) -> FileOut:
    href = f"{order_href(kept.order_id)}/files/{kept.digest}"
    return FileOut(digest=kept.digest, size=kept.size, type=kept.type, put_at=kept.put_at, href=href)


def _claimed(header: str | None) -> str:
    """The digest in `Content-Digest`, in hex; empty without one."""
    if header is None:
        return ""
    found = _DIGEST.search(header)
    try:
        return base64.b64decode(found[1], validate=True).hex() if found else _wrong()
    except binascii.Error:
        return _wrong()


def _wrong() -> str:
    raise Troubled(
        Trouble.PARAMETER_NOT_VALID,
        "`Content-Digest` is `sha-256=:` and 44 characters of base64 and `:`",
        where="Content-Digest",
    )


router = Router("/v1", route_handlers=[put_file, list_own_files, read_own_file], tags=["Files"])
