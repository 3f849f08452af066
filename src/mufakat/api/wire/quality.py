"""How judgements fare, as it travels to leads, and past cases like a case. Counts are of lines; instants in UTC."""

from datetime import datetime
from enum import StrEnum

import msgspec

from mufakat.core.claim import Decision, Reason, RemedyKind, RequestType
from mufakat.core.judged import By, Step
from mufakat.core.phases import Outcome


class ReversalOut(msgspec.Struct, kw_only=True):
    """How the judgements of one group fared until now, counted in lines.

    `group`: the rule, the agent's id, the category or the reason; empty for all, for no category, and for judgements
    that no person made. Of the `judged`, something was decided later about those that were `looked` at again: `upheld`
    kept decision and remedy, `changed` the decision only, `reversed` not even that; `rate` is changed and reversed over
    judged. What was not upheld fell `by_appeal`, when it was judged `anew` after it was `sent_back`, `by_dispute` (the
    second one) or `by_court`.
    """

    group: str
    judged: int
    looked: int
    upheld: int
    changed: int
    reversed: int
    rate: float
    by_appeal: int
    anew: int
    by_dispute: int
    by_court: int
    sent_back: int


class ReversalsOut(msgspec.Struct, kw_only=True):
    """How what was judged from `since` to just before `until` fared until now."""

    since: datetime
    until: datetime
    by: By
    groups: list[ReversalOut]


class TimeOut(msgspec.Struct, kw_only=True):
    """How long the judgements of one kind took, counted in lines.

    `automatic`: no person made them. `timed`: of how many it is known when the dispute or appeal was raised; of those
    `median_seconds`, and `p90_seconds`, which nine of ten did not exceed; None where there is none.
    """

    step: Step
    judged: int
    automatic: int
    timed: int
    median_seconds: int | None
    p90_seconds: int | None


class TimesOut(msgspec.Struct, kw_only=True):
    """How long it took to judge what was judged from `since` to just before `until`, from raising to judgement."""

    since: datetime
    until: datetime
    kinds: list[TimeOut]


class Unknown(StrEnum):
    """Why there is no kappa: nothing was rated twice, or both used one and the same value only."""

    NOTHING_RATED = "NOTHING_RATED"
    ONE_VALUE_ONLY = "ONE_VALUE_ONLY"


class RatingOut(msgspec.Struct, kw_only=True):
    """How far two ratings of the same agree. `of`: the reason, the two people or the value; empty for all.

    `n` things were rated twice, `agreed` of them alike. `kappa` (Cohen): 1 for full agreement, 0 for as much as chance
    brings; `low` and `high` bound it with 95 % confidence. All three are None where it is `unknown`, which says why.
    """

    of: list[str]
    n: int
    agreed: int
    kappa: float | None
    low: float | None
    high: float | None
    unknown: Unknown | None


class AgreementOut(msgspec.Struct, kw_only=True):
    """How far people agree about first judgements from `since` to just before `until` that were `drawn` as samples.

    `decisions`: line by line, of those `judged_twice`; `findings`: the values of items that one of both answered.
    """

    since: datetime
    until: datetime
    drawn: int
    judged_twice: int
    decisions: RatingOut
    by_reason: list[RatingOut]
    by_pair: list[RatingOut]
    findings: RatingOut
    by_value: list[RatingOut]


class SimilarJudgedOut(msgspec.Struct, kw_only=True):
    """The last judgement of one line of a past case, and the rule by which it was made."""

    decision: Decision
    rule: str


class SimilarPartOut(msgspec.Struct, kw_only=True):
    """How one part of a past case ended. `paid`: what the customer had of it, in minor units."""

    outcome: Outcome | None
    judged: list[SimilarJudgedOut]
    disputes: int
    remedy: RemedyKind | None
    paid: int


class SimilarCaseOut(msgspec.Struct, kw_only=True):
    """A closed case that is like another: nobody's words, and nobody's name.

    `case_id`: for leads, who may open it; None for agents. `same_kind`: reason and category of a line are the same;
    `same_reason`: the reason is. `alike`: how near the texts are, from 0; the larger the nearer, and of no unit.
    `took_seconds`: from its request to its end.
    """

    case_id: str | None
    type: RequestType
    reasons: list[Reason]
    categories: list[str]
    same_kind: bool
    same_reason: bool
    alike: float
    opened_at: datetime
    took_seconds: int
    currency: str
    parts: list[SimilarPartOut]


class SimilarOut(msgspec.Struct, kw_only=True):
    """Closed cases that are like a case, the likest first. `by_trigrams`: texts are compared by trigrams, too."""

    case_id: str
    by_trigrams: bool
    cases: list[SimilarCaseOut]
