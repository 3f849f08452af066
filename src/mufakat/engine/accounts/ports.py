"""What accounts need of a store."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from mufakat.core.parties import Role
from mufakat.store.accounts import Account
from mufakat.store.contacts import ContactRow, RevealRow
from mufakat.store.records import CaseKey
from mufakat.store.sessions import Patience, Session


class AccountStore(Protocol):
    """Accounts, and what lets their people in. Each method is told of in `store/accounts.py`."""

    async def put_account(self, made: Account) -> bool:
        """Keep a new one; False when its login or id is taken, or there is no such marketplace."""

    async def account(self, marketplace: str, account_id: str) -> Account | None:
        """The account of that id."""

    async def account_by_login(self, marketplace: str, login: str) -> Account | None:
        """The account of that login."""

    async def account_by_subject(self, marketplace: str, issuer: str, subject: str) -> Account | None:
        """The account of somebody at a provider."""

    async def accounts(self, marketplace: str) -> list[Account]:
        """Every account."""

    async def change_account(self, marketplace: str, account_id: str, changed: Mapping[str, Any]) -> Account | None:
        """Change it; raises LastLead."""

    async def disable_account(
        self, marketplace: str, account_id: str, at: datetime, *, even_last: bool = False
    ) -> Account | None:
        """Let nobody in by it; raises LastLead."""

    async def enable_account(self, marketplace: str, account_id: str) -> Account | None:
        """Let it be used again."""

    async def invite_account(self, marketplace: str, account_id: str, secret: bytes, until: datetime) -> Account | None:
        """Put an invitation in place of the one before."""

    async def accept_invitation(
        self, marketplace: str, account_id: str, secret: bytes, password: str, now: datetime
    ) -> Account | None:
        """Set the password by an invitation."""

    async def accept_subject(
        self, marketplace: str, account_id: str, issuer: str, subject: str, now: datetime
    ) -> Account | None:
        """Tie an invited account to somebody at a provider."""

    async def set_password(
        self, marketplace: str, account_id: str, old: str, new: str, *, end_others: str = "", at: datetime | None = None
    ) -> bool:
        """Put a hash in place of the one that was read."""

    async def offer_factor(self, marketplace: str, account_id: str, totp: bytes, key: CaseKey) -> None:
        """Keep a second factor that is not yet confirmed."""

    async def confirm_factor(
        self, marketplace: str, account_id: str, totp: bytes, step: int, recovery: list[bytes], at: datetime
    ) -> bool:
        """Ask for it from now on."""

    async def drop_factor(
        self, marketplace: str, account_id: str, at: datetime, *, but_session: str = ""
    ) -> Account | None:
        """Ask for no second factor any more."""

    async def use_step(self, marketplace: str, account_id: str, step: int) -> bool:
        """Use up a code of the app."""

    async def use_recovery(self, marketplace: str, account_id: str, code: bytes) -> bool:
        """Use up a recovery code."""


class SessionStore(Protocol):
    """Sessions and tries. Each method is told of in `store/sessions.py`."""

    async def session(self, marketplace: str, session_id: str) -> Session | None:
        """The session of that id with its account."""

    async def begin_session(self, made: Session) -> None:
        """Keep a new one."""

    async def sessions(self, marketplace: str, account_id: str, now: datetime, idle: timedelta) -> list[Session]:
        """The good sessions of an account."""

    async def stamp_session(self, marketplace: str, session_id: str, now: datetime) -> None:
        """Note that the person proved anew who they are."""

    async def end_session(self, marketplace: str, session_id: str, at: datetime) -> bool:
        """Let one end."""

    async def end_sessions(self, marketplace: str, account_id: str, at: datetime) -> int:
        """Let all of an account end."""

    async def count_try(self, marketplace: str, who: bytes, now: datetime, patience: Patience) -> int:
        """Count a try; the seconds to wait where it comes too early."""

    async def pardon_try(self, marketplace: str, who: bytes) -> None:
        """Take back one try."""

    async def forget_tries(self, marketplace: str, who: bytes, before: datetime) -> None:
        """Begin a count anew."""


class PeopleStore(AccountStore, SessionStore, Protocol):
    """Both of them."""


class ContactStore(Protocol):
    """Contacts and reveals. Each method is told of in `store/contacts.py`."""

    async def put_contacts(self, marketplace: str, order_id: str, rows: Mapping[Role, ContactRow]) -> bool:
        """Put these in place of all contacts of an order; raises Forgotten."""

    async def contacts(self, marketplace: str, order_id: str) -> dict[Role, ContactRow]:
        """The contacts of an order."""

    async def put_reveal(self, row: RevealRow) -> None:
        """Record that a contact is shown."""

    async def reveals_of(self, marketplace: str, order_id: str, case_id: str) -> list[RevealRow]:
        """Who had contacts shown in a case."""
