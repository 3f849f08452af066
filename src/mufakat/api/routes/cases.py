"""Cases: open one, give it commands, see what a command would do, read it, and list them."""

from dataclasses import astuple, replace
from datetime import datetime
from typing import Annotated, Any, Final

from litestar import Request, Response, Router, get, post
from litestar.params import FromQuery, HeaderParameter, JSONBody, QueryParameter

from mufakat.api import showing
from mufakat.api.asked import CaseId, IdempotencyKey, IfMatch, caller, key_of, site_of, version_of
from mufakat.api.binding import check_binding
from mufakat.api.cursors import CursorError
from mufakat.api.held import is_held_to_work, work_in
from mufakat.api.knocking import RIGHT
from mufakat.api.principals import Principal
from mufakat.api.problems import Troubled
from mufakat.api.rights import Right
from mufakat.api.site import Site, is_tied, language_of, no_such_case
from mufakat.api.troubles import Trouble
from mufakat.api.wire import cases as w
from mufakat.api.wire import commands
from mufakat.api.wire.mirror import FIRST_YEAR, LAST_YEAR, MAX_NAME, NO_NUL
from mufakat.core.claim import RequestType
from mufakat.core.events import Recorded
from mufakat.core.parties import Role
from mufakat.core.phases import Phase
from mufakat.core.refusals import Refusal
from mufakat.core.sight import written
from mufakat.core.words import Language
from mufakat.engine.handle import Done
from mufakat.engine.sandbox import react
from mufakat.rulebooks import load
from mufakat.store.index import place_in
from mufakat.store.records import CaseRow, CaseSort, CasesWanted, Loaded

PAGE: Final = 50
"""Cases on a page of a list where the caller names no number."""
MOST_A_PAGE: Final = 200
"""The most cases on a page of a list."""
MOST_EVENTS: Final = 500
"""Events in one answer."""

Filter = Annotated[str, QueryParameter(required=False, max_length=MAX_NAME, pattern=NO_NUL)]


@post("/", opt={RIGHT: Right.CASES_OPEN})
async def open_case(
    request: Request[Any, Any, Any], data: JSONBody[w.OpenCaseIn], idempotency_key: IdempotencyKey = None
) -> Response[w.DoneOut]:
    """Open a request about chosen units of one order (S1, S27)."""
    site, who = site_of(request), caller(request)
    key, order_id = key_of(idempotency_key, who), data.order_id
    command = w.open_command(data)
    done = await give(site, who, language_of(request), order_id, None, command, key)
    answer = await _done(site, who, language_of(request), done)
    answer.headers["Location"] = f"/v1/cases/{done.case_id}"
    return answer


@post("/{case_id:str}/commands", opt={RIGHT: Right.CASES_COMMAND}, status_code=200)
async def command_case(
    request: Request[Any, Any, Any],
    case_id: CaseId,
    data: JSONBody[commands.AnyCommand],
    idempotency_key: IdempotencyKey = None,
    if_match: IfMatch = None,
) -> Response[w.DoneOut]:
    """Give a case a command, in the caller's own role. `available_actions` of the case lists what is open to it."""
    site, who = site_of(request), caller(request)
    key, expected = key_of(idempotency_key, who), version_of(if_match)
    order_id = await site.order_of(who.marketplace, case_id)
    if order_id is None:
        raise no_such_case(who, case_id, language_of(request))
    command = commands.core(data)
    done = await give(site, who, language_of(request), order_id, case_id, command, key, expected)
    return await _done(site, who, language_of(request), done)


@get("/{case_id:str}", opt={RIGHT: Right.CASES_READ})
async def read_case(
    request: Request[Any, Any, Any],
    case_id: CaseId,
    if_none_match: Annotated[str | None, HeaderParameter(name="If-None-Match", required=False)] = None,
) -> Response[w.CaseOut | None]:
    """A case as the caller may see it, with what the caller may do now and until when."""
    site, who = site_of(request), caller(request)
    seen = await shown(site, who, await site.loaded(who, case_id))
    out = seen.out()
    tag = etag(out)
    if if_none_match is not None and _names(if_none_match, tag):
        return Response(None, status_code=304, headers={"ETag": tag})
    return Response(out, headers={"ETag": tag})


@get("/{case_id:str}/timeline", opt={RIGHT: Right.CASES_READ})
async def timeline(request: Request[Any, Any, Any], case_id: CaseId) -> w.TimelineOut:
    """What happened in a case, in sentences, in the language that `Accept-Language` prefers."""
    site, who, language = site_of(request), caller(request), language_of(request)
    loaded = await site.loaded(who, case_id)
    recorded = await _history(site, who, loaded)
    return w.TimelineOut(
        case_id=case_id,
        version=recorded[-1].number,
        language=language.value,
        entries=await entries(site, who, loaded, recorded, language),
    )


@get("/{case_id:str}/messages", opt={RIGHT: Right.CASES_READ})
async def messages(request: Request[Any, Any, Any], case_id: CaseId) -> w.MessagesOut:
    """What customer and seller said to each other. To say something, give the command `SendMessage`."""
    site, who = site_of(request), caller(request)
    loaded = await site.loaded(who, case_id)
    recorded = await _history(site, who, loaded)
    return w.MessagesOut(case_id=case_id, version=recorded[-1].number, messages=await said(site, who, loaded, recorded))


