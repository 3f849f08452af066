"""Periods as people write them, added to instants: the only place that knows what a day is.

Instants are aware datetimes and come out in UTC. A day begins at 00:00 in the market's zone; a working day
leaves out Saturday, Sunday and the market's holidays. The arithmetic:

- n hours are n times 3,600 seconds;
- n calendar days end at the same clock time n days later in the zone;
- n working days end at the same clock time on the nth following working day; from an instant that is not in a
  working day they run from 00:00 of the next working day;
- n months end at the same clock time on the same day number, or on the month's last day.

Where a zone changes its clocks: a clock time that the change leaves out becomes the first moment after it,
and one that comes twice means the second, so that no period ends before the clock shows its end.
"""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mufakat.core.policy.policy import Span, SpanUnit

LARGEST_SPAN = 10_000
"""No period of a rulebook has more than this many of its units."""

SATURDAY = 5
MONTHS_A_YEAR = 12

_UNITS: dict[str, SpanUnit] = {
    "hour": SpanUnit.HOURS,
    "calendar day": SpanUnit.CALENDAR_DAYS,
    "working day": SpanUnit.WORKING_DAYS,
    "month": SpanUnit.MONTHS,
}
_WRITTEN = re.compile(r"([1-9][0-9]{0,4}) (hour|calendar day|working day|month)(s?)")
_ALLOWED = "a number from 1 and hours, calendar days, working days or months, such as '48 hours' or '1 working day'"


def parse_span(text: str) -> Span:
    """The period written as `2 calendar days`, `48 hours`, `1 working day` or `6 months`.

    Raises ValueError, which says what is allowed, for anything else: `1 days`, `2 day`, `days`, `0 hours`.
    """
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise ValueError(f"'{text}' is no period: write {_ALLOWED}")
    n, plural = int(found[1]), found[3] == "s"
    if n > LARGEST_SPAN:
        raise ValueError(f"'{text}' is too long: at most {LARGEST_SPAN} {_UNITS[found[2]].value}")
    if plural is (n == 1):
        raise ValueError(f"'{text}' is no period: one {found[2]}, two {found[2]}s; write {_ALLOWED}")
    return Span(n, _UNITS[found[2]])


def write_span(span: Span) -> str:
    """The period as `parse_span` reads it."""
    return f"{span.n} {span.unit.value}" if span.n > 1 else f"{span.n} {span.unit.value.removesuffix('s')}"


@cache
def zone_of(name: str) -> ZoneInfo:
    """The time zone of that name (`Asia/Jakarta`); raises ValueError for an unknown one."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"'{name}' is no time zone: write a name such as 'Asia/Jakarta'") from error


def market_day(instant: datetime, zone: str) -> date:
    """The date that the market's calendar shows at an instant; raises ValueError for a time without zone."""
    return _local(instant, zone).date()


def is_working_day(day: date, holidays: frozenset[date]) -> bool:
    """Whether a day is neither Saturday, Sunday nor one of the holidays."""
    return day.weekday() < SATURDAY and day not in holidays


def add(span: Span, instant: datetime, zone: str, holidays: frozenset[date]) -> datetime:
    """When a period that starts at `instant` ends, in UTC; the module's first lines give the arithmetic.

    Raises ValueError for a period under 1, an unknown zone and an instant without a zone of its own;
    OverflowError past the year 9999.
    """
    if span.n < 1:
        raise ValueError(f"a period has at least 1 {span.unit.value.removesuffix('s')}, not {span.n}")
    local = _local(instant, zone)
    if span.unit is SpanUnit.HOURS:
        return instant.astimezone(UTC) + timedelta(hours=span.n)
    if span.unit is SpanUnit.CALENDAR_DAYS:
        return _instant(local.date() + timedelta(days=span.n), local.time(), zone)
    if span.unit is SpanUnit.MONTHS:
        return _instant(_months_on(local.date(), span.n), local.time(), zone)
    day, clock = local.date(), local.time()
    if not is_working_day(day, holidays):
        day, clock = _next_working_day(day, holidays), time()
    for _ in range(span.n):
        day = _next_working_day(day, holidays)
    return _instant(day, clock, zone)


def _local(instant: datetime, zone: str) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"{instant.isoformat()} has no time zone: an instant is a time in UTC")
    return instant.astimezone(zone_of(zone))


def _next_working_day(day: date, holidays: frozenset[date]) -> date:
    day += timedelta(days=1)
    while not is_working_day(day, holidays):
        day += timedelta(days=1)
    return day


def _months_on(day: date, n: int) -> date:
    years, month = divmod(day.month - 1 + n, MONTHS_A_YEAR)
    year, month = day.year + years, month + 1
    if year > date.max.year:
        raise OverflowError(f"{n} months from {day} end after the year {date.max.year}")
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _instant(day: date, clock: time, zone: str) -> datetime:
    """The instant at which the zone's clocks show that time on that day, in UTC."""
    there = zone_of(zone)
    wanted = datetime.combine(day, clock.replace(fold=0))
    # fold=1 is the second of two equal clock times; with it, one that is left out falls before the change.
    end = wanted.replace(fold=1, tzinfo=there).astimezone(UTC)
    if end.astimezone(there).replace(tzinfo=None) == wanted:
        return end
    return _change(end, wanted.replace(tzinfo=there).astimezone(UTC), there)


def _change(before: datetime, after: datetime, there: ZoneInfo) -> datetime:
    """The second between two instants at which the zone changes its clocks."""
    early, late = before.replace(microsecond=0), after.replace(microsecond=0) + timedelta(seconds=1)
    old = early.astimezone(there).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
        if middle.astimezone(there).utcoffset() == old:
            early = middle
        else:
            late = middle
    return late
