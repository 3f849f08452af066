"""A little made-up marketplace for trying: a sandbox with a few people, orders, and cases in different places.

`furnish` makes it where it is not there, and gives what the first page shows. Everything goes the ordinary way: orders
are put, requests opened, commands given through the engine, each under a key, so that a start that was cut short goes
on where it stood.
"""

import hmac
import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from mufakat.api import principals
from mufakat.api.rights import SCOPES, Caller
from mufakat.api.site import Person, Trial
from mufakat.core import commands as c
from mufakat.core.claim import ClaimLine, Material, MaterialKind, Reason, RemedyKind, RequestType, Solution
from mufakat.core.parties import Actor, Role
from mufakat.core.refusals import Refusal
from mufakat.engine.handle import Engine
from mufakat.engine.ports import Providers
from mufakat.engine.sandbox.orders import OrderKind, make_order
from mufakat.store.accounts import Account
from mufakat.store.postgres import PostgresStore
from mufakat.store.records import Ask, CredentialKind, Marketplace

SHOP: Final = "toko"
RULEBOOK: Final = "id"
ANI, BUDI = "c-ani", "c-budi"
CITRA, DEWI = "s-citra", "s-dewi"
AGENT, LEAD = "agent-eka", "lead-lia"

PEOPLE: Final = (
    Person(Caller.CUSTOMER, ANI, "Ani, a customer"),
    Person(Caller.CUSTOMER, BUDI, "Budi, a customer"),
    Person(Caller.SELLER, CITRA, "Citra, who sells kitchen goods"),
    Person(Caller.SELLER, DEWI, "Dewi, who sells clothes"),
)

ORDERS: Final[tuple[tuple[str, OrderKind, str, str], ...]] = (
    ("order-1001", OrderKind.DELIVERED_YESTERDAY, ANI, CITRA),
    ("order-1002", OrderKind.MULTI_LINE, ANI, DEWI),
    ("order-1003", OrderKind.DELIVERED_LATE, BUDI, DEWI),
    ("order-1004", OrderKind.EXPENSIVE, BUDI, CITRA),
    ("order-1005", OrderKind.LATE, ANI, CITRA),
    ("order-1006", OrderKind.NOT_SHIPPED, BUDI, DEWI),
)
STAFF: Final = (
    (Person(Caller.AGENT, AGENT, "Eka, who judges"), "Eka", "eka@toko.example"),
    (Person(Caller.LEAD, LEAD, "Lia, who leads the agents"), "Lia", "lia@toko.example"),
)
"""Who judges and who leads, with name and login. Nobody set a password for them: the door lets them in."""
DOOR: Final = "mufakat:door"
"""Who vouches for them, where others have an identity provider. No provider has an address like it."""
NO: Final = "reverse_reject_request_reason_1"
"""The market's code for a reason that the seller does not accept."""
UNTOUCHED: Final = "order-1001"
"""Nothing is asked about this one, so that a newcomer can."""


async def furnish(engine: Engine, store: PostgresStore, providers: Any, own_key: bytes) -> Trial:
    """The shop, made where it is missing. The same key opens it after a restart: a page left open goes on working.

    Raises StoreLost; a refusal of its own commands is an error of ours and raises AssertionError.
    """
    if SHOP not in {each.marketplace for each in await store.marketplaces()}:
        await store.put_marketplace(Marketplace(SHOP, RULEBOOK, sandbox=True))
    await providers.refresh()
    if await store.credential(SHOP, _id(CredentialKind.SERVER)) is None:
        await _fill(engine, providers)
    for person, name, login in STAFF:
        await _let_in(store, Account(SHOP, person.id, login, name, person.caller.value, engine.clock.now()))
    agent = await _credential(store, engine, own_key, CredentialKind.AGENT, AGENT)
    server = await _credential(store, engine, own_key, CredentialKind.SERVER, "trial")
    return Trial(
        credential=server.credential,
        key=server.text,
        agent_token=agent.text,
        people=(*PEOPLE, *[person for person, _, _ in STAFF]),
        order=UNTOUCHED,
        cases=tuple([(each.case_id, each.order_id) for each in await store.cases(SHOP)]),
    )


async def _let_in(store: PostgresStore, staff: Account) -> None:
    """Somebody of the staff, whom the door vouches for: work goes only to accounts by which somebody can come in."""
    await store.put_account(staff)
    kept = await store.account(SHOP, staff.account_id)
    if kept is None or kept.subject or kept.password or kept.disabled_at is not None:
        return
    now = staff.created_at
    await store.invite_account(SHOP, staff.account_id, secrets.token_bytes(), now + timedelta(minutes=1))
    await store.accept_subject(SHOP, staff.account_id, DOOR, staff.account_id, now)


