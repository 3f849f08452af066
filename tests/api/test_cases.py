"""Cases over HTTP: opening, commands, reading by role, conditions, lists."""

from tests.api.shop import Shop


async def test_a_request_is_opened_once_under_one_key(shop: Shop) -> None:
    await shop.order()
    body = {"order_id": "o-1", "type": "REFUND", "lines": [{"line_id": "1", "reason": "DAMAGED"}]}
    headers = shop.customer()
    first = await shop.http.post("/v1/cases", json=body, headers=headers)
    again = await shop.http.post("/v1/cases", json=body, headers=headers)
    other = await shop.http.post("/v1/cases", json=body | {"text": "x"}, headers=headers)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert first.headers["location"] == f"/v1/cases/{first.json()['case']['case_id']}"
    assert (other.status_code, other.json()["code"]) == (422, "KEY_REUSED")


async def test_a_key_of_one_caller_says_nothing_about_anothers(shop: Shop) -> None:
    case = await shop.case()
    same = {"idempotency-key": "the-same"}
    mine = await shop.give(case, shop.customer(**same), "SendMessage", text="Hello?")
    theirs = await shop.give(case, shop.seller(**same), "SendMessage", text="Good day.")
    assert (mine.status_code, theirs.status_code) == (200, 200)


async def test_a_command_without_a_key_is_refused_and_changes_nothing(shop: Shop) -> None:
    case = await shop.case()
    headers = shop.seller()
    del headers["idempotency-key"]
    refused = await shop.give(case, headers, "ApproveRequest")
    assert (refused.status_code, refused.json()["code"]) == (400, "KEY_NEEDED")
    assert (await shop.http.get(f"/v1/cases/{case}", headers=shop.seller())).json()["version"] == 2


async def test_a_refusal_says_what_happened_instead(shop: Shop) -> None:
    case = await shop.case()
    assert (await shop.give(case, shop.customer(), "WithdrawRequest")).status_code == 200
    late = await shop.give(case, shop.seller(), "ApproveRequest")
    problem = late.json()
    assert (late.status_code, problem["code"]) == (409, "CASE_CLOSED")
    assert problem["happened"]["event"] == "matter.closed"
    assert problem["type"] == "/problems/CASE_CLOSED"
    assert problem["request_id"] == late.headers["x-request-id"]


async def test_if_match_holds_a_command_back_when_the_case_moved_on(shop: Shop) -> None:
    case = await shop.case()
    read = await shop.http.get(f"/v1/cases/{case}", headers=shop.seller())
    await shop.give(case, shop.customer(), "SendMessage", text="Any news?")
    stale = await shop.give(case, shop.seller(**{"if-match": read.headers["etag"]}), "ApproveRequest")
    assert (stale.status_code, stale.json()["code"]) == (412, "VERSION_CHANGED")
    fresh = await shop.http.get(f"/v1/cases/{case}", headers=shop.seller())
    done = await shop.give(case, shop.seller(**{"if-match": fresh.headers["etag"]}), "ApproveRequest")
    assert done.status_code == 200


async def test_an_unchanged_case_is_not_sent_again(shop: Shop) -> None:
    case = await shop.case()
    read = await shop.http.get(f"/v1/cases/{case}", headers=shop.seller())
    tag = {"if-none-match": read.headers["etag"]}
    assert (await shop.http.get(f"/v1/cases/{case}", headers=shop.seller(**tag))).status_code == 304
    await shop.give(case, shop.customer(), "SendMessage", text="Any news?")
    assert (await shop.http.get(f"/v1/cases/{case}", headers=shop.seller(**tag))).status_code == 200


async def test_what_is_due_has_happened_for_whoever_reads(shop: Shop) -> None:
    """Reading 13: silence approved the request, whether the clock has fired yet or not."""
    case = await shop.case()
    before = await shop.http.get(f"/v1/cases/{case}", headers=shop.customer())
    shop.clock.forward(days=10)
    after = await shop.http.get(f"/v1/cases/{case}", headers=shop.customer())
    assert before.json()["matters"][0]["phase"] == "REVIEW"
    assert after.json()["matters"][0]["phase"] == "AWAITING_RETURN"
    assert after.headers["etag"] != before.headers["etag"]


async def test_pages_of_a_list_hold_every_case_once(shop: Shop) -> None:
    made = [await shop.case(f"o-{n}") for n in range(5)]
    for sort in ("OLDEST", "NEWEST", "DUE", "CHANGED"):
        found: list[str] = []
        cursor = ""
        for _ in range(4):
            asked = {"limit": "2", "sort": sort, "cursor": cursor}
            page = (await shop.http.get("/v1/cases", params=asked, headers=shop.customer())).json()
            found += [each["case_id"] for each in page["cases"]]
            cursor = page["next"]
            if not cursor:
                break
        assert sorted(found) == sorted(made), sort
        assert len(found) == len(made)


async def test_a_cursor_serves_only_the_list_and_the_caller_that_it_was_made_for(shop: Shop) -> None:
    for n in range(2):
        await shop.case(f"o-{n}")
    first = await shop.http.get("/v1/cases", params={"limit": "1"}, headers=shop.customer())
    cursor = first.json()["next"]
    for params, headers in (
        ({"limit": "1", "cursor": cursor}, shop.seller()),
        ({"limit": "1", "cursor": cursor, "open": "true"}, shop.customer()),
        ({"limit": "1", "cursor": cursor[:-2] + "AA"}, shop.customer()),
    ):
        refused = await shop.http.get("/v1/cases", params=params, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (400, "CURSOR_NOT_VALID")
