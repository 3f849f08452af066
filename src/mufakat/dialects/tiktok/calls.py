"""Calls to TikTok Shop's open API as their clients make them: signed, with a token that is renewed, and patient.

A signature is the lower-case hex of HMAC-SHA256 under the app's secret, over secret, path, the query's names and values
in the order of names (without `sign`), body, secret. Replies are an envelope of code, message and data; code 0 is well.
"""

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import SystemRandom
from typing import Any, Final
from urllib.parse import SplitResult, quote, urlencode

from mufakat.outside import Outside, OutsideError, Reply

TRIES: Final = 6
"""How often a call is made that fails in passing: no reply, 429, 5xx."""
FIRST_PAUSE: Final = 1.0
"""Seconds before the second try; doubled for each further one up to LONGEST_PAUSE, with jitter."""
LONGEST_PAUSE: Final = 60.0
TIMEOUT: Final = 30.0
MOST_BYTES: Final = 20_000_000
TOKEN_OVER: Final = frozenset((105001, 105002))
"""Their codes for an access token that is not, or no longer, good."""
_UNAUTHORIZED: Final = 401
_TOO_MANY: Final = 429
_BROKEN: Final = 500

_chance: Final = SystemRandom()


class CallError(Exception):
    """A call that did not succeed; the text is a sentence for people, without any secret."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What lets one in: the access token that goes with calls, and the one for which a new pair is given."""

    access: str = field(default="", repr=False)
    refresh: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Shop:
    """Whose shop is read, by which app. `api`, `auth`: where their two servers are."""

    app_key: str
    app_secret: str = field(repr=False)
    cipher: str
    api: SplitResult
    auth: SplitResult


def signature(secret: str, path: str, query: Mapping[str, str], body: bytes) -> str:
    """The `sign` of a call; query: values as they are, not as they are written in an address."""
    pairs = "".join(f"{name}{query[name]}" for name in sorted(query) if name not in ("sign", "access_token"))
    text = secret.encode() + path.encode() + pairs.encode() + body + secret.encode()
    return hmac.digest(secret.encode(), text, "sha256").hex()


class Calls:
    """Calls for one shop. keep: is told of every new pair of tokens before it is used: the old one may be void."""

    def __init__(
        self,
        outside: Outside,
        shop: Shop,
        tokens: Tokens,
        clock: Callable[[], datetime],
        keep: Callable[[Tokens], Awaitable[None]],
        *,
        first_pause: float = FIRST_PAUSE,
    ) -> None:
        self._outside, self._shop, self._clock, self._keep, self._pause = outside, shop, clock, keep, first_pause
        self.tokens = tokens

    async def search(self, body: Mapping[str, int], page_token: str, page_size: int) -> dict[str, Any]:
        """A page of Order List, oldest change first: `orders`, `next_page_token`, `total_count`. Raises CallError."""
        query = {"page_size": str(page_size), "sort_field": "update_time", "sort_order": "ASC"}
        if page_token:
            query["page_token"] = page_token
        return await self._call("POST", "/order/202309/orders/search", query, json.dumps(body).encode())

    async def price_detail(self, order_id: str) -> dict[str, Any]:
        """The Price Detail of an order. Raises CallError."""
        return await self._call("GET", f"/order/202407/orders/{quote(order_id, safe='')}/price_detail", {}, b"")

    async def renew(self) -> None:
        """Take a new pair of tokens for the one at hand. Raises CallError."""
        query = {"app_key": self._shop.app_key, "app_secret": self._shop.app_secret}
        query |= {"refresh_token": self.tokens.refresh, "grant_type": "refresh_token"}
        url = replace_query(self._shop.auth, "/api/v2/token/refresh", query)
        data = _data(await self._patiently("GET", url, {}, b""), "renewing the token")
        access, refresh = data.get("access_token"), data.get("refresh_token")
        if not (isinstance(access, str) and access and isinstance(refresh, str) and refresh):
            raise CallError("TikTok Shop gave no new token")
        self.tokens = Tokens(access, refresh)
        await self._keep(self.tokens)

    async def _call(self, method: str, path: str, query: dict[str, str], body: bytes) -> dict[str, Any]:
        """What a signed call gives; a token that is over is renewed once."""
        if not self.tokens.access:
            await self.renew()
        reply = await self._signed(method, path, query, body)
        if reply.status == _UNAUTHORIZED or _code(reply) in TOKEN_OVER:
            await self.renew()
            reply = await self._signed(method, path, query, body)
        return _data(reply, path)

    async def _signed(self, method: str, path: str, query: dict[str, str], body: bytes) -> Reply:
        whole = {**query, "app_key": self._shop.app_key, "shop_cipher": self._shop.cipher}
        whole["timestamp"] = str(int(self._clock().timestamp()))
        whole["sign"] = signature(self._shop.app_secret, path, whole, body)
        headers = {"content-type": "application/json", "x-tts-access-token": self.tokens.access}
        return await self._patiently(method, replace_query(self._shop.api, path, whole), headers, body)

    async def _patiently(self, method: str, url: SplitResult, headers: Mapping[str, str], body: bytes) -> Reply:
        """The reply, asked again while it fails in passing. Reading only, so asking twice is safe."""
        pause, why = self._pause, ""
        for left in reversed(range(TRIES)):
            try:
                reply = await self._outside.send(method, url, headers, body)
            except OutsideError as error:
                why = str(error)
            else:
                if reply.status != _TOO_MANY and reply.status < _BROKEN:
                    return reply
                why = f"HTTP {reply.status}"
            if left:
                await asyncio.sleep(pause * (0.5 + _chance.random()))
                pause = min(2 * pause, LONGEST_PAUSE)
        raise CallError(f"TikTok Shop did not answer {url.path} after {TRIES} tries ({why})")


def replace_query(base: SplitResult, path: str, query: Mapping[str, str]) -> SplitResult:
    """An address on their server."""
    return base._replace(path=path, query=urlencode(query, quote_via=quote, safe=""), fragment="")


def _envelope(reply: Reply) -> dict[str, Any]:
    try:
        found = json.loads(reply.body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _code(reply: Reply) -> Any:
    return _envelope(reply).get("code")


def _data(reply: Reply, what: str) -> dict[str, Any]:
    told = _envelope(reply)
    data = told.get("data")
    if told.get("code") == 0 and isinstance(data, dict):
        return data
    code, message = told.get("code", f"HTTP {reply.status}"), str(told.get("message", ""))[:200]
    raise CallError(f"TikTok Shop refuses {what}: {code} {message}".strip())
