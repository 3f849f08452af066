"""What comes after a judgement: steps with their times, how to disagree, the part of machines, who else reads (S18)."""

from mufakat.core.case import Matter
from mufakat.core.claim import Decision, Finding
from mufakat.core.decide.dispute import dispute_count
from mufakat.core.parties import PARTIES, Role, other
from mufakat.core.phases import Phase
from mufakat.core.policy.policy import ClockName
from mufakat.core.process import OWNERS
from mufakat.core.statement.model import Block, Row, Section, SectionKey, table, text
from mufakat.core.statement.stand import Stand
from mufakat.core.words import sentence_case
from mufakat.core.words.rules import span


def steps(s: Stand) -> Section:
    """Where each part stands now, whose turn it is until when, and what silence means then; and what comes after."""
    columns = (
        s.say("Lines", "Baris"),
        s.say("Where it stands", "Keadaan"),
        s.say("Whose turn", "Giliran"),
        s.say("Until", "Hingga"),
        s.say("If nothing happens until then", "Jika tidak ada tindakan"),
    )
    rows = [_step(s, matter) for matter in s.parts]
    blocks: list[Block] = [table(s.say("What happens now", "Yang terjadi sekarang"), columns, rows)]
    won = any(each.decision is Decision.FOR_CUSTOMER for each in s.event.lines)
    compliance = s.policy.clocks.get(ClockName.COMPLIANCE)
    if won and compliance is not None and any(matter.is_open for matter in s.parts):
        period = span(compliance.span, s.language)
        blocks.append(
            text(
                s.say(
                    f"Once the judgement is final, the seller has {period} to complete everything that is owed (S19); "
                    "for a step that waits for the customer they begin when the customer has done it. Where the seller "
                    "does not, the payment provider deducts the refund from payments due to the seller (S20).",
                    f"Setelah putusan final, penjual memiliki {period} untuk memenuhi semua kewajibannya (S19); untuk "
                    "langkah yang menunggu pembeli, waktu itu mulai setelah pembeli melakukannya. Jika tidak dipenuhi, "
                    "penyedia pembayaran memotong dana dari pembayaran untuk penjual (S20).",
                )
            )
        )
    return Section(SectionKey.NEXT, s.say("What happens now", "Yang terjadi sekarang"), tuple(blocks))


def _step(s: Stand, matter: Matter) -> Row:
    lines = ", ".join(line for line in matter.lines if line in s.line_ids)
    if not matter.is_open:
        outcome = s.title(matter.outcome) if matter.outcome is not None else s.title(matter.phase)
        nothing = s.say("nothing is open", "tidak ada yang terbuka")
        return (lines, outcome, "-", "-", sentence_case(nothing))
    owners = OWNERS.get(matter.phase, frozenset())
    who = ", ".join(s.term(role) for role in Role if role in owners)
    until = s.at(matter.due) if matter.due is not None else "-"
    lapse = s.title(matter.lapse) if matter.lapse is not None else "-"
    return (lines, s.title(matter.phase), sentence_case(who), until, lapse)


def disagreeing(s: Stand) -> Section:
    """How either side can disagree, until when, and how often still (S11, S12, reading 4)."""
    said = _person(s)
    for matter in s.parts:
        said += _second_dispute(s, matter) if s.role is Role.CUSTOMER else _appeal(s, matter)
    said += _theirs(s)
    said.append(
        s.say(
            "Either side can take the matter to a court, a regulator or mediation (S14), and both can agree on other "
            "terms.",
            "Kedua pihak dapat membawa perkara ke pengadilan, regulator, atau mediasi (S14), dan dapat menyepakati "
            "hal lain.",
        )
    )
    heading = s.say("If you disagree", "Jika Anda tidak setuju")
    return Section(SectionKey.DISAGREE, heading, tuple(text(each) for each in said))


