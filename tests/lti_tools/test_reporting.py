from __future__ import annotations

import hashlib
import io
import json
import uuid
import zipfile
from typing import Any

import openpyxl
import pytest

from lti_tools import journey
from lti_tools.errors import Denied
from lti_tools.outbox import api as outbox
from lti_tools.programmes import api as programmes
from lti_tools.reporting import api as reporting


@pytest.fixture
def run(cast: Any) -> Any:
    for name in ("senior", "middle"):
        programmes.place(cast.enrolment(name), skill="S1", diagnosis={})
    return journey.request_report(cast.actor("officer"), programme=cast.programme, area=cast.county_a)


def work() -> None:
    outbox.work({"advance_report_run": journey.advance_report_run})


def test_the_set_holds_one_paper_for_everybody_of_the_area_and_nobody_else(cast: Any, run: Any) -> None:
    work()
    _name, stored = reporting.download(cast.actor("officer"), run.id, "archive")
    packed = zipfile.ZipFile(io.BytesIO(stored.read()))
    papers = [name for name in packed.namelist() if name.endswith(".pdf")]
    assert len(papers) == run.total == 4  # senior, middle, young, colleague; the outsider is of county B
    assert all(packed.read(name).startswith(b"%PDF") for name in papers)
    assert "赵外县" not in packed.read("snapshot.json").decode()


def test_the_digest_is_that_of_the_snapshot_in_the_set(cast: Any, run: Any) -> None:
    work()
    _name, stored = reporting.download(cast.actor("officer"), run.id, "archive")
    snapshot = zipfile.ZipFile(io.BytesIO(stored.read())).read("snapshot.json")
    assert hashlib.sha256(snapshot).hexdigest() == run.digest


def test_the_sheet_has_a_row_for_everybody(cast: Any, run: Any) -> None:
    work()
    name, stored = reporting.download(cast.actor("officer"), run.id, "sheet")
    assert name.endswith(".xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(stored.read())).active
    assert sheet is not None
    text = {str(cell.value) for row in sheet.iter_rows() for cell in row}
    assert {"王守田", "李慧敏", "马晓雨", "张同事"} <= text
    assert "赵外县" not in text


def test_the_snapshot_stays_as_it_was_when_the_data_go_on(cast: Any, run: Any) -> None:
    cast.people.senior.name = "改名者"
    cast.people.senior.save()
    work()
    _name, stored = reporting.download(cast.actor("officer"), run.id, "archive")
    snapshot = json.loads(zipfile.ZipFile(io.BytesIO(stored.read())).read("snapshot.json"))
    assert "王守田" in json.dumps(snapshot, ensure_ascii=False)


def test_progress_is_shown_and_a_repeated_step_changes_nothing(cast: Any, run: Any) -> None:
    again = reporting.advance({"run": str(run.id), "next": 0})
    assert again is not None
    run.refresh_from_db()
    assert run.done == run.total
    reporting.advance({"run": str(run.id), "next": 0})
    reporting.advance(again.payload)
    reporting.advance(again.payload)
    run.refresh_from_db()
    assert run.state == "done"


@pytest.mark.parametrize("who", ["nobody", "senior", "rater1", "specialist", "chair", "officer_b"])
def test_others_can_neither_make_nor_see_nor_download_a_set(cast: Any, run: Any, who: str) -> None:
    work()
    actor = cast.actor(who)
    with pytest.raises(Denied):
        journey.request_report(actor, programme=cast.programme, area=cast.county_a)
    with pytest.raises(Denied):
        reporting.run_for(actor, run.id)
    for which in reporting.FILES:
        with pytest.raises(Denied):
            reporting.download(actor, run.id, which)
    assert run not in reporting.runs_for(actor)


def test_a_set_that_does_not_exist_is_refused_in_the_same_way(cast: Any) -> None:
    with pytest.raises(Denied):
        reporting.run_for(cast.actor("officer"), uuid.uuid4())


def test_a_set_that_is_not_ready_cannot_be_downloaded(cast: Any, run: Any) -> None:
    with pytest.raises(Denied):
        reporting.download(cast.actor("officer"), run.id, "archive")


def test_an_area_without_anybody_gives_an_empty_set_not_an_error(cast: Any) -> None:
    from lti_tools.people.api import Area

    empty = Area.objects.create(code="990123", name="丙县", level="county", parent=cast.city)
    run = journey.request_report(cast.actor("officer_city"), programme=cast.programme, area=empty)
    work()
    run.refresh_from_db()
    assert (run.state, run.total) == ("done", 0)
