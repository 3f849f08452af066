"""Refusals of the clock, of limits, and of the engine."""

from mufakat.core.refusal_texts.texts import Texts, both
from mufakat.core.refusals import Code

TEXTS: dict[Code, Texts] = {
    Code.NOT_DUE_YET: both(
        "This is due {due} and not before. Wait until then.",
        "Ini jatuh tempo {due}, bukan sebelumnya. Tunggu sampai saat itu.",
        "The earliest due moment is {due}. The clock comes again by itself.",
    ),
    Code.TIME_WENT_BACK: both(
        "The platform's clock shows {now}, earlier than the last step at {last}. Try again in a moment.",
        "Jam platform menunjukkan {now}, lebih awal dari langkah terakhir pada {last}. Coba lagi sebentar lagi.",
        "The clock shows {now} after an event at {last}. Set the machine's or the marketplace's clock right.",
    ),
    Code.NOTHING_DUE: both(
        "No deadline runs in this case. You need not do anything.",
        "Tidak ada tenggat yang berjalan dalam kasus ini. Anda tidak perlu melakukan apa pun.",
        "No matter of this case has a due moment. There is nothing to lapse.",
    ),
    Code.EXTENSION_NOT_FITTING: both(
        "The deadline cannot be moved like this. The platform moves it by another span; you need not do anything.",
        "Tenggat tidak dapat diperpanjang seperti ini. Platform akan memakai jangka waktu lain; Anda tidak perlu "
        "melakukan apa pun.",
        "An extension is above zero and at most {limit} seconds, for a matter with a due moment. Choose another.",
    ),
    Code.TOO_MANY_EVENTS: both(
        "This case has reached its limit of {limit} entries, so nothing can be added. Open deadlines still run to "
        "their end; write to the platform if you need help.",
        "Kasus ini telah mencapai batas {limit} catatan, jadi tidak ada yang dapat ditambahkan. Tenggat yang ada tetap"
        " berjalan; hubungi platform jika perlu bantuan.",
        "The case has {limit} events, and only clock and system may add more. The open deadlines end it.",
    ),
    Code.TOO_MANY_MATERIALS: both(
        "This case holds at most {limit} pieces of material, and it is full. Hand in only what matters most, in fewer "
        "pieces.",
        "Kasus ini menampung paling banyak {limit} bukti, dan sudah penuh. Serahkan hanya yang terpenting, dalam "
        "jumlah lebih sedikit.",
        "The limit of {limit} exhibits for a case is reached. Nothing more is taken.",
    ),
    Code.TOO_MANY_MESSAGES: both(
        "This case has reached its limit of {limit} messages. Use the steps that are open to you instead.",
        "Kasus ini telah mencapai batas {limit} pesan. Gunakan langkah lain yang tersedia bagi Anda.",
        "The limit of {limit} messages for a case is reached. Other steps stay open.",
    ),
    Code.TOO_MANY_LINES: both(
        "A request holds at most {limit} lines. Split it into several requests.",
        "Satu permintaan memuat paling banyak {limit} baris. Bagi menjadi beberapa permintaan.",
        "A request holds at most {limit} lines. Split it.",
    ),
    Code.TEXT_TOO_LONG: both(
        "The text has {length} characters, and at most {limit} are taken. Shorten it and try again.",
        "Teks berisi {length} karakter, dan paling banyak {limit} yang diterima. Persingkat lalu coba lagi.",
        "The field {field} has {length} characters; the limit is {limit}. Shorten it.",
    ),
    Code.KEY_REUSED: both(
        "This was sent before with other contents, so it was not done again. Reload the case and send it anew.",
        "Ini pernah dikirim dengan isi lain, jadi tidak dilakukan lagi. Muat ulang kasus lalu kirim kembali.",
        "The idempotency key {key} was used with another input. Use a new key for a new command.",
    ),
    Code.VERSION_CHANGED: both(
        "The case has changed since you looked at it[: now {phase}], so your step was not taken. Look at it again and "
        "decide anew.",
        "Kasus telah berubah sejak Anda melihatnya[: sekarang {phase}], jadi langkah Anda tidak dijalankan. Lihat "
        "kembali kasusnya lalu putuskan lagi.",
        "The command expected version {expected} of the case, which is at version {version}[: {phase}]. Nothing was "
        "changed; read the case again and send the command with its version.",
    ),
    Code.TOO_BUSY: both(
        "Others changed this order in the same moment, and your step found no gap in {attempts} attempts. Try again "
        "shortly; nothing was changed.",
        "Pesanan ini diubah pihak lain pada saat yang sama, dan langkah Anda tidak berhasil dalam {attempts} "
        "percobaan. Coba lagi sebentar lagi; tidak ada yang berubah.",
        "Other commands committed first {attempts} times. Nothing was changed; send the same command with the same "
        "key.",
    ),
    Code.STILL_OPEN: both(
        "The case is still open, so its texts are needed. They can be forgotten once it is closed.",
        "Kasus masih terbuka, jadi teksnya masih diperlukan. Teks dapat dihapus setelah kasus ditutup.",
        "The case[ {case}] is open, and only a closed one is forgotten. Wait for its end.",
    ),
    Code.UNDER_HOLD: both(
        "Money[, {held},] is still held for this case, so its texts are needed. They can be forgotten once the hold "
        "has ended.",
        "Masih ada dana[ {held}] yang ditahan untuk kasus ini, jadi teksnya masih diperlukan. Teks dapat dihapus "
        "setelah penahanan berakhir.",
        "The case is under a hold[ of {held}], and its texts are kept for as long. Wait for the hold to end.",
    ),
    Code.MONEY_OPEN: both(
        "Money is still open in this case, so its texts are needed. They can be forgotten once all is paid.",
        "Masih ada uang yang belum selesai dalam kasus ini, jadi teksnya masih diperlukan. Teks dapat dihapus setelah "
        "semuanya dibayar.",
        "Money of this case is on its way or owed[: {why}], and its texts are kept for as long. Wait until it is "
        "settled.",
    ),
}
"""Code to its sentences."""
