"""Signing in and out of agents and leads, their passwords and their second factors."""

from typing import Annotated, Any

from litestar import Request, Response, Router, delete, get, post
from litestar.params import JSONBody, PathParameter, QueryParameter

from mufakat.api.asked import caller, site_of
from mufakat.api.knocking import RIGHT, address_of, take_stranger
from mufakat.api.problems import Troubled
from mufakat.api.proofs import NO_STORE, check_fresh, own_session, told
from mufakat.api.rights import Caller, Right
from mufakat.api.troubles import Trouble
from mufakat.api.wire import sessions as w
from mufakat.api.wire.mirror import MAX_NAME, NO_NUL
from mufakat.engine.accounts.signing_in import SESSION_IDLE, Begun, Try
from mufakat.store.sessions import Session

SessionId = Annotated[str, PathParameter(max_length=64, pattern=NO_NUL, description="The session's id.")]
OfAccount = Annotated[
    str,
    QueryParameter(
        required=False, max_length=MAX_NAME, pattern=NO_NUL, description="Of whom; one's own, but for leads."
    ),
]


@post("/v1/sessions", tags=["Accounts"])
async def sign_in(request: Request[Any, Any, Any], data: JSONBody[w.SignInIn]) -> Response[w.SignedInOut]:
    """Sign in with login and password, and with a code where the account has a second factor.

    A login that there is not is answered as a wrong password is. After some failures tries are held apart.
    """
    site = site_of(request)
    take_stranger(request)
    device = request.headers.get("user-agent", "")
    tried = Try(data.marketplace, data.login, data.password, data.code, address_of(request), device)
    with told():
        begun = await site.people.sign_in(tried)
    return signed_in(begun)


@get("/sessions", opt={RIGHT: Right.SESSIONS_OWN})
async def list_sessions(request: Request[Any, Any, Any], account_id: OfAccount = "") -> w.SessionsOut:
    """The sessions that go on: one's own, for a lead also those of another account of the marketplace."""
    site, who = site_of(request), caller(request)
    if account_id not in ("", who.id) and who.caller is not Caller.LEAD:
        raise Troubled(Trouble.NOT_FOUND)
    now = site.engine.clock.now()
    found = await site.store.sessions(who.marketplace, account_id or who.id, now, SESSION_IDLE)
    return w.SessionsOut(sessions=[_out(each, current=who.session) for each in found])


@delete("/sessions", opt={RIGHT: Right.SESSIONS_OWN}, status_code=200)
async def sign_out_everywhere(request: Request[Any, Any, Any]) -> w.EndedOut:
    """End all of one's own sessions, this one too."""
    site, who = site_of(request), caller(request)
    return w.EndedOut(ended=await site.store.end_sessions(who.marketplace, who.id, site.engine.clock.now()))


@delete("/sessions/{session_id:str}", opt={RIGHT: Right.SESSIONS_OWN}, status_code=200)
async def end_session(request: Request[Any, Any, Any], session_id: SessionId) -> w.EndedOut:
    """End a session from the next request on: one's own, for a lead any of the marketplace."""
    site, who = site_of(request), caller(request)
    found = await site.store.session(who.marketplace, session_id)
    if found is None or (found.account.account_id != who.id and who.caller is not Caller.LEAD):
        raise Troubled(Trouble.NOT_FOUND)
    return w.EndedOut(ended=int(await site.store.end_session(who.marketplace, session_id, site.engine.clock.now())))


@post("/sessions/reauthenticate", opt={RIGHT: Right.SESSIONS_OWN}, status_code=200)
async def prove_anew(request: Request[Any, Any, Any], data: JSONBody[w.ProofIn]) -> w.ProvedOut:
    """Prove anew who is there, by the password or by a code, before something that needs it fresh."""
    site, session = site_of(request), await own_session(request)
    with told(Trouble.PROOF_WRONG):
        at = await site.people.reauthenticate(session, data.password, data.code, address_of(request))
    return w.ProvedOut(reauthenticated_at=at, fresh_until=at + site.recent)


