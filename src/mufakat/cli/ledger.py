"""Verbs about money: what moved in a case, whether the ledger is sound, the ledger for other books."""

import json as plain_json
import sys
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

from mufakat.cli.cases import Id, find
from mufakat.cli.errors import CliError
from mufakat.cli.orders import Where
from mufakat.cli.place import Place, run
from mufakat.cli.screen import console, heading, rows, say
from mufakat.cli.upkeep import FOUND
from mufakat.core.parties import Role
from mufakat.core.words import local, money
from mufakat.engine.books import beancount
from mufakat.engine.maintain import Maintenance
from mufakat.engine.money import CaseMoney, case_money
from mufakat.rulebooks import load
from mufakat.store.records import Ask, Marketplace

COLUMNS: Final = ("movement", "when", "from", "to", "amount", "state", "cause", "by", "reference")


def of_case(
    id_: Id,
    *,
    marketplace: Where = "",
    json: Annotated[bool, Parameter(negative=(), help="Print JSON, as the HTTP API answers.")] = False,
) -> int:
    """Show every movement of money of a case: accounts, amount, state, cause, rule, provider's reference; balances."""

    async def show(place: Place) -> int:
        where, row = await find(place, marketplace, id_)
        found = await case_money(place.store, where.marketplace, id_)
        if json:
            await _as_json(place, where, row.order_id, id_, found)
        else:
            _as_table(found, row.currency, load(where.market).zone)
        return 0

    return run(show)


async def _as_json(place: Place, where: Marketplace, order_id: str, case_id: str, found: CaseMoney) -> None:
    import msgspec

    from mufakat.api.movements import money_out

    loaded = await place.store.load(Ask(where.marketplace, order_id, case_id))
    if loaded is None or loaded.case is None:
        raise CliError(f"There is no case {case_id}; `mufakat cases` lists them.")
    out = msgspec.to_builtins(money_out(loaded.case, found, Role.SYSTEM))
    sys.stdout.write(plain_json.dumps(out, indent=2, ensure_ascii=True) + "\n")


def _as_table(found: CaseMoney, currency: str, zone: str) -> None:
    out = console()
    heading(out, "Movements")
    lines = [
        (
            f"{each.transfer.number}:{each.transfer.leg} {each.transfer.kind}",
            local(each.transfer.at, zone),
            each.transfer.debit.value,
            each.transfer.credit.value,
            money(each.transfer.amount, each.transfer.currency),
            each.state.value,
            each.transfer.cause,
            each.transfer.rule,
            each.reference,
        )
        for each in found.movements
    ]
    rows(out, lines, COLUMNS)
    if not lines:
        say("  none")
    heading(out, "Accounts")
    stands = [(name.value, money(amount, currency)) for name, amount in sorted(found.balances.items()) if amount]
    rows(out, [*stands, ("held of the seller's payouts", money(found.held, currency))], ("account", "stands at"))
    if found.told:
        heading(out, "Told to the payment provider")
        told = [
            (
                each.effect.kind.value,
                money(each.effect.amount, currency),
                each.state,
                str(each.attempts),
                each.reference or each.last_error,
            )
            for each in found.told
        ]
        rows(out, told, ("what", "in all", "state", "attempts", "reference, or why not"))


def check(
    *,
    marketplace: Where = "",
    whole: Annotated[bool, Parameter(negative=(), help="Compare every transfer with the logs, too.")] = False,
) -> int:
    """Check the ledger: sums, what is pending, closed cases. Exit code 1 when something is amiss."""

    async def look(place: Place) -> int:
        every = [await place.marketplace(marketplace)] if marketplace else await place.store.marketplaces()
        found = 0
        for where in every:
            for each in await place.store.amiss(where.marketplace):
                found += 1
                say(f"{where.marketplace} {each.case_id}: {each.what}")
        if whole:
            names = {each.marketplace for each in every}
            async for other in Maintenance(place.store, place.engine.clock).compare(names):
                found += 1
                say(f"{other.marketplace} {other.case_id}: the ledger is not what the log says; run `mufakat rebuild`")
        say("the ledger is sound" if not found else f"{found} {'thing is' if found == 1 else 'things are'} amiss")
        return FOUND if found else 0

    return run(look)


def export(
    *,
    marketplace: Where = "",
    to: Annotated[Path | None, Parameter(help="The file to write; standard output when left out.")] = None,
) -> int:
    """Write the ledger of a marketplace as text for beancount, with its balances asserted."""

    async def write(place: Place) -> int:
        where = await place.marketplace(marketplace)
        lines = beancount(where.marketplace, place.store.every_transfer(where.marketplace))
        if to is None:
            async for each in lines:
                sys.stdout.write(each)
            return 0
        try:
            with to.open("w", encoding="utf-8") as file:
                async for each in lines:
                    file.write(each)
        except OSError as error:
            raise CliError(f"{to} cannot be written: {error.strerror or error}.") from error
        return 0

    return run(write)
