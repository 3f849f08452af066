"""Sealing: what people write is kept under a key of its case, and everything else knows it by a salted hash.

Envelope encryption. Each case with text has a random data key, stored wrapped by the master key of the settings.
Texts are AES-256-GCM under the data key, bound to marketplace, case and hash, so a row cannot be moved elsewhere.
Destroying the wrapped key makes every text of the case, in every copy of the table, unreadable; the hashes are salted
inside the ciphertext, so they tell nothing either, and the chain of events that carries them still verifies.
"""

import hashlib
import hmac
import os
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any, Final, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mufakat.core.refusals import Code, Refusal
from mufakat.store.records import CaseKey, Sealed

MAX_TEXT: Final = 4000
"""The longest text of one field, in characters."""

KEY_BYTES: Final = 32
SALT_BYTES: Final = 16
NONCE_BYTES: Final = 12
HASH_PREFIX: Final = "sha256:"
NO_TEXT: Final = HASH_PREFIX + 64 * "0"
"""What stands in place of a text's hash where the text is not kept."""

C = TypeVar("C")


class SealError(Exception):
    """A sealed text cannot be opened: its key is destroyed, of another master key, or the row was changed."""


class TextTooLong(Exception):  # noqa: N818 - unwinds the walk through a command; never leaves this module
    """A text over MAX_TEXT."""

    def __init__(self, name: str, length: int) -> None:
        super().__init__(name)
        self.name, self.length = name, length


class Sealer:
    """Seals and opens texts under one master key. `chance` gives random bytes; a simulator gives its own."""

    def __init__(self, master: bytes, chance: Callable[[int], bytes] = os.urandom) -> None:
        """master: 32 bytes from the settings; raises ValueError for any other length."""
        if len(master) != KEY_BYTES:
            raise ValueError(f"the master key has {KEY_BYTES} bytes, not {len(master)}")
        self._chance = chance
        self._wrapping = AESGCM(_derived(master, b"wrap"))
        self._inputs = _derived(master, b"input")
        self._prints = _derived(master, b"print")
        self._letters = _derived(master, b"letter")
        self.name = _derived(master, b"name").hex()[:16]

    def input_hash(self, asked: bytes) -> bytes:
        """A keyed hash of what was asked: equal inputs are known again, and without the master key it tells nothing."""
        return hmac.digest(self._inputs, asked, "sha256")

    def print_key(self, marketplace: str) -> bytes:
        """The key of a marketplace's fingerprints of texts and tracking numbers, 32 bytes; see `engine/signals`."""
        return hmac.digest(self._prints, marketplace.encode(), "sha256")

    def letter_name(self, about: str) -> bytes:
        """What a letter to somebody is called, 20 bytes: nobody else can tell it from what it is about."""
        return hmac.digest(self._letters, about.encode(), "sha256")[:20]

    def new_key(self, marketplace: str, case_id: str) -> CaseKey:
        """A fresh data key of a case, wrapped."""
        nonce = self._chance(NONCE_BYTES)
        wrapped = self._wrapping.encrypt(nonce, self._chance(KEY_BYTES), _about(marketplace, case_id, ""))
        return CaseKey(nonce + wrapped, self.name)

    def open_key(self, marketplace: str, case_id: str, key: CaseKey) -> AESGCM:
        """The data key; raises SealError when it is destroyed or of another master key."""
        if key.wrapped is None:
            raise SealError(f"the texts of case {case_id} are forgotten")
        if key.wrapped_by != self.name:
            raise SealError(f"the texts of case {case_id} are under another master key ({key.wrapped_by})")
        nonce, wrapped = key.wrapped[:NONCE_BYTES], key.wrapped[NONCE_BYTES:]
        try:
            return AESGCM(self._wrapping.decrypt(nonce, wrapped, _about(marketplace, case_id, "")))
        except InvalidTag as error:
            raise SealError(f"the key of case {case_id} was changed") from error

    def seal_command(
        self, command: C, marketplace: str, case_id: str, key: CaseKey | None
    ) -> tuple[C, tuple[Sealed, ...], CaseKey | None] | Refusal:
        """The command with hashes for its texts, their sealed rows, and the case's key where it had to be made.

        Refusals: TEXT_TOO_LONG. Raises SealError when the case's key cannot be used.
        """
        if not has_texts(command):
            return command, (), None
        made = self.new_key(marketplace, case_id) if key is None else None
        data_key = self.open_key(marketplace, case_id, made or key)  # type: ignore[arg-type]
        rows: list[Sealed] = []

        def seal(text: str) -> str:
            rows.append(self._seal(text, data_key, marketplace, case_id))
            return rows[-1].hash

        sealed = _replaced(command, seal)
        return sealed if isinstance(sealed, Refusal) else (sealed, tuple(rows), made)

    def open(self, marketplace: str, case_id: str, key: CaseKey, row: Sealed) -> str:
        """The text of a sealed row; raises SealError."""
        return self.open_all(marketplace, case_id, key, (row,))[row.hash]

    def open_all(self, marketplace: str, case_id: str, key: CaseKey, rows: Iterable[Sealed]) -> dict[str, str]:
        """The texts of sealed rows of one case, by hash; raises SealError."""
        data_key = self.open_key(marketplace, case_id, key)
        return {row.hash: _opened(data_key, marketplace, case_id, row) for row in rows}

    def seal_alone(self, marketplace: str, about: str, text: str) -> tuple[bytes, CaseKey]:
        """A text sealed under a fresh key of its own, and that key, wrapped; both are bound to what it is about.

        about: never like a case's id, which has no NUL. Destroying the key forgets this text alone.
        """
        key, nonce = self.new_key(marketplace, about), self._chance(NONCE_BYTES)
        return nonce + self.open_key(marketplace, about, key).encrypt(nonce, text.encode(), about.encode()), key

    def open_alone(self, marketplace: str, about: str, sealed: bytes, key: CaseKey) -> str:
        """The text of `seal_alone`; raises SealError when its key is destroyed, or when it was changed."""
        data_key = self.open_key(marketplace, about, key)
        try:
            return data_key.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about.encode()).decode()
        except InvalidTag as error:
            raise SealError("a sealed text was changed") from error

    def _seal(self, text: str, data_key: AESGCM, marketplace: str, case_id: str) -> Sealed:
        salted = self._chance(SALT_BYTES) + text.encode()
        name = _hash(salted)
        nonce = self._chance(NONCE_BYTES)
        return Sealed(name, nonce + data_key.encrypt(nonce, salted, _about(marketplace, case_id, name)))


