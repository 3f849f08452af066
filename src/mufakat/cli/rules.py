"""Verbs that show the rules: rulebooks and the process table."""

from datetime import date
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from mufakat import rulebooks
from mufakat.cli.errors import CliError
from mufakat.cli.screen import console, heading, rows, say
from mufakat.core.diagram import PARTS, mermaid, table, waits
from mufakat.core.phases import Phase
from mufakat.core.policy.faults import ParseError
from mufakat.core.policy.rulebook import parse
from mufakat.core.policy.show import lines

FOUND = 1
"""Exit code of a check that found something."""


def show(
    name: Annotated[str, Parameter(help="The rulebook: `id` for Indonesia, `vn` for Vietnam.")],
    *,
    on: Annotated[
        str, Parameter(show_default=False, help="The day, such as 2026-11-01; today when it is left out.")
    ] = "",
    backdate: Annotated[
        bool, Parameter(negative=(), help="Let a day before the rulebook's first be ruled by it.")
    ] = False,
) -> int:
    """Show every value of a rulebook in force on a day, with since when, source and grade."""
    if name not in rulebooks.names():
        raise CliError(f"There is no rulebook {name}; there are {', '.join(rulebooks.names())}.")
    try:
        day = date.fromisoformat(on) if on else date.today()  # noqa: DTZ011 - the reader's own day
    except ValueError as error:
        raise CliError(f"{on!r} is no day; write one such as 2026-11-01.") from error
    for line in lines(rulebooks.load(name), day, backdate=backdate):
        say(line)
    return 0


def check(file: Annotated[Path, Parameter(help="The TOML file.")]) -> int:
    """Check a rulebook file and print every fault with line, key and what is allowed; exit code 1 when there is one."""
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise CliError(f"{file} cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise CliError(f"{file} is no text in UTF-8.") from error
    try:
        made = parse(text, str(file))
    except ParseError as error:
        for fault in error.faults:
            say(f"{file}:{fault.line}: {fault.key}: {fault.problem}")
        say(f"{len(error.faults)} fault{'' if len(error.faults) == 1 else 's'}")
        return FOUND
    say(f"{file}: in order, market {made.market}")
    return 0


def process(
    *, diagram: Annotated[bool, Parameter(negative=(), help="Print the diagram of the process instead.")] = False
) -> int:
    """Show the process table: each phase with whose turn it is, what may be done by whom, and what silence means."""
    if diagram:
        for part in PARTS:
            say(f"%% {part}\n{mermaid(part)}\n")
        return 0
    turns = {phase: (owners, silence) for phase, owners, silence in waits()}
    out = console()
    for phase in Phase:
        owners, silence = turns.get(phase, ("nobody", "nothing"))
        heading(out, f"{phase}: waits for {owners}; silence means {silence}")
        rows(out, [(command, roles, f"leads to {to}") for where, command, roles, to in table() if where == phase])
    return 0
