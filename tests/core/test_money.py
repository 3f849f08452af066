"""Money: shares lose nothing, no unit goes back twice."""

from hypothesis import given
from hypothesis import strategies as st

from mufakat.core import commands as c
from mufakat.core.claim import ClaimLine, Reason, RequestType
from mufakat.core.money import allocate, share, shares, unit_ceiling, unit_paid
from mufakat.core.order import OrderLine, OrderState
from mufakat.core.parties import SYSTEM
from tests.core.story import CUSTOMER, SELLER, Story, delivered, order

AMOUNTS = st.integers(0, 10**12)


@given(AMOUNTS, st.integers(1, 60))
def test_shares_lose_no_cent_and_none_is_negative(total: int, n: int) -> None:
    """Arithmetic 9."""
    parts = shares(total, n)
    assert (len(parts), sum(parts)) == (n, total)
    assert min(parts) >= 0


@given(AMOUNTS | st.integers(0, 50), st.integers(1, 60))
def test_one_share_is_what_it_is_among_all(total: int, n: int) -> None:
    """Arithmetic 9; a line of thousands of units asks for each of them."""
    assert [share(total, n, k) for k in range(1, n + 1)] == shares(total, n)


@given(AMOUNTS, st.lists(st.integers(0, 10**9), min_size=1, max_size=30))
def test_an_allocation_is_exact(total: int, weights: list[int]) -> None:
    parts = allocate(total, weights)
    assert sum(parts) == total
    assert min(parts) >= 0


def test_shares_round_half_even_and_the_last_takes_the_rest() -> None:
    assert shares(5, 2) == [2, 3]
    assert shares(7, 2) == [4, 3]
    assert shares(2, 4) == [0, 0, 0, 2]
    assert shares(5, 8) == [1, 1, 1, 1, 1, 0, 0, 0]
    assert allocate(10, [0, 0]) == [0, 10]
    assert allocate(10, []) == []


@given(st.integers(1, 20), st.integers(0, 10**9), st.integers(0, 10**9))
def test_units_cost_together_what_was_paid_for_the_line(quantity: int, price: int, discount: int) -> None:
    line = OrderLine("a", "x", quantity, price, min(discount, price * quantity))
    paid = sum(unit_paid(order(lines=(line,)), line, unit) for unit in range(1, quantity + 1))
    assert paid == price * quantity - line.discount


@given(
    st.integers(1, 5),
    st.integers(1, 10**7),
    st.integers(0, 10**6),
    st.lists(st.integers(1, 5), min_size=1, max_size=4),
)
def test_no_unit_goes_back_twice_across_cases(quantity: int, price: int, discount: int, asks: list[int]) -> None:
    """S12, reading 14: whatever is asked in however many cases, no more goes back than was paid."""
    line = OrderLine("a", "x", quantity, price, min(discount, price * quantity - quantity))
    bought = OrderState(order(lines=(line,), shipping_fee=0), delivered())
    paid = 0
    for number, wanted in enumerate(asks):
        story = Story(state=bought, case_id=f"c{number}")
        claim = ClaimLine("a", Reason.DEFECTIVE, quantity=wanted)
        story.answer(CUSTOMER, c.OpenRequest(RequestType.REFUND, (claim,)))
        if story._case is None:
            continue
        story.give(SELLER, c.ApproveRequest())
        remedy = story.m.remedy
        if remedy is not None and remedy.ordered:
            story.give(SYSTEM, c.ReportPayment(f"c{number}:1", remedy.ordered))
            paid += remedy.ordered
        bought = story.order
    assert paid <= price * quantity - line.discount
    assert all(unit_ceiling(bought, "a", unit) >= 0 for unit in range(1, quantity + 1))
