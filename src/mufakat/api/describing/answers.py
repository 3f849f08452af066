"""What each route answers beside its success: which problems with which codes, and which headers. One table.

Most of it follows from what a route takes: a right, a body, an idempotency key, an id of a case in its address. What
the rules may refuse follows from which commands it passes on.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from mufakat.api.rights import RIGHTS, Caller, Right
from mufakat.api.troubles import TROUBLES, Trouble, status_of
from mufakat.api.wire import cases, commands
from mufakat.core.refusal_texts import asking, files, inspecting, moving, sandboxes
from mufakat.core.refusals import Code

AnyCode = Trouble | Code

UPLOADING: Final = (frozenset(files.TEXTS) | frozenset(inspecting.TEXTS)) - {Code.FILE_NOT_THERE}
"""What speaks against a file."""
NOT_BY_HAND: Final = frozenset(
    {Code.NOT_DUE_YET, Code.NOTHING_DUE, Code.STILL_OPEN, Code.UNDER_HOLD, Code.MONEY_OPEN, Code.NOT_AUTOMATIC},
)
"""What only the clock, the machine that judges, or whoever runs the platform by its command line, can meet."""
OF_ORDERS: Final = frozenset({Code.ORDER_NOT_SOUND, Code.FACT_NOT_FITTING, Code.NO_SUCH_ORDER})
WRITING: Final = frozenset({Code.KEY_REUSED, Code.TOO_BUSY, Code.VERSION_CHANGED})
"""What speaks against writing, and never against a preview."""
COMMANDING: Final = (
    frozenset(Code)
    - UPLOADING
    - NOT_BY_HAND
    - OF_ORDERS
    - WRITING
    - frozenset(moving.TEXTS)
    - frozenset(sandboxes.TEXTS)
    - {Code.NOT_YOUR_WORK}
)
OPENING: Final = frozenset(asking.TEXTS) | {
    Code.ALREADY_OPEN,
    Code.CASE_CLOSED,
    Code.CONFLICT_OF_INTEREST,
    Code.FILE_NOT_THERE,
    Code.MATERIAL_EMPTY,
    Code.NOT_YOURS,
    Code.NO_SUCH_LINE,
    Code.NO_SUCH_ORDER,
    Code.TEXT_TOO_LONG,
    Code.TIME_WENT_BACK,
    Code.TOO_MANY_LINES,
    Code.TOO_MANY_MATERIALS,
    Code.WRONG_ROLE,
}
ELIGIBLE: Final = frozenset(
    {Code.CONFLICT_OF_INTEREST, Code.LINE_TWICE, Code.NO_SUCH_LINE, Code.TOO_MANY_LINES, Code.WRONG_ROLE}
)
SUPPOSING: Final = frozenset(
    {
        Code.AMOUNT_NOT_POSITIVE,
        Code.ANSWERED_TWICE,
        Code.ASKED_TOO_MUCH,
        Code.CASE_CLOSED,
        Code.NOT_EXPECTED,
        Code.NO_SUCH_EXHIBIT,
        Code.NO_SUCH_LINE,
        Code.NO_SUCH_MATTER,
        Code.OVERRIDE_NEEDS_REASON,
        Code.SAME_AGENT,
        Code.TEXT_TOO_LONG,
        Code.TIME_WENT_BACK,
        Code.TOO_MANY_EVENTS,
        Code.WHICH_MATTER,
        Code.WRONG_PHASE,
    }
)
"""What speaks against findings that are only tried out."""
FORESEEING: Final = SUPPOSING | {
    Code.ASSESSMENT_MISSING,
    Code.DRAFT_OUTDATED,
    Code.DRAFT_STANDS,
    Code.FINDINGS_MISSING,
    Code.LINE_TWICE,
    Code.OVERRIDE_NOT_FITTING,
}
"""What speaks against a judgement whose statement is to be read beforehand."""
AT_THE_DOOR: Final = frozenset({Trouble.SLOW_DOWN, Trouble.TOO_MANY_TRIES, Trouble.DATABASE_AWAY})
"""What can meet somebody whom we do not know yet."""
AT_THE_DOOR_BY_PROVIDER: Final = frozenset(
    {Trouble.SLOW_DOWN, Trouble.DATABASE_AWAY, Trouble.PROVIDER_AWAY, Trouble.NOT_FOUND}
)
PROVING: Final = frozenset({Trouble.NO_SESSION, Trouble.TOO_MANY_TRIES, Trouble.PROOF_WRONG})
FACTOR: Final = frozenset({Trouble.NO_SESSION, Trouble.REAUTHENTICATION_NEEDED})
BY_RIGHT: Final[dict[Right, frozenset[AnyCode]]] = {
    Right.ORDERS_WRITE: OF_ORDERS | {Code.ALREADY_OPEN, Code.TOO_BUSY},
    Right.FILES_WRITE: UPLOADING | {Code.WRONG_ROLE, Trouble.FILES_AWAY},
    Right.FILES_READ: frozenset({Code.FILE_NOT_THERE, Trouble.NOT_FOUND, Trouble.FILES_AWAY}),
    Right.ORIGINALS_OPEN: frozenset({Trouble.NOT_FOUND, Trouble.FILES_AWAY}),
    Right.STATEMENTS_READ: frozenset({Trouble.NOT_FOUND, Code.CONFLICT_OF_INTEREST, Code.NOT_YOUR_WORK}),
    Right.ACCOUNTS_MANAGE: frozenset({Trouble.REAUTHENTICATION_NEEDED}),
    Right.IMPORT: (COMMANDING | OPENING | frozenset(moving.TEXTS) | {Code.TOO_BUSY}),
    Right.SANDBOX: frozenset({Code.NOT_A_SANDBOX}),
}
BY_NAME: Final[dict[str, frozenset[AnyCode]]] = {
    "judgeCase": COMMANDING | frozenset(sandboxes.TEXTS) | {Code.TOO_BUSY},
    "makeOrder": OF_ORDERS | {Code.ALREADY_OPEN},
    "moveForward": frozenset({Code.MOVE_NOT_FITTING, Code.MOVED_MEANWHILE}),
    "makeKey": frozenset({Trouble.SCOPE_NOT_KNOWN}),
    "rotateKey": frozenset({Trouble.SCOPE_NOT_KNOWN, Trouble.NOT_FOUND}),
    "makeHook": frozenset({Trouble.HOOK_NOT_VALID}),
    "changeHook": frozenset({Trouble.HOOK_NOT_VALID, Trouble.NOT_FOUND}),
    "removeHook": frozenset({Trouble.NOT_FOUND}),
    "rotateHookSecret": frozenset({Trouble.HOOK_NOT_VALID, Trouble.NOT_FOUND}),
    "testHook": frozenset({Trouble.NOT_FOUND}),
    "listDeliveries": frozenset({Trouble.NOT_FOUND}),
    "resendDelivery": frozenset({Trouble.NOT_FOUND}),
    "replayHook": frozenset({Trouble.NOT_FOUND}),
    "revokeKey": frozenset({Trouble.NOT_FOUND}),
    "beginUpload": frozenset(
        {Trouble.BODY_NOT_VALID, Trouble.UPLOAD_MOVED_ON, Trouble.PIECE_NOT_AS_CLAIMED, Trouble.TUS_VERSION_NOT_SPOKEN}
    ),
    "readOffset": frozenset({Trouble.NOT_FOUND, Trouble.TUS_VERSION_NOT_SPOKEN}),
    "readUpload": frozenset({Trouble.NOT_FOUND}),
    "appendToUpload": frozenset(
        {
            Trouble.BODY_NOT_VALID,
            Trouble.BODY_TYPE_NOT_SUPPORTED,
            Trouble.NOT_FOUND,
            Trouble.UPLOAD_MOVED_ON,
            Trouble.PIECE_NOT_AS_CLAIMED,
            Trouble.TUS_VERSION_NOT_SPOKEN,
        }
    ),
    "dropUpload": frozenset({Trouble.NOT_FOUND, Trouble.TUS_VERSION_NOT_SPOKEN}),
    "readExhibit": frozenset({Trouble.RANGE_NOT_VALID, Trouble.FILES_AWAY}),
    "readSampleFile": frozenset({Trouble.RANGE_NOT_VALID, Trouble.FILES_AWAY, Trouble.NOT_FOUND}),
    "readSample": frozenset({Code.SAME_AGENT}),
    "judgeSample": SUPPOSING | {Code.ASSESSMENT_MISSING, Code.FINDINGS_MISSING, Code.SAME_AGENT},
    "readView": frozenset({Trouble.RANGE_NOT_VALID, Trouble.FILES_AWAY}),
    "readLink": frozenset(
        {
            Trouble.RANGE_NOT_VALID,
            Trouble.NOT_FOUND,
            Trouble.SLOW_DOWN,
            Trouble.DATABASE_AWAY,
            Trouble.FILES_AWAY,
            Trouble.PARAMETER_NOT_VALID,
        }
    ),
    "supposeFindings": SUPPOSING,
    "foreseeStatement": FORESEEING | {Trouble.STATEMENT_FORGOTTEN},
    "readProblem": frozenset({Trouble.NOT_FOUND}),
    "readReasons": frozenset({Trouble.NOT_FOUND, Trouble.STATEMENT_FORGOTTEN, Trouble.DOCUMENT_NOT_MADE}),
    "readRulebook": frozenset({Trouble.NOT_FOUND}),
    "makeAccount": frozenset({Trouble.LOGIN_TAKEN, Trouble.ACCOUNT_DISABLED}),
    "readAccount": frozenset({Trouble.NOT_FOUND}),
    "changeAccount": frozenset({Trouble.NOT_FOUND, Trouble.OWN_ACCOUNT, Trouble.LAST_LEAD}),
    "disableAccount": frozenset({Trouble.NOT_FOUND, Trouble.LAST_LEAD}),
    "enableAccount": frozenset({Trouble.NOT_FOUND}),
    "inviteAccount": frozenset({Trouble.NOT_FOUND, Trouble.ACCOUNT_DISABLED}),
    "resetSecondFactor": frozenset({Trouble.NOT_FOUND, Trouble.OWN_ACCOUNT}),
    "acceptInvitation": AT_THE_DOOR | {Trouble.INVITATION_NOT_GOOD, Trouble.PASSWORD_NOT_TAKEN},
    "signIn": AT_THE_DOOR | {Trouble.SIGN_IN_FAILED, Trouble.SECOND_FACTOR_NEEDED},
    "startOidc": AT_THE_DOOR_BY_PROVIDER,
    "finishOidc": AT_THE_DOOR_BY_PROVIDER | {Trouble.SIGN_IN_FAILED},
    "listSessions": frozenset({Trouble.NOT_FOUND}),
    "endSession": frozenset({Trouble.NOT_FOUND}),
    "proveAnew": PROVING,
    "changePassword": PROVING | {Trouble.PASSWORD_NOT_TAKEN},
    "setUpSecondFactor": FACTOR | {Trouble.SECOND_FACTOR_SET},
    "confirmSecondFactor": FACTOR | {Trouble.SECOND_FACTOR_SET, Trouble.SECOND_FACTOR_NOT_SET, Trouble.PROOF_WRONG},
    "removeSecondFactor": PROVING | {Trouble.SECOND_FACTOR_NOT_SET},
    "putContacts": frozenset({Code.CASE_CLOSED}),
    "noteDone": frozenset({Trouble.NOT_FOUND}),
    "revealContact": frozenset({Trouble.NOT_FOUND}),
    "letIn": frozenset({Trouble.REAUTHENTICATION_NEEDED}),
    "seeAs": frozenset({Trouble.REAUTHENTICATION_NEEDED}),
    "revokeEntry": frozenset({Trouble.NOT_FOUND}),
    "readSeenAs": frozenset({Trouble.NOT_FOUND}),
    "listDisclosures": frozenset({Code.NO_SUCH_CASE, Code.CONFLICT_OF_INTEREST}),
    "handBack": frozenset({Code.NO_SUCH_CASE, Code.CONFLICT_OF_INTEREST, Code.NOT_YOUR_WORK}),
    "assignWork": frozenset(
        {
            *(Code.NO_SUCH_CASE, Code.CONFLICT_OF_INTEREST, Code.SAME_AGENT),
            *(Trouble.NOT_FOUND, Trouble.ACCOUNT_DISABLED),
        }
    ),
    "putQueueRules": frozenset({Trouble.NOT_FOUND, Trouble.ACCOUNT_DISABLED}),
    "registerSigningKey": frozenset({Trouble.SIGNING_KEY_NOT_VALID}),
}
"""What follows from nothing else, by the name of the operation."""
PARTIAL: Final = "The bytes that `Range` asks for; `Content-Range` says which they are."
MORE: Final[dict[str, dict[int, str]]] = {
    "putOrder": {201: "The order was not known before."},
    "importOne": {200: "Nothing was written: a dry run, or the same history again."},
    "readCase": {304: "The case is as the caller has it (`If-None-Match`)."},
    "readExhibit": {206: PARTIAL},
    "readSampleFile": {206: PARTIAL},
    "readView": {206: PARTIAL},
    "readLink": {206: PARTIAL},
    "readReasons": {304: "The statement is as the caller has it (`If-None-Match`)."},
    "readReady": {503: "The database does not answer."},
}
"""Answers of a route that are neither its usual one nor a problem: status to what it means."""

PAGED: Final = frozenset({"listProblems", "readProblem", "readReasons"})
"""Operations that answer with a page where the caller would rather have one."""
TABLED: Final = frozenset({"readReport", "readSellerReport", "listDisclosures"})
"""Operations that answer with comma-separated values where the caller would rather have them."""
PRINTED: Final = frozenset({"readReasons"})
"""Operations that answer with a PDF where the caller would rather have one."""
TAGGED: Final = frozenset(
    {
        "openCase",
        "commandCase",
        "readCase",
        "readPolicy",
        "readOwnFile",
        "readExhibit",
        "readSampleFile",
        "readView",
        "readLink",
        "readReasons",
        "openOriginal",
    }
)
"""Operations whose answer carries the case's ETag."""
PLACED: Final = frozenset({"openCase", "putFile", "beginUpload", "importOne", "makeLink"})
"""Operations whose answer says where what was made can be read."""


