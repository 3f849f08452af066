"""The reasons of a judgement in words. The record keeps them in the judge's own short form; people read this."""

import re

from mufakat.core.claim import FindingValue
from mufakat.core.parties import Role
from mufakat.core.words import Language, fill, item, pick, sentence_case, term
from mufakat.core.words.terms import Said

_FINDING = re.compile(
    r"(?P<party>[A-Z]+) (?P<item>[A-Za-z0-9_]+): (?P<value>[A-Z_]+)"
    r"(?: \(exhibit (?P<exhibit>\d+)\))?(?: instead of derived (?P<derived>[A-Z_]+))?"
)

_FOUND: Said = (
    "{item}, from {party}: {value}[, exhibit {exhibit}][ (the record alone says {derived})]",
    "{item}, dari {party}: {value}[, bukti {exhibit}][ (menurut catatan: {derived})]",
)

REASONS: dict[str, Said] = {
    "CUSTOMER handed in nothing that is expected": (
        "the customer handed in nothing that is expected",
        "pembeli tidak menyerahkan bukti yang diharapkan",
    ),
    "deception by CUSTOMER": ("the customer was found deceptive", "pembeli terbukti menipu"),
    "S16: not reached": ("S16: not reached", "S16: tidak sampai diperiksa"),
    "S15: the customer's material, with the platform's data, is insufficient": (
        "S15: the customer's material, with the platform's data, is insufficient",
        "S15: bukti pembeli, bersama data platform, tidak cukup",
    ),
    "S17: the customer's material, with the platform's data, is sufficient": (
        "S17: the customer's material, with the platform's data, is sufficient",
        "S17: bukti pembeli, bersama data platform, sudah cukup",
    ),
    "S15: the customer was found deceptive": (
        "S15: the customer was found deceptive",
        "S15: pembeli terbukti menipu",
    ),
    "S15: the seller's claims are substantiated and not refuted": (
        "S15: the seller's claims are substantiated and not refuted",
        "S15: klaim penjual terbukti dan tidak dibantah",
    ),
    "S16: the seller's claims are refuted": (
        "S16: the seller's claims are refuted",
        "S16: klaim penjual terbantah",
    ),
    "S16: the seller's claims are not substantiated": (
        "S16: the seller's claims are not substantiated",
        "S16: klaim penjual tidak terbukti",
    ),
    "S16: the seller's claims are silent": (
        "S16: the seller handed in nothing",
        "S16: penjual tidak menyerahkan bukti",
    ),
    "S15: set aside by an agent, with a reason": (
        "S15 would have decided; an agent set it aside, with a reason",
        "S15 seharusnya memutus; petugas mengesampingkannya, dengan alasan",
    ),
    "S16: set aside by an agent, with a reason": (
        "S16 would have decided; an agent set it aside, with a reason",
        "S16 seharusnya memutus; petugas mengesampingkannya, dengan alasan",
    ),
    "S17: set aside by an agent, with a reason": (
        "S17 would have decided; an agent set it aside, with a reason",
        "S17 seharusnya memutus; petugas mengesampingkannya, dengan alasan",
    ),
}
"""The judge's fixed reasons, English first, Indonesian second."""


def why(reason: str, language: Language = Language.EN) -> str:
    """A reason of a judgement as a person reads it; as it stands where it is not known."""
    if reason in REASONS:
        return sentence_case(pick(REASONS[reason], language))
    found = _FINDING.fullmatch(reason)
    if found is None:
        return reason
    facts = {name: value or "" for name, value in found.groupdict().items()}
    try:
        shown = facts | {
            "party": term(Role(facts["party"]), language),
            "item": item(facts["item"], language),
            "value": term(FindingValue(facts["value"]), language),
            "derived": term(FindingValue(facts["derived"]), language) if facts["derived"] else "",
        }
    except ValueError:
        return reason
    return sentence_case(fill(pick(_FOUND, language), shown))
