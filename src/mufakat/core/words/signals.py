"""Signals as sentences for agents: what was seen, where, and how far it can be trusted: English, Indonesian.

Never a verdict.
"""

from datetime import datetime

from mufakat.core.signals import Link, Signal, SignalKind, Tie, Zone
from mufakat.core.words import Language, fill, local, pick, sentence_case, term
from mufakat.core.words.terms import Said

SEEN: dict[SignalKind, Said] = {
    SignalKind.SAME_FILE: (
        "The very same file as {what} is also on record: {places}.",
        "File yang persis sama dengan {what} juga tercatat: {places}.",
    ),
    SignalKind.NEAR_PICTURE: (
        "A picture that looks like {what} is also on record: {places}.",
        "Gambar yang mirip dengan {what} juga tercatat: {places}.",
    ),
    SignalKind.NEAR_TEXT: (
        "What {giver} wrote in {what} also stands, nearly the same: {places}.",
        "Tulisan {giver} dalam {what} juga ada, hampir sama: {places}.",
    ),
    SignalKind.TRACKING_USED_TWICE: (
        "The tracking number in {what} is also named: {places}.",
        "Nomor resi dalam {what} juga disebut: {places}.",
    ),
    SignalKind.TAKEN_BEFORE_DELIVERY: (
        "By what the file says of itself, {what} was taken at {taken}, before the delivery at {delivered}{zone}.",
        "Menurut keterangan dalam filenya, {what} diambil pada {taken}, sebelum diterima pada {delivered}{zone}.",
    ),
    SignalKind.CONTENT_CREDENTIALS: (
        (
            "{what} carries content credentials (C2PA) that {holds}[: made with {generator}][, signed by {signer}]"
            "[, signed at {signed_at}][; its making is given as {sources}][; done to it: {actions}][ ({faults})]. "
            "Who stands behind the signature was not checked."
        ),
        (
            "{what} membawa kredensial konten (C2PA) yang {holds}[: dibuat dengan {generator}]"
            "[, ditandatangani oleh {signer}][, ditandatangani pada {signed_at}][; cara pembuatannya: {sources}]"
            "[; yang dilakukan padanya: {actions}][ ({faults})]. Siapa di balik tanda tangan itu tidak diperiksa."
        ),
    ),
}

HOLDS: dict[str, Said] = {
    "INTACT": ("fit the file", "cocok dengan filenya"),
    "BROKEN": (
        "do not fit the file, so it was changed since or they are of another",
        "tidak cocok dengan filenya, jadi file itu diubah setelahnya atau kredensialnya milik file lain",
    ),
    "UNREADABLE": ("cannot be read", "tidak dapat dibaca"),
    "ELSEWHERE": (
        "are not in the file, which only names an address; it was not asked",
        "tidak ada di dalam file, yang hanya menyebut sebuah alamat; alamat itu tidak dibuka",
    ),
}
"""What the check of credentials gave, by its code in `evidence/credentials.py`."""

TIES: dict[Tie, Said] = {
    Tie.SAME_CASE: ("in this case", "dalam kasus ini"),
    Tie.SAME_ORDER: ("in another case of this order", "dalam kasus lain dari pesanan ini"),
    Tie.SAME_ACCOUNT: ("in another order of the same account", "dalam pesanan lain dari akun yang sama"),
    Tie.OTHER_ACCOUNT: ("by another {role} ({account})", "oleh {role} lain ({account})"),
}

ZONES: dict[Zone, Said] = {
    Zone.KNOWN: ("", ""),
    Zone.ANY: (
        "; the zone of that clock is not known, and it holds in every zone",
        "; zona jam itu tidak diketahui, dan hal ini berlaku di semua zona",
    ),
    Zone.MARKET: (
        "; the zone of that clock is not known, and it holds if it was the market's",
        "; zona jam itu tidak diketahui, dan hal ini berlaku jika itu zona pasar",
    ),
}

