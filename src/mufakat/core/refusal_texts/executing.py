"""Refusals about carrying out: parcels, tracking, goods and payments."""

from mufakat.core.refusal_texts.texts import Texts, both, two
from mufakat.core.refusals import Code

TEXTS: dict[Code, Texts] = {
    Code.TRACKING_NEEDED: both(
        "The tracking number is missing, and without it nobody can follow the parcel. Enter the number of the parcel.",
        "Nomor resi belum diisi, dan tanpanya paket tidak dapat dilacak. Masukkan nomor resi paket.",
        "The tracking number is empty. Enter it.",
    ),
    Code.TRACKING_USED: both(
        "The tracking number {tracking} belongs to another parcel. Enter the number of this one.",
        "Nomor resi {tracking} milik paket lain. Masukkan nomor resi paket ini.",
        "The tracking number {tracking} was scanned before this case or is used in it. A parcel needs one of its own.",
    ),
    Code.NOTHING_TO_SHIP: both(
        "Nothing is to be shipped here: what is owed is another remedy. The seller proves that it is done instead.",
        "Tidak ada yang harus dikirim di sini: yang terutang adalah penyelesaian lain. Penjual cukup membuktikan "
        "pelaksanaannya.",
        "The remedy is OTHER, so there is nothing to ship. Use CompleteRemedy with a proof.",
    ),
    Code.ALREADY_SHIPPED: both(
        "It has been shipped already, with tracking number {tracking}. Follow that parcel.",
        "Barang sudah dikirim dengan nomor resi {tracking}. Lacak paket itu.",
        "It was shipped as {tracking}. A lost parcel ends by the carrier's scans or the clock.",
    ),
    Code.PARCEL_NOT_REJECTABLE: Texts(
        customer=two(
            "The seller cannot reject this parcel, because the goods go back under {basis}. You need not do anything.",
            "Penjual tidak dapat menolak paket ini, karena barang dikembalikan berdasarkan {basis}. Anda tidak perlu "
            "melakukan apa pun.",
        ),
        seller=two(
            "You cannot reject this parcel, because the goods go back under {basis}. Report breakage, damage or loss "
            "instead.",
            "Anda tidak dapat menolak paket ini, karena barang dikembalikan berdasarkan {basis}. Laporkan pecah, "
            "kerusakan, atau kehilangan sebagai gantinya.",
        ),
        others="Goods that go back under {basis} are a matter of execution. The seller reports with ReportReturn.",
    ),
    Code.LOSS_TOO_HIGH: both(
        "The value said to be lost does not fit: it must be above zero and at most {most}. Name an amount within that.",
        "Nilai kerugian tidak sesuai: harus di atas nol dan paling banyak {most}. Sebutkan jumlah dalam batas itu.",
        "The lost value must be above zero and at most {most}, and zero where nothing happened. Name one within that.",
    ),
    Code.RETURN_PARTS_NOT_FITTING: both(
        "What befell the return is told twice, not at all, or for units that are not in the parcel[: line {line}]. "
        "Name the parcel as a whole, or each line with its units once.",
        "Keadaan barang kembali disebut dua kali, tidak disebut, atau untuk unit yang tidak ada dalam paket[: baris "
        "{line}]. Sebutkan paket secara keseluruhan, atau setiap baris dengan unitnya satu kali.",
        "Give either issue and value_lost for the whole parcel, or parts with units of this return, each once[; see "
        "line {line}].",
    ),
    Code.NOT_A_RETURN_MATTER: both(
        "No contested report about a return waits here. You need not do anything.",
        "Tidak ada laporan pengembalian yang dibantah di sini. Anda tidak perlu melakukan apa pun.",
        "No contested report about a return waits in this matter. For goods sent to the customer use AssessDelivery.",
    ),
    Code.NOT_A_DELIVERY_MATTER: both(
        "Nothing of this kind waits here: no reported problem, or no remedy to prove. See which steps are open to you.",
        "Tidak ada hal seperti ini yang menunggu: tidak ada masalah yang dilaporkan, atau tidak ada penyelesaian yang "
        "harus dibuktikan. Lihat langkah yang tersedia bagi Anda.",
        "No problem with a delivery waits here, or the remedy is not OTHER. For returns use AssessReturn, for goods "
        "ShipOut.",
    ),
    Code.PAYMENT_UNDER_WAY: both(
        "The refund is being paid already, so this cannot change it. Wait until it is done.",
        "Dana sedang dibayarkan, jadi langkah ini tidak dapat mengubahnya. Tunggu sampai selesai.",
        "The provider has been told to pay or has paid. What was paid is not undone here.",
    ),
    Code.NOTHING_OWED: both(
        "Nothing is owed under {obligation} now. You need not do anything.",
        "Tidak ada yang terutang untuk {obligation} saat ini. Anda tidak perlu melakukan apa pun.",
        "The obligation {obligation} is not one of this case, or takes no payment now. Check it with the provider.",
    ),
    Code.OVERPAID: both(
        "A payment of {paid} was reported where {owed} is the most ever owed. The platform clears this with the "
        "payment provider; you need not do anything.",
        "Dilaporkan pembayaran {paid}, sedangkan kewajiban tertinggi {owed}. Platform akan menyelesaikannya dengan "
        "penyedia pembayaran; Anda tidak perlu melakukan apa pun.",
        "The provider reports {paid} in all, and at most {owed} was ever owed. Clear it with the provider.",
    ),
    Code.ADVANCE_NOT_FITTING: both(
        "A payment was reported whose parts do not fit: {advanced} of {paid} advanced, {recovered} collected again. "
        "The platform clears this with the payment provider; you need not do anything.",
        "Dilaporkan pembayaran yang bagiannya tidak sesuai: {advanced} dari {paid} ditalangi, {recovered} ditagih "
        "kembali. Platform akan menyelesaikannya dengan penyedia pembayaran; Anda tidak perlu melakukan apa pun.",
        "The provider reports {paid} in all, {advanced} of it advanced and {recovered} of that collected. Each is a "
        "part of the one before, and at most {most} was to be advanced. Clear it with the provider.",
    ),
    Code.NOTHING_CLAIMED: both(
        "The seller has not said that it paid anything by itself, so there is nothing to confirm or to deny here.",
        "Penjual tidak menyatakan telah membayar sendiri, jadi tidak ada yang perlu dipastikan atau dibantah di sini.",
        "No payment by the seller itself waits for the customer's word. The seller reports one with ReportOwnPayment.",
    ),
}
"""Code to its sentences."""
