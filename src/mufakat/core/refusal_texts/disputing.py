"""Refusals about disputes: raising them, material, findings, appeals, courts."""

from mufakat.core.refusal_texts.texts import Texts, both, two
from mufakat.core.refusals import Code

TEXTS: dict[Code, Texts] = {
    Code.TWO_DISPUTES: Texts(
        customer=two(
            "Line {line} has been disputed {limit} times, which is the most, so no further dispute is possible. The "
            "last judgement stands.",
            "Baris {line} sudah disengketakan {limit} kali, yaitu batasnya, jadi sengketa tidak dapat diajukan lagi. "
            "Putusan terakhir berlaku.",
        ),
        seller=two(
            "Line {line} has been disputed {limit} times, so no further dispute comes. You need not do anything.",
            "Baris {line} sudah disengketakan {limit} kali, jadi tidak ada sengketa lagi. Anda tidak perlu melakukan "
            "apa pun.",
        ),
        others=(
            "The units of line {line} were disputed {limit} times, in whatever case; that is the limit (S12). The last"
            " judgement stands."
        ),
    ),
    Code.OUTSIDE_ACCEPTANCE: Texts(
        customer=two(
            "Line {line} cannot be disputed any more: its acceptance period is over[ since {ended}]. You can still "
            "write to the seller.",
            "Baris {line} tidak dapat disengketakan lagi: masa penerimaannya sudah lewat[ sejak {ended}]. Anda masih "
            "dapat menulis kepada penjual.",
        ),
        seller=two(
            "The customer's acceptance period for line {line} is over[ since {ended}], so no dispute is opened. You "
            "need not do anything.",
            "Masa penerimaan pembeli untuk baris {line} sudah lewat[ sejak {ended}], jadi sengketa tidak dibuka. Anda "
            "tidak perlu melakukan apa pun.",
        ),
        others=(
            "Line {line} is outside its acceptance period[, which ended {ended}] (S26). An outage of ours is mended by"
            " extending the due moment, not here."
        ),
    ),
    Code.NOT_DISPUTABLE: both(
        "In this market a rejected request of this kind cannot be disputed: {type}. Disputes are about delivered or "
        "lost orders; ask again once it is one.",
        "Di pasar ini permintaan jenis ini yang ditolak tidak dapat disengketakan: {type}. Sengketa hanya untuk "
        "pesanan yang diterima atau hilang; ajukan lagi setelah itu.",
        "The rulebook does not open disputes about this type: {type}. It is a switch of the market.",
    ),
    Code.SETTLED_BY_AGREEMENT: both(
        "You both agreed on terms here, so it cannot be disputed again. If the terms are not kept, the open amount "
        "stays a debt; write to the platform.",
        "Kedua pihak telah menyepakati penyelesaian di sini, jadi tidak dapat disengketakan lagi. Jika tidak ditepati,"
        " jumlah yang terutang tetap menjadi utang; hubungi platform.",
        "An agreement ended this matter, and it is not raised again (S9, S13). Money that was promised stays a debt.",
    ),
    Code.WINDOW_OVER: both(
        "Your time to hand in material is over, or you said that it is complete. You can hand in more only if the "
        "platform asks.",
        "Waktu Anda untuk menyerahkan bukti sudah habis, atau Anda telah menyatakan lengkap. Anda hanya dapat menambah"
        " jika diminta platform.",
        "The party's window for material is closed. Ask for named material to open it again.",
    ),
    Code.ALREADY_COMPLETE: both(
        "Your material is complete already, or no time for it runs now. You need not do anything.",
        "Bukti Anda sudah lengkap, atau tidak ada masa penyerahan yang berjalan. Anda tidak perlu melakukan apa pun.",
        "This party has no open window for material. There is nothing to complete.",
    ),
    Code.TOO_MANY_REQUESTS_FOR_MATERIAL: both(
        "The platform has asked for material {limit} times and decides on what is there now. You need not do anything.",
        "Platform sudah meminta bukti {limit} kali dan kini memutus berdasarkan yang ada. Anda tidak perlu melakukan "
        "apa pun.",
        "A dispute allows {limit} requests for more material. Judge on what is there.",
    ),
    Code.NOT_EXPECTED: both(
        "The material {item} is not expected here. Choose from the list of expected material.",
        "Bukti {item} tidak diharapkan di sini. Pilih dari daftar bukti yang diharapkan.",
        "The item {item} is not expected of that party for this reason, or no party was named. Use the rulebook's "
        "list.",
    ),
    Code.ANSWERED_TWICE: both(
        "The platform answered twice about the same thing, so nothing was recorded. You need not do anything.",
        "Platform menilai hal yang sama dua kali, jadi tidak ada yang dicatat. Anda tidak perlu melakukan apa pun.",
        "Line {line} stands twice in what you sent[, with the item {item}], so nothing was recorded. Say each thing "
        "once.",
    ),
    Code.NO_SUCH_EXHIBIT: both(
        "There is no such exhibit[ ({exhibit})] of that side in this case. Choose one that is shown.",
        "Tidak ada bukti[ {exhibit}] seperti itu dari pihak tersebut dalam kasus ini. Pilih yang ditampilkan.",
        "[Exhibit {exhibit} is not that party's on this record. ]What is found VALID has to rest on an exhibit of that "
        "party. Name its number.",
    ),
    Code.OVERRIDE_NEEDS_REASON: both(
        "The finding differs from what the record says and needs a reason. The platform has to give one; you need not "
        "do anything.",
        "Penilaian ini berbeda dari catatan dan memerlukan alasan. Platform yang harus memberikannya; Anda tidak perlu"
        " melakukan apa pun.",
        "The record alone says {derived}, and you say otherwise. Write down why; both stay visible.",
    ),
    Code.FINDINGS_MISSING: both(
        "The platform has not looked at everything yet, so it cannot judge. Wait for the decision.",
        "Platform belum memeriksa semuanya, jadi belum dapat memutus. Tunggu keputusannya.",
        "These have no finding yet: {items}. Record one for each, then judge.",
    ),
    Code.ASSESSMENT_MISSING: both(
        "The platform has not assessed line {line} yet, so it cannot judge. Wait for the decision.",
        "Platform belum menilai baris {line}, jadi belum dapat memutus. Tunggu keputusannya.",
        "Line {line} would be for the customer and has no assessment (ground, severity, cause). Assess it, then judge.",
    ),
    Code.MATERIAL_EMPTY: both(
        "A piece of material has no name or no content, so it was not taken. Name what it is and attach it.",
        "Ada bukti tanpa nama atau tanpa isi, jadi tidak diterima. Sebutkan jenisnya dan lampirkan isinya.",
        "Material needs an `item` and a `digest`, a `text` or what it `refers_to`. Give them.",
    ),
    Code.REFERENCE_NOT_FITTING: both(
        "A piece of material has no tracking number that can be read, or has one where none belongs, so it was not "
        "taken. Write the carrier's number without spaces.",
        "Ada bukti tanpa nomor resi yang dapat dibaca, atau dengan nomor yang tidak pada tempatnya, jadi tidak "
        "diterima. Tulis nomor dari kurir tanpa spasi.",
        "Material of kind {kind}: it `refers_to` the tracking number (letters, digits and . _ / -, at most 100) of "
        "TRACKING, or to an entry such as R3 of RECORD; other kinds to nothing. Mend it.",
    ),
    Code.NOT_IN_THE_RECORD: both(
        "The platform's record has no entry[ {reference}], so it was not taken. Look at what the platform knows and "
        "name an entry of it.",
        "Catatan platform tidak memiliki entri[ {reference}], jadi tidak diterima. Lihat apa yang diketahui platform "
        "dan sebutkan salah satu entrinya.",
        "The case's record has no entry[ {reference}]. Read the record and name one of its entries, such as R3.",
    ),
    Code.TIME_NOT_FITTING: both(
        "The platform asked for more in a time that the rules do not allow, so nothing was asked. You need not do "
        "anything.",
        "Platform meminta bukti dalam waktu yang tidak diizinkan aturan, jadi permintaan itu tidak berlaku. Anda tidak "
        "perlu melakukan apa pun.",
        "Material is asked for in at least {least} hours and until {until} at the latest (S5). Give `hours` between "
        "the two, or none for the whole time.",
    ),
    Code.APPEAL_USED: Texts(
        customer=two(
            "The seller's one appeal in this dispute is used. You need not do anything.",
            "Satu-satunya banding penjual dalam sengketa ini sudah digunakan. Anda tidak perlu melakukan apa pun.",
        ),
        seller=two(
            "You have used your one appeal in this dispute, or waived it by accepting. The judgement stands; carry it "
            "out in time.",
            "Satu-satunya banding Anda dalam sengketa ini sudah digunakan, atau gugur karena Anda menerima putusan. "
            "Putusan berlaku; laksanakan tepat waktu.",
        ),
        others="The seller has one appeal for each dispute, and it is used or waived. The judgement stands.",
    ),
    Code.SENT_BACK_ONCE: both(
        "The judgement was sent back once already, so the appeal has to be decided now. Wait for the decision.",
        "Putusan sudah pernah dikembalikan satu kali, jadi banding harus diputus sekarang. Tunggu keputusannya.",
        "A judgement is sent back once for each dispute at most. Decide the appeal.",
    ),
    Code.LATE_APPEAL_NOT_SENT_BACK: both(
        "This appeal came after the refund was paid and has to be decided now. Wait for the decision.",
        "Banding ini diajukan setelah dana dibayarkan dan harus diputus sekarang. Tunggu keputusannya.",
        "An appeal after payment can only claw back, so it is not sent back. Decide it.",
    ),
    Code.ONLY_A_COURT_SUSPENDS: both(
        "The judgement is enforceable, so only the order of a court or regulator can suspend it now. Send the platform"
        " that order.",
        "Putusan sudah dapat dilaksanakan, jadi hanya perintah pengadilan atau regulator yang dapat menangguhkannya. "
        "Kirimkan perintah itu kepada platform.",
        "A declaration stops only what is not enforceable yet (S14). Enter the order with SuspendExecution.",
    ),
    Code.STARTED_IN_THE_FUTURE: both(
        "The process is said to start {started}, which is still to come. Declare it once it has started.",
        "Proses disebut mulai {started}, yang belum tiba. Nyatakan setelah proses dimulai.",
        "The start {started} lies in the future of the market's calendar. Enter the day on which it was started.",
    ),
    Code.REASON_NEEDED: both(
        "This step needs a reason or a reference in words. Write it down and try again.",
        "Langkah ini memerlukan alasan atau rujukan tertulis. Tuliskan lalu coba lagi.",
        "Text or reference is missing. Write down why, or the order's file number.",
    ),
}
"""Code to its sentences."""
