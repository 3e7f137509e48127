"""What stands where in a working tree; files are read again only when their inode says that they changed."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import time
from collections.abc import Mapping
from pathlib import Path

from platformctl.repo import cache_folder

RACY_SECONDS = 2.0  # a file changed this recently may change again without its times showing it


class States:
    """Compares a tree with what an earlier look at it noted; the forms are those of the `seen` of tools/render."""

    def __init__(self, root: Path) -> None:
        self._root = f"{root}/"
        self._known: dict[str, list[int | str]] | None = None
        self._changed = False
        self._answers: dict[tuple[str, str], bool] = {}
        name = hashlib.sha256(str(root).encode()).hexdigest()[:16]
        self._file = cache_folder() / "renders" / f"{name}.files"

    def all_are(self, seen: Mapping[str, str]) -> bool:
        """Whether everything is as it was."""
        return all(self._is(path, state) for path, state in seen.items())

    def kept(self) -> bytes | None:
        """The digests for the next run when some are new, and where to write them is `file`."""
        return json.dumps(self._known, separators=(",", ":")).encode() if self._changed else None

    @property
    def file(self) -> Path:
        """Where the digests are kept."""
        return self._file

    def _is(self, path: str, state: str) -> bool:
        key = (path, state)
        if key not in self._answers:
            self._answers[key] = self._compare(path, state)
        return self._answers[key]

    def _compare(self, path: str, state: str) -> bool:
        full = self._root + path
        try:
            info = os.lstat(full)
        except OSError:
            return state == "-"
        kind, _, detail = state.partition(":")
        if stat.S_ISLNK(info.st_mode):
            return kind == "l" and str(Path(full).readlink()) == detail
        if stat.S_ISDIR(info.st_mode):
            return kind == "d" or (kind == "s" and _listing(full) == detail)
        return stat.S_ISREG(info.st_mode) and kind == "f" and detail in ("", self._digest(path, full, info))

    def _digest(self, path: str, full: str, info: os.stat_result) -> str:
        if self._known is None:
            self._known = self._load()
        identity = [info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino]
        known = self._known.get(path)
        if known is not None and known[:-1] == identity:
            return str(known[-1])
        digest = hashlib.sha256(Path(full).read_bytes()).hexdigest()
        if time.time() - max(info.st_mtime_ns, info.st_ctime_ns) / 1e9 > RACY_SECONDS:
            self._known[path] = [*identity, digest]
            self._changed = True
        return digest

    def _load(self) -> dict[str, list[int | str]]:
        try:
            known = json.loads(self._file.read_bytes())
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}


def _listing(folder: str) -> str:
    try:
        names = sorted(os.fsencode(path.name) for path in Path(folder).iterdir())
    except OSError:
        return ""
    return hashlib.sha256(b"\n".join(names)).hexdigest()
