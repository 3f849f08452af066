"""Files before a visitor: pictures on the page of a case, their own before anything is sent, and uploads by script.

Uploads and views are the API's own handlers under addresses that the cookie of a visit opens.
"""

from typing import Any, Final

from litestar import Request, Router, get
from litestar.response import Stream

from mufakat.api.asked import CaseId, caller, site_of
from mufakat.api.routes import files, uploads, views
from mufakat.api.routes.files import Digest
from mufakat.api.serving_bytes import Part
from mufakat.api.wire.files import ViewKind
from mufakat.engine.looking import main_view, visible
from mufakat.web import visits

ALL: Final = {visits.CALLERS: visits.EVERYBODY}
SCRIPTS: Final = "/web"
"""Where scripts send uploads, as `/v1` is for programs."""


@get("/cases/{case_id:str}/files/{digest:str}/small", opt=ALL, include_in_schema=False)
async def read_small(request: Request[Any, Any, Any], case_id: CaseId, digest: Digest) -> Stream:
    """A small picture of a file on the record of a case."""
    site, who = site_of(request), caller(request)
    _, _, rows = await views.found(site, who, case_id, digest)
    seen = visible(rows)
    small = next((row for row in seen if row.made == ViewKind.THUMBNAIL), None) or main_view(seen)
    return await views.shown(site, small, Part())


own: Final = Router("/", route_handlers=[files.read_own_file], opt={visits.INSIDE: True})
"""A giver's own uploads."""
on_record: Final = Router("/", route_handlers=[views.read_exhibit, views.read_view], opt=ALL)
"""Views of what is on the record, for whoever sees the case."""
sent_by_script: Final = Router(
    SCRIPTS,
    route_handlers=[uploads.begin_upload, uploads.read_offset, uploads.read_upload, uploads.append_to_upload],
    opt={visits.INSIDE: True},
)
