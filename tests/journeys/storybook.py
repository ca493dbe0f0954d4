"""What people do in the stories. Everybody acts through the pages their browser would open, and sees what it shows."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.test import Client
from django.urls import reverse
from lti_peer import CLIENT, DEPLOYMENT, TOOL, Peer, Scene
from signing_in import authenticator, fresh_code

from lti_tools import jobs
from lti_tools.definitions import api as definitions
from lti_tools.launch.api import Platform, jwks, mark_authoritative, register_platform
from lti_tools.launch.models import ToolKey
from lti_tools.outbox import api as outbox
from lti_tools.ratings import api as ratings

RATERS = ("rater1", "rater2", "rater3", "rater4")
PASSWORD = "long-enough-1"
# What a specialist sees done in the basic tier: the diagnosis and the lesson are proved otherwise.
BASIC_PRACTICE = ("task-C1", "task-C2", "task-B1", "task-B2", "task-B3", "task-B4", "task-B5", "task-B6")

# A teacher who casts and plays slides, and does nothing more with them.
PLAYS_SLIDES = {
    "D01": "c",
    "D02": "c",
    "D03": "b",
    "D04": "a",
    "D05": "a",
    "D06": "c",
    "D07": ["e"],
    "D08": "c",
    "D09": "d",
    "D10": "c",
    "D11": "a",
    "D12": "a",
}
# The same teacher a term later: annotates, records alone, looks at the correct rate of each question.
LETS_STUDENTS_ANSWER = PLAYS_SLIDES | {"D04": "d", "D05": "c", "D07": ["a"], "D12": "c"}

_KEYS: list[dict[str, Any]] = []


def our_keys() -> dict[str, Any]:
    """Making an RSA pair takes longer than a page, so all stories share the first one."""
    if _KEYS:
        ToolKey.objects.create(**_KEYS[0])
        return jwks()
    found = jwks()
    _KEYS.append(ToolKey.objects.values().get())
    return found


def no_lot(programme: Any) -> None:
    """One lesson in ten gets a third rater by lot; a story that depends on it would not be the same twice."""
    for rubric in definitions.published("rubric"):
        ratings.ensure_round(programme, rubric.hash, rules={"random_share": "0"})


@dataclass(frozen=True)
class Lms:
    """A learning platform that launches the tool and keeps a gradebook."""

    peer: Peer
    platform: Platform

    @classmethod
    def connect(cls, peer: Peer, issuer: str, *, area: Any = None) -> Lms:
        platform = register_platform(
            issuer=issuer,
            client_id=CLIENT,
            name=issuer,
            auth_login_url=f"{peer.base}/auth",
            token_url=f"{peer.base}/token",
            jwks_url=f"{peer.base}/jwks",
            deployment_ids=[DEPLOYMENT],
        )
        if area:
            mark_authoritative(platform.id, area_id=area.id, actor="officer", reason="own LMS")
        return cls(peer=peer, platform=platform)

    def gradebook(self, sub: str) -> list[dict[str, Any]]:
        """Every score posted for a user, in the order in which they came."""
        scores = [json.loads(score) for score in self.peer.scores]
        return [score for score in scores if score["userId"] == sub]


class _Arrival(Scene):
    """A browser that has just been sent to the platform's login page."""

    def __init__(self, lms: Lms, client: Client) -> None:
        self.peer, self.platform = lms.peer, lms.platform
        query = {
            "iss": lms.platform.issuer,
            "client_id": lms.platform.client_id,
            "login_hint": "hint",
            "target_link_uri": f"{TOOL}/lti/launch",
        }
        self.asked = dict(parse_qsl(urlsplit(client.get("/lti/login", query)["Location"]).query))


