"""The statement of reasons: why a judgement is as it is, for one party in one language. Pure.

Theory of operation. A judgement is an event in the log. Its statement is written from the log up to the end of that
command, the order as it was known then, the pinned policy and the words of the rules, and from nothing else: so it is
the same whenever it is written. Of what people wrote it quotes the reader's own words and the agent's paragraph only.
"""

from collections.abc import Mapping

from mufakat.core import events as e
from mufakat.core.evolve import evolve, replay
from mufakat.core.order import OrderState
from mufakat.core.parties import PARTIES, Role
from mufakat.core.policy.history import InForce
from mufakat.core.policy.policy import Policy
from mufakat.core.policy.rulebook import Rulebook, entries_in_force, resolve
from mufakat.core.statement.ahead import disagreeing, machine, readers, steps
from mufakat.core.statement.decided import decision, remedy, rules
from mufakat.core.statement.heard import asked, data, material
from mufakat.core.statement.model import (
    Block,
    BlockKind,
    DecidedLine,
    Section,
    SectionKey,
    Statement,
)
from mufakat.core.statement.stand import MOST_QUOTED, Stand, own_hashes
from mufakat.core.words import Language

__all__ = [
    "MOST_QUOTED",
    "Block",
    "BlockKind",
    "DecidedLine",
    "Section",
    "SectionKey",
    "Statement",
    "cited",
    "judgements",
    "own_hashes",
    "statement",
]


def judgements(log: tuple[e.Recorded, ...]) -> list[e.Recorded]:
    """The judgements of a case in order, those of appeals among them; a statement's number is its place, from 1."""
    return [each for each in log if isinstance(each.event, e.Judged)]


def cited(rulebook: Rulebook, policy: Policy) -> dict[str, InForce]:
    """The values of a policy with their sources, by path; nothing where the rulebook gives another policy by now."""
    if resolve(rulebook, policy.day, backdate=True) != policy:
        return {}
    return {each.path: each for each in entries_in_force(rulebook, policy.day, backdate=True)}


def statement(
    log: tuple[e.Recorded, ...],
    last: int,
    number: int,
    order: OrderState,
    policy: Policy,
    role: Role,
    language: Language,
    texts: Mapping[str, str],
    cites: Mapping[str, InForce],
) -> Statement:
    """The statement of judgement `number` (from 1) for a party.

    log: the case's events; nothing after event `last`, the last of the judging command, is looked at. order: as it was
    known at the judgement. texts: what `own_hashes` names, opened. cites: from `cited`.
    Raises ValueError for a role that is no party and for a number that no judgement has.
    """
    if role not in PARTIES:
        message = f"a statement is written for a customer or a seller, not for {role}"
        raise ValueError(message)
    past = tuple(each for each in log if each.number <= last)
    found = judgements(past)
    if not 1 <= number <= len(found):
        message = f"there are {len(found)} judgements, and none has the number {number}"
        raise ValueError(message)
    judged = found[number - 1]
    assert isinstance(judged.event, e.Judged)
    before = replay(each for each in past if each.number <= judged.number)
    after = before
    for each in past:
        if each.number > judged.number:
            after = evolve(after, each)
    upto = tuple(each for each in past if each.number <= judged.number)
    own = own_hashes(upto, role)
    readable = {hash_: said for hash_, said in texts.items() if hash_ in own}
    stand = Stand(upto, judged, judged.event, before, after, order, policy, role, language, readable, cites)
    return _written(stand, number)


def _written(s: Stand, number: int) -> Statement:
    first = (asked(s), decision(s), remedy(s), steps(s), disagreeing(s))
    rest = (material(s), data(s), rules(s), machine(s), readers(s))
    return Statement(
        case_id=s.before.case_id,
        order_id=s.before.order_id,
        number=number,
        event=s.judged.number,
        judged_at=s.judged.at,
        for_role=s.role,
        language=s.language,
        appeal=s.event.appeal,
        automatic=s.automatic,
        currency=s.before.currency,
        policy=s.before.policy,
        title=s.say("Statement of reasons", "Surat alasan putusan"),
        summary=_summary(s, number),
        lines=tuple(DecidedLine(x.line_id, x.decision, x.rule, x.kind, x.amount) for x in s.event.lines),
        sections=tuple(each for each in (*first, *rest) if each is not None),
    )


def _summary(s: Stand, number: int) -> tuple[tuple[str, str], ...]:
    """What stands at the head: whose it is, about what, when."""
    kind = s.say("judgement", "putusan")
    if s.event.appeal:
        kind = s.say("decision on the appeal", "putusan banding")
    return (
        (s.say("For", "Untuk"), s.term(s.role)),
        (s.say("Case", "Kasus"), s.before.case_id),
        (s.say("Order", "Pesanan"), s.before.order_id),
        (
            s.say("What", "Jenis"),
            s.say(f"{kind}, number {number} of this case", f"{kind}, nomor {number} dalam kasus ini"),
        ),
        (s.say("Made", "Dibuat"), s.at(s.judged.at)),
    )
