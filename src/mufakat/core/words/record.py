"""The platform's record in words: what it knows, what follows from it, and how: English, Indonesian."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from mufakat.core.calendar import parse_span
from mufakat.core.derived import Derived, FactCode, How, Unit
from mufakat.core.order import OUTBOUND, OrderStatus, ScanKind
from mufakat.core.record import Entry, EntryKind, Source, Value
from mufakat.core.words import Language, fill, local, money, pick, sentence_case, term
from mufakat.core.words.rules import span
from mufakat.core.words.terms import Said

MONEY = frozenset({"goods", "shipping_fee", "voucher", "tax", "total", "amount", "refunded", "paid"})
"""Values that are minor units."""

SOURCES: dict[Source, Said] = {
    Source.MARKETPLACE: ("the marketplace", "lokapasar"),
    Source.CARRIER: ("the carrier", "kurir"),
    Source.PLATFORM: ("the platform", "platform"),
    Source.BANK: ("the customer's bank", "bank pembeli"),
}
"""Who says so."""

ENTRIES: dict[EntryKind, Said] = {
    EntryKind.ORDER: (
        "Ordered {at}: units: {units}, lines: {lines}; the parcel: {status}.",
        "Dipesan {at}: unit: {units}, baris: {lines}; paket: {status}.",
    ),
    EntryKind.PRICE: (
        (
            "The order costs {total} (goods {goods}[ after a voucher of {voucher}][, with tax of {tax} in it], "
            "shipping fee {shipping_fee})[, to be paid by {method}]."
        ),
        (
            "Harga pesanan {total} (barang {goods}[ setelah voucer {voucher}][, termasuk pajak {tax}], ongkos kirim "
            "{shipping_fee})[, dibayar dengan {method}]."
        ),
    ),
    EntryKind.PROMISE: (
        "The order was promised by {promised_by}.",
        "Pesanan dijanjikan paling lambat {promised_by}.",
    ),
    EntryKind.MESSAGES: (
        (
            "Messages after the request: {by_customer} of the customer, {by_seller} of the seller[; the seller first "
            "answered {answered_at}]."
        ),
        (
            "Pesan setelah permintaan: {by_customer} dari pembeli, {by_seller} dari penjual[; penjual pertama kali "
            "menjawab {answered_at}]."
        ),
    ),
    EntryKind.ELSEWHERE: (
        "Other cases about the same units: {cases}; disputes in them: {disputes}; refunded in them: {refunded}.",
        "Kasus lain tentang unit yang sama: {cases}; sengketa di dalamnya: {disputes}; dana kembali: {refunded}.",
    ),
    EntryKind.SCAN: (
        "Parcel {parcel} was scanned {at}: {kind}[, at {place}][, {grams} g][, {address_matched}][, {signed}].",
        "Paket {parcel} dipindai {at}: {kind}[, di {place}][, {grams} g][, {address_matched}][, {signed}].",
    ),
    EntryKind.PROMISE_CHANGED: (
        "On {at} the promised date became {promised_by}.",
        "Pada {at} tanggal janji menjadi {promised_by}.",
    ),
    EntryKind.OUTSIDE_REFUND: (
        "{amount} for line {line}, unit {units}, went back outside of any case, {at}[ ({chargeback})].",
        "{amount} untuk baris {line}, unit {units}, dikembalikan di luar kasus mana pun, {at}[ ({chargeback})].",
    ),
    EntryKind.CHARGEBACK: (
        "The customer's bank, chargeback {reference}: {stage}, {amount}[ for line {line}][, unit {units}], {at}.",
        "Bank pembeli, chargeback {reference}: {stage}, {amount}[ untuk baris {line}][, unit {units}], {at}.",
    ),
    EntryKind.CARRIER_ANSWER: (
        "The carrier of parcel {parcel} answered what was claimed of it: it pays {paid}, {at}.",
        "Kurir paket {parcel} menjawab klaim: membayar {paid}, {at}.",
    ),
    EntryKind.PAYMENT: (
        "{amount} was paid for the order, {at}[, by {method}].",
        "{amount} dibayar untuk pesanan, {at}[, dengan {method}].",
    ),
}
"""What the platform knows, by kind of entry."""

YES_NO: dict[str, tuple[Said, Said]] = {
    "address_matched": (
        ("at the address of the order", "di alamat pesanan"),
        ("not at the address of the order", "bukan di alamat pesanan"),
    ),
    "signed": (("signed for", "ditandatangani"), ("not signed for", "tidak ditandatangani")),
    "chargeback": (("taken back by the customer's bank", "ditarik oleh bank pembeli"), ("", "")),
}
"""A yes and a no, by name."""

FACTS: dict[FactCode, Said] = {
    FactCode.DELIVERED_IN_TIME: (
        "Line {line} was delivered in time: {delivered}, promised by {promised}.",
        "Baris {line} diterima tepat waktu: {delivered}, dijanjikan {promised}.",
    ),
    FactCode.DELIVERED_LATE: (
        "Line {line} was delivered {days} after the promised date: {delivered}, promised by {promised}.",
        "Baris {line} diterima {days} setelah tanggal janji: {delivered}, dijanjikan {promised}.",
    ),
    FactCode.DELIVERED: (
        "Line {line} was delivered: {delivered}; no date was promised.",
        "Baris {line} diterima: {delivered}; tidak ada tanggal janji.",
    ),
    FactCode.NOT_DELIVERED: (
        "No carrier has reported line {line} as delivered.",
        "Tidak ada kurir yang melaporkan baris {line} telah diterima.",
    ),
    FactCode.OVERDUE: (
        "Line {line} has not come, {days} after the promised date {promised}.",
        "Baris {line} belum datang, {days} setelah tanggal janji {promised}.",
    ),
    FactCode.AT_THE_ADDRESS: (
        "The carrier delivered at the address of the order, {at}.",
        "Kurir menyerahkan paket di alamat pesanan, {at}.",
    ),
    FactCode.NOT_AT_THE_ADDRESS: (
        "The carrier delivered somewhere else than at the address of the order, {at}.",
        "Kurir menyerahkan paket bukan di alamat pesanan, {at}.",
    ),
    FactCode.SIGNED_FOR: ("The delivery was signed for, {at}.", "Penyerahan paket ditandatangani, {at}."),
    FactCode.NOT_SIGNED_FOR: ("The delivery was not signed for, {at}.", "Penyerahan paket tidak ditandatangani, {at}."),
    FactCode.NEVER_SCANNED: (
        "Parcel {parcel}: no carrier has ever scanned it.",
        "Paket {parcel}: tidak pernah dipindai kurir.",
    ),
    FactCode.NOT_SCANNED_SINCE: (
        "Parcel {parcel}: last scanned {at} ({kind}[, at {place}]) and never after, {days} ago.",
        "Paket {parcel}: terakhir dipindai {at} ({kind}[, di {place}]) dan tidak lagi sejak itu, {days} lalu.",
    ),
    FactCode.REPORTED_LOST: (
        "Parcel {parcel}: the carrier reported it as lost, {at}.",
        "Paket {parcel}: kurir melaporkannya hilang, {at}.",
    ),
    FactCode.RETURN_ARRIVED: (
        "The return {parcel} arrived {days} after its shipping information was uploaded: {at}.",
        "Pengembalian {parcel} sampai {days} setelah data pengirimannya diunggah: {at}.",
    ),
    FactCode.RETURN_ARRIVED_IN_WINDOW: (
        "The return {parcel} arrived within its period, which ends {until}.",
        "Pengembalian {parcel} sampai dalam masanya, yang berakhir {until}.",
    ),
    FactCode.RETURN_ARRIVED_AFTER_WINDOW: (
        "The return {parcel} arrived after its period, which ended {until}.",
        "Pengembalian {parcel} sampai setelah masanya, yang berakhir {until}.",
    ),
    FactCode.RETURN_WEIGHS_LESS: (
        (
            "The return {parcel} weighs {back_grams} g, {percent} less than the parcel that went out ({out_grams} g); "
            "{units_back} of {units_out} units go back."
        ),
        (
            "Pengembalian {parcel} beratnya {back_grams} g, {percent} lebih ringan daripada paket yang dikirim "
            "({out_grams} g); {units_back} dari {units_out} unit dikembalikan."
        ),
    ),
    FactCode.RETURN_WEIGHS_MORE: (
        (
            "The return {parcel} weighs {back_grams} g, {percent} more than the parcel that went out ({out_grams} g); "
            "{units_back} of {units_out} units go back."
        ),
        (
            "Pengembalian {parcel} beratnya {back_grams} g, {percent} lebih berat daripada paket yang dikirim "
            "({out_grams} g); {units_back} dari {units_out} unit dikembalikan."
        ),
    ),
    FactCode.RETURN_WEIGHS_THE_SAME: (
        (
            "The return {parcel} weighs as much as the parcel that went out ({out_grams} g); {units_back} of "
            "{units_out} units go back."
        ),
        (
            "Pengembalian {parcel} sama beratnya dengan paket yang dikirim ({out_grams} g); {units_back} "
            "dari {units_out} unit dikembalikan."
        ),
    ),
    FactCode.PRICE: (
        "The order costs {amount}[, to be paid by {method}].",
        "Harga pesanan {amount}[, dibayar dengan {method}].",
    ),
    FactCode.PAID: (
        "{amount} of {total} was paid for the order[ by {method}], last {at}.",
        "{amount} dari {total} telah dibayar untuk pesanan[ dengan {method}], terakhir {at}.",
    ),
    FactCode.MESSAGES_EXCHANGED: (
        "Messages after the request: {count}, of them {by_customer} of the customer, {by_seller} of the seller.",
        "Pesan setelah permintaan: {count}, {by_customer} dari pembeli, {by_seller} dari penjual.",
    ),
    FactCode.SELLER_ANSWERED: (
        "The seller first answered the request after {span}: {at}.",
        "Penjual pertama kali menjawab permintaan setelah {span}: {at}.",
    ),
    FactCode.SELLER_NOT_ANSWERED: (
        "The seller has not answered the request for {span}.",
        "Penjual belum menjawab permintaan selama {span}.",
    ),
    FactCode.DISPUTED_ELSEWHERE: (
        "Disputes about the same units in other cases: {count}.",
        "Sengketa tentang unit yang sama dalam kasus lain: {count}.",
    ),
    FactCode.REFUNDED_ELSEWHERE: (
        "{amount} was refunded for the same units in other cases.",
        "{amount} dikembalikan untuk unit yang sama dalam kasus lain.",
    ),
    FactCode.REFUNDED_OUTSIDE: (
        "{amount} went back for the same units outside of any case.",
        "{amount} dikembalikan untuk unit yang sama di luar kasus mana pun.",
    ),
    FactCode.TRACKING_KNOWN: (
        "The tracking number {number} (exhibit {exhibit}) is that of parcel {parcel}: last scanned {at} ({kind}).",
        "Nomor resi {number} (bukti {exhibit}) adalah milik paket {parcel}: terakhir dipindai {at} ({kind}).",
    ),
    FactCode.TRACKING_UNKNOWN: (
        "No scan under the tracking number {number} (exhibit {exhibit}) is known to the platform.",
        "Tidak ada pemindaian dengan nomor resi {number} (bukti {exhibit}) yang diketahui platform.",
    ),
}
"""What follows from the record, by code."""

HOW: dict[How, Said] = {
    How.DAYS_BETWEEN: (
        "calendar days from the one day to the other",
        "jumlah hari kalender dari hari yang satu ke hari lainnya",
    ),
    How.DAYS_UNTIL_NOW: ("calendar days from then until today", "jumlah hari kalender sejak itu sampai hari ini"),
    How.COMPARED: ("the one moment is not after the other", "saat yang satu tidak melewati saat lainnya"),
    How.NO_SUCH_SCAN: ("no such scan is known", "tidak ada pemindaian seperti itu"),
    How.AS_REPORTED: ("as it was reported", "seperti yang dilaporkan"),
    How.WITHIN_PERIOD: (
        "the arrival against the end of the period from the upload",
        "saat tiba dibandingkan dengan akhir masa sejak pengunggahan",
    ),
    How.RATIO: (
        "the difference of the latest weights by the weight that went out, in whole percent",
        "selisih berat terakhir dibagi berat yang dikirim, dalam persen bulat",
    ),
    How.SUM: ("added up", "dijumlahkan"),
    How.COUNTED: ("counted", "dihitung"),
    How.TIME_BETWEEN: ("the time from the request to then, or until now", "waktu sejak permintaan sampai saat itu"),
    How.LOOKED_UP: ("looked up among the scans", "dicari di antara pemindaian"),
}
"""The arithmetic, in words."""

_DERIVED: Said = ("[From {entries}: ]{how}[ ({rule}: {value})].", "[Dari {entries}: ]{how}[ ({rule}: {value})].")
RULE_VALUES: dict[str, Said] = {
    "zone": ("days by the clocks of", "hari menurut waktu"),
    "clock.seller_review.span": ("the seller's time to answer a request", "waktu penjual untuk menjawab permintaan"),
    "clock.cancel_review.span": (
        "the seller's time to answer a cancellation",
        "waktu penjual untuk menjawab pembatalan",
    ),
    "clock.no_scan.span": (
        "the time after which a parcel without a scan counts as lost",
        "batas waktu tanpa pemindaian",
    ),
    "clock.inspection_self.span": (
        "the time for goods that the customer ships back by itself",
        "waktu bagi barang yang dikirim kembali sendiri oleh pembeli",
    ),
}
"""The values of the rulebook on which a fact may rest, by their paths, as people call them."""
_NO_PROMISE: Said = ("The order came without a promised date.", "Pesanan tidak memiliki tanggal janji.")
_SAME_DAY: Said = ("less than one calendar day", "kurang dari satu hari kalender")
_OWN_PARCEL: Said = ("of the order", "pesanan")
_DAY, _HOUR, _MINUTE = 86_400, 3_600, 60


def tell_entry(entry: Entry, language: Language, zone: str, currency: str) -> str:
    """One sentence about what the platform knows."""
    facts = _shown(entry.values, language, zone, currency) | {"at": local(entry.at, zone, language)}
    nothing = entry.kind is EntryKind.PROMISE and "promised_by" not in facts
    return sentence_case(fill(pick(_NO_PROMISE if nothing else ENTRIES[entry.kind], language), facts))


def tell_source(entry: Entry, language: Language) -> str:
    """Who says so, by name where that is known."""
    who = pick(SOURCES[entry.source], language)
    return f"{who} ({entry.name})" if entry.name else who


def tell_fact(found: Derived, language: Language, zone: str, currency: str) -> str:
    """One sentence about what follows from the record."""
    facts = _shown(found.told.items(), language, zone, currency) | _counted(found, language, currency)
    return sentence_case(fill(pick(FACTS[found.code], language), facts))


def tell_how(found: Derived, language: Language) -> str:
    """How a fact was come by: from which entries, by which arithmetic, with which value of the rulebook."""
    facts = {
        "entries": ", ".join(found.entries),
        "how": pick(HOW[found.how], language),
        "rule": pick(RULE_VALUES[found.rule], language) if found.rule else "",
        "value": _value(found, language),
    }
    return sentence_case(fill(pick(_DERIVED, language), facts))


def _value(found: Derived, language: Language) -> str:
    """The value of the rulebook on which a fact rests: a period in the reader's words, anything else as it stands."""
    if found.rule.endswith(".span"):
        return span(parse_span(found.rule_value), language)
    return found.rule_value


