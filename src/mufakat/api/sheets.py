"""Lays a worksheet out for an agent: codes for programs, sentences for people, and what agents noted."""

from collections.abc import Mapping

from mufakat.api.routes.asking import change
from mufakat.api.routes.record import Telling
from mufakat.api.wire import worksheet as w
from mufakat.api.wire.asking import NotNowOut
from mufakat.api.wire.statements import DecidedLineOut
from mufakat.core.case import Case
from mufakat.core.claim import Finding, LineJudgement
from mufakat.core.parties import Role
from mufakat.core.refusal_texts import sentence
from mufakat.core.refusals import Refusal
from mufakat.core.words import Language, item, sentence_case
from mufakat.core.words.why import why
from mufakat.core.words.worksheet import (
    name_rule,
    tell_bearers,
    tell_machine,
    tell_resting,
    tell_rule,
    tell_second,
    tell_state,
    tell_why,
)
from mufakat.core.worksheet import Item, Line, RuleRow, Sheet, Worksheet


def notes(sheet: Worksheet) -> list[str]:
    """The hashes of what agents noted, which the sheet shows."""
    lines = [line for each in sheet.sheets for line in each.lines]
    found = [each.finding.text for line in lines for each in line.items if each.finding is not None]
    return found + [line.assessment.text for line in lines]


class Laying:
    """Lays worksheets of one case out in one language. `texts`: what agents noted, by hash."""

    def __init__(self, case: Case, language: Language, zone: str, texts: Mapping[str, str]) -> None:
        self._case, self._language, self._zone, self._texts = case, language, zone, texts
        self._telling = Telling(language, zone, case.currency)

    def out(self, sheet: Worksheet) -> w.WorksheetOut:
        """The whole worksheet."""
        return w.WorksheetOut(
            case_id=sheet.case_id,
            version=sheet.version,
            now=sheet.now,
            language=self._language.value,
            currency=sheet.currency,
            sheets=[self._sheet(each) for each in sheet.sheets],
        )

    def _sheet(self, sheet: Sheet) -> w.SheetOut:
        return w.SheetOut(
            matter=sheet.number,
            phase=sheet.phase,
            dispute=sheet.dispute,
            due=sheet.due,
            is_judged=sheet.is_judged,
            total=sheet.total,
            held=sheet.held,
            lines=[self._line(each) for each in sheet.lines],
            command=sheet.command,
            not_now=self._refusal(sheet.not_now),
            after=[change(each, Role.AGENT) for each in sheet.after],
            stake=sheet.stake,
            second=sheet.second,
            second_text=sentence_case(tell_second(sheet.second, self._language)),
            drafted=[
                DecidedLineOut(line_id=x.line_id, decision=x.decision, rule=x.rule, kind=x.kind, amount=x.amount)
                for x in sheet.drafted
            ],
            drafted_by=sheet.drafted_by,
            machine=sheet.machine,
            hindrance=sheet.hindrance,
            machine_text=sentence_case(tell_machine(sheet.hindrance, self._language)),
        )

    def _refusal(self, refusal: Refusal | None) -> NotNowOut | None:
        if refusal is None:
            return None
        said = sentence(refusal, Role.AGENT, self._language, self._zone, self._case.currency)
        return NotNowOut(refusal.code.value, said)

    def _line(self, line: Line) -> w.SheetLineOut:
        found = line.assessment
        return w.SheetLineOut(
            line_id=line.claim.line_id,
            units=list(line.claim.units),
            type=self._case.type,
            reason=line.claim.reason,
            asked=line.asked,
            most=line.most,
            items=[self._item(each) for each in line.items],
            unanswered=len(line.unanswered),
            assessment=w.SheetAssessmentOut(
                ground=found.ground,
                severity=found.severity,
                deception=found.deception,
                cause=found.cause,
                returnable=found.returnable,
                other_worth=found.other_worth,
                text=self._texts.get(found.text, ""),
                is_assumed=line.is_assumed,
            ),
            needs_assessment=line.needs_assessment,
            judgement=None if line.judgement is None else self._judgement(line.judgement),
            rules=[self._rule(each) for each in line.rules],
        )

    def _item(self, each: Item) -> w.SheetItemOut:
        return w.SheetItemOut(
            party=each.party,
            item=each.item,
            name=sentence_case(item(each.item, self._language)),
            level=each.level,
            state=each.state,
            state_text=sentence_case(tell_state(each.state, self._language)),
            derived=each.derived,
            rests_on=each.rests_on,
            derivation="" if each.rests_on is None else tell_resting(each.rests_on, self._language),
            facts=[self._telling.fact(fact) for fact in each.facts],
            entries=list(each.entries),
            exhibits=list(each.exhibits),
            finding=None if each.finding is None else self._finding(each.finding),
        )

    def _finding(self, finding: Finding) -> w.SheetFindingOut:
        return w.SheetFindingOut(
            value=finding.value,
            by=finding.by,
            exhibit=finding.exhibit,
            derived=finding.derived,
            text=self._texts.get(finding.text, ""),
        )

    def _judgement(self, judged: LineJudgement) -> w.SheetJudgementOut:
        return w.SheetJudgementOut(
            decision=judged.decision,
            rule=judged.rule,
            because=[why(each, self._language) for each in judged.because],
            passed_over=[why(each, self._language) for each in judged.passed_over],
            kind=judged.kind,
            amount=judged.amount,
            ground=judged.ground,
            cause=judged.cause,
            deception=judged.deception,
            risk_rule=judged.risk_rule,
            freight_bearer=judged.freight_bearer,
        )

    def _rule(self, row: RuleRow) -> w.SheetRuleOut:
        return w.SheetRuleOut(
            rule=row.rule,
            name=sentence_case(name_rule(row, self._language)),
            text=tell_rule(row, self._language),
            applies=row.applies,
            why=row.why,
            reason=tell_why(row, self._language),
            ground=row.ground,
            aggravated=row.aggravated,
            bearers=dict(row.bearers) or None,
            bearing=sentence_case(tell_bearers(row, self._language)),
        )
