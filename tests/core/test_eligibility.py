"""What may be asked for an order's lines is what `step` opens: the same answers, the same refusals, the same ends."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.claim import ClaimLine, Reason, RequestType
from mufakat.core.decide import Decided, step
from mufakat.core.decide.intake import MAX_LINES
from mufakat.core.eligibility import Asking, Eligibility, Type, Units, eligibility
from mufakat.core.order import OUTBOUND, Amendment, CaseUse, Fact, OrderLine, OrderState, OutsideRefund, Scan, UnitUse
from mufakat.core.order import ScanKind as Kind
from mufakat.core.parties import PARTIES, SYSTEM, Actor, Role
from mufakat.core.phases import Phase
from mufakat.core.policy.policy import Policy
from mufakat.core.refusals import Code, Refusal
from tests.core.stands import review
from tests.core.story import AGENT, CUSTOMER, DAY, DELIVERED, HOUR, SELLER, TEXT, Story, delivered, order, policy

MICROSECOND = timedelta(microseconds=1)
POLICIES = {market: policy(market) for market in ("id", "vn")}
ACTORS = {Role.CUSTOMER: CUSTOMER, Role.SELLER: SELLER}

MOMENTS = st.integers(-5 * 48, 40 * 48).map(lambda halves: DELIVERED + halves * HOUR / 2)
NEAR = st.integers(-6 * 48, 3 * 48).map(lambda halves: DELIVERED + halves * HOUR / 2)
CATEGORIES = sorted(
    {"", *(name for p in POLICIES.values() for w in p.windows.values() for name, _ in w.category_spans)}
)


@st.composite
def lines(draw: st.DrawFn, line_id: str) -> OrderLine:
    """A line of few units, of any kind."""
    quantity = draw(st.integers(1, 3))
    price = draw(st.sampled_from([100_000, 7, 0]))
    discount = draw(st.just(0) | st.integers(0, price * quantity))
    kinds = {name: draw(st.booleans()) for name in ("durable", "perishable", "virtual", "preorder")}
    return OrderLine(line_id, "p", quantity, price, discount, draw(st.sampled_from(CATEGORIES)), **kinds)


@st.composite
def units_used(draw: st.DrawFn, bought: tuple[OrderLine, ...]) -> CaseUse:
    """What an earlier case used of some units."""
    found = []
    for line in bought:
        for unit in draw(st.sets(st.integers(1, line.quantity))):
            replaced = draw(st.none() | NEAR)
            found.append(
                UnitUse(
                    line_id=line.line_id,
                    unit=unit,
                    held=draw(st.booleans()) and draw(st.booleans()),
                    settled=draw(st.booleans()),
                    refunded=draw(st.sampled_from([0, 5, 100_000])),
                    replaced_at=replaced,
                )
            )
    return CaseUse(tuple(found))


@st.composite
def orders(draw: st.DrawFn) -> OrderState:
    """An order with whatever may have happened to it."""
    bought = tuple(draw(lines(line_id)) for line_id in ("a", "b")[: draw(st.integers(1, 2))])
    snapshot = order(
        lines=bought,
        mall=draw(st.booleans()),
        shipped_by_seller=draw(st.booleans()),
        promised_by=draw(st.none() | MOMENTS),
        purchased_at=draw(NEAR),
    )
    scans = st.builds(Scan, st.just(OUTBOUND), st.sampled_from(Kind), NEAR)
    refunds = st.builds(OutsideRefund, st.just("a"), st.just((1,)), st.sampled_from([3, 100_000]), NEAR)
    later: list[Fact] = draw(st.lists(scans | refunds | st.builds(Amendment, NEAR, MOMENTS), max_size=3))
    facts = (*draw(st.sampled_from([delivered(), ()])), *later)
    uses = {f"c{n}": draw(units_used(bought)) for n in range(draw(st.integers(0, 2)))}
    return OrderState(snapshot, facts, uses)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """A market's policy, sometimes without a type, a period or its codes."""
    found = POLICIES[draw(st.sampled_from(sorted(POLICIES)))]
    missing = draw(st.none() | st.sampled_from(RequestType))
    without = draw(st.sets(st.sampled_from(Reason), max_size=3))
    windows = {kind: rule for kind, rule in found.windows.items() if kind is not missing}
    acceptance = {reason: rule for reason, rule in found.acceptance.items() if reason not in without}
    codes = () if draw(st.booleans()) and draw(st.booleans()) else found.codes
    return replace(found, windows=windows, acceptance=acceptance, codes=codes)


