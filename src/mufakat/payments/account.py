"""A seller's account at the false provider, in one currency: what is due to the seller, holds, debts. Plain and pure.

Money comes in by `expect` (an order was sold) and leaves to the customer (`paid`) or to the seller (`paid_out`);
at every moment what came in is what went out and what is left. Amounts in minor units, instants in UTC.
"""

from dataclasses import dataclass, field
from datetime import datetime

from mufakat.payments.provider import Answer, Outcome, Owed, Standing


@dataclass(slots=True)
class Payout:
    """A payment due to the seller: `left` of it is still here, to be paid out from `at` on."""

    name: str
    amount: int
    left: int
    at: datetime


@dataclass(slots=True)
class Debt:
    """An obligation: its total as last ordered, what was paid and is held, and since when it is collected (0: not).

    `held_by` and `ordered_by` are the sequences of the last calls that changed the hold and the order to pay.
    """

    customer_id: str
    total: int = 0
    paid: int = 0
    held: int = 0
    collecting: int = 0
    reimbursed: int = 0
    held_by: int = -1
    ordered_by: int = -1


@dataclass(slots=True)
class Late:
    """A call that was received and will be acted on later."""

    key: str
    verb: str
    owed: Owed
    at: datetime


@dataclass(slots=True)
class Account:
    """All that the false provider knows of one seller in one currency."""

    payouts: list[Payout] = field(default_factory=list)
    debts: dict[str, Debt] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    late: list[Late] = field(default_factory=list)
    paid_out: int = 0
    turn: int = 0

    @property
    def balance(self) -> int:
        """What is here and due to the seller."""
        return sum(payout.left for payout in self.payouts)

    @property
    def paid(self) -> int:
        """What customers have had."""
        return sum(debt.paid for debt in self.debts.values())

    def expect(self, name: str, amount: int, at: datetime) -> None:
        """An order was sold: `amount` is due to the seller, to be paid out from `at` on. The same name is one."""
        if all(payout.name != name for payout in self.payouts):
            self.payouts.append(Payout(name, amount, amount, at))
            self.payouts.sort(key=lambda payout: payout.at)
            self._collect()

    def act(self, verb: str, owed: Owed, now: datetime) -> int:
        """Do what a call asks; what the customer has had for the obligation so far."""
        debt = self.debts.setdefault(owed.obligation, Debt(owed.customer_id))
        if verb == "reimburse":
            self._reimburse(owed, debt, now)
        elif verb in ("hold", "release"):
            if owed.sequence >= debt.held_by:
                debt.held_by, debt.held = owed.sequence, owed.total if verb == "hold" else 0
        elif owed.sequence >= debt.ordered_by:
            debt.ordered_by = owed.sequence
            self._order(verb, owed, debt)
        return debt.paid

    def _order(self, verb: str, owed: Owed, debt: Debt) -> None:
        if verb == "pay":
            debt.total = owed.total
            self._pay(debt)
        elif verb == "deduct":
            self.turn += 1
            debt.total, debt.collecting = owed.total, debt.collecting or self.turn
            self._collect()
        elif verb == "stop":
            debt.collecting = 0

    def run(self, now: datetime) -> None:
        """What happens by itself: late calls are acted on, debts collected, payouts made from what nothing holds."""
        for call in [each for each in self.late if each.at <= now]:
            self.late.remove(call)
            if call.key not in self.answers:  # asked again meanwhile under the same key
                self.answers[call.key] = Answer(Outcome.DONE, self.act(call.verb, call.owed, now))
        self._collect()
        free = self.balance - sum(debt.held for debt in self.debts.values())
        for payout in self.payouts:
            if payout.at <= now:
                out = max(0, min(payout.left, free))
                payout.left -= out
                self.paid_out += out
                free -= out

    def standing(self, obligation: str) -> Standing:
        """Where an obligation stands."""
        debt = self.debts.get(obligation) or Debt("")
        return Standing(obligation, debt.paid, debt.held, debt.total, bool(debt.collecting), debt.reimbursed)

    def _collect(self) -> None:
        """Oldest debt first, from payments due to the seller."""
        for debt in sorted(self.debts.values(), key=lambda debt: debt.collecting):
            if debt.collecting:
                self._pay(debt)

    def _pay(self, debt: Debt) -> None:
        """Pay up to the total from what no other obligation holds."""
        others = sum(each.held for each in self.debts.values()) - debt.held
        amount = max(0, min(debt.total - debt.paid, self.balance - others))
        debt.paid += amount
        debt.held = max(0, debt.held - amount)
        for payout in self.payouts:
            taken = min(payout.left, amount)
            payout.left -= taken
            amount -= taken

    def _reimburse(self, owed: Owed, debt: Debt, now: datetime) -> None:
        back = owed.total - debt.reimbursed
        if back > 0:
            debt.reimbursed = owed.total
            name = f"reimbursed:{owed.obligation}:{owed.total}"
            self.payouts.append(Payout(name, back, back, now))
