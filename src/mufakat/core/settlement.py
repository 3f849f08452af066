"""Money movements as double entry: `transfers(before, recorded)` is pure, and what it gives always sums to zero.

A transfer takes an amount from one account (debit) and gives it to another (credit), so nothing can be lost between
two of them. None is ever changed: what was wrong is another transfer. A hold is a PENDING one. It is resolved once: by
a POST of what was paid from it (what is then left is pending anew), a VOID where it is released, an EXPIRE where it
ran out. Amounts are minor units of the order's currency; the balance of an account is credits less debits.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from mufakat.core import events as e
from mufakat.core.case import Case, Matter, is_of_chargebacks
from mufakat.core.claim import Basis
from mufakat.core.evolve import evolve
from mufakat.core.parties import Role
from mufakat.core.pending import claimed_as, drawn, pending, unpaid
from mufakat.core.phases import Outcome, Phase


class Account(StrEnum):
    """The accounts of a case. Public, and documented in docs/guides/ledger.md: never rename one."""

    CUSTOMER_CLAIM = "customer/claim"
    CUSTOMER_ARREARS = "customer/arrears"
    CUSTOMER_DEBT = "customer/debt"
    CUSTOMER_COMPENSATION = "customer/compensation"
    SELLER_PAYABLE = "seller/payable"
    SELLER_DEBT = "seller/debt"
    SELLER_ARREARS = "seller/arrears"
    SELLER_CLAIM = "seller/claim"
    SELLER_COMPENSATION = "seller/compensation"
    PLATFORM_FUNDS = "platform/funds"
    PLATFORM_ADVANCE = "platform/advance"
    PLATFORM_CLAIM = "platform/claim"
    PLATFORM_COST = "platform/cost"
    PLATFORM_COMMISSION = "platform/commission"
    PLATFORM_FEES = "platform/fees"
    PLATFORM_SUBSIDY = "platform/subsidy"
    PLATFORM_COMPENSATION = "platform/compensation"
    CARRIER_CLAIM = "carrier/claim"
    PROVIDER_CLEARING = "provider/clearing"


class Kind(StrEnum):
    """What a transfer does. POST, VOID and EXPIRE name the pending one that they resolve."""

    POSTED = "POSTED"
    PENDING = "PENDING"
    POST = "POST"
    VOID = "VOID"
    EXPIRE = "EXPIRE"


class State(StrEnum):
    """Where a transfer stands: it moved money, it is held, or what was held is held no longer."""

    POSTED = "POSTED"
    PENDING = "PENDING"
    VOIDED = "VOIDED"
    EXPIRED = "EXPIRED"


_STANDS: Final = {
    Kind.POSTED: State.POSTED,
    Kind.PENDING: State.PENDING,
    Kind.POST: State.POSTED,
    Kind.VOID: State.VOIDED,
    Kind.EXPIRE: State.EXPIRED,
}

MOVES_MONEY: Final = frozenset({Kind.POSTED, Kind.POST})
"""Kinds that change a balance."""

ZERO_WHEN_CLOSED: Final = (Account.CUSTOMER_CLAIM, Account.SELLER_DEBT)
"""Accounts that stand at zero once a case is closed: what could not be collected stands in the arrears by then."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """One movement. `number` and `leg` are the event's number and the transfer's place in it; both make its name.

    `resolves`: the name of the pending transfer that this one ends. `cause`: the stored name of the event. `rule`: by
    which it stands (docs/reference/rules.md, mission.md). `reference`: the provider's own name of what it did.
    """

    case_id: str
    number: int
    leg: int
    matter: int
    kind: Kind
    debit: Account
    debit_party: str
    credit: Account
    credit_party: str
    currency: str
    amount: int
    cause: str
    rule: str
    at: datetime
    resolves: str = ""
    reference: str = ""

    @property
    def id(self) -> str:
        """Its name: `case:event number:leg`."""
        return f"{self.case_id}:{self.number}:{self.leg}"


@dataclass(frozen=True, slots=True)
class Row:
    """A movement before it has its name."""

    kind: Kind
    debit: Account
    credit: Account
    amount: int
    rule: str
    resolves: str = ""


Rows = Iterable[Row]
PLATFORM: Final = "platform"
CARRIER: Final = "carrier"
PROVIDER: Final = "provider"
"""Who the accounts belong to that are neither the customer's nor the seller's."""

BY_BASIS: Final[dict[Basis, str]] = {
    Basis.APPROVAL: "S1",
    Basis.OFFER: "S1",
    Basis.SELLER_INITIATED: "S1",
    Basis.RULE: "S27",
    Basis.LAPSE: "S27",
    Basis.CONCESSION: "reading 7",
    Basis.AGREEMENT: "S9",
    Basis.JUDGEMENT: "S18",
    Basis.COURT: "S14",
}
"""The rule by which a refund is owed."""


def settle(before: Case | None, recorded: Iterable[e.Recorded]) -> tuple[Transfer, ...]:
    """The transfers of the events of one command or more, from the case as it stood before them (None: no case).

    Folds only as far as money is moved, so it costs nothing where none is.
    """
    events = tuple(recorded)
    last = max((n for n, each in enumerate(events) if type(each.event) in ROWS), default=-1)
    case, found = before, list[Transfer]()
    for each in events[: last + 1]:
        found += transfers(case, each)
        case = evolve(case, each)
    return tuple(found)


def transfers(before: Case | None, recorded: e.Recorded) -> tuple[Transfer, ...]:
    """The movements of an event, from the case as it stood before it; none for an event that moves nothing."""
    event = recorded.event
    rows = ROWS.get(type(event))
    if rows is None or before is None:
        return ()
    matter = before.matter(event.matter)  # type: ignore[union-attr]
    made = (row for row in rows(before, matter, recorded) if row.amount > 0)
    return tuple(_named(before, recorded, leg, row) for leg, row in enumerate(made))


def _named(case: Case, recorded: e.Recorded, leg: int, row: Row) -> Transfer:
    event = recorded.event
    return Transfer(
        case_id=case.case_id,
        number=recorded.number,
        leg=leg,
        matter=event.matter,  # type: ignore[union-attr]
        kind=row.kind,
        debit=row.debit,
        debit_party=party(case, row.debit),
        credit=row.credit,
        credit_party=party(case, row.credit),
        currency=case.currency,
        amount=row.amount,
        cause=e.NAMES[type(event)],
        rule=row.rule,
        at=recorded.at,
        resolves=f"{case.case_id}:{row.resolves}" if row.resolves else "",
        reference=event.reference if isinstance(event, e.RefundPaid | e.ChargebackSettled) else "",
    )


def party(case: Case, account: Account) -> str:
    """Whose account it is."""
    owner, _, _ = account.partition("/")
    return {"customer": case.customer_id, "seller": case.seller_id}.get(owner, owner)


def balances(moved: Iterable[Transfer]) -> dict[Account, int]:
    """What each account stands at, minor units: credits less debits of what was posted."""
    found: dict[Account, int] = {}
    for each in moved:
        if each.kind in MOVES_MONEY:
            found[each.debit] = found.get(each.debit, 0) - each.amount
            found[each.credit] = found.get(each.credit, 0) + each.amount
    return found


def endings(moved: Iterable[Transfer]) -> dict[str, Kind]:
    """By what each pending transfer was resolved, by its name."""
    return {each.resolves: each.kind for each in moved if each.resolves}


def state(kind: Kind, ended: Kind | None) -> State:
    """Where a transfer of that kind stands, `ended` by another one (None: by none)."""
    return _STANDS[ended or kind]


def still_pending(moved: Iterable[Transfer]) -> dict[str, Transfer]:
    """What nothing has resolved yet, by name."""
    found: dict[str, Transfer] = {}
    for each in moved:
        if each.kind is Kind.PENDING:
            found[each.id] = each
        found.pop(each.resolves, None)
    return found


# --- the rows of each event


def posted(debit: Account, credit: Account, amount: int, rule: str) -> Row:
    """Money moves; a negative amount moves the other way."""
    if amount < 0:
        debit, credit, amount = credit, debit, -amount
    return Row(Kind.POSTED, debit, credit, amount, rule)


def _hold_placed(_case: Case, matter: Matter, recorded: e.Recorded) -> Rows:
    event: Any = recorded.event
    yield from _let_go(matter, Kind.VOID, "reading 9")
    yield Row(Kind.PENDING, Account.SELLER_PAYABLE, Account.SELLER_DEBT, event.amount, "reading 9")


def _hold_released(_case: Case, matter: Matter, recorded: e.Recorded) -> Rows:
    ran_out = matter.phase is Phase.STOPPED and recorded.actor.role is Role.CLOCK
    yield from _let_go(matter, *((Kind.EXPIRE, "arithmetic 11") if ran_out else (Kind.VOID, "reading 9")))


def _let_go(matter: Matter, kind: Kind, rule: str) -> Rows:
    """What is left of the hold is held no longer."""
    held = pending(matter)
    if held is not None:
        yield Row(kind, Account.SELLER_PAYABLE, Account.SELLER_DEBT, held.amount, rule, held.transfer)


def _refund_ordered(_case: Case, matter: Matter, recorded: e.Recorded) -> Rows:
    """What is owed changes; so does what was paid too much, where a payment overtook a lower total."""
    event: Any = recorded.event
    remedy = matter.remedy
    rule = BY_BASIS[remedy.basis] if remedy is not None else "S21"
    paid = remedy.paid if remedy is not None else 0
    before = event.total - event.change
    claim, debt = _owing(matter)
    more = max(0, event.total - paid) - max(0, before - paid)
    too_much = max(0, paid - event.total) - max(0, paid - before)
    yield posted(debt, claim, more, rule)
    yield posted(Account.CUSTOMER_DEBT, Account.SELLER_CLAIM, too_much, rule)


def _owing(matter: Matter) -> tuple[Account, Account]:
    """Where claim and debt stand: what could not be collected in time was moved to the arrears."""
    if matter.outcome is Outcome.DEBT_LEFT:
        return Account.CUSTOMER_ARREARS, Account.SELLER_ARREARS
    return Account.CUSTOMER_CLAIM, Account.SELLER_DEBT


def _refund_paid(_case: Case, matter: Matter, recorded: e.Recorded) -> Rows:
    """The customer has it. The seller's money: the held amount first. The platform's: the seller owes it on.

    What was paid beyond what is owed (an order was lowered while the payment was on its way) the customer owes back.
    """
    event: Any = recorded.event
    remedy = matter.remedy
    deducted = remedy is not None and remedy.deducting
    rule = "S20" if deducted or matter.outcome is Outcome.DEBT_LEFT else "arithmetic 12"
    claim, debt = _owing(matter)
    owed = min(event.amount, unpaid(matter))
    too_much = event.amount - owed
    if event.advanced:
        yield posted(Account.PLATFORM_FUNDS, Account.PLATFORM_ADVANCE, owed, "reading 9")
    else:
        yield from _from_seller(matter, event, debt, owed, rule)
    yield posted(claim, Account.PROVIDER_CLEARING, owed, rule)
    lender = (Account.PLATFORM_FUNDS, Account.PLATFORM_CLAIM)
    bearer = lender if event.advanced else (Account.SELLER_PAYABLE, Account.SELLER_CLAIM)
    yield posted(Account.CUSTOMER_DEBT, Account.PROVIDER_CLEARING, too_much, rule)
    yield posted(*bearer, too_much, rule)


def _from_seller(matter: Matter, event: e.Event, debt: Account, amount: int, rule: str) -> Rows:
    """The seller pays what it owes: from the hold as far as it goes, then from payments due to it."""
    held, used = pending(matter), drawn(matter, event)
    if held is not None and used:
        here = (Account.SELLER_PAYABLE, Account.SELLER_DEBT)
        yield Row(Kind.POST, *here, used, rule, held.transfer)
        yield Row(Kind.PENDING, *here, held.amount - used, "reading 9")
    yield posted(Account.SELLER_PAYABLE, debt, amount - used, rule)


def _advance_recovered(_case: Case, matter: Matter, recorded: e.Recorded) -> Rows:
    event: Any = recorded.event
    if is_of_chargebacks(event.obligation):
        yield from _of_chargebacks(matter, event.amount)
        return
    _, debt = _owing(matter)
    yield from _from_seller(matter, event, debt, event.amount, "S20")
    yield posted(Account.PLATFORM_ADVANCE, Account.PLATFORM_FUNDS, event.amount, "S20")


def _debt_left(_case: Case, matter: Matter, recorded: e.Recorded) -> Rows:
    """Collecting has ended: what is left is moved to the arrears, where it stays until somebody pays it."""
    event: Any = recorded.event
    yield posted(Account.SELLER_ARREARS, Account.SELLER_DEBT, event.amount, "S20")
    yield posted(Account.CUSTOMER_CLAIM, Account.CUSTOMER_ARREARS, min(event.amount, unpaid(matter)), "S20")


def _adjusted(_case: Case, _matter: Matter, recorded: e.Recorded) -> Rows:
    """What a refund means between seller and platform: commission and fees come back, subsidies go back."""
    event: Any = recorded.event
    yield posted(Account.PLATFORM_COMMISSION, Account.SELLER_PAYABLE, event.commission, "arithmetic 9")
    yield posted(Account.PLATFORM_FEES, Account.SELLER_PAYABLE, event.fees, "arithmetic 9")
    yield posted(Account.SELLER_PAYABLE, Account.PLATFORM_SUBSIDY, event.subsidy, "arithmetic 9")


def _reversal(_case: Case, _matter: Matter, recorded: e.Recorded) -> Rows:
    event: Any = recorded.event
    if event.bearer is Role.CUSTOMER:
        yield posted(Account.CUSTOMER_DEBT, Account.SELLER_CLAIM, event.amount, "arithmetic 5")
    else:
        yield posted(Account.PLATFORM_COST, Account.SELLER_PAYABLE, event.amount, "arithmetic 5")


def _chargeback(_case: Case, matter: Matter, recorded: e.Recorded) -> Rows:
    """The bank took the money from the platform's account at the provider: each part of it is borne by one.

    What the seller or the customer bears the platform has laid out, and has a claim for. The seller's part outlives
    the matter, so it stands in the arrears from the beginning. An event says a total, and the change moves.
    """
    event: Any = recorded.event
    rule, change = "reading 8", event.amount - matter.borne(event.bearer, event.reference)
    if event.bearer is Role.SELLER:
        yield posted(Account.SELLER_ARREARS, Account.PROVIDER_CLEARING, change, rule)
        yield posted(Account.PLATFORM_FUNDS, Account.PLATFORM_ADVANCE, change, rule)
        yield from _given_back(matter, matter.borne(Role.SELLER) + change, matter.recovered)
    elif event.bearer is Role.CUSTOMER:
        yield posted(Account.CUSTOMER_DEBT, Account.PROVIDER_CLEARING, change, rule)
        yield posted(Account.PLATFORM_FUNDS, Account.PLATFORM_CLAIM, change, rule)
    else:
        yield posted(Account.PLATFORM_COST, Account.PROVIDER_CLEARING, change, rule)


def _of_chargebacks(matter: Matter, amount: int) -> Rows:
    """The seller pays what it bears of chargebacks to the platform, which had laid it out."""
    yield posted(Account.SELLER_PAYABLE, Account.SELLER_ARREARS, amount, "reading 8")
    yield posted(Account.PLATFORM_ADVANCE, Account.PLATFORM_FUNDS, amount, "reading 8")
    yield from _given_back(matter, matter.borne(Role.SELLER), matter.recovered + amount)


def _given_back(matter: Matter, borne: int, recovered: int) -> Rows:
    """What was recovered beyond what the seller bears by now goes back to it."""
    back = max(0, recovered - matter.given_back - borne)
    yield posted(Account.SELLER_ARREARS, Account.SELLER_PAYABLE, back, "reading 8")
    yield posted(Account.PLATFORM_FUNDS, Account.PLATFORM_ADVANCE, back, "reading 8")


_COMPENSATED: Final = {
    Role.CUSTOMER: Account.CUSTOMER_COMPENSATION,
    Role.SELLER: Account.SELLER_COMPENSATION,
}


def _carrier_claimed(_case: Case, matter: Matter, recorded: e.Recorded) -> Rows:
    event: Any = recorded.event
    credit = _COMPENSATED.get(event.bearer, Account.PLATFORM_COMPENSATION)
    claimed = pending(matter, claimed_as(event))
    if claimed is not None:
        yield Row(Kind.VOID, Account.CARRIER_CLAIM, credit, claimed.amount, "reading 10", claimed.transfer)
    yield Row(Kind.PENDING, Account.CARRIER_CLAIM, credit, event.amount, "reading 10")


def _carrier_answered(_case: Case, matter: Matter, recorded: e.Recorded) -> Rows:
    """What the carrier paid is posted; the rest of the claim is gone with it."""
    event: Any = recorded.event
    claimed = pending(matter, claimed_as(event))
    if claimed is None:
        return
    credit = _COMPENSATED.get(claimed.claimant, Account.PLATFORM_COMPENSATION)
    paid = min(event.paid, claimed.amount)
    kind, amount = (Kind.POST, paid) if paid > 0 else (Kind.VOID, claimed.amount)
    yield Row(kind, Account.CARRIER_CLAIM, credit, amount, "reading 10", claimed.transfer)


ROWS: Final[dict[type, Callable[[Case, Matter, e.Recorded], Rows]]] = {
    e.HoldPlaced: _hold_placed,
    e.HoldReleased: _hold_released,
    e.RefundOrdered: _refund_ordered,
    e.RefundPaid: _refund_paid,
    e.AdvanceRecovered: _advance_recovered,
    e.DebtLeft: _debt_left,
    e.AdjustmentBooked: _adjusted,
    e.ReversalBooked: _reversal,
    e.ChargebackSettled: _chargeback,
    e.CarrierClaimNoted: _carrier_claimed,
    e.CarrierClaimAnswered: _carrier_answered,
}
"""The events that move money; `tests/core/test_settlement.py` says why no other does."""
