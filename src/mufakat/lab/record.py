"""What a marketplace recorded, as plain JSON values: what the auditor judges, and nothing but it."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from mufakat import rulebooks
from mufakat.core.case import Case, chargeback_obligation, is_of_chargebacks, obligation
from mufakat.core.parties import PARTIES, Role
from mufakat.core.policy.policy import AutomaticRule
from mufakat.core.settlement import Transfer
from mufakat.lab.stage import Known, Stage
from mufakat.payments.provider import Owed, Provider, Standing
from mufakat.store import codec
from mufakat.store.records import Ask, Notice

EVERY: Final = 1_000_000
NOTHING: Final[Mapping[str, bool | int]] = MappingProxyType({})


@cache
def rulebook_file(name: str) -> dict[str, Any]:
    """A rulebook as its file has it."""
    return tomllib.loads(rulebooks.text(name))


def switched(
    book: dict[str, Any], switches: Mapping[str, bool | int], machine: AutomaticRule | None = None
) -> dict[str, Any]:
    """The file with some of its switches set otherwise, from its first day on, and with a class for a machine."""
    rows = {name: [{**entry, "value": on} for entry in book["switch"][name]] for name, on in switches.items()}
    return {**book, "switch": {**book["switch"], **rows}, "automatic": {} if machine is None else _class(book, machine)}


def _class(book: dict[str, Any], machine: AutomaticRule) -> dict[str, Any]:
    """A class that a machine may judge, as a file would have it."""
    values = {"reasons": list(machine.reasons), "types": list(machine.types), "up_to": machine.up_to}
    return {machine.name: {key: [{"from": book["starts"], "value": value}] for key, value in values.items()}}


async def world_record(
    stage: Stage,
    marketplace: str,
    rulebook: str,
    provider: Provider,
    switches: Mapping[str, bool | int] = NOTHING,
    machine: AutomaticRule | None = None,
) -> dict[str, Any]:
    """Everything that one marketplace of a stage has recorded.

    Its market has `switches` and the class `machine` otherwise than the file.
    """
    orders = [
        await _order(stage, marketplace, order_id) for place, order_id in sorted(stage.orders) if place == marketplace
    ]
    standings = await _standings(stage, marketplace, provider)
    return {
        "rulebook": switched(rulebook_file(rulebook), switches, machine),
        "end": stage.clock.now().isoformat(),
        "orders": orders,
        "notices": [_notice(each) for each in await notices(stage, marketplace)],
        "transfers": [_transfer(each) for each in await stage.store.transfers(marketplace)],
        "provider": {name: each.paid for name, each in standings.items() if not is_of_chargebacks(name)},
        "recovered": {name: each.recovered for name, each in standings.items() if each.recovered},
        "collecting": sorted(name for name, each in standings.items() if each.collecting),
        "settled": True,
    }


async def _order(stage: Stage, marketplace: str, order_id: str) -> dict[str, Any]:
    cases = {}
    for case_id in await stage.store.logged_cases(marketplace, order_id):
        events = await stage.store.events(marketplace, order_id, case_id)
        cases[case_id] = [json.loads(event.body) for event in events]
    return {
        "order": json.loads(codec.encode_order(stage.orders[marketplace, order_id])),
        "facts": [_fact(each) for each in stage.facts[marketplace, order_id]],
        "cases": cases,
    }


def _fact(known: Known) -> dict[str, Any]:
    return {"known_at": known.known_at.isoformat(), "fact": json.loads(codec.encode_fact(known.fact))}


def _transfer(transfer: Transfer) -> dict[str, Any]:
    return {**asdict(transfer), "id": transfer.id, "at": transfer.at.isoformat()}


def _notice(notice: Notice) -> dict[str, Any]:
    return {**asdict(notice), "placed_at": notice.placed_at.isoformat()}


async def notices(stage: Stage, marketplace: str) -> list[Notice]:
    """Everything in everybody's inbox, looked up in both roles: a letter to the wrong door must be found too."""
    found: list[Notice] = []
    orders = [order for (place, _), order in stage.orders.items() if place == marketplace]
    everybody = sorted({who for order in orders for who in (order.customer_id, order.seller_id)})
    for who in everybody:
        for role in PARTIES:
            found += await stage.store.inbox(marketplace, role.value, who, EVERY)
    return found + await stage.store.inbox(marketplace, Role.AGENT.value, "", EVERY)


async def cases_of(stage: Stage, marketplace: str) -> list[Case]:
    """Every case of a marketplace as it stands."""
    found = []
    for place, order_id in sorted(stage.orders):
        for case_id in await stage.store.logged_cases(place, order_id) if place == marketplace else []:
            loaded = await stage.store.load(Ask(place, order_id, case_id))
            if loaded is not None and loaded.case is not None:
                found.append(loaded.case)
    return found


async def _standings(stage: Stage, marketplace: str, provider: Provider) -> dict[str, Standing]:
    """Where each obligation that the provider knows stands."""
    found = {}
    for case in await cases_of(stage, marketplace):
        for matter in case.matters:
            for name in (obligation(case.case_id, matter.number), chargeback_obligation(case.case_id, matter.number)):
                owed = Owed(name, case.seller_id, case.customer_id, case.currency, 0, order_id=case.order_id)
                standing = await provider.status(owed)
                if standing is not None and (standing.paid or standing.total):
                    found[name] = standing
    return found
