"""Write the generated parts of docs/reference from the program itself; `--check` only says which are stale.

A page is written by hand but for what stands between `<!-- made: NAME -->` and `<!-- end: NAME -->`.
"""

import re
import sys
import types
from collections.abc import Callable, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from inspect import getdoc
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from mufakat import settings
from mufakat.cli import GROUPS, VERBS, parser
from mufakat.core import claim, commands, events, order
from mufakat.core.process import PROCESS
from mufakat.core.refusal_texts import (
    asking,
    disputing,
    executing,
    files,
    inspecting,
    judging,
    limits,
    moving,
    places,
    sandboxes,
)
from mufakat.core.refusal_texts.texts import Texts
from mufakat.core.words.tellings import TELLINGS
from tools import http_page, process_page, remedies_page, rules_page, webhooks_page

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"

THEMES = {
    "Who and where": places.TEXTS,
    "Asking and talking": asking.TEXTS,
    "Disputes": disputing.TEXTS,
    "The second person and the machine": judging.TEXTS,
    "Carrying out": executing.TEXTS,
    "Clock, limits and the engine": limits.TEXTS,
    "Taking a case over": moving.TEXTS,
    "Files": files.TEXTS,
    "What is in a file": inspecting.TEXTS,
    "Sandboxes": sandboxes.TEXTS,
}
SHAPES = (
    order.Order,
    order.OrderLine,
    claim.ClaimLine,
    claim.Material,
    claim.Solution,
    claim.Answer,
    claim.Assessment,
    claim.Exhibit,
    claim.Finding,
    claim.LineShare,
    claim.ReturnPart,
    claim.RiskPart,
    claim.LineJudgement,
    claim.Override,
    order.Scan,
    order.OutsideRefund,
    order.Amendment,
    order.Payment,
    order.ChargebackNotice,
    order.CarrierAnswer,
)
"""What orders, commands and events are made of, beside plain values."""

PLAIN = {str: "text", int: "whole number", bool: "true or false", datetime: "time", date: "day"}


# --- pieces


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines)


def says(kind: Any) -> str:
    """What a class says of itself, on one line."""
    return " ".join((getdoc(kind) or "").split())


def type_name(hint: Any) -> str:
    """A type as the reader of JSON needs it."""
    found, arguments = get_origin(hint), get_args(hint)
    if found in (types.UnionType, Union):
        return " or ".join("null" if each is type(None) else type_name(each) for each in arguments)
    if found is tuple:
        inner = type_name(arguments[0]) if arguments[-1] is Ellipsis else ", ".join(map(type_name, arguments))
        return f"list of {inner}" if arguments[-1] is Ellipsis else f"[{inner}]"
    if hint in PLAIN:
        return PLAIN[hint]
    return f"[{hint.__name__}](#{hint.__name__.lower()})"


def field_rows(kind: Any) -> list[tuple[str, str, str]]:
    """Each field: name, type, default, and whether what a person wrote is in it."""
    hints = get_type_hints(kind)
    rows = []
    for each in fields(kind):
        default = "needed" if each.default is MISSING and each.default_factory is MISSING else shown(each.default)
        kind_name = "text, sealed" if each.metadata.get("sealed") else type_name(hints[each.name])
        rows.append((f"`{each.name}`", kind_name, default))
    return rows


def shown(default: Any) -> str:
    """A default as JSON has it."""
    if default is None:
        return "`null`"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, tuple):
        return "`[]`"
    return f'`"{default}"`' if isinstance(default, str) else f"`{default}`"


def with_fields(kind: Any) -> str:
    """A table of the fields, or that there are none."""
    rows = field_rows(kind)
    return table(("field", "type", "default"), rows) if rows else "No fields."


# --- pages


def refusals() -> str:
    """Every code with its sentences, by theme."""
    parts = []
    for theme, texts in THEMES.items():
        parts.append(f"## {theme}")
        for code, said in texts.items():
            parts += [f"### {code.value}", table(("who", "sentence"), sentences(said))]
    return "\n\n".join(parts)


