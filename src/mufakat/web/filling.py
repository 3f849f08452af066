"""What a person put into a form: fields as they came, photos that are kept already, and the command it makes.

Nothing typed is lost: a form that is refused is drawn again from the same `Filled`. Photos are kept as soon as they
arrive (`engine/materials.py`) and travel on as digests, so that a second try need not send them again.
"""

import re
import secrets
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import msgspec
from litestar import Request
from litestar.datastructures import UploadFile

from mufakat.api.asked import caller, site_of
from mufakat.api.wire import commands
from mufakat.core.claim import Decision, MaterialKind
from mufakat.core.currencies import exponent
from mufakat.core.refusal_texts import sentence
from mufakat.core.refusals import Refusal
from mufakat.web.form import Field, Form
from mufakat.web.tongue import Tongue
from mufakat.web.tongue import mark as _

MOST_FILES: Final = 12
"""Files that one form may bring."""
DOCUMENT: Final = "VALID_SUPPORTING_DOCUMENT"
"""The kind of material that fits whatever is no other."""
_CHUNK: Final = 64 * 1024
_AMOUNT: Final = re.compile(r"(?P<whole>[0-9]{1,3}(?:[.,][0-9]{3})+|[0-9]+)(?:[.,](?P<decimals>[0-9]{1,2}))?")
MOST_DAYS: Final = 60
"""Days by which an agent may put off a due moment in one go."""
MOST_DIGITS: Final = 18
"""Characters of an amount before its decimals."""


class NotFilled(Exception):  # noqa: N818 - says what happened
    """Something in a form cannot be meant; the text is a sentence for its reader."""