_EXHIBIT: Said = ("exhibit {number}", "bukti {number}")
_ENTRY: Said = ("entry {number} of the record", "catatan {number} kasus")
_PARCEL: Said = ("the order's own parcel", "paket pesanan itu sendiri")
_BY: Said = ("by {giver}", "oleh {giver}")
_IN_CASE: Said = ("in case {case}", "dalam kasus {case}")
_MORE: Said = ("; and in {more} more place", "; dan di {more} tempat lain")
_AT_LEAST_MORE: Said = ("; and in at least {more} more place", "; dan di sedikitnya {more} tempat lain")
_PERHAPS_MORE: Said = ("; and perhaps in more places", "; dan mungkin di tempat lain lagi")
_SHARE: Said = (", about {alike} % of its pairs of words", ", sekitar {alike} % dari pasangan katanya")
_SAME_PRINT: Said = (", the same fingerprint", ", sidik gambar yang sama")
_BITS: Said = (
    ", {alike} of 256 bits of the fingerprint differ",
    ", {alike} dari 256 bit sidik gambarnya berbeda",
)
_BY_THE_CAMERA: Said = (" on the camera's clock", " menurut jam kamera")


def say(signal: Signal, zone: str, language: Language = Language.EN) -> str:
    """A signal as a sentence: times in the market's zone, a camera's own time as it stands."""
    facts = {
        "what": _what(signal.exhibit, signal.event, language),
        "giver": term(signal.giver, language),
        "places": _places(signal, language),
        "taken": _taken(signal, zone, language),
        "delivered": local(signal.delivered, zone, language) if signal.delivered else "",
        **dict(signal.credentials),
    }
    if signed := facts.get("signed_at"):
        facts["signed_at"] = local(datetime.fromisoformat(signed), zone, language)
    facts["holds"] = pick(HOLDS.get(facts.get("holds", ""), ("", "")), language)
    template = pick(SEEN[signal.kind], language)
    return sentence_case(fill(template.replace("{zone}", pick(ZONES[signal.zone or Zone.KNOWN], language)), facts))


def _what(exhibit: int, event: int, language: Language) -> str:
    if not exhibit and not event:
        return pick(_PARCEL, language)
    return pick(_EXHIBIT if exhibit else _ENTRY, language).format(number=exhibit or event)


def _places(signal: Signal, language: Language) -> str:
    """Each place that is linked, and how many there are beside."""
    told = "; ".join(_place(signal.kind, link, language) for link in signal.links)
    more = signal.found - len(signal.links)
    if not more:
        return told + (pick(_PERHAPS_MORE, language) if signal.at_least else "")
    beside = pick(_AT_LEAST_MORE if signal.at_least else _MORE, language).format(more=more)
    return told + beside + ("s" if more > 1 and language is Language.EN else "")


def _place(kind: SignalKind, link: Link, language: Language) -> str:
    role = term(link.giver, language).removeprefix("the ")
    who = pick(TIES[link.tie], language).format(role=role, account=link.account)
    where = pick(_IN_CASE, language).format(case=link.case_id)
    if link.tie is Tie.SAME_CASE:
        who, where = pick(_BY, language).format(giver=term(link.giver, language)), who
    return f"{who}, {where} ({_what(link.exhibit, link.event, language)}{_alike(kind, link, language)})"


def _alike(kind: SignalKind, link: Link, language: Language) -> str:
    if link.alike is None:
        return ""
    if kind is SignalKind.NEAR_TEXT:
        return pick(_SHARE, language).format(alike=link.alike)
    return pick(_BITS if link.alike else _SAME_PRINT, language).format(alike=link.alike)


def _taken(signal: Signal, zone: str, language: Language) -> str:
    if signal.taken is None:
        return ""
    if signal.taken.tzinfo is not None:
        return local(signal.taken, zone, language)
    return local(signal.taken, "UTC", language).removesuffix(" UTC") + pick(_BY_THE_CAMERA, language)
