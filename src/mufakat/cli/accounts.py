"""Verbs for accounts of agents and leads: the first lead of a marketplace is made here."""

import re
from typing import Annotated

from cyclopts import Parameter

from mufakat.cli.errors import CliError
from mufakat.cli.orders import Where
from mufakat.cli.place import Place, run
from mufakat.cli.screen import console, rows, say
from mufakat.store.accounts import AGENT, LEAD, Account

Whose = Annotated[str, Parameter(help="The account's login or id, as `mufakat account list` shows it.")]


def make(
    login: Annotated[str, Parameter(help="The e-mail address under which its person signs in.")],
    name: Annotated[str, Parameter(help="What people call them.")],
    *,
    lead: Annotated[bool, Parameter(negative=(), help="A lead, who makes accounts for others.")] = False,
    language: Annotated[
        tuple[str, ...], Parameter(negative=(), help="A language of cases that they can judge, such as `id`; several.")
    ] = (),
    category: Annotated[
        tuple[str, ...], Parameter(negative=(), help="A category of goods that they know; several times for several.")
    ] = (),
    tie: Annotated[
        tuple[str, ...], Parameter(negative=(), help="The id of a customer or seller in whose cases they have no part.")
    ] = (),
    marketplace: Where = "",
) -> int:
    """Make an account and print its invitation, by which its person sets a password within three days.

    POST it to /v1/invitations/accept with the password. It is printed this once and kept only as a hash.
    """
    from mufakat.engine.accounts.signing_in import own_login
    from mufakat.engine.ids import uuid7

    wanted = own_login(login)
    if not re.fullmatch(r"[^\s@\x00]+@[^\s@\x00]+", wanted):
        raise CliError("A login is an e-mail address, such as rina@toko.example.")
    if not name.strip() or not name.isprintable():
        raise CliError("A name has characters that can be seen.")

    async def work(place: Place) -> int:
        where = (await place.marketplace(marketplace)).marketplace
        now = place.engine.clock.now()
        made = Account(
            marketplace=where,
            account_id=uuid7(now).replace("-", ""),
            login=wanted,
            name=name.strip(),
            role=LEAD if lead else AGENT,
            created_at=now,
            languages=tuple(dict.fromkeys(language)),
            categories=tuple(dict.fromkeys(category)),
            ties=tuple(dict.fromkeys(tie)),
        )
        if not await place.store.put_account(made):
            raise CliError(f"There is an account {wanted} in {where} already.")
        say(await _invitation(place, made))
        return 0

    return run(work)


def list_accounts(*, marketplace: Where = "") -> int:
    """List the accounts of a marketplace, without what is secret."""

    async def work(place: Place) -> int:
        where = await place.marketplace(marketplace)
        found = await place.store.accounts(where.marketplace)
        now = place.engine.clock.now()
        lines = []
        for each in found:
            invited = "invited" if each.is_invited(now) else "no password"
            state = "disabled" if each.disabled_at else "good" if each.password or each.subject else invited
            factor = "second factor" if each.totp_at else ""
            lines.append((each.account_id, each.login, each.name, each.role.lower(), state, factor))
        rows(console(), lines, ("id", "login", "name", "role", "state", "more"))
        return 0

    return run(work)


def invite(account: Whose, *, marketplace: Where = "") -> int:
    """Print a fresh invitation, by which its person sets a new password; any before is of no use any more."""

    async def work(place: Place) -> int:
        say(await _invitation(place, await found_account(place, account, marketplace)))
        return 0

    return run(work)


def disable(account: Whose, *, marketplace: Where = "") -> int:
    """Disable an account: its sessions end, and nobody signs in by it, from the next request on."""

    async def work(place: Place) -> int:
        found = await found_account(place, account, marketplace)
        now = place.engine.clock.now()
        await place.store.disable_account(found.marketplace, found.account_id, now, even_last=True)
        say(f"{found.login}: disabled")
        return 0

    return run(work)


async def found_account(place: Place, account: str, marketplace: str) -> Account:
    """The account of that login or id. Raises CliError."""
    from mufakat.engine.accounts.signing_in import own_login

    where = (await place.marketplace(marketplace)).marketplace
    by_login = await place.store.account_by_login(where, own_login(account))
    found = by_login or await place.store.account(where, account)
    if found is None:
        raise CliError(f"There is no account {account} in {where}.")
    return found


async def _invitation(place: Place, account: Account) -> str:
    """A fresh invitation. Raises CliError for a disabled account."""
    from mufakat.engine.accounts.signing_in import SigningIn

    signing_in = SigningIn(place.store, place.sealer, place.engine.clock)
    invited = await signing_in.invite(account.marketplace, account.account_id)
    if invited is None:
        raise CliError(f"The account {account.login} is disabled; a lead enables it over the API.")
    return invited[1]