def sentences(said: Texts) -> list[tuple[str, str]]:
    """The sentences of a code by who reads them."""
    if said.customer == said.seller:
        rows = [("both parties", said.customer[0]), ("both parties, Indonesian", said.customer[1])]
    else:
        rows = [
            ("customer", said.customer[0]),
            ("customer, Indonesian", said.customer[1]),
            ("seller", said.seller[0]),
            ("seller, Indonesian", said.seller[1]),
        ]
    return [*rows, ("agents and systems", said.others)]


def every_command() -> str:
    """Every command: what it is, its fields, and who may give it in which phases."""
    parts = []
    for name, kind in commands.COMMANDS.items():
        parts += [f"### {name}", says(kind), with_fields(kind)]
        moves = [move for move in PROCESS if move.command is kind]
        rows: dict[tuple[str, ...], list[str]] = {}
        for move in moves:
            roles = ", ".join(sorted(move.roles))
            to = ", ".join(sorted(move.to - {move.phase})) or "stays"
            rows.setdefault((roles, to), []).append(move.phase.value)
        cells = [(", ".join(phases), roles, to) for (roles, to), phases in rows.items()]
        parts.append(table(("in phase", "by", "may lead to"), cells) if cells else WITHOUT_ROW[name])
    return "\n\n".join(parts)


WITHOUT_ROW = {
    "OpenRequest": "Opens a case: by CUSTOMER, by SELLER, or by AGENT for a customer.",
    "Remind": "By CLOCK, in every phase whose clock has reminders, at their moments; when is the rulebook's.",
    "Lapse": "By CLOCK, in every phase whose due moment has come; what it does is the rulebook's.",
}
"""Commands that stand in no cell of the table, and why."""


def shapes() -> str:
    """The structures inside commands and events, and the words that they may hold."""
    parts = []
    for kind in SHAPES:
        parts += [f"### {kind.__name__}", says(kind), with_fields(kind)]
    parts.append("### Words")
    rows = [(anchor(kind), ", ".join(f"`{each.value}`" for each in kind)) for kind in words()]
    return "\n\n".join([*parts, table(("type", "one of"), rows)])


def anchor(kind: type[StrEnum]) -> str:
    """The name of an enum, to be linked to."""
    return f'<a id="{kind.__name__.lower()}"></a>{kind.__name__}'


def words() -> list[type[StrEnum]]:
    """Every enum in a command, an event or what they are made of, by name."""
    found: dict[str, type[StrEnum]] = {}
    for kind in (*commands.COMMANDS.values(), *events.EVENTS.values(), *SHAPES):
        for hint in get_type_hints(kind).values():
            for each in parts_of(hint):
                if isinstance(each, type) and issubclass(each, StrEnum):
                    found[each.__name__] = each
    return [found[name] for name in sorted(found)]


def parts_of(hint: Any) -> list[Any]:
    """A type and the types inside it."""
    return [hint, *(part for each in get_args(hint) for part in parts_of(each))]


def every_event() -> str:
    """Every event: its stored name and version, its fields, its sentences."""
    parts = []
    for name, kind in events.EVENTS.items():
        variants = [key for key in TELLINGS if key.partition("/")[0] == name]
        usual = "else" if len(variants) > 1 else "always"
        rows = [(key.partition("/")[2] or usual, *TELLINGS[key]) for key in variants]
        parts += [
            f"### {name}",
            f"Version {events.VERSIONS[name]}. {says(kind)}",
            table(("field", "type", "default"), event_rows(kind)),
            table(("when", "English", "Indonesian"), rows),
        ]
    return "\n\n".join(parts)


def event_rows(kind: Any) -> list[tuple[str, str, str]]:
    """The fields of an event; its types are listed with the commands."""
    return [(a, re.sub(r"\(#", "(commands.md#", b), c) for a, b, c in field_rows(kind)]


