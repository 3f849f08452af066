"""A seller's pages: the worklist with its filters and counts, and every answer through its form."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from mufakat.core.claim import RequestType
from mufakat.core.parties import Role
from mufakat.core.phases import Phase
from mufakat.core.policy.policy import CodeUse
from mufakat.store.records import OpenCases
from mufakat.web.refusals import TEXTS
from mufakat.web.worklist import A_PAGE, FILTERS, MINE, Filter, counts
from tests.api.doors import PNG
from tests.api.shop import Shop
from tests.api.test_statements import judged
from tests.core.story import Story
from tests.web.browsing import Browser, Drawn
from tests.web.test_steps import ENGLISH, went_on

PHOTO = ("photos", ("parcel.png", PNG, "image/png"))


@pytest.fixture
async def budi(visitor: Browser) -> Browser:
    """The seller, come in."""
    assert (await visitor.enter(Role.SELLER)).status_code == 303
    return visitor


async def matter_of(shop: Shop, case_id: str) -> dict[str, Any]:
    """The case's first matter as the API shows it to its seller."""
    got = await shop.http.get(f"/v1/cases/{case_id}", headers=shop.seller())
    found: dict[str, Any] = got.json()["matters"][0]
    return found


async def returned(shop: Shop) -> str:
    """A request that was approved, and whose goods have come back."""
    case_id = await shop.case()
    await shop.give(case_id, shop.seller(), "ApproveRequest")
    sent = await shop.give(case_id, shop.customer(), "ShipBack", method="SELF_ARRANGED", tracking="JX1")
    assert sent.status_code == 200, sent.text
    at = shop.clock.now().isoformat()
    scan = {"fact": "scan", "parcel": "RETURN", "kind": "DELIVERED", "at": at, "tracking": "JX1"}
    told = await shop.http.post("/v1/orders/o-1/facts", json=scan, headers=shop.server)
    assert told.status_code == 200, told.text
    assert (await matter_of(shop, case_id))["phase"] == "INSPECTING"
    return case_id


async def test_a_seller_sees_both_sides_material_beside_each_other(budi: Browser) -> None:
    case_id = await budi.shop.case()
    form = (await budi.page(f"/cases/{case_id}/steps/SendMessage")).form(f"/cases/{case_id}/steps/SendMessage?matter=1")
    sent = await budi.send(form, text="It left us whole.", files=[PHOTO], fields={"stage": "give"})
    assert sent.status_code == 303, sent.text
    page = await budi.page(f"/cases/{case_id}", **ENGLISH)
    beside = page.text.partition("Both sides")[2].partition("Messages")[0]
    assert "The customer" in beside.partition("You")[0]
    assert "It left us whole." in beside.partition("You")[2]
    await budi.enter(Role.CUSTOMER)
    assert "Both sides" not in (await budi.page(f"/cases/{case_id}", **ENGLISH)).text


# --- the worklist


async def test_a_seller_sees_what_was_bought_for_how_much_and_where_the_parcel_was(budi: Browser) -> None:
    case_id = await budi.shop.case()
    told = {"fact": "scan", "parcel": "OUTBOUND", "kind": "IN_TRANSIT", "place": "CGK-3"}
    at = (budi.shop.clock.now() - timedelta(days=2)).isoformat()
    given = await budi.shop.http.post("/v1/orders/o-1/facts", json=told | {"at": at}, headers=budi.shop.server)
    assert given.status_code == 200, given.text
    beside = (await budi.page(f"/cases/{case_id}")).text.partition("Pesanannya")[2]
    for each in ("2 unit", "Dibayar Rp900.000", "Dalam perjalanan, CGK-3", "Dipesan"):
        assert each in beside, each


async def test_the_worklist_has_the_most_urgent_first_and_says_how_many_wait(budi: Browser) -> None:
    shop = budi.shop
    first = await shop.case("o-1")
    shop.clock.forward(hours=1)
    second = await shop.case("o-2")
    code = Story().reject_code(RequestType.RETURN_AND_REFUND)
    refused = await shop.case("o-3")
    assert (await shop.give(refused, shop.seller(), "RejectRequest", code=code)).status_code == 200
    page = await budi.page("/cases?show=answer", **ENGLISH)
    cases = [link for link in page.links if link.startswith("/cases/")]
    assert cases == [f"/cases/{first}", f"/cases/{second}"]
    assert "To answer 2" in page.text
    assert "All open 3" in page.text
    assert "Within 24 hours 0" in page.text
    assert "Rp450,000" in page.text
    everything = await budi.page("/cases")
    assert {f"/cases/{each}" for each in (first, second, refused)} <= set(everything.links)


