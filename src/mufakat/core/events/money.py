"""Events of money: holds, refunds, deductions, advances, adjustments, chargebacks, reversals."""

from mufakat.core.claim import Destination
from mufakat.core.events.registry import event
from mufakat.core.parties import Role


@event("hold.placed")
class HoldPlaced:
    """The amount in dispute is held back from the seller's payouts (minor units)."""

    matter: int
    amount: int


@event("hold.released")
class HoldReleased:
    """The hold ended."""

    matter: int


@event("refund.ordered")
class RefundOrdered:
    """So much is owed to the customer in all for this obligation (minor units).

    `change` against what was owed before; `at_once`: the provider pays now from held money; `destination`: where to.
    """

    matter: int
    obligation: str
    total: int
    change: int
    at_once: bool
    destination: Destination = Destination.ORIGINAL


@event("deduction.ordered")
class DeductionOrdered:
    """The provider deducts what is unpaid from payments due to the seller (S20).

    `debit_balance`: from the seller's balance too, where the rulebook's switch allows it.
    """

    matter: int
    obligation: str
    outstanding: int
    debit_balance: bool = False


@event("deduction.stopped")
class CollectionStopped:
    """The provider must not collect for this obligation now."""

    matter: int
    obligation: str


@event("refund.paid")
class RefundPaid:
    """The provider paid the customer; `advanced` with the platform's money. `reference`: the provider's own name."""

    matter: int
    obligation: str
    amount: int
    advanced: bool = False
    reference: str = ""


@event("advance.ordered")
class AdvanceOrdered:
    """The platform pays the customer at once in the seller's place, and collects from the seller (minor units)."""

    matter: int
    obligation: str
    amount: int


@event("advance.recovered")
class AdvanceRecovered:
    """The provider collected from the seller what the platform had advanced (minor units)."""

    matter: int
    obligation: str
    amount: int


@event("adjustment.booked")
class AdjustmentBooked:
    """What a payment to the customer means between seller and platform, as changes in minor units.

    `commission` and `fees` go back to the seller, `subsidy` (the platform's part of discounts) back to the platform.
    `total`: the net in favour of the seller in all, as the provider is told. `tax`: what the payment contained of it;
    nothing moves for that.
    """

    matter: int
    obligation: str
    commission: int
    fees: int
    subsidy: int
    total: int
    tax: int = 0


@event("own_payment.claimed")
class OwnPaymentClaimed:
    """The seller says that it paid the customer so much by itself (minor units), with exhibit `proof`."""

    matter: int
    amount: int
    proof: int


@event("own_payment.confirmed")
class OwnPaymentConfirmed:
    """The customer has so much of what the seller says that it paid by itself (minor units), `parts` of it by line."""

    matter: int
    amount: int
    parts: tuple[tuple[str, int], ...] = ()


@event("own_payment.denied")
class OwnPaymentDenied:
    """The customer does not have what the seller says that it paid by itself (minor units)."""

    matter: int
    amount: int


@event("refund.reduced")
class RefundReduced:
    """Less is owed: the units were paid for elsewhere (minor units). `parts`: by how much for which lines."""

    matter: int
    amount: int
    parts: tuple[tuple[str, int], ...] = ()


@event("debt.left")
class DebtLeft:
    """What could not be collected stays a debt of the seller."""

    matter: int
    obligation: str
    amount: int


@event("appeal.reversal_booked")
class ReversalBooked:
    """A late appeal was won: who makes the seller whole, minor units."""

    matter: int
    amount: int
    bearer: Role


@event("chargeback.frozen")
class ChargebackFrozen:
    """The customer's bank asks the money back: nothing more is paid for these lines until it has decided.

    `amount` in minor units; `left` seconds of the running clock remain, 0 where the next step had not begun.
    """

    matter: int
    reference: str
    amount: int
    left: int


@event("chargeback.settled")
class ChargebackSettled:
    """The bank has decided: so much of this chargeback is borne by `bearer` in all (minor units).

    A total for each reference and bearer: a later one takes the place of the earlier, 0 takes it back. SELLER: the
    provider recovers it for the platform. CUSTOMER: was paid twice, and owes it. SYSTEM: the platform's own loss.
    """

    matter: int
    reference: str
    amount: int
    bearer: Role
