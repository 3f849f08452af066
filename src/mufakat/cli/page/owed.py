"""The sections of the page about what is owed: the remedy step by step, and the money."""

from mufakat.cli.page.reader import Reader
from mufakat.cli.page.sections import Section
from mufakat.core import events as e
from mufakat.core.case import Matter, Remedy, is_of_chargebacks
from mufakat.core.claim import RemedyKind
from mufakat.core.parties import Role
from mufakat.core.phases import Phase
from mufakat.core.sight import sees_all, sees_borne


def remedies(r: Reader) -> Section:
    """What is to be done for each part, its steps in order, and when each is due."""
    rows: list[tuple[str, ...]] = []
    for matter in r.matters():
        if matter.remedy is not None:
            rows += _remedy(r, matter, matter.remedy)
    return Section(r.say("Remedy", "Penyelesaian"), tuple(rows))


def _remedy(r: Reader, matter: Matter, remedy: Remedy) -> list[tuple[str, ...]]:
    kind = r.title(RemedyKind.REFUND if remedy.in_money and not remedy.goods_back else remedy.kind)
    basis = r.say(f"{kind}, by {r.term(remedy.basis)}", f"{kind}, karena {r.term(remedy.basis)}")
    rows: list[tuple[str, ...]] = [(r.part(matter), basis, "")]
    for done, phases, text in _steps(r, remedy):
        rows.append(("", f"- {text}", _state(r, matter, phases, done=done)))
    if remedy.goods_back:
        bearer = r.term(remedy.freight_bearer)
        rows.append(("", r.say(f"The way back is paid by {bearer}.", f"Ongkos pengembalian ditanggung {bearer}."), ""))
    return rows


def _steps(r: Reader, remedy: Remedy) -> list[tuple[bool, tuple[Phase, ...], str]]:
    """The steps of a remedy in order: whether done, the phases in which it is under way, what it is."""
    steps: list[tuple[bool, tuple[Phase, ...], str]] = []
    if remedy.goods_back:
        sent = r.say("the customer sends the goods back", "pembeli mengirim kembali barang")
        tracking = f" ({remedy.tracking})" if remedy.tracking else ""
        steps.append((bool(remedy.tracking), (Phase.AWAITING_RETURN,), sent + tracking))
        received = r.say("the seller receives and inspects them", "penjual menerima dan memeriksa barang")
        under_way = (Phase.RETURNING, Phase.INSPECTING, Phase.REPORTED, Phase.ASSESSING, Phase.PARCEL_REJECTED)
        steps.append((remedy.returned, under_way, received))
    if remedy.performs:
        other = remedy.kind is RemedyKind.OTHER
        does = r.say("the seller does it and proves it", "penjual melaksanakan dan membuktikannya")
        ships = r.say("the seller ships what is owed", "penjual mengirim barang yang terutang")
        tracking = f" ({remedy.out_tracking})" if remedy.out_tracking else ""
        steps.append((remedy.scanned, (Phase.PERFORMING,), (does if other else ships) + tracking))
        has = r.say("the customer has it", "pembeli menerimanya")
        steps.append((remedy.performed, (Phase.DELIVERING, Phase.CONFIRMING, Phase.ASSESSING), has))
    if remedy.in_money:
        refund = r.say("the refund is paid", "dana dikembalikan")
        paid = remedy.ordered > 0 and remedy.paid >= remedy.ordered
        steps.append((paid, (Phase.PAYING, Phase.DEDUCTING, Phase.SUSPENDED), refund))
    return steps


def _state(r: Reader, matter: Matter, phases: tuple[Phase, ...], *, done: bool) -> str:
    if done:
        return r.say("done", "selesai")
    if matter.phase in phases:
        due = r.at(matter.due) if matter.due else ""
        return r.say(f"due {due}", f"jatuh tempo {due}")
    return r.say("not done", "tidak dilakukan") if r.is_over(matter) else r.say("later", "nanti")


