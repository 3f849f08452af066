"""No route is forgotten: every one that the API describes is reached by a method of the client."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from mufakat.api.app import describe
from mufakat.api.wire.contacts import ContactIn
from mufakat.api.wire.sandbox import OrderKind, WantedIn
from mufakat.client import AsyncClient, MufakatError
from mufakat.core.claim import ClaimLine, Decision, Reason, RequestType
from mufakat.core.commands import OpenRequest, RecordFindings, WithdrawRequest
from mufakat.core.decide.imported import Step
from mufakat.core.notices import NoticeKind, WhatWasDone
from mufakat.core.order import Order, OrderLine, Scan, ScanKind
from mufakat.core.parties import Actor, Role
from mufakat.core.waiting import BackReason, WorkKind
from tests.client.both import KINDS, connect
from tests.client.luck import Luck

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ORDER = Order("o", "c", "s", "IDR", (OrderLine("1", "blender", 1, 100),), NOW)
LINES = (ClaimLine("1", Reason.DEFECTIVE),)
ASKED = OpenRequest(RequestType.REFUND, LINES)
DIGEST = "0" * 64

Method = Callable[[AsyncClient], Awaitable[Any] | AsyncIterator[Any]]

METHODS: dict[str, list[Method]] = {
    "PUT /v1/orders/{order_id}": [lambda c: c.put_order(ORDER)],
    "GET /v1/orders/{order_id}": [lambda c: c.order("o")],
    "POST /v1/orders/{order_id}/facts": [lambda c: c.record_fact("o", Scan("OUTBOUND", ScanKind.LOST, NOW))],
    "PUT /v1/orders/{order_id}/parcels/{tracking}": [lambda c: c.put_parcel("o", "JP-1")],
    "GET /v1/orders/{order_id}/parcels": [lambda c: c.parcels("o")],
    "GET /v1/scans": [lambda c: c.scans_left()],
    "GET /v1/orders/{order_id}/eligibility": [lambda c: c.eligibility("o")],
    "POST /v1/orders/{order_id}/preview": [lambda c: c.preview_request("o", ASKED)],
    "POST /v1/orders/{order_id}/files": [lambda c: c.put_file("o", b"text")],
    "GET /v1/orders/{order_id}/files/{digest}": [lambda c: c.own_file("o", DIGEST)],
    "POST /v1/orders/{order_id}/uploads": [lambda c: c.begin_upload("o", 9, type="text/plain", digest=DIGEST)],
    "GET /v1/uploads/{upload_id}": [lambda c: c.upload("u")],
    "PATCH /v1/uploads/{upload_id}": [lambda c: c.append("u", 0, b"text")],
    "DELETE /v1/uploads/{upload_id}": [lambda c: c.drop_upload("u")],
    "POST /v1/cases": [lambda c: c.open_case("o", RequestType.REFUND, LINES)],
    "GET /v1/cases": [lambda c: c.cases(open=True), lambda c: c.cases_page()],
    "GET /v1/cases/{case_id}": [lambda c: c.case("c")],
    "POST /v1/cases/{case_id}/commands": [lambda c: c.command("c", WithdrawRequest()), lambda c: c.say("c", "Hello?")],
    "POST /v1/cases/{case_id}/preview": [lambda c: c.preview("c", WithdrawRequest())],
    "GET /v1/cases/{case_id}/timeline": [lambda c: c.timeline("c")],
    "GET /v1/cases/{case_id}/record": [lambda c: c.record("c")],
    "GET /v1/cases/{case_id}/statements": [lambda c: c.statements("c")],
    "GET /v1/cases/{case_id}/statements/{number}": [
        lambda c: c.reasons("c", 1, for_role=Role.SELLER),
        lambda c: c.reasons_pdf("c", 1),
    ],
    "GET /v1/cases/{case_id}/money": [lambda c: c.money("c")],
    "GET /v1/sellers/{seller_id}/statement": [
        lambda c: c.statement("s", since=NOW, until=NOW),
        lambda c: c.statement_page("s"),
    ],
    "GET /v1/cases/{case_id}/signals": [lambda c: c.signals("c")],
    "GET /v1/cases/{case_id}/worksheet": [lambda c: c.worksheet("c")],
    "POST /v1/cases/{case_id}/worksheet": [lambda c: c.suppose("c", RecordFindings())],
    "POST /v1/cases/{case_id}/worksheet/statement": [
        lambda c: c.foreseen_reasons("c", RecordFindings(), for_role=Role.SELLER)
    ],
    "GET /v1/cases/{case_id}/messages": [lambda c: c.messages("c")],
    "GET /v1/cases/{case_id}/events": [lambda c: c.events("c"), lambda c: c.events_page("c")],
    "GET /v1/orders/{order_id}/files": [lambda c: c.own_files("o")],
    "GET /v1/cases/{case_id}/files/{digest}": [lambda c: c.exhibit("c", DIGEST)],
    "GET /v1/cases/{case_id}/files/{digest}/views": [lambda c: c.views("c", DIGEST)],
    "GET /v1/cases/{case_id}/files/{digest}/views/{number}": [lambda c: c.view("c", DIGEST, 1)],
    "POST /v1/cases/{case_id}/files/{digest}/links": [lambda c: c.link("c", DIGEST, 1)],
    "GET /v1/cases/{case_id}/files/{digest}/facts": [lambda c: c.file_facts("c", DIGEST)],
    "POST /v1/cases/{case_id}/files/{digest}/original": [lambda c: c.open_original("c", DIGEST, "In doubt.")],
    "GET /v1/cases/{case_id}/openings": [lambda c: c.openings("c")],
    "GET /v1/openings": [
        lambda c: c.disclosures_page(by_id="a", case_id="c", what="CONTACT", limit=5),
        lambda c: c.disclosures_csv(case_id="c"),
    ],
    "GET /links/{token}": [lambda c: c.linked("/links/abc")],
    "GET /v1/cases/{case_id}/policy": [lambda c: c.policy("c")],
    "GET /v1/rulebooks": [lambda c: c.rulebooks()],
    "GET /v1/rulebooks/{name}": [lambda c: c.rulebook("id")],
    "POST /v1/imports": [
        lambda c: c.import_case("o", "old", "1", [Step(NOW, Actor(Role.CUSTOMER, "c"), ASKED)], due={1: NOW})
    ],
    "GET /v1/sandbox": [lambda c: c.sandbox()],
    "POST /v1/sandbox/forward": [lambda c: c.forward(days=1)],
    "POST /v1/sandbox/cases/{case_id}/judge": [lambda c: c.judge("c", WantedIn(decision=Decision.FOR_SELLER))],
    "POST /v1/sandbox/orders": [lambda c: c.make_order(OrderKind.LATE, "c", "s")],
    "GET /v1/keys": [lambda c: c.keys()],
    "GET /v1/reconciliations": [lambda c: c.reconciliations()],
    "POST /v1/keys": [lambda c: c.make_key("reports", ["cases:read"])],
    "POST /v1/keys/{key_id}/rotate": [lambda c: c.rotate_key("k")],
    "DELETE /v1/keys/{key_id}": [lambda c: c.revoke_key("k")],
    "GET /v1/notices": [lambda c: c.notices_page([NoticeKind.ASKS], unread=True)],
    "POST /v1/notices/read": [lambda c: c.mark_notices_read(NOW)],
    "GET /v1/cases/{case_id}/tellings": [lambda c: c.tellings("c")],
    "GET /v1/tellings/undelivered": [lambda c: c.undelivered()],
    "POST /v1/cases/{case_id}/tellings/done": [lambda c: c.note_done("c", 9, "CUSTOMER", WhatWasDone.CALLED)],
    "GET /v1/hooks": [lambda c: c.hooks()],
    "POST /v1/hooks": [lambda c: c.make_hook("https://shop.example/", ["message.sent"])],
    "PATCH /v1/hooks/{hook_id}": [lambda c: c.change_hook("h", paused=True)],
    "DELETE /v1/hooks/{hook_id}": [lambda c: c.remove_hook("h")],
    "POST /v1/hooks/{hook_id}/secret": [lambda c: c.rotate_hook_secret("h", hours=1)],
    "POST /v1/hooks/{hook_id}/test": [lambda c: c.test_hook("h")],
    "GET /v1/hooks/{hook_id}/deliveries": [lambda c: c.deliveries("h", case_id="c")],
    "POST /v1/hooks/{hook_id}/deliveries/{delivery_id}/resend": [lambda c: c.resend_delivery("h", "d")],
    "POST /v1/hooks/{hook_id}/replay": [lambda c: c.replay_hook("h", since=NOW)],
    "POST /v1/signing-keys": [lambda c: c.register_signing_key("ours", "pem")],
    "POST /v1/tokens": [
        lambda c: c.issue_token("CUSTOMER", "c"),
        lambda c: c.as_customer("c"),
        lambda c: c.as_seller("s"),
    ],
    "POST /v1/accounts": [lambda c: c.make_account("rina@toko.example", "Rina")],
    "GET /v1/accounts": [lambda c: c.accounts()],
    "GET /v1/accounts/{account_id}": [lambda c: c.account("a")],
    "PATCH /v1/accounts/{account_id}": [lambda c: c.change_account("a", ties=["s"])],
    "POST /v1/accounts/{account_id}/disable": [lambda c: c.disable_account("a")],
    "POST /v1/accounts/{account_id}/enable": [lambda c: c.enable_account("a")],
    "POST /v1/accounts/{account_id}/invite": [lambda c: c.invite_account("a")],
    "POST /v1/accounts/{account_id}/reset-second-factor": [lambda c: c.reset_second_factor("a")],
    "POST /v1/invitations/accept": [lambda c: c.accept_invitation("mi_a_b_c", "a long password")],
    "POST /v1/sessions": [lambda c: c.sign_in("toko", "rina", "pw"), lambda c: c.as_agent("toko", "rina", "pw")],
    "GET /v1/sessions": [lambda c: c.sessions()],
    "DELETE /v1/sessions": [lambda c: c.sign_out_everywhere()],
    "DELETE /v1/sessions/{session_id}": [lambda c: c.end_session("s")],
    "POST /v1/sessions/reauthenticate": [lambda c: c.prove_anew(code="123456")],
    "POST /v1/password": [lambda c: c.change_password("old", "new")],
    "POST /v1/second-factor": [lambda c: c.set_up_second_factor()],
    "POST /v1/second-factor/confirm": [lambda c: c.confirm_second_factor("123456")],
    "POST /v1/second-factor/remove": [lambda c: c.remove_second_factor("123456")],
    "PUT /v1/orders/{order_id}/contacts": [lambda c: c.put_contacts("o", customer=ContactIn(name="Ani"))],
    "GET /v1/orders/{order_id}/contacts": [lambda c: c.contacts("o")],
    "POST /v1/cases/{case_id}/contacts/reveal": [lambda c: c.reveal_contact("c", "CUSTOMER", "In doubt.")],
    "GET /v1/cases/{case_id}/contacts/reveals": [lambda c: c.reveals("c")],
    "GET /v1/quality/reversals": [lambda c: c.reversals(by="RULE", since=NOW)],
    "GET /v1/cases/{case_id}/similar": [lambda c: c.similar("c")],
    "GET /v1/quality/agreement": [lambda c: c.agreement()],
    "GET /v1/reports": [lambda c: c.report("MONEY", by="WEEK", most=3), lambda c: c.report_csv("TIMES")],
    "GET /v1/reports/summary": [lambda c: c.summary(since=NOW)],
    "GET /v1/sellers/{seller_id}/reports": [
        lambda c: c.report("LAPSES", seller_id="s", since=NOW, until=NOW),
        lambda c: c.report_csv("VOLUMES", by="PRODUCT", seller_id="s"),
    ],
    "GET /v1/sellers/{seller_id}/reports/summary": [lambda c: c.summary(seller_id="s")],
    "GET /v1/quality/samples/{case_id}/{matter}": [lambda c: c.sample("c", 1)],
    "POST /v1/quality/samples/{case_id}/{matter}": [lambda c: c.judge_sample("c", 1, RecordFindings())],
    "GET /v1/quality/samples/{case_id}/{matter}/files/{digest}": [lambda c: c.sample_file("c", 1, DIGEST)],
    "POST /v1/queue/next": [lambda c: c.next_work()],
    "POST /v1/queue/hand-back": [lambda c: c.hand_back("c", 1, WorkKind.JUDGE, BackReason.NO_TIME)],
    "POST /v1/queue/assign": [lambda c: c.assign_work("c", 1, WorkKind.JUDGE, "a")],
    "GET /v1/queue": [lambda c: c.queue_page(stuck=True, kind=WorkKind.JUDGE)],
    "POST /v1/cases/{case_id}/entries": [lambda c: c.let_in("c", "CUSTOMER", "the phone is lost")],
    "GET /v1/cases/{case_id}/entries": [lambda c: c.support("c")],
    "DELETE /v1/cases/{case_id}/entries/{support_id}": [lambda c: c.revoke_entry("c", "e")],
    "POST /v1/cases/{case_id}/seen-as": [lambda c: c.see_as("c", "SELLER", "the phone is lost")],
    "GET /v1/cases/{case_id}/seen-as/{support_id}": [lambda c: c.seen_as("c", "e")],
    "GET /v1/queue/drafts": [lambda c: c.drafts_page(limit=5)],
    "GET /v1/queue/standing": [lambda c: c.queue_standing()],
    "GET /v1/queue/health": [lambda c: c.queue_health()],
    "GET /v1/queue/rules": [lambda c: c.queue_rules()],
    "PUT /v1/queue/rules": [lambda c: c.put_queue_rules("a", 60)],
    "GET /v1/cases/{case_id}/work": [lambda c: c.work_log("c")],
    "GET /v1/quality/times": [lambda c: c.times()],
    "GET /problems": [lambda c: c.problem_types()],
    "GET /problems/{code}": [lambda c: c.problem_type("TWO_DISPUTES")],
    "GET /health/live": [lambda c: c.live()],
    "GET /health/ready": [lambda c: c.ready()],
}
"""Every route, and the methods that reach it."""
ELSEWHERE = {"aclose", "acting", "put_in_pieces"}
"""Methods that ask nothing of a server, or only by others."""
TOLD_BY_ANOTHER = {"HEAD /v1/uploads/{upload_id}"}
"""Routes whose answer is in that of another."""
FOR_BROWSERS = {"GET /v1/oidc/{marketplace}/start", "GET /v1/oidc/{marketplace}/callback"}
"""Routes that a person goes to and comes back by."""


def described() -> dict[str, dict[str, Any]]:
    """Every route that the API describes."""
    return {
        f"{method.upper()} {path}": operation
        for path, item in describe()["paths"].items()
        for method, operation in item.items()
        if method in ("get", "put", "post", "delete", "patch", "head")
    }


def parameters(operation: dict[str, Any]) -> list[dict[str, Any]]:
    """The parameters of a route, whole."""
    known = describe()["components"]["parameters"]
    given = operation.get("parameters", [])
    return [known[each["$ref"].rpartition("/")[2]] if "$ref" in each else each for each in given]


def test_every_route_has_a_method() -> None:
    assert METHODS.keys() == described().keys() - TOLD_BY_ANOTHER - FOR_BROWSERS


def test_every_method_has_a_route() -> None:
    public = {name for name in dir(AsyncClient) if not name.startswith("_")} - ELSEWHERE
    reached = {name for each in METHODS.values() for method in each for name in method.__code__.co_names}
    assert public <= reached


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("route", METHODS)
async def test_a_method_goes_where_its_route_is_and_sends_what_it_takes(route: str, kind: str) -> None:
    operation = described()[route]
    for method in METHODS[route]:
        luck = Luck([httpx.Response(418)])
        async with connect(kind, "http://127.0.0.1:1", luck=luck) as client:
            with pytest.raises(MufakatError):
                await finished(method(client))
        (sent,) = luck.seen
        verb, _, path = route.partition(" ")
        assert sent.method == verb
        assert re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), sent.url.path)
        taken = {each["name"].lower(): each for each in parameters(operation)}
        assert set(sent.url.params) <= {name for name, each in taken.items() if each["in"] == "query"}
        assert ("idempotency-key" in sent.headers) == ("idempotency-key" in taken)
        assert bool(sent.content) == ("requestBody" in operation)


async def finished(asked: Awaitable[Any] | AsyncIterator[Any]) -> None:
    """Wait for an answer, or for every one of a list."""
    if isinstance(asked, AsyncIterator):
        async for _ in asked:
            pass
    else:
        await asked
