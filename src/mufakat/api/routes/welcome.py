"""The first page: what this is, and, where the database is one for trying, what to try and with which tokens.

Keys of the made-up shop are shown only to who asks this machine by a name of its own, so that no page from elsewhere
can have a browser fetch them under another name.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from html import escape
from importlib import resources
from typing import Any, Final

from litestar import Request, Response, Router, get

from mufakat import __version__
from mufakat.api.asked import site_of
from mufakat.api.principals import LONGEST_TOKEN, party_token
from mufakat.api.rights import Caller
from mufakat.api.routes.docs import OURS, POLICY
from mufakat.api.site import Person, Site, Trial
from mufakat.core.parties import Role

HTML, TEXT = "text/html", "text/plain"
LOCAL: Final = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?")
LIFE: Final[timedelta] = LONGEST_TOKEN
ABOUT: Final = "Mufakat {version}: the API is at {base}/docs, what each refusal means at {base}/problems.\n"


@dataclass(frozen=True, slots=True)
class Holder:
    """A person of the shop with a token."""

    person: Person
    token: str

    @property
    def variable(self) -> str:
        """The name of the shell variable that holds the token."""
        return self.person.id.partition("-")[2].upper()


@get("/", include_in_schema=False)
async def welcome(request: Request[Any, Any, Any]) -> Response[str]:
    """A page for browsers, and the lines to try as text for `curl`."""
    return answer(request, wants_page=prefers_page(request))


def prefers_page(request: Request[Any, Any, Any]) -> bool:
    """Whether a browser asks."""
    return request.accept.best_match([TEXT, HTML]) == HTML


def answer(request: Request[Any, Any, Any], *, wants_page: bool) -> Response[str]:
    """What this is, for engineers: as a page, or as text that a shell runs."""
    site, host = site_of(request), request.headers.get("host", "")
    base = f"{request.url.scheme}://{host}" if LOCAL.fullmatch(host) else ""
    trial = site.trial if base else None
    headers = {"Vary": "Accept", "Cache-Control": "no-store", "Content-Security-Policy": POLICY}
    body = _page(site, trial, base) if wants_page else _text(site, trial, base)
    return Response(body, media_type=HTML if wants_page else TEXT, headers=headers)


def _text(site: Site, trial: Trial | None, base: str) -> str:
    about = ABOUT.format(version=__version__, base=base)
    return about if trial is None else f"# {about}\n{_steps(trial, base, _holders(site, trial))}"


def _page(site: Site, trial: Trial | None, base: str) -> str:
    shown = "" if trial is None else _trial(trial, base, _holders(site, trial))
    return _filled("welcome.html", version=escape(__version__), trial=shown)


def _trial(trial: Trial, base: str, holders: list[Holder]) -> str:
    keys = [("the marketplace's own server", "SERVER", "", trial.key)]
    people = [(x.person.about, str(x.person.caller), x.person.id, x.token) for x in holders]
    return _filled(
        "trial.html",
        shop=escape(trial.credential.marketplace),
        base=escape(base),
        steps=escape(_steps(trial, base, holders)),
        rows="\n".join(_row(*each) for each in [*people, *keys]),
        cases="\n".join(f"<tr><td>{escape(o)}</td><td><code>{escape(c)}</code></td></tr>" for c, o in trial.cases),
    )


def _row(about: str, role: str, id_: str, token: str) -> str:
    cells = "".join(f"<td>{escape(each)}</td>" for each in (about, role, id_))
    return f'<tr>{cells}<td class="token"><code>{escape(token)}</code></td></tr>'


def _steps(trial: Trial, base: str, holders: list[Holder]) -> str:
    people = "\n".join(f"{each.variable}={each.token}" for each in holders)
    return _filled("steps.sh", base=base, key=trial.key, people=people, order=trial.order)


def _holders(site: Site, trial: Trial) -> list[Holder]:
    # Leads come by the pages' door only: a line to paste that may all would be one too many.
    return [Holder(each, _token(site, trial, each)) for each in trial.people if each.caller is not Caller.LEAD]


def _token(site: Site, trial: Trial, person: Person) -> str:
    if person.caller is Caller.AGENT:
        return trial.agent_token
    now = site.engine.clock.now()
    return party_token(site.own_key, trial.credential, Role(person.caller), person.id, now, LIFE)[0]


def _filled(name: str, **values: str) -> str:
    """A file of ours with its `{{places}}` filled, each once, so that no value is taken for a place."""
    return re.sub(r"\{\{([a-z]+)\}\}", lambda found: values[found[1]], _file(name))


@cache
def _file(name: str) -> str:
    return resources.files(OURS).joinpath(name).read_text(encoding="utf-8")


router = Router("/", route_handlers=[welcome])
