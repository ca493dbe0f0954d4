"""GET /api/v1/placement: where a platform's user is placed, for the blocks inside that platform's courses."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.utils.translation import override

from lti_tools.errors import Refused
from lti_tools.identities.api import person_of
from lti_tools.launch import api as launch
from lti_tools.programmes import api as programmes
from lti_tools.programmes.api import Enrolment
from lti_tools.web import wording
from lti_tools.web.screen import PageRequest, screen
from rubrics.model import Tier, TierPolicy


@screen("api.placement")
def placement(request: PageRequest) -> HttpResponse:
    """Proved by a JWT signed with the platform's key about one of its own users; answers for that user only."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or not token:
        return _refused("token.missing")
    try:
        platform, sub = launch.verify_platform_jwt(token, audience=settings.BASE_URL)
    except Refused as problem:
        return _refused(problem.code, status=problem.status)
    person = person_of(platform.id, sub)
    enrolment = programmes.current_enrolment(person) if person else None
    answer = _answer(enrolment, request.GET.get("lang", "zh-hans"))
    return JsonResponse(answer, headers={"Cache-Control": "private, no-store"})


def _refused(code: str, *, status: int = 401) -> HttpResponse:
    """401 asks for another token; 503 means that the platform's keys could not be had just now."""
    answer = JsonResponse({"error": code}, status=status)
    if status == 401:
        answer["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    return answer


def _answer(enrolment: Enrolment | None, lang: str) -> dict[str, object]:
    if enrolment is None or not enrolment.tier:
        return {"placed": False}
    policy = programmes.policy(enrolment.programme)
    tier = policy.tier(enrolment.tier)
    entry = programmes.latest_placement(enrolment)
    with override("en" if lang.lower().startswith("en") else "zh-hans"):
        reasons = wording.stored_reasons(entry.reasons if entry else [], policy)
    return {
        "placed": True,
        "tier": tier.id,
        "tier_label": {"zh": tier.label.zh, "en": tier.label.en},
        "skill": enrolment.skill,
        "reasons": reasons,
        "first_task": _first_task(policy, tier),
    }


def _first_task(policy: TierPolicy, tier: Tier) -> dict[str, str]:
    """Named for people: a block shows it as it comes."""
    first = policy.tasks_of(tier.required)[0]
    return {"id": first.id, "zh": first.label.zh, "en": first.label.en}
