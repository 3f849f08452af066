"""What a webhook tells of an event: ids, codes, amounts and moments, and nothing that a party wrote.

The shapes are made from the events, so the two cannot drift apart. Of texts only those pass that are named here: a
field that joins an event is left out until somebody says that no person writes it. So nothing that was sent need ever
be forgotten; the receiver reads what people wrote through the API, as long as it is there.
"""

import types
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from mufakat.core.events import EVENTS, NAMES, VERSIONS, FactNoted, Recorded
from mufakat.core.parties import Role
from mufakat.store.codec import FACT_NAMES

TOLD: Final = frozenset(
    {
        *("accept_until", "by", "case_id", "code", "currency", "customer_id", "drafted_by", "external_id"),
        *("generations", "in_time", "line_id", "lines", "machine", "obligation", "order_id", "parts", "policy"),
        *("reason_code", "risk_rule", "rule", "seller_id", "set_aside", "source", "stage"),
    }
)
"""Fields of text that are told: ids and codes of the marketplace's, the rulebook's or our own."""
LEFT_OUT: Final = frozenset(
    {"because", "digest", "item", "passed_over", "reference", "refers_to", "tracking"},
)
"""Fields of text that are not told: a party or a carrier writes them, they are of its file, or they are sentences."""
TEST: Final = "hook.test"
"""The type of what is sent to try an endpoint out."""


class By(msgspec.Struct, frozen=True):
    """Who did it: the role, and the id under which the marketplace knows them; empty for clock and system."""

    role: Role
    id: str


@cache
def shape(kind: type) -> type[msgspec.Struct]:
    """The struct that a dataclass is told as."""
    hints = get_type_hints(kind)
    made: list[Any] = []
    for each in fields(kind):
        told = Literal[tuple(sorted(FACT_NAMES.values()))] if kind is FactNoted else None
        told = told or (None if each.metadata.get("sealed") else _told(hints[each.name], each.name))
        if told is not None:
            made.append((each.name, told))
    return msgspec.defstruct(kind.__name__, made, frozen=True, module=__name__, namespace={"__doc__": kind.__doc__})


def _told(sort: Any, name: str) -> Any:
    """How a type is told; None for what is not."""
    if sort is str:
        return str if name in TOLD else None
    if sort in (int, bool, datetime, date, types.NoneType) or (isinstance(sort, type) and issubclass(sort, Enum)):
        return sort
    if is_dataclass(sort) and isinstance(sort, type):
        return shape(sort)
    arguments = get_args(sort)
    inner = [each if each is Ellipsis else _told(each, name) for each in arguments]
    if not arguments or None in inner:
        return None
    if get_origin(sort) in (Union, types.UnionType):
        return Union[tuple(inner)]  # noqa: UP007 - made of a list
    return types.GenericAlias(tuple, tuple(inner))


@cache
def payload(name: str) -> type[msgspec.Struct]:
    """The whole body of the webhook of an event of that stored name."""
    kind = EVENTS[name]
    data = msgspec.defstruct(
        f"{kind.__name__}Data",
        [
            *(("marketplace", str), ("order_id", str), ("case_id", str), ("number", int), ("previous", int | None)),
            *(("by", By), ("version", int), ("event", shape(kind))),
        ],
        frozen=True,
        module=__name__,
        namespace={"__doc__": DATA},
    )
    return msgspec.defstruct(
        f"{kind.__name__}Told",
        [("type", Literal[name]), ("timestamp", datetime), ("data", data)],
        frozen=True,
        module=__name__,
        namespace={"__doc__": kind.__doc__},
    )


DATA: Final = """Where it happened, and what.

`number` counts the events of the case from 1. `previous` is the number of the one that this endpoint was told of
before, or would have been had it not been given up: who has not seen that one has missed something. It is null at the
beginning of a case, of an endpoint's life and of a replay. `version` is the version of the event's shape.
"""


class TrialData(msgspec.Struct, frozen=True):
    """Which endpoint is tried out."""

    marketplace: str
    hook_id: str


class TrialTold(msgspec.Struct, frozen=True):
    """Somebody tries an endpoint out: nothing has happened."""

    type: Literal["hook.test"]
    timestamp: datetime
    data: TrialData


def body(marketplace: str, order_id: str, case_id: str, recorded: Recorded, previous: int | None) -> bytes:
    """The body of the webhook of an event: JSON in UTF-8."""
    event = recorded.event
    name = NAMES[type(event)]
    told: Any = {"fact": FACT_NAMES[type(event.fact)]} if isinstance(event, FactNoted) else event
    whole = {
        "type": name,
        "timestamp": recorded.at.astimezone(UTC),
        "data": {
            "marketplace": marketplace,
            "order_id": order_id,
            "case_id": case_id,
            "number": recorded.number,
            "previous": previous,
            "by": {"role": recorded.actor.role, "id": recorded.actor.id},
            "version": VERSIONS[name],
            "event": msgspec.convert(told, shape(EVENTS[name]), from_attributes=True),
        },
    }
    return msgspec.json.encode(whole)


def trial_body(marketplace: str, hook_id: str, now: datetime) -> bytes:
    """The body of a webhook that tries an endpoint out."""
    return msgspec.json.encode(TrialTold("hook.test", now, TrialData(marketplace, hook_id)))