class Asker:
    """One party before one order under one policy."""

    def __init__(self, state: OrderState, rules: Policy, role: Role, now: datetime) -> None:
        self.state, self.rules, self.role, self.now = state, rules, role, now
        found = eligibility(state, rules, ACTORS[role], role, now)
        assert isinstance(found, Eligibility)
        self.found = found

    def open(self, type_: RequestType, claim: ClaimLine, now: datetime | None = None) -> Decided | Refusal:
        """The real opening of a request."""
        command = c.OpenRequest(type_, (claim,), text=TEXT)
        return step(None, self.state, command, ACTORS[self.role], self.rules, now or self.now, "new", "policy")

    def code(self, type_: RequestType, reason: Reason) -> str:
        """A fitting code where one is needed."""
        codes = next(each for each in self.found.codes if each.type is type_)
        return next((rule.code for rule in codes.fitting(reason)), "") if codes.needed else ""

    def claims(self, part: Units, line_id: str, type_: RequestType, reason: Reason) -> list[ClaimLine]:
        """All units of a part together, and its last one alone."""
        code = self.code(type_, reason)
        return [
            ClaimLine(line_id, reason, units, len(units), reason_code=code) for units in {part.units, part.units[-1:]}
        ]


def each_asking(found: Type) -> list[Asking]:
    """The answer by reason, written out."""
    return list(found.reasons) or [Asking(reason, found.refusal) for reason in Reason]


@settings(max_examples=150)
@given(orders(), policies(), st.sampled_from(PARTIES), MOMENTS)
def test_what_is_called_allowed_opens_and_what_is_not_meets_that_refusal(
    state: OrderState, rules: Policy, role: Role, now: datetime
) -> None:
    """S26, S27, reading 6: eligible is what opens, until the moment that was told."""
    asker = Asker(state, rules, role, now)
    for line in asker.found.lines:
        assert sorted(unit for part in line.units for unit in part.units) == list(line.free)
        for part in line.units:
            for found in part.types:
                for asking in each_asking(found):
                    for claim in asker.claims(part, line.line_id, found.type, asking.reason):
                        answer = asker.open(found.type, claim)
                        if asking.refusal is not None:
                            assert answer == asking.refusal
                        else:
                            assert isinstance(answer, Decided)
                            check_allowed(asker, found, asking, claim, answer)


def check_allowed(asker: Asker, found: Type, asking: Asking, claim: ClaimLine, answer: Decided) -> None:
    """The periods and what becomes of the request are as told."""
    opened = answer.recorded[0].event
    assert isinstance(opened, e.RequestOpened)
    assert opened.accept_until == ((claim.line_id, asking.acceptance_until),)
    met = asking.acceptance_until is None or asker.now < asking.acceptance_until
    assert bool(opened.in_time) is met
    assert found.at_once is any(isinstance(each.event, e.RequestApproved) for each in answer.recorded)
    assert found.at_once is (answer.case.matter(1).phase is not Phase.REVIEW)
    if asking.until is not None:
        assert asker.now < asking.until
        assert isinstance(asker.open(found.type, claim, asking.until - MICROSECOND), Decided)
        late = asker.open(found.type, claim, asking.until)
        assert isinstance(late, Refusal)
        assert late.code is Code.REQUEST_WINDOW_OVER
    elif found.type is not RequestType.CANCEL:
        assert isinstance(asker.open(found.type, claim, asker.now + 4_000 * DAY), Decided)


@settings(max_examples=30)
@given(orders(), policies(), st.sampled_from(PARTIES), MOMENTS)
def test_units_money_and_codes_are_those_with_which_a_request_opens(
    state: OrderState, rules: Policy, role: Role, now: datetime
) -> None:
    """Reading 14: free units, the most for them, the codes that fit."""
    asker = Asker(state, rules, role, now)
    for line in asker.found.lines:
        assert (line.refusal is None) is bool(line.free)
        assert line.most == sum(part.most for part in line.units)
        if line.refusal is not None:
            assert asker.open(RequestType.REFUND, ClaimLine(line.line_id, Reason.OTHER)) == line.refusal
        for unit in {*range(1, line.bought + 1)} - {*line.free}:
            taken = asker.open(RequestType.REFUND, ClaimLine(line.line_id, Reason.OTHER, (unit,)))
            assert isinstance(taken, Refusal)
            assert taken.code in (Code.UNITS_NOT_AVAILABLE, Code.ALREADY_SETTLED, Code.NOTHING_LEFT)
        for part in line.units:
            check_money_and_codes(asker, line.line_id, part)


