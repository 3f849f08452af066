"""A document comes out as pictures of its pages, a text as it is."""

from datetime import UTC, datetime

import pytest

from mufakat.evidence.inspection.inspector import Inspector
from mufakat.evidence.inspection.limits import PAGE_PIXELS, PAGES
from mufakat.evidence.inspection.report import Kind, Made
from tests.evidence.inspected import PROGRAM, content, level, looked, only, pdf, secrets_in, seen

pytestmark = pytest.mark.asyncio(loop_scope="session")

BLACK = 40
WHITE = 215


async def test_pages_come_as_pictures_and_the_file_stays_behind(inspector: Inspector) -> None:
    with await looked(inspector, pdf(3), "application/pdf") as answer:
        assert (answer.kind, answer.type, answer.pages) == (Kind.DOCUMENT, "application/pdf", 3)
        pages = [each for each in answer.derivatives if each.made is Made.PAGE]
        assert [(each.width, each.height, each.type) for each in pages] == [(910, 1287, "image/jpeg")] * 3
        for each in pages:
            assert level(seen(each), (150, 1135)) < BLACK, "the square of the page"
            assert level(seen(each), (600, 300)) > WHITE
            assert each.fingerprint
        assert len([each for each in answer.derivatives if each.made is Made.THUMBNAIL]) == 1
        assert not [each for each in answer.derivatives if content(each).startswith(b"%PDF")]
        assert not secrets_in(answer)


async def test_agents_learn_when_and_with_what_a_document_was_made(inspector: Inspector) -> None:
    with await looked(inspector, pdf()) as answer:
        assert answer.private.taken_at == datetime(2026, 1, 1, 20, 4, 5, tzinfo=UTC)
        assert answer.private.software == PROGRAM


async def test_as_many_pages_as_allowed(inspector: Inspector) -> None:
    with await looked(inspector, pdf(PAGES, (60, 60))) as answer:
        assert answer.pages == PAGES


@pytest.mark.parametrize("sides", [(14_000, 14_000), (14_000, 3), (1, 1)])
async def test_pages_of_any_size_have_a_bounded_number_of_pixels(inspector: Inspector, sides: tuple[int, int]) -> None:
    with await looked(inspector, pdf(1, sides)) as answer:
        page = only(answer, Made.PAGE)
        assert page.width * page.height <= PAGE_PIXELS * 1.01
        assert seen(page).size == (page.width, page.height)


async def test_a_text_passes_as_it_is(inspector: Inspector) -> None:
    written = "Barang rusak \N{PILE OF POO}, <b>lihat</b> foto.\r\n\tAni\n".encode()
    with await looked(inspector, written, "text/plain; charset=utf-8") as answer:
        assert (answer.kind, answer.type) == (Kind.TEXT, "text/plain")
        assert content(only(answer, Made.COPY)) == written
