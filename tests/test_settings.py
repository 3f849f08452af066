"""Settings: read once, each documented, wrong ones refused in one sentence."""

import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from mufakat.settings import (
    Address,
    SettingError,
    Settings,
    files_place,
    master_key,
    oidc_secret,
    provider_secret,
    read,
    smtp_password,
    stripe_key,
    variables,
)

KEY = bytes(range(32))
NO_ADDRESS = (
    "8080",
    ":8080",
    "127.0.0.1",
    "127.0.0.1:",
    "127.0.0.1:0",
    "127.0.0.1:65536",
    "127.0.0.1:http",
    "::1:8080",
    "http://127.0.0.1:8080",
    "127.0.0.1:8080/",
    "127.0.0.1:8080 ",
    "two words:80",
)


def test_an_empty_environment_gives_the_defaults() -> None:
    assert read({}) == Settings()
    assert read({"MUFAKAT_LANGUAGE": "", "PATH": "/bin"}) == Settings()
    assert Settings().home == Path(".mufakat")


def test_each_setting_has_a_variable_and_a_description() -> None:
    assert list(variables()) == [f"MUFAKAT_{each.name.upper()}" for each in fields(Settings)]
    assert all(len(about.says) > 30 and about.says.endswith(".") for about in variables().values())


def test_settings_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().language = "id"  # type: ignore[misc]


def test_secrets_are_not_shown() -> None:
    shown = repr(read({"MUFAKAT_MASTER_KEY": KEY.hex(), "MUFAKAT_DATABASE_URL": "postgresql://u:hidden@h/d"}))
    assert "hidden" not in shown
    assert str(KEY) not in shown


def test_values_are_read() -> None:
    found = read(
        {
            "MUFAKAT_DATABASE_URL": "postgresql://u@h/d",
            "MUFAKAT_MASTER_KEY": base64.b64encode(KEY).decode(),
            "MUFAKAT_MARKETPLACE": "toko-1",
            "MUFAKAT_LANGUAGE": "id",
            "MUFAKAT_CONNECTIONS": "3",
            "MUFAKAT_LOG_LEVEL": "info",
            "MUFAKAT_LOG_FORMAT": "json",
            "MUFAKAT_LISTEN": "0.0.0.0:80",
            "MUFAKAT_METRICS": "none",
            "MUFAKAT_REQUESTS_A_SECOND": "1000000",
        }
    )
    assert (found.database_url, found.master_key) == ("postgresql://u@h/d", KEY)
    assert (found.marketplace, found.language, found.connections, found.log_level) == ("toko-1", "id", 3, "info")
    assert (found.log_format, found.requests_a_second) == ("json", 1_000_000)
    assert (str(found.listen), found.metrics.port) == ("0.0.0.0:80", 0)


@pytest.mark.parametrize(
    "text,host,port",
    [
        ("127.0.0.1:8080", "127.0.0.1", 8080),
        ("localhost:1", "localhost", 1),
        ("shop-1.example:65535", "shop-1.example", 65535),
        ("[::1]:8080", "::1", 8080),
        ("[::]:8080", "::", 8080),
    ],
)
def test_an_address_is_a_host_and_a_port(text: str, host: str, port: int) -> None:
    found = read({"MUFAKAT_LISTEN": text, "MUFAKAT_METRICS": text})
    assert (found.listen.host, found.listen.port) == (host, port)
    assert found.metrics == found.listen
    assert str(found.listen) == text


