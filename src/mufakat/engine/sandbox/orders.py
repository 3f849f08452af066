"""Orders to try with: each kind stands somewhere else in its life, with amounts as the market's shops have them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from mufakat.core.order import OUTBOUND, Order, OrderLine, Scan, ScanKind
from mufakat.core.refusals import Refusal
from mufakat.engine.handle import Engine
from mufakat.engine.ids import uuid7
from mufakat.engine.payouts import tell_of_sale
from mufakat.engine.ports import Providers
from mufakat.engine.sandbox.clock import find

DAY: Final = timedelta(days=1)


class OrderKind(StrEnum):
    """Where the order stands."""

    DELIVERED_YESTERDAY = "DELIVERED_YESTERDAY"
    DELIVERED_LATE = "DELIVERED_LATE"
    DELIVERED_LONG_AGO = "DELIVERED_LONG_AGO"
    IN_TRANSIT = "IN_TRANSIT"
    LATE = "LATE"
    NOT_SHIPPED = "NOT_SHIPPED"
    MULTI_LINE = "MULTI_LINE"
    EXPENSIVE = "EXPENSIVE"
    PERISHABLE = "PERISHABLE"
    SHIPPED_BY_SELLER = "SHIPPED_BY_SELLER"


@dataclass(frozen=True, slots=True)
class Goods:
    """What is sold: an article with its price (minor units) in each market."""

    product_id: str
    category: str
    prices: tuple[int, int]
    durable: bool = False
    perishable: bool = False


BLENDER: Final = Goods("blender-400w", "HOME_IMPROVEMENT", (289_000_00, 459_000), durable=True)
SHIRT: Final = Goods("batik-shirt-m", "FASHION", (149_900_00, 239_000))
TOY: Final = Goods("toy-car-with-horn", "TOYS", (59_500_00, 95_000))
COFFEE: Final = Goods("coffee-beans-1kg", "FOOD_AND_BEVERAGE", (124_000_00, 198_000), perishable=True)
PHONE: Final = Goods("phone-256gb", "PHONES_AND_ELECTRONICS", (7_499_000_00, 11_990_000), durable=True)

MARKETS: Final[dict[str, tuple[str, int, int]]] = {"id": ("IDR", 0, 11_000_00), "vn": ("VND", 1, 16_500)}
"""Rulebook to currency, which of the prices, and the shipping fee (minor units)."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind: what it is, its goods with quantities, and how many days ago what happened; None: not yet.

    `promised` is in days from the purchase.
    """

    about: str
    goods: tuple[tuple[Goods, int], ...] = ((BLENDER, 1),)
    bought: int = 4
    in_transit: int | None = 3
    delivered: int | None = 1
    promised: int = 5
    shipped_by_seller: bool = False


KINDS: Final[dict[OrderKind, Shape]] = {
    OrderKind.DELIVERED_YESTERDAY: Shape("A blender, delivered yesterday and in time."),
    OrderKind.DELIVERED_LATE: Shape("A shirt, delivered yesterday, two days late.", ((SHIRT, 1),), 8, 6, 1),
    OrderKind.DELIVERED_LONG_AGO: Shape(
        "A shirt, delivered 30 days ago; most may be asked no more.", ((SHIRT, 1),), 33, 32, 30
    ),
    OrderKind.IN_TRANSIT: Shape("A blender, on its way and in time.", delivered=None),
    OrderKind.LATE: Shape("A blender, on its way, promised three days ago.", bought=8, in_transit=6, delivered=None),
    OrderKind.NOT_SHIPPED: Shape("Two toys, paid yesterday, still with the seller.", ((TOY, 2),), 1, None, None),
    OrderKind.MULTI_LINE: Shape(
        "A blender, two shirts and three toys, delivered yesterday.", ((BLENDER, 1), (SHIRT, 2), (TOY, 3))
    ),
    OrderKind.EXPENSIVE: Shape("A phone, delivered yesterday.", ((PHONE, 1),)),
    OrderKind.PERISHABLE: Shape("Coffee, which does not keep, delivered yesterday.", ((COFFEE, 2),)),
    OrderKind.SHIPPED_BY_SELLER: Shape(
        "A shirt that the seller ships itself, not shipped yet.", ((SHIRT, 1),), 1, None, None, shipped_by_seller=True
    ),
}
"""Every kind."""


async def make_order(
    engine: Engine,
    providers: Providers,
    marketplace: str,
    kind: OrderKind,
    customer_id: str,
    seller_id: str,
    order_id: str = "",
) -> Order | Refusal:
    """Put an order of that kind into a sandbox, with its scans, and let the built-in provider expect its payout.

    order_id: its id; a new one where none is given.
    Refusals: NOT_A_SANDBOX, ORDER_NOT_SOUND. Raises ValueError for a market that has no prices here, StoreLost.
    """
    place = await find(engine, marketplace)
    if isinstance(place, Refusal):
        return place
    now = engine.clock.now()
    order_id = order_id or f"sandbox-{uuid7(now)}"
    order, scans = _drawn_up(kind, place.market, order_id, customer_id, seller_id, place.at(now))
    put = await engine.put_order(marketplace, order)
    if isinstance(put, Refusal):
        return put
    for scan in scans:
        told = await engine.record_fact(marketplace, order.order_id, scan)
        if isinstance(told, Refusal):
            return told
    await tell_of_sale(providers, marketplace, order)
    return order


def _drawn_up(
    kind: OrderKind, market: str, order_id: str, customer_id: str, seller_id: str, now: datetime
) -> tuple[Order, list[Scan]]:
    """The order of a kind, and its parcel's scans."""
    if market not in MARKETS:
        raise ValueError(f"there are no orders to try with for the rulebook {market}; there are some for id and vn")
    shape, (currency, price, fee) = KINDS[kind], MARKETS[market]
    bought = now - shape.bought * DAY
    order = Order(
        order_id=order_id,
        customer_id=customer_id,
        seller_id=seller_id,
        currency=currency,
        lines=tuple(_line(n, goods, count, price) for n, (goods, count) in enumerate(shape.goods, start=1)),
        purchased_at=bought,
        shipping_fee=fee,
        shipped_by_seller=shape.shipped_by_seller,
        promised_by=bought + shape.promised * DAY,
        payment_method="wallet",
    )
    happened = ((ScanKind.IN_TRANSIT, shape.in_transit), (ScanKind.DELIVERED, shape.delivered))
    return order, [Scan(OUTBOUND, scan, now - ago * DAY) for scan, ago in happened if ago is not None]


def _line(number: int, goods: Goods, quantity: int, price: int) -> OrderLine:
    return OrderLine(
        line_id=str(number),
        product_id=goods.product_id,
        quantity=quantity,
        unit_price=goods.prices[price],
        category=goods.category,
        durable=goods.durable,
        perishable=goods.perishable,
    )
