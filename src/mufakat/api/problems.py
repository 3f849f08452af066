"""Refusals and errors as problem documents. No traceback ever leaves; what breaks is logged with the request's id."""

import logging
import re
from typing import Any, Final

import msgspec
from litestar import Request, Response
from litestar.exceptions import (
    ClientException,
    HTTPException,
    InternalServerException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)

from mufakat.api.troubles import TROUBLES, Trouble, status_of
from mufakat.api.wire.mirror import NO_NUL
from mufakat.api.wire.problems import Happened, Problem
from mufakat.core.parties import Role
from mufakat.core.refusal_texts import sentence
from mufakat.core.refusals import Refusal
from mufakat.core.words import Language, plain
from mufakat.evidence.inspection.door import WorkshopLost
from mufakat.evidence.vault import FileLost, VaultError
from mufakat.store.database import StoreLost

MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER: Final = 1
"""Seconds to wait where we are busy or the database is away."""

log: Final = logging.getLogger(__name__)
_FIELD: Final = re.compile(r"Object (?:missing required|contains unknown) field `([^`]*)`")
_PATH: Final = re.compile(r" - at `\$\.?(.*)`$")
_NO_BODY: Final = "'data'"
"""What the framework says of a body that is not there."""
_GONE: Final = "client disconnected prematurely"
"""What the framework says of a caller who goes away in the middle of a body: no error of ours."""
_MATCHING_NO_NUL: Final = f"matching regex {NO_NUL!r}"
_WITHOUT_NUL: Final = "without NUL"


