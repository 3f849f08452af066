"""A policy for a page: every value in words with its unit, in the groups of `rule_words`, each with its source.

The same drawing shows a market's values on a day and those that a case pinned, with what is different today.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Final

from babel.dates import format_date
from babel.numbers import get_territory_currencies

from mufakat.api.wire.rulebooks import ValueOut
from mufakat.core.claim import Ground, Level, Reason, RequestType
from mufakat.core.decide.overriding import OVERRIDE
from mufakat.core.order import OrderStatus
from mufakat.core.parties import Role
from mufakat.core.policy.history import TOGETHER, Grade
from mufakat.core.policy.policy import Anchor, ClockName, CodeRule, CodeUse, DataTest, JudgedReturn, Span
from mufakat.core.policy.reader import shown
from mufakat.core.policy.rulebook import Rulebook
from mufakat.core.words import item, plain, sentence_case, term
from mufakat.core.words.rules import rule as rule_said
from mufakat.core.words.rules import span
from mufakat.web import rule_words as words
from mufakat.web.tongue import Tongue
from mufakat.web.tongue import mark as _

Values = Mapping[str, object]
"""The values of a policy by their path."""
HOURS: Final = frozenset({"least_hours_for_material"})
MINUTES: Final = frozenset({"cancel_free_minutes_seller_shipped"})
AMOUNTS: Final = frozenset({"four_eyes_above"})
_KEY: Final = re.compile(r'"([^"]*)"|([^.]+)')


@dataclass(frozen=True, slots=True)
class Source:
    """Where values stand: its number on the page, a short name, the address (empty where there is none), a remark."""

    number: int
    name: str
    href: str
    remark: str


@dataclass(frozen=True, slots=True)
class Line:
    """One value in words. `now`: what it is today where that differs, or that it is no more."""

    path: str
    label: str
    text: str
    now: str = ""


@dataclass(frozen=True, slots=True)
class Footing:
    """What lines stand on: since when, how good the word is, whose (`sources`). `grade` None: written anew since."""

    since: date | None
    grade: Grade | None
    sources: tuple[int, ...]


@dataclass(slots=True)
class Rule:
    """Values that make one rule, those on the same footing together. `key`: its anchor; `text`: what it says."""

    key: str
    title: str
    parts: list[tuple[Footing, list[Line]]] = field(default_factory=list)
    text: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Rules under one heading."""

    heading: words.Heading
    rules: list[Rule]


@dataclass(frozen=True, slots=True)
class Book:
    """All that a page shows of a policy. `grades`: how many values stand on each."""

    groups: list[Group]
    sources: list[Source]
    grades: dict[Grade, int]
    different: list[tuple[str, Line]]


def book(t: Tongue, rulebook: Rulebook, values: Values, entries: Iterable[ValueOut], today: Values | None) -> Book:
    """A policy in words. entries: the rulebook's own values of its day, with sources; today: to compare with."""
    return _Writer(t, rulebook, values, {each.path: each for each in entries}, today).book()


@dataclass(frozen=True, slots=True)
class Change:
    """A value that a rulebook gave another word to after its first day: from when, what it was and became."""

    day: date
    title: str
    label: str
    before: str
    after: str


def changes(t: Tongue, rulebook: Rulebook) -> list[Change]:
    """Every change since the rulebook began, those to come among them, the latest first."""
    writer = _Writer(t, rulebook, {}, {}, None)
    found = []
    for history in rulebook.values.values():
        keys = [str(key) for key in history.path]
        for earlier, later in pairwise((None, *history.entries)):
            if later is None or later.start <= rulebook.starts:
                continue
            label, before = writer.words(keys, earlier.value) if earlier is not None else ("", t.say(_("nothing")))
            name, after = writer.words(keys, later.value) if later.value is not None else ("", t.say(_("no more")))
            found.append(Change(later.start, writer.title(keys)[1], label or name, before, after))
    return sorted(found, key=lambda each: each.day, reverse=True)


def day_text(t: Tongue, day: date, form: str = "d MMM y") -> str:
    """A day as its readers write it."""
    return str(format_date(day, form, locale=t.locale))


