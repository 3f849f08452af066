"""A sample on a page: it comes by the queue, shows nothing of the first judgement, and is said in one go."""

from mufakat.engine.sampling import Sampling
from tests.accounts.people import person
from tests.api.shop import AGENT
from tests.api.test_quality import dismissed
from tests.web.browsing import Browser, Drawn
from tests.web.signing import sign_in
from tests.web.test_steps import ENGLISH


async def test_a_sample_is_judged_blind_and_leaves_the_desk(visitor: Browser) -> None:
    shop = visitor.shop
    case_id = await dismissed(shop)
    site = shop.site
    shop.clock.forward(minutes=2)
    assert await Sampling(site.store, site.sealer, shop.clock, 1.0).drain() == 1
    await sign_in(visitor, await person(shop, "rina"))
    went = await visitor.send((await visitor.page("/desk")).form("/desk/next"))
    place = f"/samples/{case_id}/1"
    assert went.headers["location"] == place
    page = await visitor.page(place, **ENGLISH)
    assert "It never worked." in page.text
    assert AGENT not in page.source
    assert "S17" not in page.text
    form = page.form(place)
    wrong = await visitor.send(form, fields={"ground:1": "NONSENSE"})
    assert wrong.status_code == 422
    assert Drawn(wrong.text).form(place)
    said = await visitor.send(form, fields={"ground:1": "QUALITY"})
    assert said.status_code == 303, Drawn(said.text).text
    assert (await visitor.get(place)).status_code == 403, "it is not theirs any more"
    assert place not in (await visitor.page("/desk")).links
