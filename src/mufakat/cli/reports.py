"""The verb for leads that tells what happened: volumes, outcomes, times, lapses, reversals and money, by group."""

import sys
from datetime import timedelta
from typing import Annotated, Final, Literal

from cyclopts import Parameter

from mufakat.cli.orders import Where
from mufakat.cli.place import Place, run
from mufakat.cli.quality import Csv, Since, Until, period
from mufakat.cli.screen import console, rows, say
from mufakat.core.reported import Figure, Grouping
from mufakat.core.words import money
from mufakat.engine.tables import report_csv
from mufakat.rulebooks import load
from mufakat.store.reports import FIGURES, ReportLine, ReportWanted

TIMED: Final = ("_median", "_p90")
"""Ends of the names of what is in seconds."""

FigureName = Literal["volumes", "outcomes", "times", "lapses", "reversals", "money"]
GroupName = Literal["all", "reason", "category", "seller", "product", "week"]


def report(
    figure: Annotated[FigureName, Parameter(help="What is counted.")],
    *,
    by: Annotated[GroupName, Parameter(help="By what it is counted.")] = "all",
    seller: Annotated[str, Parameter(help="Of this seller only.")] = "",
    most: Annotated[int, Parameter(help="So many sellers, categories or products by name, the others together.")] = 20,
    marketplace: Where = "",
    since: Since = None,
    until: Until = None,
    as_csv: Csv = False,
) -> int:
    """Show what happened in a period. Counted by the loops beside `serve` or `work`, within some seconds."""

    async def show(place: Place) -> int:
        where = await place.marketplace(marketplace)
        asked, zone = period(place, where, since, until), load(where.market).zone
        wanted = ReportWanted(
            *(asked.marketplace, asked.since, asked.until, Figure(figure.upper()), Grouping(by.upper()), zone, seller),
            most=max(1, most),
        )
        lines = await place.store.report(wanted)
        if as_csv:
            sys.stdout.write(report_csv(wanted, lines))
        elif lines:
            rows(console(), [_line(wanted.figure, each) for each in lines], (by, *FIGURES[wanted.figure].names))
        else:
            say("Nothing happened in that time.")
        return 0

    return run(show)


def _line(figure: Figure, line: ReportLine) -> list[str]:
    """A line as a person reads it: spans as such, amounts with their currency."""
    names = [name for name, _ in FIGURES[figure].values]
    values = []
    for name, value in zip(names, line.values, strict=True):
        if value is None:
            values.append("")
        elif figure is Figure.MONEY:
            values.append(money(value, line.keys[-1]))
        else:
            values.append(str(timedelta(seconds=value)) if name.endswith(TIMED) else str(value))
    return ["(others)" if line.group is None else line.group, *line.keys, *values]
