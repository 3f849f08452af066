"""What can go wrong over HTTP beside the rules' own refusals, and the status with which each code of either travels."""

from enum import StrEnum
from http import HTTPStatus
from typing import Final

from mufakat.core.refusals import Code


class Trouble(StrEnum):
    """Every code of a problem that is no refusal of the rules. Public: never rename one."""

    NOT_SIGNED_IN = "NOT_SIGNED_IN"
    NOT_ALLOWED = "NOT_ALLOWED"
    NOT_FOUND = "NOT_FOUND"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    BODY_NOT_JSON = "BODY_NOT_JSON"
    BODY_NOT_VALID = "BODY_NOT_VALID"
    BODY_TOO_LARGE = "BODY_TOO_LARGE"
    BODY_TYPE_NOT_SUPPORTED = "BODY_TYPE_NOT_SUPPORTED"
    PARAMETER_NOT_VALID = "PARAMETER_NOT_VALID"
    CURSOR_NOT_VALID = "CURSOR_NOT_VALID"
    KEY_NEEDED = "KEY_NEEDED"
    KEY_NOT_VALID = "KEY_NOT_VALID"
    PRECONDITION_NOT_VALID = "PRECONDITION_NOT_VALID"
    SIGNING_KEY_NOT_VALID = "SIGNING_KEY_NOT_VALID"
    SCOPE_NOT_KNOWN = "SCOPE_NOT_KNOWN"
    HOOK_NOT_VALID = "HOOK_NOT_VALID"
    UPLOAD_MOVED_ON = "UPLOAD_MOVED_ON"
    PIECE_NOT_AS_CLAIMED = "PIECE_NOT_AS_CLAIMED"
    TUS_VERSION_NOT_SPOKEN = "TUS_VERSION_NOT_SPOKEN"
    RANGE_NOT_VALID = "RANGE_NOT_VALID"
    FILES_AWAY = "FILES_AWAY"
    STATEMENT_FORGOTTEN = "STATEMENT_FORGOTTEN"
    DOCUMENT_NOT_MADE = "DOCUMENT_NOT_MADE"
    SIGN_IN_FAILED = "SIGN_IN_FAILED"
    SECOND_FACTOR_NEEDED = "SECOND_FACTOR_NEEDED"
    REAUTHENTICATION_NEEDED = "REAUTHENTICATION_NEEDED"
    NO_SESSION = "NO_SESSION"
    PASSWORD_NOT_TAKEN = "PASSWORD_NOT_TAKEN"  # noqa: S105 - a code
    INVITATION_NOT_GOOD = "INVITATION_NOT_GOOD"
    PROOF_WRONG = "PROOF_WRONG"
    SECOND_FACTOR_SET = "SECOND_FACTOR_SET"
    SECOND_FACTOR_NOT_SET = "SECOND_FACTOR_NOT_SET"
    LOGIN_TAKEN = "LOGIN_TAKEN"
    OWN_ACCOUNT = "OWN_ACCOUNT"
    LAST_LEAD = "LAST_LEAD"
    ACCOUNT_DISABLED = "ACCOUNT_DISABLED"
    PROVIDER_AWAY = "PROVIDER_AWAY"
    TOO_MANY_TRIES = "TOO_MANY_TRIES"
    SLOW_DOWN = "SLOW_DOWN"
    DATABASE_AWAY = "DATABASE_AWAY"
    OUR_FAULT = "OUR_FAULT"


