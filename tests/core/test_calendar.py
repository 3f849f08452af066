"""Periods and the calendar: the exact arithmetic of the rulebook, by example and by property."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mufakat.core.calendar import (
    LARGEST_SPAN,
    add,
    is_working_day,
    market_day,
    parse_span,
    write_span,
    zone_of,
)
from mufakat.core.policy.policy import Span, SpanUnit

JAKARTA = "Asia/Jakarta"
BERLIN = "Europe/Berlin"
NONE: frozenset[date] = frozenset()
CHRISTMAS = frozenset({date(2025, 12, 25)})

spans = st.builds(Span, st.integers(1, 400), st.sampled_from(SpanUnit))
instants = st.datetimes(datetime(2016, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
fixed_zones = st.sampled_from([JAKARTA, "Asia/Ho_Chi_Minh", "UTC"])
all_zones = st.sampled_from([JAKARTA, "UTC", BERLIN, "America/New_York", "Australia/Lord_Howe"])
holiday_sets = st.frozensets(st.dates(date(2016, 1, 1), date(2036, 12, 31)), max_size=60)


def end(text: str, start: str, zone: str = JAKARTA, holidays: frozenset[date] = NONE) -> str:
    """When the period ends, both times as the zone's clocks show them."""
    began = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    ended = add(parse_span(text), began, zone, holidays)
    assert ended.tzinfo is UTC
    return ended.astimezone(ZoneInfo(zone)).isoformat()


