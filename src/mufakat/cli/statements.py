"""The verb that writes a statement of reasons: why a case was judged as it was, for one party."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from mufakat.cli.cases import Tongue
from mufakat.cli.errors import CliError
from mufakat.cli.orders import Where
from mufakat.cli.place import Place, run
from mufakat.cli.screen import console, heading, rows, say
from mufakat.core.parties import Role
from mufakat.core.statement import Block, BlockKind, Statement
from mufakat.core.words import Language
from mufakat.engine import stating
from mufakat.paper import document, page
from mufakat.store.records import Ask

Whose = Annotated[Literal["CUSTOMER", "SELLER"], Parameter(name="--for", help="Whose statement.")]


def statement(
    id_: Annotated[str, Parameter(name="ID", help="The case's id.")],
    *,
    for_: Whose,
    number: Annotated[int, Parameter(help="Which judgement, from 1; 0 for the last one.")] = 0,
    marketplace: Where = "",
    language: Tongue = None,
    html: Annotated[Path | None, Parameter(help="Write a page into this file.")] = None,
    pdf: Annotated[Path | None, Parameter(help="Write a PDF into this file.")] = None,
) -> int:
    """Write why a case was judged as it was, for one party; on the terminal where no file is named."""

    async def write(place: Place) -> int:
        where = await place.marketplace(marketplace)
        tongue = Language(language or place.settings.language)
        found = await _written(place, where.marketplace, id_, number, Role(for_), tongue)
        if html is not None:
            _keep(html, page.html(found))
        if pdf is not None:
            _keep(pdf, await _document(found))
        if html is None and pdf is None:
            _show(found)
        return 0

    return run(write)


async def _written(
    place: Place, marketplace: str, case_id: str, number: int, role: Role, language: Language
) -> Statement:
    """The statement. Raises CliError."""
    row = await place.store.find_case(marketplace, case_id)
    loaded = None if row is None else await place.store.load(Ask(marketplace, row.order_id, case_id))
    if row is None or loaded is None or loaded.case is None:
        raise CliError(f"There is no case {case_id}; `mufakat cases` lists them.")
    last = len(stating.given(await place.store.history(marketplace, row.order_id, case_id)))
    if not last:
        raise CliError(f"The case {case_id} was not judged, so there is nothing to give reasons for.")
    try:
        return await stating.write(place.store, place.sealer, loaded, number or last, role, language)
    except (stating.NoSuchStatementError, stating.StatementForgottenError) as error:
        raise CliError(f"There is no such statement: {error}.") from error


async def _document(found: Statement) -> bytes:
    try:
        return await document.pdf(found)
    except document.NoDocument as error:
        raise CliError(f"The PDF could not be made: {error}. Try --html.") from error


def _keep(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise CliError(f"{path} cannot be written: {error.strerror}.") from error
    say(f"written: {path}")


def _show(found: Statement) -> None:
    """The statement on the terminal."""
    out = console()
    heading(out, found.title)
    rows(out, found.summary)
    for section in found.sections:
        heading(out, section.heading)
        for block in section.blocks:
            _show_block(block)


def _show_block(block: Block) -> None:
    if block.label:
        say(block.label)
    if block.kind in (BlockKind.TEXT, BlockKind.QUOTE):
        say(block.text)
    else:
        rows(console(), block.rows, block.columns)
