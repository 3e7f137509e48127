"""The Debian root file system that stands in for public base images: debootstrap, once."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from platformctl.console import Console
from platformctl.errors import TOOL_FAILURE, PlatformError
from platformctl.images import places
from platformctl.images.isolated import ISOLATED
from platformctl.images.logged import run_logged
from platformctl.process import command

SUITE = "bookworm"
SECONDS = 1800
# read by nobody in a container; what apt installs later leaves it out through dpkg's path-exclude
LEFT_OUT = (
    "./dev/*", "./proc/*", "./sys/*", "./tmp/*", "./run/*", "./var/log/*", "./var/cache/ldconfig/*",
    "./var/cache/debconf/*-old", "./var/lib/dpkg/*-old", 
    "./var/cache/apt/*.bin", "./var/cache/apt/archives/*.deb", "./var/lib/apt/lists/*_*",
    "./usr/share/doc/*", "./usr/share/man/*", "./usr/share/info/*", "./usr/share/locale/*", "./usr/share/lintian/*",
    "./etc/resolv.conf", "./etc/hostname", "./etc/machine-id",
)  # fmt: skip


def make_rootfs(console: Console) -> None:
    """Make the archive; it appears in one rename, so a failure leaves nothing half made."""
    target = places.rootfs()
    folder = places.work() / "debian"
    part = places.work() / "debian.tar"
    log = places.log_file("debootstrap")
    folder.mkdir(parents=True)
    log.unlink(missing_ok=True)
    with console.step(f"base system of Debian {SUITE}"):
        run_logged(
            command(
                *ISOLATED, "debootstrap", "--variant=minbase", SUITE, folder,
                timeout=SECONDS, env={"PATH": f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"},
            ),
            log,
            what="the Debian base system could not be made",
            fix="is a Debian mirror reachable?",
        )  # fmt: skip
        _archive(folder, part, log)
        part.rename(target)
        shutil.rmtree(folder)


def _archive(folder: Path, part: Path, log: Path) -> None:
    if not (folder / "usr" / "bin" / "apt-get").is_file():
        raise PlatformError("debootstrap ended well but made no base system", why=str(log), exit_code=TOOL_FAILURE)
    excluded = [f"--exclude={pattern}" for pattern in LEFT_OUT]
    run_logged(
        command(
            "tar", "--create", "--sort=name", "--mtime=@0", "--numeric-owner", "--anchored", *excluded,
            f"--directory={folder}", f"--file={part}", ".", timeout=SECONDS,
        ),
        log,
        what="the Debian base system could not be packed",
    )  # fmt: skip
