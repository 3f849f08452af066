"""Pictures and films with content credentials, signed here by an authority that nobody knows."""

import io
import struct
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

import c2pa  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SOURCE: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
MADE: Final = {"action": "c2pa.created", "digitalSourceType": SOURCE}
"""What a generator says of its picture."""
SIGNER: Final = "Kamera Palsu"
GENERATOR: Final = "Damage Maker 2"


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


@cache
def _credentials() -> tuple[bytes, bytes]:
    """A chain of certificates and the private key of its first."""
    root = certified("Akar")
    leaf, key = certified(SIGNER, root)
    chain = b"".join(each.public_bytes(serialization.Encoding.PEM) for each in (leaf, root[0]))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return chain, private


def signed(content: bytes, media_type: str, *actions: dict[str, Any]) -> bytes:
    """The file with credentials in it, which say that it was made by a generator, and what was done to it then."""
    chain, private = _credentials()
    info = c2pa.C2paSignerInfo(alg=b"es256", sign_cert=chain, private_key=private, ta_url=None)
    name, _, version = GENERATOR.rpartition(" ")
    claims = {
        "claim_generator_info": [{"name": name, "version": version}],
        "assertions": [{"label": "c2pa.actions", "data": {"actions": [MADE, *actions]}}],
    }
    out = io.BytesIO()
    with c2pa.Signer.from_info(info) as signer, c2pa.Builder(claims) as builder:
        builder.sign(signer, media_type, io.BytesIO(content), out)
    return out.getvalue()


def bomb(content: bytes) -> bytes:
    """The JPEG with sound credentials that say little, and take a thousand times as much memory to read."""
    return signed(content, "image/jpeg", {"action": "c2pa.edited", "parameters": {"all": [{"": 0}] * 100_000}})


def pointing(content: bytes, address: str) -> bytes:
    """The JPEG, whose XMP says that its credentials lie at an address."""
    xmp = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:dcterms="http://purl.org/dc/terms/" '
        f'dcterms:provenance="{address}"/></rdf:RDF></x:xmpmeta>'
    )
    segment = b"http://ns.adobe.com/xap/1.0/\0" + xmp.encode()
    return content[:2] + b"\xff\xe1" + struct.pack(">H", 2 + len(segment)) + segment + content[2:]


# --- manifests that nobody signed, made to hurt whoever reads them


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + kind + content


def _named(kind: bytes, label: bytes) -> bytes:
    return _box(b"jumd", kind + b"\x00\x11\x00\x10\x80\x00\x00\xaa\x00\x38\x9b\x71\x03" + label + b"\0")


def _super(kind: bytes, label: bytes, content: bytes) -> bytes:
    return _box(b"jumb", _named(kind, label) + content)


def _claiming(cbor: bytes) -> bytes:
    """A whole manifest with that for a claim."""
    signature = _super(b"c2cs", b"c2pa.signature", _box(b"cbor", b"\xd2\x84\x40\xa0\x40\x40"))
    parts = _super(b"c2cl", b"c2pa.claim", _box(b"cbor", cbor)) + _super(b"c2as", b"c2pa.assertions", b"") + signature
    return _super(b"c2pa", b"c2pa", _super(b"c2ma", b"urn:uuid:a", parts))


def _nested(depth: int) -> bytes:
    name = _named(b"c2pa", b"c2pa")
    return b"".join(struct.pack(">I", n * (8 + len(name))) + b"jumb" + name for n in range(depth, 0, -1))


def _many(count: int) -> bytes:
    claim = _super(b"c2cl", b"c2pa.claim", _box(b"cbor", b"\xa0"))
    return _super(b"c2pa", b"c2pa", b"".join(_super(b"c2ma", b"urn:uuid:%d" % n, claim) for n in range(count)))


HOSTILE: Final[dict[str, Callable[[], bytes]]] = {
    "boxes in boxes without end": lambda: _nested(50_000),
    "a box longer than the file": lambda: b"\xff\xff\xff\xffjumb" + _named(b"c2pa", b"c2pa"),
    "a box longer than all memory": lambda: b"\0\0\0\1jumb" + (2**62).to_bytes(8) + _named(b"c2pa", b"c2pa"),
    "a list of more than fits": lambda: _claiming(b"\x9b\x00\x00\x00\x7f\xff\xff\xff\xff"),
    "a text of more than fits": lambda: _claiming(b"\x7b\x00\x00\x00\x7f\xff\xff\xff\xff"),
    "a map of more than fits": lambda: _claiming(b"\xbb\x00\x00\x00\x7f\xff\xff\xff\xff"),
    "lists in lists without end": lambda: _claiming(b"\x81" * 1_000_000),
    "maps in maps without end": lambda: _claiming(b"\xa1\x61a" * 500_000),
    "thousands of manifests": lambda: _many(20_000),
    "compressed nonsense": lambda: _super(
        *(b"c2pa", b"c2pa"), _super(b"c2cm", b"urn:uuid:a", _box(b"brob", b"\x1b\xff\xff\x00" * 1000))
    ),
}
"""Manifests by what is wrong with them."""


def carrying(png: bytes, manifest: bytes) -> bytes:
    """The PNG with a manifest in it, just after its head."""
    chunk = b"caBX" + manifest
    return png[:33] + struct.pack(">I", len(manifest)) + chunk + struct.pack(">I", zlib.crc32(chunk)) + png[33:]
