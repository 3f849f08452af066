"""The AsyncAPI document: what webhooks tell, made from the event types, each with a schema and an example."""

from datetime import UTC, datetime
from functools import cache
from inspect import getdoc
from typing import Any, Final

import msgspec
from msgspec import inspect

from mufakat import __version__
from mufakat.api.describing.examples import CASE
from mufakat.api.describing.shapes import shapes
from mufakat.core.events import EVENTS
from mufakat.engine.hooks.told import TEST, TrialTold, payload
from mufakat.standard_webhooks import ID, SIGNATURE, TIMESTAMP

ABOUT: Final = """\
What Mufakat tells a marketplace's machines of its cases, as webhooks by Standard Webhooks (standardwebhooks.com).

They come at least once: a double has the same `webhook-id`. Within a case they come in order, by `number`, but for one
that is resent by hand. Answer with 2xx within 15 seconds; whatever else is tried again for three days, 410 pauses the
endpoint. What people wrote is not told; read it through the API. Amounts are whole numbers of the currency's minor
units, moments are RFC 3339 in UTC, by the marketplace's clock.
"""
HEADERS: Final = {
    ID: "The same however often this is sent to this endpoint: whoever has seen it has seen this.",
    TIMESTAMP: "When this was sent, in seconds since 1970.",
    SIGNATURE: "Signatures over `id.timestamp.body`, with spaces between: `v1,` and base64 of HMAC-SHA256, or `v1a,` "
    "and base64 of Ed25519. While a secret is rotated there is one for each.",
}
"""Headers that tell who sent it, and what they mean."""
MOMENT: Final = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
TEXTS: Final = {
    "marketplace": "toko",
    "order_id": "o-1001",
    "case_id": CASE,
    "hook_id": "019cabd31f407000800000000000000a",
    "customer_id": "ani",
    "seller_id": "toko-budi",
    "id": "ani",
    "by": "rina",
    "currency": "IDR",
    "line_id": "1",
    "lines": "1",
    "in_time": "1",
    "accept_until": "1",
    "generations": "1",
    "parts": "1",
    "obligation": f"{CASE}:1",
    "rule": "S15",
    "risk_rule": "S24",
    "stage": "REVIEW",
}
"""What stands for a text in examples, by the name of its field."""
AMOUNTS: Final = frozenset({"amount", "total", "outstanding", "paid"})
"""Fields for which an example has an amount of money."""


@cache
def document() -> dict[str, Any]:
    """The whole document (AsyncAPI 3.0)."""
    kinds: list[type] = [*(payload(name) for name in sorted(EVENTS)), TrialTold]
    names = [*sorted(EVENTS), TEST]
    payloads, schemas = shapes(kinds)
    messages = {
        name: {
            "name": name,
            "title": kind.__name__.removesuffix("Told"),
            "summary": (getdoc(EVENTS.get(name, kind)) or "").partition("\n")[0],
            "contentType": "application/json",
            "headers": {"$ref": "#/components/schemas/Headers"},
            "payload": schema,
            "examples": [{"name": name, "headers": _headers(name), "payload": example(kind)}],
        }
        for name, kind, schema in zip(names, kinds, payloads, strict=True)
    }
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Mufakat webhooks", "version": __version__, "description": ABOUT},
        "defaultContentType": "application/json",
        "channels": {
            "webhooks": {
                "address": None,
                "title": "An endpoint of the marketplace",
                "description": "Where it is, and which events it wants, is said with `POST /v1/hooks`.",
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
            }
        },
        "operations": {
            "tell": {
                "action": "send",
                "summary": "A POST for each event.",
                "channel": {"$ref": "#/channels/webhooks"},
                "messages": [{"$ref": f"#/channels/webhooks/messages/{name}"} for name in names],
            }
        },
        "components": {"messages": messages, "schemas": {"Headers": _headers_schema(), **schemas}},
    }


def example(kind: type) -> Any:
    """What a struct may look like on its way, made from its fields."""
    return msgspec.to_builtins(_made(inspect.type_info(kind), "", getattr(kind, "__name__", "")))


def _made(info: inspect.Type, name: str, of: str) -> Any:
    """A value of a type that stands in a field of that name, of a struct of that name."""
    match info:
        case inspect.StructType():
            return {each.encode_name: _made(each.type, each.name, info.cls.__name__) for each in info.fields}
        case inspect.UnionType():
            return _made(next(each for each in info.types if not isinstance(each, inspect.NoneType)), name, of)
        case inspect.TupleType():
            return [_made(each, name, of) for each in info.item_types]
        case inspect.VarTupleType():
            return [_made(info.item_type, name, of)]
        case inspect.EnumType():
            return next(iter(info.cls)).value
        case inspect.LiteralType():
            return info.values[0]
        case _:
            return _plain(info, name, of)


def _plain(info: inspect.Type, name: str, of: str) -> Any:
    match info:
        case inspect.StrType():
            return TEXTS.get(name, f"{name}-1")
        case inspect.IntType() if of.endswith("Data"):
            return {"number": 7, "previous": 6}.get(name, 1)
        case inspect.IntType():
            return 45_000_000 if name in AMOUNTS else 1
        case inspect.BoolType():
            return False
        case inspect.DateTimeType():
            return MOMENT
        case inspect.DateType():
            return MOMENT.date()
        case _:
            raise TypeError(f"{of}.{name}: no example for {info}")


def _headers(name: str) -> dict[str, str]:
    about = "" if name == TEST else f"_{CASE}_7"
    signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    return {ID: f"msg_{TEXTS['hook_id']}{about}", TIMESTAMP: str(int(MOMENT.timestamp())), SIGNATURE: signature}


def _headers_schema() -> dict[str, Any]:
    told = {name: {"type": "string", "description": about} for name, about in HEADERS.items()}
    return {"type": "object", "required": list(HEADERS), "properties": told}
