"""Good files of every kind that is looked into, made here, with secrets in every place where a file can keep one."""

import struct
from fractions import Fraction
from functools import cache
from io import BytesIO
from typing import IO, Any

import av
import numpy as np
from PIL import Image
from PIL.ImageCms import ImageCmsProfile, createProfile

from mufakat.core.refusals import Refusal
from mufakat.evidence.inspection.inspector import Derivative, Inspected, Inspector, anonymous
from mufakat.evidence.inspection.report import Made

CAMERA = "SecretCam"
MODEL = "SecretModel 9"
PROGRAM = "SecretProgram 3.1"
REMARK = b"secret remark"
ISO_PLACE = "-06.2088+106.8456+008.000/"
SECRETS = (b"SecretCam", b"SecretModel", b"SecretProgram", b"secret remark", b"06.2088", b"x264 - core", b"2026:01:02")
"""What must not be in anything that others see."""


def opened(content: bytes) -> IO[bytes]:
    """The content in an open file without a name."""
    file = anonymous()
    file.write(content)
    file.flush()
    return file


async def look(inspector: Inspector, content: bytes, claimed: str = "") -> Inspected | Refusal:
    """What the inspector says of a content."""
    with opened(content) as file:
        return await inspector.inspect(file, claimed)


async def looked(inspector: Inspector, content: bytes, claimed: str = "") -> Inspected:
    """The same of a content that is taken."""
    answer = await look(inspector, content, claimed)
    assert isinstance(answer, Inspected), answer
    return answer


def content(piece: Derivative) -> bytes:
    piece.file.seek(0)
    read = piece.file.read()
    assert len(read) == piece.size
    return read


def only(answer: Inspected, made: Made) -> Derivative:
    (piece,) = (each for each in answer.derivatives if each.made is made)
    return piece


def seen(piece: Derivative) -> Image.Image:
    """A derivative that is a picture, decoded."""
    picture = Image.open(BytesIO(content(piece)))
    picture.load()
    assert picture.size == (piece.width, piece.height)
    return picture


def level(picture: Image.Image, at: tuple[int, int], channel: int = 0) -> int:
    """One colour of one pixel, 0 to 255."""
    found = picture.convert("RGB").getpixel(at)
    assert isinstance(found, tuple)
    return found[channel]


def secrets_in(answer: Inspected) -> list[bytes]:
    return [each for each in SECRETS for piece in answer.derivatives if each in content(piece)]


# --- pictures


