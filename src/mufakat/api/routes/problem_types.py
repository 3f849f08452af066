"""What each code of a problem means: the addresses that problem documents name as their `type`."""

from html import escape
from typing import Annotated, Any, Final

from litestar import Request, Response, Router, get
from litestar.params import PathParameter

from mufakat.api.problems import Troubled
from mufakat.api.routes.docs import DAY, POLICY
from mufakat.api.troubles import TROUBLES, Trouble, status_of
from mufakat.api.wire import problem_types as w
from mufakat.api.wire.mirror import NO_NUL
from mufakat.core.refusal_texts import TEXTS
from mufakat.core.refusals import Code
from mufakat.core.words import Language, plain

JSON: Final = "application/json"
HTML: Final = "text/html"
PAGE: Final = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} | Mufakat</title>
<link rel="stylesheet" href="/docs/docs.css">
</head>
<body><main>
{body}
</main></body>
</html>
"""
READERS: Final = {"CUSTOMER": "the customer", "SELLER": "the seller", "OTHERS": "agents and servers"}

ProblemCode = Annotated[str, PathParameter(max_length=64, pattern=NO_NUL, description="The code of a problem.")]


@get("/")
async def list_problems(request: Request[Any, Any, Any]) -> Response[w.ProblemTypesOut]:
    """Every code with which this API refuses, with its status; as a page for browsers."""
    out = w.ProblemTypesOut(problems=[_row(code) for code in sorted([*Trouble, *Code])])
    return _answer(request, out, _list_page)


@get("/{code:str}")
async def read_problem(request: Request[Any, Any, Any], code: ProblemCode) -> Response[w.ProblemTypeOut]:
    """What a code means: its status, and what each reader is told and may do about it; as a page for browsers."""
    known: Trouble | Code | None = next((each for each in (*Trouble, *Code) if each.value == code), None)
    if known is None:
        raise Troubled(Trouble.NOT_FOUND)
    row = _row(known)
    out = w.ProblemTypeOut(code=row.code, type=row.type, title=row.title, status=row.status, sentences=sentences(known))
    return _answer(request, out, _one_page)


def sentences(code: Trouble | Code) -> list[w.SentenceOut]:
    """Who is told what about a code, before its facts are filled in."""
    if isinstance(code, Trouble):
        return [w.SentenceOut(who="OTHERS", language=Language.EN.value, text=TROUBLES[code][1])]
    texts = TEXTS[code]
    told = [("CUSTOMER", texts.customer), ("SELLER", texts.seller)]
    found = [
        w.SentenceOut(who=who, language=language.value, text=text)
        for who, both in told
        for language, text in zip((Language.EN, Language.ID), both, strict=True)
    ]
    return [*found, w.SentenceOut(who="OTHERS", language=Language.EN.value, text=texts.others)]


def _row(code: Trouble | Code) -> w.ProblemTypeRowOut:
    status = TROUBLES[code][0] if isinstance(code, Trouble) else status_of(code)
    return w.ProblemTypeRowOut(code=code.value, type=f"/problems/{code}", title=plain(code).capitalize(), status=status)


def _answer(request: Request[Any, Any, Any], out: Any, page: Any) -> Response[Any]:
    """JSON, or a page where the caller would rather have one."""
    headers = {"Cache-Control": DAY, "Vary": "Accept"}
    if request.accept.best_match([JSON, HTML]) != HTML:
        return Response(out, headers=headers)
    return Response(page(out), media_type=HTML, headers=headers | {"Content-Security-Policy": POLICY})


def _list_page(out: w.ProblemTypesOut) -> str:
    rows = "\n".join(
        f'<tr><td>{each.status}</td><td><a href="{each.type}"><code>{each.code}</code></a></td>'
        f"<td>{escape(each.title)}</td></tr>"
        for each in out.problems
    )
    body = (
        "<h1>Problems</h1>\n<p>Every refusal carries one of these codes.</p>\n"
        f"<table>\n<tr><th>Status</th><th>Code</th><th>In words</th></tr>\n{rows}\n</table>"
    )
    return PAGE.format(title="Problems", body=body)


def _one_page(out: w.ProblemTypeOut) -> str:
    rows = "\n".join(
        f'<tr><td>{READERS[each.who]}</td><td lang="{each.language}">{escape(each.text)}</td></tr>'
        for each in out.sentences
    )
    body = (
        f"<h1>{escape(out.title)}</h1>\n<p><code>{out.code}</code>, status {out.status}</p>\n"
        "<p>Words in braces stand for facts; what is in square brackets is said only where its facts are known.</p>\n"
        f'<table>\n<tr><th>Who</th><th>What they are told</th></tr>\n{rows}\n</table>\n<p><a href="/problems">All '
        "problems</a></p>"
    )
    return PAGE.format(title=escape(out.title), body=body)


router = Router("/problems", route_handlers=[list_problems, read_problem], tags=["Problems"])
