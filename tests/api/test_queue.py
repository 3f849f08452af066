"""The queue over HTTP: who takes what, what agents see of it and what leads do, and that nobody acts beside it."""

import uuid
from datetime import timedelta
from typing import Any

import httpx
import pytest

from mufakat.api.held import FITTING
from mufakat.core import commands as c
from mufakat.core.claim import RequestType
from mufakat.core.refusals import Code
from mufakat.core.waiting import DECIDING, WorkKind
from tests.accounts.people import Person, person, refused
from tests.api.shop import Shop
from tests.core.story import Story

NOT_YOURS = (403, Code.NOT_YOUR_WORK.value)


async def disputed(shop: Shop, order_id: str = "o-1", *, handed_in: bool = False) -> str:
    """A case that waits for an agent to judge it."""
    case_id = await shop.case(order_id)
    code = Story().reject_code(RequestType.RETURN_AND_REFUND)
    material = {"item": "STATUS_OF_MERCHANDISE", "kind": "TEXT", "text": "It smells of smoke."}
    steps: list[tuple[dict[str, str], str, dict[str, Any]]] = [
        (shop.seller(), "RejectRequest", {"code": code, "text": "We sent a good one."}),
        (shop.customer(), "RaiseDispute", {"text": "It never worked."}),
        *([(shop.customer(), "HandIn", {"material": material})] if handed_in else []),
        (shop.customer(), "CompleteMaterial", {}),
        (shop.seller(), "CompleteMaterial", {}),
    ]
    for headers, command, more in steps:
        said = await shop.give(case_id, headers, command, **more)
        assert said.status_code == 200, said.text
    return case_id


async def take(who: Person) -> Any:
    """Ask for the next work."""
    said = await who.ask("POST", "queue/next")
    assert said.status_code == 200, said.text
    return said.json()["work"]


async def give(who: Person, case_id: str, command: str, **fields: Any) -> httpx.Response:
    """Give a case a command."""
    return await who.shop.give(case_id, who.headers | {"idempotency-key": uuid.uuid4().hex}, command, **fields)


def work(case_id: str, kind: str = "JUDGE") -> dict[str, Any]:
    """Names the work about the only matter of a case."""
    return {"case_id": case_id, "matter": 1, "kind": kind}


FOUND = {"line_id": "1", "ground": "QUALITY"}


async def test_an_agent_takes_judges_and_appeals_go_to_another(shop: Shop) -> None:
    case_id = await disputed(shop)
    rina, budi = await person(shop, "rina"), await person(shop, "budi")
    taken = await take(rina)
    assert (taken["case_id"], taken["kind"], taken["holder"]) == (case_id, "JUDGE", rina.account_id)
    assert taken["amount"] == 45_000_000
    assert await take(budi) is None
    assert (await rina.ask("GET", f"cases/{case_id}")).status_code == 200
    assert (await give(rina, case_id, "AssessLine", assessment=FOUND)).status_code == 200
    judged = await give(rina, case_id, "Judge")
    assert judged.status_code == 200, judged.text
    assert (await rina.ask("GET", "queue")).json()["work"] == []
    assert (await rina.ask("GET", f"cases/{case_id}")).status_code == 200  # it worked on it


async def test_without_having_it_an_agent_neither_sees_nor_decides(shop: Shop) -> None:
    case_id = await disputed(shop)
    rina, budi = await person(shop, "rina"), await person(shop, "budi")
    await take(rina)
    for path in ("", "/timeline", "/messages", "/events", "/record", "/statements", "/money", "/signals", "/policy"):
        assert refused(await budi.ask("GET", f"cases/{case_id}{path}")) == NOT_YOURS, path
    for path in ("orders/o-1", "orders/o-1/contacts", "orders/o-1/eligibility", "sellers/s-1/statement"):
        assert refused(await budi.ask("GET", path)) == NOT_YOURS, path
    said = await give(budi, case_id, "AssessLine", assessment=FOUND)
    assert refused(said) == NOT_YOURS
    assert "queue" in said.json()["detail"]
    assert refused(await give(budi, case_id, "ExtendDue", seconds=3600, text="later")) == NOT_YOURS
    preview = await budi.ask("POST", f"cases/{case_id}/preview", command="Judge")
    assert refused(preview) == NOT_YOURS
    assert (await budi.ask("GET", "cases")).json()["cases"] == []
    assert [each["case_id"] for each in (await rina.ask("GET", "cases")).json()["cases"]] == [case_id]
    assert refused(await budi.ask("GET", "cases/no-such-case")) == (404, "NO_SUCH_CASE")


