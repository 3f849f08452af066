"""Policies from the rulebooks that come with the program."""

from datetime import date

from mufakat.core.policy.policy import Policy
from mufakat.core.policy.rulebook import resolve
from mufakat.rulebooks import load


class Rulebooks:
    """Resolves a market's rulebook for a day. `backdate` lets days before the rulebook's first run by that one."""

    def __init__(self, *, backdate: bool = False) -> None:
        self._backdate = backdate

    def policy_for(self, market: str, day: date) -> Policy:
        """Every value of a market in force on a day.

        Raises BeforeRulebookError for a day before the rulebook's first, and KeyError for an unknown market.
        """
        return resolve(load(market), day, backdate=self._backdate)
