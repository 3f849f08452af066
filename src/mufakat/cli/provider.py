"""`mufakat provider`: the false payment provider as a server of its own, with faults on demand."""

import asyncio
import logging
import sqlite3
import sys
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Annotated, Final

import uvicorn
from cyclopts import Parameter

from mufakat.cli.errors import CliError
from mufakat.cli.place import settings
from mufakat.cli.screen import say
from mufakat.payments.false import EVERYTHING
from mufakat.payments.provider import Verb
from mufakat.payments.server.app import Office, application
from mufakat.payments.server.books import BooksFile
from mufakat.payments.server.mishaps import Mishaps, NoSuchMishapError
from mufakat.payments.server.sender import Sender
from mufakat.settings import provider_secret

TICK: Final = 1.0
"""Seconds between two moments at which the provider does what is due by itself."""
GRACE: Final = 5


def provider(
    state: Annotated[Path, Parameter(help="The file that keeps its books; made when it is missing.")],
    *,
    port: Annotated[int, Parameter(help="The port of 127.0.0.1 to listen on.")] = 8500,
    fault: Annotated[
        tuple[str, ...],
        Parameter(negative=(), help="What goes wrong how often, as NAME=CHANCE from 0 to 1; repeatable."),
    ] = (),
    seed: Annotated[int, Parameter(help="The seed of that chance.")] = 0,
    lacks: Annotated[tuple[Verb, ...], Parameter(negative=(), help="What it cannot do; repeatable.")] = (),
    whole_rupiah: Annotated[bool, Parameter(negative=(), help="It counts IDR without decimal places.")] = False,
    hooks: Annotated[
        str, Parameter(help="Where its webhooks go; {marketplace} in it stands for the marketplace's name.")
    ] = "",
    doubled: Annotated[bool, Parameter(negative=(), help="It sends every webhook twice.")] = False,
    shuffled: Annotated[bool, Parameter(negative=(), help="It sends webhooks out of order.")] = False,
) -> int:
    """Serve a false payment provider over the protocol of MUFAKAT_PROVIDER=marketplace, until a signal.

    It is for trying: its money is made up, and whoever reaches its /admin may do anything. What it has acknowledged is
    in its file, whatever ends it. The secret is MUFAKAT_PROVIDER_SECRET.
    """
    found = settings("warning")
    secret = provider_secret(found)
    if not secret:
        raise CliError("Say the secret that signs, with MUFAKAT_PROVIDER_SECRET or MUFAKAT_PROVIDER_SECRET_FILE.")
    can = replace(EVERYTHING, verbs=EVERYTHING.verbs - set(lacks), exponents={"IDR": 0} if whole_rupiah else {})
    try:
        books = BooksFile(state)
    except sqlite3.Error as error:
        raise CliError(f"{state} cannot be used for its books ({error}).") from error
    try:
        office = Office(books, _mishaps(fault, seed), can)
        sender = Sender(books, secret, hooks, doubled, shuffled, Random(seed)) if hooks else None  # noqa: S311 - a play
        return asyncio.run(_serve(office, secret, port, sender))
    finally:
        books.close()


def _mishaps(faults: tuple[str, ...], seed: int) -> Mishaps:
    try:
        chances = {name: float(chance) for name, _, chance in (each.partition("=") for each in faults)}
        return Mishaps(Random(seed), chances)  # noqa: S311 - a play that can be run again
    except NoSuchMishapError as error:
        raise CliError(f"{error}.") from error
    except ValueError as error:
        raise CliError("A fault is said as NAME=CHANCE, such as drops_after=0.1.") from error


class _Server(uvicorn.Server):
    """A server that says when it listens, at once also where the output is a pipe."""

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        await super().startup(sockets)  # type: ignore[arg-type]
        if self.started:
            say(f"The false provider listens on http://{self.config.host}:{self.config.port}/v1")
            sys.stdout.flush()


async def _serve(office: Office, secret: bytes, port: int, sender: Sender | None) -> int:
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # connections that it breaks on purpose
    config = uvicorn.Config(
        application(office, secret),
        port=port,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )
    stop = asyncio.Event()
    beside = [asyncio.create_task(_ticking(office, stop))]
    if sender is not None:
        beside.append(asyncio.create_task(sender.run(stop)))
    server = _Server(config)
    try:
        await server.serve()
    finally:
        stop.set()
        await asyncio.gather(*beside)
    if not server.started:
        raise CliError(f"127.0.0.1:{port} cannot be listened on; choose another with --port.")
    return 0


async def _ticking(office: Office, stop: asyncio.Event) -> None:
    while not stop.is_set():
        await office.tick()
        try:
            await asyncio.wait_for(stop.wait(), TICK)
        except TimeoutError:
            continue