async def test_a_command_of_work_that_one_had_is_refused(shop: Shop) -> None:
    case_id = await disputed(shop)
    rina, budi = await person(shop, "rina"), await person(shop, "budi")
    await take(rina)
    shop.clock.forward(minutes=50)
    assert (await give(rina, case_id, "AssessLine", assessment=FOUND)).status_code == 200
    shop.clock.forward(minutes=50)
    await budi.sign_in()
    assert await take(budi) is None  # what rina did began her hour anew
    shop.clock.forward(minutes=11)
    await rina.sign_in()
    assert refused(await give(rina, case_id, "Judge")) == NOT_YOURS
    await budi.sign_in()
    assert (await take(budi))["case_id"] == case_id
    assert refused(await give(rina, case_id, "Judge")) == NOT_YOURS
    assert (await rina.ask("GET", f"cases/{case_id}")).status_code == 200


async def test_a_lead_sees_all_and_takes_what_it_judges(shop: Shop) -> None:
    case_id = await disputed(shop)
    lead = await person(shop, "lia", "LEAD")
    assert (await lead.ask("GET", f"cases/{case_id}")).status_code == 200
    assert len((await lead.ask("GET", "cases")).json()["cases"]) == 1
    assert (await lead.ask("GET", "sellers/s-1/statement")).status_code == 200
    assert refused(await give(lead, case_id, "AssessLine", assessment=FOUND)) == NOT_YOURS
    assert (await give(lead, case_id, "ExtendDue", seconds=3600, text="later")).status_code == 200
    assigned = await lead.ask("POST", "queue/assign", **work(case_id), account_id=lead.account_id)
    assert (assigned.json()["holder"], assigned.json()["until"]) == (lead.account_id, None)
    assert (await give(lead, case_id, "AssessLine", assessment=FOUND)).status_code == 200


async def test_tokens_of_machines_are_not_held_to_work(shop: Shop) -> None:
    case_id = await disputed(shop)
    machine = await shop.agent("robot")
    assert (await shop.http.get(f"/v1/cases/{case_id}", headers=machine)).status_code == 200
    assert (await shop.give(case_id, machine, "AssessLine", assessment=FOUND)).status_code == 200
    taken = await shop.http.post("/v1/queue/next", headers=machine)
    assert taken.json()["work"]["holder"] == "robot"


async def test_handing_back_says_why_and_leads_read_it(shop: Shop) -> None:
    case_id = await disputed(shop)
    rina, budi, lead = await person(shop, "rina"), await person(shop, "budi"), await person(shop, "lia", "LEAD")
    await take(rina)
    shop.clock.forward(minutes=1)
    assert refused(await rina.ask("POST", "queue/hand-back", **work(case_id), reason="OTHER", note=" ")) == (
        *(400, "BODY_NOT_VALID"),
    )
    assert refused(await budi.ask("POST", "queue/hand-back", **work(case_id), reason="NO_TIME")) == NOT_YOURS
    back = await rina.ask("POST", "queue/hand-back", **work(case_id), reason="KNOWS_A_PARTY", note="Ani is my aunt")
    assert back.json() == {"work": [], "next": None}
    assert refused(await rina.ask("GET", f"cases/{case_id}")) == (403, "CONFLICT_OF_INTEREST"), "it said so itself"
    assert (await rina.ask("GET", "cases")).json()["cases"] == []
    assert await take(rina) is None
    shop.clock.forward(minutes=1)
    assert await take(budi) is not None
    entries = (await lead.ask("GET", f"cases/{case_id}/work")).json()["entries"]
    assert [(each["what"], each["agent_id"], each["reason"], each["note"]) for each in entries] == [
        ("TAKEN", rina.account_id, None, None),
        ("HANDED_BACK", rina.account_id, "KNOWS_A_PARTY", "Ani is my aunt"),
        ("TAKEN", budi.account_id, None, None),
    ]
    assert refused(await budi.ask("GET", f"cases/{case_id}/work")) == (403, "NOT_ALLOWED")
    rows = await shop.site.store.fetch("SELECT * FROM work_log")
    assert "aunt" not in repr(rows)


