"""Settings: one frozen value, read once from the environment when the program starts; docs/reference lists them.

A variable that is wrong, or that begins with MUFAKAT_ and is none of these, is refused in one sentence: a misspelt
MUFAKAT_DATABASE_URL must not silently mean another database.
"""

import base64
import binascii
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

PREFIX: Final = "MUFAKAT_"
KEY_BYTES: Final = 32
MOST_CONNECTIONS: Final = 100
LANGUAGES: Final = ("en", "id")
LOG_LEVELS: Final = ("debug", "info", "warning", "error")
LOG_FORMATS: Final = ("text", "json")
PROVIDERS: Final = ("false", "marketplace", "stripe")
"""Payment providers: the false one, the marketplace's own finance service, Stripe."""
LEAST_SECRET: Final = 32
"""Characters of a secret that signs."""
LAST_PORT: Final = 65535
MOST_REQUESTS: Final = 1_000_000
FILE_SCHEMES: Final = ("s3", "gs", "az")
"""Object stores in which files can be kept, by the scheme of their URL."""

# Container platforms put such variables beside ours when a service is called mufakat.
_FOREIGN: Final = re.compile(r"MUFAKAT(_[A-Z0-9_]+)?_(SERVICE_(HOST|PORT)(_[A-Z0-9_]+)?|PORT(_[A-Z0-9_]+)?)")
_ADDRESS: Final = re.compile(
    r"((?P<name>[A-Za-z0-9][A-Za-z0-9._-]{0,252})|\[(?P<six>[0-9A-Fa-f:.]{2,45})\]):(?P<port>[0-9]{1,5})"
)
_HOST: Final = re.compile(r"([^:\[\]]*|\[[^\[\]]+\])(:[0-9]{1,5})?")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")


class SettingError(Exception):
    """A setting that cannot be used; the text is a sentence for people."""


@dataclass(frozen=True, slots=True)
class About:
    """How a setting is read and what the reference says about it."""

    read: Callable[[str], Any]
    says: str
    default: str


def _database_url(text: str) -> str:
    try:
        parts = urlsplit(text)
    except ValueError:  # half an IPv6 address
        parts = urlsplit("")
    hosts = parts.netloc.rpartition("@")[2].split(",")
    if parts.scheme not in ("postgresql", "postgres") or not all(map(_HOST.fullmatch, hosts)):
        raise SettingError("it must be a URL such as postgresql://user:password@host/database")
    return text


def _folder(text: str) -> Path:
    folder = Path(text).expanduser()
    if folder.exists() and not folder.is_dir():
        raise SettingError(f"{folder} is a file, and a folder is needed")
    return folder


def _files(text: str) -> str:
    """A folder, or the URL of an object store."""
    if "://" not in text:
        return str(_folder(text))
    parts = urlsplit(text)
    if parts.scheme not in FILE_SCHEMES or not parts.netloc:
        raise SettingError(f"it must be a folder or a URL such as s3://bucket/prefix ({', '.join(FILE_SCHEMES)})")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise SettingError("the URL has a bucket and a prefix only; keys come from the store's own variables")
    return text


def _key(text: str) -> bytes:
    """32 bytes written as 64 hexadecimal digits or as base64."""
    text = text.strip()
    try:
        made = bytes.fromhex(text) if len(text) == 2 * KEY_BYTES else base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        made = b""
    if len(made) != KEY_BYTES:
        raise SettingError(f"it must be {KEY_BYTES} bytes, as {2 * KEY_BYTES} hexadecimal digits or as base64")
    return made


def _key_file(text: str) -> bytes:
    try:
        return _key(Path(text).expanduser().read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"the file {text} cannot be read ({_why(error)})") from error
    except SettingError as error:
        raise SettingError(f"what is in {text} is no key: {error}") from error


def _secret(text: str) -> bytes:
    text = text.strip()
    if len(text) < LEAST_SECRET or not text.isascii() or not text.isprintable():
        raise SettingError(f"a secret has at least {LEAST_SECRET} characters, all of them plain ASCII")
    return text.encode()


def _secret_file(text: str) -> bytes:
    try:
        return _secret(Path(text).expanduser().read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"the file {text} cannot be read ({_why(error)})") from error
    except SettingError as error:
        raise SettingError(f"what is in {text} is no secret: {error}") from error


