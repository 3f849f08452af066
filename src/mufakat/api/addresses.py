"""Addresses: an id may hold a slash, as invoice numbers do (`INV/2026/117`), when it is sent as `%2F`.

A server hands the address on decoded, and the router would then take the slash for one of its own. So such a slash is
carried past the router as a character that no id has, and put back once the route is found.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final
from urllib.parse import quote, unquote

App = Callable[[Any, Any, Any], Awaitable[None]]

SLASH: Final = "\uf8f8"
"""What stands for a slash inside an id between the server and the route: a character of Unicode's private use."""
_SENT: Final = quote(SLASH).encode()


def order_href(order_id: str) -> str:
    """The address of an order."""
    return f"/v1/orders/{quote(order_id, safe='')}"


def with_slashes(app: App) -> App:
    """The application, with slashes inside ids carried past the router."""

    async def carried(scope: Any, receive: Any, send: Any) -> None:
        raw: bytes = scope.get("raw_path") or b""
        if b"%2f" in raw.lower():
            path = raw.replace(b"%2f", _SENT).replace(b"%2F", _SENT)
            scope["path"] = unquote(path.decode("latin-1"))
        await app(scope, receive, send)

    return carried


def restore(path_params: MutableMapping[str, Any]) -> None:
    """Put the slashes back into the parts of an address that the router found."""
    for name, value in path_params.items():
        if isinstance(value, str) and SLASH in value:
            path_params[name] = value.replace(SLASH, "/")