@dataclass
class Filled:
    """A form as it was sent. `files`: digests of what is kept; `wrong`: sentences to show beside it."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def get(self, name: str, otherwise: str = "") -> str:
        """The one value of a field."""
        return next(iter(self.fields.get(name, [])), otherwise)

    def all(self, name: str) -> list[str]:
        """Every value of a field."""
        return self.fields.get(name, [])

    @property
    def key(self) -> str:
        """The idempotency key under which this form is sent on: its own, or a fresh one."""
        return self.get("key") or secrets.token_urlsafe(16)


def gathered(items: Iterable[tuple[str, Any]]) -> Filled:
    """The texts among what was sent; no store takes a NUL."""
    found = Filled()
    for name, value in items:
        if isinstance(value, str):
            found.fields.setdefault(name, []).append(value.replace("\0", ""))
    return found


async def typed(request: Request[Any, Any, Any]) -> Filled:
    """What came with a form without files."""
    return gathered((await request.form()).multi_items())


async def filled(request: Request[Any, Any, Any], order_id: str, t: Tongue) -> Filled:
    """What came with a form, its photos kept for the order. A photo that is refused is told of in `wrong`."""
    form = await request.form()
    found = gathered(form.multi_items())
    found.files = list(dict.fromkeys(found.all("file")))
    sent = [each for each in form.getall("photos", []) if isinstance(each, UploadFile) and each.filename]
    if len(sent) > MOST_FILES:
        found.wrong.append(t.say(_("Send at most %(most)s files at once."), most=MOST_FILES))
    for each in sent[:MOST_FILES]:
        await _keep(request, order_id, each, found, t)
    return found


async def _keep(request: Request[Any, Any, Any], order_id: str, sent: UploadFile, into: Filled, t: Tongue) -> None:
    site, who = site_of(request), caller(request)
    kept = await site.materials.put(who.marketplace, order_id, who.actor, _pieces(sent), sent.content_type)
    if isinstance(kept, Refusal):
        into.wrong.append(f"{sent.filename}: {sentence(kept, who.role, t.language, t.zone, '')}")
    elif kept.digest not in into.files:
        into.files.append(kept.digest)


async def _pieces(sent: UploadFile) -> AsyncIterator[bytes]:
    await sent.seek(0)
    while piece := await sent.read(_CHUNK):
        yield piece


def minor(text: str, currency: str, t: Tongue) -> int | None:
    """An amount as a person types it, in minor units; None for nothing typed. Raises NotFilled.

    Thousands stand in threes whatever is between them, and no currency here has three decimals, so that `450.000`
    means the same to readers of both languages.
    """
    if not text.strip():
        return None
    places = exponent(currency)
    found = _AMOUNT.fullmatch("".join(each for each in text if each.isdigit() or each in ".,-"))
    decimals = (found["decimals"] or "") if found else ""
    if found is None or len(decimals) > places or len(found["whole"]) > MOST_DIGITS:
        raise NotFilled(t.say(_("Write the amount in digits, such as %(such)s."), such=t.number(450_000)))
    whole = "".join(each for each in found["whole"] if each.isdigit())
    whole_units: int = 10**places
    return int(whole) * whole_units + int(decimals.ljust(places, "0") or "0")


def materials(given: Filled, lines: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """The files of a form as pieces of material, all of the kind that was chosen for them."""
    kind = given.get("item") or DOCUMENT
    return [{"item": kind, "kind": MaterialKind.FILE.value, "digest": each, "lines": lines} for each in given.files]


def handed_in(given: Filled) -> list[dict[str, Any]]:
    """The same with what was written: as the caption of the first file, or as a piece of its own."""
    found, text = materials(given), given.get("text").strip()
    if not found and text:
        return [{"item": given.get("item") or DOCUMENT, "kind": MaterialKind.TEXT.value, "text": text}]
    return [piece | ({"text": text} if n == 0 else {}) for n, piece in enumerate(found)]


def proof(given: Filled, t: Tongue) -> dict[str, Any]:
    """The one piece of material that proves something. Raises NotFilled."""
    pieces = handed_in(given)
    if len(pieces) != 1:
        raise NotFilled(t.say(_("Choose one file as the proof, or write what proves it.")))
    return pieces[0]


def bodies(name: str, form: Form, matter: int, given: Filled, currency: str, t: Tongue) -> list[dict[str, Any]]:
    """The commands that a form makes, as the API takes them: one, or one for each piece handed in. Raises NotFilled."""
    for each in sorted(form.needed):
        if not given.get(each.value).strip():
            raise NotFilled(t.say(_("Something is still missing here: %(field)s."), field=t.say(NAMES[each])))
    head: dict[str, Any] = {"command": name} | ({} if name == "SendMessage" else {"matter": matter})
    if name == "HandIn":
        pieces = handed_in(given)
        if not pieces:
            raise NotFilled(t.say(_("Choose a file, or write something.")))
        return [head | {"material": each} for each in pieces]
    # What is written beside a proof is the proof's own text.
    told = [each for each in form.fields if each is not Field.TEXT or Field.PROOF not in form.fields]
    for each in told:
        head |= _PUT.get(each, _nothing)(given, currency, t)
    if "solution" in head:
        head["solution"]["text"] = head.pop("text", "")
        head["solution"]["amount"] = head.pop("amount", None)
    return [head]


def command_of(body: dict[str, Any], t: Tongue) -> Any:
    """The core's command of a body. Raises NotFilled for what the API would not take."""
    return commands.core(converted(body, commands.AnyCommand, t))


def converted(body: dict[str, Any], wanted: Any, t: Tongue) -> Any:
    """What stands in a form as the API takes it. Raises NotFilled."""
    try:
        return msgspec.convert(body, wanted, strict=False)
    except msgspec.ValidationError as error:
        where = str(error).partition("`$.")[2].rstrip("`")
        raise NotFilled(t.say(_("Something here cannot be taken as it is: %(field)s."), field=where or "?")) from error


def checked_day(text: str, t: Tongue) -> str:
    """A day as a browser sends it, or as people type it without one. Raises NotFilled."""
    for shape in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"):
        try:
            return datetime.strptime(text.strip(), shape).date().isoformat()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise NotFilled(t.say(_("Write the day as year-month-day, such as 2026-03-05.")))


NAMES: Final[dict[Field, str]] = {
    Field.SOLUTION: _("What you propose"),
    Field.FORUM: _("Where"),
    Field.STARTED: _("Since when"),
    Field.REFERENCE: _("Its number or name there"),
    Field.METHOD: _("How it travels"),
    Field.TRACKING: _("Tracking number"),
    Field.CODE: _("Why you refuse"),
    Field.ISSUE: _("What befell it"),
    Field.LOST: _("What it is worth less"),
    Field.BY_OWN: _("How much you paid"),
    Field.TEXT: _("In your words"),
    Field.ASKED_OF: _("Of whom"),
    Field.ASKED_FOR: _("What is asked for"),
    Field.FOUND: _("What befell it"),
    Field.UPHELD: _("What you decide"),
    Field.ORDERED: _("The amount ordered"),
    Field.DAYS: _("How many days"),
}
"""What fields that cannot be empty are called."""


