"""Orders: put, read, and what became known of them later."""

from mufakat.api.wire import orders as w
from mufakat.api.wire import parcels as p
from mufakat.client.asynchronous.connection import AsyncConnection
from mufakat.client.calls import Call, body, path
from mufakat.core.order import Amendment, CarrierAnswer, ChargebackNotice, Fact, Order, OutsideRefund, Payment, Scan

_NAMES = {
    Scan: "scan",
    OutsideRefund: "outside_refund",
    Amendment: "amendment",
    Payment: "payment",
    ChargebackNotice: "chargeback",
    CarrierAnswer: "carrier_answer",
}


class AsyncOrders(AsyncConnection):
    """What a marketplace's server tells about its orders, and what everybody concerned may read of them."""

    async def put_order(self, order: Order) -> w.OrderPutOut:
        """Put an order in: amounts in minor units, instants with a zone.

        The same again changes nothing; another replaces it until its first case. After that, record facts.
        """
        sent = body(order, without="order_id")
        return await self._ask(Call(method="PUT", path=path("orders", order.order_id), answer=w.OrderPutOut, body=sent))

    async def order(self, order_id: str) -> w.OrderOut:
        """An order as it stands now, with its cases."""
        return await self._ask(Call(method="GET", path=path("orders", order_id), answer=w.OrderOut))

    async def put_parcel(self, order_id: str, tracking: str) -> p.ParcelsOut:
        """Say which number a carrier gave the order's own parcel, so that its scans are told as facts of the order."""
        return await self._ask(
            Call(method="PUT", path=path("orders", order_id, "parcels", tracking), answer=p.ParcelsOut)
        )

    async def parcels(self, order_id: str) -> p.ParcelsOut:
        """The numbers of an order's own parcels, in the order in which they were put."""
        return await self._ask(Call(method="GET", path=path("orders", order_id, "parcels"), answer=p.ParcelsOut))

    async def scans_left(self) -> p.CarrierScansOut:
        """What carriers reported and no order was told of, the last heard first."""
        return await self._ask(Call(method="GET", path=path("scans"), answer=p.CarrierScansOut))

    async def record_fact(self, order_id: str, fact: Fact) -> w.FactPutOut:
        """Record what became known later: a carrier's scan, money that went back outside of any case, a new promise.

        A chargeback, or what a carrier answered to a claim, too. Every open case of the order is told. The same fact
        twice is one.
        """
        sent = body(fact, fact=_NAMES[type(fact)])
        return await self._ask(
            Call(method="POST", path=path("orders", order_id, "facts"), answer=w.FactPutOut, body=sent)
        )