@dataclass
class Story:
    cast: Any
    lms: Lms
    clips: dict[str, Path]
    _browsers: dict[str, Client] = field(default_factory=dict)

    # Coming in

    def launches(self, who: str, *, lms: Lms | None = None, link: str = "link-1", sub: str = "") -> Any:
        """`who` opens the activity in the course; the answer is where the tool sends them."""
        person, browser = getattr(self.cast.people, who), self.browser(who)
        arrival = _Arrival(lms or self.lms, browser)
        token = arrival.token(
            sub=sub or self.sub(who),
            name=person.name,
            lis={"person_sourcedid": person.staff_no},
            resource_link={"id": link, "title": "My path"},
        )
        return browser.post("/lti/launch", {"id_token": token, "state": arrival.asked["state"]})

    @staticmethod
    def sub(who: str) -> str:
        return f"lms-user-{who}"

    def signs_in(self, who: str) -> Any:
        """By name and password, and by the code of the telephone where the page asks for one."""
        account = getattr(self.cast.accounts, who)
        authenticator(account)
        given = {"username": account.username, "password": PASSWORD}
        answer = self.browser(who).post(reverse("sign-in"), given)
        if answer["Location"].split("?")[0] != reverse("second-factor"):
            return answer
        return self.browser(who).post(answer["Location"], {"code": fresh_code(account)})

    def browser(self, who: str) -> Client:
        return self._browsers.setdefault(who, Client())

    def sees(self, who: str, name: str, *args: object) -> str:
        """The words on a page, as the person reads them."""
        answer = self.browser(who).get(reverse(name, args=args))
        assert answer.status_code == 200, (who, name, answer.status_code)
        return readable(answer.content.decode())

    # A teacher

    def answers(self, who: str, answers: dict[str, Any]) -> Any:
        return self.browser(who).post(reverse("diagnosis"), answers)

    def uploads(self, who: str, clip: str) -> str:
        """The recording goes up in two parts, as over a line that broke once; returns the upload's id."""
        content, browser = self.clips[clip].read_bytes(), self.browser(who)
        head = {"Tus-Resumable": "1.0.0"}
        opened = browser.post(reverse("uploads"), headers=head | {"Upload-Length": str(len(content))})
        assert opened.status_code == 201, opened.content.decode()
        address, half = opened["Location"], len(content) // 2
        for offset, part in ((0, content[:half]), (half, content[half:])):
            sent = browser.patch(
                address,
                part,
                content_type="application/offset+octet-stream",
                headers=head | {"Upload-Offset": str(offset)},
            )
            assert sent.status_code == 204, sent.content.decode()
        return address.rsplit("/", 1)[1]

    def hands_in(
        self, who: str, *, upload: str, title: str = "二十以内的加法", rubric: str = "basic-operation"
    ) -> uuid.UUID:
        """Returns the id of the lesson the page then speaks of."""
        facts = {
            "title": title,
            "subject": "数学",
            "stage": "primary",
            "rubric": definitions.get("rubric", rubric).hash,
            "consent": "on",
            "private": "on",
            "upload": upload,
        }
        answer = self.browser(who).post(reverse("lesson-submit"), facts)
        assert answer.status_code == 201, answer.content.decode()
        return uuid.UUID(answer.json()["url"].rsplit("=", 1)[1])

    def records_a_lesson(self, who: str, *, clip: str = "lesson-jia.mp4", **facts: Any) -> uuid.UUID:
        lesson = self.hands_in(who, upload=self.uploads(who, clip), **facts)
        self.background()
        return lesson

    # The specialist

    def signs_off(self, by: str, teacher: str, *tasks: str, note: str = "在三年级教室看过") -> Any:
        address = reverse("specialist-teacher", args=[self.cast.enrolment(teacher).id])
        return self.browser(by).post(address, {"tasks": tasks, "note": note})

    # Raters

    def desks(self) -> dict[str, list[str]]:
        """Who was called: the readings that wait on each rater's desk."""
        found = {}
        for rater in RATERS:
            self.signs_in(rater)
            page = self.browser(rater).get(reverse("rating-desk")).content.decode()
            waiting = re.findall(r'href="/rating/([0-9a-f-]{36})"', page)
            found[rater] = [reading for reading in dict.fromkeys(waiting) if self._open(rater, reading)]
        return {rater: readings for rater, readings in found.items() if readings}

    def _open(self, rater: str, reading: str) -> bool:
        return self.browser(rater).get(reverse("rating-sheet", args=[reading])).status_code == 200

    def rates(
        self, rater: str, reading: str, *, level: int = 3, rubric: str = "basic-operation", **levels: int
    ) -> None:
        """Fills the sheet in, reads it once more and hands it in; single criteria may get another level."""
        form: dict[str, Any] = {"revision": 0, "then": "check"}
        for criterion in definitions.get("rubric", rubric).criteria:
            form |= {
                f"level-{criterion.id}": levels.get(criterion.id, level),
                f"note-{criterion.id}": "整节课都看得清楚",
                f"start-{criterion.id}": "0:02",
                f"end-{criterion.id}": "0:05",
                f"text-{criterion.id}": f"这里能看出{criterion.label.zh}",
            }
        browser, confirm = self.browser(rater), reverse("rating-confirm", args=[reading])
        checked = browser.post(reverse("rating-sheet", args=[reading]), form)
        assert (checked.status_code, checked.headers.get("Location")) == (302, confirm)
        assert browser.post(confirm).status_code == 302

    def everybody_rates(self, **how: Any) -> list[str]:
        """All who were called rate alike, until nobody is called any more; returns who rated."""
        rated = []
        while called := self.desks():
            for rater, readings in called.items():
                for reading in readings:
                    self.rates(rater, reading, **how)
                    rated.append(rater)
        return rated

    # What goes on behind

    def background(self) -> None:
        """Works off everything that is due now, as the workers would."""
        while outbox.work(jobs.HANDLERS) + outbox.work(jobs.MEDIA, queue="media"):
            pass


def readable(page: str) -> str:
    """The words of a page without its tags."""
    body = re.sub(r"(?s)<(script|style|head).*?</\1>", " ", page)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def numbers_in(lines: Iterable[dict[str, Any]]) -> list[float]:
    return [line["scoreGiven"] for line in lines]
