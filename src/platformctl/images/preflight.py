"""What a build needs of the machine, checked before it begins."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from platformctl.errors import PlatformError

PACKAGES = {"buildah": "buildah", "debootstrap": "debootstrap", "unshare": "util-linux", "tar": "tar"}
BASE_BYTES, IMAGE_BYTES = 1_500_000_000, 400_000_000  # build store, registry store and context; measured, rounded up


def check_machine() -> None:
    """Root and the programs; the error names the packages."""
    if os.geteuid() != 0:
        raise PlatformError(
            "building images needs root",
            why="debootstrap and buildah make files of other users and mount file systems",
            fix="run the command as root",
        )
    search = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    packages = sorted({package for program, package in PACKAGES.items() if not shutil.which(program, path=search)})
    if packages:
        raise PlatformError(
            f"programs for building images are missing: {', '.join(packages)}",
            fix=f"apt-get install --no-install-recommends {' '.join(packages)}",
        )


def check_space(folder: Path, images: int, *, with_base: bool) -> None:
    """Enough free disk for that many images."""
    needed = images * IMAGE_BYTES + (BASE_BYTES if with_base else 0)
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise PlatformError(
            f"too little disk to build {images} images: {free / 1e9:.1f} GB free, {needed / 1e9:.1f} GB needed",
            why=f"they are built and kept below {folder}",
            fix="free some space, or set XDG_CACHE_HOME to a larger disk",
        )
