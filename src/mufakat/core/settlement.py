"""Money movements as double entry: `entries(recorded, case)` is pure, and what it gives always sums to zero.

Accounts, minor units of the order's currency, positive in favour of the account:
`customer/claim` what the customer is owed and `seller/debt` what the seller owes for it; `seller/payable` payouts due
to the seller at the provider; `customer/paid` what the customer has had; `platform/cost`; `customer/debt` and
`seller/claim` what a deceptive customer owes the seller after a late appeal.
"""

from dataclasses import dataclass

from mufakat.core import events as e
from mufakat.core.case import Case
from mufakat.core.parties import Role


@dataclass(frozen=True, slots=True)
class Entry:
    """One leg: `amount` in minor units, positive in favour of the account."""

    account: str
    party: str
    amount: int


def entries(recorded: e.Recorded, case: Case) -> tuple[Entry, ...]:
    """The legs of an event that moves money or changes what is owed; none for any other."""
    event = recorded.event
    if isinstance(event, e.RefundOrdered) and event.change:
        return _owed(case, event.change)
    if isinstance(event, e.RefundPaid):
        paid = (
            Entry("seller/payable", case.seller_id, -event.amount),
            Entry("customer/paid", case.customer_id, event.amount),
        )
        return (*_owed(case, -event.amount), *paid)
    if isinstance(event, e.ReversalBooked) and event.amount:
        if event.bearer is Role.CUSTOMER:
            return (
                Entry("customer/debt", case.customer_id, -event.amount),
                Entry("seller/claim", case.seller_id, event.amount),
            )
        return (
            Entry("platform/cost", "platform", -event.amount),
            Entry("seller/payable", case.seller_id, event.amount),
        )
    return ()


def _owed(case: Case, amount: int) -> tuple[Entry, ...]:
    return (
        Entry("customer/claim", case.customer_id, amount),
        Entry("seller/debt", case.seller_id, -amount),
    )
