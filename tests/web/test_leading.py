"""A lead's pages: the queue and who has what, and people: inviting, rights, disabling."""

import pytest

from tests.accounts.people import PASSWORD, Person, person
from tests.api.shop import Shop
from tests.api.test_queue import disputed, take
from tests.web.browsing import Browser, Drawn, browser
from tests.web.signing import sign_in
from tests.web.test_steps import ENGLISH


@pytest.fixture
async def lia(shop: Shop) -> Person:
    """A lead with an account."""
    return await person(shop, "lia", "LEAD")


@pytest.fixture
async def lead(visitor: Browser, lia: Person) -> Browser:
    """The lead, signed in on the pages."""
    assert (await sign_in(visitor, lia)).status_code == 303
    return visitor


async def test_a_lead_sees_who_has_what_and_gives_it_to_somebody_else(lead: Browser, lia: Person) -> None:
    case_id = await disputed(lead.shop)
    rina = await person(lead.shop, "rina")
    await take(rina)
    page = await lead.page("/queue", **ENGLISH)
    assert "With Rina" in page.text
    assert f"/cases/{case_id}" in page.links
    assert "Judge a dispute 1 0 0 1 1 0 0" in page.text
    form = page.form("/queue/assign")
    assert (await lead.send(form, account=lia.account_id)).status_code == 303
    assert "With Lia" in (await lead.page("/queue", **ENGLISH)).text
    assert f"/cases/{case_id}" in (await lead.page("/desk")).links
    assert (await lead.send(form, account="")).status_code == 303
    assert "With nobody" in (await lead.page("/queue", **ENGLISH)).text
    assert (await lead.send(form, matter="x")).status_code == 404
    assert f"/cases/{case_id}" not in (await lead.page("/queue?show=CONFIRM")).links
    assert f"/cases/{case_id}" not in (await lead.page("/queue?show=stuck")).links


async def test_somebody_is_invited_sets_a_password_and_comes_in(lead: Browser) -> None:
    form = (await lead.page("/people")).form("/people")
    made = await lead.send(form, login="Sari@toko.example", name="Sari", role="AGENT", languages="id, en", ties="s-1")
    assert made.status_code == 200, Drawn(made.text).text
    invitation = Drawn(made.text).source.partition('<p class="code">')[2].partition("<")[0]
    assert invitation not in (await lead.page("/people")).source, "it is shown once"
    sari = browser(lead.shop)
    accepted = await sari.send(
        (await sari.page("/invitation")).form("/invitation"), invitation=invitation, password=PASSWORD
    )
    assert accepted.status_code == 303
    assert (await sign_in(sari, Person(lead.shop, "", "sari@toko.example"))).status_code == 303
    twice = await lead.send(form, login="sari@toko.example", name="Sari", role="AGENT")
    assert twice.status_code == 409
    assert (await lead.send(form, login="no address", name="Sari", role="AGENT")).status_code == 422


async def test_rights_change_and_a_disabled_account_is_out_at_once(lead: Browser, lia: Person) -> None:
    rina = await person(lead.shop, "rina")
    desk = browser(lead.shop)
    await sign_in(desk, rina)

    async def form_of(who: Person) -> dict[str, object]:
        forms = (await lead.page("/people")).forms
        return next(each for each in forms if each["fields"].get("account") == [who.account_id])

    assert (await desk.get("/queue")).status_code == 404
    assert (await lead.send(await form_of(rina), do="change", role="LEAD")).status_code == 303
    assert (await desk.get("/queue")).status_code == 200
    assert (await lead.send(await form_of(rina), do="disable")).status_code == 303
    assert (await desk.get("/desk")).status_code == 401
    assert (await lead.send(await form_of(rina), do="enable")).status_code == 303
    assert (await lead.send(await form_of(rina), do="change", role="AGENT")).status_code == 303
    last = await lead.send(await form_of(lia), do="disable", headers=ENGLISH)
    assert last.status_code == 409
    assert "last lead" in last.text


async def test_changing_people_needs_a_fresh_proof(lead: Browser, lia: Person) -> None:
    lead.shop.clock.forward(minutes=11)
    form = (await lead.page("/people")).form("/people")
    asked = {"login": "sari@toko.example", "name": "Sari", "role": "AGENT"}
    assert (await lead.send(form, fields=asked)).status_code == 422
    wrong = await lead.send(form, fields=asked | {"proof-password": "not this one"})
    assert wrong.status_code == 422
    assert "not this one" not in wrong.text
    assert (await lead.send(form, fields=asked | {"proof-password": lia.password})).status_code == 200


async def test_agents_have_no_pages_of_leads(shop: Shop, lia: Person) -> None:
    desk = browser(shop)
    await sign_in(desk, await person(shop, "rina"))
    word = (await desk.page("/desk")).form("/leave")["fields"]["token"][0]
    for path in ("/queue", "/people"):
        assert (await desk.get(path)).status_code == 404
    for path in ("/queue/assign", "/people"):
        sent = {"action": path, "fields": {"token": [word], "do": ["disable"], "account": [lia.account_id]}}
        assert (await desk.send(sent)).status_code == 404
