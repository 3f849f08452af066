"""Telling an event: `tell(recorded, ...)` is one sentence about it, without anything that a person wrote."""

from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, Final

from mufakat.core import events as e
from mufakat.core.claim import ClaimLine, Destination, LineJudgement, Solution
from mufakat.core.order import CarrierAnswer, ChargebackNotice, OutsideRefund, Payment, Scan
from mufakat.core.parties import Role
from mufakat.core.words import MONTHS, Language, fill, item, local, money, pick, sentence_case, term
from mufakat.core.words.tellings import TELLINGS
from mufakat.core.words.terms import Said

AMOUNTS = frozenset(
    {"amount", "total", "change", "outstanding", "value_lost", "lowered", "shipping", "freight", "paid"},
)
"""Fields of events that hold minor units."""

_HOUR, _MINUTE = 3600, 60


def tell(recorded: e.Recorded, language: Language, zone: str, currency: str) -> str:
    """One sentence about an event: times in the market's zone, amounts in the case's currency."""
    said = TELLINGS[telling_name(recorded.event)]
    return sentence_case(fill(pick(said, language), _facts(recorded, language, zone, currency)))


def telling_name(event: e.Event) -> str:
    """The entry of TELLINGS that fits an event."""
    name = e.NAMES[type(event)]
    variant = _VARIANTS.get(type(event))
    found = variant(event) if variant else ""
    if not found and getattr(event, "lapsed", False):
        found = "lapsed"
    return f"{name}/{found}" if found else name


def _fact_variant(event: e.FactNoted) -> str:
    if isinstance(event.fact, OutsideRefund):
        return "chargeback" if event.fact.chargeback else "outside_refund"
    if isinstance(event.fact, ChargebackNotice):
        return f"chargeback_{event.fact.stage.lower()}"
    if isinstance(event.fact, CarrierAnswer):
        return "carrier_answer"
    if isinstance(event.fact, Payment):
        return "payment"
    return "scan" if isinstance(event.fact, Scan) else "amendment"


def _judged_variant(event: e.Judged) -> str:
    if event.appeal:
        return "appeal"
    return "automatic" if event.automatic else "confirmed" if event.drafted_by else ""


def _settled_variant(event: e.ChargebackSettled) -> str:
    if not event.amount:
        return "nothing"
    return "twice" if event.bearer is Role.CUSTOMER else ""


_VARIANTS: dict[type, Callable[[Any], str]] = {
    e.RequestRejected: lambda event: "silence" if event.code == "SILENCE" else "",
    e.FindingRecorded: lambda event: "derived" if event.finding.is_derived else "",
    e.Judged: _judged_variant,
    e.JudgementDrafted: lambda event: "appeal" if event.appeal else "",
    e.PersonAsked: lambda event: "again" if event.automatic else "",
    e.Appealed: lambda event: "late" if event.late else "",
    e.AppealDecided: lambda event: "upheld" if event.upheld else "",
    e.DeliveryAssessed: lambda event: "upheld" if event.upheld else "",
    e.ReturnArrived: lambda event: "inferred" if event.inferred else "",
    e.RiskDecided: lambda event: "" if event.issue else "nothing",
    e.RefundOrdered: lambda event: "at_once" if event.at_once else "",
    e.RefundPaid: lambda event: "advanced" if event.advanced else "",
    e.DeductionOrdered: lambda event: "balance" if event.debit_balance else "",
    e.ChargebackSettled: _settled_variant,
    e.FactNoted: _fact_variant,
}


def _facts(recorded: e.Recorded, language: Language, zone: str, currency: str) -> dict[str, str]:
    """Every field of an event as people read it, and what else its sentences name."""
    event = recorded.event
    found = {"actor": term(recorded.actor.role, language)}
    for source in _sources(event):
        kind: type = type(source)
        for name in _open_fields(kind):
            shown = show(getattr(source, name), language, zone, currency, amount=name in AMOUNTS)
            if shown:
                found[name] = shown
    found |= _named_otherwise(event, language, currency)
    return found


@cache
def _open_fields(kind: type) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind) if not each.metadata.get("sealed"))


def _sources(event: e.Event) -> list[Any]:
    """The event, and what it wraps."""
    wrapped = [getattr(event, name, None) for name in ("exhibit", "finding", "assessment", "fact")]
    material = [event.exhibit.material] if isinstance(event, e.MaterialGiven) else []
    return [*material, *(each for each in wrapped if each is not None), event]


