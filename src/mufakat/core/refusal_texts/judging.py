"""Refusals about the second person, overrides and the machine that judges (decision 0028)."""

from mufakat.core.refusal_texts.texts import Texts, both
from mufakat.core.refusals import Code

TEXTS: dict[Code, Texts] = {
    Code.DRAFT_STANDS: both(
        "A judgement is drafted and waits for a second agent, so nothing else is done about it now. Wait for the "
        "decision.",
        "Rancangan putusan sedang menunggu petugas kedua, jadi sekarang tidak ada langkah lain. Tunggu keputusannya.",
        "A drafted judgement waits for a second person. Confirm it, or return it with a reason before you go on.",
    ),
    Code.NO_DRAFT: both(
        "No drafted judgement waits for a second agent here. You need not do anything.",
        "Tidak ada rancangan putusan yang menunggu petugas kedua di sini. Anda tidak perlu melakukan apa pun.",
        "No drafted judgement waits here: it was returned, it binds already, or the matter moved on. Look at the case "
        "as it stands.",
    ),
    Code.OWN_DRAFT: both(
        "Another agent than the one who judged has to confirm it. You need not do anything.",
        "Putusan harus disetujui petugas lain. Anda tidak perlu melakukan apa pun.",
        "You drafted this judgement, and a second person has to confirm it. Leave it to another agent.",
    ),
    Code.DRAFT_OUTDATED: both(
        "The drafted judgement no longer fits what is known, so an agent judges anew. Wait for the decision.",
        "Rancangan putusan tidak lagi sesuai dengan yang diketahui, jadi petugas akan memutus kembali. Tunggu "
        "keputusannya.",
        "It would not be judged so any more, since something came in after the draft: {why}. Return it and judge anew.",
    ),
    Code.OVERRIDE_NOT_FITTING: both(
        "The agent's decision about line {line} is not possible as given. You need not do anything.",
        "Keputusan petugas tentang baris {line} tidak dapat dibuat seperti itu. Anda tidak perlu melakukan apa pun.",
        "The override of line {line} does not fit. For the customer it needs a remedy that can be carried out and an "
        "amount, for the seller neither, and it must differ from what is derived.",
    ),
    Code.NOT_AUTOMATIC: both(
        "No machine judges this; an agent does. Wait for the decision.",
        "Ini tidak diputus oleh mesin, melainkan oleh petugas. Tunggu keputusannya.",
        "No machine may judge this: {why}. It waits for an agent.",
    ),
    Code.PERSON_ALREADY: both(
        "A person judges this already, or judged it. You need not ask for one.",
        "Perkara ini memang diputus atau sudah diputus oleh petugas. Anda tidak perlu memintanya.",
        "A person judges here already, or judged, so there is nothing to ask for.",
    ),
    Code.GROUNDS_NEEDED: both(
        "Say what was judged wrongly, or hand in new material. Without either there is nothing to judge anew.",
        "Sebutkan apa yang keliru dalam putusan, atau serahkan bukti baru. Tanpa itu tidak ada yang dapat diputus "
        "kembali.",
        "An appeal and a further dispute name an error in their text, or bring new material. This one does neither.",
    ),
}
"""Each code to its sentences."""
