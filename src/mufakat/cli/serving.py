"""`mufakat serve`: the HTTP API with the loops beside it, until a signal; for trying also a shop to try it with."""

import asyncio
import gc
import logging
import signal
import socket
import sys
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import timedelta
from typing import Annotated, Any, Final

import uvicorn
import uvloop
from cyclopts import Parameter
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mufakat.api.allowances import Allowances
from mufakat.api.app import application
from mufakat.api.cursors import Cursors
from mufakat.api.site import Site, Trial, derived
from mufakat.cli.beside import beside, deliveries_of
from mufakat.cli.carriers import known
from mufakat.cli.errors import CliError
from mufakat.cli.files import check_files
from mufakat.cli.place import Place, opened, settings
from mufakat.cli.screen import say
from mufakat.engine.accounts.oidc import Client, Oidc
from mufakat.engine.deadlines import Deadlines
from mufakat.engine.materials import Materials
from mufakat.engine.ports import Clock
from mufakat.engine.signals.hearing import noted_by
from mufakat.engine.signals.noting import Noting
from mufakat.engine.work import loops
from mufakat.evidence.inspection.door import WorkshopLost
from mufakat.evidence.inspection.inspector import Inspector
from mufakat.evidence.inspection.isolation import Walls
from mufakat.evidence.vault import Vault
from mufakat.settings import Address, Settings, files_place, master_key, oidc_secret
from mufakat.web.front import front

BURST_SECONDS: Final = 4
"""Seconds' worth of requests that a caller may send at once."""
STRANGERS_A_SECOND: Final = 5
"""Requests a second from one address that do not say who calls."""
BACKLOG: Final = 1024
GRACE: Final = 20
"""Seconds that requests under way have after a signal."""


MOST_HEAD: Final = 64 * 1024
"""Bytes of a request's first line and headers, give or take what one read of the socket brings."""

log: Final = logging.getLogger("mufakat.serve")


class Server(uvicorn.Server):
    """A server that leaves signals to us: the loops and the trial database have to end in order, too."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, and say so."""
        await super().startup(sockets)
        self.listens.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing."""
        yield


class Protocol(HttpToolsProtocol):
    """HTTP that takes no endless headers: the parser alone would keep them all, for whoever sends them."""

    _head = 0
    _in_head = True

    def data_received(self, data: bytes) -> None:
        """Take what came, unless it is more than a head may be. A body that comes with its head is none of that."""
        while data and self._in_head:
            room = MOST_HEAD - self._head
            if room <= 0:
                self.send_400_response("The headers of this request are too long.")
                return
            piece, data = data[:room], data[room:]
            self._head += len(piece)
            super().data_received(piece)
            if self.transport.is_closing():
                return
        if data:
            super().data_received(data)

    def on_message_begin(self) -> None:
        """A request begins."""
        self._in_head, self._head = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Its body follows, which the application limits."""
        self._in_head = False
        super().on_headers_complete()


def serve(
    *,
    no_work: Annotated[
        bool, Parameter(negative=(), help="Only the API; let `mufakat work` run the loops elsewhere.")
    ] = False,
) -> int:
    """Serve the HTTP API, and run the loops of `mufakat work` beside it, until a signal.

    What is under way then is finished, for 20 seconds at most; a second signal ends it at once.
    """
    found = settings("info")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_serve(found, work=not no_work))


async def _serve(found: Settings, *, work: bool) -> int:
    asyncio.get_running_loop().set_exception_handler(_left_over)
    stop = _signalled()
    async with AsyncExitStack() as stack:
        listening = _listen(found.listen)
        stack.callback(listening.close)
        stack.enter_context(_metrics(found))
        place = await stack.enter_async_context(opened(found))
        await check_files(found)
        inspector = Inspector()
        stack.push_async_callback(inspector.close)
        site = site_over(place, inspector)
        if not found.database_url:
            site.trial = await _shop(place, site)
        server = Server(_config(site, stop))
        gc.freeze()  # what stays until the end is not looked through with every collection, which took 70 ms each
        first = [_announce(server, found.listen), _ready_for_files(inspector)]
        await together(server, listening, [*first, *(_loops(place, stop) if work else [])], stop)
    return 0


