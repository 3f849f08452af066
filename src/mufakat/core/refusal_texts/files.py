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
        "For one order you can upload at most {limit} files with {megabytes} MB in all. Use what you have uploaded, or "
        "choose what matters most.",
        "Untuk satu pesanan Anda dapat mengunggah paling banyak {limit} berkas, seluruhnya {megabytes} MB. Gunakan "
        "berkas yang sudah ada, atau pilih yang terpenting.",
        "A party uploads at most {limit} files and {megabytes} MB for one order. Files that no case names are removed "
        "after a week.",
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
