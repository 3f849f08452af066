"""Reports as pages show them: a chart, its legend, and a table with the same numbers, made of the API's answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from babel.dates import format_date
from babel.numbers import format_compact_decimal, format_decimal
from markupsafe import Markup

from mufakat.api.wire.reports import FigureOut, FigureRowOut, SummaryOut, SummaryPeriodOut
from mufakat.core.calendar import zone_of
from mufakat.core.claim import Reason
from mufakat.core.currencies import SYMBOLS, exponent
from mufakat.core.reported import PAID_OUT, Bearer, Figure, Grouping, Way
from mufakat.core.words import sentence_case, term
from mufakat.web import charts
from mufakat.web.report_words import ABOUT, COSTS, MEASURES, TITLES, WAYS, WHO
from mufakat.web.rule_words import CLOCKS
from mufakat.web.seen import product_name
from mufakat.web.tongue import Tongue
from mufakat.web.tongue import mark as _

TIMED: Final = ("decision_median", "decision_p90", "end_median", "end_p90")
"""Numbers that are seconds."""
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_AGREED: Final = (Way.SETTLED, Way.CANCELLED)
_OTHER_ENDS: Final = (Way.WITHDRAWN, Way.COURT, Way.ELSEWHERE)

Rows = Sequence[FigureRowOut]


@dataclass(frozen=True, slots=True)
class Glance:
    """One number at the top: what it is, how much, and what it was in the period before (empty: nothing to compare)."""

    label: str
    value: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """A figure on the page. `header` and `table` say the same as the charts; `numbers`: which columns are numbers."""

    figure: Figure
    title: str
    about: str
    drawings: tuple[Markup, ...]
    legend: tuple[tuple[Markup, str], ...]
    header: tuple[str, ...]
    numbers: tuple[bool, ...]
    table: tuple[tuple[str, ...], ...]


@dataclass
class Drawing:
    """One figure by one grouping, for readers of a language."""

    t: Tongue
    found: FigureOut
    legend: list[tuple[Markup, str]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Under which its chart is known on the page."""
        return self.found.figure.lower()

    def panel(self) -> Panel:
        """The figure, drawn."""
        figure, t = self.found.figure, self.t
        keys = [
            name for name in ("clock", "cause", "who", "currency") if any(getattr(x, name) for x in self.found.rows)
        ]
        measures = list(self.found.rows[0].numbers) if self.found.rows else []
        grouped = [] if self.found.by is Grouping.ALL else [t.say(GROUPINGS[self.found.by])]
        header = (*grouped, *(t.say(MEASURES[name]) for name in [*keys, *measures]))
        made = _CHARTS[figure](self) if self.found.rows else ()
        return Panel(
            figure=figure,
            title=t.say(TITLES[figure]),
            about=t.say(ABOUT[figure]),
            drawings=tuple(made),
            legend=tuple(self.legend),
            header=header,
            numbers=(*(False for _ in [*grouped, *keys]), *(True for _ in measures)),
            table=tuple(self._cells(row, keys, grouped) for row in self.found.rows),
        )

    def _cells(self, row: FigureRowOut, keys: Sequence[str], grouped: Sequence[str]) -> tuple[str, ...]:
        group = [self.group(row.group)] if grouped else []
        return (*group, *(self.key(row, name) for name in keys), *(self.number(row, name) for name in row.numbers))

    def number(self, row: FigureRowOut, name: str) -> str:
        """A number of a row, whole."""
        value = row.numbers[name]
        if value is None:
            return "-"
        if row.currency is not None:
            return self.t.money(value, row.currency)
        return self.t.left(value) if name in TIMED else self.t.number(value)

    def key(self, row: FigureRowOut, name: str) -> str:
        """What tells a row apart from others of its group."""
        said: dict[str, str] = {
            "clock": CLOCKS[row.clock] if row.clock else "",
            "cause": COSTS[row.cause] if row.cause else "",
            "who": WHO[row.who] if row.who else "",
        }
        return row.currency or "" if name == "currency" else self.t.say(said[name])

    def cause(self, row: FigureRowOut) -> str:
        """Why money moved, and who bore it."""
        return f"{self.key(row, 'cause')} ({self.key(row, 'who')})"

    def group(self, name: str | None) -> str:
        """What a group is called."""
        if name is None:
            return self.t.say(_("All others"))
        match self.found.by:
            case Grouping.ALL:
                return self.t.say(_("All"))
            case Grouping.REASON:
                return sentence_case(term(Reason(name), self.t.language))
            case Grouping.WEEK:
                return format_date(monday(name), "d MMM", locale=self.t.locale)
            case Grouping.PRODUCT:
                return product_name(name)
            case _:
                return name or self.t.say(_("None named"))

    # --- how charts say numbers

    def count(self, value: float) -> str:
        """A number of things; halves stand only on an axis of few."""
        return str(format_decimal(value, locale=self.t.locale))

    def span(self, value: float) -> str:
        """A time in its largest unit: `45 min`, `36 h`, `2.5 days`."""
        if not value:
            return "0"
        if value < 2 * _HOUR:
            return self.t.say(_("%(n)s min"), n=self.count(round(value / _MINUTE)))
        if value < 2 * _DAY:
            return self.t.say(_("%(n)s h"), n=self.count(round(value / _HOUR)))
        return self.t.say(_("%(n)s d"), n=self.count(round(value / _DAY, 1)))

    def amount(self, currency: str) -> charts.Said:
        """How an amount is said shortly: `Rp1,3 jt`."""
        symbol, places = SYMBOLS.get(currency, f"{currency} "), exponent(currency)

        def said(value: float) -> str:
            whole = value / 10**places
            shown = format_compact_decimal(abs(whole), locale=self.t.locale, fraction_digits=1)
            return f"{'-' if value < 0 else ''}{symbol}{shown}"

        return said

    # --- groups of rows

    def by_group(self) -> dict[str | None, list[FigureRowOut]]:
        """Rows by group, in the order in which they came; every week of the period, also without any."""
        groups: dict[str | None, list[FigureRowOut]] = {}
        if self.found.by is Grouping.WEEK:
            named = [row.group for row in self.found.rows if row.group is not None]
            groups = {week: [] for week in weeks(self.found.since, self.found.until, self.t.zone, min(named))}
        for row in self.found.rows:
            groups.setdefault(row.group, []).append(row)
        return groups

    def stacked(self, names: Sequence[str], pieces: Callable[[Rows], Sequence[float]], said: charts.Said) -> Markup:
        """A bar for each group, of pieces that are named in the legend."""
        self.legend += [(charts.swatch(self.name, n, line=False), self.t.say(name)) for n, name in enumerate(names)]
        rows = [
            charts.Row(self.group(group), (charts.Bar(tuple(enumerate(pieces(inside)))),))
            for group, inside in self.by_group().items()
        ]
        return self.lying(rows, said)

    def lying(self, rows: Sequence[charts.Row], said: charts.Said, steps: Sequence[int] = (), more: str = "") -> Markup:
        """The chart of bars."""
        title, about = self.t.say(TITLES[self.found.figure]), self.t.say(_("The table below has the same numbers."))
        return charts.bars(self.name + more, title, about, rows, said, steps)

    def over_weeks(
        self, names: Sequence[str], *, said: charts.Said, steps: Sequence[int] = (), empty: Any = 0
    ) -> Markup:
        """Lines over the weeks of the period."""
        groups = self.by_group()
        series = [
            charts.Series(
                self.t.say(MEASURES[name]),
                tuple(inside[0].numbers[name] if inside else empty for inside in groups.values()),
            )
            for name in names
        ]
        self.legend += [(charts.swatch(self.name, n, line=True), each.name) for n, each in enumerate(series)]
        title, about = self.t.say(TITLES[self.found.figure]), self.t.say(_("The table below has the same numbers."))
        return charts.lines(self.name, title, about, [self.group(x) for x in groups], series, said, steps)

    def side_by_side(self, rows: Rows, names: Sequence[str], said: charts.Said, steps: Sequence[int] = ()) -> Markup:
        """A bar for each of some numbers of each row."""
        self.legend += [(charts.swatch(self.name, n, line=False), self.t.say(MEASURES[x])) for n, x in enumerate(names)]

        def bars(row: FigureRowOut) -> tuple[charts.Bar, ...]:
            return tuple(charts.Bar(((n, row.numbers[name] or 0),)) for n, name in enumerate(names))

        lying = [charts.Row(self.group(row.group), bars(row)) for row in rows]
        return self.lying(lying, said, steps)

    def named(self, row: FigureRowOut, names: Sequence[str], said: charts.Said, steps: Sequence[int] = ()) -> Markup:
        """A bar for each of a single row's numbers."""
        shown = [(self.t.say(MEASURES[name]), row.numbers[name]) for name in names]
        rows = [charts.Row(label, (charts.Bar(((0, value),)),)) for label, value in shown if value]
        return self.lying(rows, said, steps)


