"""What the nightly reconciliation with the payment provider found."""

from typing import Any

from litestar import Request, Router, get

from mufakat.api.asked import caller, site_of
from mufakat.api.knocking import RIGHT
from mufakat.api.rights import Right
from mufakat.api.wire import reconciliations as w


@get("/reconciliations", opt={RIGHT: Right.EVENTS_READ})
async def list_reconciliations(request: Request[Any, Any, Any]) -> w.ReconciliationsOut:
    """The last thirty runs over the marketplace, newest first: what differed from the payment provider's books.

    What is REPAIRED needs nobody; what is FOUND waits for a person, and is found again until it is put right.
    """
    site, who = site_of(request), caller(request)
    runs = await site.store.reconciliations(who.marketplace)
    return w.ReconciliationsOut(
        reconciliations=[
            w.ReconciliationOut(
                at=run.at,
                ended_at=run.ended_at,
                asked=run.asked,
                drifts=[
                    w.DriftOut(
                        code=each.code,
                        state=each.state.value,
                        about=each.about,
                        case_id=each.case_id,
                        ours=each.ours,
                        theirs=each.theirs,
                        why=each.why,
                    )
                    for each in run.drifts
                ],
            )
            for run in runs
        ]
    )


router = Router("/v1", route_handlers=[list_reconciliations], tags=["Money"])
