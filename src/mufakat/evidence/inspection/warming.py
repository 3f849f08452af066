"""Small files of our own that are looked into before the walls stand, so that everything which decoders load late,
by name, is loaded while names can still be opened.
"""

import os
from io import BytesIO
from typing import Any

import av
from PIL import Image
from PIL.ImageCms import ImageCmsProfile, createProfile

from mufakat.evidence import credentials
from mufakat.evidence.inspection.examine import examine, examined
from mufakat.evidence.inspection.making import Making

__all__ = ["examine", "warm_up"]

_DOCUMENT = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]/Resources<</Font<</F<</Type/Font/Subtype/Type1"
    b"/BaseFont/Helvetica>>>>>>/Contents 4 0 R>>endobj\n4 0 obj<</Length 24>>stream\nBT /F 9 Tf (teks) Tj ET  \n"
    b"endstream endobj\n5 0 obj<</Producer(x)/CreationDate(D:20260102030405Z)>>endobj\n"
    b"trailer<</Root 1 0 R/Info 5 0 R>>\n%%EOF\n"
)


def warm_up() -> None:
    """Look into one file of each kind, and load the reader of content credentials; the answers do not matter."""
    credentials.warm_up()
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - an open file is what is wanted
        for each in (*_pictures(), _film(), _sound(), _DOCUMENT, b"teks\n", b"\x00\x00\x00\x14ftypheic" + bytes(8)):
            examined(each, Making(nowhere.fileno()))


def _pictures() -> list[bytes]:
    exif = Image.Exif()
    exif[0x0112], exif[0x0132] = 6, "2026:01:02 03:04:05"
    exif.get_ifd(0x8825)[1] = "S"
    profile = ImageCmsProfile(createProfile("LAB")).tobytes()
    made = []
    for form in ("JPEG", "PNG", "WEBP"):
        out = BytesIO()
        picture = Image.new("RGBA" if form == "PNG" else "RGB", (64, 64), (1, 2, 3))
        picture.save(out, form, exif=exif, icc_profile=profile)
        made.append(out.getvalue())
    return made


def _film() -> bytes:
    out = BytesIO()
    with av.open(out, "w", format="webm") as container:
        track: Any = container.add_stream("libvpx", rate=1)
        track.width, track.height, track.pix_fmt = 32, 32, "yuv420p"
        container.mux(track.encode(av.VideoFrame(32, 32, "yuv420p")))
        container.mux(track.encode(None))
    return out.getvalue()


def _sound() -> bytes:
    head = b"fmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data\x40\x00\x00\x00"
    return b"RIFF" + (4 + len(head) + 64).to_bytes(4, "little") + b"WAVE" + head + bytes(64)
