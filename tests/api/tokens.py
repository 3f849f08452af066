"""Tokens for tests: keys to sign with, claims that are good, and tokens put together by hand, good or not."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.api.shop import SHOP

NOW: Final = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
ED: Final = ed25519.Ed25519PrivateKey.from_private_bytes(b"e" * 32)
EC: Final = ec.derive_private_key(12345, ec.SECP256R1())


def public_pem(key: Any) -> str:
    pem: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return pem.decode()


def claims(**changed: Any) -> dict[str, Any]:
    """What a good token says; None leaves a claim out."""
    made = {
        "iss": SHOP,
        "aud": "mufakat",
        "sub": "c-1",
        "role": "CUSTOMER",
        "iat": int(NOW.timestamp()),
        "exp": int((NOW + timedelta(minutes=15)).timestamp()),
    } | changed
    return {name: value for name, value in made.items() if value is not None}


def plain(part: Any) -> str:
    text = part if isinstance(part, str) else json.dumps(part)
    return base64.urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode().rstrip("=")


def by_hand(header: Any, body: Any, sign: Callable[[bytes], bytes] = ED.sign) -> str:
    """A token put together without the library, so that it may say anything."""
    text = f"{plain(header)}.{plain(body)}"
    return f"{text}.{base64.urlsafe_b64encode(sign(text.encode())).decode().rstrip('=')}"
