"""The worksheet in words: how items stand, and why rules apply, do not, or cannot be told yet. Pure text."""

from mufakat.core.claim import ReturnIssue
from mufakat.core.decide.automatic import Hindrance
from mufakat.core.words import Language, pick, sentence_case, term
from mufakat.core.words.rules import rule
from mufakat.core.words.terms import Said
from mufakat.core.words.why import why
from mufakat.core.worksheet.model import (
    RETURN_AS_ASKED,
    RETURN_BY_RULE,
    Applies,
    ItemState,
    RestsOn,
    RuleRow,
    Second,
    Why,
)

STATES: dict[ItemState, Said] = {
    ItemState.OPEN: ("not answered yet", "belum dinilai"),
    ItemState.DERIVED: ("answered by the record, not confirmed", "terjawab oleh catatan, belum dikonfirmasi"),
    ItemState.CONFIRMED: ("the record, confirmed by an agent", "sesuai catatan, dikonfirmasi petugas"),
    ItemState.FOUND: ("found by an agent", "dinilai petugas"),
    ItemState.CHANGED: ("found by an agent, otherwise than the record", "dinilai petugas, berbeda dari catatan"),
}
"""How an item stands, English first, Indonesian second."""

RESTING: dict[RestsOn, Said] = {
    RestsOn.NOTHING_GIVEN: ("Nobody handed it in.", "Tidak ada yang menyerahkannya."),
    RestsOn.DATA: ("The platform's own record answers it.", "Catatan platform sendiri menjawabnya."),
}
"""What a derived answer rests on."""

APPLIES: dict[Applies, Said] = {
    Applies.YES: ("applies", "berlaku"),
    Applies.NO: ("does not apply", "tidak berlaku"),
    Applies.OPEN: ("cannot be told yet", "belum dapat dipastikan"),
}
"""Whether a rule applies."""

RETURNS: dict[str, Said] = {
    RETURN_AS_ASKED: (
        "Goods go back where the customer asked for a return.",
        "Barang dikembalikan jika pembeli meminta pengembalian.",
    ),
    RETURN_BY_RULE: (
        "In some markets a judged refund sends the goods back as a rule.",
        "Di beberapa pasar, pengembalian dana yang diputus selalu mengharuskan barang dikembalikan.",
    ),
}
"""The rules about goods going back."""

NAMES: dict[str, Said] = {
    RETURN_AS_ASKED: ("return as asked", "pengembalian atas permintaan"),
    RETURN_BY_RULE: ("return by rule", "pengembalian menurut aturan"),
}
"""What these rules are called."""

WHYS: dict[Why, Said] = {
    Why.FINDINGS_MISSING: ("some items are not answered yet", "sebagian bukti belum dinilai"),
    Why.ASSESSMENT_MISSING: ("the line is not assessed yet", "barisnya belum dinilai"),
    Why.FOR_SELLER: ("the line is judged for the seller", "barisnya diputus untuk penjual"),
    Why.OTHER_REMEDY: (
        "the remedy is another one, with a worth of its own",
        "penyelesaiannya lain, dengan nilai sendiri",
    ),
    Why.ASKED: ("the customer asked for it", "pembeli memintanya"),
    Why.NOT_ASKED: ("the customer did not ask for a return", "pembeli tidak meminta pengembalian barang"),
    Why.ASKED_ANYWAY: ("the customer asked for a return anyway", "pembeli sudah meminta pengembalian barang"),
    Why.GOODS_ASKED: ("the customer asked for goods, not for money", "pembeli meminta barang, bukan dana"),
    Why.BY_RULE: (
        "all of the line's worth is refunded, and the goods can go back",
        "seluruh nilai baris dikembalikan dan barang dapat dikirim kembali",
    ),
    Why.NOT_IN_MARKET: ("this market does not have it", "pasar ini tidak mengaturnya"),
    Why.PART_ASKED: ("only a part of the worth was asked for", "hanya sebagian nilai yang diminta"),
    Why.NOTHING_CAME: ("the claim is that nothing came", "klaimnya adalah barang tidak diterima"),
    Why.ARE_BACK: ("the goods are back already", "barang sudah kembali"),
    Why.NEVER_ARRIVED: ("the record shows no delivery", "catatan tidak menunjukkan barang diterima"),
    Why.NOT_RETURNABLE: ("an agent found that they cannot go back", "petugas menilai barang tidak dapat dikembalikan"),
    Why.COUNTERFEIT: ("counterfeits do not go back", "barang palsu tidak dikembalikan"),
    Why.MADE_TO_ORDER: ("the goods were made to order", "barang dibuat khusus sesuai pesanan"),
    Why.NOTHING_GOES_BACK: ("nothing goes back", "tidak ada barang yang dikembalikan"),
    Why.ROW_FITS: ("ground and gravity are those of this row", "dasar dan tingkatnya sesuai baris ini"),
    Why.OTHER_GROUND: ("the ground is another one", "dasarnya lain"),
    Why.GRAVER: (
        "the issue is graver: major, or with deception",
        "masalahnya lebih berat: besar, atau disertai penipuan",
    ),
    Why.LESS_GRAVE: (
        "the issue is less grave: neither major nor with deception",
        "masalahnya lebih ringan: tidak besar dan tanpa penipuan",
    ),
    Why.AS_JUDGED: ("it was judged otherwise", "diputus lain"),
}
"""Why a rule applies, does not, or cannot be told yet."""


