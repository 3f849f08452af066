"""Verbs of the operator: the loops, the checks, forgetting, migrations."""

import asyncio
import sys
from typing import Annotated, Final

from cyclopts import Parameter

from mufakat.cli import REFUSED
from mufakat.cli.beside import beside, deliveries_of
from mufakat.cli.errors import CliError
from mufakat.cli.files import check_files
from mufakat.cli.orders import Where, refused
from mufakat.cli.place import Place, database, run, settings
from mufakat.cli.screen import say
from mufakat.core.parties import Role
from mufakat.core.refusals import Refusal
from mufakat.engine.deadlines import Deadlines
from mufakat.engine.deliveries import Deliveries
from mufakat.engine.maintain import Maintenance
from mufakat.engine.work import work as run_loops
from mufakat.store.migrate import migrate as apply_migrations

FOUND: Final = 1
"""Exit code of a check that found something."""
MOST_ROUNDS: Final = 100
"""Rounds of `work --once`: each settles what is due and delivers what that led to."""


def work(*, once: Annotated[bool, Parameter(negative=(), help="Do what is due now, and end.")] = False) -> int:
    """Run the deadlines, the deliveries, the sweep of files and the notes for signals until a signal.

    Any number of processes may.
    """

    async def loops(place: Place) -> int:
        await check_files(place.settings)
        deadlines = Deadlines(place.engine)
        deliveries = deliveries_of(place)
        if once:
            for each in beside(place):
                await each()
            return await _once(deadlines, deliveries)
        stop = asyncio.Event()
        await run_loops(deadlines, deliveries, stop, beside(place, stop))
        return 0

    return run(loops)


async def _once(deadlines: Deadlines, deliveries: Deliveries) -> int:
    lapsed = delivered = 0
    for _ in range(MOST_ROUNDS):
        now = await deadlines.drain(), await deliveries.drain()
        lapsed, delivered = lapsed + now[0], delivered + now[1]
        if not any(now):
            break
    say(f"{lapsed} deadline{'' if lapsed == 1 else 's'} settled, {delivered} deliver{'y' if delivered == 1 else 'ies'}")
    return 0


def verify() -> int:
    """Check the chain of hashes of every case; exit code 1 when one does not hold."""

    async def check(place: Place) -> int:
        broken = 0
        async for each in Maintenance(place.store, place.engine.clock).verify():
            broken += 1
            say(f"{each.marketplace} {each.order_id} {each.case_id}: event {each.number}: {each.why}")
        say("every chain holds" if not broken else f"{broken} chains do not hold")
        return FOUND if broken else 0

    return run(check)


def rebuild() -> int:
    """Make cases, uses and ledger again from the logs; exit code 1 when something differed. It is mended then."""

    async def again(place: Place) -> int:
        differed = 0
        try:
            async for each in Maintenance(place.store, place.engine.clock).rebuild():
                differed += 1
                say(f"{each.marketplace} {each.order_id} {each.case_id}: {each.what} differed")
        except ValueError as error:
            raise CliError(f"A log cannot be rebuilt: {error}") from error
        say("no difference" if not differed else f"{differed} differences, mended")
        return FOUND if differed else 0

    return run(again)


def forget(
    case: Annotated[str, Parameter(help="The case's id.")],
    *,
    marketplace: Where = "",
    yes: Annotated[bool, Parameter(negative=(), help="Do not ask.")] = False,
) -> int:
    """Destroy the key of a closed case: what people wrote in it is gone everywhere, its facts stay and still verify."""
    if not yes and sys.stdin.isatty():
        answer = input(f"Forget what people wrote in case {case}? This cannot be undone. [y/N] ")
        if answer.strip().lower() not in ("y", "yes"):
            raise CliError("Nothing was forgotten.")

    async def destroy(place: Place) -> int:
        where = await place.marketplace(marketplace)
        done = await Maintenance(place.store, place.engine.clock).forget(where.marketplace, case)
        if isinstance(done, Refusal):
            refused(done, Role.AGENT)
            return REFUSED
        say(f"{done.case_id}: forgotten")
        return 0

    return run(destroy)


def migrate() -> int:
    """Apply the migrations that the database is missing; nothing when it is up to date."""
    found = settings()

    async def apply() -> int:
        async with database(found) as url:
            applied = await apply_migrations(url)
        for each in applied:
            say(f"applied {each.title}")
        say("the database is up to date")
        return 0

    return asyncio.run(apply())
