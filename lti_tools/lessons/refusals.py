"""The sentences of a refused recording: what happened, what was kept, what to do. Codes are of `checks`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from lti_tools.lessons.models import Take

_CHOOSE = _(
    "Play the file on your device. If it plays to the end, send it again; if not, choose another file."
)
_RECORD = _("Record the lesson again with picture and sound, or choose another file.")
_CONVERT = _("Ask your school's specialist to save it as an MP4 file, and hand that in.")

SENTENCES: Mapping[str, tuple[Any, Any]] = {
    "not_video": (
        _("The file you sent is not a video."),
        _("Choose the video of your lesson and hand it in again."),
    ),
    "truncated": (_("The video is incomplete: it breaks off before its end."), _CHOOSE),
    "no_picture": (_("The file has sound but no picture."), _RECORD),
    "no_sound": (_("The video has no sound."), _RECORD),
    "silent": (
        _("The video is silent from beginning to end."),
        _("Check that the microphone was switched on, then record again or choose another file."),
    ),
    "codec_unknown": (_("The video is written in a form ({codec}) that we cannot play."), _CONVERT),
    "too_small": (
        _("The picture is too small to judge: {height} lines, at least {least} are needed."),
        _("Set the camera or the phone to 720p and record again, or choose a larger version of the file."),
    ),
    "too_large": (
        _("The picture is too large: the file claims more dots than any camera of a classroom records."),
        _("Set the camera or the phone to 720p and record again, or choose a smaller version of the file."),
    ),
    "too_short": (
        _("The video is too short: {length}, but it must last at least {least} minutes."),
        _("Hand in the whole lesson, without cutting it."),
    ),
    "too_long": (
        _("The video is too long: {length}, but it may last at most {most} minutes."),
        _("Cut off what came before and after the lesson, or ask your school's specialist to do it."),
    ),
    "same_file_other": (
        _("Exactly this file has been handed in for another teacher already."),
        _("Hand in your own recording. If this one is yours, ask your school's specialist to look into it."),
    ),
    "same_file_own": (
        _("You have handed in exactly this file before, for the lesson “{title}”."),
        _("Choose the recording of another lesson."),
    ),
}
_KEPT = _("What you typed and the file you sent are kept. This did not use up an attempt.")


@dataclass(frozen=True)
class RefusalText:
    what: Any
    kept: Any
    todo: Any


def refusal_text(take: Take) -> RefusalText | None:
    """None unless the take was refused. The texts are lazy: worded in the language of whoever reads them."""
    if take.state != Take.State.REFUSED:
        return None
    what, todo = SENTENCES[take.refusal]
    return RefusalText(what=format_lazy(what, **_values(take)), kept=_KEPT, todo=todo)


def _values(take: Take) -> dict[str, object]:
    values = dict(take.refusal_values)
    if "seconds" in values:
        minutes, seconds = divmod(int(values["seconds"]), 60)
        values["length"] = format_lazy(_("{minutes} min {seconds} s"), minutes=minutes, seconds=seconds)
    return values
