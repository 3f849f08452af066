"""The vault: a file comes back as it went in, or not at all; only a few kinds go in; what is kept is durable."""

import asyncio
import hashlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from obstore.store import MemoryStore

from mufakat.core.refusals import Code, Refusal
from mufakat.evidence import vault as vaults
from mufakat.evidence.inspection import shape
from mufakat.evidence.inspection.films import READERS
from mufakat.evidence.inspection.report import Kind
from mufakat.evidence.inspection.types import KINDS, MATROSKA_SOUND, WEBM_SOUND
from mufakat.evidence.intake import MAX_FILE_BYTES, MIB, Taken, arriving, give, take
from mufakat.evidence.kinds import ALLOWED, HEAD, TAKEN, NotAllowed, Sniffer
from mufakat.evidence.stream import CHUNK, HEADER, TAG, Damaged, Sealing, pieces, unsealed
from mufakat.evidence.vault import FileLost, Vault, VaultError
from tests.evidence.s3 import Bucket
from tests.evidence.samples import (
    HEIC,
    JPEG,
    M4A,
    MATROSKA,
    MOV,
    MP3,
    MP3_TAGGED,
    MP4,
    OGG,
    PDF,
    PNG,
    TEXT,
    WAV,
    WEBM,
    WEBP,
    stream,
    whole,
)
from tests.homes import open_folder

KEY = AESGCM(bytes(range(32)))
NOW = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
EDGES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1]


async def sealed(content: bytes, key: AESGCM = KEY) -> bytes:
    """The content encrypted, as `take` would."""
    sealing = Sealing(key)
    parts = [sealing.seal(piece, last=last) async for piece, last in pieces(stream(content), CHUNK)]
    return sealing.header + b"".join(parts)


async def opened(kept: bytes, key: AESGCM = KEY, size: int = 1000) -> bytes:
    """Decrypted, arriving in chunks of that size."""
    return await whole(unsealed(stream(kept, size), key))


async def until_damaged(pieces: AsyncIterator[bytes]) -> tuple[bytes, str]:
    """What is given before it is noticed, and what is said then."""
    given = b""
    try:
        async for piece in pieces:
            given += piece
    except Damaged as error:
        return given, str(error)
    raise AssertionError("nothing was noticed")


async def taken(content: bytes, digest: str = "", most: int = MAX_FILE_BYTES, size: int = 1000) -> Taken | Refusal:
    """What the intake makes of a file."""
    with arriving() as file:
        return await take(stream(content, size), digest, Sealing(KEY), file, most)


def code(answer: Taken | Refusal) -> Code:
    assert isinstance(answer, Refusal), answer
    return answer.code


# --- encryption


