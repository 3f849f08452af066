"""The platform's own record of a case, what follows from it, and that the judgement rests on the very same (S7)."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mufakat.core import commands as c
from mufakat.core.case import Case
from mufakat.core.claim import (
    ClaimLine,
    FindingValue,
    Material,
    MaterialKind,
    Reason,
    RequestType,
    ReturnMethod,
)
from mufakat.core.derived import Derived, FactCode, How, Unit, derived
from mufakat.core.judgement import data_value
from mufakat.core.order import (
    MAX_AMOUNT,
    MAX_GRAMS,
    OUTBOUND,
    Amendment,
    CarrierAnswer,
    CaseUse,
    ChargebackNotice,
    ChargebackStage,
    Fact,
    OrderState,
    OutsideRefund,
    Payment,
    Scan,
    ScanKind,
    UnitUse,
    fact_fault,
)
from mufakat.core.parties import Role
from mufakat.core.policy.policy import DataRule, DataTest
from mufakat.core.record import FIXED, EntryKind, Source, has_entry, record, scans_under
from mufakat.core.refusals import Code
from mufakat.core.words import UNKNOWN, Language, placeholders
from mufakat.core.words.record import ENTRIES, FACTS, HOW, SOURCES, tell_entry, tell_fact, tell_how, tell_source
from mufakat.store import codec
from tests.core.stands import returning
from tests.core.story import AGENT, CUSTOMER, DAY, DELIVERED, HOUR, SELLER, TEXT, Story, order, policy

LATE, LOST = Reason.ARRIVED_LATE, Reason.ITEM_NOT_RECEIVED
PROMISED = DELIVERED + DAY
"""The promised date of the stories' order."""
TOLD = Scan(
    OUTBOUND,
    ScanKind.DELIVERED,
    DELIVERED,
    grams=1_200,
    address_matched=True,
    signed=False,
    place="CGK-3",
    source="JNE",
    tracking="JX123",
)


def opened(*facts: Fact, reason: Reason = Reason.DEFECTIVE, **changes: object) -> Story:
    """A request about an order with these facts, opened two days after the promised date."""
    story = Story(state=OrderState(order(**changes), facts or (TOLD,)))
    story.now = PROMISED + 2 * DAY
    return story.open(reason=reason)


def facts(story: Story) -> dict[FactCode, Derived]:
    """What follows from the record, by code; each code once."""
    found = derived(story.order, story.case, story.policy, story.now)
    assert len({each.code for each in found}) == len(found)
    return {each.code: each for each in found}


def value(story: Story, code: FactCode) -> tuple[int | None, Unit | None, tuple[str, ...]]:
    found = facts(story)[code]
    return found.value, found.unit, found.entries


# --- the facts of carriers


def test_a_scan_comes_back_whole_and_a_plain_one_keeps_its_bytes() -> None:
    assert codec.decode_fact(codec.encode_fact(TOLD)) == TOLD
    plain = Scan(OUTBOUND, ScanKind.IN_TRANSIT, DELIVERED)
    assert b"grams" not in codec.encode_fact(plain)
    assert b"null" not in codec.encode_fact(plain)
    old = b'{"fact":"scan","parcel":"OUTBOUND","kind":"IN_TRANSIT","at":"2026-11-02T03:00:00Z"}'
    assert codec.encode_fact(plain) == old
    assert codec.decode_fact(old) == plain


@pytest.mark.parametrize(
    "changes, word",
    [
        ({"grams": 0}, "grams"),
        ({"grams": MAX_GRAMS + 1}, "grams"),
        ({"kind": ScanKind.IN_TRANSIT, "signed": None}, "only a delivery"),
        ({"kind": ScanKind.LOST, "address_matched": None}, "only a delivery"),
        ({"place": "Jl. Merdeka no. 5"}, "place"),
        ({"source": "a" * 41}, "source"),
        ({"tracking": "JX 123"}, "tracking"),
    ],
)
def test_a_scan_that_cannot_be_is_named_for_what_is_wrong(changes: dict[str, Any], word: str) -> None:
    assert word in fact_fault(order(), replace(TOLD, **changes))
    assert fact_fault(order(), replace(TOLD, grams=MAX_GRAMS)) == ""