async def test_what_is_due_within_a_day_is_found_under_it_and_what_is_over_under_closed(budi: Browser) -> None:
    shop, case_id = budi.shop, await budi.shop.case()
    due = (await budi.shop.http.get(f"/v1/cases/{case_id}", headers=shop.seller())).json()["due"]
    shop.clock.at = datetime.fromisoformat(due) - timedelta(hours=23)
    await budi.enter(Role.SELLER)
    page = await budi.page("/cases?show=soon", **ENGLISH)
    assert f"/cases/{case_id}" in page.links
    assert "Within 24 hours 1" in page.text
    assert "22 hours" in page.text or "23 hours" in page.text
    assert (await shop.give(case_id, shop.customer(), "WithdrawRequest")).status_code == 200
    assert "Nothing has to be answered within 24 hours." in (await budi.page("/cases?show=soon", **ENGLISH)).text
    assert f"/cases/{case_id}" in (await budi.page("/cases?show=closed")).links
    assert f"/cases/{case_id}" not in (await budi.page("/cases")).links


async def test_a_long_worklist_comes_a_page_at_a_time(budi: Browser) -> None:
    made = [await budi.shop.case(f"o-{n}") for n in range(A_PAGE + 2)]
    page = await budi.page("/cases?show=answer")
    more = next(link for link in page.links if "cursor=" in link)
    rest = await budi.page(more)
    found = [link.rpartition("/")[2] for each in (page, rest) for link in each.links if link.startswith("/cases/")]
    assert sorted(found) == sorted(made)
    assert len(page.source.encode()) < 100_000
    elsewhere = await budi.get(more.replace("show=answer", "show=money"))
    assert elsewhere.status_code == 400, "a cursor belongs to its list"


async def test_a_seller_finds_nobody_elses_cases(budi: Browser) -> None:
    case_id = await budi.shop.case()
    await budi.enter(Role.SELLER, "s-2")
    page = await budi.page("/cases", **ENGLISH)
    assert f"/cases/{case_id}" not in page.links
    assert "All open 0" in page.text
    assert (await budi.get(f"/cases/{case_id}")).status_code == 404
    assert (await budi.get(f"/cases/{case_id}/steps/ApproveRequest")).status_code == 404


def test_each_phase_that_waits_for_a_seller_is_behind_a_filter() -> None:
    apart = [FILTERS[each].phases for each in Filter if each is not Filter.SOON]
    assert frozenset[Phase]().union(*apart) >= MINE
    assert sum(map(len, apart)) == len(frozenset[Phase]().union(*apart)), "and behind one only"


def test_counts_take_each_case_once_for_each_filter_that_it_is_behind() -> None:
    counted = counts(
        [OpenCases(("REVIEW", "PAYING"), soon=True, cases=2), OpenCases(("EVIDENCE",), soon=False, cases=3)]
    )
    assert counted[Filter.ALL] == 5
    assert (counted[Filter.SOON], counted[Filter.ANSWER], counted[Filter.MONEY]) == (2, 2, 2)
    assert (counted[Filter.DISPUTED], counted[Filter.INSPECT]) == (3, 0)


# --- answers


async def test_a_request_is_approved_after_a_look_at_what_it_costs(budi: Browser) -> None:
    shop, case_id = budi.shop, await budi.shop.case(type="REFUND")
    look = await budi.page(f"/cases/{case_id}/steps/ApproveRequest", **ENGLISH)
    assert "The customer gets" in look.text
    assert "Taken from what is due to you" in look.text
    assert "Rp450,000" in look.text
    assert (await matter_of(shop, case_id))["phase"] == "REVIEW", "nothing was done yet"
    went_on(await budi.send(look.form(f"/cases/{case_id}"), stage="give"), case_id)
    assert (await matter_of(shop, case_id))["phase"] == "PAYING"


async def test_goods_may_stay_with_the_customer(budi: Browser) -> None:
    shop, case_id = budi.shop, await budi.shop.case()
    went_on(await budi.step(case_id, "ApproveRequest", keep_goods="1"), case_id)
    assert (await matter_of(shop, case_id))["phase"] == "PAYING"


