"""Endpoints of a marketplace for webhooks: kept, tried out, told of things again; and what was tried at them."""

from datetime import timedelta
from typing import Annotated, Any, Final, TypeVar

from litestar import Request, Response, Router, delete, get, patch, post
from litestar.params import JSONBody, PathParameter, QueryParameter

from mufakat.api.asked import caller, site_of
from mufakat.api.cursors import CursorError
from mufakat.api.knocking import RIGHT
from mufakat.api.problems import Troubled
from mufakat.api.rights import Right
from mufakat.api.site import Site
from mufakat.api.troubles import Trouble
from mufakat.api.wire import hooks as w
from mufakat.api.wire.mirror import NO_NUL
from mufakat.engine.hooks.keeping import HookError, Opened
from mufakat.standard_webhooks import Kind
from mufakat.store.hooks import Hook, Try

MANAGE = {RIGHT: Right.HOOKS_MANAGE}
OF_CASE: Final = "Only tries at events of this case."
PAGE: Final = 50
"""Tries of a page where nothing is said."""
MOST_A_PAGE: Final = 200
"""Tries of one page."""
HookId = Annotated[str, PathParameter(max_length=64, pattern=NO_NUL, description="The endpoint's id.")]
T = TypeVar("T")
DeliveryId = Annotated[str, PathParameter(max_length=64, pattern=NO_NUL, description="The delivery's id.")]


@get("/hooks", opt=MANAGE)
async def list_hooks(request: Request[Any, Any, Any]) -> w.HooksOut:
    """Every endpoint of the marketplace, how it is doing, and the public keys where it is signed with ED25519."""
    site, who = site_of(request), caller(request)
    return w.HooksOut(hooks=[await _out(site, each) for each in await site.endpoints.all(who.marketplace)])


@post("/hooks", opt=MANAGE)
async def make_hook(request: Request[Any, Any, Any], data: JSONBody[w.HookIn]) -> w.NewHookOut:
    """Have the marketplace's machine told of events from now on, by webhooks (Standard Webhooks).

    They come at least once, and in order within a case; `/asyncapi.json` describes them. An earlier event comes by a
    replay.
    """
    site, who = site_of(request), caller(request)
    try:
        made = await site.endpoints.make(who.marketplace, data.url, data.events, Kind(data.kind))
    except HookError as error:
        raise _troubled(error) from error
    return await _opened(site, made)


@patch("/hooks/{hook_id:str}", opt=MANAGE)
async def change_hook(request: Request[Any, Any, Any], hook_id: HookId, data: JSONBody[w.HookChangeIn]) -> w.HookOut:
    """Change where an endpoint is or what it wants, pause it, or let it go on: then what waited is sent, in order."""
    site, who = site_of(request), caller(request)
    try:
        changed = await site.endpoints.change(
            who.marketplace, hook_id, url=data.url, events=data.events, paused=data.paused
        )
    except HookError as error:
        raise _troubled(error) from error
    return await _out(site, _there(changed))


@delete("/hooks/{hook_id:str}", opt=MANAGE, status_code=204)
async def remove_hook(request: Request[Any, Any, Any], hook_id: HookId) -> Response[None]:
    """Remove an endpoint with its log. What is on its way to it may still come."""
    site, who = site_of(request), caller(request)
    if not await site.endpoints.remove(who.marketplace, hook_id):
        raise Troubled(Trouble.NOT_FOUND)
    return Response(None, status_code=204)


@post("/hooks/{hook_id:str}/secret", opt=MANAGE)
async def rotate_hook_secret(
    request: Request[Any, Any, Any], hook_id: HookId, data: JSONBody[w.SecretIn]
) -> w.NewHookOut:
    """Sign under a new secret from now on. For some hours what is sent is signed under the old one as well.

    So nothing that comes is unsigned to a receiver that has one of the two.
    """
    site, who = site_of(request), caller(request)
    try:
        made = _there(await site.endpoints.rotate(who.marketplace, hook_id, timedelta(hours=data.hours)))
    except HookError as error:
        raise _troubled(error) from error
    return await _opened(site, made)


@post("/hooks/{hook_id:str}/test", opt=MANAGE, status_code=200)
async def test_hook(request: Request[Any, Any, Any], hook_id: HookId) -> w.DeliveryOut:
    """Send an endpoint a `hook.test` now, also while it is paused, and tell how it went."""
    site, who = site_of(request), caller(request)
    return _delivery(_there(await site.endpoints.test(who.marketplace, hook_id)))


