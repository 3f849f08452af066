"""The client for plain programs is made from the other, current, and as well described; both are light."""

import inspect
import subprocess
import sys

import pytest
from tools import client as maker

from mufakat.client import AsyncClient, Client

PUBLIC = sorted(name for name in dir(AsyncClient) if not name.startswith("_"))


def test_the_plain_client_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    assert maker.main(["--check"]) == 0, capsys.readouterr().err


def test_a_stale_client_is_noticed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    wanted = maker.made() | {"cases.py": "another text"}
    monkeypatch.setattr(maker, "made", lambda: wanted)
    assert maker.main(["--check"]) == 1
    assert "(cases.py)" in capsys.readouterr().err


def test_what_is_asynchronous_is_turned_into_what_is_plain() -> None:
    text = '"""A room."""\n\nasync def f(x: AsyncThing) -> None:\n    async with x:\n        await g(to_thread(h, 1))\n'
    made = maker.plain(text)
    assert "def f(x: Thing) -> None:\n    with x:\n        g(h(1))\n" in made
    assert "async" not in made.replace("asynchronous/: change that one", "")


@pytest.mark.parametrize("name", PUBLIC)
def test_both_clients_have_the_same_methods(name: str) -> None:
    one, other = getattr(AsyncClient, name), getattr(Client, "close" if name == "aclose" else name)
    assert one.__doc__
    assert (one.__doc__, inspect.signature(one).parameters) == (other.__doc__, inspect.signature(other).parameters)


def test_a_client_brings_nothing_of_the_server() -> None:
    check = (
        "import sys, mufakat.client; "
        "print([x for x in sys.modules if x.partition('.')[0] in ('litestar', 'asyncpg', 'cryptography', 'uvicorn') "
        "or x.startswith(('mufakat.store', 'mufakat.engine', 'mufakat.rulebooks', 'mufakat.settings'))])"
    )
    found = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
