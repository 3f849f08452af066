"""A case before one visitor, ready for a page: what the API would answer to them, and how it stands in their words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from litestar import Request

from mufakat.api import showing
from mufakat.api.asked import caller, site_of
from mufakat.api.principals import Principal
from mufakat.api.routes import cases as of_cases
from mufakat.api.site import Site
from mufakat.api.wire import cases as w
from mufakat.core.claim import Given, MaterialKind
from mufakat.core.decide.negotiate import rejection_use
from mufakat.core.order import OrderLine, OrderState
from mufakat.core.parties import PARTIES, Role
from mufakat.core.policy.policy import CodeRule, CodeUse, Policy
from mufakat.core.view import ViewerState
from mufakat.core.words import item, sentence_case, term
from mufakat.core.words.rules import rule
from mufakat.core.words.why import why
from mufakat.engine import stating
from mufakat.store.records import Loaded
from mufakat.web.drawing import tongue_of
from mufakat.web.phases import Standing, heading
from mufakat.web.steps import Step, steps_of
from mufakat.web.tongue import Tongue

_CODE: Final = re.compile(r"\w+_\w+")
MESSAGE: Final = "message.sent"
"""The event of a message, which is told among the messages."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A case before a visitor. `now`: the marketplace's moment (UTC); `statements`: the judgements so far.

    `codes`: with which of the market's codes a seller may refuse the request, or the returned parcel; `meanings`: what
    the market shows people for each of its codes.
    """

    who: Principal
    t: Tongue
    now: datetime
    case: w.CaseOut
    order: OrderState
    entries: list[w.EntryOut]
    messages: list[w.MessageOut]
    statements: list[stating.Given]
    codes: tuple[CodeRule, ...] = ()
    meanings: Mapping[str, str] = field(default_factory=dict)

    @property
    def me(self) -> Role:
        """The visitor's role."""
        return self.who.role

    @property
    def other(self) -> Role:
        """The other side."""
        return PARTIES[0] if self.me is PARTIES[1] else PARTIES[1]

    @property
    def steps(self) -> list[Step]:
        """What the visitor may do now: what the case waits for first."""
        return steps_of(self.case, self.me)

    def steps_about(self, matter: int) -> list[Step]:
        """The same for one part of the case."""
        return [each for each in self.steps if each.matter == matter]

    def line(self, line_id: str) -> OrderLine:
        """A line of the order."""
        found = self.order.order.line(line_id)
        assert found is not None, f"a case about line {line_id}, which its order has not"
        return found

    def product(self, line_id: str) -> str:
        """What a line is, as people call it."""
        return product_name(self.line(line_id).product_id)

    @property
    def title(self) -> str:
        """What was asked, in two or three words."""
        return self.word(self.case.type)

    def heading(self, matter: w.MatterOut) -> Standing:
        """Where a part of the case stands, as the visitor should read it."""
        return heading(matter, self.me)

    def money(self, minor: int) -> str:
        """An amount of the case."""
        return self.t.money(minor, self.case.currency)

    def word(self, code: Any) -> str:
        """A code as people read it, at the start of a line."""
        return sentence_case(term(code, self.t.language))

    def item(self, name: str) -> str:
        """A kind of material, at the start of a line."""
        return sentence_case(item(name, self.t.language))

    def rule(self, name: str) -> str:
        """What a rule says, by its name."""
        return rule(name, self.t.language)

    def why(self, reason: str) -> str:
        """A reason of a judgement, in words."""
        return why(reason, self.t.language)

    def person(self, role: Role) -> str:
        """Who that is to the visitor."""
        return self.t.say("You") if role is self.me else self.word(role)

    def seconds_left(self, until: datetime) -> float:
        """How long it is until a moment."""
        return max(0.0, (until - self.now) / timedelta(seconds=1))

    def expected(self, matter: int | None = None) -> list[w.ExpectedOut]:
        """The visitor's own list of material (S6), of one part or of all, what is missing first."""
        own = [each for each in self.case.expected_material if each.party is self.me]
        found = [each for each in own if matter is None or each.matter == matter]
        return sorted(found, key=lambda each: each.state is not Given.MISSING)

    @property
    def is_ahead(self) -> bool:
        """Whether the visitor can open a stage, such as a dispute, for which material is expected."""
        return any(each.ahead and each.party is self.me for each in self.case.expected_material)

    def codes_of(self, command: str) -> list[CodeRule]:
        """The codes that a refusal may carry."""
        parcel = command == "RejectParcel"
        return [each for each in self.codes if (each.use is CodeUse.REJECT_PARCEL) is parcel]

    def exhibits(self, by: Role) -> list[w.ExhibitOut]:
        """What one side handed in."""
        return [each for each in self.case.exhibits if each.by == by]

    def came_with(self, message: w.MessageOut) -> list[w.ExhibitOut]:
        """The material that came with a message, but for its own text, which is material, too (S4)."""
        own = self.as_exhibit(message)
        return [each for each in self.case.exhibits if each.number in message.exhibits and each is not own]

    @property
    def told(self) -> frozenset[str]:
        """The texts of messages and material, which need not be read once more where it stands what happened."""
        return frozenset([each.text for each in self.messages] + [each.text for each in self.case.exhibits])

    def as_exhibit(self, message: w.MessageOut) -> w.ExhibitOut | None:
        """The piece of material that a message's own text is (S4), if it is one."""
        found = (each for each in self.case.exhibits if each.number in message.exhibits and not self.is_file(each))
        return next((each for each in found if each.text == message.text), None)

    def besides(self, by: Role) -> list[w.ExhibitOut]:
        """What one side handed in beside its messages."""
        told = {each.number for message in self.messages if (each := self.as_exhibit(message))}
        return [each for each in self.exhibits(by) if each.number not in told]

    @property
    def happened(self) -> list[w.EntryOut]:
        """What happened beside the messages, the latest first."""
        return [each for each in reversed(self.entries) if each.event != MESSAGE]

    def sentence(self, entry: w.EntryOut) -> str:
        """What happened; a code of the market by what it means."""

        def meant(found: re.Match[str]) -> str:
            means = self.meanings.get(found[0], "")
            return f"“{self.t.say(means)}”" if means else found[0]

        return _CODE.sub(meant, entry.text)

    def is_file(self, exhibit: w.ExhibitOut) -> bool:
        """Whether there may be something to look at."""
        return exhibit.kind is MaterialKind.FILE and bool(exhibit.digest)

    def is_turn(self, matter: w.MatterOut) -> bool:
        """Whether the visitor is waited for."""
        return matter.state is ViewerState.YOUR_TURN


