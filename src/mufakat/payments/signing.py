"""Signatures between this program and a marketplace's finance service: HMAC-SHA256 under a secret that both know.

A request is signed over its method, target, marketplace, moment, nonce and the hash of its body; its reply over the
status, the same nonce and the hash of the body, so that a reply cannot be put in another's place. Webhooks are signed
as Standard Webhooks has it (`standard_webhooks.py`).
"""

import hashlib
import hmac
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from mufakat.standard_webhooks import TOLERANCE, NotSignedError, check_webhook, fresh, of_webhook, same

__all__ = [
    "LEAST_SECRET",
    "TOLERANCE",
    "Door",
    "NotSignedError",
    "Signed",
    "check_webhook",
    "of_reply",
    "of_request",
    "of_webhook",
    "same",
]

LEAST_SECRET: Final = 32
"""Characters of a secret."""
MOST_REMEMBERED: Final = 100_000
"""Nonces that are remembered at once; more than come in twice the tolerance."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A request as it is signed. `at`: seconds since 1970. `target`: path and query as they travel."""

    method: str
    target: str
    marketplace: str
    at: int
    nonce: str
    body: bytes


def of_request(secret: bytes, signed: Signed) -> str:
    """The signature of a request."""
    parts = (signed.method, signed.target, signed.marketplace, str(signed.at), signed.nonce, _hash(signed.body))
    return _made(secret, "mufakat-request-1", *parts)


def of_reply(secret: bytes, nonce: str, status: int, body: bytes) -> str:
    """The signature of the reply to the request with that nonce."""
    return _made(secret, "mufakat-reply-1", nonce, str(status), _hash(body))


@dataclass(slots=True)
class Door:
    """Lets a signed request in once: what a finance service does with what comes. `seen`: nonces and until when."""

    secret: bytes
    seen: OrderedDict[str, float] = field(default_factory=OrderedDict)

    def check(self, signed: Signed, signature: str) -> None:
        """Nothing for a request that is signed, fresh and new. Raises NotSignedError."""
        fresh(str(signed.at))
        if not same(of_request(self.secret, signed), signature):
            raise NotSignedError("the signature is not right")
        now = time.monotonic()
        while self.seen and (next(iter(self.seen.values())) < now or len(self.seen) >= MOST_REMEMBERED):
            self.seen.popitem(last=False)
        if signed.nonce in self.seen:
            raise NotSignedError("this request was sent before")
        self.seen[signed.nonce] = now + 2 * TOLERANCE


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _made(secret: bytes, *parts: str) -> str:
    return "v1=" + hmac.digest(secret, "\n".join(parts).encode(), "sha256").hex()
