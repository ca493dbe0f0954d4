"""From what a camera wrote to what plays on a cheap phone: 360 lines, H.264 and AAC in one MP4.

The work is a row of parts, each a file that appears under its final name only when it is whole: a poster, the
sound, the picture in pieces, and the joint file. A step makes parts until its time is up, then the outbox calls
again; a kill at any moment costs one part. Nothing the camera wrote about itself (place, owner, time) is copied.
"""

from __future__ import annotations

import os
import shutil
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from lti_tools.errors import Temporary
from lti_tools.lessons import files
from lti_tools.lessons.models import Lesson, Rendition, Take
from lti_tools.lessons.probing import guarded, run
from lti_tools.outbox.api import Again

# A step takes on new parts for this long; with the limit of one part it stays under the lease of a row.
STEP_SECONDS = 45
PART_LIMIT_SECONDS = 200
# Seconds of the source per piece: 4K pictures take several times longer to decode.
PIECE_SECONDS = 120
PIECE_SECONDS_LARGE = 30
LARGE_LINES = 1080
LINES = 360

_COMMON = ["-nostdin", "-v", "error", "-nostats", "-y"]
_BARE = ["-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact"]


@dataclass(frozen=True)
class Part:
    path: Path
    make: Callable[[Path], list[str]]


def render_step(payload: Mapping[str, object]) -> Again | None:
    """Goes on with the take named in `payload["take"]`; None when it is playable or there is nothing to do.

    Safe to repeat and to run twice at once. A part that fails is tried again later (`Temporary`).
    """
    take = Take.objects.select_related("lesson").get(id=uuid.UUID(str(payload["take"])))
    if take.state != Take.State.RENDERING:
        return None
    until: float | None = None
    parts = _parts(take)
    for done, part in enumerate(parts):
        if part.path.exists():
            continue
        if until is not None and time.monotonic() >= until:
            return Again(dict(payload))
        # The clock starts with the first part: on a crowded machine, too, every step brings one forward.
        until = until or time.monotonic() + STEP_SECONDS
        _make(part)
        _note_progress(take, done=done + 1, total=len(parts))
    _finish(take)
    return None


def _parts(take: Take) -> list[Part]:
    source = files.media_file(take.source)
    folder = files.media_file(files.take_folder(take.id))
    work = folder / "work"
    pieces = [_piece(take, source, work, number) for number in range(_piece_count(take))]
    sound = Part(work / "sound.m4a", lambda target: _sound(source, target))
    poster = Part(folder / "poster.jpg", lambda target: _poster(take, source, target))
    joint = Part(folder / "360p.mp4", lambda target: _joint(take, work, target))
    return [poster] if joint.path.exists() else [poster, sound, *pieces, joint]


def _piece_seconds(take: Take) -> int:
    return PIECE_SECONDS_LARGE if min(take.width, take.height) > LARGE_LINES else PIECE_SECONDS


def _piece_count(take: Take) -> int:
    return max(1, -(-take.duration_ms // (_piece_seconds(take) * 1000)))


def _piece(take: Take, source: Path, work: Path, number: int) -> Part:
    return Part(work / f"picture-{number:03}.mp4", lambda target: _picture(take, source, target, number))


def _make(part: Part) -> None:
    """Writes beside the final name, then renames; under a name of its own, should two workers do one part."""
    part.path.parent.mkdir(parents=True, exist_ok=True)
    half = part.path.with_name(f"half-{uuid.uuid4().hex}-{part.path.name}")
    try:
        answer = run("ffmpeg", [*_COMMON, *part.make(half)], seconds=PART_LIMIT_SECONDS)
        if answer.returncode != 0 or not half.exists():
            raise Temporary("media.part_failed", part=part.path.name, status=answer.returncode)
        with half.open("rb+") as written:
            os.fsync(written.fileno())
        os.replace(half, part.path)
    finally:
        half.unlink(missing_ok=True)


def _poster(take: Take, source: Path, target: Path) -> list[str]:
    at = f"{take.duration_ms / 10_000:.3f}"
    picture = ["-map", "0:V:0", "-frames:v", "1", "-vf", _scale(), "-q:v", "5"]
    return ["-ss", at, *guarded(source), *picture, *_BARE, "-f", "image2", "-update", "1", str(target)]


def _sound(source: Path, target: Path) -> list[str]:
    """Gaps are filled and a late start is padded, so that the sound keeps the time of the picture."""
    even = ["-af", "aresample=async=1:first_pts=0", "-ac", "1", "-ar", "44100"]
    return [*guarded(source), "-map", "0:a:0", *even, "-c:a", "aac", "-b:a", "48k", *_BARE, str(target)]


def _picture(take: Take, source: Path, target: Path, number: int) -> list[str]:
    """No B-frames: then a piece lasts exactly as long as its frames and pieces join without a seam."""
    length = _piece_seconds(take)
    rate = take.frame_rate or 25
    span = ["-ss", str(number * length), "-t", str(length)]
    filters = f"fps={rate}:start_time=0,{_scale()},format=yuv420p"
    coded = ["-c:v", "libx264", "-preset", "veryfast", "-profile:v", "main", "-bf", "0", "-crf", "27"]
    bounded = ["-maxrate", "600k", "-bufsize", "1200k", "-g", str(rate * 2), "-frames:v", str(rate * length)]
    chosen = ["-map", "0:V:0", "-vf", filters]
    return [*span, *guarded(source), *chosen, *coded, *bounded, *_BARE, str(target)]


def _scale() -> str:
    """The shorter side becomes 360, the other follows, even: a lesson filmed upright stays as readable."""
    return f"scale='if(gt(iw,ih),-2,{LINES})':'if(gt(iw,ih),{LINES},-2)'"


def _joint(take: Take, work: Path, target: Path) -> list[str]:
    pieces = sorted(work.glob("picture-*.mp4"))
    (work / "pieces.txt").write_text("\n".join(_listing(take, pieces)) + "\n")
    listed = ["-protocol_whitelist", "file", "-f", "concat", "-i", str(work / "pieces.txt")]
    together = ["-i", str(work / "sound.m4a"), "-map", "0:v:0", "-map", "1:a:0", "-c", "copy"]
    return [*listed, *together, *_BARE, "-movflags", "+faststart", str(target)]


def _listing(take: Take, pieces: Sequence[Path]) -> list[str]:
    """Each piece starts at its own place in the lesson, however long the one before it is."""
    length = _piece_seconds(take)
    lines = ["ffconcat version 1.0"]
    for piece in pieces:
        lines += [f"file {piece.name}", f"duration {length}"]
    return lines[:-1]


def _note_progress(take: Take, *, done: int, total: int) -> None:
    Take.objects.filter(id=take.id, state=Take.State.RENDERING).update(progress=min(99, done * 100 // total))


def _finish(take: Take) -> None:
    folder = files.take_folder(take.id)
    with transaction.atomic():
        _record(take, Rendition.Kind.VIDEO_360P, f"{folder}/360p.mp4")
        _record(take, Rendition.Kind.POSTER, f"{folder}/poster.jpg")
        Take.objects.filter(id=take.id).update(state=Take.State.READY, progress=100)
        Lesson.objects.filter(id=take.lesson_id).update(state=Lesson.State.READY)
    shutil.rmtree(files.media_file(folder) / "work", ignore_errors=True)


def _record(take: Take, kind: str, name: str) -> None:
    facts = {"path": name, "bytes": files.media_file(name).stat().st_size, "duration_ms": take.duration_ms}
    Rendition.objects.get_or_create(take=take, kind=kind, defaults=facts)
