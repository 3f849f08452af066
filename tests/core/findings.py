"""Findings for stories: an agent answers every item so that a line is judged as the story wants it."""

from mufakat.core import commands as c
from mufakat.core.claim import Assessment, Cause, Deception, FindingValue, Ground, Material, Severity
from mufakat.core.decide.draft import Draft
from mufakat.core.decide.prospect import items_of
from mufakat.core.parties import Actor, Role
from tests.core.story import AGENT, CUSTOMER, SELLER, TEXT, Story


def material_for(story: Story, party: Role, line_id: str = "a") -> str:
    """The first expected item of a party for a line's reason."""
    return story.policy.expected(story.case.line(line_id).reason, party)[0].item


def hand_in_all(story: Story, matter: int = 1) -> None:
    """Each side hands in everything that is expected of it, for every line."""
    for actor in (CUSTOMER, SELLER):
        for line in story.case.matter(matter).lines:
            for rule in story.policy.expected(story.case.line(line).reason, actor.role):
                story.give(actor, c.HandIn(Material(rule.item, digest=f"{actor.id}-{rule.item}"), matter))


def find(
    story: Story,
    customer: FindingValue,
    seller: FindingValue,
    matter: int = 1,
    actor: Actor = AGENT,
    lines: tuple[str, ...] = (),
) -> None:
    """Answer every item that has material, customer's and seller's alike."""
    value = {Role.CUSTOMER: customer, Role.SELLER: seller}
    for line_id in lines or story.case.matter(matter).lines:
        claim = story.case.line(line_id)
        d = Draft(story.case, story.order, story.policy, actor, story.now)
        for party, item in items_of(d, claim):
            given = [x.number for x in story.case.exhibits if x.giver is party and x.material.item == item]
            if party in value and given:
                command = c.RecordFinding(line_id, party, item, value[party], given[0], matter, TEXT)
                story.give(actor, command)


def assess(
    story: Story,
    ground: Ground = Ground.QUALITY,
    severity: Severity = Severity.MINOR,
    deception: Deception = Deception.NONE,
    cause: Cause = Cause.SELLER,
    matter: int = 1,
    actor: Actor = AGENT,
    lines: tuple[str, ...] = (),
    **more: object,
) -> None:
    """Assess every line of a matter alike."""
    for line in lines or story.case.matter(matter).lines:
        found = Assessment(line, ground, severity, deception, cause, **more)  # type: ignore[arg-type]
        story.give(actor, c.AssessLine(found, matter))


def judged_for_customer(story: Story, matter: int = 1, actor: Actor = AGENT, **found: object) -> Story:
    """From DECIDING: the customer's material is valid, the seller's is not enough; judged."""
    find(story, FindingValue.VALID, FindingValue.INSUFFICIENT, matter, actor)
    assess(story, matter=matter, actor=actor, **found)  # type: ignore[arg-type]
    story.give(actor, c.Judge(matter))
    return story


def judged_for_seller(story: Story, matter: int = 1, actor: Actor = AGENT) -> Story:
    """From DECIDING: the seller's material is valid; judged."""
    find(story, FindingValue.VALID, FindingValue.VALID, matter, actor)
    story.give(actor, c.Judge(matter))
    return story


def with_material(story: Story) -> Story:
    """From EVIDENCE: everything expected handed in by both, both complete."""
    hand_in_all(story)
    story.complete()
    return story
