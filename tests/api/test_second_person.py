"""Who judges, over HTTP: a second person, fresh proofs before what binds, what the parties see (decision 0028)."""

import uuid
from typing import Any

import httpx

from mufakat.core.claim import RequestType
from mufakat.engine.accounts.signing_in import RECENT
from tests.accounts.people import PASSWORD, Person, person
from tests.api.shop import Shop
from tests.core.story import Story

AFRESH = RECENT.total_seconds() + 1
OVERRIDE = {"line_id": "1", "decision": "FOR_SELLER", "text": "The photo is of another blender."}


async def give(shop: Shop, case_id: str, headers: dict[str, str], command: str, **fields: Any) -> httpx.Response:
    return await shop.give(case_id, headers | {"idempotency-key": uuid.uuid4().hex}, command, **fields)


async def to_judge(shop: Shop, agent: dict[str, str]) -> str:
    """A dispute whose findings are made, so that it would be judged for the customer; its case."""
    case_id = await shop.case()
    code = Story().reject_code(RequestType.RETURN_AND_REFUND)
    material = {"item": "STATUS_OF_MERCHANDISE", "kind": "TEXT", "text": "It smells of smoke."}
    found = {"line_id": "1", "party": "CUSTOMER", "item": "STATUS_OF_MERCHANDISE", "value": "VALID", "exhibit": 1}
    steps: tuple[tuple[dict[str, str], str, dict[str, Any]], ...] = (
        (shop.seller(), "RejectRequest", {"code": code}),
        (shop.customer(), "RaiseDispute", {"text": "It never worked."}),
        (shop.customer(), "HandIn", {"material": material}),
        (shop.customer(), "CompleteMaterial", {}),
        (shop.seller(), "CompleteMaterial", {}),
        (agent, "RecordFinding", found),
        (agent, "AssessLine", {"assessment": {"line_id": "1", "ground": "QUALITY"}}),
    )
    for headers, command, fields in steps:
        said = await give(shop, case_id, headers, command, **fields)
        assert said.status_code == 200, said.text
    return case_id


async def taken(who: Person) -> None:
    """The next work is that person's: the case, or what a colleague drafted about it."""
    found = await who.ask("POST", "queue/next")
    assert found.status_code == 200, found.text


async def matter(shop: Shop, case_id: str, headers: dict[str, str]) -> dict[str, Any]:
    read = await shop.http.get(f"/v1/cases/{case_id}", headers=headers)
    assert read.status_code == 200, read.text
    found: dict[str, Any] = read.json()["matters"][0]
    return found


async def test_an_override_is_drafted_by_one_person_and_bound_by_another(shop: Shop) -> None:
    first, second = await person(shop, "rina"), await person(shop, "budi")
    case_id = await to_judge(shop, await shop.agent())
    await taken(first)
    drafted = await give(shop, case_id, first.headers, "Judge", overrides=[OVERRIDE])
    assert drafted.status_code == 200, drafted.text
    await taken(second)
    draft = (await matter(shop, case_id, second.headers))["draft"]
    assert (draft["by"], draft["reasons"]) == (first.account_id, {"1": OVERRIDE["text"]})
    assert (draft["lines"][0]["rule"], draft["lines"][0]["set_aside"]) == ("OVERRIDE", "S15")
    for party in (shop.customer(), shop.seller()):
        assert (await matter(shop, case_id, party))["draft"] is None
        timeline = await shop.http.get(f"/v1/cases/{case_id}/timeline", headers=party)
        assert "second agent" not in timeline.text
    own = await give(shop, case_id, first.headers, "ConfirmJudgement")
    assert (own.status_code, own.json()["code"]) == (403, "NOT_YOUR_WORK")
    bound = await give(shop, case_id, second.headers, "ConfirmJudgement")
    assert bound.status_code == 200, bound.text
    late = await give(shop, case_id, first.headers, "ReturnDraft", text="I erred.")
    assert (late.status_code, late.json()["code"]) == (403, "NOT_YOUR_WORK")
    for party in (shop.customer(), shop.seller()):
        seen = await matter(shop, case_id, party)
        assert (seen["phase"], seen["judgement"][0]["set_aside"]) == ("DISMISSED", "S15")
        for language, confirmed in (("en", "a second person confirmed it"), ("id", "disetujui petugas kedua")):
            statement = await shop.http.get(f"/v1/cases/{case_id}/statements/1?language={language}", headers=party)
            assert OVERRIDE["text"] in statement.text
            assert confirmed in statement.text
            assert not any(each.account_id in statement.text for each in (first, second))


