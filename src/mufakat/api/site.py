"""What every route works with: engine, store, keys, clock, and small look-ups that all of them need."""

import hmac
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from litestar import Request

from mufakat.api import held
from mufakat.api.allowances import Allowances
from mufakat.api.cursors import Cursors
from mufakat.api.principals import Principal
from mufakat.api.problems import RefusedByRules, preferred
from mufakat.api.rights import Caller
from mufakat.api.wire.problems import Happened
from mufakat.core.events import NAMES
from mufakat.core.parties import Role
from mufakat.core.refusals import Code, Refusal
from mufakat.core.sight import sees
from mufakat.core.words import Language
from mufakat.core.words.events import tell
from mufakat.engine.accounts.contacts import Contacts
from mufakat.engine.accounts.oidc import Oidc
from mufakat.engine.accounts.signing_in import RECENT, SigningIn
from mufakat.engine.asking import may_know
from mufakat.engine.carriers.known import Carrier
from mufakat.engine.carriers.telling import Scans
from mufakat.engine.handle import Engine
from mufakat.engine.hooks.keeping import Endpoints
from mufakat.engine.materials import Materials
from mufakat.engine.openings import Openings
from mufakat.engine.ports import Providers
from mufakat.engine.queue import Queue
from mufakat.engine.sampling import Sampling
from mufakat.engine.signals.telling import Signals
from mufakat.engine.similar import Similar
from mufakat.engine.support import Support
from mufakat.engine.uploads import Uploads
from mufakat.payments.hooks import Hooks
from mufakat.rulebooks import load
from mufakat.store.postgres import PostgresStore
from mufakat.store.records import Ask, Credential, Loaded, Marketplace, Sealed, TextsWanted
from mufakat.store.seal import Sealer

MOST_REMEMBERED: Final = 20_000
"""Cases whose order is remembered: it never changes, so a look-up is saved with each command."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the made-up marketplace: who, and what they can try."""

    caller: Caller
    id: str
    about: str


@dataclass(frozen=True, slots=True)
class Trial:
    """The made-up marketplace of a database for trying, with keys that the first page may show.

    `order`: one about which nothing was asked yet. `cases`: id to what stands there.
    """

    credential: Credential
    key: str
    agent_token: str
    people: tuple[Person, ...]
    order: str
    cases: tuple[tuple[str, str], ...]


def derived(master: bytes, purpose: bytes) -> bytes:
    """A key of its own for each purpose of the API, from the master key."""
    return hmac.digest(master, b"mufakat.api.1." + purpose, "sha256")


