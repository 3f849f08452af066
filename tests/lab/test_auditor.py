"""The auditor: lawful stories pass, and every kind of breach is caught under the rule it breaks."""

import ast
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

import mufakat.lab.auditor
from mufakat.lab.auditor import Fault, audit_case, audit_world
from mufakat.lab.auditor.moments import after
from mufakat.lab.auditor.worth import shares
from tests.lab import auditor_logs as a
from tests.lab.auditor_breaches import BREACHES, Break, asked_for, put
from tests.lab.auditor_logs import FACTS, ID, STORIES, VN, WORTH, Json, Log, t
from tests.lab.auditor_worlds import world as world_of


def facts_of(story: str) -> list[Json]:
    return {"cancelled": [], "returned": [*FACTS, a.scan(80, "DELIVERED", "R1")]}.get(story, FACTS)


def audited(story: str, log: Log, **order: Any) -> list[Fault]:
    book = VN if story == "vietnam" else ID
    end = datetime.fromisoformat(t(24 * 400))
    return audit_case(a.order(**order), facts_of(story), log.events, book, end=end, settled=True)


@pytest.mark.parametrize("name", STORIES)
def test_a_lawful_story_has_no_fault(name: str) -> None:
    assert audited(name, STORIES[name]()) == []


@pytest.mark.parametrize("name", [name for name in STORIES if name != "vietnam"])
def test_a_lawful_world_has_no_fault(name: str) -> None:
    assert audit_world(world_of(STORIES[name](), facts=facts_of(name))) == []


@pytest.mark.parametrize("what,rule,story,breaks", BREACHES, ids=[what for what, *_ in BREACHES])
def test_a_breach_is_caught_under_its_rule(what: str, rule: str, story: str, breaks: Break) -> None:
    log = STORIES[story]()
    if what == "the first event is another one":
        log.events = log.events[1:]
    else:
        breaks(log)
    assert rule in {fault.rule for fault in audited(story, log)}


def test_a_refund_of_all_units_for_the_sellers_fault_brings_the_shipping_fee() -> None:
    log = STORIES["offered"]()
    order = a.order()
    facts = FACTS
    order["lines"] = order["lines"][:1]
    assert "arithmetic 9" in {fault.rule for fault in audit_case(order, facts, log.events, ID)}
    put("remedy.ordered", shipping=9000)(log)
    put("refund.ordered", total=WORTH + 9000, change=WORTH + 9000)(log)
    put("refund.paid", amount=WORTH + 9000)(log)
    assert audit_case(order, facts, log.events, ID) == []


def test_a_cancellation_comes_before_the_parcel_is_on_its_way() -> None:
    faults = audit_case(a.order(), FACTS[:2], STORIES["cancelled"]().events, ID)
    assert "S27" in {fault.rule for fault in faults}


def test_what_is_granted_at_once_depends_on_goods_and_hour() -> None:
    for order in (a.order(shipped_by_seller=True), preorder()):
        facts = [a.scan(-120, "AWAITING_COLLECTION")]
        assert "S27" in {fault.rule for fault in audit_case(order, facts, STORIES["cancelled"]().events, ID)}


def preorder() -> Json:
    order = a.order()
    order["lines"][0]["preorder"] = True
    return order


def test_a_parcel_that_never_came_has_its_period_from_the_promised_date() -> None:
    order, facts = a.order(promised_by=t(-12)), FACTS[:2]
    claim = a.claim(reason="ITEM_NOT_RECEIVED")
    for until, rules in ((-12 + 168, set[str]()), (-96 + 168, {"S26"})):
        log = Log().opened("REFUND", claim, until=until).phase("REVIEW", 48, "seller_review", "APPROVE")
        assert {fault.rule for fault in audit_case(order, facts, log.events, ID)} == rules


def test_durable_goods_have_six_months() -> None:
    order = a.order()
    order["lines"][0]["durable"] = True
    log = Log().opened("REFUND", a.claim(reason="DEFECTIVE"))
    log.events[0]["data"]["accept_until"] = [["L1", "2026-09-01T03:00:00Z"]]
    log.phase("REVIEW", 48, "seller_review", "APPROVE")
    assert audit_case(order, FACTS, log.events, ID) == []


# --- what only a world shows


def rules_of(world: Json) -> set[str]:
    return {fault.rule for fault in audit_world(world)}


def opened_again(hours: float) -> Log:
    """Another case about the same units."""
    log = Log("C2").opened("REFUND", until=120, hours=hours)
    return log.phase("REVIEW", hours + 48, "seller_review", "APPROVE")


