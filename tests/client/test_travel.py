"""What the client sends of a command, an order, a fact or a history is what the server reads."""

import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

import httpx
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mufakat.api.wire import cases, commands, imports, orders
from mufakat.api.wire.mirror import FIRST_YEAR, LAST_YEAR
from mufakat.client import Client, Unreadable
from mufakat.core.commands import COMMANDS, OpenRequest
from mufakat.core.decide.imported import Step
from mufakat.core.order import MAX_AMOUNT, Amendment, Order, OutsideRefund, Scan
from mufakat.core.parties import Actor, Role

NAMES: Final = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20)
DAYS: Final = st.dates(date(FIRST_YEAR, 1, 2), date(LAST_YEAR, 12, 30))
MOMENTS: Final = DAYS.map(lambda day: datetime(day.year, day.month, day.day, 9, 30, 0, 123, UTC))
PLAIN: Final[dict[Any, st.SearchStrategy[Any]]] = {
    str: NAMES,
    int: st.integers(0, MAX_AMOUNT),
    bool: st.booleans(),
    type(None): st.none(),
    date: DAYS,
    datetime: MOMENTS,
}


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a type of the core's that may travel."""
    if kind in PLAIN:
        return PLAIN[kind]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(kind)
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        return st.builds(kind, **{each.name: values(hints[each.name]) for each in fields(kind)})
    if get_origin(kind) in (Union, types.UnionType):
        return st.one_of([values(each) for each in get_args(kind)])
    assert get_origin(kind) is tuple, kind
    return st.lists(values(get_args(kind)[0]), max_size=3).map(tuple)


def sent_by(call: Callable[[Client], Any]) -> bytes:
    """The body that a call sends."""
    seen: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.content)
        return httpx.Response(418)

    with httpx.Client(transport=httpx.MockTransport(answer)) as http, pytest.raises(Unreadable):
        call(Client("http://127.0.0.1:1", http=http))
    return seen[0]


@pytest.mark.parametrize("name", sorted(COMMANDS.keys() - commands.BY_NOBODY))
@settings(max_examples=15)
@given(data=st.data())
def test_a_command_arrives_as_it_was_given(name: str, data: st.DataObject) -> None:
    command = data.draw(values(COMMANDS[name]))
    for sent in (sent_by(lambda c: c.command("c", command)), sent_by(lambda c: c.preview("c", command))):
        assert commands.core(msgspec.json.decode(sent, type=commands.AnyCommand)) == command


@settings(max_examples=30)
@given(asked=values(OpenRequest), order_id=NAMES)
def test_a_request_arrives_as_it_was_given(asked: OpenRequest, order_id: str) -> None:
    sent = sent_by(lambda c: c.open_case(order_id, asked.type, asked.lines, text=asked.text, materials=asked.materials))
    read = msgspec.json.decode(sent, type=cases.OpenCaseIn)
    assert (read.order_id, cases.open_command(read)) == (order_id, asked)
    previewed = msgspec.json.decode(sent_by(lambda c: c.preview_request(order_id, asked)), type=cases.OpenRequestIn)
    assert cases.open_command(previewed) == asked


@settings(max_examples=30)
@given(order=values(Order))
def test_an_order_arrives_as_it_was_given(order: Order) -> None:
    read = msgspec.json.decode(sent_by(lambda c: c.put_order(order)), type=orders.OrderIn)
    assert orders.order(read, order.order_id) == order


@settings(max_examples=30)
@given(fact=values(Scan | OutsideRefund | Amendment))
def test_a_fact_arrives_as_it_was_given(fact: Scan | OutsideRefund | Amendment) -> None:
    sent = sent_by(lambda c: c.record_fact("o", fact))
    assert orders.fact(msgspec.json.decode(sent, type=orders.AnyFact)) == fact


@settings(max_examples=15)
@given(command=values(COMMANDS["RejectRequest"]), opening=values(OpenRequest), at=MOMENTS, until=MOMENTS)
def test_a_history_arrives_as_it_was_given(command: Any, opening: OpenRequest, at: datetime, until: datetime) -> None:
    steps = [Step(at, Actor(Role.CUSTOMER, "c"), opening), Step(at, Actor(Role.SELLER, "s"), command)]
    sent = sent_by(lambda c: c.import_case("o", "old", "7", steps, due={1: until}))
    read = msgspec.json.decode(sent, type=imports.ImportIn)
    assert (read.order_id, read.source, read.external_id, read.due) == ("o", "old", "7", {"1": until})
    found = [
        Step(each.at, Actor(Role(each.actor.role), each.actor.id), imports.command(each.command)) for each in read.steps
    ]
    assert found == steps
