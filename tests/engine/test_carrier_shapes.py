"""Shapes of carriers' webhooks: what is signed, what is read of a message, and what is said of what cannot be."""

import base64
import hmac
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mufakat import standard_webhooks
from mufakat.core.order import ScanKind
from mufakat.engine.carriers.known import carriers_in
from mufakat.engine.carriers.shapes import NotReadError, Reported, ShapeError, shape_of
from mufakat.standard_webhooks import NotSignedError

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
SECRET = b"a secret of thirty-two characters"
OURS = shape_of("mufakat")
AFTERSHIP = shape_of("aftership")
SCAN = {"tracking": "JP1", "status": "DELIVERED", "at": "2026-03-02T03:00:00Z"}
"""One in our own shape."""
TRACKED = {
    "event": "tracking_update",
    "event_id": "b2f1",
    "msg": {
        "tracking_number": "003456789012",
        "slug": "jne",
        "tag": "Delivered",
        "checkpoints": [
            {"tag": "InfoReceived", "checkpoint_time": "2026-02-27T09:00:00", "city": "Jl. Melati 4, Bandung"},
            {"tag": "InTransit", "checkpoint_time": "2026-02-28T10:30:00+07:00"},
            {"tag": "Exception", "checkpoint_time": "2026-02-28T11:00:00+07:00"},
            {"tag": "Delivered", "checkpoint_time": "2026-03-01T11:00:00+07:00"},
        ],
    },
}
"""One as AfterShip sends it."""


def ours(*scans: Any) -> bytes:
    """A body in our own shape."""
    return json.dumps({"scans": scans}).encode()


def written(folder: Path, text: str) -> str:
    """A file with a shape of one's own; its name."""
    made = folder / "own.toml"
    made.write_text(text)
    return str(made)


def test_our_own_shape_is_read() -> None:
    more = SCAN | {"tracking": " JP2 ", "status": "IN_TRANSIT", "grams": 1200, "place": "CGK-3", "driver": "Joko"}
    told = OURS.read(ours(SCAN, more), NOW)
    at = datetime(2026, 3, 2, 3, tzinfo=UTC)
    assert told.scans == (
        Reported("JP1", ScanKind.DELIVERED, at),
        Reported("JP2", ScanKind.IN_TRANSIT, at, 1200, "CGK-3"),
    )
    assert told.faults == ()


def test_aftership_is_read_checkpoint_by_checkpoint_and_nothing_of_people() -> None:
    told = AFTERSHIP.read(json.dumps(TRACKED).encode(), NOW)
    assert [(each.tracking, each.kind, each.at.isoformat(), each.place) for each in told.scans] == [
        ("003456789012", ScanKind.AWAITING_COLLECTION, "2026-02-27T02:00:00+00:00", ""),  # no zone: Jakarta's
        ("003456789012", ScanKind.IN_TRANSIT, "2026-02-28T03:30:00+00:00", ""),
        ("003456789012", ScanKind.DELIVERED, "2026-03-01T04:00:00+00:00", ""),
    ]
    assert "Melati" not in repr(told)


def test_a_message_about_something_else_tells_nothing() -> None:
    assert AFTERSHIP.read(json.dumps(TRACKED | {"event": "edd_revise"}).encode(), NOW).scans == ()


@pytest.mark.parametrize(
    "change, says",
    [
        ({"status": "FLEW"}, "says nothing of the status 'FLEW'"),
        ({"status": None}, "says nothing of the status None"),
        ({"tracking": "two words"}, "'two words' is no tracking number"),
        ({"tracking": 12}, "12 is no tracking number"),
        ({"at": "yesterday"}, "'yesterday' is no moment"),
        ({"at": None}, "None is no moment"),
        ({"at": True}, "True is no moment"),
        ({"at": 10**30}, "is no moment"),
        ({"at": "2026-03-02T05:00:00Z"}, "is still to come"),
    ],
)
def test_what_cannot_be_read_is_told_and_the_rest_is_taken(change: dict[str, Any], says: str) -> None:
    told = OURS.read(ours(SCAN | change, SCAN), NOW)
    assert [each.tracking for each in told.scans] == ["JP1"]
    assert len(told.faults) == 1
    assert told.faults[0].startswith("entry 1: ")
    assert says in told.faults[0]


@pytest.mark.parametrize("at", [1_772_420_400, 1_772_420_400_000, 1_772_420_400.0])
def test_moments_may_be_seconds_or_milliseconds(at: float) -> None:
    assert OURS.read(ours(SCAN | {"at": at}), NOW).scans[0].at == datetime(2026, 3, 2, 3, tzinfo=UTC)


@pytest.mark.parametrize("body", [b"", b"scans", b"\xff", b"[" * 100_000, b'{"scans": 7}', b"{}", b"[]", b"null"])
def test_a_body_without_scans_is_refused(body: bytes) -> None:
    with pytest.raises(NotReadError):
        OURS.read(body, NOW)


def test_too_many_at_once_are_refused() -> None:
    with pytest.raises(NotReadError, match="501 scans came at once"):
        OURS.read(ours(*[SCAN] * 501), NOW)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["msg", "scans", "tag", "at", "tracking"]), inner),
)


