"""A letter to somebody as mail: text and HTML of the same words, from one description.

The HTML has no picture, no script and nothing from elsewhere, and reads without its style. Who the letter is for, what
it says and under which name it is known says the caller; the same letter makes the same mail.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

LONGEST_ADDRESS: Final = 254
"""Characters of an address (RFC 5321, 4.5.3.1.3, less the brackets)."""
LONGEST_SUBJECT: Final = 200

_BREAKS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_ADDRESS: Final = re.compile(r"[^\s@<>\"(),:;\\\[\]]{1,64}@[^\s@<>\"(),:;\\\[\]]{1,253}")


class NoAddressError(ValueError):
    """Something that no mail can be sent to or from; the text is a sentence for people, without the address."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What is written to somebody.

    `to`, `sender`: addresses of mail, the sender's perhaps with a name before it. `link`: where `link_text` leads,
    empty for none. `message_id`: the mail's name, `<...@...>`, the same whenever the same letter is sent again. `at`:
    its date (UTC). `unsubscribe`: an address of the web where such letters are switched off, for digests only.
    """

    to: str
    sender: str
    subject: str
    greeting: str
    paragraphs: tuple[str, ...]
    link: str
    link_text: str
    footer: tuple[str, ...]
    language: str
    message_id: str
    at: datetime
    unsubscribe: str = ""


def written(letter: Letter) -> EmailMessage:
    """The letter as mail, ready to be sent. Raises NoAddressError."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _header(letter.sender)
    mail["To"] = Address(addr_spec=address(letter.to))
    mail["Subject"] = one_line(letter.subject)[:LONGEST_SUBJECT]
    mail["Date"] = format_datetime(letter.at)
    mail["Message-ID"] = letter.message_id
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence is answered to us
    mail["X-Auto-Response-Suppress"] = "All"
    if letter.unsubscribe:
        mail["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
    mail.set_content(_drawn("letter.txt", letter), cte="quoted-printable")
    mail.add_alternative(_drawn("letter.html", letter), subtype="html", cte="quoted-printable")
    mail["Content-Language"] = letter.language
    return mail


def address(text: str) -> str:
    """An address of mail, without a name. Raises NoAddressError."""
    found = text.strip()
    if len(found) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(found):
        raise NoAddressError("this is no address of mail")
    try:
        Address(addr_spec=found)
    except (ValueError, IndexError) as error:
        raise NoAddressError("this is no address of mail") from error
    return found


def message_id(name: bytes, sender: str) -> str:
    """The name of a mail, made of what only one letter has, in the sender's domain. Raises NoAddressError."""
    domain = address(parseaddr(sender)[1]).rpartition("@")[2]
    return f"<{name.hex()}@{domain.encode('idna').decode() if not domain.isascii() else domain}>"


def one_line(text: str) -> str:
    """A text without breaks or other control characters: a header is one line."""
    return _BREAKS.sub(" ", text).strip()


def _header(sender: str) -> Address:
    name, found = parseaddr(sender)
    return Address(one_line(name), addr_spec=address(found))


def _drawn(template: str, letter: Letter) -> str:
    text = _environment().get_template(template).render(letter=letter)
    return text.strip() + "\n"


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("mufakat", "notify"),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