# --- entries


def test_s7_the_record_has_order_payment_promise_messages_other_cases_and_every_later_fact() -> None:
    story = opened(TOLD, Amendment(PROMISED + DAY, DELIVERED), OutsideRefund("a", (1,), 500, DELIVERED))
    story.wait(HOUR).give(SELLER, c.SendMessage(text="sha256:hello"))
    entries = record(story.order, story.case, story.now)
    assert [each.kind for each in entries] == [
        EntryKind.ORDER,
        EntryKind.PRICE,
        EntryKind.PROMISE,
        EntryKind.MESSAGES,
        EntryKind.ELSEWHERE,
        EntryKind.SCAN,
        EntryKind.PROMISE_CHANGED,
        EntryKind.OUTSIDE_REFUND,
    ]
    assert [each.ref for each in entries] == [f"R{n}" for n in range(1, 9)]
    assert dict(entries[1].values) == {"goods": 249_999, "shipping_fee": 9_000, "total": 258_999}
    assert dict(entries[3].values) == {"by_customer": 0, "by_seller": 1, "answered_at": story.now}
    scan = entries[5]
    assert (scan.source, scan.name, scan.at) == (Source.CARRIER, "JNE", DELIVERED)
    assert dict(scan.values) == {
        "parcel": OUTBOUND,
        "kind": ScanKind.DELIVERED,
        "grams": 1_200,
        "address_matched": True,
        "signed": False,
        "place": "CGK-3",
        "tracking": "JX123",
    }


def test_an_entry_keeps_its_number_when_older_scans_are_heard_of_later() -> None:
    story = opened()
    before = record(story.order, story.case, story.now)
    story.fact(Scan(OUTBOUND, ScanKind.IN_TRANSIT, DELIVERED - DAY))
    assert record(story.order, story.case, story.now)[: len(before)] == before


def test_nothing_in_the_record_says_who_or_what_was_written() -> None:
    story = opened()
    story.give(CUSTOMER, c.SendMessage(text="sha256:secret"))
    for each in record(story.order, story.case, story.now):
        shown = repr(each)
        assert not any(word in shown for word in (CUSTOMER.id + "'", SELLER.id + "'", "secret", TEXT))


# --- what follows


def test_s7_late_by_calendar_days_in_the_markets_zone_against_the_promise_in_force() -> None:
    late = Scan(OUTBOUND, ScanKind.DELIVERED, PROMISED + 3 * DAY)
    story = Story(state=OrderState(order(), (late,)))
    story.now = PROMISED + 4 * DAY
    story.open(reason=LATE)
    assert value(story, FactCode.DELIVERED_LATE) == (3, Unit.CALENDAR_DAYS, ("R3", "R6"))
    found = facts(story)[FactCode.DELIVERED_LATE]
    assert (found.how, found.rule, found.rule_value, found.lines) == (
        How.DAYS_BETWEEN,
        "zone",
        "Asia/Jakarta",
        ("a",),
    )
    story.fact(Amendment(PROMISED + 2 * DAY, DELIVERED))
    assert value(story, FactCode.DELIVERED_LATE) == (1, Unit.CALENDAR_DAYS, ("R7", "R6"))
    story.fact(Amendment(late.at, DELIVERED + HOUR))
    assert FactCode.DELIVERED_LATE not in facts(story)
    assert facts(story)[FactCode.DELIVERED_IN_TIME].entries == ("R8", "R6")


def test_late_on_the_promised_day_is_late_by_no_whole_day() -> None:
    story = Story(state=OrderState(order(), (Scan(OUTBOUND, ScanKind.DELIVERED, PROMISED + HOUR),)))
    story.now = PROMISED + DAY
    story.open(reason=LATE)
    found = facts(story)[FactCode.DELIVERED_LATE]
    assert found.value == 0
    assert "less than one calendar day" in tell_fact(found, Language.EN, "Asia/Jakarta", "IDR")


