"""What was before the judge: what was asked, what each side handed in, what the platform's data shows (S3 to S7)."""

from dataclasses import replace

from mufakat.core import events as e
from mufakat.core.claim import Exhibit, Finding, FindingValue, MaterialKind
from mufakat.core.derived import Derived, derived
from mufakat.core.order import OUTBOUND
from mufakat.core.parties import PARTIES, Role
from mufakat.core.record import Entry, EntryKind, Value, record
from mufakat.core.statement.model import Block, Row, Section, SectionKey, quote, table, text
from mufakat.core.statement.stand import OWN_WORDS, Stand
from mufakat.core.words import sentence_case, stage
from mufakat.core.words.record import tell_entry, tell_fact, tell_how, tell_source

SHOWN_END = 4
"""Letters of a parcel's number that the other side is shown."""


def asked(s: Stand) -> Section:
    """What the customer asked for, line by line, and the reader's own words about it."""
    columns = (s.say("Line", "Baris"), s.say("Units", "Unit"), s.say("Reason", "Alasan"), s.say("Asked", "Diminta"))
    rows: list[Row] = []
    for claim in s.claims():
        everything = s.say("all that is due", "seluruh nilainya")
        amount = everything if claim.amount is None else s.amount(claim.amount)
        units = ", ".join(str(unit) for unit in claim.units)
        rows.append((claim.line_id, units, s.title(claim.reason), amount))
    kind, opened = s.term(s.before.type), s.at(s.before.opened_at)
    asked_for = s.say(
        f"On {opened} {s.term(s.before.opened_by)} asked for: {kind}.",
        f"Pada {opened} {s.term(s.before.opened_by)} meminta: {kind}.",
    )
    number = s.event.number
    disputed = s.say(
        f"This judgement is about dispute number {number} about these goods.",
        f"Putusan ini tentang sengketa ke-{number} mengenai barang ini.",
    )
    label = s.say("What was asked for", "Yang diminta")
    said = [quote(words, name) for name, words in _own_words(s)]
    blocks = (text(asked_for), table(label, columns, rows), text(disputed), *said)
    return Section(SectionKey.ASKED, s.say("What was asked", "Yang diminta"), blocks)


def _own_words(s: Stand) -> list[tuple[str, str]]:
    """What the reader wrote with its own steps."""
    names = {
        e.RequestOpened: s.say("Your words with the request", "Kata-kata Anda dalam permintaan"),
        e.RequestRejected: s.say("Your words with the rejection", "Kata-kata Anda dalam penolakan"),
        e.AskedAgain: s.say("Your words when you asked once more", "Kata-kata Anda saat meminta sekali lagi"),
        e.DisputeRaised: s.say("Your words with the dispute", "Kata-kata Anda dalam sengketa"),
        e.Appealed: s.say("Your words with the appeal", "Kata-kata Anda dalam banding"),
        e.PersonAsked: s.say("Your words when you asked for a person", "Kata-kata Anda saat meminta petugas"),
    }
    found = []
    for each in s.log:
        event = each.event
        if isinstance(event, OWN_WORDS) and each.actor.role is s.role and (said := s.own(event.text)):
            found.append((names[type(event)], said))
    return found


def material(s: Stand) -> Section:
    """What each side handed in and how it was seen; what was asked of the reader; what nobody handed in."""
    blocks: list[Block] = []
    given = s.exhibits()
    columns = (
        s.say("No.", "No."),
        s.say("Material", "Bukti"),
        s.say("Kind", "Jenis"),
        s.say("Handed in", "Diserahkan"),
        s.say("How it was seen", "Penilaian"),
    )
    for party in PARTIES:
        label = s.say(f"Handed in by {s.term(party)}", f"Diserahkan oleh {s.term(party)}")
        own = [(x, at) for x, at in given if x.giver is party]
        rows = [
            (
                str(x.number),
                s.item(x.material.item),
                _kind(s, x),
                f"{s.at(at)}; {stage(x.stage, s.language)}",
                _seen(s, x),
            )
            for x, at in own
        ]
        if rows:
            blocks.append(table(label, columns, rows))
        else:
            blocks.append(text(s.say(f"{label}: nothing.", f"{label}: tidak ada.")))
        missing = _missing(s, party)
        if missing:
            blocks.append(text(s.say(f"Expected and not handed in: {missing}.", f"Tidak diserahkan: {missing}.")))
    blocks += [text(each) for each in _asked_for(s)]
    for x, _ in given:
        if x.giver is s.role and (said := s.own(x.material.text)):
            blocks.append(
                quote(said, s.say(f"Your words in exhibit {x.number}", f"Kata-kata Anda dalam bukti {x.number}"))
            )
    return Section(SectionKey.MATERIAL, s.say("What each side handed in", "Yang diserahkan kedua pihak"), tuple(blocks))