@post("/password", opt={RIGHT: Right.SESSIONS_OWN}, status_code=200)
async def change_password(request: Request[Any, Any, Any], data: JSONBody[w.PasswordIn]) -> w.PasswordOut:
    """Change one's own password. All of one's other sessions end."""
    site, session = site_of(request), await own_session(request)
    with told(Trouble.PROOF_WRONG):
        await site.people.change_password(session, data.password, data.new_password, address_of(request))
    return w.PasswordOut(account_id=session.account.account_id)


@post("/second-factor", opt={RIGHT: Right.SESSIONS_OWN}, status_code=201)
async def set_up_second_factor(request: Request[Any, Any, Any]) -> Response[w.FactorOut]:
    """Set up a second factor: codes by time (TOTP, RFC 6238). It is asked for once it is confirmed by a code."""
    site, session = site_of(request), await own_session(request)
    check_fresh(site, caller(request))
    if session.account.totp_at is not None:
        raise Troubled(Trouble.SECOND_FACTOR_SET)
    offered = await site.people.factor.offer(session.account)
    return Response(w.FactorOut(secret=offered.secret, uri=offered.uri), headers=NO_STORE)


@post("/second-factor/confirm", opt={RIGHT: Right.SESSIONS_OWN}, status_code=200)
async def confirm_second_factor(request: Request[Any, Any, Any], data: JSONBody[w.CodeIn]) -> Response[w.RecoveryOut]:
    """Confirm a second factor by the code that the app shows; it is asked for from now on."""
    site, session = site_of(request), await own_session(request)
    now = site.engine.clock.now()
    check_fresh(site, caller(request))
    if session.account.totp_at is not None:
        raise Troubled(Trouble.SECOND_FACTOR_SET)
    if session.account.totp_key is None:
        raise Troubled(Trouble.SECOND_FACTOR_NOT_SET)
    codes = await site.people.factor.confirm(session.account, data.code, now)
    if codes is None:
        raise Troubled(Trouble.PROOF_WRONG, where="code")
    return Response(w.RecoveryOut(recovery_codes=codes), headers=NO_STORE)


@post("/second-factor/remove", opt={RIGHT: Right.SESSIONS_OWN}, status_code=200)
async def remove_second_factor(request: Request[Any, Any, Any], data: JSONBody[w.CodeIn]) -> w.PasswordOut:
    """Remove one's second factor, with one of its codes or a recovery code. All of one's other sessions end."""
    site, session = site_of(request), await own_session(request)
    account = session.account
    if account.totp_at is None:
        raise Troubled(Trouble.SECOND_FACTOR_NOT_SET)
    with told(Trouble.PROOF_WRONG):
        at = await site.people.reauthenticate(session, "", data.code or "-", address_of(request))
    await site.store.drop_factor(account.marketplace, account.account_id, at, but_session=session.session_id)
    return w.PasswordOut(account_id=account.account_id)


def signed_in(begun: Begun) -> Response[w.SignedInOut]:
    """The answer to who has signed in."""
    out = w.SignedInOut(session=_out(begun.session, current=begun.session.session_id), token=begun.token)
    return Response(out, status_code=201, headers=NO_STORE)


def _out(found: Session, *, current: str) -> w.SessionOut:
    return w.SessionOut(
        session_id=found.session_id,
        account_id=found.account.account_id,
        role=found.account.role,
        how=found.how,
        device=found.device,
        created_at=found.created_at,
        seen_at=found.seen_at,
        expires_at=found.expires_at,
        reauthenticated_at=found.reauthenticated_at,
        current=found.session_id == current,
    )


router = Router(
    "/v1",
    route_handlers=[
        list_sessions,
        sign_out_everywhere,
        end_session,
        prove_anew,
        change_password,
        set_up_second_factor,
        confirm_second_factor,
        remove_second_factor,
    ],
    tags=["Accounts"],
)
