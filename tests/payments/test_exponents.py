"""Amounts as providers count them: there and back without a loss, or refused; never rounded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mufakat.core.currencies import EXPONENTS, exponent
from mufakat.core.words import money
from mufakat.payments.exponents import NotRepresentableError, from_provider, from_text, to_provider, to_text

WHOLE_RUPIAH = {"IDR": 0}
"""A provider that takes rupiah without decimals, as several in Indonesia do."""


def test_rupiah_are_counted_in_sen_here_and_in_rupiah_there() -> None:
    assert exponent("IDR") == 2
    assert money(125_000, "IDR") == "Rp1,250"
    assert to_provider(125_000, "IDR", WHOLE_RUPIAH) == 1_250
    assert from_provider(1_250, "IDR", WHOLE_RUPIAH) == 125_000
    assert to_provider(125_000, "IDR", {}) == 125_000


@pytest.mark.parametrize("amount", [1, 99, 125_050, -1])
def test_sen_are_refused_by_a_provider_without_them(amount: int) -> None:
    """Half a rupiah is not rounded to none or to one: a person decides."""
    with pytest.raises(NotRepresentableError, match="IDR with 2 decimal places cannot be said with 0"):
        to_provider(amount, "IDR", WHOLE_RUPIAH)


@given(st.integers(-(10**15), 10**15), st.sampled_from([*EXPONENTS, "IDR", "USD"]), st.integers(0, 4))
def test_what_can_be_said_comes_back_the_same(amount: int, currency: str, places: int) -> None:
    theirs = {currency: places}
    try:
        said = to_provider(amount, currency, theirs)
    except NotRepresentableError:
        assert amount % 10 ** (exponent(currency) - places)
    else:
        assert from_provider(said, currency, theirs) == amount
        assert from_text(to_text(amount, currency, theirs), currency) == amount


@pytest.mark.parametrize(
    "text, currency, amount",
    [
        ("1250.00", "IDR", 125_000),
        ("1250", "IDR", 125_000),
        ("-0.5", "USD", -50),
        ("7.000", "VND", 7),
        ("1.005", "KWD", 1_005),
    ],
)
def test_texts_are_read_exactly(text: str, currency: str, amount: int) -> None:
    assert from_text(text, currency) == amount


@pytest.mark.parametrize(
    "text, currency",
    [
        ("1.005", "USD"),
        ("0.1", "JPY"),
        ("1e3", "USD"),
        ("NaN", "USD"),
        ("", "USD"),
        ("1,250.00", "USD"),
        ("1" * 19, "USD"),
    ],
)
def test_what_is_no_amount_is_refused(text: str, currency: str) -> None:
    with pytest.raises(NotRepresentableError, match="is no amount in"):
        from_text(text, currency)


def test_a_text_has_the_places_of_the_provider() -> None:
    assert to_text(125_000, "IDR", {}) == "1250.00"
    assert to_text(125_000, "IDR", WHOLE_RUPIAH) == "1250"
    assert to_text(-5, "USD", {}) == "-0.05"
