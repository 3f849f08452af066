"""Bytes and values: events for the log, cases for their cache, orders and facts, commands from JSON.

Stored names and versions are stable and never Python paths. A change of an event's shape is a new version in
`core/events.py` and an upcaster here; bytes in the log are never rewritten, because their hash stands in the chain.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

import msgspec

from mufakat.core import commands, events
from mufakat.core.case import Case
from mufakat.core.effects import Effect
from mufakat.core.order import (
    Amendment,
    CarrierAnswer,
    CaseUse,
    ChargebackNotice,
    Fact,
    Order,
    OutsideRefund,
    Payment,
    Scan,
)
from mufakat.core.parties import Actor, Role
from mufakat.store.records import LoggedEvent

FOLD: Final = 2
"""Raise this when `evolve` folds the same events into something else: every cached state is then folded again."""

FACTS: Final[dict[str, type]] = {
    "scan": Scan,
    "outside_refund": OutsideRefund,
    "amendment": Amendment,
    "payment": Payment,
    "chargeback": ChargebackNotice,
    "carrier_answer": CarrierAnswer,
}
FACT_NAMES: Final = {kind: name for name, kind in FACTS.items()}

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]

UPCASTERS: dict[tuple[str, int], Upcaster] = {
    ("due.extended", 1): lambda data: data,  # the acceptance periods did not move then
    ("material.given", 1): lambda data: data,  # material named no tracking number and no entry of the record then
    ("material.asked", 1): lambda data: data,  # the time was the rulebook's then, and stands in the window
    ("order.fact_noted", 1): lambda data: data,  # a scan told of no weight, address or signature then
}
"""(stored name, version) to a function from that version's data to the next version's."""


class CodecError(ValueError):
    """Bytes or JSON that are not what they should be; the text says what and where."""


class Envelope(msgspec.Struct, frozen=True):
    """An event as stored. `batch` is the number of the first event of the same command."""

    name: str
    version: int
    number: int
    batch: int
    at: datetime
    role: Role
    by: str
    data: msgspec.Raw


@dataclass(frozen=True, slots=True)
class Stored:
    """An event read back, with the first number of its command's events."""

    recorded: events.Recorded
    batch: int


class FactKind(msgspec.Struct, frozen=True):
    """What is read first of a stored fact."""

    fact: str


_encode: Final = msgspec.json.Encoder().encode
_kind: Final = msgspec.json.Decoder(FactKind).decode
_envelope: Final = msgspec.json.Decoder(Envelope).decode


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


# --- events


def genesis(marketplace: str, case_id: str) -> bytes:
    """What stands before the first event: it ties a chain to its marketplace and case."""
    return hashlib.sha256(f"mufakat.case.1\0{marketplace}\0{case_id}".encode()).digest()


def chain(previous: bytes, body: bytes) -> bytes:
    """The hash of an event: of its own stored bytes and of the hash before it."""
    return hashlib.sha256(previous + body).digest()


def encode_event(recorded: events.Recorded, batch: int) -> bytes:
    """The bytes of an event as they are hashed and stored; `batch` is its command's first event number."""
    name = events.NAMES[type(recorded.event)]
    actor = recorded.actor
    data = msgspec.Raw(_encode(_event_data(recorded.event)))
    return _encode(
        Envelope(name, events.VERSIONS[name], recorded.number, batch, _utc(recorded.at), actor.role, actor.id, data)
    )


def decode_event(body: bytes) -> Stored:
    """The event in stored bytes, lifted to today's version; raises CodecError."""
    try:
        head = _envelope(body)
        event = _decode_data(head)
    except msgspec.MsgspecError as error:
        raise CodecError(f"a stored event cannot be read: {error}") from error
    return Stored(events.Recorded(head.number, head.at, Actor(head.role, head.by), event), head.batch)


def log(
    marketplace: str, case_id: str, recorded: tuple[events.Recorded, ...], head: bytes, firsts: tuple[int, ...] = ()
) -> list[LoggedEvent]:
    """The events of one write as they are stored, each linked to the one before; `head` empty for a new case.

    firsts: the number of each command's first event, where they are of several commands.
    """
    previous = head or genesis(marketplace, case_id)
    logged = []
    for each, batch in zip(recorded, batches(recorded, firsts), strict=True):
        body = encode_event(each, batch)
        logged.append(LoggedEvent(each.number, body, chain(previous, body), previous))
        previous = logged[-1].hash
    return logged


