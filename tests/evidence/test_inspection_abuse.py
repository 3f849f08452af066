"""The abuse list: each item is refused, with a sentence that says what it is and what to do."""

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import AsyncIterator, Callable
from functools import cache
from typing import Any

import av
import pytest
import pytest_asyncio
from PIL import Image

from mufakat.core.parties import Role
from mufakat.core.refusal_texts import sentence
from mufakat.core.refusals import Code, Refusal
from mufakat.core.words import Language
from mufakat.evidence.inspection.inspector import Inspected, Inspector
from mufakat.evidence.inspection.limits import PAGES, TEXT_BYTES
from mufakat.evidence.intake import MAX_FILE_BYTES
from mufakat.evidence.kinds import ALLOWED
from tests.evidence.inspected import box, exif, film, heic, look, opened, pdf, photo, scene

pytestmark = pytest.mark.asyncio(loop_scope="session")

Make = Callable[[], bytes]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def hasty() -> AsyncIterator[Inspector]:
    """The same inspection, with one second of computing for a file."""
    async with Inspector(examine="tests.evidence.hostile:examine_quickly") as running:
        yield running


async def check_refused(inspector: Inspector, content: bytes, code: Code, says: str, claimed: str = "") -> None:
    answer = await look(inspector, content, claimed)
    assert isinstance(answer, Refusal), answer
    assert answer.code is code
    assert says in sentence(answer, Role.CUSTOMER)
    for role in Role:
        for language in Language:
            assert "{" not in sentence(answer, role, language)


# --- kinds that are not taken, whatever they are called


def archive(name: str = "a.txt", content: bytes = b"a" * 100) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as kept:
        kept.writestr(name, content)
    return out.getvalue()


def tape() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as kept:
        kept.addfile(tarfile.TarInfo("a"))
    return out.getvalue()


def saved(form: str) -> bytes:
    out = io.BytesIO()
    scene().save(out, form)
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
NOT_TAKEN: dict[str, Make] = {
    "svg": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "svg behind a declaration": lambda: b'\xef\xbb\xbf<?xml version="1.0"?>\n<svg/>',
    "html": lambda: b"<!DOCTYPE html><html><body onload=alert(1)>",
    "html behind text": lambda: b"Hello.\n<script>alert(1)</script>",
    "zip": archive,
    "gzip": lambda: gzip.compress(b"a"),
    "tar": tape,
    "rar": lambda: b"Rar!\x1a\x07\x01\x00" + bytes(50),
    "7z": lambda: b"7z\xbc\xaf\x27\x1c" + bytes(50),
    "macros in docx": lambda: archive("word/vbaProject.bin", OLE),
    "macros in doc": lambda: OLE + bytes(600),
    "rtf": lambda: b"{\\rtf1\\object}",
    "postscript": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n(a) run",
    "program": lambda: b"MZ" + bytes(300),
    "program of another kind": lambda: b"\x7fELF\x02\x01\x01" + bytes(300),
    "gif": lambda: saved("GIF"),
    "tiff": lambda: saved("TIFF"),
    "bmp": lambda: saved("BMP"),
    "icon": lambda: saved("ICO"),
    "binary": lambda: bytes(range(256)) * 4,
    "text that is no text": lambda: b"text\x00text",
    "text in another encoding": lambda: "Rusak, é".encode("utf-16"),
}


@pytest.mark.parametrize("name", NOT_TAKEN)
async def test_kinds_that_are_not_taken(inspector: Inspector, name: str) -> None:
    await check_refused(inspector, NOT_TAKEN[name](), Code.FILE_TYPE_NOT_ALLOWED, ALLOWED, "image/jpeg")


async def test_nothing(inspector: Inspector) -> None:
    await check_refused(inspector, b"", Code.FILE_EMPTY, "empty")


async def test_more_bytes_than_allowed(inspector: Inspector) -> None:
    with opened(b"") as file:
        file.truncate(MAX_FILE_BYTES + 1)
        answer = await inspector.inspect(file)
    assert isinstance(answer, Refusal)
    assert answer.code is Code.FILE_TOO_LARGE


