"""The ledger of a case: what each event moves, what is pending, and what holds whatever happens."""

import inspect
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.case import Case
from mufakat.core.claim import ClaimLine, Reason, RequestType, ReturnIssue
from mufakat.core.decide import Decided
from mufakat.core.events import money
from mufakat.core.evolve import evolve, replay
from mufakat.core.parties import CLOCK, SYSTEM, Actor, Role
from mufakat.core.pending import CHANGES_PENDING, HOLD, pending
from mufakat.core.phases import Outcome
from mufakat.core.settlement import (
    ROWS,
    ZERO_WHEN_CLOSED,
    Account,
    Kind,
    Transfer,
    balances,
    settle,
    still_pending,
    transfers,
)
from tests.core.findings import judged_for_seller, with_material
from tests.core.stands import STANDS, actor_in, awarded, deducting, paying, samples, stopped, suspended
from tests.core.story import AGENT, SELLER, TEXT, Story

MOVES_NOTHING = {
    e.DeductionOrdered: "tells the provider how to collect what is owed already",
    e.CollectionStopped: "tells the provider to wait; what is owed and held stays",
    e.AdvanceOrdered: "the platform's money moves when the provider has paid",
    e.ChargebackFrozen: "nothing moves until the bank has decided",
    e.RefundReduced: "what is owed changes with the order that follows it",
    e.OwnPaymentClaimed: "it is a word until the customer confirms it",
    e.OwnPaymentConfirmed: "the money went by another way; what is owed changes with the order that follows it",
    e.OwnPaymentDenied: "nothing is changed by it",
}
"""Events of money without a transfer, and why."""

Told = tuple[Kind, str, str, int, str]


def booked(case: Case, *events: e.Event, actor: Actor = SYSTEM) -> tuple[list[Transfer], Case]:
    """What some events move, and the case after them."""
    found: list[Transfer] = []
    for event in events:
        recorded = e.Recorded(case.number + 1, case.last_at or case.opened_at, actor, event)
        found += transfers(case, recorded)
        case = evolve(case, recorded)
    return found, case


def told(moved: list[Transfer]) -> list[Told]:
    """What people would compare."""
    return [(each.kind, each.debit, each.credit, each.amount, each.rule) for each in moved]


def paid(amount: int, *, advanced: bool = False) -> e.RefundPaid:
    return e.RefundPaid(1, "c1:1", amount, advanced)


def test_every_event_of_money_moves_some_or_says_why_not() -> None:
    """S20: no event of money can be forgotten by the ledger."""
    kinds = {kind for _, kind in inspect.getmembers(money, inspect.isclass) if kind in e.NAMES}
    assert kinds <= {*ROWS, *MOVES_NOTHING}
    assert not set(ROWS) & set(MOVES_NOTHING)
    assert set(ROWS) >= CHANGES_PENDING


def test_a_hold_is_pending_and_paid_from_first() -> None:
    """S20, reading 9: the held amount, then what is due; a part that is left is held on."""
    story = paying()
    assert [each.amount for each in still_pending(settle(None, story.log)).values()] == [100_000]
    moved, case = booked(story.case, paid(30_000), paid(70_000))
    held = next(each for each in settle(None, story.log) if each.kind is Kind.PENDING)
    here = (Account.SELLER_PAYABLE, Account.SELLER_DEBT)
    out = (Account.CUSTOMER_CLAIM, Account.PROVIDER_CLEARING)
    assert told(moved) == [
        (Kind.POST, *here, 30_000, "arithmetic 12"),
        (Kind.PENDING, *here, 70_000, "reading 9"),
        (Kind.POSTED, *out, 30_000, "arithmetic 12"),
        (Kind.POST, *here, 70_000, "arithmetic 12"),
        (Kind.POSTED, *out, 70_000, "arithmetic 12"),
    ]
    assert (moved[0].resolves, moved[3].resolves) == (held.id, moved[1].id)
    assert case.matter(1).pending == ()


def test_what_the_hold_does_not_cover_comes_from_payments_due() -> None:
    """S20."""
    story = deducting()
    _, case = booked(story.case, e.HoldPlaced(1, 40_000))
    moved, _ = booked(case, paid(100_000))
    rows = [(each.kind, each.debit, each.amount, each.rule) for each in moved]
    assert rows == [
        (Kind.POST, "seller/payable", 40_000, "S20"),
        (Kind.POSTED, "seller/payable", 60_000, "S20"),
        (Kind.POSTED, "customer/claim", 100_000, "S20"),
    ]


