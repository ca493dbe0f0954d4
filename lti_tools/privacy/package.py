"""Everything held about a person as one ZIP: data for machines, a page for people, the papers themselves."""

from __future__ import annotations

import json
import tempfile
import tomllib
import zipfile
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from django.template.loader import render_to_string
from django.utils.translation import get_language

from lti_tools.audit import api as audit
from lti_tools.certificates import api as certificates
from lti_tools.people.api import Actor, require
from lti_tools.privacy.holdings import holdings
from lti_tools.privacy.plain_words import sections

IN_MEMORY = 8 * 1024 * 1024


@lru_cache
def _explained() -> dict[str, dict[str, str]]:
    return tomllib.loads((Path(__file__).parent / "keys.toml").read_text(encoding="utf-8"))


def keys() -> dict[str, str]:
    """What every key of data.json means, in the reader's language."""
    language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    return {key: words[language] for key, words in _explained().items()}


def package(actor: Actor) -> IO[bytes]:
    """The ZIP, at its beginning; the download is on the audit trail. Recordings are named with where they play."""
    require(actor, "own_data.download", person_id=actor.person_id)
    data = {"keys": keys(), **holdings(actor)}
    papers = certificates.papers_of(actor.person_id)
    packed: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the caller closes it
    with zipfile.ZipFile(packed, "w", compression=zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=1))
        archive.writestr("index.html", _page(data, [name for name, _pdf in papers]))
        for name, pdf in papers:
            archive.writestr(f"certificates/{name}", pdf)
    audit.record(
        "own_data.downloaded",
        actor=actor.pseudonym,
        subject=str(actor.person_id),
        detail={"papers": len(papers)},
    )
    packed.seek(0)
    return packed


def _page(data: dict[str, Any], papers: list[str]) -> str:
    lessons = [lesson for programme in data["programmes"] for lesson in programme["lessons"]]
    context = {"sections": sections(data), "data": data, "papers": papers, "lessons": lessons}
    return render_to_string("shijie/own_data_package.html", context)
