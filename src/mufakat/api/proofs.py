"""What routes for people share: a fresh proof of who is there, tries that come too soon, answers that nobody keeps."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from litestar import Request

from mufakat.api.asked import caller, site_of
from mufakat.api.principals import Principal
from mufakat.api.problems import Troubled
from mufakat.api.site import Site
from mufakat.api.troubles import Trouble
from mufakat.engine.accounts.passwords import PasswordNotTaken
from mufakat.engine.accounts.signing_in import CodeNeeded, SignInRefused, TooManyTries
from mufakat.store.sessions import Session

NO_STORE: Final = {"Cache-Control": "no-store"}
"""For answers with a secret in them."""


async def own_session(request: Request[Any, Any, Any]) -> Session:
    """The session with which the caller comes. Raises Troubled (NO_SESSION) for a token that is none."""
    who = caller(request)
    found = await site_of(request).store.session(who.marketplace, who.session) if who.session else None
    if found is None:
        raise Troubled(Trouble.NO_SESSION)
    return found


def check_fresh(site: Site, who: Principal) -> None:
    """Raise Troubled (REAUTHENTICATION_NEEDED) where a person who is signed in has not proved who they are just now.

    Machines prove it with every request.
    """
    proved = who.reauthenticated_at
    if who.session and (proved is None or site.engine.clock.now() - proved > site.recent):
        minutes = int(site.recent.total_seconds() // 60)
        raise Troubled(Trouble.REAUTHENTICATION_NEEDED, f"a proof of who you are is good for {minutes} minutes")


@contextmanager
def told(failed: Trouble = Trouble.SIGN_IN_FAILED) -> Iterator[None]:
    """Tell what the engine says about somebody at the door. failed: what a wrong proof is called. Raises Troubled."""
    try:
        yield
    except SignInRefused as error:
        raise Troubled(failed) from error
    except CodeNeeded as error:
        raise Troubled(Trouble.SECOND_FACTOR_NEEDED) from error
    except PasswordNotTaken as error:
        raise Troubled(Trouble.PASSWORD_NOT_TAKEN, str(error), where="password") from error
    except TooManyTries as error:
        raise Troubled(Trouble.TOO_MANY_TRIES, headers={"Retry-After": str(error.wait)}) from error
