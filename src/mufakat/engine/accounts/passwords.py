"""Passwords: how they are hashed (argon2id), which are taken, and that a wrong one takes as long as no account at all.

No rules of composition (NIST SP 800-63B, OWASP ASVS 5.0 section 6.2): only a least length, not the person's own name or
address, and none of the passwords that everybody tries first.
"""

import asyncio
import unicodedata
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from argon2.low_level import Type

MEMORY_KIB: Final = 19 * 1024
"""Memory of one hash, in KiB. These three are the first choice of the OWASP Password Storage Cheat Sheet."""
PASSES: Final = 2
LANES: Final = 1
HASHES_AT_ONCE: Final = 2
"""Hashes that one process makes at once, so that sign-ins take neither all memory nor all processors."""
SHORTEST: Final = 12
"""The least characters of a password."""
LONGEST: Final = 200
"""The most characters of a password; argon2 takes them all."""
SHORTEST_OWN: Final = 4
"""Parts of a person's name or address of so many letters may not be most of the password."""
USUAL: Final = frozenset(
    {
        "123456789012",
        "1234567890123",
        "12345678901234",
        "123412341234",
        "123123123123",
        "121212121212",
        "abcdefghijkl",
        "abcd12345678",
        "administrator",
        "changemeplease",
        "correcthorsebatterystaple",
        "iloveyou1234",
        "indonesia123",
        "mufakat12345",
        "password1234",
        "password12345",
        "passwordpassword",
        "q1w2e3r4t5y6",
        "qwerty123456",
        "qwertyuiop12",
        "qwertyuiop123",
        "qwertyuiopas",
        "rahasia12345",
        "superadmin123",
        "welcome12345",
    }
)
"""Passwords long enough to be taken, and tried by everybody."""

_hasher: Final = PasswordHasher(PASSES, MEMORY_KIB, LANES, type=Type.ID)


class PasswordNotTaken(Exception):  # noqa: N818 - says what happened
    """A password that cannot be chosen; the text is the rest of a sentence for people."""


class Passwords:
    """Hashes and checks passwords, in threads and only a few at once."""

    def __init__(self) -> None:
        self._few = asyncio.Semaphore(HASHES_AT_ONCE)

    async def hashed(self, password: str) -> str:
        """The hash to keep, with its parameters and salt in it."""
        async with self._few:
            return await asyncio.to_thread(_hasher.hash, normal(password))

    async def fits(self, kept: str, password: str) -> bool:
        """Whether a password is the one whose hash is kept. Where none is kept, as much work is done, in vain."""
        async with self._few:
            found = await asyncio.to_thread(_fits, kept or _nobodys(), normal(password))
        return found and bool(kept)


def is_old(kept: str) -> bool:
    """Whether a hash was made with other parameters than those in force, and should be made anew."""
    return _hasher.check_needs_rehash(kept)


def check(password: str, *own: str) -> None:
    """Raise PasswordNotTaken for a password that may not be chosen. own: the person's name and address."""
    plain = normal(password)
    if not SHORTEST <= len(plain) <= LONGEST:
        raise PasswordNotTaken(f"a password has {SHORTEST} to {LONGEST} characters")
    folded = plain.casefold()
    if folded in USUAL or len(set(folded)) < SHORTEST_OWN:
        raise PasswordNotTaken("this password is one of those that everybody tries first")
    for part in _parts(own):
        if part in folded and len(folded.replace(part, "")) < SHORTEST:
            raise PasswordNotTaken("a password is not made of the person's own name or address")


def normal(password: str) -> str:
    """The one form of a password, whatever keyboard typed it (NFKC, as NIST SP 800-63B advises)."""
    return unicodedata.normalize("NFKC", password)


def _parts(own: tuple[str, ...]) -> set[str]:
    texts = {normal(each).casefold() for each in own}
    words = {word for text in texts for word in text.replace("@", " ").replace(".", " ").split()}
    return {each for each in texts | words if len(each) >= SHORTEST_OWN}


def _fits(kept: str, password: str) -> bool:
    try:
        return _hasher.verify(kept, password)
    except (Argon2Error, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    """A hash of the usual cost that is nobody's."""
    return _hasher.hash("nobody has this password")
