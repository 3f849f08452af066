"""The rulebooks that ship say what the markets' own pages say: every value spelled out here a second time."""

from dataclasses import asdict, replace
from datetime import date

import pytest

from mufakat import rulebooks
from mufakat.core import process
from mufakat.core.calendar import write_span
from mufakat.core.claim import Cause, Ground, Level, Reason, RequestType, ReturnIssue
from mufakat.core.parties import PARTIES, Role
from mufakat.core.phases import Phase
from mufakat.core.policy.items import ITEMS
from mufakat.core.policy.policy import (
    ClockName,
    ClockRule,
    DataTest,
    JudgedReturn,
    LapseOutcome,
    Policy,
    Span,
    Switches,
)
from mufakat.core.policy.rulebook import (
    BeforeRulebookError,
    Grade,
    entries_in_force,
    resolve,
)
from mufakat.core.policy.show import lines, warnings

DAY = date(2026, 1, 5)
BOTH = ("id", "vn")

# clock: Indonesia's span, Vietnam's span (None: no such right), what silence means
CLOCKS = {
    "seller_review": ("2 calendar days", "1 working day", "APPROVE"),
    "cancel_review": ("2 calendar days", "1 working day", "APPROVE"),
    "offer": ("48 hours", "48 hours", "REOPEN_REVIEW"),
    "dispute_window": ("48 hours", "7 calendar days", "CLOSE"),
    "parcel_dispute_window": ("48 hours", "2 calendar days", "CLOSE"),
    "material_customer": ("24 hours", "24 hours", "JUDGE_ON_FILE"),
    "material_customer_hidden": ("7 calendar days", "7 calendar days", "JUDGE_ON_FILE"),
    "material_seller": ("24 hours", "24 hours", "JUDGE_ON_FILE"),
    "material_asked": ("24 hours", "24 hours", "JUDGE_ON_FILE"),
    "decision": ("24 hours", "72 hours", "ESCALATE"),
    "second_dispute": ("48 hours", "48 hours", "FINAL"),
    "seller_appeal": ("48 hours", "48 hours", "FINAL"),
    "late_appeal": ("15 calendar days", None, "FINAL"),
    "appeal_material": ("24 hours", "24 hours", "JUDGE_ON_FILE"),
    "appeal_decision": ("24 hours", "24 hours", "ESCALATE"),
    "ship_back": ("10 calendar days", "10 calendar days", "CLOSE"),
    "no_scan": ("7 calendar days", "7 calendar days", "LOST"),
    "inspection_platform": ("2 working days", "2 calendar days", "REFUND"),
    "inspection_self": ("14 calendar days", "14 calendar days", "REFUND"),
    "report": ("48 hours", "48 hours", "BINDS"),
    "execution_decision": ("24 hours", "24 hours", "ESCALATE"),
    "ship_out": ("2 working days", "2 working days", "REFUND"),
    "confirm": ("6 calendar days", "6 calendar days", "DONE"),
    "compliance": ("48 hours", "48 hours", "DEDUCT"),
    "collection": ("180 calendar days", "180 calendar days", "LEAVE_DEBT"),
    "stop": ("180 calendar days", "180 calendar days", "RELEASE"),
    "suspension": ("180 calendar days", "180 calendar days", "RESUME"),
    "proposal": ("48 hours", "48 hours", "EXPIRE"),
}

# reason: from, period, period of durable goods
ACCEPTANCE = {
    "NOT_AS_DESCRIBED": ("DELIVERY", "6 calendar days", None),
    "WRONG_ITEM": ("DELIVERY", "6 calendar days", None),
    "MISSING_ITEMS": ("DELIVERY", "6 calendar days", None),
    "DAMAGED": ("DELIVERY", "6 calendar days", None),
    "COUNTERFEIT": ("DELIVERY", "14 calendar days", None),
    "DEFECTIVE": ("DELIVERY", "14 calendar days", "6 months"),
    "ARRIVED_LATE": ("LAST_TRACKING", "48 hours", None),
    "ITEM_NOT_RECEIVED": ("LAST_TRACKING", "7 calendar days", None),
    "OTHER": ("DELIVERY", "6 calendar days", None),
}