async def test_leads_assign_but_never_to_who_may_not(shop: Shop) -> None:
    case_id = await disputed(shop)
    lead, rina = await person(shop, "lia", "LEAD"), await person(shop, "rina", ties=["c-1"])
    budi = await person(shop, "budi", categories=["toys"])
    assign = {**work(case_id), "account_id": rina.account_id}
    assert refused(await lead.ask("POST", "queue/assign", **assign)) == (403, "CONFLICT_OF_INTEREST")
    for wrong, where, said in (({"account_id": "nobody"}, "account_id", "account"), ({"matter": 2}, "kind", "work")):
        nothing = await lead.ask("POST", "queue/assign", **assign | {"account_id": budi.account_id} | wrong)
        assert refused(nothing) == (404, "NOT_FOUND")
        assert nothing.json()["where"] == where
        assert said in nothing.json()["detail"].partition(";")[0]
    assert refused(await budi.ask("POST", "queue/assign", **assign)) == (403, "NOT_ALLOWED")
    given = await lead.ask("POST", "queue/assign", **assign | {"account_id": budi.account_id})
    assert given.json()["holder"] == budi.account_id
    assert (await give(budi, case_id, "AssessLine", assessment=FOUND)).status_code == 200
    put_back = await lead.ask("POST", "queue/assign", **assign | {"account_id": None})
    assert put_back.json()["holder"] is None
    assert refused(await give(budi, case_id, "Judge")) == NOT_YOURS
    gone = f"accounts/{budi.account_id}/disable"
    assert (await lead.ask("POST", gone)).status_code == 200
    assert refused(await lead.ask("POST", "queue/assign", **assign | {"account_id": budi.account_id})) == (
        *(409, "ACCOUNT_DISABLED"),
    )


async def test_an_appeal_goes_to_another_than_who_judged(shop: Shop) -> None:
    case_id = await disputed(shop, handed_in=True)
    lead, rina = await person(shop, "lia", "LEAD"), await person(shop, "rina")
    await take(rina)
    found = {"line_id": "1", "party": "CUSTOMER", "item": "STATUS_OF_MERCHANDISE", "value": "VALID", "exhibit": 1}
    for command, fields in (("RecordFinding", found), ("AssessLine", {"assessment": FOUND}), ("Judge", {})):
        said = await give(rina, case_id, command, **fields)
        assert said.status_code == 200, said.text
    for headers, command in (
        *((shop.seller(), "Appeal"), (shop.seller(), "CompleteMaterial"), (shop.customer(), "CompleteMaterial")),
    ):
        said = await shop.give(case_id, headers, command, **({"text": "No."} if command == "Appeal" else {}))
        assert said.status_code == 200, said.text
    assert await take(rina) is None
    said = await lead.ask("POST", "queue/assign", **work(case_id, "APPEAL"), account_id=rina.account_id)
    assert refused(said) == (403, "SAME_AGENT")
    assert refused(await give(rina, case_id, "DecideAppeal")) == NOT_YOURS
    assert (await take(lead))["kind"] == "APPEAL"
    assert refused(await give(lead, case_id, "Judge")) == NOT_YOURS  # that is another kind of work
    assert (await give(lead, case_id, "DecideAppeal")).status_code == 200


async def test_leads_see_how_it_stands_and_what_is_stuck(shop: Shop) -> None:
    cases = [await disputed(shop, f"o-{n}") for n in (1, 2, 3)]
    lead, rina = await person(shop, "lia", "LEAD", categories=["toys"]), await person(shop, "rina", ties=["s-1"])
    assert await take(rina) is None
    listed = (await lead.ask("GET", "queue")).json()
    assert {each["case_id"] for each in listed["work"]} == set(cases)
    assert not any(each["stuck"] for each in listed["work"])  # lines without a category ask for no skill
    first = await lead.ask("GET", "queue?limit=2")
    second = await lead.ask("GET", f"queue?limit=2&cursor={first.json()['next']}")
    assert [*first.json()["work"], *second.json()["work"]] == listed["work"]
    assert second.json()["next"] is None
    assert refused(await lead.ask("GET", "queue?cursor=x")) == (400, "CURSOR_NOT_VALID")
    await lead.ask("PATCH", f"accounts/{rina.account_id}", ties=[])
    assert await take(rina) is not None
    assert len((await rina.ask("GET", "queue")).json()["work"]) == 1
    (standing,) = (await lead.ask("GET", "queue/standing")).json()["standings"]
    assert (standing["kind"], standing["waiting"], standing["held"], standing["stuck"]) == ("JUDGE", 3, 1, 0)
    assert refused(await rina.ask("GET", "queue/standing")) == (403, "NOT_ALLOWED")