def test_s7_at_the_address_signed_for_only_where_the_carrier_told() -> None:
    assert facts(opened())[FactCode.AT_THE_ADDRESS].entries == ("R6",)
    assert FactCode.NOT_SIGNED_FOR in facts(opened())
    other = facts(opened(replace(TOLD, address_matched=False, signed=True)))
    assert {FactCode.NOT_AT_THE_ADDRESS, FactCode.SIGNED_FOR} <= set(other)
    silent = set(facts(opened(replace(TOLD, address_matched=None, signed=None))))
    assert not silent & {
        FactCode.AT_THE_ADDRESS,
        FactCode.NOT_AT_THE_ADDRESS,
        FactCode.SIGNED_FOR,
        FactCode.NOT_SIGNED_FOR,
    }


def test_s7_never_scanned_after_the_last_scan_and_overdue() -> None:
    last = Scan(OUTBOUND, ScanKind.IN_TRANSIT, DELIVERED - DAY, place="SUB")
    story = opened(last, reason=LOST)
    assert value(story, FactCode.NOT_SCANNED_SINCE) == (4, Unit.CALENDAR_DAYS, ("R6",))
    assert value(story, FactCode.OVERDUE) == (2, Unit.CALENDAR_DAYS, ("R3",))
    assert facts(story)[FactCode.NOT_DELIVERED].how is How.NO_SUCH_SCAN
    told = tell_fact(facts(story)[FactCode.NOT_SCANNED_SINCE], Language.EN, "Asia/Jakarta", "IDR")
    assert told.startswith("Parcel of the order: last scanned 1 November 2026, 10:00 WIB (in transit, at SUB)")
    assert told.endswith(" and never after, 4 calendar days ago.")
    story.scan(OUTBOUND, ScanKind.LOST)
    assert value(story, FactCode.REPORTED_LOST) == (None, None, ("R7",))


def test_a_parcel_without_any_scan_was_never_scanned() -> None:
    story = Story(state=OrderState(order()))
    story.now = PROMISED + DAY
    story.open(reason=LOST)
    assert facts(story)[FactCode.NEVER_SCANNED].entries == ()
    assert FactCode.NOT_SCANNED_SINCE not in facts(story)


def test_s7_the_weight_of_the_return_against_the_parcel_that_went_out() -> None:
    story = returning()
    story.order = replace(story.order, facts=(*story.order.facts, TOLD))
    assert FactCode.RETURN_WEIGHS_LESS not in facts(story)
    story.fact(Scan("R1", ScanKind.IN_TRANSIT, story.now, grams=800))
    found = facts(story)[FactCode.RETURN_WEIGHS_LESS]
    assert (found.value, found.unit, found.entries) == (33, Unit.PERCENT, ("R8", "R9", "R1"))
    told = tell_fact(found, Language.EN, "UTC", "IDR")
    assert "800 g, 33 % less than the parcel that went out (1200 g); 1 of 3 units go back" in told
    story.fact(Scan("R1", ScanKind.IN_TRANSIT, story.now + HOUR, grams=1_200))
    assert FactCode.RETURN_WEIGHS_THE_SAME in facts(story)
    story.fact(Scan("R1", ScanKind.IN_TRANSIT, story.now + 2 * HOUR, grams=1_500))
    assert value(story, FactCode.RETURN_WEIGHS_MORE)[0] == 25


@pytest.mark.parametrize("days, code", [(14, "IN_WINDOW"), (15, "AFTER_WINDOW")])
def test_whether_a_return_arrived_within_its_period(days: int, code: str) -> None:
    """Market.md: 14 calendar days from the upload for a self-arranged return."""
    story = Story().open(RequestType.RETURN_AND_REFUND).wait(HOUR)
    story.give(SELLER, c.ApproveRequest())
    story.give(CUSTOMER, c.ShipBack(ReturnMethod.SELF_ARRANGED, "R1"))
    shipped = story.now
    arrived = Scan("R1", ScanKind.DELIVERED, shipped + days * DAY)
    story.order = replace(story.order, facts=(*story.order.facts, arrived))
    assert value(story, FactCode.RETURN_ARRIVED)[:2] == (days, Unit.CALENDAR_DAYS)
    found = facts(story)[FactCode(f"RETURN_ARRIVED_{code}")]
    assert (found.rule, found.rule_value) == ("clock.inspection_self.span", "14 calendar days")
    assert "clock." not in tell_how(found, Language.EN)
    assert "14 hari kalender" in tell_how(found, Language.ID)


