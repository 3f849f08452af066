"""`mufakat reconcile`: what cases say beside the payment provider's books, now."""

import sys
from typing import Annotated, Any, Final

import msgspec
from cyclopts import Parameter

from mufakat.cli.orders import Where
from mufakat.cli.place import Place, run
from mufakat.cli.screen import say
from mufakat.engine.reconciling import Reconciling
from mufakat.store.reconciliations import Drift, DriftState, Reconciliation

FOUND: Final = 1
"""Exit code where something waits for a person, or would be mended by a run that may."""
WORDS: Final = {
    DriftState.REPAIRED: "mended",
    DriftState.TO_REPAIR: "would be mended",
    DriftState.FOUND: "for a person",
}


def reconcile(
    *,
    marketplace: Where = "",
    dry_run: Annotated[bool, Parameter(negative=(), help="Only compare: mend, tell and keep nothing.")] = False,
    json: Annotated[bool, Parameter(negative=(), help="Print the run as JSON.")] = False,
) -> int:
    """Compare what cases say with the payment provider's books; mend what is safe, list the rest.

    Exit code 1 when something waits for a person. `serve` and `work` do it once a day for every marketplace.
    """

    async def compare(place: Place) -> int:
        where = await place.marketplace(marketplace)
        await place.providers.refresh()
        done = await Reconciling(place.engine, place.store, place.providers).reconcile(where, dry_run=dry_run)
        if json:
            sys.stdout.write(msgspec.json.encode(_shown(done)).decode() + "\n")
        else:
            _print(done)
        return FOUND if any(each.state is not DriftState.REPAIRED for each in done.drifts) else 0

    return run(compare)


def _shown(done: Reconciliation) -> dict[str, Any]:
    return {name: getattr(done, name) for name in ("marketplace", "at", "ended_at", "asked", "drifts")}


def _print(done: Reconciliation) -> None:
    for each in done.drifts:
        say(f"{each.code} {each.about}: {_amounts(each)}{WORDS[each.state]}{f' ({each.why})' if each.why else ''}")
    differ = f"{len(done.drifts)} difference{'' if len(done.drifts) == 1 else 's'}" if done.drifts else "no difference"
    say(f"{done.asked} obligation{'' if done.asked == 1 else 's'} compared, {differ}")


def _amounts(each: Drift) -> str:
    return f"{each.ours} here, {each.theirs} there, " if each.ours or each.theirs else ""
