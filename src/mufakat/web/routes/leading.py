"""A lead's pages: how the queue stands and who has what, people with their rights, and how the judging fares."""

from typing import Annotated, Any, Final

from litestar import Request, Response, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect

from mufakat.api.asked import caller, site_of
from mufakat.api.problems import Troubled
from mufakat.api.routes import accounts, drafts, quality, queue, queue_health
from mufakat.api.troubles import Trouble
from mufakat.api.wire.accounts import AccountChangeIn, AccountIn
from mufakat.api.wire.queue import AssignIn
from mufakat.core.judged import By
from mufakat.core.waiting import WorkKind
from mufakat.web import visits
from mufakat.web.answered import answered
from mufakat.web.day_by_day import day_by_day
from mufakat.web.docket import KINDS
from mufakat.web.drawing import page
from mufakat.web.filling import Filled, NotFilled, converted, typed
from mufakat.web.proving import check_proved, needs_proof, take_proof
from mufakat.web.routes.desk import place_of
from mufakat.web.routes.door import NO_STORE
from mufakat.web.routes.orders import market_tongue
from mufakat.web.tongue import Tongue
from mufakat.web.tongue import mark as _

FOR_LEADS: Final = {visits.CALLERS: visits.LEADS}
ALL_WORK: Final = "all"
STUCK: Final = "stuck"
SHOWS: Final[dict[str, str]] = {
    ALL_WORK: _("All"),
    **{each.value: said for each, said in KINDS.items()},
    STUCK: _("Nobody may"),
}
"""What the list of work can be narrowed to."""
Show = Annotated[str, QueryParameter(required=False, max_length=20)]
Cursor = Annotated[str, QueryParameter(required=False, max_length=1000)]


@get("/queue", opt=FOR_LEADS, include_in_schema=False)
async def read_queue(request: Request[Any, Any, Any], show: Show = ALL_WORK, cursor: Cursor = "") -> Response[str]:
    """How the queue fares, and what waits, in its order, with who has it; `show`: all, `stuck`, or a kind of work."""
    site, who = site_of(request), caller(request)
    t = await market_tongue(request, site, who)
    if show not in SHOWS:
        raise Troubled(Trouble.NOT_FOUND)
    kind = WorkKind(show) if show in list(WorkKind) else None
    wanted = {"stuck": show == STUCK, "kind": kind, "limit": queue.PAGE, "cursor": cursor}
    listed = await answered(request, queue.list_queue, t, **wanted)
    return page(
        request,
        "queue.html",
        t,
        show=show,
        shows=SHOWS,
        work=[(each, place_of(each)) for each in listed.work],
        more=listed.next,
        health=(health := await answered(request, queue_health.read_queue_health, t)),
        day_by_day=day_by_day(t, health.days),
        rules=await answered(request, queue.read_queue_rules, t),
        reversals=(await answered(request, quality.read_reversals, t, by=By.AGENT)).groups,
        agreement=await answered(request, quality.read_agreement, t),
        kinds=KINDS,
        **await _around(request),
    )


@get("/queue/drafts", opt=FOR_LEADS, include_in_schema=False)
async def read_drafts(request: Request[Any, Any, Any], cursor: Cursor = "") -> Response[str]:
    """Judgements that wait for a second person."""
    t = await market_tongue(request, site_of(request), caller(request))
    found = await answered(request, drafts.list_drafts, t, limit=drafts.PAGE, cursor=cursor)
    return page(request, "drafts.html", t, drafts=found.drafts, more=found.next, **await _around(request))


