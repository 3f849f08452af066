"""A sample before an agent: a case as it stood before anybody judged it, and the worksheet to say everything at once.

Nothing is drawn of the case itself, which would tell how it was judged: only what the API answers of the sample.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Final

from litestar import Request, Response, Router, get, post
from litestar.params import PathParameter
from litestar.response import Redirect

from mufakat.api.asked import CaseId, caller, site_of
from mufakat.api.problems import RefusedByRules
from mufakat.api.routes import samples
from mufakat.api.troubles import status_of
from mufakat.api.wire.samples import SampleOut
from mufakat.api.wire.worksheet import SupposedIn
from mufakat.core.refusal_texts import sentence
from mufakat.core.words import item, sentence_case, term
from mufakat.web import visits
from mufakat.web.answered import answered
from mufakat.web.drawing import page
from mufakat.web.filling import Filled, NotFilled, converted, typed
from mufakat.web.routes.door import NO_STORE
from mufakat.web.routes.orders import market_tongue
from mufakat.web.sheets import CHOICES, said
from mufakat.web.tongue import Tongue
from mufakat.web.tongue import mark as _

AT_DESK: Final = {visits.CALLERS: visits.PEOPLE}
Matter = Annotated[str, PathParameter(pattern="^[1-9][0-9]{0,5}$")]


@dataclass(frozen=True, slots=True)
class Unseen:
    """What the worksheet's form names, in the reader's words, of a case that they may not know."""

    t: Tongue
    currency: str

    def product(self, line_id: str) -> str:
        """A line of the order; its article is no part of a sample."""
        return self.t.say(_("Item %(line)s"), line=line_id)

    def money(self, minor: int) -> str:
        """An amount of the case."""
        return self.t.money(minor, self.currency)

    def word(self, code: Any) -> str:
        """A code as people read it, at the start of a line."""
        return sentence_case(term(code, self.t.language))

    def item(self, name: str) -> str:
        """A kind of material, at the start of a line."""
        return sentence_case(item(name, self.t.language))


@get("/samples/{case_id:str}/{matter:str}", opt=AT_DESK, include_in_schema=False)
async def read_sample(request: Request[Any, Any, Any], case_id: CaseId, matter: Matter) -> Response[str]:
    """A sample that the visitor has in hand."""
    t, found = await _sample(request, case_id, matter)
    return _drawn(request, t, found, Filled())


@post("/samples/{case_id:str}/{matter:str}", opt=AT_DESK, include_in_schema=False)
async def judge_sample(request: Request[Any, Any, Any], case_id: CaseId, matter: Matter) -> Response[Any]:
    """Say everything at once; it is compared, and changes nothing for the parties."""
    given = await typed(request)
    t, found = await _sample(request, case_id, matter)
    sheet = found.worksheet
    try:
        body = converted(said(sheet.sheets[0], given, sheet.currency, t), SupposedIn, t)
        await answered(request, samples.judge_sample, t, case_id=case_id, matter=matter, data=body)
    except NotFilled as error:
        given.wrong.append(str(error))
        return _drawn(request, t, found, given, status=422)
    except RefusedByRules as error:
        given.wrong.append(sentence(error.refusal, error.role, t.language, t.zone, sheet.currency))
        return _drawn(request, t, found, given, status=status_of(error.refusal.code))
    return Redirect("/desk", status_code=303, headers=NO_STORE)


async def _sample(request: Request[Any, Any, Any], case_id: str, matter: str) -> tuple[Tongue, SampleOut]:
    t = await market_tongue(request, site_of(request), caller(request))
    found: SampleOut = await answered(request, samples.read_sample, t, case_id=case_id, matter=matter)
    return t, found


def _drawn(
    request: Request[Any, Any, Any], t: Tongue, found: SampleOut, given: Filled, status: int = 200
) -> Response[str]:
    s = Unseen(t, found.worksheet.currency)
    return page(
        request,
        "sample.html",
        t,
        status=status,
        s=s,
        found=found,
        given=given,
        choices=CHOICES,
        is_tried=False,
        place=f"/samples/{found.case_id}/{found.matter}",
    )


files: Final = Router("/samples", route_handlers=[samples.read_sample_file], opt=AT_DESK)
"""Files on the record of a sample, as the API has them."""
