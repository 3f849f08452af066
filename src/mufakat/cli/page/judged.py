"""The sections of the page about deciding: material, findings, judgement, return risk."""

from mufakat.cli.page.reader import Reader
from mufakat.cli.page.sections import Section
from mufakat.core.case import Matter
from mufakat.core.claim import Exhibit, Finding, ReturnIssue
from mufakat.core.liability import line_risk
from mufakat.core.parties import Role
from mufakat.core.words import item, stage
from mufakat.core.words.why import why

SHORT_DIGEST = 16
"""Digits of a digest that are shown: enough to tell files apart by eye."""


def material(r: Reader) -> Section:
    """What was handed in: by giver, what was carried into the dispute first."""
    carried = {number for matter in r.matters() for number in matter.carried}
    rows: list[tuple[str, ...]] = []
    last: Role | None = None
    for exhibit in r.exhibits():
        giver = r.title(exhibit.giver) if exhibit.giver is not last else ""
        last = exhibit.giver
        over = r.say("carried over", "dibawa serta") if exhibit.number in carried else ""
        rows.append((giver, str(exhibit.number), item(exhibit.material.item, r.language), _stage(r, exhibit), over))
        rows += [("", "", _contents(r, exhibit), "", "")]
    columns = (r.say("given by", "dari"), "#", r.say("material", "bukti"), r.say("when", "tahap"), "")
    return Section(r.say("Material", "Bukti"), tuple(row for row in rows if any(row)), columns)


def _stage(r: Reader, exhibit: Exhibit) -> str:
    return stage(exhibit.stage, r.language)


def _contents(r: Reader, exhibit: Exhibit) -> str:
    """What a piece holds: its text, its file's digest, the lines that it is about."""
    held = exhibit.material
    parts = [r.text(held.text)]
    if held.digest:
        parts.append(f"{r.term(held.kind)} sha256 {held.digest[:SHORT_DIGEST]}")
    if held.refers_to:
        parts.append(f"{r.term(held.kind)} {held.refers_to}")
    if held.lines:
        parts.append(r.say(f"about line {', '.join(held.lines)}", f"tentang baris {', '.join(held.lines)}"))
    return ", ".join(part for part in parts if part)


def findings(r: Reader) -> Section:
    """The answers about each item, with an override beside what the record answers by itself."""
    rows = [_finding(r, each) for matter in r.matters() if r.sees_findings(matter) for each in matter.findings]
    columns = [
        r.say("line", "baris"),
        r.say("item", "bukti"),
        r.say("of", "dari"),
        r.say("finding", "penilaian"),
        r.say("record alone", "menurut catatan"),
        "#",
    ]
    if r.is_agent:
        columns += [r.say("by", "oleh"), r.say("reason", "alasan")]
    return Section(r.say("Findings", "Penilaian"), tuple(rows), tuple(columns))


def _finding(r: Reader, each: Finding) -> tuple[str, ...]:
    overrides = each.derived is not None and each.derived is not each.value
    derived = "" if each.derived is None else r.term(each.derived)
    mark = r.say(" (overridden)", " (diubah)") if overrides else ""
    cells = (
        each.line_id,
        item(each.item, r.language),
        r.term(each.party),
        r.term(each.value),
        derived + mark,
        str(each.exhibit or ""),
    )
    return (*cells, each.by, r.text(each.text)) if r.is_agent else cells


def assessments(r: Reader) -> Section:
    """What agents found about lines as a whole; the parties read it in the judgement."""
    rows = [
        (
            each.line_id,
            r.term(each.ground),
            r.term(each.severity),
            r.term(each.deception),
            r.term(each.cause),
            r.say("yes", "ya") if each.returnable else r.say("no", "tidak"),
            r.text(each.text),
        )
        for matter in r.matters()
        if r.is_agent
        for each in matter.assessments
    ]
    columns = (
        r.say("line", "baris"),
        r.say("ground", "dasar"),
        r.say("severity", "tingkat"),
        r.say("deception", "penipuan"),
        r.say("cause", "penyebab"),
        r.say("can go back", "dapat dikembalikan"),
        r.say("note", "catatan"),
    )
    return Section(r.say("Assessments", "Penilaian baris"), tuple(rows), columns)


def judgement(r: Reader) -> Section:
    """The judgement in force: each line with its rule, why, and what did not apply."""
    rows: list[tuple[str, ...]] = []
    for matter in r.matters():
        for each in matter.judgement:
            award = ""
            if each.kind is not None:
                award = f": {r.term(each.kind)}, {r.amount(each.amount)}"
            decided = f"{r.title(each.decision)}{award}"
            rows.append((r.say(f"line {each.line_id}", f"baris {each.line_id}"), each.rule, decided))
            ground = r.say("ground", "dasar")
            cause = r.say("caused by", "disebabkan")
            rows.append(("", ground, f"{r.term(each.ground)}; {cause} {r.term(each.cause)}"))
            rows += [("", r.say("because", "karena"), why(text, r.language)) for text in each.because]
            rows += [("", r.say("not applied", "tidak berlaku"), why(text, r.language)) for text in each.passed_over]
    return Section(r.say("Judgement", "Putusan"), tuple(rows))


def risk(r: Reader) -> Section:
    """The row of the return-risk table for each line whose goods go back (S22 to S25)."""
    rows = [
        row
        for matter in r.matters()
        if matter.remedy is not None and matter.remedy.goods_back
        for row in _risk_rows(r, matter)
    ]
    issues = tuple(r.term(issue) for issue in ReturnIssue)
    columns = (r.say("line", "baris"), r.say("rule", "aturan"), r.say("ground", "dasar"), *issues)
    return Section(r.say("Who bears what on the way back", "Penanggung risiko pengembalian"), tuple(rows), columns)


def _risk_rows(r: Reader, matter: Matter) -> list[tuple[str, ...]]:
    found = []
    for line_id in matter.lines:
        judged = matter.judged(line_id) if matter.enforceable else None
        row = line_risk(r.policy, r.case.line(line_id).reason, judged)
        if row is None:
            bearers = tuple(r.term(Role.CUSTOMER) for _ in ReturnIssue)
            found.append((line_id, r.say("default", "baku"), "", *bearers))
            continue
        severe = r.say(", severe", ", berat") if row.aggravated else ""
        bearers = tuple(r.term(row.bearer(issue)) for issue in ReturnIssue)
        found.append((line_id, row.rule, r.term(row.ground) + severe, *bearers))
    return found
