"""The numbers of orders' own parcels, by which carriers' scans find them, and scans that found nothing."""

from typing import Annotated, Any, Final

from litestar import Request, Router, get, put
from litestar.params import PathParameter

from mufakat.api.asked import OrderId, caller, site_of
from mufakat.api.knocking import RIGHT
from mufakat.api.problems import RefusedByRules
from mufakat.api.rights import Right
from mufakat.api.wire import parcels as w
from mufakat.core.order import TRACKING_NUMBER
from mufakat.core.refusals import Code, Refusal
from mufakat.store.carriers import ParcelRow

MOST_SCANS: Final = 200
"""Scans of one answer."""
Tracking = Annotated[
    str,
    PathParameter(description="The carrier's number of the parcel.", pattern=f"^(?:{TRACKING_NUMBER.pattern})$"),
]


@put("/orders/{order_id:str}/parcels/{tracking:str}", opt={RIGHT: Right.ORDERS_WRITE}, status_code=200)
async def put_parcel(request: Request[Any, Any, Any], order_id: OrderId, tracking: Tracking) -> w.ParcelsOut:
    """Say which number a carrier gave the order's own parcel, so that its scans are told as facts of the order.

    Scans that came before are told now. The same again changes nothing. Numbers of returns and of goods that a seller
    sends out are named in their cases, and need not be put.
    """
    site, who = site_of(request), caller(request)
    if not await site.scans.put_parcel(who.marketplace, order_id, tracking):
        raise RefusedByRules(Refusal(Code.NO_SUCH_ORDER, (("order", order_id),)), who.role)
    return _shown(await site.store.parcels_of(who.marketplace, order_id))


@get("/orders/{order_id:str}/parcels", opt={RIGHT: Right.ORDERS_READ})
async def list_parcels(request: Request[Any, Any, Any], order_id: OrderId) -> w.ParcelsOut:
    """The numbers of the order's own parcels, in the order in which they were put."""
    site, who = site_of(request), caller(request)
    await site.loaded_order(who, order_id)
    return _shown(await site.store.parcels_of(who.marketplace, order_id))


@get("/scans", opt={RIGHT: Right.EVENTS_READ})
async def list_scans(request: Request[Any, Any, Any]) -> w.CarrierScansOut:
    """What carriers reported and no order was told of, the last heard first: a number nobody knows, or no fit.

    A scan waits for 30 days for somebody who names its number.
    """
    site, who = site_of(request), caller(request)
    return w.CarrierScansOut(
        scans=[
            w.CarrierScanOut(
                carrier=each.scan.carrier,
                tracking=each.scan.tracking,
                kind=each.scan.kind.value,
                at=each.scan.at,
                heard_at=each.scan.heard_at,
                state=each.state.value,
                attempts=each.attempts,
                why=each.why,
            )
            for each in await site.store.scans_left(who.marketplace, MOST_SCANS)
        ]
    )


def _shown(rows: list[ParcelRow]) -> w.ParcelsOut:
    found = [w.ParcelOut(order_id=each.order_id, tracking=each.tracking, put_at=each.put_at) for each in rows]
    return w.ParcelsOut(parcels=found)


router = Router("/v1", route_handlers=[put_parcel, list_parcels, list_scans], tags=["Orders"])
