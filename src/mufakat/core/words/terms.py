"""The words of the process in English and Indonesian: what people read where the record holds a code.

Every member of the listed enums has both; `tests/core/test_words.py` holds that. English first, Indonesian second.
"""

from enum import StrEnum

from mufakat.core import claim as k
from mufakat.core.order import ChargebackStage, OrderStatus, ScanKind
from mufakat.core.parties import Role
from mufakat.core.phases import Outcome, Phase
from mufakat.core.policy.policy import LapseOutcome

Said = tuple[str, str]
"""The same in English and in Indonesian."""

TERMS: dict[type[StrEnum], dict[str, Said]] = {
    Role: {
        "CUSTOMER": ("the customer", "pembeli"),
        "SELLER": ("the seller", "penjual"),
        "AGENT": ("the platform's agent", "petugas platform"),
        "CLOCK": ("the clock", "tenggat waktu"),
        "SYSTEM": ("the platform", "platform"),
    },
    Phase: {
        "REVIEW": ("the seller is to answer the request", "penjual harus menjawab permintaan"),
        "OFFERED": ("the customer is to answer the offer", "pembeli harus menjawab tawaran"),
        "REJECTED": ("the seller has rejected the request", "penjual telah menolak permintaan"),
        "PARCEL_REJECTED": ("the seller has rejected the returned parcel", "penjual telah menolak paket pengembalian"),
        "EVIDENCE": ("both sides hand in material", "kedua pihak menyerahkan bukti"),
        "DECIDING": ("the platform decides the dispute", "platform memutuskan sengketa"),
        "DISMISSED": ("judged for the seller, not final yet", "diputus untuk penjual, belum final"),
        "AWARDED": ("judged for the customer, not final yet", "diputus untuk pembeli, belum final"),
        "APPEAL_EVIDENCE": (
            "both sides hand in material for the appeal",
            "kedua pihak menyerahkan bukti untuk banding",
        ),
        "APPEAL_DECIDING": ("another agent decides the appeal", "petugas lain memutuskan banding"),
        "AWAITING_RETURN": ("the customer is to send the goods back", "pembeli harus mengirim kembali barang"),
        "RETURNING": ("the goods are on their way back", "barang sedang dalam perjalanan kembali"),
        "INSPECTING": ("the seller is to inspect the returned goods", "penjual harus memeriksa barang yang kembali"),
        "REPORTED": (
            "the customer is to answer the seller's report about the return",
            "pembeli harus menjawab laporan penjual tentang pengembalian",
        ),
        "ASSESSING": (
            "an agent is to decide what happened to the goods",
            "petugas harus memutuskan apa yang terjadi pada barang",
        ),
        "PERFORMING": ("the seller is to do what is owed", "penjual harus memenuhi kewajibannya"),
        "DELIVERING": ("the goods are on their way to the customer", "barang sedang dikirim ke pembeli"),
        "CONFIRMING": ("the customer is to say whether all is in order", "pembeli harus menyatakan apakah sudah beres"),
        "PAYING": ("the refund is being paid", "pengembalian dana sedang dibayarkan"),
        "DEDUCTING": (
            "the payment provider deducts the refund from the seller's payouts",
            "penyedia pembayaran memotong dana dari pencairan penjual",
        ),
        "LATE_APPEAL": ("paid; the seller may still appeal", "sudah dibayar; penjual masih dapat mengajukan banding"),
        "SUSPENDED": ("suspended by order of a court or regulator", "ditangguhkan atas perintah pengadilan/regulator"),
        "STOPPED": ("stopped: the matter is before a court or other body", "dihentikan: perkara di lembaga lain"),
        "CLOSED": ("closed", "ditutup"),
    },
    Outcome: {
        "WITHDRAWN": ("withdrawn by the customer", "ditarik oleh pembeli"),
        "NOT_PURSUED": ("not pursued by the customer", "tidak dilanjutkan oleh pembeli"),
        "NOT_RETURNED": ("the goods were not sent back in time", "barang tidak dikirim kembali tepat waktu"),
        "REFUNDED": ("refunded", "dana telah dikembalikan"),
        "GOODS_DELIVERED": ("the owed goods were delivered", "barang yang terutang telah diterima"),
        "REMEDIED": ("the agreed remedy was done", "penyelesaian telah dilaksanakan"),
        "SETTLED_BY_PARTIES": ("settled between the two", "diselesaikan kedua pihak sendiri"),
        "DISMISSED": ("judged for the seller", "diputus untuk penjual"),
        "RISK_BORNE_BY_CUSTOMER": (
            "nothing is owed: the customer bears the loss on the way back",
            "tidak ada yang terutang: pembeli menanggung kerugian saat pengembalian",
        ),
        "PAID_ELSEWHERE": ("already paid elsewhere", "sudah dibayar di luar kasus ini"),
        "DEBT_LEFT": ("the unpaid rest stays a debt of the seller", "sisanya menjadi utang penjual"),
        "REVERSED_ON_APPEAL": ("reversed on appeal", "dibatalkan dalam banding"),
        "STOPPED_EXTERNAL_PROCESS": ("left to a court or other body", "diserahkan kepada pengadilan atau lembaga lain"),
    },
    LapseOutcome: {
        "APPROVE": ("the request is approved", "permintaan disetujui"),
        "REJECT": ("the request counts as rejected", "permintaan dianggap ditolak"),
        "CLOSE": ("the matter is closed", "perkara ditutup"),
        "REOPEN_REVIEW": (
            "the offer ends and the seller's review goes on",
            "tawaran berakhir dan penjual meninjau lagi",
        ),
        "JUDGE_ON_FILE": ("it is judged on what is there", "diputus berdasarkan bukti yang ada"),
        "ESCALATE": ("it is escalated to the lead", "diteruskan kepada atasan"),
        "FINAL": ("the judgement is final", "putusan menjadi final"),
        "REFUND": ("the refund is paid", "dana dikembalikan"),
        "LOST": ("the parcel counts as lost", "paket dianggap hilang"),
        "BINDS": ("the seller's report counts as agreed", "laporan penjual dianggap disetujui"),
        "DONE": ("it counts as done", "dianggap selesai"),
        "DEDUCT": ("the payment provider deducts the refund", "penyedia pembayaran memotong dana"),
        "LEAVE_DEBT": ("the unpaid rest stays a debt of the seller", "sisanya menjadi utang penjual"),
        "RELEASE": ("the hold is released", "penahanan dana dilepas"),
        "RESUME": ("execution goes on", "pelaksanaan dilanjutkan"),
        "EXPIRE": ("it expires", "kedaluwarsa"),
    },
    k.RequestType: {
        "CANCEL": ("cancellation", "pembatalan"),
        "REFUND": ("refund", "pengembalian dana"),
        "RETURN_AND_REFUND": ("return and refund", "pengembalian barang dan dana"),
        "REPLACEMENT": ("replacement", "penggantian barang"),
        "EXCHANGE": ("exchange", "penukaran barang"),
        "RESEND_MISSING": ("sending what is missing", "pengiriman barang yang kurang"),
    },
    k.Reason: {
        "NOT_AS_DESCRIBED": ("not as described", "tidak sesuai deskripsi"),
        "WRONG_ITEM": ("wrong item", "barang salah"),
        "MISSING_ITEMS": ("items missing", "barang kurang"),
        "DAMAGED": ("damaged on arrival", "rusak saat diterima"),
        "COUNTERFEIT": ("counterfeit", "palsu"),
        "DEFECTIVE": ("defective", "cacat"),
        "ARRIVED_LATE": ("arrived late", "terlambat"),
        "ITEM_NOT_RECEIVED": ("not received", "tidak diterima"),
        "OTHER": ("other", "lainnya"),
    },
    k.RemedyKind: {
        "REFUND": ("refund, the goods stay", "pengembalian dana, barang tidak dikembalikan"),
        "RETURN_AND_REFUND": ("return and refund", "pengembalian barang dan dana"),
        "REPLACEMENT": ("replacement", "penggantian barang"),
        "EXCHANGE": ("exchange", "penukaran barang"),
        "RESEND_MISSING": ("sending what is missing", "pengiriman barang yang kurang"),
        "OTHER": ("another remedy", "penyelesaian lain"),
        "NOTHING": ("nothing further", "tidak ada tindakan lagi"),
    },
    k.Basis: {
        "APPROVAL": ("the seller's approval", "persetujuan penjual"),
        "RULE": ("the market's rules", "aturan pasar"),
        "LAPSE": ("the seller's silence", "penjual tidak menjawab"),
        "OFFER": ("an accepted offer", "tawaran yang diterima"),
        "CONCESSION": ("the seller's concession", "penjual mengabulkan klaim"),
        "AGREEMENT": ("an agreement of the two", "kesepakatan kedua pihak"),
        "JUDGEMENT": ("the platform's judgement", "putusan platform"),
        "SELLER_INITIATED": ("the seller's own initiative", "inisiatif penjual"),
        "COURT": ("the order of a court or regulator", "perintah pengadilan atau regulator"),
    },
    k.FindingValue: {
        "VALID": ("valid", "sah"),
        "INSUFFICIENT": ("insufficient", "tidak cukup"),
        "MISSING": ("missing", "tidak ada"),
        "CONTRADICTED": ("contradicted", "dibantah"),
        "NOT_GENUINE": ("not genuine", "tidak asli"),
    },
    k.Level: {
        "REQUIRED": ("required", "wajib"),
        "ONE_OR_MORE": ("one or more of these", "satu atau lebih dari ini"),
        "OPTIONAL": ("optional", "opsional"),
    },
    k.Stage: {
        "REQUEST": ("the request", "permintaan"),
        "DISPUTE": ("the dispute", "sengketa"),
        "APPEAL": ("the appeal", "banding"),
        "RETURN": ("the return", "pengembalian"),
    },
    k.Given: {
        "GIVEN": ("handed in", "sudah diserahkan"),
        "MISSING": ("missing", "belum ada"),
        "COVERED": ("not needed: another one is there", "tidak perlu: yang lain sudah ada"),
        "KNOWN": ("not needed: the platform knows it", "tidak perlu: diketahui platform"),
    },
    k.Ground: {
        "INCONSISTENT": ("inconsistent with the order", "tidak sesuai pesanan"),
        "QUALITY": ("quality", "mutu"),
        "DELIVERY": ("delivery", "pengiriman"),
        "COUNTERFEIT": ("counterfeit", "barang palsu"),
    },
    k.Severity: {"MAJOR": ("major", "berat"), "MINOR": ("minor", "ringan")},
    k.Deception: {
        "SELLER": ("by the seller", "oleh penjual"),
        "CUSTOMER": ("by the customer", "oleh pembeli"),
        "NONE": ("none", "tidak ada"),
    },
    k.Cause: {
        "SELLER": ("the seller", "penjual"),
        "CUSTOMER": ("the customer", "pembeli"),
        "CARRIER": ("the carrier", "kurir"),
        "PLATFORM": ("the platform", "platform"),
    },
    k.ReturnIssue: {
        "BREAKAGE": ("breakage", "pecah"),
        "DAMAGE": ("damage", "kerusakan"),
        "LOSS": ("loss", "kehilangan"),
    },
    k.Decision: {
        "FOR_CUSTOMER": ("for the customer", "untuk pembeli"),
        "FOR_SELLER": ("for the seller", "untuk penjual"),
    },
    k.Destination: {
        "ORIGINAL": ("where it came from", "asal pembayaran"),
        "WALLET": ("the platform's wallet", "dompet platform"),
        "BANK_ACCOUNT": ("a bank account of the customer", "rekening bank pembeli"),
    },
    k.ReturnMethod: {
        "PLATFORM_CARRIER": ("the platform's carrier", "kurir platform"),
        "SELF_ARRANGED": ("a carrier of the customer's choice", "kurir pilihan pembeli"),
    },
    k.Forum: {
        "COURT": ("a court", "pengadilan"),
        "REGULATOR": ("a regulator", "regulator"),
        "MEDIATION": ("mediation", "mediasi"),
        "CHARGEBACK": ("a payment chargeback", "sanggahan pembayaran (chargeback)"),
        "OTHER": ("another body", "lembaga lain"),
    },
    k.MaterialKind: {
        "FILE": ("file", "berkas"),
        "TEXT": ("text", "teks"),
        "TRACKING": ("tracking number", "nomor resi"),
        "RECORD": ("record", "catatan"),
    },
    OrderStatus: {
        "AWAITING_SHIPMENT": ("awaiting shipment", "menunggu pengiriman"),
        "AWAITING_COLLECTION": ("awaiting collection", "menunggu penjemputan"),
        "IN_TRANSIT": ("in transit", "dalam perjalanan"),
        "DELIVERED": ("delivered", "telah diterima"),
    },
    ScanKind: {
        "AWAITING_COLLECTION": ("awaiting collection", "menunggu penjemputan"),
        "IN_TRANSIT": ("in transit", "dalam perjalanan"),
        "DELIVERED": ("delivered", "telah sampai"),
        "LOST": ("lost", "hilang"),
    },
    ChargebackStage: {
        "OPENED": ("opened", "dibuka"),
        "WON": ("decided for the seller", "diputus untuk penjual"),
        "LOST": ("decided for the customer", "diputus untuk pembeli"),
    },
}
"""Enum type to code to the two wordings."""

