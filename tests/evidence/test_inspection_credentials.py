"""Content credentials are read where files are shut in, and what they say comes out with the report, bounded."""

from collections.abc import AsyncIterator, Callable

import msgspec
import pytest
import pytest_asyncio

from mufakat.core.refusals import Code, Refusal
from mufakat.evidence.credentials import MOST, PHRASE, Credentials, Holds
from mufakat.evidence.inspection.inspector import Inspector
from mufakat.evidence.inspection.limits import PHRASE as SHORT_PHRASE
from mufakat.evidence.inspection.limits import PIECES, REPORT_BYTES, SIDE
from mufakat.evidence.inspection.report import Fingerprint, Kind, Made, Piece, Private, Report
from tests.evidence.inspected import content, film, heic, look, looked, pdf, photo
from tests.evidence.signed import GENERATOR, HOSTILE, MADE, SIGNER, bomb, carrying, pointing, signed

pytestmark = pytest.mark.asyncio(loop_scope="session")

AS_SIGNED = Credentials(
    holds=Holds.INTACT,
    generator=GENERATOR,
    signer=SIGNER,
    sources=("trainedAlgorithmicMedia",),
    actions=("c2pa.created",),
)
KINDS: dict[str, Callable[[], bytes]] = {
    "image/jpeg": photo,
    "image/png": lambda: photo("PNG"),
    "image/webp": lambda: photo("WEBP"),
    "image/heic": heic,
    "video/mp4": lambda: film(seconds=1),
    "video/quicktime": lambda: film("mov", "libx265", "aac", 1),
    "audio/mpeg": lambda: film("mp3", "", "libmp3lame", 1),
}


@pytest_asyncio.fixture(loop_scope="session")
async def poor() -> AsyncIterator[Inspector]:
    """The same inspection, with little memory for a file."""
    async with Inspector(examine="tests.evidence.hostile:examine_poorly") as running:
        yield running


@pytest.mark.parametrize("media_type", KINDS)
async def test_credentials_of_each_kind_are_read_behind_the_walls(inspector: Inspector, media_type: str) -> None:
    plain = KINDS[media_type]()
    with await looked(inspector, signed(plain, media_type)) as answer:
        assert (answer.type, answer.credentials) == (media_type, AS_SIGNED)
        for piece in answer.derivatives:
            assert b"c2pa" not in content(piece)
            assert GENERATOR.partition(" ")[0].encode() not in content(piece)
    with await looked(inspector, plain) as answer:
        assert answer.credentials is None


async def test_a_text_or_document_that_speaks_of_them_has_none(inspector: Inspector) -> None:
    for each in (b"c2pa is the name of a standard\n", pdf()):
        with await looked(inspector, each) as answer:
            assert answer.credentials is None


async def test_what_was_changed_since_and_what_lies_elsewhere_is_told(inspector: Inspector) -> None:
    changed = signed(photo(), "image/jpeg").replace(MADE["action"].encode(), b"c2pa.cre4ted")
    with await looked(inspector, changed) as it:
        assert it.credentials
        assert it.credentials.holds is Holds.BROKEN
    with await looked(inspector, pointing(photo(), "https://example.com/proof")) as it:
        assert it.credentials == Credentials(holds=Holds.ELSEWHERE)


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_manifest_is_unreadable_and_does_no_harm(inspector: Inspector, name: str) -> None:
    with await looked(inspector, photo()):
        door = inspector._door
    with await looked(inspector, carrying(photo("PNG"), HOSTILE[name]())) as answer:
        assert answer.credentials == Credentials(holds=Holds.UNREADABLE)
        assert answer.derivatives
    assert inspector._door is door, "no file may take the workshop down"


async def test_a_manifest_that_is_cut_off_is_never_intact(inspector: Inspector) -> None:
    whole, plain = signed(photo("PNG"), "image/png"), photo("PNG")
    start = whole.index(b"caBX") + 4
    manifest = whole[start : start + int.from_bytes(whole[start - 8 : start - 4])]
    for length in range(1, len(manifest), 1601):
        with await looked(inspector, carrying(plain, manifest[:length])) as answer:
            assert answer.credentials is None or answer.credentials.holds is not Holds.INTACT


async def test_credentials_that_take_too_much_memory_end_with_their_file(inspector: Inspector, poor: Inspector) -> None:
    with await looked(poor, signed(photo(), "image/jpeg")) as answer:
        assert answer.credentials == AS_SIGNED
    hostile = bomb(photo())
    with await looked(inspector, hostile) as answer:
        assert answer.credentials, "it takes memory, and is sound otherwise"
    refused = await look(poor, hostile)
    assert isinstance(refused, Refusal)
    assert refused.code is Code.FILE_NOT_UNDERSTOOD
    with await looked(poor, photo()):
        pass


async def test_the_longest_report_fits() -> None:
    """Of characters of four bytes, of which two are escaped at most."""
    wide = ("\U00012345" * (PHRASE - 2)) + '""'
    said = Credentials(
        holds=Holds.UNREADABLE,
        generator=wide,
        signer=wide,
        sources=MOST * (wide,),
        actions=MOST * (wide,),
        faults=MOST * (wide,),
    )
    piece = Piece(
        made=Made.KEY_FRAME,
        type="image/jpeg",
        start=10**8,
        size=10**8,
        width=SIDE,
        height=SIDE,
        at=10**8,
        fingerprint=Fingerprint("f" * 64, 100),
    )
    phrase = "\U00012345" * SHORT_PHRASE
    report = Report(
        kind=Kind.DOCUMENT,
        type="application/pdf",
        width=SIDE,
        height=SIDE,
        pages=50,
        length=10**8,
        credentials=said,
        private=Private(latitude=-1 / 3, longitude=-1 / 3, make=phrase, model=phrase, software=phrase),
        pieces=PIECES * (piece,),
    )
    assert len(msgspec.json.encode(report)) < REPORT_BYTES
