"""Ids that hold a slash, as invoice numbers do, are addressed with it encoded."""

from urllib.parse import quote

import httpx
import pytest

from tests.api.shop import Shop

INVOICE = "INV/2026/117"


async def test_an_order_named_like_an_invoice_is_put_read_and_disputed(shop: Shop) -> None:
    place = f"/v1/orders/{quote(INVOICE, safe='')}"
    await shop.order(quote(INVOICE, safe=""))
    read = (await shop.http.get(place, headers=shop.customer())).json()
    assert read["order_id"] == INVOICE
    assert read["links"]["self"] == place
    assert (await shop.http.get(read["links"]["eligibility"], headers=shop.customer())).status_code == 200
    body = {"order_id": INVOICE, "type": "REFUND", "lines": [{"line_id": "1", "reason": "DEFECTIVE"}]}
    opened = await shop.http.post("/v1/cases", json=body, headers=shop.customer())
    assert opened.status_code == 201
    assert opened.json()["case"]["links"]["order"] == place


@pytest.mark.parametrize("path", ["/v1%2Forders/o-1", "/v1/orders/..%2Fcases", "/v1/orders%2Fo-1", "/%2F"])
async def test_an_encoded_slash_never_leads_to_another_route(shop: Shop, path: str) -> None:
    await shop.order()
    # A client without the hook that takes an address for what it would be when decoded.
    async with httpx.AsyncClient(transport=shop.http._transport, base_url=shop.http.base_url) as plain:
        assert (await plain.get(path, headers=shop.server)).status_code == 404
