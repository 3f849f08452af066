"""How a page speaks: its language's catalogue, and dates, numbers and amounts as its readers write them.

English texts are the keys of the catalogue (`locale/id.po`); `python -m tools.catalogue` renews it.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources
from typing import Final

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import get_currency_symbol, get_decimal_symbol, get_group_symbol

from mufakat.core.calendar import zone_of
from mufakat.core.currencies import SYMBOLS, exponent
from mufakat.core.words import Language

LOCALES: Final[dict[Language, str]] = {Language.EN: "en_GB", Language.ID: "id_ID"}
NAMES: Final[dict[Language, str]] = {Language.EN: "English", Language.ID: "Bahasa Indonesia"}
"""Each language as it calls itself."""
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def mark(text: str) -> str:
    """A text of a table that a page translates when it shows it; the catalogue finds it here."""
    return text


@dataclass(frozen=True, slots=True)
class _Writing:
    """What Babel knows of how a language writes dates and numbers, looked up once: a page has hundreds of them.

    `days` and `months` are short names, from Monday (0) and from January (1); `group` stands between thousands.
    """

    locale: Locale
    days: Mapping[int, str]
    months: Mapping[int, str]
    group: str


@cache
def _writing(language: Language) -> _Writing:
    locale = Locale.parse(LOCALES[language])
    days, months = (dict(each["format"]["abbreviated"]) for each in (locale.days, locale.months))
    return _Writing(locale, days, months, get_group_symbol(locale))


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language, for readers of one market. `zone`: whose clocks times are told by."""

    language: Language
    zone: str = "UTC"

    @property
    def locale(self) -> Locale:
        """The locale by which dates and numbers are written."""
        return _writing(self.language).locale

    def say(self, text: str, **facts: object) -> str:
        """A text of ours in this language, with its facts (`%(name)s`)."""
        said = catalogue(self.language).gettext(text) if text else ""
        return said % facts if facts else said

    def count(self, one: str, many: str, number: int, **facts: object) -> str:
        """A text that depends on a number, which it may name as `%(num)s`."""
        said = catalogue(self.language).ngettext(one, many, number)
        return said % {"num": self.number(number), **facts}

    def number(self, value: int) -> str:
        """A whole number."""
        return f"{value:,}".replace(",", _writing(self.language).group)

    def money(self, minor: int, currency: str) -> str:
        """An amount of minor units: `Rp450.000`; decimals only where there are any."""
        places = exponent(currency)
        whole, rest = divmod(abs(minor), 10**places)
        shown = self.number(whole)
        if rest:
            shown += get_decimal_symbol(self.locale) + f"{rest:0{places}}"
        symbol = SYMBOLS.get(currency) or get_currency_symbol(currency, locale=self.locale)
        apart = "\N{NO-BREAK SPACE}" if symbol == currency else ""
        return f"{'-' if minor < 0 else ''}{symbol}{apart}{shown}"

    def date(self, at: datetime) -> str:
        """The day of an instant, short: `26 Nov 2026`."""
        return self._day(self._there(at))

    def moment(self, at: datetime) -> str:
        """An instant with day, time and zone: `Thu 26 Nov 2026, 21:00 WIB`."""
        there = self._there(at)
        day = _writing(self.language).days[there.weekday()]
        return f"{day} {self._day(there)}, {there:%H:%M} {zone_name(there)}"

    def short(self, at: datetime) -> str:
        """An instant as lists have it: `26 Nov 2026, 21:00`."""
        there = self._there(at)
        return f"{self._day(there)}, {there:%H:%M}"

    def left(self, seconds: float) -> str:
        """How long it is until then, in its two largest units."""
        whole = max(0, int(seconds))
        days, rest = divmod(whole, _DAY)
        hours, rest = divmod(rest, _HOUR)
        parts = [
            (days, self.count("%(num)s day", "%(num)s days", days)),
            (hours, self.count("%(num)s hour", "%(num)s hours", hours)),
            (rest // _MINUTE, self.count("%(num)s minute", "%(num)s minutes", rest // _MINUTE)),
        ]
        first = next((n for n, (size, _) in enumerate(parts) if size), len(parts) - 1)
        return " ".join(text for size, text in parts[first : first + 2] if size or first == len(parts) - 1)

    def _day(self, there: datetime) -> str:
        return f"{there.day} {_writing(self.language).months[there.month]} {there.year}"

    def _there(self, at: datetime) -> datetime:
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(zone_of(self.zone))


def zone_name(there: datetime) -> str:
    """The short name of an instant's zone, or its distance from UTC where it has none."""
    name = there.tzname() or ""
    return name if name.isalpha() else f"UTC{there.isoformat()[-6:]}".removesuffix(":00")


@cache
def catalogue(language: Language) -> NullTranslations:
    """The texts of a language; English speaks in the keys themselves."""
    if language is Language.EN:
        return NullTranslations()
    text = resources.files(__package__ or "").joinpath("locale", f"{language.value}.po").read_bytes()
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(text), locale=language.value))
    compiled.seek(0)
    return GNUTranslations(compiled)
