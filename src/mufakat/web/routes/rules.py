"""The rules for everybody who visits: a market's values on a day with their sources, those of a case, and the way."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.params import QueryParameter

from mufakat.api.asked import CaseId, caller, site_of
from mufakat.api.routes import rulebooks
from mufakat.api.wire.rulebooks import ValueOut
from mufakat.core import events as e
from mufakat.core.calendar import market_day
from mufakat.core.parties import Role
from mufakat.core.phases import Phase
from mufakat.core.policy.codec import decode
from mufakat.core.policy.policy import Policy
from mufakat.core.policy.rulebook import Rulebook, resolve
from mufakat.core.policy.values import values_of
from mufakat.core.sight import sees
from mufakat.rulebooks import load
from mufakat.web import diagram, visits
from mufakat.web.answered import answered
from mufakat.web.drawing import page, tongue_of
from mufakat.web.rule_words import BRIEF, GRADES
from mufakat.web.rules import book, changes, day_text
from mufakat.web.seen import Seen, seen
from mufakat.web.tongue import Tongue
from mufakat.web.tongue import mark as _
from mufakat.web.way import drawn


@dataclass(frozen=True, slots=True)
class OfCase:
    """The case whose rules are shown: before who visits, the hash of its policy, the phases that it has been in."""

    s: Seen
    hash: str
    entered: frozenset[Phase]


EVERYBODY: Any = {visits.CALLERS: visits.EVERYBODY, visits.INSIDE: True}
On = Annotated[str, QueryParameter(required=False, max_length=10)]


@get("/rules", opt=EVERYBODY, include_in_schema=False)
async def read_rules(request: Request[Any, Any, Any], on: On = "") -> Response[str]:
    """Every value in force on a day, today without one, and the way of a case."""
    return await _of_market(request, on)


@get("/rules/codes", opt=EVERYBODY, include_in_schema=False)
async def read_codes(request: Request[Any, Any, Any], on: On = "") -> Response[str]:
    """The market's reason codes on a day."""
    return await _of_market(request, on, codes=True)


@get("/cases/{case_id:str}/rules", opt=EVERYBODY, include_in_schema=False)
async def read_case_rules(request: Request[Any, Any, Any], case_id: CaseId) -> Response[str]:
    """The rules that a case pinned, with what is different today, and where on its way it stands."""
    return await _of_case(request, case_id)


@get("/cases/{case_id:str}/rules/codes", opt=EVERYBODY, include_in_schema=False)
async def read_case_codes(request: Request[Any, Any, Any], case_id: CaseId) -> Response[str]:
    """The reason codes that a case pinned."""
    return await _of_case(request, case_id, codes=True)


async def _of_market(request: Request[Any, Any, Any], on: str, *, codes: bool = False) -> Response[str]:
    site, who = site_of(request), caller(request)
    place = await site.place(who)
    t, rulebook = tongue_of(request, place.market), load(place.market)
    today = market_day(place.at(site.engine.clock.now()), rulebook.zone)
    day, wrong = _asked(on, rulebook, today, t)
    shown = shown_rules(t, rulebook, resolve(rulebook, day), await _entries(request, rulebook, day), today)
    status = 422 if wrong else 200
    return page(request, "rules.html", t, status=status, codes=codes, wrong=wrong, **shown)


async def _of_case(request: Request[Any, Any, Any], case_id: str, *, codes: bool = False) -> Response[str]:
    shown = await seen(request, case_id)
    site, who, t = site_of(request), caller(request), shown.t
    place = await site.place(who)
    rulebook = load(place.market)
    pinned = (await answered(request, rulebooks.read_policy, t, case_id=case_id)).content
    policy = decode(msgspec.json.encode(pinned.policy))
    today = market_day(place.at(site.engine.clock.now()), rulebook.zone)
    log = await site.store.history(who.marketplace, shown.case.order_id, case_id)
    entered = phases_entered((each.recorded.event for each in log), who.role)
    entries = await _entries(request, rulebook, rulebook.law_day(policy.day, backdate=True))
    of_case = OfCase(shown, pinned.hash, entered)
    known = shown_rules(t, rulebook, policy, entries, today, of_case)
    return page(request, "rules.html", t, codes=codes, wrong="", **known)


def phases_entered(events: Iterable[e.Event], role: Role) -> frozenset[Phase]:
    """The phases that a case has been in, as far as a role may know."""
    return frozenset(each.phase for each in events if isinstance(each, e.PhaseEntered) and sees(each, role))


def shown_rules(
    t: Tongue,
    rulebook: Rulebook,
    policy: Policy,
    entries: Iterable[ValueOut],
    today: date,
    of_case: OfCase | None = None,
) -> dict[str, Any]:
    """What the page shows of a policy. entries: the rulebook's values of its day; of_case: the case that pinned it."""
    now = {matter.phase for matter in of_case.s.case.matters} if of_case else set()
    todays = values_of(resolve(rulebook, today, backdate=True)) if of_case else None
    return {
        "market": t.locale.territories.get(rulebook.market, rulebook.market),
        "starts": rulebook.starts,
        "day": policy.day,
        "today": today,
        "s": of_case.s if of_case else None,
        "hash": of_case.hash if of_case else "",
        "b": book(t, rulebook, values_of(policy), entries, todays),
        "changes": [] if of_case else changes(t, rulebook),
        "way": drawn(t, rulebook, policy, now, of_case.entered if of_case else ()),
        "d": diagram,
        "grade_said": GRADES,
        "grade_brief": BRIEF,
        "day_text": day_text,
    }


def _asked(on: str, rulebook: Rulebook, today: date, t: Tongue) -> tuple[date, str]:
    """The day that was asked for, and what is amiss with it; then today's values, or those of the first day."""
    otherwise = max(today, rulebook.starts)
    if not on:
        return otherwise, ""
    try:
        day = date.fromisoformat(on)
    except ValueError:
        return otherwise, t.say(_("That is no day. These are the values of today."))
    if day < rulebook.starts:
        first = day_text(t, rulebook.starts)
        return rulebook.starts, t.say(_("These rules begin on %(day)s. These are the values of that day."), day=first)
    return day, ""


async def _entries(request: Request[Any, Any, Any], rulebook: Rulebook, day: date) -> list[ValueOut]:
    """The rulebook's values of a day with their sources, as the API answers them."""
    found = await answered(request, rulebooks.read_rulebook, name=rulebook.name, on=day)
    return list(found.values)