def check_money_and_codes(asker: Asker, line_id: str, part: Units) -> None:
    for found in part.types:
        allowed = [each for each in found.reasons if each.refusal is None]
        codes = next(each for each in asker.found.codes if each.type is found.type)
        for asking in allowed:
            claim = ClaimLine(line_id, asking.reason, part.units, len(part.units))
            code = asker.code(found.type, asking.reason)
            if found.type in (RequestType.REFUND, RequestType.RETURN_AND_REFUND):
                most = replace(claim, amount=part.most, reason_code=code)
                assert isinstance(asker.open(found.type, most), Decided)
                assert_code(asker.open(found.type, replace(most, amount=part.most + 1)), Code.ASKED_TOO_MUCH)
            fitting = {rule.code for rule in codes.fitting(asking.reason)}
            for known in sorted({rule.code for rule in asker.rules.codes}):
                answer = asker.open(found.type, replace(claim, reason_code=known))
                assert isinstance(answer, Decided) is (known in fitting), (known, answer)
            if codes.needed:
                assert_code(asker.open(found.type, claim), Code.CODE_NEEDED)
            else:
                assert isinstance(asker.open(found.type, claim), Decided)


def assert_code(answer: Decided | Refusal, code: Code) -> None:
    assert isinstance(answer, Refusal)
    assert answer.code is code


def told(story: Story, role: Role = Role.CUSTOMER, *line_ids: str, actor: Actor | None = None) -> Eligibility:
    """The answer to a party, or to somebody on its behalf."""
    found = eligibility(story.order, story.policy, actor or ACTORS[role], role, story.now, line_ids)
    assert isinstance(found, Eligibility), found
    return found


def of(found: Eligibility, type_: RequestType, reason: Reason) -> Asking:
    """The answer about the first part of the first line."""
    return next(
        x for t in found.lines[0].units[0].types if t.type is type_ for x in each_asking(t) if x.reason is reason
    )


def test_a_reason_with_a_longer_period_can_be_asked_for_longer() -> None:
    """S26, S27: six days for most, fourteen where the goods are not what they should be."""
    found = told(Story())
    short, long_ = of(found, RequestType.REFUND, Reason.OTHER), of(found, RequestType.REFUND, Reason.COUNTERFEIT)
    assert (short.until, long_.until) == (DELIVERED + 6 * DAY, DELIVERED + 14 * DAY)
    assert long_.acceptance_until == DELIVERED + 14 * DAY


def test_the_material_of_both_sides_is_told_before_anything_is_asked() -> None:
    """S6."""
    story = Story()
    listed = next(each for each in told(story).material if each.reason is Reason.COUNTERFEIT)
    assert listed.customer == story.policy.expected(Reason.COUNTERFEIT, Role.CUSTOMER) != ()
    assert listed.seller == story.policy.expected(Reason.COUNTERFEIT, Role.SELLER) != ()


def test_money_that_went_back_is_asked_for_no_more() -> None:
    story = Story()
    before = told(story).lines[0]
    assert (before.free, before.most) == ((1, 2), 199_999)
    story.order = replace(story.order, facts=(*story.order.facts, OutsideRefund("a", (1,), 100_000, story.now)))
    after = told(story).lines[0]
    assert (after.free, after.most) == ((2,), 99_999)


def test_units_in_an_open_case_are_taken_and_the_others_free() -> None:
    """Reading 14."""
    story = review()
    assert told(story).lines[0].free == (2,)
    story.order = replace(story.order, uses={"c1": CaseUse(tuple(UnitUse("a", unit, held=True) for unit in (1, 2)))})
    taken = told(story, Role.CUSTOMER, "a").lines[0]
    assert (taken.free, taken.units) == ((), ())
    assert taken.refusal is not None
    assert taken.refusal.code is Code.UNITS_NOT_AVAILABLE


