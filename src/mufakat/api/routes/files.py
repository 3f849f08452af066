"""Files of supporting material: upload for an order, read back by who may see them."""

import base64
import binascii
import re
from typing import Annotated, Any, Final

from litestar import Request, Response, Router, get, post
from litestar.params import HeaderParameter, PathParameter
from litestar.response import Stream

from mufakat.api.addresses import order_href
from mufakat.api.asked import CaseId, OrderId, caller, site_of
from mufakat.api.knocking import RIGHT
from mufakat.api.problems import Troubled
from mufakat.api.rights import Right
from mufakat.api.site import language_of
from mufakat.api.troubles import Trouble
from mufakat.api.wire.asking import FileOut
from mufakat.core.claim import MaterialKind
from mufakat.core.parties import Role
from mufakat.core.refusals import Refusal
from mufakat.core.sight import sees_all
from mufakat.core.view import visible_exhibits
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
ENDINGS: Final = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "application/pdf": "pdf",
    "text/plain": "txt",
}


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
    href = f"{order_href(order_id)}/files/{kept.digest}"
    out = FileOut(digest=kept.digest, size=kept.size, type=kept.type, put_at=kept.put_at, href=href)
    return Response(out, headers={"Location": href})


@get("/orders/{order_id:str}/files/{digest:str}", opt={RIGHT: Right.FILES_READ})
async def read_own_file(request: Request[Any, Any, Any], order_id: OrderId, digest: Digest) -> Stream:
    """A file that the caller uploaded."""
    site, who = site_of(request), caller(request)
    await site.loaded_order(who, order_id)
    opened = await site.materials.open(who.marketplace, order_id, digest, who.actor)
    if isinstance(opened, Refusal):
        raise Troubled(Trouble.NOT_FOUND)
    return _file(*opened)


@get("/cases/{case_id:str}/files/{digest:str}", opt={RIGHT: Right.FILES_READ})
async def read_exhibit(request: Request[Any, Any, Any], case_id: CaseId, digest: Digest) -> Stream:
    """A file on the record of a case, for those who may see it."""
    site, who = site_of(request), caller(request)
    loaded = await site.loaded(who, case_id)
    assert loaded.case is not None
    role = Role.AGENT if sees_all(who.role) else who.role
    kept_in = (who.marketplace, loaded.case.order_id, digest, who.actor)
    for exhibit in visible_exhibits(loaded.case, role):
        if exhibit.material.kind is MaterialKind.FILE and exhibit.material.digest == digest:
            found = await site.materials.open(*kept_in, exhibit.giver)
            if not isinstance(found, Refusal):
                return _file(*found)
    raise Troubled(Trouble.NOT_FOUND)


def _file(kept: Kept, pieces: Any) -> Stream:
    """The bytes, so that no browser runs or guesses anything in them."""
    name = f"{kept.digest[:16]}.{ENDINGS.get(kept.type, 'bin')}"
    return Stream(
        pieces,
        media_type=kept.type,
        headers={
            "Content-Length": str(kept.size),
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, max-age=3600",
            "ETag": f'"{kept.digest}"',
        },
    )


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


router = Router("/v1", route_handlers=[put_file, read_own_file, read_exhibit], tags=["Files"])
