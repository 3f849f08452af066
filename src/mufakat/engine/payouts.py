"""Telling the built-in payment provider of a sale; a real one knows by itself what it owes a seller."""

from collections.abc import Iterable

from mufakat.core.order import Order
from mufakat.engine.ports import Providers
from mufakat.payments.false import FalseProvider
from mufakat.payments.payouts import expect_payout, expect_payouts


async def tell_of_sale(providers: Providers, marketplace: str, order: Order) -> None:
    """Let the marketplace's provider expect an order's payout, where it is the built-in one. The same order is one."""
    provider = providers.provider(marketplace)
    if isinstance(provider, FalseProvider):
        await expect_payout(provider, order)


async def tell_of_sales(providers: Providers, marketplace: str, orders: Iterable[Order]) -> None:
    """The same of many orders at once."""
    provider = providers.provider(marketplace)
    if isinstance(provider, FalseProvider):
        await expect_payouts(provider, orders)
