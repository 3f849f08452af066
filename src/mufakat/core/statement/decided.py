"""What was decided and why: rules that applied and that did not, findings, sources, remedy, risk (S15 to S17, S22)."""

from mufakat.core.claim import Decision, Finding, LineJudgement, RemedyKind, ReturnIssue
from mufakat.core.liability import line_risk
from mufakat.core.parties import Role
from mufakat.core.policy.history import Grade
from mufakat.core.policy.policy import ClockName
from mufakat.core.statement.heard import findings_of
from mufakat.core.statement.model import Block, Row, Section, SectionKey, pairs, quote, table, text
from mufakat.core.statement.stand import Stand
from mufakat.core.words.rules import rule
from mufakat.core.words.why import why

GOES_BACK = (RemedyKind.RETURN_AND_REFUND, RemedyKind.EXCHANGE)
"""Remedies for which the goods go back first."""


def decision(s: Stand) -> Section:
    """Line by line: for whom, by which rule, because of what; what did not apply; how each item was seen."""
    blocks: list[Block] = []
    for each in s.event.lines:
        rows: list[Row] = [
            (s.say(f"Line {each.line_id}", f"Baris {each.line_id}"), s.title(each.decision) + _award(s, each)),
            (s.say("Rule", "Aturan"), _rule(s, each)),
        ]
        rows += [(s.say("Because", "Karena"), why(reason, s.language)) for reason in each.because]
        rows += [(s.say("Did not apply", "Tidak berlaku"), why(reason, s.language)) for reason in each.passed_over]
        rows += _override(s, each)
        ground = f"{s.title(each.ground)}; {s.say('caused by', 'disebabkan')} {s.term(each.cause)}"
        rows.append((s.say("Ground", "Dasar"), ground))
        rows.append((s.say("Deception", "Penipuan"), s.title(each.deception)))
        blocks.append(pairs(rows))
        blocks.append(_findings(s, each.line_id))
    if s.event.paragraph and (said := s.texts.get(s.event.paragraph, "")):
        blocks.append(quote(said, s.say("In the agent's own words", "Dalam kata-kata petugas sendiri")))
    return Section(SectionKey.DECISION, s.say("What was decided, and why", "Putusan dan alasannya"), tuple(blocks))


def _override(s: Stand, each: LineJudgement) -> list[Row]:
    """An agent's reason for deciding otherwise than derived, in its own words."""
    given = next((x for x in s.event.overrides if x.line_id == each.line_id), None)
    said = s.texts.get(given.text, "") if given is not None else ""
    return [(s.say("The agent's reason", "Alasan petugas"), said)] if said else []


def _award(s: Stand, each: LineJudgement) -> str:
    return "" if each.kind is None else f": {s.term(each.kind)}, {s.amount(each.amount)}"


def _rule(s: Stand, each: LineJudgement) -> str:
    said = rule(each.rule, s.language)
    return said if each.set_aside else f"{each.rule}. {said}"


def _findings(s: Stand, line_id: str) -> Block:
    columns = (
        s.say("Of", "Dari"),
        s.say("Item", "Bukti"),
        s.say("Finding", "Penilaian"),
        s.say("The record alone says", "Menurut catatan saja"),
        s.say("Exhibit", "Bukti no."),
        s.say("Found by", "Dinilai oleh"),
    )
    rows = [_finding(s, each) for each in findings_of(s, line_id)]
    return table(s.say(f"Findings about line {line_id}", f"Penilaian tentang baris {line_id}"), columns, rows)


def _finding(s: Stand, each: Finding) -> Row:
    alone = s.title(each.derived) if each.derived is not None else s.say("nothing", "tidak ada")
    by = s.say("the platform's program", "program platform") if each.is_derived else s.say("an agent", "petugas")
    exhibit = str(each.exhibit) if each.exhibit else "-"
    return (s.title(each.party), s.item(each.item), s.title(each.value), alone, exhibit, by)


# --- the rules behind it


