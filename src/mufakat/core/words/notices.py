"""What a notice says, by who reads it: a sentence for every code, until when, and what silence means.

Codes and moments only, nothing that a party wrote: a mail may say it (S8). English first, Indonesian second.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from mufakat.core.effects import REMINDER, YOUR_TURN
from mufakat.core.notices import NoticeKind, kind_of
from mufakat.core.parties import Role
from mufakat.core.policy.policy import LapseOutcome
from mufakat.core.words import Language, fill, local, pick, term
from mufakat.core.words.terms import Said

C, S, A = Role.CUSTOMER, Role.SELLER, Role.AGENT

SAYINGS: Final[dict[str, Said | dict[Role, Said]]] = {
    # Asked of somebody: the phases that wait for them
    "your_turn.review": (
        "Please answer the customer's request: approve it, refuse it with a reason, or offer something else.",
        "Silakan jawab permintaan pembeli: setujui, tolak dengan alasan, atau tawarkan yang lain.",
    ),
    "your_turn.offered": (
        "Please answer the seller's offer: accept it or decline it.",
        "Silakan jawab tawaran penjual: terima atau tolak.",
    ),
    "your_turn.rejected": (
        "The seller did not agree. You can ask once more, or ask the platform to step in.",
        "Penjual tidak setuju. Anda dapat meminta sekali lagi, atau meminta platform turun tangan.",
    ),
    "your_turn.parcel_rejected": (
        "The seller refused your returned parcel. You can ask once more, or ask the platform to step in.",
        "Penjual menolak paket Anda. Anda dapat meminta sekali lagi, atau meminta platform turun tangan.",
    ),
    "your_turn.evidence": (
        "Please hand in everything that supports your side: photos, messages, documents.",
        "Silakan serahkan semua yang mendukung posisi Anda: foto, pesan, dokumen.",
    ),
    "your_turn.deciding": (
        "A dispute is ready to be judged.",
        "Sebuah sengketa siap diputus.",
    ),
    "your_turn.dismissed": (
        "The platform decided for the seller. If you disagree, you can still do something about it.",
        "Platform memutus untuk penjual. Jika Anda tidak setuju, masih ada langkah yang dapat Anda ambil.",
    ),
    "your_turn.awarded": (
        "The platform decided for the customer. You can accept the judgement or appeal once.",
        "Platform memutus untuk pembeli. Anda dapat menerima putusan atau mengajukan banding satu kali.",
    ),
    "your_turn.appeal_evidence": (
        "There is an appeal. Please hand in what has not been seen yet.",
        "Ada banding. Silakan serahkan bukti yang belum pernah dilihat.",
    ),
    "your_turn.appeal_deciding": (
        "An appeal is ready to be decided.",
        "Sebuah banding siap diputus.",
    ),
    "your_turn.awaiting_return": (
        "Please send the goods back and enter the tracking number.",
        "Silakan kirim kembali barangnya dan masukkan nomor resi.",
    ),
    "your_turn.inspecting": (
        "The returned goods have arrived. Please inspect them and say whether they are in order.",
        "Barang pengembalian sudah sampai. Silakan periksa dan nyatakan apakah sudah sesuai.",
    ),
    "your_turn.reported": (
        "The seller reported something about the goods you returned. Please agree or object.",
        "Penjual melaporkan sesuatu tentang barang yang Anda kembalikan. Silakan setujui atau bantah.",
    ),
    "your_turn.assessing": (
        "Somebody has to decide what happened to goods.",
        "Perlu diputuskan apa yang terjadi pada barang.",
    ),
    "your_turn.performing": (
        "Please do what you owe the customer: send the goods, or see to what was agreed.",
        "Silakan penuhi kewajiban Anda kepada pembeli: kirim barangnya, atau lakukan yang telah disepakati.",
    ),
    "your_turn.confirming": (
        "Please check what you received, and say so if something is not in order.",
        "Silakan periksa yang Anda terima, dan beri tahu jika ada yang tidak beres.",
    ),
    "your_turn.paying": (
        "Please pay the refund that you owe.",
        "Silakan bayar pengembalian dana yang menjadi kewajiban Anda.",
    ),
    "your_turn.late_appeal": (
        "The refund has been paid. If you disagree, you can still appeal.",
        "Dana sudah dikembalikan. Jika tidak setuju, Anda masih dapat mengajukan banding.",
    ),
    "your_turn.suspended": (
        "Execution is suspended by a court or regulator: see whether the suspension still holds.",
        "Pelaksanaan ditangguhkan pengadilan atau regulator: periksa apakah penangguhan masih berlaku.",
    ),
    "your_turn.stopped": (
        "The matter is before a court or other body: record what it orders.",
        "Perkara berada di pengadilan atau lembaga lain: catat apa yang diperintahkannya.",
    ),
    # The two between themselves
    "request.opened": ("A customer opened a request.", "Seorang pembeli mengajukan permintaan."),
    "message.sent": {
        C: ("The seller wrote you a message.", "Penjual mengirim pesan kepada Anda."),
        S: ("The customer wrote you a message.", "Pembeli mengirim pesan kepada Anda."),
    },
    "request.approved": {
        C: ("Your request was approved.", "Permintaan Anda disetujui."),
        S: ("The customer's request is approved.", "Permintaan pembeli disetujui."),
    },
    "request.rejected": ("Your request was refused.", "Permintaan Anda ditolak."),
    "offer.made": ("The seller offers you something else.", "Penjual menawarkan solusi lain kepada Anda."),
    "offer.accepted": ("The customer accepted your offer.", "Pembeli menerima tawaran Anda."),
    "offer.declined": ("Your offer was not accepted.", "Tawaran Anda tidak diterima."),
    "request.withdrawn": ("The customer took the request back.", "Pembeli menarik permintaannya."),
    "request.asked_again": ("The customer asks you once more.", "Pembeli meminta sekali lagi kepada Anda."),
    # The dispute
    "dispute.raised": {
        C: ("The platform is looking into your dispute.", "Platform sedang menangani sengketa Anda."),
        S: ("The customer asked the platform to step in.", "Pembeli meminta platform turun tangan."),
    },
    "dispute.withdrawn": ("The customer took the dispute back.", "Pembeli menarik sengketanya."),
    "material.asked": ("The platform asks for more material.", "Platform meminta bukti tambahan."),
    "dispute.judged": (
        "The platform has judged the dispute. The case says how, and why.",
        "Platform telah memutus sengketa. Putusan dan alasannya ada di dalam kasus.",
    ),
    "dispute.judged_automatically": (
        "The dispute was judged by a machine, without a person. The case says how, and why.",
        "Sengketa diputus oleh mesin, tanpa petugas. Putusan dan alasannya ada di dalam kasus.",
    ),
    "judgement.accepted": {
        C: ("The seller accepted the judgement.", "Penjual menerima putusan."),
        S: ("The customer accepted the judgement.", "Pembeli menerima putusan."),
    },
    "appeal.raised": ("The seller appealed against the judgement.", "Penjual mengajukan banding atas putusan."),
    "appeal.decided": (
        "The appeal is decided. The case says how, and why.",
        "Banding telah diputus. Putusan dan alasannya ada di dalam kasus.",
    ),
    "appeal.sent_back": (
        "The appeal sent the judgement back; the dispute is judged anew.",
        "Banding mengembalikan putusan; sengketa akan diputus kembali.",
    ),
    "judgement.drafted": (
        "A colleague judged, and a second person is to agree.",
        "Rekan Anda telah memutus, dan orang kedua perlu menyetujuinya.",
    ),
    "judgement.draft_returned": (
        "A draft of a judgement was given back and is to be judged anew.",
        "Rancangan putusan dikembalikan dan perlu diputus kembali.",
    ),
    "person.asked": (
        "A person will judge the dispute, not a machine.",
        "Sengketa akan diputus oleh petugas, bukan mesin.",
    ),
    "decision.escalated": {
        C: (
            "The decision takes longer than planned; it has been passed on to a lead.",
            "Putusan memakan waktu lebih lama dari rencana; sudah diteruskan kepada atasan petugas.",
        ),
        S: (
            "The decision takes longer than planned; it has been passed on to a lead.",
            "Putusan memakan waktu lebih lama dari rencana; sudah diteruskan kepada atasan petugas.",
        ),
        A: ("A decision is overdue.", "Sebuah putusan sudah lewat tenggat."),
    },
    "claim.conceded": ("The seller grants what you asked for.", "Penjual mengabulkan permintaan Anda."),
    "agreement.proposed": {
        C: (
            "The seller proposes terms on which to settle. You can accept them or turn them down.",
            "Penjual mengusulkan kesepakatan. Anda dapat menerima atau menolaknya.",
        ),
        S: (
            "The customer proposes terms on which to settle. You can accept them or turn them down.",
            "Pembeli mengusulkan kesepakatan. Anda dapat menerima atau menolaknya.",
        ),
    },
    "agreement.rejected": ("The proposed terms were turned down.", "Usulan kesepakatan ditolak."),
    "agreement.made": ("You both agreed on how to settle it.", "Kedua pihak telah bersepakat."),
    "process.declared": (
        "The matter was taken to a court or other body, so the platform stops.",
        "Perkara dibawa ke pengadilan atau lembaga lain, jadi platform berhenti.",
    ),
    "process.order_recorded": (
        "The order of a court or regulator was recorded.",
        "Perintah pengadilan atau regulator telah dicatat.",
    ),
    "execution.suspended": (
        "Execution is suspended by a court or regulator.",
        "Pelaksanaan ditangguhkan oleh pengadilan atau regulator.",
    ),
    "execution.resumed": ("Execution goes on.", "Pelaksanaan dilanjutkan."),
    "due.extended": (
        "A deadline was moved on; the case says until when.",
        "Tenggat diperpanjang; lihat di dalam kasus.",
    ),
    # Goods
    "return.shipped": ("The customer sent the goods back.", "Pembeli telah mengirim kembali barangnya."),
    "return.rejected": ("The seller refused the returned parcel.", "Penjual menolak paket pengembalian."),
    "return.reported": (
        "The seller reports that the returned goods are not as they should be.",
        "Penjual melaporkan barang pengembalian tidak sebagaimana mestinya.",
    ),
    "return.report_contested": (
        "The customer objects to your report; an agent decides.",
        "Pembeli membantah laporan Anda; petugas akan memutuskan.",
    ),
    "return.risk_decided": (
        "It is decided who bears what happened to the goods on their way back.",
        "Sudah diputuskan siapa yang menanggung kejadian pada barang saat dikembalikan.",
    ),
    "goods.shipped": ("The seller has sent you the goods.", "Penjual telah mengirim barang kepada Anda."),
    "remedy.proven": ("The seller says that it is done.", "Penjual menyatakan sudah melaksanakannya."),
    "remedy.problem_reported": (
        "The customer reports a problem with what arrived; an agent decides.",
        "Pembeli melaporkan masalah pada yang diterima; petugas akan memutuskan.",
    ),
    "remedy.assessed": (
        "An agent has decided whether what was owed is done.",
        "Petugas telah memutuskan apakah kewajiban sudah dipenuhi.",
    ),
    "remedy.turned_into_refund": (
        "The price is paid back instead of the goods.",
        "Harga barang dikembalikan sebagai ganti barangnya.",
    ),
    # Money
    "refund.ordered": ("You owe the customer a refund.", "Anda wajib mengembalikan dana kepada pembeli."),
    "deduction.ordered": {
        C: (
            "The payment provider now deducts your refund from the seller's payouts.",
            "Penyedia pembayaran kini memotong dana Anda dari pencairan penjual.",
        ),
        S: (
            "The payment provider now deducts the refund from payments due to you.",
            "Penyedia pembayaran kini memotong dana tersebut dari pencairan Anda.",
        ),
    },
    "advance.ordered": {
        C: ("The platform pays your refund in the seller's place.", "Platform menalangi pengembalian dana Anda."),
        S: (
            "The platform pays the refund in your place, and collects it from you.",
            "Platform menalangi pengembalian dana, dan menagihnya kepada Anda.",
        ),
    },
    "refund.paid": {
        C: ("Your refund was paid.", "Dana Anda telah dikembalikan."),
        S: ("The customer's refund was paid.", "Dana pembeli telah dikembalikan."),
    },
    "advance.recovered": (
        "What the platform had paid in your place was collected from you.",
        "Dana talangan platform telah ditagih dari Anda.",
    ),
    "own_payment.claimed": (
        "The seller says that it has paid you. Please say whether you have the money.",
        "Penjual menyatakan telah membayar Anda. Silakan beri tahu apakah dananya sudah Anda terima.",
    ),
    "own_payment.confirmed": ("The customer confirmed your payment.", "Pembeli mengonfirmasi pembayaran Anda."),
    "own_payment.denied": (
        "The customer says that your payment has not arrived.",
        "Pembeli menyatakan pembayaran Anda belum diterima.",
    ),
    "debt.left": {
        C: (
            "Your refund could not be collected in time; it is collected on.",
            "Dana Anda belum tertagih pada waktunya; penagihan tetap berjalan.",
        ),
        S: (
            "What could not be collected in time stays your debt, and is collected on.",
            "Yang belum tertagih pada waktunya menjadi utang Anda, dan tetap ditagih.",
        ),
    },
    "appeal.reversal_booked": (
        "Your late appeal was won; the amount is credited to you.",
        "Banding Anda dimenangkan; dananya dicatat untuk Anda.",
    ),
    "chargeback.frozen": (
        "The customer's bank is looking into the payment; until it decides, nothing is decided or paid here.",
        "Bank pembeli sedang memeriksa pembayaran; sampai ada keputusan, tidak ada yang diputus atau dibayar di sini.",
    ),
    "chargeback.settled": (
        "The customer's bank has decided about the payment. The case says who bears it.",
        "Bank pembeli telah memutus soal pembayaran. Penanggungnya ada di dalam kasus.",
    ),
    "carrier.claim_noted": (
        "A claim on the carrier was noted for you.",
        "Klaim kepada kurir telah dicatat untuk Anda.",
    ),
    "carrier.claim_answered": ("The carrier has answered the claim.", "Kurir telah menjawab klaim."),
    "matter.closed": (
        "The matter is closed. The case says how it ended.",
        "Perkara ditutup. Hasilnya ada di dalam kasus.",
    ),
}
"""Code to the sentence, or to the sentence for each role. Reminders say what they remind of."""

REMINDS: Final[Said] = ("Reminder: {asked}", "Pengingat: {asked}")
UNTIL: Final[Said] = ("You have until {due}.", "Batas waktunya {due}.")
UNTIL_PERSON: Final[Said] = (
    "You can ask for a person until {due}.",
    "Anda dapat meminta petugas memutus sampai {due}.",
)
SILENCE: Final[Said] = ("If nothing is done by then, {lapse}.", "Jika sampai saat itu tidak ada tindakan, {lapse}.")

SUBJECTS: Final[dict[NoticeKind, Said]] = {
    NoticeKind.REMINDER: ("Reminder: order {order}, until {due}", "Pengingat: pesanan {order}, sampai {due}"),
    NoticeKind.ASKS: (
        "Order {order}: you are asked for something[ by {due}]",
        "Pesanan {order}: ada yang perlu Anda lakukan[ sampai {due}]",
    ),
    NoticeKind.RESULT: ("Order {order}: there is a result", "Pesanan {order}: sudah ada hasil"),
    NoticeKind.NEWS: ("Order {order}: news", "Pesanan {order}: kabar terbaru"),
}
"""What a mail is about, by the most urgent of what it says."""


class Phrase(StrEnum):
    """What a mail says beside its notices."""

    GREETING = "GREETING"
    OPEN = "OPEN"
    WAY_IN = "WAY_IN"
    ABOUT = "ABOUT"
    NO_ANSWERS = "NO_ANSWERS"


PHRASES: Final[dict[Phrase, Said]] = {
    Phrase.GREETING: ("Hello[ {name}],", "Halo[ {name}],"),
    Phrase.OPEN: ("Open the case", "Buka kasus"),
    Phrase.WAY_IN: (
        "If the page does not let you in, open your order at the marketplace and come from there.",
        "Jika halaman tidak dapat dibuka, bukalah pesanan Anda di marketplace dan masuk dari sana.",
    ),
    Phrase.ABOUT: ("This mail is about order {order}.", "Email ini tentang pesanan {order}."),
    Phrase.NO_ANSWERS: (
        "It was sent automatically and answers to it are not read; write on the page of the case.",
        "Email ini dikirim otomatis dan balasannya tidak dibaca; tulislah di halaman kasus.",
    ),
}
"""Phrase to its wording."""


def phrase(which: Phrase, facts: Mapping[str, str], language: Language) -> str:
    """A phrase with its facts."""
    return fill(pick(PHRASES[which], language), facts)


def said(code: str, role: Role, language: Language) -> str:
    """What a notice says to whoever reads it; the code itself where an earlier version had a word that is gone."""
    if code.startswith(REMINDER):
        return fill(pick(REMINDS, language), {"asked": said(YOUR_TURN + code.removeprefix(REMINDER), role, language)})
    found = SAYINGS.get(code)
    if isinstance(found, dict):
        found = found.get(role)
    return pick(found, language) if found else code


def until(code: str, due: datetime | None, lapse: str, zone: str, language: Language) -> str:
    """Until when, by the market's clocks, and what silence means (S27); empty where nothing is due."""
    if due is None:
        return ""
    asks = kind_of(code) in (NoticeKind.ASKS, NoticeKind.REMINDER)
    parts = [fill(pick(UNTIL if asks else UNTIL_PERSON, language), {"due": local(due, zone, language)})]
    if lapse in LapseOutcome.__members__:
        parts.append(fill(pick(SILENCE, language), {"lapse": term(LapseOutcome(lapse), language)}))
    return " ".join(parts)


def subject(kind: NoticeKind, order_id: str, due: datetime | None, zone: str, language: Language) -> str:
    """What a mail about an order is about."""
    facts = {"order": order_id, "due": local(due, zone, language) if due else ""}
    return fill(pick(SUBJECTS[kind], language), facts)
