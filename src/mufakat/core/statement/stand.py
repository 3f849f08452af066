"""A judgement as it stood: what the writer of its statement works with, cut out of the log and put into words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mufakat.core import events as e
from mufakat.core.case import Case, Matter
from mufakat.core.claim import ClaimLine, Exhibit
from mufakat.core.order import OrderState
from mufakat.core.parties import Role
from mufakat.core.policy.history import InForce
from mufakat.core.policy.policy import Policy
from mufakat.core.words import Language, item, local, money, pick, sentence_case, term

MOST_QUOTED = 1000
"""Characters of a party's own text that its statement quotes; an agent's paragraph is given whole."""

CUT = "…"
"""What stands where a quotation was cut."""

OWN_WORDS = (e.RequestOpened, e.RequestRejected, e.AskedAgain, e.DisputeRaised, e.Appealed, e.PersonAsked)
"""Events whose text their actor finds again in its own statement."""


@dataclass(frozen=True, slots=True)
class Stand:
    """One judgement before one party.

    log: the case's events up to the judgement; `before` the case as they leave it, `after` as the whole command left
    it. order: as it was known then. texts: the reader's own texts and what agents wrote for both, by hash, of what is
    not forgotten. cites: values of the rulebook by path, none where the rulebook is another by now.
    """

    log: tuple[e.Recorded, ...]
    judged: e.Recorded
    event: e.Judged
    before: Case
    after: Case
    order: OrderState
    policy: Policy
    role: Role
    language: Language
    texts: Mapping[str, str]
    cites: Mapping[str, InForce]

    @property
    def matter(self) -> Matter:
        """The matter that was judged, whole, before its lines went their ways."""
        return self.before.matter(self.event.matter)

    @property
    def line_ids(self) -> tuple[str, ...]:
        """The lines that were judged."""
        return tuple(each.line_id for each in self.event.lines)

    @property
    def parts(self) -> list[Matter]:
        """The matters in which the judged lines are after it."""
        return [each for each in self.after.matters if set(each.lines) & set(self.line_ids)]

    @property
    def automatic(self) -> bool:
        """Whether no person took part."""
        return self.judged.actor.role in (Role.SYSTEM, Role.CLOCK)

    def claims(self) -> list[ClaimLine]:
        """What was claimed of the judged lines."""
        return [self.before.line(line) for line in self.line_ids]

    def exhibits(self) -> list[tuple[Exhibit, datetime]]:
        """What was handed in about the judged lines, with when, in order."""
        return [
            (each.event.exhibit, each.at)
            for each in self.log
            if isinstance(each.event, e.MaterialGiven) and self.is_about(each.event.exhibit)
        ]

    def is_about(self, exhibit: Exhibit) -> bool:
        """Whether an exhibit is about one of the judged lines, or about all."""
        about = exhibit.material.lines
        return not about or bool(set(about) & set(self.line_ids))

    # --- words

    def say(self, english: str, indonesian: str) -> str:
        """The wording in the reader's language."""
        return pick((english, indonesian), self.language)

    def term(self, code: StrEnum) -> str:
        """A code as people read it."""
        return term(code, self.language)

    def title(self, code: StrEnum) -> str:
        """A code as people read it at the start of a line."""
        return sentence_case(self.term(code))

    def item(self, name: str) -> str:
        """A kind of material as people read it at the start of a line."""
        return sentence_case(item(name, self.language))

    def at(self, moment: datetime) -> str:
        """An absolute time of the market's zone."""
        return local(moment, self.policy.zone, self.language)

    def amount(self, minor: int) -> str:
        """An amount in the case's currency."""
        return money(minor, self.before.currency, self.language)

    def own(self, hash_: str) -> str:
        """One of the reader's own texts, cut where it is long; empty for nothing and for what is not the reader's."""
        said = self.texts.get(hash_, "")
        return said if len(said) <= MOST_QUOTED else said[:MOST_QUOTED] + CUT


def own_hashes(log: tuple[e.Recorded, ...], role: Role) -> set[str]:
    """The hashes of what a party may find quoted in its statement: its own words and material, what agents wrote."""
    found: set[str] = set()
    for each in log:
        event = each.event
        if isinstance(event, e.MaterialGiven) and event.exhibit.giver is role:
            found.add(event.exhibit.material.text)
        elif isinstance(event, OWN_WORDS) and each.actor.role is role:
            found.add(event.text)
        elif isinstance(event, e.Judged):
            found |= {event.paragraph, *(each.text for each in event.overrides)}
    return found - {""}
