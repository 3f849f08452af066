"""What a rulebook file may hold: every key, what its value must be, and whether it may be left out.

`SCHEMA` is the whole grammar; `reader.py` walks a file along it. A reader of a value raises ValueError with a
sentence that says what is allowed.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import TypeVar, get_type_hints

from mufakat.core.calendar import parse_span, zone_of
from mufakat.core.claim import Cause, Destination, Ground, Level, Reason, RequestType, ReturnIssue
from mufakat.core.order import LANGUAGE, OrderStatus
from mufakat.core.parties import PARTIES, Role
from mufakat.core.phases import Phase
from mufakat.core.policy.items import ITEMS
from mufakat.core.policy.policy import (
    Anchor,
    ClockName,
    CodeRule,
    CodeUse,
    DataTest,
    LapseOutcome,
    Span,
    SpanUnit,
    Switches,
    method_key,
)

E = TypeVar("E", bound=StrEnum)
Extras = Mapping[str, object]
ReadPlain = Callable[[object], object]
ReadValue = Callable[[object, Extras], object]

STATUSES = ("UNPAID", "ON_HOLD", *(status.value for status in OrderStatus), "COMPLETED")
"""The order statuses a reason code may name; before payment and after completion nothing of ours applies."""

RISK_RULES = ("S22", "S23", "S24", "S25")
"""The rows of the return-risk table."""

AGGRAVATION = {"aggravated": True, "plain": False}
"""With deception or a major issue, and without."""

ANY_REASON = "ANY"
"""What a reason code is given that speaks to no single reason."""

PERIODLESS = (RequestType.CANCEL,)
"""What is asked before the parcel is on its way has no period from delivery."""

OPTIONAL_CLOCKS = (ClockName.LATE_APPEAL,)
"""Clocks without which a market simply lacks the right."""

RISKLESS = (Ground.DELIVERY,)
"""Grounds on which nothing need go back."""


class ClockAnchor(StrEnum):
    """The moment a clock starts from."""

    REQUEST_OPENED = "REQUEST_OPENED"
    OFFER_MADE = "OFFER_MADE"
    REJECTION = "REJECTION"
    PARCEL_REJECTION = "PARCEL_REJECTION"
    DISPUTE_RAISED = "DISPUTE_RAISED"
    NOTICE = "NOTICE"
    MATERIAL_ASKED = "MATERIAL_ASKED"
    MATERIAL_COMPLETE = "MATERIAL_COMPLETE"
    JUDGEMENT = "JUDGEMENT"
    APPEAL_RAISED = "APPEAL_RAISED"
    GRANT = "GRANT"
    LAST_SCAN = "LAST_SCAN"
    RETURN_RECEIVED = "RETURN_RECEIVED"
    TRACKING_UPLOADED = "TRACKING_UPLOADED"
    RETURN_REPORTED = "RETURN_REPORTED"
    REPORT_CONTESTED = "REPORT_CONTESTED"
    SELLERS_TURN = "SELLERS_TURN"
    GOODS_DELIVERED = "GOODS_DELIVERED"
    DEDUCTION_ORDERED = "DEDUCTION_ORDERED"
    REFUND_PAID = "REFUND_PAID"
    SUSPENSION = "SUSPENSION"
    STOP = "STOP"
    PROPOSAL = "PROPOSAL"


@dataclass(frozen=True, slots=True)
class Plain:
    """A value without a history: what the file is about, and how a clock stands in the process."""

    read: ReadPlain
    required: bool = True


@dataclass(frozen=True, slots=True)
class Dated:
    """A value with a history; `removable`: an entry may say `none`; `extras`: further keys of its entries."""

    read: ReadValue
    required: bool = True
    removable: bool = False
    extras: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table of known keys."""

    keys: Mapping[str, "Node"]
    required: bool = True


@dataclass(frozen=True, slots=True)
class Open:
    """A table whose keys are the market's own; `check` raises ValueError for a key that cannot be."""

    check: Callable[[str], None]
    node: "Node"
    required: bool = False


Node = Plain | Dated | Table | Open


def one_of(allowed: list[str] | tuple[str, ...], raw: object) -> str:
    """The value, if it is one of the allowed; ValueError with all of them otherwise."""
    if not isinstance(raw, str) or raw not in allowed:
        raise ValueError(f"must be one of {', '.join(allowed)}; is {raw!r}")
    return raw


def _enum(kind: type[E], members: tuple[E, ...] = ()) -> ReadPlain:
    allowed = [member.value for member in members or tuple(kind)]
    return lambda raw: kind(one_of(allowed, raw))