async def _around(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """What lists of work are drawn with: people, their names, the marketplace's moment, and the real one of leases."""
    site, who = site_of(request), caller(request)
    people, real = await site.store.accounts(who.marketplace), site.engine.clock.now()
    return {
        "people": [each for each in people if each.disabled_at is None],
        "names": {each.account_id: each.name for each in people},
        "now": (await site.place(who)).at(real),
        "real": real,
    }


@post("/queue/assign", opt=FOR_LEADS, include_in_schema=False)
async def assign(request: Request[Any, Any, Any]) -> Response[Any]:
    """Give work to somebody, one's own self too, or back into the queue."""
    given, t = await typed(request), await market_tongue(request, site_of(request), caller(request))
    body = {"case_id": given.get("case"), "matter": given.get("matter"), "kind": given.get("kind")}
    try:
        wanted = converted(body | {"account_id": given.get("account") or None}, AssignIn, t)
    except NotFilled as error:
        raise Troubled(Trouble.NOT_FOUND) from error
    await answered(request, queue.assign_work, t, data=wanted)
    places = {"drafts": "/queue/drafts", "case": f"/cases/{wanted.case_id}"}
    return Redirect(places.get(given.get("back"), "/queue"), status_code=303, headers=NO_STORE)


@get("/people", opt=FOR_LEADS, include_in_schema=False)
async def read_people(request: Request[Any, Any, Any]) -> Response[str]:
    """Every account, with what it may and can."""
    return await _people(request, Filled())


@post("/people", opt=FOR_LEADS, include_in_schema=False)
async def change_people(request: Request[Any, Any, Any]) -> Response[Any]:
    """Invite somebody, change what they may, disable or enable them, reset their second factor; `do` says which."""
    given, t = await typed(request), await market_tongue(request, site_of(request), caller(request))
    deed = _DEEDS.get(given.get("do"))
    if deed is None:
        raise Troubled(Trouble.NOT_FOUND)
    try:
        await take_proof(request, given, t)
        check_proved(request, t)
        invited = await deed(request, given, t)
    except NotFilled as error:
        given.wrong.append(str(error))
        return await _people(request, given, status=422)
    except Troubled as error:
        if error.trouble not in _SAID:
            raise
        given.wrong.append(t.say(_SAID[error.trouble]))
        return await _people(request, given, status=409)
    if invited is None:
        return Redirect("/people", status_code=303, headers=NO_STORE)
    return await _people(request, Filled(), invited=invited)


async def _make(request: Request[Any, Any, Any], given: Filled, t: Tongue) -> Any:
    names = {name: given.get(name).strip() for name in ("login", "name", "role")}
    data = converted(names | _lists(given), AccountIn, t)
    return (await answered(request, accounts.make_account, t, data=data)).content


async def _change(request: Request[Any, Any, Any], given: Filled, t: Tongue) -> None:
    own = given.get("account") == caller(request).id
    changed: dict[str, Any] = {"name": given.get("name").strip(), **_lists(given)} | {"role": given.get("role")}
    kept = {name: value for name, value in changed.items() if not own or name not in ("role", "ties")}
    data = converted(kept, AccountChangeIn, t)
    await answered(request, accounts.change_account, t, account_id=given.get("account"), data=data)


async def _invite(request: Request[Any, Any, Any], given: Filled, t: Tongue) -> Any:
    return (await answered(request, accounts.invite_account, t, account_id=given.get("account"))).content


async def _disable(request: Request[Any, Any, Any], given: Filled, t: Tongue) -> None:
    await answered(request, accounts.disable_account, t, account_id=given.get("account"))


async def _enable(request: Request[Any, Any, Any], given: Filled, t: Tongue) -> None:
    await answered(request, accounts.enable_account, t, account_id=given.get("account"))


async def _reset(request: Request[Any, Any, Any], given: Filled, t: Tongue) -> None:
    await answered(request, accounts.reset_second_factor, t, account_id=given.get("account"))


def _lists(given: Filled) -> dict[str, list[str]]:
    """Skills and ties as they are typed: apart by commas."""
    return {
        name: [each.strip() for each in given.get(name).split(",") if each.strip()]
        for name in ("languages", "categories", "ties")
    }


async def _people(
    request: Request[Any, Any, Any], given: Filled, *, invited: Any = None, status: int = 200
) -> Response[str]:
    """The page; `invited`: an invitation that is shown this once."""
    t = await market_tongue(request, site_of(request), caller(request))
    found = (await answered(request, accounts.list_accounts, t)).accounts
    return page(
        request,
        "people.html",
        t,
        status=status,
        people=found,
        given=given,
        invited=invited,
        me=caller(request).id,
        proof_needed=needs_proof(request),
    )


_DEEDS: Final = {
    "make": _make,
    "change": _change,
    "invite": _invite,
    "disable": _disable,
    "enable": _enable,
    "reset": _reset,
}
_SAID: Final[dict[Trouble, str]] = {
    Trouble.LOGIN_TAKEN: _("Somebody has this address already."),
    Trouble.LAST_LEAD: _("This is the last lead. Make another one first."),
    Trouble.OWN_ACCOUNT: _("Nobody changes this about themselves. Ask another lead."),
    Trouble.ACCOUNT_DISABLED: _("This account is disabled. Enable it first."),
}
"""What the API refuses here, as the page says it."""
