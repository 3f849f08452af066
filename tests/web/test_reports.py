"""The dashboard of leads and a seller's own report: numbers, charts with tables, CSV, and nobody else's numbers."""

import csv
import io
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from mufakat.core.parties import Role
from mufakat.core.policy.policy import ClockName
from mufakat.core.reported import Bearer, Cost, Figure, Grouping, Way
from mufakat.web import charts, report_words
from mufakat.web.reporting import GROUPINGS, Span, span_of, weeks
from mufakat.web.rule_words import CLOCKS
from tests.accounts.people import person
from tests.api.test_reports import OTHER, noted, two_sellers
from tests.web.browsing import Browser, browser
from tests.web.signing import sign_in
from tests.web.test_steps import ENGLISH

UTC_DAY = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
async def lead(visitor: Browser) -> Browser:
    """A lead, signed in, at a shop with two sellers."""
    await two_sellers(visitor.shop)
    await sign_in(visitor, await person(visitor.shop, "lia", "LEAD"))
    return visitor


async def test_a_lead_sees_numbers_charts_and_tables(lead: Browser) -> None:
    page = await lead.page("/dashboard", **ENGLISH)
    for told in (
        "Open now 2",
        "New cases 2",
        "before: 0",
        "Median time to a decision 1 hour",
        "Judgements that fell 0 %",
    ):
        assert told in page.text, told
    figures = [attrs for tag, attrs in page.tags if tag == "svg" and attrs.get("class") == "chart"]
    assert len(figures) == 3, "volumes, times, reversals: nothing ended or lapsed, and no money moved"
    assert page.text.count("As a table") == len(figures)
    assert page.text.count("Nothing in this time.") == 3
    assert not [attrs for _, attrs in page.tags if "style" in attrs]
    ids = [attrs["id"] for _, attrs in page.tags if attrs.get("id")]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("by", list(Grouping))
async def test_every_grouping_is_drawn_in_both_languages(lead: Browser, by: Grouping) -> None:
    page = await lead.page(f"/dashboard?by={by}", **ENGLISH)
    assert ("All others" in page.text) is False
    assert (OTHER in page.source) is (by is Grouping.SELLER)
    assert "Dasbor" in (await lead.page(f"/dashboard?by={by}", **{"accept-language": "id"})).text


async def test_what_sellers_named_is_escaped_and_no_formula(lead: Browser) -> None:
    lines = [{"line_id": "1", "product_id": "=<b>1</b>", "quantity": 1, "unit_price": 500_000, "category": "<i>"}]
    await lead.shop.order("o-3", seller_id=OTHER, lines=lines)
    body = {"order_id": "o-3", "type": "REFUND", "lines": [{"line_id": "1", "reason": "OTHER"}], "text": "No."}
    await lead.shop.http.post("/v1/cases", json=body, headers=lead.shop.customer())
    await noted(lead.shop)
    assert "<i>" not in (await lead.page("/dashboard?by=CATEGORY")).source
    assert "<b>" not in (await lead.page("/dashboard?by=PRODUCT")).source
    page = await lead.page("/dashboard?by=CATEGORY&days=7")
    link = next(each for each in page.links if "VOLUMES" in each)
    assert "days=7" in link
    told = await lead.get(link)
    assert told.headers["content-type"].startswith("text/csv")
    assert "no-store" in told.headers["cache-control"]
    assert {row["category"] for row in csv.DictReader(io.StringIO(told.text))} == {"kitchen", "toys", "<i>"}
    told = await lead.get("/dashboard/csv?figure=VOLUMES&by=PRODUCT")
    assert "'=<b>1</b>" in told.text


async def test_a_period_is_chosen_and_one_that_cannot_be_read_is_told(lead: Browser) -> None:
    today = lead.shop.clock.now().date().isoformat()
    page = await lead.page(f"/dashboard?first={today}&last={today}", **ENGLISH)
    assert "New cases 2" in page.text
    assert f"first={today}" in next(each for each in page.links if "VOLUMES" in each)
    for wrong in ("first=2026-03-01", "first=2026-03-09&last=2026-03-01", "days=5", "first=x&last=y"):
        page = await lead.page(f"/dashboard?{wrong}", **ENGLISH)
        assert "This period cannot be shown" in page.text
        assert "New cases 2" in page.text
    long = await lead.page("/dashboard?first=2001-01-01&last=2026-01-01", **ENGLISH)
    assert "at most three years" in long.text
    quiet = await lead.page("/dashboard?first=2025-01-01&last=2025-01-31", **ENGLISH)
    assert quiet.text.count("Nothing in this time.") == len(Figure)


