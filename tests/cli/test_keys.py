"""`mufakat key ...`: keys are made, listed, rotated and revoked, work over HTTP, and are shown once."""

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from mufakat.api.app import application
from mufakat.api.rights import SCOPES
from mufakat.cli.place import opened, settings
from mufakat.cli.serving import site_over
from mufakat.evidence.inspection.inspector import Inspector
from mufakat.store.postgres import PostgresStore
from mufakat.store.records import Credential, CredentialKind
from tests.cli.typing_in import fine, mufakat

KEY = re.compile(r"(mk|ma)_([0-9a-f]{32})_([0-9a-f]{64})_toko\n")


@pytest.fixture
def toko(place: Path) -> Path:
    """A place with one marketplace."""
    fine("marketplace", "put", "toko", "--rulebook", "id")
    return place


def made(*words: str) -> tuple[str, str, str]:
    """A new key: the whole, its id, its secret."""
    said = fine("key", *words)
    found = KEY.fullmatch(said)
    assert found, said
    return said.strip(), found[2], found[3]


def status(key: str, path: str = "/v1/cases", method: str = "GET", **body: object) -> int:
    """What the application answers to whoever comes with a key."""

    async def ask(http: httpx.AsyncClient) -> int:
        headers = {"authorization": f"Bearer {key}", "idempotency-key": "once"}
        return (await http.request(method, path, headers=headers, json=body or None)).status_code

    return asyncio.run(_asked(ask))


async def _asked(ask: Callable[[httpx.AsyncClient], Awaitable[int]]) -> int:
    async with opened(settings()) as place:
        transport = httpx.ASGITransport(app=application(site_over(place, Inspector())))
        async with httpx.AsyncClient(transport=transport, base_url="http://mufakat.test") as http:
            return await ask(http)


def kept(work: Callable[[PostgresStore], Awaitable[object]]) -> object:
    """What a piece of work with the store gives."""

    async def inside() -> object:
        async with opened(settings()) as place:
            return await work(place.store)

    return asyncio.run(inside())


def test_a_servers_key_opens_the_door_until_it_is_revoked(toko: Path) -> None:
    key, id_, _ = made("make", "our shop")
    assert status(key) == 200
    assert status(key, "/v1/keys") == 200
    assert status(f"{key[:-6]}0_toko") == 401
    assert fine("key", "revoke", id_) == f"{id_}: revoked\n"
    assert status(key) == 401
    assert fine("key", "revoke", id_) == f"{id_}: revoked\n", "a second time does no harm"


def test_a_key_that_was_found_somewhere_can_be_revoked_whole(toko: Path) -> None:
    key, id_, _ = made("make", "our shop")
    fine("marketplace", "put", "pasar", "--rulebook", "id")
    wrong = mufakat("key", "revoke", key, "--marketplace", "pasar")
    assert (wrong.code, wrong.err) == (2, "mufakat: This key is one of toko, not of pasar.\n")
    assert fine("key", "revoke", key) == f"{id_}: revoked\n", "it says itself whose it is"
    assert status(key) == 401


def test_a_key_does_what_its_scopes_say(toko: Path) -> None:
    key, _, _ = made("make", "reads only", "--scopes", "cases:read, orders:read")
    assert status(key) == 200
    assert status(key, "/v1/keys") == 403
    assert "cases:read orders:read" in fine("key", "list")


def test_an_agents_token_acts_under_its_name(toko: Path) -> None:
    token, id_, _ = made("make", "rina", "--agent")
    assert token.startswith("ma_")
    assert status(token) == 200
    assert status(token, "/v1/keys") == 403
    listed = next(line for line in fine("key", "list").splitlines() if id_ in line)
    assert listed.split() == [id_, "agent", "rina", "good"]


