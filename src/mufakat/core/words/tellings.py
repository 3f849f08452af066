"""A sentence for every event, English first, Indonesian second, under its stored name.

`name/variant` is used where one event can mean two things to a reader; `events.py` beside this says which one it is.
"""

from mufakat.core.words.terms import Said

TELLINGS: dict[str, Said] = {
    # The request and the talk between the two
    "request.opened": ("{by} asked for {type}: {claims}.", "{by} meminta {type}: {claims}."),
    "message.sent": ("{actor} wrote a message.", "{actor} menulis pesan."),
    "material.given": ("{giver} handed in exhibit {number}: {item}.", "{giver} menyerahkan bukti {number}: {item}."),
    "phase.entered": (
        "Now: {phase}[, until {due}; after that {lapse}].",
        "Sekarang: {phase}[, sampai {due}; setelah itu {lapse}].",
    ),
    "matter.reminded": (
        "Whoever is to act was reminded: the time ends {due}.",
        "Pihak yang harus bertindak telah diingatkan: waktunya berakhir {due}.",
    ),
    "matter.split": (
        "Line {lines} goes its own way from here, as part {new} of the case.",
        "Baris {lines} diproses sendiri mulai di sini, sebagai bagian {new} dari kasus.",
    ),
    "matter.closed": ("Closed: {outcome}.", "Ditutup: {outcome}."),
    "request.approved": ("The request was granted by {basis}.", "Permintaan dikabulkan karena {basis}."),
    "request.rejected": (
        "The seller rejected the request with code {code}.",
        "Penjual menolak permintaan dengan kode {code}.",
    ),
    "request.rejected/silence": (
        "The seller did not answer in time, so the request counts as rejected.",
        "Penjual tidak menjawab tepat waktu, jadi permintaan dianggap ditolak.",
    ),
    "offer.made": ("The seller offered {solution} instead.", "Penjual menawarkan {solution} sebagai gantinya."),
    "offer.accepted": ("The customer took the offer.", "Pembeli menerima tawaran."),
    "offer.declined": ("The customer declined the offer.", "Pembeli menolak tawaran."),
    "offer.declined/lapsed": ("Nobody answered the offer in time; it ended.", "Tawaran tidak dijawab dan berakhir."),
    "request.withdrawn": ("The customer took the request back.", "Pembeli menarik permintaan."),
    "request.asked_again": ("The customer asked the seller once more.", "Pembeli meminta sekali lagi kepada penjual."),
    "claim.conceded": ("The seller granted the claim.", "Penjual mengabulkan klaim."),
    "agreement.proposed": (
        "{by} proposed terms: {solution}, open until {until}.",
        "{by} mengusulkan kesepakatan: {solution}, berlaku sampai {until}.",
    ),
    "agreement.rejected": ("{actor} turned the proposed terms down.", "{actor} menolak usulan kesepakatan."),
    "agreement.made": (
        "Both sides confirmed the terms and settle it themselves.",
        "Kedua pihak menyetujui kesepakatan dan menyelesaikannya sendiri.",
    ),
    "due.extended": ("The due moment was moved on by {span}.", "Tenggat diperpanjang {span}."),
    "case.imported": (
        "The case came from {source}, where it was {external_id}; the deadlines from here on are the platform's.",
        "Kasus berasal dari {source}, dengan nomor {external_id}; sejak ini tenggat ditentukan platform.",
    ),
    "order.fact_noted": ("A later fact about the order came in.", "Ada fakta baru tentang pesanan."),
    "order.fact_noted/scan": (
        "The carrier scanned parcel {parcel}: {kind}, {at}.",
        "Kurir memindai paket {parcel}: {kind}, {at}.",
    ),
    "order.fact_noted/outside_refund": (
        "{amount} for line {line} went back to the customer outside of this case, {at}.",
        "{amount} untuk baris {line} dikembalikan kepada pembeli di luar kasus ini, {at}.",
    ),
    "order.fact_noted/chargeback": (
        "The customer's bank took {amount} for line {line} back, {at}.",
        "Bank pembeli menarik kembali {amount} untuk baris {line}, {at}.",
    ),
    "order.fact_noted/chargeback_opened": (
        "The customer's bank asks {amount} back[ for line {line}], chargeback {reference}, {at}.",
        "Bank pembeli meminta kembali {amount}[ untuk baris {line}], chargeback {reference}, {at}.",
    ),
    "order.fact_noted/chargeback_won": (
        "The customer's bank decided chargeback {reference} for the seller, {at}.",
        "Bank pembeli memutus chargeback {reference} untuk penjual, {at}.",
    ),
    "order.fact_noted/chargeback_lost": (
        "The customer's bank gave {amount} back[ for line {line}], chargeback {reference}, {at}.",
        "Bank pembeli mengembalikan {amount}[ untuk baris {line}], chargeback {reference}, {at}.",
    ),
    "order.fact_noted/carrier_answer": (
        "The carrier answered the claim for parcel {parcel}: it pays {paid}, {at}.",
        "Kurir menjawab klaim untuk paket {parcel}: membayar {paid}, {at}.",
    ),
    "order.fact_noted/payment": (
        "The customer's payment of {amount} for the order was captured, {at}[, by {method}].",
        "Pembayaran pembeli sebesar {amount} untuk pesanan diterima, {at}[, dengan {method}].",
    ),
    "order.fact_noted/amendment": (
        "The marketplace changed the promised date to {promised_by}.",
        "Lokapasar mengubah tanggal janji menjadi {promised_by}.",
    ),
    # The dispute
    "dispute.raised": (
        "The customer asked the platform to step in: dispute {number}[; carried over: exhibit {carried}].",
        "Pembeli meminta platform turun tangan: sengketa {number}[; dibawa serta: bukti {carried}].",
    ),
    "dispute.withdrawn": ("The customer took the dispute back.", "Pembeli menarik sengketa."),
    "material.window_opened": (
        "{party} may hand in material until {until}.",
        "{party} dapat menyerahkan bukti sampai {until}.",
    ),
    "material.window_closed": (
        "{party} said that the material is complete.",
        "{party} menyatakan bukti sudah lengkap.",
    ),
    "material.window_closed/lapsed": (
        "The time for material of {party} ended.",
        "Masa penyerahan bukti {party} berakhir.",
    ),
    "material.asked": (
        "The platform asked {parties} for {item}[, until {until}].",
        "Platform meminta {item} dari {parties}[, sampai {until}].",
    ),
    "finding.recorded": (
        "An agent found about line {line}: {item}, from {party}, is {value}[ (the record alone says {derived})].",
        "Petugas menilai baris {line}: {item}, dari {party}, {value}[ (menurut catatan: {derived})].",
    ),
    "finding.recorded/derived": (
        "The record itself answers for line {line}: {item}, from {party}, is {value}.",
        "Catatan sendiri menjawab untuk baris {line}: {item}, dari {party}, {value}.",
    ),
    "line.assessed": (
        "An agent assessed line {line}: {ground}, {severity}; caused by {cause}; deception {deception}.",
        "Petugas menilai baris {line}: {ground}, {severity}; disebabkan {cause}; penipuan {deception}.",
    ),
    "dispute.judged": (
        "Judged: {judged}. The statement of reasons says why.",
        "Diputus: {judged}. Alasannya ada dalam surat alasan putusan.",
    ),
    "dispute.judged/appeal": (
        "Judged anew on appeal: {judged}. The statement of reasons says why.",
        "Diputus kembali dalam banding: {judged}. Alasannya ada dalam surat alasan putusan.",
    ),
    "dispute.judged/automatic": (
        "A machine judged, without a person: {judged}. Whom it goes against can ask for a person.",
        "Diputus mesin, tanpa petugas: {judged}. Pihak yang dirugikan dapat meminta petugas.",
    ),
    "dispute.judged/confirmed": (
        "Judged, and confirmed by a second agent: {judged}. The statement of reasons says why.",
        "Diputus dan disetujui petugas kedua: {judged}. Alasannya ada dalam surat alasan putusan.",
    ),
    "judgement.drafted": (
        "An agent judged; it binds once a second agent confirms it: {judged}.",
        "Petugas telah memutus; putusan berlaku setelah disetujui petugas kedua: {judged}.",
    ),
    "judgement.drafted/appeal": (
        "An agent decided the appeal; it binds once a second agent confirms it: {judged}.",
        "Petugas telah memutus banding; putusan berlaku setelah disetujui petugas kedua: {judged}.",
    ),
    "judgement.draft_returned": (
        "A second agent was needed and the draft of the judgement was given back; it is judged anew.",
        "Rancangan putusan dikembalikan tanpa persetujuan petugas kedua dan akan diputus kembali.",
    ),
    "person.asked": (
        "{party} asked that a person judges, not a machine.",
        "{party} meminta agar petugas yang memutus, bukan mesin.",
    ),
    "person.asked/again": (
        "{party} asked for a person after a machine had judged; an agent of the platform judges anew.",
        "{party} meminta petugas setelah mesin memutus; petugas platform akan memutus kembali.",
    ),
    "judgement.accepted": ("{party} accepted the judgement.", "{party} menerima putusan."),
    "appeal.raised": ("The seller appealed.", "Penjual mengajukan banding."),
    "appeal.raised/late": (
        "The seller appealed after the refund had been paid.",
        "Penjual mengajukan banding setelah dana dibayarkan.",
    ),
    "appeal.decided": (
        "The appeal was decided: the judgement does not stand as it was.",
        "Banding diputus: putusan sebelumnya berubah.",
    ),
    "appeal.decided/upheld": (
        "The appeal was decided: the judgement stands.",
        "Banding diputus: putusan tetap berlaku.",
    ),
    "appeal.sent_back": (
        "The appeal sent the judgement back to be made anew.",
        "Banding mengembalikan putusan untuk dibuat kembali.",
    ),
    "process.declared": (
        "{actor} declared that {forum} has had the matter since {started}; the platform stops.",
        "{actor} menyatakan perkara diajukan ke {forum} sejak {started}; platform berhenti.",
    ),
    "process.order_recorded": (
        "A court or regulator ordered {amount} for the customer.",
        "Pengadilan atau regulator memerintahkan {amount} untuk pembeli.",
    ),
    "decision.escalated": (
        "The decision is overdue and was escalated (level {level}).",
        "Keputusan terlambat dan diteruskan kepada atasan (tingkat {level}).",
    ),
    # Carrying it out
    "execution.suspended": (
        "A court or regulator suspended execution.",
        "Pengadilan atau regulator menangguhkan pelaksanaan.",
    ),
    "execution.resumed": ("Execution goes on.", "Pelaksanaan dilanjutkan."),
    "execution.resumed/lapsed": (
        "The suspension was not renewed in time; execution goes on.",
        "Penangguhan tidak diperpanjang; pelaksanaan dilanjutkan.",
    ),
    "remedy.ordered": (
        "Owed from now: {kind}, worth {amount}[ and {shipping} of shipping fee], by {basis}.",
        "Kewajiban sejak saat ini: {kind}, senilai {amount}[ dan ongkos kirim {shipping}], karena {basis}.",
    ),
    "return.shipped": (
        "The customer sent the goods back with {method}, tracking number {tracking}.",
        "Pembeli mengirim kembali barang dengan {method}, nomor resi {tracking}.",
    ),
    "return.arrived": ("The returned goods reached the seller.", "Barang pengembalian sampai di penjual."),
    "return.arrived/inferred": (
        "The returned goods count as arrived.",
        "Barang pengembalian dianggap telah sampai.",
    ),
    "return.accepted": (
        "The seller took the returned goods as in order.",
        "Penjual menerima barang pengembalian dalam keadaan baik.",
    ),
    "return.accepted/lapsed": (
        "The seller did not inspect in time; the goods count as in order.",
        "Penjual tidak memeriksa tepat waktu; barang dianggap dalam keadaan baik.",
    ),
    "return.rejected": (
        "The seller rejected the returned parcel with code {code}.",
        "Penjual menolak paket pengembalian dengan kode {code}.",
    ),
    "return.reported": (
        "The seller reported {issue} of the returned goods, {value_lost} of their value.",
        "Penjual melaporkan {issue} pada barang pengembalian, senilai {value_lost}.",
    ),
    "return.report_accepted": ("The customer agreed with the report.", "Pembeli menyetujui laporan."),
    "return.report_accepted/lapsed": (
        "The customer did not answer the report in time; it binds.",
        "Pembeli tidak menjawab laporan tepat waktu; laporan mengikat.",
    ),
    "return.report_contested": (
        "The customer contested the report; an agent decides.",
        "Pembeli membantah laporan; petugas akan memutuskan.",
    ),
    "return.risk_decided": (
        "{issue} on the way back: {bearer} bears it[ by {rule}]; the refund is lowered by {lowered}.",
        "{issue} saat pengembalian: ditanggung {bearer}[ menurut {rule}]; dana dikurangi {lowered}.",
    ),
    "return.risk_decided/nothing": (
        "Nothing befell the goods on their way back.",
        "Tidak terjadi apa-apa pada barang saat pengembalian.",
    ),
    "carrier.claim_noted": (
        "{amount} is claimed of the carrier of parcel {tracking}, for {bearer}: {issue}.",
        "{amount} diklaim dari kurir paket {tracking}, untuk {bearer}: {issue}.",
    ),
    "carrier.claim_answered": (
        "The carrier of parcel {tracking} pays {paid} for {bearer}.",
        "Kurir paket {tracking} membayar {paid} untuk {bearer}.",
    ),
    "goods.shipped": (
        "The seller shipped what is owed, tracking number {tracking}.",
        "Penjual mengirim barang yang terutang, nomor resi {tracking}.",
    ),
    "goods.scanned": ("A carrier has the owed goods.", "Kurir telah menerima barang yang terutang."),
    "goods.delivered": ("The owed goods were delivered.", "Barang yang terutang telah sampai."),
    "remedy.proven": (
        "The seller proved that it is done: exhibit {proof}.",
        "Penjual membuktikan pelaksanaan: bukti {proof}.",
    ),
    "remedy.problem_reported": (
        "The customer says that it did not arrive or is wrong; an agent decides.",
        "Pembeli menyatakan barang tidak sampai atau salah; petugas akan memutuskan.",
    ),
    "remedy.assessed": (
        "An agent found that what was owed is done.",
        "Petugas memutuskan bahwa kewajiban telah dipenuhi.",
    ),
    "remedy.assessed/upheld": (
        "An agent found that what was owed is not done.",
        "Petugas memutuskan bahwa kewajiban belum dipenuhi.",
    ),
    "remedy.confirmed": (
        "It is settled that the customer has what was owed.",
        "Dipastikan pembeli telah menerima haknya.",
    ),
    "remedy.confirmed/lapsed": (
        "The customer reported no problem in time; it counts as done.",
        "Pembeli tidak melaporkan masalah tepat waktu; dianggap selesai.",
    ),
    "remedy.turned_into_refund": (
        "The price is paid instead of the goods[, because the time was over: {why}].",
        "Harga dibayarkan sebagai ganti barang[, karena waktunya habis: {why}].",
    ),
    # Money
    "hold.placed": (
        "{amount} is held back from the seller's payouts.",
        "{amount} ditahan dari pencairan penjual.",
    ),
    "hold.released": ("The hold on the seller's payouts ended.", "Penahanan pencairan penjual berakhir."),
    "refund.ordered": (
        "The seller owes the customer {total} in all[; it goes to {destination}].",
        "Penjual berutang {total} seluruhnya kepada pembeli[; dikirim ke {destination}].",
    ),
    "refund.ordered/at_once": (
        "The customer is owed {total} in all, and the payment provider pays it now[; it goes to {destination}].",
        (
            "Pembeli berhak atas {total} seluruhnya, dan penyedia pembayaran membayarnya sekarang[; dikirim ke "
            "{destination}]."
        ),
    ),
    "deduction.ordered": (
        "The payment provider deducts {outstanding} from payments due to the seller.",
        "Penyedia pembayaran memotong {outstanding} dari pencairan penjual.",
    ),
    "deduction.ordered/balance": (
        "The payment provider deducts {outstanding} from payments due to the seller and from the seller's balance.",
        "Penyedia pembayaran memotong {outstanding} dari pencairan dan dari saldo penjual.",
    ),
    "advance.ordered": (
        "The platform pays the customer {amount} at once, in the seller's place, and collects it from the seller.",
        "Platform membayar {amount} kepada pembeli sekarang, menalangi penjual, dan menagihnya dari penjual.",
    ),
    "advance.recovered": (
        "{amount} of what the platform had advanced was collected from the seller.",
        "{amount} dari dana talangan platform telah ditagih dari penjual.",
    ),
    "own_payment.claimed": (
        "The seller says that it paid the customer {amount} by itself: exhibit {proof}.",
        "Penjual menyatakan telah membayar sendiri {amount} kepada pembeli: bukti {proof}.",
    ),
    "own_payment.confirmed": (
        "The customer has {amount} that the seller paid by itself.",
        "Pembeli telah menerima {amount} yang dibayar sendiri oleh penjual.",
    ),
    "own_payment.denied": (
        "The customer does not have the {amount} that the seller says it paid by itself.",
        "Pembeli tidak menerima {amount} yang menurut penjual telah dibayar sendiri.",
    ),
    "deduction.stopped": (
        "The payment provider is to collect nothing for now.",
        "Penyedia pembayaran tidak boleh menagih untuk sementara.",
    ),
    "refund.paid": ("The customer was paid {amount}.", "Pembeli dibayar {amount}."),
    "refund.paid/advanced": (
        "The customer was paid {amount} by the platform, in the seller's place.",
        "Pembeli dibayar {amount} oleh platform yang menalangi penjual.",
    ),
    "adjustment.booked": ("Between seller and platform: {parts}.", "Antara penjual dan platform: {parts}."),
    "refund.reduced": (
        "{amount} less is owed, because it was paid for elsewhere.",
        "Kewajiban berkurang {amount} karena sudah dibayar di tempat lain.",
    ),
    "debt.left": (
        "{amount} could not be collected in time and stays a debt of the seller, which is collected on.",
        "{amount} belum tertagih pada waktunya dan tetap menjadi utang penjual, yang terus ditagih.",
    ),
    "chargeback.frozen": (
        "Nothing is decided or paid here until the customer's bank has decided about {amount}, chargeback {reference}.",
        "Tidak ada yang diputus atau dibayar di sini sampai bank pembeli memutus {amount}, chargeback {reference}.",
    ),
    "chargeback.settled": (
        "Of chargeback {reference}, {amount} is borne by {bearer}.",
        "Dari chargeback {reference}, {amount} ditanggung {bearer}.",
    ),
    "chargeback.settled/twice": (
        "The customer has {amount} twice by chargeback {reference}, and owes it.",
        "Pembeli menerima {amount} dua kali karena chargeback {reference}, dan harus mengembalikannya.",
    ),
    "chargeback.settled/nothing": (
        "Of chargeback {reference}, nothing is borne by {bearer}.",
        "Dari chargeback {reference}, tidak ada yang ditanggung {bearer}.",
    ),
    "appeal.reversal_booked": (
        "The late appeal was won: {amount} for the seller, borne by {bearer}.",
        "Banding dimenangkan: {amount} untuk penjual, ditanggung {bearer}.",
    ),
}
"""Stored name, or name and variant, to the two templates."""