@get("/{case_id:str}/events", opt={RIGHT: Right.EVENTS_READ})
async def events(
    request: Request[Any, Any, Any],
    case_id: CaseId,
    after: Annotated[int, QueryParameter(ge=0, le=10**9, description="The number of the last event seen.")] = 0,
) -> w.EventsOut:
    """Events of a case after a number, as they stand in the log, with their chain of hashes."""
    site, who = site_of(request), caller(request)
    loaded = await site.loaded(who, case_id)
    logged = await site.store.events(who.marketplace, loaded.order.order.order_id, case_id)
    fresh = [each for each in logged if each.number > after][:MOST_EVENTS]
    return w.EventsOut(
        case_id=case_id,
        events=[w.EventOut(x.number, x.body.decode(), x.hash.hex(), x.previous.hex()) for x in fresh],
        next=fresh[-1].number if fresh else after,
    )


@get("/", opt={RIGHT: Right.CASES_READ})
async def list_cases(
    request: Request[Any, Any, Any],
    sort: FromQuery[CaseSort] = CaseSort.NEWEST,
    order_id: Filter = "",
    customer_id: Filter = "",
    seller_id: Filter = "",
    type_: Annotated[RequestType | None, QueryParameter(name="type", required=False)] = None,
    phase: FromQuery[Phase | None] = None,
    is_open: Annotated[bool | None, QueryParameter(name="open", required=False)] = None,
    due_before: FromQuery[datetime | None] = None,
    changed_since: FromQuery[datetime | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=MOST_A_PAGE)] = PAGE,
    cursor: Annotated[str, QueryParameter(required=False, max_length=1000)] = "",
) -> w.CasesOut:
    """Cases, filtered: a party's own, those in which an agent has or had work, all for leads and servers.

    `next` is the cursor of the next page under the same filters.

    To follow changes, list by CHANGED with `changed_since` a minute before your last look, and skip the versions that
    you have: two cases can be written at once, and the later moment may land first.
    """
    site, who = site_of(request), caller(request)
    if who.role is Role.CUSTOMER:
        customer_id = _own(who, customer_id)
    if who.role is Role.SELLER:
        seller_id = _own(who, seller_id)
    kind, stages = (type_.value if type_ else ""), ((phase.value,) if phase else ())
    worker = who.id if is_held_to_work(who) else ""
    since, before = _instant(changed_since, "changed_since"), _instant(due_before, "due_before")
    wanted = CasesWanted(
        marketplace=who.marketplace,
        sort=sort,
        order_id=order_id,
        customer_id=customer_id,
        seller_id=seller_id,
        type=kind,
        phases=stages,
        is_open=is_open,
        due_before=before,
        changed_since=since,
        worker=worker,
        limit=limit,
    )
    # A cursor is for this list and this caller; the size of pages may change under it.
    about = (who.role, who.id, *astuple(replace(wanted, limit=0)))
    found, more = await listed(site, about, wanted, cursor)
    # An agent does not read of cases of its own.
    free = [each for each in found if not is_tied(who, each.customer_id, each.seller_id)]
    return w.CasesOut([showing.row(each, who.role) for each in free], more)


async def listed(
    site: Site, about: tuple[Any, ...], wanted: CasesWanted, cursor: str
) -> tuple[list[CaseRow], str | None]:
    """A page of a list, and the cursor of the next one. `about`: whose list it is, as its cursors say it.

    Raises Troubled for a cursor of another list.
    """
    sort = wanted.sort
    found = await site.store.list_cases(replace(wanted, after=_after(site, sort, about, cursor)))
    full = len(found) == wanted.limit
    return found, site.cursors.make(about, [_plain(each) for each in place_in(sort, found[-1])]) if full else None


async def said(site: Site, who: Principal, loaded: Loaded, recorded: tuple[Recorded, ...]) -> list[w.MessageOut]:
    """What customer and seller said to each other, oldest first."""
    assert loaded.case is not None
    found = showing.messages(recorded)
    carried = {number for matter in loaded.case.matters for number in matter.carried_said}
    texts = await site.texts(who.marketplace, loaded, [each.text for each in found])
    return [w.MessageOut(m.number, m.at, m.by, texts.get(m.text, ""), m.exhibits, m.number in carried) for m in found]


def etag(case: w.CaseOut) -> str:
    """Names a case as one viewer sees it: its version, and what changes without an event when a due moment comes."""
    due = f"{int(case.due.timestamp()):x}" if case.due else "0"
    phases = "".join(each.phase[0].lower() for each in case.matters)
    return f'"{case.version}-{due}-{phases}{len(case.available_actions):x}"'


