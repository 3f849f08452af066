"""A case before one reader: what that reader may see, in the reader's language, in the market's time and currency."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from mufakat.core import events as e
from mufakat.core.case import Case, Matter
from mufakat.core.claim import Exhibit
from mufakat.core.order import OrderState
from mufakat.core.parties import Role
from mufakat.core.phases import Phase
from mufakat.core.policy.policy import Policy
from mufakat.core.sight import sees, sees_all, sees_findings, written
from mufakat.core.view import visible_exhibits
from mufakat.core.words import Language, local, money, pick, sentence_case, term
from mufakat.core.words.events import tell

FORGOTTEN: Final[dict[Language, str]] = {Language.EN: "[forgotten]", Language.ID: "[dilupakan]"}
"""What stands in place of a text whose case was forgotten."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A case as one reader may see it. `texts`: what people wrote, by hash; a hash without a text is forgotten.

    now: the marketplace's moment (UTC); without it that of the case's last event.
    """

    marketplace: str
    case: Case
    history: tuple[e.Recorded, ...]
    order: OrderState
    policy: Policy
    texts: Mapping[str, str]
    role: Role
    language: Language = Language.EN
    now: datetime | None = None

    @property
    def moment(self) -> datetime:
        """The moment at which it is read: never before what the case has seen."""
        seen = self.case.last_at or self.case.opened_at
        return seen if self.now is None else max(seen, self.now)

    @property
    def is_agent(self) -> bool:
        """Whether the reader works for the platform and sees all of it."""
        return sees_all(self.role)

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
        return [each for each in self.history if sees(each.event, self.role)]

    def code(self, code: str) -> str:
        """What the market shows a person for a reason code; empty where it has no text."""
        return next((rule.text for rule in self.policy.codes if rule.code == code and rule.text), "")

    def written(self, event: e.Event) -> list[str]:
        """What a person wrote with an event, as far as the reader may read it."""
        return [self.text(each) for each in written(event, self.role)]

    def exhibits(self) -> list[Exhibit]:
        """The material that the reader may see: by giver, carried over first, then as it came."""
        carried = {number for matter in self.case.matters for number in matter.carried}
        givers = list(Role)
        seen = visible_exhibits(self.case, Role.AGENT if self.is_agent else self.role)
        return sorted(seen, key=lambda x: (givers.index(x.giver), x.number not in carried, x.number))

    def sees_findings(self, matter: Matter) -> bool:
        """Whether the findings of a matter are open to the reader."""
        return sees_findings(matter, self.role)

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
