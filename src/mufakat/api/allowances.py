"""How often each caller may come: buckets that fill steadily. In memory, one process each."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

MOST_KNOWN: Final = 50_000
"""Callers whose buckets are kept."""


@dataclass(slots=True)
class Bucket:
    """What is left of a caller's allowance, and when that was so."""

    left: float
    at: float


class Allowances:
    """How often each caller may come: a bucket of `burst` requests that fills at `rate` a second.

    Kept in memory of one process; several processes allow as many times more.
    """

    def __init__(self, rate: float, burst: int, most: int = MOST_KNOWN) -> None:
        self.rate, self.burst, self._most = rate, burst, most
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def take(self, caller: str, now: float) -> tuple[bool, dict[str, str]]:
        """Whether the caller may come now (seconds of a steady clock), and the headers that tell what is left."""
        bucket = self._buckets.pop(caller, None) or Bucket(float(self.burst), now)
        left = min(float(self.burst), bucket.left + (now - bucket.at) * self.rate)
        allowed = left >= 1
        left -= allowed
        self._buckets[caller] = Bucket(left, now)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return allowed, self._headers(left, allowed=allowed)

    def _headers(self, left: float, *, allowed: bool) -> dict[str, str]:
        full = -(-(self.burst - left) // self.rate)
        headers = {
            "RateLimit-Policy": f'"caller";q={self.burst};w={-(-self.burst // self.rate):.0f}',
            "RateLimit": f'"caller";r={int(left)};t={full:.0f}',
        }
        if not allowed:
            headers["Retry-After"] = f"{max(1, -(-(1 - left) // self.rate)):.0f}"
        return headers
