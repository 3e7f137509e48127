"""Forgets what the gate keeps between runs and nobody has read for a month, so that it does not grow for ever."""

from __future__ import annotations

import shutil
from pathlib import Path

from platformctl.repo import cache_folder

FOLDERS = ("applications", "clusters", "renders", "trees")  # verdicts limit themselves; schemas come one set a version
UNUSED_SECONDS = 30 * 86_400.0
PAUSE_SECONDS = 86_400.0  # between two looks: reading all names costs a moment


def forget(present: float) -> int:
    """Remove what nobody has read since a month before `present` (seconds of the epoch); how many entries went.

    It looks once a day. A run beside it makes what it misses again. Where the file system notes no times of reading,
    it goes a month after it was made.
    """
    looked = cache_folder() / "unused"
    try:
        if present - looked.stat().st_mtime < PAUSE_SECONDS:
            return 0
    except OSError:
        pass
    looked.parent.mkdir(parents=True, exist_ok=True)
    looked.touch()
    return sum(
        _remove(path) for name in FOLDERS for path in _entries(name) if present - _read_at(path) > UNUSED_SECONDS
    )


def _entries(name: str) -> list[Path]:
    """Files, and of exported trees the folder of each."""
    folder = cache_folder() / name
    if not folder.is_dir():
        return []
    return list(folder.iterdir()) if name == "trees" else [path for path in folder.rglob("*") if path.is_file()]


def _read_at(path: Path) -> float:
    try:
        info = path.stat()
    except OSError:  # another run was faster
        return float("inf")
    return max(info.st_atime, info.st_mtime)


def _remove(path: Path) -> int:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
    return 1
