"""The money of a case before one reader: the parties their own side of it, the platform all of it.

Which accounts a role may know of is said in `core/sight.py`; here it is only laid out.
"""

from typing import Any

from mufakat.api.wire import money as w
from mufakat.core.case import Case
from mufakat.core.parties import Role
from mufakat.core.settlement import Account, State, Transfer
from mufakat.core.sight import own_account, sees_account, sees_all, sees_hold
from mufakat.engine.money import CaseMoney
from mufakat.store.records import Balance


def money_out(case: Case, found: CaseMoney, role: Role) -> w.MoneyOut:
    """The money of a case as a role may see it."""
    seen = (each for each in found.movements if touches(each.transfer, role))
    return w.MoneyOut(
        case_id=case.case_id,
        version=case.number,
        currency=case.currency,
        balances=_balances(found, role, case.currency),
        movements=[w.MovementOut(**plain(each.transfer, each.state, role, each.reference)) for each in seen],
        told=_told(found) if sees_all(role) else [],
    )


def touches(transfer: Transfer, role: Role) -> bool:
    """Whether a movement touches an account of the role's own."""
    return own_account(transfer.debit, role) or own_account(transfer.credit, role)


def plain(transfer: Transfer, stands: State, role: Role, reference: str) -> dict[str, Any]:
    """A movement as a role may see it."""
    debit, credit = (each if sees_account(each, role) else None for each in (transfer.debit, transfer.credit))
    return {
        "id": transfer.id if sees_all(role) else None,
        "number": transfer.number,
        "matter": transfer.matter,
        "at": transfer.at,
        "cause": transfer.cause,
        "rule": transfer.rule,
        "kind": transfer.kind,
        "state": stands,
        "amount": transfer.amount,
        "debit": debit,
        "credit": credit,
        "reference": reference,
    }


def _balances(found: CaseMoney, role: Role, currency: str) -> list[w.BalanceOut]:
    """What the accounts that a role may see stand at, and what is held."""
    made = [
        w.BalanceOut(account=account, currency=currency, amount=amount)
        for account, amount in sorted(found.balances.items())
        if amount and own_account(account, role)
    ]
    if found.held and sees_hold(role):
        made.append(w.BalanceOut(account=Account.SELLER_PAYABLE, currency=currency, amount=-found.held, held=True))
    return made


def stood(balances: list[Balance]) -> list[w.BalanceOut]:
    """What a seller's accounts stood at, as it travels."""
    return [
        w.BalanceOut(
            account=Account(each.account), currency=each.currency, amount=each.amount, held=each.state == State.PENDING
        )
        for each in balances
    ]


def _told(found: CaseMoney) -> list[w.ToldOut]:
    return [
        w.ToldOut(
            key=each.key,
            verb=each.effect.kind.value,
            obligation=each.effect.obligation,
            amount=each.effect.amount,
            state=each.state,
            attempts=each.attempts,
            error=each.last_error,
            reference=each.reference,
        )
        for each in found.told
    ]
