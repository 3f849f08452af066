"""How judgements fare, as it travels to leads: reversals and times. Counts are of lines; instants in UTC."""

from datetime import datetime

import msgspec

from mufakat.core.judged import By, Step


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
