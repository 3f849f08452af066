"""Settings: one frozen value, read once from the environment when the program starts; docs/reference lists them.

A variable that is wrong, or that begins with MUFAKAT_ and is none of these, is refused in one sentence: a misspelt
MUFAKAT_DATABASE_URL must not silently mean another database. How each is written: `setting_forms.py`.
"""

import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from mufakat import setting_forms as forms
from mufakat.setting_forms import KEY_BYTES, LEAST_SECRET, Address, SettingError

__all__ = ["Address", "SettingError", "Settings", "files_place", "master_key", "oidc_secret", "provider_secret", "read"]

PREFIX: Final = "MUFAKAT_"
MOST_CONNECTIONS: Final = 100
LANGUAGES: Final = ("en", "id")
LOG_LEVELS: Final = ("debug", "info", "warning", "error")
LOG_FORMATS: Final = ("text", "json")
MAIL_TLS: Final = ("tls", "starttls", "none")
PROVIDERS: Final = ("false", "marketplace", "stripe")
"""Payment providers: the false one, the marketplace's own finance service, Stripe."""
MOST_REQUESTS: Final = 1_000_000
MOST_PROOF_MINUTES: Final = 12 * 60

# Container platforms put such variables beside ours when a service is called mufakat.
_FOREIGN: Final = re.compile(r"MUFAKAT(_[A-Z0-9_]+)?_(SERVICE_(HOST|PORT)(_[A-Z0-9_]+)?|PORT(_[A-Z0-9_]+)?)")


@dataclass(frozen=True, slots=True)
class About:
    """How a setting is read and what the reference says about it."""

    read: Callable[[str], Any]
    says: str
    default: str


