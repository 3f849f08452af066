"""Goods that came back harmed: borne by each line's own row, unit by unit, and claimed of the carrier (S22 to S25)."""

from dataclasses import replace
from itertools import product

import pytest

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.claim import ClaimLine, Reason, RequestType, ReturnIssue, ReturnMethod, ReturnPart
from mufakat.core.evolve import replay
from mufakat.core.liability import UNSHIPPED, bears
from mufakat.core.order import CarrierAnswer, ScanKind, fact_fault
from mufakat.core.parties import SYSTEM, Role
from mufakat.core.phases import Outcome, Phase
from mufakat.core.refusals import Code
from mufakat.core.usage import usage
from tests.core.story import AGENT, CUSTOMER, HOUR, SELLER, TEXT, Story, order

BREAKAGE, DAMAGE, LOSS = ReturnIssue.BREAKAGE, ReturnIssue.DAMAGE, ReturnIssue.LOSS
TWO = ClaimLine("a", Reason.DEFECTIVE, quantity=2)
CUP = ClaimLine("b", Reason.NOT_AS_DESCRIBED)


def arrived(*lines: ClaimLine, method: ReturnMethod = ReturnMethod.PLATFORM_CARRIER) -> Story:
    """A return that was approved, sent back and came to the seller."""
    story = Story().open(RequestType.RETURN_AND_REFUND, *(lines or (TWO, CUP))).wait(HOUR)
    story.give(SELLER, c.ApproveRequest())
    story.wait(HOUR).give(CUSTOMER, c.ShipBack(method, "R1"))
    if method is ReturnMethod.PLATFORM_CARRIER:
        story.wait(HOUR).scan("R1", ScanKind.DELIVERED)
    return story.wait(HOUR)


def refunded(story: Story) -> dict[tuple[str, int], int]:
    """What the order's row says of each unit."""
    return {(each.line_id, each.unit): each.refunded for each in usage(story.case).units}


def worths() -> dict[str, int]:
    """What the units of the stories are worth, by line."""
    return {"a": 199_999, "b": 50_000}


def test_s25_the_refund_is_lower_by_exactly_the_units_that_were_lost() -> None:
    story = arrived()
    story.give(SELLER, c.ReportReturn(parts=(ReturnPart("a", (2,), LOSS, 99_999),)))
    assert story.m.phase is Phase.REPORTED
    story.give(CUSTOMER, c.AcceptReport())
    remedy = story.m.remedy
    assert remedy is not None
    assert (remedy.lowered, remedy.ordered, remedy.off) == (99_999, 159_000, (("a", 99_999),)), "with the shipping fee"
    story.give(SYSTEM, c.ReportPayment("c1:1", 159_000))
    assert refunded(story) == {("a", 1): 100_000, ("a", 2): 0, ("b", 1): 50_000}
    assert replay(story.log) == story.case


def test_s23_s25_breakage_and_damage_in_one_parcel_have_bearers_of_their_own() -> None:
    story = arrived()
    parts = (ReturnPart("a", (1,), BREAKAGE, 60_000), ReturnPart("b", (), DAMAGE, 20_000))
    story.give(SELLER, c.ReportReturn(parts=parts))
    events = story.give(CUSTOMER, c.AcceptReport())
    decided = next(each for each in events if isinstance(each, e.RiskDecided))
    found = [(x.line_id, x.units, x.issue, x.bearer, x.rule, x.lowered) for x in decided.parts]
    assert found == [
        ("a", (1,), BREAKAGE, Role.SELLER, "S25", 0),
        ("b", (1,), DAMAGE, Role.CUSTOMER, "S23", 20_000),
    ]
    assert (decided.bearer, decided.lowered, decided.rule) == (Role.CUSTOMER, 20_000, "S25, S23")
    claims = [each for each in events if isinstance(each, e.CarrierClaimNoted)]
    assert [(x.bearer, x.amount, x.issue) for x in claims] == [
        (Role.CUSTOMER, 20_000, DAMAGE),
        (Role.SELLER, 60_000, BREAKAGE),
    ]


