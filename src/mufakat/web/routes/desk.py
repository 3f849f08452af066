"""The desk of an agent: the work that is theirs, the next one by one key, handing back, and the page of a case."""

from dataclasses import replace
from typing import Annotated, Any, Final

from litestar import Request, Response, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect

from mufakat.api.asked import CaseId, caller, key_of, site_of
from mufakat.api.problems import RefusedByRules, Troubled
from mufakat.api.routes import cases as of_cases
from mufakat.api.routes import contacts, quality, queue, worksheet
from mufakat.api.troubles import Trouble, status_of
from mufakat.api.wire.contacts import SHORTEST, RevealIn
from mufakat.api.wire.queue import MOST_NOTE, HandBackIn, WorkOut
from mufakat.core.waiting import BackReason, WorkKind
from mufakat.web import visits
from mufakat.web.answered import answered
from mufakat.web.deeds import refused_because
from mufakat.web.docket import BACK, KINDS, Docket, docket
from mufakat.web.drawing import page
from mufakat.web.filling import Filled, NotFilled, command_of, typed
from mufakat.web.phases import STEPS_SAID
from mufakat.web.routes.door import NO_STORE
from mufakat.web.routes.foreseeing import READ, foreseen
from mufakat.web.routes.orders import market_tongue
from mufakat.web.seen import seen
from mufakat.web.sheets import CHOICES, blank, said, supposing
from mufakat.web.tongue import mark as _

AT_DESK: Final = {visits.CALLERS: visits.PEOPLE}
Matter = Annotated[int, QueryParameter(required=False, ge=1, le=10**6)]
Said = Annotated[str, QueryParameter(required=False, max_length=10)]


@get("/desk", opt=AT_DESK, include_in_schema=False)
async def read_desk(request: Request[Any, Any, Any], none: Said = "") -> Response[str]:
    """The visitor's own work; `none`: they asked for the next one, and nothing waits that they may have."""
    return await _desk(request, none=bool(none))


@post("/desk/next", opt=AT_DESK, include_in_schema=False)
async def take_next(request: Request[Any, Any, Any]) -> Response[Any]:
    """Take the next work and go to it. Who has some already goes back to that."""
    found = (await answered(request, queue.take_next)).work
    where = "/desk?none=yes" if found is None else place_of(found)
    return Redirect(where, status_code=303, headers=NO_STORE)


@post("/desk/back", opt=AT_DESK, include_in_schema=False)
async def hand_back(request: Request[Any, Any, Any]) -> Response[Any]:
    """Give work back for another to take, and say why."""
    given = await typed(request)
    reason, note = given.get("reason"), given.get("note")[:MOST_NOTE]
    matter, kind = given.get("matter"), given.get("kind")
    if not matter.isdigit() or len(matter) > 6 or kind not in list(WorkKind):  # noqa: PLR2004 - as many as a case has
        raise Troubled(Trouble.NOT_FOUND)
    if reason not in list(BackReason) or (reason == BackReason.OTHER and not note.strip()):
        given.wrong.append(_("Choose why you give it back; for something else, write a few words."))
        return await _desk(request, given=given, status=422)
    body = HandBackIn(
        case_id=given.get("case"), matter=int(matter), kind=WorkKind(kind), reason=BackReason(reason), note=note
    )
    await answered(request, queue.hand_back, data=body)
    return Redirect("/desk", status_code=303, headers=NO_STORE)


@get("/cases/{case_id:str}/similar", opt=AT_DESK, include_in_schema=False)
async def read_similar(request: Request[Any, Any, Any], case_id: CaseId) -> Response[str]:
    """Past cases that are like this one, and how they ended."""
    shown = await seen(request, case_id)
    found = await answered(request, quality.read_similar, shown.t, case_id=case_id)
    return page(request, "similar.html", shown.t, s=shown, found=found)