async def test_who_drafted_takes_the_draft_back_and_nobody_else_without_work(shop: Shop) -> None:
    first, second, third = await person(shop, "rina"), await person(shop, "budi"), await person(shop, "sari")
    case_id = await to_judge(shop, await shop.agent())
    await taken(first)
    assert (await give(shop, case_id, first.headers, "Judge", overrides=[OVERRIDE])).status_code == 200
    await taken(second)
    stranger = await give(shop, case_id, third.headers, "ReturnDraft", text="Let me.")
    assert (stranger.status_code, stranger.json()["code"]) == (403, "NOT_YOUR_WORK")
    wordless = await give(shop, case_id, first.headers, "ReturnDraft")
    assert (wordless.status_code, wordless.json()["code"]) == (422, "REASON_NEEDED")
    back = await give(shop, case_id, first.headers, "ReturnDraft", text="I erred.")
    assert back.status_code == 200, back.text
    assert (await matter(shop, case_id, first.headers))["draft"] is None


async def test_what_binds_needs_a_fresh_proof_of_who_gives_it(shop: Shop) -> None:
    """ASVS 7.5.3: before judging money. What only prepares a judgement needs none."""
    rina = await person(shop, "rina")
    shop.clock.forward(seconds=AFRESH)
    case_id = await to_judge(shop, await shop.agent())
    await taken(rina)
    binding: dict[str, dict[str, Any]] = {
        **{name: {} for name in ("Judge", "ConfirmJudgement", "DecideAppeal", "SendBack")},
        "AssessReturn": {"issue": None},
        "RecordOrder": {"amount": 1},
    }
    for command, fields in binding.items():
        said = await give(shop, case_id, rina.headers, command, **fields)
        assert (said.status_code, said.json()["code"]) == (403, "REAUTHENTICATION_NEEDED"), said.text
    await prove(rina)
    judged = await give(shop, case_id, rina.headers, "Judge")
    assert judged.status_code == 200, judged.text
    assert judged.json()["case"]["matters"][0]["phase"] == "AWARDED"


async def prove(who: Person) -> None:
    proved = await who.ask("POST", "sessions/reauthenticate", password=PASSWORD)
    assert proved.status_code == 200, proved.text


async def test_a_machines_token_proves_itself_with_every_request(shop: Shop) -> None:
    token = await shop.agent()
    shop.clock.forward(seconds=AFRESH)
    case_id = await to_judge(shop, token)
    assert (await give(shop, case_id, token, "Judge")).status_code == 200


async def test_a_server_does_not_let_the_machine_judge_past_the_signals(shop: Shop) -> None:
    case_id = await to_judge(shop, await shop.agent())
    said = await give(shop, case_id, shop.server, "JudgeAutomatically")
    assert (said.status_code, said.json()["code"]) == (400, "BODY_NOT_VALID")


async def test_a_draft_that_is_returned_says_why_to_agents_only(shop: Shop) -> None:
    first, second = await person(shop, "rina"), await person(shop, "budi")
    case_id = await to_judge(shop, await shop.agent())
    await taken(first)
    await give(shop, case_id, first.headers, "Judge", overrides=[OVERRIDE])
    await taken(second)
    returned = await give(shop, case_id, second.headers, "ReturnDraft", text="Exhibit 1 is the right one.")
    assert returned.status_code == 200, returned.text
    assert "Exhibit 1 is the right one." in returned.text
    for party in (shop.customer(), shop.seller()):
        for path in ("", "/timeline", "/messages"):
            read = await shop.http.get(f"/v1/cases/{case_id}{path}", headers=party)
            assert "Exhibit 1 is the right one." not in read.text
            assert OVERRIDE["text"] not in read.text
    await taken(second)  # now it is to be judged, which is other work than confirming
    assert (await give(shop, case_id, second.headers, "Judge")).json()["case"]["matters"][0]["phase"] == "AWARDED"


