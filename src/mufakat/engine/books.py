"""The ledger as text for beancount, the double-entry program: other books can take it in, and check it.

A debit is a positive posting. What is held and not resolved stands apart, under accounts of its own, flagged `!`. The
balances at the end are asserted without tolerance, so `bean-check` finds what would not add up.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, timedelta
from decimal import Decimal
from typing import Final

from mufakat.core.currencies import exponent
from mufakat.core.settlement import MOVES_MONEY, Account, Transfer, still_pending

_KINDS: Final = {
    Account.CUSTOMER_CLAIM: "Liabilities",
    Account.CUSTOMER_ARREARS: "Liabilities",
    Account.CUSTOMER_DEBT: "Assets",
    Account.CUSTOMER_COMPENSATION: "Liabilities",
    Account.SELLER_PAYABLE: "Liabilities",
    Account.SELLER_DEBT: "Assets",
    Account.SELLER_ARREARS: "Assets",
    Account.SELLER_CLAIM: "Liabilities",
    Account.SELLER_COMPENSATION: "Liabilities",
    Account.PLATFORM_FUNDS: "Assets",
    Account.PLATFORM_ADVANCE: "Liabilities",
    Account.PLATFORM_CLAIM: "Liabilities",
    Account.PLATFORM_COST: "Expenses",
    Account.PLATFORM_COMMISSION: "Income",
    Account.PLATFORM_FEES: "Income",
    Account.PLATFORM_SUBSIDY: "Expenses",
    Account.PLATFORM_COMPENSATION: "Liabilities",
    Account.CARRIER_CLAIM: "Assets",
    Account.PROVIDER_CLEARING: "Assets",
}
HELD: Final = "Held"
"""The branch of accounts under which stands what is pending."""
FIRST_DAY: Final = date(1970, 1, 1)


def account_name(account: Account, *, held: bool = False) -> str:
    """An account as beancount calls it: `Liabilities:Seller:Payable`, and `Liabilities:Held:Seller:Payable`."""
    parts = [each.capitalize() for each in account.value.split("/")]
    return ":".join([_KINDS[account], *([HELD] if held else []), *parts])


async def beancount(title: str, transfers: AsyncIterator[Transfer]) -> AsyncIterator[str]:
    """The lines of a beancount file; transfers come case by case, each case's in order."""
    yield f'option "title" {_quoted(title)}\n'
    for account in Account:
        yield f"{FIRST_DAY} open {account_name(account)}\n{FIRST_DAY} open {account_name(account, held=True)}\n"
    stands: Counter[tuple[str, str]] = Counter()
    last = FIRST_DAY
    async for case in _by_case(transfers):
        for entry in _entries(case, stands):
            yield entry
        last = max(last, *(_day(each) for each in case))
    for (name, currency), amount in sorted(stands.items()):
        yield f"{last + timedelta(days=1)} balance {name} {_amount(amount, currency)} ~ 0 {currency}\n"


async def _by_case(transfers: AsyncIterator[Transfer]) -> AsyncIterator[list[Transfer]]:
    """Transfers that come one after the other, gathered by case."""
    case: list[Transfer] = []
    async for each in transfers:
        if case and case[-1].case_id != each.case_id:
            yield case
            case = []
        case.append(each)
    if case:
        yield case


def _entries(case: list[Transfer], stands: Counter[tuple[str, str]]) -> Iterator[str]:
    """The transactions of a case; adds to what each account stands at, debits positive."""
    pending = still_pending(case)
    for each in case:
        if each.kind not in MOVES_MONEY and each.id not in pending:
            continue
        held = each.id in pending
        sides = (account_name(each.debit, held=held), each.amount), (account_name(each.credit, held=held), -each.amount)
        lines = [f"{_day(each)} {'!' if held else '*'} {_quoted(each.cause)} {_quoted(each.rule)}"]
        named = {"id": each.id, "case": each.case_id, "resolves": each.resolves, "reference": each.reference}
        lines += [f"  {name}: {_quoted(value)}" for name, value in named.items() if value]
        for account, amount in sides:
            stands[account, each.currency] += amount
            lines.append(f"  {account}  {_amount(amount, each.currency)} {each.currency}")
        yield "\n".join(lines) + "\n"


def _day(transfer: Transfer) -> date:
    return transfer.at.astimezone(UTC).date()


def _amount(amount: int, currency: str) -> Decimal:
    """Minor units as a decimal of the currency."""
    return Decimal(amount).scaleb(-exponent(currency))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
