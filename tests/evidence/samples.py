"""Small files of every kind, and streams that arrive in pieces of any size."""

from collections.abc import AsyncIterator

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256))
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(100)
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(30)
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(30)
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42" + bytes(30)
MOV = b"\x00\x00\x00\x14ftypqt  \x00\x00\x02\x00qt  " + bytes(30)
WEBM = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + bytes(30)
MATROSKA = b"\x1a\x45\xdf\xa3\x9f\x42\x82\x10\x00\x00\x08matroska" + bytes(30)
M4A = b"\x00\x00\x00\x18ftypM4A \x00\x00\x02\x00M4A mp42" + bytes(30)
MP3 = b"\xff\xfb\x90\x64" + bytes(30)
MP3_TAGGED = b"ID3\x03\x00\x00\x00\x00\x00\x00" + MP3
OGG = b"OggS\x00\x02" + bytes(30)
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(30)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"
TEXT = "Barang rusak \N{PILE OF POO}, lihat foto.\r\n\tAni\n".encode()


async def stream(content: bytes, size: int = 1000) -> AsyncIterator[bytes]:
    """The content in chunks of that size."""
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def whole(pieces: AsyncIterator[bytes]) -> bytes:
    """What a stream gives, put together."""
    return b"".join([piece async for piece in pieces])
