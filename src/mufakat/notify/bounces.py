"""Mail that came back: reports of mail servers (RFC 3464) read for which of our letters did not arrive.

Anybody can send such a report, and its text is anybody's. So nothing is read of it but names of our own letters and the
status, and whoever acts on it must know the letter.
"""

import email
import re
from dataclasses import dataclass
from email.errors import MessageError
from email.message import Message
from email.policy import compat32
from typing import Final

MOST_BYTES: Final = 1024 * 1024
"""Bytes of a report; what is longer is cut."""
MOST_PARTS: Final = 50

_MESSAGE_ID: Final = re.compile(r"<[^<>\s@]{1,200}@[^<>\s@]{1,255}>")
_STATUS: Final = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})")


@dataclass(frozen=True, slots=True)
class Bounce:
    """A letter that did not arrive. `status` as RFC 3463 has it (`5.1.1`); not `permanent`: it may yet arrive."""

    message_id: str
    permanent: bool
    status: str


def bounces(raw: bytes) -> list[Bounce]:
    """The letters that a report says did not arrive; none where it is no such report."""
    try:
        report = email.message_from_bytes(raw[:MOST_BYTES], policy=compat32)
        parts = [part for part, _ in zip(report.walk(), range(MOST_PARTS), strict=False)]
        statuses = [found for part in parts if (found := _status(part))]
        names = [name for part in parts if (name := _returned(part))]
    except (MessageError, LookupError, ValueError, RecursionError):
        return []
    if not statuses or not names:
        return []
    worst = max(statuses)
    return [Bounce(name, worst.startswith("5"), worst) for name in dict.fromkeys(names)]


def _status(part: Message) -> str:
    """The status in a block about one recipient, where it failed or was delayed."""
    action = str(part.get("Action", "")).strip().lower()
    found = _STATUS.match(str(part.get("Status", "")))
    return found[0].strip() if found and action in ("failed", "delayed") and found[1] != "2" else ""


def _returned(part: Message) -> str:
    """The name of the letter that is returned, whole or by its headers."""
    if part.get_content_type() == "message/rfc822" and part.is_multipart():
        return _name(str(part.get_payload(0).get("Message-ID", "")))  # type: ignore[union-attr]  # a message holds one
    if part.get_content_type() == "text/rfc822-headers":
        headers = part.get_payload(decode=True)
        text = headers.decode("ascii", "replace") if isinstance(headers, bytes) else ""
        return _name(str(email.message_from_string(text, policy=compat32).get("Message-ID", "")))
    return ""


def _name(text: str) -> str:
    found = _MESSAGE_ID.fullmatch(text.strip())
    return found[0] if found else ""