def _counted(found: Derived, language: Language, currency: str) -> dict[str, str]:
    """A fact's value in its unit, under the name that its sentence has for it."""
    value = found.value
    if value is None or found.unit is None:
        return {}
    match found.unit:
        case Unit.CALENDAR_DAYS:
            late = found.code in (FactCode.DELIVERED_LATE, FactCode.OVERDUE)
            return {"days": pick(_SAME_DAY, language) if late and not value else _days(value, language)}
        case Unit.SECONDS:
            return {"span": _span(value, language)}
        case Unit.PERCENT:
            return {"percent": f"{value} %"}
        case Unit.MONEY:
            return {"amount": money(value, currency, language)}
        case Unit.COUNT:
            return {"count": str(value)}


def _days(number: int, language: Language) -> str:
    return f"{number} {pick(('calendar day' if number == 1 else 'calendar days', 'hari kalender'), language)}"


def _span(seconds: int, language: Language) -> str:
    """A time in its two largest units: days and hours, hours and minutes, or minutes."""
    days, hours = divmod(seconds, _DAY)[0], seconds % _DAY // _HOUR
    minutes = seconds % _HOUR // _MINUTE
    parts = [(days, ("d", "hari")), (hours, ("h", "jam")), (minutes, ("min", "menit"))]
    first = next((n for n, (number, _) in enumerate(parts) if number), 2)
    told = parts[first : first + 2]
    return " ".join(f"{number} {pick(said, language)}" for number, said in told if number or len(told) == 1)


def _shown(values: Iterable[tuple[str, Value]], language: Language, zone: str, currency: str) -> dict[str, str]:
    """Values as people read them."""
    return {name: _one(name, value, language, zone, currency) for name, value in values}


def _one(name: str, value: Value, language: Language, zone: str, currency: str) -> str:
    if isinstance(value, bool):
        yes, no = YES_NO.get(name, (("yes", "ya"), ("no", "tidak")))
        return pick(yes if value else no, language)
    if isinstance(value, datetime):
        return local(value, zone, language)
    if isinstance(value, StrEnum):
        return term(value, language)
    if isinstance(value, int):
        return money(value, currency, language) if name in MONEY else str(value)
    if name == "parcel" and value == OUTBOUND:
        return pick(_OWN_PARCEL, language)
    if name in ("kind", "status"):
        known = next((each for each in (*ScanKind, *OrderStatus) if each == value), None)
        return term(known, language) if known is not None else value
    return value
