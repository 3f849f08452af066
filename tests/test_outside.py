"""Requests to addresses that others name: nowhere inside, to the address that was checked, however it is written."""

import asyncio
import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from mufakat.outside import InsideError, Outside, OutsideError, is_outside
from tests.engine.receiver import receiving

INSIDE = [
    *("127.0.0.1", "127.8.9.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),  # noqa: S104
    *("224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "192.88.99.1"),
    *("::", "::1", "fe80::1", "fe80::1%lo", "fd00::1", "ff02::1", "2001:db8::1", "::7f00:1", "64:ff9b:1::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254"),
    *(
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::1",
        "2002:a00:1::",
        "2001:0:4136:e378:8000:63bf:80ff:fffe",
    ),
]
OUTSIDE = ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_inside(address: str) -> None:
    assert not is_outside(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_what_is_outside(address: str) -> None:
    assert is_outside(address)


def names(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Names lead where the answers say, one after the other, the last for ever; gives what was asked."""
    asked: list[str] = []
    left = list(answers)

    async def getaddrinfo(host: str, port: int, **more: Any) -> list[Any]:
        asked.append(host)
        found = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    return asked


def a_line(**more: Any) -> Outside:
    """A line with short patience."""
    return Outside(**{"private": False, "timeout": 2, "most": 100, "at_once": 2} | more)


@pytest.mark.parametrize("answers", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["8.8.8.8", "::ffff:169.254.169.254"]])
async def test_a_name_that_leads_inside_with_any_of_its_addresses_is_refused(
    answers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    names(monkeypatch, answers)
    async with a_line() as line:
        with pytest.raises(InsideError, match="is inside a network of one's own"):
            await line.send("POST", urlsplit("https://shop.example/"), {}, b"")


async def test_a_number_written_otherwise_is_resolved_before_it_is_checked() -> None:
    async with a_line() as line:
        for host in ("2130706433", "0x7f.1", "127.1", "[::ffff:127.0.0.1]", "localhost"):
            with pytest.raises(InsideError):
                await line.send("POST", urlsplit(f"https://{host}/"), {}, b"")


async def test_a_name_that_leads_elsewhere_the_next_moment_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check and the connection are of one answer: what the name says a moment later is not asked."""
    async with receiving() as receiver, a_line(private=True) as line:
        asked = names(monkeypatch, ["127.0.0.1"], ["127.0.0.9"])
        port = urlsplit(receiver.url).port
        reply = await line.send("POST", urlsplit(f"http://shop.example:{port}/a?b=c"), {}, b"x")
        assert reply.status == 200
        assert asked == ["shop.example"]
        (came,) = receiver.came
        assert (came.headers["host"], came.path, came.body) == (f"shop.example:{port}", "/a?b=c", b"x")


async def test_of_several_addresses_the_next_one_is_tried_where_one_cannot_be_reached(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with receiving() as receiver, a_line(private=True) as line:
        names(monkeypatch, ["::1", "127.0.0.1"])
        port = urlsplit(receiver.url).port
        assert (await line.send("POST", urlsplit(f"http://shop.example:{port}/"), {}, b"")).status == 200
        names(monkeypatch, ["::1", "::1"])
        with pytest.raises(OutsideError, match="ConnectError"):
            await line.send("POST", urlsplit(f"http://other.example:{port}/"), {}, b"")


async def test_a_connection_is_of_one_name_even_where_two_lead_to_the_same_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else what was shown to be one of them would be taken for the other."""
    async with receiving() as receiver, a_line(private=True) as line:
        asked = names(monkeypatch, ["127.0.0.1"])
        port = urlsplit(receiver.url).port
        for name in ("one.example", "two.example", "one.example"):
            await line.send("POST", urlsplit(f"http://{name}:{port}/"), {}, b"")
        assert asked == ["one.example", "two.example"]


async def test_no_redirect_no_proxy_and_no_endless_reply(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with receiving() as receiver, a_line(private=True) as line, a_line(private=True, cut=True) as cutting:
        receiver.answers = ["redirect", "endless", "endless", "stall"]
        url = urlsplit(receiver.url)
        assert (await line.send("POST", url, {}, b"")).status == 307
        with pytest.raises(OutsideError, match="longer than 100 bytes"):
            await line.send("POST", url, {}, b"")
        assert (await cutting.send("POST", url, {}, b"")).body == b"x" * 100
        with pytest.raises(OutsideError, match="no reply within 2 seconds"):
            await line.send("POST", url, {}, b"")


def certificate(folder: Path, *names: str) -> tuple[ssl.SSLContext, Path]:
    """What a server shows to be of those names, and a file of authorities that vouch for it: itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test")]), datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(each) for each in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "shown.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + made.public_bytes(Encoding.PEM))
    shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shown.load_cert_chain(file)
    return shown, file


async def test_a_certificate_is_of_the_name_and_not_of_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, authorities = certificate(tmp_path, "shop.example")
    async with receiving(shown) as receiver:
        port = urlsplit(receiver.url).port
        names(monkeypatch, ["127.0.0.1"])
        async with a_line(private=True) as stranger:
            with pytest.raises(OutsideError, match="CERTIFICATE_VERIFY_FAILED"):
                await stranger.send("POST", urlsplit(f"https://shop.example:{port}/"), {}, b"")
        monkeypatch.setattr("certifi.where", lambda: str(authorities))
        async with a_line(private=True) as line:
            assert (await line.send("POST", urlsplit(f"https://shop.example:{port}/"), {}, b"")).status == 200
            with pytest.raises(OutsideError, match="Hostname mismatch"):
                await line.send("POST", urlsplit(f"https://other.example:{port}/"), {}, b"")
        assert len(receiver.came) == 1
