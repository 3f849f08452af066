"""What a case's accounts must stand at, reckoned anew from its log: who owes whom, who paid, what is held. Minor units.

Read from the rules: what is ordered is owed by the seller (S18, S21) until it is paid; the held amount is used first
(S20); what the platform lays out it may ask back; what could not be collected stays a debt that is told.
"""

from collections import Counter
from dataclasses import dataclass, field

from mufakat.lab.auditor.trial import CUSTOMER, SELLER, Event

PLACES = {CUSTOMER: "customer", SELLER: "seller"}


@dataclass(slots=True)
class Part:
    """One matter: what is ordered and paid, what is held, and whether collecting has ended with a debt.

    `charged`: what is borne of chargebacks, of which `recovered` came from the seller and was `given_back` again.
    """

    total: int = 0
    paid: int = 0
    held: int = 0
    left: bool = False
    charged: dict[tuple[str, str], int] = field(default_factory=dict)
    recovered: int = 0
    given_back: int = 0

    @property
    def owed(self) -> int:
        """What the customer has not had of what is ordered."""
        return max(0, self.total - self.paid)


@dataclass(slots=True)
class Reckoning:
    """The accounts of one case. `claims`: what is asked of carriers and not answered, by matter and parcel."""

    stands: Counter[str] = field(default_factory=Counter)
    parts: dict[int, Part] = field(default_factory=dict)
    claims: dict[tuple[int, str], tuple[int, str]] = field(default_factory=dict)
    dangling: int = 0

    @property
    def held(self) -> int:
        """What is held of the seller's payouts."""
        return sum(part.held for part in self.parts.values())

    def take(self, event: Event) -> None:
        """What one event changes."""
        number = event.data.get("matter")
        if number is None:
            return
        part = self.parts.setdefault(number, Part())
        kind = event.name.replace(".", "_")
        fold = getattr(self, f"_{kind}", None)
        if fold is not None:
            fold(event, part)

    def _move(self, debit: str, credit: str, amount: int) -> None:
        self.stands[debit] -= amount
        self.stands[credit] += amount

    def _hold_placed(self, event: Event, part: Part) -> None:
        part.held = event.data["amount"]

    def _hold_released(self, _event: Event, part: Part) -> None:
        part.held = 0

    def _remedy_ordered(self, _event: Event, part: Part) -> None:
        """Another remedy begins at nothing: what was owed before must have been taken back first (reading 7)."""
        self.dangling += part.owed
        part.total = part.paid = 0

    def _refund_ordered(self, event: Event, part: Part) -> None:
        before = part.owed, max(0, part.paid - part.total)
        part.total = event.data["total"]
        self._move(_debt(part), _claim(part), part.owed - before[0])
        self._move("customer/debt", "seller/claim", max(0, part.paid - part.total) - before[1])

    def _refund_paid(self, event: Event, part: Part) -> None:
        amount = event.data["amount"]
        owed = min(amount, part.owed)
        part.paid += amount
        self._move(_claim(part), "provider/clearing", owed)
        self._move("customer/debt", "provider/clearing", amount - owed)
        if event.data.get("advanced"):
            self._move("platform/funds", "platform/advance", owed)
            self._move("platform/funds", "platform/claim", amount - owed)
        else:
            self._move("seller/payable", _debt(part), owed)
            self._move("seller/payable", "seller/claim", amount - owed)
            part.held -= min(part.held, owed)

    def _advance_recovered(self, event: Event, part: Part) -> None:
        amount = event.data["amount"]
        if event.data["obligation"].endswith(":chargeback"):
            part.recovered += amount
            self._move("seller/payable", "seller/arrears", amount)
            self._move("platform/advance", "platform/funds", amount)
            self._give_back(part)
            return
        self._move("seller/payable", _debt(part), amount)
        self._move("platform/advance", "platform/funds", amount)
        part.held -= min(part.held, amount)

    def _debt_left(self, event: Event, part: Part) -> None:
        self._move("seller/arrears", "seller/debt", event.data["amount"])
        self._move("customer/claim", "customer/arrears", min(part.owed, event.data["amount"]))
        part.left = True

    def _adjustment_booked(self, event: Event, _part: Part) -> None:
        self._move("platform/commission", "seller/payable", event.data["commission"])
        self._move("platform/fees", "seller/payable", event.data["fees"])
        self._move("platform/subsidy", "seller/payable", -event.data["subsidy"])

    def _appeal_reversal_booked(self, event: Event, _part: Part) -> None:
        if event.data["bearer"] == CUSTOMER:
            self._move("customer/debt", "seller/claim", event.data["amount"])
        else:
            self._move("platform/cost", "seller/payable", event.data["amount"])

    def _chargeback_settled(self, event: Event, part: Part) -> None:
        """A total for each chargeback and bearer; the seller's stays a debt until it is recovered."""
        bearer, key = event.data["bearer"], (event.data["reference"], event.data["bearer"])
        change = event.data["amount"] - part.charged.get(key, 0)
        part.charged[key] = event.data["amount"]
        if bearer not in PLACES:
            self._move("platform/cost", "provider/clearing", change)
            return
        self._move("seller/arrears" if bearer == SELLER else "customer/debt", "provider/clearing", change)
        self._move("platform/funds", "platform/advance" if bearer == SELLER else "platform/claim", change)
        self._give_back(part)

    def _give_back(self, part: Part) -> None:
        """What was recovered beyond what the seller bears is the seller's."""
        borne = sum(amount for (_, bearer), amount in part.charged.items() if bearer == SELLER)
        beyond = part.recovered - part.given_back - borne
        if beyond > 0:
            part.given_back += beyond
            self._move("seller/arrears", "seller/payable", beyond)
            self._move("platform/funds", "platform/advance", beyond)

    def _carrier_claim_noted(self, event: Event, _part: Part) -> None:
        data = event.data
        whose = PLACES.get(data["bearer"], "platform")
        self.claims[data["matter"], f"{data['tracking']} {whose}"] = (data["amount"], whose)

    def _carrier_claim_answered(self, event: Event, _part: Part) -> None:
        whose = PLACES.get(event.data["bearer"], "platform")
        asked, _ = self.claims.pop((event.data["matter"], f"{event.data['tracking']} {whose}"), (0, whose))
        self._move("carrier/claim", f"{whose}/compensation", min(asked, event.data["paid"]))


def _claim(part: Part) -> str:
    return "customer/arrears" if part.left else "customer/claim"


def _debt(part: Part) -> str:
    return "seller/arrears" if part.left else "seller/debt"


def reckon(past: list[Event]) -> Reckoning:
    """The accounts of a case by its whole log."""
    found = Reckoning()
    for event in past:
        found.take(event)
    return found