def _signalled() -> asyncio.Event:
    """Set by the first SIGTERM or SIGINT, after which the next one does what it usually does."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    signals = (signal.SIGTERM, signal.SIGINT)

    def first() -> None:
        stop.set()
        for each in signals:
            loop.remove_signal_handler(each)

    for each in signals:
        loop.add_signal_handler(each, first)
    return stop


async def together(
    server: Server, listening: socket.socket, beside: list[Coroutine[Any, Any, None]], stop: asyncio.Event
) -> None:
    """Serve, with what runs beside it, until `stop` or until one of them fails; then let all of them finish.

    Raises what a failed one raised: an API whose deadlines no longer lapse must not look alive.
    """
    running = {asyncio.create_task(each) for each in (server.serve(sockets=[listening]), *beside)}
    end = asyncio.create_task(stop.wait())
    left: set[asyncio.Task[Any]] = {*running, end}
    failed = False
    while not end.done() and not failed:
        done, left = await asyncio.wait(left, return_when=asyncio.FIRST_COMPLETED)
        failed = any(each.exception() is not None for each in done)
    stop.set()
    server.should_exit = True
    await asyncio.wait(running)  # a server that is cancelled instead leaves sockets open, and its loop never closes
    await asyncio.gather(*running)


async def _announce(server: Server, where: Address) -> None:
    """Say where it listens, at once also where the output is a pipe."""
    await server.listens.wait()
    say(f"Mufakat listens on http://{where}")
    sys.stdout.flush()
    log.info("listening", extra={"address": str(where)})


def _left_over(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what nobody waited for, without the values that the loop's own line would show."""
    del loop
    log.error("left over: %s", context.get("message", ""), exc_info=context.get("exception"))


async def _ready_for_files(inspector: Inspector) -> None:
    """Start what looks into files, so that the first one need not wait, and say at once how files are shut in there.

    Where it cannot start, no file is taken, and it is tried again with each; all else is served.
    """
    try:
        await inspector.start()
    except WorkshopLost as error:
        log.warning("Files cannot be looked into now, so none are taken: %s", error)
        return
    if inspector.walls and inspector.walls & Walls.NAMESPACES:  # else the inspector has warned
        log.info("%s", inspector.isolation())


def site_over(place: Place, inspector: Inspector) -> Site:
    """What the routes work with, over a place. inspector: looks into uploaded files; whoever made it closes it."""
    key, rate = master_key(place.settings), place.settings.requests_a_second
    vault, clock = Vault.at(files_place(place.settings)), place.engine.clock
    noting = Noting(place.store, place.sealer, clock)
    return Site(
        engine=place.engine,
        store=place.store,
        sealer=place.sealer,
        materials=Materials(place.store, vault, place.sealer, clock, inspector=inspector, after_kept=noted_by(noting)),
        providers=place.providers,
        own_key=derived(key, b"tokens"),
        cursors=Cursors(derived(key, b"cursors")),
        allowances=Allowances(rate, rate * BURST_SECONDS),
        strangers=Allowances(STRANGERS_A_SECOND, STRANGERS_A_SECOND * BURST_SECONDS),
        hooks=place.providers.hooks,
        endpoints=place.endpoints,
        oidc=_oidc(place.settings, key, clock),
        carriers=known(place.settings),
        recent=timedelta(minutes=place.settings.proof_minutes),
    )


def _oidc(found: Settings, key: bytes, clock: Clock) -> Oidc | None:
    """Signing in by an identity provider, where one is set."""
    if not found.oidc_issuer:
        return None
    client = Client(found.oidc_issuer, found.oidc_client_id, oidc_secret(found), found.public_url)
    return Oidc(client, derived(key, b"oidc"), clock)


def _loops(place: Place, stop: asyncio.Event) -> list[Coroutine[Any, Any, None]]:
    deadlines, deliveries = Deadlines(place.engine), deliveries_of(place)
    return [loops(deadlines, deliveries, stop, beside(place, stop))]


def _config(site: Site, stop: asyncio.Event) -> uvicorn.Config:
    return uvicorn.Config(
        application(site, front(stop)),
        http=Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # whoever comes first could else choose the address by which strangers are counted
        timeout_graceful_shutdown=GRACE,
    )


def _listen(where: Address) -> socket.socket:
    family = socket.AF_INET6 if ":" in where.host else socket.AF_INET
    try:
        return socket.create_server((where.host, where.port), family=family, backlog=BACKLOG)
    except OSError as error:
        why = f"{where} cannot be listened on ({error.strerror or error})"
        raise CliError(f"{why}; choose another with MUFAKAT_LISTEN.") from error


@contextmanager
def _metrics(found: Settings) -> Iterator[None]:
    """Metrics for Prometheus on a port of their own, so that nobody who calls the API sees them."""
    if not found.metrics.port:
        yield
        return
    from prometheus_client import start_http_server

    try:
        server, thread = start_http_server(found.metrics.port, addr=found.metrics.host)
    except OSError as error:
        why = f"Metrics cannot be shown on {found.metrics} ({error.strerror or error})"
        raise CliError(f"{why}; choose another place with MUFAKAT_METRICS, or none.") from error
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


async def _shop(place: Place, site: Site) -> Trial:
    from mufakat.lab.little_shop import furnish

    return await furnish(place.engine, place.store, place.providers, site.own_key)
