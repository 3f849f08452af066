"""Standard Webhooks (standardwebhooks.com): how a webhook is signed, and how a signature is checked.

Signed is `id.timestamp.body`, with HMAC-SHA256 (`v1`) or Ed25519 (`v1a`). There are libraries for it in most languages.
"""

import base64
import hmac
import time
from enum import StrEnum
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ID: Final = "webhook-id"
TIMESTAMP: Final = "webhook-timestamp"
SIGNATURE: Final = "webhook-signature"
TOLERANCE: Final = 300
"""Seconds by which the clocks of the two may differ; what is older or newer is refused."""
SECRET_BYTES: Final = 32

_SECRET, _PRIVATE, _PUBLIC = "whsec_", "whsk_", "whpk_"


class NotSignedError(Exception):
    """A signature that is missing, wrong, stale or used before; the text is a sentence for people."""


class Kind(StrEnum):
    """Signed under a secret that both know, or under a key of which the receiver has the public half."""

    HMAC = "HMAC"
    ED25519 = "ED25519"


def new_secret(kind: Kind, chance: bytes) -> str:
    """A secret (`whsec_...`) or private key (`whsk_...`), made of 32 random bytes."""
    if len(chance) != SECRET_BYTES:
        raise ValueError(f"a secret is made of {SECRET_BYTES} random bytes, not {len(chance)}")
    return (_SECRET if kind is Kind.HMAC else _PRIVATE) + base64.b64encode(chance).decode()


def public_key(secret: str) -> str:
    """What a receiver checks with: of a private key its public half (`whpk_...`), else the secret itself."""
    if not secret.startswith(_PRIVATE):
        return secret
    return _PUBLIC + base64.b64encode(_key(secret).public_key().public_bytes_raw()).decode()


def signature(secret: str, message_id: str, at: int, body: bytes) -> str:
    """The signature under a secret or private key as `new_secret` makes them. at: seconds since 1970."""
    if secret.startswith(_PRIVATE):
        return "v1a," + base64.b64encode(_key(secret).sign(_signed(message_id, at, body))).decode()
    return of_webhook(base64.b64decode(secret.removeprefix(_SECRET)), message_id, at, body)


def of_webhook(secret: bytes, message_id: str, at: int, body: bytes) -> str:
    """The signature under a secret of bytes (version 1)."""
    return "v1," + base64.b64encode(hmac.digest(secret, _signed(message_id, at, body), "sha256")).decode()


def same(one: str, other: str) -> bool:
    """Whether two signatures are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


def check_webhook(secret: bytes, message_id: str, at: str, signatures: str, body: bytes) -> None:
    """Nothing for a webhook that whoever has the secret sent just now. Raises NotSignedError.

    signatures: one or several, with spaces between, as while a secret is changed.
    """
    if not message_id or not signatures:
        raise NotSignedError("the headers webhook-id, webhook-timestamp and webhook-signature are needed")
    moment = fresh(at)
    right = of_webhook(secret, message_id, moment, body)
    if not any([same(right, each) for each in signatures.split()]):  # noqa: C419 - all are compared, right or not
        raise NotSignedError("the signature is not right")


def fresh(at: str) -> int:
    """A moment of signing, seconds since 1970, that is near enough to now. Raises NotSignedError."""
    short = at.isascii() and at.isdigit() and len(at) <= len(str(10**12))
    if not short or abs(time.time() - int(at)) > TOLERANCE:
        raise NotSignedError(f"the moment of signing is not within {TOLERANCE} seconds of now")
    return int(at)


def _signed(message_id: str, at: int, body: bytes) -> bytes:
    return f"{message_id}.{at}.".encode() + body


def _key(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(secret.removeprefix(_PRIVATE)))