def test_s7_what_was_paid_and_how() -> None:
    story = opened(TOLD, payment_method="card")
    assert value(story, FactCode.PRICE) == (258_999, Unit.MONEY, ("R2",))
    assert FactCode.PAID not in facts(story), "that it was paid nobody has said"
    story.fact(Payment(200_000, DELIVERED - DAY, "card"))
    story.fact(Payment(58_999, DELIVERED - HOUR, "wallet"))
    assert value(story, FactCode.PAID) == (258_999, Unit.MONEY, ("R7", "R8"))
    told = tell_fact(facts(story)[FactCode.PAID], Language.EN, "UTC", "IDR")
    assert told == ("Rp2,589.99 of Rp2,589.99 was paid for the order by card, wallet, last 2 November 2026, 02:00 UTC.")


@pytest.mark.parametrize(
    "payment, word",
    [
        (Payment(0, DELIVERED), "amount"),
        (Payment(-5, DELIVERED), "amount"),
        (Payment(MAX_AMOUNT + 1, DELIVERED), "amount"),
        (Payment(5, DELIVERED, "Card of Ani, ending 1234"), "method"),
    ],
)
def test_a_payment_that_cannot_be_is_named_for_what_is_wrong(payment: Payment, word: str) -> None:
    assert word in fact_fault(order(), payment)
    assert fact_fault(order(), Payment(MAX_AMOUNT, DELIVERED, "cash on delivery")) == ""
    assert codec.decode_fact(codec.encode_fact(Payment(5, DELIVERED))) == Payment(5, DELIVERED)


def test_s7_messages_and_when_the_seller_first_answered() -> None:
    story = opened()
    story.wait(HOUR)
    assert value(story, FactCode.SELLER_NOT_ANSWERED)[:2] == (3600, Unit.SECONDS)
    story.give(CUSTOMER, c.SendMessage(text="sha256:1"))
    story.wait(HOUR).give(SELLER, c.SendMessage(text="sha256:2"))
    story.wait(HOUR).give(SELLER, c.SendMessage(text="sha256:3"))
    assert value(story, FactCode.SELLER_ANSWERED) == (7200, Unit.SECONDS, ("R4",))
    found = facts(story)[FactCode.MESSAGES_EXCHANGED]
    assert (found.value, found.told) == (3, {"by_customer": 1, "by_seller": 2})
    assert facts(story)[FactCode.SELLER_ANSWERED].rule_value == "2 calendar days"


def test_a_seller_who_opened_it_owes_no_answer() -> None:
    story = Story()
    rule = next(r for r in story.policy.codes if r.use == "SELLER_REFUND" and r.reason is not None)
    assert rule.reason is not None
    story.give(SELLER, c.OpenRequest(RequestType.REFUND, (ClaimLine("a", rule.reason, reason_code=rule.code),)))
    assert not {FactCode.SELLER_ANSWERED, FactCode.SELLER_NOT_ANSWERED} & set(facts(story))


def test_s7_s12_what_other_cases_and_banks_did_about_the_same_units() -> None:
    story = opened(TOLD, OutsideRefund("a", (1, 2), 501, DELIVERED), OutsideRefund("b", (1,), 7, DELIVERED))
    uses = {"c0": CaseUse((UnitUse("a", 1, held=False, refunded=300, disputes=2), UnitUse("b", 1, held=True)))}
    story.order = replace(story.order, uses=story.order.uses | uses)
    assert value(story, FactCode.DISPUTED_ELSEWHERE) == (2, Unit.COUNT, ("R5",))
    assert value(story, FactCode.REFUNDED_ELSEWHERE) == (300, Unit.MONEY, ("R5",))
    assert value(story, FactCode.REFUNDED_OUTSIDE) == (251, Unit.MONEY, ("R7",))
    assert dict(record(story.order, story.case, story.now)[4].values) == {"cases": 1, "disputes": 2, "refunded": 300}


