"""Amounts over generated orders and outcomes: no cent is lost, made, or paid twice, in whatever order refunds come.

Each named test at the end is a bug that other systems had in public (../shared/reference/systems.md).
"""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import permutations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.adjusting import of_line, refunded
from mufakat.core.case import Case
from mufakat.core.claim import (
    UNADJUSTED,
    Adjustment,
    ClaimLine,
    Destination,
    FindingValue,
    Reason,
    RemedyKind,
    RequestType,
    ReturnIssue,
    ReturnMethod,
    Solution,
)
from mufakat.core.decide import Decided
from mufakat.core.effects import effects
from mufakat.core.money import ceiling, ceilings, unit_ceiling, unit_paid, units_paid
from mufakat.core.order import CaseUse, OrderLine, OrderState, OutsideRefund, Payment, ScanKind, UnitUse
from mufakat.core.parties import SYSTEM
from mufakat.core.phases import Outcome, Phase
from mufakat.core.policy.policy import Policy, Switches
from mufakat.core.refusals import Code
from mufakat.core.shares import allocate, allocate_within, half_even, share_within
from mufakat.core.usage import usage
from mufakat.payments.payouts import worth
from tests.core.findings import find, judged_for_customer, with_material
from tests.core.generated_orders import generated
from tests.core.story import CUSTOMER, DELIVERED, HOUR, SECOND_AGENT, SELLER, TEXT, Story, delivered, order, policy

SEEDS = 50
"""Seeds of one bundle; there are forty of them, each with several cases."""
BACK = Switches(commission_back=True, fees_back=True)


def every_unit(line: OrderLine) -> tuple[int, ...]:
    return tuple(range(1, line.quantity + 1))


# --- shares


@given(st.integers(-(10**18), 10**18), st.integers(1, 10**9))
def test_a_half_goes_to_the_even_neighbour(numerator: int, denominator: int) -> None:
    assert half_even(numerator, denominator) == round(Fraction(numerator, denominator))


@given(st.lists(st.integers(0, 1_000), max_size=12), st.data())
def test_no_share_is_more_than_it_may_be(most: list[int], data: st.DataObject) -> None:
    total = data.draw(st.integers(0, sum(most)))
    parts = allocate_within(total, most)
    assert sum(parts) == total
    assert all(0 <= part <= each for part, each in zip(parts, most, strict=True))
    plain = allocate(total, most)
    if all(part <= each for part, each in zip(plain, most, strict=True)):
        assert parts == plain


@given(st.integers(1, 40), st.integers(0, 10**6), st.data())
def test_no_equal_share_is_more_than_it_may_be(n: int, most: int, data: st.DataObject) -> None:
    total = data.draw(st.integers(0, n * most))
    parts = [share_within(total, n, k, most) for k in range(1, n + 1)]
    assert sum(parts) == total
    assert all(0 <= part <= most for part in parts)


def test_more_than_all_together_is_no_allocation() -> None:
    with pytest.raises(ValueError, match="more than 3"):
        allocate_within(4, [1, 2])
    assert allocate_within(0, []) == []


# --- orders


@settings(max_examples=2_000)
@given(st.integers(0, 2**32))
def test_units_and_lines_of_an_order_come_to_what_was_paid(seed: int) -> None:
    """Arithmetic 9, with discounts near the whole price and a voucher once over all lines."""
    bought = generated(Random(seed), lines=6, quantity=9)
    paid = 0
    for line in bought.lines:
        units = units_paid(bought, line, every_unit(line))
        assert all(0 <= each <= line.unit_price for each in units)
        assert sum(units) == bought.paid_for(line)
        assert 0 <= bought.platform_voucher_of(line) <= bought.voucher_of(line) <= line.discounted
        paid += sum(units)
    assert sum(bought.voucher_of(line) for line in bought.lines) == bought.voucher
    assert sum(bought.platform_voucher_of(line) for line in bought.lines) == bought.platform_voucher
    assert paid + bought.shipping_fee == bought.paid()