def _volumes(d: Drawing) -> list[Markup]:
    names = ("opened", "disputed", "closed")
    if d.found.by is Grouping.WEEK:
        return [d.over_weeks(names, said=d.count)]
    if d.found.by is Grouping.ALL:
        return [d.named(d.found.rows[0], names, d.count)]
    return [d.side_by_side(d.found.rows, names, d.count)]


def _outcomes(d: Drawing) -> list[Markup]:
    if d.found.by is Grouping.ALL:
        return [d.named(d.found.rows[0], [each.lower() for each in Way], d.count)]

    def pieces(rows: Rows) -> list[float]:
        def of(*ways: Way) -> float:
            return sum(row.numbers[each.lower()] or 0 for row in rows for each in ways)

        return [of(*_AGREED), of(Way.FOR_CUSTOMER, Way.PARTLY), of(Way.FOR_SELLER), of(Way.LAPSED), of(*_OTHER_ENDS)]

    names = (_("Agreed"), WAYS[Way.FOR_CUSTOMER], WAYS[Way.FOR_SELLER], WAYS[Way.LAPSED], _("Another end"))
    return [d.stacked(names, pieces, d.count)]


def _times(d: Drawing) -> list[Markup]:
    if d.found.by is Grouping.ALL:
        return [d.named(d.found.rows[0], TIMED, d.span, charts.TIMED)]
    names = ("decision_median", "decision_p90")
    if d.found.by is Grouping.WEEK:
        return [d.over_weeks(names, said=d.span, steps=charts.TIMED, empty=None)]
    decided = [row for row in d.found.rows if row.numbers["decided"]]
    return [d.side_by_side(decided, names, d.span, charts.TIMED)] if decided else []


