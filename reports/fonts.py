"""The system's fonts, and small copies of them that hold only the characters one batch of documents needs.

WeasyPrint cuts every document's fonts out of files of 20 MB and 65,535 glyphs, which costs more than laying
the page out. Cutting once per batch and letting WeasyPrint cut again from the small copy gives the same
glyphs sooner. HarfBuzz (the library WeasyPrint uses) is called directly: fontTools needs a hundred times as
long.
"""

from __future__ import annotations

import ctypes
import subprocess
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from .errors import EnvironmentNotReady

_DESUBROUTINIZE = (
    4  # HB_SUBSET_FLAGS_DESUBROUTINIZE: WeasyPrint asks for it anyway, and doing it once is enough
)
_POINTER = ctypes.c_void_p
_SIGNATURES = {
    "harfbuzz": {
        "hb_blob_create_from_file_or_fail": (_POINTER, [ctypes.c_char_p]),
        "hb_blob_destroy": (None, [_POINTER]),
        "hb_blob_get_data": (_POINTER, [_POINTER, ctypes.POINTER(ctypes.c_uint)]),
        "hb_face_create": (_POINTER, [_POINTER, ctypes.c_uint]),
        "hb_face_destroy": (None, [_POINTER]),
        "hb_face_reference_blob": (_POINTER, [_POINTER]),
        "hb_set_add": (None, [_POINTER, ctypes.c_uint]),
    },
    "harfbuzz-subset": {
        "hb_subset_input_create_or_fail": (_POINTER, []),
        "hb_subset_input_destroy": (None, [_POINTER]),
        "hb_subset_input_set_flags": (None, [_POINTER, ctypes.c_uint]),
        "hb_subset_input_unicode_set": (_POINTER, [_POINTER]),
        "hb_subset_or_fail": (_POINTER, [_POINTER, _POINTER]),
    },
}


@dataclass(frozen=True)
class FontFile:
    path: str
    index: int
    family: str


@cache
def locate(families: str, *, bold: bool = False) -> FontFile:
    """The file fontconfig chooses for a comma-separated preference list, the first installed winning.

    Refuses a machine that has none of them: fontconfig would quietly answer with a font without Chinese.
    """
    wanted = families.replace("-", "\\-")  # a bare hyphen starts the size in a fontconfig pattern
    pattern = f"{wanted}:bold" if bold else wanted
    command = ["fc-match", "-f", "%{file}\n%{index}\n%{family}", pattern]
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=True, timeout=20)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        raise EnvironmentNotReady("environment.fontconfig_missing", install="fontconfig") from None
    path, index, names = found.stdout.split("\n")
    if not set(names.split(",")) & set(families.split(",")):
        raise EnvironmentNotReady("environment.font_missing", install="fonts-noto-cjk")
    return FontFile(path=path, index=int(index) & 0xFFFF, family=names.split(",")[0])


@cache
def _library(name: str) -> ctypes.CDLL:
    try:
        library = ctypes.CDLL(f"lib{name}.so.0")
    except OSError:
        package = "libharfbuzz-subset0" if name.endswith("subset") else "libharfbuzz0b"
        raise EnvironmentNotReady("environment.library_missing", install=package) from None
    for function, (result, arguments) in _SIGNATURES[name].items():
        getattr(library, function).restype = result
        getattr(library, function).argtypes = arguments
    return library


def require_cutter() -> None:
    """Refuses a machine without the HarfBuzz libraries."""
    _library("harfbuzz")
    _library("harfbuzz-subset")


def lacking(font: FontFile, characters: str) -> str:
    """Those of `characters` the font cannot draw."""
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    known = TTFont(font.path, fontNumber=font.index, lazy=True).getBestCmap()
    return "".join(character for character in characters if ord(character) not in known)


def cut(font: FontFile, characters: Collection[str]) -> bytes:
    """A font file with the glyphs of `characters` only, shaping rules kept. What `font` lacks is absent."""
    harfbuzz = _library("harfbuzz")
    blob = harfbuzz.hb_blob_create_from_file_or_fail(font.path.encode())
    if not blob:
        raise EnvironmentNotReady("environment.font_unreadable", install="fonts-noto-cjk")
    face = harfbuzz.hb_face_create(blob, font.index)
    try:
        return _bytes_of(_subset(face, characters))
    finally:
        harfbuzz.hb_face_destroy(face)
        harfbuzz.hb_blob_destroy(blob)


def _subset(face: int, characters: Collection[str]) -> int:
    harfbuzz, subset = _library("harfbuzz"), _library("harfbuzz-subset")
    request = subset.hb_subset_input_create_or_fail()
    wanted = subset.hb_subset_input_unicode_set(request)
    for character in characters:
        harfbuzz.hb_set_add(wanted, ord(character))
    subset.hb_subset_input_set_flags(request, _DESUBROUTINIZE)
    small: int | None = subset.hb_subset_or_fail(face, request)
    subset.hb_subset_input_destroy(request)
    if not small:
        raise EnvironmentNotReady("environment.font_unreadable", install="fonts-noto-cjk")
    return small


def _bytes_of(face: int) -> bytes:
    harfbuzz = _library("harfbuzz")
    blob = harfbuzz.hb_face_reference_blob(face)
    length = ctypes.c_uint()
    data = harfbuzz.hb_blob_get_data(blob, ctypes.byref(length))
    content = ctypes.string_at(data, length.value)
    harfbuzz.hb_blob_destroy(blob)
    harfbuzz.hb_face_destroy(face)
    return content
