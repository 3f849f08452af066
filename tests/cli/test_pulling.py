"""`mufakat orders pull`: a shop's orders from its own server, by a file that names it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mufakat.dialects.tiktok import calls
from tests.cli.typing_in import fine, mufakat
from tests.dialects.order_api import CIPHER, KEY, SECRET, OrderApi, serve, told


@pytest.fixture
def shop(place: Path) -> Iterator[tuple[Path, OrderApi]]:
    """A shop's file, and its server."""
    fine("marketplace", "put", "toko", "--rulebook", "id")
    api = OrderApi()
    server = serve(api)
    address = f"http://127.0.0.1:{server.server_address[1]}"
    named = {"app_key": KEY, "app_secret": SECRET, "shop_cipher": CIPHER, "seller_id": "budi", "api": address}
    named |= {"auth": address, "refresh_token": "refresh-1"}
    lines = [f'{name} = "{value}"' for name, value in named.items()]
    (place / "shop.toml").write_text("\n".join([*lines, "private = true"]))
    yield place / "shop.toml", api
    server.shutdown()
    server.server_close()


def test_a_shop_is_pulled_and_pulled_again(shop: tuple[Path, OrderApi]) -> None:
    file, api = shop
    api.put(told("o1"), told("o2", "UNPAID"))
    said = fine("orders", "pull", str(file), "--since", "2026-02-20")
    assert said.startswith("new 1, the same 0, changed 0, not bought yet 1\nfacts recorded 4; read until ")
    assert fine("orders", "pull", str(file)).startswith("new 0, the same 0")


def test_orders_that_cannot_be_used_are_told(shop: tuple[Path, OrderApi]) -> None:
    file, api = shop
    api.put(told("o1", "EATEN"))
    said = mufakat("orders", "pull", str(file), "--since", "2026-02-20")
    assert said.code == 1
    assert "order o1, FIELD_WRONG: status 'EATEN' is none of" in said.err


def test_what_cannot_be_done_is_told_in_a_sentence(
    shop: tuple[Path, OrderApi], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, api = shop
    api.refresh = "another"
    said = mufakat("orders", "pull", str(file))
    assert (said.code, SECRET in said.err) == (2, False)
    assert "TikTok Shop refuses renewing the token" in said.err
    monkeypatch.setattr(calls, "TRIES", 1)
    file.write_text(file.read_text().replace("private = true", ""))
    assert "Give an address that begins with https://" in mufakat("orders", "pull", str(file)).err
    file.write_text("app_key = 3")
    assert "cannot be read" in mufakat("orders", "pull", str(file)).err
    assert "cannot be read" in mufakat("orders", "pull", f"{file}.none").err
    assert "--from is tiktok" in mufakat("orders", "pull", str(file), "--from", "ebay").err
    assert "--every is from 0" in mufakat("orders", "pull", str(file), "--every", "-1").err
