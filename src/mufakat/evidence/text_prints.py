"""A fingerprint of a text, by which nearly the same text is known again and from which nothing can be read.

256 times, the pairs of neighbouring words are put into an order of chance, and one bit of the first pair is kept (b-bit
minwise hashing, Li and König 2010). Two texts of which a share s of all their pairs is in both differ in about
(1 - s) * 128 bits; unrelated texts in about half of 256. So the near search that finds pictures finds texts: within 31
bits about three quarters of the pairs are shared, which is one word changed in fifteen.

The order is keyed: without the key a fingerprint cannot be compared with guessed texts.
"""

import hashlib
import re
import unicodedata
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

FEWEST_WORDS: Final = 12
"""Shorter texts are alike by chance ("the parcel has not arrived yet"), so they have no fingerprint."""
BITS: Final = 256

_WORD: Final = re.compile(r"\w+")
_ROUNDS: Final = np.arange(1, BITS + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
"""Starting points of the 256 orders, far from each other (multiples of 2^64 by the golden ratio, as in SplitMix64)."""

Numbers = NDArray[np.uint64]


def text_print(text: str, key: bytes) -> bytes | None:
    """The fingerprint of a text under a key, 32 bytes; None for fewer than FEWEST_WORDS words.

    Case, marks and spaces do not count; letters and digits do. key: 1 to 64 bytes.
    """
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    if len(words) < FEWEST_WORDS:
        return None
    pairs = {f"{one} {two}".encode() for one, two in pairwise(words)}
    hashed = np.frombuffer(
        b"".join(hashlib.blake2b(pair, digest_size=8, key=key).digest() for pair in pairs), dtype="<u8"
    )
    firsts = _mixed(hashed[:, None] + _ROUNDS[None, :]).min(axis=0)
    return np.packbits((firsts & np.uint64(1)).astype(bool)).tobytes()


def shared(distance: int) -> float:
    """Which share of their pairs of words two texts have in common, as their fingerprints tell: 0 to 1."""
    return max(0.0, 1 - 2 * distance / BITS)


def _mixed(values: Numbers) -> Numbers:
    """Each number scattered over 64 bits, one to one (the finishing steps of SplitMix64); overflow is wanted."""
    mixed: NDArray[Any] = values ^ (values >> np.uint64(30))
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed
