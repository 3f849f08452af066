"""Messages by other ways than mail, through Apprise (WhatsApp, Telegram, Slack and some hundred others).

Only where `mufakat[apprise]` is installed. An address may name `{email}` and `{phone}`, in whose place stands the
contact of whom it is for.
"""

import asyncio
import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

TIMEOUT: Final = 30.0
"""Seconds that one message may take."""
NAMES: Final = ("email", "phone")

_NAMED: Final = re.compile(r"\{(\w*)\}")


class NotInstalledError(Exception):
    """The package is not there; the text is a sentence for people."""


class AddressError(ValueError):
    """An address that cannot be used; the text is a sentence for people, without the address: it holds secrets."""


class NotSent(Exception):  # noqa: N818 - says what happened, not that somebody erred
    """It was not taken, or it is not known whether it was: to be tried again."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """One way that is not mail. `address` as Apprise has it; kept out of logs."""

    address: str

    def __post_init__(self) -> None:
        named = set(_NAMED.findall(self.address))
        if not named <= set(NAMES):
            raise AddressError(f"an address may name {{{'} and {'.join(NAMES)}}}, and nothing else in braces")
        if _apprise().Apprise.instantiate(self._filled(dict.fromkeys(NAMES, "0812345678"))) is None:
            raise AddressError("Apprise does not know an address of this kind, or something in it is missing")

    def __repr__(self) -> str:
        return "Elsewhere(...)"

    def needs(self) -> frozenset[str]:
        """What of a contact it needs: `email`, `phone`, both or nothing."""
        return frozenset(_NAMED.findall(self.address))

    async def send(self, subject: str, text: str, contact: dict[str, str]) -> None:
        """Send a message. contact: what the address needs. Raises NotSent; KeyError where the contact lacks it."""
        address = self._filled({name: contact[name] for name in self.needs()})
        try:
            sent = await asyncio.wait_for(asyncio.to_thread(_sent, address, subject, text), TIMEOUT)
        except TimeoutError as error:
            raise NotSent(f"it took longer than {TIMEOUT:.0f} seconds") from error
        if not sent:
            raise NotSent("it was not taken")

    def _filled(self, contact: dict[str, str]) -> str:
        return _NAMED.sub(lambda found: quote(contact[found[1]], safe=""), self.address)


def _sent(address: str, subject: str, text: str) -> bool:
    ways = _apprise().Apprise()
    return bool(ways.add(address)) and bool(ways.notify(title=subject, body=text))


def _apprise() -> Any:
    """The package. Raises NotInstalledError."""
    try:
        import apprise
    except ImportError as error:
        raise NotInstalledError("Apprise is not installed; install mufakat[apprise]") from error
    return apprise
