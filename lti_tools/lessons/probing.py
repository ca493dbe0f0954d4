"""What is inside a file somebody sent: facts found by ffprobe and ffmpeg, which never touch the network here.

Only containers and codecs that cameras, phones and classroom recorders write are opened at all; everything
else is refused before a decoder sees it. Every process has a time limit and low priority, and no shell.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from lti_tools.errors import ShijieError, Temporary

FORMATS = "mov,matroska,avi,mpegts,mpeg,asf,flv"
VIDEO = ("h264", "hevc", "av1", "vp8", "vp9", "mpeg4", "mpeg2video", "mpeg1video", "h263", "flv1", "mjpeg")
VIDEO_CAMERA = ("prores", "dvvideo")
VIDEO_WINDOWS = ("wmv1", "wmv2", "wmv3", "vc1", "msmpeg4v1", "msmpeg4v2", "msmpeg4v3")
AUDIO = ("aac", "aac_latm", "mp3", "mp2", "ac3", "eac3", "opus", "vorbis", "flac", "alac", "amr_nb", "amr_wb")
AUDIO_PLAIN = (
    "pcm_s16le",
    "pcm_s16be",
    "pcm_s24le",
    "pcm_u8",
    "pcm_alaw",
    "pcm_mulaw",
    "adpcm_ima_wav",
    "adpcm_ms",
)
AUDIO_WINDOWS = ("wmav1", "wmav2", "wmapro")
CODECS = frozenset(VIDEO + VIDEO_CAMERA + VIDEO_WINDOWS + AUDIO + AUDIO_PLAIN + AUDIO_WINDOWS)
# May be opened, beside the codecs: decoders with another name, and the covers and subtitles that come along.
DECODERS = ("libdav1d", "mp3float", "mp2float", "amrnb", "amrwb", "flv", "msmpeg4")
ALONGSIDE = (
    "png",
    "mov_text",
    "srt",
    "subrip",
    "ass",
    "ssa",
    "text",
    "webvtt",
    "pgssub",
    "dvdsub",
    "dvbsub",
    "cc_dec",
)
PROBE_SECONDS = 30
# 8K and a little; a frame of the 16-bit sides a header may claim takes gigabytes, and decoders keep several.
MOST_PIXELS = 40_000_000
# What is asked of a file, and no more: tags and chapters are the sender's to fill, with as much as they like.
ASKED = (
    "format=duration:stream=codec_type,codec_name,width,height,avg_frame_rate"
    ":stream_disposition=attached_pic:stream_side_data=rotation"
)


class Unusable(ShijieError):
    """The file is not a recording we can use; `code` and `values` say why."""


@dataclass(frozen=True)
class Facts:
    """Duration in milliseconds as the file claims it (0: it does not say); sides in pixels as displayed."""

    duration_ms: int
    width: int
    height: int
    frame_rate: int

    @property
    def short_side(self) -> int:
        return min(self.width, self.height)


@cache
def program(name: str) -> str:
    found = shutil.which(name)
    if not found:
        raise ShijieError("media.program_missing", program=name)
    return found


def guarded(source: Path) -> list[str]:
    """Input options under which an untrusted file is opened."""
    codecs = ",".join(sorted(CODECS.union(DECODERS, ALONGSIDE)))
    limits = ["-protocol_whitelist", "file", "-format_whitelist", FORMATS, "-codec_whitelist", codecs]
    return [*limits, "-max_pixels", str(MOST_PIXELS), "-i", f"file:{source}"]


def run(name: str, arguments: Sequence[str], *, seconds: int) -> subprocess.CompletedProcess[str]:
    """Runs ffmpeg or ffprobe to its end; one that takes longer than `seconds` is killed, `Temporary`."""
    command = [program("nice"), "-n", "10", program(name), "-hide_banner", *arguments]
    try:
        return subprocess.run(  # noqa: S603 - no shell, and every argument is ours
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as slow:
        raise Temporary("media.too_slow", program=name, seconds=seconds) from slow


def probe(source: Path) -> Facts:
    """Refuses (`Unusable`) what is no video, lacks picture or sound, or uses a codec we do not open."""
    asked = ["-v", "error", "-of", "json", "-show_entries", ASKED, *guarded(source)]
    answer = run("ffprobe", asked, seconds=PROBE_SECONDS)
    if "exceeds specified max pixel count" in answer.stderr:
        raise Unusable("too_large")
    if answer.returncode != 0:
        raise _unopened(answer.stderr)
    found = json.loads(answer.stdout)
    picture = _stream(found, "video", missing="no_picture")
    _stream(found, "audio", missing="no_sound")
    return _facts(found.get("format", {}), picture)


def _unopened(said: str) -> Unusable:
    if odd := re.search(r"Codec \((\w{1,30})\) not on whitelist", said):
        return Unusable("codec_unknown", codec=odd.group(1))
    return Unusable("truncated" if "moov atom not found" in said else "not_video")


def _stream(found: Mapping[str, Any], kind: str, *, missing: str) -> Mapping[str, Any]:
    of_kind = [stream for stream in found.get("streams", []) if stream.get("codec_type") == kind]
    real = [stream for stream in of_kind if not stream.get("disposition", {}).get("attached_pic")]
    if not real:
        raise Unusable(missing)
    if real[0].get("codec_name") not in CODECS:
        raise Unusable("codec_unknown", codec=str(real[0].get("codec_name", "?"))[:30])
    return real[0]  # type: ignore[no-any-return]


def _facts(container: Mapping[str, Any], picture: Mapping[str, Any]) -> Facts:
    width, height = int(picture.get("width", 0)), int(picture.get("height", 0))
    if not width or not height:
        raise Unusable("no_picture")
    if width * height > MOST_PIXELS:
        raise Unusable("too_large")
    if _quarter_turned(picture):
        width, height = height, width
    seconds = float(container.get("duration", 0) or 0)
    return Facts(
        duration_ms=round(seconds * 1000), width=width, height=height, frame_rate=_frame_rate(picture)
    )


def _quarter_turned(picture: Mapping[str, Any]) -> bool:
    turns = [side.get("rotation", 0) for side in picture.get("side_data_list", [])]
    return any(abs(int(turn)) % 180 == 90 for turn in turns)


def _frame_rate(picture: Mapping[str, Any]) -> int:
    """Whole frames per second between 10 and 30; 25 where the file does not say."""
    try:
        rate = Fraction(picture.get("avg_frame_rate", "0/0"))
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    return min(30, max(10, round(rate))) if rate else 25


def read_through(source: Path, *, seconds: int) -> int:
    """Reads every packet and returns the real length in milliseconds; `Unusable` if the file breaks off."""
    asked = ["-nostdin", "-xerror", "-v", "error", "-nostats", "-progress", "pipe:1", *guarded(source)]
    answer = run(
        "ffmpeg", [*asked, "-map", "0:V:0", "-map", "0:a:0", "-c", "copy", "-f", "null", "-"], seconds=seconds
    )
    reached = re.findall(r"^out_time_us=(\d+)$", answer.stdout, re.MULTILINE)
    if answer.returncode != 0 or not reached:
        raise Unusable("truncated")
    return int(reached[-1]) // 1000


def loudness(source: Path, *, seconds: int) -> float:
    """Mean volume of the first sound track in dB (0 is full scale, digital silence -91)."""
    asked = ["-nostdin", "-v", "info", "-nostats", *guarded(source), "-map", "0:a:0", "-af", "volumedetect"]
    answer = run("ffmpeg", [*asked, "-f", "null", "-"], seconds=seconds)
    found = re.search(r"mean_volume: (-?[\d.]+) dB", answer.stderr)
    if not found:
        raise Unusable("no_sound")
    return float(found.group(1))
