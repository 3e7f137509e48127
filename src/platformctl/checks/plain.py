"""Plain manifests from files and folders, judged without a repository around them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from platformctl.checks.subject import Subject
from platformctl.errors import PlatformError
from platformctl.manifests import SUFFIXES, Manifest, Unreadable, read


def subject(paths: Iterable[Path]) -> Subject:
    """Everything in the given files and folders; nothing at all is an error."""
    manifests: list[Manifest] = []
    unreadable: list[Unreadable] = []
    for given in paths:
        files = list(_files(given))
        if not files:
            raise PlatformError(f"{given} holds no manifest", fix=f"its files end in {', '.join(SUFFIXES)}")
        for file in files:
            for found in read(file, str(file)):
                if isinstance(found, Manifest):
                    manifests.append(found)
                else:
                    unreadable.append(found)
    if not manifests and not unreadable:
        raise PlatformError("the given files hold no object", fix="give files with Kubernetes manifests")
    return Subject.loose(manifests, unreadable)


def _files(given: Path) -> Iterator[Path]:
    if given.is_file():
        yield given
    elif not given.is_dir():
        raise PlatformError(f"there is no file or folder {given}")
    for folder, subfolders, names in os.walk(given):
        subfolders.sort()
        for path in (Path(folder) / name for name in sorted(names)):
            if path.suffix in SUFFIXES:
                _stay_inside(given, path)
                yield path


def _stay_inside(given: Path, path: Path) -> None:
    if path.is_symlink() and not path.resolve().is_relative_to(given.resolve()):
        raise PlatformError(f"{path} leads out of {given}", fix="give the file that it points to")
