"""The Python of the README and of the guide runs as it stands there, in order, against a sandbox on a loopback port."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
import uvicorn

from mufakat import rulebooks
from mufakat.api import principals
from mufakat.api.app import application
from mufakat.api.rights import SCOPES
from mufakat.api.wire.health import ShutIn
from mufakat.cli.serving import Server
from mufakat.core.claim import Reason, RequestType
from mufakat.core.policy.policy import AutomaticRule
from mufakat.core.policy.rulebook import parse, resolve
from mufakat.evidence.kinds import ALLOWED
from mufakat.store.postgres import PostgresStore
from mufakat.store.records import CredentialKind, Marketplace
from tests.api.shop import opened

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```python\n(.*?)^```\n", re.DOTALL | re.MULTILINE)
PAGES = {
    "README.md": "The customer asked the platform to step in: dispute 1.",
    "docs/guides/integration.md": "Closed: refunded.",
}
"""Pages with code, and what it prints in the end."""
SANDBOX = "shop-test"


@pytest.fixture
async def sandbox(database_url: str, tmp_path: Path) -> AsyncIterator[tuple[str, str]]:
    """The address of a server with a sandbox, and the sandbox's key."""
    store = await PostgresStore.connect(database_url)
    shop = await opened(store, tmp_path / "files")
    await store.put_marketplace(Marketplace(SANDBOX, "id", sandbox=True))
    made = principals.make(CredentialKind.SERVER, SANDBOX, "ci", SCOPES, shop.clock.now(), None)
    assert await store.put_credential(made.credential)
    server = Server(uvicorn.Config(application(shop.site), lifespan="off", log_config=None))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        await server.listens.wait()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", made.text
        server.should_exit = True
        await serving
    await shop.http.aclose()
    await store.close()


def test_the_guide_names_the_kinds_of_files_that_are_taken() -> None:
    said = " ".join((ROOT / "docs/guides/integration.md").read_text(encoding="utf-8").split())
    assert f"told by content, never by name: {ALLOWED}." in said


def test_the_class_for_machines_that_the_guide_shows_begins_one() -> None:
    guide = (ROOT / "docs/guides/agents.md").read_text(encoding="utf-8")
    shown = re.search(r"^```toml\n(.*?)^```\n", guide, re.DOTALL | re.MULTILINE)
    assert shown
    book = parse(rulebooks.text("id") + "\n" + shown[1], "id")
    assert resolve(book, date(2026, 11, 30)).automatic == ()
    named = AutomaticRule("NEVER_CAME", (Reason.ITEM_NOT_RECEIVED,), (RequestType.REFUND,), 10_000_000)
    assert resolve(book, date(2026, 12, 1)).automatic == (named,)


def test_the_guide_names_every_way_in_which_files_are_shut_in() -> None:
    said = (ROOT / "docs/guides/postgresql.md").read_text(encoding="utf-8")
    assert not [each for each in ShutIn if f"`{each}`" not in said]


@pytest.mark.parametrize("name", PAGES)
async def test_the_code_of_a_guide_runs_as_it_stands_there(
    name: str, sandbox: tuple[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url, key = sandbox
    monkeypatch.setenv("SHOP_URL", url)
    monkeypatch.setenv("SHOP_KEY", key)
    blocks = BLOCK.findall((ROOT / name).read_text(encoding="utf-8"))
    assert blocks
    code = compile("\n".join(blocks), name, "exec")
    await asyncio.to_thread(exec, code, {})
    assert PAGES[name] in capsys.readouterr().out
