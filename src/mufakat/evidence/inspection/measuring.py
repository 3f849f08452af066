"""How long inspection takes beside bare decoding of the same photo in the same run: the figure of `bench evidence`.

Bare decoding is what this program would do without a workshop: one photo now and then, in memory that is fresh.
"""

import asyncio
import statistics
import time
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import numpy as np
from PIL import Image
from PIL.ImageCms import ImageCmsProfile, createProfile

from mufakat.core.refusals import Refusal
from mufakat.evidence.inspection.inspector import Inspector, anonymous

SIDES: Final = (4000, 3000)
"""Twelve megapixels."""
ROUNDS: Final = 15
NOISE: Final = ((8, 60), (40, 40), (200, 30), (800, 20))
"""What a made photo is of: patches across, and how strong they are. It compresses like a phone's."""
GRAIN: Final = 4
ORIENTATION: Final = 0x0112
A_QUARTER: Final = 6
"""The mark of a photo that is to be turned by a quarter."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Medians in seconds of one photo: looked into, from the open file to the answer, and only decoded."""

    inspected: float
    decoded: float
    isolation: str

    @property
    def ratio(self) -> float:
        """How often bare decoding fits into inspection; the goal is 2 at most."""
        return self.inspected / self.decoded


def made_photo(sides: tuple[int, int] = SIDES, seed: int = 1, *, turned: bool = False, foreign: bool = False) -> bytes:
    """A JPEG of about the size that a phone makes of as many pixels.

    turned: taken upright, as most phones are held, and marked so. foreign: its colours are not sRGB, as an iPhone's.
    """
    chance, (width, height) = np.random.default_rng(seed), sides
    pixels = np.zeros((height, width, 3), np.float32)
    for across, strength in NOISE:
        patches = chance.integers(0, 255, (across * height // width + 1, across, 3), dtype=np.uint8)
        smooth = Image.fromarray(patches).resize(sides, Image.Resampling.BICUBIC)
        pixels += np.asarray(smooth, np.float32) * (strength / 255)
    pixels += chance.normal(0, GRAIN, (height, width, 1))
    out = BytesIO()
    exif = Image.Exif()
    if turned:
        exif[ORIENTATION] = A_QUARTER
    profile = _foreign_profile() if foreign else None
    picture = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
    picture.save(out, "JPEG", quality=92, exif=exif, icc_profile=profile)
    return out.getvalue()


def _foreign_profile() -> bytes:
    """A profile that must be followed: sRGB's own curves under a name that nobody knows."""
    profile = ImageCmsProfile(createProfile("sRGB")).tobytes()
    return profile.replace("sRGB".encode("utf-16-be"), "Mine".encode("utf-16-be"))


async def measure(
    rounds: int = ROUNDS, sides: tuple[int, int] = SIDES, *, turned: bool = False, foreign: bool = False
) -> Measured:
    """Look into a photo and decode it by turns, one at a time, so that what else the machine does meets both."""
    photo = made_photo(sides, turned=turned, foreign=foreign)
    inspected, decoded = [], []
    async with Inspector() as inspector:
        with anonymous() as file:
            file.write(photo)
            for number in range(rounds + 1):
                begun = time.perf_counter()
                await asyncio.to_thread(_decode, photo)
                between = time.perf_counter()
                answer = await inspector.inspect(file, "image/jpeg")
                ended = time.perf_counter()
                assert not isinstance(answer, Refusal), answer.code
                answer.close()
                if number:  # the first only warms
                    decoded.append(between - begun)
                    inspected.append(ended - between)
        return Measured(statistics.median(inspected), statistics.median(decoded), inspector.isolation())


def _decode(photo: bytes) -> None:
    with Image.open(BytesIO(photo)) as picture:
        picture.load()
