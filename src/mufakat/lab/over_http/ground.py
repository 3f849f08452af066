"""The data under the benchmarks over HTTP: a marketplace with orders and open cases, and the keys of who calls."""

import asyncio
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final

from mufakat.api import principals
from mufakat.api.rights import SCOPES
from mufakat.api.site import derived
from mufakat.core import commands as c
from mufakat.core.claim import ClaimLine, Material, MaterialKind, Reason, RequestType
from mufakat.core.order import OUTBOUND, Order, OrderLine, Scan, ScanKind
from mufakat.core.parties import Actor, Role
from mufakat.core.refusals import Refusal
from mufakat.engine.handle import Engine
from mufakat.engine.ids import Uuids
from mufakat.engine.policies import Rulebooks
from mufakat.store import codec
from mufakat.store.database import Connection
from mufakat.store.postgres import PostgresStore
from mufakat.store.records import CredentialKind, Marketplace
from mufakat.store.seal import Sealer

PLACE: Final = "bench"
SELLER: Final = "seller"
AT_ONCE: Final = 64
"""Cases that are opened at once."""
ORDERS_A_COPY: Final = 5_000
MESSAGE: Final = "It arrived on Tuesday and has not worked since; please look at the pictures."
PROOF: Final = "When I press the button nothing happens, neither with the charger nor without."
ORDER_COLUMNS: Final = (
    *("marketplace", "order_id", "version", "customer_id", "seller_id", "snapshot", "uses"),
    "purchased_at",
)


class RealClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The moment in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the benchmarks play. Order `o<n>` is of customer `n % customers`; the first orders have a case each."""

    customers: int
    cases: tuple[str, ...]
    orders: int
    server_key: principals.Made
    tokens: tuple[str, ...]

    def token(self, order: int) -> str:
        """The token of the customer whose order it is."""
        return self.tokens[order % self.customers]


def order_id(number: int) -> str:
    """The id of an order."""
    return f"o{number}"


def customer_id(number: int) -> str:
    """The id of a customer."""
    return f"customer-{number}"


def opening() -> c.OpenRequest:
    """What a customer asks for: money back for a broken thing, with some words as material."""
    proof = Material("PROOF_OF_DEFECT", MaterialKind.TEXT, text=PROOF)
    return c.OpenRequest(RequestType.REFUND, (ClaimLine("a", Reason.DEFECTIVE),), (proof,), "It does not turn on")


def message() -> c.SendMessage:
    """What a customer says."""
    return c.SendMessage(text=MESSAGE)


def new_key() -> str:
    """A fresh idempotency key."""
    return uuid.uuid4().hex


def engine_over(store: PostgresStore, master: bytes) -> Engine:
    """The engine under a master key."""
    return Engine(store, Rulebooks(), RealClock(), Sealer(master), Uuids())


async def lay(url: str, master: bytes, *, orders: int, cases: int, customers: int) -> Ground:
    """Fill an empty, migrated database: so many delivered orders, the first of them with a case each."""
    store = await PostgresStore.connect(url)
    try:
        now = RealClock().now()
        await store.put_marketplace(Marketplace(PLACE, "id"))
        key = principals.make(CredentialKind.SERVER, PLACE, "the shop's server", SCOPES, now, None)
        assert await store.put_credential(key.credential)
        await put_orders(store, (bought(n, customers, now) for n in range(orders)), now)
        opened = await _open_cases(engine_over(store, master), cases, customers)
        await store.fetch("ANALYZE")
    finally:
        await store.close()
    own, life = derived(master, b"tokens"), timedelta(hours=1)
    tokens = (
        principals.party_token(own, key.credential, Role.CUSTOMER, customer_id(n), now, life)[0]
        for n in range(customers)
    )
    return Ground(customers, opened, orders, key, tuple(tokens))


def bought(number: int, customers: int, now: datetime) -> Order:
    """An order of three units."""
    lines = (OrderLine("a", "blender", 2, 100_000), OrderLine("b", "cup", 1, 50_000))
    customer = customer_id(number % customers)
    return Order(order_id(number), customer, SELLER, "IDR", lines, now - timedelta(days=3), 9_000)


async def put_orders(store: PostgresStore, orders: Iterable[Order], now: datetime) -> None:
    """Orders that were delivered an hour before `now` (UTC), written as the store writes them, many at once."""
    delivered = codec.encode_fact(Scan(OUTBOUND, ScanKind.DELIVERED, now - timedelta(hours=1)))
    left = iter(orders)

    async def copy(connection: Connection) -> None:
        while many := list(islice(left, ORDERS_A_COPY)):
            rows: list[tuple[Any, ...]] = [
                (PLACE, x.order_id, 2, x.customer_id, x.seller_id, codec.encode_order(x), b"{}", x.purchased_at)
                for x in many
            ]
            await connection.copy_records_to_table("orders", records=rows, columns=ORDER_COLUMNS)
            facts = [(PLACE, each.order_id, 1, delivered) for each in many]
            await connection.copy_records_to_table("order_facts", records=facts)

    await store.transact(copy)


async def _open_cases(engine: Engine, cases: int, customers: int) -> tuple[str, ...]:
    """A case for each of the first orders, opened as anybody's is."""
    opened = [""] * cases
    left = iter(range(cases))

    async def some() -> None:
        for n in left:
            actor = Actor(Role.CUSTOMER, customer_id(n % customers))
            done = await engine.handle(PLACE, order_id(n), None, opening(), actor)
            assert not isinstance(done, Refusal), done
            opened[n] = done.case_id

    await asyncio.gather(*(some() for _ in range(AT_ONCE)))
    return tuple(opened)
