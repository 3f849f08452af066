"""A seller's account at the false provider, in one currency: what is due to the seller, holds, debts. Plain and pure.

Money comes in by `expect` (an order was sold), by REIMBURSE and by ADJUST; it leaves to the customer, to the platform
(what it advanced, its part of an adjustment) or to the seller (`paid_out`). At every moment what came in is what went
out and what is left: `balanced`. Amounts in minor units, instants in UTC.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from mufakat.payments.provider import Answer, Funding, Outcome, Owed, Standing, Verb


@dataclass(frozen=True, slots=True)
class Sale:
    """An order was sold: so much is due to the seller, to be paid out from `at` on."""

    name: str
    amount: int
    at: datetime


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

    `advanced` is the part of `paid` that was the platform's money, of which `recovered` was collected back so far.
    `adjusted` is the net in favour of the seller as ordered, `settled` how much of it has moved
    (`taken`: all that ever went to the platform by it).
    `debit`: what was paid out to the seller may be taken back, too. `held_by`, `ordered_by` and `adjusted_by` are the
    sequences of the last calls that changed the hold, the order to pay, the adjustment.
    """

    customer_id: str
    total: int = 0
    paid: int = 0
    held: int = 0
    collecting: int = 0
    reimbursed: int = 0
    held_by: int = -1
    ordered_by: int = -1
    advanced: int = 0
    recovered: int = 0
    debit: bool = False
    adjusted: int = 0
    settled: int = 0
    taken: int = 0
    adjusted_by: int = -1

    @property
    def open_to_customer(self) -> int:
        """What the customer still lacks."""
        return max(0, self.total - self.paid)

    @property
    def open_to_platform(self) -> int:
        """What is still to be collected for the platform of what it advanced."""
        by_seller = self.paid - self.advanced
        return max(0, min(self.advanced, self.total - by_seller) - self.recovered)


@dataclass(slots=True)
class Late:
    """A call that was received and will be acted on later."""

    key: str
    verb: Verb
    owed: Owed
    at: datetime


