"""Content hashes of files; those of large ones are remembered by size and time, as programs add up to a gigabyte."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from platformctl.errors import PlatformError
from platformctl.images.atomic import replace

REMEMBERED_FROM = 1 << 20  # bytes


class Fingerprints:
    """SHA-256 of files, with a memory on disk that may be lost at any time."""

    def __init__(self, memory: Path) -> None:
        self._memory = memory
        self._known = _read(memory)
        self._changed = False

    def of(self, path: Path) -> str:
        """The SHA-256 of a file's content."""
        try:
            status = path.stat()
            if status.st_size < REMEMBERED_FROM:
                return hashlib.sha256(path.read_bytes()).hexdigest()
            stamp = [status.st_size, status.st_mtime_ns, status.st_ino]
            known = self._known.get(str(path))
            if isinstance(known, list) and known[:-1] == stamp:
                return str(known[-1])
            with path.open("rb") as content:
                digest = hashlib.file_digest(content, "sha256").hexdigest()
        except OSError as error:
            raise PlatformError(f"{path} cannot be read", why=str(error)) from error
        self._known[str(path)] = [*stamp, digest]
        self._changed = True
        return digest

    def save(self) -> None:
        """Write the memory when something was added; files that are gone are dropped."""
        if self._changed:
            kept = {path: known for path, known in self._known.items() if os.path.exists(path)}  # noqa: PTH110
            replace(self._memory, json.dumps(kept))
            self._changed = False


def _read(memory: Path) -> dict[str, Any]:
    try:
        known = json.loads(memory.read_text())
    except (OSError, ValueError):
        return {}  # only a memory: everything is hashed again
    return known if isinstance(known, dict) else {}
