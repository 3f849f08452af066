"""Amounts as a provider counts them: from our minor units (ISO 4217) to those of a provider and back, or not at all.

Providers differ: one takes rupiah in sen, as ISO has it, another in whole rupiah, a third in decimals as text. Nothing
is ever rounded here: an amount that a provider cannot say is refused, for a person to see to, and not paid wrong.
"""

import re
from collections.abc import Mapping
from decimal import Decimal

from mufakat.core.currencies import exponent

_TEXT = re.compile(r"(-?)([0-9]{1,18})(?:\.([0-9]{1,18}))?")


class NotRepresentableError(ValueError):
    """An amount that does not exist in the other's minor units; says which, and why."""


def to_provider(amount: int, currency: str, exponents: Mapping[str, int]) -> int:
    """Our minor units as a provider's. `exponents`: its decimal places where they differ from ISO 4217.

    Raises NotRepresentableError for an amount that would have to be rounded.
    """
    return _moved(amount, currency, exponent(currency), exponents.get(currency, exponent(currency)))


def from_provider(amount: int, currency: str, exponents: Mapping[str, int]) -> int:
    """A provider's minor units as ours. Raises NotRepresentableError for an amount that would have to be rounded."""
    return _moved(amount, currency, exponents.get(currency, exponent(currency)), exponent(currency))


def to_text(amount: int, currency: str, exponents: Mapping[str, int]) -> str:
    """Our minor units as a decimal text with the provider's places: `1250.00`, `1250`.

    Raises NotRepresentableError for an amount that would have to be rounded.
    """
    places = exponents.get(currency, exponent(currency))
    return f"{Decimal(to_provider(amount, currency, exponents)).scaleb(-places):f}"


def from_text(text: str, currency: str) -> int:
    """A provider's decimal text as our minor units, whatever zeros it ends in.

    Raises NotRepresentableError for a text that is no amount, or one that would have to be rounded.
    """
    said = _TEXT.fullmatch(text)
    places = exponent(currency)
    if said is None:
        raise NotRepresentableError(f"{text!r} is no amount in {currency}")
    sign, whole, part = said[1], said[2], (said[3] or "").rstrip("0")
    if len(part) > places:
        raise NotRepresentableError(f"{text!r} is no amount in {currency}, which has {places} decimal places")
    return int(f"{sign}{whole}{part.ljust(places, '0')}")


def _moved(amount: int, currency: str, places: int, wanted: int) -> int:
    if wanted >= places:
        return amount * int(10 ** (wanted - places))
    whole, rest = divmod(abs(amount), int(10 ** (places - wanted)))
    if rest:
        raise NotRepresentableError(
            f"{amount} minor units of {currency} with {places} decimal places cannot be said with {wanted}"
        )
    return whole if amount >= 0 else -whole
