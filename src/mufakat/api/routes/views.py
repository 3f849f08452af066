"""Files of a case as others than their givers see them: views, links to them, originals for agents with a reason."""

from typing import Annotated, Any

from litestar import Request, Response, Router, get, post
from litestar.params import JSONBody, PathParameter
from litestar.response import Stream

from mufakat.api import links
from mufakat.api.asked import CaseId, caller, site_of
from mufakat.api.knocking import RIGHT, take, take_stranger
from mufakat.api.principals import Principal
from mufakat.api.problems import RefusedByRules, Troubled
from mufakat.api.rights import Right
from mufakat.api.routes.files import Digest
from mufakat.api.serving_bytes import IfRange, Part, Range, original, view
from mufakat.api.site import Site
from mufakat.api.troubles import Trouble
from mufakat.api.wire import files as w
from mufakat.core.claim import Exhibit, MaterialKind
from mufakat.core.parties import Role
from mufakat.core.refusals import Refusal
from mufakat.core.sight import sees_all
from mufakat.core.view import visible_exhibits
from mufakat.engine.looking import Looking, main_view, visible
from mufakat.store.derivatives import DerivativeRow

Number = Annotated[str, PathParameter(pattern="^[1-9][0-9]{0,3}$", description="The view's number.")]
Token = Annotated[str, PathParameter(max_length=links.MAX_TOKEN, description="The link's token.")]


@get("/cases/{case_id:str}/files/{digest:str}", opt={RIGHT: Right.FILES_READ})
async def read_exhibit(
    request: Request[Any, Any, Any], case_id: CaseId, digest: Digest, range_: Range = None, if_range: IfRange = None
) -> Stream:
    """A file on the record of a case, as others than its giver see it: a copy without metadata.

    Of a document it is the first page as a picture. `/views` lists what else there is.
    """
    site, who = site_of(request), caller(request)
    _, _, rows = await found(site, who, case_id, digest)
    return await shown(site, main_view(visible(rows)), Part(range_, if_range))


@get("/cases/{case_id:str}/files/{digest:str}/views", opt={RIGHT: Right.FILES_READ})
async def list_views(request: Request[Any, Any, Any], case_id: CaseId, digest: Digest) -> w.FileViewsOut:
    """What there is to see of a file on the record of a case: the copy, a small picture, stills of a film, pages."""
    _, exhibit, rows = await found(site_of(request), caller(request), case_id, digest)
    seen, href = visible(rows), f"/v1/cases/{case_id}/files/{digest}/views"
    main = main_view(seen)
    views = [
        w.FileViewOut(
            number=row.number,
            made=w.ViewKind(row.made),
            type=row.type,
            size=row.size,
            width=row.width,
            height=row.height,
            at=row.at_ms / 1000,
            length=row.length_ms / 1000,
            main=row is main,
            href=f"{href}/{row.number}",
        )
        for row in seen
    ]
    return w.FileViewsOut(case_id=case_id, exhibit=exhibit.number, digest=digest, by=exhibit.giver, views=views)


@get("/cases/{case_id:str}/files/{digest:str}/views/{number:str}", opt={RIGHT: Right.FILES_READ})
async def read_view(
    request: Request[Any, Any, Any],
    case_id: CaseId,
    digest: Digest,
    number: Number,
    range_: Range = None,
    if_range: IfRange = None,
) -> Stream:
    """One view of a file, or one range of its bytes."""
    site, who = site_of(request), caller(request)
    _, _, rows = await found(site, who, case_id, digest)
    return await shown(site, _numbered(rows, int(number)), Part(range_, if_range))


@post("/cases/{case_id:str}/files/{digest:str}/links", opt={RIGHT: Right.FILES_READ}, status_code=201)
async def make_link(
    request: Request[Any, Any, Any], case_id: CaseId, digest: Digest, data: JSONBody[w.LinkIn]
) -> Response[w.LinkOut]:
    """A link to one view of a file that needs no token, for pictures and players of a browser.

    It can be used for five minutes, for this view only, and while the caller may still see it.
    """
    site, who = site_of(request), caller(request)
    _, _, rows = await found(site, who, case_id, digest)
    row = main_view(visible(rows)) if data.number is None else _numbered(rows, data.number)
    if row is None:
        raise Troubled(Trouble.NOT_FOUND)
    now = site.engine.clock.now()
    token, until = links.make(site.links_key, who, case_id, digest, row.number, now)
    href = f"/links/{token}"
    return Response(w.LinkOut(href=href, until=until), headers={"Location": href})