# --- wrong names


@pytest.mark.parametrize(
    "make, claimed",
    [
        (pdf, "image/jpeg"),
        (photo, "application/pdf"),
        (photo, "video/mp4"),
        (lambda: b"text", "image/png"),
        (film, "text/plain"),
    ],
)
async def test_wrong_names(inspector: Inspector, make: Make, claimed: str) -> None:
    await check_refused(inspector, make(), Code.FILE_NOT_AS_NAMED, claimed, claimed)


@pytest.mark.parametrize(
    "claimed", ["", "application/octet-stream", "image/heic", "IMAGE/PNG; a=b", "chemical/x-pdb", "?"]
)
async def test_names_that_say_nothing_or_the_like_do_no_harm(inspector: Inspector, claimed: str) -> None:
    answer = await look(inspector, photo(), claimed)
    assert isinstance(answer, Inspected)
    answer.close()


# --- damaged and cut off


@cache
def whole(name: str) -> bytes:
    makes: dict[str, Make] = {
        "jpeg": photo,
        "progressive jpeg": lambda: photo(progressive=True),
        "png": lambda: photo("PNG"),
        "webp": lambda: photo("WEBP"),
        "heic": heic,
        "mp4": film,
        "webm": lambda: film("webm", "libvpx", "libopus"),
        "wav": lambda: film("wav", "", "pcm_s16le"),
        "m4a": lambda: film("ipod", "", "aac"),
        "pdf": pdf,
    }
    return makes[name]()


KINDS = ["jpeg", "progressive jpeg", "png", "webp", "heic", "mp4", "webm", "wav", "m4a", "pdf"]


@pytest.mark.parametrize("part", [0.02, 0.3, 0.7, 0.999])
@pytest.mark.parametrize("name", KINDS)
async def test_files_that_were_cut_off(inspector: Inspector, name: str, part: float) -> None:
    content = whole(name)
    cut = content[: max(16, min(int(len(content) * part), len(content) - 8))]
    await check_refused(inspector, cut, Code.FILE_DAMAGED, "cut off")


@pytest.mark.parametrize("name", KINDS)
async def test_whole_files_are_taken(inspector: Inspector, name: str) -> None:
    answer = await look(inspector, whole(name))
    assert isinstance(answer, Inspected), answer
    answer.close()


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xd8\xff" + bytes(500),
        b"\x89PNG\r\n\x1a\n" + bytes(500),
        b"RIFF\xf4\x01\x00\x00WEBP" + bytes(500),
        b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42",
        b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic",
        b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm" + bytes(500),
        b"OggS" + bytes(500),
        b"ID3\x04" + bytes(500),
        b"%PDF-1.7\nnothing\n%%EOF",
        b"%PDF-1.7\n1 0 obj<</Pages 2 0 R>>endobj 2 0 obj<</Kids[]/Count 0>>endobj trailer<</Root 1 0 R>>\n%%EOF",
    ],
)
async def test_files_that_only_begin_well(inspector: Inspector, content: bytes) -> None:
    await check_refused(inspector, content, Code.FILE_DAMAGED, "damaged")


# --- two in one


def with_segment(content: bytes) -> bytes:
    """A JPEG with that in a segment of remarks."""
    return photo()[:2] + b"\xff\xfe" + struct.pack(">H", len(content) + 2) + content + photo()[2:]


def with_chunk(content: bytes) -> bytes:
    """A PNG with that in a chunk of text."""
    chunk = b"tEXt" + content
    return (
        photo("PNG")[:33]
        + struct.pack(">I", len(content))
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
        + photo("PNG")[33:]
    )