SECONDS: dict[Second, Said] = {
    Second.NOT_NEEDED: ("one person judges", "cukup satu petugas"),
    Second.ABOVE_AMOUNT: (
        "a second person confirms it: it is about more than one person decides",
        "perlu petugas kedua: nilainya di atas batas keputusan satu orang",
    ),
    Second.OVERRIDDEN: (
        "a second person confirms it: it differs from what is derived",
        "perlu petugas kedua: berbeda dari putusan yang diturunkan",
    ),
}
"""Whether a second person is needed."""

HINDRANCES: dict[Hindrance, Said] = {
    Hindrance.NO_CLASS: (
        "the market lets no machine judge disputes of this kind",
        "pasar tidak mengizinkan putusan otomatis untuk sengketa ini",
    ),
    Hindrance.PERSON_ASKED: ("a party asked for a person", "salah satu pihak meminta petugas"),
    Hindrance.JUDGED_BEFORE: ("it was judged before", "sudah pernah diputus"),
    Hindrance.PERSON_JUDGES: ("a person has begun to judge it", "petugas sudah mulai menilai"),
    Hindrance.MATERIAL_TO_SEE: ("there is material that a person should see", "ada bukti yang harus dilihat petugas"),
    Hindrance.NOT_SETTLED_BY_DATA: (
        "the platform's data do not settle every finding",
        "data platform tidak menjawab semua penilaian",
    ),
    Hindrance.ABOVE_AMOUNT: ("it is about too much", "nilainya terlalu besar"),
}
"""Why no machine judges."""


def tell_second(second: Second, language: Language = Language.EN) -> str:
    """Whether a second person is needed, and why."""
    return pick(SECONDS[second], language)


def tell_machine(hindrance: Hindrance | None, language: Language = Language.EN) -> str:
    """Whether a machine judges, or why none does."""
    may = ("a machine may judge it", "dapat diputus otomatis")
    no = pick(("no machine judges it", "tidak diputus otomatis"), language)
    return pick(may, language) if hindrance is None else f"{no}: {pick(HINDRANCES[hindrance], language)}"


def tell_state(state: ItemState, language: Language = Language.EN) -> str:
    """How an item stands."""
    return pick(STATES[state], language)


def tell_resting(rests_on: RestsOn, language: Language = Language.EN) -> str:
    """What a derived answer rests on, as a sentence."""
    return pick(RESTING[rests_on], language)


def tell_applies(applies: Applies, language: Language = Language.EN) -> str:
    """Whether a rule applies."""
    return pick(APPLIES[applies], language)


def name_rule(row: RuleRow, language: Language = Language.EN) -> str:
    """What a rule is called; a row of the return-risk table with its ground."""
    name = pick(NAMES[row.rule], language) if row.rule in NAMES else row.rule
    return name if row.ground is None else f"{name}, {term(row.ground, language)}"


def tell_rule(row: RuleRow, language: Language = Language.EN) -> str:
    """What a rule says; empty for a row of a market's own that has no words here."""
    return pick(RETURNS[row.rule], language) if row.rule in RETURNS else rule(row.rule, language)


def tell_why(row: RuleRow, language: Language = Language.EN) -> str:
    """Why a rule applies, does not, or cannot be told yet, as a sentence; empty where the rule itself says it."""
    if row.said:
        return f"{why(row.said, language)}."
    return f"{sentence_case(pick(WHYS[row.why], language))}." if row.why is not None else ""


def tell_bearers(row: RuleRow, language: Language = Language.EN) -> str:
    """Who bears which issue by a row of the return-risk table; empty for other rules."""
    borne = dict(row.bearers)
    return "; ".join(
        f"{term(issue, language)}: {term(borne[issue], language)}" for issue in ReturnIssue if issue in borne
    )
