"""The auditor on amounts: discounts, adjustments and destinations that it reckons by itself."""

from typing import Any

import pytest

from mufakat.lab.auditor import audit_world
from mufakat.lab.auditor.parcel import Known
from mufakat.lab.auditor.worth import spread, unit_price
from tests.lab import auditor_logs as a
from tests.lab.auditor_breaches import Break, drop, nth, put, renumber
from tests.lab.auditor_logs import FACTS, STORIES, WORTH, Json, Log
from tests.lab.auditor_worlds import world as world_of

BOOKED = {"commission": 9_000, "fees": 0, "subsidy": 1, "total": 8_999, "tax": 500}


def charged(**changes: Any) -> Json:
    """The usual order; its first line bears commission, fees, tax, and a discount of which the platform gave a part."""
    order = a.order(**changes)
    order["lines"][0] |= {"commission": 9_000, "fees": 77, "tax": 500, "platform_discount": 1}
    return order


def adjusted() -> Log:
    """A refund of the first line whole, with what it means between seller and platform."""
    log = STORIES["offered"]()
    paid = nth(log, "refund.paid")
    at = log.events.index(paid) + 1
    data = {"matter": 1, "obligation": "C1:1", **BOOKED}
    log.events.insert(at, {**paid, "name": "adjustment.booked", "data": data})
    renumber(log)
    return log


def faults(log: Log, order: Json) -> set[str]:
    world = world_of(log, facts=FACTS)
    world["orders"][0]["order"] = order
    return {fault.rule for fault in audit_world(world)} & {"row: adjustment", "row: destination", "structure"}


def test_what_a_refund_means_is_as_the_order_says() -> None:
    assert faults(adjusted(), charged()) == set()


@pytest.mark.parametrize(
    "breaks",
    [
        put("adjustment.booked", commission=8_999, total=8_998),
        put("adjustment.booked", fees=77, total=9_076),
        put("adjustment.booked", subsidy=0, total=9_000),
        put("adjustment.booked", tax=499),
        put("adjustment.booked", total=9_000),
        drop("adjustment.booked"),
    ],
    ids=["a cent of commission", "fees that stay", "no subsidy", "other tax", "another total", "none at all"],
)
def test_another_meaning_is_caught(breaks: Break) -> None:
    log = adjusted()
    breaks(log)
    assert "row: adjustment" in faults(log, charged())


def test_an_adjustment_follows_what_caused_it() -> None:
    log = adjusted()
    booked = nth(log, "adjustment.booked")
    log.events.remove(booked)
    first = nth(log, "refund.ordered")
    log.events.insert(log.events.index(first) + 1, booked | {name: first[name] for name in ("at", "role", "by")})
    renumber(log)
    assert "row: adjustment" in faults(log, charged())


def test_money_goes_where_the_rulebook_says() -> None:
    log = adjusted()
    cash = charged(payment_method="cash on delivery")
    assert "row: destination" in faults(log, cash)
    put("refund.ordered", destination="BANK_ACCOUNT")(log)
    assert faults(log, cash) == set()
    assert "row: destination" in faults(log, charged())


def test_a_voucher_is_reckoned_once_over_all_lines() -> None:
    known = Known(a.order(voucher=10_000), [])
    units = [unit_price(known, "L1", 1), unit_price(known, "L1", 2), unit_price(known, "L2", 1)]
    assert sum(units) == WORTH + 50_000 - 10_000
    assert units == [95_999, 96_000, 48_000]


def test_no_part_of_a_spread_is_more_than_it_is_taken_from() -> None:
    assert spread(47, [10] * 5) == [9, 9, 9, 10, 10]
    assert spread(7, [2, 2]) == [2, 5]
    assert spread(0, []) == []