def test_a_key_ends_after_its_days(toko: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, id_, _ = made("make", "for a month", "--days", "30")
    until = datetime.now(UTC) + timedelta(days=30)
    assert f"good until {until:%Y-%m-%d}" in _line(id_)
    assert status(key) == 200
    later = datetime.now(UTC) + timedelta(days=31)
    monkeypatch.setattr("mufakat.cli.place.SystemClock.now", lambda _: later)
    assert status(key) == 401
    assert "expired" in _line(id_)
    assert "no good key" in mufakat("key", "rotate", id_).err


def test_a_rotated_key_lives_on_for_some_hours(toko: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, old_id, _ = made("make", "our shop", "--scopes", "cases:read")
    new, new_id, _ = made("rotate", old_id, "--hours", "2")
    assert old_id != new_id
    assert (status(old), status(new), status(new, "/v1/keys")) == (200, 200, 403)
    assert "our shop" in _line(new_id)
    later = datetime.now(UTC) + timedelta(hours=3)
    monkeypatch.setattr("mufakat.cli.place.SystemClock.now", lambda _: later)
    assert (status(old), status(new)) == (401, 200)


def test_a_key_can_be_rotated_at_once_and_its_successor_have_an_end(toko: Path) -> None:
    old, _, _ = made("make", "rina", "--agent")
    new, new_id, _ = made("rotate", old, "--hours", "0", "--days", "7")
    assert (status(old), status(new)) == (401, 200)
    assert new.startswith("ma_")
    assert "rina" in _line(new_id)
    assert "good until" in _line(new_id)


def test_rotating_prolongs_nothing(toko: Path) -> None:
    _, old_id, _ = made("make", "our shop", "--days", "1")
    end = _line(old_id)
    made("rotate", old_id, "--hours", "720")
    assert _line(old_id) == end


def test_signing_keys_are_listed_and_revoked_but_not_rotated(toko: Path) -> None:
    signing = Credential(
        "toko",
        "s" * 32,
        CredentialKind.SIGNING,
        "the apps",
        b"-----BEGIN PUBLIC KEY-----",
        frozenset(),
        datetime.now(UTC),
    )
    assert kept(lambda store: store.put_credential(signing))
    assert _line(signing.id).split() == [signing.id, "signing", "the", "apps", "good"]
    assert "BEGIN" not in fine("key", "list")
    assert "register another, then revoke this one" in mufakat("key", "rotate", signing.id).err
    assert fine("key", "revoke", signing.id) == f"{signing.id}: revoked\n"
    assert "revoked" in _line(signing.id)


def test_what_is_secret_is_shown_once_and_kept_as_a_hash(toko: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUFAKAT_LOG_LEVEL", "debug")
    monkeypatch.setenv("MUFAKAT_LOG_FORMAT", "json")
    said = [mufakat("key", "make", "our shop"), mufakat("key", "make", "rina", "--agent")]
    found = [KEY.fullmatch(each.out) for each in said]
    assert found[0]
    assert found[1]
    secrets = [each[3] for each in found if each]
    ids = [each[2] for each in found if each]
    more = [mufakat("key", "list"), *(mufakat("key", "revoke", each) for each in ids), mufakat("key", "list")]
    shown = "".join(each.err for each in said) + "".join(each.out + each.err for each in more)
    assert all(each in shown for each in ids)
    assert not any(each in shown for each in secrets)

    async def rows(store: PostgresStore) -> list[Credential]:
        return await store.credentials("toko")

    there = kept(rows)
    assert isinstance(there, list)
    assert {each.secret for each in there} == {hashlib.sha256(each.encode()).digest() for each in secrets}


@pytest.mark.parametrize(
    "words,says",
    [
        (["make", ""], "A name has 1 to 200 characters."),
        (["make", "x" * 201], "A name has 1 to 200 characters."),
        (["make", "two\nlines"], "no control characters"),
        (["make", "half\udc80"], "no control characters"),
        (["make", " rina"], "no space at its ends"),
        (["make", "shop", "--scopes", "cases:read,cases:raed"], "There is no scope cases:raed; there are "),
        (["make", "shop", "--scopes", " , "], "--scopes names no scope"),
        (["make", "rina", "--agent", "--scopes", "cases:read"], "An agent's token takes no scopes"),
        (["make", "shop", "--days", "0"], "--days is from 1 to 3650."),
        (["make", "shop", "--days", "3651"], "--days is from 1 to 3650."),
        (["make", "shop", "--marketplace", "pasar"], "There is no marketplace pasar"),
        (["rotate", "0" * 32], f"There is no good key {'0' * 32} in toko."),
        (["rotate", "0" * 32, "--hours", "721"], "--hours is from 0 to 720."),
        (["rotate", "0" * 32, "--hours", "-1"], "--hours is from 0 to 720."),
        (["revoke", "0" * 32], f"There is no key {'0' * 32} in toko."),
        (["revoke", f"mk_{'0' * 32}_{'f' * 64}_toko"], f"There is no key {'0' * 32} in toko."),
        (["revoke", f"mk_{'0' * 32}_{'f' * 64}_pasar"], "There is no marketplace pasar"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_without_a_secret(toko: Path, words: list[str], says: str) -> None:
    said = mufakat("key", *words)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1), said
    assert says in said.err
    assert "f" * 64 not in said.err
    assert len(fine("key", "list")) < 100, "nothing was made"


def test_a_revoked_key_is_not_rotated(toko: Path) -> None:
    _, id_, _ = made("make", "our shop")
    fine("key", "revoke", id_)
    assert f"There is no good key {id_} in toko." in mufakat("key", "rotate", id_).err


def test_each_marketplace_has_keys_of_its_own(toko: Path) -> None:
    _, id_, _ = made("make", "our shop")
    fine("marketplace", "put", "pasar", "--rulebook", "id")
    assert id_ not in fine("key", "list", "--marketplace", "pasar")
    assert "There is no key" in mufakat("key", "revoke", id_, "--marketplace", "pasar").err
    assert all(each in fine("key", "list", "--marketplace", "toko") for each in sorted(SCOPES))


def _line(id_: str) -> str:
    """The line of a key in the list, with what follows of it."""
    lines = fine("key", "list").splitlines()
    return next(line for line in lines if id_ in line)