def batches(recorded: tuple[events.Recorded, ...], firsts: tuple[int, ...] = ()) -> list[int]:
    """For each event the number of its command's first event; all of one command where `firsts` is empty."""
    found: list[int] = []
    starts = frozenset(firsts)
    for each in recorded:
        begins = not found or each.number in starts
        found.append(each.number if begins else found[-1])
    return found


def _event_data(event: events.Event) -> object:
    if isinstance(event, events.FactNoted):
        return {"fact": _fact_data(event.fact)}
    return event


def _decode_data(head: Envelope) -> events.Event:
    kind = events.EVENTS.get(head.name)
    if kind is None:
        raise CodecError(f"a stored event has the unknown name {head.name!r}")
    today = events.VERSIONS[head.name]
    if head.version > today:
        raise CodecError(f"{head.name} {head.version} is of a later program; this one knows {today}")
    if kind is events.FactNoted:
        return events.FactNoted(_fact_of(msgspec.json.decode(head.data)["fact"]))
    if head.version == today:
        made: events.Event = _decoder(kind).decode(head.data)
        return made
    data = msgspec.json.decode(head.data)
    for version in range(head.version, today):
        data = UPCASTERS[head.name, version](data)
    lifted: events.Event = msgspec.convert(data, kind)
    return lifted


def _utc(moment: datetime) -> datetime:
    _aware(moment)
    return moment.astimezone(UTC)


def _aware(*moments: datetime | None) -> None:
    for moment in moments:
        if moment is not None and moment.tzinfo is None:
            raise CodecError(f"{moment} has no zone; write it in UTC: {moment.isoformat()}Z")


# --- facts: a union of dataclasses, told apart by a name of its own


def encode_fact(fact: Fact) -> bytes:
    """The bytes of a fact about an order."""
    return _encode(_fact_data(fact))


def decode_fact(body: bytes) -> Fact:
    """The fact in stored bytes; raises CodecError."""
    try:
        fact: Fact = _decoder(FACTS[_kind(body).fact]).decode(body)
    except (msgspec.MsgspecError, KeyError) as error:
        raise CodecError(f"a stored fact cannot be read: {error}") from error
    return fact


def _fact_data(fact: Fact) -> dict[str, Any]:
    """A fact as JSON holds it. What a carrier did not tell is left out, so a plain scan has the bytes it always had."""
    told = msgspec.to_builtins(fact, builtin_types=(datetime,))
    return {"fact": FACT_NAMES[type(fact)], **{name: value for name, value in told.items() if value not in (None, "")}}


def _fact_of(data: object) -> Fact:
    if not isinstance(data, dict) or data.get("fact") not in FACTS:
        raise CodecError(f"a fact needs `fact`, one of {', '.join(sorted(FACTS))}")
    fields = {name: value for name, value in data.items() if name != "fact"}
    made = _converted(fields, FACTS[data["fact"]], "fact")
    _aware(made.at, getattr(made, "promised_by", None))
    return made  # type: ignore[no-any-return]


# --- the case's cached state, orders, effects


@cache
def shape() -> str:
    """Names the form of the cached state: it changes by itself with the fields of the case, and with FOLD."""
    return f"{FOLD}-{hashlib.sha256(_encode(msgspec.json.schema(Case))).hexdigest()[:12]}"


_state: Final = msgspec.msgpack.Encoder().encode
_case: Final = msgspec.msgpack.Decoder(Case).decode
_order: Final = msgspec.json.Decoder(Order).decode
_uses: Final = msgspec.json.Decoder(dict[str, CaseUse]).decode
_effect: Final = msgspec.json.Decoder(Effect).decode


def encode_case(case: Case) -> bytes:
    """The folded case as a cache."""
    return _state(case)


def decode_case(state: bytes) -> Case:
    """The folded case from its cache, written under the same `shape()`; raises CodecError."""
    try:
        return _case(state)
    except msgspec.MsgspecError as error:
        raise CodecError(f"a cached case cannot be read: {error}") from error


