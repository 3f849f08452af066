"""Refusals of uploaded files."""

from mufakat.core.refusal_texts.texts import Texts, both
from mufakat.core.refusals import Code

TEXTS: dict[Code, Texts] = {
    Code.FILE_EMPTY: both(
        "The file is empty, so it was not kept. Choose the file again.",
        "Berkas kosong, jadi tidak disimpan. Pilih kembali berkasnya.",
        "The upload has no bytes. Send the file's content as the body.",
    ),
    Code.FILE_TOO_LARGE: both(
        "The file has more than {megabytes} MB, so it was not kept. Make it smaller, or cut a film into parts.",
        "Ukuran berkas melebihi {megabytes} MB, jadi tidak disimpan. Perkecil berkas, atau potong video menjadi "
        "beberapa bagian.",
        "The upload has more than {limit} bytes, the limit for one file. Send a smaller one.",
    ),
    Code.FILE_TYPE_NOT_ALLOWED: both(
        "This kind of file is not taken, whatever its name says. Hand in one of these: {allowed}.",
        "Jenis berkas ini tidak diterima, apa pun nama berkasnya. Serahkan salah satu dari: {allowed}.",
        "The content is of no kind that is taken; names and claimed types do not count. Send one of these: {allowed}.",
    ),
    Code.FILE_NOT_AS_CLAIMED: both(
        "The file did not arrive as it was sent, so it was not kept. Upload it again.",
        "Berkas yang tiba tidak sama dengan yang dikirim, jadi tidak disimpan. Unggah kembali.",
        "The SHA-256 of what arrived is {found}, and {claimed} was announced. Send it again, or correct the digest.",
    ),
    Code.TOO_MANY_FILES: both(
        "There is no room for this file. For one order you can upload at most {limit} files with {megabytes} MB in "
        "all: {files} and {used} MB are used, {files_left} and {left} MB are left. Use what you have uploaded, or "
        "choose what matters most.",
        "Tidak ada lagi tempat untuk berkas ini. Untuk satu pesanan Anda dapat mengunggah paling banyak {limit} "
        "berkas, seluruhnya {megabytes} MB: terpakai {files} berkas dan {used} MB, tersisa {files_left} berkas dan "
        "{left} MB. Gunakan berkas yang sudah ada, atau pilih yang terpenting.",
        "A party uploads at most {limit} files and {megabytes} MB for one order; this one has used {files} and {used} "
        "MB, and {files_left} and {left} MB are left. Files that no case names are removed after a week.",
    ),
    Code.TOO_MANY_UPLOADS: both(
        "{limit} uploads for this order are under way, which is the most at one time. Finish one of them, or give one "
        "up, then begin this one.",
        "{limit} unggahan untuk pesanan ini sedang berjalan, yaitu batasnya pada satu waktu. Selesaikan atau batalkan "
        "salah satunya, lalu mulai yang ini.",
        "A party has at most {limit} uploads under way for one order. Finish one or delete one; each ends by itself "
        "24 hours after its last bytes.",
    ),
    Code.FILE_NOT_THERE: both(
        "A file that you name is not there: it was not uploaded for this order, or it is forgotten. Upload it, then "
        "send this again.",
        "Berkas yang Anda sebut tidak ada: belum diunggah untuk pesanan ini, atau sudah dihapus. Unggah berkasnya, "
        "lalu kirim kembali.",
        "There is no file {digest} of this giver in this order, or it is forgotten. Upload it first, then name it.",
    ),
}
"""Code to its sentences."""
