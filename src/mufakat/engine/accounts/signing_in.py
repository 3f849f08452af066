"""Signing in: a login, a password and a code become a session, and nothing else tells whether an account exists.

Every try is counted before it is made, by login and by address, and tries beyond a few are held apart longer and
longer; nobody is ever locked out. A login that there is not costs and answers what a wrong password does (OWASP ASVS
5.0, sections 6.3 and 7.2).
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from mufakat.engine.accounts import passwords
from mufakat.engine.accounts.passwords import Passwords
from mufakat.engine.accounts.ports import PeopleStore
from mufakat.engine.accounts.second_factor import SecondFactor
from mufakat.engine.ids import uuid7
from mufakat.engine.ports import Clock
from mufakat.store.accounts import Account
from mufakat.store.seal import Sealer
from mufakat.store.sessions import Patience, Session

SESSION_LIFE: Final = timedelta(hours=12)
"""How long a session lives, however busy: a working day."""
SESSION_IDLE: Final = timedelta(hours=1)
"""After how long without use a session ends."""
SEEN_EVERY: Final = timedelta(minutes=1)
"""How often it is noted that a session is in use."""
RECENT: Final = timedelta(minutes=10)
"""How long a proof of who somebody is counts as fresh, where one is needed."""
INVITED_FOR: Final = timedelta(days=3)
"""How long an invitation can be accepted."""
SESSION, INVITATION = "ms", "mi"
SECRET_BYTES: Final = 32
MAX_DEVICE: Final = 200
"""Characters that are kept of what a program says of itself (`User-Agent`)."""
PER_LOGIN: Final = Patience(free=10, longest=15 * 60, forget=timedelta(hours=12))
"""Tries at one login: ten at once, then up to a quarter of an hour apart; less than a hundred an hour by far."""
PER_ADDRESS: Final = Patience(free=50, longest=30, forget=timedelta(hours=1))
"""Failures from one address, whatever the login. Short, because all who come through one proxy share it."""


class SignInRefused(Exception):  # noqa: N818 - says what happened
    """Login, password or code is wrong; which of them is not told."""


class CodeNeeded(Exception):  # noqa: N818 - same
    """Login and password are right, and a code of the second factor is needed."""


class TooManyTries(Exception):  # noqa: N818 - same
    """Too many tries; `wait` seconds until the next one."""

    def __init__(self, wait: int) -> None:
        super().__init__(wait)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Try:
    """Somebody at the door: what they give, from which address, with which program."""

    marketplace: str
    login: str
    password: str
    code: str
    address: str
    device: str


@dataclass(frozen=True, slots=True)
class Begun:
    """A fresh session and its token, which is told this once and kept nowhere."""

    session: Session
    token: str


class SigningIn:
    """Begins sessions, renews proofs, invites. One a process: it limits how many passwords are hashed at once."""

    def __init__(self, store: PeopleStore, sealer: Sealer, clock: Clock) -> None:
        self._store, self._sealer, self._clock = store, sealer, clock
        self._passwords = Passwords()
        self.factor = SecondFactor(store, sealer)

    async def sign_in(self, tried: Try) -> Begun:
        """A fresh session. Raises SignInRefused, CodeNeeded, TooManyTries."""
        now, login = self._clock.now(), own_login(tried.login)
        await self._count(tried.marketplace, login, tried.address, now)
        account = await self._store.account_by_login(tried.marketplace, login)
        usable = account is not None and account.disabled_at is None
        kept = account.password if account is not None and usable else ""
        if not await self._passwords.fits(kept, tried.password) or account is None:
            raise SignInRefused
        if account.totp_at is not None:
            if not tried.code:
                raise CodeNeeded
            if not await self.factor.proves(account, tried.code, now):
                raise SignInRefused
        if passwords.is_old(kept):
            fresh = await self._passwords.hashed(tried.password)
            await self._store.set_password(account.marketplace, account.account_id, kept, fresh)
        await self._pardon(tried.marketplace, login, tried.address, now)
        return await self.begin(account, "PASSWORD", tried.device, now)

    async def begin(self, account: Account, how: str, device: str, proved_at: datetime | None) -> Begun:
        """A session of an account whose person has proved who they are; its token is new (no fixation)."""
        now, secret = self._clock.now(), secrets.token_hex(SECRET_BYTES)
        session = Session(
            session_id=uuid7(now).replace("-", ""),
            account=account,
            secret=digest(secret),
            how=how,
            device=printable(device),
            created_at=now,
            seen_at=now,
            expires_at=now + SESSION_LIFE,
            reauthenticated_at=proved_at,
        )
        await self._store.begin_session(session)
        return Begun(session, f"{SESSION}_{session.session_id}_{secret}_{account.marketplace}")

    async def reauthenticate(self, session: Session, password: str, code: str, address: str) -> datetime:
        """Prove anew who is behind a session, by password or by code; the moment.

        Raises SignInRefused, TooManyTries.
        """
        now, account = self._clock.now(), session.account
        await self._count(account.marketplace, account.login, address, now)
        if code:
            proved = await self.factor.proves(account, code, now)
        else:
            proved = await self._passwords.fits(account.password, password)
        if not proved:
            raise SignInRefused
        await self._pardon(account.marketplace, account.login, address, now)
        await self._store.stamp_session(account.marketplace, session.session_id, now)
        return now

    async def change_password(self, session: Session, old: str, new: str, address: str) -> None:
        """Change one's own password and end one's other sessions.

        Raises PasswordNotTaken, SignInRefused where the old one is wrong, TooManyTries.
        """
        account = session.account
        passwords.check(new, account.login, account.name)
        await self.reauthenticate(session, old, "", address)
        fresh = await self._passwords.hashed(new)
        about = (account.marketplace, account.account_id, account.password, fresh)
        if not await self._store.set_password(*about, end_others=session.session_id, at=self._clock.now()):
            raise SignInRefused

    async def invite(self, marketplace: str, account_id: str) -> tuple[Account, str] | None:
        """An invitation in place of any before, as a token that is good once; None where nobody can be invited."""
        secret = secrets.token_hex(SECRET_BYTES)
        until = self._clock.now() + INVITED_FOR
        account = await self._store.invite_account(marketplace, account_id, digest(secret), until)
        return None if account is None else (account, f"{INVITATION}_{account_id}_{secret}_{marketplace}")

    async def accept(self, token: str, password: str, address: str) -> Account | None:
        """Set a password by an invitation, once; None where it is not good. Raises PasswordNotTaken, TooManyTries."""
        now = self._clock.now()
        prefix, _, rest = token.partition("_")
        account_id, _, rest = rest.partition("_")
        secret, _, marketplace = rest.partition("_")
        await self._count(marketplace, "", address, now)
        account = await self._store.account(marketplace, account_id)
        known = hmac.compare_digest(digest(secret), account.invitation if account is not None else b"")
        if prefix != INVITATION or account is None or not known or not account.is_invited(now):
            return None
        passwords.check(password, account.login, account.name)
        fresh = await self._passwords.hashed(password)
        taken = await self._store.accept_invitation(marketplace, account_id, digest(secret), fresh, now)
        await self._store.pardon_try(marketplace, self._who("address", address))
        return taken

    async def _count(self, marketplace: str, login: str, address: str, now: datetime) -> None:
        """Count a try. Raises TooManyTries."""
        wait = await self._store.count_try(marketplace, self._who("address", address), now, PER_ADDRESS)
        if not wait and login:
            wait = await self._store.count_try(marketplace, self._who("login", login), now, PER_LOGIN)
        if wait:
            raise TooManyTries(wait)

    async def _pardon(self, marketplace: str, login: str, address: str, now: datetime) -> None:
        await self._store.pardon_try(marketplace, self._who("address", address))
        await self._store.forget_tries(marketplace, self._who("login", login), now - PER_LOGIN.forget)

    def _who(self, kind: str, text: str) -> bytes:
        """A keyed hash, so that the table of tries tells nobody's login or address."""
        return self._sealer.input_hash(f"try\0{kind}\0{text}".encode())


def own_login(text: str) -> str:
    """A login as it is kept: no spaces around it, small letters."""
    return text.strip().casefold()


def printable(text: str) -> str:
    """What a program says of itself, as it is kept and shown."""
    return "".join(each for each in text if each.isprintable())[:MAX_DEVICE]


def digest(secret: str) -> bytes:
    """The hash by which a token's secret is kept."""
    return hashlib.sha256(secret.encode()).digest()