def test_a_replaced_hold_is_void_and_a_new_one_pending() -> None:
    """Reading 9."""
    story = awarded()
    moved, case = booked(story.case, e.HoldPlaced(1, 20_000), e.HoldPlaced(1, 0))
    assert [(each.kind, each.amount) for each in moved] == [
        (Kind.VOID, 100_000),
        (Kind.PENDING, 20_000),
        (Kind.VOID, 20_000),
    ]
    assert moved[2].resolves == moved[1].id
    assert case.matter(1).pending == ()


def test_a_hold_after_a_stop_expires_and_any_other_is_released() -> None:
    """S14, arithmetic 11: 180 days."""
    story = stopped()
    story.lapse()
    last = settle(None, story.log)[-1]
    assert (last.kind, last.rule, last.amount) == (Kind.EXPIRE, "arithmetic 11", 100_000)
    story = stopped()
    story.give(AGENT, c.RecordOrder(0, reference=TEXT))
    last = settle(None, story.log)[-1]
    assert (last.kind, last.rule) == (Kind.VOID, "reading 9")


def test_a_hold_outlives_suspension() -> None:
    """Reading 8: suspended and resumed, it is still the same."""
    story = suspended()
    before = still_pending(settle(None, story.log))
    story.give(AGENT, c.ResumeExecution(reference=TEXT))
    assert still_pending(settle(None, story.log)) == before
    assert story.m.pending


def test_a_split_matter_leaves_the_hold_where_it_was() -> None:
    """Reading 14: one hold is never held twice."""
    story = Story().open(RequestType.REFUND, *(ClaimLine(line, Reason.DEFECTIVE) for line in "ab"))
    moved, case = booked(story.case, e.HoldPlaced(1, 50_000), e.MatterSplit(1, 2, ("b",)), e.HoldPlaced(2, 9_000))
    assert [each.matter for each in moved] == [1, 2]
    assert [[each.amount for each in matter.pending] for matter in case.matters] == [[50_000], [9_000]]


def test_an_advance_is_a_debt_of_the_seller_until_it_is_recovered() -> None:
    """Reading 9: the customer has it at once; the seller owes the same as before, to the platform now."""
    moved, case = booked(deducting().case, e.AdvanceOrdered(1, "c1:1", 100_000), paid(100_000, advanced=True))
    here = balances([*settle(None, deducting().log), *moved])
    assert here[Account.CUSTOMER_CLAIM] == 0
    assert (here[Account.SELLER_DEBT], here[Account.PLATFORM_ADVANCE]) == (-100_000, 100_000)
    assert here.get(Account.SELLER_PAYABLE, 0) == 0
    more, case = booked(case, e.AdvanceRecovered(1, "c1:1", 40_000), e.AdvanceRecovered(1, "c1:1", 60_000))
    assert [each.kind for each in more if each.debit == Account.SELLER_PAYABLE].count(Kind.POST) == 2
    after = balances([*settle(None, deducting().log), *moved, *more])
    assert {name for name, amount in after.items() if amount} == {Account.SELLER_PAYABLE, Account.PROVIDER_CLEARING}
    assert pending(case.matter(1), HOLD) is None


def test_a_debt_that_is_left_stays_and_is_paid_later() -> None:
    """S20: what could not be collected is in the arrears, and what comes in later pays them."""
    story = deducting()
    story.give(SYSTEM, c.ReportPayment("c1:1", 30_000))
    story.lapse()
    assert story.m.outcome is Outcome.DEBT_LEFT
    here = balances(settle(None, story.log))
    assert [here[account] for account in ZERO_WHEN_CLOSED] == [0, 0]
    assert (here[Account.CUSTOMER_ARREARS], here[Account.SELLER_ARREARS]) == (70_000, -70_000)
    story.give(SYSTEM, c.ReportPayment("c1:1", 100_000))
    here = balances(settle(None, story.log))
    assert {name: amount for name, amount in here.items() if amount} == {
        Account.PROVIDER_CLEARING: 100_000,
        Account.SELLER_PAYABLE: -100_000,
    }
    assert settle(None, story.log)[-1].rule == "S20"