def keys_of(path: str) -> list[str]:
    """The keys of a dotted path, quoted ones bare."""
    return [quoted or bare for quoted, bare in _KEY.findall(path)]


class _Writer:
    """Puts values into words."""

    def __init__(
        self, t: Tongue, rulebook: Rulebook, values: Values, entries: dict[str, ValueOut], today: Values | None
    ) -> None:
        self.t, self.rulebook, self.values, self.entries = t, rulebook, values, entries
        self.today = values if today is None else today
        cited = (each.cites.split(TOGETHER) for each in entries.values() if each.grade != Grade.DEFAULT)
        self.numbers = {one: n for n, one in enumerate(dict.fromkeys(one for some in cited for one in some), start=1)}
        currencies = get_territory_currencies(rulebook.market)
        self.currency = str(currencies[0]) if currencies else ""

    def book(self) -> Book:
        """The whole."""
        paths = list(dict.fromkeys((*self.values, *self.today)))
        left = dict.fromkeys(paths)
        groups = []
        for heading in words.GROUPS:
            mine = [path for path in paths if path in left and path.startswith(heading.heads)]
            for path in mine:
                left.pop(path)
            groups.append(Group(heading, [*self._said(heading.key), *self._rules(mine)]))
        assert not left, f"values that stand in no group: {list(left)}"
        grades = [Grade(self.entries[path].grade) for path in self.values if self._is_founded(path)]
        return Book(
            groups=groups,
            sources=[self._source(cites, number) for cites, number in self.numbers.items()],
            grades={grade: grades.count(grade) for grade in Grade if grade in grades},
            different=[
                (rule.title, line)
                for group in groups
                for rule in group.rules
                for _footing, lines in rule.parts
                for line in lines
                if line.now
            ],
        )

    def _rules(self, paths: list[str]) -> Iterator[Rule]:
        made: dict[str, Rule] = {}
        for path in paths:
            keys = keys_of(path)
            key, title = self.title(keys)
            rule = made.setdefault(key, Rule(key, title))
            footing, line = self._footing(path), self._line(path, keys)
            if rule.parts and rule.parts[-1][0] == footing:
                rule.parts[-1][1].append(line)
            else:
                rule.parts.append((footing, [line]))
        yield from made.values()

    def _said(self, group: str) -> list[Rule]:
        """The rules of the process that a judgement names, as they read."""
        names = {"decided": ("S15", "S16", "S17", OVERRIDE), "back": ("S22", "S23", "S24", "S25")}
        return [self._rule(name) for name in names.get(group, ())]

    def _rule(self, name: str) -> Rule:
        if name == OVERRIDE:
            return Rule(name, self.t.say(_OTHERWISE), [], self.t.say(_BY_PEOPLE))
        return Rule(name, name, [], rule_said(name, self.t.language))

    def title(self, keys: list[str]) -> tuple[str, str]:
        """The anchor and the heading of the rule in which a value stands."""
        t, head = self.t, keys[0]
        match head:
            case "clock":
                return _anchor(keys[:2]), t.say(words.CLOCKS[ClockName(keys[1])])
            case "window":
                return _anchor(keys[:2]), self._term(RequestType(keys[1]))
            case "acceptance" | "material" | "data" | "ground":
                place = "material" if head == "data" else head
                return _anchor([place, keys[1]]), self._term(Reason(keys[1]))
            case "returned":
                return "returned", t.say(_("When goods go back"))
            case "risk":
                deceived = {"INCONSISTENT": _("with deception by the seller"), "QUALITY": _("major issue")}
                without = {"INCONSISTENT": _("without deception"), "QUALITY": _("minor issue")}
                kinds = deceived if keys[2] == "aggravated" else without
                how = t.say(kinds.get(keys[1], kinds["INCONSISTENT"]))
                return _anchor(keys[:3]), f"{self._term(Ground(keys[1]))}: {how}"
            case "code":
                return _anchor(keys[:2]), t.say(words.USES[CodeUse(keys[1])])
            case "automatic":
                return _anchor(keys[:2]), t.say(_("A machine may judge: %(name)s"), name=plain(keys[1]))
            case "destination":
                return "destination", t.say(_("Where money goes back to"))
            case "holidays":
                return _anchor(keys), keys[1]
            case _:
                return _anchor(keys), t.say(words.SWITCHES[keys[1]])

    def _line(self, path: str, keys: list[str]) -> Line:
        label, text = self.words(keys, self.values[path]) if path in self.values else ("", "")
        now = ""
        if path not in self.today:
            now = self.t.say(_("no more"))
        elif path not in self.values:
            label, now = self.words(keys, self.today[path])
            text = self.t.say(_("not in this policy"))
        elif self.today[path] != self.values[path]:
            now = self.words(keys, self.today[path])[1]
        return Line(path, label, text, now)

    def words(self, keys: list[str], value: object) -> tuple[str, str]:
        """A value's label, which may be empty, and what it is."""
        heads = {
            "clock": self._clock,
            "window": self._period,
            "acceptance": self._period,
            "material": self._expected,
            "returned": self._expected,
            "data": self._data,
            "ground": self._ground,
            "risk": self._risk,
            "code": self._code,
            "destination": self._destination,
            "automatic": self._automatic,
            "switch": self._switch,
        }
        return heads.get(keys[0], self._other)(keys, value)

    def _expected(self, keys: list[str], value: object) -> tuple[str, str]:
        assert isinstance(value, Level)
        t = self.t
        side = _("From the customer") if keys[-2] == Role.CUSTOMER else _("From the seller")
        return t.say(side), f"{sentence_case(item(keys[-1], t.language))}: {term(value, t.language)}"

    def _data(self, keys: list[str], value: object) -> tuple[str, str]:
        assert isinstance(value, DataTest)
        name = sentence_case(item(keys[-1], self.t.language))
        return self.t.say(_("The platform's own data")), f"{name} {self.t.say(words.DATA[value])}"

    def _ground(self, keys: list[str], value: object) -> tuple[str, str]:
        labels = {
            "ground": _("Counts as"),
            "cause": _("Whose fault"),
            "aggravated": _("As with deception or a major issue"),
        }
        return self.t.say(labels[keys[2]]), self._plain(value)

    def _risk(self, keys: list[str], value: object) -> tuple[str, str]:
        return self.t.say(_("By rule") if keys[3] == "rule" else _ISSUES[keys[3]]), self._plain(value)

    def _destination(self, keys: list[str], value: object) -> tuple[str, str]:
        return self.t.say(_METHODS.get(keys[1], "")) or plain(keys[1]), self._plain(value)

    def _automatic(self, keys: list[str], value: object) -> tuple[str, str]:
        labels = {"reasons": _("For"), "types": _("Requests"), "up_to": _("Up to")}
        return self.t.say(labels[keys[2]]), self._amount(value) if keys[2] == "up_to" else self._plain(value)

    def _other(self, _keys: list[str], value: object) -> tuple[str, str]:
        return "", self._plain(value)

    def _clock(self, keys: list[str], value: object) -> tuple[str, str]:
        t = self.t
        if keys[2] == "span":
            assert isinstance(value, Span)
            row = self.rulebook.rows.get(ClockName(keys[1]))
            since = f" {t.say(words.ANCHORS[row.anchor])}" if row is not None else ""
            return "", span(value, t.language) + since
        if keys[2] == "lapse":
            return t.say(_("If nothing happens")), self._plain(value)
        return t.say(_("Reminded before the end")), self._plain(value)

    def _period(self, keys: list[str], value: object) -> tuple[str, str]:
        t = self.t
        labels = {"mall": _("Mall shops"), "durable": _("Durable goods")}
        if keys[2] == "category":
            label = sentence_case(plain(keys[3]))
            known = _CATEGORIES.get(keys[3])
            return (t.say(known) if known else label), self._plain(value)
        if isinstance(value, Anchor):
            return t.say(_("Counted")), t.say(words.FROM[value])
        return t.say(labels.get(keys[2], "")), self._plain(value)

    def _code(self, keys: list[str], value: object) -> tuple[str, str]:
        assert isinstance(value, CodeRule)
        t = self.t
        meant = term(value.reason, t.language) if value.reason is not None else t.say(_("speaks to no single reason"))
        where = ", ".join(self._status(each) for each in value.statuses)
        text = t.say(value.text) if value.text else keys[2]
        return text, f"{meant}; {where}" if where else meant

    def _status(self, name: str) -> str:
        if name in words.STATUSES:
            return self.t.say(words.STATUSES[name])
        return term(OrderStatus(name), self.t.language)

    def _switch(self, keys: list[str], value: object) -> tuple[str, str]:
        t, name = self.t, keys[1]
        if isinstance(value, bool) or not isinstance(value, int):
            return "", self._plain(value)
        if name in HOURS:
            return "", t.count("%(num)s hour", "%(num)s hours", value)
        if name in MINUTES:
            return "", t.count("%(num)s minute after the order", "%(num)s minutes after the order", value)
        if name in AMOUNTS:
            return "", t.say(_("about more than %(amount)s"), amount=self._amount(value)) if value else t.say(
                _NO_AMOUNT
            )
        return "", t.number(value)

    def _amount(self, minor: object) -> str:
        assert isinstance(minor, int)
        return self.t.money(minor, self.currency) if self.currency else self.t.number(minor)

    def _plain(self, value: object) -> str:
        """A value in words, whatever it is."""
        t = self.t
        if isinstance(value, bool):
            return t.say(_("yes")) if value else t.say(_("no"))
        if isinstance(value, int):
            return t.number(value)
        if isinstance(value, Span):
            return span(value, t.language)
        if isinstance(value, JudgedReturn):
            return t.say(words.RETURNS[value])
        if isinstance(value, tuple):
            return ", ".join(self._plain(each) for each in value)
        if isinstance(value, frozenset):
            return ", ".join(day_text(t, each, "d MMM") for each in sorted(value))
        return term(value, t.language) if isinstance(value, StrEnum) else str(value)

    def _term(self, code: StrEnum) -> str:
        return sentence_case(term(code, self.t.language))

    def _is_founded(self, path: str) -> bool:
        """Whether the rulebook has the value as it is here: it may have been written anew since a case pinned it."""
        entry = self.entries.get(path)
        return entry is not None and path in self.values and entry.value == shown(self.values[path])

    def _footing(self, path: str) -> Footing:
        if not self._is_founded(path):
            return Footing(None, None, ())
        entry = self.entries[path]
        grade = Grade(entry.grade)
        cited = () if grade is Grade.DEFAULT else tuple(self.numbers[one] for one in entry.cites.split(TOGETHER))
        return Footing(entry.since, grade, cited)

    def _source(self, cites: str, number: int) -> Source:
        address, _space, remark = cites.partition(" ")
        if not address.startswith("https://"):
            return Source(number, sentence_case(cites), "", "")
        name = address.removeprefix("https://")
        return Source(number, name, address, remark.removeprefix("(").removesuffix(")"))


def _anchor(keys: list[str]) -> str:
    return ".".join(keys)


_OTHERWISE: Final = _("Decided otherwise")
_BY_PEOPLE: Final = _(
    "An agent can decide otherwise than the findings give by the rules, with a reason; a second person must agree."
)
_NO_AMOUNT: Final = _("never by the amount alone: only where an agent decides otherwise than the rules give")
_ISSUES: Final = {
    "BREAKAGE": _("Breakage is borne by"),
    "DAMAGE": _("Damage is borne by"),
    "LOSS": _("Loss is borne by"),
}
_METHODS: Final = {
    "CASH_ON_DELIVERY": _("Paid in cash on delivery"),
    "COD": _("Paid in cash on delivery (COD)"),
    "WALLET": _("Paid from the platform's wallet"),
}
_CATEGORIES: Final = {
    "MOTHER_AND_BABY": _("Mother and baby"),
    "FOOD_AND_BEVERAGE": _("Food and drink"),
    "PHONES_AND_ELECTRONICS": _("Phones and electronics"),
    "HOME_IMPROVEMENT": _("Home improvement"),
}