@pytest.mark.parametrize(
    "name,value,says",
    [
        ("DATABASE_URL", "mysql://h/d", "URL such as postgresql://"),
        ("DATABASE_URL", "just words", "URL such as postgresql://"),
        ("DATABASE_URL", "postgresql://u:hidden@h:port/d", "URL such as postgresql://"),
        ("DATABASE_URL", "postgresql://u:hidden@[::1/d", "URL such as postgresql://"),
        ("HOME", __file__, "is a file"),
        ("MASTER_KEY", "short", "32 bytes"),
        ("MASTER_KEY", "z" * 64, "32 bytes"),
        ("MASTER_KEY_FILE", "/no/such/file", "cannot be read"),
        ("MASTER_KEY_FILE", __file__, "is no key"),
        ("FILES", __file__, "is a file"),
        ("FILES", "ftp://host/files", "a folder or a URL such as s3://bucket/prefix"),
        ("FILES", "s3:///prefix", "a folder or a URL such as s3://bucket/prefix"),
        ("FILES", "s3://key:secret@bucket", "from the store's own variables"),
        ("FILES", "s3://bucket/?key=secret", "from the store's own variables"),
        ("MARKETPLACE", "two words", "letters, digits"),
        ("MARKETPLACE", "x" * 64, "letters, digits"),
        ("LANGUAGE", "fr", "one of en, id"),
        ("CONNECTIONS", "0", "from 1 to 100"),
        ("CONNECTIONS", "101", "from 1 to 100"),
        ("CONNECTIONS", "many", "from 1 to 100"),
        ("LOG_LEVEL", "loud", "one of debug"),
        ("LOG_FORMAT", "xml", "one of text, json"),
        ("LOG_FORMAT", "JSON", "one of text, json"),
        *[("LISTEN", value, "an address and a port such as 127.0.0.1:8080") for value in NO_ADDRESS],
        ("LISTEN", "none", "an address and a port such as 127.0.0.1:8080"),
        *[("METRICS", value, "an address and a port such as 127.0.0.1:8080") for value in NO_ADDRESS],
        ("PROVIDER", "paypal", "one of false, marketplace"),
        ("PROVIDER_URL", "finance.example", "a URL such as https://"),
        ("PROVIDER_URL", "https://finance.example:0/", "a URL such as https://"),
        ("PROVIDER_URL", "https://u:p@finance.example/", "a setting of its own"),
        ("PROVIDER_URL", "https://finance.example/?key=1", "a setting of its own"),
        ("PROVIDER_SECRET", "short", "at least 32 characters"),
        ("PROVIDER_SECRET", "é" * 40, "plain ASCII"),
        ("PROVIDER_SECRET_FILE", "/no/such/file", "cannot be read"),
        ("PROVIDER_SECRET_FILE", "/dev/null", "is no secret"),
        ("PROVIDER_PRIVATE", "true", "yes or no"),
        ("HOOKS_PRIVATE", "1", "yes or no"),
        ("SMTP", "smtp.example", "an address and a port"),
        ("SMTP_TLS", "ssl", "one of tls, starttls, none"),
        ("SMTP_PASSWORD_FILE", "/no/such/file", "cannot be read"),
        ("MAIL_FROM", "Toko", "an address such as Toko <help@toko.example>"),
        ("MAIL_FROM", "a@b.example\nBcc: c@d.example", "an address such as Toko <help@toko.example>"),
        ("SAMPLE_SHARE", "5%", "a share from 0 to 1"),
        ("SAMPLE_SHARE", "-0.1", "a share from 0 to 1"),
        ("SAMPLE_SHARE", "1.5", "a share from 0 to 1"),
        ("SAMPLE_SHARE", "nan", "a share from 0 to 1"),
        ("REQUESTS_A_SECOND", "0", "from 1 to 1000000"),
        ("REQUESTS_A_SECOND", "-1", "from 1 to 1000000"),
        ("REQUESTS_A_SECOND", "1000001", "from 1 to 1000000"),
        ("REQUESTS_A_SECOND", "2.5", "from 1 to 1000000"),
        ("REQUESTS_A_SECOND", "٣", "from 1 to 1000000"),
    ],
)
def test_a_wrong_value_is_refused_in_one_sentence(name: str, value: str, says: str) -> None:
    with pytest.raises(SettingError) as caught:
        read({f"MUFAKAT_{name}": value})
    text = str(caught.value)
    assert text.startswith(f"MUFAKAT_{name} cannot be used: ")
    assert says in text
    assert text.endswith(".")
    assert "\n" not in text
    assert "hidden" not in text
    assert value == __file__ or len(value) < 64 or value not in text, "a secret does not come back in an error"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql:///d?host=/run/postgresql",
        "postgres://u:p%40ss@h:5432/d?sslmode=verify-full",
        "postgresql://u@h1:5432,h2/d",
        "postgresql://u@[::1]:5432/d",
        "postgresql://u@%2Frun%2Fpostgresql/d",
    ],
)
def test_a_database_is_any_that_the_driver_can_reach(url: str) -> None:
    assert read({"MUFAKAT_DATABASE_URL": url}).database_url == url


def test_files_are_kept_at_home_unless_a_place_is_given(tmp_path: Path) -> None:
    assert files_place(Settings()) == ".mufakat/files"
    for place in (str(tmp_path), str(tmp_path / "new"), "s3://bucket/a/b", "gs://bucket", "az://container/x"):
        assert files_place(read({"MUFAKAT_FILES": place})) == place