def _person(s: Stand) -> list[str]:
    """The right to a person, of whom a machine judged against."""
    lost = Phase.DISMISSED if s.role is Role.CUSTOMER else Phase.AWARDED
    return [
        s.say(
            f"Line {', '.join(matter.lines)}: a machine judged this. You can ask until {s.at(matter.due)} that a "
            "person judges it anew; that uses up neither an appeal nor a dispute.",
            f"Baris {', '.join(matter.lines)}: ini diputus oleh mesin. Hingga {s.at(matter.due)} Anda dapat meminta "
            "petugas memutus kembali; hak banding dan hak sengketa Anda tidak berkurang.",
        )
        for matter in s.parts
        if s.event.automatic and matter.phase is lost and matter.due is not None
    ]


def _second_dispute(s: Stand, matter: Matter) -> list[str]:
    """What the customer can do about lines that were judged for the seller."""
    lost = _lines(s, matter, Decision.FOR_SELLER)
    if not lost:
        return []
    lines = ", ".join(lost)
    if matter.phase is not Phase.DISMISSED or matter.due is None:
        return [
            s.say(f"Line {lines}: no further dispute is left.", f"Baris {lines}: tidak ada sengketa lagi yang tersisa.")
        ]
    left = disputes_left(s, matter)
    return [
        s.say(
            f"Line {lines}: you can raise the dispute once more until {s.at(matter.due)}, with new material or by "
            f"naming "
            f"what was judged wrongly. Disputes left: {left}.",
            f"Baris {lines}: Anda dapat mengajukan sengketa sekali lagi hingga {s.at(matter.due)}, dengan bukti baru "
            f"atau "
            f"dengan menyebutkan kekeliruan putusan. Sisa sengketa: {left}.",
        )
    ]


def disputes_left(s: Stand, matter: Matter) -> int:
    """How many more disputes about the goods of a part can be raised (S12): the most of any line."""
    limit = s.policy.switches.max_disputes
    case = s.after
    counts = [dispute_count(s.order, matter, case.case_id, line, case.line(line).units) for line in matter.lines]
    return max(0, limit - min(counts))


def _appeal(s: Stand, matter: Matter) -> list[str]:
    """What the seller can do about lines that were judged for the customer."""
    lost = _lines(s, matter, Decision.FOR_CUSTOMER)
    if not lost:
        return []
    lines = ", ".join(lost)
    if matter.phase is Phase.AWARDED and matter.due is not None and not matter.appeal_used:
        return [
            s.say(
                f"Line {lines}: you can appeal until {s.at(matter.due)}; another agent decides. Appeals left: 1.",
                f"Baris {lines}: Anda dapat mengajukan banding hingga {s.at(matter.due)}; petugas lain memutuskan. "
                "Sisa banding: 1.",
            ),
            *_late(s, matter),
        ]
    return [s.say(f"Line {lines}: no appeal is left.", f"Baris {lines}: tidak ada banding yang tersisa.")]


def _late(s: Stand, matter: Matter) -> list[str]:
    """The appeal that a market allows after a refund without return has been paid (reading 5)."""
    rule = s.policy.clocks.get(ClockName.LATE_APPEAL)
    if rule is None or any(each.kind != "REFUND" for each in matter.judgement):
        return []
    period = span(rule.span, s.language)
    return [
        s.say(
            f"An appeal not used by then can still be made within {period} after the refund was paid; it can only "
            f"claw back.",
            f"Banding yang belum dipakai masih dapat diajukan dalam {period} setelah dana dibayarkan; banding itu "
            f"hanya "
            "dapat menarik kembali dana.",
        )
    ]


def _theirs(s: Stand) -> list[str]:
    """What the other side can do."""
    found = []
    for matter in s.parts:
        theirs = matter.phase is (Phase.AWARDED if s.role is Role.CUSTOMER else Phase.DISMISSED)
        if theirs and matter.due is not None:
            lines = ", ".join(line for line in matter.lines if line in s.line_ids)
            who = sentence_case(s.term(other(s.role)))
            found.append(
                s.say(
                    f"Line {lines}: it was judged for you. {who} can disagree until {s.at(matter.due)}.",
                    f"Baris {lines}: diputus untuk Anda. {who} dapat menyatakan tidak setuju hingga "
                    f"{s.at(matter.due)}.",
                )
            )
    return found


