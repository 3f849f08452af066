"""The queue: agents take the next work and hand back what they cannot do; leads assign, watch and set the rules."""

from datetime import datetime
from typing import Annotated, Any, Final

from litestar import Request, Router, get, post, put
from litestar.params import JSONBody, QueryParameter

from mufakat.api.asked import CaseId, caller, site_of
from mufakat.api.cursors import CursorError
from mufakat.api.knocking import RIGHT
from mufakat.api.principals import Principal
from mufakat.api.problems import RefusedByRules, Troubled
from mufakat.api.rights import Caller, Right
from mufakat.api.site import Site, is_tied, not_your_work
from mufakat.api.troubles import Trouble
from mufakat.api.wire import queue as w
from mufakat.core.refusals import Refusal
from mufakat.core.waiting import BackReason, WorkKind
from mufakat.store.accounts import Account
from mufakat.store.queue import Rules, Standing, Work, Worker, WorkKey

PAGE: Final = 50
"""Pieces of work on a page where the caller names no number."""
MOST_A_PAGE: Final = 200


@post("/queue/next", opt={RIGHT: Right.QUEUE_WORK}, status_code=200)
async def take_next(request: Request[Any, Any, Any]) -> w.NextOut:
    """Take the next work. Who has some already gets that again, its lease begun anew; what was assigned comes first."""
    site, who = site_of(request), caller(request)
    work = await site.queue.take(who.marketplace, await _worker(site, who))
    return w.NextOut(work=None if work is None else work_out(work))


@post("/queue/hand-back", opt={RIGHT: Right.QUEUE_WORK}, status_code=200)
async def hand_back(request: Request[Any, Any, Any], data: JSONBody[w.HandBackIn]) -> w.QueueOut:
    """Give work back for another to take, and say why; what the caller has left. The caller does not get it again.

    KNOWS_A_PARTY closes the case to the caller; ask a lead to note the tie as well.
    """
    site, who = site_of(request), caller(request)
    note = data.note.strip()
    if data.reason is BackReason.OTHER and not note:
        raise Troubled(Trouble.BODY_NOT_VALID, "with OTHER a note is needed", where="note")
    wanted = (data.case_id, data.matter, data.kind)
    mine = [each.key for each in await site.queue.held(who.marketplace, who.id)]
    key = next((each for each in mine if (each.case_id, each.matter, each.kind) == wanted), None)
    if key is None or not await site.queue.hand_back(who.marketplace, key, who.id, data.reason, note):
        await site.loaded(who, data.case_id)  # what is not there, or not to be seen, is said as everywhere
        raise not_your_work(who, data.case_id)
    held = await site.queue.held(who.marketplace, who.id)
    return w.QueueOut(work=[work_out(each) for each in held], next=None)


@post("/queue/assign", opt={RIGHT: Right.QUEUE_LEAD}, status_code=200)
async def assign_work(request: Request[Any, Any, Any], data: JSONBody[w.AssignIn]) -> w.WorkOut:
    """Give work to an account, one's own too, or put it back into the queue. It is taken from whoever has it.

    Nobody is given a case of somebody they are tied to, or one about their own judgement. Skills do not count here.
    """
    site, who = site_of(request), caller(request)
    key = await _key(site, who, data.case_id, data.matter, data.kind)
    if data.account_id is not None:
        await _in_use(site, who, data.account_id, "account_id")
    assigned = await site.queue.assign(who.marketplace, key, data.account_id or "", who.id)
    if assigned is None:
        raise Troubled(Trouble.NOT_FOUND, "no such work waits now; GET /v1/queue lists what does", where="kind")
    if isinstance(assigned, Refusal):
        raise RefusedByRules(assigned, who.role)
    return work_out(assigned)


@get("/queue", opt={RIGHT: Right.QUEUE_WORK})
async def list_queue(
    request: Request[Any, Any, Any],
    stuck: Annotated[bool, QueryParameter(description="Only what nobody may take.")] = False,  # noqa: FBT002
    kind: Annotated[WorkKind | None, QueryParameter(required=False, description="Only work of this kind.")] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=MOST_A_PAGE)] = PAGE,
    cursor: Annotated[str, QueryParameter(required=False, max_length=1000)] = "",
) -> w.QueueOut:
    """Leads: all that waits, in the order of the queue, with who has it. Agents: the work that they have themselves."""
    site, who = site_of(request), caller(request)
    if who.caller is not Caller.LEAD:
        held = await site.queue.held(who.marketplace, who.id)
        return w.QueueOut(work=[work_out(each) for each in held], next=None)
    free, more = await waiting_page(site, who, limit, cursor, stuck_only=stuck, kind=kind)
    return w.QueueOut(work=[work_out(each) for each in free], next=more)


async def waiting_page(
    site: Site, who: Principal, limit: int, cursor: str, *, stuck_only: bool = False, kind: WorkKind | None = None
) -> tuple[list[Work], str | None]:
    """A page of what waits, without what a tied lead may not know of, and the cursor of the next. Raises Troubled."""
    about = ("queue", who.marketplace, who.id, stuck_only, kind or "")
    found = await site.queue.page(who.marketplace, _after(site, about, cursor), limit, stuck_only=stuck_only, kind=kind)
    more = site.cursors.make(about, _place(found[-1])) if len(found) == limit else None
    return [each for each in found if not is_tied(who, each.customer_id, each.seller_id)], more


