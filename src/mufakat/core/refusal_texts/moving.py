"""Refusals of an import: a case that was under way in another system and cannot be taken over as it was told."""

from mufakat.core.refusal_texts.texts import Texts, both
from mufakat.core.refusals import Code

TEXTS: dict[Code, Texts] = {
    Code.HISTORY_NOT_SOUND: both(
        "What the earlier system told about this case cannot be taken over. You need not do anything; the platform "
        "sends it again.",
        "Riwayat kasus dari sistem sebelumnya tidak dapat diambil alih. Anda tidak perlu melakukan apa pun; platform "
        "akan mengirimnya lagi.",
        "The history cannot be taken over[ at step {step}]: {fault}. Nothing was written; mend it and send it again.",
    ),
    Code.NOT_IMPORTABLE: both(
        "A step of this case cannot be brought over from the earlier system. You need not do anything; the platform "
        "sends it again without it.",
        "Satu langkah kasus ini tidak dapat dibawa dari sistem sebelumnya. Anda tidak perlu melakukan apa pun; "
        "platform akan mengirimnya lagi tanpa langkah itu.",
        "Step {step}, {command}, cannot be imported: {fault}. Nothing was written; leave it out, or finish the case "
        "where it is.",
    ),
    Code.MONEY_MOVED: both(
        "In the earlier system this case has come so far that money moves, so it is finished there. Ask there when it "
        "will be paid.",
        "Di sistem sebelumnya kasus ini sudah sampai pada pembayaran, jadi diselesaikan di sana. Tanyakan di sana "
        "kapan akan dibayar.",
        "By step {step} money is ordered or paid, and the platform would pay it a second time. Nothing was written; "
        "finish the case where it is, and record what was paid as an outside refund of the order.",
    ),
    Code.ALREADY_IMPORTED: both(
        "This case was brought over before with other contents, so it was not done again. Look at the case as it now "
        "stands.",
        "Kasus ini pernah dibawa dengan isi lain, jadi tidak dilakukan lagi. Lihat kasusnya seperti sekarang.",
        "{external_id} was imported before with other contents. Nothing was changed; what happened since is given as "
        "commands of the case.",
    ),
    Code.BEFORE_RULEBOOK: both(
        "This case began before the platform had rules for this market, so it is finished where it began. Ask there.",
        "Kasus ini dimulai sebelum platform memiliki aturan untuk pasar ini, jadi diselesaikan di tempat asalnya. "
        "Tanyakan di sana.",
        "The request was opened on {opened}, before the market's rulebook begins. Nothing was written; finish the case "
        "where it is.",
    ),
}
"""Code to its sentences."""
