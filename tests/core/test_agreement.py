"""Cohen's kappa: published examples, worked numbers, and what holds for any two people."""

from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mufakat.core.agreement import Agreement, agreement, agreement_of

# Agresti, Categorical Data Analysis (2nd ed., 2002), table 10.8 and section 10.5.4: two pathologists' ratings of
# carcinoma (Landis and Koch 1977); he gives kappa 0.493 with standard error 0.057.
PATHOLOGISTS = ((22, 2, 2, 0), (5, 7, 14, 0), (0, 2, 36, 0), (0, 1, 17, 10))

VALUES = st.sampled_from(["VALID", "INSUFFICIENT", "MISSING"])
PAIRS = st.lists(st.tuples(VALUES, VALUES), max_size=40)


def test_two_pathologists() -> None:
    table = {(str(i), str(j)): count for i, row in enumerate(PATHOLOGISTS) for j, count in enumerate(row)}
    found = agreement_of(table)
    assert (found.n, found.agreed) == (118, 75)
    assert found.kappa is not None
    assert found.low is not None
    assert found.high is not None
    assert round(found.kappa, 3) == 0.493
    assert round((found.high - found.low) / 2 / 1.959964, 3) == 0.057


def test_fifty_proposals_by_hand() -> None:
    """Observed 35 of 50; by chance 0.5 * 0.6 + 0.5 * 0.4 = 0.5; kappa (0.7 - 0.5) / (1 - 0.5)."""
    found = agreement_of({("yes", "yes"): 20, ("yes", "no"): 5, ("no", "yes"): 10, ("no", "no"): 15})
    assert (found.n, found.agreed) == (50, 35)
    assert found.kappa == pytest.approx(0.4)


def test_nothing_and_one_value_only_have_no_kappa() -> None:
    assert agreement([]) == Agreement(0, 0)
    assert agreement([("a", "a")] * 9) == Agreement(9, 9)


def test_one_who_always_says_the_same_agrees_by_chance_only() -> None:
    found = agreement([("a", "a"), ("a", "b"), ("a", "a")])
    assert found.kappa == 0


@given(PAIRS)
def test_it_does_not_matter_who_is_first(pairs: list[tuple[str, str]]) -> None:
    one, other = agreement(pairs), agreement((b, a) for a, b in pairs)
    assert (one.n, one.agreed, one.kappa) == (other.n, other.agreed, other.kappa)
    if one.low is not None and other.low is not None:
        assert isclose(one.low, other.low, abs_tol=1e-12)


@given(PAIRS)
def test_bounds(pairs: list[tuple[str, str]]) -> None:
    found = agreement(pairs)
    if found.kappa is None:
        assert (found.low, found.high) == (None, None)
        assert len({value for pair in pairs for value in pair}) <= 1
        return
    assert found.low is not None
    assert found.high is not None
    assert -1 <= found.low <= found.kappa <= found.high <= 1
    assert (found.kappa == 1) == all(a == b for a, b in pairs)


@given(PAIRS, st.integers(2, 5))
def test_more_of_the_same_narrows_the_interval_only(pairs: list[tuple[str, str]], times: int) -> None:
    once, often = agreement(pairs), agreement(pairs * times)
    if once.kappa is None or often.kappa is None:
        assert once.kappa is often.kappa
        return
    assert often.kappa == pytest.approx(once.kappa)
    assert once.low is not None
    assert often.low is not None
    assert often.low >= once.low - 1e-9
