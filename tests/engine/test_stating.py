"""Statements out of what is stored: in every simulated world the same at the end as right after the judgement."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

import msgspec
import pytest

from mufakat.core import events as e
from mufakat.core.evolve import replay
from mufakat.core.order import OUTBOUND, Scan, ScanKind
from mufakat.core.parties import PARTIES, Actor, Role, other
from mufakat.core.statement import Statement, own_hashes
from mufakat.core.words import Language
from mufakat.engine import stating
from mufakat.engine.handle import Done
from mufakat.lab.loop import run_virtually
from mufakat.lab.world import Scale, World, seeded
from mufakat.store.codec import Stored
from mufakat.store.records import Ask, CaseKey, Loaded, Sealed, TextsWanted
from tests.statements import Judgement, every

SEEDS: Final = (3, 5, 12)
"""Worlds, a case that came from another system among them."""


@dataclass(frozen=True, slots=True)
class Written:
    """A statement as it was right after its judgement."""

    marketplace: str
    order_id: str
    case_id: str
    number: int
    role: Role
    statement: Statement


class Reading:
    """A world's store as statements read it."""

    def __init__(self, store: Any) -> None:
        self.history, self.logged_cases, self._store = store.history, store.logged_cases, store

    async def sealed_texts(self, wanted: TextsWanted) -> list[Sealed]:
        """Those of some sealed texts of a case that are there."""
        every_text = await self._store.sealed_of(wanted.marketplace, wanted.order_id, wanted.case_id)
        return [each for hash_, each in every_text.items() if hash_ in wanted.hashes]


class Watched:
    """A world in which each statement is written right after its judgement, and again at the end."""

    def __init__(self, seed: int) -> None:
        self.world = World(seed, scale=Scale(orders=7, nonsense=20))
        self.written: list[Written] = []
        self.moved_in = 0
        self.last: dict[tuple[str, str, int, Role], Statement] = {}
        self.texts: dict[str, dict[str, str]] = {}
        do, came_in = self.world.stage.do, self.world.stage.came_in

        async def doing(marketplace: str, order_id: str, case_id: str | None, *rest: Any, **more: Any) -> Any:
            answer = await do(marketplace, order_id, case_id, *rest, **more)
            if isinstance(answer, Done):
                for each in answer.recorded:
                    if isinstance(each.event, e.Judged):
                        await self.write(marketplace, order_id, answer.case_id, each.number)
            return answer

        def moving(marketplace: str, told: Any, answer: Any) -> None:
            recorded = getattr(answer, "recorded", ())
            self.moved_in += sum(isinstance(each.event, e.Judged) for each in recorded)
            came_in(marketplace, told, answer)

        self.world.stage.do = doing  # type: ignore[method-assign]
        self.world.stage.came_in = moving  # type: ignore[method-assign]

    async def write(self, marketplace: str, order_id: str, case_id: str, event: int) -> None:
        """Both statements of the judgement that is that event."""
        history = await self.world.store.history(marketplace, order_id, case_id)
        number = next(each.number for each in stating.given(history) if each.event == event)
        for role in PARTIES:
            said = await self.said(marketplace, order_id, case_id, number, role)
            self.written.append(Written(marketplace, order_id, case_id, number, role, said))

    async def said(self, marketplace: str, order_id: str, case_id: str, number: int, role: Role) -> Statement:
        """A statement as it is written now."""
        loaded = await self.world.store.load(Ask(marketplace, order_id, case_id))
        assert loaded is not None
        sealer = self.world.stage.engine.sealer
        return await stating.write(Reading(self.world.store), sealer, loaded, number, role, Language.EN)

    async def live(self) -> None:
        """To the end of the world, and all statements anew."""
        await self.world.live()
        for each in self.written:
            place = (each.marketplace, each.order_id, each.case_id)
            self.last[each.marketplace, each.case_id, each.number, each.role] = await self.said(
                *place, each.number, each.role
            )
            self.texts[each.case_id] = await self._opened(*place)

    async def _opened(self, marketplace: str, order_id: str, case_id: str) -> dict[str, str]:
        key = await self.world.store.key_of(marketplace, order_id, case_id)
        sealed = await self.world.store.sealed_of(marketplace, order_id, case_id)
        if key is None:
            return {}
        return self.world.stage.engine.sealer.open_all(marketplace, case_id, key, list(sealed.values()))


@pytest.fixture(scope="module", params=SEEDS)
def watched(request: pytest.FixtureRequest) -> Watched:
    """A world that was watched to its end."""
    found = Watched(request.param)
    with seeded(found.world):
        run_virtually(found.live())
    return found


def test_at_the_end_of_the_world_each_statement_is_as_it_was(watched: Watched) -> None:
    assert watched.written
    for each in watched.written:
        now = watched.last[each.marketplace, each.case_id, each.number, each.role]
        assert msgspec.json.encode(now) == msgspec.json.encode(each.statement)