async def test_a_refusal_needs_a_reason_of_the_market_and_takes_photos(budi: Browser) -> None:
    shop, case_id = budi.shop, await budi.shop.case()
    form = (await budi.page(f"/cases/{case_id}/steps/RejectRequest")).form(f"/cases/{case_id}/steps/")
    lacking = await budi.send(form, [PHOTO], headers=ENGLISH, stage="check", text="It was whole.")
    again = Drawn(lacking.text)
    assert lacking.status_code == 422
    assert "Something is still missing here: Why you refuse." in again.text
    assert "It was whole." in lacking.text
    code = Story().reject_code(RequestType.RETURN_AND_REFUND)
    look = await budi.send(again.form(f"/cases/{case_id}"), headers=ENGLISH, stage="check", code=code)
    assert look.status_code == 200, Drawn(look.text).text
    went_on(await budi.send(Drawn(look.text).form(f"/cases/{case_id}"), stage="give"), case_id)
    got = (await shop.http.get(f"/v1/cases/{case_id}", headers=shop.customer())).json()
    assert got["matters"][0]["phase"] == "REJECTED"
    assert [each["by"] for each in got["exhibits"] if each["kind"] == "FILE"] == ["SELLER"]


async def test_what_happened_names_a_refusals_reason_in_words(budi: Browser) -> None:
    case_id = await budi.shop.case()
    given = await budi.shop.give(case_id, budi.shop.seller(), "RejectRequest", code="reverse_reject_request_reason_1")
    assert given.status_code == 200, given.text
    page = await budi.page(f"/cases/{case_id}")
    assert "reverse_reject_request_reason_1" not in page.text
    assert "Penjual menolak permintaan dengan kode “Alasan pengembalian pembeli tidak sah”." in page.text


async def test_an_offer_goes_to_the_customer(budi: Browser) -> None:
    shop, case_id = budi.shop, await budi.shop.case()
    too_much = await budi.step(case_id, "MakeOffer", solution="REFUND", amount="900.000.000")
    assert too_much.status_code == 422
    went_on(await budi.step(case_id, "MakeOffer", solution="REFUND", amount="100.000", text="Keep it."), case_id)
    matter = await matter_of(shop, case_id)
    assert (matter["phase"], matter["offer"]) == (
        "OFFERED",
        {"kind": "REFUND", "amount": 10_000_000, "text": "Keep it."},
    )


async def test_returned_goods_are_found_in_order(budi: Browser) -> None:
    case_id = await returned(budi.shop)
    page = await budi.page("/cases?show=inspect", **ENGLISH)
    assert "To inspect 1" in page.text
    went_on(await budi.step(case_id, "ConfirmReceipt"), case_id)
    assert (await matter_of(budi.shop, case_id))["phase"] == "PAYING"


async def test_a_report_of_breakage_has_photos_and_lowers_the_refund_by_the_rules(budi: Browser) -> None:
    case_id = await returned(budi.shop)
    told = {"issue": "DAMAGE", "value_lost": "50.000", "text": "Wet through."}
    went_on(await budi.step(case_id, "ReportReturn", [PHOTO], **told), case_id)
    matter = await matter_of(budi.shop, case_id)
    assert (matter["phase"], matter["remedy"]["report"]["value_lost"]) == ("REPORTED", 5_000_000)
    got = (await budi.shop.http.get(f"/v1/cases/{case_id}", headers=budi.shop.seller())).json()
    assert [each["stage"] for each in got["exhibits"] if each["kind"] == "FILE"] == ["RETURN_REPORT"]


async def test_a_parcel_is_refused_with_a_code_for_parcels(budi: Browser) -> None:
    case_id = await returned(budi.shop)
    page = await budi.page(f"/cases/{case_id}/steps/RejectParcel", **ENGLISH)
    assert "The product returned is not the product that was sent" in page.text
    assert "Change of mind" not in page.text
    code = "reverse_reject_return_parcel_reason_1"
    went_on(await budi.step(case_id, "RejectParcel", [PHOTO], code=code, text="A brick."), case_id)
    assert (await matter_of(budi.shop, case_id))["phase"] == "PARCEL_REJECTED"


