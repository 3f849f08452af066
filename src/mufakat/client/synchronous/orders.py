"""Orders: put, read, and what became known of them later."""

# Made by `python -m tools.client` from the file of this name in asynchronous/: change that one.

from mufakat.api.wire import orders as w
from mufakat.api.wire import parcels as p
from mufakat.client.calls import Call, body, path
from mufakat.client.synchronous.connection import Connection
from mufakat.core.order import Amendment, CarrierAnswer, ChargebackNotice, Fact, Order, OutsideRefund, Payment, Scan

_NAMES = {
    Scan: "scan",
    OutsideRefund: "outside_refund",
    Amendment: "amendment",
    Payment: "payment",
    ChargebackNotice: "chargeback",
    CarrierAnswer: "carrier_answer",
}


class Orders(Connection):
    """What a marketplace's server tells about its orders, and what everybody concerned may read of them."""

    def put_order(self, order: Order) -> w.OrderPutOut:
        """Put an order in: amounts in minor units, instants with a zone.

        The same again changes nothing; another replaces it until its first case. After that, record facts.
        """
        sent = body(order, without="order_id")
        return self._ask(Call(method="PUT", path=path("orders", order.order_id), answer=w.OrderPutOut, body=sent))

    def order(self, order_id: str) -> w.OrderOut:
        """An order as it stands now, with its cases."""
        return self._ask(Call(method="GET", path=path("orders", order_id), answer=w.OrderOut))

    def put_parcel(self, order_id: str, tracking: str) -> p.ParcelsOut:
        """Say which number a carrier gave the order's own parcel, so that its scans are told as facts of the order."""
        return self._ask(Call(method="PUT", path=path("orders", order_id, "parcels", tracking), answer=p.ParcelsOut))

    def parcels(self, order_id: str) -> p.ParcelsOut:
        """The numbers of an order's own parcels, in the order in which they were put."""
        return self._ask(Call(method="GET", path=path("orders", order_id, "parcels"), answer=p.ParcelsOut))

    def scans_left(self) -> p.CarrierScansOut:
        """What carriers reported and no order was told of, the last heard first."""
        return self._ask(Call(method="GET", path=path("scans"), answer=p.CarrierScansOut))

    def record_fact(self, order_id: str, fact: Fact) -> w.FactPutOut:
        """Record what became known later: a carrier's scan, money that went back outside of any case, a new promise.

        A chargeback, or what a carrier answered to a claim, too. Every open case of the order is told. The same fact
        twice is one.
        """
        sent = body(fact, fact=_NAMES[type(fact)])
        return self._ask(Call(method="POST", path=path("orders", order_id, "facts"), answer=w.FactPutOut, body=sent))
