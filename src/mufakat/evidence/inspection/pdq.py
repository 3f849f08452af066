"""PDQ, the fingerprint of a picture that survives another size, quality and format.

The algorithm is that of Facebook's "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm" (2019):
brightness, blurred twice along both sides, 64 by 64 samples, their cosine transform without its first row and column,
and one bit for each of 256 coefficients that is above the median. It is written out here, bit for bit like the
reference (tests hold it to that), because the package with the reference needs a compiler at installation.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mufakat.evidence.inspection.report import Fingerprint

SAMPLES: Final = 64
SIDE: Final = 16
BLURS: Final = 2
BRIGHTNESS: Final = np.array([0.299, 0.587, 0.114])
"""What red, green and blue add to brightness."""
FULL_GRADIENT: Final = 90
"""A hundredth of the change from sample to sample that makes a picture as telling as can be."""

Floats = NDArray[np.floating[Any]]

_COSINES: Final = np.sqrt(2 / SAMPLES) * np.cos(
    np.pi / 2 / SAMPLES * np.outer(np.arange(1, SIDE + 1), 2 * np.arange(SAMPLES) + 1)
)


def fingerprint(picture: Image.Image) -> Fingerprint:
    """The fingerprint of a picture in RGB or grey; a longer side of a few hundred pixels is enough."""
    colours = np.asarray(picture if picture.mode == "RGB" else picture.convert("RGB"))
    bright: Floats = colours @ BRIGHTNESS
    for _ in range(BLURS):
        bright = _blurred(_blurred(bright, 1), 0)
    rows, columns = (((np.arange(SAMPLES) + 0.5) * n / SAMPLES).astype(int) for n in bright.shape)
    samples: Floats = bright[np.ix_(rows, columns)]
    waves = _COSINES @ samples @ _COSINES.T
    bits = (waves > np.sort(waves, axis=None)[waves.size // 2 - 1]).ravel()
    return Fingerprint(np.packbits(bits[::-1]).tobytes().hex(), _quality(samples))


def _blurred(values: Floats, axis: int) -> Floats:
    """The mean of a window around each value along one axis, shorter at the edges."""
    n = values.shape[axis]
    window = (n + 2 * SAMPLES - 1) // (2 * SAMPLES)
    ahead = (window + 2) // 2
    places = np.arange(n)
    first, end = np.maximum(0, places - (window - ahead)), np.minimum(n, places + ahead)
    sums = np.cumsum(values, axis)
    sums = np.insert(sums, 0, 0.0, axis)
    means: Floats = (np.take(sums, end, axis) - np.take(sums, first, axis)) / np.expand_dims(end - first, 1 - axis)
    return means


def _quality(samples: Floats) -> int:
    """How much changes from sample to sample: a plain wall gives 0, most photos 100."""
    change = sum(np.abs(np.trunc(np.diff(samples, axis=axis) * 100 / 255)).sum() for axis in (0, 1))
    return int(min(100, change // FULL_GRADIENT))
