"""A picture comes out upright, in sRGB and without a word of what it said about its making; agents get that apart."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

from mufakat.evidence.inspection.inspector import Inspected, Inspector
from mufakat.evidence.inspection.limits import THUMBNAIL
from mufakat.evidence.inspection.pictures import ENOUGH
from mufakat.evidence.inspection.report import Kind, Made, Private
from tests.evidence.inspected import (
    CAMERA,
    MODEL,
    PROGRAM,
    content,
    exif,
    heic,
    level,
    looked,
    only,
    photo,
    scene,
    secrets_in,
    seen,
    swapped_profile,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")

TAKEN = datetime(2026, 1, 1, 20, 4, 5, tzinfo=UTC)
LOCAL = datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001 - a camera's own clock


def corners(picture: Image.Image) -> list[tuple[int, ...]]:
    """The colours near the four corners, rounded to what compression leaves of them: 0 to 2."""
    plain = picture.convert("RGB")
    width, height = plain.size
    places = ((0.1, 0.1), (0.9, 0.1), (0.1, 0.9), (0.9, 0.9))
    found = [plain.getpixel((int(x * width), int(y * height))) for x, y in places]
    return [tuple(round(part / 128) for part in each) for each in found if isinstance(each, tuple)]


SHOWN = [(2, 0, 0), (0, 2, 0), (0, 0, 2), (2, 2, 2)]


def check_shown(answer: Inspected, form: str = "JPEG") -> None:
    copy, thumbnail = only(answer, Made.COPY), only(answer, Made.THUMBNAIL)
    assert corners(seen(copy)) == SHOWN
    assert corners(seen(thumbnail)) == SHOWN
    assert seen(copy).format == form
    assert max(thumbnail.width, thumbnail.height) <= THUMBNAIL
    assert (answer.width, answer.height) == (copy.width, copy.height)
    assert not seen(copy).info.keys() - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert not secrets_in(answer)
    assert copy.fingerprint


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
async def test_a_photo_shows_its_pixels_and_nothing_else(inspector: Inspector, form: str) -> None:
    original = photo(form)
    assert CAMERA.encode() in original
    with await looked(inspector, original) as answer:
        assert (answer.kind, answer.type) == (Kind.PICTURE, f"image/{form.lower()}")
        assert (answer.width, answer.height) == (400, 300)
        check_shown(answer)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
async def test_agents_learn_when_where_and_with_what(inspector: Inspector, form: str) -> None:
    with await looked(inspector, photo(form)) as answer:
        assert answer.private == Private(
            taken_at=TAKEN,
            taken_local=LOCAL,
            latitude=-6.2088,
            longitude=106.8456,
            make=CAMERA,
            model=MODEL,
            software=PROGRAM,
        )


async def test_a_photo_of_a_phone_in_heic(inspector: Inspector) -> None:
    assert CAMERA.encode() in heic()
    with await looked(inspector, heic(), "image/jpeg") as answer:
        assert answer.type == "image/heic"
        assert (answer.private.taken_at, answer.private.make) == (TAKEN, CAMERA)
        check_shown(answer)


async def test_a_time_without_zone_stays_without(inspector: Inspector) -> None:
    with await looked(inspector, photo(tags=exif(offset=""))) as answer:
        assert answer.private.taken_at is None
        assert answer.private.taken_local == LOCAL


async def test_satellites_tell_the_time_where_the_camera_does_not(inspector: Inspector) -> None:
    tags = exif(offset="")
    tags.get_ifd(0x8825).update({7: (20.0, 4.0, 2.0), 29: "2026:01:01"})
    with await looked(inspector, photo(tags=tags)) as answer:
        assert answer.private.taken_at == TAKEN - timedelta(seconds=3)


async def test_facts_that_cannot_be_are_left_out(inspector: Inspector) -> None:
    tags = exif(offset="yes")
    tags[0x010F] = "A\x00\x1b[31m" + "B" * 5000
    tags.get_ifd(0x8769)[0x9003] = "2026:13:45 99:99:99"
    tags[0x0132] = "0000:00:00 00:00:00"
    tags.get_ifd(0x8825).update({1: "S", 2: (97.0, 0.0, 0.0), 3: "?", 4: (10.0, 0.0, 0.0)})
    with await looked(inspector, photo(tags=tags)) as answer:
        private = answer.private
        assert (private.taken_at, private.taken_local, private.latitude, private.longitude) == (None,) * 4
        assert private.make.isprintable()
        assert len(private.make) <= 100


@pytest.mark.parametrize("orientation", range(1, 9))
async def test_a_photo_is_turned_upright(inspector: Inspector, orientation: int) -> None:
    ways = Image.Transpose
    backwards = {
        2: ways.FLIP_LEFT_RIGHT,
        3: ways.ROTATE_180,
        4: ways.FLIP_TOP_BOTTOM,
        5: ways.TRANSPOSE,
        6: ways.ROTATE_90,
        7: ways.TRANSVERSE,
        8: ways.ROTATE_270,
    }
    taken = scene().transpose(backwards[orientation]) if orientation > 1 else scene()
    with await looked(inspector, photo(picture=taken, tags=exif(orientation))) as answer:
        assert (answer.width, answer.height) == (400, 300)
        check_shown(answer)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
async def test_the_copy_of_a_huge_photo_has_half_its_sides(inspector: Inspector, form: str) -> None:
    picture = scene().resize((5001, 2 * ENOUGH))
    with await looked(inspector, photo(form, picture, exif(6))) as answer:
        copy = only(answer, Made.COPY)
        assert (copy.width, copy.height) == (ENOUGH, 2501)
        assert (answer.width, answer.height) == (2 * ENOUGH, 5001), "that is what it has itself"
        assert corners(seen(copy)) == corners(seen(only(answer, Made.THUMBNAIL))) == [SHOWN[n] for n in (2, 0, 3, 1)]
        with await looked(inspector, photo(picture=picture.resize((1250, 1024)), tags=exif(6))) as small:
            prints = [only(each, Made.COPY).fingerprint for each in (answer, small)]
        first, second = (int(each.hash, 16) for each in prints if each)
        assert (first ^ second).bit_count() < 31


@pytest.mark.parametrize("sides", [(4032, 3024), (700, 9000)])
async def test_a_photo_of_a_phone_and_a_long_screenshot_keep_their_full_size(
    inspector: Inspector, sides: tuple[int, int]
) -> None:
    with await looked(inspector, photo(picture=scene().resize(sides))) as answer:
        copy = only(answer, Made.COPY)
        assert (copy.width, copy.height) == (answer.width, answer.height) == sides


async def test_the_colours_of_a_huge_photo_are_brought_to_srgb_too(inspector: Inspector) -> None:
    picture = scene().resize((2 * ENOUGH, 2 * ENOUGH))
    with await looked(inspector, photo(picture=picture, icc_profile=swapped_profile())) as answer:
        assert corners(seen(only(answer, Made.COPY)))[:2] == [(0, 2, 0), (2, 0, 0)], "green was red by the profile"


async def test_colours_are_brought_to_srgb_and_the_profile_is_gone(inspector: Inspector) -> None:
    with await looked(inspector, photo(icc_profile=swapped_profile())) as answer:
        assert corners(seen(only(answer, Made.COPY)))[:2] == [(0, 2, 0), (2, 0, 0)], "green was red by the profile"
        assert b"ICC_PROFILE" not in content(only(answer, Made.COPY))


async def test_a_broken_profile_is_as_good_as_none(inspector: Inspector) -> None:
    with await looked(inspector, photo(icc_profile=b"profile" * 40)) as answer:
        check_shown(answer)


@pytest.mark.parametrize("mode", ["L", "P", "1", "I;16", "CMYK", "LA"])
async def test_pictures_of_every_colour_mode_can_be_seen(inspector: Inspector, mode: str) -> None:
    picture = (
        scene().convert("L").convert("I;16").point(lambda value: value * 256) if mode == "I;16" else scene(mode=mode)
    )
    form = "JPEG" if mode == "CMYK" else "PNG"
    with await looked(inspector, photo(form, picture)) as answer:
        shown = seen(only(answer, Made.COPY)).convert("L")
        expected = scene().convert("L")
        middle = [level(each.resize((1, 1)), (0, 0)) for each in (shown, expected)]
        assert abs(middle[0] - middle[1]) < 12


async def test_what_one_can_see_through_stays_so_and_loses_nothing(inspector: Inspector) -> None:
    picture = scene(mode="RGBA")
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    with await looked(inspector, photo("PNG", picture)) as answer:
        copy = seen(only(answer, Made.COPY))
        assert copy.tobytes() == picture.tobytes()
        assert only(answer, Made.THUMBNAIL).type == "image/jpeg"
        assert not secrets_in(answer)


async def test_a_screenshot_without_holes_becomes_small(inspector: Inspector) -> None:
    with await looked(inspector, photo("PNG", scene(mode="RGBA"))) as answer:
        check_shown(answer)


async def test_texts_and_times_of_a_png_are_gone(inspector: Inspector) -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", "secret remark")
    texts.add_itxt("Author", "SecretCam", zip=False)
    out = BytesIO()
    scene().save(out, "PNG", pnginfo=texts)
    with await looked(inspector, out.getvalue()) as answer:
        check_shown(answer)


async def test_a_small_copy_of_a_photo_has_nearly_its_fingerprint(inspector: Inspector) -> None:
    small = BytesIO()
    big = Image.effect_noise((16, 12), 200).resize((1200, 900), Image.Resampling.BICUBIC).convert("RGB")
    big.resize((500, 375)).save(small, "WEBP", quality=60)
    with await looked(inspector, photo(picture=big)) as one, await looked(inspector, small.getvalue()) as two:
        prints = [only(each, Made.COPY).fingerprint for each in (one, two)]
        first, second = (int(each.hash, 16) for each in prints if each)
        assert (first ^ second).bit_count() < 31
    with await looked(inspector, photo()) as other:
        third = only(other, Made.COPY).fingerprint
        assert third
        assert (first ^ int(third.hash, 16)).bit_count() > 80


async def test_what_phones_hang_behind_a_photo_is_no_trick(inspector: Inspector) -> None:
    film = b"\x00\x00\x00\x10ftypmp42" + bytes(4) + b"\x00\x00\x00\x0cmdat" + bytes(4)
    for behind in (bytes(500), photo(), film, b"maker's notes", b"notes" * 50_000 + b"SEFT"):
        with await looked(inspector, photo() + behind) as answer:
            check_shown(answer)


async def test_the_position_in_a_file_does_not_matter_and_does_not_change(inspector: Inspector) -> None:
    from tests.evidence.inspected import opened

    with opened(photo()) as file:
        file.seek(17)
        answer = await inspector.inspect(file)
        assert isinstance(answer, Inspected)
        answer.close()
        assert file.tell() == 17