async def test_a_seller_sees_its_own_numbers_and_no_way_to_others(lead: Browser) -> None:
    seller = browser(lead.shop)
    await seller.enter(Role.SELLER)
    page = await seller.page("/report", **ENGLISH)
    assert "New cases 1" in page.text
    assert "/report" in page.links
    fields = page.form("/report")["fields"]
    assert fields["by"] == ["PRODUCT"]
    for by in Grouping:
        for path in (f"/report?by={by}&seller_id={OTHER}", f"/report/csv?figure=VOLUMES&by={by}&seller_id={OTHER}"):
            told = await seller.get(path)
            assert told.status_code == 200
            shown = re.sub(r"(href|value|action)=\"[^\"]*\"", "", told.text)
            assert not [each for each in (OTHER, "1+1", "toys", "Wrong item", "WRONG_ITEM") if each in shown], path
    for path in ("/dashboard", "/dashboard/csv?figure=VOLUMES"):
        assert (await seller.get(path)).status_code == 404


async def test_agents_customers_and_strangers_have_neither(lead: Browser) -> None:
    agent, customer = browser(lead.shop), browser(lead.shop)
    await sign_in(agent, await person(lead.shop, "rina"))
    await customer.enter()
    for path in ("/dashboard", "/dashboard/csv?figure=MONEY", "/report", "/report/csv?figure=MONEY"):
        assert (await agent.get(path)).status_code == 404
        assert (await customer.get(path)).status_code == 404
        assert (await browser(lead.shop).get(path)).status_code == 401
    for path in ("/report", "/report/csv?figure=MONEY"):
        assert (await lead.get(path)).status_code == 404


def test_everything_that_is_counted_has_a_name() -> None:
    assert set(report_words.TITLES) == set(report_words.ABOUT) == set(Figure)
    assert set(report_words.WAYS) == set(Way)
    assert set(report_words.WHO) == set(Bearer)
    assert set(report_words.COSTS) == set(Cost)
    assert set(CLOCKS) == set(ClockName)
    assert set(GROUPINGS) == set(Grouping)


@pytest.mark.parametrize(
    "most, steps, expected",
    [
        (0, (), [0, 1]),
        (3, (), [0, 1, 2, 3]),
        (7, (), [0, 2, 4, 6, 8]),
        (41, (), [0, 20, 40, 60]),
        (1_250_000, (), [0, 500_000, 1_000_000, 1_500_000]),
        (90_000, charts.TIMED, [0, 43200, 86400, 129600]),
    ],
)
def test_an_axis_has_round_numbers(most: float, steps: tuple[int, ...], expected: list[float]) -> None:
    assert charts.ticks(most, steps) == expected


def test_a_line_breaks_where_nothing_is_known_and_labels_are_escaped() -> None:
    series = [charts.Series("<b>", (1, None, 2))]
    drawn = charts.lines("x", "Title & more", "about", ["a", "b", "<i>"], series, str)
    (path,) = re.findall(r'<path class="line s0" d="([^"]+)"', drawn)
    assert path.count("M") == 2
    assert "L" not in path
    assert "<b>" not in drawn
    assert "<i>" not in drawn
    assert "Title &amp; more" in drawn


def test_a_bar_is_as_long_as_what_it_tells() -> None:
    rows = [charts.Row("one", (charts.Bar(((0, 10), (1, 30))),)), charts.Row("two", (charts.Bar(((0, 40),)),))]
    drawn = charts.bars("x", "t", "a", rows, lambda value: f"{value:.0f}")
    wide = [float(each) for each in re.findall(r'<rect class="box s\d" [^>]*width="([\d.]+)"', drawn)]
    assert wide[0] * 3 == pytest.approx(wide[1], abs=0.3)
    assert wide[0] + wide[1] == pytest.approx(wide[2], abs=0.2)
    assert "url(#x-p1)" in drawn, "the second piece has a pattern"


def test_weeks_without_anything_are_in_their_place() -> None:
    until = datetime(2026, 1, 14, tzinfo=UTC)
    assert weeks(datetime(2025, 12, 20, tzinfo=UTC), until, "Asia/Jakarta", "2025-W52") == [
        "2025-W52",
        "2026-W01",
        "2026-W02",
        "2026-W03",
    ]


def test_days_are_those_of_the_marketplace_and_both_count() -> None:
    span = span_of("", "2026-03-02", "2026-03-02")
    assert isinstance(span, Span)
    begins, ends = span.moments(UTC_DAY, "Asia/Jakarta")
    assert (begins.isoformat(), ends.isoformat()) == ("2026-03-01T17:00:00+00:00", "2026-03-02T17:00:00+00:00")
    asked: list[Any] = [span_of("31", "", ""), span_of("x", "", ""), span_of("", "2026-03-02", "")]
    assert asked == [Span(31), None, None]
