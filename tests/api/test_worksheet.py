"""The worksheet over HTTP: agents and leads see it and try answers out; nobody else hears of it."""

import json
import uuid
from typing import Any, Final

import pytest

from mufakat.api import principals
from mufakat.core.claim import RequestType
from mufakat.store.records import CredentialKind
from tests.api.shop import SHOP, Shop
from tests.core.story import Story

ITEM: Final = "STATUS_OF_MERCHANDISE"
ANSWERS: Final = [
    {
        "line_id": "1",
        "party": "CUSTOMER",
        "item": ITEM,
        "value": "VALID",
        "exhibit": 1,
        "text": "Smoke is to be seen.",
    }
]
ASSESSMENTS: Final = [{"line_id": "1", "ground": "QUALITY", "severity": "MAJOR", "text": "It does not start."}]
WHOLE: Final = {"answers": ANSWERS, "assessments": ASSESSMENTS}


class Desk:
    """A dispute over HTTP on which the platform decides."""

    def __init__(self, shop: Shop, case_id: str, agent: dict[str, str]) -> None:
        self.shop, self.case_id, self.agent = shop, case_id, agent
        self.url = f"/v1/cases/{case_id}/worksheet"

    async def give(self, headers: dict[str, str], command: str, **fields: Any) -> dict[str, Any]:
        """A command that must be allowed."""
        said = await self.shop.give(self.case_id, headers | {"idempotency-key": uuid.uuid4().hex}, command, **fields)
        assert said.status_code == 200, said.text
        done: dict[str, Any] = said.json()
        return done

    async def read(self, **headers: str) -> dict[str, Any]:
        """The worksheet as it stands."""
        said = await self.shop.http.get(self.url, headers=self.agent | headers)
        assert said.status_code == 200, said.text
        whole: dict[str, Any] = said.json()
        return whole


async def deciding(shop: Shop) -> Desk:
    """Both sides are complete, and only the customer handed something in."""
    desk = Desk(shop, await shop.case(), await shop.agent())
    code = Story().reject_code(RequestType.RETURN_AND_REFUND)
    await desk.give(shop.seller(), "RejectRequest", code=code, text="We sent a good one.")
    await desk.give(shop.customer(), "RaiseDispute", text="It never worked.")
    await desk.give(
        shop.customer(), "HandIn", material={"item": ITEM, "kind": "TEXT", "text": "It smells.", "lines": ["1"]}
    )
    for party in (shop.customer(), shop.seller()):
        await desk.give(party, "CompleteMaterial")
    return desk


def line_of(whole: dict[str, Any]) -> dict[str, Any]:
    line: dict[str, Any] = whole["sheets"][0]["lines"][0]
    return line


async def test_the_sheet_says_what_is_open_and_why_nothing_can_be_judged_yet(shop: Shop) -> None:
    desk = await deciding(shop)
    whole = await desk.read()
    (sheet,) = whole["sheets"]
    assert (sheet["phase"], sheet["command"], sheet["total"], sheet["after"]) == ("DECIDING", "Judge", 0, [])
    assert sheet["not_now"]["code"] == "FINDINGS_MISSING"
    line = line_of(whole)
    assert line["unanswered"] == 1
    states = {(each["party"], each["item"]): each["state"] for each in line["items"]}
    assert states.pop(("CUSTOMER", ITEM)) == "OPEN"
    assert set(states.values()) == {"DERIVED"}
    assert line["judgement"] is None
    assert {each["applies"] for each in line["rules"]} == {"OPEN"}
    assert all(each["reason"] and each["text"] for each in line["rules"])


