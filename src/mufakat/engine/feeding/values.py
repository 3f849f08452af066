"""Values as files have them, and as orders have them: amounts, moments, flags, counts, names.

Amounts become minor units of their currency, moments UTC. WrongValueError says what is wrong with one.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Final

from mufakat.core.currencies import exponent

MAX_NAME: Final = 200
"""Characters of an identifier or a code, as the API has it."""
FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2199
MOST_SHOWN: Final = 60
"""Characters of a value in a sentence."""
_FLAGS: Final = {
    **dict.fromkeys(("true", "yes", "y", "1", "ya"), True),
    **dict.fromkeys(("false", "no", "n", "0", "tidak", ""), False),
}


class WrongValueError(ValueError):
    """A value that cannot be what it should be."""


@dataclass(frozen=True, slots=True)
class Money:
    """How amounts are written. minor: in minor units already; `sign`: what stands before or behind (`Rp`)."""

    minor: bool = False
    decimal: str = "."
    thousands: str = ""
    sign: str = ""


def shown(value: Any) -> str:
    """A value in a sentence, cut short."""
    text = repr(value)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}..."


def text_of(value: Any) -> str:
    """An identifier, a code, a short name: without marks that no name has, at most MAX_NAME characters."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise WrongValueError(f"{shown(value)} is no text")
    text = str(value).strip()
    if len(text) > MAX_NAME:
        raise WrongValueError(f"{shown(text)} has more than {MAX_NAME} characters")
    if not text.isprintable():
        raise WrongValueError(f"{shown(text)} has characters that no name has")
    return text


def count_of(value: Any) -> int:
    """A whole number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    text = value.strip() if isinstance(value, str) else ""
    if not (text.isascii() and text.isdigit() and len(text) <= len("1000000000")):
        raise WrongValueError(f"{shown(value)} is no whole number")
    return int(text)


def flag_of(value: Any) -> bool:
    """Yes or no."""
    if isinstance(value, bool):
        return value
    found = _FLAGS.get(str(value).strip().lower())
    if found is None:
        raise WrongValueError(f"{shown(value)} is neither yes nor no: write true or false, or map it")
    return found


def amount_of(value: Any, currency: str, money: Money) -> int:
    """An amount in minor units of its currency."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise WrongValueError(f"{shown(value)} is no amount")
    try:
        written = Decimal(_digits(value, money) if isinstance(value, str) else repr(value))
        amount = written if money.minor else written.scaleb(exponent(currency))
        whole = int(amount)
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise WrongValueError(f"{shown(value)} is no amount") from error
    if amount != whole:
        what = "minor units" if money.minor else f"amounts of {currency}"
        raise WrongValueError(f"{shown(value)} is finer than {what} can be")
    return whole


def _digits(text: str, money: Money) -> str:
    """The amount as Decimal reads it; what it does not read is left as it is, and refused there."""
    bare = text.strip()
    if money.sign:
        bare = bare.removeprefix(money.sign).removesuffix(money.sign).strip()
    if money.thousands:
        bare = bare.replace(money.thousands, "")
    if money.decimal != ".":
        if "." in bare:
            return "none"
        bare = bare.replace(money.decimal, ".")
    return "none" if "_" in bare else bare


@lru_cache(maxsize=4096)
def moment_of(value: Any, form: str, zone: tzinfo) -> datetime:
    """An instant in UTC; a time without a zone of its own is of `zone`.

    form: iso, seconds, milliseconds, or a pattern of strptime.
    """
    try:
        at = _read(value, form)
        at = (at if at.tzinfo is not None else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, OSError) as error:
        raise WrongValueError(f"{shown(value)} is no moment written as {form}") from error
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise WrongValueError(f"{shown(value)} is not in the years {FIRST_YEAR} to {LAST_YEAR}")
    return at


def _read(value: Any, form: str) -> datetime:
    if form in ("seconds", "milliseconds"):
        if isinstance(value, bool):
            raise ValueError(value)
        return datetime.fromtimestamp(int(value) / (1 if form == "seconds" else 1000), UTC)
    if not isinstance(value, str):
        raise TypeError(value)
    return datetime.fromisoformat(value.strip()) if form == "iso" else datetime.strptime(value.strip(), form)  # noqa: DTZ007 - the zone is put by whoever called
