"""The checkout that a command works on, and the folders of its user."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from platformctl.errors import PlatformError

MARKERS = ("apps", "clusters", "overlays", "tools")


@dataclass(frozen=True)
class Repo:
    """A checkout of the platform repository."""

    root: Path

    @classmethod
    def find(cls, start: Path) -> Repo:
        """The checkout around `start`; an error when there is none."""
        for folder in (start, *start.parents):
            if all((folder / marker).is_dir() for marker in MARKERS):
                return cls(folder)
        raise PlatformError(
            f"{start} is not inside a checkout of the platform repository",
            why=f"no folder above it has {', '.join(MARKERS)}",
            fix="run the command from the checkout",
        )

    @classmethod
    def around(cls, start: Path) -> Repo:
        """The checkout around `start`, or else the one that this program lies in: its rules will do for plain files."""
        try:
            return cls.find(start)
        except PlatformError:
            return cls.find(Path(__file__).resolve())


def cache_folder() -> Path:
    """Where built programs and images are kept for this user."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "techcommerce"


def state_folder() -> Path:
    """Where running clusters keep their state for this user."""
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "techcommerce"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file of the cache; it appears whole or not at all, whatever runs beside."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".unfinished-")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(unfinished).rename(path)