def scene(width: int = 400, height: int = 300, mode: str = "RGB") -> Image.Image:
    """A picture whose corners differ: red, green, blue and white, around some detail."""
    picture = Image.new("RGB", (width, height), (128, 128, 128))
    for place, colour in (((0, 0), "red"), ((1, 0), "lime"), ((0, 1), "blue"), ((1, 1), "white")):
        picture.paste(colour, (place[0] * width * 3 // 4, place[1] * height * 3 // 4, *corner(place, width, height)))
    waves = np.asarray(picture, float)
    waves[:, :, 1] += 40 * np.sin(np.add.outer(np.arange(height) / 9, np.arange(width) / 13))
    return Image.fromarray(waves.clip(0, 255).astype(np.uint8)).convert(mode)


def corner(place: tuple[int, int], width: int, height: int) -> tuple[int, int]:
    return (place[0] * width * 3 // 4 + width // 4, place[1] * height * 3 // 4 + height // 4)


def exif(orientation: int = 1, offset: str = "+07:00") -> Image.Exif:
    """Time, place and camera, as a phone writes them: Jakarta on 2 January 2026 at 03:04:05."""
    tags = Image.Exif()
    tags[0x0112], tags[0x010F], tags[0x0110], tags[0x0131] = orientation, CAMERA, MODEL, PROGRAM
    tags[0x0132] = "2026:01:02 04:00:00"
    more = tags.get_ifd(0x8769)
    more[0x9003] = "2026:01:02 03:04:05"
    if offset:
        more[0x9011] = offset
    place = tags.get_ifd(0x8825)
    place.update({1: "S", 2: (6.0, 12.0, 31.68), 3: "E", 4: (106.0, 50.0, 44.16)})
    return tags


def photo(form: str = "JPEG", picture: Image.Image | None = None, tags: Image.Exif | None = None, **more: Any) -> bytes:
    """A picture file with EXIF, XMP and, where it can be, a remark."""
    out = BytesIO()
    if form == "JPEG":
        more = {"comment": REMARK, "quality": 90, **more}
    xmp = b"<x:xmpmeta>" + CAMERA.encode() + b"</x:xmpmeta>"
    if form != "PNG":
        more = {"xmp": xmp, **more}
    (picture or scene()).save(out, form, exif=tags or exif(), **more)
    return out.getvalue()


def swapped_profile() -> bytes:
    """A colour profile in which red is green and green is red."""
    profile = bytearray(ImageCmsProfile(createProfile("sRGB")).tobytes()).replace(
        "sRGB".encode("utf-16-be"), b"\0X" * 4
    )
    (count,) = struct.unpack_from(">I", profile, 128)
    tags = {bytes(profile[at : at + 4]): at for at in range(132, 132 + 12 * count, 12)}
    for low, high in ((b"rXYZ", b"gXYZ"),):
        one, two = tags[low] + 4, tags[high] + 4
        profile[one : one + 8], profile[two : two + 8] = profile[two : two + 8], profile[one : one + 8]
    return bytes(profile)


@cache
def heic(width: int = 128, height: int = 96) -> bytes:
    """A HEIC photo as phones write them: a HEVC picture and its EXIF, boxed by hand, for no package here writes it."""
    film = BytesIO()
    with av.open(film, "w", format="mp4") as container:
        track: Any = container.add_stream("libx265", rate=1, options={"x265-params": "log-level=none:keyint=1"})
        track.width, track.height, track.pix_fmt = width, height, "yuv420p"
        frame = av.VideoFrame.from_ndarray(np.asarray(scene(width, height)), format="rgb24")
        container.mux(track.encode(frame))
        container.mux(track.encode(None))
    data = film.getvalue()
    at = data.index(b"hvcC") - 4
    settings = data[at : at + int.from_bytes(data[at : at + 4])]
    at = data.index(b"mdat") + 4
    sample = data[at : at - 8 + int.from_bytes(data[at - 8 : at - 4])]
    tags = b"\0\0\0\x06" + b"Exif\0\0" + exif().tobytes().removeprefix(b"Exif\0\0")

    def meta(begins: int) -> bytes:
        places = b"".join(
            struct.pack(">HHHII", number, 0, 1, start, size)
            for number, start, size in ((1, begins, len(sample)), (2, begins + len(sample), len(tags)))
        )
        items = b"".join(
            box(b"infe", struct.pack(">IHH4sB", 2 << 24, number, 0, kind, 0))
            for number, kind in ((1, b"hvc1"), (2, b"Exif"))
        )
        sides = box(b"ispe", struct.pack(">III", 0, width, height))
        return box(
            b"meta",
            bytes(4)
            + box(b"hdlr", bytes(8) + b"pict" + bytes(13))
            + box(b"pitm", struct.pack(">IH", 0, 1))
            + box(b"iloc", struct.pack(">IBBH", 0, 0x44, 0, 2) + places)
            + box(b"iinf", struct.pack(">IH", 0, 2) + items)
            + box(b"iref", bytes(4) + box(b"cdsc", struct.pack(">HHH", 2, 1, 1)))
            + box(b"iprp", box(b"ipco", settings + sides) + box(b"ipma", struct.pack(">IIHBBB", 0, 1, 1, 2, 0x81, 2))),
        )

    head = box(b"ftyp", b"heic\0\0\0\0mif1heic")
    begins = len(head) + len(meta(0)) + 8
    return head + meta(begins) + box(b"mdat", sample + tags)


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), name) + content


# --- films and sounds


@cache
def film(
    form: str = "mp4",
    pictures: str = "libx264",
    sound: str = "aac",
    seconds: int = 3,
    sides: tuple[int, int] = (160, 120),
    rate: int = 10,
) -> bytes:
    """A film in which red comes in from the left; without pictures, a sound."""
    out = BytesIO()
    options = {"movflags": "use_metadata_tags"} if form in {"mp4", "mov"} else {}
    with av.open(out, "w", format=form, options=options) as container:
        container.metadata.update(
            {
                "location": ISO_PLACE,
                "make": CAMERA,
                "model": MODEL,
                "comment": REMARK.decode(),
                "creation_time": "2026-01-02T03:04:05.000000Z",
            }
        )
        pictured = _picture_track(container, pictures, sides, rate) if pictures else None
        heard = container.add_stream(sound, rate=48000, layout="mono") if sound else None
        if pictured:  # every track must be there before the first packet
            _add_pictures(container, pictured, seconds * rate)
        if heard:
            _add_sound(container, heard, seconds)
    return out.getvalue()


def _picture_track(container: Any, codec: str, sides: tuple[int, int], rate: int) -> Any:
    options = {"x265-params": "log-level=none"} if codec == "libx265" else {}
    track = container.add_stream(codec, rate=rate, options=options)
    track.width, track.height = sides
    track.pix_fmt = "yuv420p"
    track.codec_context.gop_size = rate
    return track


def _add_pictures(container: Any, track: Any, count: int) -> None:
    for number in range(count):
        pixels = np.zeros((track.height, track.width, 3), np.uint8)
        pixels[:, : 10 + number * track.width // (count + 20)] = (220, 20, 20)
        container.mux(track.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
    container.mux(track.encode(None))


def _add_sound(container: Any, track: Any, seconds: int) -> None:
    tone = (np.sin(np.arange(960) * 0.05)[None] * 8000).astype(np.int16)
    for number in range(seconds * 50):
        frame = av.AudioFrame.from_ndarray(tone, format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48000, number * 960, Fraction(1, 48000)
        container.mux(track.encode(frame))
    container.mux(track.encode(None))


def on_its_side(content: bytes) -> bytes:
    """The film as a phone held upright writes it: to be turned by 90 degrees clockwise when shown."""
    turned = bytearray(content)
    at = turned.index(b"tkhd") + 44
    one = 1 << 16
    turned[at : at + 36] = struct.pack(">9i", 0, one, 0, -one, 0, 0, 0, 0, 1 << 30)
    return bytes(turned)


# --- documents


def pdf(pages: int = 1, sides: tuple[int, int] = (595, 842), more: bytes = b"", *, locked: bool = False) -> bytes:
    """A document with a black square in the lower left of each page, and scripts that must never run."""
    drawn = b"0 0 0 rg 50 50 100 100 re f"
    kids = b" ".join(b"%d 0 R" % (5 + number) for number in range(pages))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, pages),
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
        b"<</Producer(%s)/CreationDate(D:20260102030405+07'00')/Subject(%s)>>" % (PROGRAM.encode(), REMARK),
    ]
    objects += [b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 3 0 R>>" % sides] * pages
    lock = b""
    if locked:
        objects.append(b"<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>" % (b"41" * 32, b"42" * 32))
        lock = b"/Encrypt %d 0 R/ID[<4142><4142>]" % len(objects)
    out, places = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + more, []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    tail = b"trailer<</Size %d/Root 1 0 R/Info 4 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (count, lock, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % count + table + tail
