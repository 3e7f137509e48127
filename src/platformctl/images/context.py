"""The files of a build context: listed, hashed and laid out, so that what is hashed is what is built."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from platformctl.errors import PlatformError
from platformctl.images.recipe import Copied

# what tools and tests leave beside the sources, and no image reads
LEFT_OUT_FOLDERS = frozenset(
    {
        "tests", "__pycache__", ".venv", "build", "dist", "node_modules",
        ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis", ".git",
    }
)  # fmt: skip
LEFT_OUT_SUFFIXES = (".pyc", ".sqlite3", ".egg-info", ".swp", "~")
LINKED_FROM = 1 << 20  # bytes from which a file is linked instead of copied


def sources(folder: Path, target: str = "") -> Iterator[Copied]:
    """The files below `folder` that belong into an image, in a fixed order; `tests` is only left out at the top."""
    for current, folders, files in os.walk(folder):
        top = Path(current) == folder
        folders[:] = sorted(name for name in folders if _kept_folder(name, top))
        for name in sorted(files):
            if not name.endswith(LEFT_OUT_SUFFIXES) and not name.startswith(".coverage"):
                path = Path(current, name)
                yield Copied(str(Path(target, path.relative_to(folder))), path)


def _kept_folder(name: str, top: bool) -> bool:
    if name in LEFT_OUT_FOLDERS:
        return name == "tests" and not top
    return not name.endswith(LEFT_OUT_SUFFIXES)


def mode(path: Path) -> int:
    """The mode a file gets in the context: a checkout's umask must not change an image."""
    return 0o755 if path.stat().st_mode & 0o100 else 0o644


@contextmanager
def laid_out(files: tuple[Copied, ...], folder: Path) -> Iterator[Path]:
    """The files of a context in a folder that is removed again."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        _lay_out(files, folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _lay_out(files: tuple[Copied, ...], folder: Path) -> None:
    for file in files:
        target = folder / file.target
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            _place(file.origin, target)
        except OSError as error:
            raise PlatformError(f"{file.origin} cannot be read", why=str(error)) from error
    for current, folders, _ in os.walk(folder):
        for name in folders:
            Path(current, name).chmod(0o755)


def _place(origin: Path, target: Path) -> None:
    wanted = mode(origin)
    status = origin.stat()
    if status.st_size >= LINKED_FROM and status.st_mode & 0o777 == wanted:
        try:
            os.link(origin.resolve(), target)
        except OSError:
            pass  # another file system: copied below
        else:
            return
    shutil.copyfile(origin, target)
    target.chmod(wanted)
