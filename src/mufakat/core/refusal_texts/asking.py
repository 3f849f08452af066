"""Refusals about asking and talking: requests, units, amounts, codes, offers, agreements, messages."""

from mufakat.core.refusal_texts.texts import Texts, both, two
from mufakat.core.refusals import Code

TEXTS: dict[Code, Texts] = {
    Code.NOTHING_ASKED: both(
        "The request names no line of the order, so there is nothing to ask for. Choose at least one line.",
        "Permintaan tidak menyebut baris pesanan, jadi tidak ada yang diminta. Pilih setidaknya satu baris.",
        "The request has no lines. Name at least one line of the order.",
    ),
    Code.LINE_TWICE: both(
        "A line of the order stands twice in the request. Name each line once, with all its units.",
        "Satu baris pesanan disebut dua kali dalam permintaan. Sebutkan setiap baris satu kali, dengan semua unitnya.",
        "A line stands twice in the request. Put all its units into one entry.",
    ),
    Code.UNITS_NOT_AVAILABLE: both(
        "These units of line {line} cannot be asked for[: unit {unit} is in an open case][: {bought} were bought][: "
        "{left} are left]. Ask for units that are free, or go on in the open case.",
        "Unit pada baris {line} ini tidak dapat diminta[: unit {unit} ada dalam kasus yang masih terbuka][: yang "
        "dibeli {bought}][: yang tersisa {left}]. Pilih unit yang tersedia, atau lanjutkan kasus yang terbuka.",
        "Units of line {line} are not available[: unit {unit} is in an open case][: {bought} were bought][: {left} are"
        " left]. Use free units or the open case.",
    ),
    Code.ALREADY_SETTLED: both(
        "Unit {unit} of line {line} has been settled in an earlier case, so it cannot be asked for again. If a "
        "replacement has problems, ask once it is delivered.",
        "Unit {unit} pada baris {line} sudah diselesaikan dalam kasus sebelumnya, jadi tidak dapat diminta lagi. Jika "
        "barang pengganti bermasalah, ajukan setelah barang itu diterima.",
        "Unit {unit} of line {line} was settled in an earlier case. Only a new delivery of the unit can be asked "
        "about.",
    ),
    Code.NOTHING_LEFT: both(
        "All that was paid for unit {unit} of line {line} has gone back already, so nothing is left to ask for. Check "
        "the refunds of the order.",
        "Semua pembayaran untuk unit {unit} pada baris {line} sudah dikembalikan, jadi tidak ada lagi yang dapat "
        "diminta. Periksa pengembalian dana pesanan ini.",
        "Nothing paid for unit {unit} of line {line} is left to go back. See the order's refunds, outside ones "
        "included.",
    ),
    Code.CHARGEBACK_OPEN: both(
        "The customer's bank is asking the money back[ for unit {unit} of line {line}][ under {reference}], so "
        "nothing can be asked or paid here until it has decided. Wait for the bank's answer.",
        "Bank pembeli sedang meminta kembali dana[ untuk unit {unit} pada baris {line}][ dengan nomor {reference}], "
        "jadi tidak ada yang dapat diminta atau dibayar di sini sebelum bank memutuskan. Tunggu jawaban bank.",
        "A chargeback is open[ about unit {unit} of line {line}][: {reference}]. Record its end, WON or LOST, as a "
        "fact of the order; nothing is paid before.",
    ),
    Code.ASKED_TOO_MUCH: both(
        "The amount {asked} is more than can still go back[ for line {line}]. Name at most {most}.",
        "Jumlah {asked} melebihi yang masih dapat dikembalikan[ untuk baris {line}]. Sebutkan paling banyak {most}.",
        "The amount {asked} is above what the units still allow[ for line {line}]. Name at most {most}.",
    ),
    Code.AMOUNT_NOT_POSITIVE: both(
        "The amount[ for line {line}] is not above zero. Name an amount above zero, or none for all that is due.",
        "Jumlah[ untuk baris {line}] tidak lebih dari nol. Sebutkan jumlah di atas nol, atau kosongkan untuk semua "
        "yang menjadi hak.",
        "The amount[ for line {line}] must be above zero. Leave it out for all that is due.",
    ),
    Code.AMOUNT_NOT_FITTING: both(
        "An amount does not fit what is asked[ for line {line}][, {type}][, {kind}], because no money is paid there or"
        " all of it. Leave the amount out.",
        "Jumlah tidak cocok dengan yang diminta[ untuk baris {line}][, {type}][, {kind}], karena di sini tidak ada "
        "uang yang dibayar atau semuanya dibayar. Kosongkan jumlahnya.",
        "An amount goes only with refunds and other remedies in money[, not with {type}][, not with {kind}]. Leave it "
        "out.",
    ),
    Code.NOT_DELIVERED_YET: both(
        "Line {line} has not been delivered yet, and this can only be asked after delivery. Cancel it, say that it did"
        " not arrive once the promised date is over, or wait for it.",
        "Baris {line} belum diterima, dan ini baru dapat diminta setelah diterima. Batalkan, laporkan tidak diterima "
        "setelah tanggal janji lewat, atau tunggu kedatangannya.",
        "No delivery of line {line} is known, and type and reason need one. Record the carrier's scan if it was "
        "delivered.",
    ),
    Code.PROMISED_DATE_NOT_OVER: both(
        "Line {line} is promised by {promised}, so it is not late yet. Ask again after that moment.",
        "Baris {line} dijanjikan sampai {promised}, jadi belum terlambat. Ajukan lagi setelah waktu itu.",
        "Line {line} is promised by {promised}. A claim that it is late or lost opens after that.",
    ),
    Code.REQUEST_WINDOW_OVER: Texts(
        customer=two(
            "The time to ask for this about line {line} ended {ended}, so the request cannot be opened. Write to the "
            "seller, who may still refund on its own.",
            "Waktu untuk meminta ini bagi baris {line} berakhir {ended}, jadi permintaan tidak dapat dibuka. Hubungi "
            "penjual, yang masih dapat mengembalikan dana atas kemauan sendiri.",
        ),
        seller=two(
            "The customer's time to ask for this about line {line} ended {ended}. You may still refund on your own.",
            "Waktu pembeli untuk meminta ini bagi baris {line} berakhir {ended}. Anda masih dapat mengembalikan dana "
            "atas kemauan sendiri.",
        ),
        others=(
            "The request window and the acceptance period of line {line} ended {ended} (S26, S27). Only the seller may"
            " still act."
        ),
    ),
    Code.ALREADY_IN_TRANSIT: both(
        "The order is on its way already, so it cannot be cancelled any more. Ask for a return after it arrives.",
        "Pesanan sudah dalam perjalanan, jadi tidak dapat dibatalkan lagi. Ajukan pengembalian setelah barang "
        "diterima.",
        "The parcel is in transit or delivered, and a cancellation is possible only before (S27). Use a return "
        "instead.",
    ),
    Code.TYPE_NOT_FOR_SELLER: both(
        "A seller cannot open this itself: {type}. A seller may cancel, refund, or take back and refund.",
        "Penjual tidak dapat membuka ini sendiri: {type}. Penjual dapat membatalkan, mengembalikan dana, atau menerima"
        " pengembalian barang dan dana.",
        "A seller may open CANCEL, REFUND and RETURN_AND_REFUND, not this: {type}. Let the customer ask for it.",
    ),
    Code.TYPE_NOT_IN_MARKET: both(
        "This marketplace does not offer this: {type}. Choose another kind of request.",
        "Lokapasar ini tidak menyediakan {type}. Pilih jenis permintaan lain.",
        "The market's rulebook has no window for this type: {type}. Choose another, or add it to the rulebook.",
    ),
    Code.UNKNOWN_CODE: both(
        "The reason code {code} is not one of this market. Choose one from the list of reasons.",
        "Kode alasan {code} tidak dikenal di pasar ini. Pilih salah satu dari daftar alasan.",
        "The rulebook has no code {code}. `mufakat rulebook show` lists the codes in force.",
    ),
    Code.CODE_NOT_FITTING: both(
        "The reason code {code} does not fit here[ while the order is {status}]. Choose a code that fits the step, the"
        " reason and the order's status.",
        "Kode alasan {code} tidak cocok di sini[ selama status pesanan {status}]. Pilih kode yang sesuai dengan "
        "langkah, alasan, dan status pesanan.",
        "Code {code} is for another use, reason or order status[ than {status}]. `mufakat rulebook show` says for "
        "which.",
    ),
    Code.CODE_NEEDED: both(
        "This step needs a reason code[ for line {line}], so that the other side knows why. Choose one from the list "
        "of reasons.",
        "Langkah ini memerlukan kode alasan[ untuk baris {line}], agar pihak lain tahu sebabnya. Pilih salah satu dari"
        " daftar alasan.",
        "A reason code is missing[ for line {line}]. `mufakat rulebook show` lists the codes for this use.",
    ),
    Code.TOO_MANY_OFFERS: Texts(
        customer=two(
            "The seller has made {limit} offers already and cannot make another. Wait for its answer to your request.",
            "Penjual sudah mengajukan {limit} tawaran dan tidak dapat mengajukan lagi. Tunggu jawabannya atas "
            "permintaan Anda.",
        ),
        seller=two(
            "You have made {limit} offers for this request, and no more are allowed. Approve or reject it, or propose "
            "an agreement.",
            "Anda sudah mengajukan {limit} tawaran untuk permintaan ini, dan tidak boleh lebih. Setujui atau tolak, "
            "atau usulkan kesepakatan.",
        ),
        others="The market allows {limit} offers for each request. The seller approves or rejects now.",
    ),
    Code.OFFER_NOT_FITTING: both(
        "These terms cannot be carried out here: {kind}. Goods can only go back once delivered, and another remedy "
        "needs words and an amount. Change the terms.",
        "Ketentuan ini tidak dapat dilaksanakan di sini: {kind}. Barang hanya dapat dikembalikan setelah diterima, dan"
        " penyelesaian lain memerlukan keterangan dan jumlah. Ubah ketentuannya.",
        "The solution is not possible here: {kind}. Returns need a delivery, OTHER needs text and amount, and an offer"
        " of NOTHING is none.",
    ),
    Code.ALREADY_ASKED_AGAIN: both(
        "The seller has been asked once more already; that is possible {limit} time for each request. Raise a dispute,"
        " or let it rest.",
        "Penjual sudah diminta sekali lagi; ini hanya dapat dilakukan {limit} kali untuk setiap permintaan. Ajukan "
        "sengketa, atau biarkan.",
        "Asking again is possible {limit} time for each request. A dispute is what remains.",
    ),
    Code.NO_PROPOSAL: both(
        "No terms wait for an answer, so there is nothing to accept or refuse. Propose terms of your own if you like.",
        "Tidak ada usulan yang menunggu jawaban, jadi tidak ada yang dapat diterima atau ditolak. Anda dapat "
        "mengusulkan kesepakatan sendiri.",
        "No agreement is proposed in this matter. One side has to propose terms first.",
    ),
    Code.OWN_PROPOSAL: both(
        "These terms are your own, so the other side has to accept them. Wait for its answer, or take them back.",
        "Usulan ini milik Anda sendiri, jadi pihak lain yang harus menerimanya. Tunggu jawabannya, atau tarik kembali.",
        "A side cannot accept its own proposal. The other side answers.",
    ),
    Code.PROPOSAL_EXPIRED: both(
        "These terms were open until {until} and have ended. Propose them again if you still want them.",
        "Usulan ini berlaku sampai {until} dan sudah berakhir. Usulkan lagi jika masih diinginkan.",
        "The proposal ended {until}. It can be proposed again.",
    ),
    Code.EMPTY_MESSAGE: both(
        "The message is empty, so it was not sent. Write something or attach material.",
        "Pesan kosong, jadi tidak dikirim. Tulis sesuatu atau lampirkan bukti.",
        "The message has neither text nor material. Give at least one.",
    ),
}
"""Code to its sentences."""
