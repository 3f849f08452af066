"""The shape of a refusal's sentences: one for each party in both languages, one in English for everybody else."""

from dataclasses import dataclass

from mufakat.core.words.terms import Said


@dataclass(frozen=True, slots=True)
class Texts:
    """Sentences of one code. English first, Indonesian second; `others` are agents and the platform's own systems."""

    customer: Said
    seller: Said
    others: str


def both(english: str, indonesian: str, others: str) -> Texts:
    """The same sentence for both parties: what it says does not depend on the side."""
    return Texts((english, indonesian), (english, indonesian), others)


def two(english: str, indonesian: str) -> Said:
    """A sentence in both languages."""
    return english, indonesian
