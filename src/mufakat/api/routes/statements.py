"""Statements of reasons: why a judgement is as it is, for each party, as data, as a page and as PDF."""

import hashlib
from enum import StrEnum
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, Router, get
from litestar.params import HeaderParameter, PathParameter, QueryParameter

from mufakat.api.asked import CaseId, caller, site_of
from mufakat.api.knocking import RIGHT
from mufakat.api.principals import Principal
from mufakat.api.problems import Troubled
from mufakat.api.rights import Right
from mufakat.api.site import language_of
from mufakat.api.troubles import Trouble
from mufakat.api.wire import statements as w
from mufakat.core.parties import PARTIES, Role
from mufakat.core.statement import Statement
from mufakat.core.words import Language
from mufakat.engine import stating
from mufakat.paper import page
from mufakat.paper.document import NoDocument, pdf

HTML: Final = "text/html"
PDF: Final = "application/pdf"
JSON: Final = "application/json"
AGAIN: Final = {"Retry-After": "5"}
"""Seconds after which a PDF may be asked for again."""


class Form(StrEnum):
    """How a statement is answered."""

    JSON = "JSON"
    HTML = "HTML"
    PDF = "PDF"


TYPES: Final[dict[Form, str]] = {Form.JSON: JSON, Form.HTML: HTML, Form.PDF: PDF}

For = Annotated[
    Role | None,
    QueryParameter(
        name="for",
        required=False,
        description="Whose statement: CUSTOMER or SELLER. A server or an agent must say; a party gets its own.",
    ),
]


@get("/{case_id:str}/statements", opt={RIGHT: Right.CASES_READ})
async def list_statements(request: Request[Any, Any, Any], case_id: CaseId) -> w.ReasonsListOut:
    """The judgements of a case, those of appeals among them, with where to read the statement of reasons of each."""
    site, who = site_of(request), caller(request)
    loaded = await site.loaded(who, case_id)
    log = await site.store.history(who.marketplace, loaded.order.order.order_id, case_id)
    roles = [who.role] if who.role in PARTIES else list(PARTIES)
    return w.ReasonsListOut(case_id=case_id, statements=[_row(case_id, each, roles) for each in stating.given(log)])


@get("/{case_id:str}/statements/{number:str}", opt={RIGHT: Right.CASES_READ})
async def read_reasons(
    request: Request[Any, Any, Any],
    case_id: CaseId,
    number: Annotated[
        str, PathParameter(pattern="^[1-9][0-9]{0,3}$", description="Which judgement of the case, from 1.")
    ],
    for_role: For = None,
    language: Annotated[
        Language | None, QueryParameter(required=False, description="`en` or `id`, before `Accept-Language`.")
    ] = None,
    form: Annotated[
        Form | None, QueryParameter(name="format", required=False, description="JSON, HTML or PDF, before `Accept`.")
    ] = None,
    if_none_match: Annotated[
        str | None,
        HeaderParameter(
            name="If-None-Match", required=False, description="ETags of the statement as the caller has it (304)."
        ),
    ] = None,
) -> Response[w.ReasonsOut | None]:
    """Why a judgement is as it is, for one party in one language: the same bytes whenever it is asked for."""
    site, who = site_of(request), caller(request)
    loaded = await site.loaded(who, case_id)
    role, tongue = whose(who, for_role), language or language_of(request)
    try:
        written = await stating.write(site.store, site.sealer, loaded, int(number), role, tongue)
    except stating.NoSuchStatementError as error:
        raise Troubled(Trouble.NOT_FOUND, str(error)) from error
    except stating.StatementForgottenError as error:
        raise Troubled(Trouble.STATEMENT_FORGOTTEN) from error
    wanted = form or _preferred(request)
    body = await _body(written, wanted)
    headers = _headers(written, wanted, body)
    if if_none_match is not None and headers["ETag"] in [each.strip() for each in if_none_match.split(",")]:
        return Response(None, status_code=304, headers=headers)
    answer: Any = Response(body, media_type=TYPES[wanted], headers=headers)
    return answer  # type: ignore[no-any-return]


def out(statement: Statement) -> w.ReasonsOut:
    """A statement as it travels."""
    return msgspec.convert(msgspec.to_builtins(statement) | {"for": statement.for_role.value}, w.ReasonsOut)


async def _body(statement: Statement, form: Form) -> bytes:
    match form:
        case Form.JSON:
            return msgspec.json.encode(out(statement))
        case Form.HTML:
            return page.html(statement)
        case Form.PDF:
            try:
                return await pdf(statement)
            except NoDocument as error:
                raise Troubled(Trouble.DOCUMENT_NOT_MADE, str(error), headers=AGAIN) from error


def _headers(statement: Statement, form: Form, body: bytes) -> dict[str, str]:
    found = {
        "ETag": f'"{hashlib.sha256(body).hexdigest()}"',
        "Cache-Control": "private, no-cache",
        "Vary": "Accept, Accept-Language",
        "Content-Language": statement.language.value,
    }
    if form is Form.HTML:
        found["Content-Security-Policy"] = page.POLICY
    if form is Form.PDF:
        whose = f"{statement.for_role.value.lower()}-{statement.language.value}"
        found["Content-Disposition"] = f'inline; filename="statement-{statement.number}-{whose}.pdf"'
        found["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return found


def whose(who: Principal, asked: Role | None) -> Role:
    """Whose statement the caller gets. Raises Troubled (PARAMETER_NOT_VALID; NOT_FOUND for a party's other side)."""
    if who.role in PARTIES:
        if asked not in (None, who.role):
            raise Troubled(Trouble.NOT_FOUND, "a party reads its own statement only")
        return who.role
    if asked not in PARTIES:
        raise Troubled(Trouble.PARAMETER_NOT_VALID, "say whose statement: CUSTOMER or SELLER", where="for")
    assert asked is not None
    return asked


def _preferred(request: Request[Any, Any, Any]) -> Form:
    best = request.accept.best_match(list(TYPES.values()))
    return next((form for form, kind in TYPES.items() if kind == best), Form.JSON)


def _row(case_id: str, given: stating.Given, roles: list[Role]) -> w.ReasonsRowOut:
    return w.ReasonsRowOut(
        number=given.number,
        event=given.event,
        judged_at=given.judged_at,
        matter=given.matter,
        dispute=given.dispute,
        appeal=given.appeal,
        lines=list(given.lines),
        links={
            role.value: {language.value: _links(case_id, given.number, role, language) for language in Language}
            for role in roles
        },
    )


def _links(case_id: str, number: int, role: Role, language: Language) -> w.ReasonsLinksOut:
    base = f"/v1/cases/{case_id}/statements/{number}?for={role.value}&language={language.value}&format="
    return w.ReasonsLinksOut(json=base + Form.JSON, html=base + Form.HTML, pdf=base + Form.PDF)


router = Router("/v1/cases", route_handlers=[list_statements, read_reasons], tags=["Cases"])
