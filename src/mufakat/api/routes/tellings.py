"""Who was told what outside of the pages, and results that did not arrive until somebody says what was done (S8)."""

from typing import Any, Final

from litestar import Request, Router, get, post
from litestar.params import JSONBody

from mufakat.api.asked import CaseId, caller, site_of
from mufakat.api.knocking import RIGHT
from mufakat.api.problems import Troubled
from mufakat.api.rights import Right
from mufakat.api.site import Site
from mufakat.api.troubles import Trouble
from mufakat.api.wire import tellings as w
from mufakat.core.parties import Role
from mufakat.store.tellings import ToTell

MOST: Final = 100
"""Results that did not arrive, in one answer."""


@get("/cases/{case_id:str}/tellings", opt={RIGHT: Right.TELLINGS_READ})
async def list_tellings(request: Request[Any, Any, Any], case_id: CaseId) -> w.TellingsOut:
    """What the parties of a case were told by mail, and what became of each letter. No address is in it."""
    site, who = site_of(request), caller(request)
    await site.loaded(who, case_id)
    found = await site.store.tellings_of(who.marketplace, case_id)
    return w.TellingsOut(told=[await _out(site, each) for each in found])


@get("/tellings/undelivered", opt={RIGHT: Right.TELLINGS_LEAD})
async def list_undelivered(request: Request[Any, Any, Any]) -> w.TellingsOut:
    """Results that did not reach whom they are for, and about which nobody did anything yet; at most 100."""
    site, who = site_of(request), caller(request)
    found = await site.store.undelivered(who.marketplace, MOST, (who.id, *who.ties))
    return w.TellingsOut(told=[await _out(site, each) for each in found])


@post("/cases/{case_id:str}/tellings/done", opt={RIGHT: Right.TELLINGS_READ}, status_code=200)
async def note_done(request: Request[Any, Any, Any], case_id: CaseId, data: JSONBody[w.DoneIn]) -> w.TellingOut:
    """Note what was done where a result did not arrive, such as calling the party. Once; NOT_FOUND after that."""
    site, who = site_of(request), caller(request)
    await site.loaded(who, case_id)
    found = await _named(site, who.marketplace, case_id, data)
    if found is None or not await site.store.note_done(found, data.done, who.id, site.engine.clock.now()):
        raise Troubled(Trouble.NOT_FOUND)
    noted = await _named(site, who.marketplace, case_id, data)
    assert noted is not None, "tellings stay"
    return await _out(site, noted)


async def _named(site: Site, marketplace: str, case_id: str, data: w.DoneIn) -> ToTell | None:
    """The telling of that cause to that party."""
    wanted = (data.cause, Role(data.party))
    told = await site.store.tellings_of(marketplace, case_id)
    return next((each for each in told if (each.cause, each.role) == wanted), None)


async def _out(site: Site, told: ToTell) -> w.TellingOut:
    whose = (told.marketplace, told.role.value, told.party_id, told.case_id)
    notices = await site.store.notices_of(*whose, told.cause)
    return w.TellingOut(
        case_id=told.case_id,
        order_id=told.order_id,
        cause=told.cause,
        party="CUSTOMER" if told.role is Role.CUSTOMER else "SELLER",
        codes=[each.code for each in notices],
        state=told.state,
        is_result=told.is_result,
        began_at=told.began_at,
        settled_at=told.settled_at,
        why=told.why,
        done=told.done,
        done_by=told.done_by,
        done_at=told.done_at,
    )


router = Router("/v1", route_handlers=[list_tellings, list_undelivered, note_done], tags=["Notices"])
"""The routes."""
