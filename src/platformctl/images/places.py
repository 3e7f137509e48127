"""Where this user's images, and what builds them, are kept."""

from __future__ import annotations

from pathlib import Path

from platformctl.repo import cache_folder


def home() -> Path:
    """Everything but the store that clusters serve; it can be removed at any time."""
    return cache_folder() / "images"


def registry_store() -> Path:
    """The storage folder of the registry: what clusters pull from."""
    return cache_folder() / "registry"


def index_file() -> Path:
    """Which image has which digest."""
    return home() / "index.json"


def rootfs() -> Path:
    """The root file system that every image on Debian starts from."""
    return home() / "debian.tar"


def log_file(name: str) -> Path:
    """The output of the last build and push of an image."""
    return home() / "logs" / f"{name}.log"


def work() -> Path:
    """What one run needs and removes again; only the holder of the lock uses it."""
    return home() / "work"


def temporary() -> Path:
    """Large temporary files of buildah, and the caches of `RUN --mount=type=cache`."""
    return home() / "tmp"