@settings(max_examples=500)
@given(st.integers(0, 2**32))
def test_what_the_refunds_of_all_units_mean_is_what_the_sale_meant(seed: int) -> None:
    """In any order, in any parts: commission, fees, subsidy and tax come back whole, never more on the way."""
    chance = Random(seed)
    bought = generated(chance)
    for line in bought.lines:
        whole = bought.paid_for(line)
        last = UNADJUSTED
        for back in sorted(chance.randint(0, whole) for _ in range(5)):
            meant = of_line(bought, line, back, BACK)
            assert 0 <= last.commission <= meant.commission <= line.commission
            assert 0 <= last.subsidy <= meant.subsidy <= line.platform_discount + bought.platform_voucher_of(line)
            last = meant
        if whole:
            subsidy = line.platform_discount + bought.platform_voucher_of(line)
            assert of_line(bought, line, whole, BACK) == Adjustment(line.commission, line.fees, subsidy, line.tax)
        assert of_line(bought, line, 0, BACK) == UNADJUSTED


# --- outcomes


class Shop:
    """One order and several cases about it, played by chance; provider and marketplace say nothing that is not so."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        rules = policy()
        switches = replace(rules.switches, fees_back=self.chance.random() < 0.5, commission_back=seed % 4 != 0)
        self.policy: Policy = replace(rules, switches=switches)
        self.state = OrderState(generated(self.chance), delivered())
        self.stories: list[Story] = []

    @property
    def lines(self) -> tuple[OrderLine, ...]:
        return self.state.order.lines

    def play(self) -> Iterator[str]:
        """One thing after another; gives what was done."""
        acts = (self.asks, self.answers, self.answers, self.pays, self.pays, self.refunds_outside, self.replaces)
        for act in (self.asks, self.asks, *(self.chance.choice(acts) for _ in range(self.chance.randint(6, 18)))):
            act()
            yield act.__name__

    def take(self, story: Story, actor: object, command: c.Command) -> bool:
        """Give a command about the order as it stands; whether it was allowed."""
        story.order = self.state
        answer = story.answer(actor, command)  # type: ignore[arg-type]
        self.state = story.order
        return isinstance(answer, Decided)

    def asks(self) -> None:
        story = Story(state=self.state, rules=self.policy, case_id=f"c{len(self.stories)}")
        picked = self.chance.sample(self.lines, self.chance.randint(1, len(self.lines)))
        kind = self.chance.choice((RequestType.REFUND, RequestType.REFUND, RequestType.REPLACEMENT))
        claims = tuple(self._claim(line, kind) for line in picked)
        if self.take(story, CUSTOMER, c.OpenRequest(kind, claims)):
            self.stories.append(story)

    def _claim(self, line: OrderLine, kind: RequestType) -> ClaimLine:
        units = tuple(sorted(self.chance.sample(every_unit(line), self.chance.randint(1, line.quantity))))
        most = ceiling(self.state, line.line_id, units)
        part = kind is RequestType.REFUND and most > 1 and self.chance.random() < 0.3
        amount = self.chance.randint(1, most) if part else None
        return ClaimLine(line.line_id, Reason.DEFECTIVE, units, len(units), amount)

    def answers(self) -> None:
        for story in self.stories:
            if story.m.phase is not Phase.REVIEW:
                continue
            most = sum(ceiling(self.state, x.line_id, x.units, story.case_id) for x in story.case.lines)
            if most and self.chance.random() < 0.3:
                offer = c.MakeOffer(Solution(RemedyKind.REFUND, self.chance.randint(1, most)))
                if self.take(story, SELLER, offer):
                    self.take(story, CUSTOMER, c.AcceptOffer())
            else:
                self.take(story, SELLER, c.ApproveRequest())

    def pays(self) -> None:
        owing = [s for s in self.stories if s.m.remedy is not None and s.m.remedy.ordered > s.m.remedy.paid]
        if owing:
            story = self.chance.choice(owing)
            remedy = story.m.remedy
            assert remedy is not None
            so_far = self.chance.choice((remedy.ordered, self.chance.randint(remedy.paid + 1, remedy.ordered)))
            assert self.take(story, SYSTEM, c.ReportPayment(f"{story.case_id}:1", so_far))

    def refunds_outside(self) -> None:
        line = self.chance.choice(self.lines)
        units = tuple(sorted(self.chance.sample(every_unit(line), self.chance.randint(1, line.quantity))))
        most = ceiling(self.state, line.line_id, units)
        if most and self.chance.random() < 0.5:
            amount = self.chance.choice((most, self.chance.randint(1, most)))
            fact = OutsideRefund(line.line_id, units, amount, DELIVERED + HOUR, chargeback=self.chance.random() < 0.5)
            self.state = replace(self.state, facts=(*self.state.facts, fact))
            for story in self.stories:
                if story.case.is_open:
                    assert self.take(story, SYSTEM, c.RecordFact(fact))

    def replaces(self) -> None:
        for story in self.stories:
            if story.m.phase is Phase.PERFORMING:
                self.take(story, SELLER, c.RefundInstead())

    # what holds at every moment

    def paid_for(self, line_id: str) -> int:
        """What the cases have paid for a line, also where it went back elsewhere as well afterwards."""
        used = (use for story in self.stories for use in usage(story.case).units)
        return sum(use.refunded + use.twice for use in used if use.line_id == line_id)

    def meant_for(self, line_id: str) -> int:
        """What of that is still owed: what went back elsewhere as well means nothing between seller and platform."""
        return sum(refunded(story.m.remedy).get(line_id, 0) for story in self.stories)

    def outside(self, line_id: str) -> int:
        facts = self.state.facts
        return sum(x.amount for x in facts if isinstance(x, OutsideRefund) and x.line_id == line_id)

    def check(self) -> None:
        for line in self.lines:
            paid = self.state.order.paid_for(line)
            gone = self.paid_for(line.line_id) + self.outside(line.line_id)
            left = ceilings(self.state, line.line_id, every_unit(line))
            assert all(0 <= each <= unit_paid(self.state.order, line, n) for n, each in enumerate(left, start=1))
            beyond = sum(left) - (paid - gone)
            assert beyond >= 0, "what may go back is what was paid less what went back, to the cent"
            assert beyond == 0 or self.outside(line.line_id), "only the marketplace itself gives more than was paid"
        meant = sum((self.adjusted(story.case) for story in self.stories), start=UNADJUSTED)
        due = (of_line(self.state.order, x, self.meant_for(x.line_id), self.policy.switches) for x in self.lines)
        assert meant == sum(due, start=UNADJUSTED), "what the payments mean together, whatever their order"

    def adjusted(self, case: Case) -> Adjustment:
        return sum((m.remedy.adjusted for m in case.matters if m.remedy is not None), start=UNADJUSTED)


@pytest.mark.parametrize("bundle", range(40))
def test_whatever_happens_no_cent_is_lost_made_or_paid_twice(bundle: int) -> None:
    """Refunds whole and in part, offers, replacements as money, refunds outside, payments in bits: 2,000 orders."""
    for seed in range(bundle * SEEDS, (bundle + 1) * SEEDS):
        shop = Shop(seed)
        done: list[str] = []
        for what in shop.play():
            done.append(what)
            try:
                shop.check()
            except AssertionError as error:
                raise AssertionError(f"seed {seed} after {done}: {error}") from error


def test_the_play_is_no_idle_one() -> None:
    """The orders of the test above are refunded, adjusted, and refused."""
    paid = adjusted = outside = 0
    for seed in range(200):
        shop = Shop(seed)
        list(shop.play())
        logs = [each.event for story in shop.stories for each in story.log]
        paid += sum(isinstance(event, e.RefundPaid) for event in logs)
        adjusted += sum(isinstance(event, e.AdjustmentBooked) for event in logs)
        outside += sum(isinstance(event, e.RefundReduced) for event in logs)
    assert paid > 150
    assert adjusted > 100
    assert outside > 5


# --- meaning between seller and platform


SOLD = OrderLine(
    "a", "mug", 3, 20_001, discount=4_000, platform_discount=1_001, tax=5_550, commission=2_999, fees=1_250
)


def sold(**changes: object) -> OrderState:
    return OrderState(order(lines=(SOLD,), shipping_fee=0, **changes), delivered())


def granted(state: OrderState, case_id: str, *units: int, rules: Policy | None = None) -> Story:
    """A request for these units that the seller approved."""
    story = Story(state=state, rules=rules, case_id=case_id)
    story.give(CUSTOMER, c.OpenRequest(RequestType.REFUND, (ClaimLine("a", Reason.DEFECTIVE, units, len(units)),)))
    story.give(SELLER, c.ApproveRequest())
    return story


def pay(story: Story, so_far: int) -> list[e.Event]:
    return story.give(SYSTEM, c.ReportPayment(f"{story.case_id}:1", so_far))


def owed(story: Story) -> int:
    remedy = story.m.remedy
    assert remedy is not None
    return remedy.ordered


def adjusted(story: Story) -> Adjustment:
    remedy = story.m.remedy
    assert remedy is not None
    return remedy.adjusted


def test_what_it_means_follows_the_payment_at_once() -> None:
    story = granted(sold(), "c1", 1)
    events = pay(story, owed(story))
    assert [type(each) for each in events[:2]] == [e.RefundPaid, e.AdjustmentBooked]
    booked = events[1]
    assert isinstance(booked, e.AdjustmentBooked)
    part = owed(story) / 56_003
    assert (booked.commission, booked.fees) == (round(2_999 * part), 0)
    assert (booked.subsidy, booked.tax) == (round(1_001 * part), round(5_550 * part))
    assert booked.total == booked.commission - booked.subsidy
    [told] = [x for r in story.log for x in effects(r, story.case) if x.code == "ADJUST"]
    assert told.amount == booked.total


def test_an_order_without_charges_books_nothing() -> None:
    story = granted(OrderState(order(lines=(OrderLine("a", "mug", 1, 500),)), delivered()), "c1", 1)
    assert [type(each) for each in pay(story, owed(story))] == [e.RefundPaid, e.MatterClosed]


def test_a_correction_takes_back_what_a_payment_meant() -> None:
    """The marketplace refunded the same unit: commission that both gave back goes back once."""
    story = granted(sold(), "c1", 1)
    pay(story, 9_000)
    meant = adjusted(story)
    assert meant.commission > 0
    events = story.fact(OutsideRefund("a", (1,), unit_paid(sold().order, SOLD, 1), story.now))
    [booked] = [each for each in events if isinstance(each, e.AdjustmentBooked)]
    assert booked.commission == -meant.commission
    assert booked.total == 0
    assert adjusted(story) == UNADJUSTED


@given(st.lists(st.integers(1, 56_003), max_size=12))
@settings(max_examples=200)
def test_many_payments_mean_what_one_means(steps: list[int]) -> None:
    """Solidus #1564: no residue of rounding is left over, however a refund is cut."""
    whole = granted(sold(), "c1", 1, 2, 3)
    pay(whole, owed(whole))
    cut = granted(sold(), "c1", 1, 2, 3)
    for so_far in [*sorted({step for step in steps if step < owed(cut)}), owed(cut)]:
        pay(cut, so_far)
    assert adjusted(cut) == adjusted(whole) == Adjustment(2_999, 0, 1_001, 5_550)
    booked = [each.event for each in cut.log if isinstance(each.event, e.AdjustmentBooked)]
    assert booked[-1].total == sum(each.commission + each.fees - each.subsidy for each in booked) == 2_999 - 1_001


