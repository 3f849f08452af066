"""Verbs about cases: giving commands, listing, and showing one as a person would want to read it."""

from collections.abc import Iterable
from typing import Annotated, Literal

from cyclopts import Parameter

from mufakat.cli import REFUSED
from mufakat.cli.errors import CliError
from mufakat.cli.orders import Order, Where, refused
from mufakat.cli.page import sections
from mufakat.cli.page import sheet as worksheets
from mufakat.cli.page.reader import Reader
from mufakat.cli.place import Place, run
from mufakat.cli.screen import console, heading, rows, say
from mufakat.core.case import Case
from mufakat.core.parties import CLOCK, SYSTEM, Actor, Role
from mufakat.core.refusals import Refusal
from mufakat.core.words import Language, local, money
from mufakat.core.words.events import tell
from mufakat.core.worksheet import worksheet
from mufakat.rulebooks import load
from mufakat.store import codec
from mufakat.store.records import Ask, CaseRow, Marketplace

Tongue = Annotated[Literal["en", "id"] | None, Parameter(help="English or Indonesian; MUFAKAT_LANGUAGE by default.")]
As = Annotated[str, Parameter(name="--as", help="Who acts: CUSTOMER:id, SELLER:id, AGENT:id, CLOCK or SYSTEM.")]

Id = Annotated[str, Parameter(name="ID", help="The case's id.")]

PAGE = 100
"""Cases read from the database at a time."""
MOST_LISTED = 10_000


def do(
    order: Order,
    case: Annotated[str | None, Parameter(help="The case's id; left out to open one.")] = None,
    *,
    json: Annotated[str, Parameter(help='The command, such as {"command": "ApproveRequest"}.')],
    as_: As,
    key: Annotated[str | None, Parameter(help="An idempotency key: the same command under it is done once.")] = None,
    marketplace: Where = "",
    language: Tongue = None,
) -> int:
    """Give a command, and say in words what it led to. A refusal prints code and sentence; exit code 3."""
    command, who = codec.decode_command(json), actor(as_)

    async def give(place: Place) -> int:
        where = await place.marketplace(marketplace)
        tongue = Language(language or place.settings.language)
        zone = load(where.market).zone
        try:
            done = await place.engine.handle(where.marketplace, order, case, command, who, key)
        except ValueError as error:
            raise CliError(f"The key cannot be used: {error}.") from error
        if isinstance(done, Refusal):
            loaded = await place.store.load(Ask(where.marketplace, order))
            currency = loaded.order.order.currency if loaded is not None else ""
            refused(done, who.role, tongue, zone, currency)
            return REFUSED
        say(f"case {done.case_id}, event {done.version}")
        for recorded in done.recorded:
            say(f"  {tell(recorded, tongue, zone, done.case.currency)}")
        if not done.recorded:
            say("  nothing changed")
        return 0

    return run(give)


def actor(text: str) -> Actor:
    """Who acts, from `ROLE:id`. Raises CliError."""
    name, _, who = text.partition(":")
    role = Role.__members__.get(name.upper())
    if role is None:
        raise CliError(f"{text!r} names no role; write one of {', '.join(Role)}, and the id of who acts: CUSTOMER:c-1.")
    if role in (Role.CLOCK, Role.SYSTEM):
        return CLOCK if role is Role.CLOCK else SYSTEM
    if not who:
        raise CliError(f"Say which {role.lower()} acts: {role}:id.")
    return Actor(role, who)


def cases(
    *,
    marketplace: Where = "",
    open_only: Annotated[bool, Parameter(name="--open", negative=(), help="Leave out what is closed.")] = False,
    limit: Annotated[int, Parameter(help="How many at most.")] = PAGE,
    after: Annotated[str, Parameter(show_default=False, help="Begin after this case id.")] = "",
    ids: Annotated[bool, Parameter(negative=(), help="Print only the ids, one a line, for other programs.")] = False,
) -> int:
    """List cases by id, which is in the order of their opening."""
    if not 1 <= limit <= MOST_LISTED:
        raise CliError(f"--limit is from 1 to {MOST_LISTED}.")

    async def page(place: Place) -> int:
        where = await place.marketplace(marketplace)
        found: list[CaseRow] = []
        last = after
        while len(found) < limit:
            more = await place.store.cases(where.marketplace, last, min(PAGE, limit - len(found)), open_only=open_only)
            if not more:
                break
            found += more
            last = more[-1].case_id
        if ids:
            for each in found:
                say(each.case_id)
            return 0
        zone = load(where.market).zone
        columns = ("case", "order", "asked", "stands", "due", "owed", "paid")
        rows(console(), [_row(each, zone) for each in found], columns)
        say(f"{len(found)} case{'' if len(found) == 1 else 's'}")
        return 0

    return run(page)