def test_what_is_paid_too_much_the_customer_owes_back() -> None:
    """Arithmetic 9: an order was lowered while the payment was on its way."""
    lower = e.RefundOrdered(1, "c1:1", 60_000, -40_000, at_once=False)
    moved, _ = booked(deducting().case, lower, paid(100_000))
    here = balances([*settle(None, deducting().log), *moved])
    assert (here[Account.CUSTOMER_CLAIM], here[Account.SELLER_DEBT]) == (0, 0)
    assert (here[Account.CUSTOMER_DEBT], here[Account.SELLER_CLAIM]) == (-40_000, 40_000)
    assert here[Account.PROVIDER_CLEARING] == 100_000


def test_a_reversal_is_booked_to_who_bears_it() -> None:
    """Arithmetic 5: the platform, or the customer who deceived."""
    case = awarded().case
    platform, _ = booked(case, e.ReversalBooked(1, 5_000, Role.SYSTEM))
    customer, _ = booked(case, e.ReversalBooked(1, 5_000, Role.CUSTOMER))
    assert told(platform) == [(Kind.POSTED, "platform/cost", "seller/payable", 5_000, "arithmetic 5")]
    assert told(customer) == [(Kind.POSTED, "customer/debt", "seller/claim", 5_000, "arithmetic 5")]


@pytest.mark.parametrize(
    "bearer, account",
    [(Role.SELLER, "seller/arrears"), (Role.CUSTOMER, "customer/debt"), (Role.SYSTEM, "platform/cost")],
)
def test_a_chargeback_has_one_bearer(bearer: Role, account: str) -> None:
    """Reading 8."""
    moved, _ = booked(awarded().case, e.ChargebackSettled(1, "cb-1", 7_000, bearer))
    here = balances(moved)
    assert here[Account(account)] == -7_000
    assert here[Account.PROVIDER_CLEARING] == 7_000
    assert sum(here.values()) == 0
    assert moved[0].reference == "cb-1"
    assert booked(awarded().case, e.ChargebackSettled(1, "cb-1", 0, bearer))[0] == []


def test_an_adjustment_goes_both_ways() -> None:
    """Arithmetic 9: commission and fees come back to the seller, subsidies to the platform; less may be, too."""
    moved, _ = booked(paying().case, e.AdjustmentBooked(1, "c1:1", 3_000, -500, 2_000, 500))
    assert [(each.debit, each.credit, each.amount) for each in moved] == [
        ("platform/commission", "seller/payable", 3_000),
        ("seller/payable", "platform/fees", 500),
        ("seller/payable", "platform/subsidy", 2_000),
    ]


def test_a_claim_on_a_carrier_is_pending_until_it_answers() -> None:
    """Reading 10."""
    case = awarded().case
    noted = e.CarrierClaimNoted(1, "R1", ReturnIssue.LOSS, 50_000, Role.SELLER)
    more = e.CarrierClaimNoted(1, "R1", ReturnIssue.LOSS, 60_000, Role.SELLER)
    moved, after = booked(case, noted, more)
    assert [(each.kind, each.amount) for each in moved] == [
        (Kind.PENDING, 50_000),
        (Kind.VOID, 50_000),
        (Kind.PENDING, 60_000),
    ]
    some, _ = booked(after, e.CarrierClaimAnswered(1, "R1", 45_000, Role.SELLER))
    assert told(some) == [(Kind.POST, "carrier/claim", "seller/compensation", 45_000, "reading 10")]
    nothing, _ = booked(
        after, e.CarrierClaimAnswered(1, "R1", 0, Role.SELLER), e.CarrierClaimAnswered(1, "R1", 9, Role.SELLER)
    )
    assert [(each.kind, each.amount, each.resolves) for each in nothing] == [(Kind.VOID, 60_000, moved[2].id)]
    mine, _ = booked(case, e.CarrierClaimNoted(1, "R1", ReturnIssue.LOSS, 5, Role.CUSTOMER))
    assert mine[0].credit is Account.CUSTOMER_COMPENSATION
    assert pending(after.matter(1), HOLD) == pending(case.matter(1), HOLD)


def test_the_balance_of_a_seller_changes_with_a_refund() -> None:
    """S20: in Dokan a refund left the vendor's balance as it was (dokan #1575)."""
    story = paying()
    before = balances(settle(None, story.log)).get(Account.SELLER_PAYABLE, 0)
    story.give(SYSTEM, c.ReportPayment("c1:1", 100_000))
    assert balances(settle(None, story.log))[Account.SELLER_PAYABLE] == before - 100_000


