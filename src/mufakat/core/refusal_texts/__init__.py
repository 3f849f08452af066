"""Refusals in words: what happened, why, and what to do, for each role and language.

`sentence(refusal, role, language, zone, currency)` never fails: what it does not know it leaves out. Times in facts
are ISO 8601 in UTC and come out as absolute times of the market's zone, amounts in minor units with the currency.
The sentences are in the modules beside this one, by theme; docs/reference/refusals.md lists them all.
"""

from datetime import date, datetime
from enum import StrEnum

from mufakat.core.claim import Basis, Decision, FindingValue, RemedyKind, RequestType
from mufakat.core.order import OrderStatus
from mufakat.core.parties import Role
from mufakat.core.phases import Outcome, Phase
from mufakat.core.refusal_texts import (
    asking,
    disputing,
    executing,
    files,
    inspecting,
    judging,
    limits,
    moving,
    places,
    sandboxes,
)
from mufakat.core.refusal_texts.texts import Texts
from mufakat.core.refusals import Code, Refusal
from mufakat.core.words import Language, fill, item, local, money, pick, sentence_case, term
from mufakat.core.words.events import show, span

TEXTS: dict[Code, Texts] = (
    places.TEXTS
    | asking.TEXTS
    | disputing.TEXTS
    | judging.TEXTS
    | executing.TEXTS
    | limits.TEXTS
    | moving.TEXTS
    | files.TEXTS
    | inspecting.TEXTS
    | sandboxes.TEXTS
)
"""Every code to its sentences."""

TIMES = frozenset({"due", "ended", "last", "now", "opened", "promised", "started", "until"})
"""Facts that are instants or days in ISO 8601."""
AMOUNTS = frozenset({"asked", "held", "most", "outstanding", "owed", "paid"})
"""Facts that are minor units."""
SPANS = frozenset({"seconds"})
"""Facts that are numbers of seconds."""
CODES: dict[str, tuple[type[StrEnum], ...]] = {
    "basis": (Basis,),
    "derived": (FindingValue, Decision),
    "kind": (RemedyKind,),
    "outcome": (Outcome,),
    "phase": (Phase,),
    "role": (Role,),
    "status": (OrderStatus,),
    "type": (RequestType,),
}
"""Facts that are codes of the process, one or several with commas between."""


def template(code: Code, role: Role, language: Language = Language.EN) -> str:
    """The sentence before its facts are filled in. Only the two parties have it in another language than English."""
    texts = TEXTS[code]
    if role is Role.CUSTOMER:
        return pick(texts.customer, language)
    if role is Role.SELLER:
        return pick(texts.seller, language)
    return texts.others


def sentence(
    refusal: Refusal, role: Role, language: Language = Language.EN, zone: str = "UTC", currency: str = ""
) -> str:
    """What a person in that role is told about a refusal."""
    if role not in (Role.CUSTOMER, Role.SELLER):
        language = Language.EN
    facts = {name: _shown(name, value, language, zone, currency) for name, value in refusal.facts}
    return sentence_case(fill(template(refusal.code, role, language), facts))


def _shown(name: str, value: str, language: Language, zone: str, currency: str) -> str:
    """A fact as people read it; as it stands where it is not what its name promises."""
    try:
        if name in TIMES and value:
            return local(datetime.fromisoformat(value), zone, language) if "T" in value else _day(value, language)
        if name in AMOUNTS:
            return money(int(value), currency, language)
        if name in SPANS:
            return span(int(value), language)
    except ValueError:
        return value
    if name == "item":
        return item(value, language)
    return ", ".join(_term(name, part, language) for part in value.split(", ")) if name in CODES else value


def _day(value: str, language: Language) -> str:
    return show(date.fromisoformat(value), language, "UTC", "")


def _term(name: str, code: str, language: Language) -> str:
    for kind in CODES[name]:
        if code in kind.__members__:
            return term(kind(code), language)
    return code