@dataclass(frozen=True, slots=True)
class Route:
    """One operation: its name, its right (None: anybody may), the type of its body, the names of its parameters."""

    name: str
    method: str
    path: str
    right: Right | None
    body: Any
    parameters: frozenset[str]


def codes(route: Route) -> frozenset[AnyCode]:
    """Every code with which a route may refuse."""
    found = {Trouble.OUR_FAULT, *_asked(route), *_ruled(route), *BY_NAME.get(route.name, ())}
    if route.right is not None:
        found |= {Trouble.NOT_SIGNED_IN, Trouble.NOT_ALLOWED, Trouble.SLOW_DOWN, Trouble.DATABASE_AWAY}
        found |= BY_RIGHT.get(route.right, frozenset())
    return frozenset(found)


def by_status(route: Route) -> dict[int, list[AnyCode]]:
    """The codes of a route by the status with which they travel, in alphabetical order."""
    found: dict[int, list[AnyCode]] = {}
    for code in sorted(codes(route)):
        found.setdefault(status(code), []).append(code)
    return dict(sorted(found.items()))


def status(code: AnyCode) -> int:
    """The status of a code of either kind."""
    return TROUBLES[code][0] if isinstance(code, Trouble) else status_of(code)


def headers(route: Route, at: int) -> list[str]:
    """The headers that an answer of that status always carries, beside the usual ones."""
    found = ["X-Request-Id"]
    if route.right is not None and at < TROUBLES[Trouble.OUR_FAULT][0]:
        found += ["RateLimit", "RateLimit-Policy"]
    if at == TROUBLES[Trouble.NOT_SIGNED_IN][0]:
        found.append("WWW-Authenticate")
    if at in (TROUBLES[Trouble.SLOW_DOWN][0], TROUBLES[Trouble.DATABASE_AWAY][0]) and route.right is not None:
        found.append("Retry-After")
    if at < HTTPStatus.BAD_REQUEST and route.name in TAGGED:
        found.append("ETag")
    if (at == HTTPStatus.CREATED and route.name in PLACED) or at == HTTPStatus.SEE_OTHER:
        found.append("Location")
    return found