def _kind(s: Stand, exhibit: Exhibit) -> str:
    held = exhibit.material
    named = held.kind is MaterialKind.RECORD or (held.refers_to and exhibit.giver is s.role)
    return f"{s.title(held.kind)} {held.refers_to}" if named else s.title(held.kind)


def _seen(s: Stand, exhibit: Exhibit) -> str:
    """The findings that rest on an exhibit, or else those about its item."""
    mine = [f for f in s.matter.findings if f.party is exhibit.giver and f.item == exhibit.material.item]
    resting = [f for f in s.matter.findings if f.party is exhibit.giver and f.exhibit == exhibit.number]
    found = resting or [f for f in mine if not f.exhibit]
    if not found:
        heard = s.say("on the record; no finding rests on it", "tercatat; tidak menjadi dasar penilaian")
        return sentence_case(heard)
    several = len(s.line_ids) > 1
    parts = [(f"{s.say('line', 'baris')} {f.line_id}: " if several else "") + s.term(f.value) for f in found]
    return sentence_case("; ".join(parts))


def _missing(s: Stand, party: Role) -> str:
    items = [f.item for f in s.matter.findings if f.party is party and f.value is FindingValue.MISSING]
    return ", ".join(s.item(each) for each in dict.fromkeys(items))


def _asked_for(s: Stand) -> list[str]:
    """What the platform asked the reader for (S5)."""
    found = []
    for each in s.log:
        event = each.event
        if isinstance(event, e.MaterialAsked) and s.role in event.parties:
            until = s.at(event.until) if event.until else s.say("the end of the window", "akhir masa penyerahan")
            item = s.item(event.item)
            found.append(
                s.say(
                    f"You were asked for: {item}, until {until}.", f"Anda diminta menyerahkan: {item}, hingga {until}."
                )
            )
    return found


# --- the platform's own data


def data(s: Stand) -> Section:
    """What the platform's own data shows, and how each fact follows from it."""
    there = (s.policy.zone, s.before.currency)
    facts = [_masked_fact(s, each) for each in derived(s.order, s.before, s.policy, s.judged.at) if _concerns(s, each)]
    named = {ref for each in facts for ref in each.entries}
    entries = [_masked(s, each) for each in record(s.order, s.before, s.judged.at) if each.ref in named]
    rows = [
        (each.ref, s.at(each.at), tell_source(each, s.language), tell_entry(each, s.language, *there))
        for each in entries
    ]
    shown = [(tell_fact(each, s.language, *there), tell_how(each, s.language)) for each in facts]
    columns = (s.say("Entry", "Catatan"), s.say("Since", "Sejak"), s.say("Source", "Sumber"), s.say("What", "Isi"))
    follows = (s.say("Fact", "Fakta"), s.say("How it follows", "Cara memperolehnya"))
    blocks = (
        text(
            s.say(
                "A dispute is judged on all material and on the platform's own data (S7).",
                "Sengketa diputus berdasarkan semua bukti dan data platform sendiri (S7).",
            )
        ),
        table(
            s.say("What follows from the platform's data", "Yang dapat disimpulkan dari data platform"), follows, shown
        ),
        table(s.say("The entries behind it", "Catatan yang mendasarinya"), columns, rows),
    )
    return Section(SectionKey.RECORD, s.say("What the platform's own data shows", "Data platform sendiri"), blocks)


def _concerns(s: Stand, found: Derived) -> bool:
    return not found.lines or bool(set(found.lines) & set(s.line_ids))


def _masked_fact(s: Stand, found: Derived) -> Derived:
    """The fact as the reader may know it: a number of a parcel that the other side named only by its end."""
    own = s.role is Role.CUSTOMER
    if found.exhibit:
        own = s.before.exhibits[found.exhibit - 1].giver is s.role
    told = {name: _shown(s, name, value, own=own) for name, value in found.told.items()}
    return replace(found, told={name: value for name, value in told.items() if value != ""})


def _masked(s: Stand, entry: Entry) -> Entry:
    own = s.role is Role.CUSTOMER and entry.kind is not EntryKind.SCAN
    shown = ((name, _shown(s, name, value, own=own)) for name, value in entry.values)
    return replace(entry, values=tuple((name, value) for name, value in shown if value != ""))


def _shown(s: Stand, name: str, value: Value, *, own: bool) -> Value:
    """A value for the reader; how the customer paid is the customer's alone, and so is the place of a scan."""
    if name in ("method", "place") and s.role is Role.SELLER:
        return ""
    if name in ("parcel", "number", "tracking") and isinstance(value, str) and value != OUTBOUND and not own:
        return "…" + value[-SHOWN_END:]
    return value


def findings_of(s: Stand, line_id: str) -> list[Finding]:
    """The findings about a line, in the order of the list of expected material."""
    order = (*PARTIES, Role.SYSTEM)
    return sorted((f for f in s.matter.findings if f.line_id == line_id), key=lambda f: (order.index(f.party), f.item))
