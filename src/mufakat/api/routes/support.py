"""Helping parties who cannot get in: links that sign in once, and the case as the party sees it (decision 0034).

Nothing is done in a party's name here: what stands on the record of a case are its author's own words.
"""

from datetime import timedelta
from typing import Annotated, Any, Final, cast
from urllib.parse import quote

from litestar import Request, Response, Router, delete, get, post
from litestar.params import JSONBody, PathParameter

from mufakat.api.asked import CaseId, caller, site_of
from mufakat.api.knocking import RIGHT
from mufakat.api.principals import Principal
from mufakat.api.problems import Troubled
from mufakat.api.proofs import NO_STORE, check_fresh
from mufakat.api.rights import Caller, Right
from mufakat.api.routes import cases
from mufakat.api.site import Site, language_of
from mufakat.api.troubles import Trouble
from mufakat.api.wire import support as w
from mufakat.api.wire.mirror import MAX_NAME, NO_NUL
from mufakat.core.parties import Role
from mufakat.engine.support import LOOK, Help, Party
from mufakat.store.entries import Entry
from mufakat.store.records import Loaded

COME_IN: Final = "/come-in/"
"""Where links that sign in once lead, before their token."""
SupportId = Annotated[str, PathParameter(max_length=MAX_NAME, pattern=NO_NUL, description="The id of the entry.")]


@post("/cases/{case_id:str}/entries", opt={RIGHT: Right.ENTRIES_MAKE})
async def let_in(request: Request[Any, Any, Any], case_id: CaseId, data: JSONBody[w.LetInIn]) -> Response[w.NewOnceOut]:
    """Make a link that lets a party of a case in once, into this case only. Why is recorded with it.

    Give it to the party on a way that you have verified: whoever opens it first comes in as that party.
    """
    site, who = site_of(request), _fresh(request)
    reason = _reason(data.reason)
    loaded = await site.loaded(who, case_id)
    party = _party(loaded, Role(data.party))
    made, token = await site.support.let_in(who.marketplace, party, who.id, reason, timedelta(hours=data.hours))
    out = w.NewOnceOut(entry=_once(made), href=f"{COME_IN}{quote(token, safe='')}")
    return Response(out, status_code=201, headers=NO_STORE)


@get("/cases/{case_id:str}/entries", opt={RIGHT: Right.ENTRIES_MAKE})
async def list_support(request: Request[Any, Any, Any], case_id: CaseId) -> w.SupportOut:
    """The links into a case that are still kept, and all that was done for its parties, by whom, when and why."""
    site, who = site_of(request), caller(request)
    order_id = (await site.loaded(who, case_id)).order.order.order_id
    helped = await site.support.of(who.marketplace, order_id, case_id)
    entries = await site.support.entries(who.marketplace, case_id)
    return w.SupportOut(case_id=case_id, entries=[_once(each) for each in entries], helped=[_help(x) for x in helped])


@delete("/cases/{case_id:str}/entries/{support_id:str}", opt={RIGHT: Right.ENTRIES_MAKE}, status_code=200)
async def revoke_entry(request: Request[Any, Any, Any], case_id: CaseId, support_id: SupportId) -> w.OnceOut:
    """Revoke a link: it is of no use any more, and a visit that came of it has ended."""
    site, who = site_of(request), caller(request)
    await site.loaded(who, case_id)
    ended = await site.support.revoke(who.marketplace, case_id, support_id)
    if ended is None:
        raise Troubled(Trouble.NOT_FOUND)
    return _once(ended)


@post("/cases/{case_id:str}/seen-as", opt={RIGHT: Right.CASES_SEE_AS}, status_code=201)
async def see_as(request: Request[Any, Any, Any], case_id: CaseId, data: JSONBody[w.SeenAsIn]) -> w.SeenAsOut:
    """A case exactly as one of its parties sees it. Who looked, when and why is recorded before it is shown."""
    site, who = site_of(request), _fresh(request)
    reason = _reason(data.reason)
    loaded = await site.loaded(who, case_id)
    party = _party(loaded, Role(data.party))
    return await _seen_as(request, await site.support.look(who.marketplace, party, who.id, reason), loaded)


@get("/cases/{case_id:str}/seen-as/{support_id:str}", opt={RIGHT: Right.CASES_SEE_AS})
async def read_seen_as(request: Request[Any, Any, Any], case_id: CaseId, support_id: SupportId) -> w.SeenAsOut:
    """The same again for half an hour, to whoever gave the reason."""
    site, who = site_of(request), caller(request)
    loaded = await site.loaded(who, case_id)
    order_id = loaded.order.order.order_id
    found = await site.support.looked(who.marketplace, order_id, case_id, support_id, who.id)
    if found is None:
        raise Troubled(Trouble.NOT_FOUND)
    return await _seen_as(request, found, loaded)


def as_party(who: Principal, loaded: Loaded, role: Role) -> Principal:
    """A party of a case as whoever sees what it sees: nobody comes as this, and nothing can be done with it."""
    return Principal(Caller(role.value), who.marketplace, _party(loaded, role).id)


async def _seen_as(request: Request[Any, Any, Any], found: Help, loaded: Loaded) -> w.SeenAsOut:
    site, language = site_of(request), language_of(request)
    assert loaded.case is not None
    party = as_party(caller(request), loaded, found.role)
    log = await site.store.history(party.marketplace, loaded.case.order_id, loaded.case.case_id)
    recorded = tuple(each.recorded for each in log)
    return w.SeenAsOut(
        support_id=found.support_id,
        party=_role(found.role),
        until=found.at + LOOK,
        case=(await cases.shown(site, party, loaded)).out(),
        timeline=await cases.entries(site, party, loaded, recorded, language),
        messages=await cases.said(site, party, loaded, recorded),
    )


def _fresh(request: Request[Any, Any, Any]) -> Principal:
    """The caller, who has just proved who they are. Raises Troubled."""
    site: Site = site_of(request)
    check_fresh(site, caller(request))
    return caller(request)


def _reason(given: str) -> str:
    if len(given.strip()) < w.SHORTEST:
        raise Troubled(Trouble.BODY_NOT_VALID, f"a reason has at least {w.SHORTEST} characters", where="reason")
    return given.strip()


def _party(loaded: Loaded, role: Role) -> Party:
    case = loaded.case
    assert case is not None
    return Party(role, case.customer_id if role is Role.CUSTOMER else case.seller_id, case.order_id, case.case_id)


def _role(role: Role) -> w.PartyRole:
    return cast("w.PartyRole", role.value)


def _once(entry: Entry) -> w.OnceOut:
    return w.OnceOut(
        entry_id=entry.entry_id,
        party=_role(entry.role),
        made_by=entry.made_by,
        made_at=entry.made_at,
        until=entry.until,
        used_at=entry.used_at,
        revoked_at=entry.revoked_at,
    )


def _help(found: Help) -> w.HelpOut:
    return w.HelpOut(
        support_id=found.support_id,
        what=found.what.value,
        party=_role(found.role),
        by_id=found.by_id,
        at=found.at,
        reason=found.reason,
    )


router = Router(
    "/v1", route_handlers=[let_in, list_support, revoke_entry, see_as, read_seen_as], tags=["Support for parties"]
)
