"""The verb that takes over cases which were under way in another system."""

import sys
from typing import Annotated

from cyclopts import Parameter

from mufakat.cli import ERROR, REFUSED
from mufakat.cli.orders import Where, objects, text_of
from mufakat.cli.place import Place, run
from mufakat.cli.screen import say
from mufakat.core.parties import Role
from mufakat.core.refusal_texts import sentence
from mufakat.core.refusals import Refusal
from mufakat.engine.importing import decode_history, import_case, step_of
from mufakat.rulebooks import load
from mufakat.store import codec
from mufakat.store.records import Marketplace


def import_cases(
    file: Annotated[
        str,
        Parameter(
            allow_leading_hyphen=True,
            help="Cases with their history as JSON, one a line, an order's oldest first; `-` for standard input.",
        ),
    ],
    *,
    dry_run: Annotated[bool, Parameter(negative=(), help="Decide every case and write nothing.")] = False,
    marketplace: Where = "",
) -> int:
    """Take over requests and disputes that are under way in another system, each whole or not at all.

    Orders and their facts are put in first. A case that is refused is told with its line and step, and the others go
    on. The same file again imports only what is not there yet.
    """
    given = list(objects(text_of(file)))

    async def work(place: Place) -> int:
        where = await place.marketplace(marketplace)
        worst = 0
        for number, body in given:
            worst = max(worst, await _import(place, where, number, body, dry_run=dry_run))
        return worst

    return run(work)


async def _import(place: Place, where: Marketplace, number: int, body: bytes, *, dry_run: bool) -> int:
    """Take over the case of one line, and say what came of it; the exit code that it deserves."""
    try:
        history = decode_history(body)
    except codec.CodecError as error:
        sys.stderr.write(f"mufakat: line {number}: {error}\n")
        return ERROR
    answer = await import_case(place.engine, where.marketplace, history, dry_run=dry_run)
    if isinstance(answer, Refusal):
        step = step_of(answer)
        at = f"line {number}" if step is None else f"line {number}, step {step}"
        told = sentence(answer, Role.SYSTEM, zone=load(where.market).zone)
        sys.stderr.write(f"{at}: {history.external_id} refused: {answer.code}\n{told}\n")
        return REFUSED
    if answer.again:
        say(f"{history.external_id}: there already, as case {answer.case_id}")
    elif dry_run:
        say(f"{history.external_id}: can be imported, {len(history.steps)} steps")
    else:
        say(f"{history.external_id}: case {answer.case_id}, event {answer.version}")
    return 0
