"""Where the bytes of recordings lie on disk. Names inside the media storage carry ids only, no person."""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage

BLOCK = 1024 * 1024


def upload_file(upload_id: uuid.UUID) -> Path:
    """Uploads share the disk of the media storage, so that taking one over is a rename."""
    return Path(settings.DATA_DIR) / "uploads" / upload_id.hex


def media_file(name: str) -> Path:
    """The local path of a stored file; a storage without local files fails here, loudly."""
    return Path(default_storage.path(name))


def take_folder(take_id: uuid.UUID) -> str:
    return f"lessons/{take_id.hex}"


def free_bytes() -> int:
    return shutil.disk_usage(_existing(Path(settings.DATA_DIR))).free


def _existing(folder: Path) -> Path:
    while not folder.exists():
        folder = folder.parent
    return folder


def take_over(upload_id: uuid.UUID, name: str) -> Path:
    """Moves a finished upload into the media storage by a rename; safe to repeat."""
    target = media_file(name)
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        os.replace(upload_file(upload_id), target)
    return target


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def sync_folder(folder: Path) -> None:
    """Makes a new name in a folder survive a power cut, as fsync does for the bytes of a file."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
