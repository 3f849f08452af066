"""Pulling orders from a server in the shapes of TikTok Shop's order API: nothing missed, nothing doubled."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

import pytest

from mufakat.core.order import OrderState, OutsideRefund, Payment, Scan, ScanKind
from mufakat.dialects.tiktok.calls import CallError, Shop, Tokens, signature
from mufakat.dialects.tiktok.orders import STATUSES, AmountsDifferError, given_of, is_wanted
from mufakat.dialects.tiktok.pulling import Pulled, Pulling
from mufakat.engine.carriers.telling import Scans
from mufakat.engine.feeding.putting import Feeding
from mufakat.engine.feeding.records import Amiss, BadRow, Given
from mufakat.engine.feeding.running import Run
from mufakat.outside import Outside
from mufakat.store.postgres import PostgresStore
from mufakat.store.records import Ask
from tests.dialects.order_api import BOUGHT, CIPHER, KEY, SECRET, OrderApi, item, serve, told
from tests.store.world import HERE, OneProvider, World

SINCE = datetime.fromtimestamp(BOUGHT, UTC)
NOW = SINCE + timedelta(days=10)


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(BOUGHT + seconds, UTC)


class Pull:
    """A store, their server, and what pulls."""

    def __init__(self, store: PostgresStore, api: OrderApi, address: str) -> None:
        self.store, self.api, self.world = store, api, World(store)
        self.world.clock.at = NOW
        self.bad: list[BadRow] = []
        url = urlsplit(address)
        self.shop = Shop(KEY, SECRET, CIPHER, url, url)

    async def pull(self, tokens: Tokens | None = None) -> Pulled:
        engine, store = self.world.engine, self.store
        scans = Scans(engine, store, self.world.sealer)
        providers = OneProvider(self.world.provider)
        run = Run(Feeding(engine, store), providers, "here", self.bad.extend, parcels=scans)
        pulling = Pulling(store, self.world.sealer, self.world.clock, run, self.shop, "toko")
        async with Outside(private=True, timeout=5.0, most=1_000_000, at_once=2) as outside:
            given = tokens or Tokens("access-1", "refresh-1")
            return await pulling.pull(outside, given, SINCE, first_pause=0.001)

    async def order(self, order_id: str) -> OrderState:
        loaded = await self.store.load(Ask("here", order_id))
        assert loaded is not None
        return loaded.order

    async def names(self) -> list[str]:
        rows = await self.store.fetch("SELECT order_id FROM orders ORDER BY order_id")
        return [row["order_id"] for row in rows]


@pytest.fixture
async def pull(database_url: str) -> AsyncIterator[Pull]:
    store, api = await PostgresStore.connect(database_url), OrderApi()
    await store.put_marketplace(HERE)
    server = serve(api)
    yield Pull(store, api, f"http://127.0.0.1:{server.server_address[1]}")
    server.shutdown()
    server.server_close()
    await store.close()


def test_a_call_is_signed_as_their_clients_sign() -> None:
    """The signature that tiktok-shop-api 0.1.0 makes of the same call."""
    query = {"timestamp": "1772000000", "app_key": "key", "page_size": "100", "shop_cipher": "c1pher"}
    query |= {"page_token": "a b+c", "sign": "left out"}
    body = b'{"update_time_ge":1,"update_time_lt":2}'
    made = signature("s3cret", "/order/202309/orders/search", query, body)
    assert made == "e43f8bda80713930bbb9166a5c505ca28c818e189b358d302d3bbf4822fce711"


async def test_orders_come_with_what_happened_to_them(pull: Pull) -> None:
    pull.api.put(told("o1", tracking_number="JX1"), told("o2", "UNPAID"), told("o3", "IN_TRANSIT"))
    done = await pull.pull()
    assert (done.counts.new, done.left_out, pull.bad) == (2, 1, [])
    order = (await pull.order("o1")).order
    assert (order.customer_id, order.seller_id, order.currency, order.shipping_fee) == ("ani", "toko", "IDR", 900_000)
    assert [(x.line_id, x.product_id, x.quantity, x.unit_price) for x in order.lines] == [
        ("1", "p-1", 1, 2_500_000),
        ("2", "p-2", 1, 2_500_000),
    ]
    assert (await pull.order("o1")).facts == (
        Payment(6_000_000, at(60), "CREDIT_CARD"),
        Scan("OUTBOUND", ScanKind.AWAITING_COLLECTION, at(3600)),
        Scan("OUTBOUND", ScanKind.IN_TRANSIT, at(7200)),
        Scan("OUTBOUND", ScanKind.DELIVERED, at(90_000)),
    )
    assert (await pull.order("o3")).delivered_at() is None
    assert [each.tracking for each in await pull.store.parcels_of("here", "o1")] == ["JX1"]


async def test_the_next_pull_goes_on_and_doubles_nothing(pull: Pull) -> None:
    pull.api.put(*(told(f"o{n}", "IN_TRANSIT", BOUGHT + n * 100_000) for n in range(1, 6)))
    assert (await pull.pull()).counts.new == 5
    late = int(NOW.timestamp()) + 100
    pull.world.clock.at = NOW + timedelta(hours=1)
    pull.api.put(told("o2", "DELIVERED", late), told("o6", "DELIVERED", late))
    asked = len(pull.api.asked)
    done = await pull.pull()
    assert (done.counts.new, done.counts.same, done.counts.facts) == (1, 1, 5)
    assert len(pull.api.asked) - asked == 1
    assert (await pull.pull()).counts.facts == 0
    assert len((await pull.order("o2")).facts) == 4


async def test_a_token_that_is_over_is_renewed_and_the_new_one_kept(pull: Pull) -> None:
    pull.api.put(told("o1"))
    pull.api.access = "access-9"
    assert (await pull.pull()).counts.new == 1
    assert pull.api.asked.count("/api/v2/token/refresh") == 1
    assert (await pull.pull(Tokens("void", "void"))).counts.same == 0
    assert pull.api.asked.count("/api/v2/token/refresh") == 1
    (row,) = await pull.store.fetch("SELECT sealed FROM pulls")
    assert b"refresh" not in row["sealed"]


async def test_tokens_that_are_refused_are_told_without_them(pull: Pull) -> None:
    with pytest.raises(CallError, match="refuses renewing the token: 36004004") as caught:
        await pull.pull(Tokens("", "stolen"))
    assert "stolen" not in str(caught.value)
    assert SECRET not in str(caught.value)


async def test_bad_days_pass(pull: Pull) -> None:
    pull.api.put(told("o1"))
    pull.api.trouble = [429, 500, 503]
    assert (await pull.pull()).counts.new == 1


async def test_a_cut_pull_goes_on_where_it_was(pull: Pull) -> None:
    pull.api.put(told("o1", updated=BOUGHT + 1000), told("o2", updated=BOUGHT + 5 * 86_400))
    pages = iter(range(100))

    def cut() -> None:
        if next(pages) == 2:
            pull.api.trouble = [500] * 6

    pull.api.between = cut
    with pytest.raises(CallError, match="did not answer"):
        await pull.pull()
    assert await pull.names() == ["o1"]
    row = await pull.store.pull("here", f"tiktok:{CIPHER}")
    assert row is not None
    assert row.read_until == SINCE + timedelta(days=3)
    assert (await pull.pull()).counts.new == 1
    assert await pull.names() == ["o1", "o2"]


async def test_orders_that_change_while_pages_are_read_are_not_missed(pull: Pull) -> None:
    """Each page may lift an order out of the window, which moves the others up."""
    chance = Random(7)
    names = [f"o{n:02}" for n in range(11)]
    pull.api.put(*(told(name, "IN_TRANSIT", BOUGHT + 1000 + n) for n, name in enumerate(names)))
    moves = iter(range(3))

    def lift() -> None:
        if next(moves, None) is not None:
            name = chance.choice(names[:4])
            pull.api.put({**pull.api.orders[name], "update_time": BOUGHT + 8 * 86_400, "status": "DELIVERED"})

    pull.api.between = lift
    await pull.pull()
    assert await pull.names() == names
    lifted = [name for name in names if pull.api.orders[name]["status"] == "DELIVERED"]
    assert lifted
    for name in lifted:
        assert (await pull.order(name)).delivered_at() == at(90_000)


async def test_a_window_that_never_stands_still_is_told(pull: Pull) -> None:
    pull.api.put(*(told(f"o{n}", updated=BOUGHT + 1000) for n in range(3)))

    def more() -> None:
        pull.api.put(told(f"o{len(pull.api.orders)}", updated=BOUGHT + 1000))

    pull.api.between = more
    with pytest.raises(CallError, match="changed in each of 5 readings"):
        await pull.pull()
    assert await pull.names() == []


async def test_lines_that_do_not_add_up_are_taken_from_the_price_detail(pull: Pull) -> None:
    payment = {**told("x")["payment"], "sub_total": "44000"}
    pull.api.put(told("o1", payment=payment), told("o2", payment=payment))
    price = {"sku_list_price": "25000", "subtotal_deduction_seller": "1000", "voucher_deduction_platform": "2000"}
    pull.api.details["o1"] = {"line_items": [{"id": "1", **price}, {"id": "2", **price}]}
    pull.api.details["o2"] = {"line_items": [{"id": "1", **price}, {"id": "2", **price, "sku_list_price": "1"}]}
    done = await pull.pull()
    assert done.counts.new == 1
    line = (await pull.order("o1")).order.lines[0]
    assert (line.unit_price, line.discount, line.platform_discount) == (2_500_000, 300_000, 200_000)
    (bad,) = pull.bad
    assert (bad.order_id, bad.code) == ("o2", Amiss.FIELD_WRONG)
    assert "add up" in bad.why


# --- one order, without a server

ALL_STATUSES = (
    *("UNPAID", "ON_HOLD", "AWAITING_SHIPMENT", "PARTIALLY_SHIPPING", "AWAITING_COLLECTION"),
    *("IN_TRANSIT", "DELIVERED", "COMPLETED", "CANCELLED"),
)
"""The values of `status` as their page on Order List documents them."""


def test_the_table_says_something_of_every_status() -> None:
    assert set(STATUSES) == set(ALL_STATUSES)


def test_the_guide_prints_the_table() -> None:
    """Its rows grow by what each further status adds; the last, of what was cancelled, names its own moment."""
    text = (Path(__file__).parents[2] / "docs/guides/orders.md").read_text(encoding="utf-8")
    rows = [re.findall("`([A-Za-z_]+)`", line) for line in text.splitlines() if line.startswith("| `")]
    said, told_of = list[str](), list[str]()
    for row in [each for each in rows if each[0] in STATUSES]:
        said += [name for name in row if name.endswith("_time")]
        for status in (name for name in row if name in STATUSES):
            told_of.append(status)
            wanted = STATUSES[status] or ()
            assert wanted == tuple(said) or (status, wanted[-1]) == ("CANCELLED", said[-1])
    assert sorted(told_of) == sorted(STATUSES)


@pytest.mark.parametrize("status", ALL_STATUSES)
def test_each_status_gives_the_facts_that_the_table_says(status: str) -> None:
    order = told("o1", status, cancel_time=BOUGHT + 10_000)
    assert is_wanted(order) is (status != "UNPAID")
    given = given_of(order, "toko", 1)
    assert isinstance(given, Given)
    moments = {
        "paid_time": 60,
        "rts_time": 3600,
        "collection_time": 7200,
        "delivery_time": 90_000,
        "cancel_time": 10_000,
    }
    wanted = [at(moments[name]) for name in STATUSES[status] or ()]
    assert list(dict.fromkeys(fact.at for fact in given.facts)) == wanted


def test_a_cancelled_order_that_was_paid_went_back_line_by_line() -> None:
    order = told("o1", "CANCELLED", cancel_time=BOUGHT + 10_000)
    given = given_of(order, "toko", 1)
    assert isinstance(given, Given)
    back = [each for each in given.facts if isinstance(each, OutsideRefund)]
    assert back == [OutsideRefund(name, (1,), 2_500_000, at(10_000)) for name in ("1", "2")]
    unpaid = given_of({**order, "paid_time": 0}, "toko", 1)
    assert isinstance(unpaid, Given)
    assert not [each for each in unpaid.facts if isinstance(each, OutsideRefund | Payment)]


@pytest.mark.parametrize(
    "changes,code,why",
    [
        ({"status": "EATEN"}, Amiss.FIELD_WRONG, "status 'EATEN' is none of"),
        ({"create_time": 0}, Amiss.FIELD_WRONG, "create_time is missing"),
        ({"create_time": "soon"}, Amiss.FIELD_WRONG, "create_time: 'soon' is no moment"),
        ({"user_id": None}, Amiss.FIELD_WRONG, "None is no text"),
        ({"line_items": None}, Amiss.UNREADABLE, "not in the documented shape"),
        ({"payment": {}}, Amiss.UNREADABLE, "currency"),
        ({"line_items": [item("1", "x")]}, Amiss.FIELD_WRONG, "original_price: 'x' is no amount"),
    ],
)
def test_an_order_in_no_documented_shape_is_told(changes: dict[str, Any], code: Amiss, why: str) -> None:
    bad = given_of(told("o1", **changes), "toko", 3)
    assert isinstance(bad, BadRow)
    assert (bad.row, bad.order_id, bad.code) == (3, "o1", code)
    assert why in bad.why


def test_discounts_and_kinds_are_those_of_the_line() -> None:
    cheap = item("1", seller_discount="1000", platform_discount="500", sku_type="PRE_ORDER")
    payment = {**told("x")["payment"], "sub_total": "23500"}
    given = given_of(told("o1", line_items=[cheap], payment=payment, shipping_type="SELLER"), "toko", 1)
    assert isinstance(given, Given)
    (line,) = given.order.lines
    assert (line.discount, line.platform_discount, line.preorder, line.virtual) == (150_000, 50_000, True, False)
    assert given.order.shipped_by_seller
    with pytest.raises(AmountsDifferError):
        given_of(told("o1", line_items=[cheap]), "toko", 1)
    assert replace(line, discount=0).discounted == 2_500_000
