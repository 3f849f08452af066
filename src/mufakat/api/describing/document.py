"""The OpenAPI document: what the framework knows of the routes, with what only we know added in one place."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from inspect import getdoc
from typing import Any, Final, get_args, get_origin

from litestar import Litestar, Response
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.response import Redirect, Stream
from litestar.routes import HTTPRoute

from mufakat import __version__
from mufakat.api.asked import MAX_KEY
from mufakat.api.describing import answers, examples
from mufakat.api.describing.answers import Route
from mufakat.api.describing.shapes import PLACE, shapes, without_none
from mufakat.api.knocking import RIGHT
from mufakat.api.problems import MEDIA_TYPE
from mufakat.api.rights import RIGHTS, Caller
from mufakat.api.routes.uploads import PIECES
from mufakat.api.serving_bytes import ENDINGS
from mufakat.api.troubles import phrase
from mufakat.api.wire.problems import Problem
from mufakat.core.commands import COMMANDS
from mufakat.evidence.kinds import TAKEN

JSON: Final = "application/json"
BYTES: Final = {"type": "string", "format": "binary"}
NOT_CHANGED: Final = 304

DOWNLOADS: Final = tuple(ENDINGS)
UPLOADS: Final[dict[str, tuple[str, ...]]] = {"putFile": tuple(TAKEN), "appendToUpload": (PIECES,)}
"""Operations whose body is a file, and its types."""
KEY: Final = "^[!-~]([ -~]*[!-~])?$"
"""Visible ASCII, with spaces inside only."""
BEARER: Final = "The key of a server, the session of an agent or lead, or the token of a customer or seller."
NEEDED: Final = frozenset({"Idempotency-Key", "Upload-Length", "Upload-Offset"})
"""Parameters that a route asks for itself, to say more than that one is missing."""
FORMS: Final[dict[str, dict[str, Any]]] = {
    "Idempotency-Key": {"minLength": 1, "maxLength": MAX_KEY, "pattern": KEY},
    "If-Match": {"pattern": '^("[0-9]{1,9}(-[a-z0-9]+)*"|[*])$'},
    "Content-Digest": {"pattern": "^sha-256=:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=:$"},
    "Tus-Resumable": {"enum": ["1.0.0"]},
    "Upload-Length": {"pattern": "^[0-9]{1,15}$"},
    "Upload-Offset": {"pattern": "^[0-9]{1,15}$"},
    "Upload-Metadata": {"maxLength": 4000},
}
"""Forms of headers that a route checks itself."""
WHAT: Final[dict[str, str]] = {
    "If-None-Match": "ETags of the case as the caller has it; nothing is sent again while it is so (304).",
    "order_id": "Only cases of this order.",
    "customer_id": "Only cases of this customer; a customer can name nobody else.",
    "seller_id": "Only cases of this seller; a seller can name nobody else.",
    "type": "Only requests of this type.",
    "phase": "Only cases with a matter in this phase.",
    "open": "Only open cases, or only closed ones.",
    "due_before": "Only cases with a due moment before this one.",
    "changed_since": "Only cases that changed at this moment or later.",
    "since": "The period begins at this moment; 31 days before its end when left out.",
    "until": "The period ends just before this moment; now when left out.",
    "limit": "The most that one page holds.",
    "code": "The code that the provider gives.",
    "state": "What the provider was sent with the question.",
    "error": "Why the provider signed nobody in.",
    "iss": "Which provider answers (RFC 9207).",
    "cursor": "`next` of the page before, under the same filters.",
}
"""Parameters whose route says nothing of them."""

ABOUT: Final = """\
After-sales disputes between customers and sellers, decided by rules that can be read, checked and replayed.

Who calls is told by a bearer token: the key of a marketplace's server, the session of an agent or lead, or a
short-lived token of a customer or seller. What is not the caller's own is 404. Amounts are whole numbers of the
currency's minor units, instants are RFC 3339 and go out in UTC.

