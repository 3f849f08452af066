"""Accounts of agents and leads: made by leads and by the marketplace's server, opened by their people's invitations."""

from typing import Annotated, Any

from litestar import Request, Response, Router, get, patch, post
from litestar.params import JSONBody, PathParameter

from mufakat.api.asked import caller, site_of
from mufakat.api.knocking import RIGHT, address_of, take_stranger
from mufakat.api.principals import Principal
from mufakat.api.problems import Troubled
from mufakat.api.proofs import NO_STORE, check_fresh, told
from mufakat.api.rights import Caller, Right
from mufakat.api.troubles import Trouble
from mufakat.api.wire import accounts as w
from mufakat.api.wire.mirror import MAX_NAME, NO_NUL
from mufakat.engine.accounts.signing_in import own_login
from mufakat.engine.ids import uuid7
from mufakat.store.accounts import Account, LastLead

AccountId = Annotated[str, PathParameter(max_length=MAX_NAME, pattern=NO_NUL, description="The account's id.")]
MOST_ACCOUNTS = 5000
"""Accounts of one marketplace."""


@post("/accounts", opt={RIGHT: Right.ACCOUNTS_MANAGE})
async def make_account(request: Request[Any, Any, Any], data: JSONBody[w.AccountIn]) -> Response[w.InvitedOut]:
    """Make an account. Hand the invitation to its person, who sets a password by it; it is shown this once."""
    site, who = site_of(request), _manager(request)
    now = site.engine.clock.now()
    made = Account(
        marketplace=who.marketplace,
        account_id=data.account_id or uuid7(now).replace("-", ""),
        login=own_login(data.login),
        name=data.name,
        role=data.role,
        created_at=now,
        languages=_each(data.languages),
        categories=_each(data.categories),
        ties=_each(data.ties),
    )
    if len(await site.store.accounts(who.marketplace)) >= MOST_ACCOUNTS:
        raise Troubled(Trouble.NOT_ALLOWED, f"a marketplace has at most {MOST_ACCOUNTS} accounts")
    if not await site.store.put_account(made):
        raise Troubled(Trouble.LOGIN_TAKEN)
    return await _invited(request, made.account_id)


@get("/accounts", opt={RIGHT: Right.ACCOUNTS_MANAGE})
async def list_accounts(request: Request[Any, Any, Any]) -> w.AccountsOut:
    """Every account of the marketplace, without what is secret."""
    found = await site_of(request).store.accounts(caller(request).marketplace)
    return w.AccountsOut(accounts=[_out(each) for each in found])


@get("/accounts/{account_id:str}", opt={RIGHT: Right.ACCOUNTS_MANAGE})
async def read_account(request: Request[Any, Any, Any], account_id: AccountId) -> w.AccountOut:
    """An account, without what is secret."""
    return _out(_known(await site_of(request).store.account(caller(request).marketplace, account_id)))


@patch("/accounts/{account_id:str}", opt={RIGHT: Right.ACCOUNTS_MANAGE})
async def change_account(
    request: Request[Any, Any, Any], account_id: AccountId, data: JSONBody[w.AccountChangeIn]
) -> w.AccountOut:
    """Change name, role, skills or ties of an account; it holds from the next request of its person on.

    Nobody changes their own role or ties.
    """
    site, who = site_of(request), _manager(request)
    given = {"name": data.name, "role": data.role}
    lists = {"languages": data.languages, "categories": data.categories, "ties": data.ties}
    changed: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    changed |= {name: _each(value) for name, value in lists.items() if value is not None}
    if who.id == account_id and not changed.keys().isdisjoint({"role", "ties"}):
        raise Troubled(Trouble.OWN_ACCOUNT)
    try:
        return _out(_known(await site.store.change_account(who.marketplace, account_id, changed)))
    except LastLead as error:
        raise Troubled(Trouble.LAST_LEAD) from error


