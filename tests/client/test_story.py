"""Whole stories through either client, over a real connection: what an integrator's program does."""

import hashlib
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import assert_type

import pytest

from mufakat.api import principals
from mufakat.api.rights import SCOPES
from mufakat.api.wire.asking import EligibilityOut, FileOut, PreviewOut
from mufakat.api.wire.cases import CaseOut, CaseRowOut, DoneOut
from mufakat.api.wire.sandbox import OrderKind, WantedIn
from mufakat.client import AsyncClient, Client, Refused
from mufakat.core.claim import ClaimLine, Decision, Material, Reason, RequestType
from mufakat.core.commands import HandIn, OpenRequest, RaiseDispute, RejectRequest
from mufakat.core.order import OUTBOUND, Order, OrderLine, Scan, ScanKind
from mufakat.core.parties import Role
from mufakat.core.phases import Phase
from mufakat.core.refusals import Code
from mufakat.store.records import CredentialKind, Marketplace
from tests.api.shop import AGENT, CUSTOMER, SELLER, SHOP, Clock
from tests.client.both import connect
from tests.client.conftest import Served
from tests.evidence.inspected import SECRETS, photo, scene

PNG = photo("PNG", scene(64, 48))
REJECTED = "reverse_reject_request_reason_1"
LINE = ClaimLine("1", Reason.DEFECTIVE)


def blender(clock: Clock, order_id: str = "o-1") -> Order:
    """An order of two units."""
    line = OrderLine("1", "blender", quantity=2, unit_price=45_000_000)
    return Order(order_id, CUSTOMER, SELLER, "IDR", (line,), clock.now() - timedelta(days=5))


async def put(server: AsyncClient, clock: Clock, order_id: str) -> str:
    """That order, delivered yesterday."""
    await server.put_order(blender(clock, order_id))
    await server.record_fact(order_id, Scan(OUTBOUND, ScanKind.DELIVERED, clock.now() - timedelta(days=1)))
    return order_id


async def test_from_an_order_to_a_dispute(served: Served, kind: str, tmp_path: Path) -> None:
    clock = served.shop.clock
    async with connect(kind, served.url, served.key) as server:
        order_id = await put(server, clock, "o-1")
        assert (await server.put_order(blender(clock, order_id))).result == "SAME"
        assert (await server.order(order_id)).lines[0].free_units == [1, 2]
        customer, seller = await server.as_customer(CUSTOMER), await server.as_seller(SELLER)

        may = assert_type(await customer.eligibility(order_id, lines=["1"]), EligibilityOut)
        assert RequestType.RETURN_AND_REFUND in [each.type for each in may.lines[0].units[0].types]
        assert (await server.eligibility(order_id, for_role=Role.SELLER)).role is Role.SELLER

        picture = tmp_path / "blender.png"
        picture.write_bytes(PNG)
        file = assert_type(await customer.put_file(order_id, picture), FileOut)
        assert (file.digest, file.size) == (hashlib.sha256(PNG).hexdigest(), len(PNG))
        assert await customer.own_file(order_id, file.digest) == PNG
        item = next(each for each in may.material if each.reason is Reason.DEFECTIVE).customer[0].item

        asked = OpenRequest(
            RequestType.RETURN_AND_REFUND,
            (LINE,),
            (Material(item, digest=file.digest, lines=("1",)),),
            "The blender does not start.",
        )
        would = assert_type(await customer.preview_request(order_id, asked), PreviewOut)
        assert would.matters[0].after.phase is Phase.REVIEW
        opened = assert_type(
            await customer.open_case(order_id, asked.type, asked.lines, text=asked.text, materials=asked.materials),
            DoneOut,
        )
        case_id = opened.case.case_id
        seen = await seller.exhibit(case_id, file.digest)
        assert seen.startswith(b"\xff\xd8\xff")
        assert not [each for each in SECRETS if each in seen]

        await customer.say(case_id, "Can you help?")
        assert [each.text for each in (await seller.messages(case_id)).messages] == [asked.text, "Can you help?"]
        await refuse_and_dispute(server, customer, seller, case_id)
        assert (await server.order(order_id)).cases == [case_id]


