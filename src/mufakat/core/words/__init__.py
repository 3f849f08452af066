"""Words for people: events as sentences, codes as terms, times in the market's zone, amounts with their currency.

Pure text in English and Indonesian. Templates hold `{name}` for a fact, and `[...]` around what is said only when
every fact in it is known; a fact that is missing elsewhere shows as an ellipsis, so that telling never fails.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum

from mufakat.core.calendar import zone_of
from mufakat.core.currencies import SYMBOLS, exponent
from mufakat.core.words.terms import ITEMS, STAGES, TERMS, Said


class Language(StrEnum):
    """The languages in which the platform speaks."""

    EN = "en"
    ID = "id"


UNKNOWN = "…"
"""What stands where a fact is missing."""

MONTHS: dict[Language, tuple[str, ...]] = {
    Language.EN: (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    Language.ID: (
        "Januari",
        "Februari",
        "Maret",
        "April",
        "Mei",
        "Juni",
        "Juli",
        "Agustus",
        "September",
        "Oktober",
        "November",
        "Desember",
    ),
}

_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def pick(said: Said, language: Language) -> str:
    """The wording in a language."""
    return said[1] if language is Language.ID else said[0]


def term(value: StrEnum, language: Language = Language.EN) -> str:
    """What people read for a code of the process; the code in small letters where it has no entry."""
    said = TERMS.get(type(value), {}).get(value.value)
    return pick(said, language) if said else plain(value.value)


def item(name: str, language: Language = Language.EN) -> str:
    """What people read for a kind of material."""
    return pick(ITEMS[name], language) if name in ITEMS else plain(name)


def stage(name: str, language: Language = Language.EN) -> str:
    """What people read for the stage in which material was given."""
    return pick(STAGES[name], language) if name in STAGES else plain(name)


def plain(code: str) -> str:
    """A code as words: `PROOF_OF_DAMAGE` is `proof of damage`."""
    return code.replace("_", " ").lower()


def local(at: datetime, zone: str, language: Language = Language.EN) -> str:
    """An instant as the market's clocks show it, with day, time and zone: `5 March 2026, 14:30 WIB`."""
    there = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(zone_of(zone))
    name = there.tzname() or ""
    shown = name if name.isalpha() else f"UTC{there.isoformat()[-6:]}".removesuffix(":00")
    return f"{there.day} {MONTHS[language][there.month - 1]} {there.year}, {there:%H:%M} {shown}"


def money(amount: int, currency: str, language: Language = Language.EN) -> str:
    """Minor units as an amount, in a market's own money as its people write it: `Rp1,250`, in Indonesian `Rp1.250`.

    Decimals stand there only where there are any, for nobody pays in sen; with other money always: `USD 1,250.00`.
    Bare minor units without a currency.
    """
    if not currency:
        return f"{_grouped(amount, language)} {pick(('minor units', 'satuan terkecil'), language)}"
    places, symbol = exponent(currency), SYMBOLS.get(currency)
    units, rest = divmod(abs(amount), 10**places)
    point = "," if language is Language.ID else "."
    decimals = f"{point}{rest:0{places}}" if places and (rest or symbol is None) else ""
    sign, shown = ("-" if amount < 0 else ""), _grouped(units, language) + decimals
    return f"{currency} {sign}{shown}" if symbol is None else f"{sign}{symbol}{shown}"


def _grouped(number: int, language: Language) -> str:
    text = f"{number:,}"
    return text.replace(",", ".") if language is Language.ID else text


def fill(template: str, facts: Mapping[str, str]) -> str:
    """The template with its facts; never fails on a missing one."""

    def known(part: re.Match[str]) -> str:
        return part[1] if all(facts.get(name) for name in _PLACEHOLDER.findall(part[1])) else ""

    text = _OPTIONAL.sub(known, template)
    return _PLACEHOLDER.sub(lambda found: facts.get(found[1]) or UNKNOWN, text)


def placeholders(template: str) -> tuple[set[str], set[str]]:
    """The facts that a template always shows, and those that it shows only when they are known."""
    optional = {name for part in _OPTIONAL.findall(template) for name in _PLACEHOLDER.findall(part)}
    return set(_PLACEHOLDER.findall(_OPTIONAL.sub("", template))), optional


def sentence_case(text: str) -> str:
    """The text with a capital at its start."""
    return text[:1].upper() + text[1:]
