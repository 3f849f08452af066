"""When a call is sent again, and after how long a pause. No I/O here.

What certainly did nothing is sent again (no connection, 429). Where nobody knows (a lost answer, 502, 503, 504), only
what may safely come twice: a command travels under one idempotency key however often it is sent.
"""

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from mufakat.client.calls import GATEWAY, Call, retry_after

SLOW_DOWN: Final = 429
NOTHING_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
HOPELESS: Final = (httpx.UnsupportedProtocol, httpx.LocalProtocolError)


@dataclass(frozen=True, slots=True)
class Retries:
    """How long to go on. `attempts` in all, the first included; no new one begins after `within` seconds.

    The pause before the second is at most `first` seconds, and each further one at most twice the one before, never
    more than `longest`; chance takes up to half off, so that many clients do not come back at once. Where the server
    names a time (`Retry-After`), that is waited for, even where it is longer than `longest`.
    """

    attempts: int = 6
    within: float = 30.0
    first: float = 0.25
    longest: float = 5.0

    def __post_init__(self) -> None:
        if self.attempts < 1 or min(self.within, self.first, self.longest) < 0:
            raise ValueError("retries need at least 1 attempt, and times of 0 seconds or more")


NEVER: Final = Retries(attempts=1)
"""One attempt and no more."""


class Attempts:
    """The attempts of one call."""

    def __init__(self, retries: Retries, call: Call[Any]) -> None:
        self._retries, self._call = retries, call
        self._began = time.monotonic()
        self.made = 0

    def after_error(self, error: httpx.RequestError) -> float | None:
        """An attempt brought no answer: seconds until the next one, None to give up."""
        self.made += 1
        if isinstance(error, HOPELESS) or not isinstance(error, httpx.TransportError):
            return None
        if isinstance(error, NOTHING_SENT) or self._call.repeatable:
            return self._pause(None)
        return None

    def after_answer(self, status: int, headers: Mapping[str, str]) -> float | None:
        """An attempt was answered: seconds until the next one, None to take the answer."""
        self.made += 1
        if status in self._call.also:
            return None
        if status == SLOW_DOWN or (status in GATEWAY and self._call.repeatable):
            return self._pause(retry_after(headers))
        return None

    def _pause(self, asked: float | None) -> float | None:
        if self.made >= self._retries.attempts:
            return None
        longest = min(self._retries.longest, self._retries.first * 2.0 ** (self.made - 1))
        pause = longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads callers out, guards nothing
        pause = max(pause, asked or 0.0)
        return pause if time.monotonic() - self._began + pause <= self._retries.within else None