async def owing(budi: Browser, kind: str) -> str:
    """A matter in which the seller owes something that both agreed on."""
    case_id = await budi.shop.case()
    offer: dict[str, Any] = {"kind": kind, "text": "We put it right."} | (
        {"amount": 500_000} if kind == "OTHER" else {}
    )
    assert (await budi.shop.give(case_id, budi.shop.seller(), "MakeOffer", solution=offer)).status_code == 200
    assert (await budi.shop.give(case_id, budi.shop.customer(), "AcceptOffer")).status_code == 200
    assert (await matter_of(budi.shop, case_id))["phase"] == "PERFORMING"
    return case_id


async def test_a_task_is_done_with_one_proof(budi: Browser) -> None:
    case_id = await owing(budi, "OTHER")
    assert "To send or do 1" in (await budi.page("/cases", **ENGLISH)).text
    lacking = await budi.step(case_id, "CompleteRemedy", text=" ")
    assert lacking.status_code == 422
    went_on(await budi.step(case_id, "CompleteRemedy", [PHOTO], text="Repaired."), case_id)
    assert (await matter_of(budi.shop, case_id))["phase"] == "CONFIRMING"


@pytest.mark.parametrize(
    "command, fields, phase", [("ShipOut", {"tracking": "JNE7"}, "PERFORMING"), ("RefundInstead", {}, "PAYING")]
)
async def test_goods_that_are_owed_are_sent_or_paid_for(
    budi: Browser, command: str, fields: dict[str, str], phase: str
) -> None:
    case_id = await owing(budi, "REPLACEMENT")
    went_on(await budi.step(case_id, command, **fields), case_id)
    assert (await matter_of(budi.shop, case_id))["phase"] == phase


async def test_a_judgement_is_appealed_with_what_was_not_seen_yet(budi: Browser) -> None:
    case_id = (await judged(budi.shop)).case_id
    page = await budi.page("/cases?show=against", **ENGLISH)
    assert f"/cases/{case_id}" in page.links
    went_on(await budi.step(case_id, "Appeal", [PHOTO], text="Look at the seal."), case_id)
    assert (await matter_of(budi.shop, case_id))["phase"] == "APPEAL_EVIDENCE"


async def test_a_judgement_is_accepted_and_paid_by_oneself(budi: Browser) -> None:
    shop, case_id = budi.shop, (await judged(budi.shop, RequestType.REFUND)).case_id
    went_on(await budi.step(case_id, "AcceptJudgement"), case_id)
    matter = await matter_of(shop, case_id)
    assert matter["phase"] == "PAYING"
    nothing = await budi.step(case_id, "ReportOwnPayment", text="By transfer.")
    assert nothing.status_code == 422
    owed = matter["remedy"]["total"]
    went_on(await budi.step(case_id, "ReportOwnPayment", [PHOTO], paid=str(owed // 100), text="By transfer."), case_id)
    assert (await matter_of(shop, case_id))["remedy"]["claimed"] == owed
    went_on(await budi.step(case_id, "PayRefund"), case_id)


async def test_granting_the_claim_ends_a_dispute(budi: Browser) -> None:
    shop, case_id = budi.shop, await budi.shop.case()
    code = Story().reject_code(RequestType.RETURN_AND_REFUND)
    await shop.give(case_id, shop.seller(), "RejectRequest", code=code)
    assert (await shop.give(case_id, shop.customer(), "RaiseDispute", text="No.")).status_code == 200
    page = await budi.page(f"/cases/{case_id}", **ENGLISH)
    assert "Grant the claim" in page.text
    assert "Disputed 1" in (await budi.page("/cases", **ENGLISH)).text
    look: httpx.Response = await budi.get(f"/cases/{case_id}/steps/Concede", **ENGLISH)
    assert "Held back from your payouts" in Drawn(look.text).text
    went_on(await budi.step(case_id, "Concede"), case_id)
    assert (await matter_of(shop, case_id))["phase"] == "AWAITING_RETURN"


async def test_steps_of_the_other_side_have_no_address(budi: Browser) -> None:
    case_id = await budi.shop.case()
    assert (await budi.get(f"/cases/{case_id}/steps/WithdrawRequest")).status_code == 404


def test_the_catalogue_knows_every_text_of_the_rulebooks_refusals() -> None:
    uses = {CodeUse.REJECT_REFUND, CodeUse.REJECT_RETURN, CodeUse.REJECT_CANCEL, CodeUse.REJECT_PARCEL}
    texts = {rule.text for rule in Story().policy.codes if rule.use in uses}
    assert texts <= set(TEXTS)
    assert texts
