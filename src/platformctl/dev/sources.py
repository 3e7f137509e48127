"""Which files of some folders have changed since they were looked at last."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

NOT_SOURCE = frozenset({"__pycache__"})


class Sources:
    """The files below `folders`; hidden ones, byte code and backups of editors are none."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._folders = tuple(folders)
        self._seen = self._now()

    def changed(self) -> set[Path]:
        """Files that were made, changed or removed since the last call."""
        before, self._seen = self._seen, self._now()
        return {path for path, _ in before.items() ^ self._seen.items()}

    def _now(self) -> dict[Path, int]:
        found = {}
        for folder in self._folders:
            for path in _files(folder):
                try:
                    found[path] = path.stat().st_mtime_ns
                except FileNotFoundError:  # an editor has just replaced it
                    continue
        return found


def _files(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in NOT_SOURCE and not name.startswith(".")]
        yield from (Path(parent, name) for name in names if not name.startswith(".") and not name.endswith("~"))