@pytest.mark.parametrize("turn", list(permutations((1, 2, 3))))
def test_the_order_of_refunds_does_not_matter(turn: tuple[int, ...]) -> None:
    state, total, meant = sold(), 0, UNADJUSTED
    for unit in turn:
        story = granted(state, f"c{unit}", unit)
        pay(story, owed(story))
        state, total, meant = story.order, total + owed(story), meant + adjusted(story)
    assert total == 3 * 20_001 - 4_000
    assert meant == Adjustment(2_999, 0, 1_001, 5_550)


# --- where money goes


@pytest.mark.parametrize(
    "method, to",
    [
        ("cash on delivery", Destination.BANK_ACCOUNT),
        ("COD", Destination.BANK_ACCOUNT),
        ("wallet", Destination.WALLET),
        ("card", Destination.ORIGINAL),
        ("", Destination.ORIGINAL),
    ],
)
def test_money_goes_back_by_how_it_came(method: str, to: Destination) -> None:
    story = granted(sold(payment_method=method), "c1", 1)
    [ordered] = [each.event for each in story.log if isinstance(each.event, e.RefundOrdered)]
    assert ordered.destination is to
    assert story.m.remedy is not None
    assert story.m.remedy.destination is to
    [told] = [x for r in story.log for x in effects(r, story.case) if x.code == "REFUND"]
    assert told.destination == to