def money(r: Reader) -> Section:
    """The money of each part: what it is worth, what is owed, paid, deducted, outstanding, and held."""
    rows: list[tuple[str, ...]] = []
    for matter in r.matters():
        amounts = _amounts(r, matter)
        if amounts:
            rows += [(r.part(matter) if n == 0 else "", *each) for n, each in enumerate(amounts)]
    return Section(r.say("Money", "Uang"), tuple(rows))


def _amounts(r: Reader, matter: Matter) -> list[tuple[str, str]]:
    remedy, found = matter.remedy, []
    if remedy is not None:
        deducted = deducted_of(r.history, matter.number)
        stopped = matter.phase is Phase.SUSPENDED
        outstanding = max(0, remedy.ordered - remedy.paid)
        named = [
            (r.say("worth of the goods", "nilai barang"), sum(share.amount for share in remedy.shares), True),
            (r.say("shipping fee", "ongkos kirim"), remedy.shipping, False),
            (r.say("way back", "ongkos pengembalian"), remedy.freight, False),
            (r.say("less, borne by the customer or paid elsewhere", "dikurangi"), -remedy.lowered, False),
            (r.say("owed", "terutang"), remedy.ordered, True),
            (r.say("paid", "dibayar"), remedy.paid, True),
            (r.say("of it deducted from payouts", "di antaranya dipotong dari pencairan"), deducted, False),
            (r.say("of it advanced by the platform", "di antaranya ditalangi platform"), remedy.advanced, False),
            (r.say("of that collected again", "di antaranya telah ditagih kembali"), remedy.recovered, False),
            (r.say("paid by the seller itself", "dibayar sendiri oleh penjual"), _by_hand(remedy), False),
            (r.say("outstanding", "sisa"), outstanding, True),
            (r.say("debt of the seller, collected on", "utang penjual, terus ditagih"), matter.debt, False),
        ]
        found += [(name, r.amount(amount)) for name, amount, always in named if always or amount]
        if stopped:
            bank = r.say("by the customer's bank", "oleh bank pembeli")
            by = bank if matter.frozen and not matter.by_court else r.say("by order", "atas perintah")
            found.append((r.say("suspended", "ditangguhkan"), by))
    if matter.hold and r.role is not Role.CUSTOMER:
        found.append((r.say("held back from payouts", "ditahan dari pencairan"), r.amount(matter.hold)))
    return found + _of_others(r, matter)


def _of_others(r: Reader, matter: Matter) -> list[tuple[str, str]]:
    """What customers' banks and carriers come to: each side's own, and all for agents."""
    found: list[tuple[str, str]] = []
    for each in matter.charged:
        if sees_borne(each.bearer, r.role):
            name = r.say(f"of chargeback {each.reference}, borne by", f"dari chargeback {each.reference}, ditanggung")
            found.append((f"{name} {r.term(each.bearer)}", r.amount(each.amount)))
    for claim in matter.carrier_claims:
        if claim.bearer is r.role or sees_all(r.role):
            paid = r.say("not answered", "belum dijawab") if claim.paid is None else r.amount(claim.paid)
            name = r.say("claimed of the carrier", "diklaim dari kurir")
            found.append((f"{name} ({claim.tracking})", f"{r.amount(claim.amount)}: {paid}"))
    return found


def _by_hand(remedy: Remedy) -> int:
    return sum(amount for _, amount in remedy.outside)


def deducted_of(history: tuple[e.Recorded, ...], number: int) -> int:
    """How much of what was paid for a part came after the provider was told to deduct it, minor units."""
    deducting, total = False, 0
    for recorded in history:
        event = recorded.event
        if getattr(event, "matter", 0) != number:
            continue
        if isinstance(event, e.DeductionOrdered | e.CollectionStopped):
            deducting = isinstance(event, e.DeductionOrdered)
        elif isinstance(event, e.RefundPaid):
            total += event.amount if deducting and not event.advanced else 0
        elif isinstance(event, e.AdvanceRecovered) and not is_of_chargebacks(event.obligation):
            total += event.amount
    return total
