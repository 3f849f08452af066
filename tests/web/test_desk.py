"""An agent's pages: the next work, handing it back, the page of a case, the worksheet, and judging by it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.accounts.people import Person, person
from tests.api.shop import Shop
from tests.api.test_queue import disputed
from tests.web.browsing import Browser, Drawn, browser
from tests.web.signing import sign_in
from tests.web.test_steps import ENGLISH

ITEM = "value:CUSTOMER:STATUS_OF_MERCHANDISE:1"


@pytest.fixture
async def rina(shop: Shop) -> Person:
    """An agent with an account."""
    return await person(shop, "rina")


@pytest.fixture
async def desk(visitor: Browser, rina: Person) -> Browser:
    """The agent, signed in on the pages."""
    assert (await sign_in(visitor, rina)).status_code == 303
    return visitor


async def taken(desk: Browser) -> str:
    """A dispute in the agent's hand, with material of the customer."""
    case_id = await disputed(desk.shop, handed_in=True)
    sent = await desk.send((await desk.page("/desk")).form("/desk/next"))
    assert (sent.status_code, sent.headers["location"]) == (303, f"/cases/{case_id}")
    return case_id


async def test_the_next_case_is_one_press_away_and_is_found_again_on_the_desk(desk: Browser) -> None:
    empty = await desk.send((await desk.page("/desk")).form("/desk/next"))
    assert empty.headers["location"] == "/desk?none=yes"
    assert "Nothing waits" in (await desk.page("/desk?none=yes", **ENGLISH)).text
    case_id = await taken(desk)
    page = await desk.page("/desk", **ENGLISH)
    assert f"/cases/{case_id}" in page.links
    assert "Judge a dispute" in page.text
    keys = [found["data-key"] for _, found in page.tags if "data-key" in found]
    assert keys == ["n"]


async def test_the_case_page_has_both_sides_the_data_and_the_worksheet(desk: Browser) -> None:
    case_id = await taken(desk)
    page = await desk.page(f"/cases/{case_id}", **ENGLISH)
    for said in ("The blender does not start.", "We sent a good one.", "It smells of smoke.", "Worksheet", "Signals"):
        assert said in page.text, said
    assert "What the platform knows" in page.text
    assert len(page.source.encode()) < 100_000
    assert f"/cases/{case_id}/steps/Judge?matter=1" in page.links
    keys = [found["data-key"] for _, found in page.tags if "data-key" in found]
    assert len(keys) == len(set(keys)), "a key does one thing"


async def test_what_is_tried_out_is_shown_and_not_recorded_and_what_is_recorded_is_judged(desk: Browser) -> None:
    """S15: the page shows the judgement that then follows."""
    case_id = await taken(desk)
    form = (await desk.page(f"/cases/{case_id}")).form(f"/cases/{case_id}/worksheet")
    marked = {
        ITEM: "VALID",
        "ground:1": "QUALITY",
        "severity:1": "MAJOR",
        "note:CUSTOMER:STATUS_OF_MERCHANDISE:1": "<b>",
    }
    tried = await desk.send(form, headers=ENGLISH, stage="try", fields=marked)
    assert tried.status_code == 200, Drawn(tried.text).text
    assert "For the customer (S15)" in Drawn(tried.text).text
    assert "tried out, not recorded" in tried.text
    assert (
        "S15"
        not in Drawn((await desk.page(f"/cases/{case_id}")).source.partition("outlook")[2].partition("details")[0]).text
    )
    again = Drawn(tried.text).form(f"/cases/{case_id}/worksheet")
    assert again["fields"][ITEM] == ["VALID"], "nothing that was marked is lost"
    assert again["fields"]["note:CUSTOMER:STATUS_OF_MERCHANDISE:1"] == ["<b>"]
    recorded = await desk.send(again, stage="record")
    assert recorded.status_code == 303, Drawn(recorded.text).text
    judged = await desk.step(case_id, "Judge", paragraph="The photo shows it.")
    assert judged.status_code == 303, Drawn(judged.text).text
    page = await desk.page(f"/cases/{case_id}", **ENGLISH)
    assert "Statement of reasons 1" in page.text
    statement = next(link for link in page.links if "/statements/1" in link)
    assert "The photo shows it." in (await desk.page(statement.replace("&amp;", "&"))).text


