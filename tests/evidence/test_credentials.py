"""Content credentials: files signed here are read, changed ones are seen through, hostile ones do no harm."""

import io
import socket
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from mufakat.evidence.credentials import (
    MOST,
    PHRASE,
    Credentials,
    Holds,
    _summary,
    read_credentials,
)
from tests.evidence.signed import GENERATOR, SIGNER, pointing, signed

JPEG = "image/jpeg"


def picture(kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.radial_gradient("L").convert("RGB").save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_generated_picture_says_so(kind: str) -> None:
    media_type = f"image/{kind.lower()}"
    found = read_credentials(signed(picture(kind), media_type), media_type)
    assert found == Credentials(
        holds=Holds.INTACT,
        generator=GENERATOR,
        signer=SIGNER,
        sources=("trainedAlgorithmicMedia",),
        actions=("c2pa.created",),
    )


def test_a_picture_that_was_changed_since_is_seen_through() -> None:
    content = bytearray(signed(picture(), JPEG))
    content[-100] ^= 1
    found = read_credentials(bytes(content), JPEG)
    assert found
    assert (found.holds, found.faults) == (Holds.BROKEN, ("assertion.dataHash.mismatch",))
    assert found.generator == GENERATOR, "what it says is told all the same"


def test_credentials_of_another_picture_do_not_fit() -> None:
    whole, plain = signed(picture(), JPEG), picture()
    start = whole.index(b"\xff\xeb")  # APP11, in which credentials lie
    credentials = whole[start : start + len(whole) - len(plain)]
    found = read_credentials(plain[:2] + credentials + plain[2:-40] + bytes(20) + plain[-20:], JPEG)
    assert found
    assert found.holds in (Holds.BROKEN, Holds.UNREADABLE)


def test_what_is_cut_off_is_unreadable_and_nothing_is_raised() -> None:
    whole = signed(picture(), JPEG)
    for length in range(0, len(whole), 997):
        found = read_credentials(whole[:length], JPEG)
        assert found is None or found.holds is not Holds.INTACT


def test_a_picture_without_has_none_whatever_is_written_in_it() -> None:
    assert read_credentials(picture(), JPEG) is None
    assert read_credentials(b"", JPEG) is None
    assert read_credentials(picture() + b"c2pa", JPEG) is None
    assert read_credentials(b"c2pa is a standard", "text/plain") is None
    assert read_credentials(b"c2pa" * 1000, "no/such") is None


def test_credentials_that_lie_at_an_address_are_told_and_never_fetched() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        content = pointing(picture(), f"http://127.0.0.1:{server.getsockname()[1]}/proof")
        found = read_credentials(content, JPEG)
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert found == Credentials(holds=Holds.ELSEWHERE)


def test_a_file_without_a_mark_never_meets_the_reader() -> None:
    program = (
        "import sys; from mufakat.evidence import credentials as c; import mufakat.evidence.inspection.inspector\n"
        "assert c.read_credentials(b'\\xff\\xd8' * 100, 'image/jpeg') is None and 'c2pa' not in sys.modules\n"
        "c.warm_up(); assert 'c2pa' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


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
