"""Dates and numbers are written as Babel writes them, in every language; line ends of what people wrote are kept."""

from datetime import UTC, datetime

import pytest
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from mufakat.core.calendar import zone_of
from mufakat.core.words import Language
from mufakat.web.drawing import paragraphs
from mufakat.web.tongue import Tongue

MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1))  # noqa: DTZ001 - hypothesis wants them without
JAKARTA = "Asia/Jakarta"


@given(MOMENTS, st.sampled_from(Language), st.sampled_from((JAKARTA, "UTC", "Europe/London")))
def test_moments_are_written_as_babel_does(at: datetime, language: Language, zone: str) -> None:
    t, there = Tongue(language, zone), at.replace(tzinfo=UTC).astimezone(zone_of(zone))
    assert t.date(at) == format_date(there, "d MMM y", locale=t.locale)
    assert t.short(at) == format_datetime(there, "d MMM y, HH:mm", locale=t.locale)
    assert t.moment(at).startswith(format_datetime(there, "EEE d MMM y, HH:mm ", locale=t.locale))


@given(st.integers(-(10**15), 10**15), st.sampled_from(Language))
def test_numbers_are_written_as_babel_does(value: int, language: Language) -> None:
    t = Tongue(language)
    assert t.number(value) == format_decimal(value, locale=t.locale)


@pytest.mark.parametrize(
    "written, drawn",
    [
        ("one\r\ntwo\n\nthree", "<p>one<br>two</p><p>three</p>"),
        ("<b>&\n\n \n\nno", "<p>&lt;b&gt;&amp;</p><p>no</p>"),
        ("", ""),
        (" \n ", ""),
    ],
)
def test_what_people_wrote_keeps_its_lines_and_loses_its_markup(written: str, drawn: str) -> None:
    assert paragraphs(written) == drawn
