"""A case before one reader: what that reader may see, in the reader's language, in the market's time and currency."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from mufakat.core import events as e
from mufakat.core.case import Case, Matter
from mufakat.core.claim import Exhibit
from mufakat.core.order import OrderState
from mufakat.core.parties import PARTIES, Role
from mufakat.core.phases import Phase
from mufakat.core.policy.policy import Policy
from mufakat.core.process import APPEAL, DISPUTE
from mufakat.core.view import visible_exhibits
from mufakat.core.words import Language, local, money, pick, sentence_case, term
from mufakat.core.words.events import tell

FORGOTTEN: Final[dict[Language, str]] = {Language.EN: "[forgotten]", Language.ID: "[dilupakan]"}
"""What stands in place of a text whose case was forgotten."""

INSIDE: Final = (e.FindingRecorded, e.LineAssessed, e.DecisionEscalated)
"""Events that are the platform's own work until it judges: the parties read the judgement instead."""

SELLERS: Final = (e.HoldPlaced, e.HoldReleased)
"""Events about the seller's payouts, which are no business of the customer's."""

NOTES: Final = (e.FindingRecorded, e.LineAssessed, e.SentBack, e.RiskDecided, e.DeliveryAssessed)
"""Events whose text is an agent's note to other agents."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A case as one reader may see it. `texts`: what people wrote, by hash; a hash without a text is forgotten."""

    marketplace: str
    case: Case
    history: tuple[e.Recorded, ...]
    order: OrderState
    policy: Policy
    texts: Mapping[str, str]
    role: Role
    language: Language = Language.EN

    @property
    def is_agent(self) -> bool:
        """Whether the reader works for the platform and sees all of it."""
        return self.role not in PARTIES

    def say(self, english: str, indonesian: str) -> str:
        """The wording in the reader's language."""
        return pick((english, indonesian), self.language)

    def at(self, moment: datetime) -> str:
        """An absolute time of the market's zone."""
        return local(moment, self.policy.zone, self.language)

    def amount(self, minor: int) -> str:
        """An amount in the case's currency."""
        return money(minor, self.case.currency, self.language)

    def term(self, code: StrEnum) -> str:
        """A code as a person reads it."""
        return term(code, self.language)

    def title(self, code: StrEnum) -> str:
        """A code as a person reads it at the start of a line."""
        return sentence_case(self.term(code))

    def tell(self, recorded: e.Recorded) -> str:
        """An event in a sentence."""
        return tell(recorded, self.language, self.policy.zone, self.case.currency)

    def text(self, hash_: str) -> str:
        """What a person wrote, in quotes; empty for nothing."""
        if not hash_:
            return ""
        written = self.texts.get(hash_)
        return FORGOTTEN[self.language] if written is None else f"“{written}”"

    def events(self) -> list[e.Recorded]:
        """The events that the reader may see, oldest first."""
        return [each for each in self.history if self.sees(each.event)]

    def sees(self, event: e.Event) -> bool:
        """Whether the reader may know of an event."""
        if self.is_agent:
            return True
        if isinstance(event, e.ReversalBooked):
            return self.role is Role.SELLER or event.bearer is Role.CUSTOMER
        return not isinstance(event, INSIDE) and not (self.role is Role.CUSTOMER and isinstance(event, SELLERS))

    def code(self, code: str) -> str:
        """What the market shows a person for a reason code; empty where it has no text."""
        return next((rule.text for rule in self.policy.codes if rule.code == code and rule.text), "")

    def written(self, event: e.Event) -> list[str]:
        """What a person wrote with an event, as far as the reader may read it."""
        if isinstance(event, NOTES) and not self.is_agent:
            return []
        if isinstance(event, e.MaterialAsked) and not self.is_agent and self.role not in event.parties:
            return []
        return [self.text(each) for each in sealed_in(event) if each]

    def exhibits(self) -> list[Exhibit]:
        """The material that the reader may see: by giver, carried over first, then as it came."""
        carried = {number for matter in self.case.matters for number in matter.carried}
        givers = list(Role)
        seen = visible_exhibits(self.case, Role.AGENT if self.is_agent else self.role)
        return sorted(seen, key=lambda x: (givers.index(x.giver), x.number not in carried, x.number))

    def sees_findings(self, matter: Matter) -> bool:
        """Whether the findings of a matter are open to the reader: to parties once it is judged on them."""
        undecided = matter.phase in (*DISPUTE, *APPEAL) or not matter.judgement
        return bool(matter.findings) and (self.is_agent or not undecided)

    def matters(self) -> tuple[Matter, ...]:
        """The parts of the case."""
        return self.case.matters

    def part(self, matter: Matter) -> str:
        """Which part a row is about; empty where the case is one."""
        if len(self.case.matters) == 1:
            return ""
        lines = ", ".join(matter.lines)
        return self.say(f"part {matter.number} (line {lines})", f"bagian {matter.number} (baris {lines})")

    def is_over(self, matter: Matter) -> bool:
        """Whether nothing about a part is open."""
        return matter.phase is Phase.CLOSED


def sealed_in(value: Any) -> list[str]:
    """The hashes of what a person wrote, in an event and in what it wraps."""
    found: list[str] = []
    for each in fields(value):
        held = getattr(value, each.name)
        if each.metadata.get("sealed"):
            found.append(held)
        elif each.name in ("exhibit", "material", "solution", "finding", "assessment") and not isinstance(held, int):
            found += sealed_in(held)
    return found