@dataclass(slots=True)
class Site:
    """All that the routes work with. `endpoints`: where marketplaces' machines are told of events, by webhooks.

    `trial`: set where the database is one for trying. `hooks`: reads the webhooks of the payment provider, where it
    sends any. `oidc`: the identity provider, where one is set. `recent`: how long a proof of who somebody is counts as
    fresh. `carriers`: whose webhooks are taken, by name.
    """

    engine: Engine
    store: PostgresStore
    sealer: Sealer
    materials: Materials
    providers: Providers
    endpoints: Endpoints
    own_key: bytes
    cursors: Cursors
    allowances: Allowances
    strangers: Allowances
    trial: Trial | None = None
    hooks: Hooks | None = None
    oidc: Oidc | None = None
    carriers: Mapping[str, Carrier] = field(default_factory=dict)
    recent: timedelta = RECENT
    uploads: Uploads = field(init=False)
    openings: Openings = field(init=False)
    signals: Signals = field(init=False)
    similar: Similar = field(init=False)
    sampling: Sampling = field(init=False)
    people: SigningIn = field(init=False)
    contacts: Contacts = field(init=False)
    queue: Queue = field(init=False)
    support: Support = field(init=False)
    scans: Scans = field(init=False)
    links_key: bytes = field(init=False)
    _orders: OrderedDict[tuple[str, str], str] = field(default_factory=OrderedDict)

    def __post_init__(self) -> None:
        self.uploads = Uploads(self.store, self.materials, self.sealer, self.engine.clock)
        self.openings = Openings(self.store, self.sealer, self.engine.clock)
        self.signals = Signals(self.store, self.sealer, self.engine.clock)
        self.similar = Similar(self.store, self.signals)
        self.sampling = Sampling(self.store, self.sealer, self.engine.clock)
        self.people = SigningIn(self.store, self.sealer, self.engine.clock)
        self.contacts = Contacts(self.store, self.sealer, self.engine.clock)
        self.queue = Queue(self.store, self.sealer, self.engine.clock)
        self.support = Support(self.store, self.sealer, self.engine.clock)
        self.scans = Scans(self.engine, self.store, self.sealer)
        self.links_key = derived(self.own_key, b"links")

    async def place(self, who: Principal) -> Marketplace:
        """The caller's marketplace, with its market and its clock."""
        return next(each for each in await self.store.marketplaces() if each.marketplace == who.marketplace)

    async def order_of(self, marketplace: str, case_id: str) -> str | None:
        """The order of a case; None where there is no such case."""
        key = (marketplace, case_id)
        if (known := self._orders.get(key)) is not None:
            self._orders.move_to_end(key)
            return known
        found = await self.store.order_of(marketplace, case_id)
        if found is not None:
            self._orders[key] = found
            if len(self._orders) > MOST_REMEMBERED:
                self._orders.popitem(last=False)
        return found

    async def loaded(self, who: Principal, case_id: str) -> Loaded:
        """A case as it stands, with order and policy. Raises RefusedByRules for what is not theirs.

        NO_SUCH_CASE; for agents CONFLICT_OF_INTEREST, also where they said so themselves when they handed it back,
        and NOT_YOUR_WORK for what they never had.
        """
        order_id = await self.order_of(who.marketplace, case_id)
        found = None if order_id is None else await self.store.load(Ask(who.marketplace, order_id, case_id))
        if found is None or found.case is None or not may_know(found, who.actor):
            raise no_such_case(who, case_id)
        check_not_tied(found, who)
        if not await held.sees_case(self.store, who, case_id):
            if await self.store.said_tied(who.marketplace, case_id, who.id):
                raise RefusedByRules(Refusal(Code.CONFLICT_OF_INTEREST), who.role)
            raise not_your_work(who, case_id)
        return found

    async def check_works_on(self, who: Principal, case_id: str, command: Any) -> None:
        """Raise RefusedByRules where a command is not of work that the caller has, as `loaded` does for any case.

        A caller who has it has it for as long again.
        """
        if not await held.works_on(self.queue, who, case_id, command):
            found = await self.loaded(who, case_id)
            if not held.takes_back(who, found.case, command):
                raise not_your_work(who, case_id)

    async def loaded_order(self, who: Principal, order_id: str) -> Loaded:
        """An order as it stands. Raises RefusedByRules for what is not theirs: NO_SUCH_ORDER, or as `loaded` does."""
        found = await self.store.load(Ask(who.marketplace, order_id))
        if found is None or not may_know(found, who.actor):
            raise RefusedByRules(Refusal(Code.NO_SUCH_ORDER, (("order", order_id),)), who.role)
        check_not_tied(found, who)
        if not await held.sees_order(self.store, who, order_id):
            raise RefusedByRules(Refusal(Code.NOT_YOUR_WORK), who.role)
        return found

    async def texts(
        self, marketplace: str, loaded: Loaded, hashes: Iterable[str], known: tuple[Sealed, ...] = ()
    ) -> dict[str, str]:
        """What people wrote, by hash; what is forgotten is left out. `known`: texts that need not be read again."""
        case, key = loaded.case, loaded.key
        wanted = {each for each in hashes if each}
        if not wanted or case is None or key is None or key.wrapped is None:
            return {}
        rows = [each for each in known if each.hash in wanted]
        if missing := wanted.difference(each.hash for each in rows):
            asked = TextsWanted(marketplace, case.order_id, case.case_id, frozenset(missing))
            rows += await self.store.sealed_texts(asked)
        return self.sealer.open_all(marketplace, case.case_id, key, rows)

    async def refused(
        self, refusal: Refusal, who: Principal, language: Language, order_id: str, case_id: str | None = None
    ) -> RefusedByRules:
        """A refusal with what its sentence needs, and with what stands in the case instead (reading 13)."""
        ask = Ask(who.marketplace, order_id, case_id)
        found = await self.store.load(ask)
        if found is None or not may_know(found, who.actor):
            return RefusedByRules(refusal, who.role, language)
        currency, zone = found.order.order.currency, load(found.marketplace.market).zone
        happened = None
        if case_id is not None and found.case is not None:
            happened = await self._happened(ask, who.role, language, zone, currency)
        return RefusedByRules(refusal, who.role, language, zone, currency, happened)

    async def _happened(self, ask: Ask, role: Role, language: Language, zone: str, currency: str) -> Happened | None:
        """The last event that the role may know of."""
        history = await self.store.history(ask.marketplace, ask.order_id, ask.case_id or "")
        last = next((each.recorded for each in reversed(history) if sees(each.recorded.event, role)), None)
        if last is None:
            return None
        return Happened(
            version=history[-1].recorded.number,
            at=last.at,
            event=NAMES[type(last.event)],
            by=last.actor.role.value,
            text=tell(last, language, zone, currency),
        )


def check_not_tied(loaded: Loaded, who: Principal) -> None:
    """An agent reads nothing of a case of its own, as it decides nothing in it. Raises RefusedByRules."""
    if is_tied(who, loaded.order.order.customer_id, loaded.order.order.seller_id):
        raise RefusedByRules(Refusal(Code.CONFLICT_OF_INTEREST), who.role)


def is_tied(who: Principal, customer_id: str, seller_id: str) -> bool:
    """Whether the caller is an agent who is a party of that order as well, or tied to one by what leads noted."""
    return who.role is Role.AGENT and not {customer_id, seller_id}.isdisjoint({who.id, *who.ties})


def no_such_case(who: Principal, case_id: str, language: Language | None = None) -> RefusedByRules:
    """What is not yours is as if it did not exist."""
    return RefusedByRules(Refusal(Code.NO_SUCH_CASE, (("case", case_id),)), who.role, language)


def not_your_work(who: Principal, case_id: str) -> RefusedByRules:
    """A case of which the caller has no work now."""
    return RefusedByRules(Refusal(Code.NOT_YOUR_WORK, (("case", case_id),)), who.role)


def language_of(request: Request[Any, Any, Any]) -> Language:
    """The language that the caller likes best of those we speak, by `Accept-Language`; English where it names none."""
    return preferred(request.headers.get("accept-language", ""))