@post("/accounts/{account_id:str}/disable", opt={RIGHT: Right.ACCOUNTS_MANAGE}, status_code=200)
async def disable_account(request: Request[Any, Any, Any], account_id: AccountId) -> w.AccountOut:
    """Disable an account: its sessions end at once, and nobody signs in by it. The last lead stays."""
    site, who = site_of(request), _manager(request)
    server = who.caller is Caller.SERVER  # it can make another lead at any time
    now = site.engine.clock.now()
    try:
        found = await site.store.disable_account(who.marketplace, account_id, now, even_last=server)
    except LastLead as error:
        raise Troubled(Trouble.LAST_LEAD) from error
    return _out(_known(found))


@post("/accounts/{account_id:str}/enable", opt={RIGHT: Right.ACCOUNTS_MANAGE}, status_code=200)
async def enable_account(request: Request[Any, Any, Any], account_id: AccountId) -> w.AccountOut:
    """Let a disabled account be used again. Sessions that ended stay ended."""
    site, who = site_of(request), _manager(request)
    return _out(_known(await site.store.enable_account(who.marketplace, account_id)))


@post("/accounts/{account_id:str}/invite", opt={RIGHT: Right.ACCOUNTS_MANAGE}, status_code=201)
async def invite_account(request: Request[Any, Any, Any], account_id: AccountId) -> Response[w.InvitedOut]:
    """A fresh invitation for somebody who has lost theirs, or their password; any before is of no use any more."""
    site, who = site_of(request), _manager(request)
    _known(await site.store.account(who.marketplace, account_id))
    return await _invited(request, account_id)


@post("/accounts/{account_id:str}/reset-second-factor", opt={RIGHT: Right.ACCOUNTS_MANAGE}, status_code=200)
async def reset_second_factor(request: Request[Any, Any, Any], account_id: AccountId) -> w.AccountOut:
    """Remove the second factor of somebody who lost it. Be sure that it is they who ask. Their sessions end.

    Nobody resets their own: they remove it by a code.
    """
    site, who = site_of(request), _manager(request)
    if who.id == account_id:
        raise Troubled(Trouble.OWN_ACCOUNT)
    return _out(_known(await site.store.drop_factor(who.marketplace, account_id, site.engine.clock.now())))


@post("/v1/invitations/accept", tags=["Accounts"], status_code=200)
async def accept_invitation(request: Request[Any, Any, Any], data: JSONBody[w.AcceptIn]) -> w.AccountOut:
    """Set a password by an invitation, which is used up. All sessions of the account end; sign in after it."""
    site = site_of(request)
    take_stranger(request)
    with told():
        account = await site.people.accept(data.invitation, data.password, address_of(request))
    if account is None:
        raise Troubled(Trouble.INVITATION_NOT_GOOD, where="invitation")
    return _out(account)


def _manager(request: Request[Any, Any, Any]) -> Principal:
    """The caller, who if a person has proved just now who they are. Raises Troubled."""
    who = caller(request)
    check_fresh(site_of(request), who)
    return who


async def _invited(request: Request[Any, Any, Any], account_id: str) -> Response[w.InvitedOut]:
    invited = await site_of(request).people.invite(caller(request).marketplace, account_id)
    if invited is None:
        raise Troubled(Trouble.ACCOUNT_DISABLED)
    account, token = invited
    return Response(w.InvitedOut(account=_out(account), invitation=token), headers=NO_STORE)


def _known(found: Account | None) -> Account:
    if found is None:
        raise Troubled(Trouble.NOT_FOUND)
    return found


def _each(given: list[str]) -> tuple[str, ...]:
    """Each once, in the order given."""
    return tuple(dict.fromkeys(given))


def _out(account: Account) -> w.AccountOut:
    return w.AccountOut(
        account_id=account.account_id,
        login=account.login,
        name=account.name,
        role=account.role,
        languages=list(account.languages),
        categories=list(account.categories),
        ties=list(account.ties),
        has_password=bool(account.password),
        second_factor=account.totp_at is not None,
        issuer=account.issuer,
        created_at=account.created_at,
        invited_until=account.invited_until,
        disabled_at=account.disabled_at,
    )


router = Router(
    "/v1",
    route_handlers=[
        make_account,
        list_accounts,
        read_account,
        change_account,
        disable_account,
        enable_account,
        invite_account,
        reset_second_factor,
    ],
    tags=["Accounts"],
)
