"""A seller's account: what is held and moved, and that nobody else reads it."""

import csv
import inspect
import io
import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from mufakat.core import settlement
from mufakat.core.parties import Role
from mufakat.core.settlement import Account, State
from mufakat.core.sight import own_account, sees_account
from mufakat.web.routes.account import ACCOUNTS, REASONS, STATES
from tests.web.browsing import Browser
from tests.web.test_selling import budi
from tests.web.test_steps import ENGLISH, refused

__all__ = ["budi"]


async def test_what_is_held_stands_on_the_account_with_its_case(budi: Browser) -> None:
    assert "Nothing moved in this time." in (await budi.page("/account", **ENGLISH)).text
    case_id = await refused(budi.shop)
    assert (await budi.shop.give(case_id, budi.shop.customer(), "RaiseDispute", text="No.")).status_code == 200
    page = await budi.page("/account", **ENGLISH)
    assert "Your payouts (held) At the beginning Rp0 Difference -Rp450,000" in page.text
    assert f"/cases/{case_id}" in page.links
    assert "Rekening Anda" in (await budi.page("/account")).text
    await budi.enter(Role.SELLER, "s-2")
    assert f"/cases/{case_id}" not in (await budi.page("/account")).links
    await budi.enter(Role.CUSTOMER)
    assert (await budi.get("/account")).status_code == 404


def test_each_account_that_a_seller_may_know_has_a_name() -> None:
    known = {each for each in Account if own_account(each, Role.SELLER) or sees_account(each, Role.SELLER)}
    assert known <= set(ACCOUNTS)
    assert set(STATES) == set(State)


async def test_the_account_of_a_month_or_of_some_days_has_its_sums_its_reasons_and_a_table(budi: Browser) -> None:
    case_id = await refused(budi.shop)
    assert (await budi.shop.give(case_id, budi.shop.customer(), "RaiseDispute", text="No.")).status_code == 200
    month = await budi.page("/account?period=month", **ENGLISH)
    assert "At the beginning Rp0 Difference -Rp450,000 At the end -Rp450,000" in month.text
    assert "Held while the case is open" in month.text
    assert "Nothing moved in this time." in (await budi.page("/account?period=last", **ENGLISH)).text
    there = budi.shop.clock.now().astimezone(ZoneInfo("Asia/Jakarta")).date()
    day = f"period=dates&first={there}&last={there}"
    assert f"/cases/{case_id}" in (await budi.page(f"/account?{day}", **ENGLISH)).links
    before = there - timedelta(days=1)
    assert f"/cases/{case_id}" not in (await budi.page(f"/account?period=dates&first={before}&last={before}")).links
    kept = await budi.get(f"/account/movements?{day}", **ENGLISH)
    rows = list(csv.DictReader(io.StringIO(kept.text)))
    assert kept.headers["content-type"].startswith("text/csv")
    assert [(each["Case"], each["Amount"], each["Rule"]) for each in rows] == [(case_id, "450000.00", "reading 9")]
    await budi.enter(Role.SELLER, "s-2")
    assert case_id not in (await budi.get(f"/account/movements?{day}")).text
    await budi.enter(Role.CUSTOMER)
    assert (await budi.get("/account/movements")).status_code == 404


@pytest.mark.parametrize("days", ["first=2026-03-05&last=2026-03-04", "first=soon&last=2026-03-04", "first=&last="])
async def test_days_that_are_none_are_told_and_the_account_stays(budi: Browser, days: str) -> None:
    for path in ("/account", "/account/movements"):
        assert (await budi.get(f"{path}?period=dates&{days}")).status_code == 422


def test_every_rule_by_which_money_moves_has_a_reason_on_the_account() -> None:
    source = inspect.getsource(settlement)
    named = set(re.findall(r'"(S\d+|reading \d+|arithmetic \d+)"', source))
    assert len(named) > 8
    assert named <= set(REASONS)