def test_a_unit_that_was_delivered_anew_has_dates_of_its_own() -> None:
    """Reading 14: a replacement is a new delivery of the same unit."""
    story = Story()
    again = DELIVERED + 5 * DAY
    story.order = replace(story.order, uses={"c0": CaseUse((UnitUse("a", 1, held=False, replaced_at=again),))})
    story.now = again + 2 * DAY
    new, old = told(story, Role.CUSTOMER, "a").lines[0].units
    assert (new.units, old.units) == ((1,), (2,))
    ends = {
        part.units: next(x.until for t in part.types for x in t.reasons if x.reason is Reason.OTHER and x.until)
        for part in (new,)
    }
    assert ends == {(1,): again + 6 * DAY}
    refund = next(t for t in old.types if t.type is RequestType.REFUND)
    late = next(x.refusal for x in refund.reasons if x.reason is Reason.OTHER)
    assert late is not None
    assert late.code is Code.REQUEST_WINDOW_OVER


def test_a_cancellation_says_whether_it_is_granted_at_once() -> None:
    """S27."""
    waiting = (Scan(OUTBOUND, Kind.AWAITING_COLLECTION, DELIVERED - DAY),)
    for facts, preorder, free in (((), True, True), (waiting, False, True), (waiting, True, False)):
        bought = order(lines=(OrderLine("a", "blender", 1, 100_000, preorder=preorder),))
        story = Story(state=OrderState(bought, facts))
        story.now = DELIVERED - DAY + HOUR
        cancel = next(t for t in told(story).lines[0].units[0].types if t.type is RequestType.CANCEL)
        assert (cancel.refusal, cancel.at_once) == (None, free)
    cancel = next(t for t in told(Story()).lines[0].units[0].types if t.type is RequestType.CANCEL)
    assert cancel.refusal == Refusal(Code.ALREADY_IN_TRANSIT)
    assert cancel.reasons == ()


def test_a_seller_may_ask_for_less_but_has_no_end_and_owes_a_code() -> None:
    """S27: a seller gives money back itself."""
    found = told(Story(), Role.SELLER)
    exchange = next(t for t in found.lines[0].units[0].types if t.type is RequestType.EXCHANGE)
    assert exchange.refusal is not None
    assert exchange.refusal.code is Code.TYPE_NOT_FOR_SELLER
    codes = next(each for each in found.codes if each.type is RequestType.REFUND)
    assert codes.needed
    may = [x for t in found.lines[0].units[0].types if t.type is RequestType.REFUND for x in t.reasons]
    assert {x.until for x in may if x.refusal is None} == {None}


def test_an_answer_is_for_the_parties_and_who_acts_for_them() -> None:
    story = Story()

    def refusal(actor: Actor, *line_ids: str, role: Role = Role.CUSTOMER) -> Code:
        answer = eligibility(story.order, story.policy, actor, role, story.now, line_ids)
        assert isinstance(answer, Refusal)
        return answer.code

    assert refusal(Actor(Role.CUSTOMER, "eve")) is Code.NOT_YOURS
    assert refusal(Actor(Role.AGENT, CUSTOMER.id)) is Code.CONFLICT_OF_INTEREST
    assert refusal(CUSTOMER, "a", "z") is Code.NO_SUCH_LINE
    assert refusal(CUSTOMER, "a", "a") is Code.LINE_TWICE
    assert told(story, Role.SELLER, "b", actor=AGENT) == told(story, Role.SELLER, "b")
    assert told(story, Role.CUSTOMER, actor=SYSTEM) == told(story)
    with pytest.raises(KeyError):
        eligibility(story.order, story.policy, AGENT, Role.AGENT, story.now)


def test_as_many_lines_are_answered_as_one_request_may_hold() -> None:
    many = order(lines=tuple(OrderLine(f"l{n}", "p", 1, 100) for n in range(MAX_LINES + 1)))
    story = Story(state=OrderState(many, delivered()))
    assert_code(
        eligibility(story.order, story.policy, CUSTOMER, Role.CUSTOMER, story.now),  # type: ignore[arg-type]
        Code.TOO_MANY_LINES,
    )
    chosen = tuple(line.line_id for line in many.lines[:MAX_LINES])
    assert [line.line_id for line in told(story, Role.CUSTOMER, *chosen).lines] == list(chosen)
