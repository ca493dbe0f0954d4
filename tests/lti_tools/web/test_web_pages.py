"""Every page in both languages: whole, calm for assistive technology, and safe by its headers."""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import lxml.html
import pytest
from django.test import Client, RequestFactory
from django.urls import get_resolver, reverse
from one_of_each import OneOfEach
from test_access import STAFF, TABLE, Row

from lti_tools.people.api import accounts
from lti_tools.ratings.models import Reading

Thing = Callable[[OneOfEach], object]

# (who looks, address, whose thing). Several lines for a page that looks different to different people.
PAGES: list[tuple[str, str, Thing | None]] = [
    ("nobody", "home", None),
    ("nobody", "sign-in", None),
    ("nobody", "verify", None),
    ("nobody", "verify-secret", lambda each: each.certificate.secret),
    ("chair", "path", None),
    ("colleague", "path", None),
    ("senior", "path", None),
    ("colleague", "diagnosis", None),
    ("chair", "diagnosis", None),
    ("senior", "diagnosis-further", None),
    ("colleague", "lesson", None),
    ("senior", "lesson", None),
    ("senior", "lesson-result", lambda each: each.decided.id),
    ("rater1", "rating-desk", None),
    ("rater4", "rating-desk", None),
    ("rater1", "rating-sheet", lambda each: each.reading.id),
    ("rater2", "rating-confirm", lambda each: _committed(each)),
    ("specialist", "specialist-desk", None),
    ("specialist", "specialist-teacher", lambda each: each.enrolment.id),
    ("specialist", "specialist-teacher", lambda each: each.cast.enrolment("colleague").id),
    ("specialist", "specialist-checks", lambda each: each.enrolment.id),
    ("officer", "officer-home", None),
    ("officer_city", "programme-open", None),
    ("officer", "programme", lambda each: each.cast.programme.id),
    ("officer_city", "programme", lambda each: each.cast.programme.id),
    ("officer_city", "roster-upload", lambda each: each.cast.programme.id),
    ("officer_city", "roster", lambda each: each.roster.id),
    ("officer", "identity-queue", None),
    ("officer", "identity", lambda each: each.identity.id),
    ("officer", "report-runs", None),
    ("officer_b", "report-runs", None),
    ("officer", "report-run", lambda each: each.run.id),
    ("administrator", "problems", None),
    ("senior", "own-data", None),
    ("outsider", "own-data", None),
    ("senior", "correction-ask", None),
    ("officer", "corrections", None),
    ("reviewer", "correction", lambda each: each.correction.id),
    ("officer", "erasures", None),
    ("officer", "erasure-order", lambda each: each.cast.people.colleague.id),
    ("reviewer", "erasure", lambda each: each.erasure.id),
    ("administrator", "retention", None),
    ("officer", "office-dossiers", None),
    ("officer", "office-dossier", lambda each: each.dossier.id),
    ("committee", "dossiers", None),
    ("committee", "dossier", lambda each: each.dossier.id),
    ("committee", "dossier-candidate", lambda each: (each.dossier.id, each.enrolment.id)),
    ("nobody", "lti-waiting", None),
    ("officer_unverified", "second-factor", None),
    ("officer", "second-factor-set-up", None),
    ("chair", "account", None),
    ("rater1", "account", None),
    ("rater1", "account-password", None),
    ("nobody", "account-activate", lambda each: _invitation(each)),
    ("officer", "slips", None),
    ("officer", "roles", None),
    ("reviewer", "roles", None),
    ("administrator", "roles", None),
    ("officer", "role-find", None),
    ("officer", "role-enter", None),
    ("officer", "role-person", lambda each: each.cast.people.specialist.id),
    ("administrator", "role-person", lambda each: each.cast.people.senior.id),
    ("officer", "role-revoke", lambda each: each.cast.people.specialist.grants.get().id),
    ("officer", "role-reset", lambda each: each.cast.people.specialist.id),
]
NO_PAGES = {
    "lti-login": "answers an LMS",
    "lti-launch": "answers an LMS",
    "lti-jwks": "JSON",
    "api-placement": "JSON",
    "media": "a recording",
    "certificate-paper": "a PDF",
    "report-file": "a ZIP or XLSX",
    "report-progress": "a part of a page",
    "lesson-state": "a part of a page",
    "roster-sample": "an XLSX",
    "office-dossier-new": "leads back without programme and area; looked at in test_web_privacy_browser",
    "upload": "answers the uploader",
    "audit-keys": "JSON",
    "roster-errors": "an XLSX",
    "roster-export": "an XLSX or CSV",
    "roster-progress": "a part of a page",
    "school-list-file": "an XLSX or CSV",
}


