"""Sessions of agents and leads, their passwords and second factors, as they travel."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from mufakat.api.wire.mirror import NO_NUL, Name

Secret = Annotated[str, Meta(max_length=1000, pattern=NO_NUL)]
Code = Annotated[str, Meta(max_length=50, pattern=NO_NUL)]


class SignInIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who signs in where. `code`: of the second factor, or for recovery, where the account has one."""

    marketplace: Name
    login: Name
    password: Secret
    code: Code = ""


class ProofIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A proof of who is there: the password, or a code of the second factor."""

    password: Secret = ""
    code: Code = ""


class PasswordIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The password that is, and the one that is to be."""

    password: Secret
    new_password: Secret


class CodeIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A code of the second factor."""

    code: Code


class SessionOut(msgspec.Struct, frozen=True, kw_only=True):
    """A session. `how`: PASSWORD or OIDC; `device`: what the program said of itself; `seen_at` is right to a minute.

    It ends at `expires_at`, and after an hour without use.
    """

    session_id: str
    account_id: str
    role: str
    how: str
    device: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    reauthenticated_at: datetime | None
    current: bool


class SignedInOut(msgspec.Struct, frozen=True, kw_only=True):
    """A fresh session. `token` is shown this once; send it as `Authorization: Bearer`."""

    session: SessionOut
    token: str


class SessionsOut(msgspec.Struct, frozen=True, kw_only=True):
    """The sessions of an account that go on, oldest first."""

    sessions: list[SessionOut]


class EndedOut(msgspec.Struct, frozen=True, kw_only=True):
    """How many sessions ended."""

    ended: int


class ProvedOut(msgspec.Struct, frozen=True, kw_only=True):
    """When it was proved who is there, and until when that counts as fresh."""

    reauthenticated_at: datetime
    fresh_until: datetime


class FactorOut(msgspec.Struct, frozen=True, kw_only=True):
    """A second factor to put into an app, by its URI (as a QR code) or by its secret; then confirm it by a code."""

    secret: str
    uri: str


class RecoveryOut(msgspec.Struct, frozen=True, kw_only=True):
    """Codes for the day the phone is lost, each good once. They are shown this once."""

    recovery_codes: list[str]


class PasswordOut(msgspec.Struct, frozen=True, kw_only=True):
    """Whose password it is now."""

    account_id: str