def encode_order(order: Order) -> bytes:
    """The snapshot of an order; equal snapshots have equal bytes."""
    data = {each.name: getattr(order, each.name) for each in fields(order)}
    if not order.language:
        del data["language"]  # snapshots were kept before there was one, and the same again changes nothing
    return _encode(data)


def decode_order(body: bytes) -> Order:
    """The order in stored bytes; raises CodecError."""
    try:
        return _order(body)
    except msgspec.MsgspecError as error:
        raise CodecError(f"a stored order cannot be read: {error}") from error


def encode_uses(uses: dict[str, CaseUse]) -> bytes:
    """What the cases of an order have used of it."""
    return _encode(uses)


def decode_uses(body: bytes) -> dict[str, CaseUse]:
    """What the cases of an order have used of it."""
    return _uses(body)


def encode_effect(effect: Effect) -> bytes:
    """An effect for the outbox."""
    return _encode(effect)


def decode_effect(body: bytes) -> Effect:
    """An effect from the outbox."""
    return _effect(body)


# --- commands


def encode_command(command: Any) -> bytes:
    """A command with its name; equal commands have equal bytes."""
    return _encode(command_data(command))


def command_data(command: Any) -> dict[str, Any]:
    """A command as JSON holds it: its fields, and its name under `command`."""
    name = type(command).__name__
    if isinstance(command, commands.RecordFact):
        return {"command": name, "fact": _fact_data(command.fact)}
    return {"command": name, **msgspec.to_builtins(command, builtin_types=(datetime,))}


def decode_command(body: bytes | str | Mapping[str, Any]) -> Any:
    """The command in JSON such as {"command": "RaiseDispute", ...}; raises CodecError that says what is wrong where."""
    data = _object(body)
    name = data.get("command")
    if not isinstance(name, str):
        raise CodecError('a command is a JSON object with its name: {"command": "RaiseDispute", ...}')
    kind = commands.COMMANDS.get(name)
    if kind is None:
        raise CodecError(f"there is no command {name!r}; there are {', '.join(sorted(commands.COMMANDS))}")
    fields = {key: value for key, value in data.items() if key != "command"}
    if kind is commands.RecordFact:
        if set(fields) != {"fact"}:
            raise CodecError("RecordFact has exactly one field, `fact`")
        return commands.RecordFact(_fact_of(fields["fact"]))
    return _converted(fields, kind, name)


def decode_order_json(body: bytes | str | Mapping[str, Any]) -> Order:
    """An order's snapshot as a caller sends it; raises CodecError that says what is wrong where."""
    made = _converted(_object(body), Order, "Order")
    _aware(made.purchased_at, made.promised_by)
    return made  # type: ignore[no-any-return]


def decode_fact_json(body: bytes | str | Mapping[str, Any]) -> Fact:
    """A fact as a caller sends it: {"fact": "scan", ...}; raises CodecError that says what is wrong where."""
    return _fact_of(_object(body))


def _object(body: bytes | str | Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(body, Mapping):
        return dict(body)
    try:
        data = msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        raise CodecError(f"this is not JSON: {error}") from error
    if not isinstance(data, dict):
        raise CodecError("a JSON object is needed")
    return data


def _converted(fields: dict[str, Any], kind: Any, name: str) -> Any:
    """The fields as the type, with nothing left over: a misspelt optional field must not pass in silence."""
    try:
        made = msgspec.convert(fields, kind)
    except msgspec.ValidationError as error:
        raise CodecError(f"{name}: {error}") from error
    unknown = _left_over(fields, msgspec.to_builtins(made), "")
    if unknown:
        raise CodecError(f"{name} has no field {', '.join(unknown)}")
    return made


def _left_over(given: object, made: object, path: str) -> list[str]:
    """Paths that were given and that the made value does not have."""
    if isinstance(given, dict) and isinstance(made, dict):
        return [
            found
            for key, value in given.items()
            for found in (_left_over(value, made[key], f"{path}{key}.") if key in made else [f"`{path}{key}`"])
        ]
    if isinstance(given, list) and isinstance(made, list | tuple):
        return [f for n, (a, b) in enumerate(zip(given, made, strict=False)) for f in _left_over(a, b, f"{path}{n}.")]
    return []
