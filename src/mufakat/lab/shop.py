"""What is sold in a simulated world: sellers, customers, orders with odd amounts, and the truth about their goods."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Final

from mufakat.core.claim import Deception
from mufakat.core.money import units_paid
from mufakat.core.order import OUTBOUND, Amendment, Fact, Order, OrderLine, OutsideRefund, Payment
from mufakat.lab.carrier import Reliability, journey
from mufakat.lab.people import Hidden, Traits, Truth, What, rolls
from mufakat.payments.payouts import worth

CATEGORIES: Final = ("FASHION", "PHONES_AND_ELECTRONICS", "FOOD_AND_BEVERAGE", "HOME_IMPROVEMENT", "TOYS")
CURRENCIES: Final = {"id": "IDR", "vn": "VND"}
HAPPENINGS: Final[dict[What, int]] = {
    what: 4 if what is What.FINE else 1 for what in What if what not in (What.LATE, What.LOST)
}
"""How often what is true of a line."""


@dataclass(frozen=True, slots=True)
class Sale:
    """An order that will be placed, what will be known of it when, and how the seller's payout stands (minor units)."""

    order: Order
    facts: tuple[tuple[datetime, Fact], ...]
    payout: int
    payout_at: datetime


class Shop:
    """Makes the people and sales of one marketplace."""

    def __init__(self, marketplace: str, rulebook: str, chance: Random, hidden: Hidden) -> None:
        self.marketplace, self.rulebook, self.chance, self.hidden = marketplace, rulebook, chance, hidden
        self.customers = {f"{marketplace}-customer-{n}": Traits.drawn(chance) for n in range(4)}
        self.sellers = {f"{marketplace}-seller-{n}": Traits.drawn(chance) for n in range(3)}
        self.agents = {f"{marketplace}-agent-{n}": Traits.drawn(chance) for n in range(6)}

    def sale(self, number: int, at: datetime, how: Reliability) -> Sale:
        """One order, placed at `at`, with its later facts."""
        chance = self.chance
        lines = tuple(self._line(n) for n in range(1, chance.choice((1, 1, 2, 3)) + 1))
        cost = sum(line.discounted for line in lines)
        voucher = chance.choice((0, 0, chance.randint(0, cost // 2), max(0, cost - chance.randint(0, 9))))
        order = Order(
            order_id=f"{self.marketplace}-order-{number}",
            customer_id=chance.choice(list(self.customers)),
            seller_id=chance.choice(list(self.sellers)),
            currency=CURRENCIES[self.rulebook],
            lines=lines,
            purchased_at=at,
            shipping_fee=chance.choice((0, 9_999, 12_345, 20_001)),
            mall=rolls(chance, 0.25),
            shipped_by_seller=rolls(chance, 0.2),
            promised_by=at + timedelta(days=chance.randint(3, 8)) if rolls(chance, 0.9) else None,
            payment_method=chance.choice(("card", "wallet", "cash on delivery")),
            voucher=voucher if rolls(chance, 0.4) else 0,
        )
        order = self._charged(order)
        facts = [*self._delivery(order, how), *self._rest(order), *_paid(order)]
        for line in order.lines:
            self._decide_truth(order, line, delivered=any(_is_delivery(fact) for _, fact in facts))
        part = chance.choice((0.0, 0.3, 1.0, 1.0, 1.0, 1.0, 1.0))
        payout_at = at + timedelta(days=chance.choice((10, 40, 60, 90, 120)))
        ordered = sorted(facts, key=lambda each: each[0])
        return Sale(order, tuple(ordered), int(worth(order) * part), payout_at)

    def _charged(self, order: Order) -> Order:
        """The order with who gave its discounts, what the seller is charged for it, and the tax in what was paid."""
        chance = self.chance
        lines = tuple(
            replace(
                line,
                platform_discount=chance.choice((0, line.discount, chance.randint(0, line.discount))),
                tax=order.paid_for(line) * 11 // 111 if rolls(chance, 0.5) else 0,
                commission=line.discounted * chance.choice((0, 4, 10)) // 100,
                fees=chance.choice((0, 0, 1_250, chance.randint(1, 99))),
            )
            for line in order.lines
        )
        given = chance.choice((0, order.voucher, chance.randint(0, order.voucher)))
        return replace(order, lines=lines, platform_voucher=given)

    def _line(self, number: int) -> OrderLine:
        chance = self.chance
        quantity = chance.choice((1, 1, 2, 3))
        price = chance.choice((chance.randint(9_999, 350_000), chance.randint(101, 999)))
        return OrderLine(
            line_id=str(number),
            product_id=f"product-{chance.randrange(50)}",
            quantity=quantity,
            unit_price=price,
            discount=chance.choice((0, chance.randint(1, price * quantity // 3))),
            category=chance.choice(CATEGORIES),
            durable=rolls(chance, 0.3),
            perishable=rolls(chance, 0.1),
            virtual=rolls(chance, 0.04),
            preorder=rolls(chance, 0.12),
            made_to_order=rolls(chance, 0.08),
        )

    def _delivery(self, order: Order, how: Reliability) -> list[tuple[datetime, Fact]]:
        """The carrier's scans of the order's own parcel; some orders stay with the seller for long."""
        wait = timedelta(hours=self.chance.choice((2, 20, 50, 200)))
        return [(p.known_at, p.scan) for p in journey(OUTBOUND, order.purchased_at + wait, self.chance, how)]

    def _rest(self, order: Order) -> list[tuple[datetime, Fact]]:
        """An amendment of the promise and money that goes back outside of any case, now and then."""
        chance, facts = self.chance, list[tuple[datetime, Fact]]()
        if rolls(chance, 0.15) and order.promised_by is not None:
            at = order.purchased_at + timedelta(days=chance.randint(1, 6), minutes=chance.randint(0, 999))
            facts.append((at, Amendment(order.promised_by + timedelta(days=chance.randint(1, 9)), at)))
        if rolls(chance, 0.2):
            line = chance.choice(order.lines)
            units = tuple(sorted(chance.sample(range(1, line.quantity + 1), chance.randint(1, line.quantity))))
            worth = sum(units_paid(order, line, units))
            at = order.purchased_at + timedelta(days=chance.randint(2, 30), minutes=chance.randint(0, 999))
            amount = chance.choice((max(1, worth), max(1, worth // 3), chance.randint(1, max(1, worth))))
            facts.append((at, OutsideRefund(line.line_id, units, amount, at, chargeback=rolls(chance, 0.3))))
        return facts

    def _decide_truth(self, order: Order, line: OrderLine, *, delivered: bool) -> None:
        chance = self.chance
        what = chance.choices(list(HAPPENINGS), list(HAPPENINGS.values()))[0]
        if not delivered:
            what = What.LOST
        elif rolls(chance, 0.1):
            what = What.LATE
        deceives = Deception.NONE
        if rolls(chance, self.sellers[order.seller_id].lies) and what in (What.WRONG, What.UNLIKE, What.FAKE):
            deceives = Deception.SELLER
        elif rolls(chance, self.customers[order.customer_id].lies) and what is What.FINE:
            deceives = Deception.CUSTOMER
        self.hidden.truths[order.order_id, line.line_id] = Truth(what, deceives)


def _paid(order: Order) -> list[tuple[datetime, Fact]]:
    """That the order was paid: told of most that are paid at once, and never of cash."""
    total = order.paid()
    if not total or order.payment_method not in ("card", "wallet") or total % 4 == 0:
        return []
    at = order.purchased_at + timedelta(minutes=total % 90)
    return [(at, Payment(total, at, order.payment_method))]


def _is_delivery(fact: Fact) -> bool:
    return getattr(fact, "kind", None) == "DELIVERED"