def _whole(row: Row) -> Thing | None:
    thing = row.thing
    return (lambda each: (thing(each), *row.more)) if thing and row.more else thing


# Everything else, as one of those sees it whom the table of access lets in.
PAGES += [
    (min(row.methods["GET"] & set(STAFF)), name, _whole(row))
    for name, row in TABLE.items()
    if "GET" in row.methods and name not in NO_PAGES and name not in {name for _, name, _ in PAGES}
]
MAY_BE_FRAMED = {
    "home",
    "lti-waiting",
    "path",
    "diagnosis",
    "diagnosis-further",
    "lesson-result",
    "own-data",
    "correction-ask",
}
LANGUAGES = ("zh-hans", "en")


def _invitation(each: OneOfEach) -> tuple[str, str]:
    made = accounts.invitation_for(each.cast.accounts.officer)
    return made.uid, made.token


def _committed(each: OneOfEach) -> object:
    return Reading.objects.get(case__lesson=each.decided, rater=each.cast.people.rater2).id


@dataclass(frozen=True)
class Shown:
    """A page as one person got it."""

    who: str
    name: str
    language: str
    answer: Any
    tree: Any

    @property
    def policy(self) -> dict[str, str]:
        return directives(self.answer)

    @property
    def words(self) -> str:
        tree = deepcopy(self.tree)
        for silent in tree.xpath("//script | //style | //head | //*[@translate='no']"):
            silent.drop_tree()
        return " ".join(tree.text_content().split())


def directives(answer: Any) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in answer["Content-Security-Policy"].split(";"))
    return {name: value for name, _space, value in parts if name}


Check = Callable[[Shown], object]
CHECKS: list[Check] = []


def check(one: Check) -> Check:
    """Something every page keeps: the function returns what is wrong, and nothing when nothing is."""
    CHECKS.append(one)
    return one


def test_every_address_that_shows_a_page_is_looked_at_here() -> None:
    views = {pattern.name: pattern.callback for pattern in get_resolver("lti_tools.config.urls").url_patterns}
    shown = {name for name, view in views.items() if "GET" in _methods(view)}
    assert sorted(shown - {name for _, name, _ in PAGES} - set(NO_PAGES)) == []


def _methods(view: Any) -> str:
    refused = view(RequestFactory().generic("PROPFIND", "/"))
    return str(refused["Allow"])


@check
def its_language_is_said(page: Shown) -> object:
    said = {page.tree.get("lang"), page.answer["Content-Language"], page.language}
    return said if len(said) > 1 else None


@check
def it_has_one_main_heading_and_a_title(page: Shown) -> object:
    found = len(page.tree.xpath("//h1")), len(page.tree.xpath("//main"))
    title = page.tree.findtext(".//title").split(" · ")[0].strip()
    return found if found != (1, 1) or not title else None


@check
def no_id_stands_twice(page: Shown) -> object:
    ids = page.tree.xpath("//@id")
    return {one for one in ids if ids.count(one) > 1}


@check
def every_field_has_a_name_that_can_be_read_out(page: Shown) -> object:
    named = set(page.tree.xpath("//label/@for"))
    return [
        source(field)
        for field in page.tree.xpath("//input[not(@type='hidden')] | //select | //textarea")
        if not (field.get("id") in named or field.get("aria-label") or field.get("aria-labelledby"))
        and not field.xpath("ancestor::label")
    ]


@check
def every_button_link_and_picture_says_something(page: Shown) -> object:
    silent = [one for one in page.tree.xpath("//button | //a") if not _said(one)]
    return [source(one) for one in [*silent, *page.tree.xpath("//img[not(@alt)]")]]


def _said(one: Any) -> str:
    return "".join(one.itertext()).strip() or one.get("aria-label", "") or "".join(one.xpath(".//img/@alt"))


@check
def nothing_runs_that_stands_in_the_page(page: Shown) -> object:
    inline = [one for one in page.tree.xpath("//script") if not one.get("src") or one.text]
    handlers = [name for one in page.tree.iter() for name in one.attrib if re.match(r"on[a-z]|hx-on", name)]
    links = [link for link in page.tree.xpath("//@href | //@action | //@src") if "javascript:" in link]
    styles = [*page.tree.xpath("//@style"), *page.tree.xpath("//style")]
    return [*map(source, inline), *handlers, *links, *styles]


