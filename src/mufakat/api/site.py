"""What every route works with: engine, store, keys, clock, and small look-ups that all of them need."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, Final

from litestar import Request

from mufakat.api.allowances import Allowances
from mufakat.api.cursors import Cursors
from mufakat.api.principals import Principal
from mufakat.api.problems import RefusedByRules
from mufakat.api.wire.problems import Happened
from mufakat.core.events import NAMES
from mufakat.core.parties import Role
from mufakat.core.refusals import Code, Refusal
from mufakat.core.sight import sees
from mufakat.core.words import Language
from mufakat.core.words.events import tell
from mufakat.engine.handle import Engine
from mufakat.rulebooks import load
from mufakat.store.postgres import PostgresStore
from mufakat.store.records import Ask, Loaded
from mufakat.store.seal import Sealer

MOST_REMEMBERED: Final = 20_000
"""Cases whose order is remembered: it never changes, so a look-up is saved with each command."""


@dataclass(slots=True)
class Site:
    """All that the routes work with. `version` of the program; `trial`: an own database with a made-up marketplace."""

    engine: Engine
    store: PostgresStore
    sealer: Sealer
    own_key: bytes
    cursors: Cursors
    allowances: Allowances
    strangers: Allowances
    trial: str = ""
    _orders: OrderedDict[tuple[str, str], str] = field(default_factory=OrderedDict)

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
        """A case as it stands, with order and policy. Raises RefusedByRules (NO_SUCH_CASE) for what is not theirs."""
        order_id = await self.order_of(who.marketplace, case_id)
        found = None if order_id is None else await self.store.load(Ask(who.marketplace, order_id, case_id))
        if found is None or found.case is None or not may_know(found, who):
            raise no_such_case(who, case_id)
        return found

    async def loaded_order(self, who: Principal, order_id: str) -> Loaded:
        """An order as it stands. Raises RefusedByRules (NO_SUCH_ORDER) for what is not theirs."""
        found = await self.store.load(Ask(who.marketplace, order_id))
        if found is None or not may_know(found, who):
            raise RefusedByRules(Refusal(Code.NO_SUCH_ORDER, (("order", order_id),)), who.role)
        return found

    async def texts(self, marketplace: str, loaded: Loaded, hashes: list[str]) -> dict[str, str]:
        """What people wrote, by hash; what is forgotten is left out."""
        case, key = loaded.case, loaded.key
        if not any(hashes) or case is None or key is None or key.wrapped is None:
            return {}
        rows = await self.store.sealed_of(marketplace, case.order_id, case.case_id)
        wanted = {each for each in hashes if each in rows}
        return {each: self.sealer.open(marketplace, case.case_id, key, rows[each]) for each in wanted}

    async def refused(
        self, refusal: Refusal, who: Principal, language: Language, order_id: str, case_id: str | None = None
    ) -> RefusedByRules:
        """A refusal with what its sentence needs, and with what stands in the case instead (reading 13)."""
        ask = Ask(who.marketplace, order_id, case_id)
        found = await self.store.load(ask)
        if found is None or not may_know(found, who):
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


def may_know(loaded: Loaded, who: Principal) -> bool:
    """Whether the order is the party's own, or the caller works for the platform."""
    order = loaded.order.order
    own = {Role.CUSTOMER: order.customer_id, Role.SELLER: order.seller_id}.get(who.role)
    return own is None or own == who.id


def no_such_case(who: Principal, case_id: str, language: Language = Language.EN) -> RefusedByRules:
    """What is not yours is as if it did not exist."""
    return RefusedByRules(Refusal(Code.NO_SUCH_CASE, (("case", case_id),)), who.role, language)


def language_of(request: Request[Any, Any, Any]) -> Language:
    """The language that the caller likes best of those we speak, by `Accept-Language`; English where it names none."""
    best, quality = Language.EN, 0.0
    for part in request.headers.get("accept-language", "").split(",")[:20]:
        name, _, weight = part.partition(";")
        try:
            q = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            continue
        tag = name.strip().lower().partition("-")[0]
        # Indonesian's code was `in` until 1989, and some old phones still say so.
        spoken = {"en": Language.EN, "id": Language.ID, "in": Language.ID}.get(tag)
        if spoken is not None and q > quality:
            best, quality = spoken, q
    return best
