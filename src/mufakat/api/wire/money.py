"""The money of a case and a seller's statement, as they travel. Amounts in minor units, instants in UTC."""

from datetime import datetime

import msgspec

from mufakat.core.settlement import Account, Kind, State


class MovementOut(msgspec.Struct, kw_only=True):
    """One movement: `amount` goes from the account `debit` to the account `credit`.

    A party reads those that touch an account of its own; an account that is no business of its is null, and so is `id`.
    `number` is that of the event `cause`; `rule` says by which rule it stands. `state`: POSTED moved money; PENDING is
    held (or claimed of a carrier), until another movement resolves it; VOIDED and EXPIRED is held no longer.
    `reference` is the payment provider's own name of what it did, where it gave one.
    """

    id: str | None
    number: int
    matter: int
    at: datetime
    cause: str
    rule: str
    kind: Kind
    state: State
    amount: int
    debit: Account | None
    credit: Account | None
    reference: str


class BalanceOut(msgspec.Struct, kw_only=True):
    """What an account stands at: credits less debits. Where `held`, what is held of it and has not moved yet."""

    account: Account
    currency: str
    amount: int
    held: bool = False


class ToldOut(msgspec.Struct, kw_only=True):
    """What the payment provider was told: `verb` with the obligation's total, its state in the outbox, its reference.

    `state`: PENDING (waits, or is tried again), DONE, or GIVEN_UP (waits for a person; `error` says why).
    """

    key: str
    verb: str
    obligation: str
    amount: int
    state: str
    attempts: int
    error: str
    reference: str


class MoneyOut(msgspec.Struct, kw_only=True):
    """The money of a case as its reader may see it: the parties their own side, the platform all and what was told."""

    case_id: str
    version: int
    currency: str
    balances: list[BalanceOut]
    movements: list[MovementOut]
    told: list[ToldOut]


class StatementLineOut(MovementOut, kw_only=True):
    """A movement on a seller's accounts, with its case."""

    case_id: str
    order_id: str
    currency: str


class StatementOut(msgspec.Struct, kw_only=True):
    """What moved on a seller's accounts from `since` to just before `until`: holds, deductions, debts, adjustments.

    `opening` and `closing`: what its accounts stood at then, on the first page only. `next`: the cursor of the page
    after this one, null at the end.
    """

    seller_id: str
    since: datetime
    until: datetime
    opening: list[BalanceOut]
    closing: list[BalanceOut]
    lines: list[StatementLineOut]
    next: str | None
