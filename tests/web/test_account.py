"""A seller's account: what is held and moved, and that nobody else reads it."""

from mufakat.core.parties import Role
from mufakat.core.settlement import Account, State
from mufakat.core.sight import own_account, sees_account
from mufakat.web.routes.account import ACCOUNTS, STATES
from tests.web.browsing import Browser
from tests.web.test_selling import budi
from tests.web.test_steps import ENGLISH, refused

__all__ = ["budi"]


async def test_what_is_held_stands_on_the_account_with_its_case(budi: Browser) -> None:
    assert "Nothing moved in this time." in (await budi.page("/account", **ENGLISH)).text
    case_id = await refused(budi.shop)
    assert (await budi.shop.give(case_id, budi.shop.customer(), "RaiseDispute", text="No.")).status_code == 200
    page = await budi.page("/account", **ENGLISH)
    assert "Your payouts (held) -Rp450,000" in page.text
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
