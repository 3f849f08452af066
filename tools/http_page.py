"""The page docs/reference/http.md: routes, rights, problems, headers and limits of the HTTP API, from the program."""

import ast
from collections.abc import Sequence
from datetime import timedelta
from importlib import import_module
from inspect import getsource
from itertools import groupby
from typing import Any

from mufakat.api.app import describe
from mufakat.api.describing.document import HEADERS
from mufakat.api.problems import MEDIA_TYPE
from mufakat.api.rights import RIGHTS, SCOPES, Caller, Right
from mufakat.api.troubles import TROUBLES, status_of
from mufakat.core.refusals import Code

HEAD = """# The HTTP API

Made by `make docs` from the routes and their types; the checks fail when it is stale. A running server shows the same,
with schemas and examples, at `/docs` for people and at `/openapi.json` (OpenAPI 3.1) for programs.

Callers send `Authorization: Bearer ...` with the key of a marketplace's server, the token of an agent, or a short-lived
token of a customer or seller. What is not the caller's own answers 404. Amounts are whole numbers of the currency's
minor units; instants are RFC 3339 and go out in UTC. Commands are those of [Commands](commands.md); their JSON is the
same here, at the command line and in an import.
"""
ROUTES = """## Routes

The words after each route say who may call it; a server's key needs the scope of the right's name as well.
"""
RIGHTS_HEAD = """## Rights and scopes

What a customer, seller or agent may do to a case is said by [the process](process.md); a right only opens the door.
"""
PROBLEMS = """## Problems

Every refusal is a problem document (RFC 9457, `application/problem+json`) with `type`, `title`, `status`, `detail`,
`code`, `request_id`, and where they help `facts`, `where` (a path into the body) and `happened` (what stands in the
case instead). `code` is stable; `type` is the address of a page about it, `/problems/CODE`. Codes without a word here
are refusals of the rules: [Refusals](refusals.md) has their sentences. Most conflicts with what stands are 409, what
does not fit the order or the rulebook is 422.
"""
HEADERS_HEAD = "## Headers\n"
AUTHORIZATION = "Who calls: `Bearer` and a key or token."
LIMITS_HEAD = """## Limits

Each is a constant of that name. How often a caller may come is set by
[MUFAKAT_REQUESTS_A_SECOND](settings.md); more is SLOW_DOWN.
"""
LIMITS = (
    "api.app.MAX_BODY",
    "api.asked.MAX_KEY",
    "api.cursors.MAX_CURSOR",
    "api.principals.LONGEST_TOKEN",
    "api.principals.SKEW",
    "api.principals.MAX_TOKEN",
    "api.principals.MAX_ID",
    "api.principals.MOST_DAYS",
    "api.principals.MOST_HOURS",
    "api.problems.RETRY_AFTER",
    "api.routes.asking.MOST_LINES",
    "api.routes.cases.PAGE",
    "api.routes.cases.MOST_A_PAGE",
    "api.routes.cases.MOST_EVENTS",
    "api.routes.hooks.MOST_A_PAGE",
    "api.routes.keys.MOST_KEYS",
    "api.routes.orders.MOST_CASES",
    "api.wire.hooks.LONGEST_URL",
    "api.wire.imports.MOST_STEPS",
    "api.wire.keys.LONGEST_PEM",
    "api.wire.mirror.MAX_NAME",
    "api.wire.mirror.MAX_SENT",
    "api.wire.mirror.FIRST_YEAR",
    "api.wire.mirror.LAST_YEAR",
    "store.seal.MAX_TEXT",
    "engine.handle.MAX_FACTS",
    "engine.room.MAX_ORDER_FILES",
    "engine.room.MAX_ORDER_BYTES",
    "engine.hooks.keeping.MOST_HOOKS",
    "engine.hooks.keeping.MOST_SECRETS",
    "engine.hooks.sending.MOST_ANSWER",
    "engine.hooks.sending.TIMEOUT",
    "engine.materials.MAX_TYPE",
    "engine.uploads.MOST_OPEN",
    "evidence.intake.MAX_FILE_BYTES",
)
"""Module and name of each limit that a caller can meet."""


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    """Method, address and description of every operation."""
    paths = describe()["paths"].items()
    return [(method.upper(), path, each) for path, item in paths for method, each in item.items()]


