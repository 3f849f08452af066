"""A fresh proof of who is there, taken in the form of what needs one: a password, or a code of the second factor.

What binds needs it (`api/binding.py`), and so does whatever changes accounts. The people of a shop to try have no
password; their door is a click, and so is their proof.
"""

from dataclasses import replace
from typing import Any, Final

from litestar import Request

from mufakat.api.asked import caller, site_of
from mufakat.api.knocking import address_of
from mufakat.api.problems import Troubled
from mufakat.api.proofs import check_fresh, own_session
from mufakat.engine.accounts.signing_in import SignInRefused, TooManyTries
from mufakat.web import visits
from mufakat.web.filling import Filled, NotFilled
from mufakat.web.tongue import Tongue
from mufakat.web.tongue import mark as _

PASSWORD: Final = "proof-password"  # noqa: S105 - the name of a field
CODE: Final = "proof-code"


def needs_proof(request: Request[Any, Any, Any]) -> bool:
    """Whether a form of what binds must ask for a proof: the last one is too old."""
    try:
        check_fresh(site_of(request), caller(request))
    except Troubled:
        return not _is_to_try(request)
    return False


async def take_proof(request: Request[Any, Any, Any], given: Filled, t: Tongue) -> None:
    """Take the proof that came with a form, if any, and out of the form: nothing draws it again.

    Raises NotFilled for a wrong one.
    """
    password, code = (next(iter(given.fields.pop(name, [])), "") for name in (PASSWORD, CODE))
    site, who = site_of(request), caller(request)
    if not who.session or not (password or code or _is_to_try(request)):
        return
    session = await own_session(request)
    if _is_to_try(request):
        at = site.engine.clock.now()
        await site.store.stamp_session(who.marketplace, session.session_id, at)
    else:
        try:
            at = await site.people.reauthenticate(session, password, code, address_of(request))
        except SignInRefused as error:
            raise NotFilled(t.say(_("The password or the code is wrong."))) from error
        except TooManyTries as error:
            raise NotFilled(too_soon(error, t)) from error
    request.scope["user"] = replace(who, reauthenticated_at=at)


def check_proved(request: Request[Any, Any, Any], t: Tongue) -> None:
    """Raise NotFilled where a proof is needed that nobody gave."""
    if needs_proof(request):
        raise NotFilled(t.say(_("Type your password, or a code, to show that it is you.")))


def too_soon(error: TooManyTries, t: Tongue) -> str:
    """What is said to who tries too often."""
    return t.say(_("There were too many tries. Wait %(left)s, then try again."), left=t.left(max(60, error.wait)))


def _is_to_try(request: Request[Any, Any, Any]) -> bool:
    """Whether somebody of the shop to try is there, from this machine."""
    trial, who = site_of(request).trial, caller(request)
    here = trial is not None and visits.is_loopback(request) and who.marketplace == trial.credential.marketplace
    return trial is not None and here and any(each.id == who.id for each in trial.people)