def test_the_whole_parcel_is_all_lines_by_their_worth() -> None:
    story = arrived()
    story.give(SELLER, c.ReportReturn(DAMAGE, 100_000))
    assert story.m.remedy is not None
    report = story.m.remedy.report
    assert report is not None
    assert [(x.line_id, x.units, x.value_lost) for x in report.parts] == [("a", (1, 2), 80_000), ("b", (1,), 20_000)]
    events = story.give(CUSTOMER, c.AcceptReport())
    decided = next(each for each in events if isinstance(each, e.RiskDecided))
    assert decided.lowered == 100_000


@pytest.mark.parametrize("lost", [1, 2, 3, 99_999, 149_999])
def test_what_is_lowered_and_what_is_paid_add_up_by_unit_to_the_cent(lost: int) -> None:
    """Over every split of a loss on the units: lowered and refunded together are what the units are worth."""
    for first, method in product((1, lost // 2, lost - 1), ReturnMethod):
        amounts = [min(first, 100_000), min(lost - first, 50_000)]
        parts = tuple(
            ReturnPart(line, units, DAMAGE, amount)
            for (line, units), amount in zip((("a", (1,)), ("b", (1,))), amounts, strict=True)
            if amount > 0
        )
        if not parts:
            continue
        story = arrived(method=method)
        story.give(SELLER, c.ReportReturn(parts=parts))
        story.give(CUSTOMER, c.AcceptReport())
        assert story.m.remedy is not None
        story.give(SYSTEM, c.ReportPayment("c1:1", story.m.remedy.ordered))
        paid, borne = refunded(story), {(x.line_id, x.unit): x.borne for x in usage(story.case).units}
        for line, worth in worths().items():
            assert sum(paid[pair] + borne[pair] for pair in paid if pair[0] == line) == worth
        for part in parts:
            assert borne[part.line_id, part.units[0]] == part.value_lost


def test_reading_10_before_the_customer_has_shipped_and_uploaded_the_risk_is_its_own() -> None:
    story = Story().open(RequestType.RETURN_AND_REFUND, TWO).wait(HOUR)
    story.give(SELLER, c.ApproveRequest())
    remedy = story.m.remedy
    assert remedy is not None
    part = ReturnPart("a", (1,), BREAKAGE, 10_000)
    [before] = bears(story.policy, story.m, remedy, {"a": Reason.DEFECTIVE}, (part,))
    [after] = bears(story.policy, story.m, replace(remedy, shipped_at=story.now), {"a": Reason.DEFECTIVE}, (part,))
    assert (before.bearer, before.rule, before.lowered) == (Role.CUSTOMER, UNSHIPPED, 10_000)
    assert (after.bearer, after.rule, after.lowered) == (Role.SELLER, "S25", 0)


@pytest.mark.parametrize(
    "told, code",
    [
        (c.ReportReturn(), Code.RETURN_PARTS_NOT_FITTING),
        (c.ReportReturn(DAMAGE, 5, parts=(ReturnPart("a", (1,), DAMAGE, 5),)), Code.RETURN_PARTS_NOT_FITTING),
        (c.ReportReturn(parts=(ReturnPart("a", (3,), DAMAGE, 5),)), Code.RETURN_PARTS_NOT_FITTING),
        (c.ReportReturn(parts=(ReturnPart("a", (1, 1), DAMAGE, 5),)), Code.RETURN_PARTS_NOT_FITTING),
        (
            c.ReportReturn(parts=(ReturnPart("a", (), DAMAGE, 5), ReturnPart("a", (1,), LOSS, 5))),
            Code.RETURN_PARTS_NOT_FITTING,
        ),
        (c.ReportReturn(parts=(ReturnPart("z", (1,), DAMAGE, 5),)), Code.NO_SUCH_LINE),
        (c.ReportReturn(parts=(ReturnPart("b", (1,), DAMAGE, 50_001),)), Code.LOSS_TOO_HIGH),
        (c.ReportReturn(parts=(ReturnPart("b", (1,), DAMAGE, 0),)), Code.LOSS_TOO_HIGH),
        (c.ReportReturn(DAMAGE, 0), Code.LOSS_TOO_HIGH),
        (c.ReportReturn(DAMAGE, 250_000), Code.LOSS_TOO_HIGH),
    ],
)
def test_what_cannot_have_befallen_the_parcel_is_refused(told: c.ReportReturn, code: Code) -> None:
    assert arrived().refused(SELLER, told) is code


def test_an_agent_finds_otherwise_unit_by_unit_or_nothing_at_all() -> None:
    story = arrived()
    story.give(SELLER, c.ReportReturn(LOSS, 249_999))
    story.give(CUSTOMER, c.ContestReport(text=TEXT))
    found = c.AssessReturn(None, parts=(ReturnPart("a", (2,), DAMAGE, 30_000),), text=TEXT)
    events = story.give(AGENT, found)
    decided = next(each for each in events if isinstance(each, e.RiskDecided))
    assert (decided.found_by, decided.lowered, decided.issue) == (Role.AGENT, 30_000, DAMAGE)
    other = arrived()
    other.give(SELLER, c.ReportReturn(LOSS, 249_999))
    other.give(CUSTOMER, c.ContestReport(text=TEXT))
    events = other.give(AGENT, c.AssessReturn(None, text=TEXT))
    assert not any(isinstance(each, e.CarrierClaimNoted) for each in events)
    assert other.m.remedy is not None
    assert other.m.remedy.lowered == 0


# --- the carrier


def test_what_no_carrier_of_the_platforms_had_is_claimed_of_nobody() -> None:
    story = arrived(method=ReturnMethod.SELF_ARRANGED)
    events = story.give(SELLER, c.ReportReturn(BREAKAGE, 10_000))
    assert not any(isinstance(each, e.CarrierClaimNoted) for each in events)


def test_a_carrier_pays_the_claims_by_their_amounts_and_once() -> None:
    story = arrived()
    parts = (ReturnPart("a", (1,), BREAKAGE, 60_000), ReturnPart("b", (), DAMAGE, 20_000))
    story.give(SELLER, c.ReportReturn(parts=parts))
    story.give(CUSTOMER, c.AcceptReport())
    story.wait(HOUR).fact(CarrierAnswer("R1", 40_000, story.now))
    assert [(x.bearer, x.paid) for x in story.m.carrier_claims] == [(Role.CUSTOMER, 10_000), (Role.SELLER, 30_000)]
    story.wait(HOUR)
    events = story.fact(CarrierAnswer("R1", 80_000, story.now))
    assert [type(each) for each in events] == [e.FactNoted], "nothing more comes"


def test_a_carrier_that_answers_first_has_answered() -> None:
    story = arrived()
    story.fact(CarrierAnswer("R1", 10**9, story.now))
    events = story.give(SELLER, c.ReportReturn(BREAKAGE, 30_000))
    answered = [each for each in events if isinstance(each, e.CarrierClaimAnswered)]
    assert [(x.bearer, x.paid) for x in answered] == [(Role.SELLER, 30_000)], "never more than was claimed"


def test_a_carrier_may_answer_after_the_end_and_may_pay_nothing() -> None:
    story = Story().open(RequestType.RETURN_AND_REFUND).wait(HOUR)
    story.give(SELLER, c.ApproveRequest())
    story.give(CUSTOMER, c.ShipBack(ReturnMethod.PLATFORM_CARRIER, "R1"))
    story.wait(HOUR).scan("R1", ScanKind.LOST)
    assert story.m.outcome is Outcome.RISK_BORNE_BY_CUSTOMER
    story.wait(HOUR).fact(CarrierAnswer("R2", 5, story.now))
    assert story.m.carrier_claims[0].paid is None, "another parcel"
    story.wait(HOUR).fact(CarrierAnswer("R1", 0, story.now))
    assert story.m.carrier_claims[0].paid == 0


@pytest.mark.parametrize("parcel, paid, word", [("", 5, "parcel"), ("OUTBOUND", 5, "parcel"), ("R1", -1, "paid")])
def test_an_answer_that_cannot_be_is_named_for_what_is_wrong(parcel: str, paid: int, word: str) -> None:
    story = Story()
    assert word in fact_fault(order(), CarrierAnswer(parcel, paid, story.now))
    assert fact_fault(order(), CarrierAnswer("R1", 0, story.now)) == ""
