"""The contract kit on every adapter that is here, and on adapters that break it: each break is noticed."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mufakat.payments import kit
from mufakat.payments.account import Account
from mufakat.payments.false import EVERYTHING, FalseProvider
from mufakat.payments.provider import Answer, Destination, Outcome, Owed, Standing, Verb
from tests.payments.stands import WHOLE_RUPIAH, AtStripe, InMemory, over_http

NARROW = replace(
    EVERYTHING,
    name="narrow",
    verbs=frozenset({Verb.REFUND}),
    destinations=frozenset({Destination.ORIGINAL}),
    advance=False,
)


STANDS = (
    "memory",
    "memory that lacks much",
    "http",
    "http in whole rupiah",
    "http that lacks much",
    "stripe",
    "stripe without connect",
)


@pytest.fixture(params=STANDS)
async def stand(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[kit.Stand]:
    """Each adapter."""
    name: str = request.param
    if name.startswith("stripe"):
        yield AtStripe(connect=not name.endswith("without connect"))
        return
    can = NARROW if name.endswith("lacks much") else WHOLE_RUPIAH if name.endswith("rupiah") else EVERYTHING
    if name.startswith("memory"):
        yield InMemory(can)
        return
    async with over_http(tmp_path, can) as made:
        yield made


@pytest.mark.parametrize("check", kit.CHECKS, ids=lambda check: check.__name__)
async def test_every_adapter_holds_the_contract(stand: kit.Stand, check: kit.Check) -> None:
    await check(stand)


class Blind(FalseProvider):
    """Knows no call again."""

    async def lookup(self, key: str, owed: Owed) -> Answer | None:
        del key, owed
        return None


class Silent(FalseProvider):
    """Says of nothing that it cannot do it."""

    def _cannot(self, verb: Verb, owed: Owed) -> Answer | None:
        del verb, owed
        return None


class Early(FalseProvider):
    """Takes calls in whatever order they come."""

    async def call(self, verb: Verb, key: str, owed: Owed) -> Answer:
        self.turn = getattr(self, "turn", 0) + 1
        return await super().call(verb, key, replace(owed, sequence=self.turn))


class Rounding(FalseProvider):
    """Counts whole rupiah and says nothing of it."""

    async def call(self, verb: Verb, key: str, owed: Owed) -> Answer:
        return await super().call(verb, key, replace(owed, total=owed.total // 100 * 100))


class Doubling(FalseProvider):
    """Pays everything twice."""

    async def status(self, owed: Owed) -> Standing | None:
        found = await super().status(owed)
        return replace(found, paid=found.paid * 2) if found is not None else None


class Unreasonable(FalseProvider):
    """Rejects without a reason."""

    def _cannot(self, verb: Verb, owed: Owed) -> Answer | None:
        answer = super()._cannot(verb, owed)
        return Answer(Outcome.REJECTED) if answer else None


@pytest.mark.parametrize(
    "broken, check",
    [
        (Blind, kit.knows_what_it_did_and_what_never_came),
        (Silent, kit.is_honest_about_what_it_lacks),
        (Unreasonable, kit.is_honest_about_what_it_lacks),
        (Early, kit.what_was_overtaken_changes_nothing),
        (Early, kit.holds_and_lets_go),
        (Rounding, kit.can_say_every_amount_that_it_takes),
        (Doubling, kit.totals_are_totals),
        (Doubling, kit.what_goes_wrong_pays_once),
    ],
)
async def test_an_adapter_that_breaks_the_contract_is_caught(broken: type[FalseProvider], check: kit.Check) -> None:
    stand = InMemory(NARROW if broken in (Silent, Unreasonable) else EVERYTHING)
    stand.provider = broken(stand.false.books, lambda: stand.at, stand.coming, stand.false.can)
    with pytest.raises(AssertionError):
        await check(stand)


class Partly(FalseProvider):
    """Says that it does not go on collecting, and takes what there is all the same."""


async def test_a_provider_that_does_not_collect_takes_no_part() -> None:
    stand = InMemory()
    stand.provider = Partly(stand.false.books, lambda: stand.at, stand.coming, replace(EVERYTHING, collects=False))
    with pytest.raises(AssertionError, match="not whole"):
        await kit.recovers_whole_or_not_at_all(stand)


async def test_a_bank_that_never_stops_collecting_or_never_collects_back_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(self: Account, debt: Any, wanted: int) -> int:
        return 0

    monkeypatch.setattr(Account, "_take", never)
    for check in (kit.collects_as_money_comes, kit.advances_whole_and_collects_it_back):
        with pytest.raises(AssertionError):
            await check(InMemory())
