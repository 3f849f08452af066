"""The verb that pulls orders from a marketplace that speaks TikTok Shop's order API."""

import asyncio
import sys
import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final

import msgspec
from cyclopts import Parameter

from mufakat.cli.errors import CliError
from mufakat.cli.feeding import FOUND, bad_row_sentence
from mufakat.cli.orders import Where, moment
from mufakat.cli.place import Place, run
from mufakat.cli.screen import harmless, say
from mufakat.dialects.tiktok.calls import MOST_BYTES, TIMEOUT, CallError, Shop, Tokens
from mufakat.dialects.tiktok.pulling import Pulling
from mufakat.engine.carriers.telling import Scans
from mufakat.engine.feeding.putting import Feeding
from mufakat.engine.feeding.records import BadRow
from mufakat.engine.feeding.running import Run
from mufakat.outside import Outside, checked_url
from mufakat.store.records import Marketplace

SOURCES: Final = ("tiktok",)
FIRST_LOOK: Final = timedelta(days=30)
"""How far back the first pull goes where nothing else is said."""


class _ShopFile(msgspec.Struct, forbid_unknown_fields=True):
    app_key: str
    app_secret: str
    shop_cipher: str
    seller_id: str
    refresh_token: str
    access_token: str = ""
    api: str = "https://open-api.tiktokglobalshop.com"
    auth: str = "https://auth.tiktok-shops.com"
    private: bool = False


def pull_orders(
    shop: Annotated[Path, Parameter(help="The shop's file, in TOML: app_key, app_secret, shop_cipher, and so on.")],
    *,
    from_: Annotated[str, Parameter(name="--from", help="Whose API it is: tiktok.")] = "tiktok",
    since: Annotated[
        str, Parameter(show_default=False, help="From when on at first, such as 2026-03-02; 30 days by default.")
    ] = "",
    every: Annotated[int, Parameter(help="Pull again every so many seconds, until stopped; 0: once.")] = 0,
    marketplace: Where = "",
) -> int:
    """Pull a shop's orders, with what happened to them, from where the last pull ended. Nothing doubles.

    A pull that is cut goes on where it was. Exit code 1 where some orders could not be used.
    """
    if from_ not in SOURCES:
        raise CliError(f"--from is {' or '.join(SOURCES)}, not {from_!r}.")
    if every < 0:
        raise CliError("--every is from 0.")
    written = _shop_file(shop)
    first = moment(since, "UTC") if since else datetime.now(UTC) - FIRST_LOOK

    async def work(place: Place) -> int:
        where = await place.marketplace(marketplace)
        while True:
            try:
                found = await _pull(place, where, written, first)
            except CallError as error:
                if not every:
                    raise CliError(f"{error}.") from error
                sys.stderr.write(f"mufakat: {harmless(str(error))}\n")
                found = FOUND
            if not every:
                return found
            await asyncio.sleep(every)

    return run(work)


async def _pull(place: Place, where: Marketplace, written: _ShopFile, since: datetime) -> int:
    wrong = 0

    def bad(rows: Sequence[BadRow]) -> None:
        nonlocal wrong
        for each in rows:
            wrong += 1
            sys.stderr.write(bad_row_sentence(each))

    going = Run(
        Feeding(place.engine, place.store),
        place.providers,
        where.marketplace,
        bad,
        parcels=Scans(place.engine, place.store, place.sealer),
    )
    try:
        api, auth = (checked_url(each, private=written.private) for each in (written.api, written.auth))
    except ValueError as error:
        raise CliError(str(error)) from error
    named = Shop(written.app_key, written.app_secret, written.shop_cipher, api, auth)
    pulling = Pulling(place.store, place.sealer, place.engine.clock, going, named, written.seller_id)
    async with Outside(private=written.private, timeout=TIMEOUT, most=MOST_BYTES, at_once=2) as outside:
        done = await pulling.pull(outside, Tokens(written.access_token, written.refresh_token), since)
    counts = done.counts
    say(f"new {counts.new:,}, the same {counts.same:,}, changed {counts.changed:,}, not bought yet {done.left_out:,}")
    say(f"facts recorded {counts.facts:,}; read until {done.until:%Y-%m-%d %H:%M:%S} UTC")
    return FOUND if wrong else 0


def _shop_file(path: Path) -> _ShopFile:
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), type=_ShopFile)
    except (OSError, UnicodeDecodeError) as error:
        raise CliError(f"{path} cannot be read.") from error
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise CliError(f"The shop in {path} cannot be read: {error}.") from error
