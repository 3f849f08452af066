"""Asking for something about an order, in three pages: which items and why, what would make it right, a last look."""

from dataclasses import dataclass
from typing import Any, Final

import msgspec
from litestar import Request, Response, get, post
from litestar.response import Redirect

from mufakat.api.asked import OrderId, caller, key_of, site_of
from mufakat.api.problems import RefusedByRules
from mufakat.api.routes import asking
from mufakat.api.routes import cases as of_cases
from mufakat.api.troubles import status_of
from mufakat.api.wire.cases import OpenRequestIn, open_command
from mufakat.core.claim import Level, Reason, RequestType
from mufakat.core.eligibility import Asking, Eligibility, Line, Type
from mufakat.core.order import OrderLine
from mufakat.core.policy.policy import CodeRule
from mufakat.core.refusal_texts import sentence
from mufakat.core.refusals import Refusal
from mufakat.core.words import item, sentence_case, term
from mufakat.engine.sandbox import react
from mufakat.web.drawing import page
from mufakat.web.filling import DOCUMENT, Filled, NotFilled, filled, gathered, materials, minor
from mufakat.web.routes.orders import MINE, Card, card
from mufakat.web.routes.steps import MOST_SENT
from mufakat.web.tongue import Tongue
from mufakat.web.tongue import mark as _