def _named_otherwise(event: e.Event, language: Language, currency: str) -> dict[str, str]:
    """Facts that a sentence names otherwise than the event does."""
    match event:
        case e.RequestOpened():
            return {"claims": "; ".join(claim(line, language, currency) for line in event.lines)}
        case e.MaterialGiven():
            return {"item": item(event.exhibit.material.item, language)}
        case e.MaterialAsked():
            return {"item": item(event.item, language)}
        case e.FindingRecorded(finding=finding):
            derived = "" if finding.derived in (None, finding.value) else term(finding.derived, language)
            return {"line": finding.line_id, "item": item(finding.item, language), "derived": derived}
        case e.LineAssessed():
            return {"line": event.assessment.line_id}
        case e.Judged() | e.JudgementDrafted():
            return {"judged": "; ".join(judged(line, language, currency) for line in event.lines)}
        case e.DueExtended():
            return {"span": span(event.seconds, language)}
        case e.FactNoted(fact=OutsideRefund() | ChargebackNotice() as about):
            return {"line": about.line_id}
        case _:
            return _named_of_money(event, language, currency)


def _named_of_money(event: e.Event, language: Language, currency: str) -> dict[str, str]:
    """Where money goes is said where that is not where it came from; of an adjustment its parts."""
    match event:
        case e.RemedyOrdered():
            shipping = money(event.shipping, currency, language) if event.shipping else ""
            total = sum(share.amount for share in event.shares)
            return {"amount": money(total, currency, language), "shipping": shipping}
        case e.RefundOrdered(destination=Destination.ORIGINAL):
            return {"destination": ""}
        case e.AdjustmentBooked():
            return {"parts": adjusted(event, language, currency)}
        case _:
            return {}


def show(value: object, language: Language, zone: str, currency: str, *, amount: bool = False) -> str:
    """A field of an event as people read it; empty for nothing, for truth values and for whole structures."""
    match value:
        case None | bool():
            return ""
        case datetime():
            return local(value, zone, language)
        case date():
            return f"{value.day} {MONTHS[language][value.month - 1]} {value.year}"
        case StrEnum():
            return term(value, language)
        case int():
            return money(value, currency, language) if amount else str(value)
        case str():
            return value
        case Solution():
            return solution(value, language, currency)
        case tuple() if all(isinstance(each, Role) for each in value):
            return pick((" and ", " dan "), language).join(term(each, language) for each in value)
        case tuple() if all(isinstance(each, str | int) for each in value):
            return ", ".join(str(each) for each in value)
    return ""


def solution(terms: Solution, language: Language, currency: str) -> str:
    """What an offer or an agreement would do, in words, without what a person wrote."""
    kind = term(terms.kind, language)
    if terms.amount is None:
        return kind
    return f"{kind} ({money(terms.amount, currency, language)})"


def claim(line: ClaimLine, language: Language, currency: str) -> str:
    """A line of a request in words: `line 1, units 1, 2, wrong item (Rp50,000)`."""
    units = ", ".join(str(unit) for unit in line.units)
    text = fill(
        pick(("line {line}[, unit {units}], {reason}", "baris {line}[, unit {units}], {reason}"), language),
        {"line": line.line_id, "units": units, "reason": term(line.reason, language)},
    )
    return text if line.amount is None else f"{text} ({money(line.amount, currency, language)})"


def judged(line: LineJudgement, language: Language, currency: str) -> str:
    """A judged line in words: `line 1 for the customer by S15 (refund, Rp50,000)`."""
    text = pick(("line {line} {decision} by {rule}", "baris {line} {decision} menurut {rule}"), language)
    if line.set_aside:
        text = pick(
            ("line {line} {decision} by an agent's override", "baris {line} {decision} menurut petugas"), language
        )
    said = fill(text, {"line": line.line_id, "decision": term(line.decision, language), "rule": line.rule})
    if line.kind is None:
        return said
    return f"{said} ({term(line.kind, language)}, {money(line.amount, currency, language)})"


ADJUSTED: Final[dict[str, Said]] = {
    "commission": ("commission {amount} back to the seller", "komisi {amount} kembali kepada penjual"),
    "fees": ("fees {amount} back to the seller", "biaya {amount} kembali kepada penjual"),
    "subsidy": (
        "{amount} of the platform's discounts back to the platform",
        "{amount} dari potongan platform kembali kepada platform",
    ),
    "tax": ("tax in it {amount}", "pajak di dalamnya {amount}"),
}
"""The parts of an adjustment, by the event's fields."""


def adjusted(event: e.AdjustmentBooked, language: Language, currency: str) -> str:
    """What a payment means between seller and platform, in words: only what moves, and the tax where there is any."""
    named = ((pick(said, language), getattr(event, name)) for name, said in ADJUSTED.items())
    return "; ".join(fill(text, {"amount": money(n, currency, language)}) for text, n in named if n)


def span(seconds: int, language: Language) -> str:
    """A number of seconds in the largest unit that is exact: hours, minutes or seconds."""
    for size, said in ((_HOUR, ("hours", "jam")), (_MINUTE, ("minutes", "menit"))):
        if seconds % size == 0:
            return f"{seconds // size} {pick(said, language)}"
    return f"{seconds} {pick(('seconds', 'detik'), language)}"