def _stripe_key(text: str) -> bytes:
    text = text.strip()
    if not re.fullmatch(r"[sr]k_(test|live)_[A-Za-z0-9_]{5,300}", text):
        raise SettingError("a key of Stripe begins with sk_test_, sk_live_, rk_test_ or rk_live_")
    return text.encode()


def _stripe_key_file(text: str) -> bytes:
    try:
        return _stripe_key(Path(text).expanduser().read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"the file {text} cannot be read ({_why(error)})") from error
    except SettingError as error:
        raise SettingError(f"what is in {text} is no key of Stripe: {error}") from error


def _stripe_secret(text: str) -> bytes:
    if not re.fullmatch(r"whsec_[A-Za-z0-9+/=_-]{10,300}", text):
        raise SettingError("the signing secret of an endpoint at Stripe begins with whsec_")
    return text.encode()


def _http_url(text: str) -> str:
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


def _switch(text: str) -> bool:
    if text not in ("yes", "no"):
        raise SettingError("it must be yes or no")
    return text == "yes"


def _one_of(*allowed: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in allowed:
            raise SettingError(f"it must be one of {', '.join(allowed)}")
        return text

    return read


def _marketplace(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise SettingError(
            "a name has letters, digits, dots, hyphens and underscores, at most 63, and begins with neither"
        )
    return text


def _number(least: int, most: int) -> Callable[[str], int]:
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


def _address(text: str) -> Address:
    found = _ADDRESS.fullmatch(text)
    if found is None or not 1 <= int(found["port"]) <= LAST_PORT:
        raise SettingError("it must be an address and a port such as 127.0.0.1:8080 or [::1]:8080")
    return Address(found["name"] or found["six"], int(found["port"]))


def _address_or_none(text: str) -> Address:
    return Address() if text == "none" else _address(text)


def _setting(default: Any, read: Callable[[str], Any], says: str, shown: str) -> Any:
    stripe = (_stripe_key, _stripe_key_file, _stripe_secret)
    secret = read in (_key, _key_file, _secret, _secret_file, _database_url, *stripe)  # a URL holds a password
    return field(default=default, metadata={"about": About(read, says, shown)}, repr=not secret)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that the environment decides."""

    database_url: str = _setting(
        "",
        _database_url,
        "The PostgreSQL database to work on, as a URL. Without it the program starts a server of its own, for trying, "
        "with its data in MUFAKAT_HOME.",
        "a server in MUFAKAT_HOME",
    )
    home: Path = _setting(  # noqa: RUF009 - a Path is as frozen as a text
        Path(".mufakat"),
        _folder,
        "The folder for what the program keeps on this machine: the trial server's data and a generated master key.",
        "`.mufakat`",
    )
    master_key: bytes = _setting(
        b"",
        _key,
        "The master key under which the keys of the cases are wrapped: 32 bytes, as 64 hexadecimal digits or as "
        "base64. Whoever loses it loses every sealed text, so keep a copy in a safe place. Needed with "
        "MUFAKAT_DATABASE_URL; for trying, a generated one is kept in `master.key` in MUFAKAT_HOME, mode 0600.",
        "generated for trying",
    )
    master_key_file: bytes = _setting(
        b"",
        _key_file,
        "A file with the master key, for secrets that are mounted as files. Give this or MUFAKAT_MASTER_KEY, not both.",
        "none",
    )
    files: str = _setting(
        "",
        _files,
        "Where files of supporting material are kept, encrypted: a folder, or an object store such as "
        "`s3://bucket/prefix`, `gs://bucket/prefix` or `az://container/prefix`, which takes its keys and addresses "
        "from its usual variables (`AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT` and the like). With several machines it must be "
        "a place that all of them share.",
        "`files` in MUFAKAT_HOME",
    )
    marketplace: str = _setting(
        "",
        _marketplace,
        "The marketplace that commands are about when `--marketplace` is not given.",
        "none",
    )
    language: str = _setting(
        "en",
        _one_of(*LANGUAGES),
        "The language in which cases and refusals are printed: `en` or `id`.",
        "`en`",
    )
    connections: int = _setting(
        10,
        _number(1, MOST_CONNECTIONS),
        f"Connections to the database of one process, 1 to {MOST_CONNECTIONS}.",
        "`10`",
    )
    listen: Address = _setting(  # noqa: RUF009 - an Address is frozen
        Address("127.0.0.1", 8080),
        _address,
        "Where `serve` listens: an address of this machine and a port. `0.0.0.0:8080` for all its addresses; put a "
        "proxy that speaks TLS before it.",
        "`127.0.0.1:8080`",
    )
    metrics: Address = _setting(  # noqa: RUF009 - same
        Address("127.0.0.1", 9464),
        _address_or_none,
        "Where `serve` shows its metrics to Prometheus, apart from the API; `none` for nowhere.",
        "`127.0.0.1:9464`",
    )
    requests_a_second: int = _setting(
        50,
        _number(1, MOST_REQUESTS),
        "How many requests a second one caller may send to one process in the long run; four seconds' worth at once.",
        "`50`",
    )
    provider: str = _setting(
        "false",
        _one_of(*PROVIDERS),
        "The payment provider of all marketplaces that are no sandboxes: `false`, the built-in one, whose money is "
        "made up; `marketplace`, your own finance service at MUFAKAT_PROVIDER_URL; or `stripe`. Sandboxes always have "
        "the built-in one.",
        "`false`",
    )
    provider_url: str = _setting(
        "",
        _http_url,
        "Where the finance service is, such as `https://finance.example/mufakat`. The protocol is in the guide "
        "[Payment providers](../guides/providers.md).",
        "none",
    )
    provider_secret: bytes = _setting(
        b"",
        _secret,
        "The secret under which requests to the finance service, its replies and its webhooks are signed: at least "
        f"{LEAST_SECRET} characters, the same on both sides.",
        "none",
    )
    provider_secret_file: bytes = _setting(
        b"",
        _secret_file,
        "A file with that secret, for secrets that are mounted as files. Give this or MUFAKAT_PROVIDER_SECRET, not "
        "both.",
        "none",
    )
    provider_private: bool = _setting(
        default=False,
        read=_switch,
        says="Whether the finance service may be inside a network of your own (or on this machine), and speak plain "
        "HTTP: `yes` or `no`.",
        shown="`no`",
    )
    stripe_key: bytes = _setting(
        b"",
        _stripe_key,
        "The secret or restricted key of your account at Stripe. It needs to read payments, refunds and transfers, and "
        "to write refunds and transfer reversals.",
        "none",
    )
    stripe_key_file: bytes = _setting(
        b"",
        _stripe_key_file,
        "A file with that key, for secrets that are mounted as files. Give this or MUFAKAT_STRIPE_KEY, not both.",
        "none",
    )
    stripe_connect: bool = _setting(
        default=True,
        read=_switch,
        says="Whether customers' payments are passed on to sellers by Stripe Connect (destination charges), so that a "
        "refund takes the money back from the seller: `yes` or `no`.",
        shown="`yes`",
    )
    stripe_webhook_secret: bytes = _setting(
        b"",
        _stripe_secret,
        "The signing secret of the endpoint that Stripe sends its webhooks to; without it none are taken.",
        "none",
    )
    stripe_url: str = _setting(
        "",
        _http_url,
        "Where Stripe's API is, for a double of it to try against; a live key is never sent there.",
        "Stripe itself",
    )
    log_level: str = _setting(
        "",
        _one_of(*LOG_LEVELS),
        f"What is logged to standard error: {', '.join(LOG_LEVELS)}. Of an error only `debug` shows the text, which "
        "may quote what people wrote.",
        "`warning`, for `serve` `info`",
    )
    log_format: str = _setting(
        "",
        _one_of(*LOG_FORMATS),
        "How it is logged: `text` for people, or `json`, an object a line, for machines.",
        "`text` on a terminal, else `json`",
    )


def variables() -> dict[str, About]:
    """Every variable, in order, with what the reference says about it."""
    return {PREFIX + each.name.upper(): each.metadata["about"] for each in fields(Settings)}


def read(environment: Mapping[str, str]) -> Settings:
    """The settings in an environment; an empty variable counts as not given.

    Raises SettingError for a value that is not allowed and for an unknown MUFAKAT_ variable.
    """
    known = variables()
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known and not _FOREIGN.fullmatch(name):
            raise SettingError(f"There is no setting {name}; there are {', '.join(known)}.")
    values: dict[str, Any] = {}
    for name, about in known.items():
        if text := environment.get(name, ""):
            try:
                values[name.removeprefix(PREFIX).lower()] = about.read(text)
            except SettingError as error:
                raise SettingError(f"{name} cannot be used: {error}.") from error
    if "master_key" in values and "master_key_file" in values:
        raise SettingError("MUFAKAT_MASTER_KEY and MUFAKAT_MASTER_KEY_FILE are both given; give one of them.")
    found = Settings(**values)
    _check_provider(found)
    return found


def _check_provider(found: Settings) -> None:
    """Raises SettingError where the finance service is not said whole, or would be spoken to in the clear."""
    if found.provider_secret and found.provider_secret_file:
        raise SettingError("MUFAKAT_PROVIDER_SECRET and MUFAKAT_PROVIDER_SECRET_FILE are both given; give one of them.")
    if found.stripe_key and found.stripe_key_file:
        raise SettingError("MUFAKAT_STRIPE_KEY and MUFAKAT_STRIPE_KEY_FILE are both given; give one of them.")
    if found.provider == "stripe" and not stripe_key(found):
        raise SettingError("MUFAKAT_PROVIDER=stripe needs MUFAKAT_STRIPE_KEY or MUFAKAT_STRIPE_KEY_FILE.")
    if found.stripe_url and b"_live_" in stripe_key(found):
        raise SettingError("MUFAKAT_STRIPE_URL is for a double of Stripe, and a live key is not sent to one.")
    if found.provider != "marketplace":
        return
    if not found.provider_url or not provider_secret(found):
        raise SettingError("MUFAKAT_PROVIDER=marketplace needs MUFAKAT_PROVIDER_URL and MUFAKAT_PROVIDER_SECRET.")
    if found.provider_url.startswith("http:") and not found.provider_private:
        raise SettingError(
            "MUFAKAT_PROVIDER_URL speaks plain HTTP; use https, or MUFAKAT_PROVIDER_PRIVATE=yes within your network."
        )


def provider_secret(found: Settings) -> bytes:
    """The secret that signs, shared with the finance service; empty where none is given."""
    return found.provider_secret or found.provider_secret_file


def stripe_key(found: Settings) -> bytes:
    """The key of the account at Stripe; empty where none is given."""
    return found.stripe_key or found.stripe_key_file


def files_place(settings: Settings) -> str:
    """Where files are kept: the folder or URL given, else the folder `files` in MUFAKAT_HOME."""
    return settings.files or str(settings.home / "files")


def master_key(settings: Settings) -> bytes:
    """The master key: the one given, else for the trial server the one in MUFAKAT_HOME, made when it is missing.

    Raises SettingError where no key is given for a database of one's own, and where the kept one cannot be used.
    """
    given = settings.master_key or settings.master_key_file
    if given:
        return given
    if settings.database_url:
        raise SettingError(
            "With MUFAKAT_DATABASE_URL a master key is needed: set MUFAKAT_MASTER_KEY or MUFAKAT_MASTER_KEY_FILE."
        )
    return _kept_key(settings.home)


def _kept_key(home: Path) -> bytes:
    path = home / "master.key"
    try:
        if not path.exists():
            home.mkdir(parents=True, exist_ok=True)
            _make_key(path)
        text, mode = path.read_text(), path.stat().st_mode
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"The master key in {path} cannot be kept or read ({_why(error)}).") from error
    if mode & 0o077:
        raise SettingError(f"Others can read the master key in {path}; allow only its owner: chmod 600 {path}.")
    try:
        return _key(text)
    except SettingError as error:
        raise SettingError(f"What is in {path} is no master key: {error}.") from error


def _make_key(path: Path) -> None:
    """Write a fresh key whole or not at all: of two processes at once the first one's stays."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def _why(error: OSError | UnicodeDecodeError) -> str:
    return error.strerror or type(error).__name__ if isinstance(error, OSError) else "it is not text"
