"""The working folder of one run: emptied before and after it, also when it fails."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from platformctl.images import buildah, places

KEPT = "buildah-cache"  # what `RUN --mount=type=cache` fills: packages that pip fetched


@contextmanager
def clean() -> Iterator[None]:
    """Remove what a killed run left, and afterwards what this one leaves; the lock must be held."""
    _clean()
    try:
        yield
    finally:
        _clean()


def _clean() -> None:
    buildah.remove_leftovers()
    shutil.rmtree(places.work(), ignore_errors=True)
    for path in places.temporary().glob("*"):
        if path.is_dir() and not path.name.startswith(KEPT):
            shutil.rmtree(path, ignore_errors=True)
        elif not path.is_dir():
            path.unlink(missing_ok=True)