async def _credential(
    store: PostgresStore, engine: Engine, own_key: bytes, kind: CredentialKind, subject: str
) -> principals.Made:
    """A credential whose secret follows from the master key, kept where it is not there yet."""
    secret = hmac.digest(own_key, f"trial\0{kind}\0{subject}".encode(), "sha256").hex()
    scopes = SCOPES if kind is CredentialKind.SERVER else frozenset()
    made = principals.made(kind, SHOP, subject, scopes, engine.clock.now(), id_=_id(kind), secret=secret)
    if not await store.put_credential(made.credential):
        kept = await store.credential(SHOP, made.credential.id)
        assert kept is not None, "a credential that is neither kept nor there"
        made = replace(made, credential=kept)
    return made


def _id(kind: CredentialKind) -> str:
    return f"trial{kind.lower()}"


async def _fill(engine: Engine, providers: Providers) -> None:
    for order_id, kind, customer, seller in ORDERS:
        if await engine.store.load(Ask(SHOP, order_id)) is not None:
            continue
        put = await make_order(engine, providers, SHOP, kind, customer, seller, order_id)
        assert not isinstance(put, Refusal), put
    shop = _Shop(engine)
    await shop.under_review()
    await shop.refused()
    await shop.disputed()
    await shop.offered()


class _Shop:
    """The cases of the shop, each told by commands."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def under_review(self) -> None:
        """The seller has a request to answer, and a message to read."""
        text = "Saya pesan ukuran M, yang datang ukuran S."
        request = _request(RequestType.RETURN_AND_REFUND, "2", Reason.WRONG_ITEM, text)
        await self._tell(
            "order-1002",
            (_customer(ANI), request),
            (_customer(ANI), c.SendMessage(text="Mohon dibantu, terima kasih.")),
        )

    async def refused(self) -> None:
        """The seller has said no, and the customer can raise a dispute."""
        no = c.RejectRequest(NO, text="Paket saya kirim tepat waktu; kurirnya yang terlambat.")
        request = _request(RequestType.REFUND, "1", Reason.ARRIVED_LATE, "Paket datang terlambat dua hari.")
        await self._tell("order-1003", (_customer(BUDI), request), (_seller(DEWI), no))

    async def disputed(self) -> None:
        """Both have handed in their material, and an agent can judge."""
        request = _request(RequestType.RETURN_AND_REFUND, "1", Reason.DEFECTIVE, "Layarnya mati sejak dibuka.")
        proof = _text("STATUS_OF_MERCHANDISE", "Layar tidak menyala walau sudah diisi daya semalam.")
        answer = _text("MERCHANT_RESPONSE", "Kami uji sebelum dikirim, dan saat itu menyala.")
        await self._tell(
            "order-1004",
            (_customer(BUDI), request),
            (_seller(CITRA), c.RejectRequest(NO, text="Barang diperiksa sebelum dikirim.")),
            (_customer(BUDI), c.RaiseDispute(materials=(proof,), text="Mohon platform membantu.")),
            (_customer(BUDI), c.CompleteMaterial()),
            (_seller(CITRA), c.HandIn(answer)),
            (_seller(CITRA), c.CompleteMaterial()),
        )

    async def offered(self) -> None:
        """The seller has offered some of the price, and the customer can take it or not."""
        offer = Solution(RemedyKind.REFUND, 100_000_00, text="Paket masih di kurir. Kami kembalikan sebagian dulu.")
        request = _request(RequestType.REFUND, "1", Reason.ITEM_NOT_RECEIVED, "Sampai hari ini belum datang.")
        await self._tell("order-1005", (_customer(ANI), request), (_seller(CITRA), c.MakeOffer(offer)))

    async def _tell(self, order_id: str, *steps: tuple[Actor, Any]) -> None:
        """Open a case by the first step and give it the others."""
        case_id: str | None = None
        for number, (who, command) in enumerate(steps):
            done = await self._engine.handle(SHOP, order_id, case_id, command, who, f"shop:{order_id}:{number}")
            assert not isinstance(done, Refusal), done
            case_id = done.case_id


def _customer(who: str) -> Actor:
    return Actor(Role.CUSTOMER, who)


def _seller(who: str) -> Actor:
    return Actor(Role.SELLER, who)


def _request(type_: RequestType, line: str, reason: Reason, text: str) -> c.OpenRequest:
    return c.OpenRequest(type_, (ClaimLine(line, reason),), text=text)


def _text(item: str, text: str) -> Material:
    return Material(item, MaterialKind.TEXT, text=text)