DIFFERENT_GOODS = "LISTING_URL+ ORDER_DETAILS+ PHOTOS_OF_SHIPPED_ITEM MERCHANT_RESPONSE"
CARRIER = "ORDER_DETAILS+ PROOF_OF_FULFILLMENT+ PROOF_OF_DELIVERY_SIGNATURE+ MERCHANT_RESPONSE"
REPORTS = "PROOF_OF_AUTHENTICITY+ PROOF_OF_ITEM_AS_DESCRIBED+"
THIRD = "THIRDPARTY_PROOF_FOR_DAMAGE_OR_SIGNIFICANT_DIFFERENCE+ BUYER_RESPONSE"
# reason: the customer's list, the seller's; ! is REQUIRED, + is ONE_OR_MORE, nothing is OPTIONAL
MATERIAL = {
    "NOT_AS_DESCRIBED": ("PROOF_OF_SIGNIFICANT_DIFFERENCE! DELIVERY_RECEIPT BUYER_RESPONSE", DIFFERENT_GOODS),
    "WRONG_ITEM": ("PROOF_OF_EMPTY_PACKAGE_OR_DIFFERENT_ITEM! DELIVERY_RECEIPT BUYER_RESPONSE", DIFFERENT_GOODS),
    "MISSING_ITEMS": ("PROOF_OF_MISSING_ITEMS! DELIVERY_RECEIPT BUYER_RESPONSE", DIFFERENT_GOODS),
    "DAMAGED": (
        "PROOF_OF_DAMAGE! DELIVERY_RECEIPT BUYER_RESPONSE",
        "PHOTOS_OF_SHIPPED_ITEM+ PROOF_OF_FULFILLMENT+ PROOF_OF_DELIVERY_SIGNATURE+ MERCHANT_RESPONSE",
    ),
    "COUNTERFEIT": (f"PROOF_OF_SIGNIFICANT_DIFFERENCE+ {THIRD}", f"{REPORTS} MERCHANT_RESPONSE"),
    "DEFECTIVE": (f"STATUS_OF_MERCHANDISE+ {THIRD}", f"{REPORTS} ITEM_DESCRIPTION MERCHANT_RESPONSE"),
    "ARRIVED_LATE": ("PROOF_OF_ITEM_NOT_RECEIVED", CARRIER),
    "ITEM_NOT_RECEIVED": ("PROOF_OF_ITEM_NOT_RECEIVED", CARRIER),
    "OTHER": ("VALID_SUPPORTING_DOCUMENT! BUYER_RESPONSE", "MERCHANT_RESPONSE+ ORDER_DETAILS+"),
}

# reason: ground, cause, aggravated
GROUNDS = {
    "NOT_AS_DESCRIBED": ("INCONSISTENT", "SELLER", False),
    "WRONG_ITEM": ("INCONSISTENT", "SELLER", False),
    "MISSING_ITEMS": ("INCONSISTENT", "SELLER", False),
    "DAMAGED": ("QUALITY", "SELLER", False),
    "COUNTERFEIT": ("COUNTERFEIT", "SELLER", True),
    "DEFECTIVE": ("QUALITY", "SELLER", False),
    "ARRIVED_LATE": ("DELIVERY", "CARRIER", False),
    "ITEM_NOT_RECEIVED": ("DELIVERY", "CARRIER", False),
    "OTHER": ("INCONSISTENT", "CUSTOMER", False),
}

# ground, aggravated: rule; who bears breakage, damage, loss
RISK = {
    ("INCONSISTENT", True): ("S22", "SELLER", "SELLER", "SELLER"),
    ("INCONSISTENT", False): ("S23", "SELLER", "CUSTOMER", "CUSTOMER"),
    ("QUALITY", True): ("S24", "SELLER", "SELLER", "SELLER"),
    ("QUALITY", False): ("S25", "SELLER", "CUSTOMER", "CUSTOMER"),
    ("COUNTERFEIT", True): ("S22", "SELLER", "SELLER", "SELLER"),
    ("COUNTERFEIT", False): ("S23", "SELLER", "CUSTOMER", "CUSTOMER"),
}

WINDOWED = ("REFUND", "RETURN_AND_REFUND", "REPLACEMENT", "EXCHANGE", "RESEND_MISSING")
SIX_DAYS = ("MOTHER_AND_BABY", "FOOD_AND_BEVERAGE", "PHONES_AND_ELECTRONICS", "HOME_IMPROVEMENT")

INDONESIA = Switches(
    max_disputes=2,
    max_offers=3,
    max_ask_again=1,
    max_material_requests=2,
    least_hours_for_material=6,
    max_send_backs=1,
    cancel_disputable=False,
    cancel_free_minutes_seller_shipped=60,
    second_dispute_in_acceptance=True,
    judged_return=JudgedReturn.AS_ASKED,
    shipping_fee_with_all_units=True,
    late_reversal_bearer=Cause.PLATFORM,
    debit_balance=False,
    platform_advance=False,
    freight_default_bearer=Role.CUSTOMER,
    commission_back=True,
    fees_back=False,
)
VIETNAM = replace(
    INDONESIA,
    cancel_disputable=True,
    second_dispute_in_acceptance=False,
    judged_return=JudgedReturn.RULE,
    freight_default_bearer=Role.SELLER,
)