WHAT_IT_IS: Final[dict[RequestType, str]] = {
    RequestType.CANCEL: _("Cancel the order, and get your money back."),
    RequestType.REFUND: _("Get money back, and keep what you have."),
    RequestType.RETURN_AND_REFUND: _("Send the goods back, and get your money back."),
    RequestType.REPLACEMENT: _("Send the goods back, and get the same again."),
    RequestType.EXCHANGE: _("Send the goods back, and get another variant."),
    RequestType.RESEND_MISSING: _("Get sent what was missing."),
}
"""What each type means to who asks."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A type as the second page shows it. `why_not`: why it cannot be asked, empty where it can.

    `at_once`: it is granted without waiting for anybody. `codes`: of which one must be chosen.
    """

    type: RequestType
    title: str
    text: str
    why_not: str
    at_once: bool
    codes: tuple[CodeRule, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is being asked for. `chosen`: the lines in question, each with its reason and how many units of it."""

    card: Card
    given: Filled
    chosen: dict[str, tuple[Reason, int]]

    @property
    def t(self) -> Tongue:
        """How to speak."""
        return self.card.t

    @property
    def eligible(self) -> Eligibility:
        """What may be asked."""
        assert self.card.eligible is not None
        return self.card.eligible

    @property
    def lines(self) -> list[Line]:
        """The lines about which anything can be asked."""
        return [each for each in self.eligible.lines if not self.card.why_not(each.line_id)]

    def bought(self, line_id: str) -> OrderLine:
        """A line of the order."""
        return next(each for each in self.card.lines if each.line_id == line_id)

    def reasons(self, line: Line) -> list[Reason]:
        """For what reasons anything can be asked about a line."""
        fine = {each.reason for kind in _types(line) for each in kind.reasons if each.refusal is None}
        return [each for each in Reason if each in fine]

    def word(self, code: Any) -> str:
        """A code as people read it."""
        return sentence_case(term(code, self.t.language))

    def choices(self) -> list[Choice]:
        """Every type that can be asked."""
        return [each for each in self._all() if not each.why_not]

    def impossible(self) -> list[tuple[str, list[Choice]]]:
        """Every type that cannot be asked, by why not."""
        found: dict[str, list[Choice]] = {}
        for each in self._all():
            if each.why_not:
                found.setdefault(each.why_not, []).append(each)
        return list(found.items())

    @property
    def is_counterfeit(self) -> bool:
        """Whether anything is said to be counterfeit, which need not have been visible."""
        return any(reason is Reason.COUNTERFEIT for reason, _ in self.chosen.values())

    def expected(self) -> list[tuple[str, Level]]:
        """What the customer is expected to show, for the reasons that were chosen (S6)."""
        wanted = {reason for reason, _ in self.chosen.values()}
        rules = [rule for each in self.eligible.material if each.reason in wanted for rule in each.customer]
        return list(dict.fromkeys((rule.item, rule.level) for rule in rules))

    def items(self) -> list[str]:
        """Kinds of material that a photo can be of."""
        return list(dict.fromkeys([*(name for name, _ in self.expected()), DOCUMENT]))

    def item(self, name: str) -> str:
        """A kind of material as people read it."""
        return sentence_case(item(name, self.t.language))

    def most(self) -> int:
        """The most that may be refunded for what was chosen, minor units."""
        return sum(
            sum(sorted((units.most // len(units.units) for units in line.units for _ in units.units), reverse=True)[:n])
            for line in self._chosen_lines()
            for _, n in [self.chosen[line.line_id]]
        )

    def periods(self) -> list[Asking]:
        """Until when what, for the chosen lines and the type that was chosen."""
        kind = self.given.get("type")
        return [
            each
            for line in self._chosen_lines()
            for found in _of(RequestType(kind), line)
            for each in found.reasons
            if each.reason is self.chosen[line.line_id][0]
        ]

    def body(self) -> dict[str, Any]:
        """The request as the API takes it. Raises NotFilled."""
        kind = self.given.get("type")
        if kind not in list(RequestType):
            raise NotFilled(self.t.say(_("Choose what would make it right.")))
        currency = self.card.state.order.currency
        amount = minor(self.given.get("amount"), currency, self.t) if kind == RequestType.REFUND else None
        if amount is not None and len(self.chosen) > 1:
            raise NotFilled(self.t.say(_("An amount can be asked for one item at a time; leave it empty for all.")))
        lines = [
            {
                "line_id": line_id,
                "reason": reason.value,
                "quantity": number,
                "amount": amount,
                "reason_code": self.given.get(f"code-{kind}"),
                "hidden": reason is Reason.COUNTERFEIT and self.given.get("hidden") == "yes",
            }
            for line_id, (reason, number) in self.chosen.items()
        ]
        given = {"materials": materials(self.given), "text": self.given.get("text").strip()}
        return {"type": kind, "lines": lines, **given}

    def _all(self) -> list[Choice]:
        return [self._choice(kind) for kind in RequestType if any(_of(kind, each) for each in self._chosen_lines())]

    def _chosen_lines(self) -> list[Line]:
        return [each for each in self.eligible.lines if each.line_id in self.chosen]

    def _choice(self, kind: RequestType) -> Choice:
        found = [(line, each) for line in self._chosen_lines() for each in _of(kind, line)]
        refusals = [_refused(each, self.chosen[line.line_id][0]) for line, each in found]
        refusal = next((each for each in refusals if each is not None), None)
        codes = next(each for each in self.eligible.codes if each.type is kind)
        fitting = {rule for reason, _ in self.chosen.values() for rule in codes.fitting(reason)} if codes.needed else ()
        return Choice(
            type=kind,
            title=self.word(kind),
            text=self.t.say(WHAT_IT_IS[kind]),
            why_not="" if refusal is None else self._tell(refusal),
            at_once=all(each.at_once for _, each in found),
            codes=tuple(rule for rule in codes.codes if rule in fitting),
        )

    def _tell(self, refusal: Refusal) -> str:
        order = self.card.state.order
        return sentence(refusal, self.eligible.role, self.t.language, self.t.zone, order.currency)


@get("/orders/{order_id:str}/ask", opt=MINE, include_in_schema=False)
async def ask(request: Request[Any, Any, Any], order_id: OrderId) -> Response[str]:
    """Which items, and what is the matter with each; then what would make it right."""
    site, who = site_of(request), caller(request)
    shown = await card(request, site, who, order_id)
    wish = _wish(shown, gathered(request.query_params.multi_items()))
    wrong = "stage" in request.query_params and not wish.chosen
    template = "ask_details.html" if wish.chosen and shown.can_ask else "ask_items.html"
    return page(request, template, shown.t, wish=wish, given=wish.given, wrong=wrong)


@post("/orders/{order_id:str}/ask", opt=MINE, include_in_schema=False, request_max_body_size=MOST_SENT)
async def send(request: Request[Any, Any, Any], order_id: OrderId) -> Response[Any]:
    """Show what asking would do, or ask. What is refused comes back with the form."""
    site, who = site_of(request), caller(request)
    shown = await card(request, site, who, order_id)
    wish = _wish(shown, await filled(request, order_id, shown.t))
    stage = wish.given.get("stage")
    if not wish.chosen or wish.given.wrong or stage == "edit":
        return _again(request, wish)
    try:
        command = open_command(msgspec.convert(wish.body(), OpenRequestIn, strict=False))
        if stage != "give":
            found = await asking.previewed(request, order_id, None, command, shown.t.language)
            return page(request, "ask_confirm.html", shown.t, wish=wish, given=wish.given, preview=found)
        done = await of_cases.give(
            site, who, shown.t.language, order_id, None, command, key_of(f"{wish.given.key}-0", who)
        )
        if done.after is not None and done.after.marketplace.sandbox:
            await react(site.engine, who.marketplace, order_id, done.case_id)
    except NotFilled as error:
        return _again(request, wish, str(error))
    except msgspec.ValidationError:
        return _again(request, wish, shown.t.say(_("Something here cannot be taken as it is.")))
    except RefusedByRules as error:
        said = sentence(error.refusal, error.role, shown.t.language, shown.t.zone, shown.state.order.currency)
        return _again(request, wish, said, status_of(error.refusal.code))
    to = f"/cases/{done.case_id}?done=OpenRequest"
    return Redirect(to, status_code=303, headers={"Cache-Control": "no-store"})


def _again(request: Request[Any, Any, Any], wish: Wish, wrong: str = "", status: int = 422) -> Response[str]:
    """The form as it was filled so far."""
    if wrong:
        wish.given.wrong.append(wrong)
    wish.given.fields.pop("key", None)
    template = "ask_details.html" if wish.chosen and wish.card.can_ask else "ask_items.html"
    status = status if wish.given.wrong else 200
    return page(request, template, wish.t, status=status, wish=wish, given=wish.given, wrong=not wish.chosen)


def _wish(shown: Card, given: Filled) -> Wish:
    chosen: dict[str, tuple[Reason, int]] = {}
    for line in shown.eligible.lines if shown.eligible else ():
        reason = given.get(f"reason-{line.line_id}")
        if line.line_id in given.all("line") and reason in list(Reason):
            number = given.get(f"quantity-{line.line_id}", "1")
            wanted = int(number) if number.isdigit() and len(number) < 6 else 1  # noqa: PLR2004 - no order has as many
            chosen[line.line_id] = (Reason(reason), max(1, wanted))
    return Wish(shown, given, chosen)


def _types(line: Line) -> list[Type]:
    return [kind for units in line.units for kind in units.types]


def _of(kind: RequestType, line: Line) -> list[Type]:
    return [each for each in _types(line) if each.type is kind]


def _refused(kind: Type, reason: Reason) -> Refusal | None:
    """Why that cannot be asked for that reason; None where it can."""
    if kind.refusal is not None:
        return kind.refusal
    return next((each.refusal for each in kind.reasons if each.reason is reason), None)