def _row(row: CaseRow, zone: str) -> tuple[str, ...]:
    return (
        row.case_id,
        row.order_id,
        row.type,
        ", ".join(row.phases),
        local(row.due, zone) if row.due else "",
        money(row.ordered, row.currency) if row.ordered else "",
        money(row.paid, row.currency) if row.paid else "",
    )


def case(
    id_: Id,
    *,
    marketplace: Where = "",
    role: Annotated[Literal["agent", "customer", "seller"], Parameter(help="Who reads it.")] = "agent",
    language: Tongue = None,
) -> int:
    """Show a case: parties, what was asked, where it stands, timeline, material, judgement with reasons, money."""

    async def show(place: Place) -> int:
        where, row = await find(place, marketplace, id_)
        tongue = Language(language or place.settings.language)
        draw(await reader(place, where, row.order_id, id_, Role[role.upper()], tongue))
        return 0

    return run(show)


def sheet(
    id_: Id,
    *,
    marketplace: Where = "",
    agent: Annotated[str, Parameter(show_default=False, help="Which agent is to judge; some may not.")] = "",
    language: Tongue = None,
) -> int:
    """Show the worksheet: every item with what answers it, the judgement as it would stand, every rule with why."""

    async def show(place: Place) -> int:
        where, row = await find(place, marketplace, id_)
        tongue = Language(language or place.settings.language)
        read = await reader(place, where, row.order_id, id_, Role.AGENT, tongue)
        made = worksheet(read.case, read.order, read.policy, Actor(Role.AGENT, agent), read.moment)
        if not made.sheets:
            say(read.say("Nothing of it is disputed or judged.", "Belum ada sengketa atau putusan."))
        lay_out(worksheets.of(read, made))
        return 0

    return run(show)


async def find(place: Place, marketplace: str, case_id: str) -> tuple[Marketplace, CaseRow]:
    """A case's row, in the marketplace named or in any. Raises CliError."""
    every = [await place.marketplace(marketplace)] if marketplace else await place.store.marketplaces()
    for where in every:
        row = await place.store.find_case(where.marketplace, case_id)
        if row is not None:
            return where, row
    raise CliError(
        f"There is no case {case_id}{f' in {marketplace}' if marketplace else ''}; `mufakat cases` lists them."
    )


async def reader(
    place: Place, where: Marketplace, order_id: str, case_id: str, role: Role, language: Language
) -> Reader:
    """All that the page of a case needs. Raises CliError."""
    name = where.marketplace
    loaded = await place.store.load(Ask(name, order_id, case_id))
    if loaded is None or loaded.case is None or loaded.policy is None:
        raise CliError(f"There is no case {case_id}; `mufakat cases` lists them.")
    history = tuple(each.recorded for each in await place.store.history(name, order_id, case_id))
    texts = await open_texts(place, name, loaded.case)
    now = loaded.marketplace.at(place.engine.clock.now())
    return Reader(name, loaded.case, history, loaded.order, loaded.policy, texts, role, language, now)


async def open_texts(place: Place, marketplace: str, case: Case) -> dict[str, str]:
    """What people wrote in a case, by hash; nothing once it is forgotten. Raises SealError."""
    key = await place.store.key_of(marketplace, case.order_id, case.case_id)
    if key is None or key.wrapped is None:
        return {}
    sealed = await place.store.sealed_of(marketplace, case.order_id, case.case_id)
    return {hash_: place.sealer.open(marketplace, case.case_id, key, each) for hash_, each in sealed.items()}


def draw(read: Reader) -> None:
    """The page on the terminal."""
    lay_out(sections.of(read))


def lay_out(found: Iterable[sections.Section]) -> None:
    """Sections on the terminal."""
    out = console()
    for section in found:
        heading(out, section.title)
        rows(out, section.rows, section.columns)
