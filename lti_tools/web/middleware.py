"""What every request knows: the language, who acts, who may frame the page, and how a refusal looks."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation

from lti_tools.errors import Denied, Refused
from lti_tools.identities.api import opens
from lti_tools.identities.api import person_for as slip_holder
from lti_tools.people.api import ACTIONS, ANONYMOUS, Actor, Person, actor_for, actor_for_account
from lti_tools.web import errors
from lti_tools.web.second_factor import code_address

Answer = Callable[[HttpRequest], HttpResponse]
LANGUAGE_COOKIE = "shijie_language"
READING = frozenset({"GET", "HEAD"})
LAUNCHED_PERSON = "launched_person"
LAUNCHED_IDENTITY = "launched_identity"
SLIP_TELEPHONE = "slip_telephone"
log = logging.getLogger("shijie.web")


class LanguageMiddleware:
    """Chinese unless the person chose otherwise here, or came from an LMS in another language we speak."""

    def __init__(self, get_response: Answer):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(LANGUAGE_COOKIE) or request.session.get("launch_language", "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
        with translation.override(language):
            response = self.get_response(request)
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response.render()
        response.headers.setdefault("Content-Language", language)
        return response


class ActorMiddleware:
    """`request.actor`: our own sign-in first, else the person an LMS launched, else nobody."""

    def __init__(self, get_response: Answer):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = self._actor(request)  # type: ignore[attr-defined]
        response = self.get_response(request)
        if request.actor.known:  # type: ignore[attr-defined]
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def _actor(self, request: HttpRequest) -> Actor:
        if request.user.is_authenticated:
            verified = request.user.is_verified()  # type: ignore[union-attr]
            return actor_for_account(request.user, second_factor=verified)  # type: ignore[arg-type]
        return self._by_launch(request) or self._by_slip(request)

    def _by_launch(self, request: HttpRequest) -> Actor | None:
        """The account is asked about anew with every request: one that was split off opens nothing any more."""
        person_id, account = request.session.get(LAUNCHED_PERSON), request.session.get(LAUNCHED_IDENTITY)
        person = Person.objects.filter(id=person_id).first() if person_id else None
        identity_id = uuid.UUID(account) if account else None
        if person is None or (identity_id and not opens(identity_id, person.id)):
            return None
        return actor_for(person, via="launch", identity_id=identity_id)

    def _by_slip(self, request: HttpRequest) -> Actor:
        """The slip and the telephone are asked about anew with every request: ending either ends this at once."""
        scan_id = request.session.get(SLIP_TELEPHONE)
        person = slip_holder(scan_id) if scan_id else None
        return actor_for(person, via="slip") if person else ANONYMOUS


class FramesMiddleware:
    """Teacher pages may be framed by registered platforms; everything else by nobody."""

    def __init__(self, get_response: Answer):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # Asked of the address and not of the view, so that a refusal before the view shows in the frame too.
        if request.resolver_match and getattr(request.resolver_match.func, "framed", False):
            from lti_tools.launch.api import registered_origins

            response._csp_replace = {"frame-ancestors": registered_origins() or ["'none'"]}  # type: ignore[attr-defined]
        return response


class ErrorPagesMiddleware:
    """A refusal becomes a page that says what happened, what was kept and what to do."""

    def __init__(self, get_response: Answer):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            return errors.not_allowed(request, response)
        return response

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        if isinstance(problem, Denied):
            log.info("denied", extra={"code": problem.code, "actor": request.actor.pseudonym})  # type: ignore[attr-defined]
        elif isinstance(problem, Refused):
            return errors.refused(request, problem)
        elif not isinstance(problem, ObjectDoesNotExist | ValidationError):
            return None
        if _waits_for_the_code(request):
            return _lead_to(request, code_address(request.path if request.method in READING else ""))
        return self._denied(request) if isinstance(problem, Denied) else errors.not_found(request)

    def _denied(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated or request.actor.known or request.method not in READING:  # type: ignore[attr-defined]
            return errors.not_found(request)
        return _lead_to(request, f"{reverse('sign-in')}?next={quote(request.path)}")


def _waits_for_the_code(request: HttpRequest) -> bool:
    """True where a role that waits for the second factor might open the page.

    Asked of the address and not of the thing behind it, so that what is there and what is not answer alike.
    """
    action = getattr(request.resolver_match.func, "action", "") if request.resolver_match else ""
    return action in ACTIONS and bool(ACTIONS[action].roles & request.actor.withheld)  # type: ignore[attr-defined]


def _lead_to(request: HttpRequest, address: str) -> HttpResponse:
    """A page that asks for a fragment goes there as a whole; the fragment would show a sign-in inside a table."""
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(status=403, headers={"HX-Redirect": address})
    return redirect(address)


def page_context(request: HttpRequest) -> dict[str, object]:
    """What every template may use besides its own context."""
    from lti_tools.web.navigation import links_for

    actor = getattr(request, "actor", ANONYMOUS)
    return {
        "actor": actor,
        "navigation": links_for(actor),
        "languages": settings.LANGUAGES,
        "issuer_name": settings.SHIJIE_ISSUER_NAME,
    }