STAGES: dict[str, Said] = {
    "REQUEST": ("with the request", "bersama permintaan"),
    "REVIEW": ("while the seller reviewed", "saat penjual meninjau"),
    "OFFERED": ("while an offer waited", "saat tawaran menunggu"),
    "REJECTION": ("with the rejection", "bersama penolakan"),
    "REJECTED": ("after the rejection", "setelah penolakan"),
    "ASKED_AGAIN": ("with asking once more", "saat meminta sekali lagi"),
    "DISPUTE": ("with the dispute", "bersama sengketa"),
    "EVIDENCE": ("in the window for material", "dalam masa penyerahan bukti"),
    "APPEAL": ("with the appeal", "bersama banding"),
    "APPEAL_EVIDENCE": ("in the appeal's window for material", "dalam masa penyerahan bukti banding"),
    "PARCEL_REJECTION": ("with the rejection of the parcel", "bersama penolakan paket"),
    "PARCEL_REJECTED": ("after the rejection of the parcel", "setelah penolakan paket"),
    "INSPECTING": ("at the inspection", "saat pemeriksaan"),
    "RETURN_REPORT": ("with the report about the return", "bersama laporan pengembalian"),
    "REPORTED": ("after the report about the return", "setelah laporan pengembalian"),
    "ASSESSING": ("while an agent assessed", "saat petugas menilai"),
    "PROOF": ("as proof that it is done", "sebagai bukti pelaksanaan"),
    "PROBLEM": ("with the report of a problem", "bersama laporan masalah"),
    "CONFIRMING": ("while confirming", "saat konfirmasi"),
}
"""The stage in which material was given; a stage without an entry is shown as its code in small letters."""

