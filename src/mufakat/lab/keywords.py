"""What a complaint is about: a listed table of keywords in Portuguese, Indonesian and English, else the seed.

The first row of the table that has a word in the text (lower case, without accents) names the reason. This is a
stand-in for the choice that a customer makes in a form, and for nothing else.
"""

import re
import unicodedata
from dataclasses import dataclass
from random import Random
from typing import Final

from mufakat.core.claim import ClaimLine, Reason, RequestType
from mufakat.core.order import Order
from mufakat.lab.customers import ANY_KIND, KINDS
from mufakat.lab.people import rolls

KEYWORDS: Final[tuple[tuple[Reason, tuple[str, ...]], ...]] = (
    (Reason.COUNTERFEIT, ("falsific", "falso", "falsa", "replica", "pirata", "palsu", "kw ", "counterfeit", "fake")),
    (
        Reason.MISSING_ITEMS,
        (
            *("faltou", "faltando", "falta ", "incomplet", "so chegou", "so chegaram", "veio apenas", "veio so"),
            *(
                "recebi apenas",
                "recebi so",
                "recebi somente",
                "uma parte",
                "kurang",
                "tidak lengkap",
                "missing",
                "only one",
            ),
        ),
    ),
    (
        Reason.ITEM_NOT_RECEIVED,
        (
            *("nao recebi", "nao chegou", "nao foi entregue", "nunca recebi", "nao entreg", "ainda nao receb", "cade"),
            *("n recebi", "n foi entregue", "nao me entreg", "aguard", "esperando", "nada", "extravia", "nao veio"),
            *("belum sampai", "belum terima", "tidak sampai", "hilang", "never arrived", "not received", "lost"),
        ),
    ),
    (
        Reason.WRONG_ITEM,
        (
            *("errad", "trocad", "outro produto", "outra cor", "veio outro", "produto diferente", "modelo diferente"),
            *("incorret", "nao e o modelo", "ao inves", "outra boneca", "na cor"),
            *("salah", "beda barang", "wrong", "another item"),
        ),
    ),
    (
        Reason.DAMAGED,
        (
            *("quebrad", "danific", "amassad", "rasgad", "avari", "trincad", "manchad", "rachad", "violad"),
            *("pecah", "penyok", "sobek", "basah", "broken", "damaged", "cracked", "torn"),
        ),
    ),
    (
        Reason.DEFECTIVE,
        (
            *("defeit", "nao funciona", "parou", "nao liga", "estragad", "nao carrega", "vazando", "com problema"),
            *("cacat", "tidak berfungsi", "mati", "rusak", "does not work", "defective", "stopped"),
        ),
    ),
    (Reason.ARRIVED_LATE, ("atras", "demor", "prazo", "terlambat", "telat", "lama sekali", "late", "too long")),
    (
        Reason.NOT_AS_DESCRIBED,
        (
            *("diferente", "nao e o que", "nao corresponde", "nao e igual", "foto", "descri", "anuncio", "tamanho"),
            *("nao e original", "propaganda", "nao serve", "nao serviu", "fragil", "fino", "mal feito", "nao gostei"),
            *("qualidade", "material", "inferior", "pequen", "tidak sesuai", "beda", "not as", "smaller", "quality"),
        ),
    ),
)
"""Reason to keywords; the first row with a word in the text counts."""

WANTED: Final[tuple[tuple[RequestType, tuple[str, ...]], ...]] = (
    (RequestType.RETURN_AND_REFUND, ("devolv", "devolu", "kembalikan barang", "send it back", "return")),
    (RequestType.EXCHANGE, ("trocar", "a troca", "tukar", "exchange")),
    (RequestType.REFUND, ("dinheiro", "reembols", "estorno", "uang kembali", "refund", "money back")),
)
"""What is asked for in so many words; it counts where the type fits the reason."""

UNSAID: Final = (Reason.NOT_AS_DESCRIBED, Reason.NOT_AS_DESCRIBED, Reason.DEFECTIVE, Reason.OTHER)
"""What a complaint without a keyword is about, drawn by the seed."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What was made of a complaint. `keyword` is empty where the seed drew the reason."""

    reason: Reason
    type: RequestType
    keyword: str


def plain(text: str) -> str:
    """Lower case, without accents, single spaces."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
    return re.sub(r"\s+", " ", bare)


def understand(text: str, chance: Random) -> Understood:
    """The reason by the table or the seed, and the type by reason, words and seed."""
    said = plain(text)
    reason, keyword = next(
        ((reason, word) for reason, words in KEYWORDS for word in words if word in said), (chance.choice(UNSAID), "")
    )
    fitting = KINDS.get(reason, ANY_KIND)
    drawn = chance.choice(fitting)
    wanted = next((kind for kind, words in WANTED if kind in fitting and any(word in said for word in words)), drawn)
    return Understood(reason, wanted, keyword)


def claims(order: Order, understood: Understood, chance: Random) -> tuple[ClaimLine, ...]:
    """The lines and units of a complaint, by the seed: mostly everything, else one line or some of its units."""
    lines = list(order.lines)
    about_delivery = understood.reason in (Reason.ITEM_NOT_RECEIVED, Reason.ARRIVED_LATE)
    if len(lines) > 1 and not about_delivery and rolls(chance, 0.6):
        lines = [chance.choice(lines)]
    hidden = understood.reason is Reason.COUNTERFEIT and rolls(chance, 0.5)
    made = []
    for line in lines:
        some = understood.reason is Reason.MISSING_ITEMS and line.quantity > 1
        units = chance.randint(1, line.quantity - 1) if some else line.quantity
        made.append(ClaimLine(line.line_id, understood.reason, quantity=units, hidden=hidden))
    return tuple(made)
