"""The rules in words: what each rule that decides a judgement says, and periods as people read them. Pure text."""

from mufakat.core.policy.policy import Span, SpanUnit
from mufakat.core.words import Language, pick
from mufakat.core.words.terms import Said

RULES: dict[str, Said] = {
    "S15": (
        "The material supports the customer's request: judged for the customer.",
        "Bukti mendukung permintaan pembeli: diputus untuk pembeli.",
    ),
    "S16": (
        "The material substantiates the seller's claims: judged for the seller, the dispute is rejected.",
        "Bukti membenarkan klaim penjual: diputus untuk penjual, sengketa ditolak.",
    ),
    "S17": (
        "The customer's material, with the platform's own data, is insufficient: judged for the seller.",
        "Bukti pembeli, bersama data platform sendiri, tidak cukup: diputus untuk penjual.",
    ),
    "OVERRIDE": (
        "An agent decided otherwise than the findings give by the rules, for the reason below; a second agent agreed.",
        "Petugas memutus lain daripada hasil penilaian menurut aturan, dengan alasan di bawah; petugas kedua setuju.",
    ),
    "S22": (
        (
            "Goods that are not as ordered, with deception by the seller, go back: once they are shipped and the "
            "shipping information is uploaded, the seller bears breakage, damage and loss."
        ),
        (
            "Barang tidak sesuai pesanan dan penjual menipu: setelah barang dikirim kembali dan data pengirimannya "
            "diunggah, penjual menanggung barang pecah, rusak, dan hilang."
        ),
    ),
    "S23": (
        (
            "Goods that are not as ordered, without deception, go back: once they are shipped and the shipping "
            "information is uploaded, the seller bears breakage; the customer bears damage and loss."
        ),
        (
            "Barang tidak sesuai pesanan tanpa penipuan: setelah barang dikirim kembali dan data pengirimannya "
            "diunggah, penjual menanggung barang pecah; pembeli menanggung rusak dan hilang."
        ),
    ),
    "S24": (
        (
            "Goods with a major quality issue go back: once they are shipped and the shipping information is uploaded, "
            "the seller bears breakage, damage and loss."
        ),
        (
            "Barang dengan masalah mutu berat: setelah barang dikirim kembali dan data pengirimannya diunggah, penjual "
            "menanggung barang pecah, rusak, dan hilang."
        ),
    ),
    "S25": (
        (
            "Goods with a minor quality issue go back: once they are shipped and the shipping information is uploaded, "
            "the seller bears breakage; the customer bears damage and loss."
        ),
        (
            "Barang dengan masalah mutu ringan: setelah barang dikirim kembali dan data pengirimannya diunggah, "
            "penjual menanggung barang pecah; pembeli menanggung rusak dan hilang."
        ),
    ),
}
"""The rules that decide a line and the risk of its way back, English first, Indonesian second."""

_UNITS: dict[SpanUnit, tuple[Said, Said]] = {
    SpanUnit.HOURS: (("hour", "jam"), ("hours", "jam")),
    SpanUnit.CALENDAR_DAYS: (("calendar day", "hari kalender"), ("calendar days", "hari kalender")),
    SpanUnit.WORKING_DAYS: (("working day", "hari kerja"), ("working days", "hari kerja")),
    SpanUnit.MONTHS: (("month", "bulan"), ("months", "bulan")),
}


def rule(name: str, language: Language = Language.EN) -> str:
    """What a rule says; empty for a rule of a market's own that has no words here."""
    return pick(RULES[name], language) if name in RULES else ""


def span(period: Span, language: Language = Language.EN) -> str:
    """A period as people read it: `48 hours`, `48 jam`."""
    one, many = _UNITS[period.unit]
    return f"{period.n} {pick(one if period.n == 1 else many, language)}"
