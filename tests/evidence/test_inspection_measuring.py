"""The measurement measures what it says; its figures are for the benchmark, never for a test."""

from io import BytesIO

from PIL import Image
from PIL.ImageCms import ImageCmsProfile, getProfileDescription

from mufakat.evidence.inspection.measuring import A_QUARTER, ORIENTATION, SIDES, made_photo, measure


async def test_both_are_measured_in_the_same_run() -> None:
    measured = await measure(rounds=2, sides=(640, 480))
    assert measured.decoded > 0
    assert measured.inspected > measured.decoded, "to inspect is to decode and more"
    assert measured.ratio == measured.inspected / measured.decoded
    assert measured.isolation.startswith("Files are inspected")


def test_the_photo_is_like_a_phones() -> None:
    photo = made_photo()
    assert Image.open(BytesIO(photo)).size == SIDES
    assert SIDES[0] * SIDES[1] == 12_000_000
    assert 2_000_000 < len(photo) < 8_000_000


def test_photos_that_cost_more_can_be_made() -> None:
    turned = Image.open(BytesIO(made_photo((64, 48), turned=True)))
    assert turned.getexif()[ORIENTATION] == A_QUARTER
    foreign = Image.open(BytesIO(made_photo((64, 48), foreign=True)))
    profile = ImageCmsProfile(BytesIO(foreign.info["icc_profile"]))
    assert "sRGB" not in getProfileDescription(profile), "else it would not be followed"
