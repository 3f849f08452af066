"""Forms: what they make, what comes back beside them, and that nothing is done twice or by surprise."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from mufakat.core.claim import RequestType
from mufakat.core.words import Language
from mufakat.web.filling import Filled, NotFilled, checked_day, minor
from mufakat.web.tongue import Tongue
from tests.api.doors import PNG
from tests.api.shop import Shop
from tests.core.story import Story
from tests.web.browsing import Browser, Drawn

PHOTO = ("photos", ("blender.png", PNG, "image/png"))
ENGLISH = {"accept-language": "en"}


async def case_of(ani: Browser, case_id: str) -> dict[str, Any]:
    """The case as the API shows it to its customer."""
    got = await ani.shop.http.get(f"/v1/cases/{case_id}", headers=ani.shop.customer())
    found: dict[str, Any] = got.json()
    return found


async def refused(shop: Shop) -> str:
    """A request that the seller has refused."""
    case_id = await shop.case()
    code = Story().reject_code(RequestType.RETURN_AND_REFUND)
    done = await shop.give(case_id, shop.seller(), "RejectRequest", code=code, text="We sent a good one.")
    assert done.status_code == 200, done.text
    return case_id


def went_on(sent: httpx.Response, case_id: str) -> None:
    assert sent.status_code == 303, Drawn(sent.text).text
    assert sent.headers["location"].startswith(f"/cases/{case_id}?done=")


# --- asking


async def asked(ani: Browser, **changed: Any) -> tuple[httpx.Response, Drawn]:
    """The second page of asking, sent with a photo; and the page as it was drawn."""
    await ani.shop.order()
    first = (await ani.page("/orders/o-1/ask")).form("/orders/o-1/ask")
    assert first["fields"]["line"] == ["1"], "the only line is ticked"
    second = await ani.page("/orders/o-1/ask?stage=details&line=1&reason-1=DEFECTIVE&quantity-1=2", **ENGLISH)
    fields = {"type": "REFUND", "text": "It smells of smoke."} | changed
    return await ani.send(second.form("/orders/o-1/ask"), [PHOTO], headers=ENGLISH, **fields), second


async def test_asking_shows_what_is_expected_then_what_it_leads_to_then_asks(ani: Browser) -> None:
    sent, drawn = await asked(ani)
    assert "Photo or video of the defect" in drawn.text
    look = Drawn(sent.text)
    assert sent.status_code == 200
    assert "If nothing happens until then: the request is approved." in look.text
    assert "It smells of smoke." in look.text
    listed = await ani.shop.http.get("/v1/cases", headers=ani.shop.customer())
    assert listed.json()["cases"] == [], "nothing was done yet"
    form = look.form("/orders/o-1/ask")
    done, again = await ani.send(form, stage="give"), await ani.send(form, stage="give")
    assert done.status_code == again.status_code == 303
    assert done.headers["location"] == again.headers["location"], "the same form twice is one request"
    case = await case_of(ani, done.headers["location"].split("/")[2].partition("?")[0])
    assert (case["type"], case["lines"][0]["reason"], case["lines"][0]["units"]) == ("REFUND", "DEFECTIVE", [1, 2])
    files = [each for each in case["exhibits"] if each["kind"] == "FILE"]
    assert [each["item"] for each in files] == ["STATUS_OF_MERCHANDISE"]


async def test_a_hidden_counterfeit_can_be_said_to_be_one(ani: Browser) -> None:
    await ani.shop.order("INV%2F2026%2F117")
    place = "/orders/INV%2F2026%2F117/ask"
    assert place in (await ani.page("/orders")).links, "an id may hold a slash"
    page = await ani.page(f"{place}?stage=details&line=1&reason-1=COUNTERFEIT", **ENGLISH)
    look = await ani.send(page.form(place), [PHOTO], headers=ENGLISH, type="REFUND", hidden="yes", text="A copy.")
    done = await ani.send(Drawn(look.text).form(place), stage="give")
    assert done.status_code == 303, Drawn(done.text).text
    case = await case_of(ani, done.headers["location"].split("/")[2].partition("?")[0])
    assert (case["order_id"], case["lines"][0]["hidden"]) == ("INV/2026/117", True)


async def test_nothing_typed_is_lost_when_asking_is_refused(ani: Browser) -> None:
    sent, _ = await asked(ani, amount="900.000.000")
    again = Drawn(sent.text)
    assert sent.status_code == 422
    assert "This was not done" in again.text
    assert "It smells of smoke." in sent.text
    form = again.form("/orders/o-1/ask")
    assert form["fields"]["type"] == ["REFUND"]
    assert len(form["fields"]["file"]) == 1, "the photo need not be sent again"
    fine = await ani.send(form, headers=ENGLISH, amount="100,000", text="It smells of smoke.")
    assert fine.status_code == 200, Drawn(fine.text).text
    assert Drawn(fine.text).form("/orders/o-1/ask")["fields"]["file"] == form["fields"]["file"]


async def test_asking_without_a_choice_or_a_reason_says_what_is_missing(ani: Browser) -> None:
    sent, _ = await asked(ani, type=None)
    assert "Choose what would make it right." in sent.text
    page = await ani.page("/orders/o-1/ask?stage=details&line=1&reason-1=", **ENGLISH)
    assert "Tick at least one item" in page.text


async def test_what_cannot_be_asked_says_why(ani: Browser) -> None:
    await ani.shop.order()
    page = await ani.page("/orders/o-1/ask?stage=details&line=1&reason-1=DEFECTIVE", **ENGLISH)
    offered = {found["value"] for tag, found in page.tags if tag == "input" and found.get("type") == "radio"}
    assert offered == {each.value for each in RequestType} - {"CANCEL"}
    assert "cannot be cancelled any more" in page.text, "and why is said"
    ani.shop.clock.forward(days=400)
    await ani.enter()
    late = await ani.page("/orders/o-1/ask", **ENGLISH)
    assert "Nothing can be asked about this order now." in late.text


# --- steps


async def test_a_message_with_a_photo_reaches_the_other_side(ani: Browser) -> None:
    case_id = await ani.shop.case()
    page = await ani.page(f"/cases/{case_id}", **ENGLISH)
    sent = await ani.send(page.form(f"/cases/{case_id}/steps/SendMessage"), [PHOTO], text="See for yourself.")
    went_on(sent, case_id)
    got = await ani.shop.http.get(f"/v1/cases/{case_id}/messages", headers=ani.shop.seller())
    assert [each["text"] for each in got.json()["messages"]][-1] == "See for yourself."
    shown = await ani.page(f"/cases/{case_id}")
    pictures = [str(found["src"]) for tag, found in shown.tags if tag == "img"]
    assert pictures
    picture = await ani.get(pictures[0])
    assert picture.headers["content-type"].startswith("image/")


async def test_an_empty_message_comes_back_with_a_sentence(ani: Browser) -> None:
    case_id = await ani.shop.case()
    page = await ani.page(f"/cases/{case_id}")
    sent = await ani.send(page.form(f"/cases/{case_id}/steps/SendMessage"), headers=ENGLISH, text=" ")
    assert sent.status_code == 422
    assert "This was not done" in sent.text


async def test_a_file_that_is_refused_is_told_of_and_the_others_stay(ani: Browser) -> None:
    case_id = await ani.shop.case()
    form = (await ani.page(f"/cases/{case_id}/steps/HandIn")).form(f"/cases/{case_id}")
    bad = ("photos", ("page.html", b"<html><script>alert(1)</script>", "text/html"))
    sent = await ani.send(form, [PHOTO, bad], headers=ENGLISH, text="Both", stage="give")
    again = Drawn(sent.text)
    assert "page.html:" in again.text
    form = again.form(f"/cases/{case_id}")
    assert len(form["fields"]["file"]) == 1
    went_on(await ani.send(form, text="One", stage="give"), case_id)
    assert [each["text"] for each in (await case_of(ani, case_id))["exhibits"]] == ["One"]


async def test_a_second_opinion_from_request_to_dispute(ani: Browser) -> None:
    case_id = await refused(ani.shop)
    form = await ani.page(f"/cases/{case_id}/steps/RaiseDispute", **ENGLISH)
    assert "What is expected of you" in form.text
    went_on(await ani.step(case_id, "RaiseDispute", [PHOTO], text="It never worked."), case_id)
    went_on(await ani.step(case_id, "HandIn", text="In my own words.", item="BUYER_RESPONSE"), case_id)
    went_on(await ani.step(case_id, "ProposeAgreement", solution="REFUND", amount="100.000", text="Half."), case_id)
    went_on(await ani.step(case_id, "CompleteMaterial"), case_id)
    case = await case_of(ani, case_id)
    matter = case["matters"][0]
    assert (matter["phase"], matter["dispute"]) == ("EVIDENCE", 1)
    assert matter["proposal"]["solution"] == {"kind": "REFUND", "amount": 10_000_000, "text": "Half."}
    assert [window["party"] for window in matter["windows"]] == ["SELLER"]
    given = {(each["kind"], each["item"]) for each in case["exhibits"]}
    assert {("FILE", "STATUS_OF_MERCHANDISE"), ("TEXT", "BUYER_RESPONSE")} <= given
    went_on(await ani.step(case_id, "WithdrawDispute"), case_id)
    assert (await case_of(ani, case_id))["matters"][0]["phase"] == "REJECTED"


async def test_asking_once_more_and_going_to_court(ani: Browser) -> None:
    case_id = await refused(ani.shop)
    went_on(await ani.step(case_id, "AskAgain", text="Please look again."), case_id)
    day = (ani.shop.clock.now() - timedelta(days=1)).date().isoformat()
    court = {"forum": "COURT", "started": day, "reference": "12/Pdt/2026"}
    lacking = await ani.step(case_id, "DeclareProcess", **(court | {"reference": " "}))
    assert lacking.status_code == 422
    went_on(await ani.step(case_id, "DeclareProcess", **court), case_id)
    assert (await case_of(ani, case_id))["matters"][0]["phase"] == "STOPPED"


async def test_goods_are_sent_back_and_what_came_of_it_is_answered(ani: Browser) -> None:
    shop, case_id = ani.shop, await ani.shop.case()
    await shop.give(case_id, shop.seller(), "ApproveRequest")
    went_on(await ani.step(case_id, "ShipBack", method="SELF_ARRANGED", tracking="JX 1", freight="15.000"), case_id)
    remedy = (await case_of(ani, case_id))["matters"][0]["remedy"]
    assert (remedy["return_method"], remedy["return_tracking"]) == ("SELF_ARRANGED", "JX 1")
    said = await shop.give(case_id, shop.seller(), "ReportReturn", issue="DAMAGE", value_lost=1_000_000, text="Wet.")
    assert said.status_code == 200, said.text
    page = await ani.page(f"/cases/{case_id}", **ENGLISH)
    assert "The seller reports" in page.text
    went_on(await ani.step(case_id, "ContestReport", text="It was dry."), case_id)
    assert (await case_of(ani, case_id))["matters"][0]["phase"] == "ASSESSING"


@pytest.mark.parametrize("answer, phase", [("AcceptOffer", "PAYING"), ("DeclineOffer", "REVIEW")])
async def test_an_offer_is_taken_or_declined_after_a_look_at_what_it_means(
    ani: Browser, answer: str, phase: str
) -> None:
    shop, case_id = ani.shop, await ani.shop.case()
    await shop.give(case_id, shop.seller(), "MakeOffer", solution={"kind": "REFUND", "amount": 10_000_000})
    look = await ani.page(f"/cases/{case_id}/steps/{answer}", **ENGLISH)
    assert "This cannot be undone." in look.text
    assert ("Rp100,000" in look.text) is (answer == "AcceptOffer")
    went_on(await ani.send(look.form(f"/cases/{case_id}"), stage="give"), case_id)
    assert (await case_of(ani, case_id))["matters"][0]["phase"] == phase


async def test_a_last_look_that_is_out_of_date_does_nothing(ani: Browser) -> None:
    shop, case_id = ani.shop, await ani.shop.case()
    look = (await ani.page(f"/cases/{case_id}/steps/WithdrawRequest")).form(f"/cases/{case_id}")
    offer = {"kind": "REFUND", "amount": 40_000_000}
    assert (await shop.give(case_id, shop.seller(), "MakeOffer", solution=offer)).status_code == 200
    stale = await ani.send(look, headers=ENGLISH, stage="give")
    assert stale.status_code == 412
    assert "Now: the customer is to answer the offer" in stale.text, "what happened meanwhile is said (reading 13)"
    assert (await case_of(ani, case_id))["is_open"]


async def test_a_step_that_is_not_open_says_why(ani: Browser) -> None:
    case_id = await ani.shop.case()
    early = await ani.get(f"/cases/{case_id}/steps/AcceptOffer", **ENGLISH)
    assert early.status_code == 409
    assert "This was not done" in early.text
    assert (await ani.get(f"/cases/{case_id}/steps/Judge")).status_code == 404
    assert (await ani.get(f"/cases/{case_id}/steps/ApproveRequest")).status_code == 404


async def test_a_statement_is_a_page_and_a_pdf_behind_the_cookie(ani: Browser) -> None:
    from tests.api.test_statements import PARAGRAPH, judged

    desk = await judged(ani.shop)
    page = await ani.page(f"/cases/{desk.case_id}", **ENGLISH)
    assert "Decided for you" in page.text
    ways = [link for link in page.links if "/statements/" in link]
    assert len(ways) == 2
    html, pdf = [await ani.get(way) for way in ways]
    assert (html.status_code, pdf.headers["content-type"]) == (200, "application/pdf")
    assert PARAGRAPH.partition("#")[0] in Drawn(html.text).text


async def test_uploads_by_script_go_on_where_they_stood(ani: Browser) -> None:
    await ani.shop.order()
    page = await ani.page("/orders/o-1/ask?stage=details&line=1&reason-1=DEFECTIVE")
    token = page.form("/orders/o-1/ask")["fields"]["token"][0]
    head = {"tus-resumable": "1.0.0", "x-form-token": token, "accept": "application/json"}
    begun = await ani.http.post("/web/orders/o-1/uploads", headers=head | {"upload-length": str(len(PNG))})
    assert begun.status_code == 201, begun.text
    place = "/web/uploads/" + begun.headers["location"].rsplit("/", 1)[1]
    piece = {"content-type": "application/offset+octet-stream", "upload-offset": "0"}
    assert (await ani.http.patch(place, content=PNG[:40], headers=head | piece)).status_code == 204
    stands = await ani.http.head(place, headers=head)
    assert stands.headers["upload-offset"] == "40"
    rest = await ani.http.patch(place, content=PNG[40:], headers=head | piece | {"upload-offset": "40"})
    assert rest.status_code == 204
    digest = json.loads((await ani.http.get(place, headers=head)).text)["digest"]
    own = await ani.get(f"/orders/o-1/files/{digest}")
    assert own.content == PNG
    refused_ = await ani.http.patch(place, content=b"x", headers=head | piece | {"x-form-token": "other"})
    assert refused_.status_code == 403


# --- what people type


@pytest.mark.parametrize(
    "text, currency, found",
    [
        ("Rp 450.000", "IDR", 45_000_000),
        ("450,000", "IDR", 45_000_000),
        ("1.250,50", "IDR", 125_050),
        ("1,250.5", "IDR", 125_050),
        ("7499000", "IDR", 749_900_000),
        ("1.500.000", "VND", 1_500_000),
        (" ", "IDR", None),
    ],
)
def test_amounts_are_read_however_thousands_are_written(text: str, currency: str, found: int | None) -> None:
    assert minor(text, currency, Tongue(Language.EN)) == minor(text, currency, Tongue(Language.ID)) == found


@pytest.mark.parametrize("text", ["much", "-5", "1,5", "1.50.000", "0,001,", "1..000"])
def test_what_is_no_amount_is_asked_for_again(text: str) -> None:
    with pytest.raises(NotFilled, match="450,000"):
        minor(text, "VND", Tongue(Language.EN))


def test_days_are_read_as_browsers_and_people_write_them() -> None:
    t = Tongue(Language.EN)
    assert checked_day("2026-03-05", t) == checked_day("5/3/2026", t) == checked_day("05-03-2026", t) == "2026-03-05"
    with pytest.raises(NotFilled):
        checked_day("yesterday", t)


def test_each_form_has_a_key_of_its_own() -> None:
    assert Filled().key != Filled().key
