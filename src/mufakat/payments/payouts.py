"""What the built-in provider is told of a sale: how much is due to the seller for an order, and from when on."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from mufakat.core.order import Order
from mufakat.payments.account import Sale
from mufakat.payments.false import FalseProvider

PAYOUT_AFTER: Final = timedelta(days=30)
"""When the built-in false provider pays the seller for an order, from its purchase."""


def worth(order: Order) -> int:
    """What an order brings its seller (minor units), never below nothing.

    All that was paid, its shipping fee included, and the platform's part of the discounts, less commission and fees.
    """
    subsidies = order.platform_voucher + sum(line.platform_discount for line in order.lines)
    charges = sum(line.commission + line.fees for line in order.lines)
    return max(0, order.paid() + subsidies - charges)


async def expect_payout(provider: FalseProvider, order: Order) -> None:
    """Let it know what is due to the seller: held and deducted from where a refund is owed. The same order is one."""
    at = order.purchased_at + PAYOUT_AFTER
    await provider.expect(order.seller_id, order.currency, order.order_id, worth(order), at)


async def expect_payouts(provider: FalseProvider, orders: Iterable[Order]) -> None:
    """The same for many orders at once: each seller's account is read and written once."""
    due: dict[tuple[str, str], list[Sale]] = {}
    for order in orders:
        sale = Sale(order.order_id, worth(order), order.purchased_at + PAYOUT_AFTER)
        due.setdefault((order.seller_id, order.currency), []).append(sale)
    await asyncio.gather(*(provider.expect_all(*whose, sales) for whose, sales in due.items()))
