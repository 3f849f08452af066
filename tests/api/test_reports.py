"""Reports over HTTP: leads and servers over all sellers, a seller over itself and nobody else; as JSON and as CSV."""

import csv
import io
from typing import Any

from mufakat.engine.signals.noting import Noting
from tests.api.shop import Shop
from tests.api.test_quality import dismissed, lead

OTHER = "s-2"


async def noted(shop: Shop) -> None:
    """The loop that notes what has changed has come by."""
    await Noting(shop.site.store, shop.site.sealer, shop.clock).drain()


async def two_sellers(shop: Shop) -> None:
    """A case of the shop's own seller, judged for it, and an open one of another whose id is a formula."""
    await dismissed(shop)
    lines = [{"line_id": "1", "product_id": "=1+1", "quantity": 1, "unit_price": 500_000, "category": "toys"}]
    await shop.order("o-2", seller_id=OTHER, lines=lines)
    body = {"order_id": "o-2", "type": "REFUND", "lines": [{"line_id": "1", "reason": "WRONG_ITEM"}], "text": "No."}
    assert (await shop.http.post("/v1/cases", json=body, headers=shop.customer())).status_code == 201
    await noted(shop)


async def read(shop: Shop, where: str, headers: dict[str, str], **query: str) -> Any:
    answer = await shop.http.get(where, headers=headers, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_lead_reads_what_happened(shop: Shop) -> None:
    await two_sellers(shop)
    headers = await lead(shop)
    told = await read(shop, "/v1/reports", headers, figure="VOLUMES", by="SELLER")
    assert {row["group"]: row["numbers"]["opened"] for row in told["rows"]} == {"s-1": 1, OTHER: 1}
    assert (told["figure"], told["by"], told["seller_id"]) == ("VOLUMES", "SELLER", None)
    (row,) = (await read(shop, "/v1/reports", headers, figure="TIMES"))["rows"]
    assert row["numbers"]["decision_median"] == 3600
    told = await read(shop, "/v1/reports", headers, figure="REVERSALS", by="REASON")
    assert [(row["group"], row["numbers"]["judged"]) for row in told["rows"]] == [("DEFECTIVE", 1)]
    told = await read(shop, "/v1/reports", headers, figure="VOLUMES", seller_id=OTHER)
    assert told["seller_id"] == OTHER
    assert told["rows"][0]["numbers"] == {"opened": 1, "disputed": 0, "closed": 0, "lines": 1}


async def test_a_period_at_a_glance_stands_beside_the_one_before(shop: Shop) -> None:
    await two_sellers(shop)
    told = await read(shop, "/v1/reports/summary", await lead(shop))
    assert (told["open"], told["now"]["opened"], told["before"]["opened"]) == (2, 2, 0)
    assert (told["now"]["decided"], told["now"]["decision_median_seconds"]) == (1, 3600)
    assert (told["now"]["judged"], told["now"]["fell"], told["now"]["paid"]) == (1, 0, [])
    assert told["before"]["until"] == told["now"]["since"]
    shop.clock.forward(days=32)
    told = await read(shop, "/v1/reports/summary", await lead(shop))
    assert (told["now"]["opened"], told["before"]["opened"]) == (0, 2)
    assert told["before"]["decision_median_seconds"] == 3600
    assert told["now"]["decision_median_seconds"] is None


async def test_a_seller_reads_its_own_and_of_nobody_else(shop: Shop) -> None:
    await two_sellers(shop)
    mine = shop.seller()
    own = await read(shop, "/v1/sellers/s-1/reports", mine, figure="VOLUMES", by="PRODUCT")
    assert [row["group"] for row in own["rows"]] == ["blender"]
    assert (await read(shop, "/v1/sellers/s-1/reports/summary", mine))["now"]["opened"] == 1
    for where in (f"/v1/sellers/{OTHER}/reports?figure=VOLUMES", f"/v1/sellers/{OTHER}/reports/summary"):
        assert (await shop.http.get(where, headers=mine)).status_code == 404
    for where in ("/v1/reports?figure=VOLUMES&seller_id=s-1", "/v1/reports/summary?seller_id=s-1"):
        assert (await shop.http.get(where, headers=mine)).status_code == 403
    told = [
        str(await read(shop, "/v1/sellers/s-1/reports", mine, figure=figure, by=by, seller_id=OTHER))
        for figure in ("VOLUMES", "OUTCOMES", "TIMES", "LAPSES", "REVERSALS", "MONEY")
        for by in ("ALL", "SELLER", "PRODUCT", "CATEGORY", "REASON", "WEEK")
    ]
    assert not [each for each in told if OTHER in each or "toys" in each or "WRONG_ITEM" in each or "=1+1" in each]


async def test_comma_separated_values_hold_no_formula(shop: Shop) -> None:
    await two_sellers(shop)
    headers = await lead(shop)
    asked = {"figure": "VOLUMES", "by": "PRODUCT"}
    by_parameter = await shop.http.get("/v1/reports", headers=headers, params=asked | {"format": "CSV"})
    by_header = await shop.http.get("/v1/reports", headers=headers | {"accept": "text/csv"}, params=asked)
    assert by_parameter.text == by_header.text
    assert by_header.headers["content-type"].startswith("text/csv")
    assert by_header.headers["content-disposition"] == 'attachment; filename="volumes-by-product.csv"'
    rows = list(csv.DictReader(io.StringIO(by_header.text)))
    assert {row["product"]: row["opened"] for row in rows} == {"blender": "1", "'=1+1": "1"}
    many = await shop.http.get("/v1/reports", headers=headers, params=asked | {"format": "CSV", "most": "1"})
    assert [row["product"] for row in csv.DictReader(io.StringIO(many.text))][-1] == "*"


async def test_a_period_has_an_end_and_a_longest(shop: Shop) -> None:
    headers = await lead(shop)
    wrong = {"figure": "VOLUMES", "since": "2001-01-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"}
    answer = await shop.http.get("/v1/reports", headers=headers, params=wrong)
    assert answer.status_code == 400
    assert "at most 1100 days" in answer.text
    for query in ({"figure": "WEATHER"}, {"figure": "MONEY", "by": "STAR"}, {"figure": "MONEY", "most": "201"}):
        assert (await shop.http.get("/v1/reports", headers=headers, params=query)).status_code == 400