HTML = b"<html><script>alert(1)</script></html>"
TWO_IN_ONE: dict[str, Make] = {
    "jpeg and zip": lambda: photo() + archive(),
    "jpeg and zip and zeros": lambda: photo() + archive() + bytes(9),
    "jpeg and padding and zip": lambda: photo() + bytes(5000) + archive(),
    "jpeg and its second picture and zip": lambda: photo() + photo() + archive(),
    "zip whose remark is a jpeg": lambda: photo() + archive()[:-2] + struct.pack("<H", 4) + b"\xff\xd8\xff\xd9",
    "jpeg and rar": lambda: photo() + b"Rar!\x1a\x07\x00" + bytes(50),
    "jpeg and 7z": lambda: photo() + b"7z\xbc\xaf\x27\x1c" + bytes(50),
    "jpeg and pdf": lambda: photo() + pdf(),
    "jpeg and html": lambda: photo() + HTML,
    "jpeg and gif": lambda: photo() + saved("GIF"),
    "jpeg and a program": lambda: photo() + b"MZ\x90\x00" + bytes(900),
    "jpeg and much that nobody knows": lambda: photo() + bytes(range(1, 256)) * 400,
    "jpeg with html inside": lambda: with_segment(HTML),
    "jpeg with php inside": lambda: with_segment(b"<?php system($_GET[0]); ?>"),
    "jpeg with pdf inside": lambda: with_segment(b"%PDF-1.4 1 0 obj"),
    "jpeg with a script in its exif": lambda: photo(tags=_scripted()),
    "png and html": lambda: photo("PNG") + HTML,
    "png and zip": lambda: photo("PNG") + archive(),
    "png with html inside": lambda: with_chunk(b"Comment\x00" + HTML),
    "webp and zip": lambda: photo("WEBP") + archive(),
    "webp and html": lambda: photo("WEBP") + HTML,
    "heic and html": lambda: heic() + HTML,
    "heic and zip": lambda: heic() + archive(),
    "mp4 and zip": lambda: film() + archive(),
    "mp4 with zip in a box": lambda: film() + box(b"free", archive()),
    "mp4 with html in a box": lambda: film() + box(b"free", HTML),
    "mp4 and html": lambda: film() + HTML,
    "webm and zip": lambda: whole("webm") + archive(),
    "webm and html": lambda: whole("webm") + HTML,
    "mp3 and zip": lambda: film("mp3", "", "libmp3lame") + archive(),
    "wav and html": lambda: whole("wav") + HTML,
    "pdf and zip": lambda: pdf() + archive(),
    "pdf and a program": lambda: pdf() + b"MZ" + bytes(range(1, 256)) * 20,
    "pdf and html behind": lambda: pdf() + HTML,
    "pdf with html at its head": lambda: pdf(more=b"%" + HTML + b"\n"),
    "moving png": lambda: photo("PNG", save_all=True, append_images=[scene().rotate(90)]),
    "moving webp": lambda: photo("WEBP", save_all=True, append_images=[scene().rotate(90)]),
}


def _scripted() -> Image.Exif:
    tags = exif()
    tags[0x010E] = "<script>alert(1)</script>"
    return tags


@pytest.mark.parametrize("name", TWO_IN_ONE)
async def test_two_in_one(inspector: Inspector, name: str) -> None:
    await check_refused(inspector, TWO_IN_ONE[name](), Code.FILE_NOT_ONE_THING, "not one still picture")


# --- bombs, and more than allowed