@get("/queue/standing", opt={RIGHT: Right.QUEUE_LEAD})
async def read_standing(request: Request[Any, Any, Any]) -> w.QueueStandingsOut:
    """How the queue stands: how much waits, is overdue, is with somebody, lapsed or stuck, and since when."""
    found = await site_of(request).queue.standing(caller(request).marketplace)
    return w.QueueStandingsOut(standings=[standing_out(each) for each in found])


@get("/queue/rules", opt={RIGHT: Right.QUEUE_LEAD})
async def read_queue_rules(request: Request[Any, Any, Any]) -> w.QueueRulesOut:
    """Who gets what nobody else may take, and how long a lease is."""
    return _rules(await site_of(request).queue.rules(caller(request).marketplace))


@put("/queue/rules", opt={RIGHT: Right.QUEUE_LEAD}, status_code=200)
async def put_queue_rules(request: Request[Any, Any, Any], data: JSONBody[w.QueueRulesIn]) -> w.QueueRulesOut:
    """Say who gets what nobody else may take, and how long a lease is; leases that run already stay as they are."""
    site, who = site_of(request), caller(request)
    if data.fallback is not None:
        await _in_use(site, who, data.fallback, "fallback")
    await site.store.put_queue_rules(who.marketplace, data.fallback or "", data.lease_minutes)
    return _rules(await site.queue.rules(who.marketplace))


@get("/cases/{case_id:str}/work", opt={RIGHT: Right.QUEUE_LEAD})
async def read_work_log(request: Request[Any, Any, Any], case_id: CaseId) -> w.WorkLogOut:
    """Who had the work of a case, when, and why it was handed back."""
    site, who = site_of(request), caller(request)
    order_id = (await site.loaded(who, case_id)).order.order.order_id
    entries = [
        w.BefellOut(
            matter=each.key.matter,
            kind=each.key.kind,
            what=each.what.value,
            agent_id=each.agent_id,
            by_id=each.by_id or None,
            at=each.at,
            reason=BackReason(each.reason) if each.reason else None,
            note=each.note,
        )
        for each in await site.queue.log(who.marketplace, order_id, case_id)
    ]
    return w.WorkLogOut(case_id=case_id, entries=entries)


async def _worker(site: Site, who: Principal) -> Worker:
    """The caller with the skills of its account; a token of a machine has none to name, and no ties."""
    account = await site.store.account(who.marketplace, who.id) if who.session else None
    if account is None:
        return Worker(who.id)
    return Worker(who.id, account.ties, account.languages, account.categories)


async def _key(site: Site, who: Principal, case_id: str, matter: int, kind: WorkKind) -> WorkKey:
    """Names work in a case that the caller may know of. Raises RefusedByRules."""
    order_id = (await site.loaded(who, case_id)).order.order.order_id
    return WorkKey(order_id, case_id, matter, kind)


async def _in_use(site: Site, who: Principal, account_id: str, where: str) -> Account:
    """The account of that id, named by the body's field `where`. Raises Troubled for none, and for one disabled."""
    account = await site.store.account(who.marketplace, account_id)
    if account is None:
        raise Troubled(Trouble.NOT_FOUND, "there is no such account; GET /v1/accounts lists them", where=where)
    if account.disabled_at is not None:
        raise Troubled(Trouble.ACCOUNT_DISABLED)
    return account


def _after(site: Site, about: tuple[Any, ...], cursor: str) -> tuple[Any, ...]:
    if not cursor:
        return ()
    try:
        turn, amount, since, case_id, matter, kind = site.cursors.read(about, cursor)
    except CursorError as error:
        raise Troubled(Trouble.CURSOR_NOT_VALID, str(error)) from error
    return datetime.fromisoformat(turn), int(amount), datetime.fromisoformat(since), case_id, int(matter), kind


def _place(work: Work) -> list[str]:
    turn, amount, since, case_id, matter, kind = work.place
    return [turn.isoformat(), str(amount), since.isoformat(), case_id, str(matter), kind]


def work_out(work: Work) -> w.WorkOut:
    """A piece of work as it travels."""
    return w.WorkOut(
        order_id=work.key.order_id,
        case_id=work.key.case_id,
        matter=work.key.matter,
        kind=work.key.kind,
        due=work.due,
        since=work.since,
        amount=work.amount,
        currency=work.currency,
        escalations=work.escalations,
        language=work.language,
        categories=list(work.categories),
        holder=work.holder or None,
        until=work.until,
        stuck=work.stuck,
    )


def standing_out(found: Standing) -> w.QueueStandingOut:
    """How the queue stands as it travels."""
    return w.QueueStandingOut(
        kind=found.kind,
        waiting=found.waiting,
        overdue=found.overdue,
        within_4_hours=found.within_4_hours,
        within_24_hours=found.within_24_hours,
        held=found.held,
        lapsed=found.lapsed,
        stuck=found.stuck,
        oldest=found.oldest,
    )


def _rules(rules: Rules) -> w.QueueRulesOut:
    minutes = int(rules.lease.total_seconds()) // 60
    return w.QueueRulesOut(fallback=rules.fallback or None, lease_minutes=minutes, language=rules.language)


router = Router(
    "/v1",
    route_handlers=[
        take_next,
        hand_back,
        assign_work,
        list_queue,
        read_standing,
        read_queue_rules,
        put_queue_rules,
        read_work_log,
    ],
    tags=["Queue"],
)
