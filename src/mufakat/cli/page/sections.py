"""The sections of the page: who, what was asked, where it stands, what happened."""

from dataclasses import dataclass

from mufakat.cli.page.reader import Reader
from mufakat.core import view
from mufakat.core.case import Matter
from mufakat.core.claim import ClaimLine, Given
from mufakat.core.events import Recorded
from mufakat.core.expected import expected_material
from mufakat.core.parties import PARTIES, Role
from mufakat.core.phases import Phase
from mufakat.core.process import OWNERS
from mufakat.core.words import item, term
from mufakat.core.words.events import solution


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with rows of cells; `columns` are the headings of the cells where they need any."""

    title: str
    rows: tuple[tuple[str, ...], ...]
    columns: tuple[str, ...] = ()


def head(r: Reader) -> Section:
    """Which case this is."""
    case = r.case
    opener = r.term(case.opened_by)
    rows = [
        (r.say("marketplace", "lokapasar"), r.marketplace),
        (r.say("order", "pesanan"), f"{case.order_id}, {r.at(r.order.order.purchased_at)}"),
        (r.say("opened", "dibuka"), f"{r.at(case.opened_at)}, {r.say('by', 'oleh')} {opener}"),
        (
            r.say("rulebook", "buku aturan"),
            r.say(f"{r.policy.market} of {r.policy.day}", f"{r.policy.market} per {r.policy.day}")
            + f", {case.policy[:12]}",
        ),
    ]
    return Section(r.say(f"Case {case.case_id}", f"Kasus {case.case_id}"), tuple(rows))


def parties(r: Reader) -> Section:
    """Who is in it. A party sees its own id only; how to reach the other is not for the page."""
    ids = {Role.CUSTOMER: r.case.customer_id, Role.SELLER: r.case.seller_id}
    rows = []
    for role in PARTIES:
        own = role is r.role
        shown = ids[role] if r.is_agent or own else r.say("(not shown)", "(tidak ditampilkan)")
        rows.append((r.title(role), shown + (r.say(" (you)", " (Anda)") if own else "")))
    return Section(r.say("Parties", "Para pihak"), tuple(rows))


def asked(r: Reader) -> Section:
    """What was asked: lines, units, reasons, amounts."""
    rows = [_asked_line(r, line) for line in r.case.lines]
    columns = (
        r.say("line", "baris"),
        r.say("product", "produk"),
        r.say("units", "unit"),
        r.say("why", "alasan"),
        r.say("amount asked", "jumlah diminta"),
        r.say("may be disputed until", "dapat disengketakan sampai"),
    )
    return Section(f"{r.say('Asked', 'Permintaan')}: {r.term(r.case.type)}", tuple(rows), columns)


def _asked_line(r: Reader, line: ClaimLine) -> tuple[str, ...]:
    bought = r.order.order.line(line.line_id)
    until = r.case.accept_until.get(line.line_id)
    code = r.code(line.reason_code) or line.reason_code
    reason = r.term(line.reason) + (f" ({code})" if code else "")
    return (
        line.line_id,
        bought.product_id if bought else "",
        r.say(
            f"{', '.join(map(str, line.units))} of {bought.quantity if bought else '?'}",
            f"{', '.join(map(str, line.units))} dari {bought.quantity if bought else '?'}",
        ),
        reason,
        r.say("all that is due", "semua yang menjadi hak") if line.amount is None else r.amount(line.amount),
        r.at(until) if until else "",
    )


def stands(r: Reader) -> Section:
    """Where each part stands, whose turn it is until when, and what silence means."""
    rows: list[tuple[str, ...]] = []
    for matter in r.matters():
        rows += _stand(r, matter)
    return Section(r.say("Where it stands", "Status"), tuple(rows))


def _stand(r: Reader, matter: Matter) -> list[tuple[str, ...]]:
    if r.is_over(matter):
        outcome = r.term(matter.outcome) if matter.outcome else ""
        return [(r.part(matter), f"{r.title(Phase.CLOSED)}: {outcome}.")]
    rows: list[tuple[str, ...]] = [(r.part(matter), f"{r.title(matter.phase)}.")]
    owners = r.say(" and ", " dan ").join(r.term(role) for role in Role if role in OWNERS[matter.phase])
    if matter.due is not None:
        turn = r.say(f"Turn of {owners} until {r.at(matter.due)}", f"Giliran {owners} sampai {r.at(matter.due)}")
        silence = (
            r.say(f"; in silence, {r.term(matter.lapse)}.", f"; jika diam, {r.term(matter.lapse)}.")
            if matter.lapse
            else "."
        )
        rows.append(("", turn + silence))
    for party in PARTIES:
        until = matter.window(party)
        if until is None:
            continue
        text = r.say(
            f"{r.title(party)} may hand in material until {r.at(until)}.",
            f"{r.title(party)} dapat menyerahkan bukti sampai {r.at(until)}.",
        )
        rows.append(("", text))
    if matter.proposal is not None:
        terms = solution(matter.proposal.solution, r.language, r.case.currency)
        until_ = r.at(matter.proposal.until)
        by = r.title(matter.proposal.by)
        rows.append(
            ("", r.say(f"{by} proposes {terms}, until {until_}.", f"{by} mengusulkan {terms}, sampai {until_}."))
        )
    return rows


def may(r: Reader) -> Section:
    """What the reader may do now."""
    actions = view.available_actions(r.case, r.role)
    rows = []
    for matter in r.matters():
        names = [each.command for each in actions if each.matter == matter.number]
        if names:
            rows.append((r.part(matter), ", ".join(dict.fromkeys(names))))
    return Section(r.say("Commands open to this reader", "Perintah yang tersedia bagi pembaca ini"), tuple(rows))


def timeline(r: Reader) -> Section:
    """What happened, in words, with what people wrote."""
    rows: list[tuple[str, ...]] = []
    for recorded in r.events():
        rows.append((str(recorded.number), r.at(recorded.at), _who(r, recorded), r.tell(recorded)))
        meant = r.code(getattr(recorded.event, "code", ""))
        rows += [("", "", "", text) for text in ([f"({meant})"] if meant else []) + r.written(recorded.event)]
    columns = ("", r.say("when", "waktu"), r.say("who", "siapa"), r.say("what", "apa"))
    return Section(r.say("Timeline", "Urutan kejadian"), tuple(rows), columns)


def _who(r: Reader, recorded: Recorded) -> str:
    """Who acted; agents see which agent it was."""
    actor = recorded.actor
    name = term(actor.role, r.language).removeprefix("the ")
    return f"{name} {actor.id}" if r.is_agent and actor.role is Role.AGENT else name


def missing(r: Reader) -> Section:
    """What is still expected of the reader, or for agents of both, while a window is open (S6)."""
    rows = []
    for party in PARTIES if r.is_agent else (r.role,):
        for each in expected_material(r.case, r.order, r.policy, party, r.moment):
            if each.state is Given.MISSING and each.until is not None:
                level = r.say("asked for by the platform", "diminta platform") if each.asked_by else r.term(each.level)
                where = r.term(each.stage) + (r.say(", to come", ", berikutnya") if each.ahead else "")
                known = ", ".join(each.known)
                row = (r.title(party), where, each.line_id, item(each.item, r.language), level, known, r.at(each.until))
                rows.append(row)
                rows += [("", "", "", r.text(each.text), "", "", "")] if each.text else []
    columns = (
        r.say("of", "dari"),
        r.say("for", "untuk"),
        r.say("line", "baris"),
        r.say("material", "bukti"),
        r.say("how much", "sifat"),
        r.say("platform's record", "catatan platform"),
        r.say("until", "sampai"),
    )
    return Section(r.say("Material still expected", "Bukti yang masih diharapkan"), tuple(rows), columns)


def of(r: Reader) -> list[Section]:
    """Every section that has something to say, in the order of the page."""
    from mufakat.cli.page import judged, owed, platform

    made = [
        head(r),
        parties(r),
        asked(r),
        stands(r),
        may(r),
        timeline(r),
        judged.material(r),
        missing(r),
        platform.knows(r),
        platform.follows(r),
        judged.findings(r),
        judged.assessments(r),
        judged.judgement(r),
        judged.risk(r),
        owed.remedies(r),
        owed.money(r),
    ]
    return [trimmed(section) for section in made if section.rows]


def trimmed(section: Section) -> Section:
    """The section without columns that hold nothing."""
    width = max(len(row) for row in section.rows)
    full = [row + ("",) * (width - len(row)) for row in section.rows]
    kept = [n for n in range(width) if any(row[n] for row in full)]
    rows = tuple(tuple(row[n] for n in kept) for row in full)
    return Section(section.title, rows, tuple(section.columns[n] for n in kept) if section.columns else ())