def _asked(route: Route) -> set[AnyCode]:
    """What can be wrong with what was sent, before any rule is asked."""
    found: set[AnyCode] = set()
    if route.parameters:
        found.add(Trouble.PARAMETER_NOT_VALID)
    if route.body is not None:
        found |= {
            Trouble.BODY_NOT_JSON,
            Trouble.BODY_NOT_VALID,
            Trouble.BODY_TOO_LARGE,
            Trouble.BODY_TYPE_NOT_SUPPORTED,
        }
    if "Idempotency-Key" in route.parameters:
        found |= {Trouble.KEY_NEEDED, Trouble.KEY_NOT_VALID}
    if "If-Match" in route.parameters:
        found.add(Trouble.PRECONDITION_NOT_VALID)
    if "cursor" in route.parameters:
        found.add(Trouble.CURSOR_NOT_VALID)
    return found


def _ruled(route: Route) -> set[AnyCode]:
    """What the rules may refuse."""
    found: set[AnyCode] = set()
    if "{case_id}" in route.path:
        found |= {Code.NO_SUCH_CASE, Code.CONFLICT_OF_INTEREST}
    if "{order_id}" in route.path:
        found |= {Code.NO_SUCH_ORDER, Code.CONFLICT_OF_INTEREST}
    agents = route.right is not None and Caller.AGENT in RIGHTS[route.right]
    if agents and ("{case_id}" in route.path or "{order_id}" in route.path):
        found.add(Code.NOT_YOUR_WORK)
    if route.path.endswith("/eligibility"):
        found |= ELIGIBLE
    if route.body is commands.AnyCommand:
        found |= COMMANDING
        if "Idempotency-Key" in route.parameters:
            found.add(Trouble.REAUTHENTICATION_NEEDED)
    if route.body in (cases.OpenCaseIn, cases.OpenRequestIn):
        found |= OPENING
    if "Idempotency-Key" in route.parameters:
        found |= {Code.KEY_REUSED, Code.TOO_BUSY}
    if "If-Match" in route.parameters:
        found.add(Code.VERSION_CHANGED)
    return found
