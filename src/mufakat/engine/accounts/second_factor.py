"""The second factor: codes by time (TOTP, RFC 6238), each good once, and codes for the day the phone is lost."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import pyotp

from mufakat.engine.accounts.ports import AccountStore
from mufakat.store.accounts import Account
from mufakat.store.seal import Sealer

STEP: Final = 30
"""Seconds of one step."""
DIGITS: Final = 6
AROUND: Final = 1
"""Steps by which a phone's clock may be off, either way."""
RECOVERY_CODES: Final = 10
RECOVERY_BYTES: Final = 10
"""Random bytes of one recovery code: so many that a plain hash keeps it."""
ISSUER: Final = "Mufakat"


@dataclass(frozen=True, slots=True)
class Offered:
    """A second factor to be put into an app: the secret as people type it, and as a URI for a picture."""

    secret: str
    uri: str


class SecondFactor:
    """Offers, confirms and asks for second factors. Secrets are sealed under the master key."""

    def __init__(self, store: AccountStore, sealer: Sealer) -> None:
        self._store, self._sealer = store, sealer

    async def offer(self, account: Account) -> Offered:
        """A fresh secret, kept until it is confirmed; it takes the place of any other."""
        secret = pyotp.random_base32()
        sealed, key = self._sealer.seal_alone(account.marketplace, _about(account), secret)
        await self._store.offer_factor(account.marketplace, account.account_id, sealed, key)
        uri = _totp(secret).provisioning_uri(name=account.login, issuer_name=f"{ISSUER} {account.marketplace}")
        return Offered(secret, uri)

    async def confirm(self, account: Account, code: str, now: datetime) -> list[str] | None:
        """Ask for it from now on, and the recovery codes, shown this once; None where the code is wrong."""
        step = self._step(account, code, now)
        if step is None:
            return None
        codes = [secrets.token_hex(RECOVERY_BYTES) for _ in range(RECOVERY_CODES)]
        hashes = [_hash(each) for each in codes]
        kept = await self._store.confirm_factor(
            account.marketplace, account.account_id, account.totp, step, hashes, now
        )
        return [f"{each[:5]}-{each[5:10]}-{each[10:15]}-{each[15:]}" for each in codes] if kept else None

    async def proves(self, account: Account, code: str, now: datetime) -> bool:
        """Whether a code, of the app or for recovery, is good; it is used up then."""
        if account.totp_at is None:
            return False
        plain = code.replace(" ", "").replace("-", "").lower()
        if len(plain) == 2 * RECOVERY_BYTES:
            return await self._store.use_recovery(account.marketplace, account.account_id, _hash(plain))
        step = self._step(account, plain, now)
        return step is not None and await self._store.use_step(account.marketplace, account.account_id, step)

    def _step(self, account: Account, code: str, now: datetime) -> int | None:
        """The step whose code it is, of those around now that were not used."""
        if account.totp_key is None or not code.isascii():
            return None
        totp = _totp(self._sealer.open_alone(account.marketplace, _about(account), account.totp, account.totp_key))
        middle = int(now.timestamp()) // STEP
        fitting = None
        for step in range(middle - AROUND, middle + AROUND + 1):
            if hmac.compare_digest(totp.generate_otp(step), code) and step > account.totp_step:
                fitting = step
        return fitting


def _totp(secret: str) -> pyotp.TOTP:
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP)


def _hash(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()


def _about(account: Account) -> str:
    return f"totp\0{account.account_id}"
