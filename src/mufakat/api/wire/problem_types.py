"""What each code of a problem means, as it travels."""

import msgspec


class SentenceOut(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody is told. `{name}` stands for a fact; what is in `[...]` is left out where its facts are unknown.

    `who`: CUSTOMER, SELLER, or OTHERS (agents and servers). `language`: `en` or `id`.
    """

    who: str
    language: str
    text: str


class ProblemTypeRowOut(msgspec.Struct, frozen=True, kw_only=True):
    """A code of a problem. `type` is the address of its page, as a problem document names it."""

    code: str
    type: str
    title: str
    status: int


class ProblemTypesOut(msgspec.Struct, frozen=True, kw_only=True):
    """Every code with which this API refuses."""

    problems: list[ProblemTypeRowOut]


class ProblemTypeOut(msgspec.Struct, frozen=True, kw_only=True):
    """A code of a problem: the status with which it travels, and what each reader is told and may do about it."""

    code: str
    type: str
    title: str
    status: int
    sentences: list[SentenceOut]
