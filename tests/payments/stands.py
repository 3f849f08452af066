"""The stands on which the contract kit runs: the false provider itself, and over HTTP through the adapter."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn

from mufakat.cli.serving import Server
from mufakat.payments.false import EVERYTHING, FAULTS, FalseProvider, MemoryBooks
from mufakat.payments.line import Line
from mufakat.payments.marketplace import MarketplaceProvider
from mufakat.payments.provider import Capabilities, Provider
from mufakat.payments.server.app import Office, application
from mufakat.payments.server.books import BooksFile
from mufakat.payments.server.mishaps import MISHAPS, Mishaps
from mufakat.payments.stripe import StripeProvider
from tests.payments.stripe_shapes import FAULTS as STRIPE_FAULTS
from tests.payments.stripe_shapes import ManyPayments

SECRET = b"a secret of thirty-two characters"
SLOW_BY = 0.6
TIMEOUT = 0.3
LATER = timedelta(hours=4)
START = datetime(2026, 11, 2, tzinfo=UTC)


@dataclass
class Coming:
    """What goes wrong with the next calls."""

    names: list[str] = field(default_factory=list)

    def draw(self) -> str:
        return self.names.pop(0) if self.names else ""


class InMemory:
    """The false provider itself."""

    faults: tuple[str, ...] = FAULTS

    def __init__(self, can: Capabilities = EVERYTHING) -> None:
        self.at, self.coming, self.sales = START, Coming(), 0
        self.false = FalseProvider(MemoryBooks(), lambda: self.at, self.coming, can)
        self.provider: Provider = self.false

    async def sold(self, seller_id: str, amount: int) -> None:
        self.sales += 1
        await self.false.expect(seller_id, "IDR", f"sale-{self.sales}", amount, self.at + timedelta(days=30))

    def payment(self, seller_id: str) -> str:
        return f"pay-{seller_id}"

    async def goes_wrong(self, fault: str) -> None:
        self.coming.names.append(fault)

    async def later(self) -> None:
        self.at += LATER


@dataclass
class OverHttp:
    """The false provider behind its server, seen through the adapter. `url`: where that is."""

    office: Office
    line: Line
    url: str
    faults: tuple[str, ...] = MISHAPS
    sales: int = 0

    def __post_init__(self) -> None:
        self.provider: Provider = MarketplaceProvider(self.line, "toko")

    async def sold(self, seller_id: str, amount: int) -> None:
        self.sales += 1
        at = self.office.now() + timedelta(days=30)
        await self.office.provider("toko").expect(seller_id, "IDR", f"sale-{self.sales}", amount, at)

    def payment(self, seller_id: str) -> str:
        return f"pay-{seller_id}"

    async def goes_wrong(self, fault: str) -> None:
        self.office.mishaps.coming.append(fault)

    async def later(self) -> None:
        self.office.file.move_clock(LATER)
        await self.office.tick()


class AtStripe:
    """The Stripe adapter at a double of Stripe's documented shapes, each seller's sale a payment of its own."""

    faults: tuple[str, ...] = STRIPE_FAULTS

    def __init__(self, *, connect: bool = True) -> None:
        self.platform = ManyPayments()
        self.provider: Provider = StripeProvider("sk_test_1", connect=connect, http=self.platform.client())

    def payment(self, seller_id: str) -> str:
        return f"pi_{seller_id}"

    async def sold(self, seller_id: str, amount: int) -> None:
        self.platform.of(seller_id).balance += amount

    async def goes_wrong(self, fault: str) -> None:
        self.platform.fault = fault

    async def later(self) -> None:
        for payment in self.platform.payments.values():
            for refund in payment.refunds:
                refund["status"] = "succeeded"


@asynccontextmanager
async def over_http(folder: Path, can: Capabilities = EVERYTHING) -> AsyncIterator[OverHttp]:
    """A server on a free port of this machine, with its books in a folder, and the adapter at it."""
    books = BooksFile(folder / "books.db")
    office = Office(books, Mishaps(slow_by=SLOW_BY), can)
    server = Server(uvicorn.Config(application(office, SECRET), lifespan="off", log_config=None))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        await server.listens.wait()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        async with Line(f"{url}/v1", SECRET, private=True, timeout=TIMEOUT) as line:
            yield OverHttp(office, line, url)
        server.should_exit = True
        await serving
    books.close()


WHOLE_RUPIAH = replace(EVERYTHING, exponents={"IDR": 0})
