"""Verbs for endpoints of a marketplace's machines, which are told of events by webhooks."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeVar

from cyclopts import Parameter

from mufakat.cli.errors import CliError
from mufakat.cli.orders import Where
from mufakat.cli.place import Place, run
from mufakat.cli.screen import console, rows, say
from mufakat.store.hooks import Hook, Outcome, Try

FAILED = 1
"""Exit code of a test or a resend that was not taken."""
Id = Annotated[str, Parameter(help="The endpoint's id, as `mufakat hook list` shows it.")]
Delivery = Annotated[str, Parameter(help="The delivery's id, as `mufakat hook log` shows it.")]
MOST_HOURS = 720
MOST_SHOWN = 1000

T = TypeVar("T")


def make(
    url: Annotated[str, Parameter(help="Where it is: https.")],
    *,
    events: Annotated[
        str, Parameter(show_default=False, help="Which events it wants, with commas between; all when left out.")
    ] = "",
    ed25519: Annotated[
        bool, Parameter(negative=(), help="Sign under a key of which the receiver has the public half.")
    ] = False,
    marketplace: Where = "",
) -> int:
    """Have a machine told of events from now on. What it checks signatures with is printed, a secret this once."""
    from mufakat.standard_webhooks import Kind

    wanted = [each.strip() for each in events.split(",") if each.strip()]
    kind = Kind.ED25519 if ed25519 else Kind.HMAC

    async def work(place: Place) -> int:
        where = await place.marketplace(marketplace)
        made = await place.endpoints.make(where.marketplace, url, wanted, kind)
        say(f"{made.hook.id}\n{made.secret}")
        return 0

    return _run(work)


def list_hooks(*, marketplace: Where = "") -> int:
    """List the endpoints of a marketplace, and how they do."""

    async def work(place: Place) -> int:
        where = await place.marketplace(marketplace)
        found = await place.endpoints.all(where.marketplace)
        lines = [
            (each.id, each.url, each.kind.value.lower(), _state(each), ",".join(each.events) or "all") for each in found
        ]
        rows(console(), lines, ("id", "address", "kind", "state", "events"))
        return 0

    return _run(work)


def pause(hook: Id, *, marketplace: Where = "") -> int:
    """Send an endpoint nothing until it is resumed; what happens meanwhile waits for it."""
    return _change(hook, marketplace, paused=True)


def resume(hook: Id, *, marketplace: Where = "") -> int:
    """Let an endpoint go on after a pause: what waited is sent, in order."""
    return _change(hook, marketplace, paused=False)


def remove(hook: Id, *, marketplace: Where = "") -> int:
    """Remove an endpoint with its log."""

    async def work(place: Place) -> int:
        where = await place.marketplace(marketplace)
        if not await place.endpoints.remove(where.marketplace, hook):
            raise _no_such(hook)
        say(f"{hook}: removed")
        return 0

    return _run(work)


def rotate(
    hook: Id,
    *,
    hours: Annotated[int, Parameter(help="How long the old secret goes on beside the new one.")] = 24,
    marketplace: Where = "",
) -> int:
    """Sign under a new secret from now on; what the receiver checks with is printed, a secret this once."""
    if not 0 <= hours <= MOST_HOURS:
        raise CliError(f"--hours is from 0 to {MOST_HOURS}.")

    async def work(place: Place) -> int:
        where = await place.marketplace(marketplace)
        made = _found(await place.endpoints.rotate(where.marketplace, hook, timedelta(hours=hours)), hook)
        say(made.secret)
        return 0

    return _run(work)


def try_out(hook: Id, *, marketplace: Where = "") -> int:
    """Send an endpoint a `hook.test`; exit code 1 where it was not taken."""
    return _sent(marketplace, lambda place, where: place.endpoints.test(where, hook), hook)


def resend(hook: Id, delivery: Delivery, *, marketplace: Where = "") -> int:
    """Send once more what a try in the log sent; exit code 1 where it was not taken."""
    return _sent(marketplace, lambda place, where: place.endpoints.resend(where, hook, delivery), delivery)


def log(
    hook: Id,
    *,
    case: Annotated[str, Parameter(show_default=False, help="Only tries at events of this case.")] = "",
    last: Annotated[int, Parameter(help="How many, at most.")] = 50,
    marketplace: Where = "",
) -> int:
    """Show what was tried at an endpoint in the last thirty days, the newest first."""
    if not 1 <= last <= MOST_SHOWN:
        raise CliError(f"--last is from 1 to {MOST_SHOWN}.")

    async def work(place: Place) -> int:
        where = await place.marketplace(marketplace)
        _found(await place.endpoints.one(where.marketplace, hook), hook)
        found = await place.endpoints.tries(where.marketplace, hook, "", last, case)
        for each in found:
            about = f" {each.case_id} {each.number}" if each.number else ""
            say(f"{each.id} {each.at:%Y-%m-%dT%H:%M:%SZ} {_went(each)}: {each.name}{about}")
        return 0

    return _run(work)


def replay(
    hook: Id,
    *,
    since: Annotated[
        datetime | None, Parameter(help="Every case, from this moment on; UTC where no zone is said.")
    ] = None,
    case: Annotated[str, Parameter(show_default=False, help="One case, from --number on.")] = "",
    number: Annotated[int, Parameter(help="The first event of the case that is told again.")] = 1,
    marketplace: Where = "",
) -> int:
    """Tell an endpoint again of what happened, in order within each case, under the same ids."""
    if (since is None) == (not case):
        raise CliError("Say from where on: either --since or --case.")
    if number < 1:
        raise CliError("--number is 1 or more.")

    async def work(place: Place) -> int:
        where = (await place.marketplace(marketplace)).marketplace
        _found(await place.endpoints.one(where, hook), hook)
        if since is not None:
            moment = since if since.tzinfo is not None else since.replace(tzinfo=UTC)
            count = await place.endpoints.replay_since(where, hook, moment) or 0
            say(f"{count} case{'' if count == 1 else 's'} will be told again")
            return 0
        if not await place.endpoints.replay_case(where, hook, case, number):
            raise CliError(f"There is no case {case} in {where}.")
        say(f"{case} will be told again from event {number} on")
        return 0

    return _run(work)


def _change(hook: str, marketplace: str, *, paused: bool) -> int:
    async def work(place: Place) -> int:
        where = await place.marketplace(marketplace)
        changed = _found(await place.endpoints.change(where.marketplace, hook, paused=paused), hook)
        say(f"{hook}: {_state(changed)}")
        return 0

    return _run(work)


def _sent(marketplace: str, send: Callable[[Place, str], Awaitable[Try | None]], name: str) -> int:
    async def work(place: Place) -> int:
        tried = _found(await send(place, (await place.marketplace(marketplace)).marketplace), name)
        say(f"{tried.name}: {_went(tried)} in {tried.took_ms} ms")
        if tried.answer:
            say(tried.answer.rstrip("\n"))
        return 0 if tried.outcome is Outcome.DELIVERED else FAILED

    return _run(work)


def _run(work: Callable[[Place], Awaitable[int]]) -> int:
    """Run it; what the endpoints refuse is told in their sentence."""
    from mufakat.engine.hooks.keeping import HookError

    async def told(place: Place) -> int:
        try:
            return await work(place)
        except HookError as error:
            raise CliError(str(error)) from error

    return run(told)


def _found(found: T | None, name: str) -> T:
    if found is None:
        raise _no_such(name)
    return found


def _no_such(name: str) -> CliError:
    return CliError(f"There is no {name} among the endpoints; `mufakat hook list` shows them.")


def _state(hook: Hook) -> str:
    if hook.paused is not None:
        return f"paused ({hook.paused.value.lower().replace('_', ' ')})"
    return f"failed {hook.failures} times in a row" if hook.failures else "well"


def _went(tried: Try) -> str:
    return tried.outcome.value.lower().replace("_", " ") + (f" ({tried.why})" if tried.why else "")
