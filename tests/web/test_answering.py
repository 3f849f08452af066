"""Answers to several requests at once: one look, one key for each, and what came of each."""

import pytest

from mufakat.core.claim import RequestType
from mufakat.core.parties import Role
from tests.core.story import Story
from tests.web.browsing import Browser, Drawn
from tests.web.test_selling import budi, matter_of
from tests.web.test_steps import ENGLISH

__all__ = ["budi"]
CODE = Story().reject_code(RequestType.RETURN_AND_REFUND)


async def ticked(budi: Browser, cases: list[str], answer: str) -> Drawn:
    """The look at what an answer to these cases would lead to."""
    page = await budi.page("/cases?show=answer", **ENGLISH)
    sent = await budi.send(page.form("/answers"), headers=ENGLISH, case=cases, answer=answer)
    assert sent.status_code == 200, Drawn(sent.text).text
    return Drawn(sent.text)


async def test_several_are_approved_after_one_look_and_none_twice(budi: Browser) -> None:
    shop = budi.shop
    cases = [await shop.case(f"o-{n}", type="REFUND") for n in range(3)]
    look = await ticked(budi, cases[:2], "ApproveRequest")
    assert "Approve 2 requests" in look.text
    assert "The customers get Rp900,000" in look.text
    assert [(await matter_of(shop, each))["phase"] for each in cases] == ["REVIEW"] * 3, "nothing was done yet"
    form = look.form("/answers")
    for _ in range(2):
        done = Drawn((await budi.send(form, headers=ENGLISH, stage="give")).text)
        assert done.text.count("Done:") == 2, done.text
        assert "Not done" not in done.text
    assert [(await matter_of(shop, each))["phase"] for each in cases] == ["PAYING", "PAYING", "REVIEW"]


async def test_the_look_is_in_the_readers_language(budi: Browser) -> None:
    case_id = await budi.shop.case()
    page = await budi.page("/cases")
    look = Drawn((await budi.send(page.form("/answers"), case=case_id, answer="ApproveRequest")).text)
    assert "Setujui 1 permintaan" in look.text


async def test_what_has_moved_on_is_left_alone_and_told_of(budi: Browser) -> None:
    shop = budi.shop
    cases = [await shop.case(f"o-{n}") for n in range(2)]
    form = (await ticked(budi, cases, "ApproveRequest")).form("/answers")
    assert (await shop.give(cases[0], shop.customer(), "WithdrawRequest")).status_code == 200
    done = Drawn((await budi.send(form, headers=ENGLISH, stage="give")).text)
    assert (done.text.count("Not done:"), done.text.count("Done:")) == (1, 1)
    assert [(await matter_of(shop, each))["phase"] for each in cases] == ["CLOSED", "AWAITING_RETURN"]


async def test_several_are_refused_with_a_reason_of_the_market(budi: Browser) -> None:
    shop = budi.shop
    cases = [await shop.case(f"o-{n}") for n in range(2)]
    look = await ticked(budi, cases, "RejectRequest")
    assert CODE not in look.text, "no reason is chosen yet"
    lacking = Drawn((await budi.send(look.form("/answers"), headers=ENGLISH, stage="give", text="It was whole.")).text)
    assert "It was whole." in lacking.source
    assert (await matter_of(shop, cases[0]))["phase"] == "REVIEW", "no reason, no refusal"
    chosen = {"code-RETURN_AND_REFUND": CODE, "stage": "give"}
    done = Drawn((await budi.send(lacking.form("/answers"), headers=ENGLISH, fields=chosen)).text)
    assert done.text.count("Done:") == 2, done.text
    assert [(await matter_of(shop, each))["phase"] for each in cases] == ["REJECTED", "REJECTED"]


@pytest.mark.parametrize("answer", ["WithdrawRequest", ""])
async def test_only_answers_of_sellers_are_given_and_only_to_their_own(budi: Browser, answer: str) -> None:
    case_id = await budi.shop.case()
    form = (await budi.page("/cases")).form("/answers")
    assert (await budi.send(form, case=case_id, answer=answer)).status_code == 404
    await budi.enter(Role.CUSTOMER)
    word = (await budi.page("/orders")).form("/leave")["fields"]["token"]
    fields = {"token": word, "case": [case_id], "answer": ["ApproveRequest"], "stage": ["give"]}
    assert (await budi.send({"action": "/answers", "fields": fields})).status_code == 404
    assert (await matter_of(budi.shop, case_id))["phase"] == "REVIEW"


async def test_without_a_tick_the_worklist_says_so(budi: Browser) -> None:
    await budi.shop.case()
    form = (await budi.page("/cases")).form("/answers")
    sent = await budi.send(form, answer="ApproveRequest")
    assert sent.status_code == 303
    assert "Tick at least one request." in (await budi.page(sent.headers["location"], **ENGLISH)).text