class Troubled(Exception):  # noqa: N818 - says what happened
    """A problem that is no refusal of the rules. `why` is one sentence more about this time."""

    def __init__(
        self, trouble: Trouble, why: str = "", *, where: str = "", headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(why or trouble.value)
        self.trouble, self.why, self.where, self.headers = trouble, why, where, headers or {}


class RefusedByRules(Exception):  # noqa: N818 - carries a refusal to the edge
    """A refusal on its way out, with what its sentence needs and with what stands in the case instead.

    `language` None: the one that the request prefers.
    """

    def __init__(
        self,
        refusal: Refusal,
        role: Role,
        language: Language | None = None,
        zone: str = "UTC",
        currency: str = "",
        happened: Happened | None = None,
    ) -> None:
        super().__init__(refusal.code)
        self.refusal, self.role, self.language = refusal, role, language
        self.zone, self.currency, self.happened = zone, currency, happened


def answer(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The problem document of anything that was raised."""
    headers: dict[str, str] = {}
    if isinstance(error, RefusedByRules):
        problem = _refused(error, error.language or preferred(request.headers.get("accept-language", "")))
        if problem.status == TROUBLES[Trouble.DATABASE_AWAY][0]:
            headers["Retry-After"] = str(RETRY_AFTER)
    else:
        troubled = error if isinstance(error, Troubled) else _troubled(request, error)
        if troubled.trouble is Trouble.OUR_FAULT:
            log.error("request %s broke", request_id(request.scope), exc_info=error)
        headers |= troubled.headers
        problem = _problem(troubled)
        if troubled.trouble in (Trouble.DATABASE_AWAY, Trouble.FILES_AWAY):
            headers["Retry-After"] = str(RETRY_AFTER)
        if problem.status == TROUBLES[Trouble.NOT_SIGNED_IN][0]:
            headers["WWW-Authenticate"] = 'Bearer realm="mufakat"'
    problem = msgspec.structs.replace(problem, request_id=request_id(request.scope))
    return Response(msgspec.json.encode(problem), status_code=problem.status, headers=headers, media_type=MEDIA_TYPE)


def request_id(scope: Any) -> str:
    """The id of a request, as the log has it."""
    found: str = scope.get("state", {}).get("request_id", "")
    return found


def preferred(accepted: str) -> Language:
    """The language that an `Accept-Language` likes best of those we speak; English where it names none."""
    best, quality = Language.EN, 0.0
    for part in accepted.split(",")[:20]:
        name, _, weight = part.partition(";")
        try:
            q = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            continue
        tag = name.strip().lower().partition("-")[0]
        # Indonesian's code was `in` until 1989, and some old phones still say so.
        spoken = {"en": Language.EN, "id": Language.ID, "in": Language.ID}.get(tag)
        if spoken is not None and q > quality:
            best, quality = spoken, q
    return best


def _refused(error: RefusedByRules, language: Language) -> Problem:
    code = error.refusal.code
    return Problem(
        type=f"/problems/{code}",
        title=plain(code).capitalize(),
        status=status_of(code),
        detail=sentence(error.refusal, error.role, language, error.zone, error.currency),
        code=code.value,
        facts=dict(error.refusal.facts),
        happened=error.happened,
    )


def _problem(error: Troubled) -> Problem:
    status, todo = TROUBLES[error.trouble]
    detail = f"{error.why[:1].upper()}{error.why[1:].rstrip('.')}. {todo}" if error.why else todo
    return Problem(
        type=f"/problems/{error.trouble}",
        title=plain(error.trouble).capitalize(),
        status=status,
        detail=detail,
        code=error.trouble.value,
        where=error.where,
    )


def _troubled(request: Request[Any, Any, Any], error: BaseException) -> Troubled:
    """What an error of the framework, of the codec or of the store means to the caller."""
    if isinstance(error, StoreLost | WorkshopLost | VaultError) and not isinstance(error, FileLost):
        return _away(error)
    if isinstance(error, msgspec.ValidationError):
        return _not_valid(str(error))
    if isinstance(error, msgspec.DecodeError):
        return Troubled(Trouble.BODY_NOT_JSON, str(error))
    if isinstance(error, ValidationException):
        return _parameters(request, error)
    if isinstance(error, NotFoundException):
        return Troubled(Trouble.NOT_FOUND)
    if isinstance(error, MethodNotAllowedException):
        allowed = {each.strip() for each in (error.headers or {}).get("allow", "").split(",")} - {"OPTIONS"}
        return Troubled(Trouble.METHOD_NOT_ALLOWED, headers={"Allow": ", ".join(sorted(allowed))})
    if isinstance(error, HTTPException) and error.status_code == TROUBLES[Trouble.BODY_TOO_LARGE][0]:
        most = request.route_handler.resolve_request_max_body_size()
        return Troubled(Trouble.BODY_TOO_LARGE, f"a body has at most {most} bytes here")
    if isinstance(error, InternalServerException) and error.detail == _GONE:
        return Troubled(Trouble.BODY_NOT_VALID, "the connection ended before the body did")
    if isinstance(error, ClientException):
        cause = error.__cause__ or error.__context__
        return _troubled(request, cause) if isinstance(cause, msgspec.MsgspecError) else Troubled(Trouble.BODY_NOT_JSON)
    return Troubled(Trouble.OUR_FAULT)


def _away(error: StoreLost | WorkshopLost | VaultError) -> Troubled:
    """A part of ours that may be back in a moment."""
    if isinstance(error, StoreLost):
        return Troubled(Trouble.DATABASE_AWAY)
    log.error("files can neither be taken nor given: %s", error)
    return Troubled(Trouble.FILES_AWAY)


def _not_valid(said: str) -> Troubled:
    """A sentence of msgspec's with its path at the end."""
    found = _PATH.search(said)
    where = _with_field(found[1] if found else "", said)
    return Troubled(Trouble.BODY_NOT_VALID, _PATH.sub("", said).replace(_MATCHING_NO_NUL, _WITHOUT_NUL), where=where)


def _parameters(request: Request[Any, Any, Any], error: ValidationException) -> Troubled:
    """Litestar checks path, query, headers and body at once and tells of all in `extra`, by our names for them."""
    extra: list[dict[str, Any]] = [each for each in error.extra or [] if isinstance(each, dict)]
    said = "; ".join(str(each.get("message", "")) for each in extra)
    said = "a body is needed" if said == _NO_BODY else said.replace(_MATCHING_NO_NUL, _WITHOUT_NUL)
    keys = (_with_field(_key(request, each), str(each.get("message", ""))) for each in extra)
    where = ", ".join(key for key in keys if key)
    body = all(each.get("source") == "body" for each in extra)
    return Troubled(Trouble.BODY_NOT_VALID if body else Trouble.PARAMETER_NOT_VALID, said, where=where)


def _key(request: Request[Any, Any, Any], told: dict[str, Any]) -> str:
    """What the framework says is wrong, by the name under which it was sent; empty for the body as a whole."""
    key = str(told.get("key") or "").removeprefix("data")
    return _as_sent(request, key) if key else ""


def _with_field(path: str, said: str) -> str:
    """A path with the field that msgspec's sentence names as missing or not known there."""
    field = _FIELD.search(said)
    return ".".join(each for each in (path, field[1] if field else "") if each)


def _as_sent(request: Request[Any, Any, Any], key: str) -> str:
    """The name under which callers know a parameter: `for`, where the function that takes it says `for_role`."""
    parameter = request.route_handler.parsed_fn_signature.parameters.get(key)
    return getattr(parameter and parameter.kwarg_definition, "name", None) or key
