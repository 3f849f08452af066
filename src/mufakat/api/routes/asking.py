"""What may be asked of an order, and what a command would do: answers that change nothing."""

from typing import Annotated, Any

from litestar import Request, Router, get, post
from litestar.params import JSONBody, QueryParameter

from mufakat.api import showing
from mufakat.api.asked import CaseId, OrderId, caller, site_of
from mufakat.api.knocking import RIGHT
from mufakat.api.rights import Right
from mufakat.api.site import language_of, no_such_case
from mufakat.api.wire import asking as w
from mufakat.api.wire import cases, commands
from mufakat.api.wire.mirror import MAX_NAME
from mufakat.core.claim import RequestType
from mufakat.core.eligibility import Asking, Eligibility, Line, Type, Units
from mufakat.core.parties import PARTIES, Role
from mufakat.core.policy.policy import CodeRule, MaterialRule
from mufakat.core.preview import Change, Preview, Standing
from mufakat.core.refusal_texts import sentence
from mufakat.core.refusals import Refusal
from mufakat.core.sight import sees_hold
from mufakat.core.words import Language, item, sentence_case
from mufakat.rulebooks import load

MOST_LINES = 50
"""Lines that one answer is about."""

LineIds = Annotated[
    list[Annotated[str, QueryParameter(max_length=MAX_NAME)]] | None,
    QueryParameter(name="line", required=False, max_items=MOST_LINES, description="Only these lines; repeat it."),
]
OnBehalf = Annotated[
    Role | None,
    QueryParameter(
        name="for", required=False, description="The party for whom a server or an agent asks: CUSTOMER or SELLER."
    ),
]


@get("/orders/{order_id:str}/eligibility", opt={RIGHT: Right.ORDERS_READ})
async def read_eligibility(
    request: Request[Any, Any, Any], order_id: OrderId, line: LineIds = None, for_role: OnBehalf = None
) -> w.EligibilityOut:
    """What may be asked for the lines of an order now, until when, and with what material."""
    site, who, language = site_of(request), caller(request), language_of(request)
    found = await site.engine.eligibility(who.marketplace, order_id, who.actor, tuple(line or ()), for_role, who.ties)
    if isinstance(found, Refusal):
        raise await site.refused(found, who, language, order_id)
    market = (await site.loaded_order(who, order_id)).marketplace.market
    return _Telling(found, who.role if who.role in PARTIES else found.role, language, load(market).zone).out()


@post("/orders/{order_id:str}/preview", opt={RIGHT: Right.CASES_OPEN}, status_code=200)
async def preview_opening(
    request: Request[Any, Any, Any], order_id: OrderId, data: JSONBody[cases.OpenRequestIn]
) -> w.PreviewOut:
    """What opening a request would do, in money and deadlines. Nothing is written."""
    return await previewed(request, order_id, None, cases.open_command(data))


@post("/cases/{case_id:str}/preview", opt={RIGHT: Right.CASES_COMMAND}, status_code=200)
async def preview_command(
    request: Request[Any, Any, Any], case_id: CaseId, data: JSONBody[commands.AnyCommand]
) -> w.PreviewOut:
    """What a command would do, in money and deadlines, or the refusal that it would meet. Nothing is written."""
    site, who = site_of(request), caller(request)
    order_id = await site.order_of(who.marketplace, case_id)
    if order_id is None:
        raise no_such_case(who, case_id, language_of(request))
    return await previewed(request, order_id, case_id, commands.core(data))


async def previewed(
    request: Request[Any, Any, Any], order_id: str, case_id: str | None, command: Any, language: Language | None = None
) -> w.PreviewOut:
    """What a command of the caller would do. Raises RefusedByRules.

    language: of its sentences; without one that which the request prefers.
    """
    site, who, language = site_of(request), caller(request), language or language_of(request)
    if case_id is not None:
        await site.check_works_on(who, case_id, command)
    refusal = await site.materials.missing(who.marketplace, order_id, who.actor, command)
    found = refusal or await site.engine.preview(who.marketplace, order_id, case_id, command, who.actor, who.ties)
    if isinstance(found, Refusal):
        raise await site.refused(found, who, language, order_id, case_id)
    market = (await site.loaded_order(who, order_id)).marketplace.market
    return _laid_out(found, who.role, language, load(market).zone)