async def test_the_fallback_gets_what_nobody_else_may_take(shop: Shop) -> None:
    await disputed(shop)
    lead = await person(shop, "lia", "LEAD", languages=["en"])
    assert (await lead.ask("GET", "queue?stuck=true")).json()["work"] != []
    assert await take(lead) is None
    rules = await lead.ask("PUT", "queue/rules", fallback=lead.account_id, lease_minutes=30)
    assert rules.json() == {"fallback": lead.account_id, "lease_minutes": 30, "language": "id"}
    assert (await lead.ask("GET", "queue/rules")).json() == rules.json()
    assert (await lead.ask("GET", "queue?stuck=true")).json()["work"] == []
    taken = await take(lead)
    assert taken["until"] == (shop.clock.now() + timedelta(minutes=30)).isoformat().replace("+00:00", "Z")
    unknown = await lead.ask("PUT", "queue/rules", fallback="nobody", lease_minutes=30)
    assert refused(unknown) == (404, "NOT_FOUND")
    for minutes in (4, 1441):
        said = await lead.shop.http.put(
            "/v1/queue/rules", json={"fallback": None, "lease_minutes": minutes}, headers=lead.headers
        )
        assert refused(said) == (400, "BODY_NOT_VALID")


async def test_the_language_of_the_order_decides_who_gets_it(shop: Shop) -> None:
    await shop.order("o-1", language="en")
    case_id = await disputed_in(shop, "o-1")
    rina, budi = await person(shop, "rina", languages=["id"]), await person(shop, "budi", languages=["en"])
    assert await take(rina) is None
    assert (await take(budi))["case_id"] == case_id


async def disputed_in(shop: Shop, order_id: str) -> str:
    """A case of an order that is there, which waits for an agent."""
    body = {"order_id": order_id, "type": "REFUND", "lines": [{"line_id": "1", "reason": "DEFECTIVE"}], "text": "No."}
    opened = await shop.http.post("/v1/cases", json=body, headers=shop.customer())
    case_id: str = opened.json()["case"]["case_id"]
    code = Story().reject_code(RequestType.REFUND)
    await shop.give(case_id, shop.seller(), "RejectRequest", code=code, text="We sent a good one.")
    await shop.give(case_id, shop.customer(), "RaiseDispute", text="It never worked.")
    await shop.give(case_id, shop.customer(), "CompleteMaterial")
    await shop.give(case_id, shop.seller(), "CompleteMaterial")
    return case_id


@pytest.mark.parametrize("command", sorted(DECIDING, key=str))
def test_every_command_of_work_says_of_which(command: type) -> None:
    assert FITTING[command] - {WorkKind.CONFIRM}
    assert WorkKind.SAMPLE not in FITTING[command]


def test_what_an_agent_does_beside_work_is_no_work() -> None:
    assert DECIDING.isdisjoint({c.ExtendDue, c.SuspendExecution, c.ResumeExecution, c.RecordOrder})
    assert {c.Judge, c.DecideAppeal, c.SendBack, c.AssessReturn, c.AssessDelivery, c.AskMaterial} <= DECIDING


async def test_pages_of_one_kind_are_full_and_end_where_that_kind_ends(shop: Shop) -> None:
    lead = await person(shop, "lia", "LEAD")
    cases = [await disputed(shop, f"o-{n}") for n in range(3)]
    seen: list[str] = []
    cursor = ""
    while True:
        answer = (await lead.ask("GET", f"queue?kind=JUDGE&limit=2&cursor={cursor}")).json()
        seen += [each["case_id"] for each in answer["work"]]
        cursor = answer["next"]
        if not cursor:
            break
    assert sorted(seen) == sorted(cases)
    assert (await lead.ask("GET", "queue?kind=CONFIRM")).json() == {"work": [], "next": None}
    begun = (await lead.ask("GET", "queue?kind=JUDGE&limit=2")).json()["next"]
    assert refused(await lead.ask("GET", f"queue?kind=APPEAL&limit=2&cursor={begun}")) == (400, "CURSOR_NOT_VALID")
    assert (await lead.ask("GET", "queue?kind=NONE")).status_code == 400