Every refusal is a problem document (RFC 9457) with a stable `code`; `/problems` lists them all. An address that does
not exist is NOT_FOUND, another method METHOD_NOT_ALLOWED. Commands need an `Idempotency-Key`; send the same key when
you try again. Every answer carries `X-Request-Id`, which the log knows; a caller may send one (8 to 100 letters,
digits, `.`, `_`, `-`).
"""

TAGS: Final[dict[str, str]] = {
    "Orders": "What was bought, and what became known of it later.",
    "Before asking": "What may be asked, and what a command would do. Nothing is written.",
    "Cases": "Requests and disputes: open one, give it commands, read it.",
    "Money": "What moved, why, and where it stands.",
    "Files": "Supporting material as files.",
    "Queue": "Work for agents: the next, who has what, and how it stands.",
    "Quality": "How judgements fare, for those who lead.",
    "Reports": "What happened in a period: volumes, outcomes, times, lapses, reversals, money.",
    "Rules": "The rules in force, with their sources.",
    "Import": "Requests and disputes that are under way in another system.",
    "Sandbox": "Marketplaces for trying, with a clock of their own.",
    "Keys and tokens": "Who may call.",
    "Webhooks": "Machines that are told of events; what they are told is in `/asyncapi.json`.",
    "Accounts": "Agents and leads: accounts, signing in and out, second factors.",
    "Notices": "What parties are told, and what became of telling them.",
    "Contacts": "How the parties of an order can be reached.",
    "Support for parties": "Letting in a party that cannot get in, and seeing a case as it does.",
    "Openings": "Who opened, saw or gave what only a reason opens.",
    "Problems": "What each code of a refusal means.",
    "Health": "For load balancers.",
}
HEADERS: Final[dict[str, tuple[str, str]]] = {
    "X-Request-Id": ("The id of the request, as the log has it.", "0197f3a2-6c1e-7bd4-8a55-2f0c9e4b7d10"),
    "RateLimit": ("What is left of the caller's allowance (`r`), and after how many seconds it is whole.", ""),
    "RateLimit-Policy": ("The caller's allowance: requests (`q`) in seconds (`w`).", ""),
    "Retry-After": ("Seconds to wait before the next try.", "1"),
    "WWW-Authenticate": ("How to sign in.", 'Bearer realm="mufakat"'),
    "ETag": ("Names what is answered; goes back as `If-Match` or `If-None-Match`.", '"7-69a7f0c0-r3"'),
    "Location": ("Where what was made can be read.", ""),
}
ACCEPT_LANGUAGE: Final = {
    "name": "Accept-Language",
    "in": "header",
    "required": False,
    "description": "The language of sentences: `en` or `id`. English where neither is asked for.",
    "schema": {"type": "string", "default": "en"},
}
LINKS: Final[dict[str, dict[str, Any]]] = {
    name: {"operationId": name, "parameters": {"case_id": "$response.body#/case/case_id"}}
    for name in ("readCase", "readTimeline", "readMessages", "commandCase", "previewCommand")
}
"""From an opened case to what can be done with it."""


@dataclass(frozen=True, slots=True)
class Found:
    """A route with its handler and what the framework says of it; `answer`: the type of its usual answer."""

    route: Route
    handler: HTTPRouteHandler
    operation: dict[str, Any]
    answer: Any


def document(routes: Sequence[Any]) -> dict[str, Any]:
    """The whole document about those routes."""
    app = Litestar(route_handlers=list(routes), openapi_config=_config(), logging_config=None)
    made: dict[str, Any] = app.openapi_schema.to_schema()
    every = _every(app, made)
    kinds = [kind for each in every for kind in (each.route.body, each.answer) if kind is not None]
    schemas, components = shapes([*kinds, Problem])
    told = iter(schemas)
    for each in every:
        body, answer = (None if kind is None else next(told) for kind in (each.route.body, each.answer))
        _describe(each, body, answer)
        examples.put_in(each.operation, {name: str(kind.__doc__).partition("\n")[0] for name, kind in COMMANDS.items()})
    used = _referred(made["paths"])
    kept = {name: each for name, each in made["components"]["schemas"].items() if name in used}
    made["components"] |= {
        "schemas": dict(sorted((kept | components).items())),
        "headers": {name: _header(*about) for name, about in HEADERS.items()},
        "parameters": {"Accept-Language": ACCEPT_LANGUAGE},
        "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "description": BEARER}},
    }
    tags = {tag for each in every for tag in each.operation["tags"]}
    made.pop("servers")
    made["tags"] = [{"name": name, "description": about} for name, about in TAGS.items() if name in tags]
    return {"openapi": made.pop("openapi"), **made}


def routes_of(routes: Sequence[Any]) -> list[Route]:
    """Every operation of those routes that the document describes."""
    app = Litestar(route_handlers=list(routes), openapi_config=_config(), logging_config=None)
    return [each.route for each in _every(app, app.openapi_schema.to_schema())]


def name_of(handler: HTTPRouteHandler) -> str:
    """What an operation is called: its function's name as `openCase`; a thing that is read gets its verb."""
    first, *rest = handler.fn.__name__.split("_")
    return first + "".join(map(str.capitalize, rest)) if rest else f"read{first.capitalize()}"


def _config() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Mufakat",
        version=__version__,
        description=ABOUT,
        use_handler_docstrings=True,
        operation_id_creator=lambda handler, _method, _path: name_of(handler),
    )


def _every(app: Litestar, made: dict[str, Any]) -> list[Found]:
    found = []
    for path in (each for each in app.routes if isinstance(each, HTTPRoute)):
        for handler in path.route_handlers:
            method = min(handler.http_methods)
            operation = made["paths"].get(path.path_format, {}).get(method.lower())
            if operation is not None:
                found.append(Found(_route(path.path_format, handler, operation), handler, operation, _answer(handler)))
    return found


def _route(path: str, handler: HTTPRouteHandler, operation: dict[str, Any]) -> Route:
    return Route(
        name=operation["operationId"],
        method=str(min(handler.http_methods)),
        path=path,
        right=handler.opt.get(RIGHT),
        body=None if handler.parsed_data_field is None else handler.parsed_data_field.annotation,
        parameters=frozenset(each["name"] for each in operation.get("parameters", [])),
    )


