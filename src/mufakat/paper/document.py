"""A statement as a document: PDF, set by typst in a process of its own with limits on time, memory and size.

The layout is ours (`statement.typ`) and what it says is data, so no word of a person's is read as markup. The date in
the document is the judgement's, the fonts are those within the package: the same statement gives the same bytes.
"""

import asyncio
import json
import sys
from dataclasses import asdict
from datetime import UTC
from pathlib import Path
from typing import Final

from mufakat.core.statement import Block, BlockKind, Statement
from mufakat.paper.words import clean

SECONDS: Final = 20.0
"""How long setting one document may take."""
MOST_BYTES: Final = 8 * 1024 * 1024
"""The largest document that is handed out."""
MOST_DATA: Final = 4 * 1024 * 1024
"""The most data, in bytes, that a document is made of."""
AT_ONCE: Final = 2
"""Documents set at once; the next waits."""
LONGEST_WORD: Final = 18
"""Letters after which a word may be broken, so that none runs out of its column."""
THINNEST: Final = 8
"""The least width of a column, in letters."""
WIDEST: Final = 40
"""The most."""
BREAK: Final = "\u200b"

SETTING: Final = Path(__file__).with_name("setting.py")
"""The program that sets a document; it needs nothing of ours but its layout."""

_places: Final = asyncio.Semaphore(AT_ONCE)


class NoDocument(Exception):  # noqa: N818 - says what happened
    """A document could not be set: too large, or too slow, or the setting program failed."""


def told(statement: Statement) -> bytes:
    """What the layout is filled with, as JSON. Raises NoDocument for more than MOST_DATA."""
    made = statement.judged_at.astimezone(UTC)
    data = {
        "title": statement.title,
        "name": f"{statement.title} {statement.case_id}/{statement.number}",
        "author": "Mufakat",
        "language": statement.language.value,
        "date": {
            "year": made.year,
            "month": made.month,
            "day": made.day,
            "hour": made.hour,
            "minute": made.minute,
            "second": made.second,
        },
        "summary": [[softened(each) for each in row] for row in statement.summary],
        "sections": [
            {"heading": each.heading, "blocks": [_block(block) for block in each.blocks]} for each in statement.sections
        ],
    }
    written = json.dumps(data, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")
    if len(written) > MOST_DATA:
        raise NoDocument(f"the statement has {len(written)} bytes; a document is made of {MOST_DATA} at most")
    return written


def _block(block: Block) -> dict[str, object]:
    plain = asdict(block)
    plain["kind"] = block.kind.value
    plain["text"] = softened(block.text)
    if block.kind is not BlockKind.TEXT:
        plain["rows"] = [[softened(each) for each in row] for row in block.rows]
        plain["widths"] = _widths(block)
    return plain


def _widths(block: Block) -> list[int]:
    """How wide the columns of a table are beside each other: by their longest cells, none too thin, none too wide."""
    columns = zip(block.columns, *block.rows, strict=True) if block.columns else ()
    return [min(WIDEST, max(THINNEST, *map(len, column))) for column in columns]


def softened(said: str) -> str:
    """The text with places to break within long words, as `clean` leaves it."""
    return " ".join(_broken(word) for word in clean(said).split(" "))


def _broken(word: str) -> str:
    if len(word) <= LONGEST_WORD:
        return word
    return BREAK.join(word[at : at + LONGEST_WORD] for at in range(0, len(word), LONGEST_WORD))


async def pdf(statement: Statement) -> bytes:
    """The document. Raises NoDocument."""
    data = told(statement)
    moment = str(int(statement.judged_at.timestamp()))
    async with _places:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            str(SETTING),
            moment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            made, errors = await asyncio.wait_for(process.communicate(data), SECONDS)
        except TimeoutError as error:
            raise NoDocument(f"setting the document took longer than {SECONDS:g} seconds") from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    if process.returncode != 0 or not made.startswith(b"%PDF"):
        raise NoDocument(f"the document could not be set: {errors.decode(errors='replace')[-500:]}")
    if len(made) > MOST_BYTES:
        raise NoDocument(f"the document has {len(made)} bytes; {MOST_BYTES} at most are handed out")
    return made
