"""Refusals of sandboxes: moving their clock, and judging by wish. Who uses a sandbox is an integrator."""

from mufakat.core.refusal_texts.texts import Texts, both
from mufakat.core.refusals import Code

TEXTS: dict[Code, Texts] = {
    Code.NOT_A_SANDBOX: both(
        "This works in a sandbox only, and {marketplace} is none. You need not do anything.",
        "Ini hanya berfungsi di sandbox, sedangkan {marketplace} bukan sandbox. Anda tidak perlu melakukan apa pun.",
        "The marketplace {marketplace} is no sandbox, so its clock, people and judgements are not played with. "
        "Make one with `mufakat marketplace put NAME --sandbox`.",
    ),
    Code.MOVE_NOT_FITTING: both(
        "The clock cannot be moved there. It only moves forward, by {limit} days at a time at most.",
        "Jam tidak dapat dipindahkan ke sana. Jam hanya dapat maju, paling jauh {limit} hari sekali jalan.",
        "The sandbox's clock shows {now} and moves forward only, by {limit} days a call at most. Choose a later "
        "moment, or several calls.",
    ),
    Code.MOVED_MEANWHILE: both(
        "Somebody else moved the clock of this sandbox at the same time. Look where it stands and try again.",
        "Jam sandbox ini dipindahkan pihak lain pada saat yang sama. Periksa posisinya lalu coba lagi.",
        "Another call moved the clock of {marketplace} at the same time, and this one stopped there; what happened "
        "until then stands. Read the clock and move it on from where it is.",
    ),
    Code.NOT_DERIVABLE: both(
        "The material in this case leads to another judgement than the one that was asked for. You need not do "
        "anything.",
        "Bukti dalam kasus ini menghasilkan putusan lain daripada yang diminta. Anda tidak perlu melakukan apa pun.",
        "Line {line} would be judged by {rule} and not by {wanted}: {why}. Hand in what is missing, or ask for another "
        "judgement.",
    ),
}
"""Code to its sentences."""
