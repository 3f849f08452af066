"""Signals in words: what was seen and where, as an agent reads it, and never what to make of it."""

from datetime import UTC, datetime

import pytest

from mufakat.core.parties import Role
from mufakat.core.signals import Link, Signal, SignalKind, Tie, Zone
from mufakat.core.words import Language, placeholders
from mufakat.core.words.signals import HOLDS, SEEN, TIES, ZONES, say
from mufakat.evidence.credentials import Holds

AT = datetime(2026, 3, 5, 7, 30, tzinfo=UTC)
LINK = Link(Tie.OTHER_ACCOUNT, "o3", "c3", Role.CUSTOMER, "budi", AT, exhibit=2)
JAKARTA = "Asia/Jakarta"


def link(**changes: object) -> Link:
    facts = {name: getattr(LINK, name) for name in LINK.__slots__}
    return Link(**(facts | changes))


def test_every_kind_tie_zone_and_check_has_words() -> None:
    assert set(SEEN) == set(SignalKind)
    assert set(TIES) == set(Tie)
    assert set(ZONES) == set(Zone)
    assert set(HOLDS) == {each.value for each in Holds}


@pytest.mark.parametrize(
    "signal,said",
    [
        (
            Signal(SignalKind.SAME_FILE, Role.CUSTOMER, 1, links=(LINK,), found=1),
            "The very same file as exhibit 1 is also on record: by another customer (budi), in case c3 (exhibit 2).",
        ),
        (
            Signal(SignalKind.NEAR_PICTURE, Role.CUSTOMER, 1, links=(link(alike=12),), found=3),
            (
                "A picture that looks like exhibit 1 is also on record: by another customer (budi), in case c3 "
                "(exhibit 2, 12 of 256 bits of the fingerprint differ); and in 2 more places."
            ),
        ),
        (
            Signal(
                *(SignalKind.NEAR_PICTURE, Role.SELLER, 4),
                links=(link(alike=0, tie=Tie.SAME_CASE, case_id="c1"), link(alike=31, tie=Tie.SAME_ACCOUNT)),
                found=3,
            ),
            (
                "A picture that looks like exhibit 4 is also on record: by the customer, in this case (exhibit 2, "
                "the same fingerprint); in another order of the same account, in case c3 (exhibit 2, 31 of 256 bits "
                "of the fingerprint differ); and in 1 more place."
            ),
        ),
        (
            Signal(
                *(SignalKind.NEAR_TEXT, Role.SELLER, 0, 7),
                links=(link(giver=Role.SELLER, account="toko-2", exhibit=0, event=3, alike=91),),
                found=50,
                at_least=True,
            ),
            (
                "What the seller wrote in entry 7 of the record also stands, nearly the same: by another seller "
                "(toko-2), in case c3 (entry 3 of the record, about 91 % of its pairs of words); and in at least 49 "
                "more places."
            ),
        ),
        (
            Signal(
                *(SignalKind.TRACKING_USED_TWICE, Role.CUSTOMER, 0, 9),
                links=(link(tie=Tie.SAME_ORDER, exhibit=0),),
                found=1,
                at_least=True,
            ),
            (
                "The tracking number in entry 9 of the record is also named: in another case of this order, in case "
                "c3 (the order's own parcel); and perhaps in more places."
            ),
        ),
        (
            Signal(SignalKind.TAKEN_BEFORE_DELIVERY, Role.CUSTOMER, 1, taken=AT, delivered=AT, zone=Zone.KNOWN),
            (
                "By what the file says of itself, exhibit 1 was taken at 5 March 2026, 14:30 WIB, before the "
                "delivery at 5 March 2026, 14:30 WIB."
            ),
        ),
        (
            Signal(
                *(SignalKind.TAKEN_BEFORE_DELIVERY, Role.CUSTOMER, 1),
                taken=AT.replace(tzinfo=None),
                delivered=AT,
                zone=Zone.MARKET,
            ),
            (
                "By what the file says of itself, exhibit 1 was taken at 5 March 2026, 07:30 on the camera's clock, "
                "before the delivery at 5 March 2026, 14:30 WIB; the zone of that clock is not known, and it holds "
                "if it was the market's."
            ),
        ),
        (
            Signal(
                *(SignalKind.CONTENT_CREDENTIALS, Role.CUSTOMER, 2),
                credentials=(
                    ("holds", "INTACT"),
                    ("generator", "Maker 2"),
                    ("signer", "Maker Inc"),
                    ("sources", "trainedAlgorithmicMedia"),
                    ("actions", "c2pa.created"),
                ),
            ),
            (
                "Exhibit 2 carries content credentials (C2PA) that fit the file: made with Maker 2, signed by Maker "
                "Inc; its making is given as trainedAlgorithmicMedia; done to it: c2pa.created. Who stands behind "
                "the signature was not checked."
            ),
        ),
        (
            Signal(SignalKind.CONTENT_CREDENTIALS, Role.CUSTOMER, 2, credentials=(("holds", "UNREADABLE"),)),
            (
                "Exhibit 2 carries content credentials (C2PA) that cannot be read. Who stands behind the signature "
                "was not checked."
            ),
        ),
    ],
)
def test_a_signal_is_one_sentence_with_its_places(signal: Signal, said: str) -> None:
    assert say(signal, JAKARTA) == said