def test_how_it_was_really_paid_counts_before_how_it_was_to_be_paid() -> None:
    state = sold(payment_method="cash on delivery")
    paid = Payment(56_003, DELIVERED, "card")
    story = granted(replace(state, facts=(*state.facts, paid)), "c1", 1)
    assert story.m.remedy is not None
    assert story.m.remedy.destination is Destination.ORIGINAL


def test_where_it_goes_is_chosen_once() -> None:
    """What was paid in part to a bank account is not paid on to a card."""
    story = granted(sold(payment_method="cash on delivery"), "c1", 1, 2)
    pay(story, 100)
    story.fact(Payment(56_003, story.now, "card"))
    [ordered] = [x for x in story.fact(OutsideRefund("a", (1,), 50, story.now)) if isinstance(x, e.RefundOrdered)]
    assert ordered.destination is Destination.BANK_ACCOUNT


# --- bugs that others had


def test_spree_14678_no_more_goes_back_than_was_received_back() -> None:
    """Three go back, two arrive: the refund is for two, where the third is the customer's risk (S25)."""
    story = Story(state=sold())
    claim = ClaimLine("a", Reason.DEFECTIVE, (1, 2, 3), 3)
    story.give(CUSTOMER, c.OpenRequest(RequestType.RETURN_AND_REFUND, (claim,)))
    story.give(SELLER, c.ApproveRequest())
    story.give(CUSTOMER, c.ShipBack(ReturnMethod.PLATFORM_CARRIER, "R1"))
    story.scan("R1", ScanKind.DELIVERED)
    missing = unit_paid(story.order.order, SOLD, 3)
    story.give(SELLER, c.ReportReturn(ReturnIssue.LOSS, missing))
    story.give(CUSTOMER, c.AcceptReport())
    assert owed(story) == sum(units_paid(story.order.order, SOLD, (1, 2)))
    assert story.refused(SYSTEM, c.ReportPayment("c1:1", owed(story) + 1)) is Code.OVERPAID
    pay(story, owed(story))
    again = Story(state=story.order, case_id="c2")
    ask = c.OpenRequest(RequestType.REFUND, (ClaimLine("a", Reason.DEFECTIVE, (3,)),))
    assert again.refused(CUSTOMER, ask) is Code.ALREADY_SETTLED
    assert adjusted(story).commission == half_even(2_999 * owed(story), 56_003)


