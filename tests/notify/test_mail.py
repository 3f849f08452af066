"""Letters as mail: one description, text and HTML of the same words, headers that nobody can break out of."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mufakat.notify.mail import Letter, NoAddressError, address, message_id, written

LETTER = Letter(
    to="ani@mail.example",
    sender="Toko Budi <halo@toko.example>",
    subject="Jawaban ditunggu: pesanan TS-48213",
    greeting="Halo,",
    paragraphs=("Silakan jawab tawaran penjual: terima atau tolak.", "Sampai 26 November 2026 pukul 14.30 WIB."),
    link="https://disputes.example/go/abc?x=1&y=2",
    link_text="Buka perkara",
    footer=("Pesan ini dikirim karena ada perkara tentang pesanan Anda.",),
    language="id",
    message_id="<0a0b@toko.example>",
    at=datetime(2026, 11, 24, 7, 30, tzinfo=UTC),
)


class Words(HTMLParser):
    """The words of a page, its links, and whatever it would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.fetches: list[str] = []
        self._within: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where it leads, and what it would fetch."""
        self._within.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href" and tag == "a"]
        self.fetches += [tag for name, _ in attrs if name in ("src", "background") or (tag, name) == ("link", "href")]

    def handle_endtag(self, tag: str) -> None:
        """Leave it."""
        while self._within and self._within.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Note the words of the body."""
        if "body" in self._within and data.strip():
            self.words.append(" ".join(data.split()))


def received(mail: EmailMessage) -> EmailMessage:
    """What arrives of a mail."""
    found = message_from_bytes(mail.as_bytes(), policy=default)
    assert isinstance(found, EmailMessage)
    return found


def bodies(mail: EmailMessage) -> tuple[str, Words]:
    """The text, and the words of the HTML."""
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert page is not None
    words = Words()
    words.feed(page.get_content())
    return plain.get_content(), words


def test_text_and_html_say_the_same() -> None:
    text, page = bodies(received(written(LETTER)))
    said = [LETTER.greeting, *LETTER.paragraphs, LETTER.link_text, *LETTER.footer]
    assert page.words == said
    assert page.links == [LETTER.link]
    for each in said:
        assert each in text
    assert LETTER.link in text


def test_nothing_is_fetched_from_anywhere() -> None:
    mail = received(written(LETTER))
    _, page = bodies(mail)
    html = mail.get_body(("html",))
    assert html is not None
    assert page.fetches == []
    assert not re.search(r"url\(|@import|<script|<img|<link", html.get_content(), re.IGNORECASE)


def test_headers_say_that_a_program_wrote_it() -> None:
    mail = received(written(LETTER))
    assert mail["From"] == "Toko Budi <halo@toko.example>"
    assert mail["To"] == "ani@mail.example"
    assert mail["Message-ID"] == "<0a0b@toko.example>"
    assert mail["Date"].datetime == LETTER.at
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "id"
    assert mail["List-Unsubscribe"] is None
    digest = written(replace(LETTER, unsubscribe="https://disputes.example/preferences"))
    assert received(digest)["List-Unsubscribe"] == "<https://disputes.example/preferences>"


def test_the_same_letter_is_the_same_mail() -> None:
    first, second = (re.sub(rb"={15}\d+==", b"", written(LETTER).as_bytes()) for _ in range(2))
    assert first == second


@given(st.text(max_size=300), st.text(max_size=50))
def test_no_text_breaks_out_of_a_header_or_the_page(text: str, name: str) -> None:
    """A product's or a shop's name may be anything."""
    text, name = (each.encode("utf-8", "ignore").decode() for each in (text, name))
    sender = f'"{name.translate({34: None, 92: None})}" <halo@toko.example>'.replace("\n", " ").replace("\r", " ")
    try:
        mail = written(replace(LETTER, subject=text, paragraphs=(text,), sender=sender))
    except NoAddressError:
        return
    raw = mail.as_bytes()
    found = received(mail)
    assert set(found.keys()) == set(written(LETTER).keys())
    assert raw.count(b"\r\nTo: ") == 1
    _, page = bodies(found)
    assert page.links == [LETTER.link]
    assert page.fetches == []


@pytest.mark.parametrize(
    "text",
    [
        *("", "ani", "ani@", "@mail.example", "ani@mail@example", "a b@mail.example", "ani@mail.example\r\nBcc: x@y.z"),
        *("<ani@mail.example>", "ani@mail.example,budi@mail.example", "a" * 65 + "@mail.example"),
        *("ani@" + "m" * 250 + ".example", "\x00@mail.example"),
    ],
)
def test_what_is_no_address_is_refused_without_being_told(text: str) -> None:
    with pytest.raises(NoAddressError) as told:
        address(text)
    assert not text or text not in str(told.value)
    with pytest.raises(NoAddressError):
        written(replace(LETTER, to=text))


def test_a_letters_name_is_made_of_what_only_it_has() -> None:
    assert message_id(b"\x0a\x0b", LETTER.sender) == "<0a0b@toko.example>"
    assert message_id(b"\x0a", "halo@toko.example") == "<0a@toko.example>"
    with pytest.raises(NoAddressError):
        message_id(b"\x0a", "nobody")
