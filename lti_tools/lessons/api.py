"""The lessons door: recordings come in, are checked, made playable, and shown without saying whose."""

from __future__ import annotations

from lti_tools.lessons.checks import CheckOutcome, check
from lti_tools.lessons.models import Lesson, Rendition, Take, Upload
from lti_tools.lessons.moving import carried_through, handed_in_through, people_through, take_lessons
from lti_tools.lessons.personal import erase_person, lessons_held, uploads_held
from lti_tools.lessons.playback import Playable, media_url, open_media, viewer_mark
from lti_tools.lessons.refusals import RefusalText, refusal_text
from lti_tools.lessons.rendering import render_step
from lti_tools.lessons.retention import forget_recordings
from lti_tools.lessons.submission import (
    LessonView,
    attempts_used,
    handed_in,
    lesson,
    lesson_of_take,
    lesson_view,
    lessons_of,
    mark_decided,
    ready,
    submit,
)
from lti_tools.lessons.uploads import (
    ALGORITHMS,
    Checksum,
    append,
    delete,
    delete_expired,
    find_upload,
    is_complete,
    new_upload,
    offset_of,
)

__all__ = [
    "ALGORITHMS",
    "CheckOutcome",
    "Checksum",
    "Lesson",
    "LessonView",
    "Playable",
    "RefusalText",
    "Rendition",
    "Take",
    "Upload",
    "append",
    "attempts_used",
    "carried_through",
    "check",
    "delete",
    "delete_expired",
    "erase_person",
    "find_upload",
    "forget_recordings",
    "handed_in",
    "handed_in_through",
    "is_complete",
    "lesson",
    "lesson_of_take",
    "lesson_view",
    "lessons_held",
    "lessons_of",
    "mark_decided",
    "media_url",
    "new_upload",
    "offset_of",
    "open_media",
    "people_through",
    "ready",
    "refusal_text",
    "render_step",
    "submit",
    "take_lessons",
    "uploads_held",
    "viewer_mark",
]