ITEMS: dict[str, Said] = {
    "MESSAGE": ("message", "pesan"),
    "PROOF_OF_SIGNIFICANT_DIFFERENCE": (
        "photo or video of the difference",
        "foto atau video yang menunjukkan perbedaan",
    ),
    "PROOF_OF_EMPTY_PACKAGE_OR_DIFFERENT_ITEM": (
        "photo or video of the empty parcel or the other item",
        "foto atau video paket kosong atau barang lain",
    ),
    "PROOF_OF_MISSING_ITEMS": ("photo or video of what is missing", "foto atau video barang yang kurang"),
    "PROOF_OF_DAMAGE": ("photo or video of the parcel and the damage", "foto atau video paket dan kerusakan"),
    "PROOF_OF_ITEM_NOT_RECEIVED": ("proof that it was not received", "bukti barang tidak diterima"),
    "THIRDPARTY_PROOF_FOR_DAMAGE_OR_SIGNIFICANT_DIFFERENCE": (
        "a third party's proof of the damage or difference",
        "bukti pihak ketiga atas kerusakan atau perbedaan",
    ),
    "STATUS_OF_MERCHANDISE": ("photo or video of the defect", "foto atau video cacat barang"),
    "DELIVERY_RECEIPT": ("delivery receipt", "tanda terima pengiriman"),
    "BUYER_RESPONSE": ("own account of the matter", "penjelasan sendiri"),
    "MERCHANT_RESPONSE": ("own account of the matter", "penjelasan sendiri"),
    "LISTING_URL": ("the listing", "halaman produk"),
    "ORDER_DETAILS": ("order details", "rincian pesanan"),
    "ITEM_DESCRIPTION": ("description of the item", "deskripsi barang"),
    "PHOTOS_OF_SHIPPED_ITEM": ("photos of the shipped item", "foto barang yang dikirim"),
    "PROOF_OF_FULFILLMENT": ("proof of handover to the carrier", "bukti serah terima ke kurir"),
    "PROOF_OF_DELIVERY_SIGNATURE": ("signed proof of delivery", "bukti penerimaan bertanda tangan"),
    "PROOF_OF_AUTHENTICITY": ("proof of authenticity", "bukti keaslian"),
    "PROOF_OF_ITEM_AS_DESCRIBED": ("proof that it is as described", "bukti sesuai deskripsi"),
    "VALID_SUPPORTING_DOCUMENT": ("supporting document", "dokumen pendukung"),
    "PROOF_OF_RETURN": ("proof that the goods were sent back", "bukti barang dikirim kembali"),
    "RETURN_TRACKING_INFORMATION": ("the tracking of the return", "data pelacakan pengembalian"),
    "ONLINE_TRACKING_INFORMATION": ("the carrier's tracking", "data pelacakan kurir"),
}
"""Kinds of material; a market's own kinds without an entry are shown as their code in small letters."""