async def offered(who: Person, case_id: str) -> set[str]:
    """The commands that a case offers to somebody."""
    read = await who.ask("GET", f"cases/{case_id}")
    assert read.status_code == 200, read.text
    return {each["command"] for each in read.json()["available_actions"]}


async def test_what_is_offered_is_what_would_not_be_refused_as_anothers_work(shop: Shop) -> None:
    """Judging is for whoever has the work, confirming for the second person, a draft also goes back to its drafter."""
    first, second, lead = await person(shop, "rina"), await person(shop, "budi"), await person(shop, "lia", "LEAD")
    case_id = await to_judge(shop, await shop.agent())
    assert await offered(lead, case_id) >= {"ExtendDue"}
    assert not await offered(lead, case_id) & {"Judge", "AssessLine", "AskMaterial"}
    await taken(first)
    assert await offered(first, case_id) >= {"Judge", "AssessLine", "AskMaterial", "ExtendDue"}
    drafted = await give(shop, case_id, first.headers, "Judge", overrides=[OVERRIDE])
    assert "ConfirmJudgement" not in {each["command"] for each in drafted.json()["case"]["available_actions"]}
    assert await offered(first, case_id) == {"ReturnDraft"}
    await taken(second)
    assert await offered(second, case_id) >= {"ConfirmJudgement", "ReturnDraft"}
    shop.clock.forward(minutes=61)
    assert (await second.sign_in()).status_code == 201
    assert await offered(second, case_id) == set()
    tag = (await second.ask("GET", f"cases/{case_id}")).headers["etag"]
    await taken(second)
    assert (await second.ask("GET", f"cases/{case_id}")).headers["etag"] != tag


async def test_a_machine_is_not_offered_to_confirm_its_own_draft(shop: Shop) -> None:
    machine = await shop.agent()
    case_id = await to_judge(shop, machine)
    drafted = await give(shop, case_id, machine, "Judge", overrides=[OVERRIDE])
    commands = {each["command"] for each in drafted.json()["case"]["available_actions"]}
    assert "ReturnDraft" in commands
    assert "ConfirmJudgement" not in commands
    other = await shop.http.get(f"/v1/cases/{case_id}", headers=await shop.agent("agent-2"))
    assert "ConfirmJudgement" in {each["command"] for each in other.json()["available_actions"]}


async def test_leads_see_what_waits_for_a_second_person_and_why(shop: Shop) -> None:
    first, lead = await person(shop, "rina"), await person(shop, "lia", "LEAD")
    assert (await lead.ask("GET", "queue/drafts")).json() == {"drafts": [], "next": None}
    case_id = await to_judge(shop, await shop.agent())
    await taken(first)
    drafted = await give(shop, case_id, first.headers, "Judge", overrides=[OVERRIDE])
    assert drafted.status_code == 200, drafted.text
    (draft,) = (await lead.ask("GET", "queue/drafts")).json()["drafts"]
    assert (draft["work"]["case_id"], draft["work"]["kind"]) == (case_id, "CONFIRM")
    assert (draft["drafted_by"], draft["why"], draft["above"]) == (first.account_id, ["OVERRIDDEN"], None)
    assert (draft["amount"], draft["appeal"], draft["own"]) == (45_000_000, False, False)
    assert draft["drafted_at"] == drafted.json()["recorded"][-1]["at"]
    assert (await first.ask("GET", "queue/drafts")).status_code == 403
    tied = await person(shop, "wati", "LEAD", ties=["s-1"])
    assert (await tied.ask("GET", "queue/drafts")).json()["drafts"] == []
    back = await give(shop, case_id, first.headers, "ReturnDraft", text="I erred.")
    assert back.status_code == 200, back.text
    assert (await lead.ask("GET", "queue/drafts")).json()["drafts"] == []


async def test_a_lead_who_drafted_is_told_so(shop: Shop) -> None:
    lead = await person(shop, "lia", "LEAD")
    case_id = await to_judge(shop, await shop.agent())
    work = {"case_id": case_id, "matter": 1, "kind": "JUDGE", "account_id": lead.account_id}
    assert (await lead.ask("POST", "queue/assign", **work)).status_code == 200
    assert (await give(shop, case_id, lead.headers, "Judge", overrides=[OVERRIDE])).status_code == 200
    (draft,) = (await lead.ask("GET", "queue/drafts")).json()["drafts"]
    assert draft["own"]