def _lapses(d: Drawing) -> list[Markup]:
    if d.found.by is Grouping.ALL:
        return [d.lying(_ranked(d.found.rows, "ran_out", lambda row: d.key(row, "clock")), d.count)]

    def pieces(rows: Rows) -> list[float]:
        def of(*who: Bearer) -> float:
            return sum(row.numbers["ran_out"] or 0 for row in rows if row.who in who)

        return [of(Bearer.SELLER), of(Bearer.CUSTOMER), of(Bearer.AGENT), of(Bearer.CARRIER, Bearer.PLATFORM)]

    names = (WHO[Bearer.SELLER], WHO[Bearer.CUSTOMER], WHO[Bearer.AGENT], _("carrier or payment provider"))
    return [d.stacked(names, pieces, d.count)]


def _ranked(rows: Rows, number: str, label: Callable[[FigureRowOut], str]) -> list[charts.Row]:
    """A bar for each row, the largest first."""
    ranked = sorted(rows, key=lambda row: -(row.numbers[number] or 0))
    return [charts.Row(label(row), (charts.Bar(((0, row.numbers[number] or 0),)),)) for row in ranked]


def _reversals(d: Drawing) -> list[Markup]:
    def pieces(rows: Rows) -> list[float]:
        judged, looked, *fates = (
            sum(row.numbers[name] or 0 for row in rows)
            for name in ("judged", "looked", "upheld", "changed", "reversed")
        )
        return [*fates, judged - looked]

    names = (MEASURES["upheld"], MEASURES["changed"], MEASURES["reversed"], _("Not looked at again"))
    return [d.stacked(names, pieces, d.count)]


def _money(d: Drawing) -> list[Markup]:
    """A chart for each currency: every cause in all; by group what customers were paid."""
    made, every = [], d.found.rows
    for n, currency in enumerate(sorted({row.currency or "" for row in every})):
        said, mine = d.amount(currency), [row for row in every if row.currency == currency]
        if d.found.by is Grouping.ALL:
            made.append(d.lying(_ranked(mine, "amount", d.cause), said, more=str(n)))
            continue

        def pieces(rows: Rows, currency: str = currency) -> list[float]:
            here = [row for row in rows if row.currency == currency]
            return [sum(row.numbers["amount"] or 0 for row in here if row.cause is cost) for cost in PAID_OUT]

        d.legend.clear()
        made.append(d.stacked([COSTS[cost] for cost in PAID_OUT], pieces, said))
    return made


