"""The forms in which settings are written: each function reads one, or raises SettingError with what is wanted."""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")

KEY_BYTES: Final = 32
LEAST_SECRET: Final = 32
"""Characters of a secret that signs."""
LAST_PORT: Final = 65535
FILE_SCHEMES: Final = ("s3", "gs", "az")
"""Object stores in which files can be kept, by the scheme of their URL."""

_ADDRESS: Final = re.compile(
    r"((?P<name>[A-Za-z0-9][A-Za-z0-9._-]{0,252})|\[(?P<six>[0-9A-Fa-f:.]{2,45})\]):(?P<port>[0-9]{1,5})"
)
_HOST: Final = re.compile(r"([^:\[\]]*|\[[^\[\]]+\])(:[0-9]{1,5})?")
_SHARE: Final = re.compile(r"0|1|0\.[0-9]{1,6}|1\.0{1,6}")
_MAILBOX: Final = re.compile(r"[^\s@<>\"(),:;\\\[\]]{1,64}@[A-Za-z0-9.-]{1,253}")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")


class SettingError(Exception):
    """A setting that cannot be used; the text is a sentence for people."""


def database_url(text: str) -> str:
    """The URL of a PostgreSQL database."""
    try:
        parts = urlsplit(text)
    except ValueError:  # half an IPv6 address
        parts = urlsplit("")
    hosts = parts.netloc.rpartition("@")[2].split(",")
    if parts.scheme not in ("postgresql", "postgres") or not all(map(_HOST.fullmatch, hosts)):
        raise SettingError("it must be a URL such as postgresql://user:password@host/database")
    return text


def share(text: str) -> float:
    """A share, from 0 to 1."""
    if not _SHARE.fullmatch(text):
        raise SettingError("it must be a share from 0 to 1, such as 0.05")
    return float(text)


def folder(text: str) -> Path:
    """A folder, there already or not."""
    found = Path(text).expanduser()
    if found.exists() and not found.is_dir():
        raise SettingError(f"{found} is a file, and a folder is needed")
    return found


def file(text: str) -> Path:
    """A file that is there."""
    found = Path(text).expanduser()
    if not found.is_file():
        raise SettingError(f"there is no file {found}")
    return found


def files(text: str) -> str:
    """A folder, or the URL of an object store."""
    if "://" not in text:
        return str(folder(text))
    parts = urlsplit(text)
    if parts.scheme not in FILE_SCHEMES or not parts.netloc:
        raise SettingError(f"it must be a folder or a URL such as s3://bucket/prefix ({', '.join(FILE_SCHEMES)})")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise SettingError("the URL has a bucket and a prefix only; keys come from the store's own variables")
    return text


def key(text: str) -> bytes:
    """32 bytes written as 64 hexadecimal digits or as base64."""
    text = text.strip()
    try:
        made = bytes.fromhex(text) if len(text) == 2 * KEY_BYTES else base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        made = b""
    if len(made) != KEY_BYTES:
        raise SettingError(f"it must be {KEY_BYTES} bytes, as {2 * KEY_BYTES} hexadecimal digits or as base64")
    return made


def secret(text: str) -> bytes:
    """A secret that signs."""
    text = text.strip()
    if len(text) < LEAST_SECRET or not text.isascii() or not text.isprintable():
        raise SettingError(f"a secret has at least {LEAST_SECRET} characters, all of them plain ASCII")
    return text.encode()


def stripe_key(text: str) -> bytes:
    """A key of Stripe."""
    text = text.strip()
    if not re.fullmatch(r"[sr]k_(test|live)_[A-Za-z0-9_]{5,300}", text):
        raise SettingError("a key of Stripe begins with sk_test_, sk_live_, rk_test_ or rk_live_")
    return text.encode()


def stripe_secret(text: str) -> bytes:
    """The signing secret of an endpoint at Stripe."""
    if not re.fullmatch(r"whsec_[A-Za-z0-9+/=_-]{10,300}", text):
        raise SettingError("the signing secret of an endpoint at Stripe begins with whsec_")
    return text.encode()


