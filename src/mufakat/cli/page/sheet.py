"""The sections of the worksheet: items, assessment, the judgement as it would stand, rules, and what follows."""

from collections.abc import Iterator

from mufakat.cli.page.reader import Reader
from mufakat.cli.page.sections import Section
from mufakat.core.parties import Role
from mufakat.core.refusal_texts import sentence
from mufakat.core.words import item, sentence_case
from mufakat.core.words.record import tell_fact
from mufakat.core.words.why import why
from mufakat.core.words.worksheet import (
    name_rule,
    tell_applies,
    tell_bearers,
    tell_machine,
    tell_resting,
    tell_rule,
    tell_second,
    tell_state,
    tell_why,
)
from mufakat.core.worksheet import Item, Line, RuleRow, Sheet, Worksheet


def of(r: Reader, worksheet: Worksheet) -> Iterator[Section]:
    """Every section, part by part and line by line."""
    for sheet in worksheet.sheets:
        yield _about(r, sheet)
        for line in sheet.lines:
            yield _items(r, line)
            yield _judgement(r, sheet, line)
            yield _rules(r, line)


def _about(r: Reader, sheet: Sheet) -> Section:
    """Where the part stands, what hinders judging, or what would follow from it."""
    rows = [
        (r.say("stands", "keadaan"), r.title(sheet.phase)),
        (r.say("due", "batas waktu"), r.at(sheet.due) if sheet.due is not None else "-"),
        (r.say("for the customer", "untuk pembeli"), r.amount(sheet.total)),
        (r.say("held back from payouts", "ditahan dari pembayaran penjual"), r.amount(sheet.held)),
    ]
    if sheet.not_now is not None:
        said = sentence(sheet.not_now, Role.AGENT, r.language, r.policy.zone, r.case.currency)
        rows.append((r.say("not to be judged yet", "belum dapat diputus"), said))
    rows += _second(r, sheet)
    for each in sheet.after:
        then = each.after
        until = r.at(then.due) if then.due is not None else "-"
        stands = r.title(then.outcome or then.phase)
        silence = r.say("on silence", "jika tidak ada tindakan")
        lapse = f"; {silence}: {r.term(then.lapse)}" if then.lapse is not None else ""
        name = r.say("once judged, line", "setelah diputus, baris")
        rows.append((f"{name} {', '.join(each.lines)}", f"{stands}, {until}{lapse}"))
    title = r.say(f"Part {sheet.number}, dispute {sheet.dispute}", f"Bagian {sheet.number}, sengketa {sheet.dispute}")
    return Section(title, tuple(rows))


def _second(r: Reader, sheet: Sheet) -> list[tuple[str, str]]:
    """Whether a second person or a machine judges, and what waits for the second person."""
    at_stake = f"{r.amount(sheet.stake)}; {tell_second(sheet.second, r.language)}"
    rows = [
        (r.say("at stake", "nilai sengketa"), at_stake),
        (r.say("by machine", "otomatis"), sentence_case(tell_machine(sheet.hindrance, r.language))),
    ]
    if sheet.drafted_by:
        drafted = (f"{each.line_id} {r.term(each.decision)}, {r.amount(each.amount)}" for each in sheet.drafted)
        waits = r.say("drafted, not confirmed", "rancangan, belum disetujui")
        rows.append((waits, f"{sheet.drafted_by}: {'; '.join(drafted)}"))
    return rows


def _items(r: Reader, line: Line) -> Section:
    rows = [row for each in line.items for row in _item(r, each)]
    claim = line.claim
    title = r.say(f"Line {claim.line_id}: {r.term(claim.reason)}", f"Baris {claim.line_id}: {r.term(claim.reason)}")
    columns = (
        r.say("of", "dari"),
        r.say("item", "bukti"),
        r.say("level", "tingkat"),
        r.say("exhibits", "bukti no."),
        r.say("finding", "penilaian"),
        r.say("how it stands", "keadaan"),
    )
    asked = r.say("asked", "diminta")
    return Section(f"{title}; {asked} {r.amount(line.asked)}", tuple(rows), columns)


def _item(r: Reader, each: Item) -> Iterator[tuple[str, ...]]:
    found = each.finding
    value = found.value if found is not None else each.derived
    rests = f" ({r.say('exhibit', 'bukti')} {found.exhibit})" if found is not None and found.exhibit else ""
    yield (
        r.term(each.party),
        item(each.item, r.language),
        "" if each.level is None else r.term(each.level),
        ", ".join(str(number) for number in each.exhibits),
        "" if value is None else r.term(value) + rests,
        tell_state(each.state, r.language),
    )
    said = [] if each.rests_on is None or found is not None else [tell_resting(each.rests_on, r.language)]
    said += [tell_fact(fact, r.language, r.policy.zone, r.case.currency) for fact in each.facts]
    said += [f"{found.by}: {r.text(found.text)}"] if found is not None and found.text else []
    yield from (("", "", "", "", "", each) for each in said)


def _judgement(r: Reader, sheet: Sheet, line: Line) -> Section:
    """The assessment, and the judgement as it would stand or stands."""
    found, judged = line.assessment, line.judgement
    by_itself = r.say(" (what the reason means by itself)", " (arti alasan itu sendiri)") if line.is_assumed else ""
    terms = ", ".join(r.term(each) for each in (found.ground, found.severity))
    cause = f"{r.say('caused by', 'disebabkan')} {r.term(found.cause)}"
    deception = f"{r.say('deception', 'penipuan')}: {r.term(found.deception)}"
    rows = [(r.say("assessment", "penilaian baris"), f"{terms}, {cause}, {deception}{by_itself}")]
    if found.text:
        rows.append(("", r.text(found.text)))
    if judged is not None:
        award = "" if judged.kind is None else f": {r.term(judged.kind)}, {r.amount(judged.amount)}"
        rows.append((judged.rule, r.title(judged.decision) + award))
        rows += [(r.say("because", "karena"), why(each, r.language)) for each in judged.because]
    missing = [f"{r.term(each.party)}: {item(each.item, r.language)}" for each in line.unanswered]
    missing += [r.say("the assessment", "penilaian baris")] if line.needs_assessment else []
    rows += [(r.say("still to say", "masih harus dinilai"), each) for each in missing]
    title = r.say("The judgement as it would stand", "Putusan bila dijatuhkan sekarang")
    return Section(r.say("The judgement in force", "Putusan yang berlaku") if sheet.is_judged else title, tuple(rows))


def _rules(r: Reader, line: Line) -> Section:
    columns = (r.say("rule", "aturan"), "", r.say("why", "alasan"))
    return Section(r.say("Rules", "Aturan"), tuple(_rule(r, each) for each in line.rules), columns)


def _rule(r: Reader, row: RuleRow) -> tuple[str, ...]:
    borne = tell_bearers(row, r.language)
    said = tell_why(row, r.language) or tell_rule(row, r.language)
    return name_rule(row, r.language), tell_applies(row.applies, r.language), f"{said} {sentence_case(borne)}".strip()