@get("/hooks/{hook_id:str}/deliveries", opt=MANAGE)
async def list_deliveries(
    request: Request[Any, Any, Any],
    hook_id: HookId,
    case_id: Annotated[str, QueryParameter(required=False, max_length=200, pattern=NO_NUL, description=OF_CASE)] = "",
    limit: Annotated[int, QueryParameter(ge=1, le=MOST_A_PAGE)] = PAGE,
    cursor: Annotated[str, QueryParameter(required=False, max_length=1000)] = "",
) -> w.DeliveriesOut:
    """The log of an endpoint: every try of the last thirty days, the newest first. With `case_id` those of one case."""
    site, who = site_of(request), caller(request)
    _there(await site.endpoints.one(who.marketplace, hook_id))
    about = ("deliveries", who.marketplace, hook_id, case_id)
    before = _before(site, about, cursor)
    found = await site.endpoints.tries(who.marketplace, hook_id, before, limit, case_id)
    more = site.cursors.make(about, [found[-1].id]) if len(found) == limit else None
    return w.DeliveriesOut(deliveries=[_delivery(each) for each in found], next=more)


@post("/hooks/{hook_id:str}/deliveries/{delivery_id:str}/resend", opt=MANAGE, status_code=200)
async def resend_delivery(request: Request[Any, Any, Any], hook_id: HookId, delivery_id: DeliveryId) -> w.DeliveryOut:
    """Send once more, now, what a try in the log sent, under the same `webhook-id`, and tell how it went.

    For one that was given up, or lost by its receiver. It comes beside the order of its case, which goes on.
    """
    site, who = site_of(request), caller(request)
    return _delivery(_there(await site.endpoints.resend(who.marketplace, hook_id, delivery_id)))


@post("/hooks/{hook_id:str}/replay", opt=MANAGE, status_code=200)
async def replay_hook(request: Request[Any, Any, Any], hook_id: HookId, data: JSONBody[w.ReplayIn]) -> w.ReplayOut:
    """Tell an endpoint again of what happened: in every case since a moment, or in one case from an event on.

    In order within each case, under the same `webhook-id` as before; also of what was before there was the endpoint.
    """
    site, who = site_of(request), caller(request)
    if (data.since is None) == (data.case_id is None):
        raise Troubled(Trouble.BODY_NOT_VALID, "give either `since` or `case_id`", where="since")
    _there(await site.endpoints.one(who.marketplace, hook_id))
    if data.since is not None:
        return w.ReplayOut(cases=await site.endpoints.replay_since(who.marketplace, hook_id, data.since) or 0)
    assert data.case_id is not None
    if not await site.endpoints.replay_case(who.marketplace, hook_id, data.case_id, data.number):
        raise Troubled(Trouble.NOT_FOUND)
    return w.ReplayOut(cases=1)


def _there(found: T | None) -> T:
    """What was found. Raises NOT_FOUND where nothing was."""
    if found is None:
        raise Troubled(Trouble.NOT_FOUND)
    return found


def _troubled(error: HookError) -> Troubled:
    return Troubled(Trouble.HOOK_NOT_VALID, str(error), where=error.where)


def _before(site: Site, about: tuple[Any, ...], cursor: str) -> str:
    if not cursor:
        return ""
    try:
        (last,) = site.cursors.read(about, cursor)
    except (CursorError, ValueError) as error:
        raise Troubled(Trouble.CURSOR_NOT_VALID, str(error)) from error
    return last


async def _opened(site: Site, made: Opened) -> w.NewHookOut:
    secret = made.secret if made.hook.kind is Kind.HMAC else None
    return w.NewHookOut(hook=await _out(site, made.hook), secret=secret)


async def _out(site: Site, hook: Hook) -> w.HookOut:
    return w.HookOut(
        id=hook.id,
        url=hook.url,
        events=list(hook.events),
        kind=hook.kind.value,
        public_keys=await site.endpoints.public_keys(hook),
        paused=None if hook.paused is None else hook.paused.value,
        failures=hook.failures,
        failing_since=hook.failing_since,
        created_at=hook.created_at,
    )


def _delivery(tried: Try) -> w.DeliveryOut:
    return w.DeliveryOut(
        id=tried.id,
        type=tried.name,
        order_id=tried.order_id or None,
        case_id=tried.case_id or None,
        number=tried.number or None,
        at=tried.at,
        outcome=tried.outcome.value,
        status=tried.status,
        took_ms=tried.took_ms,
        answer=tried.answer,
        why=tried.why,
    )


router = Router(
    "/v1",
    route_handlers=[
        list_hooks,
        make_hook,
        change_hook,
        remove_hook,
        rotate_hook_secret,
        test_hook,
        list_deliveries,
        resend_delivery,
        replay_hook,
    ],
    tags=["Webhooks"],
)
