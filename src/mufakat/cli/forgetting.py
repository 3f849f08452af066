"""The list of the forgotten: kept beside backups, and applied again to one that was restored."""

from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter

from mufakat.cli.errors import CliError
from mufakat.cli.place import Place, run
from mufakat.cli.screen import say
from mufakat.engine.maintain import Maintenance
from mufakat.store.records import Forgotten


def forgotten(
    *,
    again: Annotated[
        Path | None,
        Parameter(show_default=False, help="Such a list, kept from before; what it names is forgotten once more."),
    ] = None,
) -> int:
    """List every forgotten case of all marketplaces, one JSON object a line: keep it apart from the backups.

    A restored backup holds what was forgotten since it was made, until `--again` is given with the list kept last.
    """
    kept = [] if again is None else _read(again)

    async def work(place: Place) -> int:
        if again is not None:
            count = await Maintenance(place.store, place.engine.clock).apply_forgotten(kept)
            say(f"{count} case{'' if count == 1 else 's'} forgotten")
            return 0
        for each in await place.store.forgotten():
            say(msgspec.json.encode(each).decode())
        return 0

    return run(work)


def _read(file: Path) -> list[Forgotten]:
    """The cases of a list. Raises CliError: a list that cannot be read whole is not applied at all."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise CliError(f"{file} cannot be read ({why}).") from error
    return [_case(line, n) for n, line in enumerate(text.splitlines(), 1) if line.strip()]


def _case(line: str, number: int) -> Forgotten:
    try:
        found: Forgotten | None = msgspec.json.decode(line, type=Forgotten)
    except msgspec.MsgspecError:
        found = None
    if found is None or found.forgotten_at.tzinfo is None:
        raise CliError(f"Line {number} is none of a list of the forgotten; nothing was applied.")
    return found
