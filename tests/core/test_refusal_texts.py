"""Every refusal code has its sentences, and no sentence asks for a fact that no refusal gives."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mufakat.core.parties import Role
from mufakat.core.refusal_texts import TEXTS, sentence, template
from mufakat.core.refusals import Code, Refusal, refuse
from mufakat.core.words import UNKNOWN, Language, placeholders

SOURCE = Path(__file__).parents[2] / "src" / "mufakat"

CODES_BY_VARIABLE = {
    ("intake.py", "fault"): {
        Code.UNITS_NOT_AVAILABLE,
        Code.ALREADY_SETTLED,
        Code.CHARGEBACK_OPEN,
        Code.NOTHING_LEFT,
    },
    ("dispute.py", "first.code"): {Code.NOT_DISPUTABLE, Code.OUTSIDE_ACCEPTANCE, Code.TWO_DISPUTES},
}
"""Call sites that pass a code by a variable, and what it can be."""

Site = tuple[str, set[Code], set[str]]


def call_sites() -> Iterator[Site]:
    """Place, codes and names of facts of every refusal in the program."""
    for path in sorted(
        path for room in ("api", "core", "engine", "evidence", "store") for path in (SOURCE / room).rglob("*.py")
    ):
        if path.name == "refusals.py":
            continue
        tree = ast.parse(path.read_text())
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)):
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    if node.func.id == "refuse":
                        yield from site(path, node, {each.arg for each in node.keywords if each.arg})
                    elif node.func.id == "Refusal" and node.args:
                        yield from site(path, node, fact_names(node.args[1:], function))


def site(path: Path, call: ast.Call, names: set[str]) -> Iterator[Site]:
    first = call.args[0]
    codes = {
        Code[node.attr] for node in ast.walk(first) if isinstance(node, ast.Attribute) and node.attr in Code.__members__
    }
    variable = ast.unparse(first)
    if not codes:
        codes = CODES_BY_VARIABLE[path.name, variable]
    if variable != "first.code":  # hands on a refusal that was built elsewhere
        yield f"{path.name}:{call.lineno}", codes, names


def fact_names(arguments: list[ast.expr], function: ast.AST) -> set[str]:
    """The names in ((name, value), ...); for a variable, of all such pairs in its function."""
    if not arguments:
        return set()
    where: ast.AST = arguments[0] if isinstance(arguments[0], ast.Tuple) else function
    return {
        str(node.elts[0].value)
        for node in ast.walk(where)
        if isinstance(node, ast.Tuple) and len(node.elts) == 2 and isinstance(node.elts[0], ast.Constant)
    }


SITES = list(call_sites())
WAYS = [(role, language) for role in Role for language in Language]


@pytest.mark.parametrize("code", Code)
def test_each_code_has_a_sentence_for_each_role_in_each_language(code: Code) -> None:
    for role, language in WAYS:
        text = template(code, role, language)
        assert len(text) > 20
        assert text.endswith("."), "a whole sentence"
        assert text.count(". ") >= 1 or ";" in text or ", so " in text or ", jadi " in text, "says what to do"


@pytest.mark.parametrize("code", Code)
def test_the_two_languages_differ(code: Code) -> None:
    for texts in (TEXTS[code].customer, TEXTS[code].seller):
        assert texts[0] != texts[1]
        assert placeholders(texts[0]) == placeholders(texts[1]), "both say the same"


def test_no_placeholder_without_a_call_site_that_gives_it() -> None:
    offenders = []
    for code in Code:
        given = [names for _, codes, names in SITES if code in codes]
        always = set.intersection(*given) if given else set()
        ever = set().union(*given)
        for role, language in WAYS:
            fixed, optional = placeholders(template(code, role, language))
            offenders += [f"{code} {role}: {{{name}}} is not given everywhere" for name in fixed - always]
            offenders += [f"{code} {role}: {{{name}}} is given nowhere" for name in optional - ever]
    assert not offenders, "\n".join(sorted(set(offenders)))


def test_the_search_for_call_sites_sees_what_it_should() -> None:
    found = {code for _, codes, _ in SITES for code in codes}
    assert len(SITES) > 100
    assert ("draft.py", {Code.TOO_MANY_MATERIALS}, {"limit"}) in [(a.split(":")[0], b, c) for a, b, c in SITES]
    assert ("seal.py", {Code.TEXT_TOO_LONG}) in [(a.split(":")[0], b) for a, b, _ in SITES]
    assert found == set(Code), "a code that nothing refuses with"


@pytest.mark.parametrize("code", Code)
def test_a_sentence_never_fails_on_a_missing_fact(code: Code) -> None:
    for role, language in WAYS:
        text = sentence(Refusal(code), role, language)
        assert text
        assert not re.search(r"[{}\[\]]", text)


@pytest.mark.parametrize("code", Code)
def test_a_sentence_never_fails_on_a_strange_fact(code: Code) -> None:
    names = {name for _, codes, facts in SITES if code in codes for name in facts}
    refusal = Refusal(code, tuple((name, "??") for name in names))
    for role, language in WAYS:
        assert UNKNOWN not in sentence(refusal, role, language)


def test_times_are_absolute_and_of_the_markets_zone() -> None:
    refusal = refuse(Code.NOT_DUE_YET, due="2026-03-05T07:30:00+00:00").refusal
    assert "5 March 2026, 14:30 WIB" in sentence(refusal, Role.CUSTOMER, Language.EN, "Asia/Jakarta")
    assert "5 Maret 2026, 14:30 WIB" in sentence(refusal, Role.CUSTOMER, Language.ID, "Asia/Jakarta")
    assert "5 March 2026, 14:30 UTC+07" in sentence(refusal, Role.AGENT, Language.ID, "Asia/Ho_Chi_Minh")


def test_where_no_exhibit_was_named_none_is_called_by_a_number() -> None:
    bare, named = refuse(Code.NO_SUCH_EXHIBIT).refusal, refuse(Code.NO_SUCH_EXHIBIT, exhibit=99).refusal
    said = sentence(bare, Role.AGENT)
    assert said == "What is found VALID has to rest on an exhibit of that party. Name its number."
    assert sentence(named, Role.AGENT) == f"Exhibit 99 is not that party's on this record. {said}"


def test_amounts_come_with_their_currency() -> None:
    refusal = refuse(Code.ASKED_TOO_MUCH, line="L1", asked=1250050, most=1200000).refusal
    assert "Rp12,500.50" in sentence(refusal, Role.CUSTOMER, Language.EN, "UTC", "IDR")
    assert "Rp12.500,50" in sentence(refusal, Role.SELLER, Language.ID, "UTC", "IDR")
    assert "₫1,200,000." in sentence(refusal, Role.SELLER, Language.EN, "UTC", "VND")
    assert "1,200,000 minor units" in sentence(refusal, Role.SELLER, Language.EN)


def test_what_is_known_only_sometimes_is_left_out_when_it_is_not() -> None:
    with_line = refuse(Code.CODE_NEEDED, line="L1").refusal
    assert "a reason code for line L1," in sentence(with_line, Role.CUSTOMER)
    assert "a reason code, so" in sentence(refuse(Code.CODE_NEEDED).refusal, Role.CUSTOMER)


def test_codes_of_the_process_come_out_as_words() -> None:
    refusal = refuse(Code.WRONG_PHASE, phase="REVIEW, AWARDED", command="Judge").refusal
    text = sentence(refusal, Role.AGENT)
    assert "the seller is to answer the request, judged for the customer" in text
    assert "Judge" in text
    assert "pecah" not in sentence(refusal, Role.SELLER, Language.ID)
    assert "penjual harus menjawab" in sentence(refusal, Role.SELLER, Language.ID)