def on(name: str, day: date = DAY) -> Policy:
    return resolve(rulebooks.load(name), day)


def written(span: Span | None) -> str | None:
    return None if span is None else write_span(span)


def test_two_markets_ship() -> None:
    assert rulebooks.names() == BOTH
    assert (on("id").market, on("id").zone) == ("ID", "Asia/Jakarta")
    assert (on("vn").market, on("vn").zone) == ("VN", "Asia/Ho_Chi_Minh")
    assert rulebooks.load("id") is rulebooks.load("id")
    with pytest.raises(KeyError, match="no rulebook 'xx'; there are id, vn"):
        rulebooks.load("xx")


def test_the_table_of_clocks_is_the_whole_table() -> None:
    assert set(CLOCKS) == {name.value for name in ClockName}


@pytest.mark.parametrize("name", CLOCKS)
def test_clocks(name: str) -> None:
    indonesia, vietnam, lapse = CLOCKS[name]
    for market, span in (("id", indonesia), ("vn", vietnam)):
        rule = on(market).clocks.get(ClockName(name))
        if span is None:
            assert rule is None
        else:
            assert isinstance(rule, ClockRule)
            assert (write_span(rule.span), rule.lapse) == (span, LapseOutcome(lapse))


@pytest.mark.parametrize("kind", WINDOWED)
def test_windows(kind: str) -> None:
    indonesia, vietnam = (on(market).windows[RequestType(kind)] for market in BOTH)
    assert (written(indonesia.span), written(indonesia.mall_span)) == ("6 calendar days", "15 calendar days")
    assert indonesia.category_spans == ()
    assert (written(vietnam.span), vietnam.mall_span) == ("15 calendar days", None)
    assert {name: write_span(span) for name, span in vietnam.category_spans} == dict.fromkeys(
        SIX_DAYS, "6 calendar days"
    )


@pytest.mark.parametrize("market", BOTH)
def test_a_cancellation_has_no_period(market: str) -> None:
    assert {kind.value for kind in on(market).windows} == set(WINDOWED)


def test_acceptance_periods() -> None:
    found = {
        reason.value: (rule.anchor.value, write_span(rule.span), written(rule.durable_span))
        for reason, rule in on("id").acceptance.items()
    }
    assert found == ACCEPTANCE
    assert all(rule.reason is reason for reason, rule in on("id").acceptance.items())
    assert on("vn").acceptance == {}


@pytest.mark.parametrize("market", BOTH)
@pytest.mark.parametrize("reason", MATERIAL)
def test_material(market: str, reason: str) -> None:
    mark = {Level.REQUIRED: "!", Level.ONE_OR_MORE: "+", Level.OPTIONAL: ""}
    for party, expected in zip(PARTIES, MATERIAL[reason], strict=True):
        rules = on(market).expected(Reason(reason), party)
        assert " ".join(rule.item + mark[rule.level] for rule in rules) == expected
        assert all(rule.item in ITEMS for rule in rules)


@pytest.mark.parametrize("market", BOTH)
def test_data_speaks_for_late_and_lost_parcels(market: str) -> None:
    assert [(rule.reason, rule.item, rule.test) for rule in on(market).data] == [
        (Reason.ARRIVED_LATE, "ONLINE_TRACKING_INFORMATION", DataTest.DELIVERED_LATE),
        (Reason.ITEM_NOT_RECEIVED, "ONLINE_TRACKING_INFORMATION", DataTest.NOT_DELIVERED),
    ]


@pytest.mark.parametrize("market", BOTH)
def test_grounds(market: str) -> None:
    found = {
        reason.value: (rule.ground.value, rule.cause.value, rule.aggravated)
        for reason, rule in on(market).grounds.items()
    }
    assert found == GROUNDS


@pytest.mark.parametrize("market", BOTH)
def test_return_risk(market: str) -> None:
    """S22 S23 S24 S25."""
    issues = (ReturnIssue.BREAKAGE, ReturnIssue.DAMAGE, ReturnIssue.LOSS)
    found = {
        (rule.ground.value, rule.aggravated): (rule.rule, *(rule.bearer(issue).value for issue in issues))
        for rule in on(market).risk
    }
    assert found == RISK
    assert on(market).risk_row(Ground.DELIVERY, aggravated=False) is None


def test_switches() -> None:
    assert asdict(on("id").switches) == asdict(INDONESIA)
    assert asdict(on("vn").switches) == asdict(VIETNAM)