@check
def nothing_comes_from_elsewhere(page: Shown) -> object:
    return [link for link in page.tree.xpath("//@src | //link/@href") if re.match(r"(https?:)?//", link)]


@check
def its_policy_allows_nothing_inline(page: Shown) -> object:
    strict = {"script-src", "style-src", "form-action", "connect-src"}
    open_doors = {name: page.policy[name] for name in strict if page.policy[name] != "'self'"}
    unsafe = "unsafe" in page.answer["Content-Security-Policy"]
    closed = page.policy["default-src"] == page.policy["base-uri"] == "'none'"
    return open_doors or unsafe or not closed


@check
def nobody_keeps_a_page_about_a_person(page: Shown) -> object:
    personal = page.who != "nobody" or page.name == "verify-secret"
    kept = page.answer.headers.get("Cache-Control")
    return kept if personal and kept != "private, no-store" else None


@check
def only_a_teachers_page_may_be_framed_and_only_by_a_registered_platform(page: Shown) -> object:
    wanted = "https://lms.example" if page.name in MAY_BE_FRAMED else "'none'"
    found = page.policy["frame-ancestors"]
    return found if found != wanted else None


@check
def no_sentence_is_left_in_the_other_language(page: Shown) -> object:
    english, chinese = r"[A-Za-z]+(?: [A-Za-z]+){2,}", r"[^。]{0,20}[。，；！？]"
    return re.findall(chinese if page.language == "en" else english, page.words)


@check
def one_can_leave_it_and_change_its_language(page: Shown) -> object:
    other = "en" if page.language == "zh-hans" else "zh-hans"
    home = page.tree.xpath("//a[@href='/']")
    switch = page.tree.xpath(f"//form[@action='/language']//button[@value='{other}']")
    return not home or not switch


def source(element: Any) -> str:
    return lxml.html.tostring(element, encoding="unicode")[:160]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("who", "name", "thing"), PAGES, ids=[f"{page[1]} for {page[0]}" for page in PAGES])
def test_a_page_keeps_what_every_page_keeps(
    each: OneOfEach, browse_as: Callable[[str], Any], who: str, name: str, thing: Thing | None, language: str
) -> None:
    client = browse_as(who)
    client.cookies["shijie_language"] = language
    asked = thing(each) if thing else ()
    answer = client.get(reverse(name, args=asked if isinstance(asked, tuple) else [asked]))
    assert answer.status_code == 200
    tree = lxml.html.fromstring(answer.content.decode())
    page = Shown(who=who, name=name, language=language, answer=answer, tree=tree)
    found = {one.__name__: one(page) for one in CHECKS}
    assert {rule: wrong for rule, wrong in found.items() if wrong} == {}


def test_the_other_headers_are_there(db: None) -> None:
    answer = Client().get("/")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


def test_a_page_for_nobody_is_never_in_a_frame_that_is_not_registered(db: None) -> None:
    assert directives(Client().get("/"))["frame-ancestors"] == "'none'"


def test_a_refusal_inside_the_frame_shows_in_the_frame(
    each: OneOfEach, browse_as: Callable[[str], Any]
) -> None:
    client = browse_as("senior")
    not_hers = client.get(reverse("lesson-result", args=["00000000-0000-4000-8000-000000000000"]))
    assert not_hers.status_code == 404
    assert directives(not_hers)["frame-ancestors"] == "https://lms.example"
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    too_old = strict.post(reverse("diagnosis"))
    assert too_old.status_code == 403
    assert directives(too_old)["frame-ancestors"] == "https://lms.example"


def test_a_link_out_of_the_frame_takes_the_whole_window(
    each: OneOfEach, browse_as: Callable[[str], Any]
) -> None:
    """A page that must not be framed would stay blank inside the course."""
    framed = {
        "/",
        "/path",
        "/diagnosis",
        "/diagnosis/further",
        "/my-data",
        "/my-data/correction",
        *_own_results(each),
    }
    for address in framed:
        tree = lxml.html.fromstring(browse_as("senior").get(address, follow=True).content.decode())
        for link in tree.xpath("//a[not(starts-with(@href, '#'))]"):
            assert link.get("href") in framed or link.get("target") == "_top", (address, link.get("href"))


def _own_results(each: OneOfEach) -> set[str]:
    return {reverse("lesson-result", args=[each.decided.id])}