async def test_what_the_sheet_cannot_mean_comes_back_with_why(desk: Browser) -> None:
    case_id = await taken(desk)
    form = (await desk.page(f"/cases/{case_id}")).form(f"/cases/{case_id}/worksheet")
    for marked in ({ITEM: "NONSENSE"}, {"ground:1": "QUALITY", "worth:1": "much"}):
        wrong = await desk.send(form, stage="record", fields=marked)
        assert wrong.status_code == 422
        assert 'id="wrong"' in wrong.text
    invalid = await desk.send(
        form, stage="try", fields={ITEM: "VALID", "exhibit:CUSTOMER:STATUS_OF_MERCHANDISE:1": "999"}
    )
    assert invalid.status_code in (409, 422)
    assert 'id="wrong"' in invalid.text


async def test_what_binds_asks_for_a_fresh_proof_and_takes_it_in_the_same_form(desk: Browser, rina: Person) -> None:
    case_id = await taken(desk)
    form = (await desk.page(f"/cases/{case_id}")).form(f"/cases/{case_id}/worksheet")
    assert (await desk.send(form, stage="record", fields={ITEM: "VALID", "ground:1": "QUALITY"})).status_code == 303
    desk.shop.clock.forward(minutes=11)
    step = (await desk.page(f"/cases/{case_id}/steps/Judge")).form(f"/cases/{case_id}/steps")
    look = Drawn((await desk.send(step, stage="check", paragraph="Because.")).text)
    give = look.form(f"/cases/{case_id}/steps")
    assert give["fields"]["proof-password"] == [""]
    without = await desk.send(give, stage="give", headers=ENGLISH)
    assert "Type your password" in without.text
    again = Drawn(without.text).form(f"/cases/{case_id}/steps")
    wrong = await desk.send(again, fields={"proof-password": "not this one", "stage": "give"})
    assert wrong.status_code == 200
    assert "not this one" not in wrong.text
    right = Drawn(wrong.text).form(f"/cases/{case_id}/steps")
    assert right["fields"]["paragraph"] == ["Because."]
    done = await desk.send(right, fields={"proof-password": rina.password, "stage": "give"})
    assert done.status_code == 303, Drawn(done.text).text


async def test_work_is_handed_back_with_a_reason_and_is_closed_to_who_knows_a_party(desk: Browser) -> None:
    case_id = await taken(desk)
    form = (await desk.page("/desk")).form("/desk/back")
    assert (await desk.send(form, reason="OTHER", note=" ")).status_code == 422
    assert (await desk.send(form, reason=None)).status_code == 422
    back = await desk.send(form, reason="KNOWS_A_PARTY")
    assert (back.status_code, back.headers["location"]) == (303, "/desk")
    assert f"/cases/{case_id}" not in (await desk.page("/desk")).links
    assert (await desk.get(f"/cases/{case_id}")).status_code in (403, 404)


@pytest.fixture
async def other(shop: Shop) -> AsyncIterator[Browser]:
    """Another agent, signed in."""
    made = browser(shop)
    assert (await sign_in(made, await person(shop, "budi"))).status_code == 303
    yield made
    await made.http.aclose()


async def test_an_agent_without_the_work_sees_and_does_nothing(desk: Browser, other: Browser) -> None:
    case_id = await taken(desk)
    for path in ("", "/steps/Judge", "/similar"):
        assert (await other.get(f"/cases/{case_id}{path}")).status_code in (403, 404), path
    form = (await desk.page(f"/cases/{case_id}")).form(f"/cases/{case_id}/worksheet")
    word = (await other.page("/desk")).form("/leave")["fields"]["token"][0]
    sent = await other.send(form, token=word, stage="record", fields={ITEM: "VALID"})
    assert sent.status_code in (403, 404)


async def test_parties_have_no_desk(ani: Browser) -> None:
    for path in ("/desk", "/me"):
        assert (await ani.get(path)).status_code == 404


async def test_a_draft_of_an_override_waits_for_a_second_person_who_confirms_it(desk: Browser, other: Browser) -> None:
    case_id = await taken(desk)
    form = (await desk.page(f"/cases/{case_id}")).form(f"/cases/{case_id}/worksheet")
    assert (await desk.send(form, stage="record", fields={ITEM: "VALID", "ground:1": "QUALITY"})).status_code == 303
    more: dict[str, Any] = {"override:1": "FOR_SELLER", "why:1": "The film shows another blender."}
    drafted = await desk.step(case_id, "Judge", **more)
    assert drafted.status_code == 303, Drawn(drafted.text).text
    assert "waits for a second person" in (await desk.page(f"/cases/{case_id}", **ENGLISH)).text
    went = await other.send((await other.page("/desk")).form("/desk/next"))
    assert went.headers["location"] == f"/cases/{case_id}"
    assert "The film shows another blender." in (await other.page(f"/cases/{case_id}")).text
    confirmed = await other.send(
        (await other.page(f"/cases/{case_id}/steps/ConfirmJudgement")).form("/cases"), stage="give"
    )
    assert confirmed.status_code == 303, Drawn(confirmed.text).text


