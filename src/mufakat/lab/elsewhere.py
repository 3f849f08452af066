"""Another system in which cases were under way before the marketplace came to us: it tells what people did there.

What it tells is random, and partly against our rules: it knew other ones. The move then does what a person would do
who moves: import, and where a step is refused, leave out what came from there on and import what was lawful.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from mufakat.core import commands as c
from mufakat.core.claim import Material, RemedyKind, RequestType, ReturnMethod, Solution
from mufakat.core.decide.imported import Step
from mufakat.core.order import Order
from mufakat.core.parties import PARTIES, Actor, Role
from mufakat.core.policy.policy import CodeUse, Policy
from mufakat.core.refusals import Refusal
from mufakat.engine.importing import History, Imported, import_case, step_of
from mufakat.lab.people import rolls, say
from mufakat.lab.stage import Stage
from mufakat.store.database import StoreLost

SOURCE: Final = "oldshop"
MOST_TRIES: Final = 80
"""How often one case is imported: each refusal takes steps away, and the store may be lost in between."""

Make = Callable[[Random, str, tuple[str, ...]], Any]


def _offer(chance: Random, market: str, _: tuple[str, ...]) -> c.MakeOffer:
    kind = chance.choice((RemedyKind.REPLACEMENT, RemedyKind.NOTHING, RemedyKind.RESEND_MISSING))
    return c.MakeOffer(Solution(kind, None, say(chance, market, "terms")))


def _file(chance: Random, _: str, lines: tuple[str, ...]) -> c.HandIn:
    return c.HandIn(Material("OTHER_MATERIAL", digest=chance.randbytes(32).hex(), lines=chance.choice(((), lines))))


def _propose(chance: Random, market: str, _: tuple[str, ...]) -> c.ProposeAgreement:
    return c.ProposeAgreement(Solution(RemedyKind.REPLACEMENT, None, say(chance, market, "terms")))


BY_CUSTOMER: Final[tuple[Make, ...]] = (
    lambda chance, market, _: c.SendMessage(text=say(chance, market, "plain")),
    lambda chance, market, _: c.RaiseDispute(text=say(chance, market, "plain")),
    lambda chance, market, _: c.RaiseDispute(text=say(chance, market, "plain")),
    lambda chance, market, lines: c.RaiseDispute(lines=(chance.choice(lines),), text=say(chance, market, "plain")),
    lambda *_: c.WithdrawDispute(),
    lambda *_: c.DeclineOffer(),
    lambda *_: c.AcceptOffer(),
    lambda chance, market, _: c.AskAgain(text=say(chance, market, "plain")),
    lambda *_: c.CompleteMaterial(),
    lambda chance, *_: c.ShipBack(ReturnMethod.PLATFORM_CARRIER, f"old-{chance.randrange(10**9)}"),
    _file,
)
BY_SELLER: Final[tuple[Make, ...]] = (
    lambda chance, market, _: c.SendMessage(text=say(chance, market, "plain")),
    lambda *_: c.ApproveRequest(),
    lambda *_: c.CompleteMaterial(),
    _offer,
    _propose,
    _file,
)
BY_AGENT: Final[tuple[Make, ...]] = (
    lambda chance, market, _: c.AskMaterial((chance.choice(PARTIES),), "OTHER_MATERIAL", text=say(chance, market, "x")),
    lambda *_: c.Judge(),
)


def history(
    chance: Random, name: str, order: Order, opening: c.OpenRequest, policy: Policy, opened: datetime, now: datetime
) -> History:
    """A case of an order as the other system tells it: opened then, and something every now and then until `now`."""
    people = {Role.CUSTOMER: order.customer_id, Role.SELLER: order.seller_id, Role.AGENT: "agent-elsewhere"}
    lines = tuple(line.line_id for line in opening.lines)
    steps = [Step(opened, Actor(Role.CUSTOMER, order.customer_id), opening)]
    at = opened
    while (at := at + timedelta(minutes=chance.choice((5, 90, 400, 1500, 5000)))) <= now:
        usual = len(steps) <= len(PARTIES) and rolls(chance, 0.7)  # most were rejected and disputed
        role = chance.choice((Role.CUSTOMER, Role.CUSTOMER, Role.SELLER, Role.AGENT))
        if usual:
            role = Role.SELLER if len(steps) == 1 else Role.CUSTOMER
        if usual and role is Role.CUSTOMER:
            command: Any = c.RaiseDispute(text=say(chance, policy.market, "plain"))
        elif role is Role.SELLER and (usual or rolls(chance, 0.4)):
            command = _rejection(chance, policy, opening.type)
        else:
            makes = {Role.CUSTOMER: BY_CUSTOMER, Role.SELLER: BY_SELLER, Role.AGENT: BY_AGENT}[role]
            command = chance.choice(makes)(chance, policy.market, lines)
        steps.append(Step(at, Actor(role, people[role]), command))
    due = {1: now + timedelta(hours=chance.randint(1, 200))} if rolls(chance, 0.4) else {}
    return History(order.order_id, SOURCE, name, tuple(steps), due)


def _rejection(chance: Random, policy: Policy, kind: RequestType) -> c.RejectRequest:
    goods_back = kind in (RequestType.RETURN_AND_REFUND, RequestType.EXCHANGE, RequestType.REPLACEMENT)
    use = CodeUse.REJECT_RETURN if goods_back else CodeUse.REJECT_REFUND
    fitting = [
        rule.code for rule in policy.codes if rule.use is use and (not rule.statuses or "DELIVERED" in rule.statuses)
    ]
    return c.RejectRequest(chance.choice(fitting) if fitting else "OTHER", text=say(chance, policy.market, "plain"))


async def move_in(stage: Stage, marketplace: str, told: History, chance: Random) -> Imported | None:
    """Import what is lawful of a history, and see that it comes in once and whole; None where nothing is."""
    left = told
    for _ in range(MOST_TRIES):
        before = await stage.store.logged_cases(marketplace, told.order_id)
        dry_run = rolls(chance, 0.2)
        try:
            answer = await import_case(stage.engine, marketplace, left, dry_run=dry_run)
        except StoreLost:
            continue
        if isinstance(answer, Imported) and not dry_run:
            stage.came_in(marketplace, left, answer)
            await _once_only(stage, marketplace, left, answer)
            return answer
        if before != await stage.store.logged_cases(marketplace, told.order_id):
            stage.faults.append(f"an import that was refused or dry left a case behind: {answer}")
        if isinstance(answer, Imported):
            continue
        stage.came_in(marketplace, left, answer)
        shorter = _without(left, answer)
        if shorter is None:
            return None
        left = shorter
    return None


def _without(told: History, refusal: Refusal) -> History | None:
    """What is left without the step that was refused; without the promise where that was; None for nothing."""
    number = step_of(refusal)
    if number is None:
        return replace(told, due={}) if told.due else None
    if number == 1:
        return None
    return replace(told, steps=(*told.steps[: number - 1], *told.steps[number:]))


async def _once_only(stage: Stage, marketplace: str, told: History, first: Imported) -> None:
    """The same again gives the first answer; another content is refused."""
    again = await import_case(stage.engine, marketplace, told)
    same = isinstance(again, Imported) and again.again and again.recorded == first.recorded
    other = await import_case(stage.engine, marketplace, replace(told, source="othershop"))
    if not same or not isinstance(other, Refusal):
        stage.faults.append(f"an import done again gave {again}, and with other content {other}")
