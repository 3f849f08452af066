"""Signatures between this program and a marketplace's finance service: HMAC-SHA256 under a secret that both know.

A request is signed over its method, target, marketplace, moment, nonce and the hash of its body; its reply over the
status, the same nonce and the hash of the body, so that a reply cannot be put in another's place. Webhooks are signed
as Standard Webhooks has it, for which there are libraries in most languages.
"""

import base64
import hashlib
import hmac
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

TOLERANCE: Final = 300
"""Seconds by which the clocks of the two may differ; what is older or newer is refused."""
LEAST_SECRET: Final = 32
"""Characters of a secret."""
MOST_REMEMBERED: Final = 100_000
"""Nonces that are remembered at once; more than come in twice the tolerance."""


class NotSignedError(Exception):
    """A signature that is missing, wrong, stale or used before; the text is a sentence for people."""


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


def of_webhook(secret: bytes, message_id: str, at: int, body: bytes) -> str:
    """The signature of a webhook (Standard Webhooks, version 1)."""
    signed = f"{message_id}.{at}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret, signed, "sha256")).decode()


def same(one: str, other: str) -> bool:
    """Whether two signatures are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


def check_webhook(secret: bytes, message_id: str, at: str, signatures: str, body: bytes) -> None:
    """Nothing for a webhook that whoever has the secret sent just now. Raises NotSignedError.

    signatures: one or several, with spaces between, as while a secret is changed.
    """
    if not message_id or not signatures:
        raise NotSignedError("the headers webhook-id, webhook-timestamp and webhook-signature are needed")
    moment = _fresh(at)
    right = of_webhook(secret, message_id, moment, body)
    if not any([same(right, each) for each in signatures.split()]):  # noqa: C419 - all are compared, right or not
        raise NotSignedError("the signature is not right")


@dataclass(slots=True)
class Door:
    """Lets a signed request in once: what a finance service does with what comes. `seen`: nonces and until when."""

    secret: bytes
    seen: OrderedDict[str, float] = field(default_factory=OrderedDict)

    def check(self, signed: Signed, signature: str) -> None:
        """Nothing for a request that is signed, fresh and new. Raises NotSignedError."""
        _fresh(str(signed.at))
        if not same(of_request(self.secret, signed), signature):
            raise NotSignedError("the signature is not right")
        now = time.monotonic()
        while self.seen and (next(iter(self.seen.values())) < now or len(self.seen) >= MOST_REMEMBERED):
            self.seen.popitem(last=False)
        if signed.nonce in self.seen:
            raise NotSignedError("this request was sent before")
        self.seen[signed.nonce] = now + 2 * TOLERANCE


def _fresh(at: str) -> int:
    short = at.isascii() and at.isdigit() and len(at) <= len(str(10**12))
    if not short or abs(time.time() - int(at)) > TOLERANCE:
        raise NotSignedError(f"the moment of signing is not within {TOLERANCE} seconds of now")
    return int(at)


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _made(secret: bytes, *parts: str) -> str:
    return "v1=" + hmac.digest(secret, "\n".join(parts).encode(), "sha256").hex()