def given(text: str) -> str:
    """A name or secret that somebody else made, as long as they liked."""
    if not text.strip().isascii() or not text.strip().isprintable():
        raise SettingError("it must be of plain ASCII characters")
    return text.strip()


def http_url(text: str) -> str:
    """The URL of a service, without a slash at its end."""
    try:
        parts = urlsplit(text)
        sound = parts.port is None or 1 <= parts.port <= LAST_PORT
    except ValueError:
        parts, sound = urlsplit(""), False
    if not sound or parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingError("it must be a URL such as https://finance.example/mufakat")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise SettingError("the URL has a host and a path only; the secret has a setting of its own")
    return text.rstrip("/")


def issuer(text: str) -> str:
    """The address of an identity provider, letter for letter: it is compared with what the provider says of itself."""
    parts = urlsplit(http_url(text))
    if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
        raise SettingError("only a provider on this machine may speak plain HTTP")
    return text


def mailbox(text: str) -> str:
    """An address of mail, perhaps with a name before it."""
    name, found = parseaddr(text)
    if not _MAILBOX.fullmatch(found) or not name.isprintable() or not text.isprintable():
        raise SettingError("it must be an address such as Toko <help@toko.example>")
    return text


def switch(text: str) -> bool:
    """Yes or no."""
    if text not in ("yes", "no"):
        raise SettingError("it must be yes or no")
    return text == "yes"


def one_of(*allowed: str) -> Callable[[str], str]:
    """One of some words."""

    def read(text: str) -> str:
        if text not in allowed:
            raise SettingError(f"it must be one of {', '.join(allowed)}")
        return text

    return read


def marketplace(text: str) -> str:
    """A marketplace's name."""
    if not _NAME.fullmatch(text):
        raise SettingError(
            "a name has letters, digits, dots, hyphens and underscores, at most 63, and begins with neither"
        )
    return text


def number(least: int, most: int) -> Callable[[str], int]:
    """A whole number between two others."""

    def read(text: str) -> int:
        short = len(text) <= len(str(most))
        if not (short and text.isascii() and text.isdigit() and least <= int(text) <= most):
            raise SettingError(f"it must be a whole number from {least} to {most}")
        return int(text)

    return read


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens: an interface of this machine, and a port. An address without port listens nowhere."""

    host: str = ""
    port: int = 0

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def address(text: str) -> Address:
    """Where to listen."""
    found = _ADDRESS.fullmatch(text)
    if found is None or not 1 <= int(found["port"]) <= LAST_PORT:
        raise SettingError("it must be an address and a port such as 127.0.0.1:8080 or [::1]:8080")
    return Address(found["name"] or found["six"], int(found["port"]))


def address_or_none(text: str) -> Address:
    """Where to listen, or nowhere."""
    return Address() if text == "none" else address(text)


def why(error: OSError | UnicodeDecodeError) -> str:
    """Why a file cannot be read or kept."""
    return error.strerror or type(error).__name__ if isinstance(error, OSError) else "it is not text"


def _in_file(form: Callable[[str], T], called: str) -> Callable[[str], T]:
    """The same in a file, which the setting names. called: what a file that holds something else is none of."""

    def read(text: str) -> T:
        try:
            return form(Path(text).expanduser().read_text())
        except (OSError, UnicodeDecodeError) as error:
            raise SettingError(f"the file {text} cannot be read ({why(error)})") from error
        except SettingError as error:
            raise SettingError(f"what is in {text} is no {called}: {error}") from error

    return read


key_file: Final = _in_file(key, "key")
secret_file: Final = _in_file(secret, "secret")
stripe_key_file: Final = _in_file(stripe_key, "key of Stripe")
given_file: Final = _in_file(given, "name or secret")

HIDDEN: Final = frozenset(
    {key, key_file, secret, secret_file, stripe_key, stripe_key_file, stripe_secret, given, given_file, database_url}
)
"""What reads a secret, which is never printed; a URL of a database holds a password."""
