"""Orders with odd amounts from a seed: discounts near the whole price, vouchers, commission, fees, tax."""

from random import Random

from mufakat.core.order import Order, OrderLine, order_fault
from tests.core.story import order


def generated(chance: Random, *, lines: int = 3, quantity: int = 4) -> Order:
    """A sound order; prices from one minor unit to a million, so that every rounding happens."""
    bare = [_line(chance, number, quantity) for number in range(1, chance.randint(1, lines) + 1)]
    rest = sum(line.discounted for line in bare)
    voucher = chance.choice((0, 0, chance.randint(0, rest), max(0, rest - chance.randint(0, 9))))
    made = order(
        lines=tuple(bare),
        shipping_fee=chance.choice((0, 7, 9_000)),
        voucher=voucher,
        platform_voucher=chance.choice((0, voucher, chance.randint(0, voucher))),
        payment_method=chance.choice(("", "card", "cash on delivery")),
    )
    assert order_fault(made) == ""
    return made


def _line(chance: Random, number: int, quantity: int) -> OrderLine:
    price = chance.choice((chance.randint(1, 12), chance.randint(1, 999), chance.randint(1, 10**6)))
    units = chance.randint(1, quantity)
    whole = price * units
    discount = chance.choice((0, 0, 1, chance.randint(0, whole), max(0, whole - chance.randint(0, 5))))
    return OrderLine(
        str(number),
        "product",
        units,
        price,
        discount=min(discount, whole),
        platform_discount=chance.randint(0, min(discount, whole)),
        commission=chance.choice((0, chance.randint(0, whole), chance.randint(0, 99))),
        fees=chance.choice((0, chance.randint(0, 2_500))),
    )