_CHARTS: Final[dict[Figure, Callable[[Drawing], Sequence[Markup]]]] = {
    Figure.VOLUMES: _volumes,
    Figure.OUTCOMES: _outcomes,
    Figure.TIMES: _times,
    Figure.LAPSES: _lapses,
    Figure.REVERSALS: _reversals,
    Figure.MONEY: _money,
}
GROUPINGS: Final[dict[Grouping, str]] = {
    Grouping.WEEK: _("Week"),
    Grouping.REASON: _("Reason"),
    Grouping.CATEGORY: _("Category"),
    Grouping.SELLER: _("Seller"),
    Grouping.PRODUCT: _("Product"),
    Grouping.ALL: _("All together"),
}
"""Groupings in the order in which they are offered."""


def glances(t: Tongue, found: SummaryOut) -> list[Glance]:
    """The numbers at the top, the first needed first."""
    now, before = found.now, found.before

    def compared(label: str, said: Callable[[SummaryPeriodOut], str]) -> Glance:
        return Glance(t.say(label), said(now), said(before))

    def share(part: int, whole: int) -> str:
        return f"{format_decimal(round(100 * part / whole, 1), locale=t.locale)} %" if whole else "-"

    def paid(period: SummaryPeriodOut) -> str:
        return ", ".join(t.money(each.amount, each.currency) for each in period.paid) or "-"

    def median(period: SummaryPeriodOut) -> str:
        seconds = period.decision_median_seconds
        return "-" if seconds is None else t.left(seconds)

    return [
        Glance(t.say(_("Open now")), t.number(found.open)),
        compared(_("New cases"), lambda x: t.number(x.opened)),
        compared(_("Closed"), lambda x: t.number(x.closed)),
        compared(_("Disputes"), lambda x: t.number(x.disputed)),
        compared(_("Median time to a decision"), median),
        compared(_("Ended by silence"), lambda x: share(x.lapsed, x.ended)),
        compared(_("Judgements that fell"), lambda x: share(x.fell, x.judged)),
        compared(_("Paid to customers"), paid),
    ]


def monday(week: str) -> date:
    """The first day of a week of ISO 8601: `2026-W31`."""
    year, _, number = week.partition("-W")
    return date.fromisocalendar(int(year), int(number), 1)


def weeks(since: datetime, until: datetime, zone: str, first: str) -> list[str]:
    """The weeks of a period in a zone, from the first of which something is told."""
    there = zone_of(zone)
    day = max(monday(first), since.astimezone(there).date() - timedelta(days=6))
    last = (until - timedelta(microseconds=1)).astimezone(there).date()
    found = []
    while day <= last:
        year, number, _weekday = day.isocalendar()
        found.append(f"{year}-W{number:02d}")
        day += timedelta(days=7)
    return found


@dataclass(frozen=True, slots=True)
class Span:
    """The period that a page is about. `days`: the last so many; else from the first day to the last, both in it."""

    days: int | None
    first: date | None = None
    last: date | None = None

    def moments(self, now: datetime, zone: str) -> tuple[datetime, datetime]:
        """From when, and until just before when (UTC)."""
        if self.first is None or self.last is None:
            ends = now + timedelta(microseconds=1)
            return ends - timedelta(days=self.days or DAYS[1]), ends
        there = zone_of(zone)
        begins = datetime(self.first.year, self.first.month, self.first.day, tzinfo=there)
        after = self.last + timedelta(days=1)
        return begins.astimezone(UTC), datetime(after.year, after.month, after.day, tzinfo=there).astimezone(UTC)


DAYS: Final = (7, 31, 90)
"""Periods that are offered."""


def span_of(days: str, first: str, last: str) -> Span | None:
    """The period that a form asks for; None where it cannot be read."""
    try:
        if first or last:
            asked = Span(None, date.fromisoformat(first), date.fromisoformat(last))
            return asked if asked.first and asked.last and asked.first <= asked.last else None
        return Span(int(days)) if int(days) in DAYS else None
    except ValueError:
        return None
