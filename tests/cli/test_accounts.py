"""`mufakat account ...`: the first lead is made, invited, listed and disabled; what is printed lets them in once."""

import asyncio
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from mufakat.api.app import application
from mufakat.cli.place import opened, settings
from mufakat.cli.serving import site_over
from mufakat.evidence.inspection.inspector import Inspector
from tests.cli.typing_in import fine, mufakat

INVITATION = re.compile(r"mi_[0-9a-f]{32}_[0-9a-f]{64}_toko\n")
PASSWORD = "sepuluh kerbau biru"


@pytest.fixture
def toko(place: Path) -> Path:
    """A place with one marketplace."""
    fine("marketplace", "put", "toko", "--rulebook", "id")
    return place


def invited(*words: str) -> str:
    """What is printed of an invitation."""
    said = fine("account", *words)
    assert INVITATION.fullmatch(said), said
    return said.strip()


def asked(method: str, path: str, token: str = "", **body: Any) -> httpx.Response:
    """What the application answers."""

    async def ask() -> httpx.Response:
        async with opened(settings()) as place:
            transport = httpx.ASGITransport(app=application(site_over(place, Inspector())))
            async with httpx.AsyncClient(transport=transport, base_url="http://mufakat.test") as http:
                headers = {"authorization": f"Bearer {token}"} if token else {}
                return await http.request(method, path, headers=headers, json=body or None)

    return asyncio.run(ask())


def signed_in(password: str = PASSWORD) -> httpx.Response:
    """Try to sign in as Lia."""
    return asked("POST", "/v1/sessions", marketplace="toko", login="lia@toko.example", password=password)


def test_the_first_lead_is_made_and_makes_others(toko: Path) -> None:
    invitation = invited("make", "Lia@Toko.example", "Lia", "--lead")
    assert re.search(r"lia@toko\.example +Lia +lead +invited", fine("account", "list"))
    assert asked("POST", "/v1/invitations/accept", invitation=invitation, password=PASSWORD).status_code == 200
    assert "good" in fine("account", "list")
    token = signed_in().json()["token"]
    made = asked("POST", "/v1/accounts", token, login="rina@toko.example", name="Rina")
    assert made.status_code == 201, made.text
    assert len(fine("account", "list").splitlines()) == 3


def test_skills_and_ties_are_given_with_the_account(toko: Path) -> None:
    skills = ("--language", "id", "--language", "en", "--category", "toys")
    invitation = invited("make", "lia@toko.example", "Lia", "--lead", *skills, "--tie", "toko-budi")
    assert asked("POST", "/v1/invitations/accept", invitation=invitation, password=PASSWORD).status_code == 200
    made = asked("GET", "/v1/accounts", signed_in().json()["token"]).json()["accounts"][0]
    assert (made["languages"], made["categories"], made["ties"]) == (["id", "en"], ["toys"], ["toko-budi"])


def test_a_lost_password_is_set_anew_by_another_invitation(toko: Path) -> None:
    first = invited("make", "lia@toko.example", "Lia", "--lead")
    second = invited("invite", "lia@toko.example")
    lost = asked("POST", "/v1/invitations/accept", invitation=first, password=PASSWORD)
    assert lost.json()["code"] == "INVITATION_NOT_GOOD"
    assert asked("POST", "/v1/invitations/accept", invitation=second, password=PASSWORD).status_code == 200
    assert signed_in().status_code == 201


def test_a_disabled_account_lets_nobody_in(toko: Path) -> None:
    invitation = invited("make", "lia@toko.example", "Lia", "--lead")
    asked("POST", "/v1/invitations/accept", invitation=invitation, password=PASSWORD)
    token = signed_in().json()["token"]
    assert fine("account", "disable", "lia@toko.example") == "lia@toko.example: disabled\n"
    assert asked("GET", "/v1/accounts", token).status_code == 401
    assert signed_in().status_code == 401
    assert "disabled" in fine("account", "list")
    assert "is disabled" in mufakat("account", "invite", "lia@toko.example").err


@pytest.mark.parametrize(
    "words,why",
    [
        (("make", "lia", "Lia"), "A login is an e-mail address"),
        (("make", "lia@toko.example", " "), "A name has characters"),
        (("invite", "nobody@toko.example"), "There is no account nobody@toko.example in toko"),
        (("disable", "nobody"), "There is no account nobody in toko"),
    ],
)
def test_what_cannot_be_done_is_told(toko: Path, words: tuple[str, ...], why: str) -> None:
    said = mufakat("account", *words)
    assert said.code == 2
    assert why in said.err


def test_one_login_has_one_account(toko: Path) -> None:
    invited("make", "lia@toko.example", "Lia")
    assert "already" in mufakat("account", "make", "LIA@toko.example", "Lia").err


def test_a_leads_token_may_what_a_lead_may(toko: Path) -> None:
    token = fine("key", "make", "lia", "--lead").strip()
    assert token.startswith("ma_")
    assert asked("GET", "/v1/accounts", token).status_code == 200
    assert asked("GET", "/v1/keys", token).status_code == 403
    assert "for an agent or for a lead" in mufakat("key", "make", "lia", "--lead", "--agent").err
