"""What is known of each request: an id, one structured line in the log, and counts and times for Prometheus.

Paths are counted by their template, never as they came: a stranger must not be able to fill the memory with names.
"""

import logging
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from typing import Any, Final

from prometheus_client import Counter, Gauge, Histogram

from mufakat.engine.ids import uuid7

REQUESTS: Final = Counter("mufakat_http_requests_total", "Requests answered.", ["method", "route", "status"])
SECONDS: Final = Histogram(
    "mufakat_http_request_seconds",
    "Seconds from request to answer.",
    ["method", "route"],
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
UNDER_WAY: Final = Gauge("mufakat_http_requests_under_way", "Requests under way.")

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
GIVEN_ID: Final = re.compile(rb"[A-Za-z0-9._-]{8,100}")
"""A request id that we take over from the caller or a proxy before us."""
SAFE: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
)
PRIVATE: Final = (b"cache-control", b"private, no-cache")
"""Answers are for one caller; a copy is asked after (ETag) before it is shown again."""

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]

log: Final = logging.getLogger("mufakat.http")


def telemetry(app: App) -> App:
    """The application with everything that goes through it watched, addresses that do not exist included."""

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500
        state: dict[str, Any] = scope.setdefault("state", {})
        request_id = state["request_id"] = _request_id(scope)

        async def tell(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(message, request_id, state)
            await send(message)

        UNDER_WAY.inc()
        try:
            await app(scope, receive, tell)
        finally:
            UNDER_WAY.dec()
            _note(scope, status, time.perf_counter() - began, request_id)

    return watched


def _request_id(scope: Scope) -> str:
    given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
    return given.decode() if GIVEN_ID.fullmatch(given) else uuid7(datetime.now(UTC))


def _add_headers(message: Message, request_id: str, state: dict[str, Any]) -> None:
    headers = list(message.get("headers", []))
    there = {name for name, _ in headers}
    headers.append((b"x-request-id", request_id.encode()))
    headers += [each for each in SAFE if each[0] not in there]
    if b"cache-control" not in there:
        headers.append(PRIVATE)
    allowance: dict[str, str] = state.get("allowance", {})
    headers += [(name.lower().encode(), value.encode()) for name, value in allowance.items()]
    message["headers"] = headers


def _note(scope: Scope, status: int, seconds: float, request_id: str) -> None:
    route = scope.get("path_template") or "unknown"
    method = scope["method"] if scope["method"] in METHODS else "OTHER"
    REQUESTS.labels(method, route, str(status)).inc()
    SECONDS.labels(method, route).observe(seconds)
    if not log.isEnabledFor(logging.INFO):
        return
    who = scope.get("user")
    known = {
        "request_id": request_id,
        "method": method,
        "route": route,
        "status": status,
        "milliseconds": round(seconds * 1000, 2),
    }
    if who is not None:
        known |= {"marketplace": who.marketplace, "caller": str(who.caller)}
    log.info("request", extra=known)
