"""The money of a case in one look: every transfer with state and reference, what the provider was told, balances."""

from dataclasses import dataclass
from typing import Final

from mufakat.core.settlement import Account, State, Transfer, balances, endings, state, still_pending
from mufakat.engine.ports import Ledger
from mufakat.store.records import Told

DONE: Final = "DONE"


@dataclass(frozen=True, slots=True)
class Movement:
    """A transfer as it stands. `reference`: the provider's name of what it did, where it gave one."""

    transfer: Transfer
    state: State
    reference: str


@dataclass(frozen=True, slots=True)
class CaseMoney:
    """A case's movements in order, what the provider was told, what each account stands at, what is held."""

    movements: tuple[Movement, ...]
    told: tuple[Told, ...]
    balances: dict[Account, int]
    held: int


async def case_money(ledger: Ledger, marketplace: str, case_id: str) -> CaseMoney:
    """The money of a case; nothing moved where there is no such case."""
    moved = await ledger.transfers(marketplace, case_id)
    told = await ledger.told(marketplace, case_id)
    ended, named = endings(moved), {_event(each.key): each.reference for each in told if each.reference}
    held = (each for each in still_pending(moved).values() if each.debit is Account.SELLER_PAYABLE)
    return CaseMoney(
        tuple(Movement(x, state(x.kind, ended.get(x.id)), x.reference or named.get(x.number, "")) for x in moved),
        tuple(told),
        balances(moved),
        sum(each.amount for each in held),
    )


def _event(key: str) -> int:
    """The number of the event that an effect comes of, from its key `case:event number:n`."""
    return int(key.rsplit(":", 2)[1])
