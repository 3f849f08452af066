"""Keys and tokens as they travel."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from mufakat.api.wire.mirror import NO_NUL, Name

LONGEST_PEM = 2000
"""Characters of a public key in PEM."""


class KeyIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key for one of the marketplace's servers: what people call it, and what it may do."""

    name: Name
    scopes: Annotated[list[Name], Meta(min_length=1, max_length=50)]
    days: Annotated[int, Meta(ge=1, le=3650)] | None = None


class RotateIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long the old key lives on beside the new one."""

    hours: Annotated[int, Meta(ge=0, le=720)] = 24


class SigningKeyIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A public key in PEM (Ed25519, or ECDSA P-256) under which the marketplace signs its parties' tokens."""

    name: Name
    public_key: Annotated[str, Meta(max_length=LONGEST_PEM, pattern=NO_NUL)]


class KeyOut(msgspec.Struct, frozen=True, kw_only=True):
    """A credential, without what is secret. SERVER, AGENT or SIGNING."""

    id: str
    kind: str
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class NewKeyOut(msgspec.Struct, frozen=True, kw_only=True):
    """A new key. `secret` is shown this once."""

    key: KeyOut
    secret: str


class KeysOut(msgspec.Struct, frozen=True, kw_only=True):
    """Every credential of the marketplace, oldest first."""

    keys: list[KeyOut]


class TokenIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For whom a token is wanted, and for how long."""

    role: Literal["CUSTOMER", "SELLER"]
    id: Annotated[str, Meta(min_length=1, max_length=200, pattern=NO_NUL)]
    minutes: Annotated[int, Meta(ge=1, le=60)] = 15


class TokenOut(msgspec.Struct, frozen=True, kw_only=True):
    """A party's token, and when it ends."""

    token: str
    expires_at: datetime
