"""What an examination writes to: things made of a file, one after the other, in one open file, from its start."""

import os
from io import BytesIO
from typing import Final

from PIL import Image

from mufakat.core.refusals import Code
from mufakat.evidence.inspection.limits import QUALITY, THUMBNAIL
from mufakat.evidence.inspection.pdq import fingerprint
from mufakat.evidence.inspection.report import Fingerprint, Made, Piece
from mufakat.evidence.kinds import JPEG, PNG

WHITE: Final = (255, 255, 255)
SMALL: Final = 360
"""Pixels that are enough for a thumbnail and for a fingerprint."""


class Unfit(Exception):  # noqa: N818 - says what is wrong with the file; never leaves the workshop
    """The file is refused."""

    def __init__(self, code: Code, why: str = "") -> None:
        super().__init__(code)
        self.code, self.why = code, why


class Making:
    """Keeps what is made, and where it lies."""

    def __init__(self, file: int) -> None:
        self.pieces: list[Piece] = []
        self._file, self._size = file, 0

    def add(
        self,
        made: Made,
        kind: str,
        content: bytes | memoryview,
        sides: tuple[int, int] = (0, 0),
        at: int = 0,
        fingerprint: Fingerprint | None = None,
    ) -> None:
        """Keep one thing. at: milliseconds into the film."""
        start, rest = self._size, memoryview(content)
        while rest:
            written = os.pwrite(self._file, rest, self._size)
            rest, self._size = rest[written:], self._size + written
        self.pieces.append(
            Piece(
                made=made,
                type=kind,
                start=start,
                size=self._size - start,
                width=sides[0],
                height=sides[1],
                at=at,
                fingerprint=fingerprint,
            )
        )

    def add_picture(
        self, made: Made, picture: Image.Image, *, at: int = 0, fine: bool = False, thumbnail: bool = False
    ) -> None:
        """Keep a picture with its fingerprint, and a thumbnail of it if asked for.

        Nothing but its pixels goes along. `fine` keeps the colours of small print sharp.
        """
        picture.info = {}
        small = _small(picture)
        kind = PNG if "A" in picture.getbands() else JPEG
        print_ = fingerprint(flat(small))
        self.add(made, kind, _encoded(picture, kind, fine=fine), picture.size, at, print_)
        if thumbnail:
            small = flat(small)
            small.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.BICUBIC, reducing_gap=None)
            self.add(Made.THUMBNAIL, JPEG, _encoded(small, JPEG, fine=False), small.size, at)


def flat(picture: Image.Image) -> Image.Image:
    """The picture on white, where one can see through it."""
    if "A" not in picture.getbands():
        return picture
    ground = Image.new("RGB", picture.size, WHITE)
    ground.paste(picture.convert("RGB"), mask=picture.getchannel("A"))
    return ground


def _small(picture: Image.Image) -> Image.Image:
    """The picture with a longer side of SMALL to twice that, or as it is: for everything that needs no more."""
    factor = max(picture.size) // SMALL
    return picture.reduce(factor) if factor > 1 else picture.copy()


def _encoded(picture: Image.Image, kind: str, *, fine: bool) -> memoryview:
    out = BytesIO()
    if kind == PNG:
        picture.save(out, "PNG", compress_level=3)
    else:
        picture.save(out, "JPEG", quality=QUALITY, subsampling=0 if fine else 2)
    return out.getbuffer()
