"""Rendered text kept on disk, under the content of everything that it was made of."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from platformctl.repo import cache_folder


def digest_of_tree(root: Path, folders: tuple[str, ...]) -> str:
    """A digest of names and contents of all files in some folders; links count by where they lead."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.is_symlink():
                content = str(path.readlink()).encode()
            elif path.is_file():
                content = path.read_bytes()
            else:
                continue
            name = str(path.relative_to(root)).encode()
            digest.update(b"%d %b %d " % (len(name), name, len(content)))
            digest.update(content)
    return digest.hexdigest()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file of the cache; it appears whole or not at all, whatever runs beside."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".unfinished-")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(unfinished).rename(path)


class Kept:
    """The text of one rendering, when it was made before."""

    def __init__(self, *made_of: str) -> None:
        name = hashlib.sha256("\0".join(made_of).encode()).hexdigest()
        self._path = cache_folder() / "renders" / f"{name}.yaml"

    def read(self) -> str | None:
        """The text, or None when it has to be made."""
        try:
            return self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def write(self, text: str) -> None:
        """Keep a text."""
        write_whole(self._path, text.encode())
