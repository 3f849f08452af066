"""What webhooks tell: every event has a shape, nothing that a person wrote is in it, and nothing joins it unseen."""

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import get_args, get_type_hints

import pytest

from mufakat.core.events import EVENTS, NAMES, FactNoted, Recorded, RefundPaid
from mufakat.engine.hooks.told import LEFT_OUT, TOLD, body, payload, shape
from tests.core.story import CUSTOMER, DELIVERED
from tests.core.test_words import every_event
from tests.engine.receiver import faults


def texts(kind: type, seen: set[type]) -> Iterator[tuple[str, bool]]:
    """The fields of text in a dataclass and in what it is made of: name, and whether it is sealed."""
    if kind in seen or kind is FactNoted:
        return
    seen.add(kind)
    hints = get_type_hints(kind)
    for each in fields(kind):
        left = [hints[each.name]]
        while left:
            sort = left.pop()
            left += [inner for inner in get_args(sort) if inner is not ...]
            if sort is str:
                yield each.name, bool(each.metadata.get("sealed"))
            elif is_dataclass(sort) and isinstance(sort, type):
                yield from texts(sort, seen)


def test_every_text_of_every_event_is_told_or_left_out_on_purpose() -> None:
    """A new field of text fails here until somebody says whether a person may write it."""
    seen: set[type] = set()
    found = {each for kind in EVENTS.values() for each in texts(kind, seen)}
    plain = {name for name, sealed in found if not sealed}
    assert plain == TOLD | LEFT_OUT
    assert not TOLD & LEFT_OUT
    assert not {name for name, sealed in found if sealed} & TOLD


@pytest.mark.parametrize("name", EVENTS)
def test_every_event_has_a_shape_with_all_that_is_no_text(name: str) -> None:
    kind, told = EVENTS[name], set(shape(EVENTS[name]).__struct_fields__)
    for each in fields(kind):
        if each.metadata.get("sealed") or each.name in LEFT_OUT:
            assert each.name not in told
        else:
            assert each.name in told, f"{name}.{each.name} is lost"
    assert payload(name).__struct_fields__ == ("type", "timestamp", "data")


def test_whatever_an_event_holds_its_webhook_is_as_the_document_has_it() -> None:
    seen = set()
    for event in every_event():
        sent = body("toko", "o-1", "case", Recorded(7, DELIVERED, CUSTOMER, event), 6)
        assert b"sha256:" not in sent
        told = json.loads(sent)
        assert faults(told) == [], NAMES[type(event)]
        seen.add(told["type"])
    assert seen == set(EVENTS)


def test_a_body_that_tells_more_or_less_is_not_as_the_document_has_it() -> None:
    event = next(each for each in every_event() if NAMES[type(each)] == "refund.paid")
    told = json.loads(body("toko", "o-1", "case", Recorded(7, DELIVERED, CUSTOMER, event), None))
    assert faults(told) == []
    assert faults(told | {"timestamp": "yesterday"})
    del told["data"]["event"]["amount"]
    assert faults(told)


def test_the_body_of_an_event() -> None:
    event = RefundPaid(1, "case:1", 45_000, reference="txn 1 to Ani Wijaya")
    assert json.loads(body("toko", "o-1", "case", Recorded(7, DELIVERED, CUSTOMER, event), 6)) == {
        "type": "refund.paid",
        "timestamp": DELIVERED.isoformat().replace("+00:00", "Z"),
        "data": {
            "marketplace": "toko",
            "order_id": "o-1",
            "case_id": "case",
            "number": 7,
            "previous": 6,
            "by": {"role": "CUSTOMER", "id": CUSTOMER.id},
            "version": 1,
            "event": {"matter": 1, "obligation": "case:1", "amount": 45_000, "advanced": False},
        },
    }
