"""The door: who calls, whether they may, and whether they come too often. A guard before every route under /v1."""

import time
from typing import Any, Final

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from mufakat.api.addresses import restore
from mufakat.api.allowances import Allowances
from mufakat.api.principals import NotSignedIn, Principal, signed_in
from mufakat.api.problems import Troubled
from mufakat.api.rights import RIGHTS, Caller, Right
from mufakat.api.site import Site
from mufakat.api.troubles import Trouble

RIGHT: Final = "right"
"""The key under which a route names its right."""


async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Let in who may come in; the route finds them as `request.user`. Raises Troubled."""
    site: Site = connection.app.state.site
    token = _bearer(connection.headers.get("authorization", ""))
    try:
        who = await signed_in(token, site.store, site.own_key, site.engine.clock.now())
    except NotSignedIn as error:
        take_stranger(connection)
        raise Troubled(Trouble.NOT_SIGNED_IN, str(error)) from error
    connection.scope["user"] = who
    connection.scope["auth"] = who.credential
    take(connection, site.allowances, f"{who.caller}\0{who.marketplace}\0{who.id}")
    if connection.scope.get("method") == "OPTIONS":  # the framework's own answer forgets methods of one path
        raise Troubled(Trouble.METHOD_NOT_ALLOWED, headers={"Allow": _methods(connection)})
    _check_right(who, handler.opt[RIGHT])
    restore(connection.scope["path_params"])


def _check_right(who: Principal, right: Right) -> None:
    if who.may(right):
        return
    if who.caller is Caller.SERVER and Caller.SERVER in RIGHTS[right]:
        raise Troubled(Trouble.NOT_ALLOWED, f"this key lacks the scope `{right}`")
    callers = " or ".join(sorted(RIGHTS[right]))
    raise Troubled(Trouble.NOT_ALLOWED, f"this is for {callers}, and you come as {who.caller}")


def _methods(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    template = connection.scope["path_template"]
    routes = [each for each in connection.app.routes if each.path_format == template]
    return ", ".join(sorted({method for each in routes for method in each.methods} - {"OPTIONS"}))


def take(connection: ASGIConnection[Any, Any, Any, Any], allowances: Allowances, caller: str) -> None:
    """Count one request of a caller. Raises Troubled (SLOW_DOWN)."""
    allowed, headers = allowances.take(caller, time.monotonic())
    connection.scope.setdefault("state", {})["allowance"] = headers
    if not allowed:
        raise Troubled(Trouble.SLOW_DOWN)


def take_stranger(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Count one request of somebody whom we do not know, by where it comes from. Raises Troubled (SLOW_DOWN)."""
    site: Site = connection.app.state.site
    take(connection, site.strangers, f"at\0{address_of(connection)}")


def address_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Where a request comes from, as far as we can tell: a proxy before us is the one who comes."""
    return connection.client.host if connection.client else ""


def _bearer(header: str) -> str:
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