def test_a_misspelt_setting_is_refused() -> None:
    with pytest.raises(SettingError, match="no setting MUFAKAT_DATABSE_URL; there are MUFAKAT_DATABASE_URL"):
        read({"MUFAKAT_DATABSE_URL": "postgresql://h/d"})


@pytest.mark.parametrize("name", ["SERVICE_HOST", "PORT", "PORT_8000_TCP_ADDR", "DB_SERVICE_PORT", "DB_PORT_5432_TCP"])
def test_what_container_platforms_add_is_left_alone(name: str) -> None:
    assert read({f"MUFAKAT_{name}": "tcp://10.0.0.1:8080"}) == Settings()


def test_a_key_may_come_from_a_file_but_not_twice(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(KEY.hex() + "\n")
    assert master_key(read({"MUFAKAT_MASTER_KEY_FILE": str(file)})) == KEY
    with pytest.raises(SettingError, match="both given"):
        read({"MUFAKAT_MASTER_KEY_FILE": str(file), "MUFAKAT_MASTER_KEY": KEY.hex()})


def test_a_database_of_ones_own_needs_a_key() -> None:
    with pytest.raises(SettingError, match="a master key is needed"):
        master_key(Settings(database_url="postgresql://h/d"))


def test_for_trying_a_key_is_made_once_and_kept_for_its_owner(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "new" / "home")
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: master_key(settings), range(16)))
    assert len(keys) == 1
    assert list(settings.home.iterdir()) == [settings.home / "master.key"]
    assert stat.S_IMODE((settings.home / "master.key").stat().st_mode) == 0o600


def test_a_kept_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    master_key(settings)
    (tmp_path / "master.key").chmod(0o644)
    with pytest.raises(SettingError, match="chmod 600"):
        master_key(settings)


def test_a_kept_key_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "master.key").touch(0o600)
    with pytest.raises(SettingError, match="is no master key"):
        master_key(Settings(home=tmp_path))


def test_a_home_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingError, match="cannot be kept"):
        master_key(Settings(home=tmp_path / "file" / "home"))


FINANCE = {
    "MUFAKAT_PROVIDER": "marketplace",
    "MUFAKAT_PROVIDER_URL": "https://finance.example/mufakat/",
    "MUFAKAT_PROVIDER_SECRET": "s" * 32,
}


def test_a_finance_service_is_said_whole(tmp_path: Path) -> None:
    found = read(FINANCE)
    assert (found.provider_url, provider_secret(found)) == ("https://finance.example/mufakat", b"s" * 32)
    assert "ssss" not in repr(found)
    file = tmp_path / "secret"
    file.write_text("t" * 40 + "\n")
    without = {name: value for name, value in FINANCE.items() if not name.endswith("SECRET")}
    assert provider_secret(read({**without, "MUFAKAT_PROVIDER_SECRET_FILE": str(file)})) == b"t" * 40
    for missing in ("MUFAKAT_PROVIDER_URL", "MUFAKAT_PROVIDER_SECRET"):
        with pytest.raises(SettingError, match="needs MUFAKAT_PROVIDER_URL and MUFAKAT_PROVIDER_SECRET"):
            read({name: value for name, value in FINANCE.items() if name != missing})
    with pytest.raises(SettingError, match="both given"):
        read({**FINANCE, "MUFAKAT_PROVIDER_SECRET_FILE": str(file)})


PROVIDER = {
    "MUFAKAT_OIDC_ISSUER": "https://accounts.example/",
    "MUFAKAT_OIDC_CLIENT_ID": "mufakat",
    "MUFAKAT_OIDC_CLIENT_SECRET": "so secret",
    "MUFAKAT_PUBLIC_URL": "https://disputes.example/",
}


def test_mail_is_said_whole(tmp_path: Path) -> None:
    given = {"MUFAKAT_SMTP": "smtp.example:587"}
    with pytest.raises(SettingError, match="needs MUFAKAT_MAIL_FROM and MUFAKAT_PUBLIC_URL"):
        read(given)
    given |= {"MUFAKAT_MAIL_FROM": "Toko <help@toko.example>", "MUFAKAT_PUBLIC_URL": "https://disputes.example"}
    assert read(given).smtp == Address("smtp.example", 587)
    with pytest.raises(SettingError, match="MUFAKAT_SMTP_USER needs MUFAKAT_SMTP_PASSWORD"):
        read(given | {"MUFAKAT_SMTP_USER": "toko"})
    kept = tmp_path / "password"
    kept.write_text("a-word-of-passage\n")
    found = read(given | {"MUFAKAT_SMTP_USER": "toko", "MUFAKAT_SMTP_PASSWORD_FILE": str(kept)})
    assert smtp_password(found) == "a-word-of-passage"
    assert "a-word-of-passage" not in repr(found)
    assert read({"MUFAKAT_SMTP": "none"}).smtp.port == 0


