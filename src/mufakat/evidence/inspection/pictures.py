"""Pictures: decoded, turned upright, brought to sRGB, and encoded anew from nothing but their pixels."""

from io import BytesIO
from typing import Final

import pi_heif  # type: ignore[import-untyped]
from PIL import Image, ImageCms
from PIL.ImageCms import PyCMSError

from mufakat.core.refusals import Code
from mufakat.evidence.inspection import facts
from mufakat.evidence.inspection.limits import PIXELS, SIDE
from mufakat.evidence.inspection.making import Making, Unfit, flat
from mufakat.evidence.inspection.report import Kind, Made, Report
from mufakat.evidence.kinds import HEIC, JPEG, PNG, WEBP

FORMATS: Final = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP", HEIC: "HEIF"}
"""The only decoders that are ever asked, by the type that was found."""
PROFILE_BYTES: Final = 1024 * 1024
"""The largest colour profile that is followed."""
OPAQUE: Final = 255
ENOUGH: Final = 2048
"""Pixels of the shorter side of a copy: it is halved while so many stay. A 12-megapixel photo keeps its full size."""

_ORIENTATION: Final = 0x0112
_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What the camera's position asks for."""
_LAID: Final = {_UPRIGHT[each] for each in (5, 6, 7, 8)}
"""What makes of width height."""
_SRGB: Final = ImageCms.createProfile("sRGB")

# Sizes are judged before anything is decoded, by limits of ours and with a sentence.
Image.MAX_IMAGE_PIXELS = None
# One thread, which is all that may be had. Nothing but the picture itself.
pi_heif.register_heif_opener(decode_threads=1, thumbnails=False, depth_images=False, aux_images=False)


def examine(kind: str, data: bytes, making: Making) -> Report:
    """A picture of that media type; raises Unfit."""
    with _opened(kind, data) as picture:
        width, height = picture.size
        if width * height > PIXELS or max(width, height) > SIDE:
            raise Unfit(Code.FILE_TOO_MANY_PIXELS)
        if kind in {PNG, WEBP} and getattr(picture, "n_frames", 1) > 1:
            raise Unfit(Code.FILE_NOT_ONE_THING, "it moves")
        private = facts.of_picture(picture)
        clean, turned = _clean(picture)
    if turned:
        width, height = height, width
    making.add_picture(Made.COPY, clean, fine=kind == PNG, thumbnail=True)
    return Report(kind=Kind.PICTURE, type=kind, width=width, height=height, private=private)


def _opened(kind: str, data: bytes) -> Image.Image:
    try:
        return Image.open(BytesIO(data), formats=[FORMATS[kind]])
    except Exception as error:
        raise _damaged(error) from error


def _clean(picture: Image.Image) -> tuple[Image.Image, bool]:
    """The picture as everybody is to see it: RGB, or RGBA where one can see through it; and whether it lay on a side.

    It is made smaller before its colours and its position are seen to, which cost by the pixel.
    """
    profile = picture.info.get("icc_profile")
    turn = _UPRIGHT.get(picture.getexif().get(_ORIENTATION, 1))
    width, height = picture.size
    factor = _parts(width, height)
    if factor > 1:
        picture.draft(None, (width // factor, height // factor))  # a JPEG is halved as it is decoded; others are not
    try:
        picture.load()
    except Exception as error:
        raise _damaged(error) from error
    plain = _plain(picture)
    if factor > 1 and plain.size == (width, height):
        plain = plain.reduce(factor)
    clean = _in_srgb(plain, profile)
    if clean.mode == "RGBA" and clean.getchannel("A").getextrema() == (OPAQUE, OPAQUE):
        clean = clean.convert("RGB")
    return (clean, False) if turn is None else (clean.transpose(turn), turn in _LAID)


def _parts(width: int, height: int) -> int:
    """By what the sides of a picture's copy are divided: 1, or 2 and so on where enough is left of the shorter."""
    factor = 1
    while min(width, height) // (2 * factor) >= ENOUGH:
        factor *= 2
    return factor


def _plain(picture: Image.Image) -> Image.Image:
    """The same in RGB, RGBA or CMYK, whatever it was."""
    if picture.mode in {"RGB", "RGBA", "CMYK"}:
        return picture
    if picture.mode.startswith("I"):  # 16 bits of grey
        return picture.point(lambda value: value / 256).convert("L").convert("RGB")
    see_through = "A" in picture.getbands() or "transparency" in picture.info
    return picture.convert("RGBA" if see_through else "RGB")


def _in_srgb(picture: Image.Image, profile: object) -> Image.Image:
    """Its colours brought to sRGB, by its profile where it has one that can be followed."""
    wanted = "RGBA" if picture.mode == "RGBA" else "RGB"
    if isinstance(profile, bytes) and 0 < len(profile) <= PROFILE_BYTES:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            if "sRGB" not in ImageCms.getProfileDescription(source):
                ground = flat(picture) if source.profile.xcolor_space.strip() == "CMYK" else picture
                turned = ImageCms.profileToProfile(ground, source, _SRGB, outputMode=wanted)
                return turned or picture.convert(wanted)
        except (PyCMSError, OSError, ValueError, TypeError):
            pass  # a profile that cannot be followed is as good as none
    return picture if picture.mode == wanted else picture.convert(wanted)


def _damaged(error: Exception) -> Unfit:
    """What a decoder's complaint means."""
    if isinstance(error, Unfit | MemoryError):
        return Unfit(Code.FILE_NOT_UNDERSTOOD, type(error).__name__)
    return Unfit(Code.FILE_DAMAGED, type(error).__name__)
