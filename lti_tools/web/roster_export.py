"""The roster of a programme as a file that can be imported again."""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path

from django.http import FileResponse, HttpResponse
from django.utils.translation import get_language

from lti_tools.errors import Denied
from lti_tools.office import rosters as office
from lti_tools.people.api import Area, areas_of
from lti_tools.programmes import api as programmes
from lti_tools.programmes.api import Programme
from lti_tools.web.screen import PageRequest, screen

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@screen("roster.export")
def export(request: PageRequest, programme_id: uuid.UUID, kind: str) -> HttpResponse:
    """Everybody of the programme in the officer's own area, or in one area below it (`?area=` with its code)."""
    programme = programmes.programme_for(request.actor, programme_id)
    if kind not in TYPES:
        raise Denied("roster.export")
    area = _area(request, programme)
    with tempfile.TemporaryDirectory() as folder:
        language = get_language() or "zh-hans"
        written = office.export_roster(
            request.actor, programme, area, kind=kind, language=language, folder=Path(folder)
        )
        # Opened before the folder goes: the bytes stay readable until they are sent.
        return FileResponse(
            written.open("rb"), as_attachment=True, filename=written.name, content_type=TYPES[kind]
        )


def _area(request: PageRequest, programme: Programme) -> Area:
    """The area asked for, else the widest of the officer's within the programme's."""
    own = areas_of(request.actor, "roster.export").filter(path__startswith=programme.area.path)
    code = request.GET.get("area", "")
    found = (own.filter(code=code) if code else own.order_by("path")).first()
    if found is None:
        raise Denied("roster.export")
    return found
