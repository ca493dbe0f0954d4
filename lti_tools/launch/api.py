"""The launch door: how people arrive from an LMS, and how their scores go back to it."""

from __future__ import annotations

from lti_tools.launch.addresses import jwks_url, launch_url, login_url, ours
from lti_tools.launch.grades import post_score
from lti_tools.launch.keys import jwks, rotate_key
from lti_tools.launch.login import begin_login
from lti_tools.launch.message import Ags, Launch
from lti_tools.launch.models import GradeTarget, Platform
from lti_tools.launch.receiving import receive
from lti_tools.launch.registry import mark_authoritative, platforms, register_platform, registered_origins
from lti_tools.launch.service_jwt import verify_platform_jwt
from lti_tools.launch.targets import forget_sub, remember_target, targets_of

__all__ = [
    "Ags",
    "GradeTarget",
    "Launch",
    "Platform",
    "begin_login",
    "forget_sub",
    "jwks",
    "jwks_url",
    "launch_url",
    "login_url",
    "mark_authoritative",
    "ours",
    "platforms",
    "post_score",
    "receive",
    "register_platform",
    "registered_origins",
    "remember_target",
    "rotate_key",
    "targets_of",
    "verify_platform_jwt",
]
