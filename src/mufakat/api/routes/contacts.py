"""Contacts of an order's parties: one's own in full, others masked, and in full for an agent who says why (S8)."""

from typing import Any

from litestar import Request, Router, get, post, put
from litestar.params import JSONBody

from mufakat.api.asked import CaseId, OrderId, caller, site_of
from mufakat.api.knocking import RIGHT
from mufakat.api.problems import RefusedByRules, Troubled
from mufakat.api.rights import Right
from mufakat.api.troubles import Trouble
from mufakat.api.wire import contacts as w
from mufakat.core.parties import PARTIES, Role
from mufakat.core.refusals import Code, Refusal
from mufakat.engine.accounts.contacts import Contact, masked
from mufakat.store.contacts import Forgotten


@put("/orders/{order_id:str}/contacts", opt={RIGHT: Right.ORDERS_WRITE}, status_code=200)
async def put_contacts(
    request: Request[Any, Any, Any], order_id: OrderId, data: JSONBody[w.ContactsIn]
) -> w.ContactsOut:
    """Put the contacts of an order's parties in place of those before. They are kept sealed, and never in a log.

    They are forgotten with the last case of the order that is forgotten; a party that is left out is forgotten now.
    """
    site, who = site_of(request), caller(request)
    given = {Role.CUSTOMER: data.customer, Role.SELLER: data.seller}
    contacts = {role: Contact(x.name, x.email, x.phone, x.address) for role, x in given.items() if x is not None}
    try:
        kept = await site.contacts.put(who.marketplace, order_id, contacts)
    except Forgotten as error:
        raise RefusedByRules(Refusal(Code.CASE_CLOSED), who.role) from error
    if not kept:
        raise RefusedByRules(Refusal(Code.NO_SUCH_ORDER, (("order", order_id),)), who.role)
    return _shown(order_id, contacts, who.role)


@get("/orders/{order_id:str}/contacts", opt={RIGHT: Right.ORDERS_READ})
async def read_contacts(request: Request[Any, Any, Any], order_id: OrderId) -> w.ContactsOut:
    """The contacts of an order: a party sees its own in full, and all else is masked."""
    site, who = site_of(request), caller(request)
    await site.loaded_order(who, order_id)
    return _shown(order_id, await site.contacts.of(who.marketplace, order_id), who.role)


@post("/cases/{case_id:str}/contacts/reveal", opt={RIGHT: Right.CONTACTS_REVEAL}, status_code=200)
async def reveal_contact(request: Request[Any, Any, Any], case_id: CaseId, data: JSONBody[w.RevealIn]) -> w.RevealedOut:
    """A party's contact in full. Who asked, when, in which case and why is recorded before it is shown."""
    site, who = site_of(request), caller(request)
    reason = data.reason.strip()
    if len(reason) < w.SHORTEST:
        raise Troubled(Trouble.BODY_NOT_VALID, f"a reason has at least {w.SHORTEST} characters", where="reason")
    order_id = (await site.loaded(who, case_id)).order.order.order_id
    found = await site.contacts.reveal(who.marketplace, order_id, case_id, Role(data.party), who.actor, reason)
    if found is None:
        raise Troubled(Trouble.NOT_FOUND)
    return w.RevealedOut(case_id=case_id, party=data.party, contact=_out(found, is_masked=False))


@get("/cases/{case_id:str}/contacts/reveals", opt={RIGHT: Right.REVEALS_READ})
async def list_reveals(request: Request[Any, Any, Any], case_id: CaseId) -> w.RevealsOut:
    """Who had contacts shown in full in a case, when and why."""
    site, who = site_of(request), caller(request)
    order_id = (await site.loaded(who, case_id)).order.order.order_id
    found = await site.contacts.reveals(who.marketplace, order_id, case_id)
    reveals = [
        w.RevealOut(reveal_id=x.reveal_id, party=x.party.value, agent_id=x.agent_id, at=x.at, reason=x.reason)
        for x in found
    ]
    return w.RevealsOut(case_id=case_id, reveals=reveals)


def _shown(order_id: str, contacts: dict[Role, Contact], viewer: Role) -> w.ContactsOut:
    told = {role: None if (x := contacts.get(role)) is None else _for(x, role, viewer) for role in PARTIES}
    return w.ContactsOut(order_id=order_id, customer=told[Role.CUSTOMER], seller=told[Role.SELLER])


def _for(contact: Contact, whose: Role, viewer: Role) -> w.ContactOut:
    own = whose is viewer
    return _out(contact if own else masked(contact), is_masked=not own)


def _out(contact: Contact, *, is_masked: bool) -> w.ContactOut:
    return w.ContactOut(
        name=contact.name, email=contact.email, phone=contact.phone, address=contact.address, masked=is_masked
    )


router = Router("/v1", route_handlers=[put_contacts, read_contacts, reveal_contact, list_reveals], tags=["Contacts"])