async def refuse_and_dispute(server: AsyncClient, customer: AsyncClient, seller: AsyncClient, case_id: str) -> None:
    """The seller refuses, the customer asks the platform to step in; what can be read of it."""
    seen = assert_type(await seller.case(case_id), CaseOut)
    refusing = RejectRequest(REJECTED, text="It worked when it left us.")
    assert (await seller.preview(case_id, refusing)).matters[0].after.phase is Phase.REJECTED
    assert (await seller.case(case_id)).version == seen.version
    await seller.command(case_id, refusing, if_match=seen.version)
    with pytest.raises(Refused) as stale:
        await seller.say(case_id, "")
    assert stale.value.code is Code.EMPTY_MESSAGE
    with pytest.raises(Refused) as late:
        await customer.command(case_id, RaiseDispute(text="It never started."), if_match=seen.version)
    assert (late.value.code, late.value.status) == (Code.VERSION_CHANGED, 412)
    raised = await customer.command(case_id, RaiseDispute(text="It never started."), key="dispute-1")
    again = await customer.command(case_id, RaiseDispute(text="It never started."), key="dispute-1")
    assert (raised.version, raised.recorded) == (again.version, again.recorded)
    assert Role.SELLER in raised.case.matters[0].waiting_for

    told = await customer.timeline(case_id)
    indonesian = await customer.acting((await server.issue_token("CUSTOMER", CUSTOMER)).token, language="id").timeline(
        case_id
    )
    assert [each.number for each in told.entries] == [each.number for each in indonesian.entries]
    assert (told.language, indonesian.language) == ("en", "id")
    assert told.entries[0].text != indonesian.entries[0].text
    assert (await customer.record(case_id)).entries[0].ref == "R1"
    (held,) = [each async for each in seller.statement(SELLER)]
    assert (held.state, held.debit, held.id) == ("PENDING", "seller/payable", None)
    assert [each.id for each in (await server.money(case_id)).movements] == [f"{case_id}:{held.number}:0"]
    assert (await customer.money(case_id)).movements == []
    policy = await customer.policy(case_id)
    assert policy.hash == seen.policy


async def test_a_list_goes_on_from_page_to_page(served: Served, kind: str) -> None:
    clock = served.shop.clock
    async with connect(kind, served.url, served.key) as server:
        customer = await server.as_customer(CUSTOMER)
        made = []
        for n in range(5):
            clock.forward(seconds=1)
            order_id = await put(server, clock, f"o-{n}")
            made.append((await customer.open_case(order_id, RequestType.REFUND, [LINE])).case.case_id)
        found = [assert_type(each, CaseRowOut) async for each in customer.cases(sort="OLDEST", page_size=2)]
        assert [each.case_id for each in found] == made
        narrow = customer.cases(order_id="o-3", type=RequestType.REFUND, phase=Phase.REVIEW, open=True)
        assert [each.case_id async for each in narrow] == [made[3]]
        since = clock.now() - timedelta(minutes=1)
        assert len([each async for each in server.cases(sort="CHANGED", changed_since=since, page_size=5)]) == 5
        assert [each async for each in server.cases(seller_id="nobody")] == []
        page = await server.cases_page(page_size=4)
        assert (len(page.cases), page.next is None) == (4, False)


async def test_events_are_read_to_the_last(served: Served, kind: str) -> None:
    case_id = await served.shop.case()
    async with connect(kind, served.url, served.key) as server:
        every = [each async for each in server.events(case_id)]
        assert [each.number for each in every] == list(range(1, (await server.case(case_id)).version + 1))
        for before, each in pairwise(every):
            assert each.previous == before.hash
            assert hashlib.sha256(bytes.fromhex(each.previous) + each.body.encode()).hexdigest() == each.hash
        assert [each.number async for each in server.events(case_id, after=1)] == [each.number for each in every[1:]]
        assert (await server.events_page(case_id, after=1)).next == every[-1].number


async def test_an_agent_asks_and_records(served: Served, kind: str) -> None:
    """Every kind of caller has the same client; what it may do is for the server to say."""
    case_id = await served.shop.case()
    made = principals.make(CredentialKind.AGENT, SHOP, AGENT, frozenset(), served.shop.clock.now(), None)
    assert await served.shop.site.store.put_credential(made.credential)
    async with connect(kind, served.url, made.text) as agent:
        assert (await agent.case(case_id)).case_id == case_id
        with pytest.raises(Refused) as no:
            await agent.put_order(blender(served.shop.clock))
        assert (no.value.code, no.value.status) == ("NOT_ALLOWED", 403)
        with pytest.raises(Refused) as wrong:
            await agent.command(case_id, HandIn(Material("X", digest="0" * 64)))
        assert wrong.value.happened is not None or wrong.value.code in Code.__members__