def refusal_codes(policy: Policy, order: OrderState, *uses: CodeUse) -> tuple[CodeRule, ...]:
    """The market's codes for a refusal of one of these kinds, as the order stands now."""
    status = str(order.status())
    return tuple(each for each in policy.codes if each.use in uses and (not each.statuses or status in each.statuses))


def shown_to(seen: showing.Shown, who: Principal, t: Tongue, **told: Any) -> Seen:
    """A case as the API shows it, for a page; `told`: entries, messages and statements."""
    codes = refusal_codes(seen.policy, seen.order, rejection_use(seen.case.type), CodeUse.REJECT_PARCEL)
    meanings = {each.code: each.text for each in seen.policy.codes}
    return Seen(who, t, seen.now, seen.out(), seen.order, codes=codes, meanings=meanings, **told)


async def seen(request: Request[Any, Any, Any], case_id: str) -> Seen:
    """A case before who visits. Raises RefusedByRules (NO_SUCH_CASE) for what is not theirs."""
    return await seen_by(request, caller(request), await site_of(request).loaded(caller(request), case_id))


async def seen_by(request: Request[Any, Any, Any], who: Principal, loaded: Loaded) -> Seen:
    """A case as somebody sees it, who need not be the visitor; whether the visitor may is the caller's to ask."""
    site, case_id = site_of(request), loaded.case.case_id if loaded.case is not None else ""
    tongue = tongue_of(request, loaded.marketplace.market)
    shown = await of_cases.shown(site, who, loaded)
    log = await site.store.history(who.marketplace, loaded.order.order.order_id, case_id)
    recorded = tuple(each.recorded for each in log)
    return shown_to(
        shown,
        who,
        tongue,
        entries=await of_cases.entries(site, who, loaded, recorded, tongue.language),
        messages=await of_cases.said(site, who, loaded, recorded),
        statements=stating.given(log),
    )


def moment(site: Site, loaded: Loaded) -> datetime:
    """What the marketplace's clock shows."""
    return showing.moment_of(loaded, site.engine.clock.now())


def product_name(product_id: str) -> str:
    """An article's number as people read it: `blender-400w` as `Blender 400w`; a code stays as it is."""
    wordlike = product_id.islower() and any(each in "-_ " for each in product_id)
    return sentence_case(product_id.replace("-", " ").replace("_", " ")) if wordlike else product_id