TROUBLES: Final[dict[Trouble, tuple[int, str]]] = {
    Trouble.NOT_SIGNED_IN: (401, "Send a good key or token: `Authorization: Bearer ...`."),
    Trouble.NOT_ALLOWED: (403, "This caller has no right to do this; a server's key needs the scope that is named."),
    Trouble.NOT_FOUND: (404, "There is nothing at this address, or it is not yours."),
    Trouble.METHOD_NOT_ALLOWED: (405, "This address takes other methods; `Allow` lists them."),
    Trouble.BODY_NOT_JSON: (400, "Send a body of JSON in UTF-8."),
    Trouble.BODY_NOT_VALID: (
        400,
        "Send a body in the shape that the reference shows; `where` points at what is wrong.",
    ),
    Trouble.BODY_TOO_LARGE: (413, "Send less at once; the limit is named."),
    Trouble.BODY_TYPE_NOT_SUPPORTED: (415, "Send `Content-Type: application/json`, for files the file's own type."),
    Trouble.PARAMETER_NOT_VALID: (400, "A part of the address, of the query or of the headers cannot be used."),
    Trouble.CURSOR_NOT_VALID: (400, "Use a cursor as it was given, with the same filters, or begin without one."),
    Trouble.KEY_NEEDED: (400, "Send `Idempotency-Key` with a text of your own, the same when you try again."),
    Trouble.KEY_NOT_VALID: (400, "An idempotency key has 1 to 200 visible ASCII characters."),
    Trouble.PRECONDITION_NOT_VALID: (400, "Send `If-Match` with the ETag of the case as it was given."),
    Trouble.SIGNING_KEY_NOT_VALID: (422, "Register a public key in PEM: Ed25519, or ECDSA P-256."),
    Trouble.SCOPE_NOT_KNOWN: (422, "Give the key scopes from the list, at most those of the key that makes it."),
    Trouble.HOOK_NOT_VALID: (
        422,
        "Give an endpoint an https address and events that there are; `why` says what cannot be.",
    ),
    Trouble.UPLOAD_MOVED_ON: (409, "Ask with HEAD how many bytes have arrived, and send those after them."),
    Trouble.PIECE_NOT_AS_CLAIMED: (460, "Send this piece again from where it began: nothing of it was kept."),
    Trouble.TUS_VERSION_NOT_SPOKEN: (412, "Send `Tus-Resumable: 1.0.0`."),
    Trouble.RANGE_NOT_VALID: (416, "Ask for bytes that are there: `Content-Range` says how many there are."),
    Trouble.FILES_AWAY: (503, "Files can neither be taken nor given at the moment. Try again in a moment."),
    Trouble.STATEMENT_FORGOTTEN: (410, "The people of this case were forgotten; the case itself can still be read."),
    Trouble.DOCUMENT_NOT_MADE: (503, "The PDF could not be made. Ask for the page instead (`format=HTML`)."),
    Trouble.SIGN_IN_FAILED: (401, "Who you are could not be told: check what you gave, and try again."),
    Trouble.SECOND_FACTOR_NEEDED: (401, "Send a code of your second factor as well, or a recovery code."),
    Trouble.REAUTHENTICATION_NEEDED: (
        403,
        "Prove anew who you are with `POST /v1/sessions/reauthenticate`, then send this again before `fresh_until`.",
    ),
    Trouble.NO_SESSION: (409, "This is for people who are signed in; a token that is no session has none of it."),
    Trouble.PASSWORD_NOT_TAKEN: (422, "Choose another password: long, and of nothing that others know of you."),
    Trouble.INVITATION_NOT_GOOD: (422, "This invitation was used, has ended or never was; ask a lead for a new one."),
    Trouble.PROOF_WRONG: (422, "Send your password, or the code that the app shows now: each code is good once."),
    Trouble.SECOND_FACTOR_SET: (409, "There is a second factor; remove it before another one is set up."),
    Trouble.SECOND_FACTOR_NOT_SET: (409, "There is no second factor to confirm or to remove; set one up first."),
    Trouble.LOGIN_TAKEN: (409, "There is an account of this login or id already."),
    Trouble.OWN_ACCOUNT: (409, "Nobody changes this of their own account; ask another lead."),
    Trouble.LAST_LEAD: (409, "This is the last lead of the marketplace; make another one first."),
    Trouble.ACCOUNT_DISABLED: (409, "This account is disabled; enable it first."),
    Trouble.PROVIDER_AWAY: (503, "The identity provider does not answer as it should. Try again in a moment."),
    Trouble.TOO_MANY_TRIES: (429, "Wait as long as `Retry-After` says, then try again; nobody is locked out for ever."),
    Trouble.SLOW_DOWN: (429, "Wait as long as `Retry-After` says, then try again."),
    Trouble.DATABASE_AWAY: (503, "Try again in a moment, under the same idempotency key: nothing is done twice."),
    Trouble.OUR_FAULT: (500, "Something of ours broke. Try again; if it stays, tell us the request id."),
}
"""Code to status and to what to do."""

