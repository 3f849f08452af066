"""A film comes out playable and without tags, with stills spread over it; a sound likewise."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import av
import pytest

from mufakat.core.refusals import Code, Refusal
from mufakat.evidence.inspection.inspector import Inspected, Inspector
from mufakat.evidence.inspection.limits import KEY_FRAMES
from mufakat.evidence.inspection.report import Kind, Made
from tests.evidence.inspected import (
    CAMERA,
    MODEL,
    content,
    film,
    level,
    look,
    looked,
    on_its_side,
    only,
    secrets_in,
    seen,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")

FILMS = [
    ("mp4", "libx264", "aac", "video/mp4", "video/mp4"),
    ("mp4", "libx264", "", "video/mp4", "video/mp4"),
    ("mov", "libx265", "aac", "video/quicktime", "video/mp4"),
    ("mov", "libx264", "aac", "video/quicktime", "video/mp4"),
    ("webm", "libvpx", "libopus", "video/webm", "video/webm"),
    ("webm", "libvpx-vp9", "", "video/webm", "video/webm"),
    ("matroska", "libx264", "libopus", "video/x-matroska", "video/mp4"),
]
SOUNDS = [
    ("mp4", "aac", "audio/mp4", "audio/mp4"),
    ("ipod", "aac", "audio/mp4", "audio/mp4"),
    ("mp3", "libmp3lame", "audio/mpeg", "audio/mpeg"),
    ("ogg", "libopus", "audio/ogg", "audio/ogg"),
    ("webm", "libopus", "audio/webm", "audio/ogg"),
    ("matroska", "libopus", "audio/x-matroska", "audio/ogg"),
    ("wav", "pcm_s16le", "audio/wav", "audio/wav"),
]


def played(copy: bytes) -> tuple[int, int, float]:
    """Pictures, pieces of sound and seconds of a copy, all decoded."""
    with av.open(BytesIO(copy), "r") as container:
        assert not {*container.metadata} - {"major_brand", "minor_version", "compatible_brands", "encoder"}
        length = float(container.duration or 0) / av.time_base
        counted = {"video": 0, "audio": 0}
        tracks: list[Any] = [each for each in container.streams if each.type in counted]
        assert len(tracks) == len(container.streams) <= 2
        for frame in container.decode(*tracks):
            counted["video" if isinstance(frame, av.VideoFrame) else "audio"] += 1
        return counted["video"], counted["audio"], length


def check_private(answer: Inspected) -> None:
    private = answer.private
    assert private.taken_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert (private.latitude, private.longitude) == (-6.2088, 106.8456)
    assert (private.make, private.model) == (CAMERA, MODEL)


@pytest.mark.parametrize("form, pictures, sound, kind, copy_kind", FILMS)
async def test_a_film_plays_and_tells_nothing_else(
    inspector: Inspector, form: str, pictures: str, sound: str, kind: str, copy_kind: str
) -> None:
    original = film(form, pictures, sound)
    assert CAMERA.encode() in original
    with await looked(inspector, original, "video/mp4") as answer:
        assert (answer.kind, answer.type) == (Kind.FILM, kind)
        assert (answer.width, answer.height) == (160, 120)
        assert abs(answer.length - timedelta(seconds=3)) < timedelta(seconds=0.1)
        copy = only(answer, Made.COPY)
        assert copy.type == copy_kind
        frames, tones, length = played(content(copy))
        assert frames == 30
        assert bool(tones) is bool(sound)
        assert abs(length - 3) < 0.2
        assert not secrets_in(answer)
        check_private(answer)


async def test_a_film_in_a_container_of_sounds_is_a_film(inspector: Inspector) -> None:
    named = bytearray(film("mp4", "libx264", "aac"))
    named[8:12] = b"M4A "
    with await looked(inspector, bytes(named), "audio/mp4") as answer:
        assert (answer.kind, answer.type, only(answer, Made.COPY).type) == (Kind.FILM, "video/mp4", "video/mp4")
    refused = await look(inspector, film("ogg", "libvpx", ""))
    assert isinstance(refused, Refusal)
    assert refused.code is Code.FILE_NOT_PLAYABLE


async def test_stills_are_spread_over_the_film(inspector: Inspector) -> None:
    with await looked(inspector, film(seconds=20)) as answer:
        stills = [each for each in answer.derivatives if each.made is Made.KEY_FRAME]
        assert len(stills) == KEY_FRAMES
        moments = [each.at.total_seconds() for each in stills]
        assert moments == sorted(moments)
        assert moments[0] == 0
        assert moments[-1] > 17
        red = [sum(level(seen(each), (x, 60)) > 128 for x in range(160)) for each in stills]
        assert red == sorted(red), "red comes in from the left"
        assert red[-1] > red[0] + 80
        assert all(each.fingerprint for each in stills)
        assert seen(only(answer, Made.THUMBNAIL)).size == (160, 120)


async def test_a_film_taken_upright_is_shown_upright(inspector: Inspector) -> None:
    with await looked(inspector, on_its_side(film("mp4", "libx264", ""))) as answer:
        assert (answer.width, answer.height) == (120, 160)
        first = seen(next(each for each in answer.derivatives if each.made is Made.KEY_FRAME))
        assert first.size == (120, 160)
        assert level(first, (60, 3)) > 150 > level(first, (60, 150)), "what was left is above"
        with av.open(BytesIO(content(only(answer, Made.COPY))), "r") as copy:
            assert next(copy.decode(video=0)).rotation == -90


@pytest.mark.parametrize("form, codec, kind, copy_kind", SOUNDS)
async def test_a_sound_plays_and_tells_nothing_else(
    inspector: Inspector, form: str, codec: str, kind: str, copy_kind: str
) -> None:
    with await looked(inspector, film(form, "", codec), kind) as answer:
        assert (answer.kind, answer.type) == (Kind.SOUND, kind)
        assert abs(answer.length - timedelta(seconds=3)) < timedelta(seconds=0.1)
        assert [each.made for each in answer.derivatives] == [Made.COPY]
        copy = only(answer, Made.COPY)
        assert copy.type == copy_kind
        frames, tones, length = played(content(copy))
        assert not frames
        assert tones
        assert abs(length - 3) < 0.2
        assert not secrets_in(answer)
        if form not in {"wav", "ipod"}:  # which keep no such tags
            check_private(answer)
