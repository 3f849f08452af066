"""What a command would do, in money and deadlines: the same deciding as `step`, told before anything is written.

`as_of` is the case as the clock leaves it at a moment; `preview` holds the case after a command against it.
"""

from datetime import datetime

from mufakat.core.case import Case
from mufakat.core.decide.draft import Draft
from mufakat.core.decide.lapse import settle_due
from mufakat.core.order import OrderState
from mufakat.core.parties import CLOCK
from mufakat.core.policy.policy import Policy


def as_of(case: Case, order: OrderState, policy: Policy, now: datetime) -> Case:
    """The case with every lapse settled that is due at `now` (UTC), recorded or not (reading 13)."""
    d = Draft(case, order, policy, CLOCK, now)
    settle_due(d)
    return d.case