def rules(s: Stand) -> Section:
    """Which policy decided, and the values of the rulebook that bear on it, each with its source."""
    policy = s.policy
    head = pairs(
        [
            (s.say("Market", "Pasar"), policy.market),
            (s.say("Values in force on", "Nilai yang berlaku pada"), policy.day.isoformat()),
            (s.say("Hash of the policy", "Hash kebijakan"), s.before.policy),
        ]
    )
    found = [s.cites[path] for path in _paths(s) if path in s.cites]
    rows = [(each.path, each.value, each.since.isoformat(), _source(s, each.grade, each.cites)) for each in found]
    columns = (
        s.say("Value", "Nilai"),
        s.say("Is", "Isinya"),
        s.say("Since", "Sejak"),
        s.say("Source", "Sumber"),
    )
    label = s.say("Values of the rulebook that bear on this judgement", "Nilai buku aturan yang berkaitan")
    gone = s.say(
        "The rulebook has been written anew since; the values that decided are kept under the hash above.",
        "Buku aturan telah ditulis ulang sejak itu; nilai yang memutus disimpan dengan hash di atas.",
    )
    blocks = (head, table(label, columns, rows) if rows else text(gone))
    return Section(SectionKey.RULES, s.say("The rules behind it", "Aturan yang mendasarinya"), blocks)


def _source(s: Stand, grade: Grade, cites: str) -> str:
    if grade is Grade.DEFAULT:
        return s.say("the platform's own default", "ketentuan baku platform")
    return f"{cites} ({s.say('grade', 'mutu sumber')} {grade.value})"


def _paths(s: Stand) -> list[str]:
    """The values of the rulebook that bear on the judged lines."""
    found: list[str] = []
    for claim in s.claims():
        reason = claim.reason.value
        heads = (f"material.{reason}.", f"data.{reason}.", f"ground.{reason}.")
        found += [name for name in s.cites if name.startswith(heads)]
    for each in s.event.lines:
        if each.kind in GOES_BACK:
            found += [name for name in s.cites if name.startswith(f"risk.{each.ground.value}.")]
    machine = s.matter.machine if s.event.automatic else ""
    found += [name for name in s.cites if machine and name.startswith(f"automatic.{machine}.")]
    clocks = (ClockName.SELLER_APPEAL, ClockName.SECOND_DISPUTE, ClockName.COMPLIANCE, ClockName.LATE_APPEAL)
    for clock in clocks:
        found += [f"clock.{clock.value}.span", f"clock.{clock.value}.lapse"]
    switches = ("max_disputes", "judged_return", "freight_default_bearer", "max_send_backs", "four_eyes_above")
    found += [f"switch.{name}" for name in switches]
    return list(dict.fromkeys(found))


# --- what is owed


def remedy(s: Stand) -> Section | None:
    """What is awarded and how much; who pays the way back and bears what befalls the goods. None: nothing is."""
    won = [each for each in s.event.lines if each.decision is Decision.FOR_CUSTOMER and each.kind is not None]
    if not won:
        return None
    columns = (s.say("Line", "Baris"), s.say("Remedy", "Penyelesaian"), s.say("Worth", "Nilai"))
    rows: list[Row] = [(x.line_id, s.title(x.kind), s.amount(x.amount)) for x in won if x.kind is not None]
    if len(won) > 1:
        rows.append((s.say("Together", "Seluruhnya"), "", s.amount(sum(each.amount for each in won))))
    blocks = [table(s.say("What the customer is to have", "Hak pembeli"), columns, rows)]
    back = [each for each in won if each.kind in GOES_BACK]
    if back:
        blocks += [text(_freight(s, back)), _risk(s, back)]
        blocks += [
            text(f"{name}. {rule(name, s.language)}") for name in dict.fromkeys(x.risk_rule for x in back) if name
        ]
    return Section(SectionKey.REMEDY, s.say("The remedy", "Penyelesaian"), tuple(blocks))


def _freight(s: Stand, back: list[LineJudgement]) -> str:
    # One parcel has one bearer: the seller as soon as one of its lines is the seller's fault (`freight_bearer`).
    bearer = Role.SELLER if any(x.freight_bearer is Role.SELLER for x in back) else back[0].freight_bearer
    return s.say(
        f"The goods go back first. The way back is paid by {s.term(bearer)}.",
        f"Barang dikirim kembali lebih dahulu. Ongkos pengembalian ditanggung {s.term(bearer)}.",
    )


def _risk(s: Stand, back: list[LineJudgement]) -> Block:
    columns = (s.say("Line", "Baris"), s.say("Rule", "Aturan"), *(s.title(issue) for issue in ReturnIssue))
    rows: list[Row] = []
    for each in back:
        row = line_risk(s.policy, s.before.line(each.line_id).reason, each)
        bearers = [s.term(row.bearer(issue) if row else Role.CUSTOMER) for issue in ReturnIssue]
        rows.append((each.line_id, row.rule if row else s.say("default", "baku"), *bearers))
    label = s.say("Who bears what befalls the goods on their way back", "Penanggung risiko saat pengembalian")
    return table(label, columns, rows)