def _setting(default: Any, read: Callable[[str], Any], says: str, shown: str) -> Any:
    return field(default=default, metadata={"about": About(read, says, shown)}, repr=read not in forms.HIDDEN)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that the environment decides."""

    database_url: str = _setting(
        "",
        forms.database_url,
        "The PostgreSQL database to work on, as a URL. Without it the program starts a server of its own, for trying, "
        "with its data in MUFAKAT_HOME.",
        "a server in MUFAKAT_HOME",
    )
    home: Path = _setting(  # noqa: RUF009 - a Path is as frozen as a text
        Path(".mufakat"),
        forms.folder,
        "The folder for what the program keeps on this machine: the trial server's data and a generated master key.",
        "`.mufakat`",
    )
    master_key: bytes = _setting(
        b"",
        forms.key,
        "The master key under which the keys of the cases are wrapped: 32 bytes, as 64 hexadecimal digits or as "
        "base64. Whoever loses it loses every sealed text, so keep a copy in a safe place. Needed with "
        "MUFAKAT_DATABASE_URL; for trying, a generated one is kept in `master.key` in MUFAKAT_HOME, mode 0600.",
        "generated for trying",
    )
    master_key_file: bytes = _setting(
        b"",
        forms.key_file,
        "A file with the master key, for secrets that are mounted as files. Give this or MUFAKAT_MASTER_KEY, not both.",
        "none",
    )
    files: str = _setting(
        "",
        forms.files,
        "Where files of supporting material are kept, encrypted: a folder, or an object store such as "
        "`s3://bucket/prefix`, `gs://bucket/prefix` or `az://container/prefix`, which takes its keys and addresses "
        "from its usual variables (`AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT` and the like). With several machines it must be "
        "a place that all of them share.",
        "`files` in MUFAKAT_HOME",
    )
    marketplace: str = _setting(
        "",
        forms.marketplace,
        "The marketplace that commands are about when `--marketplace` is not given.",
        "none",
    )
    language: str = _setting(
        "en",
        forms.one_of(*LANGUAGES),
        "The language in which cases and refusals are printed: `en` or `id`.",
        "`en`",
    )
    connections: int = _setting(
        10,
        forms.number(1, MOST_CONNECTIONS),
        f"Connections to the database of one process, 1 to {MOST_CONNECTIONS}.",
        "`10`",
    )
    listen: Address = _setting(  # noqa: RUF009 - an Address is frozen
        Address("127.0.0.1", 8080),
        forms.address,
        "Where `serve` listens: an address of this machine and a port. `0.0.0.0:8080` for all its addresses; put a "
        "proxy that speaks TLS before it.",
        "`127.0.0.1:8080`",
    )
    metrics: Address = _setting(  # noqa: RUF009 - same
        Address("127.0.0.1", 9464),
        forms.address_or_none,
        "Where `serve` shows its metrics to Prometheus, apart from the API; `none` for nowhere.",
        "`127.0.0.1:9464`",
    )
    requests_a_second: int = _setting(
        50,
        forms.number(1, MOST_REQUESTS),
        "How many requests a second one caller may send to one process in the long run; four seconds' worth at once.",
        "`50`",
    )
    sample_share: float = _setting(
        0.0,
        forms.share,
        "Which share of first judgements by people another agent judges once more, without knowing the first, from 0 "
        "to 1; 0 for none.",
        "`0`",
    )
    proof_minutes: int = _setting(
        10,
        forms.number(1, MOST_PROOF_MINUTES),
        "How many minutes it counts that an agent or a lead proved who they are, by signing in or anew: then they may "
        f"judge, confirm and manage accounts. 1 to {MOST_PROOF_MINUTES}.",
        "`10`",
    )
    provider: str = _setting(
        "false",
        forms.one_of(*PROVIDERS),
        "The payment provider of all marketplaces that are no sandboxes: `false`, the built-in one, whose money is "
        "made up; `marketplace`, your own finance service at MUFAKAT_PROVIDER_URL; or `stripe`. Sandboxes always have "
        "the built-in one.",
        "`false`",
    )
    provider_url: str = _setting(
        "",
        forms.http_url,
        "Where the finance service is, such as `https://finance.example/mufakat`. The protocol is in the guide "
        "[Payment providers](../guides/providers.md).",
        "none",
    )
    provider_secret: bytes = _setting(
        b"",
        forms.secret,
        "The secret under which requests to the finance service, its replies and its webhooks are signed: at least "
        f"{LEAST_SECRET} characters, the same on both sides.",
        "none",
    )
    provider_secret_file: bytes = _setting(
        b"",
        forms.secret_file,
        "A file with that secret, for secrets that are mounted as files. Give this or MUFAKAT_PROVIDER_SECRET, not "
        "both.",
        "none",
    )
    provider_private: bool = _setting(
        default=False,
        read=forms.switch,
        says="Whether the finance service may be inside a network of your own (or on this machine), and speak plain "
        "HTTP: `yes` or `no`.",
        shown="`no`",
    )
    stripe_key: bytes = _setting(
        b"",
        forms.stripe_key,
        "The secret or restricted key of your account at Stripe. It needs to read payments, refunds and transfers, and "
        "to write refunds and transfer reversals.",
        "none",
    )
    stripe_key_file: bytes = _setting(
        b"",
        forms.stripe_key_file,
        "A file with that key, for secrets that are mounted as files. Give this or MUFAKAT_STRIPE_KEY, not both.",
        "none",
    )
    stripe_connect: bool = _setting(
        default=True,
        read=forms.switch,
        says="Whether customers' payments are passed on to sellers by Stripe Connect (destination charges), so that a "
        "refund takes the money back from the seller: `yes` or `no`.",
        shown="`yes`",
    )
    stripe_webhook_secret: bytes = _setting(
        b"",
        forms.stripe_secret,
        "The signing secret of the endpoint that Stripe sends its webhooks to; without it none are taken.",
        "none",
    )
    carriers: Path | None = _setting(  # noqa: RUF009 - same
        None,
        forms.file,
        "A file that names the carriers whose webhooks are taken, with their secrets and the shapes of what they send; "
        "see the guide [Carriers](../guides/carriers.md).",
        "none",
    )
    stripe_url: str = _setting(
        "",
        forms.http_url,
        "Where Stripe's API is, for a double of it to try against; a live key is never sent there.",
        "Stripe itself",
    )
    hooks_private: bool = _setting(
        default=False,
        read=forms.switch,
        says="Whether webhooks may go to addresses inside a network of your own (or on this machine), and over plain "
        "HTTP, for trying: `yes` or `no`.",
        shown="`no`",
    )
    public_url: str = _setting(
        "",
        forms.http_url,
        "Where people and programs reach the API from outside, such as `https://disputes.example`. Needed with "
        "MUFAKAT_OIDC_ISSUER, which sends people back there.",
        "none",
    )
    smtp: Address = _setting(  # noqa: RUF009 - same
        Address(),
        forms.address_or_none,
        "The mail server by which customers and sellers are told what stands in their inbox, such as "
        "`smtp.example:587`; needs MUFAKAT_MAIL_FROM and MUFAKAT_PUBLIC_URL. `none`: they are told on the pages alone.",
        "`none`",
    )
    smtp_tls: str = _setting(
        "starttls",
        forms.one_of(*MAIL_TLS),
        "How the connection to it is protected: `tls` from the first byte, `starttls`, or `none`, for a server on this "
        "machine.",
        "`starttls`",
    )
    smtp_user: str = _setting("", forms.given, "As whom to sign in there; empty where it asks for nobody.", "none")
    smtp_password: str = _setting("", forms.given, "The password with which to sign in there.", "none")
    smtp_password_file: str = _setting(
        "", forms.given_file, "A file with that password. Give this or MUFAKAT_SMTP_PASSWORD, not both.", "none"
    )
    mail_from: str = _setting(
        "",
        forms.mailbox,
        "Whom letters come from: an address, perhaps with a name before it, such as "
        "`Toko after-sales <help@toko.example>`.",
        "none",
    )
    oidc_issuer: str = _setting(
        "",
        forms.issuer,
        "The identity provider (OpenID Connect) by which agents and leads may sign in, such as "
        "`https://accounts.example`: its issuer, letter for letter. Who may come in is still said by accounts here.",
        "none: local accounts only",
    )
    oidc_client_id: str = _setting("", forms.given, "As whom the identity provider knows this server.", "none")
    oidc_client_secret: str = _setting("", forms.given, "The secret that the provider gave this server.", "none")
    oidc_client_secret_file: str = _setting(
        "", forms.given_file, "A file with that secret. Give this or MUFAKAT_OIDC_CLIENT_SECRET, not both.", "none"
    )
    log_level: str = _setting(
        "",
        forms.one_of(*LOG_LEVELS),
        f"What is logged to standard error: {', '.join(LOG_LEVELS)}. Of an error only `debug` shows the text, which "
        "may quote what people wrote.",
        "`warning`, for `serve` `info`",
    )
    log_format: str = _setting(
        "",
        forms.one_of(*LOG_FORMATS),
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
    for name, value in values.items():
        if value and values.get(f"{name}_file"):
            twice = PREFIX + name.upper()
            raise SettingError(f"{twice} and {twice}_FILE are both given; give one of them.")
    found = Settings(**values)
    _check_provider(found)
    _check_oidc(found)
    _check_mail(found)
    return found


def _check_provider(found: Settings) -> None:
    """Raises SettingError where the finance service is not said whole, or would be spoken to in the clear."""
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


def _check_oidc(found: Settings) -> None:
    """Raises SettingError where the identity provider is not said whole."""
    if found.oidc_issuer and not (found.oidc_client_id and oidc_secret(found) and found.public_url):
        raise SettingError(
            "MUFAKAT_OIDC_ISSUER needs MUFAKAT_OIDC_CLIENT_ID, MUFAKAT_OIDC_CLIENT_SECRET and MUFAKAT_PUBLIC_URL."
        )


def _check_mail(found: Settings) -> None:
    """Raises SettingError where mail is not said whole."""
    if found.smtp.port and not (found.mail_from and found.public_url):
        raise SettingError("MUFAKAT_SMTP needs MUFAKAT_MAIL_FROM and MUFAKAT_PUBLIC_URL.")
    if found.smtp_user and not smtp_password(found):
        raise SettingError("MUFAKAT_SMTP_USER needs MUFAKAT_SMTP_PASSWORD or MUFAKAT_SMTP_PASSWORD_FILE.")


def smtp_password(found: Settings) -> str:
    """The password for the mail server; empty where none is given."""
    return found.smtp_password or found.smtp_password_file


def oidc_secret(found: Settings) -> str:
    """The secret by which the identity provider knows this server; empty where none is given."""
    return found.oidc_client_secret or found.oidc_client_secret_file


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
        raise SettingError(f"The master key in {path} cannot be kept or read ({forms.why(error)}).") from error
    if mode & 0o077:
        raise SettingError(f"Others can read the master key in {path}; allow only its owner: chmod 600 {path}.")
    try:
        return forms.key(text)
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
