"""Instants and periods, reckoned anew from "Exact arithmetic", rule 1.

n hours are n times 3,600 seconds. n calendar days end at the same clock time n days later in the market's zone.
n working days end at the same clock time on the nth following working day; from a non-working instant they start
at 00:00 of the next working day. A month ends on the same day number, or on the month's last day.
"""

from calendar import monthrange
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

SATURDAY = 5
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@lru_cache(maxsize=65536)
def instant(text: str) -> datetime:
    """The instant written in ISO 8601; raises ValueError where it has no zone."""
    made = datetime.fromisoformat(text)
    if made.tzinfo is None:
        raise ValueError(f"{text} has no zone")
    return made.astimezone(UTC)


def maybe_instant(text: str | None) -> datetime | None:
    """The instant, or None for None."""
    return None if text is None else instant(text)


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local_day(moment: datetime, zone: str) -> date:
    """The day of the market's calendar on which an instant falls."""
    return moment.astimezone(_zone(zone)).date()


def after(start: datetime, span: str, zone: str, holidays: AbstractSet[date]) -> datetime:
    """The end of a period such as `2 calendar days` that starts at an instant."""
    count, _, unit = span.partition(" ")
    n = int(count)
    if unit.startswith("hour"):
        return start + timedelta(hours=n)
    home = _zone(zone)
    local = start.astimezone(home).replace(tzinfo=None)
    if unit.startswith("calendar day"):
        end = local + timedelta(days=n)
    elif unit.startswith("month"):
        end = _months_later(local, n)
    elif unit.startswith("working day"):
        end = _working_days_later(local, n, holidays)
    else:
        raise ValueError(f"no such period: {span}")
    return end.replace(tzinfo=home).astimezone(UTC)


def _months_later(local: datetime, n: int) -> datetime:
    months = local.year * 12 + local.month - 1 + n
    year, month = divmod(months, 12)
    last = monthrange(year, month + 1)[1]
    return local.replace(year=year, month=month + 1, day=min(local.day, last))


def _works(day: date, holidays: AbstractSet[date]) -> bool:
    return day.weekday() < SATURDAY and day not in holidays


def _working_days_later(local: datetime, n: int, holidays: AbstractSet[date]) -> datetime:
    if not _works(local.date(), holidays):
        local = local.replace(hour=0, minute=0, second=0, microsecond=0)
        while not _works(local.date(), holidays):
            local += DAY
    for _ in range(n):
        local += DAY
        while not _works(local.date(), holidays):
            local += DAY
    return local