@post("/cases/{case_id:str}/contact", opt=AT_DESK, include_in_schema=False)
async def reveal_contact(request: Request[Any, Any, Any], case_id: CaseId) -> Response[str]:
    """A party's contact in full, to an agent who says why; that is recorded before it is shown."""
    shown, given = await seen(request, case_id), await typed(request)
    party, reason = given.get("party"), given.get("reason").strip()
    if party not in visits.PARTIES:
        raise Troubled(Trouble.NOT_FOUND)
    found = None
    if len(reason) < SHORTEST:
        given.wrong.append(shown.t.say(_("Say why you need it, in %(least)s characters or more."), least=SHORTEST))
    else:
        body = RevealIn(party="CUSTOMER" if party == "CUSTOMER" else "SELLER", reason=reason[:1000])
        found = await answered(request, contacts.reveal_contact, shown.t, case_id=case_id, data=body)
    status = 200 if found else 422
    return page(request, "contact.html", shown.t, status=status, s=shown, given=given, party=party, found=found)


async def read_docket(request: Request[Any, Any, Any], case_id: str, done: str) -> Response[str]:
    """The page of a case for an agent or a lead."""
    found = await docket(request, case_id)
    return docket_page(request, found, blank(found.sheet), done=done)


@post("/cases/{case_id:str}/worksheet", opt=AT_DESK, include_in_schema=False)
async def fill_worksheet(request: Request[Any, Any, Any], case_id: CaseId, matter: Matter = 1) -> Response[Any]:
    """Try the worksheet out, record it, or read what a party would: `stage` or `read` says which.

    What is refused comes back with all that was typed.
    """
    found, given = await docket(request, case_id), await typed(request)
    part = next((each for each in found.sheet.sheets if each.matter == matter), None)
    if part is None:
        raise Troubled(Trouble.NOT_FOUND)
    t, case = found.s.t, found.s.case
    shown = Filled(blank(found.sheet).fields | given.fields)
    try:
        body = said(part, given, case.currency, t)
        if given.get(READ):
            action = f"/cases/{case_id}/worksheet?matter={matter}"
            return await foreseen(request, found.s, given, body, action, "try")
        if given.get("stage") == "record":
            site, who = site_of(request), caller(request)
            command = command_of({"command": "RecordFindings", **body}, t)
            key = key_of(given.key, who)
            await of_cases.give(site, who, t.language, case.order_id, case_id, command, key)
            return Redirect(f"/cases/{case_id}?done=RecordFindings", status_code=303, headers=NO_STORE)
        supposed = await answered(request, worksheet.suppose_findings, t, case_id=case_id, data=supposing(body, t))
    except NotFilled as error:
        shown.wrong.append(str(error))
        return docket_page(request, found, shown, status=422)
    except RefusedByRules as error:
        shown.wrong.append(refused_because(found.s, error))
        return docket_page(request, found, shown, status=status_of(error.refusal.code))
    return docket_page(request, replace(found, sheet=supposed), shown, is_tried=True)


def docket_page(
    request: Request[Any, Any, Any],
    found: Docket,
    given: Filled,
    *,
    done: str = "",
    is_tried: bool = False,
    status: int = 200,
) -> Response[str]:
    """The page of a case for agents, with the worksheet as it was filled."""
    given.fields.pop("key", None)
    return page(
        request,
        "docket.html",
        found.s.t,
        status=status,
        d=found,
        s=found.s,
        done=done,
        is_tried=is_tried,
        kinds=KINDS,
        back=BACK,
        given=given,
        choices=CHOICES,
        steps_said=STEPS_SAID,
    )


def place_of(work: WorkOut) -> str:
    """Where some work is done."""
    if work.kind is WorkKind.SAMPLE:
        return f"/samples/{work.case_id}/{work.matter}"
    return f"/cases/{work.case_id}"


async def _desk(
    request: Request[Any, Any, Any], *, none: bool = False, given: Filled | None = None, status: int = 200
) -> Response[str]:
    site, who = site_of(request), caller(request)
    t = await market_tongue(request, site, who)
    held = [queue.work_out(each) for each in await site.queue.held(who.marketplace, who.id)]
    shown = given or Filled()
    shown.wrong = [t.say(each) for each in shown.wrong]
    return page(
        request,
        "desk.html",
        t,
        status=status,
        work=[(each, place_of(each)) for each in held],
        now=(await site.place(who)).at(site.engine.clock.now()),
        nothing=none,
        given=shown,
        kinds=KINDS,
        back=BACK,
    )