async def give(
    site: Site,
    who: Principal,
    language: Language,
    order_id: str,
    case_id: str | None,
    command: Any,
    key: str,
    expected: int | None = None,
) -> Done:
    """Give a command (to no case: open one), every file of which must have been uploaded by its giver.

    key: as `key_of` makes it. expected: the version it was decided on, None for any. Raises RefusedByRules, and
    Troubled where it binds and needs a fresh proof of who gives it.
    """
    check_binding(site, who, command)
    if case_id is not None:
        await site.check_works_on(who, case_id, command)
    refusal = await site.materials.missing(who.marketplace, order_id, who.actor, command)
    done = refusal or await site.engine.handle(
        who.marketplace, order_id, case_id, command, who.actor, key, expected, who.ties
    )
    if isinstance(done, Refusal):
        raise await site.refused(done, who, language, order_id, case_id)
    return done


async def _done(site: Site, who: Principal, language: Language, done: Done) -> Response[w.DoneOut]:
    """The answer to an accepted command: what it led to, and the case as it stands now."""
    loaded = done.after or await site.loaded(who, done.case_id)
    if loaded.marketplace.sandbox:  # canned people act after every command
        await react(site.engine, who.marketplace, done.case.order_id, done.case_id)
        loaded = await site.loaded(who, done.case_id)
    seen = await _seen(site, who, loaded)
    said = [hash_ for each in done.recorded for hash_ in written(each.event, who.role)]
    texts = await site.texts(who.marketplace, loaded, [*said, *seen.wanted_texts()], done.sealed)
    case = replace(seen, texts=texts).out()
    zone = load(loaded.marketplace.market).zone
    recorded = showing.entries(done.recorded, who.role, language, zone, loaded.order.order.currency, texts)
    status = 201 if done.recorded and done.recorded[0].number == 1 else 200
    return Response(w.DoneOut(done.version, recorded, case), status_code=status, headers={"ETag": etag(case)})


async def shown(site: Site, who: Principal, loaded: Loaded) -> showing.Shown:
    """A case before the caller, with the texts that it shows."""
    seen = await _seen(site, who, loaded)
    return replace(seen, texts=await site.texts(who.marketplace, loaded, seen.wanted_texts()))


async def _seen(site: Site, who: Principal, loaded: Loaded) -> showing.Shown:
    """A case before the caller, its texts still sealed."""
    assert loaded.case is not None
    assert loaded.policy is not None
    now = showing.moment_of(loaded, site.engine.clock.now())
    return showing.Shown(
        loaded.case,
        loaded.order,
        loaded.policy,
        who.role,
        now,
        {},
        who,
        await work_in(site.queue, who, loaded.case.case_id),
    )


async def _history(site: Site, who: Principal, loaded: Loaded) -> tuple[Recorded, ...]:
    assert loaded.case is not None
    stored = await site.store.history(who.marketplace, loaded.case.order_id, loaded.case.case_id)
    return tuple(each.recorded for each in stored)


async def entries(
    site: Site, who: Principal, loaded: Loaded, recorded: tuple[Recorded, ...], language: Language
) -> list[w.EntryOut]:
    """What was recorded in sentences, as far as the caller may know of it, with what people wrote."""
    hashes = [hash_ for each in recorded for hash_ in written(each.event, who.role)]
    texts = await site.texts(who.marketplace, loaded, hashes)
    zone = load(loaded.marketplace.market).zone
    return showing.entries(recorded, who.role, language, zone, loaded.order.order.currency, texts)


def _names(if_none_match: str, tag: str) -> bool:
    """Whether an `If-None-Match` names a tag; it compares weakly, and `*` names any (RFC 9110)."""
    given = [each.strip().removeprefix("W/") for each in if_none_match.split(",")]
    return given == ["*"] or tag in given


def _own(who: Principal, wanted: str) -> str:
    """Whose cases a party lists: its own. Raises Troubled for those of anybody else."""
    if wanted not in ("", who.id):
        raise Troubled(Trouble.PARAMETER_NOT_VALID, f"a {who.role.lower()} lists its own cases, without naming anybody")
    return who.id


def _instant(moment: datetime | None, where: str) -> datetime | None:
    if moment is not None and not FIRST_YEAR <= moment.year <= LAST_YEAR:
        years = f"{where} is a moment in the years {FIRST_YEAR} to {LAST_YEAR}"
        raise Troubled(Trouble.PARAMETER_NOT_VALID, years, where=where)
    if moment is not None and moment.tzinfo is None:
        raise Troubled(Trouble.PARAMETER_NOT_VALID, f"{where} needs a zone, such as 2026-03-02T09:00:00Z", where=where)
    return moment


def _after(site: Site, sort: CaseSort, about: tuple[Any, ...], cursor: str) -> tuple[object, ...]:
    if not cursor:
        return ()
    try:
        last = site.cursors.read(about, cursor)
    except CursorError as error:
        raise Troubled(Trouble.CURSOR_NOT_VALID, str(error)) from error
    timed = sort in (CaseSort.DUE, CaseSort.CHANGED)
    return (datetime.fromisoformat(last[0]), last[1]) if timed else tuple(last)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


router = Router(
    "/v1/cases",
    route_handlers=[open_case, list_cases, read_case, command_case, timeline, messages, events],
    tags=["Cases"],
)
