"""Verbs for the queue of work for agents: how it stands, and how it is run."""

from datetime import timedelta
from typing import Annotated

from cyclopts import Parameter

from mufakat.cli.accounts import found_account
from mufakat.cli.errors import CliError
from mufakat.cli.orders import Where
from mufakat.cli.place import Place, run
from mufakat.cli.screen import console, rows, say
from mufakat.engine.queue import Queue
from mufakat.store.queue import Rules


def show(*, marketplace: Where = "") -> int:
    """Show how the queue stands: pieces of work by kind, and who gets what nobody else may take."""

    async def work(place: Place) -> int:
        where = (await place.marketplace(marketplace)).marketplace
        queue = _queue(place)
        lines = [
            (
                *(each.kind.lower(), str(each.waiting), str(each.overdue), str(each.within_24_hours), str(each.held)),
                *(str(each.lapsed), str(each.stuck), each.oldest.isoformat(timespec="minutes")),
            )
            for each in await queue.standing(where)
        ]
        if lines:
            rows(
                console(),
                lines,
                ("work", "waiting", "overdue", "due in 24 hours", "held", "lapsed", "stuck", "oldest since"),
            )
        else:
            say("Nothing waits for an agent.")
        say(_said(await queue.rules(where)))
        return 0

    return run(work)


def set_rules(
    *,
    fallback: Annotated[str | None, Parameter(help="The login or id of the account; `none` for nobody.")] = None,
    lease: Annotated[int | None, Parameter(help="Minutes for which an agent has work that it does nothing on.")] = None,
    marketplace: Where = "",
) -> int:
    """Say who gets what nobody else may take, and how long a lease is; what is not given stays as it is."""
    from mufakat.api.wire.queue import LONGEST_LEASE, SHORTEST_LEASE

    if lease is not None and not SHORTEST_LEASE <= lease <= LONGEST_LEASE:
        raise CliError(f"A lease is {SHORTEST_LEASE} to {LONGEST_LEASE} minutes.")

    async def work(place: Place) -> int:
        where = (await place.marketplace(marketplace)).marketplace
        queue = _queue(place)
        rules = await queue.rules(where)
        wanted = rules.fallback if fallback is None else ""
        if fallback not in (None, "none"):
            account = await found_account(place, str(fallback), marketplace)
            if account.disabled_at is not None:
                raise CliError(f"The account {account.login} is disabled; a lead enables it over the API.")
            wanted = account.account_id
        minutes = _minutes(rules.lease) if lease is None else lease
        await place.store.put_queue_rules(where, wanted, minutes)
        say(_said(await queue.rules(where)))
        return 0

    return run(work)


def _queue(place: Place) -> Queue:
    return Queue(place.store, place.sealer, place.engine.clock)


def _said(rules: Rules) -> str:
    nobody = "Nobody is named for what nobody may take"
    named = f"{rules.fallback} gets what nobody else may take" if rules.fallback else nobody
    return f"{named}; a lease is {_minutes(rules.lease)} minutes."


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds()) // 60