@given(JSON)
def test_whatever_comes_is_read_or_refused(value: Any) -> None:
    """A webhook's body is anybody's to write."""
    for shape in (OURS, AFTERSHIP):
        try:
            told = shape.read(json.dumps(value).encode(), NOW)
        except NotReadError:
            continue
        assert all(each.at <= NOW + timedelta(minutes=10) for each in told.scans)


# --- signatures


def standard(body: bytes, secret: bytes = SECRET, late: int = 0) -> dict[str, str]:
    """The headers of a Standard Webhook."""
    at = int(time.time()) - late
    signed = standard_webhooks.of_webhook(secret, "m-1", at, body)
    return {"webhook-id": "m-1", "webhook-timestamp": str(at), "webhook-signature": signed}


def test_a_standard_webhook_is_checked() -> None:
    OURS.check(SECRET, standard(ours(SCAN)), ours(SCAN))
    for headers in (standard(ours()), standard(ours(SCAN), SECRET[::-1]), standard(ours(SCAN), late=400), {}):
        with pytest.raises(NotSignedError):
            OURS.check(SECRET, headers, ours(SCAN))


def test_a_signed_body_is_checked() -> None:
    body = json.dumps(TRACKED).encode()
    right = base64.b64encode(hmac.digest(SECRET, body, "sha256")).decode()
    AFTERSHIP.check(SECRET, {"aftership-hmac-sha256": right}, body)
    for wrong in ("", "x", right[:-4], hmac.digest(SECRET, body, "sha256").hex(), "é", right[::-1]):
        with pytest.raises(NotSignedError, match="aftership-hmac-sha256"):
            AFTERSHIP.check(SECRET, {"aftership-hmac-sha256": wrong}, body)
    with pytest.raises(NotSignedError):
        AFTERSHIP.check(SECRET, {"aftership-hmac-sha256": right}, body + b" ")


# --- shapes and carriers of one's own

HEX = """
[signature]
kind = "body"
header = "X-Signature"
[reads]
tracking = "awb"
status = "state.code"
at = "time"
zone = "Asia/Ho_Chi_Minh"
[statuses]
30 = "DELIVERED"
"""


def test_a_shape_of_ones_own_is_read_from_its_file(tmp_path: Path) -> None:
    shape = shape_of(written(tmp_path, HEX))
    body = b'{"awb": "GHN-1", "state": {"code": "30"}, "time": "2026-03-01 10:00:00"}'
    shape.check(SECRET, {"x-signature": hmac.digest(SECRET, body, "sha256").hex()}, body)
    assert shape.read(body, NOW).scans == (Reported("GHN-1", ScanKind.DELIVERED, datetime(2026, 3, 1, 3, tzinfo=UTC)),)


@pytest.mark.parametrize(
    "was, becomes, says",
    [
        ("DELIVERED", "GONE", "30 cannot mean GONE"),
        ('header = "X-Signature"', "", "needs the `header`"),
        ("Asia/Ho_Chi_Minh", "Asia/Nowhere", "there is no zone Asia/Nowhere"),
        ('"awb"', '".awb"', "`each` names no list"),
        ("kind", "sort", "cannot be read"),
        ("[reads]", "[reads", "cannot be read"),
        ('at = "time"', "", "missing required field `at`"),
    ],
)
def test_a_wrong_shape_is_refused_in_a_sentence(tmp_path: Path, was: str, becomes: str, says: str) -> None:
    with pytest.raises(ShapeError, match=says.replace("`", ".")):
        shape_of(written(tmp_path, HEX.replace(was, becomes, 1)))


def test_a_shape_that_there_is_not_is_refused() -> None:
    with pytest.raises(ShapeError, match="no shape swift: the program has mufakat and aftership"):
        shape_of("swift")


def test_carriers_are_read_from_their_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("another secret of some length\n")
    known = tmp_path / "carriers.toml"
    known.write_text(
        f'[jnt]\nshape = "mufakat"\nsecret = "{SECRET.decode()}"\nmarketplaces = ["toko"]\n'
        f'[aftership]\nshape = "aftership"\nsecret_file = "{tmp_path}/secret"\n'
    )
    found = carriers_in(known)
    assert found["jnt"].speaks_for("toko")
    assert not found["jnt"].speaks_for("pasar")
    assert found["aftership"].secret == b"another secret of some length"
    assert found["aftership"].speaks_for("pasar")
    assert SECRET.decode() not in repr(found)


@pytest.mark.parametrize(
    "text, says",
    [
        ('[a]\nshape = "mufakat"\n', "needs `secret` or `secret_file`"),
        ('[a]\nshape = "mufakat"\nsecret = "short"\n', "fewer than 16"),
        ('[a]\nshape = "mufakat"\nsecret_file = "/nowhere/at/all"\n', "cannot be read from"),
        ('[a]\nshape = "swift"\nsecret = "long enough to be one"\n', "the carrier a: there is no shape swift"),
        ("[a\n", "cannot be used"),
        ('[a]\nshape = "mufakat"\nkey = 1\n', "cannot be used"),
    ],
)
def test_a_wrong_file_of_carriers_is_refused_in_a_sentence(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "carriers.toml").write_text(text)
    with pytest.raises(ShapeError, match=says.replace("`", ".")):
        carriers_in(tmp_path / "carriers.toml")