@pytest.mark.parametrize(
    "signal,said",
    [
        (
            Signal(SignalKind.NEAR_PICTURE, Role.CUSTOMER, 1, links=(link(alike=12),), found=3),
            (
                "Gambar yang mirip dengan bukti 1 juga tercatat: oleh pembeli lain (budi), dalam kasus c3 (bukti 2, "
                "12 dari 256 bit sidik gambarnya berbeda); dan di 2 tempat lain."
            ),
        ),
        (
            Signal(
                *(SignalKind.NEAR_TEXT, Role.SELLER, 0, 7),
                links=(link(tie=Tie.SAME_CASE, exhibit=0, event=3, alike=91),),
                found=1,
                at_least=True,
            ),
            (
                "Tulisan penjual dalam catatan 7 kasus juga ada, hampir sama: oleh pembeli, dalam kasus ini (catatan "
                "3 kasus, sekitar 91 % dari pasangan katanya); dan mungkin di tempat lain lagi."
            ),
        ),
        (
            Signal(
                *(SignalKind.TAKEN_BEFORE_DELIVERY, Role.CUSTOMER, 1),
                taken=AT.replace(tzinfo=None),
                delivered=AT,
                zone=Zone.ANY,
            ),
            (
                "Menurut keterangan dalam filenya, bukti 1 diambil pada 5 Maret 2026, 07:30 menurut jam kamera, "
                "sebelum diterima pada 5 Maret 2026, 14:30 WIB; zona jam itu tidak diketahui, dan hal ini berlaku di "
                "semua zona."
            ),
        ),
        (
            Signal(
                *(SignalKind.CONTENT_CREDENTIALS, Role.CUSTOMER, 2),
                credentials=(("holds", "BROKEN"), ("signed_at", "2026-03-05T07:30:00+00:00"), ("faults", "x")),
            ),
            (
                "Bukti 2 membawa kredensial konten (C2PA) yang tidak cocok dengan filenya, jadi file itu diubah "
                "setelahnya atau kredensialnya milik file lain, ditandatangani pada 5 Maret 2026, 14:30 WIB (x). "
                "Siapa di balik tanda tangan itu tidak diperiksa."
            ),
        ),
    ],
)
def test_the_same_in_indonesian(signal: Signal, said: str) -> None:
    assert say(signal, JAKARTA, Language.ID) == said


def test_both_languages_tell_the_same_facts() -> None:
    for english, indonesian in (each for words in (SEEN, HOLDS, TIES, ZONES) for each in words.values()):
        assert placeholders(english) == placeholders(indonesian)
        assert bool(english) == bool(indonesian)
