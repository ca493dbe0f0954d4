"""The privacy door: what is held about a person, for how long, and how it is corrected or erased."""

from __future__ import annotations

from lti_tools.privacy import corrections, facts, orders
from lti_tools.privacy.erasing import erase
from lti_tools.privacy.facts import BadFact
from lti_tools.privacy.holdings import Sight, holdings, sights
from lti_tools.privacy.models import Correction, ErasureOrder
from lti_tools.privacy.package import package
from lti_tools.privacy.plain_words import asked, sections, terms
from lti_tools.privacy.retention import Due, Run, due, keep, last_run, next_run, run
from lti_tools.privacy.rules import Rule, rule, rules

__all__ = [
    "BadFact",
    "Correction",
    "Due",
    "ErasureOrder",
    "Rule",
    "Run",
    "Sight",
    "asked",
    "corrections",
    "due",
    "erase",
    "facts",
    "holdings",
    "keep",
    "last_run",
    "next_run",
    "orders",
    "package",
    "rule",
    "rules",
    "run",
    "sections",
    "sights",
    "terms",
]