@get("/cases/{case_id:str}/files/{digest:str}/facts", opt={RIGHT: Right.ORIGINALS_OPEN})
async def read_file_facts(request: Request[Any, Any, Any], case_id: CaseId, digest: Digest) -> w.FileFactsOut:
    """What a file says of its making: time, place and camera. For agents only."""
    site, who = site_of(request), caller(request)
    _, exhibit, rows = await found(site, who, case_id, digest)
    said = await _looking(site).facts(rows)
    if said is None:
        raise Troubled(Trouble.NOT_FOUND)
    return w.FileFactsOut(
        case_id=case_id,
        exhibit=exhibit.number,
        digest=digest,
        taken_at=said.taken_at,
        taken_local=None if said.taken_local is None else said.taken_local.isoformat(),
        latitude=said.latitude,
        longitude=said.longitude,
        make=said.make,
        model=said.model,
        software=said.software,
    )


@post("/cases/{case_id:str}/files/{digest:str}/original", opt={RIGHT: Right.ORIGINALS_OPEN}, status_code=200)
async def open_original(
    request: Request[Any, Any, Any], case_id: CaseId, digest: Digest, data: JSONBody[w.OpenOriginalIn]
) -> Stream:
    """A file as its giver sent it, byte for byte. Who asked, when and why is recorded before a byte leaves."""
    site, who = site_of(request), caller(request)
    if len(data.reason.strip()) < w.SHORTEST:
        raise Troubled(Trouble.BODY_NOT_VALID, f"a reason has at least {w.SHORTEST} characters", where="reason")
    order_id, exhibit, _ = await found(site, who, case_id, digest, unseen=True)
    opened = await site.materials.open(who.marketplace, order_id, digest, who.actor, exhibit.giver)
    if isinstance(opened, Refusal):
        raise Troubled(Trouble.NOT_FOUND)
    kept, pieces = opened
    about = (who.marketplace, order_id, case_id, exhibit.number, digest)
    await site.openings.record(*about, who.actor, data.reason.strip())
    return original(kept, pieces)


@get("/cases/{case_id:str}/openings", opt={RIGHT: Right.EVENTS_READ})
async def list_openings(request: Request[Any, Any, Any], case_id: CaseId) -> w.OpeningsOut:
    """Who opened originals of a case, when and why."""
    site, who = site_of(request), caller(request)
    loaded = await site.loaded(who, case_id)
    assert loaded.case is not None
    found = await site.openings.of(who.marketplace, loaded.case.order_id, case_id)
    openings = [
        w.OpeningOut(
            opening_id=each.opening_id,
            exhibit=each.exhibit,
            digest=each.digest,
            agent_id=each.agent_id,
            at=each.at,
            reason=each.reason,
        )
        for each in found
    ]
    return w.OpeningsOut(case_id=case_id, openings=openings)


@get("/links/{token:str}", tags=["Files"])
async def read_link(
    request: Request[Any, Any, Any], token: Token, range_: Range = None, if_range: IfRange = None
) -> Stream:
    """What a link shows, or one range of its bytes. A link that has ended is as if it did not exist."""
    site = site_of(request)
    try:
        link, who = await links.used(site.links_key, token, site.store, site.engine.clock.now())
    except links.NoSuchLink as error:
        take_stranger(request)
        raise Troubled(Trouble.NOT_FOUND, str(error)) from error
    take(request, site.allowances, f"{who.caller}\0{who.marketplace}\0{who.id}")
    try:
        _, _, rows = await found(site, who, link.case_id, link.digest)
    except RefusedByRules as error:
        raise Troubled(Trouble.NOT_FOUND) from error
    return await shown(site, _numbered(rows, link.number), Part(range_, if_range))


async def found(
    site: Site, who: Principal, case_id: str, digest: str, *, unseen: bool = False
) -> tuple[str, Exhibit, list[DerivativeRow]]:
    """The order, the exhibit, and what was made of its file; `unseen`: also where nothing was.

    Raises RefusedByRules, Troubled (NOT_FOUND).
    """
    loaded = await site.loaded(who, case_id)
    assert loaded.case is not None
    order_id = loaded.case.order_id
    role = Role.AGENT if sees_all(who.role) else who.role
    for exhibit in visible_exhibits(loaded.case, role):
        if exhibit.material.kind is MaterialKind.FILE and exhibit.material.digest == digest:
            rows = await site.materials.views(who.marketplace, order_id, exhibit.giver, digest)
            if rows or unseen:
                return order_id, exhibit, rows
    raise Troubled(Trouble.NOT_FOUND)


def _numbered(rows: list[DerivativeRow], number: int) -> DerivativeRow | None:
    return next((row for row in visible(rows) if row.number == number), None)


async def shown(site: Site, row: DerivativeRow | None, part: Part) -> Stream:
    """One view of a file on its way out. Raises Troubled (NOT_FOUND) where there is none."""
    if row is None:
        raise Troubled(Trouble.NOT_FOUND)
    return await view(_looking(site), row, part)


def _looking(site: Site) -> Looking:
    if site.materials.looking is None:
        raise Troubled(Trouble.NOT_FOUND)
    return site.materials.looking


router = Router(
    "/v1",
    route_handlers=[read_exhibit, list_views, read_view, make_link, read_file_facts, open_original, list_openings],
    tags=["Files"],
)
