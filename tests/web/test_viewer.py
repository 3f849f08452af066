"""Exhibits before an agent: views, stills, two beside each other, and originals only with a reason on record."""

from tests.accounts.people import person
from tests.api.doors import PNG
from tests.api.test_queue import take
from tests.web.browsing import Browser, Drawn, browser
from tests.web.signing import sign_in
from tests.web.test_selling import PHOTO
from tests.web.test_steps import ENGLISH, refused


async def seen_by_agent(ani: Browser) -> tuple[Browser, str]:
    """A dispute with a photo, in an agent's hand."""
    shop = ani.shop
    case_id = await refused(shop)
    raised = await ani.step(case_id, "RaiseDispute", [PHOTO], text="It never worked.", item="STATUS_OF_MERCHANDISE")
    assert raised.status_code == 303, Drawn(raised.text).text
    for headers in (shop.customer(), shop.seller()):
        assert (await shop.give(case_id, headers, "CompleteMaterial")).status_code == 200
    rina = await person(shop, "rina")
    assert (await take(rina))["case_id"] == case_id
    desk = browser(shop)
    assert (await sign_in(desk, rina)).status_code == 303
    return desk, case_id


async def test_a_picture_is_shown_to_be_zoomed_and_turned_and_two_are_compared(ani: Browser) -> None:
    desk, case_id = await seen_by_agent(ani)
    page = await desk.page(f"/cases/{case_id}", **ENGLISH)
    place = next(link for link in page.links if "/exhibits/" in link)
    viewer = await desk.page(place, **ENGLISH)
    pictures = [str(found["src"]) for tag, found in viewer.tags if tag == "img"]
    assert (await desk.get(pictures[0])).headers["content-type"].startswith("image/")
    assert {found.get("data-do") for tag, found in viewer.tags if tag == "button"} >= {"in", "out", "turn", "whole"}
    both = await desk.page(f"{place}?with=1", **ENGLISH)
    assert "and exhibit 1" in both.text
    for missing in ("999", "0", "x"):
        assert (await desk.get(f"/cases/{case_id}/exhibits/{missing}")).status_code in (400, 404), missing


async def test_an_original_leaves_only_with_a_reason_that_stands_on_record(ani: Browser) -> None:
    desk, case_id = await seen_by_agent(ani)
    page = await desk.page(f"/cases/{case_id}")
    form = (await desk.page(next(link for link in page.links if "/exhibits/" in link))).form("/cases")
    short = await desk.send(form, reason="why")
    assert short.status_code == 422
    sent = await desk.send(form, reason="The serial number cannot be read.")
    assert (sent.status_code, sent.content) == (200, PNG)
    openings = await desk.shop.http.get(f"/v1/cases/{case_id}/openings", headers=await desk.shop.agent())
    assert [each["reason"] for each in openings.json()["openings"]] == ["The serial number cannot be read."]


async def test_parties_have_no_viewer(ani: Browser) -> None:
    _, case_id = await seen_by_agent(ani)
    assert (await ani.get(f"/cases/{case_id}/exhibits/1")).status_code == 404
