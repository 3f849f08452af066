"""Sending mail by SMTP, one message at a time over a connection of its own.

What the server refuses for good (5xx) is told apart from what may go later. Where the connection breaks after the
message was handed over, it may have arrived: whoever sends it again sends it under the same Message-ID.
"""

import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import StrEnum
from typing import Final

import aiosmtplib

TIMEOUT: Final = 20.0
"""Seconds that each step of a conversation may take."""
FOR_GOOD: Final = 500
"""Codes from here on say that the same will not go later either."""
SENDER_SIDE: Final = frozenset({530, 534, 535, 538, 454})
"""Codes about us and not about this message: they say that nothing can be sent now (RFC 4954)."""


class Tls(StrEnum):
    """How the connection is protected: from the first byte, by STARTTLS, or not at all."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Server:
    """The mail server that takes our mail. `user` and `password` empty where it asks for none."""

    host: str
    port: int
    tls: Tls = Tls.STARTTLS
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = TIMEOUT


class Refused(Exception):  # noqa: N818 - says what happened, not that somebody erred
    """The server will not take this message for this person, now or later. `code`: its answer; the text holds no
    address.
    """

    def __init__(self, code: int, why: str) -> None:
        super().__init__(f"the mail server answered {code}{f': {why}' if why else ''}")
        self.code = code


class NotNow(Exception):  # noqa: N818 - same
    """It was not sent, or perhaps it was: to be tried again under the same Message-ID. The text holds no address."""


class Post:
    """Sends mail. context: trusts whom the machine trusts unless given, for servers with a certificate of their own."""

    def __init__(self, server: Server, context: ssl.SSLContext | None = None) -> None:
        self._server, self._context = server, context

    async def send(self, message: EmailMessage) -> None:
        """Hand a message over to the server. Raises Refused, NotNow."""
        server = self._server
        smtp = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.tls is Tls.TLS,
            start_tls=server.tls is Tls.STARTTLS,
            tls_context=self._context or ssl.create_default_context(),
            timeout=server.timeout,
        )
        try:
            async with smtp:
                if server.user:
                    await smtp.login(server.user, server.password)
                await smtp.send_message(message)
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _of_answer(error.recipients[0].code) from error
        except aiosmtplib.SMTPAuthenticationError as error:
            raise NotNow(f"the mail server does not let us in ({error.code})") from error
        except aiosmtplib.SMTPResponseException as error:
            raise _of_answer(error.code) from error
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise NotNow(f"the mail server could not be spoken to ({type(error).__name__})") from error


def _of_answer(code: int) -> Refused | NotNow:
    """What an answer means. Its text is left out: servers quote addresses in it."""
    if code >= FOR_GOOD and code not in SENDER_SIDE:
        return Refused(code, _MEANS.get(code, ""))
    return NotNow(f"the mail server answered {code}")


_MEANS: Final = {
    550: "there is no such mailbox, or it takes nothing from us",
    551: "the mailbox is elsewhere",
    552: "the mailbox is full or the message too large",
    553: "the address is none",
    554: "it does not want this message",
}