def _answer(handler: HTTPRouteHandler) -> Any:
    """The type of a route's usual answer; None for bytes, for another address and for nothing."""
    kind = handler.parsed_return_field.annotation
    if isinstance(kind, type) and issubclass(kind, Stream | Redirect):
        return None
    if get_origin(kind) is Response:
        kind = get_args(kind)[0]
    return None if kind is type(None) else without_none(kind)


def _describe(found: Found, body: dict[str, Any] | None, answer: dict[str, Any] | None) -> None:
    """Complete what the framework says of one operation."""
    route, operation = found.route, found.operation
    operation.pop("deprecated", None)
    operation["summary"] = plain_name(route.name)
    operation["description"] = _about(found)
    parameters = [_parameter(each) for each in operation.pop("parameters", [])]
    if route.right is not None:
        operation["security"] = [{"bearer": []}]
        parameters.append({"$ref": "#/components/parameters/Accept-Language"})
    if parameters:
        operation["parameters"] = parameters
    operation.pop("requestBody", None)
    if body is not None:
        operation["requestBody"] = {"required": True, "content": {JSON: {"schema": body}}}
    if route.name in UPLOADS:
        content = {kind: {"schema": BYTES} for kind in UPLOADS[route.name]}
        operation["requestBody"] = {"required": True, "content": content}
    operation["responses"] = _responses(found, answer)


def _about(found: Found) -> str:
    said = getdoc(found.handler.fn) or ""
    if found.route.right is None:
        return f"{said}\n\nAnybody may call this."
    callers = RIGHTS[found.route.right]
    names = ", ".join(each.value for each in Caller if each in callers)
    scope = f" A server's key needs the scope `{found.route.right}`." if Caller.SERVER in callers else ""
    return f"{said}\n\nFor {names}.{scope}"


def plain_name(name: str) -> str:
    """The name of an operation in words: `openCase` is `Open case`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).capitalize()


def _parameter(given: dict[str, Any]) -> dict[str, Any]:
    """A parameter without what goes without saying. One that may be left out is never sent as null."""
    schema = dict(given["schema"])
    choices = schema.pop("oneOf", None)
    if choices is not None:
        (left,) = (each for each in choices if each != {"type": "null"})
        schema |= left
    schema.pop("description", None)
    about = {key: given[key] for key in ("name", "in")}
    required = given["required"] or given["name"] in NEEDED
    said = given.get("description") or WHAT.get(given["name"], "")
    return about | {"required": required, "description": said, "schema": schema | FORMS.get(given["name"], {})}


def _responses(found: Found, answer: dict[str, Any] | None) -> dict[str, Any]:
    route = found.route
    usual = found.handler.status_code
    responses = {usual: (HTTPStatus(usual).phrase, answer)}
    for at, about in answers.MORE.get(route.name, {}).items():
        responses[at] = (about, None if at == NOT_CHANGED else answer)
    told: dict[int, dict[str, Any]] = {}
    for at, (about, schema) in responses.items():
        told[at] = {"description": about, "headers": _headers(route, at)}
        if schema is not None:
            told[at]["content"] = {JSON: {"schema": schema}}
            if route.name in answers.PAGED:
                told[at]["content"]["text/html"] = {"schema": {"type": "string"}}
            if route.name in answers.TABLED:
                told[at]["content"]["text/csv"] = {"schema": {"type": "string"}}
            if route.name in answers.PRINTED:
                told[at]["content"]["application/pdf"] = {"schema": BYTES}
        elif at not in (NOT_CHANGED, HTTPStatus.NO_CONTENT, HTTPStatus.SEE_OTHER) and route.method != "HEAD":
            told[at]["content"] = {kind: {"schema": BYTES} for kind in DOWNLOADS}
    if "Location" in told[usual]["headers"] and route.name == "openCase":
        told[usual]["links"] = LINKS
    for at, codes in answers.by_status(route).items():
        told.setdefault(at, _problem(route, at, codes))
    return {str(at): told[at] for at in sorted(told)}


def _problem(route: Route, at: int, codes: list[answers.AnyCode]) -> dict[str, Any]:
    narrowed = {"properties": {"code": {"enum": [code.value for code in codes]}, "status": {"const": at}}}
    named = ", ".join(f"`{code}`" for code in codes)
    return {
        "description": f"{phrase(at)}: {named}",
        "headers": _headers(route, at),
        "content": {MEDIA_TYPE: {"schema": {"allOf": [{"$ref": f"{PLACE}Problem"}, narrowed]}}},
    }


def _headers(route: Route, at: int) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in answers.headers(route, at)}


def _header(about: str, example: str) -> dict[str, Any]:
    told = {"description": about, "required": True, "schema": {"type": "string"}}
    return told | ({"example": example} if example else {})


def _referred(part: Any) -> set[str]:
    """The names of all schemas that a part of the document refers to."""
    if isinstance(part, dict):
        own = {part["$ref"].removeprefix(PLACE)} if isinstance(part.get("$ref"), str) else set()
        return own.union(*map(_referred, part.values()))
    return set().union(*map(_referred, part)) if isinstance(part, list) else set()