def test_gumroad_4372_a_chargeback_after_a_refund_is_no_second_refund() -> None:
    """What the bank took is not paid once more by us, and what we paid is not asked for anew."""
    story = granted(sold(), "c1", 1)
    took = unit_paid(story.order.order, SOLD, 1)
    story.fact(OutsideRefund("a", (1,), took, story.now, chargeback=True))
    assert story.m.outcome is Outcome.PAID_ELSEWHERE
    paid = [each.event for each in story.log if isinstance(each.event, e.RefundPaid)]
    assert not paid
    assert unit_ceiling(story.order, "a", 1) == 0


def test_solidus_1564_a_unit_is_never_worth_less_than_nothing() -> None:
    """Five units at 10 with 47 off: rounding alone would leave four at 1 and one at -1, and refund 4 of 3 paid."""
    line = OrderLine("a", "mug", 5, 10, discount=47)
    bought = order(lines=(line,), shipping_fee=0)
    assert units_paid(bought, line, every_unit(line)) == [1, 1, 1, 0, 0]
    assert ceiling(OrderState(bought), "a", every_unit(line)) == 3


def test_a_refund_of_two_units_that_cost_unlike_leaves_nothing_of_either() -> None:
    """A case spreads what it paid evenly; what is left of each unit goes by what each cost."""
    line = OrderLine("a", "mug", 2, 101, discount=3)
    state = OrderState(order(lines=(line,)))
    assert units_paid(state.order, line, (1, 2)) == [99, 100]
    use = CaseUse((UnitUse("a", 1, held=False, refunded=100), UnitUse("a", 2, held=False, refunded=99)))
    assert ceilings(replace(state, uses={"c1": use}), "a", (1, 2)) == [0, 0]
    twice = OutsideRefund("a", (1, 2), 50, DELIVERED), OutsideRefund("a", (1, 2), 149, DELIVERED)
    assert ceilings(replace(state, facts=twice), "a", (1, 2)) == [0, 0]


