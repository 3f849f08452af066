"""Verbs for the keys of the HTTP API: of servers, and of agents until they have accounts."""

from datetime import timedelta
from typing import Annotated

from cyclopts import Parameter

from mufakat.cli.errors import CliError
from mufakat.cli.orders import Where
from mufakat.cli.place import Place, run
from mufakat.cli.screen import console, rows, say

Id = Annotated[str, Parameter(help="The key's id, as `mufakat key list` shows it.")]


def make(
    name: Annotated[str, Parameter(help="What people call the key; for an agent the id under which it acts.")],
    *,
    agent: Annotated[bool, Parameter(negative=(), help="A token for an agent, not a key for a server.")] = False,
    scopes: Annotated[
        str, Parameter(show_default=False, help="What a server's key may do, with commas between; all when left out.")
    ] = "",
    days: Annotated[int | None, Parameter(help="How long it lives; without end when left out.")] = None,
    marketplace: Where = "",
) -> int:
    """Make a key for a server, or a token for an agent. It is printed this once and kept only as a hash."""
    from mufakat.api import principals
    from mufakat.api.rights import SCOPES
    from mufakat.store.records import CredentialKind

    wanted = frozenset(filter(None, (each.strip() for each in scopes.split(","))))
    if unknown := wanted - SCOPES:
        known = ", ".join(sorted(SCOPES))
        raise CliError(f"There is no scope {', '.join(sorted(unknown))}; there are {known}.")
    if agent and wanted:
        raise CliError("An agent's token takes no scopes: what an agent may do follows from its role.")
    if not 1 <= len(name) <= principals.MAX_ID:
        raise CliError(f"A name has 1 to {principals.MAX_ID} characters.")
    if days is not None and not 1 <= days <= principals.MOST_DAYS:
        raise CliError(f"--days is from 1 to {principals.MOST_DAYS}.")

    async def work(place: Place) -> int:
        where = await place.marketplace(marketplace)
        now = place.engine.clock.now()
        until = None if days is None else now + timedelta(days=days)
        kind = CredentialKind.AGENT if agent else CredentialKind.SERVER
        made = principals.make(kind, where.marketplace, name, frozenset() if agent else wanted or SCOPES, now, until)
        await place.store.put_credential(made.credential)
        say(made.text)
        return 0

    return run(work)


def list_keys(*, marketplace: Where = "") -> int:
    """List the credentials of a marketplace, without what is secret."""

    async def work(place: Place) -> int:
        where = await place.marketplace(marketplace)
        found = await place.store.credentials(where.marketplace)
        now = place.engine.clock.now()
        lines = [
            (
                each.id,
                each.kind.value.lower(),
                each.subject,
                " ".join(sorted(each.scopes)),
                "good" if each.is_good(now) else "over",
            )
            for each in found
        ]
        rows(console(), lines, ("id", "kind", "name", "scopes", "state"))
        return 0

    return run(work)


def rotate(
    key: Id,
    *,
    hours: Annotated[int, Parameter(help="How long the old one lives on beside the new one.")] = 24,
    marketplace: Where = "",
) -> int:
    """Make a key of the same name and scopes in place of one; it is printed this once."""
    from mufakat.api import principals
    from mufakat.store.records import CredentialKind

    if not 0 <= hours <= principals.MOST_HOURS:
        raise CliError(f"--hours is from 0 to {principals.MOST_HOURS}.")

    async def work(place: Place) -> int:
        where = await place.marketplace(marketplace)
        now = place.engine.clock.now()
        old = await place.store.credential(where.marketplace, key)
        if old is None or old.kind is CredentialKind.SIGNING or not old.is_good(now):
            raise CliError(f"There is no good key {key} in {where.marketplace}.")
        made = principals.make(old.kind, where.marketplace, old.subject, old.scopes, now, None)
        await place.store.put_credential(made.credential)
        await place.store.end_credential(where.marketplace, key, now + timedelta(hours=hours), revoke=False)
        say(made.text)
        return 0

    return run(work)


def revoke(key: Id, *, marketplace: Where = "") -> int:
    """Revoke a credential: it, and every token made with it, is of no use from the next request on."""

    async def work(place: Place) -> int:
        where = await place.marketplace(marketplace)
        ended = await place.store.end_credential(where.marketplace, key, place.engine.clock.now(), revoke=True)
        if ended is None:
            raise CliError(f"There is no key {key} in {where.marketplace}.")
        say(f"{key}: revoked")
        return 0

    return run(work)
