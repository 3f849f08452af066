"""Orders: put, read, later facts, and what may be asked about them."""

from typing import Any

from litestar import Request, Response, Router, get, post, put
from litestar.params import JSONBody

from mufakat.api.addresses import order_href
from mufakat.api.asked import OrderId, caller, site_of
from mufakat.api.knocking import RIGHT
from mufakat.api.rights import Right
from mufakat.api.site import language_of
from mufakat.api.wire import orders as w
from mufakat.core.order import OrderState, Scan
from mufakat.core.refusals import Refusal
from mufakat.engine.payouts import tell_of_sale
from mufakat.store.records import CaseSort, CasesWanted, OrderPut

MOST_CASES = 100
"""Cases of an order that its answer names."""


@put("/{order_id:str}", opt={RIGHT: Right.ORDERS_WRITE}, status_code=200)
async def put_order(
    request: Request[Any, Any, Any], order_id: OrderId, data: JSONBody[w.OrderIn]
) -> Response[w.OrderPutOut]:
    """Put an order in. The same again changes nothing; another replaces it until its first case.

    After that, send what changed as facts.
    """
    site, who = site_of(request), caller(request)
    order = w.order(data, order_id)
    done = await site.engine.put_order(who.marketplace, order)
    if isinstance(done, Refusal):
        raise await site.refused(done, who, language_of(request), order_id)
    await tell_of_sale(site.providers, who.marketplace, order)
    status = 201 if done is OrderPut.NEW else 200
    return Response(w.OrderPutOut(order_id=order_id, result=done.value), status_code=status)


@get("/{order_id:str}", opt={RIGHT: Right.ORDERS_READ})
async def read_order(request: Request[Any, Any, Any], order_id: OrderId) -> w.OrderOut:
    """An order as it stands now, with its cases."""
    site, who = site_of(request), caller(request)
    loaded = await site.loaded_order(who, order_id)
    wanted = CasesWanted(who.marketplace, CaseSort.OLDEST, order_id, limit=MOST_CASES)
    return _order(loaded.order, [each.case_id for each in await site.store.list_cases(wanted)])


@post("/{order_id:str}/facts", opt={RIGHT: Right.ORDERS_WRITE}, status_code=200)
async def record_fact(request: Request[Any, Any, Any], order_id: OrderId, data: JSONBody[w.AnyFact]) -> w.FactPutOut:
    """Record what became known later: a scan, a payment, money that went back outside of any case, a new promised date.

    A chargeback as it goes on at the customer's bank; what a carrier answered to a claim. Every open case of the order
    is told, closed ones of the last two. The same fact twice is one.
    """
    site, who = site_of(request), caller(request)
    told = await site.engine.record_fact(who.marketplace, order_id, w.fact(data))
    if isinstance(told, Refusal):
        raise await site.refused(told, who, language_of(request), order_id)
    return w.FactPutOut(order_id=order_id, cases_told=told)


def _order(state: OrderState, cases: list[str]) -> w.OrderOut:
    order = state.order
    href = order_href(order.order_id)
    return w.OrderOut(
        order_id=order.order_id,
        customer_id=order.customer_id,
        seller_id=order.seller_id,
        currency=order.currency,
        status=state.status().value,
        purchased_at=order.purchased_at,
        promised_by=state.promised_by(),
        delivered_at=state.delivered_at(),
        shipping_fee=order.shipping_fee,
        voucher=order.voucher,
        paid=order.paid(),
        lines=[
            w.OrderLineOut(
                line_id=line.line_id,
                product_id=line.product_id,
                quantity=line.quantity,
                unit_price=line.unit_price,
                discount=line.discount,
                tax=line.tax,
                paid=order.paid_for(line),
                category=line.category,
                free_units=[
                    unit
                    for unit in range(1, line.quantity + 1)
                    if not state.is_held(line.line_id, unit) and not state.is_settled(line.line_id, unit)
                ],
            )
            for line in order.lines
        ],
        scans=[_scan(each) for each in state.scans()],
        cases=cases,
        links={"self": href, "eligibility": f"{href}/eligibility", "facts": f"{href}/facts", "files": f"{href}/files"},
    )


def _scan(scan: Scan) -> w.ScanOut:
    return w.ScanOut(
        parcel=scan.parcel,
        kind=scan.kind.value,
        at=scan.at,
        grams=scan.grams,
        address_matched=scan.address_matched,
        signed=scan.signed,
        place=scan.place,
        source=scan.source,
        tracking=scan.tracking,
    )


router = Router("/v1/orders", route_handlers=[put_order, read_order, record_fact], tags=["Orders"])