def _opened(data_key: AESGCM, marketplace: str, case_id: str, row: Sealed) -> str:
    nonce, body = row.ciphertext[:NONCE_BYTES], row.ciphertext[NONCE_BYTES:]
    try:
        salted = data_key.decrypt(nonce, body, _about(marketplace, case_id, row.hash))
    except InvalidTag as error:
        raise SealError(f"the text {row.hash} of case {case_id} was changed") from error
    if _hash(salted) != row.hash:
        raise SealError(f"the text {row.hash} of case {case_id} is not what was hashed")
    return salted[SALT_BYTES:].decode()


def unsealed(command: C) -> C | Refusal:
    """The command with NO_TEXT for each of its texts, to try out what it would do. Refusals: TEXT_TOO_LONG."""
    return _replaced(command, lambda _: NO_TEXT)


def legible(command: C) -> tuple[C, dict[str, str]] | Refusal:
    """The command with a name for each of its texts, and the texts by that name: to read what it would lead to.

    The names are like those of sealed texts, but unsalted: they are for nothing that is kept. Refusals: TEXT_TOO_LONG.
    """
    texts: dict[str, str] = {}

    def named(text: str) -> str:
        name = _hash(text.encode())
        texts[name] = text
        return name

    replaced = _replaced(command, named)
    return replaced if isinstance(replaced, Refusal) else (replaced, texts)


def _replaced(command: C, by: Callable[[str], str]) -> C | Refusal:
    """The command with every text replaced, none of which is too long. A text of blanks alone is none.

    Refusals: TEXT_TOO_LONG.
    """

    def checked(text: str, name: str) -> str:
        if len(text) > MAX_TEXT:
            raise TextTooLong(name, len(text))
        return by(text) if text.strip() else ""  # blanks give no reason where one is owed

    try:
        replaced: C = _walk(command, checked)
    except TextTooLong as error:
        facts = (("field", error.name), ("limit", str(MAX_TEXT)), ("length", str(error.length)))
        return Refusal(Code.TEXT_TOO_LONG, facts)
    return replaced


def _derived(master: bytes, purpose: bytes) -> bytes:
    """A key of its own for each purpose, so that none says anything about another."""
    return hmac.digest(master, b"mufakat.seal.1." + purpose, "sha256")


def _about(marketplace: str, case_id: str, name: str) -> bytes:
    return f"{marketplace}\0{case_id}\0{name}".encode()


def _hash(salted: bytes) -> str:
    return HASH_PREFIX + hashlib.sha256(salted).hexdigest()


@cache
def _plan(kind: type) -> tuple[tuple[str, bool], ...]:
    """The fields of a dataclass that are sealed (True) or may hold something sealed (False)."""
    plan = []
    for each in fields(kind):
        if each.metadata.get("sealed"):
            plan.append((each.name, True))
        elif each.name in _NESTING:
            plan.append((each.name, False))
    return tuple(plan)


_NESTING: Final = frozenset(
    {"materials", "material", "proof", "solution", "assessment", "assessments", "finding", "answers", "overrides"}
)
"""Fields whose values are walked. A test walks every type to see that no sealed field hides elsewhere."""


def has_texts(value: Any) -> bool:
    """Whether a command, or a part of one, holds anything that a person wrote."""
    if isinstance(value, tuple):
        return any(has_texts(each) for each in value)
    if not is_dataclass(value) or isinstance(value, type):
        return False
    return any(
        bool(getattr(value, name)) if sealed else has_texts(getattr(value, name)) for name, sealed in _plan(type(value))
    )


def _walk(value: Any, seal: Callable[[str, str], str]) -> Any:
    """The value with every sealed text replaced by what `seal(text, field)` gives; an empty text stays empty."""
    if isinstance(value, tuple):
        return tuple(_walk(each, seal) for each in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changed: dict[str, Any] = {}
    for name, sealed in _plan(type(value)):
        old = getattr(value, name)
        if sealed:
            if old:
                changed[name] = seal(old, name)
        else:
            changed[name] = _walk(old, seal)
    return replace(value, **changed) if changed else value