async def test_a_contact_is_shown_to_who_says_why(desk: Browser) -> None:
    case_id = await taken(desk)
    contact = {"name": "Ani", "email": "ani@example.com"}
    put = await desk.shop.http.put("/v1/orders/o-1/contacts", json={"customer": contact}, headers=desk.shop.server)
    assert put.status_code == 200
    page = await desk.page(f"/cases/{case_id}")
    assert "ani@example.com" not in page.source
    asked = await desk.send(page.form(f"/cases/{case_id}/contact"))
    assert asked.status_code == 422
    assert "ani@example.com" not in asked.text
    shown = await desk.send(Drawn(asked.text).form("/cases"), reason="She asked to be called back.")
    assert shown.status_code == 200
    assert "ani@example.com" in shown.text


async def test_more_material_is_asked_for_and_more_time_is_given(desk: Browser) -> None:
    """S5: of one side or both, with what is missing named."""
    case_id = await taken(desk)
    later = await desk.step(case_id, "ExtendDue", days="2", text="The film is long.")
    assert later.status_code == 303, Drawn(later.text).text
    for wrong in ("", "x", "61"):
        assert (await desk.step(case_id, "ExtendDue", days=wrong, text="Why not.")).status_code == 422
    assert (await desk.step(case_id, "AskMaterial", text="A photo of the label.")).status_code == 422, "of whom?"
    asked = await desk.step(case_id, "AskMaterial", parties=["SELLER"], text="A photo of the label.")
    assert asked.status_code == 303, Drawn(asked.text).text
    told = await desk.shop.http.get(f"/v1/cases/{case_id}", headers=desk.shop.seller())
    wanted = [each for each in told.json()["expected_material"] if each["asked_by"] == "AGENT"]
    assert [each["text"] for each in wanted] == ["A photo of the label."]


async def test_who_judges_reads_beforehand_what_each_party_will_be_sent(desk: Browser) -> None:
    """S15: from the worksheet and from the last look, in the market's language first, and what was typed comes back."""
    case_id = await taken(desk)
    form = (await desk.page(f"/cases/{case_id}")).form(f"/cases/{case_id}/worksheet")
    assert [value for name, value in form["buttons"] if name == "read"] == ["CUSTOMER", "SELLER"]
    lacking = await desk.send(form, headers=ENGLISH, read="CUSTOMER")
    assert lacking.status_code == 409
    assert "assess" in Drawn(lacking.text).text.lower()
    marked = {ITEM: "VALID", "ground:1": "QUALITY", "severity:1": "MAJOR"}
    sent = await desk.send(form, headers=ENGLISH, read="CUSTOMER", fields=marked)
    read = Drawn(sent.text)
    assert sent.status_code == 200, read.text
    for said in ("Nobody was sent this", "Surat alasan putusan", "It smells of smoke."):
        assert said in read.text, said
    again = read.form(f"/cases/{case_id}/worksheet")
    other = Drawn((await desk.send(again, headers=ENGLISH, read="SELLER:en")).text)
    assert "As the seller will read it" in other.text
    assert "Statement of reasons" in other.text
    assert "It smells of smoke." not in other.text
    back = Drawn((await desk.send(again, headers=ENGLISH, stage="try")).text)
    assert "For the customer (S15)" in back.text
    await desk.send(back.form(f"/cases/{case_id}/worksheet"), stage="record")
    judging = (await desk.page(f"/cases/{case_id}/steps/Judge")).form(f"/cases/{case_id}/steps/Judge")
    looked = Drawn((await desk.send(judging, stage="check", paragraph="<smoke>")).text)
    readings = next(each for each in looked.forms if ("read", "CUSTOMER") in each["buttons"])
    last = Drawn((await desk.send(readings, headers=ENGLISH, read="CUSTOMER:en")).text)
    assert "<smoke>" in last.text
    done = await desk.send(Drawn((await desk.send(last.form("/cases/"), stage="check")).text).forms[-1], stage="give")
    assert (done.status_code, done.headers["location"]) == (303, f"/cases/{case_id}?done=Judge")
    assert (await desk.send(form, read="AGENT")).status_code == 404
