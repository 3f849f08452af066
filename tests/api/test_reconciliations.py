"""What reconciliation found, over HTTP: for the marketplace's own server and agents, newest first."""

from datetime import timedelta

from mufakat.store.reconciliations import Drift, DriftState, Reconciliation
from tests.api.shop import SHOP, Shop

DRIFT = Drift("PAID_LESS", DriftState.FOUND, "case-1:1", "case-1", 500, 300)


async def test_the_last_runs_are_read_newest_first_and_only_ones_own(shop: Shop) -> None:
    now, store = shop.clock.now(), shop.site.store
    for place, days, drifts in ((SHOP, 2, ()), (SHOP, 1, (DRIFT,)), ("elsewhere", 1, (DRIFT, DRIFT))):
        at = now - timedelta(days=days)
        assert await store.begin_reconciliation(place, at, at)
        assert not await store.begin_reconciliation(place, at, at)
        await store.end_reconciliation(Reconciliation(place, at, at, 7, drifts))
    await store.begin_reconciliation(SHOP, now, now)  # under way: not shown yet
    said = await shop.http.get("/v1/reconciliations", headers=shop.server)
    assert said.status_code == 200
    first, second = said.json()["reconciliations"]
    assert [each["asked"] for each in (first, second)] == [7, 7]
    assert second["drifts"] == []
    (drift,) = first["drifts"]
    assert drift == {
        "code": "PAID_LESS",
        "state": "FOUND",
        "about": "case-1:1",
        "case_id": "case-1",
        "ours": 500,
        "theirs": 300,
        "why": "",
    }


async def test_a_run_that_was_abandoned_is_begun_again_and_old_ones_go(shop: Shop) -> None:
    now, store = shop.clock.now(), shop.site.store
    old = now - timedelta(days=400)
    await store.begin_reconciliation(SHOP, old, old)
    await store.end_reconciliation(Reconciliation(SHOP, old, old, 1))
    assert await store.begin_reconciliation(SHOP, now, now)
    assert not await store.begin_reconciliation(SHOP, now, now + timedelta(hours=5))
    assert await store.begin_reconciliation(SHOP, now, now + timedelta(hours=7))
    await store.end_reconciliation(Reconciliation(SHOP, now, now, 2))
    assert [each.asked for each in await store.reconciliations(SHOP)] == [2]
    assert not await store.begin_reconciliation(SHOP, now, now + timedelta(hours=99))
