"""What a demo prints at its end: requests, refusals, judgements, lapses, money, and what the auditor found."""

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.table import Table

from mufakat.core.refusals import Code
from mufakat.lab.importing import DECIMALS
from mufakat.lab.record import rulebook_file
from mufakat.lab.tally import Tally, balances, held, names, tally, unbalanced, worth_a_look

if TYPE_CHECKING:
    from mufakat.lab.demo import Run

RULES: Final[dict[Code, str]] = {
    Code.REQUEST_WINDOW_OVER: "S26, S27: asked after the last of its periods",
    Code.NOT_DELIVERED_YET: "S27: asked before delivery",
    Code.PROMISED_DATE_NOT_OVER: "S26: not late yet",
    Code.ALREADY_IN_TRANSIT: "S27: cancelled after handover to the carrier",
    Code.UNITS_NOT_AVAILABLE: "reading 14: the units are in an open case",
    Code.ALREADY_SETTLED: "reading 14: the units are settled",
    Code.NOTHING_LEFT: "reading 14: nothing is left to pay back",
    Code.TYPE_NOT_IN_MARKET: "S27: the market has no such request",
}
"""The rule behind each refusal of a request."""
MOST_BAD_LINES: Final = 10
MOST_FAULTS: Final = 20


def report(run: "Run", console: Console) -> None:
    """Print everything."""
    total = tally(run.record)
    for line in _preface(run):
        console.print(line, highlight=False)
    for bad in run.source.bad[:MOST_BAD_LINES]:
        console.print(f"  bad line {bad}", highlight=False, markup=False)
    if len(run.source.bad) > MOST_BAD_LINES:
        console.print(f"  ... and {len(run.source.bad) - MOST_BAD_LINES} more")
    console.print(_table(run, total))
    _ending(run, total, console)


def _preface(run: "Run") -> list[str]:
    """What must be known to read the numbers."""
    drawn = run.keyworded
    starts = rulebook_file(run.rulebook)["starts"]
    first = min(each.order.purchased_at for each in run.source.orders.values()).date()
    counted = f"{len(run.source.orders)} orders and {len(run.source.complaints)} complaints; {len(run.source.bad)} bad"
    origin = f"The reason of {drawn['table']} complaints was taken from a listed table of keywords (lab/keywords.py), "
    said = [
        f"{counted} lines. Seed {run.seed}, rulebook '{run.rulebook}'.",
        origin + f"of {drawn['seed']} it was drawn by the seed; what is asked for follows from both.",
        "Customers, sellers, agents and the carrier are simulated; so is the payment provider.",
    ]
    if first < starts:
        why = f"The orders begin on {first}, the rulebook on {starts}: it was back-dated on purpose, "
        said.append(why + "and the values of its first day were used before it.")
    return said


def _table(run: "Run", total: Tally) -> Table:
    table = Table(title="what came of it", show_lines=False)
    table.add_column("what", overflow="fold")
    table.add_column("how many", justify="right")
    table.add_row("[bold]requests, one for each complaint", str(len(run.source.complaints)))
    for name, n in names(total.types):
        table.add_row(f"  opened: {name}", str(n))
    refused = Counter(answer.code for _, answer in run.refused)
    for code, n in sorted(refused.items(), key=lambda each: -each[1]):
        table.add_row(f"  refused: {code} ({RULES.get(code, 'see docs/reference')})", str(n))
    table.add_row("[bold]disputes", str(total.disputes.total()))
    table.add_row("  first", str(total.disputes[1]))
    table.add_row("  second", str(sum(n for number, n in total.disputes.items() if number > 1)))
    _section(table, "lines judged by rule", total.judged)
    _section(table, "appeals", total.appeals)
    _section(table, "appeals decided", total.decided)
    _section(table, "how matters ended", total.outcomes)
    _section(table, "lapses", total.lapses)
    table.add_row(f"[bold]money, {total.currency}", "")
    standing = balances(run.record)
    owing = standing.get("customer/claim", 0) + standing.get("customer/arrears", 0)
    sums = {
        "asked": total.asked,
        "ordered": total.ordered,
        "refunded": total.refunded,
        "  of it deducted": total.deducted,
        "outstanding": owing,
        "  left as a debt when the collection ended": total.given_up,
        "given back to sellers on late appeals": total.reversed,
    }
    for name, amount in sums.items():
        table.add_row(f"  {name}", money(amount, total.currency))
    _section(table, "ledger", Counter(), "")
    for account, amount in standing.items():
        table.add_row(f"  {account}", money(amount, total.currency))
    table.add_row("  held, and moved nowhere yet", money(held(run.record), total.currency))
    table.add_row("  all accounts together", money(sum(standing.values()), total.currency))
    return table


def _section(table: Table, title: str, counts: "Counter[str]", shown: str | None = None) -> None:
    table.add_row(f"[bold]{title}", str(counts.total()) if shown is None else shown)
    for name, n in names(counts):
        table.add_row(f"  {name}", str(n))


def money(amount: int, currency: str) -> str:
    """Minor units as people write them."""
    decimals = DECIMALS.get(currency, 2)
    return f"{Decimal(amount).scaleb(-decimals):,.{decimals}f}"


def _ending(run: "Run", total: Tally, console: Console) -> None:
    uneven = unbalanced(run.record)
    console.print(f"Closed cases owe nothing but recorded debts: {'no: ' + ', '.join(uneven) if uneven else 'yes'}.")
    console.print(f"Cases still open: {total.open}. Faults found by the auditor and the checks: {len(run.faults)}.")
    for fault in run.faults[:MOST_FAULTS]:
        console.print(f"  [red]{fault}", highlight=False)
    console.print(f"{run.commands} commands in {run.seconds:.1f} seconds.", highlight=False)
    picked = worth_a_look(total)
    if picked:
        console.print(f"Worth a look, with MUFAKAT_HOME={run.home}:", highlight=False)
    for case_id, why in picked:
        console.print(f"  mufakat case {case_id}   ({why})", highlight=False)
