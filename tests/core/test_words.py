"""Every event has a sentence and every code a word, in both languages."""

import re
import types
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest

from mufakat.core import claim, events, order
from mufakat.core.parties import SYSTEM, Actor, Role
from mufakat.core.policy.policy import ClockName
from mufakat.core.words import UNKNOWN, Language, fill, item, local, money, placeholders, stage, term
from mufakat.core.words.events import span, tell, telling_name
from mufakat.core.words.tellings import TELLINGS
from mufakat.core.words.terms import ITEMS, TERMS
from mufakat.rulebooks import load, names

AT = datetime(2026, 3, 5, 7, 30, tzinfo=UTC)


def variants(hint: Any) -> list[Any]:
    """Values of a type: several where a sentence may differ by them, else one."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (types.UnionType, Union):
        return [value for each in arguments for value in variants(each)]
    if origin is tuple:
        if arguments[-1] is Ellipsis:
            return [(variants(arguments[0])[0],)]
        return [tuple(variants(each)[0] for each in arguments)]
    if hint is type(None):
        return [None]
    if hint is bool:
        return [False, True]
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return list(hint)
    if is_dataclass(hint):
        return list(made(hint))
    plain: dict[Any, Any] = {str: "SILENCE", int: 7200, datetime: AT, date: AT.date()}
    return [plain[hint]]


def made(kind: Any) -> Iterator[Any]:
    """Instances of a dataclass: every value of each field once, with the others at their first."""
    hints = get_type_hints(kind)
    choices = {each.name: variants(hints[each.name]) for each in fields(kind)}
    first = {name: values[0] for name, values in choices.items()}
    yield kind(**first)
    for name, values in choices.items():
        for value in values[1:]:
            yield kind(**first | {name: value})


def every_event() -> Iterator[events.Event]:
    for kind in events.EVENTS.values():
        yield from made(kind)


@pytest.mark.parametrize("kind", events.EVENTS.values(), ids=events.EVENTS)
def test_each_event_type_has_a_sentence(kind: type) -> None:
    assert events.NAMES[kind] in TELLINGS
    for event in made(kind):
        for language in Language:
            text = tell(events.Recorded(1, AT, Actor(Role.SELLER, "s"), event), language, "Asia/Jakarta", "IDR")
            assert text.endswith(".")
            assert text[0].isupper() or text[0].isdigit()
            assert UNKNOWN not in text, text
            assert not re.search(r"[{}\[\]]", text)


def test_each_sentence_is_used() -> None:
    used = {telling_name(event) for event in every_event()}
    used |= {"request.rejected", "finding.recorded/derived"} | set(events.EVENTS)  # by what a person wrote
    used |= {"chargeback.settled/nothing"}  # by an amount of nothing
    assert set(TELLINGS) == used


@pytest.mark.parametrize("name", TELLINGS)
def test_both_languages_say_the_same(name: str) -> None:
    english, indonesian = TELLINGS[name]
    assert english != indonesian
    assert placeholders(english) == placeholders(indonesian)


@pytest.mark.parametrize("kind", TERMS, ids=lambda kind: kind.__name__)
def test_each_code_has_words(kind: type[StrEnum]) -> None:
    assert set(TERMS[kind]) == {each.value for each in kind}
    for each in kind:
        assert all(term(each, language) for language in Language)


def test_each_enum_of_the_claim_has_words() -> None:
    public = {each for each in vars(claim).values() if isinstance(each, type) and issubclass(each, StrEnum)}
    assert public - {StrEnum} <= set(TERMS)


def test_each_material_of_the_rulebooks_has_words() -> None:
    wanted = set()
    for name in names():
        for path in load(name).values:
            if path[0] == "material":
                wanted.add(path[3])
            elif path[0] == "data":
                wanted.add(path[2])
    assert wanted <= set(ITEMS), wanted - set(ITEMS)


def test_what_has_no_words_is_shown_as_its_code_in_small_letters() -> None:
    assert term(ClockName.SELLER_REVIEW) == "seller review"
    assert item("PROOF_OF_SOMETHING") == "proof of something"
    assert stage("LATER_STAGE") == "later stage"


def test_a_finding_shows_an_override_beside_what_was_derived() -> None:
    value, derived = claim.FindingValue.VALID, claim.FindingValue.MISSING
    finding = claim.Finding("1", Role.CUSTOMER, "PROOF_OF_DAMAGE", value, "agent-1", derived)
    told = tell(events.Recorded(1, AT, SYSTEM, events.FindingRecorded(1, finding)), Language.EN, "UTC", "IDR")
    assert told == (
        "An agent found about line 1: photo or video of the parcel and the damage, from the customer, is valid "
        "(the record alone says missing)."
    )


def test_facts_are_told_by_their_kind() -> None:
    refund = order.OutsideRefund("1", (1,), 5000, AT, chargeback=True)
    told = tell(events.Recorded(1, AT, SYSTEM, events.FactNoted(refund)), Language.ID, "Asia/Jakarta", "IDR")
    assert told == "Bank pembeli menarik kembali Rp50 untuk baris 1, 5 Maret 2026, 14:30 WIB."


def test_times_show_day_clock_and_zone() -> None:
    assert local(AT, "Asia/Jakarta") == "5 March 2026, 14:30 WIB"
    assert local(AT, "Asia/Ho_Chi_Minh", Language.ID) == "5 Maret 2026, 14:30 UTC+07"
    assert local(AT, "Asia/Kathmandu") == "5 March 2026, 13:15 UTC+05:45"
    assert local(AT.replace(tzinfo=None), "UTC") == "5 March 2026, 07:30 UTC"


def test_amounts_have_the_places_of_their_currency() -> None:
    assert money(123456789, "IDR") == "Rp1,234,567.89"
    assert [money(n, "IDR", Language.ID) for n in (28_900_000, 0, -5000)] == ["Rp289.000", "Rp0", "-Rp50"]
    assert money(123456789, "VND", Language.ID) == "₫123.456.789"
    assert money(-1005, "KWD") == "KWD -1.005"
    assert money(5, "USD") == "USD 0.05"
    assert money(5, "", Language.ID) == "5 satuan terkecil"


def test_spans_are_told_in_the_largest_exact_unit() -> None:
    assert [span(n, Language.EN) for n in (7200, 5400, 61)] == ["2 hours", "90 minutes", "61 seconds"]


def test_filling_leaves_out_what_is_not_known() -> None:
    assert fill("a[ of {b}] and {c}", {"c": "d"}) == "a and d"
    assert fill("a[ of {b}] and {c}", {"b": "e"}) == f"a of e and {UNKNOWN}"
    assert placeholders("a[ of {b}] and {c}") == ({"c"}, {"b"})