@pytest.mark.parametrize(
    "text,span",
    [
        ("2 calendar days", Span(2, SpanUnit.CALENDAR_DAYS)),
        ("1 calendar day", Span(1, SpanUnit.CALENDAR_DAYS)),
        ("48 hours", Span(48, SpanUnit.HOURS)),
        ("1 hour", Span(1, SpanUnit.HOURS)),
        ("2 working days", Span(2, SpanUnit.WORKING_DAYS)),
        ("1 working day", Span(1, SpanUnit.WORKING_DAYS)),
        ("6 months", Span(6, SpanUnit.MONTHS)),
        ("1 month", Span(1, SpanUnit.MONTHS)),
        (f"{LARGEST_SPAN} hours", Span(LARGEST_SPAN, SpanUnit.HOURS)),
    ],
)
def test_periods_are_read_as_they_are_written(text: str, span: Span) -> None:
    assert parse_span(text) == span
    assert write_span(span) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "days",
        "2 days",
        "2 day",
        "1 hours",
        "2 hour",
        "0 hours",
        "-1 hours",
        "1.5 hours",
        "48 Hours",
        " 48 hours",
        "48  hours",
        "48 hours ",
        "048 hours",
        "2 weeks",
        "48",
        "٤٨ hours",
        f"{LARGEST_SPAN + 1} hours",
        "99999 months",
    ],
)
def test_anything_else_is_refused_and_told_what_is_allowed(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no period: |is too long: ") as refused:
        parse_span(text)
    assert f"'{text}'" in str(refused.value)


@given(spans)
def test_writing_and_reading_a_period_gives_it_back(span: Span) -> None:
    assert parse_span(write_span(span)) == span


@pytest.mark.parametrize(
    "text,start,ended",
    [
        ("2 calendar days", "2025-07-02T15:30", "2025-07-04T15:30:00+07:00"),
        ("2 calendar days", "2025-07-04T23:59:59", "2025-07-06T23:59:59+07:00"),
        ("48 hours", "2025-07-04T15:30", "2025-07-06T15:30:00+07:00"),
        ("6 months", "2025-08-31T10:00", "2026-02-28T10:00:00+07:00"),
        ("6 months", "2023-08-31T10:00", "2024-02-29T10:00:00+07:00"),
        ("1 month", "2025-12-31T10:00", "2026-01-31T10:00:00+07:00"),
        ("12 months", "2024-02-29T10:00", "2025-02-28T10:00:00+07:00"),
    ],
)
def test_days_hours_and_months(text: str, start: str, ended: str) -> None:
    assert end(text, start) == ended


@pytest.mark.parametrize(
    "text,start,ended",
    [
        # Friday 4 July 2025; no holiday near.
        ("1 working day", "2025-07-03T15:30", "2025-07-04T15:30:00+07:00"),
        ("1 working day", "2025-07-04T15:30", "2025-07-07T15:30:00+07:00"),
        ("2 working days", "2025-07-04T15:30", "2025-07-08T15:30:00+07:00"),
        # From a Saturday or Sunday it starts at 00:00 on Monday.
        ("1 working day", "2025-07-05T15:30", "2025-07-08T00:00:00+07:00"),
        ("2 working days", "2025-07-06T23:59", "2025-07-09T00:00:00+07:00"),
        # Christmas 2025 is a Thursday.
        ("1 working day", "2025-12-24T09:00", "2025-12-26T09:00:00+07:00"),
        ("2 working days", "2025-12-24T09:00", "2025-12-29T09:00:00+07:00"),
        ("2 working days", "2025-12-25T09:00", "2025-12-30T00:00:00+07:00"),
    ],
)
def test_working_days_leave_out_weekends_and_holidays(text: str, start: str, ended: str) -> None:
    assert end(text, start, holidays=CHRISTMAS) == ended


def test_the_day_is_the_day_of_the_market_and_not_of_utc() -> None:
    late_friday_in_utc = datetime(2025, 7, 4, 20, tzinfo=UTC)  # Saturday 03:00 in Jakarta
    assert market_day(late_friday_in_utc, JAKARTA) == date(2025, 7, 5)
    assert market_day(late_friday_in_utc, "UTC") == date(2025, 7, 4)
    assert add(parse_span("1 working day"), late_friday_in_utc, JAKARTA, NONE) == datetime(2025, 7, 7, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    "text,start,zone,ended",
    [
        # Berlin leaves out 02:00 to 03:00 on 29 March 2026: the first moment after the change.
        ("1 calendar day", "2026-03-28T02:30", BERLIN, "2026-03-29T03:00:00+02:00"),
        ("1 month", "2026-02-28T02:30", BERLIN, "2026-03-28T02:30:00+01:00"),
        ("1 calendar day", "2026-03-28T03:00", BERLIN, "2026-03-29T03:00:00+02:00"),
        # 02:30 comes twice on 25 October 2026: the second one.
        ("1 calendar day", "2026-10-24T02:30", BERLIN, "2026-10-25T02:30:00+01:00"),
        # A clock change within the period moves calendar days and not hours.
        ("2 calendar days", "2026-03-28T12:00", BERLIN, "2026-03-30T12:00:00+02:00"),
        ("48 hours", "2026-03-28T12:00", BERLIN, "2026-03-30T13:00:00+02:00"),
        # Samoa left out a whole day.
        ("1 calendar day", "2011-12-29T12:00", "Pacific/Apia", "2011-12-31T00:00:00+14:00"),
    ],
)
def test_clock_changes(text: str, start: str, zone: str, ended: str) -> None:
    assert end(text, start, zone) == ended


def test_what_no_period_can_be_added_to() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        add(Span(1, SpanUnit.HOURS), datetime(2025, 7, 2), JAKARTA, NONE)  # noqa: DTZ001
    with pytest.raises(ValueError, match="has no time zone"):
        market_day(datetime(2025, 7, 2), JAKARTA)  # noqa: DTZ001
    with pytest.raises(ValueError, match="'Asia/Atlantis' is no time zone"):
        add(Span(1, SpanUnit.HOURS), datetime(2025, 7, 2, tzinfo=UTC), "Asia/Atlantis", NONE)
    with pytest.raises(ValueError, match="no time zone"):
        zone_of("../etc/passwd")
    with pytest.raises(ValueError, match="at least 1 calendar day, not 0"):
        add(Span(0, SpanUnit.CALENDAR_DAYS), datetime(2025, 7, 2, tzinfo=UTC), JAKARTA, NONE)
    with pytest.raises(OverflowError):
        add(Span(1, SpanUnit.MONTHS), datetime(9999, 12, 2, tzinfo=UTC), "UTC", NONE)


@given(spans, instants, all_zones, holiday_sets)
def test_a_period_ends_after_it_starts(span: Span, start: datetime, zone: str, holidays: frozenset[date]) -> None:
    assert add(span, start, zone, holidays) > start


@given(spans, instants, fixed_zones, holiday_sets, st.timedeltas(timedelta(0), timedelta(days=40)))
def test_who_starts_later_never_ends_earlier(
    span: Span, start: datetime, zone: str, holidays: frozenset[date], later: timedelta
) -> None:
    assert add(span, start + later, zone, holidays) >= add(span, start, zone, holidays)


@given(spans, instants, all_zones, holiday_sets)
def test_one_unit_more_never_ends_earlier(span: Span, start: datetime, zone: str, holidays: frozenset[date]) -> None:
    assert add(Span(span.n + 1, span.unit), start, zone, holidays) > add(span, start, zone, holidays)


@given(spans, instants, all_zones, holiday_sets)
def test_the_offset_in_which_an_instant_is_written_does_not_matter(
    span: Span, start: datetime, zone: str, holidays: frozenset[date]
) -> None:
    elsewhere = start.astimezone(timezone(timedelta(hours=-9, minutes=-30)))
    assert add(span, elsewhere, zone, holidays) == add(span, start, zone, holidays)


@given(st.integers(1, 60), instants, fixed_zones, holiday_sets)
def test_working_days_count_exactly_the_working_days_they_span(
    n: int, start: datetime, zone: str, holidays: frozenset[date]
) -> None:
    ended = add(Span(n, SpanUnit.WORKING_DAYS), start, zone, holidays)
    first, last = market_day(start, zone), market_day(ended, zone)
    assert is_working_day(last, holidays)
    days = (last - first).days
    after = [first + timedelta(days=each) for each in range(1, days + 1)]
    began_free = not is_working_day(first, holidays)
    assert sum(is_working_day(day, holidays) for day in after) == n + began_free
    clock = ended.astimezone(ZoneInfo(zone)).time()
    assert clock == (datetime.min.time() if began_free else start.astimezone(ZoneInfo(zone)).time())
