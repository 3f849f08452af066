"""Sandboxes: what there is to try with, moving the clock, orders of a kind, judgements by wish."""

from datetime import timedelta
from random import SystemRandom
from typing import Any, Final

from litestar import Request, Router, get, post
from litestar.params import JSONBody

from mufakat.api.addresses import order_href
from mufakat.api.asked import CaseId, caller, site_of
from mufakat.api.knocking import RIGHT
from mufakat.api.principals import Principal
from mufakat.api.problems import RefusedByRules, Troubled
from mufakat.api.rights import Right
from mufakat.api.site import Site, language_of
from mufakat.api.troubles import Trouble
from mufakat.api.wire import sandbox as w
from mufakat.core.events import Judged
from mufakat.core.refusals import Refusal
from mufakat.engine import sandbox
from mufakat.engine.deadlines import Deadlines
from mufakat.engine.deliveries import Deliveries
from mufakat.engine.machine import BySignals
from mufakat.engine.sandbox.orders import KINDS
from mufakat.payments.payouts import worth
from mufakat.store.records import Marketplace

_chance: Final = SystemRandom()


@get("/", opt={RIGHT: Right.SANDBOX})
async def read_sandbox(request: Request[Any, Any, Any]) -> w.SandboxOut:
    """What the sandbox's clock shows, who acts by itself in it, and which orders can be made."""
    site, who = site_of(request), caller(request)
    place = await _place(request, site, who)
    return w.SandboxOut(
        marketplace=place.marketplace,
        rulebook=place.market,
        now=place.at(site.engine.clock.now()),
        ahead_seconds=int(place.offset.total_seconds()),
        people=[w.CannedOut(prefix=x.prefix, role=x.role, does=x.does) for x in sandbox.PEOPLE],
        orders=[w.OrderKindOut(kind=w.OrderKind(kind), about=shape.about) for kind, shape in KINDS.items()],
    )


@post("/forward", opt={RIGHT: Right.SANDBOX}, status_code=200)
async def move_forward(request: Request[Any, Any, Any], data: JSONBody[w.ForwardIn]) -> w.ForwardOut:
    """Move the clock on. Every deadline on the way fires in order, each at its own moment.

    Canned people act, parcels are scanned and refunds are paid on the way. By 400 days at most. To be safe when a
    reply is lost, move `to` a moment instead of by a span.
    """
    site, who = site_of(request), caller(request)
    by = timedelta(days=data.days, hours=data.hours, minutes=data.minutes, seconds=data.seconds)
    if (data.to is None) is (not by):
        raise Troubled(Trouble.BODY_NOT_VALID, "give either `to` or a span", where="to")
    deliveries = Deliveries(site.engine, site.providers, _chance, doubts=BySignals(site.signals))
    moved = await sandbox.forward(
        site.engine, Deadlines(site.engine), deliveries, who.marketplace, to=data.to, by=by or None
    )
    if isinstance(moved, Refusal):
        raise _refused(moved, request, who)
    return w.ForwardOut(
        before=moved.before, now=moved.now, lapses=moved.lapses, cases=list(moved.cases), whole=moved.whole
    )


@post("/cases/{case_id:str}/judge", opt={RIGHT: Right.SANDBOX}, status_code=200)
async def judge_case(request: Request[Any, Any, Any], case_id: CaseId, data: JSONBody[w.WantedIn]) -> w.JudgedOut:
    """Have canned agents fill in findings that lead to the wanted judgement, and judge; or decide the appeal so.

    Nothing is made up: where the material leads to another judgement, the answer says to which and why.
    """
    site, who = site_of(request), caller(request)
    try:
        wanted = sandbox.Wanted(
            data.decision,
            data.rule,
            data.ground,
            data.severity,
            data.deception,
            data.cause,
            data.returnable,
            data.complete,
        )
    except ValueError as error:
        raise Troubled(Trouble.BODY_NOT_VALID, str(error), where="rule") from error
    done = await sandbox.judge(site.engine, who.marketplace, case_id, wanted, data.matter)
    if isinstance(done, Refusal):
        order_id = await site.order_of(who.marketplace, case_id)
        if order_id is None:
            raise _refused(done, request, who)
        raise await site.refused(done, who, language_of(request), order_id, case_id)
    await sandbox.react(site.engine, who.marketplace, done.case.order_id, case_id)
    judged = next(each for each in done.recorded if isinstance(each.event, Judged))
    assert isinstance(judged.event, Judged)
    return w.JudgedOut(
        case_id=case_id,
        version=done.version,
        by=judged.actor.id,
        lines=[
            w.JudgedLineOut(
                line_id=x.line_id, decision=x.decision, rule=x.rule, because=list(x.because), amount=x.amount
            )
            for x in judged.event.lines
        ],
        links={"case": f"/v1/cases/{case_id}", "timeline": f"/v1/cases/{case_id}/timeline"},
    )


@post("/orders", opt={RIGHT: Right.SANDBOX})
async def make_order(request: Request[Any, Any, Any], data: JSONBody[w.SandboxOrderIn]) -> w.SandboxOrderOut:
    """Make an order to try with, with its parcel's scans; the built-in payment provider expects its payout."""
    site, who = site_of(request), caller(request)
    kind = sandbox.OrderKind(data.kind)
    order = await sandbox.make_order(
        site.engine, site.providers, who.marketplace, kind, data.customer_id, data.seller_id
    )
    if isinstance(order, Refusal):
        raise _refused(order, request, who)
    href = order_href(order.order_id)
    return w.SandboxOrderOut(
        order_id=order.order_id,
        kind=data.kind,
        customer_id=order.customer_id,
        seller_id=order.seller_id,
        currency=order.currency,
        paid=worth(order),
        links={"self": href, "eligibility": f"{href}/eligibility"},
    )


async def _place(request: Request[Any, Any, Any], site: Site, who: Principal) -> Marketplace:
    """The caller's marketplace, which must be a sandbox. Raises RefusedByRules."""
    place = await sandbox.find(site.engine, who.marketplace)
    if isinstance(place, Refusal):
        raise _refused(place, request, who)
    return place


def _refused(refusal: Refusal, request: Request[Any, Any, Any], who: Principal) -> RefusedByRules:
    return RefusedByRules(refusal, who.role, language_of(request))


router = Router("/v1/sandbox", route_handlers=[read_sandbox, move_forward, judge_case, make_order], tags=["Sandbox"])
