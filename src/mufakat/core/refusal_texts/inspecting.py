"""Refusals of what is found when an uploaded file is looked into."""

from mufakat.core.refusal_texts.texts import Texts, both
from mufakat.core.refusals import Code

TEXTS: dict[Code, Texts] = {
    Code.FILE_DAMAGED: both(
        "The file is damaged or was cut off, so nobody could see it whole. Open it on your device to check it, then "
        "upload it again.",
        "Berkas rusak atau terpotong, jadi tidak dapat dilihat secara utuh. Buka berkas di perangkat Anda untuk "
        "memeriksanya, lalu unggah kembali.",
        "The content does not decode to its end: it is damaged or cut off. Ask for it again.",
    ),
    Code.FILE_ENCRYPTED: both(
        "The document is locked with a password, so nobody could read it. Save it without a password and upload it "
        "again.",
        "Dokumen terkunci dengan kata sandi, jadi tidak dapat dibaca. Simpan tanpa kata sandi, lalu unggah kembali.",
        "The document opens with a password only. Ask for it without one.",
    ),
    Code.FILE_NOT_AS_NAMED: both(
        "The file was sent as {claimed}, and inside it is {found}. Give it its right name, or choose the right file.",
        "Berkas dikirim sebagai {claimed}, tetapi isinya {found}. Beri nama yang benar, atau pilih berkas yang benar.",
        "The type that was sent, {claimed}, is of another kind than the content, {found}. Send the right one, or none.",
    ),
    Code.FILE_NOT_ONE_THING: both(
        "The file is not one still picture, film, sound or document: it moves, or something else is attached to it. "
        "Hand in each thing as a file of its own, and what moves as a film.",
        "Berkas ini bukan satu foto, video, rekaman suara, atau dokumen saja: gambarnya bergerak, atau ada hal lain "
        "yang disisipkan. Serahkan setiap hal sebagai berkas tersendiri, dan gambar bergerak sebagai video.",
        "The content is several things in one: an animation, or another format inside or behind it. Ask for each as a "
        "file of its own.",
    ),
    Code.FILE_NOT_PLAYABLE: both(
        "The film or sound is in a form that not everybody can play. Save it as MP4 with H.264 and AAC (on a phone: "
        '"most compatible") and upload it again.',
        "Video atau rekaman suara ini tidak dapat diputar oleh semua orang. Simpan sebagai MP4 dengan H.264 dan AAC "
        '(di ponsel: "paling kompatibel"), lalu unggah kembali.',
        "Browsers do not play what is inside. Send H.264, HEVC, VP8 or VP9 with AAC, MP3 or Opus; sound also as WAV "
        "or Ogg.",
    ),
    Code.FILE_NOT_UNDERSTOOD: both(
        "The file could not be read within what one file may cost, so it was not kept. Save it anew or make it "
        "smaller, then upload it again.",
        "Berkas tidak dapat dibaca dalam batas yang berlaku untuk satu berkas, jadi tidak disimpan. Simpan ulang atau "
        "perkecil berkas, lalu unggah kembali.",
        "Reading the content went over the time or memory of one file, or broke off. Ask for it in a simpler form.",
    ),
    Code.FILE_TOO_LONG: both(
        "The film or sound is longer than {minutes} minutes. Cut it to what matters, or hand it in as parts.",
        "Video atau rekaman suara lebih panjang dari {minutes} menit. Potong sesuai yang penting, atau serahkan dalam "
        "beberapa bagian.",
        "Longer than {minutes} minutes, the limit for one file. Send parts.",
    ),
    Code.FILE_TOO_MANY_PAGES: both(
        "The document has more than {limit} pages. Hand in the pages that matter, or several documents.",
        "Dokumen memiliki lebih dari {limit} halaman. Serahkan halaman yang penting, atau beberapa dokumen.",
        "More than {limit} pages, the limit for one document. Send parts.",
    ),
    Code.FILE_TOO_MANY_PIXELS: both(
        "The picture or film has more than {limit} million pixels. Make it smaller and upload it again.",
        "Gambar atau video memiliki lebih dari {limit} juta piksel. Perkecil, lalu unggah kembali.",
        "More than {limit} million pixels, or one side far too long. Send it smaller.",
    ),
}
"""Code to its sentences."""
