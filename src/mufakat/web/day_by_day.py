"""What came into the queue and what was done, day by day: a chart, its legend, and what the days come to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from markupsafe import Markup

from mufakat.api.wire.queue import QueueDayOut
from mufakat.web import charts
from mufakat.web.tongue import Tongue
from mufakat.web.tongue import mark as _


@dataclass(frozen=True, slots=True)
class DayByDay:
    """The days as a drawing, and as rows of day, raised, judged, of those automatic, appeals; the newest row first.

    `total`: the same numbers of all days; nothing is drawn where they are all 0.
    """

    drawing: Markup
    legend: tuple[tuple[Markup, str], ...]
    rows: tuple[tuple[str, QueueDayOut], ...]
    total: QueueDayOut


def day_by_day(t: Tongue, days: Sequence[QueueDayOut]) -> DayByDay:
    """The days, drawn for readers of a language."""
    series = [
        charts.Series(t.say(_("Disputes raised")), tuple(each.raised for each in days)),
        charts.Series(t.say(_("Disputes and appeals decided")), tuple(each.judged + each.appeals for each in days)),
    ]
    labels = [_short(t, each.day) for each in days]
    title, about = t.say(_("Day by day")), t.say(_("What came in and what was decided on each day."))
    total = QueueDayOut(
        day=days[-1].day,
        raised=sum(each.raised for each in days),
        judged=sum(each.judged for each in days),
        automatic=sum(each.automatic for each in days),
        appeals=sum(each.appeals for each in days),
    )
    anything = total.raised + total.judged + total.appeals
    drawn = charts.lines("days", title, about, labels, series, lambda value: t.number(int(value)))
    return DayByDay(
        drawing=drawn if anything else Markup(""),
        legend=tuple((charts.swatch("days", n, line=True), each.name) for n, each in enumerate(series)),
        rows=tuple((format_date(each.day, "EEE d MMM", locale=t.locale), each) for each in reversed(days)),
        total=total,
    )


def _short(t: Tongue, day: date) -> str:
    return format_date(day, "d MMM", locale=t.locale)