def test_what_a_seller_can_withdraw_is_less_from_the_dispute_on_and_never_twice_less() -> None:
    """Reading 9: in Dokan what a vendor could withdraw did not follow a refund (dokan #2091)."""
    story = Story().disputed()

    def free() -> int:
        moved = settle(None, story.log)
        held = sum(each.amount for each in still_pending(moved).values() if each.debit is Account.SELLER_PAYABLE)
        return balances(moved).get(Account.SELLER_PAYABLE, 0) - held

    assert free() == -100_000  # held
    story.give(SELLER, c.Concede())
    story.give(SYSTEM, c.ReportPayment("c1:1", 40_000))
    assert free() == -100_000  # a part of it paid
    story.give(SYSTEM, c.ReportPayment("c1:1", 100_000))
    assert free() == -100_000  # all of it paid
    story = judged_for_seller(with_material(Story().disputed()))
    assert free() == 0  # released


# --- whatever happens


@settings(max_examples=150)
@given(st.sampled_from(sorted(STANDS)), st.integers(0, 2**32))
def test_whatever_happens_the_ledger_follows_the_case(phase: str, seed: int) -> None:
    """S20, reading 9: a walk by chance through commands, payments and lapses; checked after every step."""
    chance = Random(seed)
    story = STANDS[phase]()  # type: ignore[index]
    for _ in range(12):
        _stumble(story, chance)
        check(story)


def _stumble(story: Story, chance: Random) -> None:
    """Whatever somebody may try, allowed or not."""
    number = chance.randint(1, len(story.case.matters))
    remedy = story.case.matter(number).remedy
    way = chance.random()
    if way < 0.3 and remedy is not None and remedy.most_ordered:
        story.answer(SYSTEM, c.ReportPayment(f"c1:{number}", chance.randint(1, remedy.most_ordered)))
    elif way < 0.55 and story.case.due is not None:
        story.now = max(story.now, story.case.due)
        story.answer(CLOCK, c.Lapse())
    else:
        command = chance.choice(list(samples(story).values()))
        roles = list(Role)
        chance.shuffle(roles)
        for role in roles:
            if isinstance(story.answer(actor_in(role, story.m.phase), command), Decided):
                return


def check(story: Story) -> None:
    """What must hold of the ledger of a case at any moment."""
    case, moved = story.case, settle(None, story.log)
    assert all(each.amount > 0 and each.debit is not each.credit for each in moved)
    assert len({each.id for each in moved}) == len(moved)
    seen: dict[str, Transfer] = {}
    resolved: set[str] = set()
    for each in moved:
        if each.resolves:
            before = seen[each.resolves]
            assert each.resolves not in resolved
            assert before.kind is Kind.PENDING
            assert (before.debit, before.credit, before.currency) == (each.debit, each.credit, each.currency)
            assert each.amount <= before.amount
            resolved.add(each.resolves)
        seen[each.id] = each
    here = balances(moved)
    assert sum(here.values()) == 0
    _check_claims(case, here)
    left = {f"{case.case_id}:{p.transfer}": p.amount for m in case.matters for p in m.pending}
    assert {each.id: each.amount for each in still_pending(moved).values()} == left
    got = sum(each.event.amount for each in story.log if isinstance(each.event, e.RefundPaid))
    assert here.get(Account.PROVIDER_CLEARING, 0) == got
    assert replay(story.log) == case


def _check_claims(case: Case, here: dict[Account, int]) -> None:
    """What is owed by the ledger is what the case says."""
    owed, arrears = 0, 0
    for matter in case.matters:
        if matter.remedy is not None:
            open_ = max(0, matter.remedy.ordered - matter.remedy.paid)
            late = matter.outcome is Outcome.DEBT_LEFT
            owed, arrears = owed + (0 if late else open_), arrears + (open_ if late else 0)
    assert here.get(Account.CUSTOMER_CLAIM, 0) == owed == -here.get(Account.SELLER_DEBT, 0)
    assert here.get(Account.CUSTOMER_ARREARS, 0) == arrears == -here.get(Account.SELLER_ARREARS, 0)
    if not case.is_open:
        assert owed == 0
        assert all(each.name for matter in case.matters for each in matter.pending)
