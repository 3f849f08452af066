"""Documents: each page of a PDF as a picture, never the file. Scripts, forms and attachments stay behind with it."""

import math
from contextlib import suppress
from typing import Final

import pypdfium2  # type: ignore[import-untyped]
from PIL import Image
from pypdfium2 import PdfiumError

from mufakat.core.refusals import Code
from mufakat.evidence.inspection import facts
from mufakat.evidence.inspection.limits import PAGE_DPI, PAGE_PIXELS, PAGES, SIDE
from mufakat.evidence.inspection.making import Making, Unfit
from mufakat.evidence.inspection.report import Kind, Made, Report
from mufakat.evidence.kinds import PDF

POINTS: Final = 72
"""Units of a page in an inch."""

_PASSWORD: Final = 4
_SECURITY: Final = 5


def examine(data: bytes, making: Making) -> Report:
    """A PDF; raises Unfit."""
    document = _opened(data)
    with suppress(PdfiumError):
        document.init_forms()  # so that what was filled in is seen
    pages = len(document)
    if not pages:
        raise Unfit(Code.FILE_DAMAGED, "no pages")
    if pages > PAGES:
        raise Unfit(Code.FILE_TOO_MANY_PAGES)
    for number in range(pages):
        making.add_picture(Made.PAGE, _rendered(document, number), fine=True, thumbnail=number == 0)
    private = facts.of_document(document.get_metadata_dict())
    return Report(kind=Kind.DOCUMENT, type=PDF, pages=pages, private=private)


def _opened(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except PdfiumError as error:
        locked = getattr(error, "err_code", None) in {_PASSWORD, _SECURITY}
        raise Unfit(Code.FILE_ENCRYPTED if locked else Code.FILE_DAMAGED) from error


def _rendered(document: pypdfium2.PdfDocument, number: int) -> Image.Image:
    """A page with PAGE_DPI dots an inch, fewer where it would have too many pixels."""
    try:
        page = document[number]
        width, height = page.get_size()
        scale = PAGE_DPI / POINTS
        scale = min(scale, math.sqrt(PAGE_PIXELS / (width * height)), SIDE / 4 / max(width, height))
        bitmap = page.render(scale=scale)
        picture: Image.Image = bitmap.to_pil().convert("RGB")
        bitmap.close()
        page.close()
    except (PdfiumError, ValueError, ZeroDivisionError, OverflowError) as error:
        raise Unfit(Code.FILE_DAMAGED, type(error).__name__) from error
    return picture