def verbs() -> str:
    """Every verb of the command line with what it takes."""
    app = parser()
    parts = []
    for verb, (_, what) in VERBS.items():
        command = app
        for word in verb.split():
            command = command[word]
        rows = [argument(each) for each in command.assemble_argument_collection()]
        usage = " ".join(each.field_info.name.strip("_").upper() for each in positionals(command))
        parts += [f"### mufakat {verb}", f"    mufakat {f'{verb} {usage}'.strip()}"]
        parts.append(says(command.default_command) or what)
        parts += [table(("takes", "what", "default"), rows)] if rows else []
    return "\n\n".join(parts)


def positionals(command: Any) -> list[Any]:
    """The arguments of a verb that are given by their place."""
    return [each for each in command.assemble_argument_collection() if not is_option(each)]


def is_option(argument_: Any) -> bool:
    """Whether an argument is given by name."""
    return bool(argument_.field_info.kind.name == "KEYWORD_ONLY")


def argument(each: Any) -> tuple[str, str, str]:
    """One argument of a verb: its name, what it is, its default."""
    name = each.names[0] if is_option(each) else each.field_info.name.strip("_").upper()
    help_ = each.parameter.help or ""
    choices = each.get_choices()
    if choices:
        help_ += f" One of {', '.join(f'`{choice}`' for choice in choices)}."
    default = each.field_info.default
    plain = default in (None, "", False) or default is each.field_info.empty
    return f"`{name}`", help_, "needed" if each.required else ("" if plain else f"`{default}`")


def every_setting() -> str:
    """Every setting with its default."""
    rows = [(f"`{name}`", about.says, about.default) for name, about in settings.variables().items()]
    return table(("variable", "what it decides", "default"), rows)


MADE: dict[tuple[str, str], Callable[[], str]] = {
    ("refusals.md", "refusals"): refusals,
    ("commands.md", "commands"): every_command,
    ("commands.md", "shapes"): shapes,
    ("events.md", "events"): every_event,
    ("cli.md", "verbs"): verbs,
    ("settings.md", "settings"): every_setting,
}
"""Page and name of each generated part to what makes it."""

WHOLE: dict[str, Callable[[], str]] = {
    "http.md": http_page.page,
    "process.md": process_page.page,
    "remedies.md": remedies_page.page,
    "rules.md": rules_page.page,
    "webhooks.md": webhooks_page.page,
}
"""Pages that are made as a whole, by the programs beside this one."""


def renewed(page: str, text: str) -> str:
    """A page with its generated parts made anew. Raises ValueError when a place for one is missing."""
    for (where, name), make in MADE.items():
        if where != page:
            continue
        start, end = f"<!-- made: {name} -->", f"<!-- end: {name} -->"
        if text.count(start) != 1 or text.count(end) != 1:
            raise ValueError(f"{page} needs one place for {name}: {start} and {end}")
        before, _, rest = text.partition(start)
        after = rest.partition(end)[2]
        text = f"{before}{start}\n\n{make()}\n\n{end}{after}"
    return text


def main(arguments: list[str]) -> int:
    """Renew every page, or with --check say which are stale."""
    stale = []
    for page in sorted({page for page, _ in MADE} | set(WHOLE)):
        path = REFERENCE / page
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        new = WHOLE[page]() if page in WHOLE else renewed(page, old)
        if new != old:
            stale.append(page)
            if "--check" not in arguments:
                path.write_text(new, encoding="utf-8")
    for page in stale:
        state = "stale; run `make docs`" if "--check" in arguments else "renewed"
        sys.stdout.write(f"docs/reference/{page}: {state}\n")
    return 1 if stale and "--check" in arguments else 0


assert set(GROUPS) == {verb.rpartition(" ")[0] for verb in VERBS if " " in verb}
assert all(is_dataclass(kind) for kind in SHAPES)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