def test_nothing_private_of_the_other_side_is_in_it(watched: Watched) -> None:
    """No text of the other side, nobody's id, no agent's note."""
    texts, quoted = 0, 0
    for each in watched.written:
        said = msgspec.json.encode(replace(each.statement, case_id="", order_id="", summary=())).decode()
        log = run_virtually(watched.world.store.history(each.marketplace, each.order_id, each.case_id))
        events = tuple(stored.recorded for stored in log)
        case = replay(events)
        opened = watched.texts[each.case_id]
        own = own_hashes(events, each.role)
        mine = {opened[hash_] for hash_ in own if hash_ in opened}
        theirs = {text for hash_, text in opened.items() if hash_ not in own} - mine
        assert not [text for text in theirs if text in said]
        texts, quoted = texts + len(theirs), quoted + sum(text in said for text in mine)
        ids = {case.customer_id, case.seller_id, *(x.actor.id for x in events if x.actor.role is Role.AGENT)}
        words = set(said.replace('"', " ").replace(",", " ").split())
        assert not ids & words
        assert own_hashes(events, other(each.role)) != own
    assert texts
    assert quoted


def test_some_histories_came_whole_from_elsewhere_and_have_statements_too() -> None:
    """Of a judgement in an imported history: the facts are those that had happened then, in the order of happening."""
    judged = next(each for each in every() if isinstance(each.judged.event, e.Judged) and each.judged.event.facts)
    event = judged.judged.event
    assert isinstance(event, e.Judged)
    arrived = e.Recorded(len(judged.log) + 1, judged.log[-1].at, judged.judged.actor, e.CaseImported("old", "7", 3))
    late = Scan(OUTBOUND, ScanKind.LOST, judged.judged.at - timedelta(days=9))
    known = judged.order.facts
    later = replace(judged.order, facts=(*reversed(known), late))
    then = stating.order_then(later, (*judged.log, arrived), judged.judged.number, {})
    assert then.facts == tuple(sorted(known, key=lambda fact: fact.at))


def test_what_became_known_later_is_left_out() -> None:
    judged = next(each for each in every() if isinstance(each.judged.event, e.Judged) and each.judged.event.facts)
    late = Scan(OUTBOUND, ScanKind.LOST, judged.judged.at - timedelta(days=9))
    later = replace(judged.order, facts=(*judged.order.facts, late))
    then = stating.order_then(later, judged.log, judged.judged.number, {})
    assert then.facts == judged.order.facts


def test_a_log_of_before_the_facts_were_counted_leaves_out_what_the_case_heard_of_later() -> None:
    judged = next(each for each in every() if isinstance(each.judged.event, e.Judged) and each.judged.event.facts)
    event = judged.judged.event
    assert isinstance(event, e.Judged)
    old = replace(judged.judged, event=replace(event, facts=None))
    late = Scan(OUTBOUND, ScanKind.LOST, judged.judged.at - timedelta(days=9))
    ahead = Scan(OUTBOUND, ScanKind.LOST, judged.judged.at + timedelta(days=9))
    heard = e.Recorded(len(judged.log) + 1, judged.log[-1].at, judged.judged.actor, e.FactNoted(late))
    log = (*(old if each.number == old.number else each for each in judged.log), heard)
    then = stating.order_then(replace(judged.order, facts=(*judged.order.facts, late, ahead)), log, old.number, {})
    assert then.facts == judged.order.facts


def test_of_other_cases_counts_what_was_before() -> None:
    judged = every()[0]
    other_case = Judgement("id", *_like(every()[1]))
    before = [replace(each, at=judged.judged.at - timedelta(days=1)) for each in other_case.log]
    then = stating.order_then(judged.order, judged.log, judged.judged.number, {"other": before})
    assert "other" in then.uses
    same_moment = [replace(each, at=judged.judged.at) for each in other_case.log]
    then = stating.order_then(judged.order, judged.log, judged.judged.number, {"other": same_moment})
    assert "other" not in then.uses


def _like(judged: Judgement) -> tuple[Any, ...]:
    return judged.scenario, judged.log, judged.last, judged.number, judged.order, judged.policy, judged.cites


async def test_a_forgotten_case_has_none_and_neither_has_a_number_without_judgement() -> None:
    judged = every()[0]

    class Logs:
        """One case's log."""

        async def history(self, *_place: str) -> list[Stored]:
            """All of it."""
            return [Stored(each, each.number) for each in judged.log]

        async def logged_cases(self, *_place: str) -> list[str]:
            """Itself."""
            return [judged.case().case_id]

        async def sealed_texts(self, _wanted: TextsWanted) -> list[Sealed]:
            """None."""
            return []

    where = _loaded(judged)
    sealer: Any = None
    with pytest.raises(stating.NoSuchStatementError, match="has 1 judgements, and none has the number 2"):
        await stating.write(Logs(), sealer, where, 2, Role.CUSTOMER, Language.EN)
    gone = replace(where, key=CaseKey(None, "master"))
    with pytest.raises(stating.StatementForgottenError, match="was forgotten"):
        await stating.write(Logs(), sealer, gone, 1, Role.CUSTOMER, Language.EN)
    assert Actor(Role.AGENT, "dewi") == judged.judged.actor


def _loaded(judged: Judgement) -> Loaded:
    from mufakat.store.records import Marketplace

    return Loaded(
        marketplace=Marketplace("toko", "id"),
        version=1,
        order=judged.order,
        case=judged.case(),
        head=b"",
        policy=judged.policy,
        key=None,
        answered=None,
    )