async def test_keys_are_made_rotated_and_revoked(served: Served, kind: str) -> None:
    async with connect(kind, served.url, served.key) as server:
        made = await server.make_key("reports", ["cases:read"], days=30)
        reports = server.acting(made.secret)
        assert [each async for each in reports.cases()] == []
        fresh = await server.rotate_key(made.key.id, hours=1)
        assert (fresh.key.scopes, fresh.key.name) == (["cases:read"], "reports")
        assert (await server.revoke_key(made.key.id)).revoked_at is not None
        with pytest.raises(Refused) as out:
            await reports.case("any")
        assert (out.value.code, out.value.status) == ("NOT_SIGNED_IN", 401)
        assert {each.id for each in (await server.keys()).keys} > {made.key.id, fresh.key.id}
        with pytest.raises(Refused) as bad:
            await server.register_signing_key("ours", "no key")
        assert (bad.value.code, bad.value.where) == ("SIGNING_KEY_NOT_VALID", "public_key")


async def test_rules_and_health_are_read(served: Served, kind: str) -> None:
    async with connect(kind, served.url, served.key) as server:
        own = next(each for each in (await server.rulebooks()).rulebooks if each.own)
        book = await server.rulebook(own.name, on=served.shop.clock.now().date())
        assert all(each.cites for each in book.values)
    async with connect(kind, served.url + "/") as stranger:
        assert (await stranger.live()).status == "live"
        assert (await stranger.ready()).database
        with pytest.raises(Refused) as out:
            await stranger.keys()
        assert out.value.code == "NOT_SIGNED_IN"


async def test_three_weeks_in_a_sandbox(served: Served, kind: str) -> None:
    store, now = served.shop.site.store, served.shop.clock.now()
    await store.put_marketplace(Marketplace("try", "id", sandbox=True))
    made = principals.make(CredentialKind.SERVER, "try", "an integrator's server", SCOPES, now, None)
    assert await store.put_credential(made.credential)
    async with connect(kind, served.url, made.text) as server:
        order = await server.make_order(OrderKind.DELIVERED_YESTERDAY, "customer-disputes", "seller-rejects")
        customer = await server.as_customer(order.customer_id)
        opened = await customer.open_case(order.order_id, RequestType.REFUND, [LINE])
        judged = await server.judge(opened.case.case_id, WantedIn(decision=Decision.FOR_CUSTOMER))
        assert [each.rule for each in judged.lines] == ["S15"]
        moved = await server.forward(days=20, hours=24)
        assert (moved.whole, moved.cases) == (True, [opened.case.case_id])
        assert moved.now - moved.before == timedelta(days=21)
        assert (await server.forward(to=moved.now + timedelta(days=1))).lapses == 0
        assert (await server.sandbox()).ahead_seconds >= 22 * 86_400
        # The customer's token was of another day of the marketplace's clock, not of the server's: it still holds.
        assert not (await customer.case(opened.case.case_id)).is_open


async def test_an_id_of_any_letters_finds_its_way(served: Served, kind: str) -> None:
    strange = "o 1?&=#%2F;é"
    async with connect(kind, served.url, served.key) as server:
        await server.put_order(blender(served.shop.clock, strange))
        assert (await server.order(strange)).order_id == strange


async def test_connections_are_shared_and_closed_by_their_owner(served: Served, kind: str) -> None:
    case_id = await served.shop.case()
    async with connect(kind, served.url, served.key) as server:
        async with server.acting(served.key) as same:
            assert (await same.case(case_id)).case_id == case_id
        assert (await server.case(case_id)).case_id == case_id


async def test_a_client_of_its_own_connections_closes_them(served: Served) -> None:
    case_id = await served.shop.case()
    async with AsyncClient(served.url, served.key) as server:
        assert (await server.case(case_id)).case_id == case_id
    assert server._http.is_closed
    with Client(served.url, served.key) as plain:
        assert not plain._http.is_closed
    assert plain._http.is_closed


def test_an_address_that_is_none_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="begins with http:// or https://"):
        Client("127.0.0.1:8080", "key")


def test_a_client_does_not_show_its_token() -> None:
    with Client("http://127.0.0.1:1", "mk_secret") as client:
        assert "secret" not in repr(client)