# --- one arithmetic for the record and for findings

MOMENTS = st.integers(-200, 200).map(lambda hours: PROMISED + timedelta(hours=hours))
SCANS = st.builds(Scan, st.just(OUTBOUND), st.sampled_from(ScanKind), MOMENTS)
FACTS_OF_AN_ORDER = st.lists(SCANS | st.builds(Amendment, MOMENTS, MOMENTS), max_size=6).map(tuple)
REPLACED = st.none() | MOMENTS


@settings(max_examples=300)
@given(FACTS_OF_AN_ORDER, st.sampled_from([PROMISED, None]), REPLACED, MOMENTS)
def test_s7_findings_from_data_agree_with_the_facts_of_the_record(
    known: tuple[Fact, ...], promised: Any, replaced: Any, now: Any
) -> None:
    """What is derived as a finding and what is shown as a fact are one arithmetic, whatever is known."""
    state = OrderState(order(promised_by=promised), known)
    if replaced is not None:
        state = replace(state, uses={"c0": CaseUse((UnitUse("a", 1, held=False, replaced_at=replaced),))})
    claim = ClaimLine("a", LATE, (1,))
    case = replace(CASE, lines=(claim,))
    codes = {each.code for each in derived(state, case, RULES, now) if each.lines == ("a",)}
    late = data_value(DataRule(LATE, "X", DataTest.DELIVERED_LATE), state, claim)
    gone = data_value(DataRule(LOST, "X", DataTest.NOT_DELIVERED), state, claim)
    assert (gone is FindingValue.VALID) is (FactCode.NOT_DELIVERED in codes)
    assert (late is FindingValue.CONTRADICTED) is (FactCode.DELIVERED_IN_TIME in codes)
    assert (FactCode.DELIVERED_LATE in codes) <= (late is FindingValue.VALID)
    if late is FindingValue.VALID:
        assert codes & {FactCode.DELIVERED_LATE, FactCode.NOT_DELIVERED}
    if late is FindingValue.INSUFFICIENT:
        assert state.promised_by() is None
    assert len(codes & {FactCode.DELIVERED_IN_TIME, FactCode.DELIVERED_LATE, FactCode.DELIVERED}) == (
        FactCode.NOT_DELIVERED not in codes
    )
    for each in derived(state, case, RULES, now):
        assert all(has_entry(state, name) for name in each.entries)


RULES = policy()
CASE: Case = Story().open().case


# --- tracking numbers and entries as material


def test_a_tracking_number_is_checked_against_the_scans_that_are_known() -> None:
    """S3, S7: carrier tracking is material as well."""
    story = opened()
    for number in ("jx123", "NO-SUCH-1"):
        story.give(CUSTOMER, c.HandIn(Material("DELIVERY_RECEIPT", MaterialKind.TRACKING, refers_to=number)))
    found = facts(story)
    first, second = (each.number for each in story.case.exhibits if each.material.kind is MaterialKind.TRACKING)
    assert (found[FactCode.TRACKING_KNOWN].exhibit, found[FactCode.TRACKING_KNOWN].entries) == (first, ("R6",))
    assert found[FactCode.TRACKING_UNKNOWN].exhibit == second
    assert [name for name, _ in scans_under(story.order, "JX123")] == ["R6"]


@pytest.mark.parametrize(
    "kind, reference, code",
    [
        (MaterialKind.TRACKING, "", Code.MATERIAL_EMPTY),
        (MaterialKind.TRACKING, "JX 123, Jl. Merdeka 5", Code.REFERENCE_NOT_FITTING),
        (MaterialKind.TEXT, "JX123", Code.REFERENCE_NOT_FITTING),
        (MaterialKind.FILE, "R1", Code.REFERENCE_NOT_FITTING),
        (MaterialKind.RECORD, "R7", Code.NOT_IN_THE_RECORD),
        (MaterialKind.RECORD, "R0", Code.NOT_IN_THE_RECORD),
        (MaterialKind.RECORD, "1", Code.NOT_IN_THE_RECORD),
        (MaterialKind.RECORD, "", Code.MATERIAL_EMPTY),
    ],
)
def test_a_reference_leads_somewhere(kind: MaterialKind, reference: str, code: Code) -> None:
    story = opened()
    assert story.refused(SELLER, c.HandIn(Material("ORDER_DETAILS", kind, refers_to=reference))) is code
    if reference:
        texted = Material("ORDER_DETAILS", kind, refers_to=reference, text=TEXT)
        assert story.refused(SELLER, c.HandIn(texted)) is code


