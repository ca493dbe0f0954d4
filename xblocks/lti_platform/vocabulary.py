"""The fixed words of LTI 1.3 and LTI Advantage (1EdTech), spelled once."""

from __future__ import annotations

from typing import Final

_CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"


class Claim:
    MESSAGE_TYPE: Final = _CLAIM + "message_type"
    VERSION: Final = _CLAIM + "version"
    DEPLOYMENT_ID: Final = _CLAIM + "deployment_id"
    LIS: Final = _CLAIM + "lis"
    TOOL_PLATFORM: Final = _CLAIM + "tool_platform"
    LAUNCH_PRESENTATION: Final = _CLAIM + "launch_presentation"
    AGS_ENDPOINT: Final = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
    NRPS: Final = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"


class Scope:
    LINE_ITEM: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
    LINE_ITEM_READ: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"
    RESULT_READ: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
    SCORE: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
    MEMBERSHIP: Final = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"


AGS_SCOPES: Final = (Scope.LINE_ITEM, Scope.LINE_ITEM_READ, Scope.RESULT_READ, Scope.SCORE)
ALL_SCOPES: Final = (*AGS_SCOPES, Scope.MEMBERSHIP)


class Roles:
    LEARNER: Final = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
    INSTRUCTOR: Final = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
    ADMINISTRATOR: Final = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator"


class MediaType:
    LINE_ITEM: Final = "application/vnd.ims.lis.v2.lineitem+json"
    LINE_ITEMS: Final = "application/vnd.ims.lis.v2.lineitemcontainer+json"
    SCORE: Final = "application/vnd.ims.lis.v1.score+json"
    RESULTS: Final = "application/vnd.ims.lis.v2.resultcontainer+json"
    MEMBERS: Final = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"


CONTEXT_TYPE_COURSE: Final = "http://purl.imsglobal.org/vocab/lis/v2/course#CourseSection"

# AGS 2.0 sections 3.4.6 and 3.4.7.
ACTIVITY_PROGRESS: Final = frozenset({"Initialized", "Started", "InProgress", "Submitted", "Completed"})
GRADING_PROGRESS: Final = frozenset({"FullyGraded", "Pending", "PendingManual", "Failed", "NotReady"})
FINAL: Final = "FullyGraded"

# Which scopes open which door: (endpoint, method) -> any one of these. What is not listed is not allowed.
ENDPOINT_SCOPES: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("lineitems", "GET"): (Scope.LINE_ITEM, Scope.LINE_ITEM_READ),
    ("lineitems", "POST"): (Scope.LINE_ITEM,),
    ("lineitem", "GET"): (Scope.LINE_ITEM, Scope.LINE_ITEM_READ),
    ("lineitem", "PUT"): (Scope.LINE_ITEM,),
    ("lineitem", "DELETE"): (Scope.LINE_ITEM,),
    ("scores", "POST"): (Scope.SCORE,),
    ("results", "GET"): (Scope.RESULT_READ,),
    ("memberships", "GET"): (Scope.MEMBERSHIP,),
}
