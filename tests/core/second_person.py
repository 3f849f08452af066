"""Stories with a second person, overrides and the machine that judges (decision 0028)."""

from dataclasses import replace

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.claim import ClaimLine, Decision, FindingValue, Override, Reason, RemedyKind, RequestType
from mufakat.core.order import OrderState
from mufakat.core.parties import SYSTEM, Actor
from mufakat.core.policy.policy import AutomaticRule, Policy
from tests.core.findings import assess, find, hand_in_all
from tests.core.story import AGENT, CUSTOMER, DAY, DELIVERED, HOUR, SELLER, TEXT, Story, delivered, order
from tests.core.story import policy as market_policy

CLASS = AutomaticRule("NOT_THERE", (Reason.ITEM_NOT_RECEIVED,), (RequestType.REFUND,), 100_000)
TO_SELLER = (Override("a", Decision.FOR_SELLER, text=TEXT),)
TO_CUSTOMER = (Override("a", Decision.FOR_CUSTOMER, RemedyKind.REFUND, 40_000, TEXT),)


def rules(*, four_eyes_above: int = 0, classes: tuple[AutomaticRule, ...] = ()) -> Policy:
    """Indonesia's policy with four eyes above an amount, and with classes that a machine may judge."""
    found = market_policy()
    return replace(found, switches=replace(found.switches, four_eyes_above=four_eyes_above), automatic=classes)


def answered(story: Story, actor: Actor = AGENT) -> Story:
    """From EVIDENCE: everything handed in, complete and found, so that it would be judged for the customer."""
    hand_in_all(story)
    story.complete()
    find(story, FindingValue.VALID, FindingValue.INSUFFICIENT, actor=actor)
    assess(story, actor=actor)
    return story


def drafted(by: Actor = AGENT, overrides: tuple[Override, ...] = TO_SELLER) -> Story:
    """A dispute with a draft that waits for a second person."""
    story = answered(Story().disputed(), by)
    story.give(by, c.Judge(overrides=overrides))
    assert story.m.draft is not None
    return story.wait(HOUR)


def appeal_drafted(by: Actor) -> Story:
    """An appeal, judged first by AGENT, with a draft that waits for a second person."""
    story = answered(Story().disputed())
    story.give(AGENT, c.Judge())
    story.give(SELLER, c.Appeal(text=TEXT))
    story.complete()
    story.give(by, c.DecideAppeal(overrides=TO_SELLER))
    return story.wait(HOUR)


def for_machine(*, arrived: bool = False, classes: tuple[AutomaticRule, ...] = (CLASS,)) -> Story:
    """A dispute about goods that never came, which is the class that a machine may judge; nothing was handed in."""
    story = Story(state=OrderState(order(), delivered() if arrived else delivered()[:1]), rules=rules(classes=classes))
    story.now = DELIVERED + 2 * DAY
    story.give(CUSTOMER, c.OpenRequest(RequestType.REFUND, (ClaimLine("a", Reason.ITEM_NOT_RECEIVED),), text=TEXT))
    story.wait(HOUR)
    story.give(SELLER, c.RejectRequest(story.reject_code(RequestType.REFUND)))
    story.wait(HOUR)
    story.give(CUSTOMER, c.RaiseDispute(text=TEXT))
    return story.wait(HOUR)


def to_machine(*, arrived: bool = False, classes: tuple[AutomaticRule, ...] = (CLASS,)) -> Story:
    """The same, about to be judged."""
    story = for_machine(arrived=arrived, classes=classes)
    story.complete()
    return story.wait(HOUR)


def by_machine(*, arrived: bool = False) -> Story:
    """Judged by the machine: for the customer, or, where the goods arrived, for the seller."""
    story = to_machine(arrived=arrived)
    story.give(SYSTEM, c.JudgeAutomatically())
    return story.wait(HOUR)


def judged_event(events: list[e.Event]) -> e.Judged:
    """The judgement among the events of a command."""
    return next(each for each in events if isinstance(each, e.Judged))
