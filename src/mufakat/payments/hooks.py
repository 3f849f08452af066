"""Webhooks from a payment provider: who sent one is checked, and what it says is only a name to look up."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import msgspec

from mufakat.payments import protocol, signing


class NotUnderstoodError(ValueError):
    """A webhook that is signed and cannot be read; the text is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A webhook that may be believed to come from the provider. `id`: the provider's own, the same when it comes twice.

    `obligation`: what it is about; empty where it is about nothing of ours.
    """

    id: str
    obligation: str


class Hooks(Protocol):
    """How a provider's webhooks are read."""

    def read(self, headers: Mapping[str, str], body: bytes) -> Heard:
        """What came, headers by lower-case name. Raises NotSignedError, NotUnderstoodError."""


class MarketplaceHooks:
    """Webhooks of a marketplace's own finance service."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def read(self, headers: Mapping[str, str], body: bytes) -> Heard:
        """What came. Raises NotSignedError, NotUnderstoodError."""
        message_id, at = headers.get(protocol.HOOK_ID, ""), headers.get(protocol.HOOK_AT, "")
        signing.check_webhook(self._secret, message_id, at, headers.get(protocol.HOOK_SIGNATURE, ""), body)
        try:
            return Heard(message_id, msgspec.json.decode(body, type=protocol.Told).obligation)
        except msgspec.MsgspecError as error:
            raise NotUnderstoodError(f"the body cannot be read: {error}") from error
