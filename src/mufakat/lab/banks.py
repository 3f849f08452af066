"""The customers' banks of a simulated world: what they ask back, how they decide, and how badly they tell of it."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Final

from mufakat.core.money import units_paid
from mufakat.core.order import CarrierAnswer, ChargebackNotice, ChargebackStage, Order
from mufakat.lab.people import rolls
from mufakat.lab.stage import Stage
from mufakat.store.records import Ask

OPENED, WON, LOST = ChargebackStage.OPENED, ChargebackStage.WON, ChargebackStage.LOST

COURSES: Final[tuple[tuple[ChargebackStage, ...], ...]] = (
    (OPENED, LOST),
    (OPENED, LOST),
    (OPENED, WON),
    (OPENED, WON),
    (LOST,),
    (WON,),
    (OPENED, LOST, WON),
    (OPENED, WON, OPENED, LOST),
    (OPENED, LOST, OPENED, WON),
)
"""What a bank may say of one chargeback, one thing after the other."""

Heard = tuple[datetime, ChargebackNotice]


def chargebacks(order: Order, often: float = 0.22) -> list[Heard]:
    """The notices of an order's chargebacks, each with when the marketplace hears of it; many of none.

    Every chargeback is decided in the end. Notices come late, so that they overtake each other, and twice.
    """
    chance = Random(f"bank {order.order_id} {order.purchased_at}")
    found: list[Heard] = []
    for number in range(chance.choice((1, 1, 2)) if rolls(chance, often) else 0):
        found += _course(order, f"CB-{order.order_id}-{number}", chance)
    return found


def _course(order: Order, reference: str, chance: Random) -> list[Heard]:
    line = chance.choice(order.lines)
    some = tuple(sorted(chance.sample(range(1, line.quantity + 1), chance.randint(1, line.quantity))))
    line_id, units = chance.choice((("", ()), (line.line_id, ()), (line.line_id, some), (line.line_id, some)))
    worth = sum(units_paid(order, line, units or range(1, line.quantity + 1))) if line_id else order.paid()
    amount = max(1, chance.choice((worth, worth, worth * 2 // 3, chance.randint(1, max(1, worth)))))
    at = order.purchased_at + timedelta(days=chance.randint(2, 35), minutes=chance.randint(0, 1439))
    heard: list[Heard] = []
    for stage in chance.choice(COURSES):
        less = stage is LOST and rolls(chance, 0.2)
        notice = ChargebackNotice(reference, max(1, amount // 2) if less else amount, stage, at, line_id, units)
        late = timedelta(minutes=chance.choice((0, 0, chance.randint(1, 2_000), chance.randint(1, 40_000))))
        heard.append((at + late, notice))
        if rolls(chance, 0.15):
            heard.append((at + late + timedelta(minutes=chance.randint(1, 9_000)), replace(notice)))
        at += timedelta(days=chance.randint(1, 40), minutes=chance.randint(1, 1439))
    return heard


async def answer_claims(stage: Stage, marketplace: str, order_id: str, parcel: str) -> None:
    """The carrier of a return answers what is claimed of it by now: all, a part, or nothing of it."""
    asked = 0
    for case_id in await stage.store.logged_cases(marketplace, order_id):
        loaded = await stage.store.load(Ask(marketplace, order_id, case_id))
        if loaded is not None and loaded.case is not None:
            claims = [x for matter in loaded.case.matters for x in matter.carrier_claims]
            asked += sum(x.amount for x in claims if x.tracking == parcel and x.paid is None)
    if asked:
        chance = Random(f"claim {parcel}")
        paid = chance.choice((0, asked // 3, asked, asked, asked + 1))
        await stage.tell(marketplace, order_id, CarrierAnswer(parcel, paid, stage.clock.now()))
