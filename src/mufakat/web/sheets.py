"""The worksheet as a form: fields that name line, party and item, and what a filled form says to the API.

`value:<party>:<item>:<line>` is the answer about an item, `exhibit:` what it rests on, `note:` its reason. An
assessment is `ground:<line>` with `severity:`, `deception:`, `cause:`, `back:`, `worth:` and `about:` beside it. What
is left empty is not said, so a sheet can be filled bit by bit.
"""

from typing import Any, Final

from mufakat.api.wire.worksheet import SheetLineOut, SheetOut, TriedIn, WorksheetOut
from mufakat.core.claim import Cause, Deception, FindingValue, Ground, Severity
from mufakat.core.currencies import exponent
from mufakat.web.filling import Filled, converted, minor
from mufakat.web.tongue import Tongue

CHOICES: Final = {
    "value": list(FindingValue),
    "ground": list(Ground),
    "severity": list(Severity),
    "deception": list(Deception),
    "cause": list(Cause),
}
"""What can be chosen in each kind of field."""
MOST_NOTE: Final = 4000
MOST_DIGITS: Final = 6
"""Characters of an exhibit's number."""


def blank(sheet: WorksheetOut) -> Filled:
    """The form as it stands on record: an agent's answers and assessments; what is derived is left to the record."""
    fields: dict[str, list[str]] = {}
    for part in sheet.sheets:
        for line in part.lines:
            _answers(line, fields)
            _assessment(line, sheet.currency, fields)
    return Filled(fields)


def _answers(line: SheetLineOut, into: dict[str, list[str]]) -> None:
    for each in line.items:
        if each.finding is not None:
            where = f"{each.party.value}:{each.item}:{line.line_id}"
            into[f"value:{where}"] = [each.finding.value.value]
            into[f"exhibit:{where}"] = [str(each.finding.exhibit or "")]
            into[f"note:{where}"] = [each.finding.text]


def _assessment(line: SheetLineOut, currency: str, into: dict[str, list[str]]) -> None:
    made, name = line.assessment, line.line_id
    if made.is_assumed:
        return
    worth = "" if made.other_worth is None else str(made.other_worth // 10 ** exponent(currency))
    told = {"ground": made.ground, "severity": made.severity, "deception": made.deception, "cause": made.cause}
    into |= {f"{kind}:{name}": [value.value] for kind, value in told.items()}
    into |= {f"back:{name}": ["yes" if made.returnable else "no"]}
    into |= {f"worth:{name}": [worth], f"about:{name}": [made.text]}


def said(part: SheetOut, given: Filled, currency: str, t: Tongue) -> dict[str, Any]:
    """What a filled form says about one part of a case: the body of `RecordFindings`. Raises NotFilled."""
    answers = [
        _answer(line.line_id, each.party.value, each.item, given)
        for line in part.lines
        for each in line.items
        if given.get(f"value:{each.party.value}:{each.item}:{line.line_id}")
    ]
    assessments = [
        _assessed(line.line_id, given, currency, t) for line in part.lines if given.get(f"ground:{line.line_id}")
    ]
    return {"matter": part.matter, "answers": answers, "assessments": assessments}


def supposing(body: dict[str, Any], t: Tongue) -> TriedIn:
    """The same for trying it out. Raises NotFilled for what the API would not take."""
    return converted(body, TriedIn, t)


def _answer(line: str, party: str, item: str, given: Filled) -> dict[str, Any]:
    where = f"{party}:{item}:{line}"
    exhibit = given.get(f"exhibit:{where}")
    return {
        "line_id": line,
        "party": party,
        "item": item,
        "value": given.get(f"value:{where}"),
        "exhibit": int(exhibit) if exhibit.isdigit() and len(exhibit) < MOST_DIGITS else 0,
        "text": given.get(f"note:{where}").strip()[:MOST_NOTE],
    }


def _assessed(line: str, given: Filled, currency: str, t: Tongue) -> dict[str, Any]:
    found = {kind: given.get(f"{kind}:{line}") for kind in ("ground", "severity", "deception", "cause")}
    return {name: value for name, value in found.items() if value} | {
        "line_id": line,
        "returnable": given.get(f"back:{line}") != "no",
        "other_worth": minor(given.get(f"worth:{line}"), currency, t),
        "text": given.get(f"about:{line}").strip()[:MOST_NOTE],
    }
