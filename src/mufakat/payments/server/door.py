"""Before every call of the server: its signature is checked, its reply signed, and what is to go wrong goes wrong."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from mufakat.payments import protocol, signing
from mufakat.payments.server.mishaps import OF_THE_LINE, Mishaps

MOST_BODY: Final = 64 * 1024
GUARDED: Final = "/v1/"
"""Where the protocol is; beside it are the calls for whoever tries things."""

log: Final = logging.getLogger(__name__)

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Any, Receive, Send], Awaitable[None]]

inside: ContextVar[str] = ContextVar("inside", default="")
"""What goes wrong inside the provider with the call in hand."""


class Broken(Exception):  # noqa: N818 - says what happened; the server then breaks the connection
    """The connection is to break here."""


@dataclass(slots=True)
class Gathered:
    """An answer that is not sent yet."""

    status: int = 500
    body: bytes = b""

    async def take(self, message: Message) -> None:
        """What the application sends."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")


def guarded(app: App, secret: bytes, mishaps: Mishaps) -> App:
    """The application behind the door."""
    door = signing.Door(secret)

    async def serve(scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(GUARDED):
            await app(scope, receive, send)
            return
        body = await _body(receive)
        try:
            signed = _signed(scope, body)
            door.check(signed, _header(scope, protocol.SIGNATURE))
        except signing.NotSignedError as error:
            await _answer(send, 401, json.dumps({"why": str(error)}).encode())
            return
        if mishaps.away:
            await _answer(send, 503, b"")
            return
        mishap = mishaps.draw() if scope["method"] == "PUT" else ""
        await _before(mishap, mishaps, send)
        if mishap == "error_before":
            await _answer(send, 500, b"out of order")
            return
        gathered = Gathered()
        inside.set("" if mishap in OF_THE_LINE else mishap)
        await app(scope, _given(body), gathered.take)
        await _after(mishap, gathered, send, secret, signed.nonce)

    return serve


async def _before(mishap: str, mishaps: Mishaps, send: Send) -> None:
    if mishap == "slow":
        await asyncio.sleep(mishaps.slow_by)
    elif mishap == "drops_before":
        await _break(send)


async def _after(mishap: str, gathered: Gathered, send: Send, secret: bytes, nonce: str) -> None:
    """Send the answer, or what comes instead of it."""
    status, body = gathered.status, gathered.body
    headers: list[tuple[bytes, bytes]] = []
    match mishap:
        case "drops_after":
            await _break(send)
        case "error_after":
            status, body = 500, b"out of order"
        case "garbled":
            body = b'{"outcome": "DONE", "paid": '
        case "endless":
            body = b" " * (1024 * 1024)
        case "elsewhere":
            status, headers = 302, [(b"location", b"http://127.0.0.1:1/elsewhere")]
        case _:
            pass
    signature = signing.of_reply(secret, "another" if mishap == "unsigned" else nonce, status, body)
    await _answer(send, status, body, [*headers, (protocol.SIGNATURE.encode(), signature.encode())])


async def _break(send: Send) -> None:
    """Let the connection end in the middle of an answer."""
    head = [(b"content-length", b"100"), (b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    raise Broken


async def _answer(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]] | None = None) -> None:
    head = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), *(headers or [])]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": body})


async def _body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Broken
        body += message.get("body", b"")
        if len(body) > MOST_BODY:
            raise Broken
        if not message.get("more_body"):
            return bytes(body)


def _given(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _signed(scope: Any, body: bytes) -> signing.Signed:
    """The request as it must have been signed. Raises NotSignedError."""
    target = scope["raw_path"].decode("ascii")
    if scope["query_string"]:
        target += "?" + scope["query_string"].decode("ascii")
    at = _header(scope, protocol.AT)
    if not (at.isascii() and at.isdigit() and len(at) <= len(str(10**12))):
        raise signing.NotSignedError(f"the headers {protocol.AT}, {protocol.NONCE} and {protocol.SIGNATURE} are needed")
    nonce = _header(scope, protocol.NONCE)
    return signing.Signed(scope["method"], target, _header(scope, protocol.MARKETPLACE), int(at), nonce, body)


def _header(scope: Any, name: str) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name.encode()), "")
