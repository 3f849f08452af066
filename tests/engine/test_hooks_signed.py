"""Webhooks are signed as Standard Webhooks has it: checked by its reference libraries, also while secrets change."""

import asyncio
import base64
import json
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook, WebhookVerificationError

from mufakat.engine.hooks.keeping import MOST_HOOKS, MOST_SECRETS, Endpoints, HookError
from mufakat.engine.hooks.sending import Sender
from mufakat.lab.memory import MemoryStore
from mufakat.standard_webhooks import Kind
from mufakat.store.hooks import Hook, Outcome
from tests.engine.receiver import Came, Plan
from tests.node import installed
from tests.store.world import World

LOCKED = Path(__file__).parents[1] / "javascript"
URL = "https://shop.example/hooks"
DAY = timedelta(days=1)


@dataclass
class Clock:
    """The machine's clock, moved by hand."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        """The moment."""
        return datetime.now(UTC) + self.ahead


class Stand:
    """Endpoints, and what came there."""

    def __init__(self) -> None:
        self.store, self.clock, self.line = MemoryStore(), Clock(), Plan([])
        self.world = World(self.store)
        self.sender = Sender(self.store, self.world.sealer, self.clock, self.line)
        self.endpoints = Endpoints(self.store, self.sender, self.clock, private=False)

    async def came(self, hook: Hook) -> Came:
        """What comes when an endpoint is tried out."""
        tried = await self.endpoints.test("here", hook.id)
        assert tried is not None
        assert tried.outcome is Outcome.DELIVERED
        return self.line.came[-1]


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    made = Stand()
    await made.world.ready()
    yield made
    await made.line.close()


def by_python(key: str, came: Came) -> Any:
    """What the reference library for Python makes of it; Ed25519, which it has not, by hand as the standard says it."""
    if key.startswith("whsec_"):
        return Webhook(key).verify(came.body, came.headers)["type"]
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key.removeprefix("whpk_")))
    signed = f"{came.id}.{came.headers['webhook-timestamp']}.".encode() + came.body
    for each in came.headers["webhook-signature"].split():
        version, _, signature = each.partition(",")
        try:
            assert version == "v1a"
            public.verify(base64.b64decode(signature), signed)
        except InvalidSignature:
            continue
        return json.loads(came.body)["type"]
    raise WebhookVerificationError("no matching signature")


def refused_by_python(key: str, came: Came) -> bool:
    try:
        by_python(key, came)
    except WebhookVerificationError:
        return True
    return False


async def by_javascript(*checks: tuple[str, Came]) -> list[str]:
    """What the reference library for JavaScript, and Node itself, make of each."""
    place = await asyncio.to_thread(installed, LOCKED)
    if place is None:
        pytest.skip("signatures are not checked in Node: there is no Node with npm here, or npm could not install")
    asked = [{"key": key, "headers": came.headers, "body": came.body.decode()} for key, came in checks]
    running = await asyncio.create_subprocess_exec(
        "node", "verify.mjs", cwd=place, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    out, _ = await running.communicate(json.dumps(asked).encode())
    assert running.returncode == 0
    found: list[str] = json.loads(out)
    return found


@pytest.mark.parametrize("kind", Kind)
async def test_what_is_sent_is_checked_by_the_reference_libraries(stand: Stand, kind: Kind) -> None:
    made = await stand.endpoints.make("here", URL, (), kind)
    other = await stand.endpoints.make("here", URL, (), kind)
    came = await stand.came(made.hook)
    changed = Came(came.headers, came.body + b" ")
    moved = Came(came.headers | {"webhook-id": "msg_another"}, came.body)
    assert by_python(made.secret, came) == "hook.test"
    for key, wrong in ((made.secret, changed), (made.secret, moved), (other.secret, came)):
        assert refused_by_python(key, wrong)
    said = await by_javascript((made.secret, came), (made.secret, changed), (made.secret, moved), (other.secret, came))
    assert said[0] == "hook.test"
    assert all(each.startswith("refused: ") for each in said[1:])


async def test_the_public_key_can_be_read_later_and_the_secret_never(stand: Stand) -> None:
    shared = await stand.endpoints.make("here", URL, (), Kind.HMAC)
    public = await stand.endpoints.make("here", URL, (), Kind.ED25519)
    assert await stand.endpoints.public_keys(shared.hook) == []
    assert await stand.endpoints.public_keys(public.hook) == [public.secret]
    kept = await stand.store.hook_secrets("here", shared.hook.id, stand.clock.now())
    assert shared.secret.encode() not in kept[0].sealed


@pytest.mark.parametrize("kind", Kind)
async def test_a_secret_is_rotated_without_a_gap(stand: Stand, kind: Kind) -> None:
    old = await stand.endpoints.make("here", URL, (), kind)
    assert await stand.endpoints.rotate("here", "no such hook", DAY) is None
    new = await stand.endpoints.rotate("here", old.hook.id, DAY)
    assert new is not None
    assert new.secret != old.secret
    both = await stand.came(old.hook)
    assert [by_python(each.secret, both) for each in (old, new)] == ["hook.test", "hook.test"]
    assert await by_javascript((old.secret, both), (new.secret, both)) == ["hook.test", "hook.test"]
    assert len(both.headers["webhook-signature"].split()) == 2
    stand.clock.ahead = DAY
    after = await stand.came(old.hook)
    assert len(after.headers["webhook-signature"].split()) == 1
    assert refused_by_python(old.secret, after)
    last = await stand.endpoints.rotate("here", old.hook.id, timedelta())
    assert last is not None
    gone = await stand.came(old.hook)
    assert len(gone.headers["webhook-signature"].split()) == 1
    assert refused_by_python(new.secret, gone)


async def test_there_are_not_more_secrets_and_endpoints_than_may_be(stand: Stand) -> None:
    hook = (await stand.endpoints.make("here", URL, (), Kind.HMAC)).hook
    for _ in range(MOST_SECRETS - 1):
        assert await stand.endpoints.rotate("here", hook.id, DAY)
    with pytest.raises(HookError, match=f"{MOST_SECRETS} secrets are good now"):
        await stand.endpoints.rotate("here", hook.id, DAY)
    assert await stand.endpoints.rotate("here", hook.id, timedelta())
    for _ in range(MOST_HOOKS - 1):
        await stand.endpoints.make("here", URL, (), Kind.HMAC)
    with pytest.raises(HookError, match=f"at most {MOST_HOOKS} endpoints"):
        await stand.endpoints.make("here", URL, (), Kind.HMAC)


@pytest.mark.parametrize(
    "url, events, why",
    [
        ("http://shop.example/", (), "begins with https://"),
        ("ftp://shop.example/", (), "begins with https://"),
        ("https://", (), "begins with https://"),
        ("https://shop.example/a b", (), "begins with https://"),
        ("https://shop.éxample/", (), "begins with https://"),
        ("https://[::1/", (), "no address"),
        ("https://shop.example:99999/", (), "no address"),
        ("https://me:secret@shop.example/", (), "without a name and password"),
        ("https://shop.example/#here", (), "without a fragment"),
        ("https://shop.example/" + "x" * 2000, (), "at most 2000 characters"),
        (URL, ("dispute.judged", "no.such"), "no event no.such"),
    ],
)
async def test_what_is_no_endpoint_is_refused(stand: Stand, url: str, events: tuple[str, ...], why: str) -> None:
    with pytest.raises(HookError, match=why):
        await stand.endpoints.make("here", url, events, Kind.HMAC)
    made = await stand.endpoints.make("here", URL, (), Kind.HMAC)
    with pytest.raises(HookError, match=why):
        await stand.endpoints.change("here", made.hook.id, url=url, events=events)
