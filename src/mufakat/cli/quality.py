"""Verbs for leads: how judgements fare."""

import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Literal

from cyclopts import Parameter

from mufakat.cli.errors import CliError
from mufakat.cli.orders import Where
from mufakat.cli.place import Place, run
from mufakat.cli.screen import console, rows, say
from mufakat.core.agreement import Agreement
from mufakat.core.judged import By
from mufakat.engine.comparing import compared
from mufakat.engine.tables import comma_separated
from mufakat.store.judgements import Period
from mufakat.store.records import Marketplace

MONTH: Final = timedelta(days=31)
FATES: Final = (
    "group",
    "judged",
    "looked at again",
    "upheld",
    "changed",
    "reversed",
    "rate",
    "by appeal",
    "anew",
    "by dispute",
    "by court",
    "sent back",
)
AGREEMENT: Final = ("what", "of", "n", "agreed", "kappa", "from", "to")
TIMES: Final = ("kind", "judged", "automatic", "timed", "median", "nine tenths")

Since = Annotated[datetime | None, Parameter(help="From then on; 31 days before the end when left out.")]
Until = Annotated[datetime | None, Parameter(help="Until just before then; now when left out.")]
Csv = Annotated[bool, Parameter(name="--csv", negative=(), help="Print comma-separated values.")]


def reversals(
    *,
    by: Annotated[
        Literal["all", "rule", "agent", "category", "reason"], Parameter(help="By what they are grouped.")
    ] = "all",
    marketplace: Where = "",
    since: Since = None,
    until: Until = None,
    as_csv: Csv = False,
) -> int:
    """Show how many judgements of a period stood, and what fell by what, counted in lines."""

    async def show(place: Place) -> int:
        where = await place.marketplace(marketplace)
        fates = await place.store.fates(period(place, where, since, until), By(by.upper()))
        lines = [
            (
                each.group,
                *(each.judged, each.looked, each.upheld, each.changed, each.reversed, f"{each.rate:.4f}"),
                *(each.by_appeal, each.anew, each.by_dispute, each.by_court, each.sent_back),
            )
            for each in fates
        ]
        _print(FATES, lines, as_csv=as_csv)
        return 0

    return run(show)


def times(*, marketplace: Where = "", since: Since = None, until: Until = None, as_csv: Csv = False) -> int:
    """Show how long the judgements of a period took from the dispute or appeal on, counted in lines."""

    async def show(place: Place) -> int:
        where = await place.marketplace(marketplace)
        took = await place.store.times(period(place, where, since, until))
        lines = [
            (each.step.value, each.judged, each.automatic, each.timed, _span(each.median), _span(each.p90))
            for each in took
        ]
        _print(TIMES, lines, as_csv=as_csv)
        return 0

    return run(show)


def agreement(*, marketplace: Where = "", since: Since = None, until: Until = None, as_csv: Csv = False) -> int:
    """Show how far two people agree who judged the same without knowing of each other: Cohen's kappa, with n."""

    async def show(place: Place) -> int:
        where = await place.marketplace(marketplace)
        found = compared(await place.store.rated(period(place, where, since, until)))
        named: list[tuple[str, str, Agreement]] = [
            ("decisions", "", found.decisions),
            *(("decisions by reason", reason, each) for reason, each in found.by_reason.items()),
            *(("decisions by pair", " / ".join(pair), each) for pair, each in found.by_pair.items()),
            ("findings", "", found.findings),
            *(("findings by value", value, each) for value, each in found.by_value.items()),
        ]
        lines = [(what, of, each.n, each.agreed, *_kappa(each)) for what, of, each in named]
        _print(AGREEMENT, lines if found.decisions.n else [], as_csv=as_csv, nothing="Nothing was judged twice")
        return 0

    return run(show)


def _kappa(found: Agreement) -> tuple[str, str, str]:
    """Kappa and its interval; empty where it does not exist."""
    low, kappa, high = ("" if each is None else f"{each:.4f}" for each in (found.low, found.kappa, found.high))
    return kappa, low, high


def period(place: Place, where: Marketplace, since: datetime | None, until: datetime | None) -> Period:
    """The period, by the marketplace's clock; a moment without zone is one of UTC. Raises CliError."""
    ends = _utc(until) or where.at(place.engine.clock.now()) + timedelta(microseconds=1)
    begins = _utc(since) or ends - MONTH
    if begins > ends:
        raise CliError("--since is not after --until.")
    return Period(where.marketplace, begins, ends)


def _utc(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _span(seconds: float | None) -> str:
    return "" if seconds is None else str(timedelta(seconds=round(seconds)))


def _print(
    columns: Sequence[str], lines: Iterable[Sequence[object]], *, as_csv: bool, nothing: str = "Nothing was judged"
) -> None:
    found = list(lines)
    if as_csv:
        sys.stdout.write(comma_separated(columns, found))
    elif found:
        rows(console(), [[str(cell) for cell in line] for line in found], columns)
    else:
        say(f"{nothing} in that time.")
