"""How a page is drawn: templates, what all of them may name, and the headers under which a browser trusts only us."""

from collections.abc import Iterable
from functools import cache
from typing import Any, Final
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from litestar import Request, Response
from litestar.datastructures import Cookie
from markupsafe import Markup, escape

from mufakat.api.problems import preferred
from mufakat.core.words import Language, sentence_case
from mufakat.rulebooks import load
from mufakat.web import visits
from mufakat.web.assets import asset
from mufakat.web.tongue import NAMES, Tongue, catalogue
from mufakat.web.visits import Visit

LANGUAGE: Final = "mufakat-language"
"""The cookie in which a person's own choice of language is kept."""
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a page may load: what we serve ourselves; `blob:` is a picture that the reader chose and has not sent yet."""
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
    "Vary": "Cookie, Accept-Language",
}
"""Headers of every page."""


@cache
def environment() -> Environment:
    """The templates, compiled once: what does not compile fails at the start."""
    made = Environment(
        loader=PackageLoader("mufakat.web"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals |= {"asset": asset, "languages": NAMES}
    made.filters |= {"cap": sentence_case, "path": _path, "paragraphs": paragraphs}
    for name in made.list_templates():
        made.get_template(name)
    return made


def tongue_of(request: Request[Any, Any, Any], market: str = "") -> Tongue:
    """How to speak to who asks: as they chose, else as their browser prefers, else as their market does."""
    chosen = request.cookies.get(LANGUAGE, "")
    accepted = request.headers.get("accept-language", "")
    zone = load(market).zone if market else "UTC"
    if chosen in list(Language):
        return Tongue(Language(chosen), zone)
    preferred = _first_spoken(accepted)
    return Tongue(preferred or home(market), zone)


def home(market: str) -> Language:
    """The language of a market's people, of those we speak."""
    return Language(market) if market in list(Language) else Language.EN


def page(
    request: Request[Any, Any, Any],
    template: str,
    tongue: Tongue,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    cookies: Iterable[Cookie] = (),
    **shown: Any,
) -> Response[str]:
    """A page, drawn, on its way to a browser."""
    text = draw(template, tongue, visits.visit_of(request), _here(request), **shown)
    said = HEADERS | {"Content-Language": tongue.language.value} | (headers or {})
    return Response(text, status_code=status, media_type="text/html", headers=said, cookies=list(cookies))


def draw(template: str, tongue: Tongue, visit: Visit | None, here: str, **shown: Any) -> str:
    """A page as text. Its template sees `t` (the tongue), `visit` (None for strangers), `here`, and what is given."""
    known = {"t": tongue, "visit": visit, "here": here}
    return environment().get_template(template).render(known | shown)


def paragraphs(text: str) -> Markup:
    """What a person wrote, with its line ends; everything in it escaped."""
    parts = [each for each in str(escape(text.replace("\r\n", "\n"))).split("\n\n") if each.strip()]
    return Markup("".join("<p>" + each.replace("\n", "<br>") + "</p>" for each in parts))  # noqa: S704 - escaped above


def _first_spoken(accepted: str) -> Language | None:
    """The language that a browser likes best of those we speak; None where it names none of them."""
    named = {part.partition(";")[0].strip().lower().partition("-")[0] for part in accepted.split(",")[:20]}
    return preferred(accepted) if named & {"en", "id", "in"} else None


def _here(request: Request[Any, Any, Any]) -> str:
    """The address of this page, to come back to."""
    path, query = bytes(request.scope.get("raw_path") or b"/"), bytes(request.scope.get("query_string") or b"")
    return (path + (b"?" + query if query else b"")).decode("latin-1")


def _path(text: str) -> str:
    """A text as one part of an address."""
    return quote(text, safe="")


@pass_context
def _gettext(context: Context, text: str) -> str:
    tongue: Tongue = context["t"]
    return tongue.say(text)


@pass_context
def _ngettext(context: Context, one: str, many: str, number: int) -> str:
    tongue: Tongue = context["t"]
    return catalogue(tongue.language).ngettext(one, many, number)