def _laid_out(found: Preview, role: Role, language: Language, zone: str) -> w.PreviewOut:
    return w.PreviewOut(
        version=found.case.number - len(found.recorded),
        recorded=showing.entries(found.recorded, role, language, zone, found.case.currency, {}),
        matters=[change(each, role) for each in found.matters],
    )


def change(made: Change, role: Role) -> w.ChangeOut:
    """A matter before and after, as far as the role may know."""
    before = None if made.before is None else _standing(made.before, role)
    return w.ChangeOut(made.matter, list(made.lines), made.came_from or None, before, _standing(made.after, role))


def _standing(standing: Standing, role: Role) -> w.StandingOut:
    return w.StandingOut(
        phase=standing.phase,
        due=standing.due,
        on_silence=standing.lapse,
        outcome=standing.outcome,
        held=standing.held if sees_hold(role) else None,
        kind=standing.kind,
        owed=standing.owed,
        ordered=standing.ordered,
        paid=standing.paid,
        freight=standing.freight,
        freight_bearer=standing.freight_bearer,
        destination=standing.destination,
    )


class _Telling:
    """Lays out an eligibility, with the sentence of each refusal told once."""

    def __init__(self, found: Eligibility, role: Role, language: Language, zone: str) -> None:
        self._found, self._role, self._language, self._zone = found, role, language, zone
        self._told: dict[Refusal, w.NotNowOut] = {}

    def out(self) -> w.EligibilityOut:
        found = self._found
        return w.EligibilityOut(
            order_id=found.order_id,
            currency=found.currency,
            role=found.role,
            now=found.now,
            lines=[self._line(each) for each in found.lines],
            codes=[w.CodesOut(each.type, each.needed, [_code(rule) for rule in each.codes]) for each in found.codes],
            material=[
                w.MaterialOut(each.reason, self._items(each.customer), self._items(each.seller))
                for each in found.material
            ],
        )

    def _line(self, line: Line) -> w.EligibleLineOut:
        return w.EligibleLineOut(
            line_id=line.line_id,
            bought=line.bought,
            free=list(line.free),
            most=line.most,
            not_now=self._tell(line.refusal),
            units=[self._units(each) for each in line.units],
        )

    def _units(self, units: Units) -> w.UnitsOut:
        return w.UnitsOut(list(units.units), units.most, [self._type(each) for each in units.types])

    def _type(self, kind: Type) -> w.TypeOut:
        reasons = [self._asking(each) for each in kind.reasons]
        return w.TypeOut(RequestType(kind.type), self._tell(kind.refusal), kind.at_once, reasons)

    def _asking(self, asking: Asking) -> w.AskingOut:
        return w.AskingOut(asking.reason, self._tell(asking.refusal), asking.until, asking.acceptance_until)

    def _tell(self, refusal: Refusal | None) -> w.NotNowOut | None:
        if refusal is None:
            return None
        if refusal not in self._told:
            said = sentence(refusal, self._role, self._language, self._zone, self._found.currency)
            self._told[refusal] = w.NotNowOut(refusal.code.value, said)
        return self._told[refusal]

    def _items(self, rules: tuple[MaterialRule, ...]) -> list[w.ItemOut]:
        return [w.ItemOut(each.item, each.level, sentence_case(item(each.item, self._language))) for each in rules]


def _code(rule: CodeRule) -> w.ReasonCodeOut:
    return w.ReasonCodeOut(rule.code, rule.reason, rule.text)


router = Router("/v1", route_handlers=[read_eligibility, preview_opening, preview_command], tags=["Before asking"])
