"""What may go wrong with money in the core, the ledger or the bank: patches of the mutants (`mutants.py`)."""

from contextlib import ExitStack
from dataclasses import replace
from typing import Any
from unittest import mock

from mufakat.core import adjusting, case, effects, liability, money, settlement, shares
from mufakat.core import events as e
from mufakat.core.case import Remedy
from mufakat.core.claim import UNADJUSTED, Adjustment, Destination, RiskPart
from mufakat.core.decide import bank, chargeback, charged, court, remedies, risk, worth
from mufakat.core.decide.draft import Draft
from mufakat.core.effects import Effect, EffectKind
from mufakat.core.order import Order, OrderState
from mufakat.core.parties import Role
from mufakat.core.policy.policy import Policy, RiskRule
from mufakat.payments.account import Account, Debt


def wrong_bearer(stack: ExitStack) -> None:
    """The other one bears what befell the return."""
    real = RiskRule.bearer
    swapped = {Role.CUSTOMER: Role.SELLER, Role.SELLER: Role.CUSTOMER}
    stack.enter_context(mock.patch.object(RiskRule, "bearer", lambda self, issue: swapped[real(self, issue)]))


def cent_lost(stack: ExitStack) -> None:
    """Shares lose a minor unit."""
    real = shares.allocate

    def allocate(total: int, weights: Any) -> list[int]:
        parts = real(total, weights)
        return [*parts[:-1], max(0, parts[-1] - 1)] if len(parts) > 1 else parts

    for module in (worth, case, adjusting):
        stack.enter_context(mock.patch.object(module, "allocate_within", allocate))


def voucher_ignored(stack: ExitStack) -> None:
    """The voucher of an order counts for nothing."""
    stack.enter_context(mock.patch.object(Order, "voucher_of", return_value=0))


def rounded_each_time(stack: ExitStack) -> None:
    """What a payment means is rounded anew each time."""
    real = adjusting.of_line

    def difference(order: OrderState, switches: Any, _case: str, before: Any, after: Any) -> Adjustment:
        moved = ((x, after.get(x.line_id, 0) - before.get(x.line_id, 0)) for x in order.order.lines)
        return sum((real(order.order, line, by, switches) for line, by in moved), start=UNADJUSTED)

    stack.enter_context(mock.patch.object(adjusting, "difference", difference))


def subsidy_kept(stack: ExitStack) -> None:
    """The seller keeps the platform's part of discounts."""
    real = adjusting.of_line
    without = lambda *given: replace(real(*given), subsidy=0)  # noqa: E731 - said in a line
    stack.enter_context(mock.patch.object(adjusting, "of_line", without))


def cash_to_a_card(stack: ExitStack) -> None:
    """Money goes where the payment came from, cash too."""
    stack.enter_context(mock.patch.object(Policy, "destination", return_value=Destination.ORIGINAL))


def other_lines_pay(stack: ExitStack) -> None:
    """A line pays for another."""

    def payable(d: Draft, remedy: Remedy) -> int:
        most = sum(money.ceiling(d.order, x.line_id, x.units, d.case.case_id) for x in remedy.shares)
        return remedy.total - max(0, remedy.goods - most)

    stack.enter_context(mock.patch.object(remedies, "payable", payable))


def shipping_always(stack: ExitStack) -> None:
    """The shipping fee goes back every time."""

    def fee(d: Draft, *_: Any) -> int:
        return d.order.order.shipping_fee

    stack.enter_context(mock.patch.object(remedies, "shipping_due", fee))


def hold_kept(stack: ExitStack) -> None:
    """Nothing is ever released."""
    stack.enter_context(mock.patch.object(Draft, "release", return_value=None))


def paid_twice(stack: ExitStack) -> None:
    """The bank pays everything twice."""
    real = Account._pay  # noqa: SLF001 - the bank's own books go wrong

    def pay(self: Account, debt: Debt) -> None:
        before = debt.paid
        real(self, debt)
        debt.paid += debt.paid - before

    stack.enter_context(mock.patch.object(Account, "_pay", pay))


def advance_given_away(stack: ExitStack) -> None:
    """What the platform advanced nobody collects."""

    def uncollected(self: Remedy) -> int:
        return max(0, self.ordered - self.paid)

    stack.enter_context(mock.patch.object(Remedy, "uncollected", property(uncollected)))


def debts_dropped(stack: ExitStack) -> None:
    """A debt that is left is not collected on."""
    real = effects._asked_of_provider  # noqa: SLF001 - what the provider is told

    def asked(event: Any, case: Any) -> Effect | None:
        if isinstance(event, e.DebtLeft):
            return effects._provider(EffectKind.CANCEL, case, event.matter, 0)  # noqa: SLF001
        found: Effect | None = real(event, case)
        return found

    stack.enter_context(mock.patch.object(effects, "_asked_of_provider", asked))


def balance_debited(stack: ExitStack) -> None:
    """The seller's balance is debited whatever the rulebook says."""
    real = Draft.add

    def add_(self: Draft, event: Any) -> None:
        real(self, replace(event, debit_balance=True) if isinstance(event, e.DeductionOrdered) else event)

    stack.enter_context(mock.patch.object(Draft, "add", add_))


def hold_of_the_first_alone(stack: ExitStack) -> None:
    """Only the first matter is held for."""
    real = Draft.hold

    def hold(self: Draft, number: int, amount: int) -> None:
        if number == 1:
            real(self, number, amount)

    stack.enter_context(mock.patch.object(Draft, "hold", hold))


def hold_not_used(stack: ExitStack) -> None:
    """A payment leaves all of the hold pending."""
    stack.enter_context(mock.patch.object(settlement, "drawn", return_value=0))


def debt_forgotten(stack: ExitStack) -> None:
    """What could not be collected is not in the ledger."""
    stack.enter_context(mock.patch.dict(settlement.ROWS))
    del settlement.ROWS[e.DebtLeft]


def half_booked(stack: ExitStack) -> None:
    """Half of what customers receive is in the ledger."""
    real = settlement.posted

    def posted(debit: settlement.Account, credit: settlement.Account, amount: int, rule: str) -> settlement.Row:
        return real(debit, credit, amount // 2 if credit is settlement.Account.PROVIDER_CLEARING else amount, rule)

    stack.enter_context(mock.patch.object(settlement, "posted", posted))


def paid_while_open(stack: ExitStack) -> None:
    """Nobody waits for the customer's bank."""
    for module in (bank, chargeback, court, remedies):
        stack.enter_context(mock.patch.object(module, "awaited", return_value=()))


def seller_pays_twice(stack: ExitStack) -> None:
    """What the customer was paid already is the seller's again when the bank takes it (gumroad #4372)."""
    stack.enter_context(mock.patch.object(charged, "ceiling", return_value=10**15))


def bank_borne_by_nobody(stack: ExitStack) -> None:
    """A lost chargeback is nobody's."""
    stack.enter_context(mock.patch.object(charged, "_due", return_value={}))


def harm_on_the_customer(stack: ExitStack) -> None:
    """What the seller bears of a return is off the customer's refund all the same."""
    real = liability.bears

    def bears(*given: Any) -> tuple[RiskPart, ...]:
        return tuple(replace(part, lowered=part.value_lost) for part in real(*given))

    stack.enter_context(mock.patch.object(risk, "bears", bears))


def carriers_spared(stack: ExitStack) -> None:
    """Nothing is claimed of a carrier."""
    stack.enter_context(mock.patch.object(risk, "_claim_of_carrier", return_value=None))
