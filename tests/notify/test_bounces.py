"""Reports of mail that came back (RFC 3464): which of our letters, for good or not; and nothing of anything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mufakat.notify.bounces import MOST_BYTES, Bounce, bounces
from mufakat.notify.mail import written
from tests.notify.test_mail import LETTER

HEADERS = """\
From: MAILER-DAEMON@post.example
To: halo@toko.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain

This is the mail system. Your message to <ani@mail.example> could not be delivered.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; post.example

Final-Recipient: rfc822; ani@mail.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 unknown

--b1
{returned}
--b1--
"""
WHOLE = "Content-Type: message/rfc822\n\n" + written(LETTER).as_string().replace("\r\n", "\n")
ONLY_HEADERS = f"Content-Type: text/rfc822-headers\n\nFrom: halo@toko.example\nMessage-ID: {LETTER.message_id}\n"


def report(action: str = "failed", status: str = "5.1.1", returned: str = WHOLE) -> bytes:
    """A report as mail servers send them."""
    return HEADERS.format(action=action, status=status, returned=returned).replace("\n", "\r\n").encode()


@pytest.mark.parametrize("returned", [WHOLE, ONLY_HEADERS], ids=["the whole letter", "its headers"])
def test_a_letter_that_came_back_is_named(returned: str) -> None:
    assert bounces(report(returned=returned)) == [Bounce(LETTER.message_id, permanent=True, status="5.1.1")]


def test_one_that_is_late_is_not_lost() -> None:
    assert bounces(report("delayed", "4.4.1")) == [Bounce(LETTER.message_id, permanent=False, status="4.4.1")]


@pytest.mark.parametrize(
    "raw",
    [
        report("delivered", "2.0.0"),
        report("relayed", "5.0.0"),
        report(status="unknown"),
        report(returned="Content-Type: text/plain\n\nnothing"),
        report(returned="Content-Type: text/rfc822-headers\n\nMessage-ID: none\n"),
        written(LETTER).as_bytes(),
        b"",
        b"\xff" * 100,
        b"Content-Type: multipart/report\r\n\r\n",
        b"x" * (MOST_BYTES + 10),
    ],
)
def test_what_is_no_such_report_names_nothing(raw: bytes) -> None:
    assert bounces(raw) == []


@given(st.binary(max_size=2000), st.integers(0, 3000))
def test_whatever_comes_is_read_or_left(noise: bytes, at: int) -> None:
    """Anybody can send mail to where reports come in."""
    raw = report()
    bounces(noise)
    found = bounces(raw[:at] + noise + raw[at:])
    assert all(each.status[0] in "45" for each in found)