_OF_TUS: Final = {460: "Checksum Mismatch"}


def phrase(status: int) -> str:
    """What a status is called: by HTTP, or by the tus protocol for what only that has."""
    return _OF_TUS.get(status) or HTTPStatus(status).phrase


_MISSING: Final = 404
_FORBIDDEN: Final = 403
_UNFIT: Final = 422
_CONFLICT: Final = 409

STATUSES: Final[dict[Code, int]] = {
    **dict.fromkeys((Code.NO_SUCH_CASE, Code.NO_SUCH_ORDER, Code.NO_SUCH_MATTER, Code.NOT_YOURS), _MISSING),
    **dict.fromkeys((Code.WRONG_ROLE, Code.CONFLICT_OF_INTEREST, Code.SAME_AGENT, Code.OWN_DRAFT), _FORBIDDEN),
    Code.NOT_YOUR_WORK: _FORBIDDEN,
    **dict.fromkeys(
        (
            Code.WHICH_MATTER,
            Code.NO_SUCH_LINE,
            Code.ORDER_NOT_SOUND,
            Code.FACT_NOT_FITTING,
            Code.NOTHING_ASKED,
            Code.LINE_TWICE,
            Code.ANSWERED_TWICE,
            Code.ASKED_TOO_MUCH,
            Code.AMOUNT_NOT_POSITIVE,
            Code.AMOUNT_NOT_FITTING,
            Code.TYPE_NOT_FOR_SELLER,
            Code.TYPE_NOT_IN_MARKET,
            Code.UNKNOWN_CODE,
            Code.CODE_NOT_FITTING,
            Code.CODE_NEEDED,
            Code.OFFER_NOT_FITTING,
            Code.EMPTY_MESSAGE,
            Code.NOT_EXPECTED,
            Code.NO_SUCH_EXHIBIT,
            Code.OVERRIDE_NEEDS_REASON,
            Code.OVERRIDE_NOT_FITTING,
            Code.GROUNDS_NEEDED,
            Code.MATERIAL_EMPTY,
            Code.STARTED_IN_THE_FUTURE,
            Code.REASON_NEEDED,
            Code.TRACKING_NEEDED,
            Code.TRACKING_USED,
            Code.LOSS_TOO_HIGH,
            Code.RETURN_PARTS_NOT_FITTING,
            Code.EXTENSION_NOT_FITTING,
            Code.TOO_MANY_LINES,
            Code.TEXT_TOO_LONG,
            Code.KEY_REUSED,
            Code.HISTORY_NOT_SOUND,
            Code.NOT_IMPORTABLE,
            Code.BEFORE_RULEBOOK,
            Code.FILE_EMPTY,
            Code.FILE_NOT_AS_CLAIMED,
            Code.FILE_NOT_THERE,
            Code.FILE_DAMAGED,
            Code.FILE_ENCRYPTED,
            Code.FILE_NOT_AS_NAMED,
            Code.FILE_NOT_ONE_THING,
            Code.FILE_NOT_PLAYABLE,
            Code.FILE_NOT_UNDERSTOOD,
            Code.FILE_TOO_LONG,
            Code.FILE_TOO_MANY_PAGES,
            Code.FILE_TOO_MANY_PIXELS,
            Code.NOT_IN_THE_RECORD,
            Code.REFERENCE_NOT_FITTING,
            Code.TIME_NOT_FITTING,
            Code.MOVE_NOT_FITTING,
        ),
        _UNFIT,
    ),
    Code.FILE_TOO_LARGE: 413,
    Code.FILE_TYPE_NOT_ALLOWED: 415,
    Code.TOO_BUSY: 503,
    Code.VERSION_CHANGED: 412,
}


def status_of(code: Code) -> int:
    """The status of a refusal: 409 where the command does not fit what stands, else one of its own."""
    return STATUSES.get(code, _CONFLICT)