def test_an_identity_provider_is_said_whole_and_kept_letter_for_letter(tmp_path: Path) -> None:
    found = read(PROVIDER)
    assert (found.oidc_issuer, found.public_url) == ("https://accounts.example/", "https://disputes.example")
    assert oidc_secret(found) == "so secret"
    assert "so secret" not in repr(found)
    file = tmp_path / "secret"
    file.write_text("from a file\n")
    without = {name: value for name, value in PROVIDER.items() if not name.endswith("SECRET")}
    assert oidc_secret(read({**without, "MUFAKAT_OIDC_CLIENT_SECRET_FILE": str(file)})) == "from a file"
    for missing in PROVIDER.keys() - {"MUFAKAT_OIDC_ISSUER"}:
        with pytest.raises(SettingError, match="MUFAKAT_OIDC_ISSUER needs"):
            read({name: value for name, value in PROVIDER.items() if name != missing})
    with pytest.raises(SettingError, match="both given"):
        read({**PROVIDER, "MUFAKAT_OIDC_CLIENT_SECRET_FILE": str(file)})
    with pytest.raises(SettingError, match="cannot be read"):
        read({**without, "MUFAKAT_OIDC_CLIENT_SECRET_FILE": str(tmp_path / "none")})
    with pytest.raises(SettingError, match="plain ASCII"):
        read({**PROVIDER, "MUFAKAT_OIDC_CLIENT_SECRET": "rahasia é"})


def test_an_identity_provider_is_spoken_to_in_the_clear_on_this_machine_only() -> None:
    assert read({**PROVIDER, "MUFAKAT_OIDC_ISSUER": "http://127.0.0.1:9400"}).oidc_issuer == "http://127.0.0.1:9400"
    for wrong in ("http://accounts.example", "accounts.example", "https://a@b.example", "https://a.example?x=y"):
        with pytest.raises(SettingError, match="MUFAKAT_OIDC_ISSUER cannot be used"):
            read({**PROVIDER, "MUFAKAT_OIDC_ISSUER": wrong})


def test_a_finance_service_is_spoken_to_in_the_clear_only_within_ones_own_network() -> None:
    plain = {**FINANCE, "MUFAKAT_PROVIDER_URL": "http://finance.internal:8500/v1"}
    with pytest.raises(SettingError, match="plain HTTP"):
        read(plain)
    assert read({**plain, "MUFAKAT_PROVIDER_PRIVATE": "yes"}).provider_private


AT_STRIPE = {"MUFAKAT_PROVIDER": "stripe", "MUFAKAT_STRIPE_KEY": "sk_test_1234567890"}


def test_stripe_needs_a_key_which_is_never_shown_and_whose_live_kind_goes_to_no_double(tmp_path: Path) -> None:
    found = read(AT_STRIPE)
    assert (stripe_key(found), found.stripe_connect) == (b"sk_test_1234567890", True)
    assert "1234567890" not in repr(found)
    assert not read({**AT_STRIPE, "MUFAKAT_STRIPE_CONNECT": "no"}).stripe_connect
    file = tmp_path / "key"
    file.write_text("rk_live_1234567890\n")
    from_file = {"MUFAKAT_PROVIDER": "stripe", "MUFAKAT_STRIPE_KEY_FILE": str(file)}
    assert stripe_key(read(from_file)) == b"rk_live_1234567890"
    for wrong, why in (
        ({"MUFAKAT_PROVIDER": "stripe"}, "needs MUFAKAT_STRIPE_KEY"),
        ({**AT_STRIPE, **from_file}, "both given"),
        ({**AT_STRIPE, "MUFAKAT_STRIPE_KEY": "pk_test_1234567890"}, "begins with sk_test_"),
        ({**AT_STRIPE, "MUFAKAT_STRIPE_WEBHOOK_SECRET": "s" * 32}, "begins with whsec_"),
        ({**from_file, "MUFAKAT_STRIPE_URL": "http://localhost:8420"}, "a live key is not sent"),
        ({**from_file, "MUFAKAT_STRIPE_KEY_FILE": str(tmp_path)}, "cannot be read"),
        ({**from_file, "MUFAKAT_STRIPE_KEY_FILE": __file__}, "is no key of Stripe"),
    ):
        with pytest.raises(SettingError, match=why):
            read(wrong)