def _list(read: ReadPlain) -> ReadPlain:
    def listed(raw: object) -> object:
        if not isinstance(raw, list):
            raise ValueError(f"must be a list such as ['X', 'Y']; is {raw!r}")  # noqa: TRY004 - one kind of error
        return tuple(read(each) for each in raw)

    return listed


def _value(read: ReadPlain) -> ReadValue:
    return lambda raw, _: read(raw)


def _text(raw: object) -> str:
    if not isinstance(raw, str) or not raw.strip():
        raise ValueError(f"must be a text; is {raw!r}")
    return raw


def _zone(raw: object) -> str:
    return zone_of(_text(raw)).key


def _language(raw: object) -> str:
    if not isinstance(raw, str) or not LANGUAGE.fullmatch(raw):
        raise ValueError(f"must be a language as ISO 639 has it, such as 'id'; is {raw!r}")
    return raw


def _market(raw: object) -> str:
    if not isinstance(raw, str) or not re.fullmatch(r"[A-Z]{2}", raw):
        raise ValueError(f"must be two capital letters such as 'ID'; is {raw!r}")
    return raw


def read_date(raw: object) -> date:
    """A date as TOML writes it, without quotes; ValueError for anything else."""
    if type(raw) is not date:
        raise ValueError(f"must be a date such as 2025-07-02, without quotes; is {raw!r}")
    return raw


def _span(raw: object) -> Span:
    return parse_span(_text(raw))


def _reminders(raw: object) -> tuple[Span, ...]:
    """Spans before the due moment, longest first, in hours: they need no calendar."""
    if not isinstance(raw, list) or not raw:
        raise ValueError(f"must be a list of hours such as ['24 hours', '6 hours']; is {raw!r}")
    spans = tuple(_span(each) for each in raw)
    if any(span.unit is not SpanUnit.HOURS for span in spans):
        raise ValueError("a reminder is given in hours before the due moment, such as '24 hours'")
    hours = [span.n for span in spans]
    if hours != sorted(set(hours), reverse=True):
        raise ValueError("must be the longest first, each once")
    return spans


def _exactly(kind: type) -> ReadPlain:
    words = {bool: "true or false", int: "a whole number from 0"}[kind]

    def read(raw: object) -> object:
        if type(raw) is not kind or (isinstance(raw, int) and raw < 0):
            raise ValueError(f"must be {words}; is {raw!r}")
        return raw

    return read


def _holidays(raw: object) -> frozenset[date]:
    if not isinstance(raw, list) or not raw:
        raise ValueError(f"must be a list of dates; is {raw!r}")
    days = [read_date(each) for each in raw]
    if days != sorted(set(days)):
        raise ValueError("must be dates in order, each once")
    return frozenset(days)


def _year(key: str) -> None:
    if not re.fullmatch(r"20[0-9]{2}", key):
        raise ValueError("unknown key; allowed are years such as 2026")


def _item(key: str) -> None:
    if key not in ITEMS:
        raise ValueError(f"no known material; allowed are {', '.join(ITEMS)}")


def _category(key: str) -> None:
    if not re.fullmatch(r"[A-Z][A-Z0-9_]*", key):
        raise ValueError("a category is written in capitals, such as FOOD")


def _method(key: str) -> None:
    if key != method_key(key) or not key:
        raise ValueError("a payment method is written in capitals, such as CASH_ON_DELIVERY")


def _source(key: str) -> None:
    if key == "default" or not re.fullmatch(r"[a-z][a-z0-9-]*", key):
        raise ValueError("a source is named in small letters and hyphens, and not default")


def _code_key(key: str) -> None:
    if not key or key != key.strip():
        raise ValueError("a reason code has no space around it")


SELLER_ANSWERS = (CodeUse.REJECT_REFUND, CodeUse.REJECT_RETURN, CodeUse.REJECT_CANCEL, CodeUse.REJECT_PARCEL)
"""Uses in which a code answers a request, so that it needs no reason of its own."""


def _code(use: CodeUse) -> ReadValue:
    reasons = [reason.value for reason in Reason]
    if use in SELLER_ANSWERS:
        reasons.append(ANY_REASON)

    def read(raw: object, extras: Extras) -> object:
        reason = one_of(reasons, raw)
        statuses = extras.get("statuses", [])
        if not isinstance(statuses, list):
            raise ValueError(f"statuses must be a list; is {statuses!r}")  # noqa: TRY004 - one kind of error
        known = tuple(one_of(STATUSES, each) for each in statuses)
        meant = None if reason == ANY_REASON else Reason(reason)
        return CodeRule("", use, known, meant, _text(extras.get("text", "")))

    return read