def page() -> str:
    """The whole page."""
    parts = [HEAD, ROUTES, *_routes(), RIGHTS_HEAD, _rights(), PROBLEMS, _problems(), HEADERS_HEAD, _headers()]
    return "\n".join([*parts, LIMITS_HEAD, _limits()])


def rows(head: tuple[str, ...], body: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *body]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines) + "\n"


def _routes() -> list[str]:
    out = []
    order = [tag["name"] for tag in describe()["tags"]]
    every = sorted(operations(), key=lambda each: order.index(each[2]["tags"][0]))
    for tag, found in groupby(every, key=lambda each: each[2]["tags"][0]):
        out.append(f"### {tag}\n")
        for method, path, operation in found:
            out.append(f"#### {method} {path}\n\n`{operation['operationId']}`. {operation['description']}\n")
            refusing = [at for at, each in operation["responses"].items() if MEDIA_TYPE in each.get("content", {})]
            good = [at for at in operation["responses"] if at not in refusing]
            out.append(f"Answers {', '.join(good)}; refuses with {', '.join(refusing)}.\n")
    return out


def _rights() -> str:
    body = []
    for right in Right:
        callers = ", ".join(each.value for each in Caller if each in RIGHTS[right])
        body.append((f"`{right.value}`", callers, "yes" if right.value in SCOPES else "no"))
    return rows(("right", "callers", "a scope of keys"), body)


def _problems() -> str:
    own = [(code.value, status, todo) for code, (status, todo) in TROUBLES.items()]
    ruled = [(code.value, status_of(code), "") for code in Code]
    cells = sorted([*own, *ruled], key=lambda each: (each[1], each[0]))
    body = [
        (str(at), f"`{code}`" if todo else f"[`{code}`](refusals.md#{code.lower()})", todo) for code, at, todo in cells
    ]
    return rows(("status", "code", "what to do"), body)


def _headers() -> str:
    body = [("`Authorization`", "request", AUTHORIZATION), *_taken()]
    body += [(f"`{name}`", "answer", about) for name, (about, _) in HEADERS.items()]
    return rows(("header", "of", "what it says"), body)


def _taken() -> list[tuple[str, str, str]]:
    """The headers that requests may carry, each once."""
    found: dict[str, str] = {}
    for _, _, operation in operations():
        for parameter in (deepest(each) for each in operation.get("parameters", [])):
            if parameter["in"] == "header":
                found.setdefault(parameter["name"], parameter["description"].partition(" Such as")[0])
    return [(f"`{name}`", "request", about) for name, about in sorted(found.items())]


def deepest(part: dict[str, Any]) -> dict[str, Any]:
    """A part of the description, or what it refers to."""
    if "$ref" not in part:
        return part
    kind, _, name = part["$ref"].removeprefix("#/components/").partition("/")
    found: dict[str, Any] = describe()["components"][kind][name]
    return found


def _limits() -> str:
    return rows(("limit", "value", "of what"), [limit(each) for each in LIMITS])


def limit(place: str) -> tuple[str, str, str]:
    """A limit's name, value, and what its module says of it. Raises LookupError where it says nothing."""
    where, _, name = place.rpartition(".")
    module = import_module(f"mufakat.{where}")
    value = getattr(module, name)
    return f"`{name}`", _plain(value), said_of(ast.parse(getsource(module)), name)


def said_of(tree: ast.Module, name: str) -> str:
    """The text below a constant. Raises LookupError for none."""
    for at, node in enumerate(tree.body[:-1]):
        target = (
            node.target
            if isinstance(node, ast.AnnAssign)
            else node.targets[0]
            if isinstance(node, ast.Assign)
            else None
        )
        if isinstance(target, ast.Name) and target.id == name:
            below = tree.body[at + 1]
            if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
                return " ".join(str(below.value.value).split())
    raise LookupError(f"nothing is said below {name}")


def _plain(value: Any) -> str:
    if isinstance(value, timedelta):
        return f"{value.total_seconds():.0f} seconds"
    return str(value) if value < 10_000 else f"{value:,}"  # noqa: PLR2004 - from where digits want commas