def test_both_parties_are_told_the_result() -> None:
    world = world_of(STORIES["deducted"]())
    world["notices"] = world["notices"][1:]
    assert "S8" in rules_of(world)


def test_nobody_is_told_of_what_is_not_theirs() -> None:
    world = world_of(STORIES["deducted"]())
    stray = {"to_role": "CUSTOMER", "to_id": "other", "case_id": "C1", "code": "message.sent", "at": t(1)}
    world["notices"].append(stray)
    assert rules_of(world) == {"privacy"}
    world["notices"][-1] = {**stray, "to_id": "cu", "case_id": "C9"}
    assert rules_of(world) == {"privacy"}


def _first(world: Json, kind: str) -> Json:
    return next(each for each in world["transfers"] if each["kind"] == kind)


DRIFTS: dict[str, Callable[[Json], object]] = {
    "more": lambda w: _first(w, "POSTED").update(amount=_first(w, "POSTED")["amount"] + 1),
    "nothing": lambda w: _first(w, "POSTED").update(amount=0),
    "the same account twice": lambda w: _first(w, "POSTED").update(debit="customer/claim", credit="customer/claim"),
    "another account": lambda w: _first(w, "POSTED").update(debit="platform/cost", debit_party="platform"),
    "another party": lambda w: _first(w, "POSTED").update(debit_party="other"),
    "another currency": lambda w: _first(w, "POSTED").update(currency="VND"),
    "another case": lambda w: _first(w, "POSTED").update(case_id="C9"),
    "one too many": lambda w: w["transfers"].append(_first(w, "POSTED")),
    "one too few": lambda w: w["transfers"].remove(_first(w, "POSTED")),
    "a cause that was not": lambda w: _first(w, "POSTED").update(cause="refund.reduced"),
    "another moment": lambda w: _first(w, "POSTED").update(at=t(1)),
    "no rule": lambda w: _first(w, "POSTED").update(rule=""),
    "a hold that is held on": lambda w: w["transfers"].remove(_first(w, "POST")),
    "a hold that was never placed": lambda w: w["transfers"].remove(_first(w, "PENDING")),
    "more from the hold than was held": lambda w: _first(w, "PENDING").update(amount=1),
    "a hold of another account": lambda w: _first(w, "PENDING").update(debit="seller/claim"),
    "released less than was held": lambda w: _first(w, "POST").update(kind="VOID", amount=1),
    "resolved by a plain transfer": lambda w: _first(w, "POST").update(kind="POSTED"),
}


@pytest.mark.parametrize("breach", DRIFTS)
def test_the_ledger_says_what_the_log_says(breach: str) -> None:
    world = world_of(STORIES["deducted"]())
    assert rules_of(world) == set()
    DRIFTS[breach](world)
    assert rules_of(world) == {"row: ledger"}


def test_the_provider_paid_what_the_log_says() -> None:
    world = world_of(STORIES["deducted"]())
    world["provider"]["C1:1"] += 1
    assert rules_of(world) == {"row: paid"}
    world["provider"] = {"C1:1": WORTH, "C7:1": 5}
    assert rules_of(world) == {"row: paid"}


def test_a_unit_is_in_one_open_case() -> None:
    assert "reading 14" in rules_of(world_of(STORIES["deducted"](), opened_again(20), settled=False, end=t(30)))


def test_a_refunded_unit_is_not_asked_for_again() -> None:
    assert "reading 14" in rules_of(world_of(STORIES["offered"](), opened_again(70), settled=False, end=t(80)))


def test_nothing_is_refunded_twice() -> None:
    again = Log("C2").opened("REFUND", hours=70).phase("REVIEW", 118, "seller_review", "APPROVE")
    again.on(118, "CLOCK").add("request.approved", matter=1, basis="LAPSE").share("REFUND", "LAPSE")
    again.refund(WORTH, at_once=True).phase("PAYING", 166, "compliance", "DEDUCT")
    again.on(119, "SYSTEM").paid(WORTH).closed("REFUNDED")
    assert "arithmetic 9" in rules_of(world_of(STORIES["offered"](), again))


def test_disputes_are_counted_across_cases() -> None:
    first = STORIES["dismissed_twice"]()
    third = a.raised(second_request(Log("C2")), 110, 3, ())
    assert "S12" in rules_of(world_of(first, third, settled=False, end=t(111)))


def second_request(log: Log) -> Log:
    log.opened("REFUND", hours=100).phase("REVIEW", 148, "seller_review", "APPROVE")
    accept = [["L1", t(153)]]
    log.on(105, "SELLER").add(
        "request.rejected", matter=1, code="reverse_reject_request_reason_1", accept_until=accept, text=""
    )
    return log.phase("REJECTED", 153, "dispute_window", "CLOSE")