def _switch(kind: object) -> ReadPlain:
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _enum(kind, PARTIES) if kind is Role else _enum(kind)
    if kind in (bool, int):
        return _exactly(bool if kind is bool else int)
    raise TypeError(f"a switch cannot be a {kind}")


def _clock(name: ClockName) -> Table:
    optional = name in OPTIONAL_CLOCKS
    phases, roles = _list(_enum(Phase)), _list(_enum(Role))
    return Table(
        {
            "phase": Plain(phases),
            "owner": Plain(roles),
            "anchor": Plain(_enum(ClockAnchor)),
            "paused_by": Plain(phases),
            "then": Plain(phases),
            "span": Dated(_value(_span), removable=optional),
            "lapse": Dated(_value(_enum(LapseOutcome)), removable=optional),
            "remind": Dated(_value(_reminders), required=False, removable=True),
        },
        required=not optional,
    )


def _risk(ground: Ground) -> Table:
    bearer = Dated(_value(_enum(Role, PARTIES)))
    rule = Dated(lambda raw, _: one_of(RISK_RULES, raw))
    row = Table({"rule": rule, **{issue.value: bearer for issue in ReturnIssue}})
    return Table(dict.fromkeys(AGGRAVATION, row), required=ground not in RISKLESS)


def _automatic(key: str) -> None:
    if not re.fullmatch(r"[A-Z][A-Z0-9_]*", key):
        raise ValueError("a class of disputes is written in capitals, such as LATE_AND_SMALL")


_MAYBE_SPAN = Dated(_value(_span), required=False, removable=True)
_WINDOW = Table({"all": Dated(_value(_span)), "mall": _MAYBE_SPAN, "category": Open(_category, _MAYBE_SPAN)})
_ACCEPTANCE = Table(
    {
        "anchor": Dated(_value(_enum(Anchor)), removable=True),
        "period": Dated(_value(_span), removable=True),
        "durable": _MAYBE_SPAN,
    },
    required=False,
)
_MATERIAL = Open(_item, Dated(_value(_enum(Level)), removable=True), required=True)
_RETURNED = Open(_item, Dated(_value(_enum(Level)), removable=True))
_DATA = Open(_item, Dated(_value(_enum(DataTest)), removable=True))
_GROUND = Table(
    {
        "ground": Dated(_value(_enum(Ground))),
        "cause": Dated(_value(_enum(Cause))),
        "aggravated": Dated(_value(_exactly(bool))),
    }
)
_SWITCH_TYPES = get_type_hints(Switches)

SCHEMA = Table(
    {
        "market": Plain(_market),
        "zone": Plain(_zone),
        "language": Plain(_language),
        "starts": Plain(read_date),
        "sources": Open(_source, Plain(_text)),
        "clock": Table({name.value: _clock(name) for name in ClockName}),
        "window": Table({kind.value: _WINDOW for kind in RequestType if kind not in PERIODLESS}),
        "acceptance": Table({reason.value: _ACCEPTANCE for reason in Reason}, required=False),
        "material": Table(
            {reason.value: Table({party.value: _MATERIAL for party in PARTIES}) for reason in Reason},
        ),
        "returned": Table({party.value: _RETURNED for party in PARTIES}, required=False),
        "data": Table({reason.value: _DATA for reason in Reason}, required=False),
        "ground": Table({reason.value: _GROUND for reason in Reason}),
        "risk": Table({ground.value: _risk(ground) for ground in Ground}),
        "code": Table(
            {
                use.value: Open(
                    _code_key, Dated(_code(use), required=False, removable=True, extras=("statuses", "text"))
                )
                for use in CodeUse
            },
            required=False,
        ),
        "switch": Table({each.name: Dated(_value(_switch(_SWITCH_TYPES[each.name]))) for each in fields(Switches)}),
        "automatic": Open(
            _automatic,
            Table(
                {
                    "reasons": Dated(_value(_list(_enum(Reason)))),
                    "types": Dated(_value(_list(_enum(RequestType)))),
                    "up_to": Dated(_value(_exactly(int)), removable=True),
                },
                required=False,
            ),
        ),
        "destination": Open(_method, Dated(_value(_enum(Destination)), removable=True)),
        "holidays": Open(_year, Dated(_value(_holidays)), required=True),
    }
)
"""The grammar of a rulebook file."""
