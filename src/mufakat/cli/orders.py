"""Verbs that bring in marketplaces, orders and facts."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter

from mufakat.cli import ERROR, REFUSED
from mufakat.cli.errors import CliError
from mufakat.cli.place import Place, run
from mufakat.cli.screen import console, rows, say
from mufakat.core import order as o
from mufakat.core.calendar import zone_of
from mufakat.core.parties import Role
from mufakat.core.refusal_texts import sentence
from mufakat.core.refusals import Refusal
from mufakat.core.words import Language
from mufakat.engine.payouts import tell_of_sale
from mufakat.rulebooks import load, names
from mufakat.store import codec
from mufakat.store.records import Marketplace

Where = Annotated[
    str, Parameter(name="--marketplace", show_default=False, help="The marketplace; needed when there are several.")
]

Order = Annotated[str, Parameter(help="The order's id.")]
File = Annotated[
    str,
    Parameter(
        allow_leading_hyphen=True,
        help="One order as a JSON object, several as a list or one a line; `-` for standard input.",
    ),
]


def put_marketplace(
    name: Annotated[str, Parameter(help="Its name: letters, digits, dots, hyphens and underscores.")],
    *,
    rulebook: Annotated[
        str, Parameter(show_default=False, help="The rulebook that it follows: `mufakat rulebook show` lists one.")
    ] = "",
    now: Annotated[
        str, Parameter(show_default=False, help="Let its clock stand at this moment; without zone, in the market's.")
    ] = "",
    run_clock: Annotated[bool, Parameter(name="--run", negative=(), help="Let a standing clock run again.")] = False,
    sandbox: Annotated[
        bool,
        Parameter(
            negative=(), help="Make it one for trying, whose clock is moved forward by calls; said only at first."
        ),
    ] = False,
) -> int:
    """Add a marketplace, or change its rulebook or clock. A sandbox stays one, and a live one never becomes one."""
    from mufakat.settings import SettingError, read

    try:
        read({"MUFAKAT_MARKETPLACE": name})
    except SettingError as error:
        raise CliError(f"{name!r} is no name for a marketplace: {str(error).partition(': ')[2]}") from error
    if rulebook and rulebook not in names():
        raise CliError(f"There is no rulebook {rulebook}; there are {', '.join(names())}.")

    async def work(place: Place) -> int:
        known = {each.marketplace: each for each in await place.store.marketplaces()}
        if name not in known and not rulebook:
            raise CliError(f"A new marketplace needs a rulebook: --rulebook {' or '.join(names())}.")
        made = known.get(name) or Marketplace(name, rulebook, sandbox=sandbox)
        if sandbox and not made.sandbox:
            raise CliError(f"{name} is live and never becomes a sandbox; make another one.")
        if made.sandbox and (now or run_clock):
            raise CliError(f"{name} is a sandbox: its clock always runs, and is moved forward by a call.")
        made = replace(made, market=rulebook or made.market)
        if run_clock:
            made = replace(made, frozen=None)
        if now:
            made = replace(made, frozen=moment(now, load(made.market).zone))
        await place.store.put_marketplace(made)
        say(f"{name}: rulebook {made.market}, {clock(made)}")
        return 0

    return run(work)


def moment(text: str, zone: str) -> datetime:
    """A moment as a person writes it; without a zone of its own, in the market's."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise CliError(f"{text!r} is no moment; write one such as 2026-03-02T09:00.") from error
    return found if found.tzinfo else found.replace(tzinfo=zone_of(zone))


def clock(place: Marketplace) -> str:
    """What a marketplace's clock does, in words."""
    if place.frozen is not None:
        return f"its clock stands at {place.frozen.astimezone(zone_of(load(place.market).zone)).isoformat()}"
    runs = f"its clock is {place.offset} off" if place.offset else "its clock runs"
    return f"a sandbox, {runs}" if place.sandbox else runs


def list_marketplaces() -> int:
    """List the marketplaces with their rulebooks and clocks."""

    async def work(place: Place) -> int:
        found = await place.store.marketplaces()
        rows(console(), [(each.marketplace, each.market, clock(each)) for each in found], ("name", "rulebook", "clock"))
        return 0

    return run(work)


def put_order(file: File, *, marketplace: Where = "") -> int:
    """Put orders in. An order that is there already may change until its first case; after that, send facts."""
    given = list(objects(text_of(file)))

    async def work(place: Place) -> int:
        where = await place.marketplace(marketplace)
        worst = 0
        for number, body in given:
            try:
                order = codec.decode_order_json(body)
            except codec.CodecError as error:
                sys.stderr.write(f"mufakat: line {number}: {error}\n")
                worst = max(worst, ERROR)
                continue
            worst = max(worst, await _put(place, where, order))
        return worst

    return run(work)


async def _put(place: Place, where: Marketplace, order: o.Order) -> int:
    put = await place.engine.put_order(where.marketplace, order)
    if isinstance(put, Refusal):
        refused(put, Role.SYSTEM)
        return REFUSED
    await tell_of_sale(place.providers, where.marketplace, order)
    say(f"{order.order_id}: {put.value.lower()}")
    return 0


def text_of(file: str) -> str:
    """What a file holds, or standard input for `-`; raises CliError when it cannot be read as text."""
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except OSError as error:
        raise CliError(f"{file} cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise CliError(f"{file} is no text in UTF-8.") from error


def objects(text: str) -> Iterator[tuple[int, bytes]]:
    """Each object's JSON, of one, of a list or one a line, with its line or its place in the list, from 1."""
    try:
        whole = msgspec.json.decode(text, type=list[msgspec.Raw] | dict[str, msgspec.Raw])
    except msgspec.MsgspecError:
        for number, line in enumerate(text.splitlines(), start=1):
            if line.strip():
                yield number, line.encode()
        return
    if isinstance(whole, dict):
        yield 1, text.encode()
    else:
        yield from ((number, bytes(each)) for number, each in enumerate(whole, start=1))


def fact(
    order: Order,
    *,
    json: Annotated[str, Parameter(help='Such as {"fact": "scan", "parcel": "OUTBOUND", "kind": "DELIVERED", ...}')],
    marketplace: Where = "",
) -> int:
    """Record a later fact about an order and tell its open cases. The same fact twice is one."""
    made = codec.decode_fact_json(json)

    async def work(place: Place) -> int:
        where = await place.marketplace(marketplace)
        told = await place.engine.record_fact(where.marketplace, order, made)
        if isinstance(told, Refusal):
            refused(told, Role.SYSTEM)
            return REFUSED
        say(f"recorded; {told} open case{'' if told == 1 else 's'} told")
        return 0

    return run(work)


def refused(refusal: Refusal, role: Role, language: str = "en", zone: str = "UTC", currency: str = "") -> None:
    """A refusal on standard error: its code, and the sentence for the role."""
    text = sentence(refusal, role, Language(language), zone, currency)
    sys.stderr.write(f"refused: {refusal.code}\n{text}\n")
