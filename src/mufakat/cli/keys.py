"""Verbs for the keys of the HTTP API: of servers, and of agents and leads for machines and for trying."""

import sys
from datetime import datetime, timedelta
from typing import Annotated

from cyclopts import Parameter

from mufakat.cli.errors import CliError
from mufakat.cli.orders import Where
from mufakat.cli.place import Place, run
from mufakat.cli.screen import console, rows, say
from mufakat.store.records import Credential, CredentialKind

Id = Annotated[str, Parameter(help="The key's id, as `mufakat key list` shows it, or the whole key.")]
Days = Annotated[int | None, Parameter(help="How long it lives; without end when left out.")]


def make(
    name: Annotated[str, Parameter(help="What people call the key; for an agent the id under which it acts.")],
    *,
    agent: Annotated[bool, Parameter(negative=(), help="A token for an agent, not a key for a server.")] = False,
    lead: Annotated[bool, Parameter(negative=(), help="A token for a lead, not a key for a server.")] = False,
    scopes: Annotated[
        str, Parameter(show_default=False, help="What a server's key may do, with commas between; all when left out.")
    ] = "",
    days: Days = None,
    marketplace: Where = "",
) -> int:
    """Make a key for a server, or a token for an agent. It is printed this once and kept only as a hash."""
    from mufakat.api.rights import SCOPES

    wanted = frozenset(filter(None, (each.strip() for each in scopes.split(","))))
    if unknown := wanted - SCOPES:
        known = ", ".join(sorted(SCOPES))
        raise CliError(f"There is no scope {', '.join(sorted(unknown))}; there are {known}.")
    if agent and lead:
        raise CliError("A token is for an agent or for a lead; a lead may all that an agent may.")
    agent = agent or lead
    if agent and wanted:
        raise CliError("An agent's token takes no scopes: what an agent may do follows from its role.")
    if scopes and not wanted:
        raise CliError("--scopes names no scope; leave it out for all of them.")
    _check_name(name)
    _check_days(days)

    async def work(place: Place) -> int:
        where = await place.marketplace(marketplace)
        people = CredentialKind.LEAD if lead else CredentialKind.AGENT
        kind = people if agent else CredentialKind.SERVER
        say(await _made(place, kind, where.marketplace, name, frozenset() if agent else wanted or SCOPES, days))
        return 0

    return run(work)


def list_keys(*, marketplace: Where = "") -> int:
    """List the credentials of a marketplace, without what is secret."""

    async def work(place: Place) -> int:
        where = await place.marketplace(marketplace)
        found = await place.store.credentials(where.marketplace)
        now = place.engine.clock.now()
        lines = [
            (each.id, each.kind.value.lower(), each.subject, _state(each, now), " ".join(sorted(each.scopes)))
            for each in found
        ]
        rows(console(), lines, ("id", "kind", "name", "state", "scopes"))
        return 0

    return run(work)


def rotate(
    key: Id,
    *,
    hours: Annotated[int, Parameter(help="How long the old one lives on beside the new one.")] = 24,
    days: Days = None,
    marketplace: Where = "",
) -> int:
    """Make a key of the same name and scopes in place of one; it is printed this once."""
    from mufakat.api import principals

    if not 0 <= hours <= principals.MOST_HOURS:
        raise CliError(f"--hours is from 0 to {principals.MOST_HOURS}.")
    _check_days(days)

    async def work(place: Place) -> int:
        where, id_ = await _named(place, key, marketplace)
        now = place.engine.clock.now()
        old = await place.store.credential(where, id_)
        if old is None or not old.is_good(now):
            raise CliError(f"There is no good key {id_} in {where}.")
        if old.kind is CredentialKind.SIGNING:
            raise CliError(f"{id_} is the marketplace's own signing key; register another, then revoke this one.")
        say(await _made(place, old.kind, where, old.subject, old.scopes, days))
        sys.stdout.flush()  # should nobody read it, the old one lives on
        await place.store.end_credential(where, id_, now + timedelta(hours=hours), revoke=False)
        return 0

    return run(work)


def revoke(key: Id, *, marketplace: Where = "") -> int:
    """Revoke a credential: it, and every token made with it, is of no use from the next request on."""

    async def work(place: Place) -> int:
        where, id_ = await _named(place, key, marketplace)
        ended = await place.store.end_credential(where, id_, place.engine.clock.now(), revoke=True)
        if ended is None:
            raise CliError(f"There is no key {id_} in {where}.")
        say(f"{id_}: revoked")
        return 0

    return run(work)


async def _made(
    place: Place, kind: CredentialKind, marketplace: str, name: str, scopes: frozenset[str], days: int | None
) -> str:
    """The text of a fresh credential, which is kept."""
    from mufakat.api import principals

    now = place.engine.clock.now()
    until = None if days is None else now + timedelta(days=days)
    made = principals.make(kind, marketplace, name, scopes, now, until)
    if not await place.store.put_credential(made.credential):
        raise CliError(f"The key could not be kept in {marketplace}; try again.")
    return made.text


async def _named(place: Place, text: str, marketplace: str) -> tuple[str, str]:
    """Marketplace and id of a credential given by its id or whole: who finds a key in the open has only that.

    Raises CliError, never with the secret.
    """
    from mufakat.api.principals import PREFIXES

    prefix, _, rest = text.partition("_")
    if prefix not in PREFIXES.values() or not rest:
        return (await place.marketplace(marketplace)).marketplace, text
    id_, _, rest = rest.partition("_")
    _, _, theirs = rest.partition("_")
    where = (await place.marketplace(marketplace or theirs)).marketplace
    if theirs and theirs != where:
        raise CliError(f"This key is one of {theirs}, not of {where}.")
    return where, id_


def _check_name(name: str) -> None:
    from mufakat.api.principals import MAX_ID

    if not 1 <= len(name) <= MAX_ID:
        raise CliError(f"A name has 1 to {MAX_ID} characters.")
    if not name.isprintable() or name != name.strip():
        raise CliError("A name has no control characters, and no space at its ends.")


def _check_days(days: int | None) -> None:
    from mufakat.api.principals import MOST_DAYS

    if days is not None and not 1 <= days <= MOST_DAYS:
        raise CliError(f"--days is from 1 to {MOST_DAYS}.")


def _state(made: Credential, now: datetime) -> str:
    if made.revoked_at is not None:
        return f"revoked {_day(made.revoked_at)}"
    if made.expires_at is None:
        return "good"
    return f"{'good until' if made.is_good(now) else 'expired'} {_day(made.expires_at)}"


def _day(moment: datetime) -> str:
    """To the minute, in UTC, as people compare it with a log."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"
