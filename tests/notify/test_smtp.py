"""Sending by SMTP, against a real mail server in a process of its own."""

import socket
import ssl
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from mufakat.notify.mail import written
from mufakat.notify.smtp import NotNow, Post, Refused, Server, Tls
from tests.notify.conftest import Opened, PostOffice
from tests.notify.test_mail import LETTER


class Authority:
    """A certificate for this machine, and who trusts it."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        made = authority.issue_cert("localhost", "127.0.0.1")
        self.cert, self.key = folder / "cert.pem", folder / "key.pem"
        made.cert_chain_pems[0].write_to_path(self.cert)
        made.private_key_pem.write_to_path(self.key)
        self.trusting = ssl.create_default_context()
        authority.configure_trust(self.trusting)

    @property
    def words(self) -> tuple[str, ...]:
        """What a post office is started with."""
        return ("--cert", str(self.cert), "--key", str(self.key))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """One for all tests here."""
    return Authority(tmp_path_factory.mktemp("certificates"))


def server(office: PostOffice, tls: Tls = Tls.NONE, user: str = "", password: str = "") -> Server:
    """How it is reached."""
    return Server("127.0.0.1", office.port, tls, user, password, timeout=5)


async def test_a_letter_arrives(post_office: Opened) -> None:
    office = post_office()
    await Post(server(office)).send(written(LETTER))
    (kept,) = office.kept()
    assert kept["Message-ID"] == LETTER.message_id
    assert (office.folder / "0000.to").read_text() == LETTER.to
    text = kept.get_body(("plain",))
    assert text is not None
    assert LETTER.paragraphs[0] in text.get_content()


async def test_by_starttls_and_by_tls_with_a_login(post_office: Opened, authority: Authority) -> None:
    offices = {
        Tls.STARTTLS: post_office(*authority.words, "--login", "budi:rahasia"),
        Tls.TLS: post_office(*authority.words, "--tls", "--login", "budi:rahasia"),
    }
    for tls, office in offices.items():
        await Post(server(office, tls, "budi", "rahasia"), authority.trusting).send(written(LETTER))
        assert len(office.kept()) == 1
        with pytest.raises(NotNow, match="does not let us in"):
            await Post(server(office, tls, "budi", "wrong"), authority.trusting).send(written(LETTER))


async def test_a_certificate_that_nobody_trusts_gets_no_mail(post_office: Opened, authority: Authority) -> None:
    for tls, words in ((Tls.STARTTLS, ()), (Tls.TLS, ("--tls",))):
        office = post_office(*authority.words, *words)
        with pytest.raises(NotNow):
            await Post(server(office, tls)).send(written(LETTER))
        assert office.kept() == []


async def test_a_server_without_tls_gets_no_mail_that_asks_for_it(post_office: Opened) -> None:
    office = post_office()
    with pytest.raises(NotNow):
        await Post(server(office, Tls.STARTTLS)).send(written(LETTER))
    assert office.kept() == []


@pytest.mark.parametrize("name, code", [("nobody", 550), ("full", 552)])
async def test_what_is_refused_for_good_is_told_without_the_address(post_office: Opened, name: str, code: int) -> None:
    office = post_office()
    with pytest.raises(Refused) as told:
        await Post(server(office)).send(written(replace(LETTER, to=f"{name}@mail.example")))
    assert told.value.code == code
    assert "mail.example" not in str(told.value)


async def test_what_may_go_later_is_told_so(post_office: Opened) -> None:
    office = post_office()
    with pytest.raises(NotNow) as told:
        await Post(server(office)).send(written(replace(LETTER, to="later@mail.example")))
    assert "451" in str(told.value)
    assert "mail.example" not in str(told.value)


async def test_a_server_that_dies_after_taking_it_leaves_it_in_doubt(post_office: Opened) -> None:
    office = post_office()
    letter = written(replace(LETTER, to="dies@mail.example"))
    with pytest.raises(NotNow):
        await Post(server(office)).send(letter)
    assert [each["Message-ID"] for each in office.kept()] == [LETTER.message_id]


async def test_a_server_that_says_nothing_is_not_waited_for(post_office: Opened) -> None:
    office = post_office()
    quick = replace(server(office), timeout=0.5)
    with pytest.raises(NotNow):
        await Post(quick).send(written(replace(LETTER, to="hangs@mail.example")))


async def test_where_no_server_is_it_goes_later() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(NotNow, match="could not be spoken to"):
            await Post(Server("127.0.0.1", taken.getsockname()[1], Tls.NONE, timeout=2)).send(written(LETTER))


def test_a_password_is_not_shown() -> None:
    assert "rahasia" not in repr(Server("post.example", 587, user="budi", password="rahasia"))
