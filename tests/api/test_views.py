"""What each role sees of a case, field by field, in every phase: its own, what is told to it, and nothing else.

Every text in a story is made unique, so that wherever one turns up it can be said who wrote it with which command.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import timedelta
from typing import Any, Final

import msgspec
import pytest

from mufakat.api import showing
from mufakat.api.showing import Shown
from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core import view
from mufakat.core.claim import RequestType
from mufakat.core.decide import Decided
from mufakat.core.parties import PARTIES, Actor, Role
from mufakat.core.phases import Phase
from mufakat.core.preview import as_of
from mufakat.core.refusals import Refusal
from mufakat.core.sight import sealed_in
from mufakat.core.words import Language
from tests.api.shop import Shop
from tests.core import stands
from tests.core.story import AGENT, CUSTOMER, SECOND_AGENT, SELLER, Story

NOTES: Final = (c.RecordFinding, c.AssessLine, c.SendBack, c.AssessReturn, c.AssessDelivery)
"""Commands with which an agent writes for other agents."""
UNDECIDED: Final = (Phase.EVIDENCE, Phase.DECIDING, Phase.APPEAL_EVIDENCE, Phase.APPEAL_DECIDING)
"""Phases in which the platform's own work is nobody else's to see."""
MARK: Final = "sha256:mark"


@dataclass(frozen=True)
class Text:
    """A text that was written: by whom, with which command, for whom (both where nobody is named)."""

    mark: str
    by: Actor
    command: c.Command

    def is_hidden_from(self, role: Role) -> bool:
        """Whether that party must never read it."""
        if isinstance(self.command, c.AskMaterial):
            return role not in self.command.parties
        return isinstance(self.command, NOTES)


class Marking(Story):
    """A story in which every text is unique and every step is kept."""

    made: Final[list["Marking"]] = []

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.texts: list[Text] = []
        self.steps: list[tuple[Shown, tuple[e.Recorded, ...]]] = []
        self.made.append(self)

    def answer(self, actor: Actor, command: c.Command) -> Decided | Refusal:
        """Decide, with every text of the command marked; keep what then stands."""
        count = len(self.texts)
        answer = super().answer(actor, self._marked(command, actor, command))
        if isinstance(answer, Refusal):
            del self.texts[count:]
            return answer
        shown = Shown(self.case, self.order, self.policy, Role.SYSTEM, self.now, self.said())
        self.steps.append((shown, tuple(self.log)))
        return answer

    def said(self) -> dict[str, str]:
        """What was written, by what stands for it in the log."""
        return {each.mark: f"said {each.mark.removeprefix(MARK)};" for each in self.texts}

    def _marked(self, value: Any, actor: Actor, command: c.Command) -> Any:
        """A value with a fresh text wherever a person may write one."""
        if isinstance(value, tuple):
            return tuple(self._marked(each, actor, command) for each in value)
        if not is_dataclass(value) or isinstance(value, type):
            return value
        changed: dict[str, Any] = {}
        for each in fields(value):
            if each.metadata.get("sealed"):
                changed[each.name] = f"{MARK}{len(self.texts)}"
                self.texts.append(Text(changed[each.name], actor, command))
            else:
                changed[each.name] = self._marked(getattr(value, each.name), actor, command)
        return replace(value, **changed)


@pytest.fixture(autouse=True)
def marking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stories of these tests mark what is written."""
    monkeypatch.setattr(stands, "Story", Marking)


MORE: Final[dict[str, Callable[[], Story]]] = {
    "delivery assessed": stands.assessing_delivery,
    "other remedy": stands.performing_other,
}
EVERYWHERE: Final = sorted([*(phase.value for phase in Phase), *MORE])


def story_of(name: str) -> Marking:
    """The story that comes to a phase, with a message of each side and terms that wait, where they may."""
    story = (MORE.get(name) or stands.STANDS[Phase(name)])()
    assert isinstance(story, Marking)
    for actor in (CUSTOMER, SELLER):
        story.answer(actor, c.SendMessage(text="."))
    story.answer(SELLER, stands.samples(story)[c.ProposeAgreement])
    if story.m.phase is Phase.DECIDING:
        story.answer(AGENT, c.AskMaterial((Role.SELLER,), "PROOF_OF_FULFILLMENT"))
    if story.m.phase is Phase.APPEAL_DECIDING:
        story.answer(SECOND_AGENT, c.SendBack())
    return story


def everything(shown: Shown, log: tuple[e.Recorded, ...], role: Role) -> str:
    """All that a role is shown of a case, as it travels."""
    mine = replace(shown, role=role)
    told = [showing.entries(log, role, each, "Asia/Jakarta", shown.case.currency, shown.texts) for each in Language]
    said = [replace(each, text=shown.text(each.text)) for each in showing.messages(log)]
    return msgspec.json.encode([mine.out(), told, said]).decode()


