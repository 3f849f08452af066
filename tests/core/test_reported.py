"""What a log adds to reports: rows of a beginning stay, and money by line adds up to what moved."""

import pytest

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.case import Case, Matter, Remedy, changed
from mufakat.core.claim import Basis, ClaimLine, LineShare, Reason, RemedyKind, RequestType
from mufakat.core.evolve import evolve
from mufakat.core.phases import Outcome
from mufakat.core.reported import COSTS, Way, What, report_rows, way
from tests.core.story import CUSTOMER, SELLER, Story

BOTH = (ClaimLine("a", Reason.DEFECTIVE), ClaimLine("b", Reason.WRONG_ITEM))


def test_rows_of_a_beginning_are_the_beginning_of_the_rows() -> None:
    story = Story().rejected(RequestType.REFUND, *BOTH)
    story.give(CUSTOMER, c.RaiseDispute(text="sha256:x"))
    story.lapse()
    rows = report_rows(story.log, story.order.order)
    assert {each.what for each in rows} == {What.OPENED, What.DISPUTED, What.LAPSED}
    for end in range(1, len(story.log) + 1):
        known = tuple(each for each in rows if each.number <= story.log[end - 1].number)
        assert report_rows(story.log[:end], story.order.order) == known


def test_a_clock_that_ran_out_is_told_once_however_much_came_of_it() -> None:
    story = Story().open(RequestType.REFUND, *BOTH)
    assert len(story.lapse()) > 1
    lapsed = [each for each in report_rows(story.log, story.order.order) if each.what is What.LAPSED]
    assert [(each.line_id, each.code, each.party) for each in lapsed] == [
        ("a", "seller_review", "SELLER"),
        ("b", "seller_review", "SELLER"),
    ]


def matter(*shares: LineShare) -> Matter:
    """A matter about two lines, with a remedy of those shares."""
    remedy = Remedy(RemedyKind.REFUND, Basis.JUDGEMENT, shares, ordered=sum(each.amount for each in shares))
    return Matter(1, ("a", "b"), remedy=remedy)


@pytest.mark.parametrize(
    "event, expected",
    [
        (e.RefundPaid(1, "c1:1", 301), {"a": 100, "b": 201}),
        (e.OwnPaymentConfirmed(1, 300, (("a", 60),)), {"a": 140, "b": 160}),
        (e.OwnPaymentConfirmed(1, 30), {"a": 10, "b": 20}),
        (e.ReversalBooked(1, 9, SELLER.role), {"a": 3, "b": 6}),
        (e.AdvanceRecovered(1, "c1:1", 6), {"a": 2, "b": 4}),
    ],
)
def test_money_of_several_lines_adds_up(event: e.Event, expected: dict[str, int]) -> None:
    of = matter(LineShare("a", (1,), 100), LineShare("b", (1,), 200))
    ((_, _, by_line),) = COSTS[type(event)](of, event)
    assert by_line == expected


def test_where_nothing_says_how_money_is_shared_it_is_shared_evenly() -> None:
    ((_, _, by_line),) = COSTS[e.ReversalBooked](Matter(1, ("a", "b")), e.ReversalBooked(1, 5, SELLER.role))
    assert sum(by_line.values()) == 5
    assert set(by_line) == {"a", "b"}


def folded(story: Story) -> Case:
    case: Case | None = None
    for each in story.log:
        case = evolve(case, each)
    assert case is not None
    return case


@pytest.mark.parametrize(
    "basis, type_, outcome, expected",
    [
        (Basis.APPROVAL, RequestType.CANCEL, Outcome.REFUNDED, Way.CANCELLED),
        (Basis.APPROVAL, RequestType.REFUND, Outcome.REFUNDED, Way.SETTLED),
        (Basis.LAPSE, RequestType.REFUND, Outcome.REFUNDED, Way.LAPSED),
        (Basis.COURT, RequestType.REFUND, Outcome.DEBT_LEFT, Way.COURT),
        (Basis.JUDGEMENT, RequestType.REFUND, Outcome.RISK_BORNE_BY_CUSTOMER, Way.FOR_SELLER),
        (Basis.JUDGEMENT, RequestType.REFUND, Outcome.REFUNDED, Way.FOR_CUSTOMER),
        (Basis.JUDGEMENT, RequestType.REFUND, Outcome.PAID_ELSEWHERE, Way.ELSEWHERE),
    ],
)
def test_how_a_line_ended_is_by_why_its_remedy_was_due(
    basis: Basis, type_: RequestType, outcome: Outcome, expected: Way
) -> None:
    case = folded(Story().open(RequestType.REFUND, *BOTH))
    case = changed(case, type=type_)
    of = Matter(1, ("a", "b"), remedy=Remedy(RemedyKind.REFUND, basis, ()))
    assert way(case, of, outcome, "a") is expected
