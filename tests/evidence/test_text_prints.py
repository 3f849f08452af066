"""Fingerprints of texts: what is nearly the same is near, what is not is far, and nothing can be read or guessed."""

import statistics
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mufakat.evidence.text_prints import FEWEST_WORDS, shared, text_print
from mufakat.store.near import BYTES, NEAR, distance

KEY = b"a key of a marketplace"
COMPLAINT = (
    "Barang yang saya terima rusak di bagian bawah dan tidak bisa menyala sama sekali, padahal baru saja dibuka dari "
    "kotaknya. Tolong uang saya dikembalikan."
)
OTHER = (
    "Paket belum sampai sampai hari ini padahal sudah lewat tanggal yang dijanjikan, penjual tidak membalas pesan, "
    "mohon bantuannya ya kak, terima kasih banyak."
)
WORDS = st.lists(st.integers(0, 10_000).map(lambda n: f"kata{n}"), min_size=40, max_size=120)


def bits(text: str, key: bytes = KEY) -> bytes:
    found = text_print(text, key)
    assert found is not None
    assert len(found) == BYTES
    return found


def test_case_marks_and_spaces_do_not_count() -> None:
    assert bits(COMPLAINT) == bits("  " + COMPLAINT.upper().replace(",", " —").replace(". ", "!!\n") + "…")
    assert bits(COMPLAINT) == bits(COMPLAINT.replace("saya", "\uff53\uff41\uff59\uff41"))  # full-width letters


def test_a_word_changed_is_near_and_another_text_is_far() -> None:
    assert distance(bits(COMPLAINT), bits(COMPLAINT.replace("kotaknya", "dusnya"))) <= NEAR
    assert distance(bits(COMPLAINT), bits(OTHER)) > 100


def test_the_key_makes_the_fingerprint() -> None:
    assert distance(bits(COMPLAINT), bits(COMPLAINT, b"another key")) > 80


def test_short_texts_have_none() -> None:
    words = [f"kata{n}" for n in range(FEWEST_WORDS)]
    assert text_print(" ".join(words[:-1]), KEY) is None
    assert text_print("", KEY) is None
    assert text_print(" ".join(words), KEY) is not None
    assert text_print("a " * FEWEST_WORDS, KEY) is not None, "one pair only"


@given(WORDS, st.integers(0, 30), st.randoms(use_true_random=False))
def test_the_distance_tells_the_share_of_pairs_in_common(words: list[str], changes: int, chance: object) -> None:
    """Each bit is a coin with the chance (1 - share) / 2: six standard deviations are allowed."""
    other = list(words)
    for n in range(changes):
        other[chance.randrange(len(other))] = f"lain{n}"  # type: ignore[attr-defined]
    one, two = set(pairwise(words)), set(pairwise(other))
    share = len(one & two) / len(one | two)
    apart = distance(bits(" ".join(words)), bits(" ".join(other)))
    assert abs(apart - (1 - share) * 128) <= 6 * (256 * (1 - share) / 2 * (1 + share) / 2) ** 0.5 + 1e-9


def test_one_word_in_twenty_changed_is_nearly_always_near() -> None:
    found = []
    for n in range(200):
        words = [f"kata{n}x{k}" for k in range(40)]
        changed = [*words[:10], "lain", *words[11:30], "beda", *words[31:]]
        found.append(distance(bits(" ".join(words)), bits(" ".join(changed))))
    assert sum(each <= NEAR for each in found) > 180
    assert 0.75 < shared(round(statistics.mean(found))) < 0.87
    assert (shared(0), shared(64), shared(200)) == (1, 0.5, 0)
