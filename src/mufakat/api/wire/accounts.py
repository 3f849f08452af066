"""Accounts of agents and leads as they travel."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from mufakat.api.wire.mirror import MAX_NAME, NO_NUL, Name

MOST_SKILLS = 100
MOST_TIES = 1000
ACCOUNT_ID = r"^[A-Za-z0-9.-]{1,64}$"
"""An account's id as somebody chooses it: without underscores, which part tokens."""
LOGIN = r"^[^\s@\x00]+@[^\s@\x00]+$"

Login = Annotated[str, Meta(max_length=MAX_NAME, pattern=LOGIN)]
"""An e-mail address."""
Called = Annotated[str, Meta(min_length=1, max_length=MAX_NAME, pattern=NO_NUL)]
Skills = Annotated[list[Name], Meta(max_length=MOST_SKILLS)]
Ties = Annotated[list[Name], Meta(max_length=MOST_TIES)]
AccountRole = Literal["AGENT", "LEAD"]


class AccountIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new account. `account_id`: the pseudonym under which cases know the agent; one is made up where none is given.

    `ties`: ids of customers and sellers in whose cases this person has no part.
    """

    login: Login
    name: Called
    role: AccountRole = "AGENT"
    account_id: Annotated[str, Meta(pattern=ACCOUNT_ID)] | None = None
    languages: Skills = []
    categories: Skills = []
    ties: Ties = []


class AccountChangeIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be different; what is left out stays."""

    name: Called | None = None
    role: AccountRole | None = None
    languages: Skills | None = None
    categories: Skills | None = None
    ties: Ties | None = None


class AccountOut(msgspec.Struct, frozen=True, kw_only=True):
    """An account. `second_factor`: whether one is asked for; `invited_until`: until when a password can be set."""

    account_id: str
    login: str
    name: str
    role: str
    languages: list[str]
    categories: list[str]
    ties: list[str]
    has_password: bool
    second_factor: bool
    issuer: str
    created_at: datetime
    invited_until: datetime | None
    disabled_at: datetime | None


class AccountsOut(msgspec.Struct, frozen=True, kw_only=True):
    """Every account of the marketplace, by login."""

    accounts: list[AccountOut]


class InvitedOut(msgspec.Struct, frozen=True, kw_only=True):
    """An account and its invitation, which is shown this once and can be accepted once."""

    account: AccountOut
    invitation: str


class AcceptIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An invitation, and the password that its person chooses."""

    invitation: Annotated[str, Meta(max_length=1000, pattern=NO_NUL)]
    password: Annotated[str, Meta(max_length=1000, pattern=NO_NUL)]