def _nothing(given: Filled, currency: str, t: Tongue) -> dict[str, Any]:
    del given, currency, t
    return {}


NONE: Final = "NONE"
"""What a form says for nothing of a list."""


def _overrides(given: Filled, currency: str, t: Tongue) -> list[dict[str, Any]]:
    """The lines that an agent decides otherwise than derived: `override:<line>` and beside it what is awarded, why."""
    found = []
    for name in [each for each in given.fields if each.startswith("override:") and given.get(each)]:
        line = name.partition(":")[2]
        one: dict[str, Any] = {"line_id": line, "decision": given.get(name)}
        if one["decision"] == Decision.FOR_CUSTOMER:
            one["kind"] = given.get(f"awarded:{line}") or None
            one["amount"] = minor(given.get(f"award:{line}"), currency, t) or 0
        found.append(one | {"text": given.get(f"why:{line}").strip()})
    return found


def _days(given: Filled, t: Tongue) -> int:
    """Seconds of the days that were typed. Raises NotFilled."""
    text = given.get("days").strip()
    if not text.isdigit() or not 1 <= int(text[:3]) <= MOST_DAYS:
        raise NotFilled(t.say(_("Write a number of days, from 1 to %(most)s."), most=MOST_DAYS))
    return int(text[:3]) * 86400


_PUT: Final[dict[Field, Callable[[Filled, str, Tongue], dict[str, Any]]]] = {
    Field.TEXT: lambda given, _c, _t: {"text": given.get("text").strip()},
    Field.FILES: lambda given, _c, _t: {"materials": materials(given)},
    Field.LINES: lambda given, _c, _t: {"lines": given.all("line")},
    Field.SOLUTION: lambda given, _c, _t: {"solution": {"kind": given.get("solution")}},
    Field.AMOUNT: lambda given, currency, t: {"amount": minor(given.get("amount"), currency, t)},
    Field.FORUM: lambda given, _c, _t: {"forum": given.get("forum")},
    Field.STARTED: lambda given, _c, t: {"started": checked_day(given.get("started"), t)},
    Field.REFERENCE: lambda given, _c, _t: {"reference": given.get("reference").strip()},
    Field.METHOD: lambda given, _c, _t: {"method": given.get("method")},
    Field.TRACKING: lambda given, _c, _t: {"tracking": given.get("tracking").strip()},
    Field.FREIGHT: lambda given, currency, t: {"freight": minor(given.get("freight"), currency, t) or 0},
    Field.CODE: lambda given, _c, _t: {"code": given.get("code")},
    Field.KEEP: lambda given, _c, _t: {"keep_goods": bool(given.get("keep_goods"))},
    Field.ISSUE: lambda given, _c, _t: {"issue": given.get("issue")},
    Field.LOST: lambda given, currency, t: {"value_lost": minor(given.get("value_lost"), currency, t) or 0},
    Field.BY_OWN: lambda given, currency, t: {"amount": minor(given.get("paid"), currency, t) or 0},
    Field.PROOF: lambda given, _c, t: {"proof": proof(given, t)},
    Field.PARAGRAPH: lambda given, _c, _t: {"paragraph": given.get("paragraph").strip()},
    Field.OVERRIDES: lambda given, currency, t: {"overrides": _overrides(given, currency, t)},
    Field.ASKED_OF: lambda given, _c, _t: {"parties": given.all("parties")},
    Field.ASKED_FOR: lambda given, _c, _t: {"item": given.get("asked")},
    Field.FOUND: lambda given, _c, _t: {"issue": None if given.get("found") == NONE else given.get("found")},
    Field.UPHELD: lambda given, _c, _t: {"upheld": given.get("upheld") == "yes"},
    Field.ORDERED: lambda given, currency, t: {"amount": minor(given.get("ordered"), currency, t) or 0},
    Field.DAYS: lambda given, _c, t: {"seconds": _days(given, t)},
}
"""What each field adds to a command."""