@pytest.mark.parametrize("market,counts", [("id", (17, 17, 18)), ("vn", (12, 13, 15))])
def test_holidays(market: str, counts: tuple[int, ...]) -> None:
    days = on(market).holidays
    assert tuple(sum(day.year == year for day in days) for year in (2025, 2026, 2027)) == counts


def test_holidays_one_knows() -> None:
    assert {date(2025, 8, 17), date(2025, 12, 25), date(2026, 3, 21), date(2026, 3, 22)} <= on("id").holidays
    assert {date(2025, 9, 2), date(2026, 2, 17), date(2026, 4, 30), date(2026, 5, 1)} <= on("vn").holidays
    collective_leave = {date(2026, 3, 20), date(2026, 3, 23), date(2026, 12, 24)}
    assert not collective_leave & on("id").holidays


def test_next_years_holidays_are_known_once_they_are_decreed() -> None:
    assert date(2026, 1, 1) not in on("id", date(2025, 9, 18)).holidays
    assert date(2026, 1, 1) in on("id", date(2025, 9, 19)).holidays


@pytest.mark.parametrize("market,first", [("id", date(2025, 7, 2)), ("vn", date(2025, 8, 8))])
def test_before_the_first_day_there_is_no_law_unless_back_dated(market: str, first: date) -> None:
    book, before = rulebooks.load(market), date(2017, 3, 1)
    assert resolve(book, first).day == first
    with pytest.raises(BeforeRulebookError, match=f"starts on {first} and has no values for 2017-03-01"):
        resolve(book, before)
    with pytest.raises(BeforeRulebookError):
        entries_in_force(book, before)
    back = resolve(book, before, backdate=True)
    assert back == replace(resolve(book, first), day=before)
    assert resolve(book, DAY, backdate=True) == resolve(book, DAY)


@pytest.mark.parametrize("market", BOTH)
def test_each_phase_has_an_owner_and_a_due_moment(market: str) -> None:
    rows = rulebooks.load(market).rows
    assert set(rows) == {ClockName(name) for name in CLOCKS if name in on(market).clocks}
    waited_in = {phase for row in rows.values() for phase in row.phases}
    without = set(Phase) - {Phase.CLOSED} - waited_in
    assert without == ({Phase.LATE_APPEAL} if market == "vn" else set())
    for name, row in rows.items():
        assert row.owners
        for phase in row.phases:
            assert set(row.owners) <= process.OWNERS[phase]
            assert on(market).clocks[name].lapse in process.LAPSES[phase]
            assert set(row.then) & process.LAPSES[phase][on(market).clocks[name].lapse]


@pytest.mark.parametrize("market", BOTH)
def test_each_value_has_a_source_and_a_grade(market: str) -> None:
    found = list(entries_in_force(rulebooks.load(market), DAY))
    assert len({each.path for each in found}) == len(found)
    for each in found:
        assert (each.cites == "default") is (each.grade is Grade.DEFAULT)
        assert each.since <= DAY
        assert each.value
    by_path = {each.path: each for each in found}
    assert by_path["clock.compliance.span"].value == "48 hours"
    assert {"id": "7753801410840322", "vn": "6837793230161665"}[market] in by_path["clock.compliance.span"].cites
    assert by_path["clock.offer.span"].cites == "default"


def test_the_doubt_about_the_date_stands_in_the_source() -> None:
    found = {each.path: each for each in entries_in_force(rulebooks.load("id"), DAY)}
    assert "2 July 2025; 7 February is possible" in found["clock.compliance.span"].cites


def test_the_listing_for_people() -> None:
    book = rulebooks.load("id")
    found = lines(book, DAY)
    assert found[0] == "Rulebook id: market ID, zone Asia/Jakarta, in force on 2026-01-05"
    assert any(line.split()[:4] == ["decision.span", "24", "hours", "(since"] for line in found)
    assert sum("7753801410840322" in line for line in found) == 1
    count = len(list(entries_in_force(book, DAY)))
    assert any(line.startswith(f"{count} values by grade: A ") for line in found)
    assert not [line for line in found if line.startswith("warning")]
    back = lines(book, date(2017, 3, 1), backdate=True)
    assert back[0].endswith("in force on 2017-03-01 (back-dated: the values of 2025-07-02)")
    with pytest.raises(BeforeRulebookError):
        lines(book, date(2017, 3, 1))


def test_the_listing_warns_of_years_without_holidays() -> None:
    book = rulebooks.load("id")
    assert warnings(book, date(2027, 6, 30)) == []
    assert warnings(book, date(2027, 7, 1)) == ["no holidays are listed for 2028"]
    assert "warning: no holidays are listed for 2028" in lines(book, date(2028, 1, 1))