@pytest.mark.parametrize("name", EVERYWHERE)
def test_no_party_reads_what_is_not_for_it(name: str) -> None:
    """No agent's note, no word asked of the other side only, no agent's name, no seal."""
    story = story_of(name)
    for shown, log in story.steps:
        for role in PARTIES:
            seen = everything(shown, log, role)
            assert "sha256:" not in seen
            for agent in (AGENT, SECOND_AGENT):
                assert agent.id not in seen
            for text in story.texts:
                if text.is_hidden_from(role):
                    assert story.said()[text.mark] not in seen, f"{role} reads {text}"


@pytest.mark.parametrize("name", EVERYWHERE)
def test_the_platforms_work_is_closed_until_it_has_judged(name: str) -> None:
    for shown, log in story_of(name).steps:
        for role in PARTIES:
            out = replace(shown, role=role).out()
            for matter, core in zip(out.matters, shown.case.matters, strict=True):
                if core.phase in UNDECIDED or not core.judgement:
                    assert matter.findings == []
                    assert matter.assessments == []
                assert {(each.by, each.text, each.derived) for each in matter.findings} <= {("", "", None)}
                assert {each.text for each in matter.assessments} <= {""}
            told = showing.entries(log, role, Language.EN, "UTC", out.currency, {})
            assert {each.actor_id for each in told} == {None}
            assert not {"finding.recorded", "line.assessed", "decision.escalated"} & {each.event for each in told}


@pytest.mark.parametrize("name", EVERYWHERE)
def test_what_is_held_back_from_the_seller_is_no_business_of_the_customers(name: str) -> None:
    for shown, log in story_of(name).steps:
        out = replace(shown, role=Role.CUSTOMER).out()
        assert [each.hold for each in out.matters] == [None] * len(out.matters)
        told = showing.entries(log, Role.CUSTOMER, Language.EN, "UTC", out.currency, {})
        assert not {"hold.placed", "hold.released"} & {each.event for each in told}
        seller = replace(shown, role=Role.SELLER).out()
        settled = as_of(shown.case, shown.order, shown.policy, shown.now)
        assert [each.hold for each in seller.matters] == [each.hold for each in settled.matters]


@pytest.mark.parametrize("name", EVERYWHERE)
def test_each_side_has_its_own_list_of_material(name: str) -> None:
    """S6."""
    for shown, _ in story_of(name).steps:
        for role in PARTIES:
            assert {each.party for each in replace(shown, role=role).out().expected_material} <= {role}


@pytest.mark.parametrize("name", EVERYWHERE)
@pytest.mark.parametrize("late", [0, 400])
def test_the_actions_are_the_cores(name: str, late: int) -> None:
    for shown, _ in story_of(name).steps:
        now = shown.now + timedelta(days=late)
        settled = as_of(shown.case, shown.order, shown.policy, now)
        for role in (*PARTIES, Role.AGENT, Role.SYSTEM):
            out = replace(shown, role=role, now=now).out()
            told = [(each.command, each.matter, each.due, each.mandatory) for each in out.available_actions]
            core = view.available_actions(settled, role, now)
            assert told == [(each.command, each.matter, each.due, each.mandatory) for each in core]
            assert out.state is view.viewer_state(settled, role)


def test_the_stories_write_everything_there_is_to_write() -> None:
    """Otherwise the tests above would prove little: each kind of note was written, and the platform reads it."""
    stories = [story_of(name) for name in EVERYWHERE]
    for name in EVERYWHERE:
        for command in (*NOTES, c.AskMaterial, c.ExtendDue):
            story = story_of(name)
            role = Role.AGENT
            story.answer(stands.actor_in(role, story.m.phase), stands.samples(story)[command])
            stories.append(story)
    hidden: set[type] = set()
    for story in stories:
        shown, log = story.steps[-1]
        shown = replace(shown, texts=story.said())
        seen = everything(shown, log, Role.AGENT)
        marks = {mark for each in log for mark in sealed_in(each.event)}
        for text in story.texts:
            assert text.mark not in marks or story.said()[text.mark] in seen
            if text.mark in marks and text.is_hidden_from(Role.CUSTOMER):
                hidden.add(type(text.command))
        for role in PARTIES:
            theirs = everything(shown, log, role)
            for text in story.texts:
                if text.is_hidden_from(role):
                    assert story.said()[text.mark] not in theirs
    assert {c.RecordFinding, c.AssessLine, c.SendBack, c.AskMaterial} <= hidden


# Over HTTP