def test_an_entry_of_the_record_is_material_as_well() -> None:
    """S3, S7: order records are material; an agent weighs them like any other."""
    story = opened(reason=Reason.WRONG_ITEM).wait(HOUR)
    story.give(SELLER, c.RejectRequest(story.reject_code(RequestType.REFUND)))
    story.give(CUSTOMER, c.RaiseDispute())
    story.give(SELLER, c.HandIn(Material("ORDER_DETAILS", MaterialKind.RECORD, refers_to="R1")))
    story.complete()
    exhibit = story.case.exhibits[-1].number
    story.give(AGENT, c.RecordFinding("a", Role.SELLER, "ORDER_DETAILS", FindingValue.VALID, exhibit))
    assert has_entry(story.order, f"R{FIXED + 1}")
    assert not has_entry(story.order, f"R{FIXED + 2}")


# --- words


def every_story() -> list[Story]:
    """Stories whose records hold every kind of entry and fact that the tests above know."""
    lost = Scan(OUTBOUND, ScanKind.LOST, DELIVERED, place="SUB")
    refund = OutsideRefund("a", (1,), 500, DELIVERED, chargeback=True)
    stories = [
        opened(),
        opened(replace(TOLD, address_matched=False, signed=True), payment_method="card"),
        opened(TOLD, promised_by=None),
        opened(TOLD, Amendment(DELIVERED - DAY, DELIVERED), refund, Payment(5, DELIVERED), reason=LATE),
        opened(TOLD, ChargebackNotice("CB", 5, ChargebackStage.WON, DELIVERED), CarrierAnswer("R9", 3, DELIVERED)),
        opened(TOLD, ChargebackNotice("CB", 5, ChargebackStage.LOST, DELIVERED, "a", (1,))),
        opened(lost, reason=LOST),
    ]
    back = returning()
    back.order = replace(back.order, facts=(*back.order.facts, TOLD))
    back.fact(Scan("R1", ScanKind.DELIVERED, back.now, grams=800))
    for number in ("JX123", "GONE"):
        stories[0].give(SELLER, c.HandIn(Material("X", MaterialKind.TRACKING, refers_to=number)))
    stories[0].give(SELLER, c.SendMessage(text=TEXT))
    return [*stories, back]


@pytest.mark.parametrize("language", Language)
def test_every_entry_and_fact_is_told_whole(language: Language) -> None:
    codes, kinds = set(), set()
    for story in every_story():
        there = ("Asia/Jakarta", "IDR")
        for entry in record(story.order, story.case, story.now):
            kinds.add(entry.kind)
            assert tell_source(entry, language)
            check_sentence(tell_entry(entry, language, *there))
        for found in derived(story.order, story.case, story.policy, story.now):
            codes.add(found.code)
            check_sentence(tell_fact(found, language, *there))
            check_sentence(tell_how(found, language))
    assert kinds == set(EntryKind)
    assert len(codes) >= 18


def check_sentence(text: str) -> None:
    assert text.endswith("."), text
    assert UNKNOWN not in text, text
    assert not re.search(r"[{}\[\]]|  |None|True|False", text), text


def test_both_languages_say_the_same() -> None:
    for table, members in ((ENTRIES, EntryKind), (FACTS, FactCode), (HOW, How), (SOURCES, Source)):
        assert set(table) == set(members)
        for english, indonesian in table.values():
            assert placeholders(english) == placeholders(indonesian)
            assert english != indonesian or english == "platform"