def wide_png(width: int, height: int) -> bytes:
    """A picture of one colour; small in bytes, and whole."""
    rows = zlib.compressobj(9)
    row = b"\x00" + bytes(width)
    packed = b"".join(rows.compress(row) for _ in range(height)) + rows.flush()

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def with_size(width: int, height: int) -> bytes:
    """A JPEG that says of itself that it is so large."""
    content = bytearray(photo())
    at = content.index(b"\xff\xc0")
    content[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(content)


@pytest.mark.parametrize(
    "make",
    [
        lambda: wide_png(10_000, 10_000),
        lambda: wide_png(50_001, 1),
        lambda: with_size(10_000, 10_000),
        lambda: with_size(65_500, 65_500),
    ],
)
async def test_too_many_pixels(inspector: Inspector, make: Make) -> None:
    await check_refused(inspector, make(), Code.FILE_TOO_MANY_PIXELS, "50 million pixels")


async def test_as_many_pixels_as_allowed(inspector: Inspector) -> None:
    answer = await look(inspector, wide_png(10_000, 5_000))
    assert isinstance(answer, Inspected), answer
    answer.close()


async def test_a_film_with_too_many_pixels(inspector: Inspector) -> None:
    content = film("webm", "libvpx", "", 1, (4096, 2304), 1)
    await check_refused(inspector, content, Code.FILE_TOO_MANY_PIXELS, "9 million pixels")


async def test_text_that_unpacks_to_much_more(inspector: Inspector) -> None:
    packed = b"Comment\x00\x00" + zlib.compress(bytes(100 * 1024 * 1024), 9)
    chunk = b"zTXt" + packed
    good = photo("PNG")
    content = good[:33] + struct.pack(">I", len(packed)) + chunk + struct.pack(">I", zlib.crc32(chunk)) + good[33:]
    await check_refused(inspector, content, Code.FILE_DAMAGED, "damaged")


def laughing_pdf() -> bytes:
    """A page of drawings made of drawings, ten times each, twelve deep."""
    levels = b"".join(
        b"%d 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 99 99]/Resources<</XObject<</N %d 0 R>>>>/Length 50>>stream\n"
        b"%s\nendstream endobj\n" % (10 + n, 11 + n, b"/N Do " * 8 + b"  ")
        for n in range(12)
    )
    last = (
        b"22 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 99 99]/Length 16>>stream\n0 0 9 9 re f    \nendstream endobj\n"
    )
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Resources<</XObject<</N 10 0 R>>>>/Contents 4 0 R>>\n"
        b"endobj\n"
        b"4 0 obj<</Length 5>>stream\n/N Do\nendstream endobj\n" + levels + last + b"trailer<</Root 1 0 R>>\n%%EOF\n"
    )


async def test_a_document_that_takes_for_ever(hasty: Inspector) -> None:
    await check_refused(hasty, laughing_pdf(), Code.FILE_NOT_UNDERSTOOD, "could not be read")


async def test_more_pages_than_allowed(inspector: Inspector) -> None:
    await check_refused(inspector, pdf(PAGES + 1), Code.FILE_TOO_MANY_PAGES, f"{PAGES} pages")


async def test_a_locked_document(inspector: Inspector) -> None:
    await check_refused(inspector, pdf(locked=True), Code.FILE_ENCRYPTED, "password")


async def test_a_text_that_is_too_long(inspector: Inspector) -> None:
    await check_refused(inspector, b"a" * (TEXT_BYTES + 1), Code.FILE_TOO_LARGE, "1 MB")


def long_wav(seconds: int) -> bytes:
    samples = bytes(8000 * seconds)
    head = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8)
    content = b"WAVE" + head + b"data" + struct.pack("<I", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", len(content)) + content


async def test_a_sound_that_is_too_long(inspector: Inspector) -> None:
    await check_refused(inspector, long_wav(601), Code.FILE_TOO_LONG, "10 minutes")
    answer = await look(inspector, long_wav(600))
    assert isinstance(answer, Inspected)
    answer.close()


def long_film() -> bytes:
    """Eleven minutes with one picture a minute, whose container says nothing of its length."""
    out = io.BytesIO()
    with av.open(out, "w", format="matroska", options={"live": "1"}) as container:
        track: Any = container.add_stream("libvpx", rate=1)
        track.width, track.height, track.pix_fmt = 32, 32, "yuv420p"
        for minute in range(12):
            frame = av.VideoFrame(32, 32, "yuv420p")
            frame.pts = minute * 60
            container.mux(track.encode(frame))
        container.mux(track.encode(None))
    return out.getvalue()


async def test_a_film_that_is_longer_than_it_says(inspector: Inspector) -> None:
    await check_refused(inspector, long_film(), Code.FILE_TOO_LONG, "10 minutes")


@pytest.mark.parametrize(
    "form, pictures, sound", [("mp4", "mpeg4", "aac"), ("matroska", "libx264", "flac"), ("wav", "", "adpcm_ms")]
)
async def test_what_browsers_do_not_play(inspector: Inspector, form: str, pictures: str, sound: str) -> None:
    await check_refused(inspector, film(form, pictures, sound), Code.FILE_NOT_PLAYABLE, "H.264")