def test_what_was_agreed_is_not_raised_again() -> None:
    first = STORIES["agreed"]()
    again = a.raised(second_request(Log("C2")), 110, 2, ())
    assert "S13" in rules_of(world_of(first, again, settled=False, end=t(111)))


def test_everything_closes_in_a_settled_world() -> None:
    log = Log().opened("REFUND").phase("REVIEW", 48, "seller_review", "APPROVE")
    assert rules_of(world_of(log, end=t(1))) == {"reading 15"}
    assert rules_of(world_of(log, end=t(1), settled=False)) == set()
    assert rules_of(world_of(log, end=t(49), settled=False)) == {"reading 13"}


def test_a_rulebook_may_be_named() -> None:
    assert audit_world(world_of(STORIES["deducted"](), rulebook="id")) == []


# --- own arithmetic


@pytest.mark.parametrize(
    "start,span,end",
    [
        ("2026-03-05T03:00:00+00:00", "2 working days", "2026-03-09T03:00:00+00:00"),  # over a weekend
        ("2026-03-07T03:00:00+00:00", "1 working day", "2026-03-09T17:00:00+00:00"),  # from a Saturday: Monday 00:00
        ("2026-03-18T03:00:00+00:00", "1 working day", "2026-03-20T03:00:00+00:00"),  # over a holiday
        ("2026-08-31T03:00:00+00:00", "6 months", "2027-02-28T03:00:00+00:00"),
        ("2026-03-01T17:30:00+00:00", "1 calendar day", "2026-03-02T17:30:00+00:00"),
        ("2026-03-01T17:30:00+00:00", "48 hours", "2026-03-03T17:30:00+00:00"),
    ],
)
def test_periods(start: str, span: str, end: str) -> None:
    holidays = {date(2026, 3, 19)}
    assert after(datetime.fromisoformat(start), span, "Asia/Jakarta", holidays) == datetime.fromisoformat(end)


def test_calendar_days_keep_the_clock_time_where_clocks_change() -> None:
    start = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)  # 13:00 in Berlin, a day before summer time
    assert after(start, "1 calendar day", "Europe/Berlin", set()) == datetime(2026, 3, 29, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize("total,parts,wanted", [(3, 2, [2, 1]), (5, 2, [2, 3]), (10, 3, [3, 3, 4]), (0, 2, [0, 0])])
def test_shares_round_half_to_even_and_the_last_takes_the_rest(total: int, parts: int, wanted: list[int]) -> None:
    assert shares(total, parts) == wanted


# --- a second opinion


def test_the_auditor_imports_the_standard_library_and_itself() -> None:
    folder = Path(mufakat.lab.auditor.__file__).parent
    names = {
        name
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        for name in imported(node)
    }
    strangers = {
        n for n in names if not n.startswith("mufakat.lab.auditor") and n.split(".")[0] not in sys.stdlib_module_names
    }
    assert strangers == set()


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [each.name for each in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def test_what_a_replacement_delivered_is_not_cancelled() -> None:
    first = Log().opened("REPLACEMENT").phase("REVIEW", 48, "seller_review", "APPROVE")
    first.on(10, "SELLER").add("request.approved", matter=1, basis="APPROVAL").share("REPLACEMENT", "APPROVAL")
    first.phase("PERFORMING", 58, "ship_out", "REFUND")
    first.on(20, "SELLER").add("goods.shipped", matter=1, tracking="X1")
    first.on(30, "SYSTEM").add("goods.scanned", matter=1).phase("DELIVERING", 30 + 168, "no_scan", "LOST")
    first.on(50, "SYSTEM").add("goods.delivered", matter=1).phase("CONFIRMING", 50 + 144, "confirm", "DONE")
    first.on(60, "CUSTOMER").add("remedy.confirmed", matter=1, lapsed=False).closed("GOODS_DELIVERED")
    second = Log("C2").opened("CANCEL", a.claim(reason="OTHER"), until=None, hours=70)
    assert "S27" in rules_of(world_of(first, second, facts=[], settled=False, end=t(71)))


def test_fewer_hours_for_more_material_are_lawful_within_the_markets_bounds() -> None:
    """S5: no fewer than the market's least, no more than the clock."""
    for hours in (6, 24):
        log = STORIES["deducted"]()
        asked_for(hours)(log)
        assert "row: material_asked" not in {fault.rule for fault in audited("deducted", log)}
