"""The server's calls: the protocol of `protocol.py` under /v1, and under /admin what whoever tries things may do."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

import msgspec
from litestar import Litestar, Request, Response, get, post, put
from litestar.datastructures import State
from litestar.params import FromPath

from mufakat.payments import protocol
from mufakat.payments.exponents import NotRepresentableError
from mufakat.payments.false import EVERYTHING, FalseProvider
from mufakat.payments.provider import Capabilities
from mufakat.payments.server.books import BooksFile
from mufakat.payments.server.door import App, guarded, inside
from mufakat.payments.server.mishaps import Mishaps, NoSuchMishapError

MOST_AHEAD: Final = 400 * 24 * 3600.0

AnyRequest = Request[Any, Any, Any]


class Inside:
    """What goes wrong inside the provider with the call in hand, as the door drew it."""

    def draw(self) -> str:
        """The name of the fault: empty for none."""
        return inside.get()


@dataclass(slots=True)
class Office:
    """All that the calls work with. `too_old`: payment methods to which nothing is refunded any more."""

    file: BooksFile
    mishaps: Mishaps
    can: Capabilities = EVERYTHING
    too_old: frozenset[str] = field(default_factory=frozenset)

    def now(self) -> datetime:
        """The moment by the server's clock, in UTC."""
        return datetime.now(UTC) + self.file.ahead

    def provider(self, marketplace: str) -> FalseProvider:
        """The provider of one marketplace."""
        return FalseProvider(self.file.of(marketplace), self.now, Inside(), self.can, self.too_old)

    async def tick(self) -> None:
        """Let everything happen that happens by itself: late calls, collection, payouts."""
        for marketplace, seller_id, currency in self.file.accounts():
            await self.provider(marketplace).run(seller_id, currency)


class Sale(msgspec.Struct, forbid_unknown_fields=True):
    """An order was sold: so much is due to the seller (ISO 4217 minor units), paid out from then on."""

    marketplace: str
    seller_id: str
    currency: str
    amount: Annotated[int, msgspec.Meta(ge=0, le=10**15)]
    at: Annotated[datetime, msgspec.Meta(tz=True)]


class Luck(msgspec.Struct, forbid_unknown_fields=True):
    """What goes wrong from here on, and with the next calls in order."""

    chances: dict[str, float] = {}
    next: list[str] = []
    slow_by: Annotated[float, msgspec.Meta(ge=0, le=600)] = 20.0
    away: bool = False


class Ahead(msgspec.Struct, forbid_unknown_fields=True):
    """How far to move the server's clock on."""

    seconds: Annotated[float, msgspec.Meta(ge=0, le=MOST_AHEAD)]


def application(office: Office, secret: bytes) -> App:
    """The application, with its door."""
    app = Litestar(
        [capabilities, call, lookup, status, sell, set_luck, move_clock, show],
        state=State({"office": office}),
        openapi_config=None,
        logging_config=None,
    )
    return guarded(app, secret, office.mishaps)  # type: ignore[arg-type]  # an ASGI application by other names


def _office(request: AnyRequest) -> Office:
    found: Office = request.app.state.office
    return found


def _at(request: AnyRequest) -> FalseProvider:
    return _office(request).provider(request.headers.get(protocol.MARKETPLACE, ""))


@get("/v1/capabilities")
async def capabilities(request: AnyRequest) -> Response[Any]:
    """What it can do."""
    return Response(protocol.can(_office(request).can))


@put("/v1/calls/{key:str}")
async def call(request: AnyRequest, key: FromPath[str]) -> Response[Any]:
    """Do one thing, once, however often it is asked under this key."""
    office = _office(request)
    try:
        asked = msgspec.json.decode(await request.body(), type=protocol.Asked)
        owed = protocol.owed(asked)
        if asked.exponent != protocol.asked(asked.verb, owed, office.can).exponent:
            return _wrong(f"amounts in {asked.currency} do not have {asked.exponent} decimal places here")
    except (msgspec.MsgspecError, NotRepresentableError) as error:
        return _wrong(str(error))
    answer = await _at(request).call(asked.verb, key, owed)
    return Response(protocol.came(answer, asked.currency, office.can.exponents))


@get("/v1/calls/{key:str}")
async def lookup(request: AnyRequest, key: FromPath[str]) -> Response[Any]:
    """What came of a call."""
    provider = _at(request)
    place = await provider.books.whose(f"call:{key}")
    answer = await provider.looked_up(key) if place is not None else None
    if place is None or answer is None:
        return _wrong("no such call arrived", 404)
    return Response(protocol.came(answer, place[1], _office(request).can.exponents))


@get("/v1/obligations/{name:str}")
async def status(request: AnyRequest, name: FromPath[str]) -> Response[Any]:
    """Where an obligation stands."""
    provider = _at(request)
    place = await provider.books.whose(name)
    standing = await provider.standing(name)
    if place is None or standing is None:
        return _wrong("no such obligation is known", 404)
    return Response(protocol.stands(standing, place[1], _office(request).can.exponents))


@put("/admin/sales/{name:str}")
async def sell(request: AnyRequest, name: FromPath[str]) -> Response[Any]:
    """An order was sold: it is due to the seller from then on. The same name is one."""
    try:
        sale = msgspec.json.decode(await request.body(), type=Sale)
    except msgspec.MsgspecError as error:
        return _wrong(str(error))
    provider = _office(request).provider(sale.marketplace)
    await provider.expect(sale.seller_id, sale.currency, name, sale.amount, sale.at)
    return Response(None, status_code=204)


@put("/admin/faults")
async def set_luck(request: AnyRequest) -> Response[Any]:
    """What goes wrong from here on."""
    mishaps = _office(request).mishaps
    try:
        luck = msgspec.json.decode(await request.body(), type=Luck)
        Mishaps(chances=luck.chances, coming=luck.next)
    except (msgspec.MsgspecError, NoSuchMishapError) as error:
        return _wrong(str(error))
    mishaps.chances, mishaps.coming = luck.chances, luck.next
    mishaps.slow_by, mishaps.away = luck.slow_by, luck.away
    return Response(None, status_code=204)


@post("/admin/clock")
async def move_clock(request: AnyRequest) -> Response[Any]:
    """Move the server's clock on; what becomes due happens at once."""
    office = _office(request)
    try:
        by = msgspec.json.decode(await request.body(), type=Ahead)
    except msgspec.MsgspecError as error:
        return _wrong(str(error))
    office.file.move_clock(timedelta(seconds=by.seconds))
    await office.tick()
    return Response({"now": office.now().isoformat()}, status_code=200)


@get("/admin/accounts")
async def show(request: AnyRequest) -> Response[Any]:
    """Every account as it stands, and whether its books balance."""
    office = _office(request)
    found = []
    for marketplace, seller_id, currency in office.file.accounts():
        account = await office.provider(marketplace).run(seller_id, currency)
        place = {"marketplace": marketplace, "seller_id": seller_id, "currency": currency}
        found.append({**place, "balanced": account.balanced, "account": msgspec.to_builtins(account)})
    return Response(found)


def _wrong(why: str, status: int = 400) -> Response[Any]:
    return Response(protocol.Wrong(why=why), status_code=status)