@dataclass(slots=True)
class Account:
    """All that the false provider knows of one seller in one currency.

    `debited`: how much of `paid_out` was taken back from the seller's balance.
    """

    payouts: list[Payout] = field(default_factory=list)
    debts: dict[str, Debt] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    late: list[Late] = field(default_factory=list)
    paid_out: int = 0
    turn: int = 0
    debited: int = 0

    @property
    def balance(self) -> int:
        """What is here and due to the seller."""
        return sum(payout.left for payout in self.payouts)

    @property
    def paid(self) -> int:
        """What customers have had."""
        return sum(debt.paid for debt in self.debts.values())

    @property
    def balanced(self) -> bool:
        """Whether what came in is what went out and what is left, and nothing is below zero or above its total."""
        debts = self.debts.values()
        came_in = sum(payout.amount for payout in self.payouts)
        to_customers = self.paid - sum(debt.advanced for debt in debts)
        to_platform = sum(debt.recovered + debt.taken for debt in debts)
        sound = all(0 <= debt.recovered <= debt.advanced <= debt.paid for debt in debts)
        left = self.balance + self.paid_out - self.debited
        return sound and 0 <= self.debited <= self.paid_out and came_in == to_customers + to_platform + left

    def expect(self, name: str, amount: int, at: datetime) -> None:
        """An order was sold: `amount` is due to the seller, to be paid out from `at` on. The same name is one."""
        if all(payout.name != name for payout in self.payouts):
            self._due(name, amount, at)
            self._collect()

    def expect_all(self, sales: Iterable[Sale]) -> None:
        """The same for many orders."""
        known = {payout.name for payout in self.payouts}
        for sale in sales:
            if sale.name not in known:
                known.add(sale.name)
                self.payouts.append(Payout(sale.name, sale.amount, sale.amount, sale.at))
        self.payouts.sort(key=lambda payout: payout.at)
        self._collect()

    def act(self, verb: Verb, owed: Owed, now: datetime, reference: str = "") -> Answer:
        """Do what a call asks; what has come of the obligation so far. A call that was overtaken changes nothing."""
        debt = self.debts.setdefault(owed.obligation, Debt(owed.customer_id))
        match verb:
            case Verb.REIMBURSE:
                self._reimburse(owed, debt, now)
            case Verb.ADJUST:
                if owed.sequence >= debt.adjusted_by:
                    debt.adjusted_by, debt.adjusted = owed.sequence, owed.total
            case Verb.HOLD | Verb.RELEASE:
                if owed.sequence >= debt.held_by:
                    debt.held_by, debt.held = owed.sequence, owed.total if verb is Verb.HOLD else 0
            case Verb.REFUND | Verb.RECOVER | Verb.CANCEL:
                if owed.sequence >= debt.ordered_by:
                    debt.ordered_by = owed.sequence
                    self._order(verb, owed, debt)
        self._settle(owed.obligation, debt, now)
        return Answer(Outcome.DONE, debt.paid, debt.recovered, reference=reference, advanced=debt.advanced)

    def _order(self, verb: Verb, owed: Owed, debt: Debt) -> None:
        if verb is Verb.CANCEL:
            debt.collecting = 0
        elif verb is Verb.REFUND:
            debt.total = owed.total
            if owed.funding is Funding.PLATFORM:
                lacks = debt.open_to_customer
                debt.advanced += lacks
                debt.paid += lacks
            else:
                self._pay(debt)
        else:
            self.turn += 1
            debt.total, debt.debit = owed.total, owed.debit
            if owed.funding is Funding.CHARGEBACK:
                lost = max(0, owed.total - debt.paid)  # what the seller has paid already is no money of the platform
                debt.advanced, debt.paid = debt.advanced + lost, debt.paid + lost
            debt.collecting = debt.collecting or self.turn
            self._collect()

    def run(self, now: datetime) -> None:
        """What happens by itself: late calls are acted on, debts collected, payouts made from what nothing holds."""
        for call in [each for each in self.late if each.at <= now]:
            self.late.remove(call)
            before = self.answers.get(call.key)
            if before is None or before.outcome is Outcome.ACCEPTED:  # else asked again meanwhile under the same key
                reference = before.reference if before is not None else ""
                self.answers[call.key] = self.act(call.verb, call.owed, now, reference)
        self._collect()
        for name, debt in self.debts.items():
            self._settle(name, debt, now)
        free = self.balance - sum(debt.held for debt in self.debts.values())
        for payout in self.payouts:
            if payout.at <= now:
                out = max(0, min(payout.left, free))
                payout.left -= out
                self.paid_out += out
                free -= out

    def standing(self, obligation: str) -> Standing | None:
        """Where an obligation stands; None for one that it does not know."""
        debt = self.debts.get(obligation)
        if debt is None:
            return None
        collects = bool(debt.collecting and (debt.open_to_customer or debt.open_to_platform))
        return Standing(
            obligation,
            paid=debt.paid,
            held=debt.held,
            total=debt.total,
            collecting=collects,
            recovered=debt.recovered,
            reimbursed=debt.reimbursed,
            adjusted=debt.adjusted,
            advanced=debt.advanced,
        )

    def _collect(self) -> None:
        """Oldest debt first, from payments due to the seller."""
        for debt in sorted(self.debts.values(), key=lambda debt: debt.collecting):
            if debt.collecting:
                self._pay(debt)
                debt.recovered += self._take(debt, debt.open_to_platform)

    def _pay(self, debt: Debt) -> None:
        """Pay the customer up to the total from what no other obligation holds."""
        debt.paid += self._take(debt, debt.open_to_customer)

    def _take(self, debt: Debt, wanted: int) -> int:
        """Take up to `wanted` from what no other obligation holds, then from the seller's balance where allowed."""
        others = sum(each.held for each in self.debts.values()) - debt.held
        due = max(0, min(wanted, self.balance - others))
        debt.held = max(0, debt.held - due)
        self._out_of_payouts(due)
        more = min(wanted - due, self.paid_out - self.debited) if debt.debit and debt.collecting else 0
        self.debited += more
        return due + more

    def _out_of_payouts(self, amount: int) -> None:
        for payout in self.payouts:
            taken = min(payout.left, amount)
            payout.left -= taken
            amount -= taken

    def _settle(self, obligation: str, debt: Debt, now: datetime) -> None:
        """Move what an adjustment still lacks: to the seller as a payment due, from the seller as far as there is."""
        change = debt.adjusted - debt.settled
        if change > 0:
            self._due(f"adjusted:{obligation}:{debt.adjusted_by}:{debt.settled}", change, now)
            debt.settled = debt.adjusted
        elif change < 0:
            free = self.balance - sum(each.held for each in self.debts.values())
            taken = max(0, min(-change, free))
            self._out_of_payouts(taken)
            debt.settled -= taken
            debt.taken += taken

    def _due(self, name: str, amount: int, at: datetime) -> None:
        self.payouts.append(Payout(name, amount, amount, at))
        self.payouts.sort(key=lambda payout: payout.at)

    def _reimburse(self, owed: Owed, debt: Debt, now: datetime) -> None:
        back = owed.total - debt.reimbursed
        if back > 0:
            debt.reimbursed = owed.total
            self._due(f"reimbursed:{owed.obligation}:{owed.total}", back, now)