def _lines(s: Stand, matter: Matter, decision: Decision) -> list[str]:
    return [each.line_id for each in s.event.lines if each.decision is decision and each.line_id in matter.lines]


# --- machines and readers


def machine(s: Stand) -> Section:
    """Whether a machine took part, and how."""
    findings = [each for each in s.matter.findings if each.line_id in s.line_ids]
    said = [_judge(s), *_found(s, findings)]
    if aside := [each.line_id for each in s.event.lines if each.set_aside]:
        lines = ", ".join(aside)
        said.append(
            s.say(
                f"Line {lines} was decided by a person otherwise than the program derived, for the reason given above.",
                f"Baris {lines} diputus oleh petugas lain daripada hasil program, dengan alasan yang tertulis di atas.",
            )
        )
    said.append(
        s.say(
            "From the findings a program derived the decision, the remedy and the amounts by the rulebook; the same "
            "findings always give the same result.",
            "Dari penilaian itu program menurunkan putusan, penyelesaian, dan nilainya menurut buku aturan; "
            "penilaian yang "
            "sama selalu memberi hasil yang sama.",
        )
    )
    heading = s.say("Whether a machine took part", "Peran mesin")
    return Section(SectionKey.MACHINE, heading, tuple(text(each) for each in said))


def _found(s: Stand, findings: list[Finding]) -> list[str]:
    """Who made the findings, and how many differ from what the record alone says."""
    filled = sum(each.is_derived for each in findings)
    made = len(findings) - filled
    changed = sum(not x.is_derived and x.derived not in (None, x.value) for x in findings)
    english = [f"a program filled in {filled} from data"] * bool(filled)
    english += [f"agents of the platform made {made}"] * bool(made)
    indonesian = [f"{filled} diisi program dari data"] * bool(filled)
    indonesian += [f"{made} dibuat petugas platform"] * bool(made)
    said = [
        s.say(
            f"Findings: {len(findings)}; {' and '.join(english)}.",
            f"Penilaian: {len(findings)}; {' dan '.join(indonesian)}.",
        )
    ] * bool(findings)
    if changed:
        said.append(
            s.say(
                f"Findings of agents otherwise than the record alone says, each with a reason on file: {changed}.",
                f"Penilaian petugas yang lain daripada catatan saja, masing-masing dengan alasan yang tersimpan: "
                f"{changed}.",
            )
        )
    return said


def _judge(s: Stand) -> str:
    if s.automatic:
        return s.say(
            "This judgement was made automatically: no person took part in it.",
            "Putusan ini dibuat secara otomatis: tidak ada orang yang ikut memutuskan.",
        )
    if s.event.drafted_by:
        return s.say(
            "A person judged, and a second person confirmed it before it was binding: two agents of the platform.",
            "Putusan dibuat oleh seorang petugas platform dan disetujui petugas kedua sebelum berlaku.",
        )
    if s.event.appeal:
        return s.say(
            "A person decided the appeal: another agent of the platform than the one who judged first.",
            "Banding diputus oleh seorang petugas platform yang bukan petugas pada putusan pertama.",
        )
    return s.say(
        "A person judged: an agent of the platform.", "Putusan dibuat oleh seorang petugas platform, bukan mesin saja."
    )


def readers(s: Stand) -> Section:
    """Who else sees this."""
    them = s.term(other(s.role))
    said = (
        s.say(
            f"This statement is yours. {sentence_case(them)} receives one of its own, without your words; agents of "
            f"the "
            "platform, its auditors and the marketplace can read both.",
            f"Surat ini untuk Anda. {sentence_case(them)} menerima suratnya sendiri tanpa kata-kata Anda; petugas "
            "platform, auditor, dan lokapasar dapat membaca keduanya.",
        ),
        s.say(
            "Both sides see the list of what was handed in and how it was seen, the platform's data and the decision.",
            "Kedua pihak melihat daftar bukti dan penilaiannya, data platform, dan putusan.",
        ),
    )
    assert s.role in PARTIES
    return Section(SectionKey.READERS, s.say("Who else sees this", "Siapa lagi yang melihat"), tuple(map(text, said)))