def test_dokan_976_the_commission_after_a_partial_refund_is_that_of_what_the_customer_kept() -> None:
    story = granted(sold(), "c1", 1)
    pay(story, owed(story))
    kept = 56_003 - owed(story)
    assert 2_999 - adjusted(story).commission == half_even(2_999 * kept, 56_003)


@pytest.mark.parametrize(
    "switches, commission, fees",
    [
        ({"fees_back": True, "commission_back": True}, 2_999, 1_250),
        ({"fees_back": False, "commission_back": True}, 2_999, 0),
        ({"fees_back": True, "commission_back": False}, 0, 1_250),
        ({"fees_back": False, "commission_back": False}, 0, 0),
    ],
)
def test_dokan_2267_who_loses_commission_and_fee_is_the_rulebooks_to_say(
    switches: dict[str, bool], commission: int, fees: int
) -> None:
    rules = policy()
    rules = replace(rules, switches=replace(rules.switches, **switches))  # type: ignore[arg-type]
    story = granted(sold(), "c1", 1, 2, 3, rules=rules)
    pay(story, owed(story))
    assert adjusted(story) == Adjustment(commission, fees, 1_001, 5_550)


def test_dokan_1575_and_2091_a_refund_undoes_what_the_sale_brought_its_seller() -> None:
    """After all units went back with commission and fees, seller and platform stand as if nothing had been sold."""
    rules = replace(policy(), switches=replace(policy().switches, fees_back=True))
    story = granted(sold(), "c1", 1, 2, 3, rules=rules)
    pay(story, owed(story))
    assert worth(story.order.order) - owed(story) + adjusted(story).net == 0


def test_a_unit_is_in_one_thing_at_a_time() -> None:
    """Refund, replacement, refund outside and a new request of one unit exclude each other."""
    ask = c.OpenRequest(RequestType.REFUND, (ClaimLine("a", Reason.DEFECTIVE, (1,)),))
    running = granted(sold(), "c1", 1)
    assert Story(state=running.order, case_id="c2").refused(CUSTOMER, ask) is Code.UNITS_NOT_AVAILABLE
    pay(running, owed(running))
    assert Story(state=running.order, case_id="c2").refused(CUSTOMER, ask) is Code.ALREADY_SETTLED
    paid = unit_paid(sold().order, SOLD, 1)
    away = OutsideRefund("a", (1,), paid, DELIVERED)
    state = replace(sold(), facts=(*sold().facts, away))
    assert Story(state=state, case_id="c2").refused(CUSTOMER, ask) is Code.NOTHING_LEFT


def test_a_replaced_unit_shares_its_ceiling() -> None:
    """A replacement that is refunded later: for no more than was paid once (reading 14)."""
    story = Story(state=sold())
    story.give(CUSTOMER, c.OpenRequest(RequestType.REPLACEMENT, (ClaimLine("a", Reason.DEFECTIVE, (1,)),)))
    story.give(SELLER, c.ApproveRequest())
    story.give(SELLER, c.ShipOut("OUT1"))
    story.scan("OUT1", ScanKind.DELIVERED)
    story.give(CUSTOMER, c.ConfirmDelivery())
    refund = granted(story.order, "c2", 1)
    assert owed(refund) == unit_paid(sold().order, SOLD, 1)
    pay(refund, owed(refund))
    assert unit_ceiling(refund.order, "a", 1) == 0


def test_a_late_appeal_that_is_won_makes_the_sale_stand() -> None:
    """The seller is made whole: commission is due again, and the platform's discount is the seller's again."""
    story = with_material(Story(state=sold()).disputed().wait(HOUR)).wait(HOUR)
    judged_for_customer(story).lapse()
    story.lapse()
    pay(story, owed(story))
    assert adjusted(story).commission > 0
    story.give(SELLER, c.Appeal(text=TEXT))
    story.complete()
    find(story, FindingValue.INSUFFICIENT, FindingValue.VALID, actor=SECOND_AGENT)
    events = story.give(SECOND_AGENT, c.DecideAppeal())
    booked = events[next(n for n, each in enumerate(events) if isinstance(each, e.ReversalBooked)) + 1]
    assert isinstance(booked, e.AdjustmentBooked)
    assert booked.commission < 0 < -booked.subsidy
    assert booked.total == 0
    assert adjusted(story) == UNADJUSTED