class Desk:
    """A dispute over HTTP, looked at by everybody after each step."""

    def __init__(self, shop: Shop, case_id: str) -> None:
        self.shop, self.case_id = shop, case_id
        self.agents: dict[str, dict[str, str]] = {}
        self.hidden: dict[Role, list[str]] = {Role.CUSTOMER: [], Role.SELLER: []}

    async def give(self, who: str, command: str, **sent: Any) -> dict[str, Any]:
        """A command that must be allowed; what everybody then sees is checked, unless it was one of many pieces."""
        said = await self.shop.give(self.case_id, await self.headers(who), command, **sent)
        assert said.status_code == 200, said.text
        if command != "HandIn":
            await self.look()
        done: dict[str, Any] = said.json()
        return done

    async def headers(self, who: str) -> dict[str, str]:
        """Headers of the customer, the seller, or an agent."""
        if who == "customer":
            return self.shop.customer()
        if who == "seller":
            return self.shop.seller()
        if who not in self.agents:
            self.agents[who] = await self.shop.agent(who)
        return self.agents[who] | {"idempotency-key": uuid.uuid4().hex}

    async def pages(self, headers: dict[str, str]) -> str:
        """Everything that somebody can read about the case."""
        url, order = f"/v1/cases/{self.case_id}", "/v1/orders/o-1"
        own = [url, *(f"{url}/{each}" for each in ("timeline", "messages", "policy", "record"))]
        paths = (*own, "/v1/cases", order, f"{order}/eligibility")
        read = [await self.shop.http.get(path, headers=headers) for path in paths]
        assert {each.status_code for each in read} == {200}
        refused = [
            await self.shop.http.post(f"{url}/{way}", json={"command": "AcceptReport"}, headers=headers)
            for way in ("commands", "preview")
        ]
        assert {each.status_code for each in refused} <= {403, 409}
        return "\n".join(each.text for each in (*read, *refused))

    async def look(self) -> None:
        """No party finds what is hidden from it."""
        for role, headers in ((Role.CUSTOMER, self.shop.customer()), (Role.SELLER, self.shop.seller())):
            seen = await self.pages(headers)
            assert "sha256:" not in seen
            assert "agent-" not in seen
            for text in self.hidden[role]:
                assert text not in seen, f"{role} reads {text}"
            assert role is Role.SELLER or '"hold":null' in seen

    def note(self, *roles: Role) -> str:
        """A text that none of these may ever read."""
        text = f"note {len(self.hidden[Role.CUSTOMER])} and {len(self.hidden[Role.SELLER])} of the platform"
        for role in roles or PARTIES:
            self.hidden[role].append(text)
        return text


async def _collected(desk: Desk) -> None:
    """Both sides hand in what they have, and say that it is all."""
    for who in ("customer", "seller"):
        case = (await desk.shop.http.get(f"/v1/cases/{desk.case_id}", headers=await desk.headers(who))).json()
        if not any(each["command"] == "CompleteMaterial" for each in case["available_actions"]):
            continue
        for expected in case["expected_material"]:
            material = {"item": expected["item"], "kind": "TEXT", "text": f"what the {who} says"}
            await desk.give(who, "HandIn", material=material)
        await desk.give(who, "CompleteMaterial")


async def _judged(desk: Desk, agent: str, last: str) -> None:
    """An agent answers about every piece of material, each with a note, and decides."""
    case = (await desk.shop.http.get(f"/v1/cases/{desk.case_id}", headers=await desk.headers(agent))).json()
    for party, value in (("CUSTOMER", "VALID"), ("SELLER", "INSUFFICIENT")):
        for each in case["expected_material"]:
            if each["party"] == party and each["exhibits"] and each["asked_by"] is None:
                found = {"line_id": "1", "party": party, "item": each["item"], "value": value}
                note = desk.note()
                await desk.give(agent, "RecordFinding", exhibit=each["exhibits"][0], text=note, **found)
    assessment = {"line_id": "1", "ground": "QUALITY", "text": desk.note()}
    await desk.give(agent, "AssessLine", assessment=assessment)
    await desk.give(agent, last)


async def test_through_a_whole_dispute_nobody_reads_what_is_not_for_him(shop: Shop) -> None:
    """Case, timeline, messages, list, order, policy, eligibility, refusals and previews, after every step."""
    desk = Desk(shop, await shop.case())
    code = Story().reject_code(RequestType.RETURN_AND_REFUND)
    await desk.give("seller", "RejectRequest", code=code, text="No.")
    await desk.give("customer", "RaiseDispute", text="It never worked.")
    await _collected(desk)
    only = desk.note(Role.CUSTOMER)
    await desk.give("agent-1", "AskMaterial", parties=["SELLER"], item="PROOF_OF_FULFILLMENT", text=only)
    seller = await shop.http.get(f"/v1/cases/{desk.case_id}/timeline", headers=shop.seller())
    assert only in seller.text
    await _collected(desk)
    await _judged(desk, "agent-1", "Judge")
    customer = (await shop.http.get(f"/v1/cases/{desk.case_id}", headers=shop.customer())).json()
    assert customer["matters"][0]["judgement"][0]["rule"] == "S15"
    assert customer["matters"][0]["findings"], "what it was judged on is open now"
    await desk.give("seller", "Appeal", text="I disagree.")
    again = (await shop.http.get(f"/v1/cases/{desk.case_id}", headers=shop.customer())).json()
    assert again["matters"][0]["findings"] == []
    await _collected(desk)
    await desk.give("agent-2", "SendBack", text=desk.note())
    await _collected(desk)
    await _judged(desk, "agent-3", "Judge")
    inside = await desk.pages(await desk.headers("agent-2"))
    assert all(text in inside for text in desk.hidden[Role.CUSTOMER])
    assert all(f'"{each}"' in inside for each in desk.agents)
