"""Refusals about who and where: the wrong person, the wrong phase, a case or line that is not there."""

from mufakat.core.refusal_texts.texts import Texts, both, two
from mufakat.core.refusals import Code

TEXTS: dict[Code, Texts] = {
    Code.NOT_YOURS: both(
        "This case belongs to somebody else, so you cannot act in it. Check the case number, or sign in as its party.",
        "Kasus ini milik orang lain, jadi Anda tidak dapat bertindak di dalamnya. Periksa nomor kasus, atau masuk "
        "sebagai pihaknya.",
        "The actor is not the party of this case in that role. Check the actor's id and the case.",
    ),
    Code.WRONG_ROLE: both(
        "This step is not yours to take at this stage of the case. See which steps are open to you, or wait for the "
        "other side.",
        "Langkah ini bukan bagian Anda pada tahap ini. Lihat langkah yang tersedia bagi Anda, atau tunggu pihak lain.",
        "The process gives this command to another role than {role} here. The list of available actions names who may.",
    ),
    Code.CONFLICT_OF_INTEREST: both(
        "The acting agent is a party of this case, so the step was not taken. You need not do anything; another agent "
        "takes over.",
        "Petugas yang bertindak adalah pihak dalam kasus ini, jadi langkah itu tidak dilakukan. Anda tidak perlu "
        "melakukan apa pun; petugas lain akan mengambil alih.",
        "This agent is a party of the case, or tied to one, and has no part in it. Leave it to a colleague.",
    ),
    Code.SAME_AGENT: both(
        "The agent who judged first may not decide again, so the step was not taken. You need not do anything; another"
        " agent takes over.",
        "Petugas yang memutus pertama tidak boleh memutus lagi, jadi langkah itu tidak dilakukan. Anda tidak perlu "
        "melakukan apa pun; petugas lain akan mengambil alih.",
        "This agent made the judgement under review, and a second person has to look at it. Leave it to another agent.",
    ),
    Code.NOT_YOUR_WORK: both(
        "The acting agent does not have this case, so the step was not taken. You need not do anything; whoever has it "
        "goes on.",
        "Petugas yang bertindak tidak memegang kasus ini, jadi langkah itu tidak dilakukan. Anda tidak perlu melakukan "
        "apa pun; petugas yang memegangnya akan melanjutkan.",
        "This is not work that you have now. Take the next work from the queue, or have a lead assign this to you.",
    ),
    Code.WRONG_PHASE: both(
        "This is not possible now, because the case stands elsewhere: {phase}. See which steps are open to you.",
        "Ini tidak dapat dilakukan sekarang, karena status kasus: {phase}. Lihat langkah yang tersedia bagi Anda.",
        "The phase does not have this command[, {command}]: {phase}. The list of available actions shows what it has.",
    ),
    Code.LOCKED_WHILE_DECIDING: Texts(
        customer=two(
            "While the platform decides, the seller cannot approve, reject or offer. Propose an agreement if you both "
            "want to settle it.",
            "Selama platform memutuskan, penjual tidak dapat menyetujui, menolak, atau menawarkan. Usulkan kesepakatan"
            " jika kedua pihak ingin menyelesaikannya.",
        ),
        seller=two(
            "While the platform decides, you cannot approve, reject or offer ({phase}). You can hand in material, "
            "write, propose an agreement or grant the claim.",
            "Selama platform memutuskan, Anda tidak dapat menyetujui, menolak, atau menawarkan ({phase}). Anda dapat "
            "menyerahkan bukti, menulis pesan, mengusulkan kesepakatan, atau mengabulkan klaim.",
        ),
        others=(
            "The seller is locked out while the platform decides ({phase}). Material, messages, agreement, conceding "
            "and court stay open."
        ),
    ),
    Code.CASE_CLOSED: both(
        "This case is closed[: {outcome}], so nothing more can be done in it. If your periods still run, open a new "
        "request for the order.",
        "Kasus ini sudah ditutup[: {outcome}], jadi tidak ada lagi yang dapat dilakukan di dalamnya. Jika masa berlaku"
        " masih ada, buka permintaan baru untuk pesanan ini.",
        "The case is closed[: {outcome}] and takes no more commands. What is still open belongs into a new request.",
    ),
    Code.NO_SUCH_CASE: both(
        "There is no case[ {case}] of yours under this number. Check the number; a request opens a case.",
        "Tidak ada kasus Anda dengan nomor ini[: {case}]. Periksa nomornya; kasus dibuka dengan sebuah permintaan.",
        "There is no such case[: {case}], or this actor may not know of it. Check marketplace, order and case.",
    ),
    Code.NO_SUCH_ORDER: both(
        "There is no order[ {order}] of yours under this number. Check the number with the marketplace.",
        "Tidak ada pesanan Anda dengan nomor ini[: {order}]. Periksa nomornya di lokapasar.",
        "There is no such order[: {order}][ because there is no marketplace {marketplace}], or this actor may not know"
        " of it. Put the marketplace and the order in first.",
    ),
    Code.ORDER_NOT_SOUND: both(
        "The order's data do not hold together, so it was not taken in: {fault}. The marketplace has to correct them.",
        "Data pesanan tidak konsisten, jadi pesanan tidak diterima: {fault}. Lokapasar harus memperbaikinya.",
        "The order was not taken in, because {fault}. Correct it and send it again.",
    ),
    Code.FACT_NOT_FITTING: both(
        "What was reported does not fit the order, so nothing was changed: {fault}. The marketplace has to correct it.",
        "Laporan tidak sesuai dengan pesanan, jadi tidak ada yang diubah: {fault}. Lokapasar harus memperbaikinya.",
        "The fact does not fit the order, because {fault}. Correct it and send it again.",
    ),
    Code.NO_SUCH_MATTER: both(
        "This case has no part {matter}. Reload it and choose one of the parts that it shows.",
        "Kasus ini tidak memiliki bagian {matter}. Muat ulang dan pilih salah satu bagian yang ditampilkan.",
        "The case has no matter {matter}. Read it again; matters are numbered from 1.",
    ),
    Code.WHICH_MATTER: both(
        "The case has several parts to which this could apply: {matters}. Say which one you mean.",
        "Ada beberapa bagian kasus yang cocok untuk langkah ini: {matters}. Sebutkan bagian yang Anda maksud.",
        "The command fits several matters: {matters}. Name one in the field `matter`.",
    ),
    Code.NO_SUCH_LINE: both(
        "Line {line} is not part of this. Choose from the lines that are shown.",
        "Baris {line} tidak termasuk di sini. Pilih dari baris yang ditampilkan.",
        "There is no line {line} here. Use a line id of the order that this matter is about.",
    ),
    Code.ALREADY_OPEN: both(
        "This is already open[ for order {order}], so it cannot be opened again. Go on in the existing case.",
        "Ini sudah dibuka[ untuk pesanan {order}], jadi tidak dapat dibuka lagi. Lanjutkan di kasus yang ada.",
        "It is open already[: a case stands on the terms of order {order}]. Go on in the case; later changes of an "
        "order are facts, not a new snapshot.",
    ),
}
"""Code to its sentences."""
