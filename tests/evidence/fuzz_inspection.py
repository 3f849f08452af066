"""Hostile files without end: good ones, mutated, looked into as in production. Run by `make nightly`.

    .venv/bin/python -m tests.evidence.fuzz_inspection [seconds] [seed]

Whatever comes in, the answer is a refusal with a sentence or something that can be seen: never an exception, never a
process that stays, never a lost workshop. A file that breaks this is written to `build/fuzz` with its seed.
"""

import asyncio
import random
import sys
import time
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psutil

from mufakat.core.parties import Role
from mufakat.core.refusal_texts import sentence
from mufakat.core.refusals import Refusal
from mufakat.evidence.inspection.inspector import Inspector
from tests.evidence.inspected import film, heic, look, pdf, photo, swapped_profile
from tests.evidence.signed import signed

SECONDS = 300.0
KEPT = Path(__file__).parents[2] / "build" / "fuzz"
INTERESTING = (0, 1, 0x7F, 0x80, 0xFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
TOKENS = (
    b"\xff\xd9",
    b"\xff\xda",
    b"IEND",
    b"IDAT",
    b"moov",
    b"mdat",
    b"ftyp",
    b"obj<<",
    b"stream",
    b"%%EOF",
    b"PK\x03\x04",
    b"<html>",
    b"jumb",
    b"c2pa",
)

Mutation = Callable[[random.Random, bytearray], None]


def samples() -> dict[str, bytes]:
    """Good files, small, so that a change is likely to matter."""
    return {
        "jpeg": photo(icc_profile=swapped_profile()),
        "progressive": photo(progressive=True),
        "png": photo("PNG"),
        "moving": photo("PNG", save_all=True, append_images=[]),
        "webp": photo("WEBP"),
        "heic": heic(),
        "mp4": film(seconds=1),
        "mov": film("mov", "libx265", "aac", 1),
        "webm": film("webm", "libvpx", "libopus", 1),
        "matroska": film("matroska", "libx264", "libopus", 1),
        "m4a": film("ipod", "", "aac", 1),
        "mp3": film("mp3", "", "libmp3lame", 1),
        "ogg": film("ogg", "", "libopus", 1),
        "wav": film("wav", "", "pcm_s16le", 1),
        "pdf": pdf(2, (100, 100)),
        "credentials": signed(photo("PNG"), "image/png"),
        "text": b"Barang rusak, lihat foto.\n" * 5,
    }


def flip(chance: random.Random, content: bytearray) -> None:
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def number(chance: random.Random, content: bytearray) -> None:
    value, size = chance.choice(INTERESTING), chance.choice((1, 2, 4, 8))
    at = chance.randrange(min(len(content), chance.choice((64, 512, 1 << 30))))
    content[at : at + size] = (value % (1 << 8 * size)).to_bytes(size, chance.choice(("big", "little")))


def cut(chance: random.Random, content: bytearray) -> None:
    del content[chance.randrange(1, len(content)) :]


def drop(chance: random.Random, content: bytearray) -> None:
    at = chance.randrange(len(content))
    del content[at : at + chance.choice((1, 4, 100, 1000))]


def repeat(chance: random.Random, content: bytearray) -> None:
    at = chance.randrange(len(content))
    content[at:at] = content[at : at + chance.choice((1, 4, 100, 1000))] * chance.choice((1, 2, 50))


def token(chance: random.Random, content: bytearray) -> None:
    at = chance.randrange(len(content) + 1)
    content[at : at + chance.choice((0, 4))] = chance.choice(TOKENS)


def mend(_: random.Random, content: bytearray) -> None:
    """Make the sums of a PNG right again, so that its decoder is reached."""
    at = 8
    while content.startswith(b"\x89PNG") and at + 12 <= len(content):
        end = at + 8 + int.from_bytes(content[at : at + 4])
        if end + 4 > len(content):
            break
        content[end : end + 4] = zlib.crc32(content[at + 4 : end]).to_bytes(4)
        at = end + 4


MUTATIONS: tuple[Mutation, ...] = (flip, flip, number, number, cut, drop, repeat, token)


def mutated(seed: int, good: dict[str, bytes]) -> tuple[str, bytes]:
    """A hostile file by its seed, and what it was made of."""
    chance = random.Random(seed)
    name = chance.choice(sorted(good))
    content = bytearray(good[name])
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        if content:
            chance.choice(MUTATIONS)(chance, content)
    if chance.random() < 0.5:
        mend(chance, content)
    if chance.random() < 0.05:
        content += good[chance.choice(sorted(good))]
    return name, bytes(content)


async def verdict(inspector: Inspector, content: bytes) -> str:
    """What the answer to a file is; whatever it is, it must hold."""
    answer = await look(inspector, content)
    if isinstance(answer, Refusal):
        assert "{" not in sentence(answer, Role.CUSTOMER)
        return answer.code.value
    with answer:
        assert answer.derivatives
        for each in answer.derivatives:
            each.file.seek(0)
            assert len(each.file.read()) == each.size > 0
        return answer.kind.value


async def fuzz(seconds: float, first: int) -> Counter[str]:
    """Try seeds from the first on, two at a time, until time is over; how often which answer came."""
    good, counted, seeds, end = samples(), Counter[str](), iter(range(first, 1 << 62)), time.monotonic() + seconds

    async def keep_trying(inspector: Inspector) -> None:
        while time.monotonic() < end:
            seed = next(seeds)
            name, content = mutated(seed, good)
            try:
                counted[f"{name:12} {await verdict(inspector, content)}"] += 1
            except BaseException:
                KEPT.mkdir(parents=True, exist_ok=True)
                (KEPT / f"{seed}-{name}").write_bytes(content)
                print(f"seed {seed} ({name}) breaks it; the file is in {KEPT}")
                raise

    async with Inspector() as inspector:
        assert inspector._door
        workshop = inspector._door
        await asyncio.gather(keep_trying(inspector), keep_trying(inspector))
        assert inspector._door is workshop, "no file may take the workshop down"
        found = psutil.Process(workshop._process.pid).children(recursive=True)
        assert len(found) <= 1, "no process may stay"
    return counted


def main() -> None:
    """Fuzz, and print what came of it."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(1 << 32)
    print(f"Looking into mutated files for {seconds:g} s, from seed {seed} on.")
    counted = asyncio.run(fuzz(seconds, seed))
    for name, count in sorted(counted.items()):
        print(f"{name:40} {count:6}")
    print(f"{counted.total()} files, none of which broke anything.")


if __name__ == "__main__":
    main()