async def test_what_is_tried_out_is_what_recording_then_gives_and_writes_nothing(shop: Shop) -> None:
    """S15, S24: one command records it all, and the judgement is the one that the sheet showed."""
    desk = await deciding(shop)
    before = await desk.read()
    tried = await shop.http.post(desk.url, json=WHOLE, headers=desk.agent)
    assert tried.status_code == 200, tried.text
    assert await desk.read() == before
    supposed = tried.json()
    judged = line_of(supposed)["judgement"]
    assert (judged["rule"], judged["decision"], judged["risk_rule"]) == ("S15", "FOR_CUSTOMER", "S24")
    bearing = next(each for each in line_of(supposed)["rules"] if each["rule"] == "S24")
    assert bearing["applies"] == "YES"
    assert bearing["bearing"] == "Breakage: the seller; damage: the seller; loss: the seller"
    assert supposed["sheets"][0]["not_now"] is None
    after = supposed["sheets"][0]["after"][0]["after"]

    done = await desk.give(desk.agent, "RecordFindings", **WHOLE)
    assert [each["event"] for each in done["recorded"]] == ["finding.recorded", "line.assessed"]
    stands = await desk.read()
    assert line_of(stands)["assessment"]["text"] == "It does not start."
    assert without_notes(stands) == without_notes(supposed)
    done = await desk.give(desk.agent, "Judge")
    matter = done["case"]["matters"][0]
    assert (matter["phase"], matter["due"]) == (after["phase"], after["due"])
    assert {name: matter["judgement"][0][name] for name in judged if "because" not in name and "over" not in name} == {
        name: value for name, value in judged.items() if "because" not in name and "over" not in name
    }
    in_force = (await desk.read())["sheets"][0]
    assert (in_force["is_judged"], in_force["lines"][0]["judgement"]) == (True, judged)


def without_notes(whole: dict[str, Any]) -> dict[str, Any]:
    """A worksheet without version and notes: of what is only tried out, no note is kept that could be told."""
    copy: dict[str, Any] = json.loads(json.dumps(whole))
    copy["version"] = 0
    line = line_of(copy)
    line["assessment"]["text"] = ""
    for each in line["items"]:
        if each["finding"] is not None:
            each["finding"]["text"] = ""
    return copy


async def test_trying_out_meets_the_refusal_that_recording_would_meet(shop: Shop) -> None:
    desk = await deciding(shop)
    horoscope = ANSWERS[0] | {"item": "HOROSCOPE"}
    tried = await shop.http.post(desk.url, json={"answers": [horoscope]}, headers=desk.agent)
    recorded = await shop.give(desk.case_id, desk.agent, "RecordFindings", answers=[horoscope])
    assert tried.status_code == recorded.status_code == 422
    assert tried.json()["code"] == recorded.json()["code"] == "NOT_EXPECTED"
    twice = await shop.http.post(desk.url, json={"answers": ANSWERS * 2}, headers=desk.agent)
    assert (twice.status_code, twice.json()["code"]) == (422, "ANSWERED_TWICE")
    long = [ANSWERS[0] | {"text": "x" * 19_999}]
    too_long = await shop.http.post(desk.url, json={"answers": long}, headers=desk.agent)
    assert too_long.json()["code"] == "TEXT_TOO_LONG"


async def test_only_the_platforms_people_have_it(shop: Shop) -> None:
    """Neither party, nor the marketplace's server, nor an agent who is tied to a party; leads have it as agents do."""
    desk = await deciding(shop)
    lead = principals.make(CredentialKind.LEAD, SHOP, "lia", frozenset(), shop.clock.now(), None)
    assert await shop.site.store.put_credential(lead.credential)
    seen = await shop.http.get(desk.url, headers={"authorization": f"Bearer {lead.text}"})
    assert seen.json() == await desk.read()
    for headers in (shop.customer(), shop.seller(), shop.server):
        for said in (
            await shop.http.get(desk.url, headers=headers),
            await shop.http.post(desk.url, json=WHOLE, headers=headers),
        ):
            assert said.status_code == 403, said.text
            assert "sheets" not in said.text
    own = await shop.http.get(desk.url, headers=await shop.agent("c-1"))
    assert (own.status_code, own.json()["code"]) == (403, "CONFLICT_OF_INTEREST")


async def test_only_an_agents_case_says_where_its_worksheet_is(shop: Shop) -> None:
    desk = await deciding(shop)
    href = f"/v1/cases/{desk.case_id}"
    assert (await shop.http.get(href, headers=desk.agent)).json()["links"]["worksheet"] == desk.url
    for headers in (shop.customer(), shop.seller(), shop.server):
        assert "worksheet" not in (await shop.http.get(href, headers=headers)).json()["links"]


@pytest.mark.parametrize("language, says", [("en", "Nobody handed it in."), ("id", "Tidak ada yang menyerahkannya.")])
async def test_it_speaks_the_agents_language(shop: Shop, language: str, says: str) -> None:
    desk = await deciding(shop)
    whole = await desk.read(**{"accept-language": language})
    assert whole["language"] == language
    assert {each["derivation"] for each in line_of(whole)["items"] if each["state"] == "DERIVED"} == {says}
