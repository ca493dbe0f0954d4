"""The identities door: whose an LMS account is, and who says so."""

from __future__ import annotations

from lti_tools.identities.candidates import Candidate, Wanted, candidates
from lti_tools.identities.claims import Claim, claim, claim_of, plain, standing
from lti_tools.identities.matching import identify, opens, person_of, subs_of
from lti_tools.identities.models import Identity
from lti_tools.identities.personal import accounts_held, erase_person, telephones_held
from lti_tools.identities.queue import (
    find_waiting,
    link_identity,
    refuse_staff,
    reject_identity,
    rejected_for,
    reopen_identity,
    waiting_for,
)
from lti_tools.identities.retention import forget_rejected, forget_slips, forget_waiting
from lti_tools.identities.slip_states import SlipState, Telephone, states_of, telephone_of
from lti_tools.identities.slips import (
    Answered,
    check_number,
    confirm,
    decline,
    end_telephone,
    find_scan,
    find_slip,
    is_dead,
    issue,
    note_use,
    person_for,
    plain_answer,
    question_for,
    refusal_for,
    revoke,
    scan,
    slip_by_id,
    telephone,
    waiting_scans,
)
from lti_tools.identities.splitting import STILL_LINKED, find_linked, give_to, linked_accounts, take_away

__all__ = [
    "STILL_LINKED",
    "Answered",
    "Candidate",
    "Claim",
    "Identity",
    "SlipState",
    "Telephone",
    "Wanted",
    "accounts_held",
    "candidates",
    "check_number",
    "claim",
    "claim_of",
    "confirm",
    "decline",
    "end_telephone",
    "erase_person",
    "find_linked",
    "find_scan",
    "find_slip",
    "find_waiting",
    "forget_rejected",
    "forget_slips",
    "forget_waiting",
    "give_to",
    "identify",
    "is_dead",
    "issue",
    "link_identity",
    "linked_accounts",
    "note_use",
    "opens",
    "person_for",
    "person_of",
    "plain",
    "plain_answer",
    "question_for",
    "refusal_for",
    "refuse_staff",
    "reject_identity",
    "rejected_for",
    "reopen_identity",
    "revoke",
    "scan",
    "slip_by_id",
    "standing",
    "states_of",
    "subs_of",
    "take_away",
    "telephone",
    "telephone_of",
    "telephones_held",
    "waiting_for",
    "waiting_scans",
]
