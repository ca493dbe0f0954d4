"""Token, grades and members: machine to machine, JSON in and out, every refusal as RFC 6749 or 6750 says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from xblocks.lti_platform import MediaType, ServiceRefused, check_bearer, issue_token
from xblocks.lti_platform.documents import storable
from xblocks.lti_platform.errors import bad_request
from xblocks.lti_platform.tokens import NO_STORE

from .. import courses
from ..platform import platform

Answer = Callable[..., HttpResponse]


def _json(data: object, *, content_type: str = "application/json", **kwargs: Any) -> JsonResponse:
    return JsonResponse(data, safe=False, content_type=content_type, **kwargs)


def _refusals_as_json(view: Answer) -> Answer:
    """The token door fetches keys: no request-wide transaction of the LMS (ATOMIC_REQUESTS) may be open."""

    @csrf_exempt
    @transaction.non_atomic_requests
    @wraps(view)
    def answer(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, **kwargs)
        except ServiceRefused as error:
            return _json(error.body(), status=error.status, headers={**NO_STORE, **error.headers})

    return answer


def _service(endpoint: str, **handlers: Callable[..., HttpResponse]) -> Answer:
    """One address: method allowed, token good, scope right, course open to this tool; then the handler."""

    @_refusals_as_json
    def view(request: HttpRequest, *, context_id: str, **kwargs: UUID) -> HttpResponse:
        method = "GET" if request.method == "HEAD" else request.method or ""
        if method not in handlers:
            raise ServiceRefused(405, "method_not_allowed", "", {"Allow": ", ".join(handlers)})
        authorization = request.headers.get("Authorization", "")
        grant = check_bearer(platform(), authorization, endpoint=endpoint, method=method)
        query = _query(request, context_id=context_id)
        access = courses.access(grant, context_id=context_id)
        return handlers[method](request, access=access, query=query, **kwargs)

    view.__name__ = endpoint
    return view


def _query(request: HttpRequest, *, context_id: str) -> dict[str, str]:
    query = dict(request.GET.items())
    if not all(storable(text) for text in (context_id, *query, *query.values())):
        raise bad_request("the address holds characters that cannot be")
    return query


@_refusals_as_json
def token(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        raise ServiceRefused(405, "invalid_request", "use POST", {"Allow": "POST"})
    if request.content_type != "application/x-www-form-urlencoded":
        raise bad_request("use application/x-www-form-urlencoded")
    return _json(issue_token(platform(), dict(request.POST.lists())), headers=NO_STORE)


def _list(request: HttpRequest, *, access: courses.Access, query: Mapping[str, str]) -> HttpResponse:
    found, links = courses.list_line_items(access, query=query)
    return _json(found, content_type=MediaType.LINE_ITEMS, headers=links)


def _create(request: HttpRequest, *, access: courses.Access, query: Mapping[str, str]) -> HttpResponse:
    made = courses.create_line_item(access, request.body, content_type=request.content_type or "")
    return _json(made, content_type=MediaType.LINE_ITEM, status=201, headers={"Location": made["id"]})


def _show(request: HttpRequest, *, access: courses.Access, id: UUID, **_: Any) -> HttpResponse:
    return _json(courses.show_line_item(access, id), content_type=MediaType.LINE_ITEM)


def _change(request: HttpRequest, *, access: courses.Access, id: UUID, **_: Any) -> HttpResponse:
    changed = courses.change_line_item(access, id, request.body, content_type=request.content_type or "")
    return _json(changed, content_type=MediaType.LINE_ITEM)


def _remove(request: HttpRequest, *, access: courses.Access, id: UUID, **_: Any) -> HttpResponse:
    courses.remove_line_item(access, id)
    return HttpResponse(status=204)


def _score(request: HttpRequest, *, access: courses.Access, id: UUID, **_: Any) -> HttpResponse:
    courses.receive_score(access, id, request.body, content_type=request.content_type or "")
    return HttpResponse(status=204)


def _results(
    request: HttpRequest, *, access: courses.Access, query: Mapping[str, str], id: UUID
) -> HttpResponse:
    found, links = courses.list_results(access, id, query=query)
    return _json(found, content_type=MediaType.RESULTS, headers=links)


def _members(request: HttpRequest, *, access: courses.Access, query: Mapping[str, str]) -> HttpResponse:
    found, links = courses.list_members(access, query=query)
    return _json(found, content_type=MediaType.MEMBERS, headers=links)


lineitems = _service("lineitems", GET=_list, POST=_create)
lineitem = _service("lineitem", GET=_show, PUT=_change, DELETE=_remove)
scores = _service("scores", POST=_score)
results = _service("results", GET=_results)
memberships = _service("memberships", GET=_members)
