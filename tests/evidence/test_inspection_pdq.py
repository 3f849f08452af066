"""Our PDQ is PDQ: these fingerprints and qualities are those of the reference (pdqhash 0.2.8) for the same pictures."""

import numpy as np
import pytest
from PIL import Image

from mufakat.evidence.inspection.pdq import fingerprint

REFERENCE = [
    (512, 384, 1, "ffff38010200ce730c6238e370c2e3c78f860f1f3a0ee03e00fa03fe7ff8ff80", 100),
    (320, 240, 2, "8208b4cf4089c99b93137737c6331c6770c7e3c787061d1ef01c81fe0ff8ffe0", 100),
    (364, 273, 1, "baaa551aaf57cab5f7bfe96d10406cc9181127330c6330e783063e1ec07c3ff8", 100),
    (64, 64, 1, "d4781dc7f8cdc1da3f82702fe3f81e42307367c4660fccfc98c0568ed598a970", 100),
    (100, 700, 1, "63807948e34076d8698235ea635092b52d657a49e5993b3374e363c67e1ef9f8", 100),
    (33, 40, 1, "9498452ff9782547dadd66b2d9a4a66b69b85243f5b6a94dca932aa4acca1156", 100),
    (719, 400, 1, "5ad552a5f1ef4285878e0e851e0e7e25fc3ef02c82fe00fc07fc7fa0ffe07000", 100),
]


def picture(width: int, height: int, waves: int) -> Image.Image:
    """A picture made of whole numbers only, the same on every machine."""
    y, x = np.mgrid[0:height, 0:width]
    red = (x * waves * 7 + y * y // 3) % 256
    green = (y * waves * 5 + x * x // 5) % 256
    blue = (x * y * waves // 50) % 256
    return Image.fromarray(np.stack([red, green, blue], axis=2).astype(np.uint8))


@pytest.mark.parametrize("width, height, waves, expected, quality", REFERENCE)
def test_fingerprints_are_those_of_the_reference(
    width: int, height: int, waves: int, expected: str, quality: int
) -> None:
    found = fingerprint(picture(width, height, waves))
    assert found.hash == expected
    assert found.quality == quality


def test_grey_pictures_have_the_fingerprint_of_the_same_in_colour() -> None:
    grey = picture(200, 150, 2).convert("L")
    assert fingerprint(grey) == fingerprint(grey.convert("RGB"))


def test_a_plain_wall_says_nothing() -> None:
    assert fingerprint(Image.new("RGB", (300, 200), (9, 99, 199))).quality == 0
