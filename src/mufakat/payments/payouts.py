"""What the built-in provider is told of a sale: how much is due to the seller for an order, and from when on."""

from datetime import timedelta
from typing import Final

from mufakat.core.money import unit_paid
from mufakat.core.order import Order
from mufakat.payments.false import FalseProvider

PAYOUT_AFTER: Final = timedelta(days=30)
"""When the built-in false provider pays the seller for an order, from its purchase."""


def worth(order: Order) -> int:
    """All that was paid for an order, its shipping fee included (minor units)."""
    units = ((line, unit) for line in order.lines for unit in range(1, line.quantity + 1))
    return sum(unit_paid(line, unit) for line, unit in units) + order.shipping_fee


async def expect_payout(provider: FalseProvider, order: Order) -> None:
    """Let it know what is due to the seller: held and deducted from where a refund is owed. The same order is one."""
    at = order.purchased_at + PAYOUT_AFTER
    await provider.expect(order.seller_id, order.currency, order.order_id, worth(order), at)
