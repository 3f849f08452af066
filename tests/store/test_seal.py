"""Sealing: every text of every command is found, opened only by its own key, and gone with it."""

import typing
from dataclasses import fields, is_dataclass, replace
from itertools import count

import pytest

from mufakat.core import commands as c
from mufakat.core.claim import Assessment, Ground, Material, MaterialKind, RemedyKind, RequestType, Solution
from mufakat.core.refusals import Code, Refusal
from mufakat.store.records import CaseKey, Sealed
from mufakat.store.seal import MAX_TEXT, Sealer, SealError, has_texts, unsealed
from tests.store.world import ASK, MASTER

SEALER = Sealer(MASTER)


def texts_in(kind: object, path: str = "") -> list[str]:
    """Paths of all sealed fields that a type can hold, found by its annotations alone."""
    found = []
    if is_dataclass(kind) and isinstance(kind, type):
        hints = typing.get_type_hints(kind)
        for each in fields(kind):
            if each.metadata.get("sealed"):
                found.append(f"{path}.{each.name}")
            found += texts_in(hints[each.name], f"{path}.{each.name}")
    for part in typing.get_args(kind):
        found += texts_in(part, path)
    return found


def filled(kind: type, numbers: "count[int]") -> object:
    """A value of the type with a text in every sealed field it can hold. Other fields matter to nobody here."""
    values: dict[str, object] = {}
    hints = typing.get_type_hints(kind)
    for each in fields(kind):
        if each.metadata.get("sealed"):
            values[each.name] = f"secret {next(numbers)}"
            continue
        parts = [hints[each.name], *typing.get_args(hints[each.name])]
        nested = next((p for p in parts if isinstance(p, type) and is_dataclass(p) and texts_in(p)), None)
        if nested is None:
            values[each.name] = None
        else:
            made = filled(nested, numbers)
            values[each.name] = (made, made) if typing.get_origin(hints[each.name]) is tuple else made
    return kind(**values)


@pytest.mark.parametrize("kind", [kind for kind in c.COMMANDS.values() if texts_in(kind)])
def test_no_text_of_any_command_gets_past(kind: type) -> None:
    command = filled(kind, count())
    assert has_texts(command)
    sealing = SEALER.seal_command(command, "m", "case", None)
    assert not isinstance(sealing, Refusal)
    sealed, rows, key = sealing
    assert "secret" not in repr(sealed)
    assert key is not None
    assert all(SEALER.open("m", "case", key, row).startswith("secret ") for row in rows)
    assert len(rows) == repr(command).count("secret ")


def test_what_has_no_text_is_left_as_it_is() -> None:
    command = c.MakeOffer(Solution(RemedyKind.REFUND))
    assert SEALER.seal_command(command, "m", "case", None) == (command, (), None)
    assert SEALER.seal_command(c.Lapse(), "m", "case", None) == (c.Lapse(), (), None)


@pytest.mark.parametrize("blanks", [" ", " \n\t", "\u3000"])
def test_a_text_of_blanks_alone_is_none(blanks: str) -> None:
    sealing = SEALER.seal_command(c.Appeal(text=blanks), "m", "case", None)
    assert not isinstance(sealing, Refusal)
    assert sealing[:2] == (c.Appeal(), ())
    assert unsealed(c.Appeal(text=blanks)) == c.Appeal()


def test_the_same_text_twice_has_two_hashes() -> None:
    material = Material("a", MaterialKind.TEXT, text="yes")
    sealing = SEALER.seal_command(replace(ASK, text="yes", materials=(material,)), "m", "case", None)
    assert not isinstance(sealing, Refusal)
    sealed, rows, _ = sealing
    assert sealed.text != sealed.materials[0].text
    assert {row.hash for row in rows} == {sealed.text, sealed.materials[0].text}


@pytest.mark.parametrize(
    "command",
    [
        c.SendMessage(text="x" * (MAX_TEXT + 1)),
        c.OpenRequest(RequestType.REFUND, (), (Material("a", text="x" * (MAX_TEXT + 1)),)),
        c.AssessLine(Assessment("a", Ground.QUALITY, text="x" * (MAX_TEXT + 1))),
    ],
)
def test_one_letter_too_many_is_refused_with_the_limit(command: c.Command) -> None:
    refusal = SEALER.seal_command(command, "m", "case", None)
    assert isinstance(refusal, Refusal)
    assert refusal.code is Code.TEXT_TOO_LONG
    assert dict(refusal.facts) == {"field": "text", "limit": "4000", "length": "4001"}


def one_row(text: str = "hello") -> tuple[Sealed, CaseKey]:
    """A sealed text and its case's key."""
    sealing = SEALER.seal_command(c.SendMessage(text=text), "m", "case", None)
    assert not isinstance(sealing, Refusal)
    _, (row,), key = sealing
    assert key is not None
    return row, key


def test_a_text_of_any_letters_comes_back() -> None:
    text = "Barang rusak \N{PILE OF POO} \0 'x' \u202e"
    row, key = one_row(text)
    assert SEALER.open("m", "case", key, row) == text


def test_a_text_opens_nowhere_else() -> None:
    row, key = one_row()
    other, _ = one_row()
    changed = Sealed(row.hash, row.ciphertext[:-1] + bytes([row.ciphertext[-1] ^ 1]))
    for marketplace, case, opener, text in (
        ("n", "case", key, row),
        ("m", "other", key, row),
        ("m", "case", CaseKey(None, key.wrapped_by), row),
        ("m", "case", SEALER.new_key("m", "case"), row),
        ("m", "case", key, Sealed(other.hash, row.ciphertext)),
        ("m", "case", key, changed),
    ):
        with pytest.raises(SealError):
            SEALER.open(marketplace, case, opener, text)
    with pytest.raises(SealError, match="another master key"):
        Sealer(bytes(32)).open("m", "case", key, row)


def test_a_master_key_has_32_bytes() -> None:
    with pytest.raises(ValueError, match="32 bytes, not 16"):
        Sealer(bytes(16))


def test_inputs_are_known_again_only_under_the_master_key() -> None:
    assert SEALER.input_hash(b"a") == Sealer(MASTER).input_hash(b"a")
    assert SEALER.input_hash(b"a") != SEALER.input_hash(b"b")
    assert SEALER.input_hash(b"a") != Sealer(bytes(32)).input_hash(b"a")
