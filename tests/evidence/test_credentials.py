"""Content credentials: files signed here are read, changed ones are seen through, hostile ones do no harm."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import c2pa  # type: ignore[import-untyped]
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from mufakat.evidence.credentials import (
    MOST,
    PHRASE,
    PIECE,
    Credentials,
    Holds,
    _may_have,
    _summary,
    read_credentials,
    warm_up,
)

Read = Callable[[bytes, str], Credentials | None]
SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
JPEG = "image/jpeg"


def certified(
    name: str, by: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None = None
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """A certificate of an organisation with its key; of itself, or by an authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    signer, root = (by[1], False) if by else (key, True)
    subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, name)])
    now = datetime.now(UTC)
    usage = x509.KeyUsage(not root, False, False, False, False, root, root, False, False)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by[0].subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(root, None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if not root:
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return made.sign(signer, hashes.SHA256()), key


def picture(kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.radial_gradient("L").convert("RGB").save(out, kind)
    return out.getvalue()


@pytest.fixture(scope="module")
def sign() -> Callable[[bytes, str, dict[str, Any]], bytes]:
    """Gives a picture content credentials."""
    root = certified("Akar")
    leaf, key = certified("Kamera Palsu", root)
    chain = b"".join(each.public_bytes(serialization.Encoding.PEM) for each in (leaf, root[0]))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )

    def signed(content: bytes, media_type: str, action: dict[str, Any]) -> bytes:
        info = c2pa.C2paSignerInfo(alg=b"es256", sign_cert=chain, private_key=private, ta_url=None)
        claims = {
            "claim_generator_info": [{"name": "Damage Maker", "version": "2"}],
            "assertions": [{"label": "c2pa.actions", "data": {"actions": [action]}}],
        }
        out = io.BytesIO()
        with c2pa.Signer.from_info(info) as signer, c2pa.Builder(claims) as builder:
            builder.sign(signer, media_type, io.BytesIO(content), out)
        return out.getvalue()

    return signed


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def found(content: bytes, media_type: str = JPEG) -> Credentials | None:
        path = tmp_path / "file"
        path.write_bytes(content)
        with path.open("rb") as file:
            return read_credentials(file, media_type)

    return found


MADE = {"action": "c2pa.created", "digitalSourceType": SOURCE}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_generated_picture_says_so(sign: Any, read: Any, kind: str) -> None:
    media_type = f"image/{kind.lower()}"
    found = read(sign(picture(kind), media_type, MADE), media_type)
    assert found == Credentials(
        holds=Holds.INTACT,
        generator="Damage Maker 2",
        signer="Kamera Palsu",
        sources=("trainedAlgorithmicMedia",),
        actions=("c2pa.created",),
    )


def test_a_picture_that_was_changed_since_is_seen_through(sign: Any, read: Any) -> None:
    content = bytearray(sign(picture(), JPEG, MADE))
    content[-100] ^= 1
    found = read(bytes(content))
    assert (found.holds, found.faults) == (Holds.BROKEN, ("assertion.dataHash.mismatch",))
    assert found.generator == "Damage Maker 2", "what it says is told all the same"


def test_credentials_of_another_picture_do_not_fit(sign: Any, read: Any) -> None:
    whole, plain = sign(picture(), JPEG, MADE), picture()
    start = whole.index(b"\xff\xeb")  # APP11, in which credentials lie
    credentials = whole[start : start + len(whole) - len(plain)]
    found = read(plain[:2] + credentials + plain[2:-40] + bytes(20) + plain[-20:])
    assert found.holds in (Holds.BROKEN, Holds.UNREADABLE)


def test_what_is_cut_off_is_unreadable_and_nothing_is_raised(sign: Any, read: Any) -> None:
    whole = sign(picture(), JPEG, MADE)
    for length in range(0, len(whole), 997):
        found = read(whole[:length])
        assert found is None or found.holds is not Holds.INTACT


def test_a_picture_without_has_none_whatever_is_written_in_it(read: Any) -> None:
    assert read(picture()) is None
    assert read(b"") is None
    assert read(picture() + b"c2pa") is None
    assert read(b"c2pa is a standard", "text/plain") is None
    assert read(b"c2pa" * 1000, "no/such") is None


@pytest.mark.parametrize("mark", [b"c2pa", b"\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81"])
def test_a_mark_is_found_wherever_it_stands(mark: bytes) -> None:
    for start in (0, PIECE - len(mark), PIECE - 1, PIECE, 2 * PIECE - 2):
        assert _may_have(io.BytesIO(bytes(start) + mark + bytes(5)))
        assert not _may_have(io.BytesIO(bytes(start) + mark[:-1] + b"?" + bytes(5)))


def test_the_reader_can_be_loaded_before_a_process_is_shut_in() -> None:
    warm_up()


NAMES = [
    "manifests",
    "active_manifest",
    "a",
    "signature_info",
    "issuer",
    "time",
    "assertions",
    "label",
    "data",
    "actions",
    "action",
    "digitalSourceType",
    "claim_generator_info",
    "name",
    "validation_status",
    "code",
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.just("2026-01-01T00:00:00+00:00"),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(NAMES),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)


@given(JSON)
def test_whatever_the_reader_tells_is_bounded(told: Any) -> None:
    found = _summary(told)
    for text in (found.generator, found.signer, *found.sources, *found.actions, *found.faults):
        assert len(text) <= PHRASE
        assert text.isprintable()
    assert all(len(each) <= MOST for each in (found.sources, found.actions, found.faults))


def test_a_time_stamp_counts_with_a_zone_only() -> None:
    def signed_at(time: str) -> datetime | None:
        told = {"active_manifest": "a", "manifests": {"a": {"signature_info": {"time": time}}}}
        return _summary(told).signed_at

    assert signed_at("2026-01-01T07:00:00+07:00") == datetime(2026, 1, 1, tzinfo=UTC)
    assert signed_at("2026-01-01T07:00:00") is None
    assert signed_at("yesterday") is None