@pytest.mark.parametrize("length", EDGES)
@pytest.mark.parametrize("size", [1000, CHUNK, CHUNK + TAG, 10 * CHUNK])
async def test_a_file_of_any_size_comes_back(length: int, size: int) -> None:
    content = os.urandom(length)
    kept = await sealed(content)
    assert len(kept) == HEADER + length + TAG * max(1, -(-length // CHUNK))
    assert await opened(kept, size=size) == content


async def test_a_file_comes_back_that_arrives_byte_by_byte() -> None:
    kept = await sealed(b"a short text")
    assert await opened(kept, size=1) == b"a short text"


async def test_nothing_of_the_content_can_be_read() -> None:
    content = b"a secret " * 20_000
    first, second = await sealed(content), await sealed(content)
    assert b"secret" not in first
    assert first[HEADER:] != second[HEADER:], "each file has its own nonces"


async def test_every_way_to_cut_change_or_reorder_is_noticed() -> None:
    kept = await sealed(os.urandom(3 * CHUNK))
    whole_chunk = CHUNK + TAG
    head, one, two, three = (
        kept[:HEADER],
        kept[HEADER : HEADER + whole_chunk],
        kept[HEADER + whole_chunk : HEADER + 2 * whole_chunk],
        kept[HEADER + 2 * whole_chunk :],
    )
    assert await opened(head + one + two + three)
    other = await sealed(os.urandom(3 * CHUNK))
    for wrong in (
        b"",
        head[:-1],
        head,
        head + one,
        head + one + two,
        head + one + two + three[:-1],
        head + two + one + three,
        head + two + three,
        head + one + one + two + three,
        head + one + two + three + three,
        head + one + two + three + b"x",
        head + one + two + other[HEADER + 2 * whole_chunk :],
        other[:HEADER] + one + two + three,
        b"\x02" + head[1:] + one + two + three,
        head + bytes([one[0] ^ 1]) + one[1:] + two + three,
    ):
        with pytest.raises(Damaged):
            await opened(wrong)
    with pytest.raises(Damaged, match="under another key"):
        await opened(kept, AESGCM(bytes(32)))


async def test_no_byte_is_given_before_it_is_proven() -> None:
    kept = bytearray(await sealed(os.urandom(3 * CHUNK)))
    kept[HEADER + CHUNK + TAG] ^= 1
    given, why = await until_damaged(unsealed(stream(bytes(kept)), KEY))
    assert len(given) == CHUNK
    assert "chunk 2" in why


async def test_a_file_that_is_not_what_its_digest_says_is_not_given_whole() -> None:
    content = os.urandom(CHUNK + 5)
    kept = await sealed(content)
    right = hashlib.sha256(content).hexdigest()
    assert await whole(give(stream(kept), KEY, right)) == content
    given, why = await until_damaged(give(stream(kept), KEY, "0" * 64))
    assert given == content[:CHUNK]
    assert "is not the file" in why


# --- intake


EACH_KIND = [
    (JPEG, "image/jpeg"),
    (PNG, "image/png"),
    (WEBP, "image/webp"),
    (HEIC, "image/heic"),
    (MP4, "video/mp4"),
    (MOV, "video/quicktime"),
    (WEBM, "video/webm"),
    (MATROSKA, "video/x-matroska"),
    (M4A, "audio/mp4"),
    (MP3, "audio/mpeg"),
    (MP3_TAGGED, "audio/mpeg"),
    (OGG, "audio/ogg"),
    (WAV, "audio/wav"),
    (PDF, "application/pdf"),
    (TEXT, "text/plain"),
    (b"\xef\xbb\xbfx", "text/plain"),
    (b"<Ani> 10:05 it is broken, 3 < 5\n", "text/plain"),
    (b"x", "text/plain"),
    (b"ID3 is a tag.", "text/plain"),
]


@pytest.mark.parametrize("content,kind", EACH_KIND)
@pytest.mark.parametrize("size", [1, 7, 10_000])
async def test_each_kind_is_known_by_its_content(content: bytes, kind: str, size: int) -> None:
    digest = hashlib.sha256(content).hexdigest()
    assert await taken(content, digest.upper(), size=size) == Taken(digest, len(content), kind)


def test_every_kind_that_is_taken_is_looked_into() -> None:
    """One list: nothing is taken at the door that nobody can look into, and the other way round."""
    assert set(TAKEN) == {kind for _, kind in EACH_KIND}
    assert set(KINDS) == {*TAKEN, WEBM_SOUND, MATROSKA_SOUND}
    plays = {kind for kind in TAKEN if KINDS[kind] in (Kind.FILM, Kind.SOUND)}
    assert set(READERS) == plays
    assert set(shape._WALKS) == {*TAKEN} - {"text/plain"}
    assert ALLOWED == "JPEG, PNG, WebP, HEIC, MP4, MOV, WebM, MKV, M4A, MP3, OGG, WAV, PDF, TXT"


LONG = b"word " * HEAD


@pytest.mark.parametrize(
    "content",
    [
        b"GIF89a" + bytes(20),
        b"PK\x03\x04" + bytes(20),
        b"\x1f\x8b\x08" + bytes(20),
        b"7z\xbc\xaf\x27\x1c" + bytes(20),
        b"\x7fELF" + bytes(20),
        b"MZ\x90\x00" + bytes(20),
        b"\x00\x00\x00\x18ftypavif" + bytes(20),
        b"RIFF\x24\x00\x00\x00AVI LIST",
        b"\x1a\x45\xdf\xa3" + bytes(20),
        b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84wide webm" + bytes(20),
        b"\xff\xf1\x50\x80" + bytes(20),
        b"#!AMR\n" + bytes(20),
        b"fLaC\x00\x00\x00\x22" + bytes(20),
        b"MThd\x00\x00\x00\x06" + bytes(20),
        b"\x00\x00\x00\x14ftyp3gp4" + bytes(20),
        b"FLV\x01\x05" + bytes(20),
        b"\x30\x26\xb2\x75\x8e\x66\xcf\x11" + bytes(20),
        b"<!DOCTYPE html><p>x",
        b"\xef\xbb\xbf \n<html lang=id>",
        b"<?xml version='1.0'?><svg/>",
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b"<!-- x --><svg>",
        b"hello <script src=x></script>",
        b"{\\rtf1 x}",
        b"%!PS-Adobe-3.0",
        b"\xff\xfe" + "text in UTF-16".encode("utf-16-le"),
        b"caf\xe9",
        b"a bell \x07",
        b"cut off \xf0\x9f\x92",
        LONG + b"\x00",
        LONG + b"\xff",
        LONG + b"\xe2\x82",
    ],
)
async def test_every_other_kind_is_refused(content: bytes) -> None:
    for size in (1, 100_000):
        assert code(await taken(content, size=size)) is Code.FILE_TYPE_NOT_ALLOWED


def test_a_letter_may_be_cut_between_two_chunks() -> None:
    for content in (LONG + "é".encode(), LONG[: HEAD - 1] + "é".encode()):
        sniffer = Sniffer()
        for piece in (content[:-1], content[-1:]):
            sniffer.feed(piece)
        assert sniffer.end() == "text/plain"
    sniffer = Sniffer()
    sniffer.feed(LONG)
    with pytest.raises(NotAllowed):
        sniffer.feed(b"\xff")


async def test_an_empty_file_is_refused() -> None:
    assert code(await taken(b"")) is Code.FILE_EMPTY


async def test_the_size_limit_holds_at_its_edge() -> None:
    content = JPEG[:100]
    assert isinstance(await taken(content, most=100), Taken)
    refusal = await taken(content + b"x", most=100)
    assert code(refusal) is Code.FILE_TOO_LARGE
    assert isinstance(refusal, Refusal)
    assert dict(refusal.facts)["limit"] == "100"


async def test_a_file_of_the_largest_size_is_taken_and_one_byte_more_is_not() -> None:
    block = bytes(MIB)

    async def film(more: int) -> AsyncIterator[bytes]:
        yield JPEG
        for _ in range(MAX_FILE_BYTES // MIB - 1):
            yield block
        yield block[: MIB - len(JPEG) + more]

    with arriving() as file:
        answer = await take(film(0), "", Sealing(KEY), file)
        assert isinstance(answer, Taken)
        assert answer.size == MAX_FILE_BYTES == 50 * MIB
        file.seek(0, os.SEEK_END)
        assert file.tell() == HEADER + MAX_FILE_BYTES + TAG * MAX_FILE_BYTES // CHUNK
    with arriving() as file:
        assert code(await take(film(1), "", Sealing(KEY), file)) is Code.FILE_TOO_LARGE


async def test_what_is_too_large_is_not_read_to_its_end() -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield JPEG

    with arriving() as file:
        assert code(await take(endless(), "", Sealing(KEY), file, 10 * len(JPEG))) is Code.FILE_TOO_LARGE
    assert read == 11


async def test_a_file_must_be_what_was_announced() -> None:
    refusal = await taken(TEXT, "0" * 64)
    assert code(refusal) is Code.FILE_NOT_AS_CLAIMED
    assert isinstance(refusal, Refusal)
    assert dict(refusal.facts)["found"] == hashlib.sha256(TEXT).hexdigest()
    assert code(await taken(TEXT, "no digest at all")) is Code.FILE_NOT_AS_CLAIMED


# --- the vault


@pytest.fixture(params=["folder", "memory", "s3"])
def vault(request: pytest.FixtureRequest, tmp_path: Path) -> Vault:
    """A folder, and object stores: one in memory, and one that speaks S3 over HTTP."""
    if request.param == "s3":
        bucket: Bucket = request.getfixturevalue("bucket")
        return Vault.at(bucket.where)
    return Vault.at(str(tmp_path / "files")) if request.param == "folder" else Vault(MemoryStore())


async def places(vault: Vault, marketplace: str, before: datetime = NOW + timedelta(days=1)) -> list[str]:
    return [place async for page in vault.places(marketplace, before) for place in page]


async def test_what_is_kept_can_be_read_listed_and_dropped(vault: Vault) -> None:
    content = os.urandom(6 * MIB)  # more than one part
    place = vault.new_place("toko", NOW)
    await vault.keep(place, BytesIO(content))
    assert await whole(vault.read(place)) == content
    assert await places(vault, "toko") == [place]
    assert await places(vault, "other") == []
    await vault.drop(place)
    await vault.drop(place)
    assert await places(vault, "toko") == []
    with pytest.raises(FileLost):
        await whole(vault.read(place))


async def test_a_part_of_a_file_is_read_alone(vault: Vault) -> None:
    content = os.urandom(6 * MIB)
    place = vault.new_place("toko", NOW)
    await vault.keep(place, BytesIO(content))
    for start, end in ((0, 1), (0, len(content)), (5 * MIB - 1, 5 * MIB + 1), (len(content) - 1, len(content))):
        assert await whole(vault.read(place, (start, end))) == content[start:end]


async def test_many_files_are_listed_in_pages(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vaults, "PAGE", 2)
    kept = {vault.new_place("toko", NOW + timedelta(days=n)) for n in range(5)}
    for place in kept:
        await vault.keep(place, BytesIO(b"x"))
    before = NOW + timedelta(days=9)
    assert len([page async for page in vault.places("toko", before)]) > 1
    assert set(await places(vault, "toko", before)) == kept


async def test_a_file_that_is_kept_again_is_the_new_one(vault: Vault) -> None:
    place = vault.new_place("toko", NOW)
    for content in (b"first", b"second"):
        await vault.keep(place, BytesIO(content))
    assert await whole(vault.read(place)) == b"second"


async def test_an_empty_file_is_kept(vault: Vault) -> None:
    place = vault.new_place("toko", NOW)
    await vault.keep(place, BytesIO())
    assert await whole(vault.read(place)) == b""
    assert await places(vault, "toko") == [place]


async def test_a_place_tells_nothing_but_its_age(vault: Vault) -> None:
    strange = "../../etc \N{PILE OF POO}/x"
    place, again = (vault.new_place(strange, NOW) for _ in range(2))
    assert place != again
    folder, day, name = place.split("/")
    assert day == "20261102"
    assert all(set(part) <= set("0123456789abcdef") for part in (folder, name))
    await vault.keep(place, BytesIO(b"x"))
    assert await places(vault, strange) == [place]
    assert await places(vault, strange, NOW) == []
    assert await places(vault, strange, NOW + timedelta(milliseconds=1)) == [place]


async def test_what_a_killed_process_left_is_dropped(tmp_path: Path) -> None:
    vault = Vault.at(str(tmp_path))
    whole_file, place = vault.new_place("toko", NOW), vault.new_place("toko", NOW)
    await vault.keep(whole_file, BytesIO(b"x"))
    script = """
import os, sys, obstore
from obstore.store import LocalStore
def parts():
    yield bytes(6_000_000)
    os._exit(9)
obstore.put(LocalStore(sys.argv[1]), sys.argv[2], parts())
"""
    killed = await asyncio.create_subprocess_exec(sys.executable, "-c", script, str(tmp_path), place)
    assert await killed.wait() == 9
    assert await places(vault, "toko") == [whole_file]
    left = [path for path in tmp_path.rglob("*") if path.is_file() and path != tmp_path / whole_file]
    assert len(left) == 1, "obstore leaves one file that it does not list"
    assert await vault.drop_unfinished(NOW) == 0
    assert await vault.drop_unfinished(NOW + timedelta(milliseconds=1)) == 1
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / whole_file]
    assert await Vault(MemoryStore()).drop_unfinished(NOW) == 0


async def test_a_place_that_cannot_keep_files_is_known_at_the_start(tmp_path: Path, vault: Vault) -> None:
    await vault.check()
    (tmp_path / "file").touch()
    for where in (str(tmp_path / "file" / "x"), "s3://", "ftp://host/x"):
        with pytest.raises(VaultError, match="cannot be kept in"):
            Vault.at(where)


CHECK = """
import asyncio, os, sys
import concurrent.futures.thread  # before the interpreter's own folder is closed to us, too
from mufakat.evidence.vault import Vault, VaultError
vault = Vault.at(sys.argv[1])
os.chmod(sys.argv[1], 0o555)
if os.getuid() == 0:
    os.setuid(65534)
try:
    asyncio.run(vault.check())
except VaultError as error:
    print(error)
"""


def test_a_folder_that_is_closed_to_the_program_is_told_in_a_sentence() -> None:
    with open_folder() as folder:
        checked = [sys.executable, "-c", CHECK, str(folder / "files")]
        said = subprocess.run(checked, capture_output=True, text=True, check=True).stdout
    assert said.startswith("The folder of files cannot be used ("), said
    assert said.endswith("Permission denied (os error 13)).\n")


async def test_an_object_store_that_is_away_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_ENDPOINT": "http://127.0.0.1:1",
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "k",
        "AWS_SECRET_ACCESS_KEY": "s",
        "AWS_REGION": "r",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(vaults, "RETRIES", 0)
    with pytest.raises(VaultError, match=r"does not answer as it should .*127\.0\.0\.1:1/bucket/prefix") as caught:
        await Vault.at("s3://bucket/prefix").check()
    assert "\n" not in str(caught.value)


async def test_bytes_and_names_reach_the_disk_before_a_file_counts_as_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = Vault.at(str(tmp_path / "files"))
    synced: list[int] = []
    real = os.fsync

    def fsync(number: int) -> None:
        synced.append(os.fstat(number).st_ino)
        real(number)

    def inodes(*names: str) -> list[int]:
        return [(tmp_path / "files" / name).stat().st_ino for name in names]

    monkeypatch.setattr(os, "fsync", fsync)
    first = vault.new_place("toko", NOW)
    await vault.keep(first, BytesIO(b"x"))
    folder, day, _ = first.split("/")
    assert synced == inodes(first, f"{folder}/{day}", folder, "")
    second = vault.new_place("toko", NOW)
    await vault.keep(second, BytesIO(b"x"))
    assert synced[4:] == inodes(second, f"{folder}/{day}"), "the folders above are durable already"


async def test_a_full_disk_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = Vault.at(str(tmp_path))

    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(VaultError, match="No space left on device"):
        await vault.keep(vault.new_place("toko", NOW), BytesIO(b"x"))
